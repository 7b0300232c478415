"""Services offered beside a contract: how staff offer them and note them done, and how the customer answers."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.service_orders import offer_service, perform_service
from kontor.office.contracts.forms.service_orders import DoneForm, ServiceForm
from kontor.office.contracts.models import ServiceOrder, ServicePerformance
from kontor.office.contracts.queries.service_orders import services_offered
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.service_order import Every, services_of

CORRECT = "contracts.correct"
STATES = {
    "OFFERED": Badge(Text("angeboten", "offered"), "info"),
    "ACCEPTED": Badge(Text("angenommen", "accepted"), "warn"),
    "DECLINED": Badge(Text("abgelehnt", "declined"), ""),
}
DONE = Badge(Text("erbracht", "done"), "good")


def services_context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    """Return what the page of work and reductions shows of the services offered."""
    found = services_offered(opened.contract.pk, own=opened.own)
    why = reasons_by_id([each.row.ruling for each in found])
    words = services_of(pack_of_terms(opened.contract.terms))
    return {
        "services": [
            {
                "it": each,
                "words": words[each.row.kind],
                "often": Every(each.row.every).spoken,
                "badge": DONE if len(each.done) == each.row.times else STATES[each.state.state],
                "why": why.get(each.row.ruling),
            }
            for each in found
        ],
        "may_offer_services": opened.own and request.standing.may(CORRECT) and bool(words),
        "service_file": "contracts:service-file" if opened.own else "contracts:account-service-file",
    }


@requires(CORRECT)
@require_http_methods(["GET", "POST"])
def new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Offer a service with its price, its days and how often."""
    opened = opened_own(request, contract_id)
    terms = opened.contract.terms
    form = ServiceForm(request.POST or None, kinds=services_of(pack_of_terms(terms)), currency=terms["currency"])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            offer_service(
                contract_id, form.service(), given["told"], unit=given["unit"], valid_until=given["valid_until"],
                at=request.at, actor=request.actor,
            )  # fmt: skip
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            return redirect("contracts:corrections", contract_id)
    return _form(request, opened, form, _("Offer a service"))


@requires(CORRECT)
@require_http_methods(["GET", "POST"])
def done(request: TenantRequest, order_id: uuid.UUID) -> HttpResponseBase:
    """Note that a service was done its next time."""
    order = get_object_or_404(ServiceOrder, pk=order_id)
    opened = opened_own(request, order.contract_id)
    form = DoneForm(request.POST or None, request.FILES or None, initial={"done_on": opened.today})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        told: dict[str, Any] = {"done_on": given["done_on"], "note": given["note"], "result": form.result()}
        try:
            perform_service(order_id, at=request.at, actor=request.actor, **told)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("contracts:corrections", order.contract_id)
    return _form(request, opened, form, _("Note the service as done"))


@requires(ACCOUNT)
@require_POST
def received_answer(request: TenantRequest, order_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Accept or decline the offer of a service, as the customer's signatory."""
    if word not in {"accept", "decline"}:
        raise Http404
    order = get_object_or_404(ServiceOrder.received, pk=order_id)
    who: dict[str, Any] = {"name": str(request.user), "email": request.user.email}
    try:
        answer(
            "contracts.service_answered", order_id, accept=word == "accept", at=request.at, actor=request.actor, **who
        )
    except RefusalError as refused:
        messages.error(request, spoken(refused.text))
    return redirect("contracts:account-corrections", order.contract_id)


@requires(SEE)
@require_GET
def file(request: TenantRequest, performance_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the file that came of a service."""
    return _sent(
        get_object_or_404(ServicePerformance.objects.exclude(file=None).select_related("file"), pk=performance_id)
    )


@requires(ACCOUNT)
@require_GET
def received_file(request: TenantRequest, performance_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give it to the customer."""
    return _sent(
        get_object_or_404(ServicePerformance.received.exclude(file=None).select_related("file"), pk=performance_id)
    )


def _sent(performance: ServicePerformance) -> HttpResponseBase:
    """Answer with a file to be kept: it may be of any type, so no browser shows it as a page of ours."""
    assert performance.file is not None, "the query asks for those with a file"
    response = sent_file(performance.file)
    response.headers["Content-Disposition"] = f'attachment; filename="{performance.file.name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _form(request: TenantRequest, opened: Opened, form: Any, title: str) -> HttpResponseBase:
    context = contract_frame(request, opened, active="corrections") | {"form": form, "form_title": title}
    return render(request, "contracts/service_form.html", context, status=422 if form.errors else 200)
