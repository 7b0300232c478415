"""Under which address a tenant's mail is written, and by whose server it leaves."""

from dataclasses import dataclass

from kontor.kernel.models import Sender
from kontor.kernel.queries.mail import Letter
from kontor.kernel.reaching import MailServer


@dataclass(frozen=True, slots=True)
class Way:
    """How a mail leaves. sender: "" for the platform's address; server: None for the installation's."""

    sender: str
    reply_to: str
    server: MailServer | None


def way_of(written: Letter, *, inner: bool) -> Way:
    """
    Return how a mail of the current tenant leaves now, whatever was settled when it was written.

    An address that is not proved, or no more, writes nothing; one without a server of its own gets the answers alone,
    since the platform never writes in another domain's name (RFC 7489, 3.1).
    """
    row = Sender.objects.filter(address=written.sender, ended_at=None).exclude(proved_at=None).first()
    if not written.sender or row is None:
        return Way("", written.reply_to, None)
    if not row.host:
        return Way("", written.reply_to or row.address, None)
    return Way(row.address, written.reply_to, server_of(row, inner=inner))


def is_proved(address: str) -> bool:
    """Tell whether an address was proved to be the current tenant's and is still used."""
    return Sender.objects.filter(address=address.casefold(), ended_at=None).exclude(proved_at=None).exists()


def server_of(row: Sender, *, inner: bool) -> MailServer:
    """Return a sender's own mail server."""
    return MailServer(
        host=row.host, port=row.port, tls=row.security == Sender.Security.TLS, user=row.user,
        password=row.password or "", inner=inner,
    )  # fmt: skip
