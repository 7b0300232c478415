"""From where a request comes: the peer's address, or what our own proxy says of it."""

import ipaddress

from django.conf import settings
from django.http import HttpRequest

UNKNOWN = "0.0.0.0"  # noqa: S104  no address is bound; a socket without one has none


def client_address(request: HttpRequest) -> str:
    """
    Return the address of whoever asks.

    X-Forwarded-For counts only where the peer is one of `KONTOR_PROXIES`, and of it the last address that is none of
    them: what stands before was written by whoever asks. A word that is no address counts as the peer's.
    """
    peer = request.META.get("REMOTE_ADDR") or UNKNOWN
    if peer not in settings.KONTOR_PROXIES:
        return peer
    told = [each.strip() for each in request.headers.get("X-Forwarded-For", "").split(",")]
    for address in reversed(told):
        if address not in settings.KONTOR_PROXIES:
            return address if _is_address(address) else peer
    return peer


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
