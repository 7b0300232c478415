"""PayPal by its Orders API (v2); a message is believed once PayPal itself has confirmed its signature."""

import base64
import json
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.office.books.actions.processors.interface import (
    TOLERANCE,
    Begun,
    ForgedNoticeError,
    Happened,
    Notice,
    Order,
    PaidBack,
    ProcessorError,
    ask,
    read_json,
)
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_HAPPENED = {
    "PAYMENT.CAPTURE.COMPLETED": Happened.PAID,
    "PAYMENT.CAPTURE.DENIED": Happened.FAILED,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": Happened.EXPIRED,
    "PAYMENT.CAPTURE.REFUNDED": Happened.REFUNDED,
    "PAYMENT.REFUND.FAILED": Happened.REFUND_FAILED,
    "PAYMENT.CAPTURE.REVERSED": Happened.CHARGED_BACK,
}
_DISPUTED = "CUSTOMER.DISPUTE.CREATED"
_RESOLVED = "CUSTOMER.DISPUTE.RESOLVED"
_OUTCOMES = {  # PAYOUT and NONE say nothing of our money: it moves, if at all, by messages of its own
    "RESOLVED_SELLER_FAVOUR": Happened.RESTORED,
    "CANCELED_BY_BUYER": Happened.RESTORED,
    "DENIED": Happened.RESTORED,
    "RESOLVED_BUYER_FAVOUR": Happened.LOST,
    "ACCEPTED": Happened.LOST,
}
_REFUNDS = {
    "COMPLETED": Happened.REFUNDED,
    "FAILED": Happened.REFUND_FAILED,
    "CANCELLED": Happened.REFUND_FAILED,
}
_SIGNED = {
    "auth_algo": "Paypal-Auth-Algo",
    "cert_url": "Paypal-Cert-Url",
    "transmission_id": "Paypal-Transmission-Id",
    "transmission_sig": "Paypal-Transmission-Sig",
    "transmission_time": "Paypal-Transmission-Time",
}

_LABEL = Text("PayPal", "PayPal")
_HINT = Text(
    "PayPal kann Ihre Angaben an Auskunfteien geben, um Identität und Bonität zu prüfen.",
    "PayPal may pass your data to credit agencies to check identity and solvency.",
)


@dataclass(frozen=True, slots=True)
class PayPal:
    """PayPal; `address` is its base address, which tests replace."""

    client: str
    secret: str
    webhook: str
    address: str = "https://api-m.paypal.com"
    key: str = "paypal"
    label: Text = _LABEL
    hint: Text = _HINT

    def begin(self, order: Order) -> Begun:
        """Create an order that PayPal captures once the payer approves it; only the items given go with it."""
        unit: dict[str, Any] = {
            "custom_id": order.reference,
            "amount": {"currency_code": order.amount.currency, "value": order.amount.bare()},
            "description": order.items.get("goods", ""),
        }
        flow = {"return_url": f"{order.back}?paid=1", "cancel_url": order.back, "user_action": "PAY_NOW"}
        source: dict[str, Any] = {"experience_context": flow}
        if order.items.get("email"):
            source["email_address"] = order.items["email"]
        if order.items.get("name"):
            source["name"] = {"given_name": order.items["name"]}
        told = {"intent": "CAPTURE", "purchase_units": [unit], "payment_source": {"paypal": source}}
        found = self._post("/v2/checkout/orders", told, key=order.reference)
        links = {each.get("rel"): each.get("href") for each in found.get("links", ())}
        url = links.get("payer-action") or links.get("approve")
        if not url:
            raise ProcessorError(Text("PayPal nennt keine Adresse.", "PayPal names no address."))
        return Begun(str(found["id"]), str(url))

    def understood(self, body: bytes, headers: Mapping[str, str], *, at: datetime) -> Notice:
        """Let PayPal verify its own signature over the event, and return what it says."""
        event = read_json(body)
        told = {name: headers.get(header, "") for name, header in _SIGNED.items()}
        _refuse_old(told["transmission_time"], at)
        asked = {**told, "webhook_id": self.webhook, "webhook_event": event}
        answer = self._post("/v1/notifications/verify-webhook-signature", asked, key=told["transmission_id"])
        if answer.get("verification_status") != "SUCCESS":
            raise ForgedNoticeError("PayPal does not know this message.")
        try:
            thing = event["resource"]
            if event["event_type"] in (_DISPUTED, _RESOLVED):
                return _of_dispute(event, thing)
            amount = thing.get("amount")
            happened = _HAPPENED.get(event["event_type"], Happened.OTHER)
            refunds = happened in (*_REFUNDS.values(), Happened.CHARGED_BACK)
            return Notice(
                event=str(event["id"]),
                reference=str(thing.get("custom_id") or ""),
                happened=happened,
                amount=Money.parse(str(amount["value"]), str(amount["currency_code"])) if amount else None,
                capture=_captured(thing) if refunds else str(thing["id"]),
                refund=str(thing["id"]) if refunds else "",
                why=_reason(thing),
                when=_moment(event),
            )
        except (KeyError, TypeError, IndexError, ValueError, RefusalError) as error:
            raise ForgedNoticeError("The event is not of the shape that PayPal documents.") from error

    def refund(self, capture: str, amount: Money, *, key: str, reference: str) -> PaidBack:
        """Refund a capture, once per key."""
        told = {"amount": {"currency_code": amount.currency, "value": amount.bare()}, "custom_id": reference}
        found = self._post(f"/v2/payments/captures/{capture}/refund", told, key=key)
        happened = _REFUNDS.get(str(found.get("status")), Happened.OTHER)
        return PaidBack(str(found["id"]), happened, _reason(found))

    def _post(self, path: str, told: Mapping[str, Any], *, key: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token()}", "Content-Type": "application/json"}
        return ask(
            urllib.request.Request(  # noqa: S310  an address of the configuration
                f"{self.address}{path}", data=json.dumps(told).encode(), headers={**headers, "PayPal-Request-Id": key}
            )
        )

    def _token(self) -> str:
        basic = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        request = urllib.request.Request(  # noqa: S310  an address of the configuration
            f"{self.address}/v1/oauth2/token",
            data=b"grant_type=client_credentials",
            headers={"Authorization": f"Basic {basic}"},
        )
        return str(ask(request).get("access_token", ""))


def _of_dispute(event: Mapping[str, Any], dispute: Mapping[str, Any]) -> Notice:
    """Return what an event about a dispute says: it names the payment, and its money moves by messages of their own."""
    outcome = str((dispute.get("dispute_outcome") or {}).get("outcome_code") or "")
    opened = event["event_type"] == _DISPUTED
    amount = dispute["dispute_amount"]
    return Notice(
        event=str(event["id"]),
        reference="",
        happened=Happened.DISPUTED if opened else _OUTCOMES.get(outcome, Happened.OTHER),
        amount=Money.parse(str(amount["value"]), str(amount["currency_code"])),
        capture=str(dispute["disputed_transactions"][0]["seller_transaction_id"]),
        refund=str(dispute["dispute_id"]),
        why=str(dispute.get("reason") or "") if opened else outcome,
        when=_moment(event),
    )


def _moment(event: Mapping[str, Any]) -> datetime | None:
    told = event.get("create_time")
    return datetime.fromisoformat(str(told)) if told else None


def _captured(refund: Mapping[str, Any]) -> str:
    """Return the capture that a refund gives back: the last part of its link "up"; "" where PayPal names none."""
    links = {each.get("rel"): str(each.get("href") or "") for each in refund.get("links") or ()}
    return links.get("up", "").rstrip("/").rpartition("/")[2]


def _reason(refund: Mapping[str, Any]) -> str:
    return str((refund.get("status_details") or {}).get("reason") or "")


def _refuse_old(said: str, at: datetime) -> None:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError as error:
        raise ForgedNoticeError("The message says no time.") from error
    if moment.tzinfo is None or abs(at - moment) > TOLERANCE:
        raise ForgedNoticeError("The message is too old.")
