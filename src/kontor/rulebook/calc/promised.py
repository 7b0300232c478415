"""
What a contract promises for a report of each class: how long, by which calendar, and whether a pause holds it back.

>>> from kontor.rulebook import terms
>>> visitor = promises_of(terms.load("visitor"))
>>> [(promise.name, str(promise.allowed), promise.pauses) for promise in visitor.classes["class_1"]]
[('reaction', '5 clock hours', False), ('recovery', '24 clock hours', True)]
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from kontor.rulebook.calc.facts import Said, cited, desk_of, incidents_of, known, readings, support_of
from kontor.rulebook.calendar import NO_HOLIDAYS, WorkingDays
from kontor.rulebook.clock import BusinessClock, Clock, RunningClock
from kontor.rulebook.deadline import Desk, deadline
from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.moment import Span
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.schedule import Schedule, week
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.service import IncidentClass
from kontor.rulebook.terms.value import Sourced
from kontor.rulebook.wording import said

PROMISES: Final = {
    "reaction": Text("Reaktion", "Reaction"),
    "recovery": Text("Wiederherstellung", "Recovery"),
    "repair": Text("Behebung", "Repair"),
    "answer": Text("Antwort", "Answer"),
}
DECISION: Final = "decision"
PLAN: Final = "plan"
NAMES: Final = MappingProxyType(
    {**PROMISES, DECISION: Text("Bescheid", "Decision"), PLAN: Text("Maßnahmenplan", "Action plan")}
)
CREDIT_CLAIM: Final = "credit_claim"
# Whoever asks the customer back has reacted and answered: waiting for the customer holds back only what comes after.
_PAUSED: Final = frozenset({"recovery", "repair"})
_OFFICE: Final = frozenset({Unit.OFFICE_HOURS, Unit.WORKING_DAYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """
    One thing promised for a report.

    name      a key of NAMES
    allowed   how long after the report; its unit says which clock runs
    desk      the office hours and working days it is counted by
    pauses    whether waiting for the customer holds it back
    readings  why an open text is read as it is
    """

    name: str
    allowed: Duration
    desk: Desk
    pauses: bool
    clauses: tuple[Clause, ...] = ()
    readings: tuple[Text, ...] = ()

    @property
    def clock(self) -> Clock:
        """The clock by which its time is used up: office hours, or one that never stands still."""
        return self.desk.office if self.allowed.unit in _OFFICE else RunningClock(self.desk.office.schedule.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServicePromises:
    """
    All that one contract promises its customer who reports something.

    classes            by class key, in the order of the text, heaviest first; a claim for credit is a class of its own
    plan               what is owed after a mere workaround, counted from it; None where nothing is
    workaround_counts  whether a reasonable workaround keeps the promise to recover or repair
    """

    classes: Mapping[str, tuple[Promise, ...]]
    plan: Promise | None = None
    workaround_counts: bool = False


def promises_of(pack: TermsPack) -> ServicePromises:
    """Return what a pack promises; no class at all where it is silent."""
    section = incidents_of(pack)
    found = {key: tuple(promises_of_class(pack, key)) for key in section.classes}
    level = pack.service_level
    decided = None if level is None else known(level.claim_decided_within)
    if decided is not None:
        found[CREDIT_CLAIM] = (_by_days(pack, DECISION, decided),)
    plan = known(section.plan_after_workaround)
    counts = known(section.workaround_counts)
    return ServicePromises(
        classes=MappingProxyType(found),
        plan=None if plan is None else _by_days(pack, PLAN, plan),
        workaround_counts=counts is not None and counts.value,
    )


def promises_of_class(pack: TermsPack, key: str) -> Iterator[Promise]:
    """Yield what is promised for one class of faults or requests; an unknown key raises KeyError."""
    section = incidents_of(pack)
    found = section.classes[key]
    starts = found.clock_starts or section.clock_starts
    for name, allowed in _allowed(found):
        counts_with = _counts_with(pack, allowed.value)
        yield Promise(
            name=name,
            allowed=allowed.value,
            desk=desk_of(pack),
            pauses=name in _PAUSED,
            clauses=cited(allowed, *counts_with, starts),
            readings=readings(allowed, *counts_with),
        )


def due(promise: Promise, reported: datetime, *, pauses: Iterable[Span] = ()) -> Ruling[datetime]:
    """Decide when a promise falls due, held back by pauses only where it is one that pauses."""
    held = pauses if promise.pauses else ()
    ruling = deadline(reported, promise.allowed, desk=promise.desk, pauses=held, clauses=promise.clauses)
    lead = said("{name}: {allowed}.", "{name}: {allowed}.", name=NAMES[promise.name], allowed=promise.allowed.spoken)
    return Ruling(ruling.value, ruling.clauses, ruling.inputs, (lead, *ruling.working, *promise.readings))


def _allowed(found: IncidentClass) -> Iterator[tuple[str, Said[Duration]]]:
    for name in PROMISES:
        allowed: Said[Duration] | None = known(getattr(found, name))
        if allowed is not None:
            yield name, allowed


def _counts_with(pack: TermsPack, allowed: Duration) -> tuple[Sourced | None, ...]:
    """Return what besides the promise decides: the hours for office hours, the days for working days."""
    section = support_of(pack)
    by_unit: dict[Unit, tuple[Sourced | None, ...]] = {
        Unit.OFFICE_HOURS: (section.hours, section.holidays),
        Unit.WORKING_DAYS: (section.hours, section.holidays, incidents_of(pack).working_days),
    }
    return by_unit.get(allowed.unit, ())


def _by_days(pack: TermsPack, name: str, allowed: Said[Duration]) -> Promise:
    """Return a promise in calendar days of the contract's zone, which neither weekends nor pauses hold back."""
    always = BusinessClock(Schedule(pack.zone, week("Mon-Sun 00:00-24:00")))
    return Promise(
        name=name,
        allowed=allowed.value,
        desk=Desk(always, WorkingDays(NO_HOLIDAYS)),
        pauses=False,
        clauses=cited(allowed),
        readings=readings(allowed),
    )
