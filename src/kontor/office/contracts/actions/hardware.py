"""Delivering hardware: the date told, devices with serial numbers, the hand-overs with their proof, the inspection."""

import uuid
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.office.books import public as books
from kontor.office.contracts.actions.noticing import Upload
from kontor.office.contracts.models import Contract, HardwareDelivery, HardwareItem
from kontor.office.contracts.queries.hardware import ordered_hardware
from kontor.office.contracts.queries.hardware_letters import planned_mail, sent_mail
from kontor.office.contracts.queries.terms import terms_on
from kontor.rulebook.hardware import knows_hardware, may_leave, warranty_until
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text


class HardwareRefusedError(RefusalError):
    """Nothing can be delivered, handed over or claimed like this; `text` says why in both languages."""


@transaction.atomic
def plan_delivery(contract_id: uuid.UUID, *, planned_on: date, at: datetime, actor: Actor) -> HardwareDelivery:
    """
    Fix the day of a delivery and tell the customer by mail.

    HardwareRefusedError where the terms govern no hardware or none was ordered.
    """
    contract = Contract.objects.select_related("offer").get(pk=contract_id)
    if not knows_hardware(terms_on(contract, planned_on)):
        raise HardwareRefusedError(Text("Diese Bedingungen regeln keine Hardware.", "These terms govern no hardware."))
    if not ordered_hardware(contract):
        raise HardwareRefusedError(Text("Hardware ist nicht bestellt.", "No hardware was ordered."))
    last = HardwareDelivery.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    delivery = HardwareDelivery.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, number=last + 1, planned_on=planned_on,
        told_at=at, at=at,
    )  # fmt: skip
    tell(contract, planned_mail(delivery, contract), about=delivery, at=at)
    record("contracts.delivery_planned", delivery, at=at, actor=actor, after={"planned": planned_on})
    return delivery


@transaction.atomic
def add_device(
    delivery_id: uuid.UUID, *, position: str, serial: str, software: str, at: datetime, actor: Actor
) -> HardwareItem:
    """Put a device with its serial number into a delivery; HardwareRefusedError beyond what was ordered."""
    delivery = _waiting(delivery_id)
    ordered = ordered_hardware(delivery.contract)
    if position not in ordered:
        raise HardwareRefusedError(Text("Das ist nicht bestellt.", "This was not ordered."))
    given = HardwareItem.objects.filter(delivery__contract=delivery.contract, position=position, replaced_by=None)
    if given.count() >= ordered[position].quantity:
        raise HardwareRefusedError(Text("Mehr davon ist nicht bestellt.", "No more of it was ordered."))
    if HardwareItem.objects.filter(position=position, serial=serial).exists():
        raise HardwareRefusedError(Text("Diese Seriennummer gibt es schon.", "This serial number exists already."))
    item = HardwareItem.objects.create(
        delivery=delivery, customer_tenant_id=delivery.customer_tenant_id, position=position,
        name=ordered[position].name, serial=serial, software=software, at=at,
    )  # fmt: skip
    record("contracts.device_added", delivery, at=at, actor=actor, after={"serial": serial, "software": software})
    return item


@transaction.atomic
def enclose_manual(
    delivery_id: uuid.UUID, file: Upload, *, language: str, at: datetime, actor: Actor
) -> HardwareDelivery:
    """Enclose the documentation in a language; without the one the terms ask for nothing leaves."""
    delivery = _waiting(delivery_id)
    delivery.manual, delivery.manual_language = _kept(file, delivery, at), language
    delivery.save(update_fields=["manual", "manual_language"])
    record("contracts.manual_enclosed", delivery, at=at, actor=actor, after={"file": file.name, "language": language})
    return delivery


@transaction.atomic
def hand_to_carrier(
    delivery_id: uuid.UUID, *, carrier: str, tracking: str, on: date, proof: Upload | None, at: datetime, actor: Actor
) -> HardwareDelivery:
    """Hand a delivery to the carrier: the warranty begins, the customer is told; HardwareRefusedError if not ready."""
    delivery = _waiting(delivery_id)
    contract = delivery.contract
    pack = terms_on(contract, on)
    items = list(delivery.items.order_by("serial"))
    ready = may_leave(
        pack, manual=delivery.manual_language, serials=[each.serial for each in items],
        software=[each.software for each in items],
    )  # fmt: skip
    if not ready.value:
        raise HardwareRefusedError(ready.working[-1])
    assert pack.hardware is not None, "a delivery is planned only under terms that govern hardware"
    assert pack.hardware.warranty is not None, "a delivery is planned only under terms with a warranty"
    ruling = warranty_until(on, pack.hardware.warranty.value, clauses=pack.hardware.warranty.clauses)
    delivery.carrier, delivery.tracking, delivery.carrier_on = carrier, tracking, on
    delivery.carrier_proof = _kept(proof, delivery, at) if proof else None
    delivery.warranty_until, delivery.warranty_ruling = ruling.value, stored(contract, ruling, "warranty", at=at)
    delivery.save(
        update_fields=["carrier", "tracking", "carrier_on", "carrier_proof", "warranty_until", "warranty_ruling"]
    )
    tell(contract, sent_mail(delivery, contract), about=delivery, at=at)
    after = {"carrier": carrier, "on": on, "warranty_until": ruling.value}
    record(
        "contracts.handed_to_carrier", delivery, at=at, actor=actor, ruling=delivery.warranty_ruling, after=after
    )  # fmt: skip
    publish("contracts.hardware_moved", {"contract": str(contract.pk)}, at=at)
    return delivery


@transaction.atomic
def hand_to_customer(
    delivery_id: uuid.UUID, *, on: date, proof: Upload | None, at: datetime, actor: Actor
) -> HardwareDelivery:
    """Note that the customer has a delivery, with its proof; HardwareRefusedError before the carrier had it."""
    delivery = _locked(delivery_id)
    if delivery.carrier_on is None or delivery.customer_on is not None or on < delivery.carrier_on:
        german = "Übergeben wird, was das Transportunternehmen hat, und einmal."
        raise HardwareRefusedError(Text(german, "What the carrier has is handed over, and once."))
    delivery.customer_on = on
    delivery.customer_proof = _kept(proof, delivery, at) if proof else None
    delivery.save(update_fields=["customer_on", "customer_proof"])
    record("contracts.handed_to_customer", delivery, at=at, actor=actor, after={"on": on})
    publish("contracts.hardware_moved", {"contract": str(delivery.contract_id)}, at=at)
    return delivery


@transaction.atomic
def note_inspection(
    delivery: HardwareDelivery, *, found: str, on: date, at: datetime, actor: Actor
) -> HardwareDelivery:
    """Note that the customer has inspected a delivery; defects are reported for each device by themselves."""
    row = _locked(delivery.pk)
    if row.customer_on is None or row.inspected_on is not None:
        german = "Untersucht wird, was übergeben ist, und einmal."
        raise HardwareRefusedError(Text(german, "What was handed over is inspected, and once."))
    row.inspected_on, row.inspection = on, found
    row.save(update_fields=["inspected_on", "inspection"])
    record("contracts.hardware_inspected", row, at=at, actor=actor, after={"on": on, "found": found})
    return row


def tell(contract: Contract, letter: Any, *, about: Any, at: datetime) -> None:
    """Send a letter about hardware to whoever receives notices under the contract."""
    send_mail(
        to=contract.terms["notice_customer"], to_name=contract.customer_name, subject=letter.subject,
        text=letter.text, about=about, at=at, reply_to=books.seller_card(contract.seller_id).email,
    )  # fmt: skip


def stored(contract: Contract, ruling: Ruling[Any], about: str, *, at: datetime) -> uuid.UUID:
    """Keep a decision about hardware where both sides see it."""
    return store_ruling(
        ruling, question=f"contracts.hardware_{about}", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip


def _kept(file: Upload, delivery: HardwareDelivery, at: datetime) -> Blob:
    return keep(
        file.content, name=file.name, media_type=file.media_type, at=at, customer_tenant=delivery.customer_tenant_id
    )


def _locked(delivery_id: uuid.UUID) -> HardwareDelivery:
    rows = HardwareDelivery.objects.select_for_update(of=("self",)).select_related("contract__offer")
    found: HardwareDelivery = rows.get(pk=delivery_id)
    return found


def _waiting(delivery_id: uuid.UUID) -> HardwareDelivery:
    delivery = _locked(delivery_id)
    if delivery.carrier_on is not None:
        raise HardwareRefusedError(Text("Diese Lieferung ist schon unterwegs.", "This delivery is on its way already."))
    return delivery
