"""The receipt of invoices sent by post: entered with its proof, and the proof itself."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.actions.blobs import QuotaExceededError
from kontor.kernel.queries.rulings import Reasons
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.books.actions.postal_receipts import KNOWN_BY, file_postal_receipt
from kontor.office.books.forms.receipts import PostalReceiptForm
from kontor.office.books.models import PostalReceipt
from kontor.office.books.queries import invoices as queries
from kontor.office.books.queries.receipt import ReceiptRule
from kontor.office.books.views.answers import kept_file
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Posted:
    """A receipt by post on its invoice's page: the row, how it was delivered, and the decision that it led to."""

    row: PostalReceipt
    how: Text
    reasons: Reasons | None


def posted(rows: list[PostalReceipt], why: Mapping[uuid.UUID, Reasons]) -> list[Posted]:
    """Return the receipts by post as an invoice's page shows them."""
    return [Posted(row, KNOWN_BY[PostalReceipt.Kind(row.kind)], why.get(row.ruling)) for row in rows]


@requires("books.invoices")
@require_http_methods(["GET", "POST"])
def received_by_post(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Enter that an invoice sent by post was received, with its proof."""
    row = get_object_or_404(queries.invoices(), pk=invoice_id)
    form = PostalReceiptForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = file_postal_receipt(row.pk, form.proof(), at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error(None, spoken(refused.text))
        except QuotaExceededError as full:
            form.add_error("file", str(full))
        else:
            messages.info(request, _told(row, made))
            return redirect("books:invoice", row.pk)
    rule = ReceiptRule.read(row.due_rule)
    context: dict[str, Any] = {
        "invoice": row,
        "form": form,
        "rule": rule.spoken if rule else None,
        "clause": rule.clauses[0] if rule and rule.clauses else None,
        "crumbs": [(_("Invoices"), reverse("books:invoices")), (row.number, reverse("books:invoice", args=[row.pk]))],
    }
    return render(request, "books/invoice_received.html", context, status=422 if form.errors else 200)


@requires("books.see")
@require_GET
def proof(request: TenantRequest, receipt_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the paper that proves a receipt."""
    row = get_object_or_404(PostalReceipt.objects.select_related("file").exclude(file=None), pk=receipt_id)
    assert row.file is not None, "those without a file are left out"
    return kept_file(row.file, shown=True)


def _told(before: Any, made: PostalReceipt) -> str:
    if before.received_on is not None and before.received_on <= made.received_on:
        return _("Filed; an earlier receipt is known and counts.")
    return _("Filed; the payment period counts from that day.")
