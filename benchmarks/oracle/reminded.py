"""
Reminders of what is paid late: one step after the other, each on its day of the delay, with all that is owed that day.

A step goes on its day of the delay or, where that is later, once the time to pay of the step before is over. It asks
for the open invoice, the interest up to its own day, that one included, and the lump sum. Who has paid all by noon gets
none in the evening. How often and when is reminded is the house's own habit; crm's offer agrees on the number (§13).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from benchmarks.oracle.bills import cents
from benchmarks.oracle.days import DAY, last_day
from benchmarks.oracle.late import Late, Owed, interest, owed_late
from benchmarks.oracle.life import Life

# pack -> the day of the delay and the time to pay of each step; the second of leisure waits for the first one's end
HABITS: Mapping[str, tuple[tuple[int, str], ...]] = {
    "crm": ((3, "10 days"), (20, "10 days"), (45, "2 weeks"), (90, "2 weeks")),
    "leisure": ((4, "1 week"), (8, "1 week")),
    "dealership": ((10, "10 days"), (30, "1 month"), (100, "2 weeks")),
}
LEVELS = {"crm": 2}  # as its offers agree


@dataclass(frozen=True, order=True)
class Letter:
    """A reminder: of the invoice of which day, which step, sent when, to be paid by when, and all that it asks for."""

    issued: date
    step: int
    sent: date
    pay_by: date
    cents: int


def letters(life: Life, until: date) -> list[Letter]:
    """Return the reminders of a contract's invoices, up to the day a credit note changes what is owed."""
    return sorted(each for owed in owed_late(life, until) for each in _of(life.deal.pack, owed, until))


def _of(pack: str, owed: Owed, until: date) -> Iterator[Letter]:
    over = owed.due
    for step, (days, within) in enumerate(HABITS.get(pack, ())[: LEVELS.get(pack)], start=1):
        sent = _resumed(owed, max(owed.due + days * DAY, over + DAY))
        seen = sent <= until if owed.until == until else sent < owed.until
        left = owed.cents - sum(each.principal for each in owed.paid if each.paid <= sent)
        if not seen or left <= 1:
            return
        over = last_day(sent, within)
        yield Letter(owed.issued, step, sent, over, _asked(pack, owed, sent))


def _resumed(owed: Owed, day: date) -> date:
    """Return the day, or the one on which reminders go again where it lies in a pause."""
    return owed.pause[1] if owed.pause and owed.pause[0] <= day < owed.pause[1] else day


def _asked(pack: str, owed: Owed, on: date) -> int:
    """Return what is open of an invoice on a day, with the interest to that day and the lump sum."""
    came = [each for each in owed.paid if each.paid <= on]
    accrued, left, since = Fraction(), owed.cents, owed.due
    for each in came:
        accrued += interest(pack, left, due=since, paid=each.paid)
        left, since = left - each.principal, each.paid
    accrued += interest(pack, left, due=since, paid=on)
    costs = 0 if pack == "crm" else 4000
    return left + cents(accrued) + costs - _beside(came)


def _beside(came: list[Late]) -> int:
    return sum(each.costs + each.interest for each in came)
