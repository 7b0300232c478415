"""
A processor that only plays: it redirects to a small page of this installation, which sends its messages over loopback.

It is offered in the demo and in tests and nowhere else. Nothing is paid, and the page says so.
"""

import json
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kontor.office.books.actions.processors.interface import (
    Begun,
    ForgedNoticeError,
    Happened,
    Notice,
    Order,
    PaidBack,
    read_json,
    refuse_forged,
    signature,
)
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

HEADER = "Fake-Signature"

_LABEL = Text("Probezahlung (nur Vorführung)", "Fake payment (demo only)")
_HINT = Text(
    "Es wird nichts bezahlt: Diese Zahlungsart gibt es nur in der Vorführung.",
    "Nothing is paid: this method exists in the demo only.",
)


@dataclass(frozen=True, slots=True)
class FakeProcessor:
    """The fake; `page` is the address of its page, `secret` signs its messages."""

    secret: str
    page: str
    key: str = "fake"
    label: Text = _LABEL
    hint: Text = _HINT

    def begin(self, order: Order) -> Begun:
        """Return the address of the fake's page, which carries the order."""
        told = {
            "order": f"fake-{order.reference}",
            "reference": order.reference,
            "currency": order.amount.currency,
            "minor": str(order.amount.minor),
            "title": order.title,
            "back": order.back,
        }
        return Begun(told["order"], f"{self.page}?{urllib.parse.urlencode(told)}")

    def understood(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Verify the fake's signature and return what it says."""
        stamp, _, signed = headers.get(HEADER, "").partition(",")
        refuse_forged(self.secret, stamp=stamp, body=body, signatures=[signed], at=at)
        told = read_json(body)
        try:
            return Notice(
                event=str(told["event"]),
                reference=str(told["reference"]),
                happened=Happened(told["happened"]),
                amount=Money(str(told["currency"]), int(told["minor"])),
                capture=str(told["capture"]),
                refund=str(told.get("refund", "")),
                why=str(told.get("why", "")),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ForgedNoticeError("That is no message of the fake.") from error

    def refund(self, capture: str, amount: Money, *, key: str, reference: str) -> PaidBack:  # noqa: ARG002  one signature
        """Pretend to be asked; what became of it says the fake's page."""
        return PaidBack(f"fake-refund-{key}", Happened.OTHER)

    def refund_page(self, refund: str, amount: Money, *, reference: str, title: str, back: str) -> str:
        """Return the address of the fake's page that lets a refund arrive or fail."""
        told = {
            "order": refund, "refund": refund, "reference": reference, "currency": amount.currency,
            "minor": str(amount.minor), "title": title, "back": back,
        }  # fmt: skip
        return f"{self.page}?{urllib.parse.urlencode(told)}"

    def message(self, told: Mapping[str, str], *, at: datetime) -> tuple[bytes, dict[str, str]]:
        """Return a message of the fake and the head that signs it."""
        body = json.dumps(dict(told)).encode()
        stamp = str(int(at.timestamp()))
        return body, {HEADER: f"{stamp},{signature(self.secret, stamp=stamp, body=body)}"}
