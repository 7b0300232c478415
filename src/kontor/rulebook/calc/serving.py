"""`deadline`, `oncall` and `maintenance`: by when, by whom and when the service is looked after."""

from collections.abc import Iterator, Sequence
from typing import Final

from kontor.rulebook.calc.facts import (
    Said,
    cited,
    clock_of,
    desk_of,
    incidents_of,
    known,
    office_hours,
    readings,
    said_by,
    silent,
    support_holidays,
    support_of,
    support_zone,
)
from kontor.rulebook.calc.question import Choice, Kind, Option, Question, Value
from kontor.rulebook.calc.told import Told
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.deadline import deadline
from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.moment import zone_named
from kontor.rulebook.ruling import Ruling, Text, combined
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.service import IncidentClass, Maintenance, OnCall
from kontor.rulebook.terms.units import Window
from kontor.rulebook.terms.value import Sourced
from kontor.rulebook.windows import maintenance, opening
from kontor.rulebook.wording import said

_FAULTS: Final = Text("bis wann eine Störung behoben ist", "by when a fault is dealt with")
_WINDOW: Final = Text("wann das Wartungsfenster liegt", "when the maintenance window is")
_PROMISES: Final = {
    "reaction": Text("Reaktion", "Reaction"),
    "recovery": Text("Wiederherstellung", "Recovery"),
    "repair": Text("Behebung", "Repair"),
    "answer": Text("Antwort", "Answer"),
}
# Whoever asks the customer back has reacted and answered: waiting for the customer holds back only what comes after.
_NEVER_PAUSED: Final = frozenset({"reaction", "answer"})


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
    section = incidents_of(pack)
    found = section.classes[told.choice("class")]
    starts = found.clock_starts or section.clock_starts
    dues = {name: _due(pack, told, name=name, promise=promise, starts=starts) for name, promise in _promises(found)}
    return combined({name: ruling.value for name, ruling in dues.items()}, *dues.values())


def _due(pack: TermsPack, told: Told, *, name: str, promise: Said[Duration], starts: Sourced | None) -> Ruling[str]:
    """Decide when one promise falls due, as a moment in the contract's zone."""
    pauses = told.spans("pause")
    held = () if name in _NEVER_PAUSED else pauses
    counts_with = _counts_with(pack, promise.value)
    clauses = cited(promise, *counts_with, starts)
    ruling = deadline(told.moment("reported"), promise.value, desk=desk_of(pack), pauses=held, clauses=clauses)
    words = _PROMISES[name]
    lead = said("{name}: {allowed}.", "{name}: {allowed}.", name=words, allowed=promise.value.spoken)
    steps = (lead, *ruling.working, *readings(promise, *counts_with))
    if pauses and not held:
        german, english = "{name}: Die Pause hält diese Frist nicht auf.", "{name}: the pause does not hold this back."
        steps = (*steps, said(german, english, name=words))
    due = ruling.value.astimezone(zone_named(pack.zone)).isoformat()
    return Ruling(due, ruling.clauses, ruling.inputs, steps)


def _promises(found: IncidentClass) -> Iterator[tuple[str, Said[Duration]]]:
    for name in _PROMISES:
        promise: Said[Duration] | None = known(getattr(found, name))
        if promise is not None:
            yield name, promise


def _counts_with(pack: TermsPack, allowed: Duration) -> tuple[Sourced | None, ...]:
    """Return what besides the promise decides: the hours for office hours, the days for working days."""
    section = support_of(pack)
    by_unit: dict[Unit, tuple[Sourced | None, ...]] = {
        Unit.OFFICE_HOURS: (section.hours, section.holidays),
        Unit.WORKING_DAYS: (section.hours, section.holidays, incidents_of(pack).working_days),
    }
    return by_unit.get(allowed.unit, ())


def _oncall_options(pack: TermsPack) -> Sequence[Option]:
    return Option("at", Kind.MOMENT, Text("Zeitpunkt", "moment")), *_class_option(pack)


def _on_call_section(pack: TermsPack) -> OnCall:
    return support_of(pack).on_call or OnCall()


def _on_call_clock(pack: TermsPack, key: str | None) -> BusinessClock | None:
    """Return when somebody is on call for that class of faults, None where nobody ever is."""
    section = _on_call_section(pack)
    windows, classes = known(section.windows), known(section.classes)
    if windows is None or (classes is not None and key not in {item.key for item in classes.value}):
        return None
    return clock_of(windows.value, zone=support_zone(pack), holidays=support_holidays(pack))


def _oncall(pack: TermsPack, told: Told) -> Ruling[Value]:
    hours, section, on_call = office_hours(pack), support_of(pack), _on_call_section(pack)
    rests_on = hours, section.holidays, section.zone, on_call.windows, on_call.classes
    ruling = opening(
        told.moment("at"),
        clock_of(hours.value, zone=support_zone(pack), holidays=support_holidays(pack)),
        on_call=_on_call_clock(pack, told.choice_if_given("class")),
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
