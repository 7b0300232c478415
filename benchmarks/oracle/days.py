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


def payable(last: date, country: str) -> date:
    """Return a due day or the first after it that is no Saturday, Sunday or holiday of a whole country (BGB 193)."""
    while last.weekday() > 4 or last in _free(last.year, country):
        last += DAY
    return last


def _free(year: int, country: str) -> set[date]:
    fixed, shifts = _HOLIDAYS[country]
    return {date(year, month, day) for month, day in fixed} | {easter(year) + shift * DAY for shift in shifts}


# country -> (month, day) of each year, and days from Easter Sunday
_HOLIDAYS = {
    "DE": (((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)), (-2, 1, 39, 50)),
    "FR": (((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)), (1, 39, 50)),
    "CH": (((1, 1), (8, 1), (12, 25)), (39,)),
}


def easter(year: int) -> date:
    """Easter Sunday by Gauss, as corrected by him in 1816; good for 1900 to 2099."""
    a, b, c = year % 19, year % 4, year % 7
    d = (19 * a + 24) % 30
    e = (2 * b + 4 * c + 6 * d + 5) % 7
    if (d, e) == (29, 6) or ((d, e) == (28, 6) and a > 10):
        e -= 7
    return date(year, 3, 22) + (d + e) * DAY


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
