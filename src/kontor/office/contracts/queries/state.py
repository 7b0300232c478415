"""A contract's state on any day, computed from its amendments and from nothing else."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter

from kontor.office.contracts.models import Amendment as Row
from kontor.rulebook.amendments import Amendment, Revoke, state_on
from kontor.rulebook.contract_state import (
    AddItem,
    Change,
    ChangePrice,
    ChangeQuantity,
    ContractState,
    End,
    SetInterval,
    SetNotice,
    SetTerm,
    SetTerms,
)
from kontor.rulebook.duration import Duration
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.ruling import Clause, Ruling

_PLAIN: Final[Mapping[str, TypeAdapter[Any]]] = {
    kind.__name__: TypeAdapter(kind) for kind in (AddItem, ChangeQuantity, ChangePrice, SetTerms, End, Revoke)
}


def change_as_json(change: Change | Revoke) -> dict[str, Any]:
    """Return a change as an amendment's row keeps it."""
    match change:
        case SetInterval():
            return {"change": "SetInterval", "interval": change.interval.value}
        case SetTerm():
            term = change.term
            return {"change": "SetTerm", "first": term.first.isoformat(), "end": term.end.isoformat()}
        case SetNotice():
            return {"change": "SetNotice", "notice": str(change.notice)}
        case _:
            name = type(change).__name__
            return {"change": name, **_PLAIN[name].dump_python(change, mode="json")}


def change_from_json(told: Mapping[str, Any]) -> Change | Revoke:
    """
    Return the change that a row keeps; KeyError for one of a kind that nobody knows.

    What an added item is called and opens stands beside it under "item" and changes no state.
    """
    fields = {name: value for name, value in told.items() if name not in ("change", "item")}
    match told["change"]:
        case "SetInterval":
            return SetInterval(Interval(fields["interval"]))
        case "SetTerm":
            return SetTerm(Period(date.fromisoformat(fields["first"]), date.fromisoformat(fields["end"])))
        case "SetNotice":
            return SetNotice(Duration.parse(fields["notice"]))
        case name:
            return _PLAIN[name].validate_python(fields)  # type: ignore[no-any-return]


def amendments_of(rows: Iterable[Row], *, pack: str, version: str) -> tuple[Amendment, ...]:
    """Return rows as the rulebook reads them; each change of a row is an amendment of its own."""
    return tuple(
        Amendment(
            id=f"{row.number:06}.{place:03}",
            effective=row.effective_on,
            recorded=row.recorded_at,
            change=change_from_json(told),
            clauses=(Clause(pack, row.clause, version),),
        )
        for row in rows
        for place, told in enumerate(row.content)
    )


def amendments_by_contract(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Row]]:
    """Return the amendments of many contracts in one query, each contract's in their order."""
    found: dict[uuid.UUID, list[Row]] = {contract: [] for contract in contracts}
    for row in Row.objects.filter(contract_id__in=contracts).order_by("contract_id", "number"):
        found[row.contract_id].append(row)
    return found


def contract_state(rows: Iterable[Row], on: date, *, pack: str, version: str) -> Ruling[ContractState]:
    """Return what the contract is on a day."""
    return state_on(amendments_of(rows, pack=pack, version=version), on)
