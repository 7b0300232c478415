"""Templates, and the letters made from them."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.documents.actions.filing import Filed, add_version, file_document
from kontor.office.documents.formats.office_text import checked
from kontor.office.documents.formats.page_text import read_page
from kontor.office.documents.models import Document, Template
from kontor.office.documents.queries.letters import is_page, letter_values, made_letter, merge_sources, released_version
from kontor.office.documents.queries.store import record_kinds, version_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_SHUT: Final = Text(
    "Die Vorlage ist noch nicht freigegeben: sie wird auf Schadsoftware geprüft oder ist gesperrt.",
    "The template is not released: it is being scanned, or it is locked.",
)
_ELSEWHERE: Final = Text(
    "Diese Vorlage ist eine Datei; eine neue Fassung wird hochgeladen.",
    "This template is a file; a new version is uploaded.",
)
_NO_RECORD: Final = Text("Diesen Datensatz gibt es nicht.", "There is no such record.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTemplate:
    """
    A template to be kept.

    name  of the file; kind of the record its letters are about; language "de" or "en"
    """

    data: bytes
    name: str
    title: str
    kind: str
    language: str


@transaction.atomic
def add_template(new: NewTemplate, *, at: datetime, actor: Actor) -> Template:
    """
    File a Word or OpenDocument text and make it a template.

    OfficeFileRefusedError for a file with programs, objects or things fetched from elsewhere; the store's own refusals.
    """
    checked(new.data)
    return _kept(new, at=at, actor=actor)


@transaction.atomic
def write_page(new: NewTemplate, *, at: datetime, actor: Actor) -> Template:
    """
    File a text that was written on our own page and make it a template, whose letters are printed as PDF.

    OfficeFileRefusedError where it is too long or has no subject; the store's own refusals.
    """
    return _kept(replace(new, data=read_page(new.data).encode()), at=at, actor=actor)


@transaction.atomic
def rewrite_page(template_id: uuid.UUID, text: str, *, at: datetime, actor: Actor) -> Template:
    """
    Change the text of a page template: a new version of its document, those before stay.

    RefusalError for a template that was written elsewhere, and where nothing changed.
    """
    template = Template.objects.select_related("document").get(pk=template_id)
    version = version_of(template.document_id)
    if not is_page(version):
        raise RefusalError(_ELSEWHERE)
    add_version(template.document_id, read_page(text.encode()).encode(), name=version.blob.name, at=at, actor=actor)
    return template


def _kept(new: NewTemplate, *, at: datetime, actor: Actor) -> Template:
    document = file_document(Filed(data=new.data, name=new.name, title=new.title), at=at, actor=actor)
    made = Template.objects.create(document=document, kind=new.kind, language=new.language, at=at)
    after = {"title": document.title, "kind": new.kind, "language": new.language}
    record("documents.template_added", made, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def write_letter(
    template_id: uuid.UUID, thing: uuid.UUID, *, today: date, at: datetime, actor: Actor, key: uuid.UUID | None = None
) -> Document:
    """
    Fill a template for a record and file the letter there: whoever may see the record sees it.

    key  the letter's own id, so that it is written once; None for a new one

    TemplateError that names every field without a value; RefusalError for a template that is not released and for a
    record that is not there.
    """
    template = Template.objects.select_related("document").get(pk=template_id)
    named = record_kinds()[template.kind].named([thing])
    if thing not in named:
        raise RefusalError(_NO_RECORD)
    version = released_version(template)
    if version is None:
        raise RefusalError(_SHUT)
    values = letter_values(merge_sources()[template.kind], thing, today=today)
    data, ending = made_letter(version, values, language=template.language, at=at)
    title = f"{template.document.title}: {named[thing].title}"
    filed = Filed(
        data=data,
        name=f"{template.document.title} {named[thing].title}.{ending}",
        title=title,
        folder=template.document.folder_id,
        reach=Document.Reach.RECORD,
        links=((template.kind, thing),),
        key=key,
    )
    letter = file_document(filed, at=at, actor=actor)
    after = {"template": str(template.pk), "version": version.number, "record": str(thing)}
    record("documents.letter_written", letter, at=at, actor=actor, after=after)
    return letter


@transaction.atomic
def drop_template(template_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Make no more letters from a template; its file and the letters stay where they are filed."""
    template = Template.objects.select_related("document").get(pk=template_id)
    record("documents.template_dropped", template, at=at, actor=actor, before={"title": template.document.title})
    template.delete()
