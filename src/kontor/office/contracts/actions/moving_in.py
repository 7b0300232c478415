"""A customer's tenant made ready: role, modules and seats for exactly the term, terms to agree to, the first person."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.tenants import furnish
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.entitling import entitle, positions_told
from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.people_statements import statements_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_text import terms_text
from kontor.office.documents import public as documents
from kontor.office.identity import public as identity
from kontor.office.privacy import public as privacy
from kontor.rulebook.ruling import Text


def luggage(contract_id: uuid.UUID) -> dict[str, Any]:
    """Return, as the supplier, what the customer's tenant needs to know of its new contract, in JSON's terms."""
    contract = Contract.objects.get(pk=contract_id)
    return {
        "contract": str(contract.pk),
        "number": contract.number,
        "customer_tenant": str(contract.customer_tenant_id),
        "pack": contract.pack,
        "version": contract.version,
        "seller": contract.seller_name,
        "language": contract.terms["language"],
        "statements": statements_of(pack_of_terms(contract.terms)),
        "positions": positions_told([contract])[contract.pk],
        "administrator": {"name": contract.signature["name"], "email": contract.signature["email"]},
    }


@transaction.atomic
def move_in(told: Mapping[str, Any], *, at: datetime) -> None:
    """Furnish the current tenant for its contract; repeating it changes nothing but another invitation is not sent."""
    tenant = Tenant.objects.get(pk=current_tenant())
    first_time = furnish(tenant, at=at, actor=MACHINE)
    granted = entitle(uuid.UUID(told["contract"]), told["positions"], at=at, actor=MACHINE)
    _publish_terms(told, at=at)
    _ask_people(told, at=at)
    if not first_time.assignments.exists():
        person = told["administrator"]
        identity.invite_administrator(
            email=person["email"], name=person["name"], language=told["language"], at=at, actor=MACHINE
        )
    publish("contracts.moved_in", {"number": told["number"], "modules": [row.module for row in granted]}, at=at)


def _publish_terms(told: Mapping[str, Any], *, at: datetime) -> None:
    """Put the pack's terms before everybody who works here: they agree before anything else (SM-002)."""
    title, text = terms_text(told["pack"], told["version"], seller=told["seller"])
    documents.publish_once(
        key=f"terms-{told['pack']}",
        version=told["version"],
        title=title,
        text=text,
        required_from=at,
        at=at,
        actor=MACHINE,
    )


def _ask_people(told: Mapping[str, Any], *, at: datetime) -> None:
    """Ask everybody who works here for what the contract wants of each person, and only they can give (crm 9.2)."""
    asked = [
        privacy.Asked(key=one["key"], title=Text(*one["title"]), text=Text(*one["text"]), clause=one["clause"])
        for one in told["statements"]
    ]
    privacy.ask(asked, edition=f"{told['pack']} {told['version']}", at=at, actor=MACHINE)
