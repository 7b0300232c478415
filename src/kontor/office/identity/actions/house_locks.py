"""
Locks that the house lays on a customer or one of its people, and the violations it learns of.

What a contract allows is decided above, where contracts are known; here the lock is kept twice under one key: as the
house's own row with evidence and weighing, and as the customer's, which shuts the access.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Lock, Membership, Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import as_tenant
from kontor.office.identity.actions import locks
from kontor.office.identity.actions.locks import Ground, LockRefusedError
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.models import HouseLock, SecurityCase, User, Violation
from kontor.office.identity.queries import administrators, here
from kontor.office.identity.queries.house_locks import EMERGENCY
from kontor.office.identity.queries.security import policy_here
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import day, said

_STRANGER: Final = Text("Unter diesem Benutzernamen arbeitet dort niemand.", "Nobody works there under this user name.")
_HOUSE: Final = frozenset({Lock.By.HOUSE.value})


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseGround:
    """
    On what a lock of the house rests, once its contract allows it.

    proof               key of the file that shows the reason
    ruling              key of the stored decision, shared with the customer
    violations, notices keys of what it rests on, where a whole customer is shut out
    """

    reason: str
    clause: str = ""
    evidence: str = ""
    weighing: str = ""
    announced_at: datetime | None = None
    immediate_because: str = ""
    effective_at: datetime
    ruling: uuid.UUID | None = None
    proof: uuid.UUID | None = None
    violations: Sequence[uuid.UUID] = ()
    notices: Sequence[uuid.UUID] = ()
    voluntary: bool = False


@transaction.atomic
def lay(of_tenant: uuid.UUID, user_name: str, ground: HouseGround, *, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Lock, as the house, everybody of a customer, or with a user name that one person there; return the lock's key.

    LockRefusedError for a person who does not work there, without a reason, and where a lock of the house stands.
    """
    person = whom(of_tenant, user_name, at=at) if user_name.strip() else None
    row = HouseLock.objects.create(
        of_tenant=of_tenant, person=person, reason=ground.reason, clause=ground.clause,
        evidence=ground.evidence.strip(), proof_id=ground.proof, ruling=ground.ruling, weighing=ground.weighing.strip(),
        announced_at=ground.announced_at, immediate_because=ground.immediate_because.strip(),
        effective_at=ground.effective_at, voluntary=ground.voluntary,
        violations=[str(each) for each in ground.violations], notices=[str(each) for each in ground.notices],
        made_at=at, made_by=actor.name,
    )  # fmt: skip
    told = {"reason": row.reason, "effective_at": row.effective_at, "violations": row.violations}
    record("identity.house_locked", row, at=at, actor=actor, clause=row.clause, ruling=row.ruling, after=told)
    with as_tenant(of_tenant):
        member = Membership.objects.select_related("user").get(user_id=person) if person else None
        locks.lock(
            member,
            Ground(
                by=Lock.By.HOUSE, reason=row.reason, evidence=row.evidence, clause=row.clause, weighing=row.weighing,
                announced_at=row.announced_at, immediate_because=row.immediate_because, key=row.pk, ruling=row.ruling,
            ),
            at=at, actor=actor, effective_at=row.effective_at,
        )  # fmt: skip
    return row.pk


@transaction.atomic
def lift(lock_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> uuid.UUID:
    """
    Lift a lock of the house with the reason, before it begins too; return the customer's key.

    HouseLock.DoesNotExist for one that is lifted, LockRefusedError without a reason.
    """
    row = HouseLock.objects.select_for_update().get(pk=lock_id, lifted_at=None)
    with as_tenant(row.of_tenant):
        if Lock.objects.filter(pk=row.pk, lifted_at=None).exists():  # in an emergency the customer may have opened it
            locks.lift(row.pk, because=because, by=_HOUSE, at=at, actor=actor)
    told = {"lifted_at": at, "lifted_by": actor.name, "lifted_because": because.strip()}
    exactly_one(HouseLock.objects.filter(pk=row.pk).update(**told))
    record("identity.house_lock_lifted", row, at=at, actor=actor, after={"why": because.strip()})
    return row.of_tenant


@transaction.atomic
def help_in_emergency(
    of_tenant: Tenant, user_name: str, *, reason: str, told: str, at: datetime, actor: Actor
) -> SecurityCase:
    """
    Lock a person's access on a call for help, as voluntary assistance; the customer's duty stays with it (SM-022).

    All administrators of the customer are told, and may open it again themselves. LockRefusedError without a reason,
    and for a person who does not work there.

    told  what the e-mail said, and from whom it came
    """
    if not reason.strip():
        raise LockRefusedError(Text("Der Grund ist zu nennen.", "The reason must be given."))
    ground = HouseGround(reason=EMERGENCY, evidence=f"{reason.strip()}\n\n{told.strip()}", effective_at=at,
                         immediate_because=reason, voluntary=True)  # fmt: skip
    key = lay(of_tenant.pk, user_name, ground, at=at, actor=actor)
    row = HouseLock.objects.get(pk=key)
    assert row.person is not None  # an emergency is one person's
    case = SecurityCase.objects.create(
        kind=SecurityCase.Kind.EMERGENCY, of_tenant=of_tenant.pk, tenant_name=of_tenant.name, person=row.person,
        told=told.strip(), voluntary=True, lock=row.pk, at=at,
    )  # fmt: skip
    record("identity.case_opened", case, at=at, actor=actor, after={"kind": case.kind, "voluntary": True})
    person = User.objects.get(pk=row.person)
    with as_tenant(of_tenant.pk):
        tell_administrators(*_emergency_words(person, reason.strip()), about=None, at=at)
    return case


@transaction.atomic
def note_violation(
    of_tenant: uuid.UUID, user_name: str, *, rule: str, clause: str, on: date, at: datetime, actor: Actor
) -> Violation:
    """Keep that one of a customer's people broke a rule of use; LockRefusedError for one who does not work there."""
    person = whom(of_tenant, user_name, at=at)
    row = Violation.objects.create(
        of_tenant=of_tenant, person=person, user_name=user_name.strip().lower(), rule=rule.strip(), clause=clause,
        on=on, made_at=at, made_by=actor.name,
    )  # fmt: skip
    record("identity.violation_noted", row, at=at, actor=actor, clause=clause)
    return row


@transaction.atomic
def report_violation(violation_id: uuid.UUID, *, at: datetime, actor: Actor) -> Violation:
    """
    Tell the customer's contact of a violation and demand that it stop: user name, rule and day, nothing else (SM-028).

    Without a named contact it goes to an administrator. Violation.DoesNotExist for one that is reported already;
    LockRefusedError where nobody can be told.
    """
    row = Violation.objects.select_for_update().get(pk=violation_id, reported_at=None)
    with as_tenant(row.of_tenant):
        policy, language = policy_here(), Tenant.objects.values_list("language", flat=True).get(pk=row.of_tenant)
        first = administrators(at=at).order_by("since", "pk").first()
        to = (policy.contact_email, policy.contact_name) if policy.contact_email else None
        to = to or ((first.user.email, first.user.name) if first else None)
    if to is None:
        raise LockRefusedError(Text("Der Kunde nennt niemanden.", "The customer names nobody."))
    subject, text = _report_words(row)
    mail = send_mail(
        to=to[0], to_name=to[1], subject=subject.spoken(language), text=text.spoken(language), about=row, at=at
    )
    row.reported_at, row.mail = at, mail
    row.save(update_fields=["reported_at", "mail"])
    record("identity.violation_reported", row, at=at, actor=actor, clause=row.clause)
    return row


def whom(of_tenant: uuid.UUID, user_name: str, *, at: datetime) -> uuid.UUID:
    """Return who works at a customer under a user name; LockRefusedError where nobody does."""
    person = User.objects.filter(email=user_name.strip().lower()).values_list("pk", flat=True).first()
    with as_tenant(of_tenant):
        if person is None or not Membership.objects.filter(here(at), user_id=person).exists():
            raise LockRefusedError(_STRANGER)
    return person


def _report_words(row: Violation) -> tuple[Text, Text]:
    subject = Text("Verstoß gegen die Regeln der Nutzung", "Breach of the rules of use")
    text = said(
        "Benutzername: {name}\nRegel: {rule}\nTag: {on}\n\nWir fordern Sie auf, dies zu unterbinden.",
        "User name: {name}\nRule: {rule}\nDay: {on}\n\nWe demand that you put a stop to it.",
        name=row.user_name, rule=f"{row.rule} ({row.clause})" if row.clause else row.rule, on=day(row.on),
    )  # fmt: skip
    return subject, text


def _emergency_words(person: User, reason: str) -> tuple[Text, Text]:
    subject = Text(f"{person.name}: im Notfall gesperrt", f"{person.name}: locked in an emergency")
    text = Text(
        f"Der Anbieter hat den Zugang von {person.name} auf einen Notruf hin gesperrt.\n\nGrund: {reason}\n\n"
        "Das ist freiwillige Hilfe: Die Pflicht, Zugänge zu schützen, bleibt bei Ihnen. "
        "Ihre Verwaltung öffnet den Zugang wieder, wenn er sicher ist.",
        f"The provider locked the access of {person.name} on a call for help.\n\nReason: {reason}\n\n"
        "This is voluntary assistance: the duty to protect accesses stays with you. "
        "Your administration opens the access again when it is safe.",
    )
    return subject, text
