"""The money of one contract: its invoices, what is paid late, and whether its services are suspended."""

import uuid

from django.http import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from kontor.kernel.queries.rulings import reasons_of
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.books import public as books
from kontor.office.contracts.models import Suspension
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.arrears import shown_claims
from kontor.office.contracts.views.claims import SEE, badge, figure, rows
from kontor.office.contracts.views.contract_tabs import contract_frame, opened_own, opened_received


@requires("contracts.see")
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the house a contract's money."""
    opened = opened_own(request, contract_id)
    suspension = Suspension.objects.filter(contract=opened.contract, lifted_at=None).first()
    claims = rows().filter(contract=opened.contract).order_by("due_on", "pk")
    sees = request.standing.unlocked("books.see") and request.standing.may("books.see")
    context = contract_frame(request, opened, active="money") | {
        "invoices": books.invoices_about(opened.contract.pk, today=opened.today),
        "invoice_url": "books:invoice" if sees else "",
        "claims": [(row, badge(row), figure(row, "total")) for row in claims],
        "sees_claims": request.standing.may(SEE),
        "suspension": suspension,
        "suspension_why": reasons_of(suspension.ruling) if suspension else None,
    }
    return render(request, "contracts/contract_money.html", context)


@requires(ACCOUNT)
@require_GET
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show its customer a contract's money."""
    opened = opened_received(request, contract_id)
    suspension = Suspension.received.filter(contract_id=contract_id, lifted_at=None).first()
    invoices = books.received_about(opened.contract.pk, today=opened.today)
    context = contract_frame(request, opened, active="money") | {
        "invoices": invoices,
        "invoice_url": "contracts:account-invoice",
        "owed": shown_claims(opened.today, contract=contract_id),
        "suspension": suspension,
        "suspension_why": reasons_of(suspension.ruling) if suspension else None,
    }
    return render(request, "contracts/contract_money.html", context)
