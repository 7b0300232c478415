"""
Reducing a fee for a defect that two periods did not mend: at most by the monthly fee of the part that is defective.

>>> cap = Money.parse("200.00", "EUR")
>>> asked = Asked(date(2026, 3, 1), Money.parse("260.00", "EUR"), second_period_until=date(2026, 3, 20))
>>> reduced(asked, cap, today=date(2026, 3, 21), clauses=(Clause("visitor", "4.5.3"),)).value.bare()
'200.00'
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from kontor.rulebook.contract_state import Per, Position
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

_MONTHS = {Per.MONTH: 1, Per.QUARTER: 3, Per.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Asked:
    """
    A reduction that a customer asks for.

    month                its first day
    second_period_until  last day of the second written period in which the defect was to be mended; None without one
    """

    month: date
    amount: Money
    second_period_until: date | None = None


def monthly_fee(position: Position, currency: str) -> Money:
    """
    Return what a position costs in a month; RefusalError for what is paid once.

    >>> from decimal import Decimal
    >>> monthly_fee(Position("kiosk", 2, Decimal("1000.00"), Per.YEAR), "EUR").bare()
    '166.67'
    """
    if position.per not in _MONTHS:
        raise RefusalError(
            Text(
                "Für einmalig Bezahltes gibt es kein Monatsentgelt zu mindern.",
                "What is paid once has no monthly fee to reduce.",
            )
        )
    return Money.rounded(Fraction(position.price) * Fraction(position.quantity) / _MONTHS[position.per], currency)


def reduced(
    asked: Asked, fee: Money, *, today: date, clauses: tuple[Clause, ...], before: Money | None = None
) -> Ruling[Money]:
    """
    Return by how much the fee of a month is reduced.

    fee     the monthly fee of the defective part
    before  what the same month of the same part was reduced by already

    RefusalError without a second period that is over, for no amount, or where the month is reduced whole already.
    """
    if asked.second_period_until is None or asked.second_period_until >= today:
        raise RefusalError(
            Text(
                "Gemindert wird erst, wenn auch eine zweite, schriftlich gesetzte Frist ohne Abhilfe abgelaufen ist.",
                "The fee is reduced only after a second period set in writing has passed without remedy.",
            )
        )
    left = fee - (before or Money.zero(fee.currency))
    if asked.amount.minor <= 0 or left.minor <= 0:
        raise RefusalError(
            said(
                "Von {fee} Monatsentgelt sind noch {left} zu mindern.",
                "Of the monthly fee of {fee} {left} are left to be reduced.",
                fee=fee.text,
                left=left.text,
            )
        )
    amount = min(asked.amount, left)
    step = said(
        "Die zweite Frist endete am {until}. Verlangt {asked}, Monatsentgelt des Teils {fee}, davon übrig {left}: "
        "gemindert um {amount}.",
        "The second period ended on {until}. Asked {asked}, monthly fee of the part {fee}, left of it {left}: reduced "
        "by {amount}.",
        until=day(asked.second_period_until),
        asked=asked.amount.text,
        fee=fee.text,
        left=left.text,
        amount=amount.text,
    )
    inputs = (("month", asked.month.isoformat()), ("asked", asked.amount.bare()), ("fee", fee.bare()))
    return Ruling(amount, clauses, inputs, (step,))


def months_in_a_row(months: Iterable[date], *, wanted: int) -> date | None:
    """
    Return the last of the first `wanted` months in a row, None where there are not so many; months are first days.

    >>> months_in_a_row([date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)], wanted=3)
    datetime.date(2026, 5, 1)
    >>> months_in_a_row([date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 1)], wanted=3)
    """
    run = 0
    previous: int | None = None
    for month in sorted(set(months)):
        place = month.year * 12 + month.month
        run = run + 1 if previous is not None and place == previous + 1 else 1
        if run == wanted:
            return month
        previous = place
    return None
