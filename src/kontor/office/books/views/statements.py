"""Bank statements: reading one in, the list, and one entry by entry."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from kontor.kernel.listing import Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.kernel.wording import spoken
from kontor.office.books.actions.notices import import_notices
from kontor.office.books.actions.statements import Imported, import_statement
from kontor.office.books.formats.camt054 import is_camt054
from kontor.office.books.forms.payments import StatementForm
from kontor.office.books.models import BankStatement, Seller
from kontor.office.books.queries.receivables import booked_now
from kontor.office.books.views.matching import entry_state, tabs
from kontor.rulebook.money import Money
from kontor.rulebook.refusal import RefusalError


@requires("books.payments")
@require_GET
def statements(request: TenantRequest) -> HttpResponseBase:
    """Show the statements that were read in, the newest first."""
    rows = Listing(
        request,
        BankStatement.objects.select_related("seller"),
        name="statements",
        columns=(
            Column(
                "identification",
                _("Statement"),
                url=lambda row: reverse("books:statement", args=[row.pk]),
                sort="identification",
                slot="title",
            ),
            Column("seller.name", _("Account of"), sort="seller__name", slot="meta"),
            Column("booked_until", _("Until"), kind="day", sort="booked_until", slot="state"),
            Column("entries_count", _("Entries"), kind="number", sort="entries_count", late=True),
            Column("closing", _("Balance"), kind="money", value=_closing, sort="closing_minor", slot="money"),
            Column("at", _("Was read in"), kind="moment", sort="at", late=True),
        ),
        search=("identification", "seller__name"),
        order="-booked_until",
    )
    if rows.wants_file:
        return rows.file()
    return render(request, "books/statements.html", {"statements": rows, "tabs": tabs("statements")})


@requires("books.payments")
@require_GET
def statement(request: TenantRequest, statement_id: uuid.UUID) -> HttpResponseBase:
    """Show one statement, entry by entry, between its balances."""
    row = get_object_or_404(BankStatement.objects.select_related("seller"), pk=statement_id)
    entries = Listing(
        request,
        row.entries.annotate(booked=booked_now()).defer("iban"),
        name="entries",
        columns=(
            Column("booked_on", _("Date"), kind="day", sort="booked_on", slot="meta"),
            Column(
                "counterparty",
                _("From or to"),
                value=lambda each: each.counterparty or _("not said"),
                url=lambda each: reverse("books:entry", args=[each.pk]),
                sub=lambda each: each.remittance,
                sort="counterparty",
                slot="title",
            ),
            Column(
                "state",
                _("State"),
                kind="badge",
                value=lambda each: entry_state(each, matched=each.booked),
                slot="state",
            ),
            Column("amount", _("Amount"), kind="money", value=_amount, sort="amount_minor", slot="money"),
        ),
        search=("counterparty", "remittance", "references"),
        order="position",
        page_size=50,
    )
    if entries.wants_file:
        return entries.file()
    context = {
        "statement": row,
        "heading": _("Statement %(name)s") % {"name": row.identification},
        "entries": entries,
        "opening": Money(row.currency, row.opening_minor),
        "closing": _closing(row),
        "crumbs": [(_("Statements"), reverse("books:statements"))],
    }
    return render(request, "books/statement.html", context)


@requires("books.payments")
@require_http_methods(["GET", "POST"])
def read_in(request: TenantRequest) -> HttpResponseBase:
    """Read a bank's file; say what was booked, or why it was not taken."""
    form = StatementForm(request.POST or None, request.FILES or None, initial={"seller": Seller.objects.first()})
    if request.method == "POST" and form.is_valid():
        content = form.cleaned_data["file"].read()
        try:
            if is_camt054(content):
                return _notices(request, content, form.cleaned_data["seller"].pk)
            done = import_statement(content, seller=form.cleaned_data["seller"].pk, at=request.at, actor=request.actor)
        except RefusalError as refused:
            form.add_error("file", spoken(refused.text))
        else:
            messages.info(request, _outcome(done))
            return redirect("books:waiting" if any(each.waiting for each in done) else "books:statements")
    context = {"form": form, "crumbs": [(_("Payments"), reverse("books:waiting"))]}
    return render(request, "books/statement_read_in.html", context, status=422 if form.is_bound else 200)


def _notices(request: TenantRequest, content: bytes, seller: uuid.UUID) -> HttpResponseBase:
    """Read a notification in, and say how many debits came back."""
    read = import_notices(content, seller=seller, at=request.at, actor=request.actor)
    messages.info(request, _("Notification read; debits that came back: %s.") % sum(each.returned for each in read))
    return redirect("books:collections")


def _outcome(done: list[Imported]) -> str:
    if not any(each.made for each in done):
        return _("This statement is here already; nothing changed.")
    booked, waiting = sum(each.booked for each in done), sum(each.waiting for each in done)
    entries = sum(each.entries for each in done if each.made)
    said = ngettext("%(count)s entry read", "%(count)s entries read", entries) % {"count": entries}
    return _("%(said)s: %(booked)s booked, %(waiting)s to match.") % {
        "said": said,
        "booked": booked,
        "waiting": waiting,
    }


def _amount(row: Any) -> Money:
    return Money(row.currency, row.amount_minor)


def _closing(row: BankStatement) -> Money:
    return Money(row.currency, row.closing_minor)
