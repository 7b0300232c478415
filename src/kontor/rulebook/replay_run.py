"""What is known of a report while its log is read, and what it comes to in the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kontor.rulebook.calc.promised import PLAN, Promise, ServicePromises
from kontor.rulebook.kept import Kept, Standing
from kontor.rulebook.moment import Span, utc
from kontor.rulebook.ruling import Text
from kontor.rulebook.ticket_log import Logged


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """
    What a log comes to.

    since       the moment from which promises count; None while nothing counts
    promises    what is promised under the present class, and what came of it, in the contract's order
    past        promises of earlier classes that the present one does not make
    reinforced  a workaround stands, the final remedy is owed and support is reinforced meanwhile
    waited      while the customer had the word, the running pause not among them
    """

    since: datetime | None
    class_key: str
    promises: tuple[Kept, ...]
    past: tuple[Kept, ...]
    still: datetime | None
    reinforced: bool
    closed: datetime | None
    waited: tuple[Span, ...]

    def next_due(self, now: datetime) -> Kept | None:
        """Return the open promise that breaks next, overdue ones first; those that stand still come never."""
        running = [each for each in self.promises if each.standing(now) in {Standing.RUNNING, Standing.OVERDUE}]
        return min(running, key=lambda each: utc(each.due), default=None)

    def waited_until(self, now: datetime) -> timedelta:
        """Return how long the customer had the word up to a moment."""
        total = sum((span.length for span in self.waited), timedelta(0))
        return total if self.still is None else total + (utc(now) - utc(self.still))


@dataclass(slots=True, kw_only=True)
class Run:
    """What is known while a log is read."""

    promised: ServicePromises
    later: Mapping[str, ServicePromises]
    since: datetime | None = None
    class_key: str = ""
    kept: dict[str, Kept] = field(default_factory=dict)
    past: dict[str, Kept] = field(default_factory=dict)
    pauses: list[Span] = field(default_factory=list)
    waited: list[Span] = field(default_factory=list)
    still: datetime | None = None
    started: datetime | None = None
    informed: datetime | None = None
    reinforced: bool = False
    closed: datetime | None = None
    excluded: dict[str, Kept] = field(default_factory=dict)

    def result(self) -> Replayed:
        """Return what the whole log comes to."""
        held = (
            replace(each, still=self.still) if self.still and each.open and each.promise.pauses else each
            for each in self.kept.values()
        )
        return Replayed(
            since=self.since,
            class_key=self.class_key,
            promises=tuple(held),
            past=tuple(self.past.values()),
            still=self.still,
            reinforced=self.reinforced,
            closed=self.closed,
            waited=tuple(self.waited),
        )

    def promise(self, entry: Logged, why: Text) -> None:
        """Make the promises of the class, counted from the report; what was kept before stays kept."""
        if self.since is None or not self.class_key:
            return
        before = self.kept
        self.kept = {}
        for promise in self.promised.classes.get(self.class_key, ()):
            known = before.pop(promise.name, None) or self.past.pop(promise.name, None)
            self.kept[promise.name] = self._again(known, promise, entry=entry, why=why)
        for name, each in before.items():
            if name == PLAN:
                self.kept[name] = each
            else:
                self.past[name] = _dropped(each, entry.at)

    def _again(self, before: Kept | None, promise: Promise, *, entry: Logged, why: Text) -> Kept:
        assert self.since is not None  # only a report that counts makes promises
        if before is not None and before.done:
            return before
        made = Kept.made(promise, self.since, at=entry.at, why=why, pauses=self.pauses)
        return made if before is None else replace(made, history=(*before.history, *made.history))

    def end(self, names: Iterable[str], at: datetime) -> None:
        """Note that what these promise was done."""
        for name in names:
            each = self.kept.get(name)
            if each is not None and each.open:
                self.kept[name] = replace(each, ended=at, done=True)

    def drop(self, at: datetime) -> None:
        """Note that nothing open is owed any more."""
        self.kept = {name: _dropped(each, at) for name, each in self.kept.items()}

    def recount(self, entry: Logged, why: Text) -> None:
        """Count all that is open again."""
        for name, each in self.kept.items():
            if each.open:
                counted_from = None if name == PLAN else self.since
                self.kept[name] = each.recounted(at=entry.at, why=why, since=counted_from, pauses=self.pauses)

    def resume(self, at: datetime) -> bool:
        """End the pause that runs; whether one did."""
        if self.still is None:
            return False
        span = Span(self.still, at)
        self.pauses.append(span)
        self.waited.append(span)
        self.still = None
        return True


def _dropped(each: Kept, at: datetime) -> Kept:
    return replace(each, ended=at) if each.open else each
