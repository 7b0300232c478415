"""
Sending to an address that a tenant typed: over TLS, to the public internet, to nobody's inner network.

The name is resolved once, every address it has is judged, and the connection goes to one that was judged: a name that
answers otherwise a moment later leads nowhere else. Redirects are not followed.
"""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

SECONDS: Final = 15
GONE: Final = 410
_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")


class AddressRefusedError(ValueError):
    """An address that is never sent to; `reason` is "form", "insecure" or "private"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class DeliveryFailedError(Exception):
    """
    A message that did not arrive.

    problem  "form", "insecure", "private", "unknown_host", "unreachable", "tls", "timeout", "answer" or "redirect"
    status   the HTTP status where an answer came
    """

    def __init__(self, problem: str, status: int | None = None) -> None:
        super().__init__(f"{problem} {status or ''}".strip())
        self.problem, self.status = problem, status


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart; `path` with its query."""

    secure: bool
    host: str
    port: int
    path: str


def target_of(address: str) -> Target:
    """
    Return where an address leads, without asking for its name; AddressRefusedError where it must not be used.

    It is https; plain http only to this very machine where the installation allows private addresses.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
        host.encode("idna" if not host.isascii() else "ascii")
    except ValueError as error:
        raise AddressRefusedError("form") from error
    plain = address.isprintable() and " " not in address and "\\" not in address
    if parts.scheme not in ("http", "https") or not host or not plain or "@" in parts.netloc:
        raise AddressRefusedError("form")
    secure = parts.scheme == "https"
    if not secure and not (settings.KONTOR_WEBHOOKS_PRIVATE and _is_loopback(host)):
        raise AddressRefusedError("insecure")
    if not settings.KONTOR_WEBHOOKS_PRIVATE and _is_inner_name(host):
        raise AddressRefusedError("private")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not path.isascii():
        raise AddressRefusedError("form")
    return Target(secure, host, port or (443 if secure else 80), path)


def post(address: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Send a message and return the answer's status, 200 to 299; DeliveryFailedError says why it did not arrive."""
    try:
        target = target_of(address)
    except AddressRefusedError as error:
        raise DeliveryFailedError(error.reason) from error
    connection = JudgedConnection(target, judged(target))
    told = {"Content-Type": "application/json", "User-Agent": "Kontor-Webhooks", **headers}
    try:
        connection.request("POST", target.path, body=body, headers=told)
        status = connection.getresponse().status
    except TimeoutError as error:
        raise DeliveryFailedError("timeout") from error
    except ssl.SSLError as error:
        raise DeliveryFailedError("tls") from error
    except (OSError, http.client.HTTPException) as error:
        raise DeliveryFailedError("unreachable") from error
    finally:
        connection.close()
    if 300 <= status < 400:  # noqa: PLR2004  HTTP's own numbers
        raise DeliveryFailedError("redirect", status)
    if not 200 <= status < 300:  # noqa: PLR2004  HTTP's own numbers
        raise DeliveryFailedError("answer", status)
    return status


class JudgedConnection(http.client.HTTPConnection):
    """A connection to an address that was judged, under the name that was asked for."""

    def __init__(self, target: Target, judged: str) -> None:
        super().__init__(target.host, target.port, timeout=SECONDS)
        self._judged, self._secure = judged, target.secure
        self.default_port = 443 if target.secure else 80  # it stays out of the Host header

    def connect(self) -> None:
        plain = socket.create_connection((self._judged, self.port), timeout=SECONDS)
        self.sock = plain
        if self._secure:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def judged(target: Target) -> str:
    """Return an address of the target's name to connect to; refused where any of them is not public."""
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryFailedError("unknown_host") from error
    addresses = [str(each[4][0]).partition("%")[0] for each in found]
    if not settings.KONTOR_WEBHOOKS_PRIVATE and not all(is_public(each) for each in addresses):
        raise DeliveryFailedError("private")
    return addresses[0]


def is_public(address: str) -> bool:
    """Tell whether an IP address belongs to the public internet, also where it carries another one inside."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if ip.ipv4_mapped:
            return is_public(str(ip.ipv4_mapped))
        if ip.sixtofour or ip.teredo or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_inner_name(host: str) -> bool:
    """Tell by the name alone that it is nobody's on the internet, so that the form can say so at once."""
    try:
        return not is_public(host)
    except ValueError:
        return "." not in host.rstrip(".") or host.rstrip(".").endswith((".localhost", ".local", ".internal"))
