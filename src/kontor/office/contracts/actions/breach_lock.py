"""Locking a customer out at once for a breach of the limits of use: sessions end, what is owed stays owed."""

import uuid
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.sessions import end_sessions_of_tenant
from kontor.kernel.actor import Actor
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.suspending import SuspensionRefusedError
from kontor.office.contracts.models import EndingCase, Suspension
from kontor.office.contracts.queries.suspensions import may_lock
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.ruling import Text

JOB: Final = "contracts.end_sessions"
REASON_LENGTH: Final = 300


@transaction.atomic
def lock_for_breach(case_id: uuid.UUID, *, reason: str, at: datetime, actor: Actor) -> Suspension:
    """
    Lock the services of a case's contract at once and end every session in them; no invoice is changed by it.

    SuspensionRefusedError without a reason, where the contract does not name the case's ground, where nothing proves
    it, or where the contract is locked already.
    """
    case = EndingCase.objects.select_related("contract").get(pk=case_id)
    contract = case.contract
    if not reason.strip():
        raise SuspensionRefusedError(Text("Der Grund ist zu nennen.", "The reason must be given."))
    today = at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date()
    ruling = may_lock(contract, ground=case.told.get("ground", ""), proofs=case.proofs.count(), today=today)
    if not ruling.value:
        raise SuspensionRefusedError(ruling.working[-1])
    if Suspension.objects.filter(contract=contract, kind=Suspension.Kind.BREACH, lifted_at=None).exists():
        raise SuspensionRefusedError(Text("Der Zugang ist schon gesperrt.", "Access is locked already."))
    stored = store_ruling(
        ruling, question="contracts.lock", at=at, pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )  # fmt: skip
    row = Suspension.objects.create(
        kind=Suspension.Kind.BREACH, contract=contract, customer_tenant_id=contract.customer_tenant_id,
        seller_name=contract.seller_name, from_at=at, clause=str(ruling.clauses[0]), ruling=stored,
        reason=reason.strip()[:REASON_LENGTH],
    )  # fmt: skip
    record(
        "contracts.access_locked", contract, at=at, actor=actor, clause=row.clause, ruling=stored,
        after={"reason": row.reason},
    )  # fmt: skip
    publish("contracts.suspended", {"number": contract.number}, at=at)
    assert contract.customer_tenant_id is not None, "a contract names its customer's tenant from the start"
    queue(JOB, contract.customer_tenant_id)
    return row


@transaction.atomic
def unlock(contract_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> None:
    """Lift the lock for a breach; SuspensionRefusedError where none stands. Whoever is let in signs in anew."""
    found = Suspension.objects.filter(contract_id=contract_id, kind=Suspension.Kind.BREACH, lifted_at=None)
    row = found.select_related("contract").first()
    if row is None:
        raise SuspensionRefusedError(Text("Der Zugang ist nicht gesperrt.", "Access is not locked."))
    exactly_one(found.update(lifted_at=at, lifted_because=because[:REASON_LENGTH]))
    record("contracts.access_unlocked", row.contract, at=at, actor=actor, clause=row.clause, after={"why": because})
    publish("contracts.suspension_lifted", {"number": row.contract.number}, at=at)


@transaction.atomic
def end_sessions_here(*, at: datetime) -> int:
    """End every session in which somebody works in the current tenant, and wake its open pages; return how many."""
    ended = end_sessions_of_tenant(current_tenant())
    publish("contracts.access_shut", {}, at=at)
    return ended
