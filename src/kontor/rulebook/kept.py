"""What became of one promise: by when it is due, since when its clock stands, whether it was kept."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Protocol, Self

from kontor.rulebook.calc.promised import Promise, due
from kontor.rulebook.moment import Span, utc
from kontor.rulebook.ruling import Ruling, Text
from kontor.rulebook.wording import moment, said


class Standing(StrEnum):
    """
    How a promise stands at a moment.

    RUNNING   its clock runs and it is not due yet
    STILL     its clock stands: we wait for the customer
    OVERDUE   due and not done
    MET       done in time
    MISSED    done, or no longer owed, but too late
    DROPPED   no longer owed, and not overdue by then
    """

    RUNNING = "running"
    STILL = "still"
    OVERDUE = "overdue"
    MET = "met"
    MISSED = "missed"
    DROPPED = "dropped"


class Clock(Protocol):
    """A promise as its log left it: when it is due, since when it stands, when it ended and whether it was done."""

    @property
    def due(self) -> datetime:
        """The moment by which it is to be kept."""

    @property
    def still(self) -> datetime | None:
        """Since when its clock stands."""

    @property
    def ended(self) -> datetime | None:
        """When it was done, or no longer owed."""

    @property
    def done(self) -> bool:
        """Whether what was promised was done."""


def standing(clock: Clock, now: datetime) -> Standing:
    """Say how a promise stands at a moment."""
    last = utc(clock.due)
    if clock.ended is not None:
        if utc(clock.ended) > last:
            return Standing.MISSED
        return Standing.MET if clock.done else Standing.DROPPED
    # A pause that began after the due moment no longer helps.
    if clock.still is not None and utc(clock.still) <= last:
        return Standing.STILL
    return Standing.OVERDUE if utc(now) > last else Standing.RUNNING


@dataclass(frozen=True, slots=True)
class Made:
    """
    One due moment as it was promised, which stays in the log whatever comes later.

    at    when it was promised
    due   the moment
    why   what made it
    """

    at: datetime
    due: datetime
    why: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """
    A promise made for one report.

    since    the moment from which it counts
    still    since when its clock stands; None while it runs
    ended    when it was done, or no longer owed
    done     whether what was promised was done; a promise that is dropped was not
    ruling   the due moment, with the clauses and the working
    history  every due moment it ever had, oldest first
    """

    promise: Promise
    since: datetime
    ruling: Ruling[datetime]
    pauses: tuple[Span, ...] = ()
    still: datetime | None = None
    ended: datetime | None = None
    done: bool = False
    history: tuple[Made, ...] = field(default=())

    @classmethod
    def made(cls, promise: Promise, since: datetime, *, at: datetime, why: Text, pauses: Iterable[Span] = ()) -> Self:
        """Return the promise as it is made at a moment, counted from `since`, less the pauses there were."""
        held = tuple(pauses) if promise.pauses else ()
        ruling = due(promise, since, pauses=held)
        return cls(promise=promise, since=since, ruling=ruling, pauses=held, history=(Made(at, ruling.value, why),))

    @property
    def name(self) -> str:
        """A key of `promised.NAMES`."""
        return self.promise.name

    @property
    def due(self) -> datetime:
        """The moment by which it is to be kept; while its clock stands, as if no pause ran."""
        return self.ruling.value

    @property
    def open(self) -> bool:
        """Whether it is still owed."""
        return self.ended is None

    def standing(self, now: datetime) -> Standing:
        """Say how it stands at a moment."""
        return standing(self, now)

    def recounted(
        self, *, at: datetime, why: Text, since: datetime | None = None, pauses: Iterable[Span] | None = None
    ) -> Self:
        """Return it with its due moment counted again; the older one stays in the history."""
        start = self.since if since is None else since
        held = self.pauses if pauses is None or not self.promise.pauses else tuple(pauses)
        ruling = due(self.promise, start, pauses=held)
        history = self.history
        if utc(ruling.value) != utc(self.due):
            history = (*history, Made(at, ruling.value, why))
        return replace(self, since=start, pauses=held, ruling=ruling, history=history)

    def under(self, promise: Promise, *, at: datetime) -> Self:
        """Return it with what another calendar would have promised noted; its due moment stays as it was promised."""
        other = due(promise, self.since, pauses=self.pauses).value
        why = said(
            "Der neue Kalender ergäbe {other}; das Versprochene bleibt.",
            "The new calendar would give {other}; what was promised stays.",
            other=moment(other),
        )
        return replace(self, history=(*self.history, Made(at, self.due, why)))
