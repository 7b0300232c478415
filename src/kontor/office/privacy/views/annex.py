"""Amending annex II of an agreement: what it names besides, with the ground; both sign the new issue."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.personal_data import CATEGORIES, PERSONS
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.agreements import issue_agreement
from kontor.office.privacy.forms.papers import AnnexForm
from kontor.office.privacy.models import ProcessingAgreement
from kontor.office.privacy.views.form_page import form_page
from kontor.rulebook.processing_annex import covered


@requires("privacy.keep")
@require_http_methods(["GET", "POST"])
def amend(request: TenantRequest, agreement_id: uuid.UUID) -> HttpResponseBase:
    """Issue an agreement anew whose annex II names one category more."""
    found = get_object_or_404(ProcessingAgreement, pk=agreement_id)
    annex = found.annexes["II"]
    named = covered([each["key"] for each in (*annex["persons"], *annex["data"])]) | set(annex["amended"])
    open_to = [(key, spoken(text)) for key, text in {**PERSONS, **CATEGORIES}.items() if key not in named]
    form = AnnexForm(request.POST or None, choices=open_to)

    def act() -> object:
        amended = {**annex["amended"], form.cleaned_data["category"]: form.cleaned_data["reason"]}
        return issue_agreement(found.contract, amended=amended, at=request.at, actor=request.actor)

    return form_page(
        request, form, act, title=_("Amend annex II"), label=_("Issue anew"),
        back=reverse("privacy:agreement", args=[found.pk]),
        note=_("What it does not name stays off for the customer. The new issue holds once both have signed it."),
    )  # fmt: skip
