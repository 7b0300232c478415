"""
When a direct debit may be collected (visitor, 7.4): not before the seventh day after invoice and notice, on a bank day.

Banks rest on Saturdays and Sundays, 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December (TARGET).
"""

from datetime import date

from benchmarks.oracle.days import DAY, easter, months_moved


def open_on(day: date) -> bool:
    """Tell whether banks work on a day."""
    sunday = easter(day.year)
    moving = (sunday - 2 * DAY, sunday + DAY)
    return day.weekday() < 5 and (day.month, day.day) not in ((1, 1), (5, 1), (12, 25), (12, 26)) and day not in moving


def mandated(signed: date, issued: date) -> bool:
    """Tell whether a mandate under which nothing was ever collected, good for 36 months, lives to the day of a debit."""
    return collected_on(issued) <= months_moved(signed, 36)


def collected_on(issued: date) -> date:
    """Return the first day on which an invoice announced with its issue may be collected."""
    day = issued + 7 * DAY
    while not open_on(day):
        day += DAY
    return day
