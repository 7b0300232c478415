"""What a contract limits of what is counted, day by day: entitlements that the kernel keeps exactly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any, Final

from kontor.kernel import registry
from kontor.kernel.queries.blobs import STORAGE
from kontor.kernel.queries.quotas import MONTH
from kontor.office.contracts.models import Amendment as Row, Contract
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import accepted_changes, terms_on
from kontor.office.contracts.queries.unlocking import STORAGE_AGREED
from kontor.rulebook.contract_state import ContractState
from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.unlocking import Opens, Unlocked, last_known, together

MAILINGS: Final = "bulk_mailings"
HARD: Final = "hard"


@dataclass(frozen=True, slots=True)
class HardLimit:
    """So much of a meter and no more, in the unit of the terms; `per` "month", or None for a level."""

    amount: int
    per: str | None
    clause: Clause


def hard_limits(terms: Mapping[str, Any], pack: TermsPack, state: ContractState) -> dict[str, HardLimit]:
    """
    Return what a contract in this state allows at most, by the meter's name.

    What the offer says of storage ranks above the pack. Of two mailing plans at once the larger counts. A limit per
    hour or day is no matter of the month's count and is left out.
    """
    found: dict[str, HardLimit] = {}
    for name, quota in (pack.metering.meters if pack.metering else {}).items():
        if quota.value.limit == HARD and quota.value.per in (None, "month"):
            found[name] = HardLimit(quota.value.amount, quota.value.per, quota.clause)
    agreed = terms["agreed"].get(STORAGE_AGREED)
    if agreed:
        said = pack.value(STORAGE_AGREED)
        assert said is not None, "what was agreed was a blank of the pack"
        found[STORAGE] = HardLimit(int(agreed), None, said.clause)
    for key, plan in (pack.mailing.plans if pack.mailing else {}).items():
        monthly = plan.monthly
        if monthly is None or monthly.value.limit != HARD or not state.quantity(key):
            continue
        if MAILINGS not in found or found[MAILINGS].amount < monthly.value.amount:
            found[MAILINGS] = HardLimit(monthly.value.amount, "month", monthly.clause)
    return found


def storage_in(state: ContractState, opens: Mapping[str, Opens]) -> int:
    """Return how many GB the positions of a state open beside what the contract includes."""
    return sum(int(each.quantity) for each in state.positions if _opens_storage(opens.get(each.key)))


def limited(contract: Contract, rows: Sequence[Row], parts: Iterable[Unlocked]) -> tuple[Unlocked, ...]:
    """
    Return what a contract allows at most of each meter, over all its days; storage with what its positions add.

    From the day on which changed terms hold, they say how much; before, those that held before.

    rows   its amendments in their order
    parts  what its positions open, by `rulebook.unlocking.unlocked`
    """
    of_positions = [part for part in parts if part.module == STORAGE]
    more = [
        Unlocked(STORAGE, storage_unit(pack), first, end, each.quantity, each.clauses)
        for each in of_positions
        for pack, first, end in terms_between(contract, rows, each.first, each.end)
    ]
    return together([*_by_days(contract, rows), *more])


def terms_between(
    contract: Contract, rows: Sequence[Row], first: date, end: date | None
) -> Iterator[tuple[TermsPack, date, date | None]]:
    """Yield the terms that hold from a day until before another, with the days of each; most contracts have one."""
    changes = [each.first for each in accepted_changes(contract, rows) if first < each.first < (end or date.max)]
    for begins, following in pairwise([first, *sorted(set(changes)), None]):
        assert begins is not None, "only what follows the last day is none"
        yield terms_on(contract, begins, rows), begins, following or end


def charged(pack: TermsPack) -> list[tuple[str, str, Clause]]:
    """Return the meters whose use beyond what is included is charged, not refused: name, unit, clause."""
    metering = pack.metering
    if metering is None or metering.chargeable is None:
        return []
    names = {item.key for item in metering.chargeable.value}
    known = [one for module in registry.modules() for one in module.meters if one.name in names]
    return [(one.name, storage_unit(pack) if one.in_bytes else MONTH, metering.chargeable.clause) for one in known]


def warned_at(pack: TermsPack) -> tuple[int, ...]:
    """Return the percents of a limit at which people are told; none where the terms have no limit."""
    metering = pack.metering
    found = (metering.warned_first, metering.warned_again) if metering else ()
    return tuple(sorted({int(each.value) for each in found if each is not None}))


def storage_unit(pack: TermsPack) -> str:
    """Return the unit in which a contract counts storage: "GB" of 10^9 bytes, or "GiB" of 2^30, which it calls GB."""
    said = pack.metering.gigabyte if pack.metering else None
    return "GiB" if said is not None and said.value == "binary" else "GB"


def _by_days(contract: Contract, rows: Sequence[Row]) -> Iterator[Unlocked]:
    history = history_of(contract, rows)
    end = last_known(history.state(date.max))
    effective = {it.effective for it in history.in_order() if it.effective > contract.start_on}
    days = sorted(day for day in {contract.start_on, *effective} if end is None or day < end)
    for first, following in pairwise([*days, None]):
        assert first is not None, "only what follows the last day is none"
        pack = terms_on(contract, first, rows)
        for name, limit in hard_limits(contract.terms, pack, history.state(first)).items():
            unit = MONTH if limit.per else storage_unit(pack)
            yield Unlocked(name, unit, first, following or end, limit.amount, (limit.clause,))


def _opens_storage(opens: Opens | None) -> bool:
    return opens is not None and opens.module == STORAGE
