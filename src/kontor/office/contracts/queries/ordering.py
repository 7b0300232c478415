"""What an order page offers, and what it would come to: for the customer and for the house alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kontor.office.contracts.models import ChangeOrder
from kontor.office.contracts.queries.changing import Plan, Standing, less, more, next_interval, other_interval
from kontor.office.contracts.queries.losses import losses
from kontor.office.contracts.queries.orders import ware_line
from kontor.office.contracts.queries.positions import PER, SINGLE
from kontor.office.contracts.queries.shop import Ware
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.amendments import Amendment, History
from kontor.rulebook.period import Interval
from kontor.rulebook.ruling import Text

Kind = ChangeOrder.Kind


@dataclass(frozen=True, slots=True)
class Choosable:
    """A row of an order page: an item with the price of the day, or a position with how many there are."""

    key: str
    name: Text
    price: Decimal
    per: Text
    unit: Text | None = None
    has: int | None = None
    agreed: str | None = None

    @property
    def most(self) -> int | None:
        """How many can be taken away; any number can be added."""
        return self.has


def items_to_add(listed: Sequence[Ware], standing: Standing) -> list[Choosable]:
    """Return what can be added, those that the contract has already first."""
    state = History(standing.told).state(max(standing.today, standing.contract.start_on))
    has: dict[str, int] = {}
    for position in state.positions:
        item = standing.items.get(position.key, position.key)
        has[item] = has.get(item, 0) + int(position.quantity)
    rows = [
        Choosable(it.item, it.name, it.price, PER[it.per.name], SINGLE.get(it.unit), None, it.agreed) for it in listed
    ]
    return sorted(rows, key=lambda row: not has.get(row.key))


def positions_to_lessen(standing: Standing) -> list[Choosable]:
    """Return what recurs and could be less."""
    names = {**standing.contract.terms["names"], **added_names(standing.rows)}
    state = History(standing.told).state(max(standing.today, standing.contract.start_on))
    return [
        Choosable(it.key, _both(names.get(it.key, it.key)), it.price, PER[it.per.name], has=int(it.quantity))
        for it in state.positions
        if it.quantity >= 1 and it.per.name != "ONCE"
    ]


def planned(
    standing: Standing, kind: str, *, quantities: Mapping[str, int], every: str, listed: Sequence[Ware], received: date
) -> Plan:
    """Return what an order would do; RefusalError, NoAnswerError or PackError where it cannot be."""
    if kind == Kind.MORE:
        known, language = {ware.item: ware for ware in listed}, standing.contract.terms["language"]
        return more(standing, [ware_line(known[item], count, language) for item, count in quantities.items()])
    if kind == Kind.FEWER:
        lines = [{"key": key, "quantity": count} for key, count in quantities.items()]
        return less(standing, lines, received=received)
    return other_interval(standing, Interval(every), listed, asked=received)


def lost_by(standing: Standing, plan: Plan, *, counted: bool) -> list[dict[str, Any]]:
    """Return what a planned reduction loses; see `losses.losses`."""
    number = standing.rows[-1].number + 1
    changes = [
        Amendment(f"{number:06}.{place:03}", on, standing.at, change)
        for on, dated in plan.dated
        for place, change in enumerate(dated)
    ]
    return losses(standing, [*standing.told, *changes], counted=counted)


def list_day(standing: Standing, kind: str, received: date) -> date:
    """Return the day whose price list counts: that of the order, or the one from which another interval holds."""
    return next_interval(standing, received) if kind == Kind.INTERVAL else standing.today


def _both(name: str) -> Text:
    return Text(name, name)
