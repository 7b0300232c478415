"""Shutting an access and opening it again: sessions end, the person is told why and which way leads back."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions import credentials
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actions.sessions import end_sessions, end_sessions_of_tenant
from kontor.kernel.actor import Actor
from kontor.kernel.models import Lock, Membership, Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.actions.notify import tell_administrators
from kontor.office.identity.models import AccessReport, KnownDevice
from kontor.office.identity.queries import INVITATION, administrators
from kontor.office.identity.queries.house_locks import EMERGENCY
from kontor.office.identity.queries.locks import REASONS, lock_of, reason_words
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import moment, said

BEGINS: Final = "identity.lock_begins"
LENGTH: Final = 1000
_LOCKED: Final = Text("Ihr Zugang ist gesperrt", "Your access is locked")
_ANNOUNCED: Final = Text("Ihr Zugang wird gesperrt", "Your access will be locked")
_LIFTED: Final = Text("Ihr Zugang ist wieder offen", "Your access is open again")


class LockRefusedError(Exception):
    """Why an access cannot be shut, or not be opened; `why` says it in both languages."""

    def __init__(self, why: Text) -> None:
        super().__init__(why.en)
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """
    On what a lock rests.

    reason  one of the tenant's own (`REASONS`) or of the contract's clause
    clause  the contract's, "" for a tenant's own lock
    key     of the row, where the house's own row has it already
    ruling  key of the stored decision that allows the house's lock
    """

    by: str
    reason: str
    evidence: str = ""
    clause: str = ""
    weighing: str = ""
    announced_at: datetime | None = None
    immediate_because: str = ""
    key: uuid.UUID | None = None
    ruling: uuid.UUID | None = None


@transaction.atomic
def lock(
    membership: Membership | None, ground: Ground, *, at: datetime, actor: Actor, effective_at: datetime | None = None
) -> Lock:
    """
    Shut a member's access here, or with None everybody's, from now on or from a later moment.

    Every session in which the person works here ends; after their own word that the access may be in other hands,
    every session of theirs. A device they were known by is known no more, an invitation is worth nothing.
    LockRefusedError without a reason, for an access that is shut already, and for the last administrator by a tenant's
    own hand, who alone could open it again.
    """
    _refuse(membership, ground, at=at)
    row = Lock(
        membership=membership, by=ground.by, reason=ground.reason, clause=ground.clause,
        evidence=ground.evidence[:LENGTH], weighing=ground.weighing[:LENGTH], announced_at=ground.announced_at,
        immediate_because=ground.immediate_because[:LENGTH], effective_at=effective_at or at, made_at=at,
        made_by=actor.name, ruling=ground.ruling,
    )  # fmt: skip
    row.pk = ground.key or row.pk
    row.save(force_insert=True)
    told = {"reason": row.reason, "by": row.by, "effective_at": row.effective_at}
    record("identity.locked", membership or row, at=at, actor=actor, clause=row.clause, after=told)
    reported = _answer_reports(row, at=at)
    if row.effective_at <= at:
        shut(row, everywhere=reported, at=at)
    else:
        put_due(BEGINS, at=row.effective_at, arguments={"lock": str(row.pk)})
    _tell(row, *_locked_words(row), at=at)
    return row


@transaction.atomic
def lift(lock_id: uuid.UUID, *, because: str, by: frozenset[str], at: datetime, actor: Actor) -> Lock:
    """
    Open what a lock has shut; LockRefusedError without a reason, and for a lock that is not this hand's to lift.

    by  whose locks this hand may lift: a tenant not the house's, the house not the tenant's own; what was locked as
        help in an emergency, both
    """
    row = Lock.objects.select_for_update().get(pk=lock_id, lifted_at=None)
    if not because.strip():
        raise LockRefusedError(Text("Der Grund ist zu nennen.", "The reason must be given."))
    if row.by not in by and row.reason != EMERGENCY:
        raise LockRefusedError(
            Text("Diese Sperre hebt auf, wer sie verhängt hat.", "This lock is lifted by whoever laid it.")
        )
    row.lifted_at, row.lifted_by, row.lifted_because = at, actor.name, because.strip()[:LENGTH]
    exactly_one(
        Lock.objects.filter(pk=row.pk).update(lifted_at=at, lifted_by=row.lifted_by, lifted_because=row.lifted_because)
    )
    record("identity.unlocked", row.membership or row, at=at, actor=actor, after={"why": row.lifted_because})
    publish("identity.unlocked", {"lock": row.pk}, at=at)
    _tell(row, _LIFTED, _lifted_text(row), at=at)
    return row


def shut(row: Lock, *, everywhere: bool, at: datetime) -> int:
    """End what a lock that holds now puts an end to; return how many sessions it was."""
    publish("identity.locked", {"lock": row.pk}, at=at)
    if row.membership is None:
        return end_sessions_of_tenant(current_tenant())
    person = row.membership.user_id
    credentials.revoke(INVITATION, person, at=at)
    KnownDevice.objects.filter(person=person).delete()
    return end_sessions(person, working_in=None if everywhere else current_tenant())


@transaction.atomic
def begin(lock_id: uuid.UUID, *, at: datetime) -> int:
    """Let an announced lock take hold, unless it was lifted meanwhile; return how many sessions ended."""
    row = Lock.objects.select_related("membership").filter(pk=lock_id, lifted_at=None).first()
    return shut(row, everywhere=False, at=at) if row is not None else 0


def _refuse(membership: Membership | None, ground: Ground, *, at: datetime) -> None:
    if not ground.reason.strip() or (ground.by == Lock.By.TENANT and ground.reason not in REASONS):
        raise LockRefusedError(Text("Der Grund ist zu nennen.", "The reason must be given."))
    if lock_of(membership, house=ground.by == Lock.By.HOUSE) is not None:
        raise LockRefusedError(Text("Der Zugang ist schon gesperrt.", "The access is locked already."))
    if membership is None or ground.by == Lock.By.HOUSE:
        return
    shut_out = Lock.objects.filter(lifted_at=None, membership__isnull=False).values("membership")
    if list(administrators(at=at).exclude(pk__in=shut_out).values_list("pk", flat=True)) == [membership.pk]:
        raise LockRefusedError(
            Text(
                "Das ist die letzte Person, die hier alles darf. Machen Sie zuerst jemand anderen zur Verwaltung.",
                "This is the last person who may do everything here. Make somebody else administrator first.",
            )
        )


def _answer_reports(row: Lock, *, at: datetime) -> bool:
    """Note when the reports that still waited for a lock were answered by it; tell whether there were any."""
    if row.membership is None:
        return False
    waiting = AccessReport.objects.filter(membership=row.membership, locked_at=None)
    return bool(waiting.update(lock=row, locked_at=at))


def _tell(row: Lock, subject: Text, text: Text, *, at: datetime) -> None:
    """Write to the person, and where everybody is meant or the house locks, to those who administer the tenant."""
    if row.membership is None or row.by == Lock.By.HOUSE:
        tell_administrators(subject, text, about=row, at=at)
    if row.membership is None:
        return
    person = row.membership.user
    spoken = person.language or Tenant.objects.values_list("language", flat=True).get(pk=current_tenant())
    send_mail(
        to=person.email, to_name=person.name, subject=subject.spoken(spoken), text=text.spoken(spoken), about=row, at=at
    )


def _locked_words(row: Lock) -> tuple[Text, Text]:
    """Return subject and text of the news, which for a lock that begins later is its announcement in text form."""
    tenant = Tenant.objects.get(pk=current_tenant())
    whose = "" if row.membership is None or row.by != Lock.By.HOUSE else f" ({row.membership.user.email})"
    begins = moment(row.effective_at.astimezone(ZoneInfo(tenant.zone)))
    what = said(
        "Der Zugang zu {tenant}{whose} wird gesperrt ab {begins}.",
        "The access to {tenant}{whose} will be locked from {begins}.",
        tenant=tenant.name, whose=whose, begins=begins,
    ) if row.effective_at > row.made_at else said(
        "Der Zugang zu {tenant}{whose} ist gesperrt.",
        "The access to {tenant}{whose} is locked.",
        tenant=tenant.name, whose=whose,
    )  # fmt: skip
    why = reason_words(row.reason)
    clause = f" ({row.clause})" if row.clause else ""
    at_once = f"\n{row.immediate_because}" if row.immediate_because else ""
    return (_ANNOUNCED if row.effective_at > row.made_at else _LOCKED), Text(
        f"{what.de}\n\nGrund: {why.de}{clause}{at_once}\n\n"
        "Wenn Sie sich anmelden, steht dort, an wen Sie sich wenden können.",
        f"{what.en}\n\nReason: {why.en}{clause}{at_once}\n\nWhen you sign in, it says there whom to turn to.",
    )


def _lifted_text(row: Lock) -> Text:
    tenant = Tenant.objects.get(pk=current_tenant()).name
    return Text(
        f"Der Zugang zu {tenant} ist wieder offen.\n\nGrund: {row.lifted_because}",
        f"The access to {tenant} is open again.\n\nReason: {row.lifted_because}",
    )
