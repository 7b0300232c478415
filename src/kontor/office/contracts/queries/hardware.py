"""Hardware that was ordered with a contract: what is to be delivered, whose it is, how far each case has come."""

import uuid
from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from kontor.kernel.devices import Device
from kontor.kernel.rows import TenantQuerySet
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import BilledPeriod, Contract, HardwareCase, HardwareDelivery, HardwareItem
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.hardware import Owner, Tried, remedies_open, risk_passed, title
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling

HARDWARE = "HARDWARE"
DEFECT = "defect"


def ordered_hardware(contract: Contract) -> dict[str, books.QuotedPosition]:
    """Return what hardware the offer names, by key; it stays owed and paid for whatever becomes of the service."""
    return {each.key: each for each in books.positions_of(contract.offer.quote_id) if each.kind == HARDWARE}


def billed_in(contract: Contract, position: str) -> uuid.UUID | None:
    """Return the invoice of a hardware position, None while it is not billed."""
    rows = BilledPeriod.objects.filter(contract=contract, item=position).order_by("first")
    found: uuid.UUID | None = rows.values_list("invoice_id", flat=True).first()
    return found


def title_of(contract: Contract, position: books.QuotedPosition) -> Ruling[Owner]:
    """Return whose property an ordered position is, by what is open of its invoice."""
    pack, billed = pack_of_terms(contract.terms), billed_in(contract, position.key)
    if billed is None:
        return title(pack, price=position.amount, open_amount=position.amount)
    owed = books.owed_invoices([billed])[billed]
    return title(pack, price=owed.gross, open_amount=owed.open)


def deliveries_of(contract_id: uuid.UUID, *, own: bool) -> Sequence[HardwareDelivery]:
    """Return a contract's deliveries with devices and cases, as the house or its customer may see them."""
    manager = HardwareDelivery.objects if own else HardwareDelivery.received
    return list(manager.filter(contract_id=contract_id).order_by("number"))


def delivered_devices() -> list[Device]:
    """Return the devices that the current tenant was delivered and that were not replaced, each with its page."""
    rows = HardwareItem.received.filter(replaced_by=None).values_list("serial", "name", "delivery__contract_id")
    return [
        Device(serial, name, reverse("contracts:account-hardware", args=(contract,))) for serial, name, contract in rows
    ]


def risk_of(delivery: HardwareDelivery, contract: Contract) -> Ruling[date | None]:
    """Return when the risk of a delivery passed."""
    pack = pack_of_terms(contract.terms)
    return risk_passed(pack, carrier_on=delivery.carrier_on, customer_on=delivery.customer_on)


def tried_of(case: HardwareCase) -> Tried | None:
    """Return how far the mending of a defect has come, None before a period was set."""
    if case.period_until is None:
        return None
    return Tried(case.period_until, case.second_until, fault=case.fault is not False)


def open_remedies(case: HardwareCase, contract: Contract, *, on: date) -> Ruling[tuple[str, ...]] | None:
    """Return which remedies are open in a case on a day, None for what is no defect or has no period yet."""
    tried = tried_of(case)
    if case.kind != DEFECT or tried is None:
        return None
    return remedies_open(terms_on(contract, on), tried, on=on)


def price_of_one(contract: Contract, position: str) -> Money:
    """Return what one of an ordered position cost, net."""
    return Money.rounded(ordered_hardware(contract)[position].price, contract.terms["currency"])


def open_inspections(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[HardwareDelivery]]:
    """Return the deliveries of many contracts that were handed over and are not inspected yet, in one query."""
    found: dict[uuid.UUID, list[HardwareDelivery]] = {}
    for row in inspection_rows(contracts).order_by("customer_on"):
        found.setdefault(row.contract_id, []).append(row)
    return found


def inspection_rows(contracts: Collection[uuid.UUID]) -> QuerySet[HardwareDelivery]:
    """Return the deliveries of contracts that wait for an inspection, unread."""
    return HardwareDelivery.objects.filter(contract_id__in=contracts, inspected_on=None).exclude(customer_on=None)


def warranties(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[HardwareDelivery]]:
    """Return the deliveries of many contracts whose warranty has a last day, in one query."""
    found: dict[uuid.UUID, list[HardwareDelivery]] = {}
    for row in warranty_rows(contracts).order_by("warranty_until"):
        found.setdefault(row.contract_id, []).append(row)
    return found


def warranty_rows(contracts: Collection[uuid.UUID]) -> QuerySet[HardwareDelivery]:
    """Return the deliveries of contracts with a warranty, as the house or its customer may see them, unread."""
    rows = TenantQuerySet[HardwareDelivery](HardwareDelivery).seen_by(current_tenant())
    return rows.filter(contract_id__in=contracts).exclude(warranty_until=None)
