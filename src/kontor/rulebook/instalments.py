"""
A payment plan: while it is kept nobody is reminded; the first instalment missed makes the rest due at once.

>>> euro = lambda amount: Money.parse(amount, "EUR")
>>> plan = [Instalment(date(2026, 6, 1), euro("100")), Instalment(date(2026, 7, 1), euro("100"))]
>>> broken_on(plan, [(date(2026, 6, 1), euro("100"))], on=date(2026, 7, 1)) is None
True
>>> broken_on(plan, [(date(2026, 6, 1), euro("100"))], on=date(2026, 7, 2)).isoformat()
'2026-07-02'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said


@dataclass(frozen=True, slots=True)
class Instalment:
    """An amount and the last day on which it is in time."""

    due: date
    amount: Money


def broken_on(plan: Sequence[Instalment], paid: Sequence[tuple[date, Money]], *, on: date) -> date | None:
    """
    Return the day from which a plan counts as broken, None while it is kept.

    paid  (day, amount) of everything that came in since the plan was agreed, in any division
    on    the day asked about
    """
    for place, instalment in enumerate(plan, start=1):
        if instalment.due >= on:
            return None
        currency = instalment.amount.currency
        wanted = Money.total((each.amount for each in plan[:place]), currency)
        came = Money.total((amount for when, amount in paid if when <= instalment.due), currency)
        if came < wanted:
            return instalment.due + ONE_DAY
    return None


def refuse_unfit(plan: Sequence[Instalment], *, owed: Money, on: date) -> None:
    """RefusalError unless the instalments ascend from `on` and are together what is owed."""
    days = [each.due for each in plan]
    if not plan or days != sorted(set(days)) or days[0] < on:
        raise RefusalError(
            Text("Die Raten brauchen aufsteigende Tage ab heute.", "The instalments need ascending days from today on.")
        )
    together = Money.total((each.amount for each in plan), owed.currency)
    if any(each.amount.minor <= 0 for each in plan) or together != owed:
        raise RefusalError(
            said(
                "Die Raten ergeben zusammen {together}; geschuldet sind {owed}.",
                "The instalments are {together} together; {owed} is owed.",
                together=together.text,
                owed=owed.text,
            )
        )
