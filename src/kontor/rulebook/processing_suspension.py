"""
A controller suspends the processing on its behalf: what may still be done, and when it may end the agreement for it
(visitor Anlage 3, Klausel 10 a and b; Klausel 7.2 and 7.3).

>>> from datetime import date
>>> month, ordered = Duration.parse("1 month"), date(2026, 5, 5)
>>> may_end(ordered, month, restored_on=None, on=date(2026, 6, 5)).value
False
>>> may_end(ordered, month, restored_on=None, on=date(2026, 6, 6)).value
True
>>> may_end(ordered, month, restored_on=date(2026, 6, 5), on=date(2026, 6, 6)).value
False
"""

from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Final

from kontor.rulebook.duration import Duration
from kontor.rulebook.period import last_day_after
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said

RETURN: Final = "return_or_deletion"


class Work(StrEnum):
    """Whether a piece of background work with a customer's data may be done now."""

    MAY = "MAY"
    WAITS = "WAITS"
    OVER = "OVER"
    OTHER_PURPOSE = "OTHER_PURPOSE"


_WORDS: Final = {
    Work.MAY: Text("Der Zweck ist vereinbart, und die Zeit läuft.", "The purpose is agreed, and the term runs."),
    Work.WAITS: Text(
        "Der Verantwortliche hat die Verarbeitung ausgesetzt: gespeichert bleibt, getan wird nichts.",
        "The controller has suspended the processing: what is stored stays, nothing is done.",
    ),
    Work.OVER: Text(
        "Die Dauer ist um: nur noch Rückgabe oder Löschung.", "The term is over: return or deletion alone from now on."
    ),
    Work.OTHER_PURPOSE: Text(
        "Anhang II nennt diesen Zweck nicht: abgelehnt.", "Annex II does not name this purpose: refused."
    ),
}


# What the purposes of an annex cover, where it does not use our own words for them.
_COVERS: Final = {"web_services": "operation", "extra_services": "operation"}


def covered_work(purposes: Collection[str]) -> frozenset[str]:
    """
    Return the purposes of work that an annex's entries cover, by key.

    >>> sorted(covered_work(["maintenance", "web_services", "extra_services"]))
    ['maintenance', 'operation']
    """
    return frozenset(_COVERS.get(key, key) for key in purposes)


def may_end(
    ordered_on: date, within: Duration, *, restored_on: date | None, on: date, clauses: Iterable[Clause] = ()
) -> Ruling[bool]:
    """
    Decide whether the controller may end the agreement because what it suspended for was not put right in time.

    ordered_on   the day of the suspension; the months after it end on the day of the same number (BGB § 188 (2)), and
                 a weekend does not make them longer: "in any event within one month"
    restored_on  the day on which the processor complied again, None before
    """
    last = last_day_after(ordered_on, within)
    late = restored_on > last if restored_on else on > last
    step = said(
        "Bis einschließlich {last} ist Zeit; danach darf beendet werden.",
        "There is time up to and including {last}; after it the agreement may be ended.",
        last=day(last),
    )
    told = (
        ("suspended_on", ordered_on.isoformat()), ("within", str(within)),
        ("restored_on", restored_on.isoformat() if restored_on else ""),
    )  # fmt: skip
    return Ruling(late, tuple(clauses), told, (step,))


def may_work(
    purpose: str, *, agreed: Collection[str], running: bool, suspended: bool, clauses: Iterable[Clause] = ()
) -> Ruling[Work]:
    """
    Decide whether work with a purpose may be done on a controller's data.

    agreed     the purposes of annex II, by key
    running    the contract opens the module today
    suspended  the controller has suspended the processing, which closes the module, too

    >>> may_work("operation", agreed={"operation"}, running=True, suspended=False).value
    <Work.MAY: 'MAY'>
    >>> may_work("return_or_deletion", agreed={"operation"}, running=False, suspended=True).value
    <Work.MAY: 'MAY'>
    >>> may_work("advertising", agreed={"operation"}, running=True, suspended=False).value
    <Work.OTHER_PURPOSE: 'OTHER_PURPOSE'>
    """
    if purpose == RETURN:
        found = Work.MAY
    elif purpose not in agreed:
        found = Work.OTHER_PURPOSE
    elif suspended:
        found = Work.WAITS
    else:
        found = Work.MAY if running else Work.OVER
    return Ruling(found, tuple(clauses), (("purpose", purpose),), (_WORDS[found],))
