"""
Trying whether something answers: each kind of probe by its own protocol, with the guards for addresses typed by people.

Nothing here opens a transaction; many are tried side by side in threads.
"""

import contextlib
import http.client
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from kontor.kernel.fetching import fetch
from kontor.kernel.webhook_transport import (
    SECONDS,
    AddressRefusedError,
    DeliveryFailedError,
    Target,
    judged,
    post,
    target_of,
)

_DAYS_LEFT: Final = 14
_LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Tried:
    """Whether it answered as expected, after how many milliseconds, and in a word why not."""

    good: bool
    millis: int
    said: str = ""


class _WrongError(Exception):
    """It answered, and not as expected."""


def try_once(kind: str, target: str, expects: str, *, now: datetime) -> Tried:
    """Try a target once; whatever goes wrong is the answer, nothing is raised."""
    start = time.monotonic()
    said = ""
    try:
        _KINDS[kind](target, expects, now)
    except DeliveryFailedError as failed:
        said = str(failed)
    except (_WrongError, AddressRefusedError) as wrong:
        said = str(wrong)
    except (OSError, http.client.HTTPException, smtplib.SMTPException) as broken:
        said = type(broken).__name__
    return Tried(not said, int((time.monotonic() - start) * 1000), said[:_LONGEST])


def _http(target: str, expects: str, _now: datetime) -> None:
    status, body = fetch(target)
    if status != http.client.OK:
        raise _WrongError(f"status {status}")
    if expects and expects.encode() not in body:
        raise _WrongError("content")


def _write(target: str, _expects: str, _now: datetime) -> None:
    post(target, b"{}", {})


def _tcp(target: str, _expects: str, _now: datetime) -> None:
    with _connected(target):
        pass


def _smtp(target: str, expects: str, _now: datetime) -> None:
    _greeted(target, expects or "220")


def _imap(target: str, expects: str, _now: datetime) -> None:
    _greeted(target, expects or "* OK")


def _greeted(target: str, expects: str) -> None:
    with _connected(target) as connection:
        greeting = connection.recv(_LONGEST).decode("ascii", "replace")
        if not greeting.startswith(expects):
            raise _WrongError(f"greeting {greeting[:20]!r}")


def _tls(target: str, expects: str, now: datetime) -> None:
    host = _host_and_port(target).host
    with _connected(target) as plain, ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure:
        told = secure.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC)
    left = (ends - now).days
    if left < int(expects or _DAYS_LEFT):
        raise _WrongError(f"{left} days left")


@contextlib.contextmanager
def _connected(target: str) -> Iterator[socket.socket]:
    place = _host_and_port(target)
    with socket.create_connection((judged(place), place.port), timeout=SECONDS) as connection:
        yield connection


def _host_and_port(target: str) -> Target:
    """Return host and port of "mail.example:25"; an address of another form is refused."""
    return target_of(f"https://{target}/")


_KINDS: Final[Mapping[str, Callable[[str, str, datetime], None]]] = {
    "HTTP": _http,
    "READ": _http,
    "WRITE": _write,
    "TCP": _tcp,
    "SMTP": _smtp,
    "IMAP": _imap,
    "TLS": _tls,
}
