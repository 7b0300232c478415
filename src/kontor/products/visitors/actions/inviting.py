"""Inviting people: one or many to an appointment, allowed where their kind asks for it, moved and called off."""

import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.mail import check_address
from kontor.kernel.actions.queue import queue
from kontor.kernel.models import Site
from kontor.kernel.tenancy import current_tenant
from kontor.products.visitors.actions.forgetting import FIELDS, end, look_later
from kontor.products.visitors.actions.happening import Attempt, held, note, note_many
from kontor.products.visitors.actions.keys import newest_key
from kontor.products.visitors.models import ContractorPerson, Visit, VisitGroup, VisitType
from kontor.products.visitors.queries.codes import pin_digest
from kontor.products.visitors.queries.qualified import people_of, sent_by
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

MAIL: Final = "visitors.mail"
AT_ONCE: Final = 500  # people of one appointment
_PINS: Final = 10**6
_OPEN: Final = (Visit.State.ASKED, Visit.State.EXPECTED, Visit.State.IN)


class InvitationRefusedError(RefusalError):
    """Nobody was invited, and nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """Whoever receives a visit: with an account here, or by name and address alone."""

    user: uuid.UUID | None = None
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guest:
    """Whoever comes. `details` by the keys that their kind of visit asks for, `person` among the tenant's parties."""

    name: str
    company: str = ""
    email: str = ""
    phone: str = ""
    language: str = "de"
    details: Mapping[str, str] = field(default_factory=dict)
    person: uuid.UUID | None = None
    contractor_person: ContractorPerson | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Where, when, to whom and for what. `uid` and `sequence` where a calendar already knows it."""

    site: Site
    type: VisitType
    begins_at: datetime
    ends_at: datetime
    host: Host = Host()
    title: str = ""
    open_places: int = 0
    origin: str = Visit.Origin.INVITED
    uid: str = ""
    sequence: int = 0


@transaction.atomic
def invite(guests: Sequence[Guest], to: Appointment, attempt: Attempt) -> list[Visit]:
    """
    Expect these people, each with a code and a PIN of their own, and write to those with an address.

    Where their kind of visit must be allowed first, nobody is written to until then. Several people, or open places,
    make a group. InvitationRefusedError where something is missing.
    """
    refuse_invitation(guests, to)
    newest_key(at=attempt.at)
    group = _group(to, attempt) if len(guests) > 1 or to.open_places or to.title else None
    return _expect(guests, to, attempt, group)


@transaction.atomic
def join(group_id: uuid.UUID, guest: Guest, attempt: Attempt) -> Visit:
    """Let somebody take one of a group's open places; InvitationRefusedError once there is none."""
    group = VisitGroup.objects.select_for_update(of=("self",)).select_related("site", "type").get(pk=group_id)
    if group.cancelled_at or group.ends_at <= attempt.at or not group.open_places:
        raise InvitationRefusedError(
            Text(
                "Für diesen Termin ist kein Platz mehr frei. Bitte wenden Sie sich an Ihren Gastgeber.",
                "No place is left for this appointment. Please turn to your host.",
            )
        )
    to = Appointment(
        site=group.site, type=group.type, begins_at=group.begins_at, ends_at=group.ends_at,
        host=Host(user=group.host_user, name=group.host_name, email=group.host_email),
        origin=Visit.Origin.REGISTERED, sequence=group.sequence,
    )  # fmt: skip
    refuse_invitation([guest], to)
    group.open_places -= 1
    group.save(update_fields=["open_places"])
    (visit,) = _expect([guest], to, attempt, group)
    return visit


@transaction.atomic
def allow(visit_id: uuid.UUID, attempt: Attempt) -> Visit:
    """Allow a visit that was asked for, and write to the visitor."""
    visit = _waiting(visit_id, Visit.State.ASKED)
    visit.state = Visit.State.EXPECTED
    visit.save(update_fields=["state"])
    note(visit, "allowed", attempt)
    _write_to([visit], "invited")
    return visit


@transaction.atomic
def refuse(visit_id: uuid.UUID, because: str, attempt: Attempt) -> Visit:
    """Refuse a visit that was asked for; whoever asked sees why."""
    visit = _waiting(visit_id, Visit.State.ASKED)
    visit.state = Visit.State.REFUSED
    end([visit], at=attempt.at)
    visit.save(update_fields=["state", *FIELDS])
    note(visit, "refused", attempt, {"because": because})
    return visit


@transaction.atomic
def move(visit_id: uuid.UUID, *, begins_at: datetime, ends_at: datetime, site: Site, attempt: Attempt) -> Visit:
    """Move a visit to another time or site; its code and PIN are new, and calendars learn it by a higher sequence."""
    visit = _waiting(visit_id, Visit.State.ASKED, Visit.State.EXPECTED)
    _refuse_times(begins_at, ends_at)
    before = {"begins_at": visit.begins_at.isoformat(), "site": str(visit.site_id)}
    visit.begins_at, visit.ends_at, visit.site = begins_at, ends_at, site
    visit.code += 1
    visit.sequence += 1
    visit.pin, visit.pin_digest = _new_pins(site.pk, 1)[0]
    visit.save(update_fields=["begins_at", "ends_at", "site", "code", "sequence", "pin", "pin_digest"])
    note(visit, "moved", attempt, before)
    look_later([visit])
    if visit.state == Visit.State.EXPECTED:
        _write_to([visit], "changed")
    return visit


@transaction.atomic
def cancel(visit_ids: Sequence[uuid.UUID], because: str, attempt: Attempt) -> int:
    """Call visits off that have not begun and tell their visitors; the number that were."""
    rows = Visit.objects.select_for_update(of=("self",)).select_related("site", "type")
    visits = list(rows.filter(pk__in=visit_ids, state__in=[Visit.State.ASKED, Visit.State.EXPECTED]).order_by("pk"))
    told = [visit for visit in visits if visit.state == Visit.State.EXPECTED]
    for visit in visits:
        visit.state = Visit.State.CANCELLED
        visit.sequence += 1
    end(visits, at=attempt.at)
    Visit.objects.bulk_update(visits, ["state", "sequence", *FIELDS])
    note_many(visits, "cancelled", attempt, {"because": because} if because else None)
    _write_to(told, "cancelled")
    return len(visits)


@transaction.atomic
def cancel_group(group_id: uuid.UUID, because: str, attempt: Attempt) -> int:
    """Call a whole appointment off."""
    group = VisitGroup.objects.select_for_update().get(pk=group_id)
    group.cancelled_at, group.open_places = attempt.at, 0
    group.sequence += 1
    group.save(update_fields=["cancelled_at", "open_places", "sequence"])
    return cancel(list(group.visits.values_list("pk", flat=True)), because, attempt)


def refuse_invitation(guests: Sequence[Guest], to: Appointment) -> None:
    """Raise InvitationRefusedError where an invitation misses something, MailAddressError for what is no address."""
    _refuse_times(to.begins_at, to.ends_at)
    if not guests and not to.open_places:
        raise InvitationRefusedError(Text("Es ist niemand eingeladen.", "Nobody is invited."))
    if len(guests) + to.open_places > AT_ONCE:
        german = f"Zu einem Termin lassen sich höchstens {AT_ONCE} Personen einladen."
        raise InvitationRefusedError(Text(german, f"At most {AT_ONCE} people can be invited to one appointment."))
    if VisitType.Asked.HOST in to.type.demands and not to.host.name:
        raise InvitationRefusedError(
            Text("Diese Besuchsart braucht einen Gastgeber.", "This kind of visit needs a host.")
        )
    for guest in guests:
        if not guest.name.strip():
            raise InvitationRefusedError(Text("Es fehlt der Name eines Gastes.", "A guest’s name is missing."))
        if guest.email:
            check_address(guest.email)


def _expect(guests: Sequence[Guest], to: Appointment, attempt: Attempt, group: VisitGroup | None) -> list[Visit]:
    pins = _new_pins(to.site.pk, len(guests))
    known = people_of(guests) if to.type.qualified else {}
    state = Visit.State.ASKED if to.type.approval else Visit.State.EXPECTED
    visits = Visit.objects.bulk_create(
        Visit(
            site=to.site, type=to.type, group=group, person=guest.person,
            contractor_person=guest.contractor_person or known.get(sent_by(guest.name, guest.company)),
            name=guest.name, company=guest.company, email=guest.email, phone=guest.phone, language=guest.language,
            details=dict(guest.details), host_user=to.host.user, host_name=to.host.name, host_email=to.host.email,
            begins_at=to.begins_at, ends_at=to.ends_at, state=state, origin=to.origin, uid=to.uid,
            sequence=to.sequence, pin=pin, pin_digest=digest, at=attempt.at,
        )
        for guest, (pin, digest) in zip(guests, pins, strict=True)
    )  # fmt: skip
    note_many(visits, "asked" if to.type.approval else "invited", attempt, {"host": to.host.name})
    look_later(visits)
    if not to.type.approval and to.origin != Visit.Origin.WALK_IN:
        _write_to(visits, "invited")
    return visits


def _group(to: Appointment, attempt: Attempt) -> VisitGroup:
    return VisitGroup.objects.create(
        site=to.site, type=to.type, title=to.title or to.type.title_de, host_user=to.host.user, host_name=to.host.name,
        host_email=to.host.email, begins_at=to.begins_at, ends_at=to.ends_at, open_places=to.open_places, uid=to.uid,
        sequence=to.sequence, by_name=attempt.actor.name, at=attempt.at,
    )  # fmt: skip


def _new_pins(site_id: uuid.UUID, count: int) -> list[tuple[str, bytes]]:
    """Return so many PINs that nobody who may still come to this site has; the database has the last word."""
    found: dict[bytes, str] = {}
    while len(found) < count:
        more = [f"{secrets.randbelow(_PINS):06}" for _ in range(count - len(found))]
        fresh = {pin_digest(site_id, pin): pin for pin in more}
        taken = Visit.objects.filter(site_id=site_id, state__in=_OPEN, pin_digest__in=list(fresh))
        known = {bytes(digest) for digest in taken.values_list("pin_digest", flat=True) if digest}
        found |= {digest: pin for digest, pin in fresh.items() if digest not in known}
    return [(pin, digest) for digest, pin in found.items()]


def _waiting(visit_id: uuid.UUID, *states: str) -> Visit:
    visit = held(visit_id)
    if visit.state not in states:
        raise InvitationRefusedError(
            Text(
                "Dieser Besuch ist inzwischen in einem anderen Zustand. Laden Sie die Seite neu.",
                "This visit is in another state by now. Load the page anew.",
            )
        )
    return visit


def _write_to(visits: Sequence[Visit], occasion: str) -> None:
    if told := [str(visit.pk) for visit in visits if visit.email]:
        queue(MAIL, current_tenant(), visits=told, occasion=occasion)


def _refuse_times(begins_at: datetime, ends_at: datetime) -> None:
    if ends_at <= begins_at:
        german = "Der Besuch endet, bevor er beginnt. Bitte prüfen Sie die Zeiten."
        raise InvitationRefusedError(Text(german, "The visit ends before it begins. Please check the times."))
