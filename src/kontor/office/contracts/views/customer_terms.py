"""A customer's own terms: filed as excluded with the offer they came for, and the paper itself."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.customer_terms import file_customer_terms
from kontor.office.contracts.forms.customer_terms import CustomerTermsForm
from kontor.office.contracts.models import CustomerTerms, Offer
from kontor.office.contracts.queries.confirmations import customer_terms_ruling, excludes_customer_terms
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.refusal import RefusalError


@requires("contracts.confirm")
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest, offer_id: uuid.UUID) -> HttpResponseBase:
    """File terms that the customer attached to its order."""
    offer = get_object_or_404(Offer, pk=offer_id)
    form = CustomerTermsForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            file_customer_terms(offer.pk, form.attached(), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("contracts:offer", offer.pk)
    known = excludes_customer_terms(pack_of_terms(offer.terms))
    context = {
        "offer": offer,
        "form": form,
        "why": customer_terms_ruling(offer) if known else None,
        "crumbs": [
            (_("Offers"), reverse("contracts:offers")), (offer.number, reverse("contracts:offer", args=[offer.pk])),
        ],
    }  # fmt: skip
    return render(request, "contracts/customer_terms_new.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def file(request: TenantRequest, terms_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the paper as it came."""
    return sent_file(get_object_or_404(CustomerTerms.objects.select_related("file"), pk=terms_id).file)
