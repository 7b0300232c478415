"""
Leave for the house to look at a tenant's pages: asked for, given, taken back; in an emergency by two of the house.

The hours are the installation's, no contract's: a grant is for a matter at hand, and an emergency for one night.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import SupportGrant, Tenant
from kontor.kernel.support import grantable
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.models import User
from kontor.office.identity.queries.instructions import is_bound
from kontor.office.identity.queries.support import backup_demanded
from kontor.rulebook.own_backups import may_begin
from kontor.rulebook.ruling import Text

MOST_HOURS: Final = 72
EMERGENCY_HOURS: Final = 4
CHANGED: Final = "identity.support_changed"
_ASKED: Final = Text("Der Anbieter bittet um Einblick", "The provider asks to look inside")
_EMERGENCY: Final = Text("Der Anbieter verlangt Einblick im Notfall", "The provider calls an emergency to look inside")
_CONFIRMED: Final = Text("Der Anbieter sieht im Notfall hinein", "The provider looks inside in an emergency")
_GIVEN: Final = Text("Einblick gewährt: {name}", "Leave to look: {name}")

_NO_CASE: Final = Text("Der Fall oder das Ticket ist zu nennen, einmal.", "The case or ticket must be named, once.")
_UNBOUND: Final = Text(
    "Daten von Kunden sieht nur, wer sich zur Vertraulichkeit verpflichtet hat.",
    "Customers' data are seen only by whoever has bound themselves to confidentiality.",
)


class SupportRefusedError(Exception):
    """Why leave to look cannot be asked for, given or confirmed; `why` says it in both languages."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


class UnboundError(SupportRefusedError):
    """Whoever wants to look has not bound themselves to confidentiality."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """
    What the house is to see, why, for which case, and for how many hours from the moment at which leave is given.

    backup_on  the day of the backup that the customer confirms, where its contract asks for one
    """

    permissions: Collection[str]
    purpose: str
    hours: int
    reference: str = ""
    backup_on: date | None = None


@transaction.atomic
def ask(tenant: Tenant, look: Look, *, at: datetime, actor: Actor, emergency: bool = False) -> SupportGrant:
    """
    Ask a customer as the house for leave to look; in an emergency, ask a second person of the house instead.

    It opens nothing yet. The customer's administrators are told at once, in an emergency too. SupportRefusedError
    without the case that it is for (visitor Anlage 3, Anhang III 2.6); an emergency's may be named afterwards.
    """
    if not emergency and not look.reference.strip():
        raise SupportRefusedError(_NO_CASE)
    most = EMERGENCY_HOURS if emergency else MOST_HOURS
    house = current_tenant()
    record("identity.support_asked", tenant, at=at, actor=actor, after={"why": look.purpose, "emergency": emergency})
    with as_tenant(tenant.pk):
        grant = _made(look, house=house, at=at, most=most, emergency=emergency, asked=actor)
        record("identity.support_asked", grant, at=at, actor=actor, after={"why": grant.purpose})
        _tell(_EMERGENCY if emergency else _ASKED, grant, at=at)
    return grant


@transaction.atomic
def give(look: Look, *, held: Collection[str] | None, at: datetime, actor: Actor) -> SupportGrant:
    """
    Give the house leave to look at the current tenant, unasked, from now on.

    held  what whoever gives it may do, None for everything: nobody opens pages that are shut to them
    """
    house = Tenant.objects.get(is_house=True)
    grant = _made(look, house=house.pk, at=at, most=MOST_HOURS)
    return _given(grant, look, held=held, at=at, actor=actor)


@transaction.atomic
def agree(grant_id: uuid.UUID, look: Look, *, held: Collection[str] | None, at: datetime, actor: Actor) -> SupportGrant:
    """Answer the house's request with leave, for as much and as long as the tenant says; SupportGrant.DoesNotExist."""
    grant = SupportGrant.objects.select_for_update().get(pk=grant_id, granted_at=None, ended_at=None, emergency=False)
    grant.permissions, grant.hours = _scope(look.permissions), _hours(look.hours, MOST_HOURS)
    grant.save(update_fields=["permissions", "hours"])
    given = _given(grant, look, held=held, at=at, actor=actor)
    _tell_asker(given, at=at)
    return given


@transaction.atomic
def confirm(tenant: Tenant, grant_id: uuid.UUID, *, at: datetime, actor: Actor) -> SupportGrant:
    """
    Confirm an emergency as a second person of the house; the customer is told at once.

    SupportRefusedError for whoever called the emergency; SupportGrant.DoesNotExist where none waits.
    """
    record("identity.support_confirmed", tenant, at=at, actor=actor)
    with as_tenant(tenant.pk):
        grant = SupportGrant.objects.select_for_update().get(
            pk=grant_id, granted_at=None, ended_at=None, emergency=True
        )
        if grant.asked_by == actor.id:
            raise SupportRefusedError(
                Text(
                    "Einen Notfall bestätigt eine zweite Person des Hauses.",
                    "An emergency is confirmed by a second person of the house.",
                )
            )
        _begin(grant, at=at, actor=actor)
        _tell(_CONFIRMED, grant, at=at)
    return grant


@transaction.atomic
def end(grant_id: uuid.UUID, *, at: datetime, actor: Actor) -> SupportGrant:
    """Take leave back or refuse it, as the tenant; SupportGrant.DoesNotExist for one that is over."""
    grant = SupportGrant.objects.select_for_update().get(pk=grant_id, ended_at=None)
    grant.ended_at, grant.ended_by_name = at, actor.name
    grant.save(update_fields=["ended_at", "ended_by_name"])
    record("identity.support_ended", grant, at=at, actor=actor)
    publish(CHANGED, {"grant": grant.pk}, at=at)
    return grant


@transaction.atomic
def give_up(tenant: Tenant, grant_id: uuid.UUID, *, at: datetime, actor: Actor) -> SupportGrant:
    """End or withdraw, as the house, what a customer gave or was asked for."""
    with as_tenant(tenant.pk):
        return end(grant_id, at=at, actor=actor)


@transaction.atomic
def begin(grant: SupportGrant, *, reference: str = "", at: datetime, actor: Actor) -> None:
    """
    Write into the tenant's record, and the house's, that a person of the house begins to look, and for which case.

    reference  the case, where the grant names none

    UnboundError for whoever has not bound themselves to confidentiality (visitor Anlage 3, Klausel 7.4);
    SupportRefusedError without a case, unless it is an emergency.
    """
    if actor.id is None or not is_bound(actor.id):
        raise UnboundError(_UNBOUND)
    if not grant.reference and reference.strip():
        name_case(grant.tenant, grant.pk, reference=reference, at=at, actor=actor)
    elif not grant.reference and not grant.emergency:
        raise SupportRefusedError(_NO_CASE)
    told = {"case": grant.reference or reference.strip()}
    record("identity.support_began", grant.tenant, at=at, actor=actor, after=told)
    with as_tenant(grant.tenant.pk):
        record("identity.support_began", grant, at=at, actor=actor, after=told)
        publish(CHANGED, {"grant": grant.pk}, at=at)


@transaction.atomic
def name_case(tenant: Tenant, grant_id: uuid.UUID, *, reference: str, at: datetime, actor: Actor) -> SupportGrant:
    """Name, as the house, the case of a grant that has none yet; SupportRefusedError for one that has, or no words."""
    with as_tenant(tenant.pk):
        grant = SupportGrant.objects.select_for_update().get(pk=grant_id)
        if grant.reference or not reference.strip():
            raise SupportRefusedError(_NO_CASE)
        grant.reference = reference.strip()[:60]
        grant.save(update_fields=["reference"])
        record("identity.support_case_named", grant, at=at, actor=actor, after={"case": grant.reference})
        publish(CHANGED, {"grant": grant.pk}, at=at)
    return grant


def _made(
    look: Look, *, house: uuid.UUID, at: datetime, most: int, emergency: bool = False, asked: Actor | None = None
) -> SupportGrant:
    if not look.purpose.strip():
        raise SupportRefusedError(Text("Wofür, ist zu nennen.", "What it is for must be said."))
    return SupportGrant.objects.create(
        house_id=house, permissions=_scope(look.permissions), purpose=look.purpose.strip()[:300],
        reference=look.reference.strip()[:60],
        hours=_hours(look.hours, most), emergency=emergency, asked_at=at,
        asked_by=asked.id if asked else None, asked_by_name=asked.name if asked else "",
    )  # fmt: skip


def _given(
    grant: SupportGrant, look: Look, *, held: Collection[str] | None, at: datetime, actor: Actor
) -> SupportGrant:
    if held is not None and not set(grant.permissions) <= set(held):
        raise SupportRefusedError(
            Text(
                "Sie öffnen nur Seiten, die Ihnen selbst offenstehen.",
                "You open only pages that you may open yourself.",
            )
        )
    if (demanded := backup_demanded(at=at)) is not None:
        ruling = may_begin(look.backup_on, localdate(at), clauses=demanded.clauses)
        if not ruling.value:
            raise SupportRefusedError(ruling.working[0])
        grant.backup_on = look.backup_on
        grant.save(update_fields=["backup_on"])
        after = {"backup_on": look.backup_on}
        clause = demanded.clauses[0].number
        record("identity.backup_confirmed", grant, at=at, actor=actor, clause=clause, after=after)
    return _begin(grant, at=at, actor=actor)


def _begin(grant: SupportGrant, *, at: datetime, actor: Actor) -> SupportGrant:
    grant.granted_at, grant.granted_by, grant.granted_by_name = at, actor.id, actor.name
    grant.until = at + timedelta(hours=grant.hours)
    grant.save(update_fields=["granted_at", "granted_by", "granted_by_name", "until"])
    told = {"until": grant.until, "pages": sorted(grant.permissions)}
    record("identity.support_given", grant, at=at, actor=actor, after=told)
    publish(CHANGED, {"grant": grant.pk}, at=at)
    return grant


def _scope(permissions: Collection[str]) -> list[str]:
    known = {one.key for one in grantable()}
    if not permissions or not set(permissions) <= known:
        raise SupportRefusedError(Text("Welche Seiten, ist zu nennen.", "Which pages must be said."))
    return sorted(set(permissions))


def _hours(hours: int, most: int) -> int:
    if not 1 <= hours <= most:
        raise SupportRefusedError(Text(f"Höchstens {most} Stunden.", f"{most} hours at most."))
    return hours


def _tell(subject: Text, grant: SupportGrant, *, at: datetime) -> None:
    """Write to the tenant's administrators, whatever is asked, and where they see and end it."""
    link, case = absolute("identity:support"), grant.reference or "–"
    text = Text(
        f"{subject.de}.\n\nWer: {grant.asked_by_name}\nWofür: {grant.purpose}\nFall: {case}\nStunden: {grant.hours}\n\n"
        f"Ansehen, gewähren, beenden: {link}",
        f"{subject.en}.\n\nWho: {grant.asked_by_name}\nWhat for: {grant.purpose}\nCase: {case}\n"
        f"Hours: {grant.hours}\n\nSee, allow, end: {link}",
    )
    tell_administrators(subject, text, about=grant, at=at)
    publish(CHANGED, {"grant": grant.pk}, at=at)


def _tell_asker(grant: SupportGrant, *, at: datetime) -> None:
    """Tell, as the house, the person who asked."""
    assert grant.asked_by is not None  # a request is somebody's
    asker = User.objects.get(pk=grant.asked_by)
    name = grant.tenant.name
    link = absolute("identity:support-house")
    assert grant.house_id is not None  # a request is made by a house
    with as_tenant(grant.house_id):
        language = asker.language or Tenant.objects.values_list("language", flat=True).get(pk=grant.house_id)
        text = Text(f"{name} gewährt Ihnen Einblick.\n\n{link}", f"{name} lets you look inside.\n\n{link}")
        send_mail(to=asker.email, to_name=asker.name, subject=_GIVEN.spoken(language).format(name=name),
                  text=text.spoken(language), at=at)  # fmt: skip
