"""Templates and the letters made from them: which there are, what one needs, a preview, one for a record."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.merge_fields import MergeSource
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.documents.actions import letters as actions
from kontor.office.documents.forms.letters import FileForm, LetterForm
from kontor.office.documents.models import Document, Template
from kontor.office.documents.queries.letters import (
    fields_for,
    fields_named,
    is_page,
    made_letter,
    merge_sources,
    released_version,
    sources_for,
    templates_for,
)
from kontor.office.documents.queries.store import FILE, SEE, record_kinds, version_of
from kontor.office.documents.views.answers import handed_out
from kontor.rulebook.refusal import RefusalError

_LANGUAGES: Final = {"de": gettext_lazy("German"), "en": gettext_lazy("English")}


@requires(SEE)
@require_GET
def templates(request: TenantRequest) -> HttpResponseBase:
    """List the templates that letters are made from."""
    kinds = record_kinds()
    listing = Listing(
        request,
        templates_for(request.standing, request.user.pk),
        name="templates",
        columns=(
            Column(
                "document.title",
                _("Template"),
                url=addresses("documents:template"),
                sort="document__title",
                slot="title",
            ),
            Column("kind", _("Letters about"), value=lambda row: spoken(kinds[row.kind].label), slot="meta"),
            Column("language", _("Language"), value=lambda row: _LANGUAGES[row.language], slot="state"),
            Column("document.number", _("Version"), kind="number", sort="document__number", late=True),
            Column("document.changed_at", _("Changed"), kind="moment", sort="document__changed_at", late=True),
        ),
        search=("document__title",),
        order="document__title",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "documents/templates.html", {"listing": listing, "may_file": request.standing.may(FILE)})


@requires(FILE)
@require_http_methods(["GET", "POST"])
def template_new(request: TenantRequest) -> HttpResponseBase:
    """Take in a template, or say why it stays outside."""
    sources = sources_for(request.standing)
    form = FileForm(request.POST or None, request.FILES or None, sources=sources)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        name, data = given["file"]
        new = actions.NewTemplate(
            data=data, name=name, title=given["title"], kind=given["kind"], language=given["language"]
        )
        try:
            made = actions.add_template(new, at=request.at, actor=request.actor)
        except RefusalError as refusal:
            form.add_error("file", refusal.text.spoken(language()))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("documents:template", made.pk)
    context = {"form": form, "crumbs": crumbs(), "groups": groups(sources), "title": _("Add template")}
    return render(request, "documents/template_new.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def template(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Show a template: which fields it names, and for whom a letter can be made of it."""
    return _page(request, found_template(request, template_id))


@requires(SEE)
@require_GET
def preview(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Give the letter filled with samples, so that its look can be judged before anybody is written to."""
    found = found_template(request, template_id)
    samples = {key: field.sample for key, field in fields_for(merge_sources()[found.kind], today=_today()).items()}
    version = released_version(found)
    if version is None:
        return redirect("documents:template", found.pk)
    try:
        data, ending = made_letter(version, samples, language=found.language, at=request.at)
    except RefusalError as refusal:
        return _page(request, found, refused=refusal.text.spoken(language()))
    return handed_out(data, f"{version.blob.name.rpartition('.')[0]}.{ending}")


@requires(FILE)
@require_POST
def write(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Make a letter for a record, file it there and hand it out."""
    found = found_template(request, template_id)
    form = LetterForm(request.POST, source=merge_sources()[found.kind])
    if not form.is_valid():
        return _page(request, found, form=form)
    try:
        letter = actions.write_letter(
            found.pk, form.cleaned_data["record"], today=_today(), at=request.at, actor=request.actor
        )
    except RefusalError as refusal:
        return _page(request, found, form=form, refused=refusal.text.spoken(language()))
    except QuotaExceededError as full:
        return _page(request, found, form=form, refused=str(full))
    return _written(letter)


@requires(FILE)
@require_POST
def drop(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Make no more letters from a template."""
    found = found_template(request, template_id)
    actions.drop_template(found.pk, at=request.at, actor=request.actor)
    return redirect("documents:templates")


def found_template(request: TenantRequest, template_id: uuid.UUID) -> Template:
    """Return a template that the person may use."""
    return get_object_or_404(templates_for(request.standing, request.user.pk), pk=template_id)


def _today() -> Any:
    return timezone.localdate()


def _page(
    request: TenantRequest, found: Template, *, form: LetterForm | None = None, refused: str = ""
) -> HttpResponseBase:
    source = merge_sources()[found.kind]
    version = released_version(found)
    known = {key: spoken(field.label) for key, field in fields_for(source, today=_today()).items()}
    inner = {key for field in source.fields for row in _rows(field.sample) for key in row}
    named = fields_named(version) if version else []
    context = {
        "template": found,
        "kind": spoken(record_kinds()[found.kind].label),
        "language": _LANGUAGES[found.language],
        "named": [(key, known.get(key, ""), key in known or key in inner) for key in named],
        "unknown": [key for key in named if key not in known and key not in inner],
        "released": version is not None,
        "page": version is not None and is_page(version),
        "form": form or LetterForm(source=source),
        "refused": refused.split("\n") if refused else [],
        "may_file": request.standing.may(FILE),
        "fields": _fields(source),
        "crumbs": crumbs(),
    }
    return render(request, "documents/template.html", context, status=422 if refused or (form and form.errors) else 200)


def _rows(sample: Any) -> tuple[Any, ...]:
    return sample if isinstance(sample, tuple) else ()


def _fields(source: Any) -> list[tuple[str, str]]:
    return [(key, spoken(field.label)) for key, field in fields_for(source, today=_today()).items()]


def groups(sources: Mapping[str, MergeSource]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the fields to copy, by what letters are about."""
    return [(spoken(record_kinds()[key].label), _fields(sources[key])) for key in sources]


def crumbs() -> list[tuple[str, str]]:
    """Return the way back to the list."""
    return [(_("Letter templates"), reverse("documents:templates"))]


def _written(letter: Document) -> HttpResponse:
    version = version_of(letter.pk)
    return handed_out(read(version.blob), version.blob.name)
