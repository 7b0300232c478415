"""A person's word that their access may be in other hands, and that of one who has lost a device."""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.credentials import issue
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.sessions import end_sessions
from kontor.kernel.actor import Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Credential, Lock, Membership, Tenant
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity.actions.locks import Ground, LockRefusedError, lock
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.models import AccessReport, SecurityCase, User
from kontor.office.identity.queries import tenants_of
from kontor.office.identity.queries.cases import case_words
from kontor.rulebook.ruling import Text

LOST: Final = "identity.lost_device"
LINK_HOURS: Final = 2
AGAIN_AFTER: Final = timedelta(minutes=5)  # a mail that has just been sent is not sent again
CASE_JOB: Final = "identity.open_case"
LINK_JOB: Final = "identity.lost_device_link"


@transaction.atomic
def report(user: User, *, kind: str, lock_too: bool, at: datetime, actor: Actor) -> int:
    """
    Tell the administrators of every tenant in which a person works, and the house's security.

    Return in how many of them the access is locked now.

    kind      of `AccessReport`
    lock_too  end every session and shut the access at once; where the person is a tenant's last administrator it
              stays open, for nobody could open it again, and the administrators read that
    """
    tenants, locked = tenants_of(user.pk, at=at), 0
    for tenant in tenants:
        with as_tenant(tenant.pk):
            locked += _report_here(user, kind, lock_too=lock_too, at=at, actor=actor)
    if lock_too:
        end_sessions(user.pk)
    for tenant in tenants:
        tell_house(SecurityCase.Kind.SUSPICION.value, tenant=tenant.pk, person=user.pk)
    return locked


@transaction.atomic
def send_lost_link(email: str, *, at: datetime) -> bool:
    """
    Mail the link to the page of a lost device, from the current tenant; False for an address that nobody signs in with.

    Runs in the background, so that the page that asked for it takes as long for an unknown address as for a known one.
    """
    user = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if user is None:
        return False
    given = Credential.objects.filter(scope=LOST, object_id=user.pk, created_at__gt=at - AGAIN_AFTER)
    if given.exists():
        return False
    secret = issue(LOST, user.pk, expires_at=at + timedelta(hours=LINK_HOURS), at=at)
    spoken = user.language or Tenant.objects.values_list("language", flat=True).get(pk=current_tenant())
    send_mail(
        to=user.email, to_name=user.name, subject=_SUBJECT.spoken(spoken),
        text=_LINK.spoken(spoken).format(link=absolute("identity:lost-device-link", secret), hours=LINK_HOURS), at=at,
    )  # fmt: skip
    return True


def tell_house(kind: str, *, tenant: uuid.UUID, person: uuid.UUID) -> None:
    """Have a case opened on the house's day; where there is no house, nobody is there to look at it."""
    house = Tenant.objects.filter(is_house=True).first()
    if house is not None:
        queue(CASE_JOB, house.pk, tenant=tenant, person=person, kind=kind)


@transaction.atomic
def close_case(case_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> SecurityCase:
    """Put a case away with what came of it; SecurityCase.DoesNotExist for a stranger's or one that is closed."""
    case = SecurityCase.objects.select_for_update().get(pk=case_id, closed_at=None)
    case.closed_at, case.closed_by, case.closed_because = at, actor.name, because
    case.save(update_fields=["closed_at", "closed_by", "closed_because"])
    record("identity.case_closed", case, at=at, actor=actor, after={"why": because})
    return case


@transaction.atomic
def open_case(*, tenant: Tenant, person: User, kind: str, at: datetime) -> SecurityCase:
    """Put something about security on the house's day and tell its administrators at once; runs as the house."""
    case = SecurityCase.objects.create(kind=kind, of_tenant=tenant.pk, tenant_name=tenant.name, person=person.pk, at=at)
    record("identity.case_opened", case, at=at, actor=None, after={"kind": kind, "tenant": tenant.name})
    tell_administrators(case_words(kind), Text(f"{tenant.name}: {person.email}", f"{tenant.name}: {person.email}"),
                        about=case, at=at)  # fmt: skip
    return case


def _report_here(user: User, kind: str, *, lock_too: bool, at: datetime, actor: Actor) -> bool:
    member = Membership.objects.select_related("user").get(user_id=user.pk)
    made = AccessReport.objects.create(membership=member, kind=kind, told=0, at=at)
    record("identity.access_reported", member, at=at, actor=actor, after={"kind": kind})
    locked, said = _lock_here(member, kind, at=at, actor=actor) if lock_too else (False, Text("", ""))
    link = absolute("identity:person", member.pk)
    what = _WHAT[kind]
    mails = tell_administrators(
        Text(f"{user.name}: {what.de}", f"{user.name}: {what.en}"),
        Text(f"{user.name} meldet: {what.de}.\n{said.de}\nSperren, öffnen, Sitzungen beenden: {link}",
             f"{user.name} reports: {what.en}.\n{said.en}\nLock, open, end sessions: {link}"),
        about=made, at=at,
    )  # fmt: skip
    AccessReport.objects.filter(pk=made.pk).update(told=len(mails))
    return locked


def _lock_here(member: Membership, kind: str, *, at: datetime, actor: Actor) -> tuple[bool, Text]:
    reason = "lost" if kind == AccessReport.Kind.LOST else "suspected"
    try:
        lock(member, Ground(by=Lock.By.PERSON, reason=reason), at=at, actor=actor)
    except LockRefusedError as refused:
        return False, refused.why
    return True, Text("Der Zugang ist gesperrt.", "The access is locked.")


_WHAT: Final = {
    "SUSPECTED": Text("Zugang vielleicht in fremden Händen", "access may be in other hands"),
    "LOST": Text("Gerät verloren", "device lost"),
}
_SUBJECT: Final = Text("Gerät verloren", "Device lost")
_LINK: Final = Text(
    "Hier steht, wen Sie anrufen, und hier sperren Sie Ihren Zugang:\n\n{link}\n\n"
    "Der Link gilt {hours} Stunden. Haben Sie ihn nicht angefordert, ist nichts zu tun.",
    "Here it says whom to call, and here you lock your access:\n\n{link}\n\n"
    "The link is good for {hours} hours. If you did not ask for it, there is nothing to do.",
)
