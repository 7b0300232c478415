"""Planning and postponing the installation of a release."""

import uuid

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.installing import plan_installation
from kontor.office.contracts.forms.releases import InstallationForm, PostponeForm
from kontor.office.contracts.models import ReleaseInstallation, ReleaseOffer
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.releases import RELEASE
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.release import ways_to_install


@requires(RELEASE)
@require_http_methods(["GET", "POST"])
def plan(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Plan how and from when on a release is installed at one customer."""
    offer = get_object_or_404(ReleaseOffer.objects.select_related("contract"), pk=offer_id)
    known = ReleaseInstallation.objects.filter(offer=offer).first()
    initial = {"way": known.way, "planned_at": known.planned_at} if known else None
    form = InstallationForm(
        request.POST or None, ways=ways_to_install(pack_of_terms(offer.contract.terms)), initial=initial
    )
    back = reverse("contracts:contract-beyond", args=(offer.contract_id,))
    if request.method == "POST" and form.is_valid():
        try:
            plan_installation(offer_id, **form.cleaned_data, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect(back)
    context = {
        "form": form, "form_title": _("Install %(version)s") % {"version": offer.version}, "told": "",
        "label": _("Plan the installation"), "back": back, "crumbs": [(offer.contract.number, back)],
    }  # fmt: skip
    return render(request, "contracts/beyond_form.html", context, status=422 if form.errors else 200)


@requires(ACCOUNT)
@require_POST
def postpone(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Postpone a release as its customer, where the terms let it."""
    offer = get_object_or_404(ReleaseOffer.received, pk=offer_id)
    form = PostponeForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please name a day that is still to come."))
    else:
        try:
            answer("contracts.release_postponed", offer_id, at=request.at, actor=request.actor, **form.cleaned_data)
        except RefusalError as refused:
            messages.error(request, spoken(refused.text))
    return redirect("contracts:account-beyond", offer.contract_id)
