"""How a pack's values are said to a reader, in both languages."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kontor.rulebook.currency import number
from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.concepts import word
from kontor.rulebook.terms.pack import AnyValue
from kontor.rulebook.terms.units import HolidayRule, Item, Measure, Rule, Window
from kontor.rulebook.terms.value import ToBeAgreed, kind_of
from kontor.rulebook.wording import day, said

_DAYS: Final[Mapping[str, Text]] = {
    "mon": Text("Mo", "Mon"),
    "tue": Text("Di", "Tue"),
    "wed": Text("Mi", "Wed"),
    "thu": Text("Do", "Thu"),
    "fri": Text("Fr", "Fri"),
    "sat": Text("Sa", "Sat"),
    "sun": Text("So", "Sun"),
    "holiday": Text("Feiertage", "public holidays"),
}
_WEEK: Final = tuple(name for name in _DAYS if name != "holiday")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MINUTES: Final = 60
_A_RANGE: Final = 3
_BLANK: Final = Text("im Angebot zu vereinbaren", "to be agreed in the offer")


def spoken_value(value: object, *, concept: str = "") -> Text:
    """
    Return a value as a reader says it; lists by their labels, words nobody has put into words as they stand.

    concept  the last step of the value's key, for words that mean something of their own there

    >>> spoken_value(Duration.parse("3 months"))
    Text(de='3 Monate', en='3 months')
    >>> spoken_value(True), spoken_value("quarter").de
    (Text(de='ja', en='yes'), 'vierteljährlich')
    """
    if isinstance(value, str):
        return word(value, concept=concept) or Text(value, value)
    if isinstance(value, tuple | list):
        return _joined(spoken_value(part, concept=concept) for part in value)
    for kind, speak in _SPEAKERS:
        if isinstance(value, kind):
            return speak(value)
    return Text(str(value), str(value))


def spoken_entry(key: str, entry: AnyValue) -> Text:
    """
    Return what a pack says at a dotted key: the value or default with its unit, or that the offer must say it.

    >>> from kontor.rulebook.terms.files import load
    >>> spoken_entry("service_level.availability", load("crm").service_level.availability)
    Text(de='99,8 %', en='99.8 %')
    """
    if isinstance(entry, ToBeAgreed):
        return _BLANK
    shown = spoken_value(entry.value, concept=key.rpartition(".")[2])
    (kind,) = type(entry).__pydantic_generic_metadata__["args"]
    return Text(f"{shown.de} %", f"{shown.en} %") if kind_of(kind) == "percent" else shown


def _joined(parts: Iterable[Text]) -> Text:
    """Join by commas, or by semicolons where a part has commas of its own."""
    spoken = tuple(parts)
    mark = "; " if any("," in part.de or "," in part.en for part in spoken) else ", "
    return Text(mark.join(part.de for part in spoken), mark.join(part.en for part in spoken))


def _clock(minutes: int) -> str:
    return f"{minutes // _MINUTES:02}:{minutes % _MINUTES:02}"


def _days(names: tuple[str, ...]) -> Text:
    places = [_WEEK.index(name) for name in names if name in _WEEK]
    in_a_row = len(places) >= _A_RANGE and places == list(range(places[0], places[0] + len(places)))
    if not in_a_row:
        return _joined(_DAYS[name] for name in names)
    first, last = _DAYS[names[0]], _DAYS[_WEEK[places[-1]]]
    span = Text(f"{first.de}–{last.de}", f"{first.en}–{last.en}")
    return _joined((span, *(_DAYS[name] for name in names if name not in _WEEK)))


def _window(window: Window) -> Text:
    """Say "Mo–Fr 08:00–16:00", and name the day of closing where it is another."""
    hours: dict[str, Text | str] = {
        "opens": _clock(window.opens),
        "closes": _clock(window.closes),
        "days": _days(window.days),
    }
    if not window.days_later:
        return said("{days} {opens}–{closes}", "{days} {opens}–{closes}", **hours)
    if len(window.days) == 1 and window.days[0] in _WEEK:
        last = _DAYS[_WEEK[(_WEEK.index(window.days[0]) + window.days_later) % len(_WEEK)]]
        return said("{days} {opens} – {last} {closes}", "{days} {opens} – {last} {closes}", last=last, **hours)
    later = said("{n} Tage später", "{n} days later", n=window.days_later)
    if window.days_later == 1:
        return said("{days} {opens} – {closes} am nächsten Tag", "{days} {opens} – {closes} on the next day", **hours)
    return said("{days} {opens} – {closes}, {later}", "{days} {opens} – {closes}, {later}", later=later, **hours)


def _holiday(rule: str) -> Text:
    if rule.startswith("easter"):
        shift = rule.removeprefix("easter")
        return Text(f"Ostersonntag {shift}", f"Easter Sunday {shift}")
    month, number_of_day = (int(part) for part in rule.split("-"))
    return Text(f"{number_of_day}.{month}.", f"{number_of_day} {_MONTHS[month - 1]}")


def _holidays(rule: HolidayRule) -> Text:
    days = _joined(_holiday(each) for each in rule.days)
    if rule.country is None:
        return days
    place = rule.country if rule.subdivision is None else f"{rule.country}-{rule.subdivision}"
    public = said("gesetzliche Feiertage ({place})", "public holidays ({place})", place=place)
    if not rule.days:
        return public
    return said("{public}, dazu {days}", "{public}, and {days}", public=public, days=days)


def _measure(measure: Measure) -> Text:
    """Say "25.000 E-Mails im Monat", and what happens beyond it."""
    parts = {
        "amount": number(Decimal(measure.amount)),
        "unit": _said_under(measure.unit, "unit"),
        "per": _said_under(measure.per, "quota") if measure.per else Text("", ""),
        "limit": _said_under(measure.limit, "quota"),
    }
    full = said("{amount} {unit} {per}", "{amount} {unit} {per}", **parts)
    return said("{full}, {limit}", "{full}, {limit}", full=Text(full.de.strip(), full.en.strip()), **parts)


def _said_under(option: str, concept: str) -> Text:
    return word(option, concept=concept) or Text(option, option)


def _flag(value: bool) -> Text:
    return Text("ja", "yes") if value else Text("nein", "no")


# bool stands before int, of which it is one
_SPEAKERS: Final[tuple[tuple[type, Callable[[Any], Text]], ...]] = (
    (bool, _flag),
    (int, lambda value: number(Decimal(value))),
    (Decimal, number),
    (date, day),
    (Duration, lambda value: value.spoken),
    (Money, lambda value: value.text),
    (Item, lambda value: value.label),
    (Window, _window),
    (HolidayRule, _holidays),
    (Measure, _measure),
    (Rule, lambda value: value.text),
)
