"""
When an invitation lets somebody in, when a briefing is asked again, and what a service company must have proved.

Days are those of the site: a visit at night may begin on one and end on the next, and clocks may change meanwhile.

>>> from zoneinfo import ZoneInfo
>>> berlin = ZoneInfo("Europe/Berlin")
>>> opens, closes = open_between(
...     datetime(2026, 3, 28, 23, tzinfo=berlin), datetime(2026, 3, 29, 1, tzinfo=berlin), zone=berlin, early_minutes=60
... )
>>> str(opens), str(closes)
('2026-03-28 22:00:00+01:00', '2026-03-30 00:00:00+02:00')
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final


class NotAdmitted(StrEnum):
    """Why an invitation lets nobody in now."""

    UNKNOWN = "unknown"
    OTHER_SITE = "other_site"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    NOT_ALLOWED = "not_allowed"
    USED = "used"
    EARLY = "early"
    OVER = "over"


_REFUSED: Final = {
    "asked": NotAdmitted.NOT_ALLOWED,
    "refused": NotAdmitted.NOT_ALLOWED,
    "cancelled": NotAdmitted.CANCELLED,
    "in": NotAdmitted.USED,
    "out": NotAdmitted.USED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """
    What is known of an invitation that somebody shows.

    state   "asked", "refused", "expected", "cancelled", "in", "out" or "missed"
    newest  no later code made the one that is shown worthless
    """

    state: str
    here: bool
    newest: bool
    begins_at: datetime
    ends_at: datetime


def open_between(
    begins_at: datetime, ends_at: datetime, *, zone: tzinfo, early_minutes: int
) -> tuple[datetime, datetime]:
    """
    Return from when until before when an invitation lets in: some minutes early, and to the end of its last day.

    Both are in the site's zone; minutes are counted as they pass, also in the night in which clocks change.
    """
    opens = (begins_at.astimezone(UTC) - timedelta(minutes=early_minutes)).astimezone(zone)
    last = ends_at.astimezone(zone).date()
    return opens, datetime.combine(last + timedelta(days=1), time(), tzinfo=zone)


def refused(invitation: Invitation, *, at: datetime, zone: tzinfo, early_minutes: int) -> NotAdmitted | None:
    """Return why an invitation lets nobody in at a moment, None where it does (visitor, Anlage 1, 1.2)."""
    if not invitation.here:
        return NotAdmitted.OTHER_SITE
    if invitation.state in _REFUSED:
        return _REFUSED[invitation.state]
    if not invitation.newest:
        return NotAdmitted.WITHDRAWN
    opens, closes = open_between(invitation.begins_at, invitation.ends_at, zone=zone, early_minutes=early_minutes)
    if at.astimezone(UTC) < opens.astimezone(UTC):
        return NotAdmitted.EARLY
    return NotAdmitted.OVER if at.astimezone(UTC) >= closes.astimezone(UTC) else None


def asked_again(answered_on: date | None, valid_days: int | None, *, today: date) -> bool:
    """
    Tell whether somebody is asked: never answered, or so many days have passed since; None: at each visit.

    >>> signed = date(2025, 3, 1)
    >>> [asked_again(signed, 365, today=day) for day in (date(2026, 2, 1), date(2026, 3, 1), date(2026, 3, 2))]
    [False, False, True]
    """
    if answered_on is None or valid_days is None:
        return True
    return today > answered_on + timedelta(days=valid_days)


def gone_after(over_on: date, *, of_kind: int | None, of_site: int | None) -> date | None:
    """
    Return the last day on which a visit stays that was over on a day: as its kind says, else as its site does.

    of_kind, of_site  days that whoever answers for the data settled; with neither, nothing goes by itself: None

    >>> day = date(2026, 11, 2)
    >>> [str(gone_after(day, of_kind=kind, of_site=site)) for kind, site in ((None, 30), (0, 30), (None, None))]
    ['2026-12-02', '2026-11-02', 'None']
    """
    days = of_site if of_kind is None else of_kind
    return None if days is None else over_on + timedelta(days=days)


class Lack(StrEnum):
    """What a service company or one of its people falls short of."""

    BLOCKED = "blocked"
    MISSING = "missing"
    NOT_YET = "not_yet"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Shown:
    """A proof that was shown: of which kind, from which day, and its last day, None where it does not run out."""

    kind: str
    first_day: date
    last_day: date | None


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What is missing, of which kind of proof ("" where somebody is blocked), and the day it ran out."""

    lack: Lack
    kind: str = ""
    day: date | None = None


def shortfalls(
    required: Collection[str], shown: Iterable[Shown], *, blocked: bool, today: date
) -> tuple[Shortfall, ...]:
    """
    Return what stands in the way of somebody who must have shown proofs of these kinds; () where nothing does.

    A proof still holds on its last day. Of several proofs of a kind one that holds is enough; where none does, the one
    that ran out last is named.

    >>> shortfalls(["liability"], [Shown("liability", date(2026, 1, 1), date(2026, 11, 22))], blocked=False,
    ...            today=date(2026, 11, 23))
    (Shortfall(lack=<Lack.EXPIRED: 'expired'>, kind='liability', day=datetime.date(2026, 11, 22)),)
    """
    proofs = list(shown)
    found = [Shortfall(Lack.BLOCKED)] if blocked else []
    for kind in required:
        of_kind = [each for each in proofs if each.kind == kind]
        if not any(_holds(each, today) for each in of_kind):
            found.append(_shortfall(kind, of_kind, today))
    return tuple(found)


def _holds(proof: Shown, today: date) -> bool:
    return proof.first_day <= today and (proof.last_day is None or today <= proof.last_day)


def _shortfall(kind: str, of_kind: list[Shown], today: date) -> Shortfall:
    over = [each.last_day for each in of_kind if each.last_day is not None and each.last_day < today]
    if over:
        return Shortfall(Lack.EXPIRED, kind, max(over))
    later = [each.first_day for each in of_kind]
    return Shortfall(Lack.NOT_YET, kind, min(later)) if later else Shortfall(Lack.MISSING, kind)


def proved_seconds(came: datetime, left: datetime | None, *, assumed: bool) -> int | None:
    """
    Return the working time that a stay proves, in whole seconds; None while nobody saw them leave.

    Both moments are read as a clock shows them, to the second, and nothing is rounded from there on: what is listed
    adds up. It is time that passed, so that the night in which clocks go back has its 25th hour.

    >>> from zoneinfo import ZoneInfo
    >>> berlin = ZoneInfo("Europe/Berlin")
    >>> proved_seconds(datetime(2026, 10, 25, 1, 30, tzinfo=berlin), datetime(2026, 10, 25, 3, 30, tzinfo=berlin),
    ...                assumed=False) / 3600
    3.0
    """
    if left is None or assumed:
        return None
    return int(left.timestamp()) - int(came.timestamp())
