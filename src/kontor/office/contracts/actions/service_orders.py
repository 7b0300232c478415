"""Offering a service beside a contract, the customer's answer, and each time that it is done and charged."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction
from django.db.models import Max

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import Actor
from kontor.kernel.rows import exactly_one
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.models import Contract, ServiceOrder, ServiceOrderState, ServicePerformance
from kontor.office.contracts.queries.contacts import contract_day
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.service_letters import service_mail
from kontor.office.contracts.queries.service_orders import service_of
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.service_order import CONVERSION, Service, offered, refuse_unaccepted, services_of
from kontor.rulebook.wording import day, said

State: Final = ServiceOrderState.State


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A file that came of a service."""

    name: str
    media_type: str
    content: bytes


@transaction.atomic
def offer_service(
    contract_id: uuid.UUID, service: Service, told: str, *, unit: str, valid_until: date, at: datetime, actor: Actor
) -> ServiceOrder:
    """
    Offer a service under a running contract, and tell the customer.

    told  what is done, in words; unit  UN/ECE Recommendation 20: HUR, DAY, C62. RefusalError for a service that the
    terms do not list, an amount of nothing, or an offer that would end before today.
    """
    contract = Contract.objects.get(pk=contract_id)
    today = contract_day(contract, at)
    if valid_until < today:
        raise RefusalError(
            Text("Die Bindefrist liegt in der Vergangenheit.", "The last day for acceptance lies in the past.")
        )
    currency = contract.terms["currency"]
    ruling = offered(service, terms_on(contract, today), currency=currency)
    stored = store_ruling(
        ruling, question="contracts.service_offer", pack=contract.pack, version=contract.version,
        customer_tenant=contract.customer_tenant_id, at=at,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"services {contract.pk}"])
    last = ServiceOrder.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    order = ServiceOrder.objects.create(
        contract=contract, customer_tenant_id=contract.customer_tenant_id, number=last + 1, kind=service.kind,
        told=told, quantity=service.quantity, unit=unit, price=service.price, currency=currency,
        first_on=service.first_on, every=service.every.value, times=service.times, valid_until=valid_until,
        clause=str(ruling.clauses[0]), ruling=stored, at=at,
    )  # fmt: skip
    ServiceOrderState.objects.create(order=order, customer_tenant_id=contract.customer_tenant_id)
    letter = service_mail(order, ruling.value)
    send_mail(to=contract.terms["notice_customer"], subject=letter.subject, text=letter.text, about=order, at=at)
    after = {"kind": service.kind, "amount_minor": ruling.value.minor, "first_on": service.first_on}
    record("contracts.service_offered", order, at=at, actor=actor, clause=order.clause, ruling=stored, after=after)
    publish("contracts.service_moved", {"contract": str(contract.pk)}, at=at)
    return order


@transaction.atomic
def answer_service(
    order: ServiceOrder, *, accept: bool, name: str, email: str, at: datetime, actor: Actor
) -> ServiceOrderState:
    """
    Accept or decline, as the customer, the offer of a service.

    RefusalError for somebody who may not order, an offer that is answered already, or one that has expired.
    """
    state = ServiceOrderState.objects.select_for_update().get(order=order)
    today = contract_day(order.contract, at)
    if not signs_for(order.contract, email, on=today):
        raise RefusalError(
            Text("Bestellen darf nur, wer für den Kunden zeichnet.", "Only the customer's signatory may order.")
        )
    if state.state != State.OFFERED or today > order.valid_until:
        raise RefusalError(
            Text(
                "Das Angebot ist schon beantwortet oder abgelaufen.", "The offer has been answered already or expired."
            )
        )
    state.state = State.ACCEPTED if accept else State.DECLINED
    exactly_one(
        ServiceOrderState.objects.filter(pk=state.pk).update(
            state=state.state, answered_by=f"{name} ({email})", answered_at=at
        )
    )
    after = {"state": state.state, "by": name}
    record("contracts.service_answered", order, at=at, actor=actor, clause=order.clause, after=after)
    publish("contracts.service_moved", {"contract": str(order.contract_id)}, at=at)
    return state


@transaction.atomic
def perform_service(
    order_id: uuid.UUID, *, done_on: date, note: str, result: Result | None, at: datetime, actor: Actor
) -> ServicePerformance:
    """
    Note that an ordered service was done its next time; it is invoiced with the offer's amount and day.

    result  a file that came of it; a conversion has one. RefusalError without an accepted offer, before the offer's
    day, once every time is done, or for a conversion without its file; DoesNotExist for a stranger's.
    """
    order = ServiceOrder.objects.select_related("contract").get(pk=order_id)
    state = ServiceOrderState.objects.select_for_update().get(order=order)
    refuse_unaccepted(order.clause, accepted=state.state == State.ACCEPTED)
    done = ServicePerformance.objects.filter(order=order).count()
    service = service_of(order)
    if done >= order.times:
        raise RefusalError(Text("Diese Leistung ist ganz erbracht.", "This service has been done wholly."))
    due = service.days[done]
    if done_on < due:
        raise RefusalError(
            said("Nach dem Angebot ist der Tag der {due}.", "By its offer the day is {due}.", due=day(due))
        )
    if order.kind == CONVERSION and result is None:
        raise RefusalError(Text("Es fehlt die umgewandelte Datei.", "The converted file is missing."))
    contract = order.contract
    words = services_of(pack_of_terms(contract.terms))[order.kind]
    charge = add_charge(
        contract, f"service-{order.number}-{done + 1}", text_de=f"{words.de}: {order.told}",
        text_en=f"{words.en}: {order.told}", quantity=order.quantity, unit=order.unit, price=order.price, first=due,
        last=due, ruling=offered(service, pack_of_terms(contract.terms), currency=order.currency), at=at, actor=actor,
        own_invoice_from=due,
    )  # fmt: skip
    file = None
    if result is not None:
        file = keep(
            result.content, name=result.name, media_type=result.media_type, customer_tenant=order.customer_tenant_id,
            at=at,
        )  # fmt: skip
    made = ServicePerformance.objects.create(
        order=order, customer_tenant_id=order.customer_tenant_id, number=done + 1, due_on=due, done_on=done_on,
        note=note, charge=charge, file=file, at=at,
    )  # fmt: skip
    after = {"number": made.number, "due_on": due, "done_on": done_on}
    record("contracts.service_done", order, at=at, actor=actor, clause=order.clause, after=after)
    publish("contracts.service_moved", {"contract": str(contract.pk)}, at=at)
    return made
