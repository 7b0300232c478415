"""What was billed for days to come: the lines that an early end of a contract gives back a part of."""

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledLine:
    """
    A line of a standing invoice.

    position  on its invoice; item  the key of what it bills
    net       as billed; left  what earlier credit notes have left of it
    """

    invoice: uuid.UUID
    number: str
    position: int
    item: str
    name: str
    period: Period
    net: Money
    left: Money


def billed_beyond(subject_kind: str, subject_id: uuid.UUID, *, after: date) -> list[BilledLine]:
    """Return the lines about one thing whose days reach beyond a day, on invoices that are not cancelled; 3 queries."""
    standing = InvoiceBalance.objects.filter(
        invoice__subject_kind=subject_kind,
        invoice__subject_id=subject_id,
        invoice__kind=Invoice.Kind.INVOICE,
        cancelled_at=None,
    ).values_list("invoice_id", flat=True)
    lines = list(
        InvoiceLine.objects.filter(invoice_id__in=list(standing), period_last__gt=after, net_minor__gt=0)
        .select_related("invoice")
        .order_by("invoice__issued_on", "invoice_id", "position")
    )
    credited: dict[tuple[uuid.UUID, int], int] = defaultdict(int)
    notes = InvoiceLine.objects.filter(
        invoice__corrects_id__in=[line.invoice_id for line in lines], credits_position__isnull=False
    )
    for invoice, position, net in notes.values_list("invoice__corrects_id", "credits_position", "net_minor"):
        credited[invoice, position or 0] += net  # type: ignore[index]  # asked for by that invoice
    return [_billed(line, credited[line.invoice_id, line.position]) for line in lines]


def _billed(line: InvoiceLine, credited: int) -> BilledLine:
    assert line.period_first is not None, "the query asks for lines with a period"
    assert line.period_last is not None, "the query asks for lines with a period"
    currency = line.invoice.currency
    return BilledLine(
        invoice=line.invoice_id,
        number=line.invoice.number,
        position=line.position,
        item=line.item_key,
        name=line.name,
        period=Period(line.period_first, line.period_last + ONE_DAY),
        net=Money(currency, line.net_minor),
        left=Money(currency, line.net_minor - credited),
    )
