"""What the product has in its tables of a contract's life, in the oracle's shape."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.house import Market
from benchmarks.oracle.deal import Deal
from benchmarks.paid import ENDING, late_of
from benchmarks.reminded import letters_of
from benchmarks.walked import Walk
from kontor.kernel.tenancy import as_tenant
from kontor.office.books.models import Announcement, Debit, Invoice
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.ending import ends_of, rows_of

HERE = ZoneInfo("Europe/Berlin")


@dataclass(frozen=True)
class Told:
    """A contract as the product tells it."""

    start: date
    ends: date | None
    renewals: list[tuple[date, date, date]]
    answers: list[tuple[str, date | str | None]]
    invoices: list[tuple[object, ...]]
    credits: list[tuple[object, ...]]
    late: list[tuple[date, int, int, int]]
    collected: list[tuple[date, date]]
    debits: list[tuple[object, ...]]
    letters: list[tuple[date, int, date, date, int]]


def told_of(market: Market, walk: Walk, deal: Deal) -> Told:
    """Read a contract's life."""
    contract = walk.contracts[deal.number]
    with as_tenant(market.house.tenant.pk):
        rows = rows_of(contract)
        documents = Invoice.objects.filter(subject_id=contract.pk, kind="380").order_by("issued_on", "at", "number")
        return Told(
            start=contract.start_on,
            ends=ends_of(contract, rows),
            renewals=_renewals(rows),
            late=late_of(contract),
            collected=list(
                Announcement.objects.filter(invoice__subject_id=contract.pk)
                .order_by("invoice__issued_on", "invoice__number")
                .values_list("invoice__issued_on", "collect_on")
            ),
            debits=_debits(contract),
            letters=letters_of(contract, ENDING),
            answers=walk.answers[deal.number],
            invoices=sorted(map(_invoice, documents), key=place),
            credits=[
                _credit(each)
                for each in Invoice.objects.filter(subject_id=contract.pk, kind="381").order_by(
                    "corrects__issued_on", "number"
                )
            ],
        )


def _debits(contract: Contract) -> list[tuple[object, ...]]:
    """Return a contract's debits: invoice of which day, collected when, first or not, cents, back or refused when."""
    rows = Debit.objects.filter(invoice__subject_id=contract.pk).order_by("invoice__issued_on", "invoice__number")
    gone = (Debit.State.RETURNED, Debit.State.REJECTED)
    return [
        (
            each.invoice.issued_on,
            each.collect_on,
            each.sequence == "FRST",
            each.amount_minor,
            each.ended_on if each.state in gone else None,
        )
        for each in rows.select_related("invoice")
    ]


def _renewals(rows: Iterable[Amendment]) -> list[tuple[date, date, date]]:
    return [
        (
            row.recorded_at.astimezone(HERE).date(),
            date.fromisoformat(row.content[0]["first"]),
            date.fromisoformat(row.content[0]["end"]),
        )
        for row in rows
        if row.kind == "renewal"
    ]


def place(invoice: tuple[Any, ...]) -> tuple[date, date, int]:
    """Order invoices of one contract by their day, then by what they bill."""
    return invoice[0], max(line[0] or date.min for line in invoice[5]), invoice[2]


def _invoice(row: Invoice) -> tuple[Any, ...]:
    lines = [(line.period_first, line.period_last, line.net_minor) for line in row.lines.all()]
    lines.sort(key=lambda line: (line[0] or date.min, line[2]))
    due = row.balances.get().due_on
    return row.issued_on, due, row.net_minor, row.vat_minor, row.gross_minor, tuple(lines)


def _credit(row: Invoice) -> tuple[object, ...]:
    parts = tuple(sorted(line.net_minor for line in row.lines.all()))
    return row.issued_on, row.corrects.issued_on, parts, row.vat_minor
