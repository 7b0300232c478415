"""Giving back a part of an invoice, and setting a credit off against what is open."""

import uuid
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, spoken
from kontor.office.books.actions.credits import credit_invoice, set_off
from kontor.office.books.actions.invoices import AlreadyCancelledError, NothingToCancelError
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.refunding import refund_credit
from kontor.office.books.forms.collecting import RefundForm
from kontor.office.books.forms.credits import CreditForm, SetOffForm
from kontor.office.books.models import Refund
from kontor.office.books.queries import invoices as queries
from kontor.office.books.queries.credits import CreditedPart, CreditOrder, remainder
from kontor.office.books.queries.receivables import open_invoices_of
from kontor.office.books.queries.refunds import checkout_of_invoice
from kontor.office.books.views.refunds import Through, waits_for_file
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError


@requires("books.invoices")
@require_http_methods(["GET", "POST"])
def credit(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Give a part of an invoice back by a credit note."""
    row = get_object_or_404(queries.invoices().defer(None), pk=invoice_id)
    lines = list(row.lines.order_by("position"))
    form = CreditForm(request.POST or None, lines=lines, left=remainder(row, lines))
    if request.method == "POST" and form.is_valid():
        order = CreditOrder(
            invoice=row.pk,
            occasion=f"credit {request.POST.get('once', '')}",
            on=queries.today_in(row.seller.zone, request.at),
            reason=form.cleaned_data["reason"],
            parts=tuple(_part(place, amount) for place, amount in form.amounts.items()),
        )
        try:
            made = credit_invoice(order, at=request.at, actor=request.actor)
        except (AlreadyCancelledError, NothingToCancelError, RefusalError) as refused:
            form.add_error(None, spoken(refused.text))
        else:
            messages.info(request, _("%(by)s reduces %(number)s.") % {"by": made.number, "number": row.number})
            return redirect("books:invoice", made.id)
    context = {"invoice": row, "form": form, "crumbs": _crumbs(row), "once": uuid.uuid4()}
    return render(request, "books/invoice_credit.html", context, status=422 if form.is_bound else 200)


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def settle(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Set what is owed back on an invoice off against another one of its customer, or pay it back."""
    row = get_object_or_404(queries.invoices(), pk=invoice_id)
    owed = Money(row.currency, max(-row.open_minor, 0))
    others = open_invoices_of(row.party_id, currency=row.currency)
    first = min(owed.minor, others[0].open.minor) if others else 0
    asked = request.POST.get("do", "") if request.method == "POST" else ""
    form = SetOffForm(
        request.POST if asked == "set_off" else None,
        invoices=others,
        initial={"amount": Money(row.currency, first).amount},
    )
    refund = RefundForm(request.POST if asked == "refund" else None, initial={"amount": owed.amount})
    try:
        if form.is_bound and form.is_valid():
            return _set_off(request, row, form)
        if refund.is_bound and refund.is_valid():
            return _paid_back(request, row, refund)
    except PaymentRefusedError as refused:
        (form if form.is_bound else refund).add_error("amount", spoken(refused.text))
    context = {
        "invoice": row, "form": form, "refund": refund, "open": others, "owed": owed, "crumbs": _crumbs(row),
        "through": Through.of(checkout_of_invoice(row.pk)),
    }  # fmt: skip
    return render(request, "books/invoice_set_off.html", context, status=422 if asked else 200)


def _set_off(request: TenantRequest, row: Any, form: SetOffForm) -> HttpResponseBase:
    told = form.cleaned_data
    amount = Money.parse(told["amount"], row.currency)
    set_off(
        row.pk,
        uuid.UUID(told["invoice"]),
        amount=amount,
        on=queries.today_in(row.seller.zone, request.at),
        note=_("set off from %(number)s") % {"number": row.number},
        at=request.at,
        actor=request.actor,
    )
    messages.info(request, _("%(amount)s set off.") % {"amount": money(amount)})
    return redirect("books:invoice", told["invoice"])


def _paid_back(request: TenantRequest, row: Any, form: RefundForm) -> HttpResponseBase:
    """Book the refund; one by file waits for the next file, with all others."""
    payout = form.payout(row.currency)
    on = queries.today_in(row.seller.zone, request.at)
    made = refund_credit(row.pk, payout, on=on, at=request.at, actor=request.actor)
    if made.way != Refund.Way.FILE:
        messages.info(request, _("%(amount)s paid back.") % {"amount": money(payout.amount)})
        return redirect("books:invoice", row.pk)
    return waits_for_file(request, payout.amount)


def _part(position: int, amount: Money) -> CreditedPart:
    return CreditedPart(position=position, quantity=Decimal(1), unit="C62", price=amount.amount)


def _crumbs(row: Any) -> list[tuple[str, str]]:
    return [(_("Invoices"), reverse("books:invoices")), (row.number, reverse("books:invoice", args=[row.pk]))]
