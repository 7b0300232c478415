"""Templates that are written here and printed as PDF: a new one, and its text changed."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.documents.actions import letters as actions
from kontor.office.documents.forms.letters import PageForm, PageTextForm
from kontor.office.documents.queries.letters import is_page, merge_sources, released_version, sources_for
from kontor.office.documents.queries.store import FILE
from kontor.office.documents.views.letters import crumbs, found_template, groups
from kontor.rulebook.refusal import RefusalError


@requires(FILE)
@require_http_methods(["GET", "POST"])
def page_new(request: TenantRequest) -> HttpResponseBase:
    """Take in a template that is written here, or say what is wrong with it."""
    sources = sources_for(request.standing)
    begun = {"text": _("> {{ contact.address }}\n\n# Subject\n\nDear Sir or Madam,\n\n\nKind regards\n{{ own.name }}")}
    form = PageForm(request.POST or None, initial=begun, sources=sources)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        new = actions.NewTemplate(
            data=given["text"].encode(),
            name=f"{given['title']}.txt",
            title=given["title"],
            kind=given["kind"],
            language=given["language"],
        )
        try:
            made = actions.write_page(new, at=request.at, actor=request.actor)
        except RefusalError as refusal:
            form.add_error("text", spoken(refusal.text))
        except QuotaExceededError as full:
            form.add_error("text", str(full))
        else:
            return redirect("documents:template", made.pk)
    context = {"form": form, "crumbs": crumbs(), "groups": groups(sources), "title": _("Write template")}
    return render(request, "documents/template_new.html", context, status=422 if form.errors else 200)


@requires(FILE)
@require_http_methods(["GET", "POST"])
def page_text(request: TenantRequest, template_id: uuid.UUID) -> HttpResponseBase:
    """Change the text of a page template; what was written elsewhere is changed there."""
    found = found_template(request, template_id)
    version = released_version(found)
    if version is None or not is_page(version):
        return redirect("documents:template", found.pk)
    form = PageTextForm(request.POST or None, initial={"text": read(version.blob).decode()})
    if request.method == "POST" and form.is_valid():
        try:
            actions.rewrite_page(found.pk, form.cleaned_data["text"], at=request.at, actor=request.actor)
        except RefusalError as refusal:
            form.add_error("text", spoken(refusal.text))
        except QuotaExceededError as full:
            form.add_error("text", str(full))
        else:
            return redirect("documents:template", found.pk)
    context = {
        "form": form,
        "crumbs": [*crumbs(), (found.document.title, reverse("documents:template", args=[found.pk]))],
        "groups": groups({found.kind: merge_sources()[found.kind]}),
        "title": _("Change the text"),
    }
    return render(request, "documents/template_new.html", context, status=422 if form.errors else 200)
