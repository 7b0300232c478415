"""Direct debits as other apps are told of them: which can go to the bank now, which cannot, and why."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from kontor.office.books.models import Announcement, Seller
from kontor.office.books.queries.collections import Collectable, collectables
from kontor.office.books.queries.invoices import today_in
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class DebitFact:
    """
    An announced debit.

    id       the announcement's
    subject_kind, subject  what the invoice is about: "contracts.Contract" and its id
    problem  why it cannot go to the bank as it was announced; None where it can
    """

    id: uuid.UUID
    invoice: uuid.UUID
    number: str
    customer: str
    subject_kind: str
    subject: uuid.UUID | None
    amount: Money
    collect_on: date
    problem: Text | None


def announced_debits(seller: uuid.UUID, *, at: datetime) -> list[DebitFact]:
    """Return a seller's announced debits that have not gone to the bank; Seller.DoesNotExist for a stranger's id."""
    zone = Seller.objects.values_list("zone", flat=True).get(pk=seller)
    return [_fact(each) for each in collectables(seller, today_in(zone, at))]


def sellers_announcing() -> list[uuid.UUID]:
    """Return the sellers with announced debits that have not gone to the bank, in the order of their ids; one query."""
    rows = Announcement.objects.filter(debits=None, invoice__balances__open_minor__gt=0)
    return list(rows.order_by("invoice__seller_id").values_list("invoice__seller_id", flat=True).distinct())


def _fact(each: Collectable) -> DebitFact:
    invoice = each.announcement.invoice
    return DebitFact(
        id=each.announcement.pk,
        invoice=invoice.pk,
        number=each.number,
        customer=each.customer,
        subject_kind=invoice.subject_kind,
        subject=invoice.subject_id,
        amount=each.amount,
        collect_on=each.collect_on,
        problem=each.problem,
    )
