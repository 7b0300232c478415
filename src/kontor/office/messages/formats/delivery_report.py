"""
Reports of mail servers about mail that did not arrive (RFC 3464): whom it did not reach, why, and which mail it was.

A report is a `multipart/report` of type delivery-status: groups of fields, the first about the mail, each further one
about a recipient. What follows them is the mail itself or its head (RFC 6522).
"""

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage, MIMEPart
from typing import Any, Final, TypeAlias

STATUS: Final = "message/delivery-status"
Group: TypeAlias = "MIMEPart[Any, Any]"  # the class takes no parameters at run time


@dataclass(frozen=True, slots=True)
class Failure:
    """
    A recipient whom a mail did not reach for good.

    status      the enhanced code, "5.1.1" (RFC 3463); diagnostic  the last server's words, "" where it gave none
    message_id  of the mail itself, without its brackets; "" where the report does not carry its head
    """

    recipient: str
    status: str
    diagnostic: str
    message_id: str


def failures(raw: bytes) -> list[Failure]:
    """Return whom a report says not to have been reached for good; nothing for any other mail, or a mere delay."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    if message.get_content_type() != "multipart/report" or message.get_param("report-type") != "delivery-status":
        return []
    about = _message_id(message)
    return [_failure(group, about) for group in _recipients(message) if _for_good(group)]


def _recipients(message: EmailMessage) -> Iterator[Group]:
    """Yield the groups of fields about recipients: those behind the first, which is about the mail."""
    for part in message.walk():
        if part.get_content_type() == STATUS and part.is_multipart():
            for group in part.iter_parts():
                if "Final-Recipient" in group or "Original-Recipient" in group:
                    yield group


def _for_good(group: Group) -> bool:
    return _word(group, "Action").casefold() == "failed" and _word(group, "Status").startswith("5.")


def _failure(group: Group, message_id: str) -> Failure:
    asked = _typed(group, "Original-Recipient") or _typed(group, "Final-Recipient")
    return Failure(asked, _word(group, "Status"), _typed(group, "Diagnostic-Code"), message_id)


def _typed(group: Group, name: str) -> str:
    """Return a field's value without its type: "rfc822; anna@birch.example" is "anna@birch.example"."""
    kind, found, value = _word(group, name).partition(";")
    return value.strip() if found else kind.strip()


def _message_id(message: EmailMessage) -> str:
    for part in message.walk():
        if part.get_content_type() == "text/rfc822-headers":
            head = email.message_from_string(part.get_content(), policy=email.policy.default)
            return _word(head, "Message-ID").strip("<> ")
        if part.get_content_type() == "message/rfc822":
            return _word(part.get_content(), "Message-ID").strip("<> ")
    return ""


def _word(group: "email.message.Message[Any, Any]", name: str) -> str:
    return " ".join(str(group.get(name, "")).split())
