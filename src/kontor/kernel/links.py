"""Addresses: of the rows of a list, and those that leave the page in mails, on paper, in files."""

import uuid
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.urls import reverse

_SAMPLE = uuid.UUID(int=0)


def addresses(url_name: str, key: str = "pk") -> Callable[[Any], str]:
    """Return what gives each row its page's address, `<uuid:…>` in it: the resolver is asked once for all of them."""
    before, after = reverse(url_name, args=(_SAMPLE,)).split(str(_SAMPLE))
    of = attrgetter(key)
    return lambda row: f"{before}{of(row)}{after}"


def absolute(url_name: str, *args: Any) -> str:
    """Return the full address of a page, as a mail needs it: under the address this installation is known by."""
    return settings.KONTOR_BASE_URL.rstrip("/") + reverse(url_name, args=args)
