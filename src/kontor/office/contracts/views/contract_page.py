"""What a contract's page shows, to the house and to its customer alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from kontor.kernel.components import Moment
from kontor.kernel.queries.rulings import Reasons, reasons_by_id
from kontor.kernel.wording import day, spoken
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.agreed import agreed
from kontor.office.contracts.queries.next_steps import NextStep, next_steps
from kontor.office.contracts.queries.positions import PER
from kontor.office.contracts.queries.running import terms_around
from kontor.office.contracts.queries.state import change_from_json, contract_state
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.office.contracts.views.contract_tabs import Opened
from kontor.rulebook.contract_state import ContractState, Quantity
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Text


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


@dataclass(frozen=True, slots=True)
class Stretch:
    """A term on the strip: its words, its share of the whole, and whether it runs or lies ahead."""

    label: str
    share: Fraction
    running: bool
    ahead: bool


def contract_context(opened: Opened, *, on: date) -> dict[str, Any]:
    """Return what the page shows of a contract: as it is on one day, and what lies ahead of today."""
    contract, rows, today = opened.contract, opened.rows, opened.today
    pack = pack_of_terms(contract.terms)
    why = reasons_by_id([contract.conclusion_ruling, *(row.ruling for row in rows)])
    state = contract_state(rows, on, pack=contract.pack, version=contract.version).value
    lines = _lines(contract, state, rows, on=on, why=why)
    steps = [step for _contract, step in next_steps({contract: rows}, today=today)]
    return {
        "pack": pack,
        "on": on,
        "lines": lines,
        "totals": _totals(lines, contract.terms["currency"]),
        "terms": agreed(pack, start_on=contract.start_on),
        "steps": [(step, step.left(today)) for step in steps],
        "history": _history(contract, rows, steps, why=why),
        "strip": _strip(contract, on),
        "now": _place(contract, on),
        "papers": pack.documents.rank if pack.documents else None,
        "signature": contract.signature,
    }


def _lines(
    contract: Contract, state: ContractState, rows: Sequence[Amendment], *, on: date, why: Mapping[Any, Reasons]
) -> list[Line]:
    latest: dict[str, Amendment] = {}
    for row in sorted(rows, key=lambda each: (each.effective_on, each.number)):
        if row.effective_on <= max(on, contract.start_on):
            latest |= {told["key"]: row for told in row.content if "key" in told}
    names, currency = contract.terms["names"], contract.terms["currency"]
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
        for position in state.positions
        if position.quantity
    ]


def _totals(lines: Sequence[Line], currency: str) -> list[tuple[Text, Money]]:
    spans = dict.fromkeys(line.per for line in lines)
    return [(span, Money.total([line.amount for line in lines if line.per == span], currency)) for span in spans]


def _history(
    contract: Contract, rows: Sequence[Amendment], steps: Sequence[NextStep], *, why: Mapping[Any, Reasons]
) -> list[Moment]:
    zone = ZoneInfo(pack_of_terms(contract.terms).zone)
    moments = [
        Moment(step.on, step.title, step.text, step.tone, step.icon, ruling=step.ruling, clause=step.clause)
        for step in steps
    ]
    for row in rows:
        changes = [] if row.kind == "conclusion" else [spoken(change_from_json(told).text) for told in row.content]
        title = _("The contract begins") if row.kind == "conclusion" else "; ".join(changes)
        moments.append(Moment(row.effective_on, title, icon="player-play", ruling=why.get(row.ruling)))
    concluded = contract.concluded_at.astimezone(zone).date()
    signed = _("Signed by %(name)s, %(function)s") % contract.signature
    moments.append(
        Moment(concluded, _("Concluded"), signed, icon="signature", ruling=why.get(contract.conclusion_ruling))
    )
    return sorted(moments, key=lambda moment: moment.on, reverse=True)


def _strip(contract: Contract, on: date) -> list[Stretch]:
    terms = terms_around(contract, on)
    whole = sum(term.days for term in terms)
    return [
        Stretch(
            f"{day(term.first)} – {day(term.last)}",
            Fraction(term.days, whole),
            running=on in term,
            ahead=term.first > on,
        )
        for term in terms
    ]


def _place(contract: Contract, on: date) -> Fraction:
    """Return where a day lies on the strip, as a share of the whole."""
    terms = terms_around(contract, on)
    if not terms or on < terms[0].first:
        return Fraction(0)
    return Fraction((on - terms[0].first).days, (terms[-1].end - terms[0].first).days)
