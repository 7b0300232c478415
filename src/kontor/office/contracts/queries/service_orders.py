"""Services offered beside a contract: how they stand, and how often they were done."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Prefetch

from kontor.office.contracts.models import ServiceOrder, ServiceOrderState, ServicePerformance
from kontor.office.contracts.queries.charges import plain
from kontor.rulebook.money import Money
from kontor.rulebook.service_order import Every, Service

UNITS: Final = ("HUR", "DAY", "C62")


@dataclass(frozen=True, slots=True)
class Offered:
    """A service with the state of its offer, what was done of it, and the day of its next time."""

    row: ServiceOrder
    state: ServiceOrderState
    done: Sequence[ServicePerformance]
    amount: Money

    @property
    def next_on(self) -> date | None:
        """The day of the next time; None where there is none, or it is not ordered."""
        if self.state.state != ServiceOrderState.State.ACCEPTED or len(self.done) >= self.row.times:
            return None
        return service_of(self.row).days[len(self.done)]


def service_of(row: ServiceOrder) -> Service:
    """Return a service as the rulebook reads it."""
    return Service(row.kind, plain(row.quantity), plain(row.price), row.first_on, Every(row.every), row.times)


def services_offered(contract_id: uuid.UUID, *, own: bool) -> list[Offered]:
    """Return the services offered under a contract, the latest first, as one side sees them; three queries."""
    rows = ServiceOrder.objects if own else ServiceOrder.received
    states = ServiceOrderState.objects if own else ServiceOrderState.received
    done = ServicePerformance.objects if own else ServicePerformance.received
    found = rows.filter(contract_id=contract_id).order_by("-number").prefetch_related(
        Prefetch("states", states.all()),
        Prefetch("performances", done.select_related("file").order_by("number")),
    )  # fmt: skip
    return [Offered(row, row.states.all()[0], list(row.performances.all()), _amount(row)) for row in found]


def _amount(row: ServiceOrder) -> Money:
    return Money.rounded(plain(row.quantity) * plain(row.price), row.currency)
