"""What a customer sees of its own contracts: what is agreed, what is unlocked, what was invoiced."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.actions.answering import answer
from kontor.kernel.components import Badge
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.models import Entitlement
from kontor.kernel.queries.quotas import standing_warnings
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.registry import modules
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.state import contract_state
from kontor.office.contracts.views.badges import contract_badge
from kontor.office.contracts.views.contract_page import contract_answer
from kontor.office.contracts.views.contract_tabs import opened_received
from kontor.office.contracts.views.offers import pack_title, sent_file
from kontor.office.documents import public as documents
from kontor.rulebook.period import Period
from kontor.rulebook.ruling import Clause, Text

ACCOUNT = "contracts.account"
_LATEST = 5


@requires(ACCOUNT)
@require_GET
def overview(request: TenantRequest) -> HttpResponseBase:
    """Show what the company has: contracts, modules and seats, invoices, terms, and whom to ask."""
    today = timezone.localdate(request.at)
    contracts = list(Contract.received.order_by("-start_on", "-pk"))
    invoices = books.received_invoices(request.tenant.pk, today=today)
    owed = [invoice for invoice in invoices if invoice.state.key in _OWED]
    context = {
        "contracts": _standing(contracts, today),
        "unlocked": _unlocked(contracts, today),
        "invoices": invoices[:_LATEST],
        "owed": owed,
        "agreed": documents.agreed_by(request.user.pk),
        "suppliers": {contract.seller_name: contract.terms["seller"] for contract in contracts},
        "may_read": request.standing.may("documents.see"),
        "may_see_people": request.standing.may("identity.see"),
        "warnings": standing_warnings(at=request.at) if request.standing.may("contracts.use") else [],
    }
    return render(request, "contracts/account.html", context)


@requires(ACCOUNT)
@require_GET
def contract(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show one contract as it stands on a day."""
    file_url = reverse("contracts:account-file", args=(contract_id,))
    return contract_answer(request, opened_received(request, contract_id), file_url=file_url, further={})


@requires(ACCOUNT)
@require_GET
def contract_file(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the signed offer."""
    return sent_file(get_object_or_404(Contract.received.select_related("file"), pk=contract_id).file)


@requires(ACCOUNT)
@require_GET
def invoices(request: TenantRequest) -> HttpResponseBase:
    """List the invoices received, the newest first."""
    today = timezone.localdate(request.at)
    listing = Listing(
        request,
        books.received_invoices(request.tenant.pk, today=today),
        name="invoices",
        columns=(
            Column("number", gettext_lazy("Invoice"), url=_invoice_url, slot="title", sort="number"),
            Column("seller_name", gettext_lazy("From"), slot="meta", late=True),
            Column("issued_on", gettext_lazy("Date"), kind="day", sort="issued_on"),
            Column("period", gettext_lazy("For"), value=period_of, late=True),
            Column("due_on", gettext_lazy("Payable until"), kind="day", sort="due_on"),
            Column("state", gettext_lazy("State"), kind="badge", value=_badge, slot="state"),
            Column("listed", gettext_lazy("Amount"), kind="money", sort="listed", slot="money"),
        ),
        search=("number",),
        choices=(Choice("state", gettext_lazy("State"), _STATES, field="state.key"),),
        order="-issued_on",
    )
    return (
        listing.file()
        if listing.wants_file
        else render(request, "contracts/account_invoices.html", {"listing": listing})
    )


@requires(ACCOUNT)
@require_GET
def invoice(request: TenantRequest, invoice_id: uuid.UUID) -> HttpResponseBase:
    """Show one invoice with the decision behind each line and its files; what is opened here is received."""
    today = timezone.localdate(request.at)
    try:
        found = books.received_invoice(invoice_id, today=today)
        if found.opened_at is None:
            answer("books.invoice_opened", invoice_id, at=request.at, actor=request.actor)
            found = books.received_invoice(invoice_id, today=today)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    why = reasons_by_id([each for each in (found.due_ruling, *(line.ruling for line in found.lines)) if each])
    context = {
        "found": found,
        "invoice": found.invoice,
        "badge": _badge(found.invoice),
        "lines": [(line, _period(line.first, line.last), why.get(line.ruling)) for line in found.lines],  # type: ignore[arg-type]
        "due_why": why.get(found.due_ruling) if found.due_ruling else None,
        "crumbs": [
            (_("Your account"), reverse("contracts:account")),
            (_("Invoices"), reverse("contracts:account-invoices")),
        ],
    }
    return render(request, "contracts/account_invoice.html", context)


@requires(ACCOUNT)
@require_GET
def invoice_file(request: TenantRequest, file_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give a file of an invoice, the very bytes that were sent."""
    try:
        found = books.received_file(file_id)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    response = HttpResponse(found.content, content_type=found.media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


_OWED = (books.State.OPEN, books.State.PART_PAID, books.State.OVERDUE)
_STATES = (
    ("open", gettext_lazy("open")),
    ("part_paid", gettext_lazy("part paid")),
    ("overdue", gettext_lazy("overdue")),
    ("paid", gettext_lazy("paid")),
    ("cancelled", gettext_lazy("cancelled")),
)


def _standing(contracts: list[Contract], today: date) -> list[dict[str, Any]]:
    rows: dict[uuid.UUID, list[Amendment]] = {contract.pk: [] for contract in contracts}
    for row in Amendment.received.filter(contract_id__in=rows).order_by("contract_id", "number"):
        rows[row.contract_id].append(row)
    found = []
    for each in contracts:
        state = contract_state(rows[each.pk], today, pack=each.pack, version=each.version).value
        found.append(
            {
                "contract": each,
                "title": pack_title(each.pack, each.version),
                "badge": contract_badge(state, start_on=each.start_on, today=today),
            }
        )
    return found


_PLAIN = {"platform": Text("Plattform", "Platform"), "storage": Text("Speicher in GB", "Storage in GB")}


def _unlocked(contracts: list[Contract], today: date) -> list[dict[str, Any]]:
    """Return what the company may use today and from later days, each with the clause that gives it."""
    packs = {contract.pk: contract for contract in contracts}
    meters = {meter.name: meter.title or meter.unit for module in modules() for meter in module.meters}
    titles = {**meters, **_PLAIN, **{module.key: module.title for module in modules()}}
    names = {key: name for contract in contracts for key, name in contract.terms["modules"].items()}
    # what is charged without a limit opens nothing
    told = Entitlement.objects.exclude(module__in=meters, quantity=None)
    rows = told.filter(Q(until_on=None) | Q(until_on__gt=today)).order_by("module", "from_on")
    return [
        {
            "row": row,
            "title": titles.get(row.module) or _named(names.get(row.module, row.module)),
            "period": Period(row.from_on, row.until_on) if row.until_on else (row.from_on, None),
            "reason": _reason(row, packs),
            "clause": _clause(packs.get(row.contract) if row.contract else None, row.clause),
            "later": row.from_on > today,
        }
        for row in rows
    ]


def _reason(row: Entitlement, contracts: Mapping[uuid.UUID, Contract]) -> Text:
    """Return why something is unlocked; of a contract its number, for its days stand beside it already."""
    contract = contracts.get(row.contract) if row.contract else None
    if contract is None:
        return Text(row.reason_de, row.reason_en)
    return Text(f"Vertrag {contract.number}", f"Contract {contract.number}")


def _named(name: str) -> Text:
    return Text(name, name)


def _clause(contract: Contract | None, number: str) -> Clause | None:
    return Clause(contract.pack, number, contract.version) if contract and number else None


def period_of(row: books.ReceivedInvoice) -> Period | None:
    """Return the days an invoice is for, None where it is for none."""
    return _period(row.period_first, row.period_last)


def _period(first: date | None, last: date | None) -> Period | None:
    return Period(first, date.fromordinal(last.toordinal() + 1)) if first and last else None


def _badge(row: books.ReceivedInvoice) -> Badge:
    return Badge(row.state.text, row.state.tone)


def _invoice_url(row: books.ReceivedInvoice) -> str:
    return reverse("contracts:account-invoice", args=(row.id,))
