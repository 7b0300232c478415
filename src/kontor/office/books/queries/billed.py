"""What was billed for days to come: the lines that an early end of a contract gives back a part of."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kontor.office.books.models import Invoice, InvoiceBalance, InvoiceLine
from kontor.office.books.queries.credits import credited_nets
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


def billed_beyond(subject_kind: str, after: Mapping[uuid.UUID, date]) -> dict[uuid.UUID, list[BilledLine]]:
    """
    Return the lines about each thing whose days reach beyond its day, on invoices that are not cancelled; 3 queries.

    after  the things, each with its day
    """
    standing = InvoiceBalance.objects.filter(
        invoice__subject_kind=subject_kind,
        invoice__subject_id__in=after,
        invoice__kind=Invoice.Kind.INVOICE,
        cancelled_at=None,
    ).values_list("invoice_id", flat=True)
    rows = (
        InvoiceLine.objects.filter(
            invoice_id__in=list(standing), period_last__gt=min(after.values(), default=date.max), net_minor__gt=0
        )
        .select_related("invoice")
        .order_by("invoice__issued_on", "invoice_id", "position")
    )
    lines = [line for line in rows if _last(line) > after[_subject(line)]]
    credited = credited_nets({line.invoice_id for line in lines})
    found: dict[uuid.UUID, list[BilledLine]] = {thing: [] for thing in after}
    for line in lines:
        found[_subject(line)].append(_billed(line, credited[line.invoice_id, line.position]))
    return found


def _subject(line: InvoiceLine) -> uuid.UUID:
    subject: uuid.UUID | None = line.invoice.subject_id
    assert subject is not None, "the query asks for invoices about something"
    return subject


def _last(line: InvoiceLine) -> date:
    assert line.period_last is not None, "the query asks for lines with a period"
    return line.period_last


def _billed(line: InvoiceLine, credited: int) -> BilledLine:
    assert line.period_first is not None, "the query asks for lines with a period"
    currency = line.invoice.currency
    return BilledLine(
        invoice=line.invoice_id,
        number=line.invoice.number,
        position=line.position,
        item=line.item_key,
        name=line.name,
        period=Period(line.period_first, _last(line) + ONE_DAY),
        net=Money(currency, line.net_minor),
        left=Money(currency, line.net_minor - credited),
    )
