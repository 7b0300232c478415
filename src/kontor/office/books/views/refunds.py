"""Refunds: what waits for a file, the files made, and money that goes back through the processor that took it."""

import uuid
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Self

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge
from kontor.kernel.links import absolute
from kontor.kernel.listing import Column, Listing
from kontor.kernel.queries.blobs import read
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, spoken
from kontor.office.books.actions.checkouts import reference_of, refund_checkout
from kontor.office.books.actions.payments import PaymentRefusedError
from kontor.office.books.actions.processors.fake import FakeProcessor
from kontor.office.books.actions.processors.interface import ProcessorError
from kontor.office.books.actions.processors.offered import UnknownProcessorError, processor, processors
from kontor.office.books.actions.refunding import make_transfers
from kontor.office.books.forms.collecting import PayBackForm
from kontor.office.books.models import Checkout, Refund, Seller, TransferBatch
from kontor.office.books.queries import refunds as queries
from kontor.office.books.queries.invoices import today_in
from kontor.office.books.views.matching import tabs
from kontor.rulebook.money import Money


@dataclass(frozen=True, slots=True)
class Through:
    """The processor that took some money, and how much of it can go back through it."""

    checkout: Checkout
    label: str
    most: Money

    @classmethod
    def of(cls, row: Checkout | None) -> Self | None:
        """Return what can go back through a payment's processor; None where nothing can, or it is set up no more."""
        known = processors().get(row.method) if row else None
        if row is None or known is None or not (most := queries.refundable(row)).minor:
            return None
        return cls(row, spoken(known.label), most)


@requires("books.payments")
@require_GET
def refunds(request: TenantRequest) -> HttpResponseBase:
    """Show what waits for a file, and what became of every refund."""
    waiting = list(queries.waiting_refunds())
    rows = Listing(
        request,
        queries.refunds(),
        name="refunds",
        columns=(
            Column("at", _("Date"), kind="day", value=lambda row: row.at.date(), sort="at", slot="meta"),
            Column("party", _("Customer"), url=_payment_url, sub=lambda row: row.reason, slot="title"),
            Column("way", _("How"), value=_way, url=_way_url),
            Column("state", _("State"), kind="badge", value=state_of, slot="state"),
            Column("amount", _("Amount"), kind="money", value=_amount, sort="amount_minor", slot="money"),
        ),
        search=("party__name", "reason", "reference", "batch__message"),
        order="-at",
    )
    if rows.wants_file:
        return rows.file()
    heading = ngettext("One refund waits for a file", "%(count)s refunds wait for a file", len(waiting)) % {
        "count": len(waiting)
    }
    context = {
        "heading": heading if waiting else _("No refund waits for a file"),
        "groups": [_group(list(each)) for _key, each in groupby(waiting, lambda row: (row.seller_id, row.currency))],
        "refunds": rows,
        "tabs": tabs("refunds"),
    }
    return render(request, "books/refunds.html", context)


@requires("books.payments")
@require_POST
def make(request: TenantRequest, seller_id: uuid.UUID) -> HttpResponseBase:
    """Make one file of the refunds ticked; pressed twice it is made once."""
    get_object_or_404(Seller, pk=seller_id)
    try:
        chosen = [uuid.UUID(each) for each in request.POST.getlist("refund")]
        made = make_transfers(chosen, seller=seller_id, at=request.at, actor=request.actor)
    except PaymentRefusedError as refused:
        messages.error(request, spoken(refused.text))
        return redirect("books:refunds")
    except ValueError:
        return redirect("books:refunds")
    return redirect("books:transfer", made.pk)


@requires("books.payments")
@require_GET
def transfer(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponseBase:
    """Show one file for the bank and the refunds in it."""
    batch = get_object_or_404(queries.transfers(), pk=batch_id)
    context = {
        "batch": batch,
        "total": Money(batch.currency, batch.total_minor),
        "sha256": bytes(batch.sha256).hex(),
        "rows": [(row, _amount(row)) for row in queries.refunds().filter(batch=batch).order_by("pk")],
        "crumbs": [(_("Refunds"), reverse("books:refunds"))],
    }
    return render(request, "books/transfer.html", context)


@requires("books.payments")
@require_GET
def transfer_file(request: TenantRequest, batch_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the pain.001 file, the very bytes that were kept."""
    batch = get_object_or_404(TransferBatch.objects.select_related("file"), pk=batch_id)
    response = HttpResponse(read(batch.file), content_type=batch.file.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{batch.file.name}"'
    return response


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def pay_back(request: TenantRequest, checkout_id: uuid.UUID) -> HttpResponseBase:
    """Pay back through the processor that took the money: first what would go back, then, once it is confirmed, so."""
    row = get_object_or_404(Checkout.objects.select_related("invoice__seller", "payment"), pk=checkout_id)
    through = Through.of(row)
    form = PayBackForm(request.POST or None, initial={"amount": through.most.amount if through else None})
    sure = None
    if form.is_bound and form.is_valid():
        sure = Money.parse(form.cleaned_data["amount"], row.currency)
        if through is None or not 0 < sure.minor <= through.most.minor:
            left = money(through.most if through else Money.zero(row.currency))
            form.add_error("amount", _("%(amount)s can go back this way.") % {"amount": left})
            sure = None
        elif request.POST.get("do") == "pay" and (answer := _paid_back(request, row, form, sure)):
            return answer
    done = [(each, _amount(each), state_of(each), _play(row, each)) for each in _made(row)]
    context = {
        "checkout": row,
        "through": through,
        "form": form,
        "sure": sure if form.is_valid() else None,
        "came": Money(row.currency, row.payment.amount_minor) if row.payment else None,
        "done": done,
        "crumbs": [(_("Refunds"), reverse("books:refunds"))],
    }
    return render(request, "books/pay_back.html", context, status=422 if form.errors else 200)


def waits_for_file(request: TenantRequest, amount: Money) -> HttpResponseBase:
    """Say that a refund was booked and waits for the next file, where all that wait stand."""
    said = _("%(amount)s booked; it goes out with the next file.") % {"amount": money(amount)}
    messages.info(request, said)
    return redirect("books:refunds")


def state_of(row: Any) -> Badge:
    """Return what became of a refund, or of a chargeback."""
    if row.charged_back:
        return Badge(_("reversed"), "good") if row.state == Refund.State.FAILED else Badge(_("charged back"), "bad")
    if row.state == Refund.State.FAILED:
        return Badge(_("failed"), "bad")
    if row.state == Refund.State.ASKED:
        return Badge(_("on its way"), "info")
    if row.way == Refund.Way.FILE and row.batch_id is None:
        return Badge(_("waits for a file"), "warn")
    if row.way == Refund.Way.FILE:
        return Badge(_("at the bank"), "info")
    return Badge(_("paid back"), "good")


def _paid_back(request: TenantRequest, row: Checkout, form: PayBackForm, amount: Money) -> HttpResponseBase | None:
    """Ask the processor; where it does not answer, nothing is booked and the form says so."""
    on = today_in(row.invoice.seller.zone, request.at)
    reason = form.cleaned_data["reason"]
    try:
        done = refund_checkout(row.pk, amount=amount, reason=reason, on=on, at=request.at, actor=request.actor)
    except (PaymentRefusedError, ProcessorError) as refused:
        form.add_error("amount", spoken(refused.text))
        return None
    if done.state != Refund.State.FAILED:
        messages.info(request, _("%(amount)s are on their way back.") % {"amount": money(amount)})
    return redirect("books:pay-back", row.pk)


def _made(row: Checkout) -> list[Refund]:
    return list(queries.refunds().filter(checkout=row).order_by("-at", "-pk"))


def _play(row: Checkout, refund: Refund) -> str:
    """Return the fake's page on a refund that is on its way; "" for every real processor."""
    try:
        player = processor(row.method)
    except UnknownProcessorError:
        return ""
    if refund.state != Refund.State.ASKED or not isinstance(player, FakeProcessor):
        return ""
    told = {"reference": reference_of(row), "title": row.invoice.number, "back": absolute("books:pay-back", row.pk)}
    return player.refund_page(refund.reference, _amount(refund), **told)


def _group(rows: list[Refund]) -> dict[str, Any]:
    amounts = [_amount(row) for row in rows]
    return {
        "seller": rows[0].seller,
        "rows": list(zip(rows, amounts, strict=True)),
        "total": Money.total(amounts, rows[0].currency),
    }


def _payment_url(row: Any) -> str:
    return reverse("books:payment", args=[row.payment_id])


def _way(row: Any) -> str:
    if row.charged_back:
        return _("charged back by the payment service")
    if row.checkout:
        return _("at the payment service") if row.outside else _("through the processor")
    if row.way == Refund.Way.FILE:
        return row.batch.message if row.batch else _("with a transfer file")
    return _("was done by hand")


def _way_url(row: Any) -> str:
    if row.checkout:
        return reverse("books:pay-back", args=[row.checkout_id])
    return reverse("books:transfer", args=[row.batch_id]) if row.batch else ""


def _amount(row: Any) -> Money:
    return Money(row.currency, row.amount_minor)
