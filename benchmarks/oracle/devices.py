"""
Devices (visitor, 5.1, 5.4): delivered, their rights for a year from the hand-over to the carrier, given back.

A defect is mended within a reasonable period and a further one in writing; then the price of the device goes back, or a
part of it, by a credit note on the invoice that charged it (5.4.4, 5.4.7).
"""

from datetime import date

from benchmarks.oracle.bills import cents
from benchmarks.oracle.days import DAY, last_day
from benchmarks.oracle.deal import Wish
from benchmarks.oracle.life import Life

ITEM, FIRST, SECOND = "terminal", 14 * DAY, 30 * DAY


def deliver(life: Life, wish: Wish) -> date | None:
    """Return the last day for defects of a device that the carrier has on a day."""
    ordered = life.deal.bought.get(ITEM, 0)
    if life.deal.pack != "visitor" or len(life.devices) >= ordered:
        return None
    life.devices.append(last_day(wish.on, "1 year"))
    return life.devices[-1]


def complain(life: Life, wish: Wish) -> date | None:
    """Give the price of the latest device back, or `count` cents of it; `sent`: when the defect was reported."""
    assert wish.sent is not None
    if not life.devices or wish.sent > life.devices[-1] or wish.on <= wish.sent + SECOND:
        return None
    price = cents(life.deal.listed(ITEM, life.deal.formed).price)
    back = price if wish.item == "rescission" else wish.count
    if not 0 < back <= price:
        return None
    life.goodwill.append((wish.on, life.deal.formed, back))
    return wish.on
