"""Holds: whose data stay although they should go, for what reason, and when that is looked at again."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.holding import GROUNDS, lay_hold, lift_hold
from kontor.office.privacy.forms.erasures import BecauseForm, HoldForm
from kontor.office.privacy.models import Hold
from kontor.office.privacy.queries.erasures import erasable_tenants
from kontor.office.privacy.queries.holds import standing_holds
from kontor.office.privacy.views.tabs import house_tabs
from kontor.rulebook.refusal import RefusalError


@requires("privacy.see")
@require_GET
def listing(request: TenantRequest) -> HttpResponseBase:
    """List the holds that stand, the next to be looked at first."""
    return _page(request)


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def lay(request: TenantRequest) -> HttpResponseBase:
    """Lay a hold on a company's data."""
    form = HoldForm(request.POST or None, companies=erasable_tenants())
    if request.method == "POST" and form.is_valid():
        told = dict(form.cleaned_data)
        try:
            lay_hold(of_tenant=told.pop("company"), **told, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("privacy:holds")
    context = {"form": form, "crumbs": [(_("Holds"), reverse("privacy:holds"))]}
    return render(request, "privacy/hold_lay.html", context, status=422 if form.errors else 200)


@requires("privacy.keep")
@require_http_methods(["POST"])
def lift(request: TenantRequest, hold_id: uuid.UUID) -> HttpResponseBase:
    """Lift a hold."""
    hold, form = get_object_or_404(Hold.objects, pk=hold_id), BecauseForm(request.POST)
    if not form.is_valid():
        return _page(request, failed=hold.pk, form=form)
    try:
        lift_hold(hold.pk, because=form.cleaned_data["because"], at=request.at, actor=request.actor)
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        return _page(request, failed=hold.pk, form=form)
    return redirect("privacy:holds")


def _page(
    request: TenantRequest, *, failed: uuid.UUID | None = None, form: BecauseForm | None = None
) -> HttpResponseBase:
    names = dict(erasable_tenants())
    rows = [
        {
            "hold": hold,
            "name": names.get(hold.of_tenant) if hold.of_tenant else None,
            "ground": GROUNDS[hold.ground],
            "form": form if form is not None and hold.pk == failed else BecauseForm(),
        }
        for hold in standing_holds()
    ]
    context = {"rows": rows, "may": request.standing.may("privacy.keep"), **house_tabs(request, "holds")}
    return render(request, "privacy/holds.html", context, status=422 if form is not None and form.errors else 200)
