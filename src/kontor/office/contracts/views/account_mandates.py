"""The customer's SEPA mandates: the list, giving one, revoking one."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.client import client_address
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.books import public as books
from kontor.office.contracts.forms.paying import MandateForm
from kontor.office.contracts.models import Contract
from kontor.office.documents.public import Evidence
from kontor.rulebook.collecting import Scheme
from kontor.rulebook.refusal import RefusalError

ACCOUNT = "contracts.account"


@requires(ACCOUNT)
@require_GET
def mandates(request: TenantRequest) -> HttpResponseBase:
    """Show the mandates the company gave, and for which contracts it can give one."""
    today = timezone.localdate(request.at)
    context = {
        "mandates": books.mandates_received(today),
        "contracts": Contract.received.order_by("-start_on", "-pk"),
        "crumbs": [(_("Your account"), reverse("contracts:account"))],
    }
    return render(request, "contracts/account_mandates.html", context)


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def give(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Let the customer read and sign a mandate; the box is never ticked beforehand."""
    contract = get_object_or_404(Contract.received, pk=contract_id)
    text = answer("contracts.mandate_form_opened", contract.pk, at=request.at, actor=request.actor)
    if text is None:
        messages.warning(request, _("This supplier does not collect by direct debit."))
        return redirect("contracts:account-mandates")
    hashes = {f"hash_{key.lower()}": told[2] for key, told in text.schemes.items()}
    given = hashes | {"holder": request.tenant.name, "signer": request.user.name}
    form = MandateForm(request.POST or None, initial=given)
    if request.method == "POST" and form.is_valid() and _given(request, contract, form):
        messages.info(request, _("The mandate is in force; the next invoice announces its debit."))
        return redirect("contracts:account-mandates")
    crumbs = [
        (_("Your account"), reverse("contracts:account")),
        (_("Mandates"), reverse("contracts:account-mandates")),
    ]
    context = {"form": form, "text": text, "contract": contract, "crumbs": crumbs}
    return render(request, "contracts/account_mandate.html", context, status=422 if form.is_bound else 200)


@requires(ACCOUNT)
@require_GET
def file(request: TenantRequest, mandate_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the PDF of a mandate as it was signed."""
    try:
        found = books.received_mandate_file(mandate_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'inline; filename="{found.name}"'
    return response


@requires(ACCOUNT)
@require_POST
def revoke(request: TenantRequest, mandate_id: uuid.UUID) -> HttpResponseBase:
    """Revoke a mandate that the company gave."""
    today = timezone.localdate(request.at)
    try:
        answer(
            "books.mandate_revoked_by_customer",
            mandate_id,
            by=request.user.name,
            on=today,
            at=request.at,
            actor=request.actor,
        )
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:account-mandates")


def _given(request: TenantRequest, contract: Contract, form: MandateForm) -> bool:
    told: dict[str, Any] = form.cleaned_data
    signing = books.Signing(
        scheme=Scheme(told["scheme"]),
        holder=told["holder"],
        iban=told["iban"],
        signer=told["signer"],
        email=request.user.email,
        sha256=form.shown_hash(),
        ticked=told["agreed"],
        evidence=Evidence(address=client_address(request), client=request.headers.get("User-Agent", "")),
    )
    try:
        answer("contracts.mandate_given", contract.pk, signing=signing, at=request.at, actor=request.actor)
    except books.WrongIbanError as wrong:
        form.add_error("iban", spoken(wrong.text))
        return False
    except RefusalError as refused:
        form.add_error(None, spoken(refused.text))
        return False
    return True
