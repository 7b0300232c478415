"""Bank entries that wait for a hand: what each could be for, booked with one press or by hand."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kontor.kernel.components import Badge, Tab
from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import money, number, spoken
from kontor.office.books.actions.payments import (
    ACCOUNT,
    HAND,
    REFERENCE,
    Booking,
    PaymentRefusedError,
    Share,
    book_payment,
)
from kontor.office.books.forms.payments import ShareFormSet
from kontor.office.books.models import BankEntry, Payment
from kontor.office.books.queries.matching import Receivables
from kontor.office.books.queries.receivables import receivables, waiting_entries, weighed
from kontor.office.books.views.suggestions import Suggestion, suggestions, token
from kontor.rulebook.money import Money


@requires("books.payments")
@require_GET
def waiting(request: TenantRequest) -> HttpResponseBase:
    """Show the money that came in and belongs to nothing yet."""
    proposed: dict[uuid.UUID, Sequence[Suggestion]] = {}
    rows = Listing(
        request,
        waiting_entries().defer("iban"),
        name="entries",
        columns=(
            Column("booked_on", _("Date"), kind="day", sort="booked_on", slot="meta"),
            Column(
                "counterparty",
                _("From"),
                value=lambda row: row.counterparty or _("not said"),
                url=lambda row: reverse("books:entry", args=[row.pk]),
                sub=lambda row: row.remittance,
                sort="counterparty",
                slot="title",
            ),
            Column(
                "proposal",
                _("Could be for"),
                value=lambda row: ", ".join(each.numbers for each in proposed[row.pk][:1]),
                html=lambda row: _proposal_cell(request, row, proposed[row.pk]),
                slot="more",
            ),
            Column("amount", _("Amount"), kind="money", value=_amount, sort="amount_minor", slot="money"),
        ),
        search=("counterparty", "remittance", "references", "end_to_end"),
        order="-booked_on",
    )
    shown = rows.found if rows.wants_file else rows.page
    proposed.update({each.entry.pk: suggestions(each) for each in weighed(list(shown))})
    if rows.wants_file:
        return rows.file()
    context = {"entries": rows, "heading": _answer(rows), "tabs": tabs("waiting")}
    return render(request, "books/waiting.html", context)


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def entry(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """Show one bank entry, what it could be for, and let a person say what it is for."""
    row = get_object_or_404(BankEntry.objects.select_related("statement__seller").defer("iban"), pk=entry_id)
    payment = _standing_payment(row)
    open_ones = receivables([row.statement.seller_id]).get((row.statement.seller_id, row.currency), Receivables(()))
    hand = ShareFormSet(
        request.POST or None, prefix="shares", initial=[{}], form_kwargs={"invoices": open_ones.invoices}
    )
    if request.method == "POST" and hand.is_valid():
        shares = [
            Share(uuid.UUID(each["invoice"]), Money.parse(each["amount"], row.currency).minor, HAND)
            for each in hand.cleaned_data
            if each and not each.get("DELETE")
        ]
        if _booked(request, row, shares):
            return redirect("books:waiting")
    waits = row.amount_minor > 0 and not row.returned_reason and payment is None
    (found,) = weighed([row])
    context = {
        "entry": row,
        "heading": _("%(amount)s from %(name)s") % {"amount": money(_amount(row)), "name": row.counterparty or "?"}
        if row.counterparty
        else money(_amount(row)),
        "state": entry_state(row, matched=payment is not None),
        "amount": _amount(row),
        "payment": payment,
        "waits": waits,
        "suggestions": suggestions(found) if waits else (),
        "hand": hand if waits and open_ones.invoices else None,
        "crumbs": [(_("Payments"), reverse("books:waiting"))],
    }
    return render(request, "books/entry.html", context, status=422 if hand.is_bound else 200)


@requires("books.payments")
@require_POST
def book(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponseBase:
    """Book a proposal as it was shown; where things changed since, show what there is now."""
    row = get_object_or_404(BankEntry.objects.select_related("statement"), pk=entry_id)
    (found,) = weighed([row])
    chosen = next((each for each in found.proposals if token(each) == request.POST.get("shares")), None)
    if chosen is None:
        messages.warning(request, _("Something was booked meanwhile; look at what is left."))
        return redirect("books:entry", row.pk)
    found_by = REFERENCE if chosen.named else ACCOUNT
    if not _booked(request, row, [Share(invoice.id, minor, found_by) for invoice, minor in chosen.shares]):
        return redirect("books:entry", row.pk)
    shown = {str(invoice.id) for invoice, _minor in chosen.shares}
    asked = request.POST.get("invoice", "")
    return redirect("books:invoice", asked) if asked in shown else redirect("books:waiting")


def tabs(active: str) -> list[Tab]:
    """Return the pages about money that comes in."""
    pages = (
        ("waiting", _("To match")),
        ("payments", _("Payments")),
        ("collections", _("Collections")),
        ("refunds", _("Refunds")),
        ("statements", _("Statements")),
    )
    return [Tab(label, reverse(f"books:{name}"), active == name) for name, label in pages]


def entry_state(row: BankEntry, *, matched: bool) -> Badge:
    """Return what a bank entry is: gone out, come back, matched, or waiting for a hand."""
    if row.returned_reason:
        return Badge(_("came back (%(code)s)") % {"code": row.returned_reason}, "bad")
    if row.amount_minor <= 0:
        return Badge(_("went out"))
    return Badge(_("matched"), "good") if matched else Badge(_("to match"), "warn")


def _booked(request: TenantRequest, row: BankEntry, shares: list[Share]) -> bool:
    """Book the entry and say so; where it is refused, say why."""
    booking = Booking(shares=tuple(shares), money=_amount(row), paid_on=row.value_on, entry=row)
    try:
        book_payment(booking, at=request.at, actor=request.actor)
    except PaymentRefusedError as refused:
        messages.error(request, spoken(refused.text))
        return False
    said = {"amount": money(_amount(row)), "count": len(shares)}
    messages.info(request, _("%(amount)s booked; invoices settled: %(count)s.") % said)
    return True


def _standing_payment(row: BankEntry) -> Payment | None:
    payments = Payment.objects.filter(entry=row).prefetch_related("shares__invoice", "reversals")
    return next((each for each in payments if not each.reversals.all()), None)


def _amount(row: BankEntry) -> Money:
    return Money(row.currency, row.amount_minor)


def _answer(rows: Listing) -> str:
    count = rows.page.paginator.count
    if not count:
        return _("Every payment has its invoice")
    said = ngettext("One payment needs a hand", "%(count)s payments need a hand", count)
    return said % {"count": number(count)} if count > 1 else said


def _proposal_cell(request: TenantRequest, row: BankEntry, found: Sequence[Suggestion]) -> SafeString:
    context = {"entry": row, "best": found[0] if found else None}
    return mark_safe(render_to_string("books/parts_proposal_cell.html", context, request))  # noqa: S308  a template's own
