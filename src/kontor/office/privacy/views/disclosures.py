"""What was passed on to third parties, and passing something on."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.disclosures import disclose
from kontor.office.privacy.forms.disclosures import DisclosureForm
from kontor.office.privacy.models import Disclosure
from kontor.office.privacy.queries.erasures import erasable_tenants
from kontor.office.privacy.views.form_page import form_page
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.disclosure import BASES, PURPOSES


@requires("privacy.see")
@require_GET
def disclosures(request: TenantRequest) -> HttpResponseBase:
    """List what was passed on, the newest first, with recipient, purpose and basis."""
    listing = Listing(
        request,
        Disclosure.objects.all(),
        name="disclosures",
        columns=(
            Column("recipient", gettext_lazy("Recipient"), sort="recipient", slot="title"),
            Column("company", gettext_lazy("Whose data"), sort="company", slot="meta"),
            Column("data", gettext_lazy("What is passed on"), slot="more"),
            Column("purpose", gettext_lazy("For what"), value=lambda row: spoken(PURPOSES[row.purpose]), late=True),
            Column("basis", gettext_lazy("Basis"), value=_basis, url=_paper, slot="state"),
            Column("at", gettext_lazy("Passed on"), kind="moment", sort="at"),
            Column("by_name", gettext_lazy("Passed on by"), late=True),
        ),
        search=("recipient", "company", "data", "reference"),
        order="-at",
    )
    if listing.wants_file:
        return listing.file()
    context = {"listing": listing, "may": request.standing.may("privacy.keep"), **house_tabs(request, "disclosures")}
    return render(request, "privacy/disclosures.html", context)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest) -> HttpResponseBase:
    """Pass data on; without a basis it is refused."""
    form = DisclosureForm(request.POST or None, request.FILES or None, companies=erasable_tenants())
    return form_page(
        request, form, lambda: disclose(form.passing(), at=request.at, actor=request.actor),
        title=_("Pass data on"), label=_("Send and record"), back=reverse("privacy:disclosures"),
        note=_("Only where the contract requires or allows it, the customer permits it or a law demands it."),
    )  # fmt: skip


@requires("privacy.see")
@require_GET
def permission(request: TenantRequest, disclosure_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Hand out the customer's written permission."""
    row = get_object_or_404(Disclosure.objects.exclude(permission=None).select_related("permission"), pk=disclosure_id)
    assert row.permission is not None
    response = HttpResponse(read(row.permission), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{row.pk}.pdf"'
    return response


def _basis(row: Disclosure) -> str:
    said = spoken(BASES[row.basis])
    return f"{said}: {row.reference}" if row.reference else said


def _paper(row: Disclosure) -> str:
    return reverse("privacy:disclosure-permission", args=(row.pk,)) if row.permission_id else ""
