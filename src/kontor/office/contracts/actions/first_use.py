"""
That a customer began to use its contract, kept as evidence where the terms count use as acceptance (§2 crm).

Nobody passes the terms without agreeing to them, so that the first agreement in the customer's tenant is the first use.
A job looks for it as the customer and tells the supplier, whose final row both sides read.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import Contract, FirstUse
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.documents import public as documents
from kontor.rulebook.ruling import Clause

LOOK: Final = "contracts.look_for_first_use"
MINUTES: Final = 2


def use_accepts(contract: Contract) -> Clause | None:
    """Return the clause by which using the services accepts the terms, None where the terms have none."""
    formation = pack_of_terms(contract.terms).formation
    accepts = formation.use_is_acceptance if formation else None
    return accepts.clause if accepts and accepts.value else None


@transaction.atomic
def expect_first_use(contract_id: uuid.UUID, *, at: datetime) -> None:
    """Look for the first use of the current tenant's contract from now on, where its terms let use count."""
    if use_accepts(Contract.received.get(pk=contract_id)):
        put_due(LOOK, at=at, arguments={"contract": str(contract_id)}, repeat_minutes=MINUTES)


@transaction.atomic
def look_for_first_use(contract_id: uuid.UUID, *, at: datetime) -> bool:  # noqa: ARG001  as all actions
    """Tell the supplier who used the contract first, as its customer; False while nobody did."""
    contract = Contract.received.get(pk=contract_id)
    found = documents.first_agreement(key=f"terms-{contract.pack}", version=contract.version)
    if found is None:
        return False
    assert contract.tenant_id is not None
    told = {
        "contract": str(contract.pk),
        "used_at": found.at.isoformat(),
        "user": str(found.user),
        "name": found.name,
        "sha256": found.sha256.hex(),
    }
    queue("contracts.note_first_use", contract.tenant_id, told=told)
    take_off(LOOK, arguments={"contract": str(contract_id)})
    return True


@transaction.atomic
def note_first_use(told: Mapping[str, Any], *, at: datetime) -> FirstUse:
    """Keep the first use beside the contract, as its supplier; what was kept stays, whatever is told again."""
    contract = Contract.objects.get(pk=told["contract"])
    clause = use_accepts(contract)
    row, made = FirstUse.objects.get_or_create(
        contract=contract,
        defaults={
            "customer_tenant_id": contract.customer_tenant_id,
            "used_at": datetime.fromisoformat(told["used_at"]),
            "user": uuid.UUID(told["user"]),
            "name": told["name"],
            "pack": contract.pack,
            "version": contract.version,
            "sha256": bytes.fromhex(told["sha256"]),
            "clause": str(clause.number) if clause else "",
            "at": at,
        },
    )
    if made:
        actor = Actor("PERSON", row.user, row.name)
        after = {"used_at": row.used_at, "version": row.version, "sha256": told["sha256"]}
        record("contracts.first_used", contract, at=at, actor=actor, clause=row.clause, after=after)
    return row
