"""Addresses that leave the page: in mails, on paper, in files."""

from typing import Any

from django.conf import settings
from django.urls import reverse


def absolute(url_name: str, *args: Any) -> str:
    """Return the full address of a page, as a mail needs it: under the address this installation is known by."""
    return settings.KONTOR_BASE_URL.rstrip("/") + reverse(url_name, args=args)
