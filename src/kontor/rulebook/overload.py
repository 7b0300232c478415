"""
Whether requests beyond a limit are called deliberate overload, and by when a person decides about it.

>>> from kontor.rulebook.terms import load
>>> rule = Threshold(minutes=2, within_minutes=60, decide_days=14)
>>> at = datetime.fromisoformat("2026-12-01T09:00+00:00")
>>> found = deliberate([at, at + timedelta(minutes=5)], rule, load("visitor"), today=date(2026, 12, 1))
>>> found.value.decide_by.isoformat(), str(found.clauses[0])
('2026-12-15', '6.5')
>>> deliberate([at], rule, load("visitor"), today=date(2026, 12, 1)).value is None
True
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.period import last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

OVERLOAD: Final = "overload"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """The house's own numbers: minutes beyond a limit, within how many, and calendar days for the decision."""

    minutes: int
    within_minutes: int
    decide_days: int


@dataclass(frozen=True, slots=True)
class Repeated:
    """Overload that was repeated: the first minute that counts, and the last day for the decision."""

    first: datetime
    decide_by: date


def forbidden_by(pack: TermsPack) -> tuple[Clause, ...]:
    """Return the clauses that forbid deliberate overload; none where the terms do not speak of it (FW-043)."""
    uses = pack.cooperation.forbidden_uses if pack.cooperation else None
    if uses is None:
        return ()
    return tuple(
        dict.fromkeys(clause for item in uses.value if item.key == OVERLOAD for clause in (item.clause or uses.clause,))
    )


def deliberate(
    minutes: Sequence[datetime], rule: Threshold, pack: TermsPack, *, today: date
) -> Ruling[Repeated | None]:
    """
    Decide whether minutes beyond a limit are repeated overload; only those within the rule's span of the last count.

    minutes  the beginnings of minutes in which a limit was passed, in any order, each once
    today    the house's day, from which the days for the decision are counted
    """
    last = max(minutes)
    counted = sorted(each for each in set(minutes) if last - each < timedelta(minutes=rule.within_minutes))
    inputs = (
        ("minutes", str(len(counted))), ("threshold", str(rule.minutes)), ("within", f"{rule.within_minutes} minutes"),
    )  # fmt: skip
    step = said(
        "{count} Minuten über der Grenze innerhalb von {within} Minuten; ab {minutes} gilt das als gezielt.",
        "{count} minutes beyond the limit within {within} minutes; from {minutes} on that counts as deliberate.",
        count=len(counted), within=rule.within_minutes, minutes=rule.minutes,
    )  # fmt: skip
    if len(counted) < rule.minutes:
        return Ruling(None, forbidden_by(pack), inputs, (step,))
    by = last_day_after(today, Duration(rule.decide_days, Unit.DAYS))
    clauses = forbidden_by(pack)
    silent = Text("Die Bedingungen sprechen nicht davon.", "The terms do not speak of it.")
    decide = said("Zu entscheiden bis {by}.", "To be decided by {by}.", by=day(by))
    return Ruling(Repeated(counted[0], by), clauses, inputs, (step, decide) if clauses else (step, silent, decide))
