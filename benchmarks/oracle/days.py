"""Counting days and months as the contracts and BGB 187 and 188 do."""

from calendar import monthrange
from datetime import date, timedelta

DAY = timedelta(days=1)
MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _shifted(day: date, months: int) -> tuple[int, int, int]:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return year, month + 1, monthrange(year, month + 1)[1]


def months_on(day: date, months: int) -> date:
    """Return the first day after so many months that begin on a day: BGB 188 (3) sends 31 January to 1 March."""
    year, month, longest = _shifted(day, months)
    return date(year, month, day.day) if day.day <= longest else date(year, month, longest) + DAY


def months_moved(day: date, months: int) -> date:
    """Return the same number of the day so many months on or back, the month's last where it has none."""
    year, month, longest = _shifted(day, months)
    return date(year, month, min(day.day, longest))


def _span(text: str) -> tuple[int, bool]:
    """Return "3 months" as (3, True) and "30 days" as (30, False): how many, and whether months are counted."""
    amount, unit = text.split()
    factor = {"day": 1, "week": 7, "month": 1, "year": 12}[unit.rstrip("s")]
    return int(amount) * factor, unit.rstrip("s") in ("month", "year")


def after(first: date, span: str) -> date:
    """Return the first day after a span that begins on a day (BGB 187 (2))."""
    amount, months = _span(span)
    return months_on(first, amount) if months else first + amount * DAY


def last_day(event: date, span: str) -> date:
    """Return the last day of a span that an event begins, whose own day is not counted (BGB 187 (1), 188 (2))."""
    amount, months = _span(span)
    return months_moved(event, amount) if months else event + amount * DAY


def notice_by(effect: date, span: str) -> date:
    """Return the last day that leaves the whole span between itself and the day on which the effect begins."""
    return before(effect, span) - DAY


def before(day: date, span: str) -> date:
    """Return a day less a span: plain subtraction."""
    amount, months = _span(span)
    return months_moved(day, -amount) if months else day - amount * DAY


def change_of_month(day: date) -> date:
    """Return the change of month on a day, or the one that follows it."""
    return day if day.day == 1 else months_on(day.replace(day=1), 1)
