"""Collections: what can be collected and what cannot, the file for the bank, and what became of each debit."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money
from kontor.office.books.actions.announcing import announce_again
from kontor.office.books.actions.collecting import make_collection, reject_debit
from kontor.office.books.forms.collecting import CodeForm
from kontor.office.books.models import CollectionBatch, Debit, Invoice, Seller
from kontor.office.books.queries import collections as queries
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.views.answers import kept_file, telling_refusals
from kontor.office.books.views.matching import tabs
from kontor.rulebook.collecting import submit_by
from kontor.rulebook.money import Money


@requires("books.payments")
@require_GET
def collections(request: TenantRequest) -> HttpResponseBase:
    """Show what can be collected, what came back, and the files made."""
    sellers = list(Seller.objects.exclude(creditor_id="").order_by("name"))
    groups = [_group(request, seller) for seller in sellers]
    ready = sum(len(group["ready"]) for group in groups)
    rows = Listing(
        request,
        queries.batches(),
        name="collections",
        columns=(
            Column("message", _("File"), url=_batch_url, slot="title", sort="message"),
            Column("seller.name", _("Account of"), slot="meta", late=True),
            Column("submit_by", _("To the bank by"), kind="day", sort="submit_by"),
            Column("count", _("Debits"), kind="number", sort="count", late=True),
            Column("state", _("State"), kind="badge", value=_batch_state, slot="state"),
            Column("total", _("Sum"), kind="money", value=_total, sort="total_minor", slot="money"),
        ),
        search=("message",),
        order="-message",
    )
    if rows.wants_file:
        return rows.file()
    context = {
        "heading": ngettext("One debit can be collected", "%(count)s debits can be collected", ready) % {"count": ready}
        if ready
        else _("Nothing can be collected today"),
        "groups": [group for group in groups if group["ready"] or group["stale"] or group["back"]],
        "may_collect": bool(sellers),
        "batches": rows,
        "tabs": tabs("collections"),
    }
    return render(request, "books/collections.html", context)


@requires("books.payments")
@require_POST
def collect(request: TenantRequest, seller_id: uuid.UUID) -> HttpResponseBase:
    """Make the file of the debits ticked; pressed twice it is made once."""
    get_object_or_404(Seller, pk=seller_id)
    with telling_refusals(request):
        chosen = [uuid.UUID(each) for each in request.POST.getlist("announcement")]
        made = make_collection(chosen, seller=seller_id, at=request.at, actor=request.actor)
        return redirect("books:collection", made.pk)
    return redirect("books:collections")


@requires("books.payments")
@require_GET
def collection(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponseBase:
    """Show one file: what it holds, by when it is to be at the bank, and what became of each debit."""
    batch = get_object_or_404(queries.batches(), pk=batch_id)
    rows = Listing(
        request,
        queries.debits().filter(batch=batch),
        name="debits",
        columns=(
            Column(
                "invoice.number", _("Invoice"), url=_invoice_url, sub=_customer, sort="invoice__number", slot="title"
            ),
            Column("mandate.reference", _("Mandate"), sub=lambda row: row.mandate.iban_shown, late=True),
            Column("collect_on", _("Collected on"), kind="day", sort="collect_on", slot="meta"),
            Column("sequence", _("Kind"), value=_sequence, late=True),
            Column("state", _("State"), kind="badge", value=debit_state, slot="state"),
            Column("amount", _("Amount"), kind="money", value=_amount, sort="amount_minor", slot="money"),
        ),
        search=("invoice__number", "invoice__customer_name", "end_to_end"),
        order="invoice__number",
    )
    if rows.wants_file:
        return rows.file()
    context = {
        "batch": batch,
        "state": _batch_state(batch),
        "total": _total(batch),
        "sha256": bytes(batch.sha256).hex(),
        "debits": rows,
        "pending": queries.debits().filter(batch=batch, state=Debit.State.PRESENTED).order_by("invoice__number"),
        "form": CodeForm(),
        "crumbs": [(_("Collections"), reverse("books:collections"))],
    }
    return render(request, "books/collection.html", context)


@requires("books.payments")
@require_GET
def collection_file(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the pain.008 file, the very bytes that were kept."""
    return kept_file(get_object_or_404(CollectionBatch.objects.select_related("file"), pk=batch_id).file)


@requires("books.payments")
@require_POST
def reject(request: TenantRequest, debit_id: uuid.UUID) -> HttpResponseBase:
    """Note that the bank refused a debit before it was settled."""
    row = get_object_or_404(Debit, pk=debit_id)
    form = CodeForm(request.POST)
    if form.is_valid():
        with telling_refusals(request):
            code = form.cleaned_data["code"]
            reject_debit(row.pk, code=code, on=localdate(request.at), at=request.at, actor=request.actor)
    return redirect("books:collection", row.batch_id)


@requires("books.payments")
@require_POST
def announce(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Announce a debit anew: another amount, another day, or one that came back."""
    row = get_object_or_404(Invoice.objects.defer("document"), pk=invoice_id)
    with telling_refusals(request):
        made = announce_again(row.pk, on=None, at=request.at, actor=request.actor)
        said = {"number": row.number, "amount": money(Money(made.currency, made.amount_minor)), "day": made.collect_on}
        messages.info(request, _("%(number)s: %(amount)s announced by mail for %(day)s.") % said)
    return redirect("books:collections")


def debit_state(row: Any) -> Badge:
    """Return what became of a debit."""
    words = {
        Debit.State.PRESENTED: Badge(_("at the bank"), "info"),
        Debit.State.SETTLED: Badge(_("paid"), "good"),
        Debit.State.RETURNED: Badge(_("came back (%(code)s)") % {"code": row.code}, "bad"),
        Debit.State.REJECTED: Badge(_("rejected (%(code)s)") % {"code": row.code}, "bad"),
    }
    return words[row.state]


def _group(request: TenantRequest, seller: Seller) -> dict[str, Any]:
    found = queries.collectables(seller.pk, today_in(seller.zone, request.at))
    ready = [each for each in found if each.problem is None]
    back = list(queries.unannounced(seller.pk))
    return {
        "seller": seller,
        "ready": ready,
        "stale": [each for each in found if each.problem is not None],
        "back": [(row, Money(row.invoice.currency, row.open_minor)) for row in back],
        "total": Money.total([each.amount for each in ready], seller.currency),
        "first": min((submit_by(each.collect_on) for each in ready), key=lambda each: each.value, default=None),
    }


def _batch_state(row: Any) -> Badge:
    if row.back:
        said = ngettext("one came back", "%(count)s came back", row.back) % {"count": row.back}
        return Badge(said, "bad")
    if row.settled == row.count:
        return Badge(_("paid"), "good")
    return Badge(_("at the bank"), "info")


def _batch_url(row: Any) -> str:
    return reverse("books:collection", args=[row.pk])


def _invoice_url(row: Any) -> str:
    return reverse("books:invoice", args=[row.invoice_id])


def _customer(row: Any) -> str:
    return str(row.invoice.customer_name)


def _sequence(row: Any) -> str:
    return _("first") if row.sequence == "FRST" else _("recurrent")


def _total(row: Any) -> Money:
    return Money(row.currency, row.total_minor)


def _amount(row: Any) -> Money:
    return Money(row.currency, row.amount_minor)
