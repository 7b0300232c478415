"""Connecting to a mail server whose name a tenant typed: to the public internet, to nobody's inner network."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kontor.kernel.webhook_transport import DeliveryFailedError, Target, judged

SECONDS: Final = 15.0


class InnerAddressError(OSError):
    """The name leads into an inner network, where a tenant's own server never stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """
    A tenant's own mail server, to which its mail is handed (RFC 6409).

    tls    TLS from the start, else STARTTLS; never without
    inner  it may stand in an inner network, which is for whoever runs the installation alone
    """

    host: str
    port: int
    tls: bool
    user: str
    password: str
    inner: bool = False


def connected(host: str, port: int, *, inner: bool, seconds: float = SECONDS) -> socket.socket:
    """
    Return a connection to a host by its name; OSError where there is none.

    Every address the name has is judged and one that was judged is taken, unless an inner network is meant.
    """
    if inner:
        return socket.create_connection((host, port), timeout=seconds)
    try:
        address = judged(Target(secure=True, host=host, port=port, path=""))
    except DeliveryFailedError as error:
        raise (InnerAddressError if error.problem == "private" else socket.gaierror)(host) from error
    return socket.create_connection((address, port), timeout=seconds)


@contextmanager
def signed_in(server: MailServer) -> Iterator[smtplib.SMTP]:
    """Sign in to a tenant's own mail server over TLS; SMTPException or OSError say what came back."""
    context = ssl.create_default_context()
    with _Encrypted(server, context) if server.tls else _Plain(server) as smtp:
        if not server.tls:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp


class _Plain(smtplib.SMTP):
    """A connection that is encrypted by STARTTLS, to the address that was judged."""

    def __init__(self, server: MailServer) -> None:
        self._inner = server.inner
        super().__init__(server.host, server.port, timeout=SECONDS)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        return connected(host, port, inner=self._inner, seconds=timeout)


class _Encrypted(smtplib.SMTP_SSL):
    """A connection over TLS from the start, to the address that was judged."""

    def __init__(self, server: MailServer, context: ssl.SSLContext) -> None:
        self._inner, self._wanted = server.inner, context
        super().__init__(server.host, server.port, timeout=SECONDS, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = connected(host, port, inner=self._inner, seconds=timeout)
        return self._wanted.wrap_socket(plain, server_hostname=host)
