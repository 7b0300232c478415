"""The copy of everything of a tenant: asking for it, watching it grow, fetching it once."""

import uuid
from collections.abc import Iterator
from typing import Final

from django.contrib import messages
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.credentials import CredentialRefusedError
from kontor.kernel.age import Recipient, encrypted
from kontor.kernel.components import Run, Stage
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.privacy.actions import exports as acting
from kontor.office.privacy.actions.own_backups import name_plan
from kontor.office.privacy.forms.exports import AskForm, FetchForm, PlanForm
from kontor.office.privacy.models import Export
from kontor.office.privacy.queries.exports import UNDER_WAY, lacks_contingency_plan, own_backups, shown_exports
from kontor.office.privacy.queries.holds import withheld_copies
from kontor.office.privacy.queries.pieces import archive_of, file_of
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs

EXPORT: Final = "privacy.export"
PAGE: Final = "privacy-own:exports"


@requires(EXPORT)
@require_http_methods(["GET", "POST"])
def exports(request: TenantRequest) -> HttpResponseBase:
    """Show the tenant's copies and take the order for another one."""
    form = AskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            acting.ask_for_export(recipient=form.cleaned_data["recipient"], at=request.at, actor=request.actor)
        except acting.ExportUnderWayError as refused:
            messages.error(request, str(refused))
        return redirect(PAGE)
    shown = shown_exports()
    now = next((each for each in shown if each.export.state in UNDER_WAY), None)
    context = {
        "form": form, "shown": [each for each in shown if each is not now], "now": now,
        "run": _run(now.export) if now else None,
        "withheld": withheld_copies(request.tenant.pk, on=request.at.date()),
        "own_backups": own_backups(at=request.at),
        "plan_lacking": lacks_contingency_plan(at=request.at),
        "waiting": now and now.export.available_on > request.at.date(),
        **(house_tabs if request.tenant.is_house else own_tabs)(request, "exports"),
    }  # fmt: skip
    return render(request, "privacy/exports.html", context, status=422 if form.is_bound else 200)


@requires(EXPORT)
@require_GET
def progress(request: TenantRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Say how far an export is; asked by the page itself."""
    return render(request, "kernel/components/run.html", {"run": _run(get_object_or_404(Export, pk=pk))})


@requires(EXPORT)
@require_http_methods(["GET", "POST"])
def plan(request: TenantRequest) -> HttpResponseBase:
    """Name the day of the tenant's own contingency plan."""
    form = PlanForm(request.POST or None)
    return form_page(
        request, form, lambda: name_plan(form.cleaned_data["day"], at=request.at, actor=request.actor),
        title=_("Contingency plan"), label=_("Save"), back=reverse(PAGE),
        note=_("What is done while the system stands still. Who has named one is reminded no more."),
    )  # fmt: skip


@requires(EXPORT)
@require_POST
def cancel(request: TenantRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Delete an export, ready or not."""
    export = get_object_or_404(Export, pk=pk)
    acting.discard(export.pk, at=request.at, actor=request.actor)
    return redirect(PAGE)


@requires(EXPORT, fresh=True)
@require_POST
def link(request: TenantRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Make the link that fetches an export once, and open it."""
    export = get_object_or_404(Export, pk=pk)
    try:
        secret = acting.link_to(export.pk, at=request.at, actor=request.actor)
    except acting.NotReadyError as refused:
        messages.error(request, str(refused))
        return redirect(PAGE)
    return redirect("privacy-own:fetch", secret)


@requires(EXPORT)
@require_http_methods(["GET", "POST"])
def fetch(request: TenantRequest, secret: str) -> HttpResponseBase:
    """Hand an export out: the link is used up when the download begins."""
    form = FetchForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            export, key = acting.fetch(secret, at=request.at, actor=request.actor)
        except (CredentialRefusedError, acting.NotReadyError) as refused:
            messages.error(request, str(refused))
            return redirect(PAGE)
        alone = form.cleaned_data["what"] == "database"
        content = file_of(export, "database.sql", key=key) if alone else archive_of(export, key=key)
        return _download(
            request, export, content, ending="sql" if alone else "zip", passphrase=form.cleaned_data["passphrase"]
        )
    context = {"form": form, **(house_tabs if request.tenant.is_house else own_tabs)(request, "exports")}
    return render(request, "privacy/export_fetch.html", context, status=422 if form.is_bound else 200)


def _download(
    request: TenantRequest, export: Export, content: Iterator[bytes], *, ending: str, passphrase: str
) -> StreamingHttpResponse:
    name = f"{slugify(request.tenant.name) or 'export'}-{export.available_on.isoformat()}.{ending}"
    lock = [Recipient.read(export.recipient)] if export.recipient else passphrase
    answer = StreamingHttpResponse(encrypted(content, lock) if lock else content)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}{".age" if lock else ""}"'
    answer.headers["Cache-Control"] = "no-store"
    if ending == "zip" and not lock:
        answer.headers["Content-Length"] = str(export.packed)
    return answer


def _run(export: Export) -> Run:
    """Say how far an export is: rows and files counted together."""
    state = export.State(export.state)
    tables_done, files_done = state in {"FILES", "READY", "GONE"}, state in {"READY", "GONE"}
    total = max(export.rows_expected + export.files_expected, 1)
    done = total if files_done else min(export.rows + export.files, total - 1)
    rows = _("%(done)s of %(total)s rows") % {"done": export.rows, "total": export.rows_expected}
    files = _("%(done)s of %(total)s files") % {"done": export.files, "total": export.files_expected}
    stages = (
        Stage(_("Tables"), rows, "done" if tables_done else "now"),
        Stage(_("Files"), files, "done" if files_done else "now" if tables_done else ""),
    )
    url = "" if files_done else reverse("privacy-own:export-progress", args=[export.pk])
    return Run(_("Packing your data"), done, total, stages, url=url)
