"""What is metered in the simulation: told as the customer on its day, stated by the house when a month is over."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from benchmarks.house import Market
from benchmarks.oracle.deal import Deal, Use as Told
from kontor.kernel.actions.meters import Use, meter_many
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.actions.usage import state_use
from kontor.office.contracts.models import Contract

EARLY = time(3)  # in every zone of the packs it is the same day already


class Meters:
    """The uses of all deals by their days, and the contracts that have any."""

    def __init__(self, market: Market, deals: Sequence[Deal], contracts: Mapping[int, Contract]) -> None:
        self.contracts, self.market = contracts, market
        self.metered = [deal.number for deal in deals if deal.uses]
        self.days: dict[date, list[tuple[int, Told]]] = defaultdict(list)
        for deal in deals:
            for each in deal.uses:
                self.days[each.on].append((deal.number, each))

    def is_quiet(self, day: date) -> bool:
        """Tell whether nothing is metered or stated on a day."""
        return day not in self.days and (day.day > 1 or not self.metered)

    def use(self, day: date) -> None:
        """Meter what is used on a day, as the customer."""
        told: dict[uuid.UUID, list[Use]] = defaultdict(list)
        for number, each in self.days.pop(day, []):
            tenant = self.contracts[number].customer_tenant_id
            assert tenant is not None, "whoever is metered works here"
            told[tenant].append(_use(each, len(told[tenant])))
        for tenant, uses in told.items():
            with as_tenant(tenant):
                meter_many(uses)

    def state(self, day: date) -> None:
        """State the month that is over; the caller works as the house."""
        found = [self.contracts[number].pk for number in self.metered if number in self.contracts]
        if day.day == 1 and found:
            state_use(found, at=datetime.combine(day, EARLY, UTC), actor=MACHINE)


def _use(told: Told, place: int) -> Use:
    key = "kernel.storage" if told.meter == "storage" else f"contracts.{told.meter}"
    at = datetime.combine(told.on, time(11), UTC)
    return Use(key=key, source=f"{told.on} {place}", at=at, quantity=told.quantity, subject=told.subject)
