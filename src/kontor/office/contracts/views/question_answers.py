"""An answer of the rulebook as the calculator's page shows it: a headline, a state, what else came out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _, gettext_lazy

from kontor.kernel.components import Badge
from kontor.kernel.explanation import input_name, input_value
from kontor.kernel.wording import day, day_long, money, number, weekday
from kontor.rulebook.calc import Answer, Value

_AXIS_DAYS: Final = 800  # a strip shows about two years; what lies before is cut off
_NEAR: Final = Fraction(1, 5)  # two words closer than this share of the strip would lie over each other

FIELDS: Final = {
    "last_day": gettext_lazy("The running term ends on"),
    "notice_by": gettext_lazy("Last day for notice"),
    "of_days": gettext_lazy("Days of the whole period"),
    "days": gettext_lazy("Days charged"),
    "reaction": gettext_lazy("Reaction by"),
    "recovery": gettext_lazy("Recovery by"),
    "repair": gettext_lazy("Repair by"),
    "answer": gettext_lazy("Answer by"),
    "next_open": gettext_lazy("Next open"),
    "window": gettext_lazy("Window"),
    "suspension_from": gettext_lazy("Suspension possible from"),
    "ends_automatically_on": gettext_lazy("The contract ends by itself on"),
    "termination_possible_from": gettext_lazy("Termination possible from"),
    "objection_by": gettext_lazy("Objection until"),
    "silence_is_consent": gettext_lazy("Silence counts as consent"),
    "total_minutes": gettext_lazy("Minutes of the month"),
    "down_minutes": gettext_lazy("Minutes that count as outage"),
    "excused_minutes": gettext_lazy("Minutes excused"),
    "credit": gettext_lazy("Credit, once claimed"),
    "file_by": gettext_lazy("Claim until"),
    "decide_by": gettext_lazy("To be decided by"),
}
WINDOWS: Final = {
    "office": gettext_lazy("office hours"),
    "on_call": gettext_lazy("on call"),
    "closed": gettext_lazy("closed"),
}


@dataclass(frozen=True)
class Strip:
    """
    The contract's time as a strip: places are shares of its length.

    parts  (words, length, class); marks (words, place, class); now (words, place)
    """

    parts: tuple[tuple[str, Fraction, str], ...]
    marks: tuple[tuple[str, Fraction, str], ...]
    now: tuple[str, Fraction]


@dataclass(frozen=True)
class Shown:
    """
    The answer for a reader.

    label, value  the headline; state what it means; facts what else came out
    """

    label: str
    value: str
    state: Badge | None = None
    facts: tuple[tuple[str, str], ...] = ()
    strip: Strip | None = None


def shown(answer: Answer, told: Mapping[str, list[str]]) -> Shown:
    """Return an answer in the page's language; a question without words of its own shows its fields by their names."""
    speak = _SPEAKERS.get(answer.what)
    return speak(answer.value, told) if speak else _plain(answer.value)


def _term(value: Value, told: Mapping[str, list[str]]) -> Shown:
    in_time = bool(value["in_time"])
    state = Badge(_("notice in time"), "good") if in_time else Badge(_("too late for the running term"), "warn")
    return Shown(
        _("The contract ends on"),
        day_long(_day(value["ends"])),
        state,
        _facts(value, "last_day", "notice_by"),
        _strip(value, date.fromisoformat(told["start"][0]), date.fromisoformat(told["on"][0])),
    )


def _strip(value: Value, start: date, on: date) -> Strip:
    last, ends, notice = _day(value["last_day"]), _day(value["ends"]), _day(value["notice_by"])
    first = max(start, last - timedelta(days=_AXIS_DAYS))
    beyond = ends + timedelta(days=max(60, (ends - first).days // 4))
    whole = (beyond - first).days

    def place(when: date) -> Fraction:
        return Fraction(min(max((when - first).days, 0), whole), whole)

    parts = [(_("until %(day)s") % {"day": day(last)}, place(last), "is-on" if ends == last else "")]
    if ends > last:
        parts.append((_("until %(day)s") % {"day": day(ends)}, place(ends) - place(last), "is-on"))
    parts.append((_("not reached"), 1 - place(ends), "is-ahead"))
    marks = []
    if first == start and place(notice) > _NEAR:
        marks.append((day(start), Fraction(0), "is-left"))
    last_day = _("%(day)s, last day for notice") % {"day": day(notice)}
    side = (
        "is-price is-left"
        if place(notice) < _NEAR
        else "is-price is-right"
        if place(notice) > 1 - _NEAR
        else "is-price"
    )
    marks.append((last_day, place(notice), side))
    return Strip(tuple(parts), tuple(marks), (_("Notice %(day)s") % {"day": day(on)}, place(on)))


def _reduction(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    state = Badge(_("in time"), "good") if value["in_time"] else Badge(_("too late for the running interval"), "warn")
    return Shown(_("Fewer users count from"), day_long(_day(value["effective"])), state)


def _due(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    when = _day(value["due"])
    return Shown(_("The invoice is to be paid by"), day_long(when), facts=((_("Day of the week"), weekday(when)),))


def _collection(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    when = _day(value["earliest"])
    return Shown(_("The debit may be collected from"), day_long(when), facts=((_("Day of the week"), weekday(when)),))


def _arrears(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    currency = str(value["currency"])
    parts = ((_("Interest"), "interest"), (_("Lump sum"), "lump_sum"))
    facts = [(label, money(Decimal(str(value[key])), currency)) for label, key in parts]
    facts.append((_("Days of delay"), number(int(str(value["days"])))))
    late = _facts(value, "suspension_from", "ends_automatically_on", "termination_possible_from")
    return Shown(_("Owed on the day"), money(Decimal(str(value["total"])), currency), facts=(*facts, *late))


def _seats(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    amount = money(Decimal(str(value["amount"])), str(value["currency"]))
    return Shown(_("The added seats cost"), amount, facts=_facts(value, "days", "of_days"))


def _index(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    return Shown(_("The new price is"), money(Decimal(str(value["price"])), str(value["currency"])))


def _deadline(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    names = tuple(value)
    first, rest = names[0], names[1:]
    return Shown(_name(first), _written(value[first]), facts=_facts(value, *rest))


def _oncall(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    headline = _("Yes") if value["open"] else _("No")
    window = str(WINDOWS[str(value["window"])])
    return Shown(
        _("Is anybody there?"),
        headline,
        Badge(window, "good" if value["open"] else "warn"),
        _facts(value, "next_open"),
    )


def _maintenance(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    start, _slash, end = str(value["window"]).partition("/")
    inside = bool(value["inside"])
    span = _("%(start)s to %(end)s") % {"start": _written(start), "end": _written(end)}
    label = _("The window") if inside else _("The next window")
    return Shown(_("Inside the maintenance window?"), _("Yes") if inside else _("No"), facts=((label, span),))


def _change(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    told = ("objection_by", "silence_is_consent") if value["objection_by"] else ("silence_is_consent",)
    return Shown(_("The change holds from"), day_long(_day(value["effective"])), facts=_facts(value, *told))


def _availability(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    kept = bool(value["kept"])
    facts = _facts(value, "total_minutes", "down_minutes", "excused_minutes")
    if value["credit"] is not None:
        credit = money(Decimal(str(value["credit"])), str(value["currency"]))
        facts = (*facts, (str(FIELDS["credit"]), credit))
    state = Badge(_("promise kept"), "good") if kept else Badge(_("promise missed"), "warn")
    return Shown(_("The service was available"), f"{input_value(str(value['availability']))} %", state, facts)


def _claim(value: Value, _told: Mapping[str, list[str]]) -> Shown:
    in_time = bool(value["in_time"])
    state = Badge(_("in time"), "good") if in_time else Badge(_("too late"), "warn")
    facts = _facts(value, "decide_by") if value["decide_by"] else ()
    return Shown(_("The credit is to be claimed until"), day_long(_day(value["file_by"])), state, facts)


def _plain(value: Value) -> Shown:
    """Show the fields of an answer one by one."""
    (first, *rest) = tuple(value)
    return Shown(_name(first), _written(value[first]), facts=_facts(value, *rest))


def _facts(value: Value, *names: str) -> tuple[tuple[str, str], ...]:
    return tuple((_name(name), _written(value[name])) for name in names if name in value)


def _name(field: str) -> str:
    return str(FIELDS[field]) if field in FIELDS else input_name(field)


def _written(found: Any) -> str:
    """Write a field: days with their day of the week, moments by the clock they carry, figures by the language."""
    if isinstance(found, bool):
        return _("Yes") if found else _("No")
    if isinstance(found, int):
        return number(found)
    if isinstance(found, list):
        return ", ".join(_written(each) for each in found)
    if isinstance(found, dict):
        return ", ".join(f"{_name(name)} {_written(each)}" for name, each in found.items())
    return _moment(found) or input_value(found)


def _moment(text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return f"{weekday(when.date())}, {when:%H:%M}" if "T" in text else weekday(when.date())


def _day(found: Any) -> date:
    return date.fromisoformat(str(found))


_SPEAKERS: Final[Mapping[str, Callable[[Value, Mapping[str, list[str]]], Shown]]] = {
    "term": _term,
    "reduction": _reduction,
    "due": _due,
    "collection": _collection,
    "arrears": _arrears,
    "seats": _seats,
    "index": _index,
    "deadline": _deadline,
    "oncall": _oncall,
    "maintenance": _maintenance,
    "change": _change,
    "availability": _availability,
    "claim": _claim,
}
