"""Mandates that end before a debit of theirs: which invoices are to be transferred, so that new ones are asked for."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from kontor.office.books.models import Announcement, Debit, Invoice
from kontor.office.books.queries.collections import collection_ruling, term_of
from kontor.office.books.queries.mandates import MandateCard, active_mandates, card_of, lasting, mandates
from kontor.rulebook.collecting import MANDATE_LIFE
from kontor.rulebook.money import Money
from kontor.rulebook.period import minus

_AHEAD: Final = timedelta(days=60)  # no debit is announced further ahead


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedMandate:
    """
    A mandate under which open invoices can no longer be collected.

    until  its last day
    count  how many invoices are to be transferred instead; open  what they have open together
    """

    id: uuid.UUID
    reference: str
    customer: str
    until: date
    count: int
    open: Money


def ended_mandates(today: date) -> list[EndedMandate]:
    """
    Return the mandates that end before the debit of an open invoice, the longest ended first; three queries at most.

    An invoice counts where it names the mandate, or is the first that was issued for transfer because of its end.
    """
    rows = _near_their_end(today)
    if not rows:
        return []
    known = {row.pk: row for row in rows}
    first = {row.first_transfer: row.pk for row in rows if row.first_transfer}
    alive = active_mandates({row.party_id for row in rows}, today)
    stuck: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for invoice in _open(known, first):
        cards = alive.get((invoice.seller_id, invoice.party_id), ())
        if lasting(cards, _debited_on(invoice)) is None:
            stuck[invoice.mandate_id or first[invoice.pk]].append(invoice)
    found = [_ended(card_of(known[mandate], today), invoices) for mandate, invoices in stuck.items()]
    return sorted(found, key=lambda each: (each.until, each.reference))


def _near_their_end(today: date) -> list[Any]:
    """Return the mandates that neither customer nor bank ended and that end soon or did, with the first transfer."""
    transfers = Invoice.objects.filter(
        seller=OuterRef("seller"),
        party=OuterRef("party"),
        mandate=None,
        kind=Invoice.Kind.INVOICE,
        issued_on__gte=OuterRef("signed_on"),
    ).order_by("issued_on", "number")
    rows = mandates().annotate(
        since=Coalesce("standings__last_collected_on", "signed_on"), first_transfer=Subquery(transfers.values("pk")[:1])
    )
    return list(rows.filter(since__lte=minus(today + _AHEAD, MANDATE_LIFE), revoked_on=None, blocked_code=""))


def _open(named: dict[uuid.UUID, Any], first: dict[uuid.UUID, uuid.UUID]) -> Sequence[Any]:
    under_way = Debit.objects.filter(invoice=OuterRef("pk"), state=Debit.State.PRESENTED)
    announced = Announcement.objects.filter(invoice=OuterRef("pk")).order_by("-number")
    rows = (
        Invoice.objects.filter(Q(mandate__in=named) | Q(pk__in=first), ~Exists(under_way), kind=Invoice.Kind.INVOICE)
        .filter(balances__open_minor__gt=0, balances__cancelled_at=None)
        .annotate(open_minor=F("balances__open_minor"), collect_on=Subquery(announced.values("collect_on")[:1]))
        .select_related("seller")
        .defer("document")
        .order_by("number")
    )
    return list(rows)


def _debited_on(invoice: Any) -> date:
    """Return the day announced, else the first one allowed for an invoice of its day."""
    day: date | None = invoice.collect_on
    if day is not None:
        return day
    return collection_ruling(invoice.issued_on, invoice.issued_on, term=term_of(invoice), seller=invoice.seller).value


def _ended(card: MandateCard, invoices: Sequence[Any]) -> EndedMandate:
    currency = invoices[0].currency
    return EndedMandate(
        id=card.id,
        reference=card.reference,
        customer=invoices[0].customer_name,
        until=card.until,
        count=len(invoices),
        open=Money.total([Money(currency, each.open_minor) for each in invoices], currency),
    )
