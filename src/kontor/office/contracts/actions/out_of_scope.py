"""Wishes that no contract includes: marked, answered by an additional offer, done once that is accepted."""

import uuid
from datetime import datetime

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.office.contracts.models import Contract, Offer, ScopeRequest
from kontor.office.contracts.queries.corrections import signed_offer
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.out_of_scope import out_of_scope, refuse_before_acceptance
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def ask_for_more(contract: Contract, kind: str, told: str, *, told_by: str, at: datetime, actor: Actor) -> ScopeRequest:
    """
    Mark a wish as out of scope; it waits for an additional offer. As the house, or as its customer's answer.

    kind  a key of the terms' list. RefusalError for another kind, or a wish without words.
    """
    ruling = out_of_scope(kind, pack_of_terms(contract.terms))
    if not told:
        raise RefusalError(Text("Was ist gewünscht?", "What is asked for?"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"scope {contract.pk}"])
    last = ScopeRequest.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    stored = store_ruling(
        ruling, question="contracts.out_of_scope", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    made = ScopeRequest.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, number=last + 1, kind=kind, told=told,
        told_by=told_by, clause=str(ruling.clauses[0]), ruling=stored, at=at,
    )  # fmt: skip
    record("contracts.out_of_scope", made, at=at, actor=actor, clause=made.clause, ruling=stored, after={"kind": kind})
    publish("contracts.out_of_scope", {"contract": str(contract.pk), "kind": kind}, at=at)
    return made


@transaction.atomic
def name_offer(request_id: uuid.UUID, number: str, *, at: datetime, actor: Actor) -> ScopeRequest:
    """Name the additional offer that answers a wish; RefusalError where this customer was sent none of that number."""
    row = _open(request_id)
    if not Offer.objects.filter(number=number, party_id=row.contract.party_id).exists():
        raise RefusalError(
            Text(
                f"{number} ist kein Angebot an diesen Kunden.",
                f"{number} is no offer to this customer.",
            )
        )
    before, row.offered_in = row.offered_in, number
    row.save(update_fields=["offered_in"])
    record(
        "contracts.scope_offer_named", row, at=at, actor=actor, clause=row.clause, before={"offer": before},
        after={"offer": number},
    )  # fmt: skip
    return row


@transaction.atomic
def note_done(request_id: uuid.UUID, *, note: str, at: datetime, actor: Actor) -> ScopeRequest:
    """Note that the work was done; RefusalError before its offer is accepted. What it costs the offer bills."""
    row = _open(request_id)
    accepted = bool(row.offered_in) and signed_offer(row.contract, row.offered_in)
    refuse_before_acceptance(offer=row.offered_in, accepted=accepted)
    row.done_at, row.note = at, note
    row.save(update_fields=["done_at", "note"])
    record("contracts.scope_done", row, at=at, actor=actor, clause=row.clause, after={"offer": row.offered_in})
    return row


@transaction.atomic
def decline(request_id: uuid.UUID, *, note: str, at: datetime, actor: Actor) -> ScopeRequest:
    """Answer a wish without an offer; RefusalError without a reason."""
    row = _open(request_id)
    if not note:
        raise RefusalError(Text("Warum nicht?", "Why not?"))
    row.declined_at, row.note = at, note
    row.save(update_fields=["declined_at", "note"])
    record("contracts.scope_declined", row, at=at, actor=actor, clause=row.clause, after={"note": note})
    return row


def _open(request_id: uuid.UUID) -> ScopeRequest:
    row = ScopeRequest.objects.select_for_update(of=("self",)).select_related("contract").get(pk=request_id)
    if row.done_at or row.declined_at:
        raise RefusalError(Text("Dieser Wunsch ist erledigt.", "This wish has been settled."))
    return row
