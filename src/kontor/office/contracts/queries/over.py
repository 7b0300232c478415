"""Whether a customer's contracts are over, which ends what its people may use."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import pack_of_terms


@dataclass(frozen=True, slots=True)
class Over:
    """A contract that has ended, its last day, and the decision that ended it."""

    contract: Contract
    last_day: date
    why: Reasons | None


def all_over(*, at: datetime) -> bool:
    """Tell whether the current tenant has contracts and every one of them has ended; two queries."""
    ends = _last_days()
    return bool(ends) and all(
        last_day is not None and last_day < _today(contract, at) for contract, last_day, _rows in ends
    )


def over(*, at: datetime) -> list[Over]:
    """Return the current tenant's contracts that have ended, the latest first; three queries."""
    found = [
        (contract, last_day, _ending(rows))
        for contract, last_day, rows in _last_days()
        if last_day is not None and last_day < _today(contract, at)
    ]
    why = reasons_by_id([ending.ruling for _contract, _day, ending in found])
    told = [Over(contract, last_day, why.get(ending.ruling)) for contract, last_day, ending in found]
    return sorted(told, key=lambda each: each.last_day, reverse=True)


def _last_days() -> list[tuple[Contract, date | None, list[Amendment]]]:
    contracts = list(Contract.received.order_by("start_on", "pk"))
    rows: dict[uuid.UUID, list[Amendment]] = {contract.pk: [] for contract in contracts}
    for row in Amendment.received.filter(contract_id__in=rows).order_by("number"):
        rows[row.contract_id].append(row)
    return [(contract, history_of(contract, rows[contract.pk]).ends(), rows[contract.pk]) for contract in contracts]


def _today(contract: Contract, at: datetime) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()


def _ending(rows: list[Amendment]) -> Amendment:
    """The latest amendment that named an end; one that ended has one."""
    return [row for row in rows if any(told["change"] == "End" for told in row.content)][-1]
