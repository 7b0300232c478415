"""The papers of a contract in their order, for the house and for its customer; filing an addendum."""

import uuid
from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions.addenda import add_addendum
from kontor.office.contracts.forms.addenda import AddendumForm
from kontor.office.contracts.models import Addendum, FirstUse
from kontor.office.contracts.queries.papers import addenda_of, order_of, papers_of, provisions_named, ranks_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.rulebook.refusal import RefusalError

FILE = "contracts.papers"


@requires(SEE)
@require_GET
def papers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the papers of a contract of the house."""
    opened = opened_own(request, contract_id)
    context = _context(request, opened) | {
        "file_url": reverse("contracts:contract-file", args=(contract_id,)),
        "offer_url": reverse("contracts:offer", args=(opened.contract.offer_id,)),
        "may_file": request.standing.may(FILE),
    }
    return render(request, "contracts/papers.html", context)


@requires(ACCOUNT)
@require_GET
def received_papers(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the papers of a contract that the reader's company received."""
    context = _context(request, opened_received(request, contract_id)) | {
        "file_url": reverse("contracts:account-file", args=(contract_id,)),
        "invoices_url": reverse("contracts:account-invoices"),
    }
    return render(request, "contracts/papers.html", context)


@requires(FILE)
@require_http_methods(["GET", "POST"])
def addendum_new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """File an addendum that both have signed."""
    opened = opened_own(request, contract_id)
    form = AddendumForm(request.POST or None, request.FILES or None, ranks=ranks_of(opened.contract))
    if request.method == "POST" and form.is_valid():
        paper = form.cleaned_data["file"]
        try:
            add_addendum(
                contract_id, form.told(), file=paper.read(), file_name=paper.name, at=request.at, actor=request.actor
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            return redirect("contracts:papers", contract_id)
    pack = pack_of_terms(opened.contract.terms)
    context = contract_frame(request, opened, active="papers") | {
        "form": form,
        "written": pack.documents.changes_need if pack.documents else None,
    }
    return render(request, "contracts/addendum_new.html", context, status=422 if form.errors else 200)


@requires(SEE)
@require_GET
def addendum_file(request: TenantRequest, addendum_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the signed paper of an addendum."""
    return sent_file(get_object_or_404(Addendum.objects.select_related("file"), pk=addendum_id).file)


@requires(ACCOUNT)
@require_GET
def received_addendum_file(request: TenantRequest, addendum_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the signed paper of an addendum to the customer."""
    return sent_file(get_object_or_404(Addendum.received.select_related("file"), pk=addendum_id).file)


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    contract = opened.contract
    addenda = addenda_of(contract.pk, own=opened.own)
    by_amendment = {row.pk: row for row in opened.rows}
    rulings = {row.pk: by_amendment[row.amendment_id].ruling for row in addenda}
    why = reasons_by_id([contract.conclusion_ruling, *rulings.values()])
    rule = order_of(contract)
    uses = FirstUse.objects if opened.own else FirstUse.received
    return contract_frame(request, opened, active="papers") | {
        "papers": [
            (paper, why.get(rulings[paper.addendum.pk]) if paper.addendum else None)
            for paper in papers_of(contract, addenda)
        ],
        "rule": rule,
        "named": provisions_named(contract, addenda, on=opened.today),
        "pack": pack_of_terms(contract.terms),
        "conclusion": why.get(contract.conclusion_ruling),
        "signature": contract.signature,
        "first_use": uses.filter(contract_id=contract.pk).first(),
        "addendum_file": "contracts:addendum-file" if opened.own else "contracts:account-addendum-file",
    }
