"""Payments: the list, one with what it settled, one by hand, one taken back."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.components import Badge
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.links import addresses
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.statements import FirstPage
from kontor.kernel.wording import money, spoken
from kontor.office.books.actions.payments import (
    HAND,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
    reverse_payment,
)
from kontor.office.books.forms.payments import HandForm, ReasonForm
from kontor.office.books.models import Payment, Seller
from kontor.office.books.queries import invoices as queries
from kontor.office.books.queries.payment_list import listed_payments
from kontor.office.books.queries.receivables import receivables
from kontor.office.books.views.matching import tabs
from kontor.rulebook.money import Money

_LIST = FirstPage(listed_payments, Payment)


@requires("books.payments")
@require_GET
def payments(request: TenantRequest) -> HttpResponseBase:
    """Show what was paid, the newest first."""
    rows = Listing(
        request,
        listed_payments().distinct() if request.GET.get("q") else _LIST,
        name="payments",
        columns=(
            Column("paid_on", _("Paid on"), kind="day", sort="paid_on", slot="meta"),
            Column(
                "customer",
                _("Customer"),
                value=_payer,
                url=addresses("books:payment"),
                sub=lambda row: ", ".join(row.numbers),
                slot="title",
            ),
            Column("state", _("State"), kind="badge", value=_listed_state, slot="state"),
            Column("how", _("Came by"), value=_listed_way, late=True),
            Column("amount", _("Amount"), kind="money", value=_amount, sort="amount_minor", slot="money"),
        ),
        search=("shares__invoice__number", "shares__invoice__customer_name", "entry__counterparty", "note"),
        order="-paid_on",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "books/payments.html", {"payments": rows, "tabs": tabs("payments")})


@requires("books.payments")
@require_GET
def payment(request: TenantRequest, payment_id: uuid.UUID) -> HttpResponseBase:
    """Show one payment and what it settled."""
    row = get_object_or_404(queries.payments(), pk=payment_id)
    refuse_hidden([share.invoice_id for share in row.shares.all()], may=request.standing.may)
    context = {
        "payment": row,
        "heading": _("Payment of %(amount)s") % {"amount": money(_amount(row))},
        "amount": _amount(row),
        "customer": customer_of(row),
        "way": _way(row),
        "state": state_of(row),
        "rest": rest_of(row),
        "shares": [(share, Money(row.currency, share.amount_minor)) for share in row.shares.all()],
        "may_reverse": not row.reverses_id and not row.reversals.all(),
        "reversal": next(iter(row.reversals.all()), None),
        "reason": ReasonForm(),
        "crumbs": [(_("Payments"), reverse("books:payments"))],
    }
    return render(request, "books/payment.html", context)


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def new_payment(request: TenantRequest) -> HttpResponseBase:
    """Book money that came in otherwise than by a statement."""
    open_ones = [
        each for group in receivables(Seller.objects.values_list("pk", flat=True)).values() for each in group.invoices
    ]
    asked = request.GET.get("invoice", "")
    known = next((each for each in open_ones if str(each.id) == asked), None)
    given = {"paid_on": localdate(request.at), "invoice": asked, "amount": known.open.amount if known else None}
    form = HandForm(request.POST or None, invoices=open_ones, initial=given)
    if request.method == "POST" and form.is_valid():
        chosen = next(each for each in open_ones if str(each.id) == form.cleaned_data["invoice"])
        paid = Money.parse(form.cleaned_data["amount"], chosen.open.currency)
        booking = Booking(
            shares=(Share(chosen.id, min(paid.minor, chosen.open.minor), HAND),),
            money=paid,
            paid_on=form.cleaned_data["paid_on"],
            note=form.cleaned_data["note"],
        )
        try:
            book_payment(booking, at=request.at, actor=request.actor)
        except PaymentRefusedError as refused:
            form.add_error("amount", spoken(refused.text))
        else:
            said = {"amount": money(paid), "number": chosen.number}
            messages.info(request, _("%(amount)s booked on %(number)s.") % said)
            return redirect("books:invoice", chosen.id)
    context = {"form": form, "open": open_ones, "crumbs": [(_("Payments"), reverse("books:payments"))]}
    return render(request, "books/payment_by_hand.html", context, status=422 if form.is_bound else 200)


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def take_back(request: TenantRequest, payment_id: uuid.UUID) -> HttpResponseBase:
    """Take a payment back, with a reason; its invoices are open again. One of an invoice that a duty keeps stays."""
    row = get_object_or_404(queries.payments(), pk=payment_id)
    kept = [row.pk, *(share.invoice_id for share in row.shares.all())]
    refuse_hidden(kept, may=_nobody if request.method == "POST" else request.standing.may)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            reverse_payment(
                row.pk,
                on=localdate(request.at),
                reason=form.cleaned_data["reason"],
                at=request.at,
                actor=request.actor,
            )
        except PaymentRefusedError as refused:
            messages.warning(request, spoken(refused.text))
        else:
            messages.info(request, _("%(amount)s taken back.") % {"amount": money(_amount(row))})
        return redirect("books:payment", row.pk)
    crumbs = [
        (_("Payments"), reverse("books:payments")),
        (money(_amount(row)), reverse("books:payment", args=[row.pk])),
    ]
    context = {"payment": row, "amount": _amount(row), "form": form, "crumbs": crumbs}
    return render(request, "books/payment_take_back.html", context, status=422 if form.is_bound else 200)


def customer_of(row: Any) -> str:
    """Return whose money it is: as the invoices it settled say, else as the bank does."""
    shares = row.shares.all()
    return shares[0].invoice.customer_name if shares else (row.entry.counterparty if row.entry else _("not said"))


def rest_of(row: Any) -> Money:
    """Return what of a payment settles nothing and was not used since; zero for one that is another's rest."""
    if row.draws_on_id:
        return Money.zero(row.currency)
    shares = sum(share.amount_minor for share in row.shares.all())
    drawn = sum(each.amount_minor - sum(s.amount_minor for s in each.shares.all()) for each in row.draws.all())
    return Money(row.currency, row.amount_minor - shares + drawn)


def state_of(row: Any) -> Badge:
    """Return whether a payment stands, was taken back, or leaves something."""
    return _state(takes_back=bool(row.reverses_id), taken_back=bool(row.reversals.all()), rest=rest_of(row))


def _nobody(_right: str) -> bool:
    """Whoever keeps the registers may look at what is locked away; nobody changes it (GDPR Art. 18 (2))."""
    return False


def _state(*, takes_back: bool, taken_back: bool, rest: Money) -> Badge:
    if takes_back:
        return Badge(_("takes back"))
    if taken_back:
        return Badge(_("taken back"), "warn")
    if rest:
        return Badge(_("%(amount)s too much") % {"amount": money(rest)}, "info")
    return Badge(_("booked"), "good")


def _listed_state(row: Any) -> Badge:
    rest = Money(row.currency, 0 if row.draws_on_id else row.rest_minor)
    return _state(takes_back=row.reverses_id is not None, taken_back=row.is_taken_back, rest=rest)


def _payer(row: Any) -> str:
    return row.settled_for or (row.counterparty if row.entry_id else _("not said"))


def _way(row: Any) -> str:
    return _came_by(row.entry.statement.identification) if row.entry else row.note or _("by hand")


def _listed_way(row: Any) -> str:
    return _came_by(row.statement) if row.entry_id else row.note or _("by hand")


def _came_by(statement: str) -> str:
    return _("Statement %(name)s") % {"name": statement}


def _amount(row: Any) -> Money:
    return Money(row.currency, row.amount_minor)
