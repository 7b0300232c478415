"""
Erasing somebody at their request, with an account or without: answered first, then everything about them goes.

Whoever was asked erases what it keeps itself; the house, asked by somebody who has an account, the account with all
that hangs on it. Nothing can be written to a person who is erased, so the answer goes out an hour before.
"""

import uuid
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.links import absolute
from kontor.kernel.models import Tenant
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.privacy.actions import leaving, replaying
from kontor.office.privacy.actions.subject_answers import answer, answerable
from kontor.office.privacy.actions.subjects import SubjectRefusedError, step
from kontor.office.privacy.models import PersonErasure, SubjectRequest
from kontor.office.privacy.queries import subjects as queries
from kontor.office.privacy.queries.leaving import counted_here, left_token, remaining
from kontor.rulebook.ruling import Text

JOB: Final = "privacy.forget_asked"
ANSWERED_BEFORE: Final = timedelta(hours=1)


@transaction.atomic
def erase_asked(request_id: uuid.UUID, words: str, *, at: datetime, actor: Actor) -> PersonErasure:
    """
    Answer a request for erasure and have everything about its person erased an hour later.

    SubjectRefusedError for another kind of request, while it is not clear who asks, and for a processor without its
    controller's word; LeavingRefusedError while a company would be left without anybody who administers it.
    """
    row = answerable(request_id)
    if row.kind != SubjectRequest.Kind.ERASURE:
        raise SubjectRefusedError(_ANOTHER)
    tenant = Tenant.objects.get(pk=current_tenant())
    if tenant.is_house and row.person is not None:
        asked = "house"
        erasure = leaving.note_leaving(row.person, asked=asked, language=row.language, at=at, actor=actor)
        put_due(leaving.JOB, at=at + ANSWERED_BEFORE, arguments={"erasure": str(erasure.pk)})
    else:
        erasure = _noted(row, tenant, at=at, actor=actor)
        arguments = {"erasure": str(erasure.pk), "request": str(row.pk)}
        put_due(JOB, at=at + ANSWERED_BEFORE, arguments=arguments)
    link = absolute("privacy:left", left_token(erasure))
    answer(row.pk, f"{words.strip()}\n\n{_WHAT.spoken(row.language)} {link}", at=at, actor=actor)
    return erasure


def forget_asked(tenant: uuid.UUID, erasure_id: uuid.UUID, request_id: uuid.UUID, *, at: datetime) -> None:
    """Carry such an erasure out in its tenant, outside any transaction of ours; repeated, it finds what is left."""
    with as_tenant(tenant):
        if PersonErasure.objects.get(pk=erasure_id).done_at is not None:
            return
        row = SubjectRequest.objects.get(pk=request_id)
        subject = queries.subject_of(row)
    leaving.forget_in(tenant, subject, at=at)
    with as_tenant(tenant):
        leaving.finish(erasure_id, at=at)
        step(row, "erased", at=at, actor=MACHINE, clause="GDPR Art. 17")


def _noted(row: SubjectRequest, tenant: Tenant, *, at: datetime, actor: Actor) -> PersonErasure:
    if row.person is not None:
        leaving.refuse_last(tenant.pk, row.person)
    subject = queries.subject_of(row)
    counts, remains = counted_here(tenant.pk, subject, on=at.date())
    erasure = PersonErasure.objects.create(
        person=row.person or uuid7(),
        asked="house" if tenant.is_house else "administrator",
        language=row.language,
        counts={what: dict(rows) for what, rows in counts.items()},
        remains=remaining(remains),
        begun_at=at,
    )
    replaying.note_gone(erasure.person, subject.emails, at=at)
    record("privacy.person_leaves", erasure, at=at, actor=actor, clause="GDPR Art. 17")
    return erasure


_ANOTHER: Final = Text(
    "Verlangt ist etwas anderes als eine Löschung: Ordnen Sie die Anfrage zuerst anders ein.",
    "Something other than erasure is asked for: sort the request differently first.",
)
_WHAT: Final = Text(
    "Was gelöscht wird, was bis wann und warum bleibt, und die Bescheinigung:",
    "What is erased, what stays until when and why, and the certificate:",
)
