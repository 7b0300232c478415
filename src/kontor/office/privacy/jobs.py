"""Background work about privacy: erasures, part by part; telling customers of breaches."""

import uuid
from datetime import datetime

from kontor.kernel.actor import MACHINE
from kontor.kernel.background import WRITING, outside_job, tenant_job
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions import (
    accuracy,
    backup_alarms,
    breaches,
    complaints,
    erasing,
    exports,
    leaving,
    own_backups,
    packing,
    resource_alarms,
    retention,
    rewriting,
    subject_erasures,
    subject_forwards,
)
from kontor.office.privacy.queries.pacing import resting


@outside_job(erasing.JOB, patience=WRITING)
def erase(*, tenant_id: uuid.UUID, at: datetime, erasure: str) -> None:
    """
    Carry out an erasure, part by part, each committed; killed anywhere it goes on there.

    It rests after each part as long as that took, so that others' pages come first.
    """
    erasure_id, pause = uuid.UUID(erasure), resting()
    with as_tenant(tenant_id):
        more = erasing.begin(erasure_id, at=at)
    while more:
        more = erasing.advance(tenant_id, erasure_id, at=at)
        pause()


@outside_job(rewriting.JOB, patience=WRITING)
def rewrite(*, tenant_id: uuid.UUID, at: datetime) -> None:
    """Write the tables anew, once for all erasures that wait for it, and certify them; killed, it is done again."""
    erasing.rewrite_waiting(tenant_id, at=at)


@outside_job(retention.JOB, patience=WRITING)
def keep_in_time(*, tenant_id: uuid.UUID, at: datetime) -> None:
    """Carry out a tenant's night: what is over goes, part by part; killed anywhere it goes on there."""
    retention.go_on(tenant_id, at=at)


@tenant_job(accuracy.JOB)
def address_refused(*, at: datetime, email: str) -> None:
    """Tell the administrators in which data an address stands that reaches nobody."""
    accuracy.tell_of_wrong_address(email, at=at)


@tenant_job(complaints.LOOK)
def look_for_consent(*, at: datetime, complaint: str) -> None:
    """Look for what proves the consent of somebody who complained."""
    complaints.look_for_proof(uuid.UUID(complaint), at=at)


@tenant_job(complaints.DECIDE)
def decide_complaint(*, at: datetime, complaint: str) -> None:
    """Tell the house that an account without proof is to be suspended."""
    complaints.remind_to_decide(uuid.UUID(complaint), at=at)


@tenant_job(backup_alarms.JOB)
def watch_backups(*, at: datetime) -> None:
    """Look whether backups are made and tried out."""
    backup_alarms.watch(at=at)


@outside_job(leaving.JOB, patience=WRITING)
def forget_person(*, tenant_id: uuid.UUID, at: datetime, erasure: str) -> None:
    """Erase a person, company by company; killed anywhere it is begun again and finds what is left."""
    leaving.forget(tenant_id, uuid.UUID(erasure), at=at)


@outside_job(subject_erasures.JOB, patience=WRITING)
def forget_asked(*, tenant_id: uuid.UUID, at: datetime, erasure: str, request: str) -> None:
    """Erase in one tenant who asked it for that; killed anywhere it is begun again and finds what is left."""
    subject_erasures.forget_asked(tenant_id, uuid.UUID(erasure), uuid.UUID(request), at=at)


@outside_job(exports.PACK, patience=WRITING)
def pack_export(*, tenant_id: uuid.UUID, at: datetime, export: str) -> None:
    """Pack an export, resting after each bit of work as long as it took, so that others' pages come first."""
    packing.pack(uuid.UUID(export), tenant_id, at=at, pause=resting())
    with as_tenant(tenant_id):  # also where an earlier run was killed just after the last piece
        exports.announce(uuid.UUID(export), at=at)


@tenant_job(resource_alarms.JOB)
def watch_resources(*, at: datetime) -> None:
    """Read how loaded the machine is."""
    resource_alarms.watch(at=at)


@tenant_job(own_backups.REMIND)
def remind_of_copy(*, at: datetime) -> None:
    """Remind a customer that backs up its content itself: thirty days without a copy, a year without a plan."""
    own_backups.remind(at=at)
    own_backups.remind_of_plan(at=at)


@tenant_job(exports.DISCARD)
def discard_export(*, at: datetime, export: str) -> None:
    """Delete an export whose days are over."""
    exports.discard(uuid.UUID(export), at=at, actor=MACHINE)


@tenant_job(breaches.TELL)
def tell_of_breach(*, at: datetime, title: str, stage: int) -> None:
    """Write to the administrators of a customer that a breach of its data was reported to it."""
    breaches.tell_administrators(title, stage, at=at)


@tenant_job(subject_forwards.TELL)
def tell_of_subject(*, at: datetime, name: str) -> None:
    """Write to the administrators of a customer that somebody's request was forwarded to it."""
    subject_forwards.tell_controller(name, at=at)
