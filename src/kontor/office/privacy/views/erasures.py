"""Erasures of companies: what is planned, what went, what stays and why."""

import uuid
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge, Tone
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Tenant
from kontor.kernel.queries.blobs import read
from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import language, spoken
from kontor.office.privacy.actions.erasing import drop_erasure, plan_erasure
from kontor.office.privacy.forms.erasures import BecauseForm, PlanForm
from kontor.office.privacy.models import Erasure
from kontor.office.privacy.queries.certificates import REASONS
from kontor.office.privacy.queries.erasures import erasable_tenants, erasures, parts, remaining_rows
from kontor.office.privacy.queries.holds import holds_on
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text

STATES: Final[dict[str, Promise]] = {
    "PLANNED": gettext_lazy("planned"),
    "RUNNING": gettext_lazy("being erased"),
    "DONE": gettext_lazy("erased"),
    "DROPPED": gettext_lazy("not erased"),
}
_TONES: Final[dict[str, Tone]] = {"PLANNED": "info", "RUNNING": "warn", "DONE": "good", "DROPPED": ""}
_ASKED: Final = Clause("gdpr", "GDPR Art. 28 (3) (g)")


def badge_of(erasure: Erasure) -> Badge:
    """Return an erasure's state as a badge."""
    return Badge(STATES[erasure.state], _TONES[erasure.state])


@requires("privacy.see")
@require_GET
def listing(request: TenantRequest) -> HttpResponseBase:
    """List every erasure, planned and done."""
    rows = Listing(
        request,
        erasures(),
        name="erasures",
        columns=(
            Column(
                "name", gettext_lazy("Company"), url=lambda row: reverse("privacy:erasure", args=(row.pk,)),
                sub=lambda row: REASONS[row.reason], slot="title",
            ),
            Column("state", gettext_lazy("State"), kind="badge", value=badge_of, slot="state"),
            Column("due_on", gettext_lazy("Night to"), kind="day", slot="meta"),
            Column("rows", gettext_lazy("Rows"), kind="number", value=lambda row: sum(row.counts.values()), late=True),
            Column("done_at", gettext_lazy("Done"), kind="moment", late=True),
        ),
        choices=(
            Choice(
                "state", gettext_lazy("State"), tuple(STATES.items()),
                apply=lambda found, state: found.filter(state=state),
            ),
        ),
    )  # fmt: skip
    if rows.wants_file:
        return rows.file()
    context = {"rows": rows, "may": request.standing.may("privacy.keep"), **house_tabs(request, "erasures")}
    return render(request, "privacy/erasures.html", context)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def plan(request: TenantRequest) -> HttpResponseBase:
    """Plan the erasure of a company at its request."""
    form = PlanForm(request.POST or None, companies=erasable_tenants())
    if request.method == "POST" and form.is_valid():
        told, zone = form.cleaned_data, Tenant.objects.get(is_house=True).zone
        said = Text(told["because"], told["because"])
        ruling = Ruling(told["due_on"], (_ASKED,), (("due", told["due_on"].isoformat()),), (said,))
        try:
            erasure = plan_erasure(
                Tenant.objects.get(pk=told["company"]), reason="request", due_on=told["due_on"], ruling=ruling,
                told={"language": language(), "zone": zone}, at=request.at, actor=request.actor,
            )  # fmt: skip
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("privacy:erasure", erasure.pk)
    context = {"form": form, "crumbs": [(_("Erasures"), reverse("privacy:erasures"))]}
    return render(request, "privacy/erasure_plan.html", context, status=422 if form.errors else 200)


@requires("privacy.see")
@require_GET
def detail(request: TenantRequest, erasure_id: uuid.UUID) -> HttpResponseBase:
    """Show an erasure: its night, what went, what stays for how long and why, and what holds it."""
    return _page(request, get_object_or_404(Erasure.objects, pk=erasure_id), BecauseForm())


@requires("privacy.keep")
@require_http_methods(["POST"])
def drop(request: TenantRequest, erasure_id: uuid.UUID) -> HttpResponseBase:
    """Let a planned erasure not happen."""
    erasure, form = get_object_or_404(Erasure.objects, pk=erasure_id), BecauseForm(request.POST)
    if form.is_valid():
        try:
            drop_erasure(erasure.pk, because=form.cleaned_data["because"], at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("privacy:erasure", erasure.pk)
    return _page(request, erasure, form)


@requires("privacy.see")
@require_GET
def certificate(request: TenantRequest, erasure_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the certificate of an erasure that is done."""
    done = get_object_or_404(Erasure.objects.select_related("certificate"), pk=erasure_id, certificate__isnull=False)
    assert done.certificate is not None
    response = HttpResponse(read(done.certificate), content_type=done.certificate.media_type)
    response.headers["Content-Disposition"] = content_disposition_header(True, done.certificate.name) or "attachment"
    return response


def _page(request: TenantRequest, erasure: Erasure, form: BecauseForm) -> HttpResponseBase:
    planned = erasure.state == Erasure.State.PLANNED
    context: dict[str, Any] = {
        "erasure": erasure,
        "badge": badge_of(erasure),
        "reason": REASONS[erasure.reason],
        "why": reasons_of(erasure.ruling) if erasure.ruling else None,
        "parts": parts(erasure.counts),
        "total": sum(erasure.counts.values()),
        "remains": remaining_rows(erasure.remains),
        "holds": holds_on(erasure.of_tenant) if planned else [],
        "form": form,
        "may_drop": planned and request.standing.may("privacy.keep"),
        "today": timezone.localdate(request.at, ZoneInfo(erasure.told.get("zone", "Europe/Berlin"))),
        "crumbs": [(_("Erasures"), reverse("privacy:erasures"))],
        **house_tabs(request, "erasures"),
    }
    return render(request, "privacy/erasure.html", context, status=422 if form.errors else 200)
