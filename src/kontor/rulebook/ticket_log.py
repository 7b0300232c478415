"""
What is logged of a report, so that every due moment can be derived from it again.

>>> from datetime import UTC
>>> Logged(datetime(2026, 11, 23, 13, 30, tzinfo=UTC), What.PAUSED)
Traceback (most recent call last):
...
kontor.rulebook.refusal.RefusalError: A pause needs its reason: what was the customer asked?
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from kontor.rulebook.moment import utc
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class What(StrEnum):
    """
    What happened to a report.

    REPORTED       it reached us; detail "held": no clock yet; "closed": it was noted after the fact and starts none
    STARTED        what was held is confirmed: its clocks start now
    CLASSIFIED     detail: the class; counted from the report, whenever it is classified
    AUTOREPLIED    a machine answered, which keeps no promise
    WORK_STARTED   somebody began to remedy it
    INFORMED       the customer was told by a person that work began
    ANSWERED       a person answered the customer
    PAUSED         detail: what the customer was asked; while paused already nothing begins again
    RESUMED        the customer answered
    WORKED_AROUND  detail "reasonable" or why not
    PLANNED        the action plan for the final remedy was set
    RESTORED       it works again, detail how
    DECIDED        a claim was decided
    EXCLUDED       detail: the exclusion; nothing is owed any more
    COVERED        the exclusion was wrong: counted as if it had never been
    MERGED         another report of the same joined this one; `moment` is when that one reached us
    KNOWN          the provider knew since `moment`
    JOINED         this report was joined to another, which carries on
    CALENDAR       detail: the version of the promises in force from now on
    CLOSED         done
    REOPENED       not done after all
    """

    REPORTED = "reported"
    STARTED = "started"
    CLASSIFIED = "classified"
    AUTOREPLIED = "autoreplied"
    WORK_STARTED = "work_started"
    INFORMED = "informed"
    ANSWERED = "answered"
    PAUSED = "paused"
    RESUMED = "resumed"
    WORKED_AROUND = "worked_around"
    PLANNED = "planned"
    RESTORED = "restored"
    DECIDED = "decided"
    EXCLUDED = "excluded"
    COVERED = "covered"
    MERGED = "merged"
    KNOWN = "known"
    JOINED = "joined"
    CALENDAR = "calendar"
    CLOSED = "closed"
    REOPENED = "reopened"


HELD: Final = "held"
BORN_CLOSED: Final = "closed"
REASONABLE: Final = "reasonable"
_NEEDS_DETAIL: Final = {
    What.PAUSED: Text(
        "Eine Pause braucht ihren Grund: Was wurde der Kunde gefragt?",
        "A pause needs its reason: what was the customer asked?",
    ),
    What.CLASSIFIED: Text("Eine Einstufung nennt ihre Klasse.", "A classification names its class."),
    What.EXCLUDED: Text("Ein Ausschluss nennt, worunter er fällt.", "An exclusion names what the report falls under."),
}
_NEEDS_MOMENT: Final = frozenset({What.MERGED, What.KNOWN})


@dataclass(frozen=True, slots=True)
class Logged:
    """
    One entry: when it happened, what, and the word or moment that belongs to it.

    Raises RefusalError where a pause, a class or an exclusion says nothing, or another report's moment is missing.
    """

    at: datetime
    what: What
    detail: str = ""
    moment: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse an entry that lacks what the clocks need."""
        utc(self.at)
        if self.what in _NEEDS_DETAIL and not self.detail.strip():
            raise RefusalError(_NEEDS_DETAIL[self.what])
        if self.what in _NEEDS_MOMENT and self.moment is None:
            german = "Zu einer anderen Meldung gehört der Zeitpunkt, zu dem sie bekannt wurde."
            raise RefusalError(Text(german, "Another report comes with the moment at which it became known."))


def waited(entries: Iterable[Logged], *, until: datetime) -> timedelta:
    """
    Return how long a report has waited for the customer's answers, by its log in the order of time (crm §5).

    From each question to its answer, or to the end of the report; one that still waits counts to `until`.

    >>> from datetime import UTC
    >>> asked, told = datetime(2026, 11, 23, 9, tzinfo=UTC), datetime(2026, 11, 23, 11, 30, tzinfo=UTC)
    >>> str(waited([Logged(asked, What.PAUSED, "Which browser?"), Logged(told, What.RESUMED)], until=told))
    '2:30:00'
    """
    total, since = timedelta(0), None
    for entry in entries:
        if entry.what is What.PAUSED and since is None:
            since = entry.at
        elif entry.what in _ENDS_WAITING and since is not None:
            total, since = total + (entry.at - since), None
    return total if since is None else total + (until - since)


_ENDS_WAITING: Final = {What.RESUMED, What.CLOSED, What.JOINED}
