"""The fault log that a customer keeps: changed within a day, then only added to; the desk makes requests of it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.rows import TenantOwned
from kontor.office.desk.actions.opening import Asked, open_ticket
from kontor.office.desk.models import FaultAddition, FaultEntry, Ticket
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CHANGED_WITHIN: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Fault:
    """What a customer writes down: when it happened, in which part, and how."""

    happened: datetime
    module: str
    text: str


@transaction.atomic
def write_fault(contract: TenantOwned, *, fault: Fault, name: str, at: datetime, actor: Actor) -> FaultEntry:
    """Write a fault down, as the customer. RefusalError without words, or for one that is yet to happen."""
    _refuse(fault, at)
    made = FaultEntry.objects.create(
        contract_id=contract.pk, customer_tenant_id=contract.customer_tenant_id,  # type: ignore[attr-defined]
        happened_at=fault.happened, module=fault.module.strip(), text=fault.text.strip(), by=name, at=at,
    )  # fmt: skip
    record("desk.fault_written", made, at=at, actor=actor, after={"module": made.module})
    return made


@transaction.atomic
def change_fault(entry: FaultEntry, *, fault: Fault, at: datetime, actor: Actor) -> FaultEntry:
    """Change what was written, within 24 hours; RefusalError later."""
    row = FaultEntry.objects.select_for_update().get(pk=entry.pk)
    if at - row.at > CHANGED_WITHIN:
        raise RefusalError(
            Text("Nach 24 Stunden lässt sich nur ergänzen.", "After 24 hours it can only be added to."),
        )
    _refuse(fault, at)
    before = {"module": row.module, "text": row.text}
    row.happened_at, row.module, row.text = fault.happened, fault.module.strip(), fault.text.strip()
    row.save(update_fields=["happened_at", "module", "text"])
    record("desk.fault_changed", row, at=at, actor=actor, before=before, after={"module": row.module, "text": row.text})
    return row


@transaction.atomic
def add_to_fault(entry: FaultEntry, *, text: str, name: str, at: datetime, actor: Actor) -> FaultAddition:
    """Add to a fault, as the customer; RefusalError for nothing."""
    if not text.strip():
        raise RefusalError(Text("Was ergänzen Sie?", "What do you add?"))
    made = FaultAddition.objects.create(
        entry=entry, customer_tenant_id=entry.customer_tenant_id, text=text.strip(), by=name, at=at
    )
    record("desk.fault_added_to", entry, at=at, actor=actor, after={"text": made.text})
    return made


@transaction.atomic
def make_request(entry_id: uuid.UUID, *, at: datetime, actor: Actor) -> Ticket:
    """Make a request of a fault, once, reported now; DoesNotExist for a stranger's."""
    row = FaultEntry.objects.select_for_update(of=("self",)).get(pk=entry_id)
    if row.ticket_id is not None:
        return Ticket.objects.get(pk=row.ticket_id)
    name, _, rest = row.by.partition(" (")
    asked = Asked(
        subject=row.module, text=row.text, name=name, email=rest.removesuffix(")"), channel=Ticket.Channel.PAGE,
        reported=at, contract=row.contract_id,
    )  # fmt: skip
    made = open_ticket(asked, at=at, actor=actor)
    row.ticket = made
    row.save(update_fields=["ticket"])
    record("desk.fault_requested", row, at=at, actor=actor, after={"request": made.number})
    return made


def _refuse(fault: Fault, at: datetime) -> None:
    if not fault.module.strip() or not fault.text.strip() or fault.happened > at:
        raise RefusalError(Text("Was ist wann wo passiert?", "What happened where, and when?"))
