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
from kontor.office.books.forms.credits import CreditForm, SetOffForm
from kontor.office.books.queries import invoices as queries
from kontor.office.books.queries.credits import CreditedPart, CreditOrder, remainder
from kontor.office.books.queries.receivables import open_invoices_of
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
    """Set what is owed back on an invoice off against another one of its customer."""
    row = get_object_or_404(queries.invoices(), pk=invoice_id)
    owed = Money(row.currency, max(-row.open_minor, 0))
    others = open_invoices_of(row.party_id, currency=row.currency)
    first = min(owed.minor, others[0].open.minor) if others else 0
    initial = {"amount": Money(row.currency, first).amount}
    form = SetOffForm(request.POST or None, invoices=others, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_off(
                row.pk,
                uuid.UUID(form.cleaned_data["invoice"]),
                amount=Money.parse(form.cleaned_data["amount"], row.currency),
                on=queries.today_in(row.seller.zone, request.at),
                note=_("set off from %(number)s") % {"number": row.number},
                at=request.at,
                actor=request.actor,
            )
        except PaymentRefusedError as refused:
            form.add_error("amount", spoken(refused.text))
        else:
            messages.info(
                request, _("%(amount)s set off.") % {"amount": money(form.cleaned_data["amount"], row.currency)}
            )
            return redirect("books:invoice", form.cleaned_data["invoice"])
    context = {"invoice": row, "form": form, "open": others, "owed": owed, "crumbs": _crumbs(row)}
    return render(request, "books/invoice_set_off.html", context, status=422 if form.is_bound else 200)


def _part(position: int, amount: Money) -> CreditedPart:
    return CreditedPart(position=position, quantity=Decimal(1), unit="C62", price=amount.amount)


def _crumbs(row: Any) -> list[tuple[str, str]]:
    return [(_("Invoices"), reverse("books:invoices")), (row.number, reverse("books:invoice", args=[row.pk]))]
