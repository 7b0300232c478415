"""What tests of the desk share: a customer under a contract, and its requests."""

from datetime import UTC, datetime
from typing import Any

from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import as_tenant
from kontor.office.contracts.models import Contract
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import Ticket
from kontor.rulebook.fault_class import Effect, FaultAnswers
from tests.factories import House

MONDAY = datetime(2026, 12, 7, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
WHO: dict[str, Any] = {"name": "Ida Lindwurm", "actor": MACHINE}
DOWN = FaultAnswers(Effect.PREVENTED, workaround=False, reproducible=True)
SLOW = FaultAnswers(Effect.IMPAIRED)


def asked(contract: Contract | None = None, **given: Any) -> Asked:
    told: dict[str, Any] = {
        "subject": "Ausweise kommen leer aus dem Drucker", "text": "Seit dem Update heute früh.",
        "name": "Jonas Alder", "email": "jonas@alder.example", "channel": Ticket.Channel.EMAIL, "reported": MONDAY,
        "contract": contract.pk if contract else None,
    }  # fmt: skip
    return Asked(**told | given)


def opened(house: House, contract: Contract | None = None, *, at: datetime = MONDAY, **given: Any) -> Ticket:
    with as_tenant(house.tenant.pk):
        return open_ticket(asked(contract, **given), at=at, actor=MACHINE)


def again(ticket: Ticket) -> Ticket:
    """Return a request as it stands now."""
    with as_tenant(ticket.tenant_id):
        return Ticket.objects.get(pk=ticket.pk)


def dues(ticket: Ticket) -> dict[str, str]:
    """Return when each promise is due, in UTC."""
    with as_tenant(ticket.tenant_id):
        rows = ticket.promises.filter(current=True).order_by("place").values_list("name", "due")
        return {name: f"{due:%m-%dT%H:%M}" for name, due in rows}
