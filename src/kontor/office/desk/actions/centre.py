"""Setting up a customer centre: its address, what the tenant itself promises, who of its customers comes in."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.credentials import revoke
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.actions.centre_door import DEVICE, RESET, SESSION, SIGN_IN, invite
from kontor.office.desk.models import Centre, CentreAddress, CentrePassword, CentrePerson, OwnPromise
from kontor.office.desk.queries.own_promises import office_of, present_promise
from kontor.office.parties import public as parties
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

FORGET: Final = "desk.forget_unconfirmed"
_A_DAY: Final = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of an end customer; see models.CentrePerson."""

    name: str
    email: str
    language: str
    party: uuid.UUID | None = None
    phone: str = ""
    company: bool = False
    left_on: date | None = None


@transaction.atomic
def set_up_centre(
    slug: str, title: str, *, opened: bool, joins: bool, chats: bool = False, at: datetime, actor: Actor, **lasts: int
) -> Centre:
    """
    Settle the tenant's customer centre. RefusalError for an address that another one has.

    lasts  invited_days, unconfirmed_days; see models.Centre
    """
    if CentreAddress.objects.filter(slug=slug).exclude(tenant_id=current_tenant()).exists():
        raise RefusalError(Text("Diese Adresse hat schon jemand.", "Somebody has this address already."))
    CentreAddress.objects.update_or_create(tenant_id=current_tenant(), defaults={"slug": slug})
    row = Centre.objects.select_for_update().first() or Centre()
    row.title, row.open, row.joins, row.chats = title, opened, joins, chats
    row.invited_days = lasts.get("invited_days", row.invited_days)
    row.unconfirmed_days = lasts.get("unconfirmed_days", row.unconfirmed_days)
    row.save()
    put_due(FORGET, at=at + timedelta(days=1), repeat_minutes=_A_DAY)
    record(
        "desk.centre_set_up",
        row,
        at=at,
        actor=actor,
        after={"slug": slug, "open": opened, "joins": joins, "chats": chats},
    )
    return row


@transaction.atomic
def promise_answer(
    answer_hours: int, hours: str, *, country: str, region: str, at: datetime, actor: Actor
) -> OwnPromise:
    """
    Promise whoever asks from now on an answer within so many office hours; what was promised before stays.

    hours  "Mon-Fri 09:00-17:00", several by commas. RefusalError for hours or a country that nobody can read.
    """
    zone = Tenant.objects.values_list("zone", flat=True).get(pk=current_tenant())
    before = present_promise()
    told = {"answer_hours": answer_hours, "hours": hours, "country": country, "region": region, "zone": zone}
    if before is not None and all(getattr(before, name) == value for name, value in told.items()):
        return before
    row = OwnPromise(number=before.number + 1 if before else 1, at=at, **told)
    office_of(row)
    row.save()
    record("desk.answer_promised", row, at=at, actor=actor, after=told)
    return row


@transaction.atomic
def keep_person(person_id: uuid.UUID | None, known: Known, *, at: datetime, actor: Actor) -> CentrePerson:
    """
    Invite an end customer, or change what is known of one; who has left, or has another address, is signed out at once.

    RefusalError for an address that somebody has, DoesNotExist for a stranger's party.
    """
    row = CentrePerson.objects.select_for_update().get(pk=person_id) if person_id else CentrePerson(at=at)
    email = known.email.strip().casefold()
    if CentrePerson.objects.filter(email=email).exclude(pk=row.pk).exists():
        raise RefusalError(Text("Diese Adresse hat schon jemand.", "Somebody has this address already."))
    if not Centre.objects.exists():
        raise RefusalError(Text("Richten Sie zuerst das Kundencenter ein.", "Set the customer centre up first."))
    if known.party is not None:
        parties.card(known.party)
    if person_id and (row.email != email or known.left_on is not None):
        for scope in (SESSION, SIGN_IN, RESET, DEVICE):
            revoke(scope, row.pk, at=at)
        CentrePassword.objects.filter(person=row).delete()  # it belonged to whoever has the address that was
    row.name, row.email, row.phone, row.language = known.name, email, known.phone, known.language
    row.party_id, row.company, row.left_on = known.party, known.company, known.left_on
    row.save()
    after = {"company": row.company, "left_on": row.left_on.isoformat() if row.left_on else None}
    record("desk.person_kept" if person_id else "desk.person_invited", row, at=at, actor=actor, after=after)
    if not person_id:
        invite(row, at=at)
    return row


@transaction.atomic
def forget_unconfirmed(*, at: datetime) -> int:
    """Forget who was invited or began to join and never came in within the time settled for it; return how many."""
    centre = Centre.objects.first()
    if centre is None:
        return 0
    gone = 0
    for row in CentrePerson.objects.select_for_update().filter(
        confirmed_at=None, at__lte=at - timedelta(days=centre.unconfirmed_days)
    ):
        for scope in (SESSION, SIGN_IN):
            revoke(scope, row.pk, at=at)
        record("desk.person_forgotten", row, at=at, actor=MACHINE)
        row.delete()
        gone += 1
    return gone
