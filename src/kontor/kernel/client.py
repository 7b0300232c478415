"""From where a request comes: the peer's address, or what our own proxy says of it."""

import ipaddress
from collections.abc import Collection

from django.conf import settings
from django.http import HttpRequest

REFUSING = ("DNT", "Sec-GPC")  # headers by which a browser refuses for its owner
UNKNOWN = "0.0.0.0"  # noqa: S104  no address is bound; a socket without one has none


def client_address(request: HttpRequest) -> str:
    """
    Return the address of whoever asks.

    X-Forwarded-For counts only where the peer is one of `KONTOR_PROXIES`, and of it the last address that is none of
    them: what stands before was written by whoever asks. A word that is no address counts as the peer's.
    """
    peer = request.META.get("REMOTE_ADDR") or UNKNOWN
    return address_behind(peer, request.headers.get("X-Forwarded-For", ""), settings.KONTOR_PROXIES)


def address_behind(peer: str, forwarded: str, proxies: Collection[str]) -> str:
    """
    Return the address of whoever asks, behind our own proxies.

    >>> address_behind("127.0.0.1", "1.1.1.1, 192.0.2.7", {"127.0.0.1"})
    '192.0.2.7'
    """
    if peer not in proxies:
        return peer
    told = [each.strip() for each in forwarded.split(",")]
    for address in reversed(told):
        if address not in proxies:
            return address if _is_address(address) else peer
    return peer


def refuses_tracking(request: HttpRequest) -> bool:
    """Tell whether the browser refuses by itself: Do Not Track or Global Privacy Control (bookkeeping 13)."""
    return any(request.headers.get(name) == "1" for name in REFUSING)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
