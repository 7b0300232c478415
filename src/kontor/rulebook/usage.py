"""
A month's use: what was measured, what is included, and what goes beyond it in started blocks.

>>> from kontor.rulebook.ruling import Clause
>>> may = month_of(date(2027, 5, 9))
>>> mailings = included_in(may, [Share(may, Decimal(10_000))])
>>> why = month_statement(
...     may, Decimal(12_500), included=mailings, tariff=Tariff(Decimal(1_000), Decimal("1.00"), "EUR"),
...     unit=Text("Mailings", "mailings"), clauses=(Clause("crm", "§11.3"),),
... )
>>> why.value.over, why.value.blocks, why.value.amount.bare()
(Decimal('2500'), 3, '3.00')
>>> why.working[-1].en
'2,500 mailings are 3 started blocks of 1,000; 3 × €1.00 = €3.00.'
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from zoneinfo import ZoneInfo

from kontor.rulebook.currency import number, price_text
from kontor.rulebook.money import Money, rounded_half_away
from kontor.rulebook.period import Interval, Period, interval
from kontor.rulebook.proration import share
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import said

PLACES = 6  # decimals that a quantity may have


class Figure(StrEnum):
    """
    What a month's readings come to.

    SUM        all quantities together
    UNIQUE     how many subjects there were, each once a month, whatever plans it used in it
    PEAK       the highest level; a level lasts until the next reading, and into the next month
    AVERAGE    the mean of the level over time
    MONTH_END  the last level
    """

    SUM = "sum"
    UNIQUE = "unique"
    PEAK = "peak"
    AVERAGE = "average"
    MONTH_END = "month_end"


class Size(StrEnum):
    """What a gigabyte is: 10^9 bytes (SI, IEC 80000-13), or 2^30, which that standard calls a gibibyte."""

    DECIMAL = "decimal"
    BINARY = "binary"

    @property
    def bytes(self) -> int:
        """How many bytes a gigabyte has."""
        return 10**9 if self is Size.DECIMAL else 2**30


class Rounding(StrEnum):
    """How a part of an included quantity becomes a whole number."""

    NEAREST = "nearest"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Share:
    """What is included in a month, had it applied all month, and the days on which it did."""

    period: Period
    included: Decimal


@dataclass(frozen=True, slots=True)
class Tariff:
    """What is charged beyond: the price of a started block, net, and how much a block holds."""

    block: Decimal
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class MonthStatement:
    """
    What a month came to.

    blocks  started blocks beyond what is included; 0 where nothing is charged
    amount  None where nothing can be charged
    """

    month: Period
    used: Decimal
    included: Decimal
    over: Decimal
    blocks: int
    amount: Money | None


def month_of(day: date) -> Period:
    """Return the calendar month of a day."""
    return interval(day.replace(day=1), Interval.MONTH, 0)


def month_at(at: datetime, zone: ZoneInfo) -> Period:
    """
    Return the calendar month that the clocks of a zone show at a moment.

    >>> from datetime import UTC
    >>> month_at(datetime(2026, 1, 31, 23, 30, tzinfo=UTC), ZoneInfo("Europe/Berlin")).first
    datetime.date(2026, 2, 1)
    """
    return month_of(at.astimezone(zone).date())


def gigabytes(stored: Decimal, size: Size) -> Decimal:
    """
    Return bytes in gigabytes, exact to six decimals: 10 GiB are 10.737418 GB of 10^9.

    >>> ten = Decimal(10 * 2**30)
    >>> gigabytes(ten, Size.DECIMAL), gigabytes(ten, Size.BINARY)
    (Decimal('10.737418'), Decimal('10'))
    """
    exact = Fraction(stored) / size.bytes
    millionths = rounded_half_away(exact * 10**PLACES)
    return Decimal(f"{Decimal(millionths).scaleb(-PLACES).normalize():f}")


def included_in(
    month: Period,
    shares: Iterable[Share],
    *,
    rounding: Rounding = Rounding.NEAREST,
    clauses: Iterable[Clause] = (),
) -> Ruling[Decimal]:
    """
    Return what is included in a month in which this changed: each share by its days, the sum rounded once.

    A share that holds all month is not rounded.

    >>> january = month_of(date(2026, 1, 1))
    >>> included_in(january, [Share(Period(date(2026, 1, 13), january.end), Decimal(10_000))]).value
    Decimal('6129')
    """
    parts = [(each, share(month, each.period)) for each in shares]
    exact = sum((Fraction(each.included) * part for each, part in parts), Fraction())
    whole = all(part in (0, 1) for _, part in parts)
    value = Decimal(exact.numerator) / exact.denominator if whole else Decimal(_rounded(exact, rounding))
    steps = tuple(_part(each, part, month) for each, part in parts if part not in (0, 1))
    if steps:
        steps = (*steps, said(*_ROUNDED[rounding], included=number(value)))
    inputs = (("month", month.first.isoformat()), ("included", f"{value:f}"))
    return Ruling(value, tuple(clauses), inputs, steps)


def blocks_of(over: Decimal, size: Decimal) -> int:
    """
    Return how many blocks are started by so much; a block that holds nothing raises RefusalError.

    >>> blocks_of(Decimal("0.01"), Decimal(1)), blocks_of(Decimal(2_000), Decimal(1_000))
    (1, 2)
    """
    if size <= 0:
        raise RefusalError(Text("Ein Block muss etwas enthalten.", "A block must hold something."))
    return max(0, -(-Fraction(over) // Fraction(size)))


def month_statement(
    month: Period,
    used: Decimal,
    *,
    included: Ruling[Decimal],
    tariff: Tariff | None,
    unit: Text,
    clauses: Iterable[Clause] = (),
) -> Ruling[MonthStatement]:
    """
    Return what a month's use comes to; without a tariff nothing is charged beyond what is included.

    used  in the unit in which it is included and charged
    """
    over = max(Decimal(0), used - included.value)
    blocks = blocks_of(over, tariff.block) if tariff else 0
    amount = Money.rounded(Fraction(tariff.price) * blocks, tariff.currency) if tariff else None
    steps = [
        said(
            "Im Zeitraum {month} wurden {used} {unit} gezählt; {included} sind enthalten.",
            "{used} {unit} were counted from {month}; {included} are included.",
            month=month.spoken,
            used=number(used),
            unit=unit,
            included=number(included.value),
        )
    ]
    if tariff and amount and blocks:
        steps.append(
            said(
                "{over} {unit} sind {blocks} angefangene Blöcke zu {size}; {blocks} × {price} = {amount}.",
                "{over} {unit} are {blocks} started blocks of {size}; {blocks} × {price} = {amount}.",
                over=number(over),
                unit=unit,
                blocks=blocks,
                size=number(tariff.block),
                price=price_text(tariff.price, tariff.currency),
                amount=amount.text,
            )
        )
    inputs = (*included.inputs, ("used", f"{used:f}"))
    value = MonthStatement(month, used, included.value, over, blocks, amount)
    return Ruling(value, tuple(dict.fromkeys((*clauses, *included.clauses))), inputs, (*included.working, *steps))


def parts_of(reading: Decimal, included: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """
    Return which part of one reading belongs to each of several contracts, so that no use is charged twice.

    included  what each includes of it, in the order in which they take; what goes beyond all belongs to the last

    >>> [int(part) for part in parts_of(Decimal(12_500), [Decimal(10_000), Decimal(2_000)])]
    [10000, 2500]
    >>> [int(part) for part in parts_of(Decimal(9_000), [Decimal(10_000), Decimal(2_000)])]
    [9000, 0]
    """
    parts: list[Decimal] = []
    rest = reading
    for takes in included[:-1]:
        parts.append(min(rest, takes))
        rest -= parts[-1]
    return (*parts, rest)


def forecast(used: Decimal, month: Period, today: date) -> Ruling[Decimal]:
    """
    Return what a running month comes to if its days go on as they went: what was used × days of the month / days gone.

    Today counts as gone; a month that is over is what it was. A day before the month raises RefusalError.

    >>> forecast(Decimal(900), month_of(date(2026, 11, 1)), date(2026, 11, 20)).value
    Decimal('1350')
    """
    if today < month.first:
        raise RefusalError(Text("Der Monat hat noch nicht begonnen.", "The month has not begun yet."))
    gone = min((today - month.first).days + 1, month.days)
    exact = Fraction(used) * month.days / gone
    value = Decimal(_rounded(exact, Rounding.NEAREST))
    step = said(
        "{used} in {gone} Tagen; {used} × {days} / {gone} = {value}.",
        "{used} in {gone} days; {used} × {days} / {gone} = {value}.",
        used=number(used),
        gone=gone,
        days=month.days,
        value=number(value),
    )
    return Ruling(value, (), (("used", f"{used:f}"), ("day", today.isoformat())), (step,))


def _rounded(exact: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.NEAREST:
        return rounded_half_away(exact)
    return exact.__ceil__() if rounding is Rounding.UP else exact.__floor__()


def _part(each: Share, part: Fraction, month: Period) -> Text:
    return said(
        "{included} × {days}/{of_days} Tage",
        "{included} × {days}/{of_days} days",
        included=number(each.included),
        days=int(part * month.days),
        of_days=month.days,
    )


_ROUNDED = {
    Rounding.NEAREST: (
        "Einmal auf ganze Einheiten gerundet, die Hälfte auf: {included}.",
        "Rounded once to whole units, a half up: {included}.",
    ),
    Rounding.UP: ("Einmal auf ganze Einheiten aufgerundet: {included}.", "Rounded up once to whole units: {included}."),
    Rounding.DOWN: (
        "Einmal auf ganze Einheiten abgerundet: {included}.",
        "Rounded down once to whole units: {included}.",
    ),
}
