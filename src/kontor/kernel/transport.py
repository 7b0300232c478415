"""Handing a mail to the mail server (SMTP, RFC 5321), and how a mail looks on the way (MIME)."""

import email.policy
import smtplib
import ssl
from collections.abc import Iterable
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

PERMANENT: Final = 500  # RFC 5321, 4.2.1: a reply of 5yz means that the same mail will be refused again


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
) -> EmailMessage:
    """
    Return the mail: text, a second form of it in HTML, and files; the same each time, so that a repeat is known.

    unsubscribe  address that ends such mail by one POST (RFC 2369, RFC 8058)
    """
    message = EmailMessage(policy=email.policy.SMTP)
    _, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message["From"] = Address(sender_name, addr_spec=_on_the_wire(sender))
    message["To"] = Address(to_name, addr_spec=_on_the_wire(to))
    if reply_to:
        message["Reply-To"] = Address(addr_spec=_on_the_wire(reply_to))
    message["Subject"] = subject
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{message_id}@{urlsplit(settings.KONTOR_BASE_URL).hostname}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday replies, please
    if unsubscribe:
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, media_type, content in files:
        kind, _, subkind = media_type.partition("/")
        message.add_attachment(content, maintype=kind, subtype=subkind or "octet-stream", filename=name)
    return message


def hand_over(message: EmailMessage) -> None:
    """Give the mail to the server in `KONTOR_SMTP_HOST`; MailRefusedError for good, MailProblemError for now."""
    if not settings.EMAIL_HOST:
        raise MailProblemError("No mail server is set: KONTOR_SMTP_HOST is empty.")
    try:
        with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=settings.EMAIL_TIMEOUT) as server:
            if settings.EMAIL_USE_TLS:
                server.starttls(context=ssl.create_default_context())
            if settings.EMAIL_HOST_USER:
                server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
            server.send_message(message)
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


def _problem(code: int, reply: bytes | str) -> MailProblemError:
    return (MailRefusedError if code >= PERMANENT else MailProblemError)(f"{code} {_words(reply)}")


def _words(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _on_the_wire(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA), as every mail server understands it."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"
