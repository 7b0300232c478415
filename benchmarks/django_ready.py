"""Imported before any model: it tells Django its settings, those of the tests, and where customers' data may lie."""

import os
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from django.conf import settings  # noqa: E402  settings are there now

from tests.places import places  # noqa: E402  it reads settings

settings.KONTOR_PLACES = places(Path(settings.KONTOR_BLOBS))  # an offer that promises a place is sent where one is
