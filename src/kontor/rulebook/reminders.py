"""
Which reminder comes next, and from which day: one after the other, never two at once.

No text here names such steps: how often and when is reminded is the house's own habit, unless an offer agreed on their
number. A step waits for its day, and for the end of the time to pay that the step before it gave.

>>> week = Duration.parse("7 days")
>>> steps = [ReminderStep("reminder-1", 7, week), ReminderStep("reminder-2", 21, week)]
>>> first = next_reminder(steps, due=date(2026, 5, 15)).value
>>> first.step.key, first.on.isoformat()
('reminder-1', '2026-05-22')
>>> late = Sent("reminder-1", date(2026, 6, 10), date(2026, 6, 17))  # after a stop: the second waits for its end
>>> next_reminder(steps, due=date(2026, 5, 15), sent=[late]).value.on.isoformat()
'2026-06-18'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, last_day_after
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.wording import day, said

# What is open after rounding alone: the smallest coin is never pursued, whatever a house decides.
SMALLEST_MINOR: Final = 1


@dataclass(frozen=True, slots=True)
class ReminderStep:
    """
    One reminder.

    key         unique within the plan; the step is sent once for each claim
    days_late   the day of delay on which it may go
    pay_within  the time to pay that it gives
    """

    key: str
    days_late: int
    pay_within: Duration


@dataclass(frozen=True, slots=True)
class Sent:
    """A reminder that went out, and until when it asked to be paid."""

    key: str
    on: date
    pay_until: date


@dataclass(frozen=True, slots=True)
class Coming:
    """The next reminder and the first day on which it may go."""

    step: ReminderStep
    on: date


def next_reminder(steps: Sequence[ReminderStep], *, due: date, sent: Sequence[Sent] = ()) -> Ruling[Coming | None]:
    """Return the first step that was not sent, None after the last; `due` is the last day of payment in time."""
    known = {each.key for each in sent}
    step = next((each for each in steps if each.key not in known), None)
    if step is None:
        return Ruling(None, (), (), (said("Alle Stufen sind versandt.", "All steps have been sent."),))
    by_delay = due + timedelta(days=step.days_late)
    waits = max((each.pay_until for each in sent), default=due) + ONE_DAY
    working = [
        said(
            "Tag {days} des Verzugs ist der {on}.",
            "Day {days} of the delay is {on}.",
            days=step.days_late,
            on=day(by_delay),
        )
    ]
    if sent:
        words = "Die Frist der vorigen Stufe ist ab {on} vorbei.", "The time the previous step gave is over from {on}."
        working.append(said(*words, on=day(waits)))
    inputs = (("due", due.isoformat()), ("step", step.key))
    return Ruling(Coming(step, max(by_delay, waits)), (), inputs, tuple(working))


def pay_until(step: ReminderStep, *, sent_on: date) -> date:
    """
    Return the last day to pay that a reminder gives.

    >>> pay_until(ReminderStep("reminder-1", 7, Duration.parse("7 days")), sent_on=date(2026, 5, 22)).isoformat()
    '2026-05-29'
    """
    return last_day_after(sent_on, step.pay_within)


def worth_reminding(principal: Money, tolerance: Money) -> bool:
    """
    Tell whether a claim is large enough to be reminded of.

    >>> cent = Money.parse("0.01", "EUR")
    >>> worth_reminding(cent, cent), worth_reminding(Money.parse("0.02", "EUR"), cent)
    (False, True)
    """
    return principal > tolerance
