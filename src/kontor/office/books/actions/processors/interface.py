"""
What every payment processor looks like from here: begin, understand a message, pay back.

What leaves is an Order: reference, amount, where to come back to, and those data items that the contract lists for this
processor. No card or bank data passes through here; the payer types it at the processor's.
"""

import hashlib
import hmac
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

TOLERANCE: Final = timedelta(minutes=5)  # how far the signed time may lie from ours
_SECONDS: Final = 10


class ProcessorError(RefusalError):
    """The processor did not answer, or not in a way that can be understood."""


class ForgedNoticeError(Exception):
    """A message whose signature is wrong or too old; nothing of it is believed."""


class Happened(StrEnum):
    """
    What a message tells.

    Of a dispute: that there is one, that its money was taken back or given again, and that it was lost; the outcome
    moves no money.
    """

    PAID = "PAID"
    FAILED = "FAILED"
    EXPIRED = "EXPIRED"
    REFUNDED = "REFUNDED"
    REFUND_FAILED = "REFUND_FAILED"
    DISPUTED = "DISPUTED"
    CHARGED_BACK = "CHARGED_BACK"
    RESTORED = "RESTORED"
    LOST = "LOST"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """
    What a processor is told.

    reference  ours, which its messages name again
    items      the payer's data by key of the contract's list; what is not listed there never gets in here
    """

    reference: str
    amount: Money
    title: str
    back: str
    items: Mapping[str, str]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Begun:
    """The processor's own reference, and where the payer goes."""

    order: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """
    A verified message: its id, our reference, what happened, how much, and the processor's reference of the money.

    reference  "" where the message concerns nothing of ours
    refund     the processor's reference of the refund or dispute that the message is about; `why` it failed, or there
               is one, as the processor says
    when       when that happened, as the processor says; None where it does not
    """

    event: str
    reference: str
    happened: Happened
    amount: Money | None = None
    capture: str = ""
    refund: str = ""
    why: str = ""
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class PaidBack:
    """
    A processor's answer to a refund: its reference, and REFUNDED, REFUND_FAILED or, while it is on its way, OTHER.

    why  the processor's own word where it failed
    """

    reference: str
    happened: Happened
    why: str = ""


class Processor(Protocol):
    """
    A payment processor.

    key    as rows and addresses name it
    label  what people call it; hint  what they should know before they choose it
    """

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Text: ...

    @property
    def hint(self) -> Text: ...

    def begin(self, order: Order) -> Begun:
        """Announce an order; ProcessorError where that fails."""
        ...

    def understood(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Return a message whose signature over the raw body was verified; ForgedNoticeError otherwise."""
        ...

    def refund(self, capture: str, amount: Money, *, key: str, reference: str) -> PaidBack:
        """
        Pay back, once per key, and return what the processor says; ProcessorError where it does not answer.

        reference  ours, which its messages about the refund name again
        """
        ...


def refuse_forged(secret: str, *, stamp: str, body: bytes, signatures: list[str], at: datetime) -> None:
    """
    Raise ForgedNoticeError unless one signature is HMAC-SHA256 over "stamp.body" and the stamp is near.

    stamp  seconds since 1970, as the message says
    """
    if not stamp.isascii() or not stamp.isdigit() or abs(at.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise ForgedNoticeError("The message is too old, or says no time.")
    expected = signature(secret, stamp=stamp, body=body)
    if not any(hmac.compare_digest(expected, each) for each in signatures if each.isascii()):
        raise ForgedNoticeError("The signature is wrong.")


def signature(secret: str, *, stamp: str, body: bytes) -> str:
    """Return the hexadecimal HMAC-SHA256 over "stamp.body"."""
    return hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def read_json(body: bytes) -> dict[str, Any]:
    """Return a message's object; ForgedNoticeError for what is none."""
    try:
        found = json.loads(body)
    except ValueError as error:
        raise ForgedNoticeError("The message is no JSON.") from error
    if not isinstance(found, dict):
        raise ForgedNoticeError("The message is no object.")
    return found


def ask(request: urllib.request.Request) -> dict[str, Any]:
    """Send a request and return the JSON object of the answer; ProcessorError where that fails."""
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  an address of the configuration
            found = json.loads(answer.read())
    except (urllib.error.URLError, TimeoutError, ValueError, OSError) as error:
        raise ProcessorError(
            Text(
                "Der Zahlungsdienst antwortet gerade nicht; bitte später noch einmal oder überweisen.",
                "The payment service does not answer right now; try later or transfer.",
            )
        ) from error
    if not isinstance(found, dict):
        raise ProcessorError(Text("Der Zahlungsdienst antwortet unverständlich.", "The answer makes no sense."))
    return found
