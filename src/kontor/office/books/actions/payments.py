"""Money that comes in: booked once per bank entry, invoices settled under their balance's lock, taken back whole."""

import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books.actions.telling import PAYMENT, tell_customers
from kontor.office.books.models import BankEntry, Invoice, InvoiceBalance, Payment, PaymentShare
from kontor.office.books.queries.rests import hold, spent_of
from kontor.office.parties import public as parties
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text

REFERENCE: Final = "REFERENCE"  # the payer named the invoice
ACCOUNT: Final = "ACCOUNT"  # amount and account pointed to it
HAND: Final = "HAND"  # a person said so

Balances = Mapping[uuid.UUID, InvoiceBalance]


class PaymentRefusedError(Exception):
    """A payment that cannot be booked as asked; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True)
class Share:
    """How much of a payment goes to which invoice, in minor units; how it was found: REFERENCE, ACCOUNT or HAND."""

    invoice: uuid.UUID
    minor: int
    found_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """
    One payment to book.

    shares  the invoices it settles, each once; what they leave of the money stays on the payment
    entry   the bank entry that it came by; None where a person saw it elsewhere, and says so in `note`
    party   whose money it is where no invoice says so
    several   one sum for invoices of several customers, as a bank books a collection
    draws_on  the payment whose rest this one is or spends
    """

    shares: tuple[Share, ...]
    money: Money
    paid_on: date
    entry: BankEntry | None = None
    note: str = ""
    party: uuid.UUID | None = None
    several: bool = False
    draws_on: uuid.UUID | None = None


def book_payment(booking: Booking, *, at: datetime, actor: Actor) -> Payment:
    """Book one payment; see `book_payments`."""
    (payment,) = book_payments([booking], at=at, actor=actor)
    return payment


@transaction.atomic
def book_payments(bookings: Sequence[Booking], *, at: datetime, actor: Actor) -> list[Payment]:
    """
    Book payments against invoices in a fixed number of queries, all of them or none.

    PaymentRefusedError where the shares exceed the money, an invoice is cancelled, of another currency or would be paid
    beyond what is open, invoices of several customers are named, or an entry is booked already.
    Invoice.DoesNotExist for a stranger's invoice.
    """
    if not bookings:
        return []
    for booking in bookings:
        _refuse_unequal(booking)
    balances = locked_balances({share.invoice for booking in bookings for share in booking.shares})
    attempts = _attempts([booking.entry for booking in bookings if booking.entry])
    payments = [_payment(booking, balances, attempts, at=at) for booking in bookings]
    Payment.objects.bulk_create(payments)
    PaymentShare.objects.bulk_create(
        PaymentShare(id=uuid7(), payment=payment, invoice_id=s.invoice, amount_minor=s.minor, found_by=s.found_by)
        for payment, booking in zip(payments, bookings, strict=True)
        for s in booking.shares
    )
    InvoiceBalance.objects.bulk_update(balances.values(), ["open_minor", "paid_on"])
    shown = [_shown(booking, balances) for booking in bookings]
    tell_payments(payments, shown, "books.payment_booked", at=at, actor=actor)
    tell_customers(PAYMENT, _told(payments, bookings, balances))
    _learn(payments, bookings, at=at, actor=actor)
    return payments


@transaction.atomic
def reverse_payment(payment_id: uuid.UUID, *, on: date, reason: str, at: datetime, actor: Actor) -> Payment:
    """
    Take a payment back by a second one of the same size below zero: its invoices are open again, its entry unmatched.

    PaymentRefusedError where it was taken back already, is itself such a second one, or its rest was spent meanwhile.
    """
    hold(payment_id)
    shares = list(PaymentShare.objects.filter(payment_id=payment_id))
    balances = locked_balances({share.invoice_id for share in shares})
    payment = Payment.objects.prefetch_related("reversals").get(pk=payment_id)
    if payment.reverses_id or payment.reversals.all():
        raise PaymentRefusedError(
            Text("Diese Zahlung ist schon zurückgenommen.", "This payment has been taken back already.")
        )
    if spent_of(payment):
        raise PaymentRefusedError(
            Text(
                "Was von dieser Zahlung übrig war, ist schon verwendet; nehmen Sie das zuerst zurück.",
                "What was left of this payment has been used; take that back first.",
            )
        )
    back = Payment.objects.create(
        party_id=payment.party_id,
        draws_on_id=payment.draws_on_id,
        amount_minor=-payment.amount_minor,
        currency=payment.currency,
        paid_on=on,
        note=reason,
        reverses=payment,
        at=at,
    )
    PaymentShare.objects.bulk_create(
        PaymentShare(
            id=uuid7(), payment=back, invoice_id=s.invoice_id, amount_minor=-s.amount_minor, found_by=s.found_by
        )
        for s in shares
    )
    for share in shares:
        balance = balances[share.invoice_id]
        balance.open_minor += share.amount_minor
        balance.paid_on = None
    InvoiceBalance.objects.bulk_update(balances.values(), ["open_minor", "paid_on"])
    numbers = {balances[s.invoice_id].invoice.number: -s.amount_minor for s in shares}
    after = {"amount_minor": back.amount_minor, "currency": back.currency, "reason": reason, "shares": numbers}
    tell_payments([back], [after], "books.payment_reversed", at=at, actor=actor)
    return back


def _refuse_unequal(booking: Booking) -> None:
    shares = [share.minor for share in booking.shares]
    if sum(shares) > booking.money.minor or any(share <= 0 for share in shares) or booking.money.minor <= 0:
        raise PaymentRefusedError(
            Text(
                "Die Anteile sind größer als die Zahlung oder nicht positiv.",
                "The shares exceed the payment or are not positive.",
            )
        )
    if max(Counter(share.invoice for share in booking.shares).values(), default=1) > 1:
        raise PaymentRefusedError(
            Text("Eine Rechnung ist zweimal genannt.", "An invoice is named twice."),
        )


def locked_balances(invoices: Iterable[uuid.UUID]) -> dict[uuid.UUID, InvoiceBalance]:
    """Lock these balances in one order for everybody; Invoice.DoesNotExist for a stranger's id."""
    wanted = set(invoices)
    rows = InvoiceBalance.objects.select_for_update(no_key=True, of=("self",)).filter(invoice_id__in=wanted)
    found = {row.invoice_id: row for row in rows.select_related("invoice").order_by("invoice_id")}
    if wanted - found.keys():
        raise Invoice.DoesNotExist
    return found


def _attempts(entries: Sequence[BankEntry]) -> dict[uuid.UUID, int]:
    """Return how often each entry was booked and taken back; PaymentRefusedError where one stands booked."""
    earlier = Payment.objects.filter(entry__in=entries).prefetch_related("reversals") if entries else ()
    counted: Counter[uuid.UUID] = Counter()
    for payment in earlier:
        if not payment.reversals.all():
            raise PaymentRefusedError(
                Text("Diese Buchung ist schon zugeordnet.", "This entry has been matched already.")
            )
        counted[payment.entry_id] += 1  # type: ignore[index]
    return counted


def _payment(booking: Booking, balances: Balances, attempts: Mapping[uuid.UUID, int], *, at: datetime) -> Payment:
    """Settle the booking's invoices and return the payment's row, not yet inserted."""
    payers = {balances[share.invoice].invoice.party_id for share in booking.shares}
    if len(payers) > 1 and not booking.several:
        raise PaymentRefusedError(
            Text(
                "Eine Zahlung begleicht die Rechnungen eines Kunden; diese gehören mehreren.",
                "A payment settles the invoices of one customer; these belong to several.",
            )
        )
    for share in booking.shares:
        settle(balances[share.invoice], share.minor, currency=booking.money.currency, paid_on=booking.paid_on)
    return Payment(
        id=uuid7(),
        party_id=payers.pop() if len(payers) == 1 else booking.party,
        draws_on_id=booking.draws_on,
        entry=booking.entry,
        attempt=attempts.get(booking.entry.pk, 0) + 1 if booking.entry else 1,
        amount_minor=booking.money.minor,
        currency=booking.money.currency,
        paid_on=booking.paid_on,
        note=booking.note,
        at=at,
    )


def settle(balance: InvoiceBalance, minor: int, *, currency: str, paid_on: date) -> None:
    """Lower what is open of an invoice, its balance locked; PaymentRefusedError beyond it or in another currency."""
    invoice = balance.invoice
    if invoice.currency != currency:
        raise PaymentRefusedError(
            Text(
                f"{invoice.number} lautet auf {invoice.currency}, die Zahlung auf {currency}.",
                f"{invoice.number} is in {invoice.currency}, the payment in {currency}.",
            )
        )
    if minor > balance.open_minor:
        left = Money(currency, max(balance.open_minor, 0)).text
        raise PaymentRefusedError(
            Text(
                f"{invoice.number} ist nur noch mit {left.de} offen.",
                f"Only {left.en} of {invoice.number} is still open.",
            )
        )
    balance.open_minor -= minor
    if balance.open_minor == 0:
        balance.paid_on = paid_on


def tell_payments(
    payments: Sequence[Payment], shown: Sequence[Mapping[str, object]], verb: str, *, at: datetime, actor: Actor
) -> None:
    """Record what was booked and tell open pages."""
    record_many(
        Deed(verb=verb, thing=payment, at=at, actor=actor, after=after)
        for payment, after in zip(payments, shown, strict=True)
    )
    publish(verb, {"payments": [str(payment.pk) for payment in payments]}, at=at)


def _told(
    payments: Sequence[Payment], bookings: Sequence[Booking], balances: Balances
) -> Iterator[tuple[uuid.UUID | None, dict[str, object]]]:
    """Yield whose invoice was paid with how much, and what of it is open now."""
    for payment, booking in zip(payments, bookings, strict=True):
        for share in booking.shares:
            balance = balances[share.invoice]
            yield (
                balance.customer_tenant_id,
                {
                    "payment": str(payment.pk),
                    "invoice": str(share.invoice),
                    "number": balance.invoice.number,
                    "amount_minor": share.minor,
                    "open_minor": balance.open_minor,
                    "currency": booking.money.currency,
                    "paid_on": booking.paid_on.isoformat(),
                },
            )


def _learn(payments: Sequence[Payment], bookings: Sequence[Booking], *, at: datetime, actor: Actor) -> None:
    """Remember the accounts that customers paid from, each once; known ones cost one query together."""
    seen: dict[tuple[bytes, uuid.UUID], BankEntry] = {}
    for payment, booking in zip(payments, bookings, strict=True):
        if booking.entry and booking.entry.iban and booking.shares and payment.party_id:
            seen[parties.fingerprint(booking.entry.iban), payment.party_id] = booking.entry
    known = parties.parties_by_account({account for account, _ in seen}) if seen else {}
    for (account, party), entry in seen.items():
        if party not in known.get(account, ()):
            parties.learn_account(party, entry.iban, holder=entry.counterparty, at=at, actor=actor)


def _shown(booking: Booking, balances: Balances) -> dict[str, object]:
    return {
        "amount_minor": booking.money.minor,
        "currency": booking.money.currency,
        "paid_on": booking.paid_on,
        "note": booking.note,
        "shares": {balances[share.invoice].invoice.number: share.minor for share in booking.shares},
    }
