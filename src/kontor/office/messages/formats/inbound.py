"""
A mail as it comes in: who wrote, in answer to what, when our server took it, whether a person wrote it at all.

What a mail says of itself is believed as little as possible: the moment is that of our own server's line (RFC 5321,
4.4), HTML becomes plain text, so that nothing acts and nothing is loaded, and whatever cannot be read is replaced and
never an error.
"""

import email
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.message import Message
from email.utils import getaddresses, parseaddr, parsedate_to_datetime
from typing import Final

from kontor.office.messages.formats.clean_html import clean_html
from kontor.office.messages.formats.encoded import Part, header_text, part_text
from kontor.office.messages.formats.plain_html import text_of_html
from kontor.office.messages.formats.tnef import WINMAIL, unpacked

_ID: Final = re.compile(r"<([^<>\s]{1,500})>")
_PLAIN_ID: Final = re.compile(r"[!-?A-~]+@[!-?A-~]+")
_LONGEST_ID: Final = 250
_TOLD: Final = ("precedence", "auto-submitted", "x-autoreply", "x-autorespond", "x-auto-reply-from", "list-id")
_BULK: Final = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES: Final = re.compile(r"^(mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)([+@.-]|$)", re.IGNORECASE)
_AWAY: Final = re.compile(
    r"^\s*(auto(matic|matische)?[ -]?(reply|antwort|response)|out of (the )?office|abwesen(d|heit)|autosvar|"
    r"r[ée]ponse automatique|risposta automatica|automatische? antwoord|respuesta autom[áa]tica|resposta autom[áa]tica|"
    r"automatisk svar|automatick[áa] odpov|odpowied[źz] automatyczna|autoodpowied)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on a mail."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbound:
    """
    What a mail says.

    key        its Message-ID, or a digest of all of it where it has none: the same mail twice is one mail
    message_id as an answer may repeat it; "" where it has none, or one that is not fit to be repeated
    answers    the Message-IDs it answers, the nearest first
    html       what it showed, cleaned of all that acts or loads; "" for a mail of plain text
    others     who else was written to, without the sender
    received   when our server took it; None where no line of ours says so
    machine    why nobody wrote it: "auto-submitted", "bulk", "bounce", "away", "empty-sender"; "" for a person
    """

    key: str
    message_id: str
    answers: tuple[str, ...]
    sender: str
    name: str
    others: tuple[str, ...]
    subject: str
    text: str
    html: str
    files: tuple[Attachment, ...]
    received: datetime | None
    machine: str


def read_mail(raw: bytes, *, mx_host: str = "") -> Inbound:
    """
    Read a mail.

    mx_host  the name under which our server writes its Received line; "" to believe the topmost one
    """
    message = email.message_from_bytes(raw)
    name, sender = parseaddr(header_text(message.get("From")))
    text, html, files = _content(message)
    return Inbound(
        key=_key(message, raw),
        message_id=_repeatable(message),
        answers=_answers(message),
        sender=sender.strip().casefold(),
        name=" ".join(name.split())[:200],
        others=_others(message, sender),
        subject=" ".join(header_text(message.get("Subject")).split())[:300],
        text=text,
        html=html,
        files=files,
        received=_received(message, mx_host),
        machine=_machine(message, sender),
    )


def _key(message: Part, raw: bytes) -> str:
    """Return a key of 64 characters: a Message-ID may be as long as it likes."""
    found = _ID.search(header_text(message.get("Message-ID")))
    return hashlib.sha256(found[1].encode() if found else raw).hexdigest()


def _repeatable(message: Part) -> str:
    """Return the Message-ID without brackets, if it is printable, short and names one host (RFC 5322, 3.6.4)."""
    found = _ID.search(header_text(message.get("Message-ID")))
    told = found[1] if found else ""
    return told if len(told) <= _LONGEST_ID and _PLAIN_ID.fullmatch(told) else ""


def _answers(message: Part) -> tuple[str, ...]:
    """Return In-Reply-To, then References from the latest back, each once."""
    nearest = _ID.findall(header_text(message.get("In-Reply-To")))
    older = _ID.findall(header_text(message.get("References")))
    return tuple(dict.fromkeys((*nearest, *reversed(older))))


def _others(message: Part, sender: str) -> tuple[str, ...]:
    lines = [header_text(line) for field in ("To", "Cc") for line in message.get_all(field, [])]
    found = (address.strip().casefold() for _name, address in getaddresses(lines))
    return tuple(dict.fromkeys(each for each in found if "@" in each and each != sender.casefold()))


def _received(message: Part, mx_host: str) -> datetime | None:
    """Return the moment of our server's line, which is the topmost that names it; Date is never asked."""
    for line in message.get_all("Received", []):
        told = header_text(line)
        if mx_host and not re.search(rf"\bby\s+{re.escape(mx_host)}(\s|;|$)", told, re.IGNORECASE):
            continue
        try:
            found = parsedate_to_datetime(told.rpartition(";")[2].strip())
        except (ValueError, TypeError):
            continue
        return found if found.tzinfo else None
    return None


def _machine(message: Part, sender: str) -> str:
    """Return why nobody wrote it (RFC 3834 and what servers do beside it), "" for a person."""
    path = message.get("Return-Path")
    if path is not None and header_text(path).strip() in {"<>", ""}:
        return "empty-sender"
    if message.get_content_type() == "multipart/report" or _MACHINES.match(sender):
        return "bounce"
    told = {field: header_text(message.get(field)).strip().casefold() for field in _TOLD if message.get(field)}
    if told.get("auto-submitted", "no").partition(";")[0].strip() != "no":
        return "auto-submitted"
    if told.get("precedence") in _BULK or "list-id" in told:
        return "bulk"
    if told.keys() & {"x-autoreply", "x-autorespond", "x-auto-reply-from"}:
        return "auto-submitted"
    return "away" if _AWAY.match(header_text(message.get("Subject"))) else ""


def _content(message: Part) -> tuple[str, str, tuple[Attachment, ...]]:
    plain: list[str] = []
    html: list[str] = []
    files: list[Attachment] = []
    for part in _leaves(message):
        kind = part.get_content_type()
        name = header_text(part.get_filename())
        hangs = part.get_content_disposition() == "attachment" or bool(name)
        if (kind == "text/plain" or kind.startswith("multipart/")) and not hangs:  # one that has no parts is a text
            plain.append(part_text(part))
        elif kind == "text/html" and not hangs:
            html.append(part_text(part))
        else:
            files.extend(_files(part, kind, name, len(files)))
    words = plain if any(map(str.strip, plain)) else [text_of_html(each) for each in html]
    text = "\n".join(each.strip() for each in words if each.strip())
    return text, "\n".join(filter(None, map(clean_html, html))), tuple(files)


def _leaves(message: Part) -> Iterator[Part]:
    """Yield the parts that hold something; a mail inside the mail is one file, whatever is in it."""
    if message.get_content_type() == "message/rfc822" or not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        assert isinstance(part, Message)
        yield from _leaves(part)


def _files(part: Part, kind: str, name: str, number: int) -> Iterator[Attachment]:
    if kind == "message/rfc822":
        inner = part.get_payload()
        held = inner[0] if isinstance(inner, list) and inner else None
        data = held.as_bytes() if isinstance(held, Message) else b""
        yield Attachment(name or f"mail-{number + 1}.eml", kind, data)
        return
    content = part.get_payload(decode=True)
    data = content if isinstance(content, bytes) else b""
    if name.casefold() == "winmail.dat" or kind in WINMAIL:
        packed = unpacked(data)
        yield from (Attachment(each, "application/octet-stream", inside) for each, inside in packed)
        if packed:
            return
    yield Attachment(name or f"file-{number + 1}", kind, data)
