"""
What use beyond the limits costs (crm §11.3): started blocks, with the next invoice, under the month's own days.

The limits are those of the price list; in a month in which the contract runs only in part they are its share by days,
rounded to whole units. Mailings are summed, visitors counted once a month, storage is what lies there at its end,
told to the kilobyte. A month is stated on the first of the next one. Where no invoice follows any more, the charge has
one of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle.days import DAY, months_on
from benchmarks.oracle.deal import Use

GIGABYTE, KILOBYTE = 10**9, 10**3


@dataclass(frozen=True)
class Limit:
    """How much a month includes of a meter, and what a started block beyond holds and costs."""

    meter: str
    included: int
    block: int
    price: Fraction


LIMITS = (
    Limit("bulk_mailings", 10_000, 1_000, Fraction("1.00")),
    Limit("storage", 10, 1, Fraction("0.55")),
    Limit("customer_centre_logins", 3, 1, Fraction("0.0035")),
)


def months(first: date, until: date) -> Iterator[tuple[date, date]]:
    """Yield the calendar months from the one of a day that are over by another."""
    month = first.replace(day=1)
    while (end := months_on(month, 1)) <= until:
        yield month, end
        month = end


def blocks(limit: Limit, uses: tuple[Use, ...], month: tuple[date, date], running: tuple[date, date]) -> int:
    """Return how many blocks a month's use starts; `running` the contract's first day and the day after its last."""
    first, end = month
    days = (min(end, running[1]) - max(first, running[0])).days
    share = Fraction(limit.included * max(days, 0), (end - first).days)
    included = int(share + Fraction(1, 2))
    over = _used(limit, uses, first, end) - included
    return -(-over // limit.block) if over > 0 else 0


def _used(limit: Limit, uses: tuple[Use, ...], first: date, end: date) -> Fraction:
    told = [each for each in uses if each.meter == limit.meter and first <= each.on < end]
    if limit.meter == "storage":
        return Fraction((told[-1].quantity + KILOBYTE // 2) // KILOBYTE, GIGABYTE // KILOBYTE) if told else Fraction()
    if limit.meter == "customer_centre_logins":
        return Fraction(len({each.subject for each in told}))
    return Fraction(sum(each.quantity for each in told))


def last_of(month: tuple[date, date]) -> date:
    """Return a month's last day."""
    return month[1] - DAY
