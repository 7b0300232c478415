"""
Options read from text: each kind in one spelling, each refusal a sentence that names what is expected.

>>> read(Option("on", Kind.DATE, Text("Tag", "day")), ["2026-09-30"], zone=zone_named("Europe/Berlin"))
datetime.date(2026, 9, 30)
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from kontor.rulebook.calc.outages import EXPECTED as _OUTAGES, outages_of
from kontor.rulebook.calc.question import Choice, Kind, Option, WrongInputError
from kontor.rulebook.calc.told import ToldOutage
from kontor.rulebook.currency import minor_digits
from kontor.rulebook.duration import Duration
from kontor.rulebook.moment import MomentError, Span, utc, zone_named  # noqa: F401 - the doctest's
from kontor.rulebook.money import exact_decimal
from kontor.rulebook.period import Interval
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.timetable import FIRST_YEAR, LAST_YEAR
from kontor.rulebook.wording import said

CURRENCY: Final = "EUR"
_RATE: Final = re.compile(r"(?:(\d{4}-\d{2}-\d{2}):)?(-?\d{1,3}(?:\.\d{1,6})?)", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_MOST: Final = 1_000_000
_HIGHEST: Final = 10**9  # times as many as may be asked for: still an amount of money
_LONGEST: Final = {"Y": 100, "M": 1_200, "W": 5_200, "D": 36_500}
_OFTEN: Final = 100

_EXPECTED: Final = {
    Kind.DATE: said(
        "ein Tag JJJJ-MM-TT von {first} bis {last}",
        "a day YYYY-MM-DD from {first} to {last}",
        first=FIRST_YEAR,
        last=LAST_YEAR,
    ),
    Kind.MOMENT: said(
        "ein Zeitpunkt wie 2026-06-01T10:00+02:00 nach {first} und vor {last}",
        "a moment such as 2026-06-01T10:00+02:00 after {first} and before {last}",
        first=FIRST_YEAR,
        last=LAST_YEAR,
    ),
    Kind.SPAN: Text(
        "eine Spanne VON/BIS aus zwei Zeitpunkten wie 2026-06-01T10:00+02:00",
        "a span FROM/TO of two moments such as 2026-06-01T10:00+02:00",
    ),
    Kind.AMOUNT: Text(
        "ein Betrag wie 49.90 oder 49.90 EUR unter einer Milliarde",
        "an amount such as 49.90 or 49.90 EUR below a thousand million",
    ),
    Kind.DECIMAL: Text(
        "eine Zahl größer als null und unter einer Milliarde wie 288.8",
        "a number greater than zero and below a thousand million such as 288.8",
    ),
    Kind.RATE: Text(
        "ein Jahreszinssatz in Prozent wie 4.92, oder TAG:PROZENT wie 2026-07-01:1.52",
        "a yearly rate in percent such as 4.92, or DAY:PERCENT such as 2026-07-01:1.52",
    ),
    Kind.NUMBER: said("eine ganze Zahl von 1 bis {most}", "a whole number from 1 to {most}", most=_MOST),
    Kind.LENGTH: Text(
        "eine Dauer wie P12M, P1Y, P4W oder P30D bis hundert Jahre",
        "a period such as P12M, P1Y, P4W or P30D up to a hundred years",
    ),
    Kind.MONTH: said(
        "ein Monat JJJJ-MM nach {first} und vor {last}",
        "a month YYYY-MM after {first} and before {last}",
        first=FIRST_YEAR,
        last=LAST_YEAR,
    ),
    Kind.OUTAGES: _OUTAGES,
}
INTERVALS: Final = tuple(Choice(interval.value, interval.spoken) for interval in Interval)


def read(option: Option, texts: Sequence[str], *, zone: ZoneInfo) -> object:
    """
    Return what an option's text says: one value, or a tuple where it may be given several times.

    zone  in which moments without an offset are read; WrongInputError names the option and what is expected
    """
    most = _OFTEN if option.many else 1
    if len(texts) > most:
        words = "erwartet werden höchstens {most} Angaben.", "expected {most} at most."
        raise WrongInputError(option.name, said(*words, most=most))
    found = tuple(_READERS[option.kind](option, text.strip(), zone) for text in texts)
    return found if option.many else found[0]


def expectation(option: Option) -> Text:
    """Return what an option wants, as the object of a sentence."""
    if option.kind is Kind.CHOICE:
        return _either([choice.key for choice in option.choices])
    return _EXPECTED[option.kind]


def _either(names: Sequence[str]) -> Text:
    head = ", ".join(names[:-1])
    return Text(f"{head} oder {names[-1]}", f"{head} or {names[-1]}") if head else Text(*names, *names)


def _wrong(option: Option, text: str) -> WrongInputError:
    words = "erwartet wird {what}, nicht „{text}“.", "expected {what}, not “{text}”."
    return WrongInputError(option.name, said(*words, what=expectation(option), text=text))


def _date(option: Option, text: str, _zone: ZoneInfo) -> date:
    try:
        found = date.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        found = None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(option, text)
    return found


def _moment(option: Option, text: str, zone: ZoneInfo) -> datetime:
    try:
        found = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        found = None
    # A year from either edge, so that the moment lies inside whatever its zone.
    if found is None or not FIRST_YEAR < found.year < LAST_YEAR:
        raise _wrong(option, text)
    return found if found.tzinfo is not None else _local(option, text, found.replace(tzinfo=zone))


def _local(option: Option, text: str, found: datetime) -> datetime:
    """Return a moment without an offset, unless the clocks show that time twice or never on that day."""
    if found.utcoffset() == found.replace(fold=1).utcoffset():
        return found
    twice = utc(found) < utc(found.replace(fold=1))
    times = Text("zweimal", "twice") if twice else Text("nie", "never")
    raise WrongInputError(
        option.name,
        said(
            "erwartet wird ein Zeitpunkt mit Abstand zu UTC wie +02:00, denn die Uhren zeigen {text} {times}.",
            "expected a moment with its offset from UTC such as +02:00, because the clocks show {text} {times}.",
            text=text,
            times=times,
        ),
    )


def _span(option: Option, text: str, zone: ZoneInfo) -> Span:
    start, slash, end = text.partition("/")
    if not slash or not _MOMENT.fullmatch(start) or not _MOMENT.fullmatch(end):
        raise _wrong(option, text)
    try:
        return Span(_moment(option, start, zone), _moment(option, end, zone))
    except MomentError as backwards:
        raise WrongInputError(option.name, backwards.text) from backwards


def _amount(option: Option, text: str, _zone: ZoneInfo) -> tuple[Decimal, str]:
    number, _, currency = text.partition(" ")
    try:
        minor_digits(currency or CURRENCY)
        amount = exact_decimal(number)
    except RefusalError as refused:
        raise _wrong(option, text) from refused
    if not 0 <= amount < _HIGHEST:
        raise _wrong(option, text)
    return amount, currency or CURRENCY


def _decimal(option: Option, text: str, _zone: ZoneInfo) -> Decimal:
    try:
        found = exact_decimal(text)
    except RefusalError as refused:
        raise _wrong(option, text) from refused
    if not 0 < found < _HIGHEST:
        raise _wrong(option, text)
    return found


def _rate(option: Option, text: str, zone: ZoneInfo) -> tuple[date | None, Decimal]:
    found = _RATE.fullmatch(text)
    if found is None:
        raise _wrong(option, text)
    return _date(option, found[1], zone) if found[1] else None, Decimal(found[2])


def _number(option: Option, text: str, _zone: ZoneInfo) -> int:
    if not re.fullmatch(r"[0-9]{1,7}", text, re.ASCII) or not 1 <= int(text) <= _MOST:
        raise _wrong(option, text)
    return int(text)


def _length(option: Option, text: str, _zone: ZoneInfo) -> Duration:
    try:
        found = Duration.from_iso(text)
    except RefusalError as refused:
        raise _wrong(option, text) from refused
    if found.amount > _LONGEST[text[-1]]:
        raise _wrong(option, text)
    return found


def _choice(option: Option, text: str, _zone: ZoneInfo) -> str:
    if text not in {choice.key for choice in option.choices}:
        raise _wrong(option, text)
    return text


def _month(option: Option, text: str, _zone: ZoneInfo) -> date:
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text, re.ASCII)
    # A year from either edge, as for moments: an outage may reach beyond its month.
    if found is None or not FIRST_YEAR < int(found[1]) < LAST_YEAR:
        raise _wrong(option, text)
    return date(int(found[1]), int(found[2]), 1)


def _outages(option: Option, text: str, zone: ZoneInfo) -> tuple[ToldOutage, ...]:
    one = Option(option.name, Kind.MOMENT, option.help)
    return outages_of(option, text, lambda moment: _moment(one, moment, zone))


_READERS: Final[Mapping[Kind, Callable[[Option, str, ZoneInfo], object]]] = {
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.SPAN: _span,
    Kind.AMOUNT: _amount,
    Kind.DECIMAL: _decimal,
    Kind.NUMBER: _number,
    Kind.LENGTH: _length,
    Kind.CHOICE: _choice,
    Kind.RATE: _rate,
    Kind.MONTH: _month,
    Kind.OUTAGES: _outages,
}
