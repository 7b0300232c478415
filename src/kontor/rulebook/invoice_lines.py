"""
Exact invoice lines of what is due: quantity × price / base quantity, each with its period and its clause.

A line shows the price of the price list wherever it can: three months are a quantity of months, a part of an interval a
quantity of days at the interval's price per its days.

>>> from datetime import date
>>> from decimal import Decimal
>>> more = Due(
...     position="basic", kind=Kind.ADDITION, period=Period(date(2026, 7, 1), date(2027, 1, 1)),
...     issued_on=date(2026, 7, 1), quantity=2, price=Decimal("50.00"), per=Per.MONTH, times=Fraction(12),
...     days=184, of_days=365, through=1,
... )
>>> (line,) = invoice_lines([more], currency="EUR").value
>>> line.quantity, line.unit_price, line.base_quantity, line.unit.value, line.amount.bare()
(Decimal('368'), Decimal('600.00'), Decimal('365'), 'day', '604.93')
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from kontor.rulebook.billing_rule import Due, DueKey, Kind
from kontor.rulebook.contract_state import Per
from kontor.rulebook.currency import number, price_text
from kontor.rulebook.money import Money
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import said


class Unit(StrEnum):
    """What a line's quantity counts: pieces, hours worked, gigabytes, or the time each of them is used."""

    PIECE = "piece"
    HOUR = "hour"
    GIGABYTE = "gigabyte"
    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """
    A line as it will be invoiced.

    key            what it bills, unique in its contract
    kind, period   why, and for which days
    quantity       BT-129, whole for all but hours and services; negative for a reduction
    unit_price     BT-146, an exact decimal
    base_quantity  BT-149, the units the price is for
    unit           what is counted
    amount         BT-131, quantity × price / base quantity, rounded once
    why            the amount's ruling, with the clauses of this line
    """

    key: DueKey
    kind: Kind
    period: Period
    quantity: Decimal
    unit_price: Decimal
    base_quantity: Decimal
    unit: Unit
    why: Ruling[Money]

    @property
    def amount(self) -> Money:
        """The line's net amount."""
        return self.why.value

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """What the line rests on."""
        return self.why.clauses


_UNITS = {Per.MONTH: Unit.MONTH, Per.QUARTER: Unit.QUARTER, Per.YEAR: Unit.YEAR}
_SPOKEN = {  # of one, of several
    Unit.PIECE: (Text("Stück", "piece"), Text("Stück", "pieces")),
    Unit.HOUR: (Text("Stunde", "hour"), Text("Stunden", "hours")),
    Unit.GIGABYTE: (Text("GB", "GB"), Text("GB", "GB")),
    Unit.DAY: (Text("Tag", "day"), Text("Tage", "days")),
    Unit.MONTH: (Text("Monat", "month"), Text("Monate", "months")),
    Unit.QUARTER: (Text("Quartal", "quarter"), Text("Quartale", "quarters")),
    Unit.YEAR: (Text("Jahr", "year"), Text("Jahre", "years")),
}


def invoice_lines(
    dues: Iterable[Due], *, currency: str, units: Mapping[str, Unit] | None = None
) -> Ruling[tuple[InvoiceLine, ...]]:
    """
    Return one exact line per due service period, in their order; the working states each calculation.

    units  what is counted of a position that is paid once, by its key; pieces where nothing is said
    """
    called = units or {}
    lines = tuple(_line(due, currency, called.get(due.position, Unit.PIECE)) for due in dues)
    clauses = dict.fromkeys(clause for line in lines for clause in line.clauses)
    steps = tuple(step for line in lines for step in line.why.working)
    return Ruling(lines, tuple(clauses), (("currency", currency),), steps)


def _line(due: Due, currency: str, once: Unit) -> InvoiceLine:
    quantity, price, base, unit = _shape(due, once)
    amount = Money.rounded(Fraction(quantity) * Fraction(price) / Fraction(base), currency)
    step = said(
        "{period}: {quantity} {unit} × {price}{base} = {amount}",
        "{period}: {quantity} {unit} × {price}{base} = {amount}",
        period=due.period.spoken,
        quantity=number(quantity),
        unit=_SPOKEN[unit][quantity != 1],
        price=price_text(price, currency),
        base="" if base == 1 else said(" / {base}", " / {base}", base=number(base)),
        amount=amount.text,
    )
    inputs = (
        ("position", due.position),
        ("quantity", str(due.quantity)),
        ("price", f"{due.price:f}"),
        ("factor", str(due.factor)),
    )
    return InvoiceLine(
        key=due.key,
        kind=due.kind,
        period=due.period,
        quantity=quantity,
        unit_price=price,
        base_quantity=base,
        unit=unit,
        why=Ruling(amount, due.clauses, inputs, (step,)),
    )


def _shape(due: Due, once: Unit) -> tuple[Decimal, Decimal, Decimal, Unit]:
    times = due.times
    if due.days is not None and due.of_days is not None:
        # the interval's price stays a decimal when multiplied; what divides it joins the base quantity
        price = due.price * times.numerator
        base = due.of_days * times.denominator
        return Decimal(due.quantity * due.days), price, Decimal(base), Unit.DAY
    quantity = Decimal(due.quantity * times.numerator)
    return quantity, due.price, Decimal(times.denominator), once if due.per is Per.ONCE else _UNITS[due.per]
