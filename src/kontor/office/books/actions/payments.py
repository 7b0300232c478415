"""Money that comes in: statements imported once, payments booked once, invoices settled under their balance's lock."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.models import BankEntry, Invoice, InvoiceBalance, Payment, PaymentShare
from kontor.office.parties import public as parties
from kontor.rulebook.ruling import Text


class PaymentRefusedError(Exception):
    """A payment that cannot be booked as asked; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment goes to which invoice, in minor units; how it was found, "REFERENCE", "ACCOUNT", "HAND"."""

    invoice: uuid.UUID
    minor: int
    found_by: str


@transaction.atomic
def book_payment(
    *,
    shares: Sequence[Share],
    minor: int,
    currency: str,
    paid_on: date,
    at: datetime,
    actor: Actor,
    entry: BankEntry | None = None,
    note: str = "",
) -> Payment:
    """
    Book money against invoices; the rest, if any, stays on the payment.

    PaymentRefusedError where the shares exceed the money, an invoice is of another currency or would be paid beyond
    what is open, or the entry is booked already.
    """
    if sum(share.minor for share in shares) > minor or any(share.minor <= 0 for share in shares):
        raise PaymentRefusedError(
            Text(
                "Die Anteile sind größer als die Zahlung oder nicht positiv.",
                "The shares exceed the payment or are not positive.",
            )
        )
    if entry is not None and Payment.objects.filter(entry=entry).exists():
        raise PaymentRefusedError(Text("Diese Buchung ist schon zugeordnet.", "This entry has been matched already."))
    balances = _locked([share.invoice for share in shares])
    party = _payer(balances)
    payment = Payment.objects.create(
        party_id=party, entry=entry, amount_minor=minor, currency=currency, paid_on=paid_on, note=note, at=at
    )
    PaymentShare.objects.bulk_create(
        PaymentShare(id=uuid7(), payment=payment, invoice_id=s.invoice, amount_minor=s.minor, found_by=s.found_by)
        for s in shares
    )
    for share in shares:
        _settle(balances[share.invoice], share.minor, currency=currency, paid_on=paid_on)
    record("books.payment_booked", payment, at=at, actor=actor, after=_shown(payment, shares, balances))
    publish("books.payment_booked", {"invoices": [balances[share.invoice].invoice.number for share in shares]}, at=at)
    if entry is not None and entry.iban and party is not None:
        parties.learn_account(party, entry.iban, holder=entry.counterparty, at=at, actor=actor)
    return payment


def _locked(invoices: Sequence[uuid.UUID]) -> dict[uuid.UUID, InvoiceBalance]:
    """Lock these balances in one order for everybody; Invoice.DoesNotExist for a stranger's id."""
    rows = InvoiceBalance.objects.select_for_update(no_key=True, of=("self",)).filter(invoice_id__in=invoices)
    found = {row.invoice_id: row for row in rows.select_related("invoice").order_by("invoice_id")}
    if set(invoices) - found.keys():
        raise Invoice.DoesNotExist
    return found


def _payer(balances: dict[uuid.UUID, InvoiceBalance]) -> uuid.UUID | None:
    payers = {balance.invoice.party_id for balance in balances.values()}
    if len(payers) > 1:
        raise PaymentRefusedError(
            Text(
                "Eine Zahlung begleicht die Rechnungen eines Kunden; diese gehören mehreren.",
                "A payment settles the invoices of one customer; these belong to several.",
            )
        )
    return payers.pop() if payers else None


def _settle(balance: InvoiceBalance, minor: int, *, currency: str, paid_on: date) -> None:
    number = balance.invoice.number
    if balance.invoice.currency != currency:
        raise PaymentRefusedError(
            Text(f"{number} lautet auf {balance.invoice.currency}.", f"{number} is in {balance.invoice.currency}.")
        )
    if minor > balance.open_minor:
        raise PaymentRefusedError(
            Text(
                f"{number} ist nur noch mit {balance.open_minor} Cent offen.",
                f"Only {balance.open_minor} cents of {number} are still open.",
            )
        )
    balance.open_minor -= minor
    if balance.open_minor == 0:
        balance.paid_on = paid_on
    balance.save(update_fields=["open_minor", "paid_on"])


def _shown(payment: Payment, shares: Sequence[Share], balances: dict[uuid.UUID, InvoiceBalance]) -> dict[str, object]:
    return {
        "amount_minor": payment.amount_minor,
        "currency": payment.currency,
        "paid_on": payment.paid_on,
        "shares": {balances[share.invoice].invoice.number: share.minor for share in shares},
    }
