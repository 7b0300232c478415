"""Contracts of the house: all of them, and each as it stands on any day."""

import uuid
from typing import Any

from django.db.models import F
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from kontor.kernel.links import addresses
from kontor.kernel.listing import Choice, Column, Listing
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.contracts.models import Contract
from kontor.office.contracts.views.contract_page import contract_answer
from kontor.office.contracts.views.contract_tabs import opened_own
from kontor.office.contracts.views.offers import SEE, pack_title, sent_file
from kontor.rulebook import terms
from kontor.rulebook.money import Money

_SHOWN = (
    *("pk", "number", "customer_name", "pack", "version"),
    *("start_on", "concluded_at", "currency", "per_period_minor"),
)


@requires(SEE)
@require_GET
def contract_list(request: TenantRequest) -> HttpResponseBase:
    """List all contracts, the newest first."""
    url = addresses("contracts:contract")
    titles = tuple((key, terms.load(key).title) for key in terms.keys())  # noqa: SIM118  a function of the module
    listing = Listing(
        request,
        Contract.objects.annotate(
            currency=F("offer__currency"), per_period_minor=F("offer__per_period_minor")
        ).values_list(*_SHOWN, named=True),
        name="contracts",
        columns=(
            Column("number", gettext_lazy("Contract"), url=url, slot="meta", sort="number"),
            Column("customer_name", gettext_lazy("Customer"), url=url, slot="title", sort="customer_name"),
            Column(
                "pack",
                gettext_lazy("Terms"),
                value=lambda row: pack_title(row.pack, row.version),
                sub=lambda row: row.version,
                slot="more",
            ),
            Column("start_on", gettext_lazy("Start"), kind="day", sort="start_on"),
            Column("concluded_at", gettext_lazy("Concluded"), kind="day", sort="concluded_at", late=True),
            Column("recurring", gettext_lazy("Per month, as signed"), kind="money", value=_recurring, slot="money"),
        ),
        search=("number", "customer_name"),
        choices=(Choice("pack", gettext_lazy("Terms"), titles),),
        order="-concluded_at",
    )
    if listing.wants_file:
        return listing.file()
    return render(request, "contracts/contracts.html", {"listing": listing})


@requires(SEE)
@require_GET
def detail(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show a contract as it stands on a day, today unless the address names another."""
    further = {"sees_invoices": request.standing.unlocked("books.see") and request.standing.may("books.see")}
    file_url = reverse("contracts:contract-file", args=(contract_id,))
    return contract_answer(request, opened_own(request, contract_id), file_url=file_url, further=further)


@requires(SEE)
@require_GET
def file(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the signed offer."""
    return sent_file(get_object_or_404(Contract.objects.select_related("file"), pk=contract_id).file)


def _recurring(row: Any) -> Money:
    return Money(row.currency, row.per_period_minor)
