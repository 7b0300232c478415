"""Audits: asked for by a controller, answered with sealed evidence; auditors let in to look, and their folder."""

import uuid
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.models import Blob
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.identity.public import AlreadyHereError
from kontor.office.privacy.actions import audits as actions
from kontor.office.privacy.forms.audits import AuditForm, ResultForm, VisitForm
from kontor.office.privacy.models import AuditRequest, AuditVisit, ProcessingAgreement
from kontor.office.privacy.queries import evidence as proofs, visits as queries
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs, own_tabs

ADMIT: Final = "privacy.admit"
FOLDER: Final = "privacy.folder"
PAGE: Final = "privacy-own:audits"


@requires(ADMIT)
@require_GET
def audits(request: TenantRequest) -> HttpResponseBase:
    """Show the audits that were asked for, and who was let in."""
    rows = AuditRequest.objects.all() if request.tenant.is_house else AuditRequest.received.all()
    visits = AuditVisit.objects.order_by("-announced_at")[:50]
    context = {
        "audits": [(each, reasons_of(each.ruling)) for each in rows.order_by("-asked_at")[:50]],
        "visits": [(each, queries.badge_of(each, at=request.at), queries.looks_of(each)) for each in visits],
        "is_house": request.tenant.is_house,
        "now": request.at,
        **(house_tabs if request.tenant.is_house else own_tabs)(request, "audits"),
    }
    return render(request, "privacy/audits.html", context)


@requires(ADMIT)
@require_http_methods(["GET", "POST"])
def ask(request: TenantRequest) -> HttpResponseBase:
    """Ask the provider for an audit under an agreement."""
    if request.tenant.is_house:
        raise PermissionDenied(ADMIT)
    rows = ProcessingAgreement.received.order_by("contract_number", "-number")
    form = AuditForm(request.POST or None, agreements=[(str(each.pk), each.contract_number) for each in rows])
    return form_page(
        request, form, lambda: answer(
            "privacy.audit_requested_by_customer", uuid.UUID(form.cleaned_data["agreement"]),
            scope=form.cleaned_data["scope"], wished_on=form.cleaned_data["wished_on"], at=request.at,
            actor=request.actor,
        ),
        title=_("Ask for an audit"), label=_("Ask"), back=reverse(PAGE),
        note=_("The evidence is put together and sealed at once; the day is agreed with you."),
    )  # fmt: skip


@requires(ADMIT)
@require_GET
def evidence(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Hand out the sealed evidence of an audit."""
    rows = AuditRequest.objects if request.tenant.is_house else AuditRequest.received
    found = get_object_or_404(rows, pk=key)
    shared = Blob.objects if request.tenant.is_house else Blob.received
    blob = get_object_or_404(shared.select_related("content"), pk=found.evidence_id)
    return _zip(read(blob), blob.name)


@requires(ADMIT)
@require_POST
def seal(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Put the evidence together anew, as it stands now."""
    found = get_object_or_404(AuditRequest, pk=key)
    actions.seal_evidence(found.pk, at=request.at, actor=request.actor)
    return redirect(PAGE)


@requires(ADMIT)
@require_http_methods(["GET", "POST"])
def done(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """Keep when an audit was done, and what came of it."""
    found = get_object_or_404(AuditRequest, pk=key, done_on=None)
    form = ResultForm(request.POST or None, initial={"done_on": request.at.date()})
    return form_page(
        request, form, lambda: actions.finish_audit(found.pk, **form.cleaned_data, at=request.at, actor=request.actor),
        title=_("The audit is done"), label=_("Keep"), back=reverse(PAGE), note=found.customer_name,
    )  # fmt: skip


@requires(ADMIT, fresh=True)
@require_http_methods(["GET", "POST"])
def let_in(request: TenantRequest) -> HttpResponseBase:
    """Let an auditor in to look for some days."""
    standing = request.standing
    form = VisitForm(request.POST or None, pages=queries.visible(standing))

    def act() -> None:
        said = dict(form.cleaned_data)
        said["scope"] = {*said["scope"], *queries.ALWAYS}
        held = None if standing.everything else standing.permissions
        actions.let_in(actions.Visit(**said), held=held, at=request.at, actor=request.actor)

    try:
        return form_page(
            request, form, act, title=_("Let an auditor in"), label=_("Invite"), back=reverse(PAGE),
            note=_("They are invited by mail, look until the last day is over, and each page they open is recorded."),
        )  # fmt: skip
    except AlreadyHereError as refused:
        form.add_error("email", str(refused))
    context = {"form": form, "form_title": _("Let an auditor in"), "label": _("Invite"), "back": reverse(PAGE)}
    return render(request, "privacy/form.html", context, status=422)


@requires(ADMIT)
@require_POST
def end(request: TenantRequest, key: uuid.UUID) -> HttpResponseBase:
    """End a visit before its last day."""
    found = get_object_or_404(AuditVisit, pk=key, ended_at=None, until__gt=request.at)
    actions.end_visit(found.pk, at=request.at, actor=request.actor)
    return redirect(PAGE)


@requires(FOLDER)
@require_GET
def folder(request: TenantRequest) -> HttpResponseBase:
    """Show an auditor what may be looked at, and the evidence to take along."""
    visit = AuditVisit.objects.filter(membership=request.standing.membership).order_by("-announced_at").first()
    context = {
        "visit": visit,
        "files": sorted(proofs.of_tenant(is_house=request.tenant.is_house, at=request.at)),
        "ways": queries.ways(request.standing),
        **(house_tabs if request.tenant.is_house else own_tabs)(request, "folder"),
    }
    return render(request, "privacy/folder.html", context)


@requires(FOLDER)
@require_GET
def folder_file(request: TenantRequest) -> HttpResponseBase:
    """Hand out the evidence folder of this tenant, sealed as it stands now."""
    files = proofs.of_tenant(is_house=request.tenant.is_house, at=request.at)
    data = actions.sealed(files, {"for": str(request.user)}, at=request.at)
    return _zip(data, f"{slugify(request.tenant.name) or 'evidence'}-{request.at.date().isoformat()}.zip")


def _zip(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
