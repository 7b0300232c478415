"""Cases about hardware: defects mended step by step, up to rescission and reduction; events while it is not paid."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.books import public as books
from kontor.office.contracts.actions.hardware import HardwareRefusedError, stored
from kontor.office.contracts.models import Contract, HardwareCase, HardwareItem, HardwareStep
from kontor.office.contracts.queries.hardware import (
    DEFECT,
    billed_in,
    open_remedies,
    ordered_hardware,
    price_of_one,
    title_of,
    tried_of,
)
from kontor.office.contracts.queries.hardware_letters import reported_mail
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.hardware import (
    FIRST,
    REDUCTION,
    REPLACEMENT,
    RESCISSION,
    Owner,
    claim_in_time,
    events_to_report,
    may_set_second,
    reduced_price,
)
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text

OUT_OF_TIME: Final = "out_of_time"
CLOSINGS: Final = {
    "no_defect": Text("Kein Mangel", "No defect"),
    "noted": Text("Zur Kenntnis genommen", "Noted"),
}
DEFECT_LABEL: Final = Text("Mangel", "Defect")


@transaction.atomic
def report(item: HardwareItem, *, kind: str, told: str, by: str, on: date, at: datetime, actor: Actor) -> HardwareCase:
    """
    Take a customer's complaint or report about a device, and alert the seller by mail.

    kind  "defect", or the key of an event that the terms want reported while the price is not paid in full

    A defect after the warranty opens a case that is settled at once as out of time. HardwareRefusedError for what was
    not handed over, an unknown event, or an event of what is the customer's own already.
    """
    row = HardwareItem.objects.select_related("delivery__contract__offer").get(pk=item.pk)
    contract = row.delivery.contract
    ruling = _decided(row, contract, kind, on)
    out = kind == DEFECT and not ruling.value
    case = HardwareCase.objects.create(
        item=row, customer_tenant_id=row.customer_tenant_id, kind=kind, told=told, told_by=by, claimed_on=on,
        days_since=(on - row.delivery.customer_on).days if row.delivery.customer_on else None,
        in_time=bool(ruling.value) if kind == DEFECT else None,
        outcome=OUT_OF_TIME if out else "", settled_on=on if out else None,
        clause=str(ruling.clauses[0]), ruling=stored(contract, ruling, "claim", at=at), at=at,
    )  # fmt: skip
    language = books.seller_card(contract.seller_id).language
    letter = reported_mail(case, contract, kind=_label(contract, kind).spoken(language), language=language)
    seller = books.seller_card(contract.seller_id)
    send_mail(to=seller.email, subject=letter.subject, text=letter.text, about=case, at=at)
    record("contracts.hardware_reported", case, at=at, actor=actor, ruling=case.ruling, after={"kind": kind, "by": by})
    publish("contracts.hardware_moved", {"contract": str(contract.pk)}, at=at)
    return case


@transaction.atomic
def set_period(case_id: uuid.UUID, *, until: date, fault: bool, at: datetime, actor: Actor) -> HardwareCase:
    """
    Set the reasonable period in which a defect is mended, and whether the provider answers for a failure.

    HardwareRefusedError for no open defect.
    """
    case = _open(case_id)
    if case.kind != DEFECT:
        raise HardwareRefusedError(Text("Hier gibt es nichts nachzuerfüllen.", "There is nothing to be mended here."))
    case.period_until, case.fault = until, fault
    case.save(update_fields=["period_until", "fault"])
    record("contracts.hardware_period_set", case, at=at, actor=actor, after={"until": until, "fault": fault})
    return case


@transaction.atomic
def set_second_period(case: HardwareCase, *, until: date, on: date, at: datetime, actor: Actor) -> HardwareCase:
    """Take the further period that the customer sets in writing; HardwareRefusedError while the first one runs."""
    row = _open(case.pk)
    tried = tried_of(row)
    if tried is None or not may_set_second(tried, on=on) or until < on:
        german = "Eine weitere Frist setzt der Kunde, wenn die erste ohne Erfolg verstrichen ist, und einmal."
        raise HardwareRefusedError(
            Text(german, "The customer sets a further period once the first has passed without success, and once.")
        )
    row.second_until = until
    row.save(update_fields=["second_until"])
    record("contracts.hardware_second_period_set", row, at=at, actor=actor, after={"until": until})
    return row


@transaction.atomic
def try_remedy(
    case_id: uuid.UUID, *, remedy: str, on: date, mended: bool, note: str, serial: str, at: datetime, actor: Actor
) -> HardwareCase:
    """
    Write down a try to mend a defect: repaired, replaced by another device, instructed.

    serial  of the new device where it was replaced; HardwareRefusedError for a remedy that is not open
    """
    case = _open(case_id)
    ruling = _remedies(case, on)
    if remedy not in FIRST or remedy not in ruling.value or (remedy == REPLACEMENT and not serial):
        raise HardwareRefusedError(
            Text("Dieser Weg steht nicht offen, oder die Seriennummer fehlt.",
                 "This way is not open, or the serial number is missing.")
        )  # fmt: skip
    HardwareStep.objects.create(
        case=case, customer_tenant_id=case.customer_tenant_id, remedy=remedy, on=on, mended=mended, note=note, at=at
    )
    if remedy == REPLACEMENT:
        _replace(case.item, serial, at=at)
    if mended:
        _settle(case, remedy, on)
    after = {"remedy": remedy, "mended": mended, "note": note}
    record("contracts.hardware_remedy_tried", case, at=at, actor=actor, after=after)
    return case


@transaction.atomic
def give_back(
    case_id: uuid.UUID, *, remedy: str, amount: Money | None, on: date, at: datetime, actor: Actor
) -> HardwareCase:
    """
    Rescind the purchase of a device or reduce its price, by a credit note; only after the further period failed.

    amount  of a reduction, net; RefusalError for more than the price. HardwareRefusedError for what is not open or was
    never invoiced.
    """
    case = _open(case_id)
    ruling = _remedies(case, on)
    if remedy not in {RESCISSION, REDUCTION} or remedy not in ruling.value:
        raise HardwareRefusedError(ruling.working[-1])
    contract = case.item.delivery.contract
    price = price_of_one(contract, case.item.position)
    back = price if remedy == RESCISSION else reduced_price(price, amount or Money.zero(price.currency))
    case.ruling = stored(contract, ruling, "remedy", at=at)
    case.credit_note_id = _credited(case, contract, back, on, ruling, at=at, actor=actor)
    _settle(case, remedy, on)
    case.save(update_fields=["ruling", "credit_note"])
    after = {"remedy": remedy, "amount_minor": back.minor}
    record("contracts.hardware_given_back", case, at=at, actor=actor, ruling=case.ruling, after=after)
    return case


@transaction.atomic
def close_case(case_id: uuid.UUID, *, outcome: str, note: str, on: date, at: datetime, actor: Actor) -> HardwareCase:
    """Close a case that needs no remedy, and say why; HardwareRefusedError for an unknown outcome."""
    case = _open(case_id)
    if outcome not in CLOSINGS:
        raise HardwareRefusedError(Text("Diesen Abschluss gibt es nicht.", "There is no such outcome."))
    case.note = note
    _settle(case, outcome, on)
    case.save(update_fields=["note"])
    record("contracts.hardware_case_closed", case, at=at, actor=actor, after={"outcome": outcome, "note": note})
    return case


def _decided(item: HardwareItem, contract: Contract, kind: str, on: date) -> Ruling[bool]:
    pack = terms_on(contract, on)
    assert pack.hardware is not None, "devices exist only under terms that govern hardware"
    if kind == DEFECT:
        until, length = item.delivery.warranty_until, pack.hardware.warranty
        if until is None or length is None:
            raise HardwareRefusedError(Text("Noch ist nichts übergeben.", "Nothing has been handed over yet."))
        return claim_in_time(on, until, clauses=length.clauses)
    if kind not in {each.key for each in events_to_report(pack)}:
        raise HardwareRefusedError(Text("Dieses Ereignis ist nicht zu melden.", "This event is not to be reported."))
    owner = title_of(contract, ordered_hardware(contract)[item.position])
    if owner.value is Owner.CUSTOMER:
        raise HardwareRefusedError(Text("Das Gerät gehört dem Kunden.", "The device is the customer's own."))
    return owner.map(lambda whose: whose is Owner.PROVIDER)


def _label(contract: Contract, kind: str) -> Text:
    labels = {each.key: each.label for each in events_to_report(pack_of_terms(contract.terms))}
    return labels.get(kind, DEFECT_LABEL)


def _remedies(case: HardwareCase, on: date) -> Ruling[tuple[str, ...]]:
    found = open_remedies(case, case.item.delivery.contract, on=on)
    if found is None:
        raise HardwareRefusedError(Text("Zuerst wird eine Frist gesetzt.", "A period is set first."))
    return found


def _replace(item: HardwareItem, serial: str, *, at: datetime) -> None:
    if HardwareItem.objects.filter(position=item.position, serial=serial).exists():
        raise HardwareRefusedError(Text("Diese Seriennummer gibt es schon.", "This serial number exists already."))
    new = HardwareItem.objects.create(
        delivery=item.delivery, customer_tenant_id=item.customer_tenant_id, position=item.position, name=item.name,
        serial=serial, software=item.software, at=at,
    )  # fmt: skip
    item.replaced_by = new
    item.save(update_fields=["replaced_by"])


def _credited(
    case: HardwareCase, contract: Contract, back: Money, on: date, ruling: Ruling[tuple[str, ...]], *, at: datetime,
    actor: Actor,
) -> uuid.UUID:  # fmt: skip
    billed = billed_in(contract, case.item.position)
    place = books.position_of(billed, item=case.item.position, on=None) if billed else None
    if billed is None or place is None:
        raise HardwareRefusedError(Text("Dieses Gerät ist nicht berechnet.", "This device has not been invoiced."))
    part = books.CreditedPart(
        position=place, quantity=Decimal(1), unit="C62", price=back.amount, clause=str(ruling.clauses[0]),
        ruling=case.ruling, working=ruling.working[-1].spoken(contract.terms["language"]),
    )  # fmt: skip
    order = books.CreditOrder(
        invoice=billed, occasion=f"hardware {case.pk}", on=on, reason=case.told, parts=(part,)
    )  # fmt: skip
    return books.credit_invoice(order, at=at, actor=actor).id


def _settle(case: HardwareCase, outcome: str, on: date) -> None:
    case.outcome, case.settled_on = outcome, on
    case.save(update_fields=["outcome", "settled_on"])


def _open(case_id: uuid.UUID) -> HardwareCase:
    rows = HardwareCase.objects.select_for_update(of=("self",)).select_related("item__delivery__contract__offer")
    case: HardwareCase = rows.get(pk=case_id)
    if case.outcome:
        raise HardwareRefusedError(Text("Dieser Fall ist abgeschlossen.", "This case is settled."))
    return case
