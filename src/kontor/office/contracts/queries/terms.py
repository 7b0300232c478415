"""The terms of one offer or contract: as it was concluded, and as a contract has them on a day."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.rulebook.contract_state import SetTerms
from kontor.rulebook.terms import TermsPack, versions
from kontor.rulebook.terms.concluded import concluded, continued


class Ordered(Protocol):
    """A position of an offer, by which some sentences of a pack are asked for or not."""

    @property
    def kind(self) -> str: ...
    @property
    def module(self) -> str: ...


def pack_of_terms(terms: Mapping[str, Any]) -> TermsPack:
    """Return the pack as this offer or contract has it: its version, the readings chosen, the values agreed."""
    return concluded(terms["pack"], terms["version"], settings=terms["settings"], agreed=terms["agreed"])


def terms_on(contract: Contract, on: date, rows: Sequence[Amendment] | None = None) -> TermsPack:
    """
    Return the pack whose rules a contract follows on a day: from the first day of an accepted version on, that one.

    rows  all amendments of the contract, where the caller has read them; else they are read, and only where a version
          later than the contract's own is on file at all

    A version that was announced as a paper alone, with no pack on file, changes no rule that is computed here.
    """
    told, known = contract.terms, versions(contract.pack)
    if told["version"] == known[-1]:
        return pack_of_terms(told)
    accepted = [version for _first, version in accepted_versions(contract, rows, until=on) if version in known]
    if not accepted or accepted[-1] == told["version"]:
        return pack_of_terms(told)
    return pack_of_version(contract, accepted[-1])


def pack_of_version(contract: Contract, version: str) -> TermsPack:
    """Return a version of the pack as a contract has it, with what its offer agreed; KeyError for one not on file."""
    told = contract.terms
    return continued(told["pack"], version, settings=told["settings"], agreed=told["agreed"])


def changed_rows(contracts: Iterable[Contract]) -> dict[uuid.UUID, list[Amendment]]:
    """Return the amendments of those contracts for whose pack a later version is on file; one query at most."""
    found = {each.pk for each in contracts if each.version != versions(each.pack)[-1]}
    return amendments_by_contract(found) if found else {}


@dataclass(frozen=True, slots=True)
class Accepted:
    """Another version of the terms: from which day it holds, and when that was written down."""

    first: date
    version: str
    recorded: datetime


def accepted_changes(contract: Contract, rows: Sequence[Amendment] | None = None) -> list[Accepted]:
    """Return the other versions that a contract accepted, in order; none is read where no later one is on file."""
    if contract.terms["version"] == versions(contract.pack)[-1]:
        return []
    return _accepted(contract, rows)


def accepted_versions(
    contract: Contract, rows: Sequence[Amendment] | None = None, *, until: date = date.max
) -> list[tuple[date, str]]:
    """Return each day up to one from which another version of the terms holds, in their order."""
    return [(each.first, each.version) for each in _accepted(contract, rows) if each.first <= until]


def _accepted(contract: Contract, rows: Sequence[Amendment] | None) -> list[Accepted]:
    if rows is None:
        seen = Amendment.objects if contract.tenant_id == current_tenant() else Amendment.received
        rows = list(seen.filter(contract_id=contract.pk).order_by("number"))
    told = ((it.effective, it.change, it.recorded) for it in history_of(contract, rows).in_order())
    return [Accepted(on, change.version, at) for on, change, at in told if isinstance(change, SetTerms)]


def start_of(terms: Mapping[str, Any]) -> date | None:
    """Return the first day that the offer names, None where the pack counts it from something else."""
    named = terms["start_on"]
    return date.fromisoformat(named) if named else None


def declarations(pack: TermsPack, lines: Iterable[Ordered]) -> list[dict[str, str]]:
    """Return what a customer who orders these declares: key, clause, sentences; some only with hardware or a module."""
    required = pack.declarations.required if pack.declarations else None
    if required is None:
        return []
    ordered = {word for line in lines for word in (line.module, line.kind.lower())}
    return [
        {"key": item.key, "clause": str(item.clause or required.clause), "de": item.de, "en": item.en}
        for item in required.value
        if item.only_with is None or item.only_with in ordered
    ]
