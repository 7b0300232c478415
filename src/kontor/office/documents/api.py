"""Documents over the API: found, fetched, filed in versions; letters made from templates."""

import base64
import binascii
import uuid
from datetime import datetime
from typing import Annotated, Any, Final

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from django.utils.translation import gettext
from ninja import Query, Schema
from pydantic import AfterValidator, Field

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.api import Call, Cursor, Endpoints, FileGiven, Line, Page, ProblemError, after, cut
from kontor.kernel.api.schemas import Body
from kontor.kernel.queries.api_keys import KeyStanding, standing_of_key
from kontor.kernel.queries.blobs import read
from kontor.office.documents.actions import filing, letters
from kontor.office.documents.actions.filing import Filed
from kontor.office.documents.models import Document, Link, Template
from kontor.office.documents.queries.store import (
    FILE,
    OPEN_HERE,
    SEE,
    finding_of,
    found,
    may_open,
    newest,
    record_kinds,
    version_of,
)  # fmt: skip

LARGEST: Final = 7 * 2**20  # bytes of a file: in base64 within the ten megabytes of a body
LIMIT: Any = Query(100, ge=1, le=500)  # type: ignore[type-arg]  # ninja types it twice
endpoints = Endpoints()


def _readable(content: str) -> str:
    try:
        base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as unreadable:
        raise ValueError("is not base64") from unreadable
    return content


Content = Annotated[str, Field(min_length=4, max_length=LARGEST * 4 // 3 + 4), AfterValidator(_readable)]
Name = Annotated[Line, Field(max_length=200)]


class DocumentShown(Schema):
    """A document with its newest version; `state` CLEAN or UNSCANNED is handed out, WAITING and INFECTED are not."""

    id: uuid.UUID
    title: str
    folder: str | None
    version: int
    file: str
    media_type: str
    size: int
    state: str
    changed_at: datetime


class NewFile(Body):
    """A file in base64 under its name; the kind of a record and its id where it belongs to one."""

    name: Name
    content: Content
    title: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")] = ""
    kind: Annotated[str, Field(max_length=100, pattern=r"^[!-~]*$")] = ""
    record: uuid.UUID | None = None


class NewVersion(Body):
    """A further version of a document's file, and what changed."""

    name: Name
    content: Content
    note: Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")] = ""


class TemplateShown(Schema):
    """A template of letters: about which kind of record, in which language."""

    id: uuid.UUID
    title: str
    kind: str
    language: str


class NewLetter(Body):
    """Which template is filled for which record."""

    template: uuid.UUID
    record: uuid.UUID


@endpoints.reads("/documents", permission=SEE, answers=Page[DocumentShown])
def list_documents(
    request: Call, words: Query[Line | None] = None, record: Query[uuid.UUID | None] = None,
    cursor: Query[Cursor | None] = None, limit: int = LIMIT,
) -> Page[DocumentShown]:  # fmt: skip
    """List documents, the oldest first: all, those that hold some words, or those of a record."""
    rows = found(_seen(request), words) if words else _seen(request)
    if record is not None:
        rows = rows.filter(pk__in=Link.objects.filter(record=record).values("document"))
    begins = after(cursor)
    rows = rows.filter(pk__gt=begins) if begins else rows
    shown, coming = cut(list(newest(rows).order_by("pk")[: limit + 1]), limit=limit, key=lambda row: row.pk)
    return Page[DocumentShown](items=[_shown(row) for row in shown], next=coming)


@endpoints.reads("/documents/{uuid:document_id}", permission=SEE, answers=DocumentShown)
def show_document(request: Call, document_id: uuid.UUID) -> DocumentShown:
    """Show a document."""
    return _told(request, document_id)


@endpoints.gives("/documents/{uuid:document_id}/file", permission=SEE, media_types=["application/octet-stream"])
def give_file(request: Call, document_id: uuid.UUID) -> FileGiven:
    """Give the newest version's file; 404 while nobody may open it."""
    row = get_object_or_404(_seen(request), pk=document_id)
    version = version_of(row.pk)
    if not may_open(finding_of(version.pk)):
        raise ProblemError(404, "missing", gettext("There is nothing here, or nothing that you may see."))
    filing.note_opened(row, version.number, how="downloaded", at=request.at, actor=request.actor)
    name = version.blob.name.encode("ascii", "replace").decode()
    return FileGiven(name, "application/octet-stream", read(version.blob))


@endpoints.writes("/documents", permission=FILE, answers=DocumentShown, status=201)
def file_document(request: Call, told: NewFile) -> DocumentShown:
    """
    File a document, open to everybody here or, with a record, to whoever may see that; 409 for what stays outside.

    Where a scanner is set up it answers WAITING, and nobody opens it until the scanner has called it clean.
    """
    data = base64.b64decode(told.content, validate=True)
    links = _links(request, told)
    reach = Document.Reach.RECORD if links else Document.Reach.EVERYBODY
    filed = Filed(data=data, name=told.name, title=told.title, reach=reach, links=links)
    try:
        made = filing.file_document(filed, at=request.at, actor=request.actor)
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _told(request, made.pk)


@endpoints.writes("/documents/{uuid:document_id}/versions", permission=FILE, answers=DocumentShown, status=201)
def add_version(request: Call, document_id: uuid.UUID, told: NewVersion) -> DocumentShown:
    """Add a version; 409 for what stays outside, and for the bytes that are the newest already."""
    row = get_object_or_404(_seen(request), pk=document_id)
    data = base64.b64decode(told.content, validate=True)
    try:
        filing.add_version(row.pk, data, name=told.name, note=told.note, at=request.at, actor=request.actor)
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _told(request, row.pk)


@endpoints.reads("/letter-templates", permission=SEE, answers=Page[TemplateShown])
def list_templates(request: Call) -> Page[TemplateShown]:
    """List the templates that letters are made from."""
    rows = Template.objects.select_related("document").filter(document__in=_seen(request).values("pk")).order_by("pk")
    return Page[TemplateShown](
        items=[TemplateShown(id=row.pk, title=row.document.title, kind=row.kind, language=row.language) for row in rows]
    )


@endpoints.writes("/letters", permission=FILE, answers=DocumentShown, status=201)
def write_letter(request: Call, told: NewLetter) -> DocumentShown:
    """Make a letter for a record and file it there; 409 names every field without a value."""
    rows = Template.objects.filter(document__in=_seen(request).values("pk"))
    template = get_object_or_404(rows, pk=told.template)
    if not _standing(request).may(record_kinds()[template.kind].permission):
        raise ProblemError(404, "missing", gettext("There is nothing here, or nothing that you may see."))
    try:
        made = letters.write_letter(
            template.pk, told.record, today=localdate(request.at), at=request.at, actor=request.actor
        )
    except QuotaExceededError as full:
        raise ProblemError(409, "full", str(full)) from full
    return _told(request, made.pk)


def _seen(request: Call) -> QuerySet[Document]:
    """Return what a key sees: what everybody here sees, and what hangs at records of kinds that it may see."""
    standing = _standing(request)
    kinds = [key for key, kind in record_kinds().items() if standing.may(kind.permission)]
    hanging = Link.objects.filter(kind__in=kinds).values("document")
    open_here = Q(reach__in=OPEN_HERE) | Q(reach=Document.Reach.RECORD, pk__in=hanging)
    return Document.objects.filter(open_here, tenant_id=request.tenant.pk, binned_at=None).select_related("folder")


def _standing(request: Call) -> KeyStanding:
    standing = standing_of_key(request.api_key.pk, at=request.at)
    assert standing is not None, "the call was let in by it"
    return standing


def _links(request: Call, told: NewFile) -> list[tuple[str, uuid.UUID]]:
    if not told.kind and told.record is None:
        return []
    kind = record_kinds().get(told.kind)
    if kind is None or told.record is None or not _standing(request).may(kind.permission):
        raise ProblemError(409, "refused", gettext("There is no such record."))
    return [(told.kind, told.record)]


def _told(request: Call, document_id: uuid.UUID) -> DocumentShown:
    return _shown(get_object_or_404(newest(_seen(request)), pk=document_id))


def _shown(row: Any) -> DocumentShown:
    return DocumentShown(
        id=row.pk, title=row.title, folder=row.folder.name if row.folder else None, version=row.number,
        file=row.file_name, media_type=row.media_type, size=row.size, state=row.state, changed_at=row.changed_at,
    )  # fmt: skip
