"""The tab "Hardware" of a contract, for the house and its customer."""

import uuid
from typing import Any

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from kontor.kernel.components import Badge
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.kernel.requests import TenantRequest, requires
from kontor.office.contracts.actions import hardware_cases
from kontor.office.contracts.models import Contract, HardwareCase, HardwareDelivery, HardwareItem
from kontor.office.contracts.queries.hardware import (
    DEFECT,
    deliveries_of,
    open_remedies,
    ordered_hardware,
    risk_of,
    title_of,
    tried_of,
)
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.account import ACCOUNT
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame, opened_own, opened_received
from kontor.office.contracts.views.offers import SEE, sent_file
from kontor.office.terminals import public as terminals
from kontor.rulebook.hardware import Owner, events_to_report, knows_hardware, may_set_second
from kontor.rulebook.ruling import Text

CONFIRM, CORRECT = "contracts.confirm", "contracts.correct"
TERMINALS, PAIR = "terminals.see", "terminals.set_up"
_FILES = ("manual", "carrier_proof", "customer_proof")


@requires(SEE)
@require_GET
def own(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show what hardware was ordered with a contract of the house, where it is and whose it is."""
    opened = opened_own(request, contract_id)
    ordered = ordered_hardware(opened.contract)
    context = _context(request, opened) | {
        "ordered": [(each, _owned(title_of(opened.contract, each))) for each in ordered.values()],
        "may_deliver": request.standing.may(CONFIRM) and bool(ordered) and _known(opened.contract),
        "may_mend": request.standing.may(CORRECT),
    }
    return render(request, "contracts/hardware.html", context)


@requires(ACCOUNT)
@require_GET
def received(request: TenantRequest, contract_id: uuid.UUID) -> HttpResponseBase:
    """Show the contract's customer its hardware, and let it report."""
    return render(request, "contracts/hardware.html", _context(request, opened_received(request, contract_id)))


@requires(SEE)
@require_GET
def own_file(request: TenantRequest, delivery_id: uuid.UUID, which: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the documentation of a delivery or the proof of a hand-over."""
    return _file(get_object_or_404(HardwareDelivery.objects.select_related(*_FILES), pk=delivery_id), which)


@requires(ACCOUNT)
@require_GET
def received_file(request: TenantRequest, delivery_id: uuid.UUID, which: str) -> HttpResponseBase:  # noqa: ARG001  a view's signature
    """Give the same to the customer."""
    return _file(get_object_or_404(HardwareDelivery.received.select_related(*_FILES), pk=delivery_id), which)


def labels(contract: Contract) -> dict[str, Text]:
    """Return how kinds and outcomes of a contract's cases are called."""
    pack = pack_of_terms(contract.terms)
    listed = pack.hardware.remedies if pack.hardware else None
    return {
        DEFECT: hardware_cases.DEFECT_LABEL,
        hardware_cases.OUT_OF_TIME: Text("Nach Ablauf der Mängelrechte", "After the warranty"),
        **hardware_cases.CLOSINGS,
        **{each.key: each.label for each in events_to_report(pack)},
        **({each.key: each.label for each in listed.value} if listed else {}),
    }


def _context(request: TenantRequest, opened: Opened) -> dict[str, Any]:
    deliveries = deliveries_of(opened.contract.pk, own=opened.own)
    items, cases = _below(deliveries, own=opened.own)
    stands: dict[str, terminals.Paired] = {}
    if not opened.own and request.standing.unlocked(TERMINALS) and request.standing.may(TERMINALS):
        stands = terminals.by_serial([item.serial for listed in items.values() for item in listed])
    why = reasons_by_id([
        *(each.warranty_ruling for each in deliveries if each.warranty_ruling),
        *(case.ruling for listed in cases.values() for case in listed),
    ])  # fmt: skip
    named = labels(opened.contract)
    shown = [
        {
            "row": delivery,
            "risk": risk_of(delivery, opened.contract) if _known(opened.contract) else None,
            "why": why.get(delivery.warranty_ruling) if delivery.warranty_ruling else None,
            "items": [
                (item, stands.get(item.serial), [_case(case, opened, named, why) for case in cases.get(item.pk, ())])
                for item in items.get(delivery.pk, ())
            ],
        }
        for delivery in deliveries
    ]
    return contract_frame(request, opened, active="hardware") | {
        "deliveries": shown,
        "may_pair": not opened.own and request.standing.unlocked(PAIR) and request.standing.may(PAIR),
    }


def _below(
    deliveries: Any, *, own: bool
) -> tuple[dict[uuid.UUID, list[HardwareItem]], dict[uuid.UUID, list[HardwareCase]]]:
    """Return devices by delivery and cases by device, in two queries."""
    rows = (HardwareItem.objects if own else HardwareItem.received).filter(delivery_id__in=[d.pk for d in deliveries])
    items: dict[uuid.UUID, list[HardwareItem]] = {}
    for item in rows.order_by("name", "serial"):
        items.setdefault(item.delivery_id, []).append(item)
    ids = [item.pk for listed in items.values() for item in listed]
    cases: dict[uuid.UUID, list[HardwareCase]] = {}
    for case in (HardwareCase.objects if own else HardwareCase.received).filter(item_id__in=ids).order_by("-at"):
        cases.setdefault(case.item_id, []).append(case)
    return items, cases


def _case(case: HardwareCase, opened: Opened, named: dict[str, Text], why: Any) -> dict[str, Any]:
    tried = tried_of(case)
    found = None if case.outcome else open_remedies(case, opened.contract, on=opened.today)
    return {
        "row": case,
        "label": named[case.kind],
        "badge": Badge(named[case.outcome]) if case.outcome else Badge(Text("offen", "open"), "warn"),
        "why": why.get(case.ruling),
        "defect": case.kind == DEFECT,
        "found": found,
        "remedies": [named[key] for key in found.value] if found else [],
        "give_back": bool(found and {"rescission", "reduction"} & set(found.value)),
        "may_second": not case.outcome and tried is not None and may_set_second(tried, on=opened.today),
    }


def _owned(ruling: Any) -> tuple[Text, Any]:
    provider = ruling.value is Owner.PROVIDER
    return Text("Eigentum des Anbieters", "the provider's") if provider else Text(
        "Eigentum des Kunden", "the customer's"
    ), ruling


def _file(delivery: HardwareDelivery, which: str) -> HttpResponseBase:
    files = {"manual": delivery.manual, "carrier": delivery.carrier_proof, "customer": delivery.customer_proof}
    if files.get(which) is None:
        raise Http404(which)
    return sent_file(files[which])


def _known(contract: Contract) -> bool:
    return knows_hardware(pack_of_terms(contract.terms))
