"""A processor hands a request on to its controller, and answers only where that says so (visitor Anlage 3, 8)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity import public as identity
from kontor.office.privacy.actions.subjects import Asking, SubjectRefusedError, open_request, receive, step, write
from kontor.office.privacy.models import SubjectForward, SubjectRequest
from kontor.office.privacy.queries.subjects import forwarded_to
from kontor.rulebook.ruling import Text

TELL: Final = "privacy.tell_of_subject"
_NOBODY: Final = Text("Kein Kunde ist genannt.", "No customer is named.")
_TAKEN: Final = Text("Das ist schon entschieden.", "That is decided already.")


@transaction.atomic
def forward(request_id: uuid.UUID, tenants: Sequence[uuid.UUID], *, at: datetime, actor: Actor) -> list[SubjectForward]:
    """
    Hand a request on to the controllers whose data it is: they get it with these words, and a mail, at once.

    From now on our answer is locked until one of them hands it over; the person is told who answers.
    SubjectRefusedError where nobody is named, or all of them have it already.
    """
    row = open_request(request_id)
    sender = Tenant.objects.values_list("name", flat=True).get(pk=current_tenant())
    had = set(row.forwards.values_list("customer_tenant_id", flat=True))
    known = Tenant.objects.filter(pk__in=list(tenants), is_house=False).exclude(pk__in=had)
    told = list(known.order_by("name", "pk"))
    made = [
        SubjectForward.objects.create(
            request=row, customer_tenant=tenant, customer_name=tenant.name, sender=sender, kind=row.kind, name=row.name,
            email=row.email, language=row.language, words=row.words, received_at=row.received_at, at=at,
        )
        for tenant in told
    ]  # fmt: skip
    if not made:
        raise SubjectRefusedError(_NOBODY)
    row.role, row.state = SubjectRequest.Role.PROCESSOR, SubjectRequest.State.FORWARDED
    row.save(update_fields=["role", "state"])
    names = ", ".join(each.customer_name for each in made)
    step(row, "forwarded", text=names, told=True, at=at, actor=actor, clause="GDPR Art. 28 (3) e")
    write(row, "forwarded", at=at, text=names)
    queue_many(TELL, [(tenant.pk, {"name": row.name}) for tenant in told])
    return made


def tell_controller(name: str, *, at: datetime) -> None:
    """Write, as a customer, to its administrators that somebody's request about their data was forwarded."""
    subject = Text("Eine Datenschutz-Anfrage wurde weitergeleitet", "A data protection request was forwarded")
    text = Text(
        f"{name} fragt nach den eigenen Daten, die Ihr Anbieter für Sie verarbeitet. Antworten müssen Sie, binnen "
        "eines Monats nach dem Eingang.\n\nWas gefragt wird, steht unter Konto, Datenschutz, Anfragen.",
        f"{name} asks about their own data, which your provider processes for you. You are to answer, within one "
        "month after its receipt.\n\nWhat is asked stands under Account, Privacy, Requests.",
    )
    identity.tell_administrators(subject, text, about=None, at=at)


def authorise_as_customer(shared: Any, *, at: datetime, actor: Actor) -> SubjectRequest:
    """Hand the answer over to the processor; `shared` is the forward. SubjectRefusedError once it is decided."""
    found = SubjectForward.objects.select_for_update().get(pk=shared.pk)
    _refuse_decided(found)
    found.authorised_at = at
    found.save(update_fields=["authorised_at"])
    row = open_request(found.request_id)
    row.authorised_at, row.authorised_by, row.state = at, actor.name, SubjectRequest.State.OPEN
    row.save(update_fields=["authorised_at", "authorised_by", "state"])
    step(row, "authorised", text=found.customer_name, at=at, actor=actor, clause="GDPR Art. 28 (3) e")
    return row


def take_as_customer(shared: Any, *, at: datetime, actor: Actor) -> SubjectForward:
    """Say that the controller answers itself: the processor's part is done once all of them said so."""
    found = SubjectForward.objects.select_for_update().get(pk=shared.pk)
    _refuse_decided(found)
    found.taken_at = at
    found.save(update_fields=["taken_at"])
    row = open_request(found.request_id)
    if not row.forwards.filter(taken_at=None).exists():
        row.state, row.closed_at = SubjectRequest.State.FORWARDED, at
        row.save(update_fields=["state", "closed_at"])
    step(row, "taken", text=found.customer_name, at=at, actor=actor)
    return found


@transaction.atomic
def open_own(forward_id: uuid.UUID, *, at: datetime, actor: Actor) -> SubjectRequest:
    """Open, as the controller, a case of its own for what was forwarded; its month counts from when it got here."""
    found = forwarded_to(current_tenant()).get(pk=forward_id)
    asking = Asking(
        kind=found.kind, way=SubjectRequest.Way.CONTROLLER, name=found.name, email=found.email, language=found.language,
        words=found.words, known="",
    )  # fmt: skip
    return receive(asking, received_at=found.at, at=at, actor=actor)


def _refuse_decided(found: SubjectForward) -> None:
    if found.authorised_at or found.taken_at:
        raise SubjectRefusedError(_TAKEN)
