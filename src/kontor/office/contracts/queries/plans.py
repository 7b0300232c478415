"""User plans of the contracts a company received: how many seats each has, and who uses them."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kontor.kernel.models import Membership
from kontor.office.contracts.models import Amendment, Contract, PlanAssignment
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.unlocking import added_names
from kontor.office.identity import public as identity
from kontor.rulebook.amendments import History
from kontor.rulebook.ruling import Clause

USER = "USER"


@dataclass(frozen=True, slots=True)
class UserPlan:
    """A plan of a contract: its seats today, how many are used, and what the number rests on."""

    contract: Contract
    item: str
    name: str
    seats: int
    used: int
    clause: Clause | None

    @property
    def key(self) -> str:
        """What a choice of plan is called in a form."""
        return f"{self.contract.pk}:{self.item}"

    @property
    def free(self) -> int:
        """How many more people may have it."""
        return max(0, self.seats - self.used)


@dataclass(frozen=True, slots=True)
class PlanUser:
    """Somebody who works here, and the plans assigned to them, by contract."""

    membership: uuid.UUID
    name: str
    plans: dict[uuid.UUID, str]


def user_plans(today: date) -> list[UserPlan]:
    """Return, as the customer, every plan that is counted by users; three queries however many contracts."""
    contracts = list(Contract.received.order_by("start_on", "pk"))
    rows: dict[uuid.UUID, list[Amendment]] = {each.pk: [] for each in contracts}
    for row in Amendment.received.filter(contract_id__in=rows).order_by("contract_id", "number"):
        rows[row.contract_id].append(row)
    used = Counter(PlanAssignment.objects.values_list("contract", "item"))
    return [plan for each in contracts for plan in _plans(each, rows[each.pk], today, used)]


def plan_users(*, at: datetime) -> list[PlanUser]:
    """Return who works here with their plans, by name; two queries."""
    plans: dict[uuid.UUID, dict[uuid.UUID, str]] = {}
    for membership, contract, item in PlanAssignment.objects.values_list("membership_id", "contract", "item"):
        plans.setdefault(membership, {})[contract] = item
    people = Membership.objects.filter(identity.here(at)).select_related("user").order_by("user__name", "pk")
    return [PlanUser(each.pk, str(each.user), plans.get(each.pk, {})) for each in people]


def _plans(
    contract: Contract, rows: Sequence[Amendment], today: date, used: "Counter[tuple[uuid.UUID, str]]"
) -> list[UserPlan]:
    items = {told["key"]: told["item"] for row in rows for told in row.content if told.get("item")}
    units = {**contract.terms["units"], **{key: item["unit"] for key, item in items.items()}}
    names = {**contract.terms["names"], **added_names(rows)}
    history = History(amendments_of(rows, pack=contract.pack, version=contract.version))
    state = history.state(max(today, contract.start_on))
    if not state.runs_on(today):
        return []
    seats: dict[str, int] = {}
    for position in state.positions:
        if units[position.key] == USER and position.quantity >= 1:
            item = items.get(position.key, {}).get("key", position.key)
            seats[item] = seats.get(item, 0) + int(position.quantity)
    clauses = {told["key"]: row.clause for row in rows for told in row.content if "key" in told}
    return [
        UserPlan(
            contract, item, names[item], count, used[contract.pk, item],
            Clause(contract.pack, clauses[item], contract.version) if clauses.get(item) else None,
        )
        for item, count in seats.items()
    ]  # fmt: skip
