"""Templates, and the letters made from them."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.queries.blobs import read
from kontor.office.documents.actions.filing import Filed, file_document
from kontor.office.documents.formats.office_text import checked, filled
from kontor.office.documents.models import Document, Template
from kontor.office.documents.queries.letters import letter_values, merge_sources, released_version
from kontor.office.documents.queries.store import record_kinds
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

_SHUT: Final = Text(
    "Die Vorlage ist noch nicht freigegeben: sie wird auf Schadsoftware geprüft oder ist gesperrt.",
    "The template is not released: it is being scanned, or it is locked.",
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
    document = file_document(Filed(data=new.data, name=new.name, title=new.title), at=at, actor=actor)
    made = Template.objects.create(document=document, kind=new.kind, language=new.language, at=at)
    after = {"title": document.title, "kind": new.kind, "language": new.language}
    record("documents.template_added", made, at=at, actor=actor, after=after)
    return made


@transaction.atomic
def write_letter(template_id: uuid.UUID, thing: uuid.UUID, *, today: date, at: datetime, actor: Actor) -> Document:
    """
    Fill a template for a record and file the letter there: whoever may see the record sees it.

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
    data = filled(read(version.blob), values, language=template.language)
    ending = version.blob.name.rpartition(".")[2]
    title = f"{template.document.title}: {named[thing].title}"
    filed = Filed(
        data=data,
        name=f"{template.document.title} {named[thing].title}.{ending}",
        title=title,
        folder=template.document.folder_id,
        reach=Document.Reach.RECORD,
        links=((template.kind, thing),),
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
