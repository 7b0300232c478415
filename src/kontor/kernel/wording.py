"""
Figures, dates and texts as a reader of the page's language writes them; the template filters are these functions.

>>> day(date(2026, 11, 22), "de"), day(date(2026, 11, 22), "en")
('22.11.2026', '22 Nov 2026')
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils import timezone, translation

from kontor.rulebook.currency import minor_digits, written
from kontor.rulebook.money import Money, rounded_decimal
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import LANGUAGES, Text

_MONTHS_EN: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTHS_DE: Final = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni"),
    *("Juli", "August", "September", "Oktober", "November", "Dezember"),
)
_WEEKDAYS: Final = {
    "de": ("Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_GERMAN: Final = str.maketrans(",.", ".,")
_NARROW: Final = "\N{NO-BREAK SPACE}"
_MINUS: Final = "\N{MINUS SIGN}"
_MONTH_DAYS: Final = 61
_YEAR_DAYS: Final = 730


def language() -> str:
    """Return the page's language, "de" or "en"."""
    active = (translation.get_language() or "de")[:2]
    return active if active in LANGUAGES else "en"


def money(value: Money | Decimal | None, currency: str = "EUR", *, lang: str = "") -> str:
    """Return an amount with its currency, "1.234,56 €" or "€1,234.56"; nothing for None."""
    if value is None:
        return ""
    spoken_in = lang or language()
    if isinstance(value, Money):
        return _typeset(value.spoken(spoken_in))
    return _typeset(written(value, currency, language=spoken_in))


def number(value: float | Decimal | Fraction | None, places: int | None = None) -> str:
    """Return a number with its thousands marked; with `places` always that many decimals, else those it has."""
    if value is None:
        return ""
    if places is not None:
        value = rounded_decimal(Fraction(value), places)
    exact = Decimal(str(value)) if isinstance(value, float) else value
    if isinstance(exact, Fraction):
        exact = rounded_decimal(exact, 6).normalize()
    text = f"{exact:,f}" if isinstance(exact, Decimal) else f"{exact:,}"
    return _typeset(text.translate(_GERMAN) if language() == "de" else text)


def share(value: Decimal | Fraction | None, places: int | None = None) -> str:
    """Return a share of one as per cent: Decimal("0.19") is "19 %" or "19%"."""
    if value is None:
        return ""
    percent = Fraction(value) * 100
    text = number(rounded_decimal(percent, 4 if places is None else places).normalize(), places)
    return f"{text}{_NARROW}%" if language() == "de" else f"{text}%"


def day(value: date | None, lang: str = "") -> str:
    """Return a date in short: "22.11.2026", "22 Nov 2026"."""
    if value is None:
        return ""
    when = _civil(value)
    if (lang or language()) == "de":
        return f"{when.day:02}.{when.month:02}.{when.year}"
    return f"{when.day} {_MONTHS_EN[when.month - 1][:3]} {when.year}"


def day_long(value: date | None) -> str:
    """Return a date in full: "22. November 2026", "22 November 2026"."""
    if value is None:
        return ""
    when = _civil(value)
    if language() == "de":
        return f"{when.day}. {_MONTHS_DE[when.month - 1]} {when.year}"
    return f"{when.day} {_MONTHS_EN[when.month - 1]} {when.year}"


def weekday(value: date | None) -> str:
    """Return a date with its day of the week: "So 22.11.2026", "Sun 22 Nov 2026"."""
    if value is None:
        return ""
    when = _civil(value)
    return f"{_WEEKDAYS[language()][when.weekday()]} {day(when)}"


def month(value: date | None) -> str:
    """Return the month of a date: "November 2026"."""
    if value is None:
        return ""
    names = _MONTHS_DE if language() == "de" else _MONTHS_EN
    return f"{names[value.month - 1]} {value.year}"


def moment(value: datetime | None) -> str:
    """Return a moment as the clock of the page's zone shows it: "22.11.2026, 14:12"."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{day(local)}, {local:%H:%M}"


def days(value: Period | tuple[date, date | None] | None) -> str:
    """Return a half-open period by its first and last day; one without end says "from"."""
    if value is None:
        return ""
    first, end = (value.first, value.end) if isinstance(value, Period) else value
    if end is None:
        return f"ab {day(first)}" if language() == "de" else f"from {day(first)}"
    last = end - timedelta(days=1)
    if last == first:
        return day(first)
    return f"{day(first)} {'bis' if language() == 'de' else 'to'} {day(last)}"


def away(value: date | None, today: date) -> str:
    """Return how far a day is from today: "in 6 Tagen", "heute", "vor 4 Monaten"."""
    if value is None:
        return ""
    distance = (_civil(value) - _civil(today)).days
    german = language() == "de"
    near = {-1: ("gestern", "yesterday"), 0: ("heute", "today"), 1: ("morgen", "tomorrow")}
    if distance in near:
        return near[distance][0 if german else 1]
    length = _length(abs(distance))
    said = length[0] if german else length[1]
    if german:
        return f"in {said}" if distance > 0 else f"vor {said}"
    return f"in {said}" if distance > 0 else f"{said} ago"


def spoken(value: Any) -> str:
    """Return any value of a ruling as a reader says it: texts in their language, money, dates, periods, lists."""
    if isinstance(value, str):
        return value
    if isinstance(value, Text):
        return value.spoken(language())
    if isinstance(value, Mapping) and set(LANGUAGES) <= set(value):
        return str(value[language()])
    for kind, write in _SPOKEN:
        if isinstance(value, kind):
            return write(value)
    # Durations and other value objects of the rulebook say themselves what they are.
    said = getattr(value, "spoken", None)
    return said.spoken(language()) if isinstance(said, Text) else _spoken_plain(value)


# A moment is a date too, so it stands first.
_SPOKEN: Final[tuple[tuple[type, Callable[[Any], str]], ...]] = (
    (datetime, moment),
    (date, day),
    (Period, days),
    (Money, money),
)


def _spoken_plain(value: Any) -> str:
    if isinstance(value, bool):
        german = language() == "de"
        return ("ja" if value else "nein") if german else ("yes" if value else "no")
    if isinstance(value, int | Decimal | Fraction):
        return number(value)
    if isinstance(value, tuple | list | frozenset | set):
        return ", ".join(spoken(one) for one in value)
    return "" if value is None else str(value)


def digits(currency: str) -> int:
    """Return how many decimals the currency has."""
    return minor_digits(currency)


def _length(distance: int) -> tuple[str, str]:
    """A number of days in the unit people would say it in, after a German preposition with the dative."""
    if distance <= _MONTH_DAYS:
        return f"{distance} Tagen", f"{distance} days"
    if distance <= _YEAR_DAYS:
        months = round(distance / 30.44)
        return f"{months} Monaten", f"{months} months"
    years = round(distance / 365.25)
    return f"{years} Jahren", f"{years} years"


def _civil(value: date) -> date:
    """The day of a date, or of a moment as the page's zone counts it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def _typeset(text: str) -> str:
    """A real minus sign, and a space that does not break between number and unit."""
    return text.replace("-", _MINUS).replace(" ", _NARROW)
