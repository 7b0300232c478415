"""What a contract's page shows, to the house and to its customer alike."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.http import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.requests import TenantRequest
from kontor.kernel.wording import language
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.counted import counted_about
from kontor.office.contracts.queries.history import history, invoices_of
from kontor.office.contracts.queries.history_sources import Told
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.positions import PER
from kontor.office.contracts.queries.remembered import Remembered, remembered_state
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.queries.unlocking import added_names
from kontor.office.contracts.views.contract_history import chosen_page, history_context
from kontor.office.contracts.views.contract_price import price_context
from kontor.office.contracts.views.contract_strip import strip_context
from kontor.office.contracts.views.contract_tabs import Opened, contract_frame
from kontor.rulebook.contract_state import Position, Quantity
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
    if request.headers.get("HX-Target") == AGREED:
        return render(request, "contracts/contract_agreed.html", agreed_context(opened, on=on))
    contract, rows = opened.contract, opened.rows
    invoices = invoices_of(contract, own=opened.own, today=opened.today)
    counted = counted_about(contract.pk)
    coming = next_steps({contract: rows}, today=opened.today, counted=counted)
    steps = [(step, step.left(opened.today)) for _, step in coming]
    told = Told(contract, rows, invoices, own=opened.own, today=opened.today, counted=counted)
    chosen = chosen_page(request, history(told))
    context = agreed_context(opened, on=on, further=chosen.rulings)
    context |= contract_frame(request, opened, active="overview")
    context |= strip_context(opened, on=on)
    context |= price_context(opened)
    context |= history_context(request, opened, chosen, steps=[step for step, _ in steps], why=context["why"])
    context |= {
        "steps": steps,
        "invoices": invoices[:LATEST],
        "older_invoices": max(len(invoices) - LATEST, 0),
        "file_url": file_url,
        "holds": _holds.of((contract.pk, language()), lambda: _held(contract)),
        "signature": contract.signature,
        "papers_url": reverse("contracts:papers" if opened.own else "contracts:account-papers", args=(contract.pk,)),
    }
    return render(request, "contracts/contract.html", context | dict(further))


def agreed_context(opened: Opened, *, on: date, further: Collection[uuid.UUID] = ()) -> dict[str, Any]:
    """Return the positions on a day, their sums and the decisions behind them, and `further` ones; one query or two."""
    contract, rows = opened.contract, opened.rows
    held = [position for position in remembered_state(contract, rows, on).positions if position.quantity]
    latest = _latest(contract, rows, on)
    why = reasons_by_id({*further, *(latest[position.key].ruling for position in held)})
    lines = _lines(contract, held, latest, names=contract.terms["names"] | added_names(rows), why=why)
    return {
        "contract": contract,
        "on": on,
        "today": opened.today,
        "lines": lines,
        "totals": _totals(lines, contract.terms["currency"]),
        "why": why,
    }


_holds: Final[Remembered[SafeString]] = Remembered()


def _held(contract: Contract) -> SafeString:
    """Draw what else was agreed: copied at conclusion, it never changes."""
    terms = agreed(pack_of_terms(contract.terms), start_on=contract.start_on)
    return render_to_string("contracts/parts_holds.html", {"contract": contract, "terms": terms})


def asked_day(request: TenantRequest, today: date) -> date:
    """Return the day the address asks about, `?on=2027-01-01`; what is no day counts as today."""
    try:
        asked: Any = forms.DateField(required=False).clean(request.GET.get("on", ""))
    except forms.ValidationError:
        return today
    return asked or today


def _latest(contract: Contract, rows: Sequence[Amendment], on: date) -> dict[str, Amendment]:
    """Return the amendment that last touched each position, by its key."""
    latest: dict[str, Amendment] = {}
    for row in sorted(rows, key=lambda each: (each.effective_on, each.number)):
        if row.effective_on <= max(on, contract.start_on):
            latest |= {told["key"]: row for told in row.content if "key" in told}
    return latest


def _lines(
    contract: Contract,
    held: Sequence[Position],
    latest: Mapping[str, Amendment],
    *,
    names: Mapping[str, str],
    why: Mapping[uuid.UUID, Reasons],
) -> list[Line]:
    return [
        Line(
            names.get(position.key, position.key),
            position.quantity,
            position.price,
            PER[position.per.name],
            Money.rounded(Fraction(position.price) * Fraction(position.quantity), contract.terms["currency"]),
            Clause(contract.pack, latest[position.key].clause, contract.version),
            why.get(latest[position.key].ruling),
        )
        for position in held
    ]


def _totals(lines: Sequence[Line], currency: str) -> list[tuple[Text, Money]]:
    spans = dict.fromkeys(line.per for line in lines)
    return [(span, Money.total([line.amount for line in lines if line.per == span], currency)) for span in spans]
