"""A customer's tenant made ready: role, modules and seats for exactly the term, terms to agree to, the first person."""

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.rights import Grant, grant
from kontor.kernel.actions.tenants import furnish
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.state import contract_state
from kontor.office.contracts.queries.terms_text import terms_text
from kontor.office.documents import public as documents
from kontor.office.identity import public as identity


def luggage(contract_id: uuid.UUID) -> dict[str, Any]:
    """Return, as the supplier, what the customer's tenant needs to know of its new contract, in JSON's terms."""
    contract = Contract.objects.get(pk=contract_id)
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    state = contract_state(rows, contract.start_on, pack=contract.pack, version=contract.version).value
    positions = books.positions_of(contract.offer.quote_id)
    until = state.term.end if state.term else None
    counted: Counter[tuple[str, str]] = Counter()  # two plans of one module are so many seats together
    for each in positions:
        if each.module:  # what unlocks a module is only sold whole
            counted[each.module, each.unit] += int(each.quantity)
    return {
        "contract": str(contract.pk),
        "number": contract.number,
        "customer_tenant": str(contract.customer_tenant_id),
        "pack": contract.pack,
        "version": contract.version,
        "seller": contract.seller_name,
        "language": contract.terms["language"],
        "from_on": contract.start_on.isoformat(),
        "until_on": until.isoformat() if until else None,
        "clause": rows[0].clause,
        "grants": [{"module": module, "unit": unit, "quantity": count} for (module, unit), count in counted.items()],
        "administrator": {"name": contract.signature["name"], "email": contract.signature["email"]},
    }


@transaction.atomic
def move_in(told: Mapping[str, Any], *, at: datetime) -> None:
    """Furnish the current tenant for its contract; repeating it changes nothing but another invitation is not sent."""
    tenant = Tenant.objects.get(pk=current_tenant())
    first_time = furnish(tenant, at=at, actor=MACHINE)
    granted = grant(_grants(told), contract=uuid.UUID(told["contract"]), at=at, actor=MACHINE)
    _publish_terms(told, at=at)
    if not first_time.assignments.exists():
        person = told["administrator"]
        identity.invite_administrator(
            email=person["email"], name=person["name"], language=told["language"], at=at, actor=MACHINE
        )
    publish("contracts.moved_in", {"number": told["number"], "modules": [row.module for row in granted]}, at=at)


def _grants(told: Mapping[str, Any]) -> list[Grant]:
    first = date.fromisoformat(told["from_on"])
    until = date.fromisoformat(told["until_on"]) if told["until_on"] else None
    last = until - timedelta(days=1) if until else None
    return [
        Grant(
            module=each["module"],
            unit=each["unit"],
            quantity=each["quantity"],
            from_on=first,
            until_on=until,
            clause=told["clause"],
            reason_de=f"Vertrag {told['number']}, vom {first:%d.%m.%Y}" + (f" bis {last:%d.%m.%Y}" if last else ""),
            reason_en=f"Contract {told['number']}, from {first.isoformat()}"
            + (f" to {last.isoformat()}" if last else ""),
        )
        for each in told["grants"]
    ]


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
