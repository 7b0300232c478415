"""
When the provider may block an access, and from when: a listed reason, interests weighed, announced in time.

>>> from datetime import UTC, datetime
>>> from kontor.rulebook import terms
>>> plan = Block("technical", told=datetime(2026, 11, 23, 9, tzinfo=UTC), weighed=True)
>>> ruling = may_block(terms.load("visitor"), plan, at=datetime(2026, 11, 23, 9, tzinfo=UTC))
>>> ruling.value.earliest.isoformat(), ruling.value.because
('2026-11-25T00:00:00+01:00', '')
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kontor.rulebook.calc.facts import holiday_list
from kontor.rulebook.calendar import MONDAY_TO_FRIDAY, NO_HOLIDAYS, WorkingDays
from kontor.rulebook.moment import utc
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.terms.protection import Blocking
from kontor.rulebook.wording import moment, said

_SATURDAY = 5
_NOT_LISTED = Text("Der Vertrag nennt diesen Grund nicht.", "The contract does not name this reason.")
_NO_PERIOD = Text("Der Vertrag verlangt keine Ankündigung.", "The contract asks for no announcement.")
_AT_ONCE = Text("Sofort, mit genannter Begründung.", "At once, with the justification given.")
_WEIGH = Text("Die Interessen des Kunden sind abzuwägen.", "The customer's interests must be weighed.")
_JUSTIFY = Text(
    "Ohne Ankündigung ist zu begründen, warum sie unzumutbar ist oder den Zweck vereitelt.",
    "Without an announcement it must be justified why one is unreasonable or defeats the purpose.",
)


@dataclass(frozen=True, slots=True)
class Block:
    """
    A block that is planned.

    reason     a key of the pack's list
    told       when it was announced in text form, None where it was not
    weighed    the customer's interests were weighed
    immediate  a justification for doing without an announcement is given
    """

    reason: str
    told: datetime | None = None
    weighed: bool = False
    immediate: bool = False


@dataclass(frozen=True, slots=True)
class MayBlock:
    """
    Whether the block may be laid, and from when.

    earliest  the first moment at which it may take effect; None where it may not be laid
    because   what is missing: "reason", "weighing", "announcement"; "" where nothing is
    """

    earliest: datetime | None
    because: str = ""


def reasons(pack: TermsPack) -> tuple[tuple[str, Text], ...]:
    """Return the reasons for which a pack lets the provider block, in its order; none where it knows no block."""
    listed = pack.blocking.reasons if pack.blocking else None
    return tuple((each.key, Text(each.de, each.en)) for each in listed.value) if listed else ()


def may_block(pack: TermsPack, plan: Block, *, at: datetime) -> Ruling[MayBlock]:
    """
    Decide whether and from when a block may take effect (visitor 4.1.6).

    A working day lies between the day of the announcement and the block: told on a Monday it holds from Wednesday 0:00.
    """
    rule = pack.blocking
    inputs = (("reason", plan.reason), ("at", at.isoformat()))
    if rule is None or rule.reasons is None or plan.reason not in {each.key for each in rule.reasons.value}:
        return Ruling(MayBlock(None, "reason"), _clauses(rule), inputs, (_NOT_LISTED,))
    clauses: tuple[Clause, ...] = (rule.reasons.clause,)
    if rule.interests_weighed is not None and not plan.weighed:
        return Ruling(MayBlock(None, "weighing"), (rule.interests_weighed.clause,), inputs, (_WEIGH,))
    if rule.notice is None:
        return Ruling(MayBlock(at), clauses, inputs, (_NO_PERIOD,))
    clauses = tuple(dict.fromkeys((*clauses, rule.notice.clause)))
    if plan.immediate:
        return Ruling(MayBlock(at), clauses, inputs, (_AT_ONCE,))
    if plan.told is None:
        return Ruling(MayBlock(None, "announcement"), clauses, inputs, (_JUSTIFY,))
    earliest = max(_after(rule, rule.notice.value.amount, plan.told.astimezone(ZoneInfo(pack.zone))), at, key=utc)
    step = said(
        "Angekündigt am {told}; ein voller Werktag liegt dazwischen: ab {earliest}.",
        "Announced on {told}; one full working day lies between: from {earliest}.",
        told=moment(plan.told.astimezone(ZoneInfo(pack.zone))),
        earliest=moment(earliest),
    )
    return Ruling(MayBlock(earliest), clauses, inputs, (step,))


def _after(rule: Blocking, count: int, told: datetime) -> datetime:
    """Return the midnight after so many whole working days from the announcement, in its own zone."""
    counted = MONDAY_TO_FRIDAY | {_SATURDAY} if _saturdays(rule) else MONDAY_TO_FRIDAY
    days = WorkingDays(holiday_list(rule.holidays.value) if rule.holidays else NO_HOLIDAYS, counted)
    return datetime.combine(days.add(told.date(), count) + timedelta(days=1), time(), told.tzinfo)


def _saturdays(rule: Blocking) -> bool:
    return rule.working_days is not None and rule.working_days.value == "mon_sat"


def _clauses(rule: Blocking | None) -> tuple[Clause, ...]:
    return (rule.reasons.clause,) if rule is not None and rule.reasons is not None else ()
