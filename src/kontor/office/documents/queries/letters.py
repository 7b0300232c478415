"""Templates as somebody may use them, and what a letter made from one may say."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.db.models import QuerySet

from kontor.kernel import registry
from kontor.kernel.merge_fields import MergeField, MergeSource
from kontor.kernel.models import Tenant
from kontor.kernel.pdf import render
from kontor.kernel.queries.blobs import read
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import current_tenant
from kontor.office.documents.formats import office_text
from kontor.office.documents.formats.marks import Values
from kontor.office.documents.formats.page_text import MEDIA_TYPE, filled_page, page_fields, read_page
from kontor.office.documents.models import Template, Version
from kontor.office.documents.queries.store import finding_of, may_open, record_kinds, version_of, visible
from kontor.rulebook.ruling import Text

_PAGE: Final = Path(__file__).resolve().parents[1] / "typst" / "page.typ"
_ELSEWHERE: Final = frozenset({"window", "subject"})  # they have their own places on the sheet


def own_fields(today: date) -> tuple[MergeField, ...]:
    """Return the fields of every letter, with a day as its sample."""
    return (
        MergeField("own.name", Text("Name Ihres Unternehmens", "Your company’s name"), "Alder & Söhne GmbH"),
        MergeField("today", Text("Heutiger Tag", "Today’s date"), today),
    )


def merge_sources() -> Mapping[str, MergeSource]:
    """Return what letters may be about, by kind of record."""
    return {source.kind: source for one in registry.modules() for source in one.merge_sources}


def sources_for(standing: Standing) -> Mapping[str, MergeSource]:
    """Return what somebody may write letters about: whose records they may see."""
    kinds = record_kinds()
    return {key: source for key, source in merge_sources().items() if standing.may(kinds[key].permission)}


def fields_for(source: MergeSource, *, today: date) -> dict[str, MergeField]:
    """Return every field that a letter about this kind of record may name, by its key."""
    return {field.key: field for field in (*own_fields(today), *source.fields)}


def letter_values(source: MergeSource, thing: uuid.UUID, *, today: date) -> dict[str, Any]:
    """Return every field's value for a letter about a record of the current tenant."""
    own = Tenant.objects.get(pk=current_tenant())
    return {"own.name": own.name, "today": today, **source.values(thing)}


def templates_for(standing: Standing, user: uuid.UUID) -> QuerySet[Template]:
    """Return the templates whose files a person may see, none from the bin."""
    seen = visible(standing, user).filter(binned_at=None)
    return Template.objects.select_related("document").filter(
        document__in=seen.values("pk"), kind__in=list(sources_for(standing))
    )


def released_version(template: Template) -> Version | None:
    """Return the newest version of a template, None while nobody may open it."""
    version = version_of(template.document_id)
    return version if may_open(finding_of(version.pk)) else None


def is_page(version: Version) -> bool:
    """Tell whether a template was written on our own page, to be printed, and not in a word processor."""
    return version.media_type == MEDIA_TYPE


def fields_named(version: Version) -> list[str]:
    """Return every field that a template names, sorted."""
    data = read(version.blob)
    return page_fields(read_page(data)) if is_page(version) else office_text.fields_of(data)


def made_letter(version: Version, values: Values, *, language: str, at: datetime) -> tuple[bytes, str]:
    """
    Return a letter's bytes and the ending of its name: a PDF of our own page, else the kind of file the template is.

    TemplateError that names everything missing; PrintingError for signs that the type has no shape for.
    """
    data = read(version.blob)
    if is_page(version):
        return _printed(read_page(data), values, language=language, at=at), "pdf"
    return office_text.filled(data, values, language=language), version.blob.name.rpartition(".")[2]


def _printed(text: str, values: Values, *, language: str, at: datetime) -> bytes:
    blocks = filled_page(text, values, language=language)
    said = {
        "sender": {"name": values["own.name"], "lines": []},
        "recipient": [line for each in blocks if each.kind == "window" for line in each.lines] or [""],
        "title": next((" ".join(each.lines) for each in blocks if each.kind == "subject"), ""),
        "blocks": [{"kind": each.kind, "lines": each.lines} for each in blocks if each.kind not in _ELSEWHERE],
        "on": values["today"],
        "language": language,
    }
    return render(_PAGE, said, at=at)
