"""Locking a customer, or one of its people, for a reason that its contract lists, and from when the contract says."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.house_locks import keeps_violations, lock_reasons, lock_ruling, pack_now
from kontor.office.identity import public as identity
from kontor.rulebook.blocking import Block
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms import TermsPack

T = TypeVar("T")


class HouseLockRefusedError(Exception):
    """Why an access cannot be locked, or a violation not be kept; `why` says it in both languages."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class LockPlan:
    """
    A lock as it is planned.

    user_name  whose access; "" for everybody of the customer
    evidence   what shows the reason, in words; proof  and as a file
    weighing   how the customer's interests were weighed, and where a whole customer is meant, why it is at fault
    immediate  why it is not announced; "" where it is
    """

    reason: str
    user_name: str = ""
    evidence: str
    proof: Upload | None = None
    weighing: str = ""
    immediate: str = ""


@transaction.atomic
def plan_lock(contract_id: uuid.UUID, plan: LockPlan, *, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Lay a lock and announce it by mail; it takes hold at the moment that the contract gives. Return its key.

    HouseLockRefusedError without one of the contract's reasons, without evidence or weighing, where it is neither
    announced nor justified as immediate, and for a whole customer where the contract asks for repeated violations.
    """
    contract = Contract.objects.get(pk=contract_id)
    customer = _customer(contract)
    pack = pack_now(contract, at=at)
    if plan.reason not in dict(lock_reasons(pack)):
        raise HouseLockRefusedError(
            Text("Der Vertrag nennt diesen Grund nicht.", "The contract does not name this reason.")
        )
    if not plan.evidence.strip():
        raise HouseLockRefusedError(Text("Was den Grund zeigt, ist zu nennen.", "What shows the reason must be said."))
    known, whole, at_once = identity.violations(customer), not plan.user_name.strip(), bool(plan.immediate.strip())
    block = Block(plan.reason, told=None if at_once else at, weighed=bool(plan.weighing.strip()), immediate=at_once)
    ruling, why_not = lock_ruling(pack, block, whole=whole, known=known, at=at)
    if why_not is not None or ruling.value.earliest is None:
        raise HouseLockRefusedError(why_not or ruling.working[-1])
    stored = store_ruling(
        ruling, question="contracts.house_lock", at=at, pack=pack.key, version=pack.version, customer_tenant=customer
    )
    proof = plan.proof
    kept = keep(proof.content, name=proof.name, media_type=proof.media_type, at=at) if proof else None
    ground = identity.HouseGround(
        reason=plan.reason, clause=str(ruling.clauses[0]), evidence=plan.evidence, weighing=plan.weighing,
        announced_at=None if at_once else at, immediate_because=plan.immediate, effective_at=ruling.value.earliest,
        ruling=stored, proof=kept.pk if kept else None,
        violations=[each.pk for each in known] if whole else [],
        notices=[each.pk for each in known if each.reported_at] if whole else [],
    )  # fmt: skip
    key = _said(lambda: identity.lay_house_lock(customer, plan.user_name, ground, at=at, actor=actor))
    record(
        "contracts.house_lock_laid", contract, at=at, actor=actor, clause=ground.clause, ruling=stored,
        after={"reason": plan.reason, "effective_at": ground.effective_at, "whole": whole},
    )  # fmt: skip
    publish("contracts.house_locked", {"number": contract.number}, at=at)
    return key


@transaction.atomic
def lift_lock(contract_id: uuid.UUID, lock_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> None:
    """Lift a lock, before it begins too; HouseLockRefusedError without a reason and for one of another customer."""
    contract = Contract.objects.get(pk=contract_id)
    if lock_id not in {each.pk for each in identity.house_locks(_customer(contract)) if each.lifted_at is None}:
        raise HouseLockRefusedError(Text("Diese Sperre steht nicht.", "This lock does not stand."))
    _said(lambda: identity.lift_house_lock(lock_id, because=because, at=at, actor=actor))
    record("contracts.house_lock_lifted", contract, at=at, actor=actor, after={"why": because.strip()})


@transaction.atomic
def note_violation(
    contract_id: uuid.UUID, user_name: str, *, rule: str, on: date, at: datetime, actor: Actor
) -> uuid.UUID:
    """Keep that somebody broke a rule; HouseLockRefusedError where the contract knows no reports, or no such person."""
    contract = Contract.objects.get(pk=contract_id)
    pack = pack_now(contract, at=at)
    if not keeps_violations(pack):
        raise HouseLockRefusedError(
            Text("Der Vertrag sieht keine Meldung von Verstößen vor.", "The contract provides for no such reports.")
        )
    clause, customer = _report_clause(pack), _customer(contract)
    return _said(
        lambda: identity.note_violation(customer, user_name, rule=rule, clause=clause, on=on, at=at, actor=actor)
    )


@transaction.atomic
def report_violation(contract_id: uuid.UUID, violation_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Report a violation to the customer's contact; HouseLockRefusedError for one reported, or of another customer."""
    customer = _customer(Contract.objects.get(pk=contract_id))
    if violation_id not in {each.pk for each in identity.violations(customer) if each.reported_at is None}:
        raise HouseLockRefusedError(Text("Dieser Verstoß ist schon gemeldet.", "This violation is reported already."))
    _said(lambda: identity.report_violation(violation_id, at=at, actor=actor))


def _customer(contract: Contract) -> uuid.UUID:
    assert contract.customer_tenant_id is not None, "a contract names its customer's tenant from the start"
    return contract.customer_tenant_id


def _report_clause(pack: TermsPack) -> str:
    assert pack.blocking is not None
    assert pack.blocking.report_states is not None  # asked before
    return str(pack.blocking.report_states.clause)


def _said(act: Callable[[], T]) -> T:
    """Say a refusal of the app that locks as this one's own."""
    try:
        return act()
    except identity.LockRefusedError as refused:
        raise HouseLockRefusedError(refused.why) from refused
