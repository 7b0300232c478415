"""Invoices: the list, one with all that happened to it, its files, its cancellation."""

import uuid
from fractions import Fraction
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.hidden_rows import refuse_hidden
from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.statements import FirstPage
from kontor.kernel.wording import money, number, spoken
from kontor.office.books.actions.invoices import (
    AlreadyCancelledError,
    NothingToCancelError,
    PartlyCreditedError,
    cancel_invoice,
)
from kontor.office.books.actions.printing import InvalidInvoiceError, print_again, print_ubl
from kontor.office.books.formats.stored import from_json
from kontor.office.books.forms.payments import ReasonForm
from kontor.office.books.models import Invoice, InvoiceFile
from kontor.office.books.queries import invoices as queries
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.books.queries.states import State
from kontor.office.books.views.answers import kept_file
from kontor.office.books.views.invoice_parts import files, paper, payment_rows, steps
from kontor.office.books.views.receipts import posted
from kontor.office.books.views.suggestions import suggestions_for
from kontor.rulebook.money import Money

STATES = (
    (State.OPEN, gettext_lazy("open")),
    (State.PART_PAID, gettext_lazy("part paid")),
    (State.OVERDUE, gettext_lazy("overdue")),
    (State.PAID, gettext_lazy("paid")),
    (State.CANCELLED, gettext_lazy("cancelled")),
    (State.WRITTEN_OFF, gettext_lazy("written off")),
    (State.CANCELLATION, gettext_lazy("cancellations")),
    (State.CREDIT_NOTE, gettext_lazy("credit notes")),
)
TITLES = {
    Invoice.Kind.INVOICE: gettext_lazy("Invoice %(number)s"),
    Invoice.Kind.CANCELLATION: gettext_lazy("Cancellation %(number)s"),
    Invoice.Kind.CORRECTION: gettext_lazy("Correction %(number)s"),
}
_CREDIT_NOTE = gettext_lazy("Credit note %(number)s")
_LIST = FirstPage(queries.listed_invoices, Invoice)


@requires("books.see")
@require_GET
def invoices(request: TenantRequest) -> HttpResponseBase:
    """Show the invoices, the newest first."""
    rows = Listing(
        request,
        _LIST,
        name="invoices",
        columns=(
            Column("number", _("Number"), url=addresses("books:invoice"), sort="number", slot="title"),
            Column("customer_name", _("Customer"), sort="customer_name", slot="meta"),
            Column("issued_on", _("Date"), kind="day", sort="issued_on", late=True),
            Column("payable_until", _("Payable until"), kind="day", sort="payable_until", late=True),
            Column("state", _("State"), kind="badge", value=lambda row: badge(row, request), slot="state"),
            Column("open", _("Still open"), kind="money", value=_open, sort="open_minor", late=True),
            Column("gross", _("Amount"), kind="money", value=_gross, sort="gross_minor", slot="money"),
        ),
        search=("number", "customer_name"),
        choices=(
            Choice("state", _("State"), STATES, apply=lambda rows, value: queries.in_state(rows, value, request.at)),
        ),
        order="-issued_on",
    )
    if rows.wants_file:
        return rows.file()
    late = queries.overdue(request.at)
    return render(request, "books/invoices.html", {"invoices": rows, "meta": [_overdue(*each) for each in late]})


@requires("books.see")
@require_GET
def invoice(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Show one invoice as its customer sees it, and beside it what happened to it."""
    row = get_object_or_404(queries.invoices().defer(None), pk=invoice_id)
    pays = request.standing.may("books.payments")
    state = queries.state_of_row(row, request.at)
    related = queries.related_documents(row)
    credited = sum(each.gross_minor for each in related if each.corrects_id == row.pk)
    paid = Money(row.currency, row.gross_minor - row.open_minor - credited) if not row.cancelled_at else None
    ruling = row.counted_ruling or row.due_ruling
    rule = ReceiptRule.read(row.due_rule)
    letters = list(row.postal_receipts.select_related("file").order_by("received_on", "pk"))
    why = reasons_by_id([each for each in (ruling, *(letter.ruling for letter in letters)) if each])
    context = {
        "invoice": row,
        "title": (_CREDIT_NOTE if row.corrects_id else TITLES[Invoice.Kind(row.kind)]) % {"number": row.number},
        "paper": paper(row, from_json(row.document), queries.lines_with_reasons(row.pk)),
        "due_rule": rule.spoken if rule else None,
        "why_due": why.get(ruling) if ruling else None,
        "posted": posted(letters, why),
        "state": badge(row, request),
        "steps": steps(row, state),
        "files": files(row, queries.files_of(row.pk)),
        "payments": payment_rows(queries.shares_of(row.pk), row.currency),
        "open": Money(row.currency, row.open_minor),
        "owed_back": Money(row.currency, max(-row.open_minor, 0)),
        "paid": paid,
        "share": Fraction(paid.minor, row.gross_minor) if paid and row.gross_minor else None,
        "credited": Money(row.currency, credited),
        "related": related,
        "suggestions": suggestions_for(row) if pays and _is_owed(row) else (),
        "may_cancel": _stands(row) and not credited,
        "may_credit": _stands(row),
        "set_off_to": row.open_minor < 0,
        "may": {"invoices": request.standing.may("books.invoices"), "payments": pays},
        "crumbs": [(_("Invoices"), reverse("books:invoices"))],
        "reason": ReasonForm(),
        "by_hand": f"{reverse('books:payment-new')}?invoice={row.pk}",
    }
    return render(request, "books/invoice.html", context)


@requires("books.invoices")
@require_http_methods(["GET", "POST"])
def cancel(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Cancel an invoice by a document of its own."""
    row = get_object_or_404(queries.invoices(), pk=invoice_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        on = queries.today_in(row.seller.zone, request.at)
        try:
            made = cancel_invoice(row.pk, on=on, reason=form.cleaned_data["reason"], at=request.at, actor=request.actor)
        except (AlreadyCancelledError, NothingToCancelError, PartlyCreditedError) as error:
            messages.warning(request, spoken(error.text))
            return redirect("books:invoice", row.pk)
        messages.info(request, _("%(by)s cancels %(number)s.") % {"by": made.number, "number": row.number})
        return redirect("books:invoice", made.id)
    crumbs = [(_("Invoices"), reverse("books:invoices")), (row.number, reverse("books:invoice", args=[row.pk]))]
    context = {"invoice": row, "form": form, "crumbs": crumbs}
    return render(request, "books/invoice_cancel.html", context, status=422 if form.is_bound else 200)


@requires("books.invoices")
@require_POST
def ubl(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Print the invoice as XRechnung in UBL, once, for a customer who asks for it."""
    row = get_object_or_404(Invoice.objects.all(), pk=invoice_id)
    try:
        print_ubl(row.pk, at=request.at)
    except InvalidInvoiceError as error:
        messages.error(request, str(error))
    return redirect("books:invoice", row.pk)


@requires("books.invoices")
@require_POST
def send(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Make and send the files of an invoice that was held back, once what was wrong is mended."""
    row = get_object_or_404(Invoice.objects.all(), pk=invoice_id)
    print_again([row.pk], at=request.at, actor=request.actor)
    messages.info(request, _("The files are being made; the page will show them."))
    return redirect("books:invoice", row.pk)


@requires("books.see")
@require_GET
def file(request: TenantRequest, file_id: uuid.UUID) -> HttpResponseBase:
    """Give a file's very bytes, as they were sent."""
    found = get_object_or_404(InvoiceFile.objects.select_related("file"), pk=file_id)
    refuse_hidden([found.invoice_id], may=request.standing.may)
    return kept_file(found.file)


def badge(row: Any, request: TenantRequest) -> Badge:
    """Return how an invoice stands today, as a badge."""
    state = queries.state_of_row(row, request.at)
    return Badge(state.text, state.tone)


def _overdue(count: int, total: Money) -> str:
    said = ngettext("One invoice is overdue: %(total)s", "%(count)s invoices are overdue: %(total)s", count)
    return said % {"count": number(count), "total": money(total)}


def _stands(row: Any) -> bool:
    return bool(row.kind == Invoice.Kind.INVOICE and not row.cancelled_at)


def _is_owed(row: Any) -> bool:
    return bool(row.open_minor > 0 and not row.cancelled_at)


def _open(row: Any) -> Money | None:
    return Money(row.currency, row.open_minor) if row.open_minor else None


def _gross(row: Any) -> Money:
    gross = Money(row.currency, row.gross_minor)
    return -gross if row.kind == Invoice.Kind.CANCELLATION else gross
