"""Filing documents: the first version, every further one, an old one again, the bin."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Blob
from kontor.kernel.rows import uuid7
from kontor.kernel.scanning import has_scanner
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.formats.door import checked
from kontor.office.documents.models import Document, Finding, Folder, Link, Right, Version
from kontor.office.documents.queries.store import finding_of, may_open, record_kinds
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

LOOK: Final = "documents.look"
TITLE: Final = 200  # characters
_NOTHING_NEW = Text("Diese Fassung ist bereits die neueste.", "This version is the newest already.")
_NO_RECORD = Text("Diesen Datensatz gibt es nicht.", "There is no such record.")
_HARMFUL = Text("Diese Fassung ist nicht freigegeben.", "This version is not released.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Somebody who may see a document of reach NAMED: everybody with a role, or one person."""

    role: uuid.UUID | None = None
    user: uuid.UUID | None = None
    may_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """
    A document to be filed.

    title  "" for the file's name
    links  kind and id of the records it belongs to
    named  who may see it, for reach NAMED
    key    the document's own id where whoever files it has one, so that it is filed once; None for a new one
    """

    data: bytes
    name: str
    title: str = ""
    note: str = ""
    folder: uuid.UUID | None = None
    reach: str = Document.Reach.EVERYBODY
    site: uuid.UUID | None = None
    links: Sequence[tuple[str, uuid.UUID]] = ()
    named: Sequence[Named] = ()
    key: uuid.UUID | None = None


@transaction.atomic
def file_document(filed: Filed, *, at: datetime, actor: Actor) -> Document:
    """
    File a document with its first version, and have it looked into.

    DoorRefusedError for a file that stays outside, QuotaExceededError where there is no room, RefusalError for a record
    that is not there.
    """
    media_type = checked(filed.name, filed.data)
    document = Document.objects.create(
        id=filed.key or uuid7(),
        title=(filed.title.strip() or filed.name)[:TITLE],
        folder_id=filed.folder,
        reach=filed.reach,
        site_id=filed.site,
        owner=_person(actor),
        at=at,
        changed_at=at,
    )
    for kind, thing in filed.links:
        _link(document, kind, thing)
    Right.objects.bulk_create(
        Right(document=document, role_id=one.role, user=one.user, may_change=one.may_change) for one in filed.named
    )
    blob = keep(filed.data, name=filed.name, media_type=media_type, at=at)
    _add(document, blob, note=filed.note, restored_from=None, at=at, actor=actor)
    record("documents.filed", document, at=at, actor=actor, after={"title": document.title, "name": blob.name})
    return document


@transaction.atomic
def add_version(
    document_id: uuid.UUID, data: bytes, *, name: str, note: str = "", at: datetime, actor: Actor
) -> Version:
    """
    Add a version to a document, and have it looked into; those before stay as they are.

    DoorRefusedError and QuotaExceededError as for a new one; RefusalError where the newest has the same bytes.
    """
    media_type = checked(name, data)
    document = _held(document_id)
    blob = keep(data, name=name, media_type=media_type, at=at)
    if Version.objects.filter(document=document, number=document.number, blob__content=blob.content_id).exists():
        raise RefusalError(_NOTHING_NEW)
    made = _add(document, blob, note=note, restored_from=None, at=at, actor=actor)
    record("documents.version_added", document, at=at, actor=actor, after={"number": made.number, "name": blob.name})
    return made


@transaction.atomic
def restore_version(document_id: uuid.UUID, number: int, *, at: datetime, actor: Actor) -> Version:
    """
    Make an earlier version the newest: it is added again, nothing between is lost.

    RefusalError for the newest, and for one that nobody may open.
    """
    document = _held(document_id)
    if number == document.number:
        raise RefusalError(_NOTHING_NEW)
    old = Version.objects.select_related("blob").get(document=document, number=number)
    if not may_open(finding_of(old.pk)):
        raise RefusalError(_HARMFUL)
    made = _add(document, old.blob, note="", restored_from=number, at=at, actor=actor)
    record("documents.version_restored", document, at=at, actor=actor, after={"number": made.number, "from": number})
    return made


@transaction.atomic
def bin_document(document_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Lay a document into the bin; laying it there twice changes nothing."""
    document = _held(document_id)
    if document.binned_at is None:
        document.binned_at, document.binned_by = at, _person(actor)
        document.save(update_fields=["binned_at", "binned_by"])
        record("documents.binned", document, at=at, actor=actor)


@transaction.atomic
def take_out(document_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take a document out of the bin again."""
    document = _held(document_id)
    if document.binned_at is not None:
        document.binned_at = document.binned_by = None
        document.save(update_fields=["binned_at", "binned_by"])
        record("documents.taken_out", document, at=at, actor=actor)


@transaction.atomic
def link_document(document_id: uuid.UUID, kind: str, thing: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Link a document to a record; RefusalError where there is no such record. Linking twice changes nothing."""
    document = _held(document_id)
    if _link(document, kind, thing):
        record("documents.linked", document, at=at, actor=actor, after={"kind": kind, "record": str(thing)})


@transaction.atomic
def settle_document(
    document_id: uuid.UUID,
    *,
    title: str,
    folder: uuid.UUID | None,
    reach: str,
    named: Sequence[Named],
    at: datetime,
    actor: Actor,
) -> None:
    """Settle what a document is called, where it lies and who may see it; the change is recorded (FW-041)."""
    document = _held(document_id)
    before = {"title": document.title, "reach": document.reach, "folder": str(document.folder_id or "")}
    document.title, document.folder_id, document.reach = title.strip()[:TITLE], folder, reach
    document.save(update_fields=["title", "folder", "reach"])
    Right.objects.filter(document=document).delete()
    Right.objects.bulk_create(
        Right(document=document, role_id=one.role, user=one.user, may_change=one.may_change) for one in named
    )
    after = {"title": document.title, "reach": reach, "folder": str(folder or "")}
    record("documents.settled", document, at=at, actor=actor, before=before, after=after)


@transaction.atomic
def note_opened(document: Document, number: int, *, how: str, at: datetime, actor: Actor) -> None:
    """Record that somebody looked at a version; how: "downloaded" or "previewed"."""
    record("documents.opened", document, at=at, actor=actor, after={"number": number, "how": how})


@transaction.atomic
def folder_of(name: str, *, parent: uuid.UUID | None = None, at: datetime, actor: Actor) -> Folder:
    """Return the folder of this name at this place, made where there is none."""
    folder, made = Folder.objects.get_or_create(name=name.strip()[:120], parent_id=parent)
    if made:
        record("documents.folder_made", folder, at=at, actor=actor, after={"name": folder.name})
    return folder


@transaction.atomic
def settle_folder(folder_id: uuid.UUID, *, kept: Folder.Kept, at: datetime, actor: Actor) -> Folder:
    """Say what a folder's documents are for the law, those in the bin too; the change is recorded."""
    folder = Folder.objects.select_for_update().get(pk=folder_id)
    before, folder.kept = folder.kept, kept
    folder.save(update_fields=["kept"])
    record("documents.folder_settled", folder, at=at, actor=actor, before={"kept": before}, after={"kept": str(kept)})
    return folder


def _held(document_id: uuid.UUID) -> Document:
    """Lock a document: of two people who add at the same time, the second waits and gets the next number."""
    return Document.objects.select_for_update().get(pk=document_id)


def _add(
    document: Document, blob: Blob, *, note: str, restored_from: int | None, at: datetime, actor: Actor
) -> Version:
    document.number += 1
    document.changed_at = at
    document.save(update_fields=["number", "changed_at"])
    version = Version.objects.create(
        document=document,
        number=document.number,
        blob=blob,
        media_type=blob.media_type,
        note=note[:TITLE],
        restored_from=restored_from,
        by=_person(actor),
        at=at,
    )
    state = Finding.State.WAITING if has_scanner() else Finding.State.UNSCANNED
    Finding.objects.create(version=version, state=state)
    queue(LOOK, current_tenant(), version=version.pk)
    publish("documents.version_added", {"document": str(document.pk), "number": version.number}, at=at)
    return version


def _link(document: Document, kind: str, thing: uuid.UUID) -> bool:
    """Tell whether the link is new; RefusalError for a record that the tenant does not have."""
    known = record_kinds().get(kind)
    if known is None or thing not in known.named([thing]):
        raise RefusalError(_NO_RECORD)
    return Link.objects.get_or_create(document=document, kind=kind, record=thing)[1]


def _person(actor: Actor) -> uuid.UUID | None:
    return actor.id if actor.kind == "PERSON" else None
