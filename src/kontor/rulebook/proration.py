"""
A period's fee for a part of the period: exact shares by days or by months, rounded once.

The day of a change belongs to what comes after it, the denominator is the whole period, and parts sum to the whole.

>>> year = Period(date(2026, 1, 1), date(2027, 1, 1))
>>> two_users = added_seats(Decimal("600.00"), 2, currency="EUR", confirmed=date(2026, 7, 1), period=year)
>>> two_users.value.amount.bare(), two_users.value.days, two_users.value.of_days
('604.93', 184, 365)
>>> two_users.working[-1].en
'2 × €600.00 × 184/365 = €604.93'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from kontor.rulebook.currency import price_text
from kontor.rulebook.money import Money
from kontor.rulebook.period import Interval, Months, Period, interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class AddedSeats:
    """
    What seats cost that join a running period.

    amount   for all added seats, from the day of confirmation to the end of the period
    days     how many days that is, the day of confirmation included
    of_days  how many days the whole period has
    """

    amount: Money
    days: int
    of_days: int


def share(whole: Period, part: Period) -> Fraction:
    """
    Return which share of `whole` the days of `part` are: never below 0, never above 1.

    An empty `whole` has no share and raises RefusalError.

    >>> share(Period(date(2026, 4, 15), date(2026, 7, 15)), Period(date(2026, 5, 20), date(2027, 1, 1)))
    Fraction(8, 13)
    """
    if not whole.days:
        raise RefusalError(
            said(
                "Der Zeitraum ab dem {first} ist leer und hat keine Anteile.",
                "The period from {first} is empty and has no shares.",
                first=day(whole.first),
            )
        )
    common = whole.common(part)
    return Fraction(common.days if common else 0, whole.days)


def months_in(part: Period, anchor: date, *, rule: Months = Months.ROLLING) -> Fraction:
    """
    Return how many months `part` is: whole months counted from `anchor`, a broken month as its share by days.

    >>> months_in(Period(date(2026, 9, 1), date(2027, 1, 1)), date(2026, 1, 1))
    Fraction(4, 1)
    >>> months_in(Period(date(2026, 9, 16), date(2027, 1, 1)), date(2026, 1, 1))
    Fraction(7, 2)
    """
    # one month early, because under the rolling rule a month can begin after the anchor's number
    number = (part.first.year - anchor.year) * Interval.YEAR.months + part.first.month - anchor.month - 1
    month = interval(anchor, Interval.MONTH, number, rule=rule)
    months = Fraction()
    while month.first < part.end:
        months += share(month, part)
        number += 1
        month = interval(anchor, Interval.MONTH, number, rule=rule)
    return months


def prorated(fee: Money, part: Period, *, whole: Period, clauses: Iterable[Clause] = ()) -> Ruling[Money]:
    """Return the fee of `whole` for the days of `part` that lie in it, rounded once, half away from zero."""
    part_of = share(whole, part)
    amount = fee.times(part_of)
    days = int(part_of * whole.days)
    step = said(
        "{fee} × {days}/{of_days} Tage = {amount}",
        "{fee} × {days}/{of_days} days = {amount}",
        fee=fee.text,
        days=days,
        of_days=whole.days,
        amount=amount.text,
    )
    inputs = (("fee", fee.bare()), ("currency", fee.currency), *_dates("period", whole), *_dates("part", part))
    return Ruling(amount, tuple(clauses), inputs, (step,))


def added_seats(
    price: Decimal,
    quantity: int,
    *,
    currency: str,
    confirmed: date,
    period: Period,
    clauses: Iterable[Clause] = (),
) -> Ruling[AddedSeats]:
    """
    Return what added seats cost from the day of confirmation to the end of the running period.

    price      one seat for the whole period, an exact decimal
    quantity   seats added, at least one
    confirmed  the day the order was confirmed; it counts and must lie in `period`, otherwise RefusalError
    """
    _refuse_addition(quantity, confirmed, period)
    rest = Period(confirmed, period.end)
    amount = Money.rounded(Fraction(price) * quantity * share(period, rest), currency)
    inputs = (
        ("price", f"{price:f}"),
        ("currency", currency),
        ("quantity", str(quantity)),
        ("confirmed", confirmed.isoformat()),
        *_dates("period", period),
    )
    counted = _counted(rest, period)
    sum_up = said(
        "{quantity} × {price} × {days}/{of_days} = {amount}",
        "{quantity} × {price} × {days}/{of_days} = {amount}",
        quantity=quantity,
        price=price_text(price, currency),
        days=rest.days,
        of_days=period.days,
        amount=amount.text,
    )
    return Ruling(AddedSeats(amount, rest.days, period.days), tuple(clauses), inputs, (counted, sum_up))


def split_fee(
    fee: Money, changes: Iterable[date], *, whole: Period, clauses: Iterable[Clause] = ()
) -> Ruling[tuple[tuple[Period, Money], ...]]:
    """
    Divide a period's fee over the consecutive parts that the days of change cut it into, losing no cent.

    A day of change belongs to the part it begins. Days on the edge or outside of `whole` and days named twice cut
    nothing, so that no part is empty. Each part is rounded, the last takes the rest.
    """
    edges = [whole.first, *sorted({change for change in changes if whole.first < change < whole.end}), whole.end]
    parts = tuple(Period(first, end) for first, end in pairwise(edges))
    amounts = fee.allocate([share(whole, part) for part in parts])
    steps = tuple(
        said(
            "{part}: {days}/{of_days} Tage = {amount}",
            "{part}: {days}/{of_days} days = {amount}",
            part=part.spoken,
            days=part.days,
            of_days=whole.days,
            amount=amount.text,
        )
        for part, amount in zip(parts, amounts, strict=True)
    )
    inputs = (("fee", fee.bare()), ("currency", fee.currency), *_dates("period", whole))
    return Ruling(tuple(zip(parts, amounts, strict=True)), tuple(clauses), inputs, steps)


def _dates(name: str, period: Period) -> tuple[tuple[str, str], tuple[str, str]]:
    return ((f"{name}_start", period.first.isoformat()), (f"{name}_end", period.end.isoformat()))


def _refuse_addition(quantity: int, confirmed: date, period: Period) -> None:
    if quantity < 1:
        raise RefusalError(
            said(
                "Hinzukommen kann ein Platz oder mehr, nicht {quantity}.",
                "One seat or more can be added, not {quantity}.",
                quantity=quantity,
            )
        )
    if confirmed not in period:
        raise RefusalError(
            said(
                "Der Tag der Bestätigung, der {confirmed}, liegt nicht im laufenden Zeitraum {period}.",
                "The day of confirmation, {confirmed}, is not in the running period {period}.",
                confirmed=day(confirmed),
                period=period.spoken,
            )
        )


def _counted(rest: Period, period: Period) -> Text:
    return said(
        "Vom {first} bis zum {last} sind es {days} von {of_days} Tagen; der Tag der Bestätigung zählt mit.",
        "{first} to {last} is {days} of {of_days} days; the day of confirmation counts.",
        first=day(rest.first),
        last=day(rest.last),
        days=rest.days,
        of_days=period.days,
    )
