"""What is left of a payment: for another invoice, or back to the customer."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, spoken
from kontor.office.books.actions.assigning import assign_rest
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.refunding import refund_rest, seller_of
from kontor.office.books.forms.collecting import AssignForm, RefundForm
from kontor.office.books.forms.payments import invoice_choices
from kontor.office.books.models import Payment, Refund, Seller
from kontor.office.books.queries.receivables import receivables
from kontor.office.books.queries.refunds import checkout_of
from kontor.office.books.queries.rests import rest_of
from kontor.office.books.views.refunds import Through, waits_for_file
from kontor.rulebook.money import Money


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def rest(request: TenantRequest, payment_id: uuid.UUID) -> HttpResponseBase:
    """Assign what is left of a payment to another invoice, or pay it back."""
    row = get_object_or_404(Payment.objects.select_related("entry__statement"), pk=payment_id)
    left = rest_of(row)
    groups = receivables(Seller.objects.values_list("pk", flat=True)).values()
    owed = [each for group in groups for each in group.invoices if row.party_id in (None, each.party)]
    asked = request.POST.get("do") if request.method == "POST" else None
    first = {"amount": left.amount}
    choices = invoice_choices(owed)
    assign = AssignForm(request.POST if asked == "assign" else None, choices=choices, initial=first)
    refund = RefundForm(request.POST if asked == "refund" else None, initial=first)
    try:
        if assign.is_bound and assign.is_valid():
            told = assign.cleaned_data
            amount = Money.parse(told["amount"], row.currency)
            invoice, on = uuid.UUID(told["invoice"]), localdate(request.at)
            assign_rest(row.pk, invoice, amount=amount, on=on, at=request.at, actor=request.actor)
            return redirect("books:payment", row.pk)
        if refund.is_bound and refund.is_valid():
            return _paid_back(request, row, refund)
    except PaymentRefusedError as refused:
        (assign if assign.is_bound else refund).add_error("amount", spoken(refused.text))
    context = {
        "heading": _("%(amount)s are left") % {"amount": money(left)},
        "assign": assign,
        "refund": refund,
        "open": owed,
        "through": Through.of(checkout_of(row.pk)),
        "crumbs": [(_("Payments"), reverse("books:payments"))],
    }
    return render(request, "books/payment_rest.html", context, status=422 if asked else 200)


def _paid_back(request: TenantRequest, row: Payment, form: RefundForm) -> HttpResponseBase:
    """Book the refund; one by file waits for the next file, with all others."""
    payout = form.payout(row.currency)
    seller, on = seller_of(row), localdate(request.at)
    made = refund_rest(row.pk, payout, seller=seller, on=on, at=request.at, actor=request.actor)
    if made.way != Refund.Way.FILE:
        return redirect("books:payment", row.pk)
    return waits_for_file(request, payout.amount)
