"""
A defect that a customer claims: how late it was told, what stands in the way of its claims, when a remedy counts.

>>> clauses = (Clause("visitor", "4.5.7"),)
>>> told = notice(date(2026, 5, 1), date(2026, 5, 20), clauses=clauses)
>>> told.value, told.working[0].en
(19, 'Noticed on 1 May 2026, told in text form on 20 May 2026: 19 days.')
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms.service import Defects
from kontor.rulebook.wording import day, said

INSTRUCTION: Final = "instruction"
LAST_PERIOD: Final = 2
_UNDECIDED: Final = Text("Anzeige verspätet, Ansprüche ausgeschlossen?", "Late notice, claims excluded?")
_EXCLUDED: Final = Text("Die Anzeige kam zu spät.", "The notice came too late.")
_INTERFERED: Final = Text(
    "Der Kunde hat eingegriffen; es fehlt der Nachweis, dass das ohne Einfluss war.",
    "The customer interfered; the proof that this had no effect is missing.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """
    What is known of a defect.

    late        what was decided of a late notice: None not yet, True admitted all the same, False excluded
    interfered  the customer modified it or used it against the documentation; proved  that this had no effect
    """

    noticed_on: date
    reported_on: date
    late: bool | None = None
    interfered: bool = False
    proved: bool = False


def clauses_of(terms: Defects | None) -> tuple[Clause, ...]:
    """Return the clauses of what claims need; RefusalError where the terms say nothing of defects."""
    if terms is None or terms.claims_need is None:
        raise RefusalError(
            Text("Diese Bedingungen sagen nichts zu Mängeln.", "These terms say nothing about defects."),
        )
    return terms.claims_need.clauses


def notice(noticed_on: date, reported_on: date, *, clauses: tuple[Clause, ...]) -> Ruling[int]:
    """Return how many days lie between noticing a defect and telling it; RefusalError where it was told before."""
    days = (reported_on - noticed_on).days
    if days < 0:
        raise RefusalError(
            Text("Angezeigt wird ein Mangel, nachdem er bemerkt ist.", "A defect is told after it was noticed.")
        )
    steps = [
        said(
            "Bemerkt am {noticed}, in Textform angezeigt am {reported}: {days}.",
            "Noticed on {noticed}, told in text form on {reported}: {days}.",
            noticed=day(noticed_on),
            reported=day(reported_on),
            days=Text("1 Tag", "1 day") if days == 1 else Text(f"{days} Tage", f"{days} days"),
        )
    ]
    if days:
        steps.append(_UNDECIDED)
    inputs = (("noticed", noticed_on.isoformat()), ("reported", reported_on.isoformat()))
    return Ruling(days, clauses, inputs, tuple(steps))


def stands_in_the_way(facts: Facts) -> list[Text]:
    """
    Return what keeps the customer's claims from being dealt with; nothing where nothing does.

    >>> facts = Facts(noticed_on=date(2026, 5, 1), reported_on=date(2026, 5, 1), interfered=True)
    >>> [each.en for each in stands_in_the_way(facts)]
    ['The customer interfered; the proof that this had no effect is missing.']
    """
    found = []
    if facts.reported_on > facts.noticed_on and facts.late is None:
        found.append(_UNDECIDED)
    if facts.late is False:
        found.append(_EXCLUDED)
    if facts.interfered and not facts.proved:
        found.append(_INTERFERED)
    return found


def remedied(remedy: str, *, reasonable: bool | None) -> bool:
    """
    Tell whether a remedy counts: instructions do once the customer says that they are reasonable.

    >>> remedied("repair", reasonable=None), remedied("instruction", reasonable=None)
    (True, False)
    """
    return bool(remedy) and (remedy != INSTRUCTION or reasonable is True)


def next_period(before: date | None, number: int, *, set_on: date, until: date) -> int:
    """
    Return the number of a period that a customer sets in writing: the second only after the first has passed.

    before  the last day of the period before, None for the first; number  how many there are

    >>> next_period(date(2026, 3, 6), 1, set_on=date(2026, 3, 9), until=date(2026, 3, 20))
    2
    """
    if number >= LAST_PERIOD:
        raise RefusalError(Text("Beide Fristen sind gesetzt.", "Both periods have been set."))
    if until < set_on:
        raise RefusalError(Text("Eine Frist endet nach ihrem Beginn.", "A period ends after it begins."))
    if before is not None and set_on <= before:
        raise RefusalError(
            said(
                "Die erste Frist läuft bis {until}; eine zweite beginnt danach.",
                "The first period runs until {until}; a second one begins after it.",
                until=day(before),
            )
        )
    return number + 1
