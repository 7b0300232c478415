"""
A contract is its list of dated amendments; its state on any day is a function of that list.

Amendments are applied by the day they take effect, on one day new positions first, then by the moment of recording.
Quantities change by differences, so that two orders of one day add up however they are told. The same amendment told
twice counts once.

>>> from datetime import UTC
>>> from decimal import Decimal
>>> from kontor.rulebook.contract_state import ChangeQuantity, Per
>>> told = datetime(2026, 6, 18, 9, tzinfo=UTC)
>>> contract = [
...     Amendment("1", date(2026, 7, 1), told, AddItem("basic", quantity=10, price=Decimal("60.00"), per=Per.MONTH)),
...     Amendment("2", date(2026, 9, 1), told, ChangeQuantity("basic", by=2)),
... ]
>>> [state_on(contract, date(2026, month, 1)).value.quantity("basic") for month in (6, 7, 9)]
[0, 10, 12]
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from kontor.rulebook.contract_state import AddItem, Change, ContractState
from kontor.rulebook.moment import utc
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class Revoke:
    """An earlier amendment is taken back as if it had never been: a notice withdrawn, an order entered wrongly."""

    amendment: str


@dataclass(frozen=True, slots=True)
class Amendment:
    """
    One change of a contract.

    id         names it, whatever happens
    effective  the day from which it holds
    recorded   the moment it was written down, which names its zone
    change     what it changes
    clauses    what it rests on
    """

    id: str
    effective: date
    recorded: datetime
    change: Change | Revoke
    clauses: tuple[Clause, ...] = ()


def state_on(amendments: Iterable[Amendment], when: date, *, known_at: datetime | None = None) -> Ruling[ContractState]:
    """
    Return what a contract is on a day, as known at a moment; all that is recorded counts where none is named.

    Two different amendments of one id, a change to a position that does not exist that day, a position added twice
    and a quantity below nothing raise RefusalError.
    """
    state = ContractState()
    clauses: dict[Clause, None] = {}
    steps: list[Text] = []
    for amendment, change in _in_order(amendments, known_at):
        if amendment.effective > when:
            break
        state = change.applied(state, amendment.effective)
        clauses.update(dict.fromkeys(amendment.clauses))
        steps.append(said("{when}: {what}", "{when}: {what}", when=day(amendment.effective), what=change.text))
    return Ruling(state, tuple(clauses), (("day", when.isoformat()),), tuple(steps))


def in_order(amendments: Iterable[Amendment], *, known_at: datetime | None = None) -> tuple[Amendment, ...]:
    """
    Return the amendments that count, each once, by effective day, new positions first, moment of recording, id.

    What was recorded after `known_at` and what was revoked by then is left out, and the revocations with it. Two
    different amendments of one id raise RefusalError.
    """
    return tuple(amendment for amendment, _ in _in_order(amendments, known_at))


def days_of_change(
    amendments: Iterable[Amendment], within: Period, *, known_at: datetime | None = None
) -> tuple[date, ...]:
    """Return the days inside a period, its first excepted, on which the contract changes."""
    days = {amendment.effective for amendment in in_order(amendments, known_at=known_at)}
    return tuple(sorted(when for when in days if within.first < when < within.end))


def _in_order(amendments: Iterable[Amendment], known_at: datetime | None) -> list[tuple[Amendment, Change]]:
    known: dict[str, Amendment] = {}
    for amendment in amendments:
        if known_at is not None and utc(amendment.recorded) > utc(known_at):
            continue
        if known.setdefault(amendment.id, amendment) != amendment:
            raise RefusalError(
                said(
                    "Zwei verschiedene Änderungen tragen die Kennung {id}.",
                    "Two different amendments bear the id {id}.",
                    id=amendment.id,
                )
            )
    gone = _revoked(known.values())
    counting = [(it, it.change) for it in known.values() if it.id not in gone and not isinstance(it.change, Revoke)]
    return sorted(counting, key=lambda pair: _place(*pair))


def _place(amendment: Amendment, change: Change) -> tuple[date, bool, datetime, str]:
    # a position is there before anything of its day changes it
    return amendment.effective, not isinstance(change, AddItem), utc(amendment.recorded), amendment.id


def _revoked(amendments: Iterable[Amendment]) -> frozenset[str]:
    # a revocation can itself be revoked, so the latest word is read first
    gone: set[str] = set()
    for amendment in sorted(amendments, key=lambda it: (utc(it.recorded), it.id), reverse=True):
        if isinstance(amendment.change, Revoke) and amendment.id not in gone:
            gone.add(amendment.change.amendment)
    return frozenset(gone)
