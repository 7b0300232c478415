"""Order pages: a customer's signatory changes the contract; the house enters what came by mail or on paper."""

import uuid
from typing import Any, Final

from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.actions.answering import answer
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.contracts.actions import changing, ordering
from kontor.office.contracts.forms.ordering import OrderForm
from kontor.office.contracts.models import AgreedPrice, ChangeOrder
from kontor.office.contracts.queries.changing import Plan, Standing, may_add
from kontor.office.contracts.queries.ordering import (
    Choosable,
    items_to_add,
    list_day,
    lost_by,
    planned,
    positions_to_lessen,
)
from kontor.office.contracts.queries.orders import signs_for
from kontor.office.contracts.queries.shop import Ware, wares
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.terms import NoAnswerError, PackError

CONFIRM: Final = "contracts.confirm"
KINDS: Final = {"more": ChangeOrder.Kind.MORE, "fewer": ChangeOrder.Kind.FEWER, "interval": ChangeOrder.Kind.INTERVAL}
TITLES: Final = {"MORE": _("Order more"), "FEWER": _("Order less"), "INTERVAL": _("Another billing interval")}
CANNOT = (RefusalError, NoAnswerError, PackError)


@requires(ACCOUNT)
@require_http_methods(["GET", "POST"])
def order(request: TenantRequest, contract_id: uuid.UUID, kind: str = "more") -> HttpResponseBase:
    """Let the customer order on the web shop page."""
    opened = opened_received(request, contract_id)
    standing = Standing(opened.contract, opened.rows, (), request.at)
    return _page(request, opened, standing, kind=_kind(kind))


@requires(CONFIRM)
@require_http_methods(["GET", "POST"])
def enter(request: TenantRequest, contract_id: uuid.UUID, kind: str) -> HttpResponseBase:
    """Enter an order that came by e-mail, form or letter."""
    opened = opened_own(request, contract_id)
    return _page(request, opened, changing.standing_of(opened.contract, at=request.at), kind=_kind(kind))


def _kind(word: str) -> str:
    if word not in KINDS:
        raise Http404(word)
    return str(KINDS[word])


def _page(request: TenantRequest, opened: Opened, standing: Standing, *, kind: str) -> HttpResponseBase:
    refused, plan = "", None
    allowed = may_add(standing.pack) if kind == ChangeOrder.Kind.MORE else None
    try:
        listed = _listed(request, opened, standing, kind=kind)
        form = _form(request, opened, standing, kind=kind, listed=listed, losses=[])
        if request.method == "POST" and form.is_valid():
            plan = _plan(form, standing, kind, listed)
            form = _with_ticks(request, opened, standing, form, kind=kind, plan=plan, listed=listed)
            if "order" in request.POST and form.is_valid():
                _place(request, opened, form, kind)
                return redirect(reverse("contracts:changes" if opened.own else "contracts:account-changes",
                                        args=(opened.contract.pk,)))  # fmt: skip
    except (*CANNOT, changing.ChangeRefusedError) as error:
        refused = spoken(getattr(error, "text", str(error)))
        form, plan = _form(request, opened, standing, kind=kind, listed=[], losses=[]), None
    context = contract_frame(request, opened, active="changes") | {
        "form": form,
        "kind": kind,
        "kind_title": TITLES[kind],
        "plan": plan,
        "allowed": allowed,
        "refused": refused,
        "signs": opened.own or signs_for(opened.contract, request.user.email, on=opened.today),
        "signatory": opened.contract.signature,
        "back": reverse("contracts:changes" if opened.own else "contracts:account-changes", args=(opened.contract.pk,)),
    }
    looked = "order" not in request.POST and plan is not None
    status = 409 if refused and request.method == "POST" else 422 if form.errors and not looked else 200
    return render(request, "contracts/change_order.html", context, status=status)


def _listed(request: TenantRequest, opened: Opened, standing: Standing, *, kind: str) -> list[Ware]:
    if kind == ChangeOrder.Kind.FEWER:
        return []
    on = list_day(standing, kind, standing.today)
    if not opened.own:
        found: list[Ware] = answer(
            "contracts.prices_read", opened.contract.pk, on=on, at=request.at, actor=request.actor
        )
        return found
    agreed = list(AgreedPrice.objects.filter(contract=opened.contract)) if kind == ChangeOrder.Kind.MORE else []
    return wares(opened.contract, on, agreed)


def _rows(standing: Standing, kind: str, listed: list[Ware]) -> list[Choosable]:
    if kind == ChangeOrder.Kind.MORE:
        return items_to_add(listed, standing)
    return positions_to_lessen(standing) if kind == ChangeOrder.Kind.FEWER else []


def _form(
    request: TenantRequest, opened: Opened, standing: Standing, *, kind: str, listed: list[Ware], losses: list[Any]
) -> OrderForm:
    return OrderForm(
        request.POST or None, kind=kind, rows=_rows(standing, kind, listed), losses=losses, by_staff=opened.own,
        today=standing.today, contact=opened.contract.signature,
    )  # fmt: skip


def _plan(form: OrderForm, standing: Standing, kind: str, listed: list[Ware]) -> Plan:
    received = form.cleaned_data.get("received_on") or standing.today
    if kind != ChangeOrder.Kind.INTERVAL and not form.quantities:
        raise RefusalError(ordering.EMPTY)
    return planned(
        standing, kind, quantities=form.quantities, every=form.cleaned_data.get("interval", ""), listed=listed,
        received=received,
    )  # fmt: skip


def _with_ticks(
    request: TenantRequest, opened: Opened, standing: Standing, form: OrderForm, *, kind: str, plan: Plan,
    listed: list[Ware],
) -> OrderForm:  # fmt: skip
    """Ask to tick what a reduction loses; what was never shown was never ticked."""
    if kind != ChangeOrder.Kind.FEWER:
        return form
    found = lost_by(standing, plan, counted=not opened.own)
    asked = _form(request, opened, standing, kind=kind, listed=listed, losses=found)
    if "order" not in request.POST:
        for each in found:
            asked.errors.pop(f"lose-{each['key']}", None)  # shown for the first time: nothing is missing yet
    return asked


def _place(request: TenantRequest, opened: Opened, form: OrderForm, kind: str) -> None:
    told = form.cleaned_data
    who: dict[str, Any] = {
        "channel": told.get("channel", ChangeOrder.Channel.WEB_SHOP),
        "ordered_by": told.get("ordered_by", str(request.user)),
        "email": told.get("email", request.user.email),
        "received_on": told.get("received_on") or opened.today,
    }
    what: dict[str, Any] = {"every": told["interval"]} if "interval" in told else {"quantities": form.quantities}
    if kind == ChangeOrder.Kind.FEWER:
        what["warned"] = list(form.losses)
    if not opened.own:
        answer(f"contracts.order_{kind.lower()}", opened.contract.pk, at=request.at, actor=request.actor, **who, **what)
        return
    done: Any = {"MORE": ordering.order_more, "FEWER": ordering.order_fewer, "INTERVAL": ordering.order_interval}[kind]
    done(opened.contract, at=request.at, actor=request.actor, **what, **who)
