"""
A new sub-processor: announced in time, and off for a customer until its period is over or it has approved.

The period to object starts with receipt, whose day is not counted, and ends with its last day; from the next day on
silence accepts. A notice received on 1 June under fifteen days can be objected to until 16 June, and is accepted on
17 June.

>>> from kontor.rulebook.duration import Duration
>>> change = Change(mode="general", received_on=date(2026, 6, 1), within=Duration.parse("15 days"))
>>> standing(change, on=date(2026, 6, 16)).value, standing(change, on=date(2026, 6, 17)).value
(<Standing.WAITING: 'WAITING'>, <Standing.ACCEPTED: 'ACCEPTED'>)
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import ONE_DAY, last_day_after, latest_before
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, ToBeAgreed
from kontor.rulebook.wording import said, weekday

Mode = Literal["specific", "general"]


class Standing(StrEnum):
    """Where a change stands for one customer; only ACCEPTED lets the new party touch its data."""

    WAITING = "WAITING"
    HELD = "HELD"
    ACCEPTED = "ACCEPTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """
    What a contract says about sub-processors.

    mode      "specific": each is approved; "general": each is announced and may be objected to; None: silent
    within    how long may be objected; None where a contract without a mode knows no objection
    notice    how long before it is announced; `where_possible` lets a later announcement stand with its reason
    """

    mode: Mode | None
    within: Duration | None
    notice: Duration | None
    where_possible: bool
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change as one customer received it, and what it answered; dates are days in the contract's zone."""

    mode: Mode | None
    received_on: date
    within: Duration | None
    effective_on: date | None = None
    objected_on: date | None = None
    approved_on: date | None = None


def rule_of(pack: TermsPack) -> Rule:
    """
    Return what a contract's terms say; a mode to be agreed that nobody agreed counts as "specific".

    Where the terms name one period only, the lead time is the period to object (Implementing Decision (EU) 2021/915,
    clause 7.7 (a), option 2).
    """
    told = pack.subprocessors
    if told is None:
        return Rule(mode="specific", within=None, notice=None, where_possible=False, clauses=())
    mode, notice, within = told.mode, told.notice, told.objection_within
    found = [each for each in (mode, notice, within) if each is not None]
    clauses = tuple(dict.fromkeys(clause for each in found for clause in each.clauses))
    lead = None if notice is None or isinstance(notice, ToBeAgreed) else notice.value
    objecting = lead if within is None or isinstance(within, ToBeAgreed) else within.value
    chosen: Mode | None = None
    if mode is not None:
        chosen = "specific" if isinstance(mode, ToBeAgreed) else mode.value
    if chosen == "general" and objecting is None:
        chosen = "specific"
    possible = told.notice_where_possible
    return Rule(
        mode=chosen,
        within=objecting if chosen == "general" else None,
        notice=lead,
        where_possible=possible is not None and not isinstance(possible, ToBeAgreed) and bool(possible.value),
        clauses=clauses,
    )


def announced(rule: Rule, *, announced_on: date, effective_on: date, reason: str) -> Ruling[bool]:
    """
    Tell whether a change is announced in time: that many whole days lie between the announcement and its effect.

    RefusalError for a late one: without a reason where the contract says "where possible", always where it does not.
    """
    inputs = (("announced_on", announced_on.isoformat()), ("effective_on", effective_on.isoformat()))
    if rule.notice is None:
        step = Text("Die Bedingungen nennen keinen Vorlauf.", "The terms name no lead time.")
        return Ruling(announced_on < effective_on, rule.clauses, inputs, (step,))
    latest = latest_before(effective_on, rule.notice)
    steps = [
        said(
            "{notice} vor dem {effective}: anzukündigen spätestens am {latest}.",
            "{notice} before {effective}: to be announced on {latest} at the latest.",
            notice=rule.notice.spoken,
            effective=weekday(effective_on),
            latest=weekday(latest),
        )
    ]
    if announced_on > latest and not (rule.where_possible and reason.strip()):
        raise RefusalError(steps[0])
    if announced_on > latest:
        steps.append(said("Später angekündigt, weil: {why}", "Announced later, because: {why}", why=reason.strip()))
    return Ruling(announced_on <= latest, rule.clauses, inputs, tuple(steps))


def standing(change: Change, *, on: date, clauses: Iterable[Clause] = ()) -> Ruling[Standing]:
    """Decide where a change stands for a customer on a day; an objection after the period changes nothing."""
    inputs = [("received_on", change.received_on.isoformat()), ("on", on.isoformat())]
    if change.approved_on is not None and change.approved_on <= on:
        return _stands(Standing.ACCEPTED, change.approved_on, _APPROVED, clauses, inputs)
    last = _last_day(change)
    if change.objected_on is not None and (last is None or change.objected_on <= last):
        return _stands(Standing.HELD, change.objected_on, _OBJECTED, clauses, inputs)
    if change.mode == "specific":
        return _stands(Standing.WAITING, change.received_on, _SPECIFIC, clauses, inputs)
    first = change.effective_on if last is None else last + ONE_DAY
    if first is None or on >= first:
        return _stands(Standing.ACCEPTED, first or change.received_on, _SILENT, clauses, inputs)
    return _stands(Standing.WAITING, first, _OPEN, clauses, inputs)


def last_day(change: Change) -> date | None:
    """Return the last day on which an objection counts; None where no period runs."""
    return _last_day(change)


def _last_day(change: Change) -> date | None:
    return None if change.within is None else last_day_after(change.received_on, change.within)


_APPROVED = ("Genehmigt am {day}.", "Approved on {day}.")
_OBJECTED = (
    "Widersprochen am {day}: nichts geschieht, bis das geklärt ist.",
    "Objected on {day}: nothing happens before it is settled.",
)
_SPECIFIC = (
    "Zugegangen am {day}; nötig ist die Genehmigung, Schweigen genügt nicht.",
    "Received on {day}; approval is needed, silence is not enough.",
)
_SILENT = ("Ohne Widerspruch angenommen seit {day}.", "Accepted without objection since {day}.")
_OPEN = (
    "Ohne Widerspruch angenommen ab {day}; bis dahin bleibt es aus.",
    "Without objection accepted from {day}; off until then.",
)


def _stands(
    value: Standing, day: date, words: tuple[str, str], clauses: Iterable[Clause], inputs: Iterable[tuple[str, str]]
) -> Ruling[Standing]:
    return Ruling(value, tuple(clauses), tuple(inputs), (said(*words, day=weekday(day)),))
