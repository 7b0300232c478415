"""What a contract's page shows, to the house and to its customer alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.requests import TenantRequest
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.history import Told, history, invoices_of
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.positions import PER
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.unlocking import added_names
from kontor.office.contracts.views.contract_history import history_context
from kontor.office.contracts.views.contract_price import price_context
from kontor.office.contracts.views.contract_strip import strip_context
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame
from kontor.rulebook.contract_state import ContractState, Quantity
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Text

AGREED: Final = "agreed"  # the part that the slider asks for alone
LATEST: Final = 6


@dataclass(frozen=True, slots=True)
class Line:
    """A position as it stands on a day, with the decision that made it so."""

    name: str
    quantity: Quantity
    price: Decimal
    per: Text
    amount: Money
    clause: Clause
    why: Reasons | None


def contract_answer(
    request: TenantRequest, opened: Opened, *, file_url: str, further: Mapping[str, Any]
) -> HttpResponseBase:
    """Answer with the whole page, or with what is agreed on the day that the slider asks for."""
    on = asked_day(request, opened.today)
    context = agreed_context(opened, on=on)
    if request.headers.get("HX-Target") == AGREED:
        return render(request, "contracts/contract_agreed.html", context)
    contract, rows = opened.contract, opened.rows
    invoices = invoices_of(contract, own=opened.own, today=opened.today)
    steps = [(step, step.left(opened.today)) for _, step in next_steps({contract: rows}, today=opened.today)]
    entries = history(Told(contract, rows, invoices, own=opened.own, today=opened.today))
    pack = pack_of_terms(contract.terms)
    context |= contract_frame(request, opened, active="overview")
    context |= strip_context(opened, on=on)
    context |= price_context(opened)
    context |= history_context(request, opened, entries, steps=[step for step, _ in steps])
    context |= {
        "steps": steps,
        "invoices": invoices[:LATEST],
        "older_invoices": max(len(invoices) - LATEST, 0),
        "file_url": file_url,
        "terms": agreed(pack, start_on=contract.start_on),
        "signature": contract.signature,
        "papers_url": reverse("contracts:papers" if opened.own else "contracts:account-papers", args=(contract.pk,)),
    }
    return render(request, "contracts/contract.html", context | dict(further))


def agreed_context(opened: Opened, *, on: date) -> dict[str, Any]:
    """Return what is agreed on a day: the positions with the decision behind each, and their sums."""
    contract, rows = opened.contract, opened.rows
    lines = _lines(contract, history_of(contract, rows).state(on), rows, on=on)
    return {
        "contract": contract,
        "on": on,
        "today": opened.today,
        "lines": lines,
        "totals": _totals(lines, contract.terms["currency"]),
    }


def asked_day(request: TenantRequest, today: date) -> date:
    """Return the day the address asks about, `?on=2027-01-01`; what is no day counts as today."""
    try:
        asked: Any = forms.DateField(required=False).clean(request.GET.get("on", ""))
    except forms.ValidationError:
        return today
    return asked or today


def _lines(contract: Contract, state: ContractState, rows: Sequence[Amendment], *, on: date) -> list[Line]:
    latest: dict[str, Amendment] = {}
    for row in sorted(rows, key=lambda each: (each.effective_on, each.number)):
        if row.effective_on <= max(on, contract.start_on):
            latest |= {told["key"]: row for told in row.content if "key" in told}
    held = [position for position in state.positions if position.quantity]
    why = reasons_by_id({latest[position.key].ruling for position in held})
    names, currency = contract.terms["names"] | added_names(rows), contract.terms["currency"]
    return [
        Line(
            names.get(position.key, position.key),
            position.quantity,
            position.price,
            PER[position.per.name],
            Money.rounded(Fraction(position.price) * Fraction(position.quantity), currency),
            Clause(contract.pack, latest[position.key].clause, contract.version),
            why.get(latest[position.key].ruling),
        )
        for position in held
    ]


def _totals(lines: Sequence[Line], currency: str) -> list[tuple[Text, Money]]:
    spans = dict.fromkeys(line.per for line in lines)
    return [(span, Money.total([line.amount for line in lines if line.per == span], currency)) for span in spans]
