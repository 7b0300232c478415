"""The changes of one contract: what was ordered, where it stands, and what is to be decided."""

import uuid
from decimal import Decimal
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.actions.answering import answer
from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import changing
from kontor.office.contracts.actions.changing import ChangeRefusedError
from kontor.office.contracts.forms.ordering import CHANNELS, DeclineForm
from kontor.office.contracts.models import AgreedPrice, ChangeOrder, ChangeOrderState
from kontor.office.contracts.queries.changing import Plan, more
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.unlocking import added_names
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE
from kontor.office.contracts.views.ordering import CONFIRM, TITLES

BADGES: Final = {
    "UNSIGNED": Badge(_("waits for the signatory"), "warn"),
    "PLACED": Badge(_("waits for confirmation"), "warn"),
    "CONFIRMED": Badge(_("part of the contract"), "good"),
    "WITHDRAWN": Badge(_("taken back")),
    "DECLINED": Badge(_("declined"), "bad"),
}


@requires(SEE)
@require_GET
def changes(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show what was ordered under a contract of the house."""
    opened = opened_own(request, contract_id)
    states = ChangeOrderState.objects.filter(order__contract_id=contract_id)
    context = _context(request, opened, states) | {
        "agreed": list(AgreedPrice.objects.filter(contract_id=contract_id).order_by("item", "-from_on")),
        "may_confirm": request.standing.may(CONFIRM),
    }
    return render(request, "contracts/changes.html", context)


@requires(ACCOUNT)
@require_GET
def received_changes(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show what the reader's company ordered under a contract."""
    opened = opened_received(request, contract_id)
    states = ChangeOrderState.received.filter(order__contract_id=contract_id)
    context = _context(request, opened, states) | {
        "agreed": list(AgreedPrice.received.filter(contract_id=contract_id).order_by("item", "-from_on")),
        "signs": signs_for(opened.contract, request.user.email, on=opened.today),
    }
    return render(request, "contracts/changes.html", context)


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def confirm(request: TenantRequest, order_id: uuid.UUID) -> HttpResponseBase:
    """Show what an order costs if it is confirmed now, and confirm or decline it."""
    state = get_object_or_404(ChangeOrderState.objects.select_related("order__contract"), order_id=order_id)
    order = state.order
    form = DeclineForm(request.POST if "decline" in request.POST else None)
    try:
        if "confirm" in request.POST:
            changing.confirm_order(order_id, at=request.at, actor=request.actor)
            return redirect("contracts:changes", order.contract_id)
        if "decline" in request.POST and form.is_valid():
            reason = form.cleaned_data["reason"]
            changing.decline_order(order_id, reason=reason, at=request.at, actor=request.actor)
            return redirect("contracts:changes", order.contract_id)
        plan, refused = _priced(request, state), ""
    except ChangeRefusedError as error:
        plan, refused = None, spoken(error.text)
    opened = opened_own(request, order.contract_id)
    context = contract_frame(request, opened, active="changes") | {
        "state": state,
        "badge_of_order": BADGES[state.state],
        "kind_title": TITLES[order.kind],
        "channel": CHANNELS[order.channel],
        "lines": [(line["name"], line["quantity"], Decimal(line["price"])) for line in order.lines if "price" in line],
        "plan": plan,
        "refused": refused,
        "form": form,
        "back": reverse("contracts:changes", args=(order.contract_id,)),
    }
    status = 422 if form.errors else 409 if refused and request.method == "POST" else 200
    return render(request, "contracts/change_confirm.html", context, status=status)


@requires(CONFIRM)
@require_POST
def withdraw(request: TenantRequest, order_id: uuid.UUID) -> HttpResponseBase:
    """Take back a change that does not bind or hold yet."""
    order = get_object_or_404(ChangeOrder, pk=order_id)
    try:
        changing.withdraw_order(order_id, at=request.at, actor=request.actor)
    except ChangeRefusedError as error:
        return _refused(request, opened_own(request, order.contract_id), error)
    return redirect("contracts:changes", order.contract_id)


@requires(ACCOUNT)
@require_POST
def received_answer(request: TenantRequest, order_id: uuid.UUID, word: str) -> HttpResponseBase:
    """Sign a colleague's order, or take one back; `word` is "sign" or "withdraw"."""
    order = get_object_or_404(ChangeOrder.received, pk=order_id)
    if word not in ("sign", "withdraw"):
        raise Http404(word)
    given: dict[str, Any] = {}
    if word == "sign":
        given = {"name": str(request.user), "email": request.user.email}
    try:
        answer(f"contracts.change_{word}", order_id, at=request.at, actor=request.actor, **given)
    except ChangeRefusedError as error:
        return _refused(request, opened_received(request, order.contract_id), error)
    return redirect("contracts:account-changes", order.contract_id)


def _priced(request: TenantRequest, state: ChangeOrderState) -> Plan | None:
    if state.state != ChangeOrderState.State.PLACED:
        return None
    standing = changing.standing_of(state.order.contract, at=request.at)
    return changing.decided(lambda: more(standing, state.order.lines))


def _context(request: TenantRequest, opened: Opened, states: Any) -> dict[str, Any]:
    found = list(states.select_related("order").order_by("-order__number"))
    why = reasons_by_id([each.ruling for each in found if each.ruling])
    names = {**opened.contract.terms["names"], **added_names(opened.rows)}
    return contract_frame(request, opened, active="changes") | {
        "names": names,
        "orders": [
            {
                "state": each,
                "order": each.order,
                "title": TITLES[each.order.kind],
                "channel": CHANNELS[each.order.channel],
                "badge": BADGES[each.state],
                "lines": [(line["quantity"], line.get("name") or names[line["key"]]) for line in each.order.lines],
                "why": why.get(each.ruling),
                "can_withdraw": _can_withdraw(each, opened),
            }
            for each in found
        ],
    }


def _can_withdraw(state: ChangeOrderState, opened: Opened) -> bool:
    if state.state == ChangeOrderState.State.UNSIGNED:
        return True
    later = opened.own and state.effective_on is not None and state.effective_on > opened.today
    return state.state == ChangeOrderState.State.CONFIRMED and state.order.kind != ChangeOrder.Kind.MORE and later


def _refused(request: TenantRequest, opened: Opened, error: ChangeRefusedError) -> HttpResponseBase:
    context = contract_frame(request, opened, active="changes") | {"refused": spoken(error.text)}
    return render(request, "contracts/change_refused.html", context, status=409)
