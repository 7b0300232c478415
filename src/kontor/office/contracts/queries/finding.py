"""Contracts, offers and received invoices that the search field finds."""

from collections.abc import Collection, Sequence
from typing import Final
from uuid import UUID

from django.urls import reverse

from kontor.kernel.finding import Found, begins
from kontor.kernel.records import NamedRecord, RecordKind
from kontor.kernel.search_sources import SearchSource
from kontor.kernel.tenancy import current_tenant
from kontor.kernel.wording import day
from kontor.office.books import public as books
from kontor.office.contracts.models import Contract, Offer
from kontor.office.privacy import public as privacy
from kontor.rulebook.ruling import Text


def find_contracts(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the house's contracts whose number or customer begins so, the latest first; one query."""
    rows = Contract.objects.filter(begins(words, "number", "customer_name")).order_by("-start_on", "-pk")[:limit]
    return [
        Found(f"{name}, {number}", day(start), reverse("contracts:contract", args=(pk,)))
        for pk, number, name, start in rows.values_list("pk", "number", "customer_name", "start_on")
    ]


def named_contracts(contracts: Collection[UUID]) -> dict[UUID, NamedRecord]:
    """Return name and page of those of these contracts that the current tenant gives; one query."""
    rows = Contract.objects.filter(tenant_id=current_tenant(), pk__in=contracts)
    return {
        pk: NamedRecord(f"{name}, {number}", reverse("contracts:contract", args=(pk,)))
        for pk, number, name in rows.values_list("pk", "number", "customer_name")
    }


def find_offers(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the house's offers whose number or customer begins so, the latest first; one query."""
    seen = Offer.objects.filter(privacy.not_locked("contracts.Offer"), privacy.not_locked("books.Quote", "quote_id"))
    rows = seen.filter(begins(words, "number", "customer_name")).order_by("-at", "-pk")[:limit]
    return [
        Found(f"{name}, {number}", day(until), reverse("contracts:offer", args=(pk,)))
        for pk, number, name, until in rows.values_list("pk", "number", "customer_name", "valid_until")
    ]


def find_received(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the contracts that the reader's company received, by number or provider, the latest first; one query."""
    rows = Contract.received.filter(begins(words, "number", "seller_name")).order_by("-start_on", "-pk")[:limit]
    return [
        Found(f"{number}, {name}", day(start), reverse("contracts:account-contract", args=(pk,)))
        for pk, number, name, start in rows.values_list("pk", "number", "seller_name", "start_on")
    ]


def find_received_invoices(words: Sequence[str], *, limit: int) -> list[Found]:
    """Return the invoices that the reader's company received, the latest first; one query."""
    return [
        Found(each.number, day(each.issued_on), reverse("contracts:account-invoice", args=(each.id,)))
        for each in books.find_received(words, limit=limit)
    ]


SEARCHED: Final = (
    SearchSource(
        key="contracts.contracts",
        label=Text("Verträge", "Contracts"),
        permission="contracts.see",
        find=find_contracts,
        audience="house",
        order=20,
    ),
    SearchSource(
        key="contracts.offers",
        label=Text("Angebote", "Offers"),
        permission="contracts.see",
        find=find_offers,
        audience="house",
        order=30,
    ),
    SearchSource(
        key="contracts.received",
        label=Text("Ihre Verträge", "Your contracts"),
        permission="contracts.account",
        find=find_received,
        audience="customer",
        order=20,
    ),
    SearchSource(
        key="contracts.received_invoices",
        label=Text("Ihre Rechnungen", "Your invoices"),
        permission="contracts.account",
        find=find_received_invoices,
        audience="customer",
        order=30,
    ),
)

RECORDS: Final = (
    RecordKind(
        key="contracts.Contract",
        label=Text("Vertrag", "Contract"),
        permission="contracts.see",
        named=named_contracts,
    ),
)
