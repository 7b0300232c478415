"""
From the log of a report to its promises: the same log always gives the same due moments.

>>> from datetime import UTC, datetime
>>> from kontor.rulebook import terms
>>> from kontor.rulebook.calc.promised import promises_of
>>> monday = datetime(2026, 11, 23, 13, 30, tzinfo=UTC)
>>> log = [Logged(monday, What.REPORTED), Logged(monday, What.CLASSIFIED, "class_2")]
>>> found = replay(log, promised=promises_of(terms.load("visitor")))
>>> [(kept.name, kept.due.isoformat()) for kept in found.promises]
[('reaction', '2026-11-24T14:30:00+01:00'), ('recovery', '2026-11-25T14:30:00+01:00')]
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from kontor.rulebook.calc.promised import PLAN, ServicePromises
from kontor.rulebook.kept import Kept
from kontor.rulebook.moment import Span, utc
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.replay_run import Replayed, Run
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import BORN_CLOSED, HELD, REASONABLE, Logged, What

_NO_OTHER: Final[Mapping[str, ServicePromises]] = MappingProxyType({})
_CLASSIFIED: Final = Text("Eingestuft, gezählt ab der Meldung.", "Classified, counted from the report.")
_CLASSIFIED_ANEW: Final = Text("Neu eingestuft, gezählt ab der Meldung.", "Classified anew, counted from the report.")
_REMEDIES: Final = ("recovery", "repair")


def replay(
    log: Iterable[Logged], *, promised: ServicePromises, later: Mapping[str, ServicePromises] = _NO_OTHER
) -> Replayed:
    """
    Derive all promises of a report from its log, in any order: entries are read by their moments.

    promised  what the contract promised when the report came
    later     by version, what it promised after a change, for entries CALENDAR; promises made before keep their value
    errors    RefusalError where the log does not begin with a report, KeyError for a version not given
    """
    entries = sorted(log, key=lambda entry: utc(entry.at))
    if not entries or entries[0].what is not What.REPORTED:
        raise RefusalError(Text("Ein Verlauf beginnt mit der Meldung.", "A log begins with the report."))
    run = Run(promised=promised, later=later)
    for entry in entries:
        _STEPS[entry.what](run, entry)
    return run.result()


def _reported(run: Run, entry: Logged) -> None:
    if entry.detail == BORN_CLOSED:
        run.closed = entry.at
    elif entry.detail != HELD:
        run.since = entry.at


def _begun(run: Run, entry: Logged) -> None:
    if run.since is None and run.closed is None:
        run.since = entry.at
        run.promise(entry, Text("Die Meldung ist bestätigt.", "The report is confirmed."))


def _classified(run: Run, entry: Logged) -> None:
    why = _CLASSIFIED_ANEW if run.class_key else _CLASSIFIED
    run.class_key = entry.detail
    run.promise(entry, why)


def _nothing(_run: Run, _entry: Logged) -> None:
    """Keep an entry that moves no clock."""


def _work_started(run: Run, entry: Logged) -> None:
    run.started = run.started or entry.at
    _react(run)


def _informed(run: Run, entry: Logged) -> None:
    run.informed = run.informed or entry.at
    _react(run)


def _react(run: Run) -> None:
    """A reaction is both: the remedy began, and the customer was told by a person."""
    if run.started is not None and run.informed is not None:
        run.end(["reaction"], max(run.started, run.informed, key=utc))


def _answered(run: Run, entry: Logged) -> None:
    run.end(["answer"], entry.at)
    _informed(run, entry)


def _paused(run: Run, entry: Logged) -> None:
    if run.still is None and run.closed is None:
        run.still = entry.at


def _resumed(run: Run, entry: Logged) -> None:
    if run.resume(entry.at):
        run.recount(entry, Text("Der Kunde hat geantwortet.", "The customer answered."))


def _worked_around(run: Run, entry: Logged) -> None:
    if entry.detail != REASONABLE or not run.promised.workaround_counts:
        return
    run.resume(entry.at)
    run.end(_REMEDIES, entry.at)
    if run.promised.plan is not None:
        run.reinforced = True
        why = Text("Nach dem Umweg ist die endgültige Lösung zu planen.", "After a workaround the remedy is planned.")
        plan = run.promised.plan
        run.kept.setdefault(plan.name, Kept.made(plan, entry.at, at=entry.at, why=why))


def _planned(run: Run, entry: Logged) -> None:
    run.end([PLAN], entry.at)


def _restored(run: Run, entry: Logged) -> None:
    run.resume(entry.at)
    run.end((*_REMEDIES, PLAN), entry.at)
    run.reinforced = False


def _decided(run: Run, entry: Logged) -> None:
    run.end(["decision"], entry.at)


def _excluded(run: Run, entry: Logged) -> None:
    run.excluded = {name: each for name, each in run.kept.items() if each.open}
    run.drop(entry.at)


def _covered(run: Run, entry: Logged) -> None:
    run.kept.update(run.excluded)
    run.excluded = {}
    run.recount(entry, Text("Der Ausschluss gilt nicht.", "The exclusion does not apply."))


def _known_earlier(run: Run, entry: Logged) -> None:
    assert entry.moment is not None  # the entry refuses to be without
    if run.since is not None and utc(entry.moment) < utc(run.since):
        run.since = entry.moment
        run.recount(entry, Text("Es zählt die frühere Meldung.", "The earlier report counts."))


def _joined(run: Run, entry: Logged) -> None:
    run.drop(entry.at)
    run.closed = entry.at


def _calendar(run: Run, entry: Logged) -> None:
    run.promised = run.later[entry.detail]
    new = {promise.name: promise for promise in run.promised.classes.get(run.class_key, ())}
    for name, each in run.kept.items():
        if each.open and name in new:
            run.kept[name] = each.under(new[name], at=entry.at)


def _closed(run: Run, entry: Logged) -> None:
    run.resume(entry.at)
    run.drop(entry.at)
    run.closed = entry.at
    run.reinforced = False


def _reopened(run: Run, entry: Logged) -> None:
    """Let remedies run on with what was used; from their end to now nobody waited."""
    if run.since is None:
        run.closed = None
        run.since = entry.at
        run.promise(entry, Text("Wieder geöffnet.", "Reopened."))
        return
    run.closed = None
    why = Text("Wieder geöffnet; verbraucht bleibt verbraucht.", "Reopened; what was used stays used.")
    for name, each in run.kept.items():
        if each.ended is not None and (name in _REMEDIES or not each.done):
            run.pauses.append(Span(each.ended, entry.at))
            run.kept[name] = replace(each, ended=None, done=False)
    run.recount(entry, why)


_STEPS: Final[Mapping[What, Callable[[Run, Logged], None]]] = MappingProxyType(
    {
        What.REPORTED: _reported,
        What.STARTED: _begun,
        What.CLASSIFIED: _classified,
        What.AUTOREPLIED: _nothing,
        What.WORK_STARTED: _work_started,
        What.INFORMED: _informed,
        What.ANSWERED: _answered,
        What.PAUSED: _paused,
        What.RESUMED: _resumed,
        What.WORKED_AROUND: _worked_around,
        What.PLANNED: _planned,
        What.RESTORED: _restored,
        What.DECIDED: _decided,
        What.EXCLUDED: _excluded,
        What.COVERED: _covered,
        What.MERGED: _known_earlier,
        What.KNOWN: _known_earlier,
        What.JOINED: _joined,
        What.CALENDAR: _calendar,
        What.CLOSED: _closed,
        What.REOPENED: _reopened,
    }
)
