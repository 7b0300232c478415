"""Work done beside a contract and reductions of its fees: for the house and its customer, and how staff enter them."""

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, spoken
from kontor.office.contracts.actions.corrections import log_work, reduce_fee
from kontor.office.contracts.forms.corrections import ReductionForm, WorkForm
from kontor.office.contracts.queries.corrections import reductions_of, work_of
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE
from kontor.office.contracts.views.service_orders import services_context
from kontor.rulebook.contract_state import Per
from kontor.rulebook.extra_work import kinds_of
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError

CORRECT = "contracts.correct"


@requires(SEE)
@require_GET
def corrections(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the work done beside a contract of the house, and by what its fees were reduced."""
    opened = opened_own(request, contract_id)
    pack = pack_of_terms(opened.contract.terms)
    may = request.standing.may(CORRECT)
    context = _context(request, opened) | {
        "may_work": may and bool(kinds_of(pack)),
        "may_reduce": may and bool(pack.defects and pack.defects.reduction_cap),
    }
    return render(request, "contracts/corrections.html", context)


@requires(ACCOUNT)
@require_GET
def received_corrections(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the same to the contract's customer."""
    return render(request, "contracts/corrections.html", _context(request, opened_received(request, contract_id)))


@requires(CORRECT)
@require_http_methods(["GET", "POST"])
def work_new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Log work that was done."""
    opened = opened_own(request, contract_id)
    contract, pack = opened.contract, pack_of_terms(opened.contract.terms)
    form = WorkForm(request.POST or None, kinds=kinds_of(pack), currency=contract.terms["currency"])
    if request.method == "POST" and form.is_valid():
        try:
            made = log_work(contract_id, form.told(), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            said = _("Free: the contract includes it.") if made.free else money(Money(made.currency, made.amount_minor))
            messages.info(request, said)
            return redirect("contracts:corrections", contract_id)
    needs = pack.prices.extra_services_need if pack.prices else None
    context = contract_frame(request, opened, active="corrections") | {"form": form, "needs": needs}
    return render(request, "contracts/work_new.html", context, status=422 if form.errors else 200)


@requires(CORRECT)
@require_http_methods(["GET", "POST"])
def reduction_new(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Reduce a fee for a defect."""
    opened = opened_own(request, contract_id)
    contract, pack = opened.contract, pack_of_terms(opened.contract.terms)
    form = ReductionForm(request.POST or None, parts=_parts(opened), currency=contract.terms["currency"])
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = reduce_fee(
                contract_id,
                given["position"],
                form.told(),
                key=str(given["key"]),
                reason=given["reason"],
                on=request.at.astimezone(ZoneInfo(pack.zone)).date(),
                at=request.at,
                actor=request.actor,
            )
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        else:
            messages.info(
                request, _("Reduced by %(amount)s.") % {"amount": money(Money(made.currency, made.amount_minor))}
            )
            return redirect("contracts:corrections", contract_id)
    context = contract_frame(request, opened, active="corrections") | {
        "form": form,
        "cap": pack.defects.reduction_cap if pack.defects else None,
    }
    return render(request, "contracts/reduction_new.html", context, status=422 if form.errors else 200)


def _parts(opened: Opened) -> list[tuple[str, str]]:
    """Return the parts that have a monthly fee, as they stand today or when the contract begins."""
    names = opened.contract.terms["names"]
    state = history_of(opened.contract, opened.rows).state(max(opened.today, opened.contract.start_on))
    return [(it.key, names.get(it.key, it.key)) for it in state.positions if it.quantity and it.per is not Per.ONCE]


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    contract = opened.contract
    work = work_of(contract.pk, own=opened.own)
    reductions = reductions_of(contract.pk, own=opened.own)
    why = reasons_by_id([*(row.ruling for row in work), *(row.ruling for row in reductions)])
    kinds, names = kinds_of(pack_of_terms(contract.terms)), contract.terms["names"]
    return contract_frame(request, opened, active="corrections") | {
        "work": [
            (
                row,
                kinds[row.kind],
                Money(row.currency, row.amount_minor),
                why.get(row.ruling),
            )
            for row in work
        ],
        "reductions": [
            (row, names.get(row.position, row.position), Money(row.currency, row.amount_minor), why.get(row.ruling))
            for row in reductions
        ],
        **services_context(request, opened),
        "note_url": "books:invoice" if opened.own else "contracts:account-invoice",
    }
