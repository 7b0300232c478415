"""
Users whose address belongs to another customer's company, told to the house for review (crm §3).

The house knows whose domain is whose; each customer's users are read as that customer; what is found comes back to the
house. Nobody is locked out by it: a consultant with a contract of their own may be a user.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from kontor.kernel.actions.queue import queue, queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Membership
from kontor.kernel.rows import exactly_one
from kontor.office.contracts.models import Contract, ForeignUser
from kontor.office.contracts.queries.out_of_scope import (
    INTERNAL_USE,
    domain_of,
    domains_of_companies,
    only_for_itself,
)
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.wording import said

OUTCOMES: Final = {
    "allowed": Text("Berater mit eigenem Vertrag", "Consultant with a contract of their own"),
    "removed": Text("Zugang genommen", "Access taken"),
    "mistaken": Text("Andere Zuordnung der Adresse", "The address belongs elsewhere"),
}


def look_for_foreign_users() -> int:
    """Have each customer's users looked at whose terms allow internal use alone; return how many customers that is."""
    domains = domains_of_companies()
    jobs = []
    for contract in Contract.objects.order_by("number"):
        if contract.customer_tenant_id is not None and only_for_itself(contract):
            others = sorted(each for each, (owner, _) in domains.items() if owner != contract.customer_tenant_id)
            jobs.append((contract.customer_tenant_id, {"contract": str(contract.pk), "domains": others}))
    queue_many("contracts.find_foreign_users", jobs)
    return len(jobs)


def find_foreign_users(contract_id: uuid.UUID, domains: Sequence[str], *, at: datetime) -> int:
    """Tell the supplier, as its customer, which present users have an address under a domain of another company."""
    contract = Contract.received.get(pk=contract_id)
    present = Membership.objects.filter(Q(until=None) | Q(until__gt=at)).select_related("user").order_by("pk")
    found = [
        {"user": str(each.user_id), "name": str(each.user.name), "email": each.user.email}
        for each in present
        if domain_of(each.user.email) in domains
    ]
    if found:
        assert contract.tenant_id is not None, "a row that was read has its tenant"
        queue("contracts.note_foreign_users", contract.tenant_id, contract=contract.pk, found=found)
    return len(found)


@transaction.atomic
def note_foreign_users(
    contract_id: uuid.UUID, found: Sequence[Mapping[str, Any]], *, at: datetime
) -> list[ForeignUser]:
    """Flag users for review, each once, as the supplier; what was decided before is not asked again."""
    contract = Contract.objects.get(pk=contract_id)
    domains = domains_of_companies()
    made = []
    for each in found:
        known = ForeignUser.objects.filter(contract=contract, user=each["user"], email=each["email"])
        owner = domains.get(domain_of(each["email"]))
        if owner is None or known.exists():
            continue
        ruling = _ruling(contract, each["email"], owner[1])
        stored = store_ruling(
            ruling, question="contracts.foreign_user", pack=contract.pack, version=contract.version, at=at
        )
        row = ForeignUser.objects.create(
            contract=contract, user=uuid.UUID(each["user"]), name=each["name"], email=each["email"], other=owner[1],
            clause=str(ruling.clauses[0]), ruling=stored, at=at,
        )  # fmt: skip
        record("contracts.foreign_user_found", row, at=at, actor=MACHINE, clause=row.clause, ruling=stored)
        made.append(row)
    return made


@transaction.atomic
def review_foreign_user(row_id: uuid.UUID, *, outcome: str, note: str, at: datetime, actor: Actor) -> ForeignUser:
    """
    Decide about a flagged user; it locks nobody out by itself.

    outcome  one of OUTCOMES. RefusalError for another one or one decided before; DoesNotExist for a stranger's.
    """
    row = ForeignUser.objects.select_for_update().get(pk=row_id)
    if row.closed_at is not None or outcome not in OUTCOMES:
        raise RefusalError(
            Text("Entschieden wird einmal, mit einem der Ergebnisse.", "It is decided once, with one of the outcomes.")
        )
    exactly_one(ForeignUser.objects.filter(pk=row.pk).update(outcome=outcome, note=note, closed_at=at))
    row.outcome, row.note, row.closed_at = outcome, note, at
    after = {"outcome": outcome, "note": note}
    record("contracts.foreign_user_reviewed", row, at=at, actor=actor, clause=row.clause, after=after)
    return row


def _ruling(contract: Contract, email: str, other: str) -> Ruling[bool]:
    step = said(
        "{email} gehört zur Domain von {other}; die Bedingungen erlauben nur eigene interne Zwecke.",
        "{email} belongs to the domain of {other}; the terms allow internal purposes only.",
        email=email, other=other,
    )  # fmt: skip
    return Ruling(True, (_clause(contract),), (("email", email), ("company", other)), (step,))


def _clause(contract: Contract) -> Clause:
    declarations = pack_of_terms(contract.terms).declarations
    assert declarations is not None, "only customers who declared internal use are looked at"
    assert declarations.required is not None, "only customers who declared internal use are looked at"
    item = next(each for each in declarations.required.value if each.key == INTERNAL_USE)
    return item.clause or declarations.required.clause
