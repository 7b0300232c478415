"""Answering a data subject: the package, refusing with grounds, correcting, marking; forwarding as a processor."""

import hashlib
import uuid
from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction

from kontor.kernel import registry
from kontor.kernel.actions.mail import Attachment
from kontor.kernel.actions.record import looked_at, record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.objecting import object_to
from kontor.kernel.personal_data import PersonalData
from kontor.kernel.rows import FinalRow, TenantOwned
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.privacy.actions.cookies import choose_cookies
from kontor.office.privacy.actions.subjects import SubjectRefusedError, open_request, step, write
from kontor.office.privacy.formats.subject_letters import COMPLAIN
from kontor.office.privacy.formats.subject_package import Heading, packed
from kontor.office.privacy.models import SubjectMark, SubjectRequest
from kontor.office.privacy.queries import subject_data as data, subjects as queries
from kontor.office.privacy.queries.subprocessors import safeguards_on
from kontor.rulebook.ruling import Text
from kontor.rulebook.subject_request import GROUNDS

State = SubjectRequest.State
FETCHED_WITHIN: Final = timedelta(days=30)
OF_ACCOUNT: Final = frozenset({"name", "phone", "address"})
PACKED: Final = frozenset({SubjectRequest.Kind.ACCESS, SubjectRequest.Kind.PORTABILITY})


@transaction.atomic
def answer(
    request_id: uuid.UUID, words: str, *, by_name: bool = False, released: Collection[str] = (), at: datetime,
    actor: Actor,
) -> SubjectRequest:  # fmt: skip
    """
    Answer a request; access and portability with the package, which only the person can fetch.

    by_name   also what only names them; somebody has looked that it is they
    released  tables that others stand in too, whose texts somebody has read and found to be about the person alone

    SubjectRefusedError while it is not clear who asks, and for a processor without its controller's word. A copy of
    what secures transfers goes to whoever asks (bookkeeping 13): nothing in it is about them.
    """
    row = answerable(request_id)
    with_file = row.kind in PACKED
    if with_file:
        row.package, row.package_until = {"by_name": by_name, "released": sorted(released)}, at + FETCHED_WITHIN
    row.state, row.closed_at = State.ANSWERED, at
    row.save(update_fields=["state", "closed_at", "package", "package_until"])
    step(row, "answered", text=words.strip(), told=True, at=at, actor=actor, clause="GDPR Art. 12 (3)")
    files = _safeguards(at.date()) if row.kind == SubjectRequest.Kind.SAFEGUARDS else ()
    write(row, "package" if with_file else "answered", at=at, text=words.strip(), files=files)
    return row


def package(row: SubjectRequest, *, at: datetime) -> bytes:
    """Return what is kept about whoever asks as one file; for portability only what they may take along."""
    assert row.package is not None, "only what was answered so is fetched"
    subject = queries.subject_of(row)
    tenant = Tenant.objects.get(pk=current_tenant())
    portable = row.kind == SubjectRequest.Kind.PORTABILITY
    parts = [
        data.part_of(held, subject, released=row.package["released"], language=row.language)
        for held in data.found(subject, by_name=row.package["by_name"])
        if not portable or data.is_portable(held.data)
    ]
    heading = Heading(
        name=row.name, tenant=tenant.name, reference=row.reference, day=day(at.date(), row.language),
        language=row.language,
    )  # fmt: skip
    return packed(heading, parts)


@transaction.atomic
def fetch(row: SubjectRequest, *, at: datetime) -> bytes:
    """
    Make the file for the person who fetches it, and write down that they did, with its SHA-256.

    SubjectRefusedError for an answer without a file, and after its days.
    """
    if row.package is None or row.package_until is None or at > row.package_until:
        raise SubjectRefusedError(_OVER)
    file = package(row, at=at)
    told = f"SHA-256 {hashlib.sha256(file).hexdigest()}"
    step(row, "fetched", text=told, at=at, actor=Actor.outside(row.pk, row.name))
    return file


@transaction.atomic
def refuse(request_id: uuid.UUID, ground: str, words: str, *, at: datetime, actor: Actor) -> SubjectRequest:
    """Refuse a request on a ground of `GROUNDS`, in words, with the right to complain (GDPR Art. 12 (4))."""
    row = open_request(request_id)
    _refuse_locked(row)
    if not words.strip():
        raise SubjectRefusedError(_WHY)
    said, clause = GROUNDS[ground]
    text = f"{said.spoken(row.language)} ({clause})\n\n{words.strip()}"
    row.state, row.closed_at, row.ground = State.REFUSED, at, ground
    row.save(update_fields=["state", "closed_at", "ground"])
    step(row, "refused", text=text, told=True, at=at, actor=actor, clause=str(clause))
    write(row, "refused", at=at, text=f"{text}\n\n{COMPLAIN.spoken(row.language)}")
    return row


@transaction.atomic
def rectify(
    request_id: uuid.UUID, label: str, key: uuid.UUID, *, column: str, value: str, at: datetime, actor: Actor
) -> models.Model:
    """
    Correct a column of a row about whoever asks; old value, new value and who asked for it are on record.

    SubjectRefusedError for a row that is not about them, for a final document, which is corrected by another, and for
    what the column cannot hold.
    """
    row = answerable(request_id)
    said = registry.personal_data().get(label)
    model = data.model_of(label) if said else None
    thing: models.Model | None = _rows(model).filter(pk=key).first() if model else None
    if said is None or model is None or thing is None or not data.is_about(thing, said, queries.subject_of(row)):
        raise SubjectRefusedError(_NOT_THEIRS)
    if column not in correctable(said, model):
        raise SubjectRefusedError(_FINAL)
    field = model._meta.get_field(column)
    before = getattr(thing, column)
    try:
        setattr(thing, column, field.clean(value.strip(), thing))
    except ValidationError as wrong:
        raise SubjectRefusedError(Text(*[" ".join(wrong.messages)] * 2)) from wrong
    thing.save(update_fields=[column])
    told = {column: str(getattr(thing, column)), "requested_by": row.name, "request": row.reference}
    record(
        "privacy.rectified", thing, at=at, actor=actor, clause="GDPR Art. 16", before={column: str(before)}, after=told
    )
    step(row, "rectified", text=f"{label}: {column}", at=at, actor=actor, clause="GDPR Art. 16")
    return thing


def correctable(said: PersonalData, model: type[models.Model]) -> list[str]:
    """
    Return the columns of a table that `rectify` corrects: plain text and days, of no final document.

    Of an account only what it tells, never how one signs in: that changes by the person's own hand. Nor of a request
    itself: the answer goes to the address that was confirmed.
    """
    if issubclass(model, FinalRow) or model is SubjectRequest:
        return []
    fields = {field.name: field for field in model._meta.concrete_fields}
    plain = (models.CharField, models.TextField, models.DateField)
    found = [name for name in said.personal if isinstance(fields.get(name), plain)]
    return [name for name in found if name in OF_ACCOUNT] if model is get_user_model() else found


@transaction.atomic
def mark(request_id: uuid.UUID, *, purpose: str, at: datetime, actor: Actor) -> SubjectMark:
    """
    Keep somebody's data from being used: for a purpose they object to, or for every one while it is restricted.

    An objection to telemetry also takes back what their browsers were allowed; one to an activity ends at once what its
    module need not do, and the log says what goes on and why (bookkeeping 11).
    """
    row = answerable(request_id)
    kind = SubjectMark.Kind.OBJECTION if row.kind == row.Kind.OBJECTION else SubjectMark.Kind.RESTRICTION
    made = SubjectMark.objects.create(
        request=row, kind=kind, purpose=purpose, person=row.person, email=row.email, name=row.name, since=at
    )
    if purpose == queries.TELEMETRY and row.person:
        choose_cookies((), visitor=None, person=row.person, at=at)
    objected = kind == SubjectMark.Kind.OBJECTION
    text = "\n".join([purpose, *(_outcome(row, purpose, at=at, actor=actor) if objected else ())])
    step(row, "marked", text=text, at=at, actor=actor, clause="GDPR Art. 21" if objected else "GDPR Art. 18")
    return made


def _outcome(row: SubjectRequest, purpose: str, *, at: datetime, actor: Actor) -> Iterator[str]:
    """Yield what an objection ended and what goes on, in the language of whoever objects."""
    emails = queries.subject_of(row).emails
    for each in object_to(purpose, emails, at=at, actor=actor):
        yield from (f"{_STOPPED.spoken(row.language)}: {text.spoken(row.language)}" for text in each.stopped)
        yield from (f"{_GOES_ON.spoken(row.language)}: {text.spoken(row.language)}" for text in each.continued)


@transaction.atomic
def lift(mark_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> SubjectMark:
    """End a mark with the reason; the person is told before the data is used again (GDPR Art. 18 (3))."""
    found = SubjectMark.objects.select_for_update().select_related("request").get(pk=mark_id)
    if found.ended_at is not None or not because.strip():
        raise SubjectRefusedError(_WHY)
    found.ended_at, found.ended_because = at, because.strip()
    found.save(update_fields=["ended_at", "ended_because"])
    step(found.request, "lifted", text=because.strip(), told=True, at=at, actor=actor, clause="GDPR Art. 18 (3)")
    write(found.request, "lifted", at=at, text=because.strip())
    return found


def note_look(row: SubjectRequest, *, at: datetime, actor: Actor) -> None:
    """Write down that somebody looked through what is kept about a person."""
    looked_at(row, at=at, actor=actor, fields=["package"])


def answerable(request_id: uuid.UUID) -> SubjectRequest:
    """Return an open request that may be answered now; SubjectRefusedError for any other."""
    row = open_request(request_id)
    _refuse_locked(row)
    if not row.known_by and row.kind != SubjectRequest.Kind.SAFEGUARDS:
        raise SubjectRefusedError(_WHO)
    return row


def _safeguards(on: date) -> list[Attachment]:
    """Return the documents of what secures transfers on a day; SubjectRefusedError where there is none to send."""
    found = safeguards_on(on)
    if not found:
        raise SubjectRefusedError(_NO_TRANSFER)
    return [(blob.name, blob.media_type, blob) for blob in found]


def _refuse_locked(row: SubjectRequest) -> None:
    permitted = queries.permission_of(row)
    if not permitted.value:
        raise SubjectRefusedError(permitted.working[0])


def _rows(model: Any) -> Any:
    if issubclass(model, FinalRow):
        return model.objects.of(current_tenant())  # nobody may write to it, so it cannot be locked for that
    if issubclass(model, TenantOwned):
        return model.objects.of(current_tenant()).select_for_update()
    return model.objects.select_for_update() if model is get_user_model() else model.objects.none()


_STOPPED: Final = Text("Beendet", "Ended")
_GOES_ON: Final = Text("Geht weiter", "Goes on")
_WHO: Final = Text(
    "Noch ist nicht klar, wer fragt: Der Link an die Adresse ist nicht bestätigt.",
    "It is not clear yet who asks: the link to the address was not confirmed.",
)
_WHY: Final = Text("Dazu gehört der Grund.", "The reason belongs to it.")
_OVER: Final = Text("Diese Datei gibt es nicht, oder nicht mehr.", "There is no such file, or no more.")
_NOT_THEIRS: Final = Text("Das steht in keiner Zeile über diese Person.", "That stands in no row about this person.")
_NO_TRANSFER: Final = Text(
    "Heute geht nichts in ein Drittland: Es gibt kein Dokument, das beiliegen könnte. Lehnen Sie mit diesem Grund ab.",
    "Nothing goes to a third country today: there is no document to attach. Refuse with this reason.",
)
_FINAL: Final = Text(
    "Das ist ein endgültiges Dokument oder kein Text: Es wird dort berichtigt, wo es entsteht.",
    "That is a final document or no text: it is corrected where it is made.",
)
