"""From an accepted offer to a contract: confirming the order, and concluding when the pack says it is concluded."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.tenants import reserve_tenant
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions.amending import first_amendment
from kontor.office.contracts.actions.data_places import keep_where_demanded
from kontor.office.contracts.actions.days import keep_days
from kontor.office.contracts.actions.further_accepted import carry_out
from kontor.office.contracts.actions.licensing_keys import deliver_later
from kontor.office.contracts.actions.naming import register_contact
from kontor.office.contracts.actions.offers import OfferRefusedError
from kontor.office.contracts.actions.trial_ends import account_after_trial, end_trial_by
from kontor.office.contracts.models import Contract, Offer, OfferState
from kontor.office.contracts.queries.confirmations import confirmation_text, terms_named
from kontor.office.contracts.queries.formation import begins, conclusion
from kontor.office.contracts.queries.further import FURTHER
from kontor.office.contracts.queries.letters import confirmation_mail
from kontor.office.contracts.queries.paper import confirmation_paper
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.documents import public as documents
from kontor.office.parties import public as parties
from kontor.office.privacy import public as privacy
from kontor.rulebook.authority import contact_clauses
from kontor.rulebook.ruling import Ruling, Text


@transaction.atomic
def confirm_order(offer_id: uuid.UUID, *, text: str | None = None, at: datetime, actor: Actor) -> books.ConfirmedOrder:
    """
    Confirm an accepted offer: a numbered confirmation is printed, kept and mailed.

    text  what it says before its figures, in paragraphs; None for the words that it has by itself

    Where the pack lets the contract begin with the confirmation's receipt, it is concluded once the customer's mail
    server has taken it over. OfferRefusedError where the offer is not accepted or confirmed already;
    UnnamedTermsError where the pack wants the confirmation to name the terms, and its words do not.
    """
    state = OfferState.objects.select_for_update(of=("self",)).select_related("offer").get(offer_id=offer_id)
    if state.state != OfferState.State.ACCEPTED:
        raise OfferRefusedError(
            Text(
                "Bestätigt wird ein angenommenes Angebot, und nur einmal.", "An accepted offer is confirmed, and once."
            )
        )
    offer = state.offer
    words = confirmation_text(offer) if text is None else text
    terms_named(offer, words)
    seller, party = books.seller_card(offer.seller_id), parties.card(offer.party_id)
    on = at.astimezone(ZoneInfo(seller.zone)).date()
    signed = _signed(offer)
    state.state, state.confirmed_at = OfferState.State.CONFIRMED, at
    state.save(update_fields=["state", "confirmed_at"])
    document = confirmation_paper(
        offer, seller=seller, party=party, signed=signed, ruling=conclusion(state), issued_on=on, words=words
    )
    confirmed = books.confirm_order(
        offer.quote_id, on=on, document=document, template="office/contracts/typst/confirmation.typ", at=at, actor=actor
    )
    mail = confirmation_mail(confirmed.number, offer=offer.number, language=offer.language)
    send_mail(
        to=signed.email,
        to_name=signed.name,
        subject=mail.subject,
        text=mail.text,
        attachments=[(confirmed.file_name, "application/pdf", Blob.objects.get(pk=confirmed.file))],
        about=offer,
        at=at,
        reply_to=seller.email,
        then=("contracts.confirmation_received", {"offer": str(offer.pk)}),
    )
    record("contracts.order_confirmed", offer, at=at, actor=actor, after={"confirmation": confirmed.number})
    publish("contracts.order_confirmed", {"number": offer.number}, at=at)
    return confirmed


@transaction.atomic
def note_confirmation_received(offer_id: uuid.UUID, *, at: datetime) -> None:
    """Note that the customer's mail server has the confirmation (or the customer opened it): the earliest counts."""
    OfferState.objects.filter(offer_id=offer_id, confirmation_received_at=None).update(confirmation_received_at=at)
    conclude(offer_id, at=at)


@transaction.atomic
def conclude(offer_id: uuid.UUID, *, at: datetime) -> Contract | None:
    """
    Conclude the contract if its pack says so; None while a step is missing. Repeating changes nothing.

    A further offer changes the contract it names instead, and makes none.

    The customer's tenant gets its id here, so that every row of the contract names it; a job furnishes it.
    """
    state = OfferState.objects.select_for_update(of=("self",)).select_related("offer").get(offer_id=offer_id)
    offer = state.offer
    if FURTHER in offer.terms:
        carry_out(state, at=at)
        return None
    if existing := Contract.objects.filter(offer=offer).first():
        return existing
    formed = conclusion(state)
    start = begins(state)
    if formed.value is None or start.value is None:
        return None
    contract = _contract(offer, formed=formed, concluded_at=formed.value, start=start.value, at=at)
    first_amendment(contract, start=start, at=at)
    if state.contact and contact_clauses(pack_of_terms(offer.terms)):
        register_contact(contract, state.contact, at=at)
    end_trial_by(contract, at=at)
    record(
        "contracts.concluded",
        contract,
        at=at,
        actor=MACHINE,
        ruling=contract.conclusion_ruling,
        clause=str(formed.clauses[0]),
        after={"number": contract.number, "start": start.value},
    )
    publish("contracts.concluded", {"number": contract.number}, at=at)
    queue("contracts.move_in", current_tenant(), contract=str(contract.pk))
    deliver_later(contract)
    keep_days(at=at)
    return contract


def _contract(
    offer: Offer, *, formed: Ruling[datetime | None], concluded_at: datetime, start: date, at: datetime
) -> Contract:
    seller, party = books.seller_card(offer.seller_id), parties.card(offer.party_id)
    known = account_after_trial(party.id, party.own_tenant)
    if known is not None and privacy.is_gone(known):
        known = None  # what was erased is not filled again
    tenant = known or _customer_tenant(offer, party, seller, at=at)
    keep_where_demanded(tenant, pack_of_terms(offer.terms), country=party.country, on=start, at=at)
    ruling = store_ruling(
        formed,
        question="contracts.conclusion",
        pack=offer.pack,
        version=offer.version,
        customer_tenant=tenant,
        at=at,
    )
    signed = _signed(offer)
    year = concluded_at.astimezone(ZoneInfo(seller.zone)).year
    return Contract.objects.create(
        number=books.next_contract_number(offer.seller_id, year=year),
        offer=offer,
        party_id=offer.party_id,
        seller_id=offer.seller_id,
        customer_tenant_id=tenant,
        customer_name=offer.customer_name,
        seller_name=seller.name,
        pack=offer.pack,
        version=offer.version,
        terms=dict(offer.terms) | _snapshot(offer, seller),
        file=_shared(offer.file, tenant, at=at),
        signature=_shown(signed),
        concluded_at=concluded_at,
        conclusion_ruling=ruling,
        start_on=start,
        at=at,
    )


def _snapshot(offer: Offer, seller: books.SellerCard) -> dict[str, Any]:
    """Copy what both sides read beside the terms: the customer sees the contract, not the seller's other rows."""
    positions = books.positions_of(offer.quote_id)
    return {
        "currency": offer.currency,
        "names": {position.key: position.name for position in positions},
        "units": {position.key: position.unit for position in positions},
        "opens": {position.key: [position.module, position.unit] for position in positions if position.module},
        "modules": {position.module: position.name for position in positions if position.module},
        "seller": {
            "name": seller.name,
            "contact": seller.contact_name,
            "email": seller.email,
            "phone": seller.phone,
            "address": f"{seller.street}, {seller.postcode} {seller.city}",
        },
    }


def _customer_tenant(offer: Offer, party: parties.Card, seller: books.SellerCard, *, at: datetime) -> uuid.UUID:
    """Reserve a tenant for a customer who has none; a job furnishes it as that tenant."""
    tenant = reserve_tenant(name=party.name, at=at, language=offer.language, zone=seller.zone)
    parties.settle_in(party.id, tenant, at=at, actor=MACHINE)
    return tenant.pk


def _shared(file: Blob, tenant: uuid.UUID, *, at: datetime) -> Blob:
    """Keep the signed bytes once more as a file that the customer's tenant may read."""
    if file.customer_tenant_id == tenant:
        return file
    return keep(read(file), name=file.name, media_type=file.media_type, at=at, customer_tenant=tenant)


def _signed(offer: Offer) -> documents.Signed:
    signed = documents.signature_of("contracts.Offer", offer.pk)
    assert signed is not None, "an accepted offer has its signature from the same transaction"
    return signed


def _shown(signed: documents.Signed) -> Mapping[str, Any]:
    return {
        "name": signed.name,
        "function": signed.function,
        "email": signed.email,
        "sha256": signed.sha256.hex(),
        "declarations": [dict(each) for each in signed.declarations],
        "at": signed.at.isoformat(),
    }
