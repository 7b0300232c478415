"""`deadline`, `oncall` and `maintenance`: by when, by whom and when the service is looked after."""

from collections.abc import Sequence
from typing import Final

from kontor.rulebook.calc.facts import (
    Said,
    cited,
    clock_of,
    incidents_of,
    office_hours,
    on_call_clock,
    readings,
    said_by,
    silent,
    support_holidays,
    support_of,
    support_zone,
)
from kontor.rulebook.calc.promised import NAMES, Promise, due, promises_of_class
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value
from kontor.rulebook.calc.told import Told
from kontor.rulebook.moment import zone_named
from kontor.rulebook.ruling import Ruling, Text, combined
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.service import Maintenance, OnCall
from kontor.rulebook.terms.units import Window
from kontor.rulebook.windows import maintenance, opening
from kontor.rulebook.wording import said

_FAULTS: Final = Text("bis wann eine Störung behoben ist", "by when a fault is dealt with")
_WINDOW: Final = Text("wann das Wartungsfenster liegt", "when the maintenance window is")


def _class_option(pack: TermsPack) -> tuple[Option, ...]:
    """Return the option that names a class of faults; none where the pack distinguishes none."""
    choices = tuple(Choice(key, found.label) for key, found in incidents_of(pack).classes.items())
    words = Text("Klasse der Störung oder Anfrage", "class of the fault or request")
    return (Option("class", Kind.CHOICE, words, choices=choices),) if choices else ()


def _deadline_options(pack: TermsPack) -> Sequence[Option]:
    counted = Text("Zeitpunkt, ab dem gezählt wird: Zugang oder Kenntnis", "moment counted from: receipt or knowledge")
    still = Text(
        "Zeit, in der die Uhr steht; mehrfach möglich", "time in which the clock stands still; may be repeated"
    )
    return (
        *_class_option(pack),
        Option("reported", Kind.MOMENT, counted),
        Option("pause", Kind.SPAN, still, required=False, many=True),
    )


def _deadline_rests_on(pack: TermsPack) -> None:
    if not incidents_of(pack).classes:
        raise silent(_FAULTS, pack)


def _deadline(pack: TermsPack, told: Told) -> Ruling[Value]:
    dues = {promise.name: _due(pack, told, promise) for promise in promises_of_class(pack, told.choice("class"))}
    return combined({name: ruling.value for name, ruling in dues.items()}, *dues.values())


def _due(pack: TermsPack, told: Told, promise: Promise) -> Ruling[str]:
    """Decide when one promise falls due, as a moment in the contract's zone."""
    pauses = told.spans("pause")
    ruling = due(promise, told.moment("reported"), pauses=pauses)
    steps = ruling.working
    if pauses and not promise.pauses:
        german, english = "{name}: Die Pause hält diese Frist nicht auf.", "{name}: the pause does not hold this back."
        steps = (*steps, said(german, english, name=NAMES[promise.name]))
    found = ruling.value.astimezone(zone_named(pack.zone)).isoformat()
    return Ruling(found, ruling.clauses, ruling.inputs, steps)


def _oncall_options(pack: TermsPack) -> Sequence[Option]:
    return Option("at", Kind.MOMENT, Text("Zeitpunkt", "moment")), *_class_option(pack)


def _on_call_section(pack: TermsPack) -> OnCall:
    return support_of(pack).on_call or OnCall()


def _oncall(pack: TermsPack, told: Told) -> Ruling[Value]:
    hours, section, on_call = office_hours(pack), support_of(pack), _on_call_section(pack)
    rests_on = hours, section.holidays, section.zone, on_call.windows, on_call.classes
    ruling = opening(
        told.moment("at"),
        clock_of(hours.value, zone=support_zone(pack), holidays=support_holidays(pack)),
        on_call=on_call_clock(pack, told.choice_if_given("class")),
        clauses=cited(*rests_on),
    )
    value: Value = {
        "open": ruling.value.open,
        "window": ruling.value.presence.value,
        "next_open": ruling.value.next_open.astimezone(zone_named(pack.zone)).isoformat(),
    }
    return ruling.map(lambda _: value).because(working=(*_zone_step(pack), *readings(*rests_on)))


def _zone_step(pack: TermsPack) -> tuple[Text, ...]:
    """Say in which zone the working tells the time where that is not the contract's."""
    zone = support_zone(pack)
    if zone == pack.zone:
        return ()
    return (said("Uhrzeiten des Supports: {zone}.", "Support's own time: {zone}.", zone=zone),)


def _maintenance_options(_pack: TermsPack) -> Sequence[Option]:
    return (Option("at", Kind.MOMENT, Text("Zeitpunkt", "moment")),)


def _maintenance_rests_on(pack: TermsPack) -> Said[tuple[Window, ...]]:
    return said_by((pack.maintenance or Maintenance()).windows, about=_WINDOW, pack=pack)


def _maintenance(pack: TermsPack, told: Told) -> Ruling[Value]:
    windows = _maintenance_rests_on(pack)
    ruling = maintenance(told.moment("at"), clock_of(windows.value, zone=pack.zone), clauses=cited(windows))
    span = ruling.value.span
    value: Value = {"inside": ruling.value.inside, "window": f"{span.start.isoformat()}/{span.end.isoformat()}"}
    return ruling.map(lambda _: value).because(working=readings(windows))


DEADLINE: Final = Question(
    "deadline",
    Text("Bis wann ist zu reagieren und zu beheben?", "By when is a fault reacted to and dealt with?"),
    _deadline_options,
    _deadline_rests_on,
    _deadline,
)
ONCALL: Final = Question(
    "oncall", Text("Ist jemand erreichbar?", "Is anybody there?"), _oncall_options, office_hours, _oncall
)
MAINTENANCE: Final = Question(
    "maintenance",
    Text("Liegt ein Zeitpunkt im Wartungsfenster?", "Does a moment lie in the maintenance window?"),
    _maintenance_options,
    _maintenance_rests_on,
    _maintenance,
)
