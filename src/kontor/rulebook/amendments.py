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

from kontor.rulebook.contract_state import AddItem, Change, ContractState, End
from kontor.rulebook.moment import utc
from kontor.rulebook.period import Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import day, said


@dataclass(frozen=True, slots=True)
class Revoke:
    """An earlier amendment is taken back as if it had never been: a notice withdrawn, an order entered wrongly."""

    amendment: str

    def applied(self, state: ContractState, when: date) -> ContractState:  # noqa: ARG002 - all changes are asked alike
        """Return the state as it is: what is revoked was never applied."""
        return state

    @property
    def text(self) -> Text:
        """The change in words."""
        return said("„{id}“ wird zurückgenommen", "“{id}” is taken back", id=self.amendment)


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

    def __post_init__(self) -> None:
        """Keep the moment in UTC, where moments compare as instants; one without a zone raises MomentError."""
        object.__setattr__(self, "recorded", utc(self.recorded))


class History:
    """
    A contract's amendments, read once and asked often.

    Two different amendments of one id raise RefusalError.
    """

    def __init__(self, amendments: Iterable[Amendment]) -> None:
        known: dict[str, Amendment] = {}
        for amendment in amendments:
            if known.setdefault(amendment.id, amendment) != amendment:
                raise RefusalError(
                    said(
                        "Zwei verschiedene Änderungen tragen die Kennung {id}.",
                        "Two different amendments bear the id {id}.",
                        id=amendment.id,
                    )
                )
        self._all = tuple(sorted(known.values(), key=_place))
        self._revokes = any(isinstance(amendment.change, Revoke) for amendment in self._all)
        self._ending = any(isinstance(amendment.change, End) for amendment in self._all)

    def in_order(self, *, known_at: datetime | None = None) -> tuple[Amendment, ...]:
        """
        Return the amendments that count, by effective day, new positions first, moment of recording, id.

        What was recorded after `known_at` and what was revoked by then is left out, and the revocations with it.
        """
        known = self._all
        if known_at is not None:
            latest = utc(known_at)
            known = tuple(amendment for amendment in known if amendment.recorded <= latest)
        if not self._revokes:
            return known
        gone = _revoked(known)
        return tuple(it for it in known if it.id not in gone and not isinstance(it.change, Revoke))

    def state(self, when: date, *, known_at: datetime | None = None) -> ContractState:
        """Return what the contract is on a day, as known at a moment; RefusalError where a change is impossible."""
        state = ContractState()
        for amendment in self.in_order(known_at=known_at):
            if amendment.effective > when:
                break
            state = amendment.change.applied(state, amendment.effective)
        return state

    def ends(self, *, known_at: datetime | None = None) -> date | None:
        """Return the contract's last day as known at a moment, for whatever day that was told; None without an end."""
        if not self._ending:
            return None
        known = (it.change for it in self.in_order(known_at=known_at))
        return min((change.last_day for change in known if isinstance(change, End)), default=None)


def state_on(amendments: Iterable[Amendment], when: date, *, known_at: datetime | None = None) -> Ruling[ContractState]:
    """
    Return what a contract is on a day, as known at a moment; all that is recorded counts where none is named.

    A change to a position that does not exist that day, a position added twice, a quantity below nothing, and what
    `History` refuses raise RefusalError.
    """
    history = History(amendments)
    told = [it for it in history.in_order(known_at=known_at) if it.effective <= when]
    clauses = dict.fromkeys(clause for amendment in told for clause in amendment.clauses)
    steps = tuple(
        said("{when}: {what}", "{when}: {what}", when=day(amendment.effective), what=amendment.change.text)
        for amendment in told
    )
    return Ruling(history.state(when, known_at=known_at), tuple(clauses), (("day", when.isoformat()),), steps)


def days_of_change(
    amendments: Iterable[Amendment], within: Period, *, known_at: datetime | None = None
) -> tuple[date, ...]:
    """Return the days inside a period, its first excepted, on which the contract changes."""
    days = {amendment.effective for amendment in History(amendments).in_order(known_at=known_at)}
    return tuple(sorted(when for when in days if within.first < when < within.end))


def _place(amendment: Amendment) -> tuple[date, bool, datetime, str]:
    # a position is there before anything of its day changes it
    return amendment.effective, not isinstance(amendment.change, AddItem), amendment.recorded, amendment.id


def _revoked(amendments: Iterable[Amendment]) -> frozenset[str]:
    # a revocation can itself be revoked, so the latest word is read first
    gone: set[str] = set()
    for amendment in sorted(amendments, key=lambda it: (it.recorded, it.id), reverse=True):
        if isinstance(amendment.change, Revoke) and amendment.id not in gone:
            gone.add(amendment.change.amendment)
    return frozenset(gone)
