"""Cards, through Stripe Checkout: the card is typed there; here a session, a reference and a state stay."""

import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.office.books.actions.processors.interface import (
    Begun,
    ForgedNoticeError,
    Happened,
    Notice,
    Order,
    PaidBack,
    ask,
    read_json,
    refuse_forged,
)
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

_HAPPENED = {
    "checkout.session.completed": Happened.PAID,
    "checkout.session.async_payment_succeeded": Happened.PAID,
    "checkout.session.async_payment_failed": Happened.FAILED,
    "checkout.session.expired": Happened.EXPIRED,
}

_REFUNDS = {
    "succeeded": Happened.REFUNDED,
    "failed": Happened.REFUND_FAILED,
    "canceled": Happened.REFUND_FAILED,
}

_DISPUTED = {
    "charge.dispute.created": Happened.DISPUTED,
    "charge.dispute.funds_withdrawn": Happened.CHARGED_BACK,
    "charge.dispute.funds_reinstated": Happened.RESTORED,
}
_CLOSED = {"lost": Happened.LOST, "warning_closed": Happened.RESTORED}  # what was won is told by the money itself

_LABEL = Text("Kreditkarte", "Credit card")
_HINT = Text(
    "Sie geben die Karte beim Zahlungsdienst ein; hier wird keine Kartennummer gespeichert.",
    "You enter the card at the payment service; no card number is stored here.",
)


@dataclass(frozen=True, slots=True)
class CardProcessor:
    """Stripe by its REST API; `address` is its base address, which tests replace."""

    api_key: str
    webhook_secret: str
    address: str = "https://api.stripe.com"
    key: str = "card"
    label: Text = _LABEL
    hint: Text = _HINT

    def begin(self, order: Order) -> Begun:
        """Open a checkout session; the contract's items go into its metadata."""
        fields = {
            "mode": "payment",
            "client_reference_id": order.reference,
            "success_url": f"{order.back}?paid=1",
            "cancel_url": order.back,
            "expires_at": str(int(order.expires_at.timestamp())),
            "line_items[0][quantity]": "1",
            "line_items[0][price_data][currency]": order.amount.currency.lower(),
            "line_items[0][price_data][unit_amount]": str(order.amount.minor),
            "line_items[0][price_data][product_data][name]": order.title,
            **{f"metadata[{key}]": value for key, value in order.items.items()},
        }
        found = self._post("/v1/checkout/sessions", fields, key=order.reference)
        return Begun(str(found["id"]), str(found["url"]))

    def understood(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Verify Stripe's signature (scheme v1) and return what the event says."""
        parts = [part.partition("=") for part in headers.get("Stripe-Signature", "").split(",")]
        stamp = next((value for name, _, value in parts if name == "t"), "")
        signed = [value for name, _, value in parts if name == "v1"]
        refuse_forged(self.webhook_secret, stamp=stamp, body=body, signatures=signed, at=at)
        event = read_json(body)
        try:
            thing = event["data"]["object"]
            if thing.get("object") == "refund":
                return _of_refund(str(event["id"]), thing)
            if thing.get("object") == "dispute":
                return _of_dispute(event, thing)
            happened = _HAPPENED.get(event["type"], Happened.OTHER)
            if happened is Happened.PAID and thing.get("payment_status") != "paid":
                happened = Happened.OTHER
            amount = (
                Money(str(thing["currency"]).upper(), int(thing["amount_total"])) if "amount_total" in thing else None
            )
            return Notice(
                event=str(event["id"]),
                reference=str(thing.get("client_reference_id") or ""),
                happened=happened,
                amount=amount,
                capture=str(thing.get("payment_intent") or ""),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ForgedNoticeError("The event is not of the shape that Stripe documents.") from error

    def refund(self, capture: str, amount: Money, *, key: str, reference: str) -> PaidBack:
        """Refund a payment, once per key; some banks take days, and the answer is "pending" until then."""
        fields = {"payment_intent": capture, "amount": str(amount.minor), "metadata[reference]": reference}
        found = self._post("/v1/refunds", fields, key=key)
        return PaidBack(str(found["id"]), _became(found), str(found.get("failure_reason") or ""))

    def _post(self, path: str, fields: Mapping[str, str], *, key: str) -> dict[str, object]:
        request = urllib.request.Request(  # noqa: S310  an address of the configuration
            f"{self.address}{path}",
            data=urllib.parse.urlencode(fields).encode(),
            headers={"Authorization": f"Bearer {self.api_key}", "Idempotency-Key": key},
        )
        return ask(request)


def _became(refund: Mapping[str, object]) -> Happened:
    return _REFUNDS.get(str(refund.get("status")), Happened.OTHER)


def _of_refund(event: str, refund: Mapping[str, Any]) -> Notice:
    """Return what an event about a refund says, whichever of Stripe's names it has: the refund's status decides."""
    return Notice(
        event=event,
        reference=str((refund.get("metadata") or {}).get("reference") or ""),
        happened=_became(refund),
        amount=Money(str(refund["currency"]).upper(), int(refund["amount"])),
        capture=str(refund.get("payment_intent") or ""),
        refund=str(refund["id"]),
        why=str(refund.get("failure_reason") or ""),
    )


def _of_dispute(event: Mapping[str, Any], dispute: Mapping[str, Any]) -> Notice:
    """Return what an event about a dispute says; taken back and given again name the dispute itself."""
    closed = event["type"] == "charge.dispute.closed"
    happened = _CLOSED.get(str(dispute["status"])) if closed else _DISPUTED.get(event["type"])
    return Notice(
        event=str(event["id"]),
        reference="",
        happened=happened or Happened.OTHER,
        amount=Money(str(dispute["currency"]).upper(), int(dispute["amount"])),
        capture=str(dispute.get("payment_intent") or ""),
        refund=str(dispute["id"]),
        why=str(dispute.get("reason") or ""),
    )
