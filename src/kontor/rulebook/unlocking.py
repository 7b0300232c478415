"""
What a contract unlocks, and when: modules with their seats, sites or blocks, day by day from its amendments.

>>> from datetime import UTC, datetime
>>> from decimal import Decimal
>>> from kontor.rulebook.contract_state import ChangeQuantity, Per, SetTerm
>>> told = datetime(2026, 6, 18, 9, tzinfo=UTC)
>>> year = Period(date(2026, 7, 1), date(2027, 7, 1))
>>> contract = [
...     Amendment("1", year.first, told, AddItem("basic", quantity=10, price=Decimal("60.00"), per=Per.MONTH)),
...     Amendment("2", year.first, told, SetTerm(year)),
...     Amendment("3", date(2026, 9, 1), told, ChangeQuantity("basic", by=2)),
... ]
>>> for each in unlocked(contract, {"basic": Opens("crm", "USER")}).value:
...     print(each.module, each.quantity, each.first, each.end)
crm 10 2026-07-01 2026-09-01
crm 12 2026-09-01 2027-07-01
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, ContractState
from kontor.rulebook.period import ONE_DAY, Period
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True, order=True)
class Opens:
    """What one of a position opens: a module, and one of a countable unit in it."""

    module: str
    unit: str


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A module open from `first` until before `end`, None for no end, for so many of a unit."""

    module: str
    unit: str
    first: date
    end: date | None
    quantity: int
    clauses: tuple[Clause, ...] = ()


def last_known(state: ContractState) -> date | None:
    """
    Return the day before which everything is locked again; None where the contract runs on without end.

    A known end goes before the running term, whichever of the two is later: notice for a later term keeps the contract
    open until then, and renewing before or after the notice was entered comes to the same.
    """
    if state.ends is not None:
        return state.ends + ONE_DAY
    return None if state.term is None else state.term.end


def unlocked(amendments: Iterable[Amendment], opens: Mapping[str, Opens]) -> Ruling[tuple[Unlocked, ...]]:
    """
    Return what a contract unlocks over all its days, by module, unit and day; nothing where no number is left.

    opens  what the positions open, by key; a position that opens nothing (hardware, services) is left out

    The day of a change belongs to what comes after it. A part of a unit opens nothing.
    """
    history = History(amendments)
    told = [it for it in history.in_order() if not isinstance(it.change, AddItem | ChangeQuantity) or _key(it) in opens]
    end = last_known(history.state(date.max))
    days = sorted({it.effective for it in told if end is None or it.effective < end})
    found: dict[Opens, list[Unlocked]] = {}
    for first, following in pairwise([*days, None]):
        assert first is not None, "only what follows the last day is none"
        counted = _counted(history.state(first), opens)
        for opened, quantity in counted.items():
            cited = _clauses(told, opens, opened, first)
            part = Unlocked(opened.module, opened.unit, first, following or end, quantity, cited)
            _append(found.setdefault(opened, []), part)
    parts = tuple(part for opened in sorted(found) for part in found[opened])
    clauses = dict.fromkeys(clause for part in parts for clause in part.clauses)
    return Ruling(parts, tuple(clauses), (), tuple(_working(parts)))


def together(parts: Iterable[Unlocked]) -> tuple[Unlocked, ...]:
    """
    Return what several sources unlock, days that overlap added up.

    >>> fifteen = Unlocked("storage", "GB", date(2026, 7, 1), date(2027, 7, 1), 15)
    >>> five = Unlocked("storage", "GB", date(2026, 9, 1), date(2027, 7, 1), 5)
    >>> [(each.first.isoformat(), each.quantity) for each in together([fifteen, five])]
    [('2026-07-01', 15), ('2026-09-01', 20)]
    """
    found: dict[Opens, list[Unlocked]] = {}
    told = list(parts)
    for opened in sorted({Opens(part.module, part.unit) for part in told}):
        rows = [part for part in told if (part.module, part.unit) == (opened.module, opened.unit)]
        edges = sorted({edge for row in rows for edge in (row.first, row.end or date.max)})
        for first, end in pairwise(edges):
            open_now = [row for row in rows if row.first <= first and end <= (row.end or date.max)]
            if open_now:
                quantity = sum(row.quantity for row in open_now)
                ends = None if end == date.max else end
                part = Unlocked(opened.module, opened.unit, first, ends, quantity, open_now[-1].clauses)
                _append(found.setdefault(opened, []), part)
    return tuple(part for opened in found for part in found[opened])


def gone(before: ContractState, after: ContractState, opens: Mapping[str, Opens]) -> tuple[tuple[Opens, int, int], ...]:
    """
    Return what one state opens and another no more: what, how many fewer, and how many are left.

    >>> from decimal import Decimal
    >>> from kontor.rulebook.contract_state import Per
    >>> ten = AddItem("basic", 10, Decimal("60.00"), Per.MONTH).applied(ContractState(), date(2026, 7, 1))
    >>> seven = ChangeQuantity("basic", -3).applied(ten, date(2026, 7, 1))
    >>> gone(ten, seven, {"basic": Opens("crm", "USER")})
    ((Opens(module='crm', unit='USER'), 3, 7),)
    """
    had, left = _counted(before, opens), _counted(after, opens)
    return tuple((each, had[each] - left[each], left[each]) for each in sorted(had) if had[each] > left[each])


def _counted(state: ContractState, opens: Mapping[str, Opens]) -> "Counter[Opens]":
    """Two plans of one module are so many seats together."""
    found: Counter[Opens] = Counter()
    for position in state.positions:
        if position.key in opens and position.quantity >= 1:
            found[opens[position.key]] += int(position.quantity)
    return found


def _append(parts: list[Unlocked], part: Unlocked) -> None:
    last = parts[-1] if parts else None
    if last is not None and (last.end, last.quantity) == (part.first, part.quantity):
        parts[-1] = replace(last, end=part.end)
    else:
        parts.append(part)


def _clauses(told: Sequence[Amendment], opens: Mapping[str, Opens], opened: Opens, first: date) -> tuple[Clause, ...]:
    """Return what the latest change of the number rests on."""
    changes = [it for it in told if it.effective <= first and opens.get(_key(it)) == opened]
    return changes[-1].clauses


def _key(amendment: Amendment) -> str:
    change = amendment.change
    return change.key if isinstance(change, AddItem | ChangeQuantity) else ""


def _working(parts: Iterable[Unlocked]) -> Iterator[Text]:
    for part in parts:
        if part.end is None:
            days = said("Ab {first}", "From {first}", first=day(part.first))
        else:
            days = Period(part.first, part.end).spoken
        words = "{days}: {quantity} × {module}"
        yield said(words, words, days=days, quantity=part.quantity, module=part.module)
