"""What is owed on invoices and what was paid on them, day by day: the facts from which claims are computed."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from kontor.office.books.models import BankFee, Debit, InvoiceBalance, Payment, PaymentShare, Refund
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidShare:
    """What a payment that was not taken back paid on an invoice; `whole` is all that it brought."""

    payment: uuid.UUID
    on: date
    amount: Money
    whole: Money
    found_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedInvoice:
    """
    An invoice as a claim sees it.

    claimed  what was ever to be paid of it: what is open and what was paid; what a credit note took off never was
    due_on   the last day on which payment is in time
    zone     whose days count: the seller's
    fees     (day, amount) of what banks took for debits that came back
    """

    id: uuid.UUID
    number: str
    subject: uuid.UUID | None
    seller: uuid.UUID
    party: uuid.UUID
    customer_tenant: uuid.UUID | None
    customer_name: str
    language: str
    zone: str
    issued_on: date
    due_on: date
    vat: Money
    gross: Money
    claimed: Money
    open: Money
    written_off_on: date | None
    cancelled: bool
    paid: tuple[PaidShare, ...]
    fees: tuple[tuple[date, Money], ...]


def overdue_about(subject_kind: str, *, before: date) -> list[uuid.UUID]:
    """
    Return the invoices about such things that are open past their day, or were paid past it; the oldest first.

    What is open within the seller's tolerance is not among them: nobody is reminded of a cent.
    """
    owed = Q(open_minor__gt=F("invoice__seller__tolerance_minor"), due_on__lt=before)
    late = owed | Q(open_minor__lte=0, paid_on__gt=F("due_on"))
    rows = InvoiceBalance.objects.filter(
        late, invoice__subject_kind=subject_kind, cancelled_at=None, written_off_on=None
    )
    return list(rows.order_by("due_on", "invoice_id").values_list("invoice_id", flat=True))


def still_open(ids: Collection[uuid.UUID]) -> list[uuid.UUID]:
    """Return those of these invoices on which something is open."""
    rows = InvoiceBalance.objects.filter(invoice_id__in=ids, open_minor__gt=0)
    return list(rows.values_list("invoice_id", flat=True))


def owed_invoices(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, OwedInvoice]:
    """Return these invoices with everything paid on them, in three queries, and one where money went back."""
    rows = (
        InvoiceBalance.objects.filter(invoice_id__in=ids).select_related("invoice__seller").defer("invoice__document")
    )
    shares: dict[uuid.UUID, list[PaymentShare]] = {each: [] for each in ids}
    for share in _standing(ids):
        shares[share.invoice_id].append(share)
    disputed = _charged_back([share for each in shares.values() for share in each])
    fees: dict[uuid.UUID, list[tuple[date, Money]]] = {each: [] for each in ids}
    for fee in BankFee.objects.filter(invoice_id__in=ids).order_by("arose_on", "pk"):
        fees[fee.invoice_id].append((fee.arose_on, Money(fee.currency, fee.amount_minor)))
    return {
        row.invoice_id: _owed(row, _paid(row, shares[row.invoice_id], disputed), tuple(fees[row.invoice_id]))
        for row in rows
    }


def _charged_back(shares: Collection[PaymentShare]) -> dict[uuid.UUID, uuid.UUID | None]:
    """Return the payments here by which a dispute took something back, each with the payment it took from."""
    back = {share.payment_id for share in shares if share.amount_minor < 0}
    if not back:
        return {}
    found = Refund.objects.filter(payment__in=back, charged_back=True).values_list("payment", "checkout__payment")
    return dict(found)


def _paid(
    row: InvoiceBalance, shares: Sequence[PaymentShare], disputed: Mapping[uuid.UUID, uuid.UUID | None]
) -> tuple[PaidShare, ...]:
    """
    Return what pays an invoice, by its days.

    What went back of a payment is left out as far as nobody owed it (it was paid and credited since). The rest is taken
    off the payment itself where its payer disputed it, as a debit that came back has paid nothing; what the seller gave
    back counts below zero on its day, from which it is owed again.
    """
    owed = row.open_minor + sum(share.amount_minor for share in shares)
    found: list[PaidShare] = []
    came = 0
    for share in shares:
        came += share.amount_minor
        minor = share.amount_minor if share.amount_minor > 0 else -max(0, min(-share.amount_minor, owed - came))
        source = disputed.get(share.payment_id)
        place = next((place for place, each in enumerate(found) if each.payment == source), None)
        if place is None:
            found.append(_share(share, minor))
        else:
            found[place] = replace(found[place], amount=found[place].amount + Money(share.payment.currency, minor))
    return tuple(each for each in found if each.amount)


def _share(share: PaymentShare, minor: int) -> PaidShare:
    currency = share.payment.currency
    return PaidShare(
        payment=share.payment_id,
        on=share.payment.paid_on,
        amount=Money(currency, minor),
        whole=Money(currency, share.payment.amount_minor),
        found_by=share.found_by,
    )


def standing_payments(ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return those of these payments that were not taken back; one query."""
    back = Payment.objects.filter(reverses=OuterRef("pk"))
    return set(Payment.objects.filter(~Exists(back), pk__in=ids).values_list("pk", flat=True))


def _standing(ids: Collection[uuid.UUID]) -> "QuerySet[PaymentShare]":
    """Return the shares of payments that were neither taken back nor take one back, by a person or by a bank."""
    back = Payment.objects.filter(reverses=OuterRef("payment_id"))
    came_or_went = Q(payment=OuterRef("payment_id")) | Q(returned=OuterRef("payment_id"))
    returned = Debit.objects.filter(came_or_went, invoice=OuterRef("invoice_id"), returned__isnull=False)
    return (
        PaymentShare.objects.filter(~Exists(back), ~Exists(returned), invoice_id__in=ids, payment__reverses=None)
        .select_related("payment")
        .order_by("payment__paid_on", "payment__at", "pk")
    )


def _owed(row: InvoiceBalance, paid: tuple[PaidShare, ...], fees: tuple[tuple[date, Money], ...]) -> OwedInvoice:
    invoice = row.invoice
    still = Money(invoice.currency, max(row.open_minor, 0))
    return OwedInvoice(
        id=invoice.pk,
        number=invoice.number,
        subject=invoice.subject_id,
        seller=invoice.seller_id,
        party=invoice.party_id,
        customer_tenant=invoice.customer_tenant_id,
        customer_name=invoice.customer_name,
        language=invoice.language,
        zone=invoice.seller.zone,
        issued_on=invoice.issued_on,
        due_on=row.due_on or invoice.due_on or invoice.issued_on,
        vat=Money(invoice.currency, invoice.vat_minor),
        gross=Money(invoice.currency, invoice.gross_minor),
        claimed=Money.total([still, *(share.amount for share in paid)], invoice.currency),
        open=still,
        written_off_on=row.written_off_on,
        cancelled=row.cancelled_at is not None,
        paid=paid,
        fees=fees,
    )
