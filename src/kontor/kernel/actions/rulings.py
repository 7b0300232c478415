"""Keeping decisions for whoever asks "why?": equal ones once per tenant, and those shared with a customer apart."""

import hashlib
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from kontor.kernel.models import StoredRuling, Tenant
from kontor.kernel.ruling_values import written
from kontor.rulebook.ruling import Ruling


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """
    One ruling to store.

    question         what was asked: "term", "invoice.vat", ...
    pack, version    the terms it was decided under, "" where there are none
    customer_tenant  the tenant (or its id) whom the ruling is shown as well
    """

    ruling: Ruling[Any]
    question: str
    pack: str = ""
    version: str = ""
    customer_tenant: Tenant | uuid.UUID | None = None


def store_ruling(
    ruling: Ruling[Any],
    *,
    question: str,
    at: datetime,
    pack: str = "",
    version: str = "",
    customer_tenant: Tenant | uuid.UUID | None = None,
) -> uuid.UUID:
    """Keep a ruling and return its id; an equal one kept already is shared. CannotStoreError for a float in it."""
    decision = Decision(ruling=ruling, question=question, pack=pack, version=version, customer_tenant=customer_tenant)
    (stored,) = store_rulings([decision], at=at)
    return stored


@transaction.atomic
def store_rulings(decisions: Iterable[Decision], *, at: datetime) -> list[uuid.UUID]:
    """Keep many rulings in at most three queries and return their ids in order."""
    rows = [_row(decision, at) for decision in decisions]
    wanted = {_identity(row): row for row in rows}
    stored = _stored(wanted)
    if missing := [wanted[each] for each in sorted(wanted, key=str) if each not in stored]:
        # In one order, so that two runs that store the same rulings never wait for each other.
        StoredRuling.objects.bulk_create(missing, ignore_conflicts=True)
        stored = _stored(wanted)
    return [stored[_identity(row)] for row in rows]


Identity = tuple[bytes, uuid.UUID | None]


def _identity(row: StoredRuling) -> Identity:
    return bytes(row.digest), row.customer_tenant_id


def _stored(wanted: Iterable[Identity]) -> dict[Identity, uuid.UUID]:
    asked = set(wanted)
    # The same ruling is kept for each customer it is shown to: ten thousand rows may have one digest.
    shown_to = Q(customer_tenant_id__in={customer for _, customer in asked if customer}) | Q(customer_tenant_id=None)
    rows = StoredRuling.objects.filter(shown_to, digest__in={digest for digest, _ in asked}).values_list(
        "digest", "customer_tenant_id", "id"
    )
    return {(bytes(digest), customer): stored for digest, customer, stored in rows}


def _row(decision: Decision, at: datetime) -> StoredRuling:
    ruling, customer = decision.ruling, decision.customer_tenant
    told = {
        "question": decision.question,
        "pack": decision.pack,
        "version": decision.version,
        "value": written(ruling.value),
        "clauses": [{"source": each.source, "number": each.number, "version": each.version} for each in ruling.clauses],
        "inputs": [list(pair) for pair in ruling.inputs],
        "working": [{"de": step.de, "en": step.en} for step in ruling.working],
    }
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).digest()
    customer_id = customer.pk if isinstance(customer, Tenant) else customer
    return StoredRuling(digest=digest, customer_tenant_id=customer_id, at=at, **told)
