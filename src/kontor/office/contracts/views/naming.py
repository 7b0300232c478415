"""Naming a customer's contact for declarations, and confirming notices of people whom it has not named."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.naming import Contact, name_contact
from kontor.office.contracts.actions.noticing import confirm_notice
from kontor.office.contracts.forms.endings import ConfirmationForm, upload
from kontor.office.contracts.forms.naming import ContactForm
from kontor.office.contracts.models import ContractNotice, Offer
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import contract_frame, opened_own
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms import NoAnswerError


@requires("contracts.confirm")
@require_http_methods(["GET", "POST"])
def contact(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """Enter whom the customer has named to make and receive declarations, where the acceptance named nobody."""
    offer = get_object_or_404(Offer, pk=offer_id)
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name_contact(offer.pk, Contact(**form.cleaned_data), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:offer", offer.pk)
    back = reverse("contracts:offer", args=[offer.pk])
    context = {
        "form": form, "form_title": _("Name the contact for declarations"), "told": "", "label": "", "back": back,
        "crumbs": [(_("Offers"), reverse("contracts:offers")), (offer.number, back)],
    }  # fmt: skip
    return render(request, "contracts/beyond_form.html", context, status=422 if form.errors else 200)


@requires("contracts.end")
@require_http_methods(["GET", "POST"])
def confirm(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Note that somebody authorised has confirmed a notice, with the paper that shows it."""
    notice = get_object_or_404(ContractNotice, pk=notice_id)
    form = ConfirmationForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        told: dict[str, Any] = {"on": form.cleaned_data["on"], "proof": upload(form.cleaned_data["proof"])}
        try:
            confirm_notice(notice_id, at=request.at, actor=request.actor, **told)
        except (RefusalError, EndingRefusedError, NoAnswerError) as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("proof", str(full))
        else:
            return redirect("contracts:ending", notice.contract_id)
    context = contract_frame(request, opened_own(request, notice.contract_id), active="ending") | {
        "form": form,
        "form_title": _("Confirm the notice"),
    }
    return render(request, "contracts/ending_form.html", context, status=422 if form.errors else 200)


@requires(ACCOUNT)
@require_POST
def received_confirm(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Confirm a colleague's notice as the customer; who may not declare either changes nothing."""
    notice = get_object_or_404(ContractNotice.received, pk=notice_id)
    try:
        answer("contracts.notice_confirmed", notice_id, at=request.at, actor=request.actor, email=request.user.email)
    except EndingRefusedError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:account-ending", notice.contract_id)
