"""
Which edition of its terms a contract has on a day: the one it was concluded under, until a changed one holds.

>>> told = [(date(2026, 12, 1), "2026-01"), (date(2027, 9, 1), "2027-01")]
>>> [edition_on(told, day).value for day in (date(2026, 11, 30), date(2027, 8, 31), date(2027, 9, 1))]
[None, '2026-01', '2027-01']
"""

from collections.abc import Iterable, Sequence
from datetime import date

from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


def edition_on(told: Sequence[tuple[date, str]], on: date, *, clauses: Iterable[Clause] = ()) -> Ruling[str | None]:
    """
    Return the edition that applies on a day, None before the contract begins.

    told     each day from which an edition holds, in the order they were agreed, the contract's own first: of the same
             day the later one counts
    clauses  those that say how the terms are changed
    """
    first = told[0][0]
    inputs = (("on", on.isoformat()),)
    if on < first:
        step = said("Der Vertrag beginnt erst am {first}.", "The contract begins on {first} only.", first=day(first))
        return Ruling(None, tuple(clauses), inputs, (step,))
    place, (since, edition) = max(
        ((place, each) for place, each in enumerate(told) if each[0] <= on), key=lambda found: (found[1][0], found[0])
    )
    if place == 0:
        step = said(
            "Der Vertrag wurde in der Fassung {edition} geschlossen; sie gilt ab dem {since}.",
            "The contract was concluded under edition {edition}, which applies from {since}.",
            edition=edition,
            since=day(since),
        )
    else:
        step = said(
            "Die geänderte Fassung {edition} gilt ab dem {since}.",
            "The changed edition {edition} applies from {since}.",
            edition=edition,
            since=day(since),
        )
    later = sorted(each for each in told if each[0] > on)
    steps: tuple[Text, ...] = (step,)
    if later:
        follows = said(
            "Ab dem {next} gilt die Fassung {edition}.",
            "From {next} edition {edition} applies.",
            next=day(later[0][0]),
            edition=later[0][1],
        )
        steps = (step, follows)
    return Ruling(edition, tuple(clauses), inputs, steps)
