"""
A copy of a customer's data: from which day it is available after it was asked for, and until when.

>>> available_from(date(2026, 3, 1), Duration.parse("3 days")).value
datetime.date(2026, 3, 5)
>>> available_from(date(2026, 3, 1), None).value
datetime.date(2026, 3, 1)
"""

from collections.abc import Iterable
from datetime import date

from kontor.rulebook.change_of_terms import earliest_after
from kontor.rulebook.duration import Duration
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.wording import day, said


def available_from(asked: date, notice: Duration | None, *, clauses: Iterable[Clause] = ()) -> Ruling[date]:
    """
    Decide the first day on which a copy asked for on `asked` is available.

    notice  how long before it the copy is to be announced, whole days between; None where no contract demands any
    """
    if notice is None:
        step = said(
            "Keine Ankündigung ist vereinbart: die Kopie gibt es am {asked}.",
            "No notice was agreed: the copy is available on {asked}.",
            asked=day(asked),
        )
        return Ruling(asked, tuple(clauses), (("asked", asked.isoformat()),), (step,))
    first = earliest_after(asked, notice)
    step = said(
        "Zwischen der Anforderung am {asked} und der Kopie liegen {notice}: verfügbar ab {first}.",
        "Between the request on {asked} and the copy lie {notice}: available from {first}.",
        asked=day(asked), notice=notice.spoken, first=day(first),
    )  # fmt: skip
    inputs = (("asked", asked.isoformat()), ("copy_notice", str(notice)))
    return Ruling(first, tuple(clauses), inputs, (step,))
