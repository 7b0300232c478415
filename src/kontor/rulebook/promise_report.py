"""
What became of the promises of a month: met, missed, no longer owed, by class and promise.

A promise belongs to the month in which it fell due, by the contract's clocks; what was done earlier counts there too,
and so a promise is counted once and in one month only. What is overdue and not done is missed.

>>> from datetime import UTC
>>> due = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
>>> belongs(due, date(2026, 12, 1), zone="Europe/Berlin"), belongs(due, date(2026, 11, 1), zone="Europe/Berlin")
(True, False)
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Final
from zoneinfo import ZoneInfo

from kontor.rulebook.kept import Standing

_MISSED: Final = frozenset({Standing.MISSED, Standing.OVERDUE})
_OPEN: Final = frozenset({Standing.RUNNING, Standing.STILL})


@dataclass(frozen=True, slots=True)
class Tally:
    """
    How many promises of one name in one class came to what.

    dropped  no longer owed before they were due; open  due in this month, and still running or standing
    """

    class_key: str
    promise: str
    met: int
    missed: int
    dropped: int
    open: int

    @property
    def kept(self) -> Fraction | None:
        """
        The share of those decided that were kept; None where none was.

        >>> Tally("class_1", "reaction", met=3, missed=1, dropped=2, open=1).kept
        Fraction(3, 4)
        """
        decided = self.met + self.missed
        return Fraction(self.met, decided) if decided else None


def belongs(due: datetime, month: date, *, zone: str) -> bool:
    """Tell whether a promise belongs to a month, given by its first day, in the contract's zone."""
    on = due.astimezone(ZoneInfo(zone)).date()
    return (on.year, on.month) == (month.year, month.month)


def tallied(promises: Iterable[tuple[str, str, Standing]]) -> list[Tally]:
    """
    Add up promises (class, name, standing), in the order of class and name.

    >>> tallied([("class_1", "reaction", Standing.MET), ("class_1", "reaction", Standing.OVERDUE)])
    [Tally(class_key='class_1', promise='reaction', met=1, missed=1, dropped=0, open=0)]
    """
    counts: dict[tuple[str, str], Counter[str]] = {}
    for class_key, name, standing in promises:
        counts.setdefault((class_key, name), Counter())[_kind(standing)] += 1
    return [
        Tally(class_key, name, found["met"], found["missed"], found["dropped"], found["open"])
        for (class_key, name), found in sorted(counts.items())
    ]


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return all of them as one, of no class and no name."""
    rows = list(tallies)
    met, missed, dropped, opened = (
        sum(getattr(each, name) for each in rows) for name in ("met", "missed", "dropped", "open")
    )
    return Tally("", "", met, missed, dropped, opened)


def _kind(standing: Standing) -> str:
    if standing in _MISSED:
        return "missed"
    if standing in _OPEN:
        return "open"
    return "met" if standing is Standing.MET else "dropped"
