"""Handing a mail to the mail server (SMTP, RFC 5321), and how a mail looks on the way (MIME)."""

import email.policy
import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from kontor.kernel.reaching import MailServer, signed_in

_THREAD: Final = frozenset({"References", "In-Reply-To"})
PERMANENT: Final = 500  # RFC 5321, 4.2.1: a reply of 5yz means that the same mail will be refused again


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """
    How a mail stands among others.

    answers    Message-IDs without brackets, the oldest first; it answers the last one
    to, cc     who is shown as written to, by address; this copy goes to one of them
    automatic  nobody wrote it (RFC 3834, "auto-replied"); what a person wrote says nothing of the kind
    """

    answers: tuple[str, ...] = ()
    to: str = ""
    cc: tuple[str, ...] = ()
    automatic: bool = False


class _Wire(email.policy.EmailPolicy):
    """SMTP's form, in which a Message-ID stays whole however long it is: Python would fold it into encoded words."""

    def fold(self, name: str, value: str) -> str:
        """Write a header; a list of Message-IDs takes a line for each."""
        if name in _THREAD:
            return f"{name}: {f'{self.linesep} '.join(value.split())}{self.linesep}"
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: str) -> bytes:
        """Write a header as bytes."""
        return self.fold(name, value).encode() if name in _THREAD else super().fold_binary(name, value)


_WIRE: Final = _Wire(linesep="\r\n")


class MailProblemError(Exception):
    """The mail was not taken over this time; its text is the server's."""


class MailRefusedError(MailProblemError):
    """The mail server refuses this mail for good."""


class AddressRefusedError(MailRefusedError):
    """The mail server refuses the recipient for good: nobody can be reached under this address."""


def composed(
    *,
    message_id: str,
    sender_name: str,
    to: str,
    to_name: str,
    reply_to: str,
    subject: str,
    text: str,
    html: str,
    files: Iterable[tuple[str, str, bytes]],
    at: datetime,
    unsubscribe: str = "",
    conversation: Conversation | None = None,
    sender: str = "",
) -> EmailMessage:
    """
    Return the mail: text, a second form of it in HTML, and files; the same each time, so that a repeat is known.

    unsubscribe  address that ends such mail by one POST (RFC 2369, RFC 8058)
    sender       address of the tenant's own, whose own server will take it; "" for the platform's
    """
    message = EmailMessage(policy=_WIRE)
    ours = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    message["From"] = Address(sender_name, addr_spec=_on_the_wire(sender or ours))
    shown = conversation.to if conversation and conversation.to else to
    message["To"] = Address(to_name, addr_spec=_on_the_wire(shown))
    if conversation and conversation.cc:
        message["Cc"] = [Address(addr_spec=_on_the_wire(each)) for each in conversation.cc]
    if reply_to:
        message["Reply-To"] = Address(addr_spec=_on_the_wire(reply_to))
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Message-ID"] = f"<{whole_id(message_id)}>"
    _place(message, conversation)
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, media_type, content in files:
        kind, _, subkind = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subkind or "octet-stream", filename=name)
    return message


def whole_id(message_id: str) -> str:
    """Return the Message-ID that a mail of this installation has, without its brackets."""
    return f"{message_id}@{urlsplit(settings.KONTOR_BASE_URL).hostname}"


def _place(message: EmailMessage, conversation: Conversation | None) -> None:
    """Say what it answers, and whether a machine wrote it (RFC 3834: no holiday replies, please)."""
    if conversation is None:
        message["Auto-Submitted"] = "auto-generated"
        return
    if conversation.automatic:
        message["Auto-Submitted"] = "auto-replied"
    if conversation.answers:
        message["In-Reply-To"] = f"<{conversation.answers[-1]}>"
        message["References"] = " ".join(f"<{each}>" for each in conversation.answers)


def hand_over(message: EmailMessage, to: str, *, server: MailServer | None = None) -> None:
    """
    Give a mail for one recipient to a mail server, whoever else it shows as written to.

    server  the tenant's own; None for the installation's, in `KONTOR_SMTP_HOST`. MailRefusedError for good,
            MailProblemError for now.
    """
    if server is None and not settings.EMAIL_HOST:
        raise MailProblemError("No mail server is set: KONTOR_SMTP_HOST is empty.")
    try:
        with signed_in(server) if server else _ours() as smtp:
            smtp.send_message(message, to_addrs=[_on_the_wire(to)])
    except smtplib.SMTPRecipientsRefused as error:
        (code, reply) = next(iter(error.recipients.values()))
        said = f"{code} {_words(reply)}"
        raise (AddressRefusedError if code >= PERMANENT else MailProblemError)(said) from error
    except smtplib.SMTPDataError as error:
        raise _problem(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:  # of us or our sign-in, not of the mail: somebody will mend it
        raise MailProblemError(f"{error.smtp_code} {_words(error.smtp_error)}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailProblemError(str(error) or type(error).__name__) from error


@contextmanager
def _ours() -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT) as server:
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        yield server


def _problem(code: int, reply: bytes | str) -> MailProblemError:
    return (MailRefusedError if code >= PERMANENT else MailProblemError)(f"{code} {_words(reply)}")


def _words(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _on_the_wire(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA), as every mail server understands it."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"
