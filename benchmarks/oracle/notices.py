"""
Changes of the terms that the provider announces, and what their customers answer.

crm       four months' notice, from the next billing interval and not in the first year (§18, §1.2)
visitor   reasonable ones with four weeks' notice, on the day that is named (4.3.2); restrictions with two months to
          object, told that silence consents (4.3.3)
leisure   at once with the e-mail (21.7)
"""

from datetime import date

from benchmarks.oracle.bills import slots
from benchmarks.oracle.days import DAY, last_day, notice_by
from benchmarks.oracle.deal import Wish
from benchmarks.oracle.life import Life

KINDS = {"crm": ("terms",), "visitor": ("reasonable", "restriction"), "leisure": ("terms",)}


def announce(life: Life, wish: Wish) -> date | None:
    """Return the first day of a change that the customer was told of, or the last day to object to it."""
    life.notice = None
    if wish.item not in KINDS.get(life.deal.pack, ()) or (life.ends is not None and life.ends < wish.on):
        return None
    if wish.item == "restriction":
        until = last_day(wish.on, "2 months")
        if wish.sent is None or wish.sent <= until:
            return None
        life.notice = (until, wish.sent)
        return until
    if life.deal.pack == "leisure":
        return wish.on
    if life.deal.pack == "crm":
        earliest = max(_after(wish.on, "4 months"), life.first_end)
        return next(slot.first for slot in slots(life.unended(), earliest + 800 * DAY) if slot.first >= earliest)
    earliest = _after(wish.on, "4 weeks")
    return wish.sent if wish.sent is not None and wish.sent >= earliest else None


def _after(received: date, span: str) -> date:
    """Return the first day that leaves the whole span between itself and a day."""
    day = received + DAY
    while notice_by(day, span) < received:
        day += DAY
    return day


def answer(life: Life, wish: Wish) -> date | None:
    """Return from when a restriction holds once accepted or left unanswered, or the day of the objection."""
    if life.notice is None:
        return None
    until, named = life.notice
    if wish.item == "silence":
        if wish.on <= until:
            return None
        life.notice = None
        return named
    if wish.on > until:
        return None
    life.notice = None
    return max(named, wish.on) if wish.item == "accept" else wish.on
