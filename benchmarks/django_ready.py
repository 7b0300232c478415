"""Imported before any model: it tells Django its settings, those of the tests."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()
