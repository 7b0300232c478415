"""The tenant's flows: which there are, beginning one, its document as a file."""

import json
import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.flows.actions import writing
from kontor.office.flows.forms.writing import TitleForm
from kontor.office.flows.models import Flow
from kontor.office.flows.queries import open_cases

SEE, WRITE = "flows.see", "flows.write"


@requires(SEE)
@require_GET
def flows(request: TenantRequest) -> HttpResponseBase:
    """List the flows, whether cases run by them, and how many."""
    title, running = f"title_{language()}", open_cases()
    listing = Listing(
        request,
        Flow.objects.filter(archived_at=None),
        name="flows",
        columns=(
            Column(title, gettext_lazy("Flow"), url=addresses("flows:editor"), slot="title", sort=title),
            Column(
                "open", gettext_lazy("Cases on their way"), kind="number", slot="meta",
                value=lambda row: running.get(row.pk, 0),
            ),
            Column("state", gettext_lazy("State"), kind="badge", value=badge, slot="state"),
            Column("changed_at", gettext_lazy("Changed"), kind="moment", sort="changed_at", late=True),
        ),
        search=("title_de", "title_en"),
        order=title,
    )  # fmt: skip
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "may_write": request.standing.may(WRITE)}
    return render(request, "flows/flows.html", context)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Begin a flow."""
    form = TitleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = writing.write(form.title(), at=request.at, actor=request.actor)
        except writing.FlowRefusedError as refused:
            form.add_error("label_de", spoken(refused.text))
        else:
            return redirect("flows:editor", made.pk)
    context = {"form": form, "title": _("New flow"), "crumbs": crumbs(), "back": reverse("flows:flows")}
    return render(request, "flows/form.html", context, status=422 if form.errors else 200)


@requires(WRITE)
@require_http_methods(["GET", "POST"])
def title(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:
    """Call a flow otherwise."""
    row = get_object_or_404(Flow, pk=flow_id, archived_at=None)
    begun = {"label_de": row.title_de, "label_en": row.title_en}
    form = TitleForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        try:
            writing.rename(row.pk, form.title(), at=request.at, actor=request.actor)
        except writing.FlowRefusedError as refused:
            form.add_error("label_de", spoken(refused.text))
        else:
            return redirect("flows:editor", row.pk)
    context = {"form": form, "title": _("Change the title"), **way_to(row)}
    return render(request, "flows/form.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def document(request: TenantRequest, flow_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a flow as it is written as a file."""
    row = get_object_or_404(Flow, pk=flow_id)
    answer = HttpResponse(json.dumps(row.draft, ensure_ascii=False, indent=2), content_type="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="flow-{row.pk}.json"'
    return answer


def badge(row: Any) -> Badge:
    """Return whether cases run by a flow."""
    if row.archived_at is not None:
        return Badge(gettext_lazy("Archived"), "")
    if not row.number:
        return Badge(gettext_lazy("Draft"), "warn")
    return Badge(_("Version %(number)s") % {"number": row.number}, "good")


def title_of(row: Any) -> str:
    """Return a title in the page's language."""
    return str(row.title_de if language() == "de" else row.title_en)


def crumbs() -> list[tuple[str, str]]:
    """Return the way to a flow."""
    return [(_("Flows"), reverse("flows:flows"))]


def way_to(row: Flow) -> dict[str, Any]:
    """Return the way to a page below a flow, and where it goes back to."""
    back = reverse("flows:editor", args=(row.pk,))
    return {"crumbs": [*crumbs(), (title_of(row), back)], "back": back}
