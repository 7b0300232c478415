"""Suspending a contract's services for late payment, and lifting it the moment what is due has been paid."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import exactly_one
from kontor.office.contracts.actions.claim_lock import one_at_a_time
from kontor.office.contracts.models import Contract, Suspension
from kontor.office.contracts.queries.arrears import counts
from kontor.office.contracts.queries.claims import Facts, claims_of
from kontor.office.contracts.queries.suspensions import may_suspend
from kontor.rulebook.ruling import Text

JOB = "contracts.look_at_suspensions"
LATE = Suspension.Kind.LATE
MINUTES = 2  # "full payment lifts it within 5 minutes"
_PAID = Text("Alles Fällige ist bezahlt.", "All that was due has been paid.")


class SuspensionRefusedError(Exception):
    """Services cannot be suspended, or are not; `text` says why in both languages."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@transaction.atomic
def suspend(contract_id: uuid.UUID, *, today: date, reason: str, at: datetime, actor: Actor) -> Suspension:
    """
    Suspend a contract's services: a gate stands before them, accounts, invoices and payment stay open.

    SuspensionRefusedError where the contract does not allow it for late payment, nothing is overdue, or the customer
    was not notified as the contract asks.
    """
    one_at_a_time()
    contract = Contract.objects.get(pk=contract_id)
    ruling = may_suspend(contract, claims_of([contract.pk]), today=today)
    if not ruling.value:
        raise SuspensionRefusedError(ruling.working[-1])
    if Suspension.objects.filter(contract=contract, kind=LATE, lifted_at=None).exists():
        raise SuspensionRefusedError(Text("Der Vertrag ist schon ausgesetzt.", "The contract is suspended already."))
    stored = store_ruling(
        ruling,
        question="contracts.suspension",
        at=at,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )
    row = Suspension.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        seller_name=contract.seller_name,
        from_at=at,
        clause=str(ruling.clauses[0]),
        ruling=stored,
        reason=reason,
    )
    put_due(JOB, at=at, repeat_minutes=MINUTES)
    record("contracts.suspended", contract, at=at, actor=actor, clause=row.clause, ruling=stored, after=_told(row))
    publish("contracts.suspended", {"number": contract.number}, at=at)
    return row


@transaction.atomic
def lift(contract_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> None:
    """Lift a contract's suspension by hand; SuspensionRefusedError where none stands."""
    row = (
        Suspension.objects.select_related("contract").filter(contract_id=contract_id, kind=LATE, lifted_at=None).first()
    )
    if row is None:
        raise SuspensionRefusedError(Text("Der Vertrag ist nicht ausgesetzt.", "The contract is not suspended."))
    _lift(row, because=because, at=at, actor=actor)


@transaction.atomic
def lift_settled(*, at: datetime) -> int:
    """Lift every suspension whose contract has nothing overdue any more; return how many."""
    rows = list(Suspension.objects.filter(kind=LATE, lifted_at=None).select_related("contract").order_by("pk"))
    if not rows:
        take_off(JOB)
        return 0
    overdue = {facts.row.contract_id for facts in claims_of([row.contract_id for row in rows]) if _is_due(facts, at)}
    paid = [row for row in rows if row.contract_id not in overdue]
    for row in paid:
        _lift(row, because=_PAID.en, at=at, actor=MACHINE)
    return len(paid)


def _is_due(facts: Facts, at: datetime) -> bool:
    """A plan that is kept or a dispute lets services go on: what is postponed is not overdue."""
    return counts(facts, facts.today(at))


def _lift(row: Suspension, *, because: str, at: datetime, actor: Actor) -> None:
    exactly_one(Suspension.objects.filter(pk=row.pk, lifted_at=None).update(lifted_at=at, lifted_because=because))
    record("contracts.suspension_lifted", row.contract, at=at, actor=actor, clause=row.clause, after={"why": because})
    publish("contracts.suspension_lifted", {"number": row.contract.number}, at=at)
    if not Suspension.objects.filter(kind=LATE, lifted_at=None).exists():
        take_off(JOB)


def _told(row: Suspension) -> dict[str, Any]:
    return {"from": row.from_at.isoformat(), "reason": row.reason}
