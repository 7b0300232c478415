"""Which terms and prices a contract has by day: versions in force, notices of changes, announced prices, the answer."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.forms.terms_changes import ObjectionForm
from kontor.office.contracts.models import PriceAdjustment, PriceAdjustmentState, TermsNotice, TermsNoticeState
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.terms_changes import EFFECTIVE_DAY, NEW_RULES, procedure, required_of, versions
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.office.contracts.views.price_changes import BADGES as PRICE_BADGES
from kontor.office.contracts.views.terms_changes import BADGES, CHANGE_TERMS, part_of
from kontor.rulebook.refusal import RefusalError


@requires(SEE)
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the terms and prices of a contract of the house by day."""
    opened = opened_own(request, contract_id)
    notices = TermsNoticeState.objects.filter(notice__contract_id=contract_id).select_related("notice")
    prices = PriceAdjustmentState.objects.filter(adjustment__contract_id=contract_id).select_related("adjustment")
    context = _context(request, opened, list(notices.order_by("-notice__at")), list(prices.order_by("-adjustment__at")))
    context |= {"may_decide": request.standing.may(CHANGE_TERMS)}
    return render(request, "contracts/contract_terms.html", context)


@requires(ACCOUNT)
@require_GET
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the terms and prices of a contract that the reader's company received, by day."""
    opened = opened_received(request, contract_id)
    notices = TermsNoticeState.received.filter(notice__contract_id=contract_id).select_related("notice")
    prices = PriceAdjustmentState.received.filter(adjustment__contract_id=contract_id).select_related("adjustment")
    context = _context(request, opened, list(notices.order_by("-notice__at")), list(prices.order_by("-adjustment__at")))
    return render(request, "contracts/contract_terms.html", context)


@requires(ACCOUNT)
@require_GET
def notice(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Let the customer read a notice, which is received with that, and answer it."""
    found = get_object_or_404(TermsNotice.received, pk=notice_id)
    answer("contracts.terms_notice_opened", found.pk, at=request.at, actor=request.actor)
    return _notice_page(request, found, ObjectionForm(), "")


@requires(ACCOUNT)
@require_POST
def answer_notice(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponseBase:
    """Take the customer's acceptance or objection."""
    found = get_object_or_404(TermsNotice.received, pk=notice_id)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _notice_page(request, found, form, "")
    given: dict[str, Any] = {
        "accepts": "accept" in request.POST,
        "answered_by": request.user.name,
        "reason": form.cleaned_data["reason"],
    }
    try:
        answer("contracts.terms_notice_answered", found.pk, at=request.at, actor=request.actor, **given)
    except RefusalError as refused:
        return _notice_page(request, found, form, spoken(refused.text))
    messages.info(request, _("Your answer has been taken down; both sides have it by mail."))
    return redirect("contracts:account-terms-notice", found.pk)


@requires(ACCOUNT)
@require_GET
def received_part(request: TenantRequest, notice_id: uuid.UUID, part: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the customer a notice as it went out, or the changed terms that came with it."""
    return part_of(get_object_or_404(TermsNotice.received.select_related("file", "text"), pk=notice_id), part)


@requires(ACCOUNT)
@require_GET
def received_prices(request: TenantRequest, adjustment_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the customer the letter that announced new prices."""
    return sent_file(get_object_or_404(PriceAdjustment.received.select_related("file"), pk=adjustment_id).file)


def _notice_page(request: TenantRequest, found: TermsNotice, form: ObjectionForm, refused: str) -> HttpResponseBase:
    opened = opened_received(request, found.contract_id)
    state = get_object_or_404(TermsNoticeState.received, notice_id=found.pk)
    labels = required_of(procedure(pack_of_terms(opened.contract.terms), found.kind))
    keys = [NEW_RULES, *(key for key in labels if key not in (NEW_RULES, EFFECTIVE_DAY)), EFFECTIVE_DAY]
    parts = [(spoken(labels[key]), found.told[key]) for key in keys if key in labels and found.told.get(key)]
    why = reasons_by_id([state.ruling]) if state.ruling else {}
    context = contract_frame(request, opened, active="terms") | {
        "notice": found,
        "state": state,
        "badge_of_notice": BADGES[state.state],
        "parts": parts,
        "why": why.get(state.ruling) if state.ruling else None,
        "form": form,
        "refused": refused,
        "open": state.state == TermsNoticeState.State.OPEN
        and state.objection_by
        and opened.today <= state.objection_by,
        "back": reverse("contracts:account-terms", args=(found.contract_id,)),
    }
    status = 409 if refused else 422 if form.errors else 200
    return render(request, "contracts/account_terms_notice.html", context, status=status)


def _lines(told: PriceAdjustment) -> list[tuple[str, Decimal, Decimal]]:
    """Return name, price so far and new price of each position; exact prices are kept as text."""
    return [(line["name"], Decimal(line["before"]), Decimal(line["after"])) for line in told.lines]


def _context(
    request: TenantRequest, opened: Opened, notices: list[TermsNoticeState], prices: list[PriceAdjustmentState]
) -> dict[str, Any]:
    asked = {each.ruling for each in notices if each.ruling} | {each.adjustment.ruling for each in prices}
    why = reasons_by_id(asked)
    told = versions(opened.contract, opened.rows)
    return contract_frame(request, opened, active="terms") | {
        "pack": pack_of_terms(opened.contract.terms),
        "versions": [
            (since, version, since <= opened.today and not any(since < later <= opened.today for later, _v in told))
            for since, version in reversed(told)
        ],
        "notices": [(each, BADGES[each.state], why.get(each.ruling) if each.ruling else None) for each in notices],
        "prices": [
            (each, PRICE_BADGES[each.state], why.get(each.adjustment.ruling), _lines(each.adjustment))
            for each in prices
        ],
    }
