"""What an accepted further offer does to its contract: an amendment from the day of acceptance, and what it costs."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.actions.amending import Amending, amend_many
from kontor.office.contracts.actions.charges import add_charge
from kontor.office.contracts.actions.entitling import follow
from kontor.office.contracts.actions.licensing_keys import deliver_later, take_turns
from kontor.office.contracts.models import Amendment, Contract, OfferState, SiteReport
from kontor.office.contracts.queries.billing import billing_rule
from kontor.office.contracts.queries.further import FURTHER, Purpose
from kontor.office.contracts.queries.licences import day_of
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import History
from kontor.rulebook.changing import running_interval
from kontor.rulebook.contract_state import AddItem, ChangeQuantity, Per, exact
from kontor.rulebook.licence_change import converted, late_maintenance
from kontor.rulebook.money import Money
from kontor.rulebook.period import ONE_DAY, Period, add_months
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import TermsPack
from kontor.rulebook.wording import day, said

Dated = list[tuple[date, tuple[Any, ...]]]


@transaction.atomic
def carry_out(state: OfferState, *, at: datetime) -> Amendment | None:
    """
    Make an accepted further offer part of its contract; None where it is not accepted or was carried out before.

    What it costs is invoiced at once, entitlements follow, and the licence keys are delivered anew.
    """
    offer = state.offer
    told = offer.terms[FURTHER]
    take_turns(f"further {told['contract']}")
    state.refresh_from_db()
    if state.state != OfferState.State.ACCEPTED or state.accepted_at is None:
        return None
    contract = Contract.objects.select_related("offer").get(pk=uuid.UUID(told["contract"]))
    pack = pack_of_terms(contract.terms)
    on = max(day_of(pack, state.accepted_at), contract.start_on)
    rows = list(Amendment.objects.filter(contract=contract).order_by("number"))
    positions = _free_keys(books.positions_of(offer.quote_id), contract, rows)
    dated, ruling = _CARRIED[Purpose(told["purpose"])](contract, pack, rows, positions, told=told, on=on)
    items = {key: _item(each, told) for key, each in positions.items()}
    kind = f"further-{told['purpose']}"
    orders = [
        Amending(contract=contract, kind=kind, changes=changes, effective_on=when, ruling=ruling, items=items)
        for when, changes in dated
    ]
    made = amend_many(orders, at=at, actor=MACHINE)[0]
    _charge(contract, told, ruling, on=on, at=at)
    SiteReport.objects.filter(pk__in=[told["report"]] if "report" in told else []).update(
        amendment=made, replaces=told.get("replaces_site", "")
    )
    state.state, state.confirmed_at = OfferState.State.CONFIRMED, at
    state.save(update_fields=["state", "confirmed_at"])
    after = {"offer": offer.number, "purpose": told["purpose"], "from": on}
    record("contracts.further_accepted", contract, at=at, actor=MACHINE, ruling=made.ruling, after=after)
    publish("contracts.licence_moved", {"contract": str(contract.pk)}, at=at)
    follow(contract, at=at, actor=MACHINE)
    deliver_later(contract)
    queue("contracts.bill_change", current_tenant(), contract=str(contract.pk), until=on.isoformat())
    return made


def _signed(pack: TermsPack, on: date, *, number: str) -> Ruling[Any]:
    """Return why something holds from a day: a further signed offer, at the tariff of the day."""
    seats = pack.seats
    stated = [each for each in (seats.added_by, seats.added_price) if each] if seats else []
    step = said(
        "Gilt ab dem {day}, dem Tag der Annahme des Angebots {number}.",
        "Holds from {day}, the day on which offer {number} was accepted.",
        day=day(on),
        number=number,
    )
    clauses = tuple(dict.fromkeys(clause for each in stated for clause in each.clauses))
    return Ruling(on, clauses, (("day", on.isoformat()),), (step,))


def _more(
    contract: Contract, pack: TermsPack, rows: Sequence[Amendment], positions: Mapping[str, books.QuotedPosition], *,
    told: Mapping[str, Any], on: date,
) -> tuple[Dated, Ruling[Any]]:  # fmt: skip
    del contract, rows
    return [(on, _added(positions))], _signed(pack, on, number=told["offer"])


def _perpetual(
    contract: Contract, pack: TermsPack, rows: Sequence[Amendment], positions: Mapping[str, books.QuotedPosition], *,
    told: Mapping[str, Any], on: date,
) -> tuple[Dated, Ruling[Any]]:  # fmt: skip
    """Add the licence for good; what it replaces is billed no more after the interval that is paid already."""
    history = History(amendments_of(rows, pack=contract.pack, version=contract.version))
    rule_of_billing = billing_rule(contract, rows)
    anchor = rule_of_billing.anchor  # before it runs the initial term, which the offer's own dates bill
    until = anchor if on < anchor else running_interval(history.in_order(), rule_of_billing, on).end
    held = history.state(until)
    ending = tuple(ChangeQuantity(key, -held.quantity(key)) for key in told["replaces"] if held.quantity(key) > 0)
    rule = pack.licence.conversion_credits_fees if pack.licence else None
    currency = contract.terms["currency"]
    price = Money.total([each.amount for each in positions.values()], currency)
    ruling = converted(price, paid=Money(currency, told["paid_minor"]), credited=bool(rule and rule.value),
                       clauses=rule.clauses if rule else ())  # fmt: skip
    step = said("Die Lizenz auf Zeit endet vor dem {day}.", "The licence for a term ends before {day}.", day=day(until))
    dated: Dated = [(on, _added(positions))]
    return [*dated, *([(until, ending)] if ending else [])], ruling.because(working=(step,) if ending else ())


def _maintenance(
    contract: Contract, pack: TermsPack, rows: Sequence[Amendment], positions: Mapping[str, books.QuotedPosition], *,
    told: Mapping[str, Any], on: date,
) -> tuple[Dated, Ruling[Any]]:  # fmt: skip
    """Charge the chosen term and the use before it; after the term maintenance renews with the contract."""
    del rows, on
    term = _term(told)
    rule = pack.prices.late_maintenance if pack.prices else None
    ruling = late_maintenance(
        Decimal(told["yearly"]), contract.start_on, term, currency=contract.terms["currency"],
        clauses=rule.clauses if rule else (),
    )  # fmt: skip
    recurring = {key: each for key, each in positions.items() if each.interval != "ONCE"}
    return [(term.end, _added(recurring))], ruling


def _charge(contract: Contract, told: Mapping[str, Any], ruling: Ruling[Any], *, on: date, at: datetime) -> None:
    if told["purpose"] != Purpose.MAINTENANCE:
        return
    term, cost = _term(told), ruling.value
    spans = [("term", "Wartung", "Maintenance", cost.term, term)]
    if cost.days:
        before = Period(contract.start_on, term.first)
        spans.append(("before", "Nutzung ohne Wartung", "Use without maintenance", cost.unmaintained, before))
    for key, german, english, amount, span in spans:
        add_charge(
            contract, f"maintenance-{told['offer']}-{key}", text_de=f"{german}, Angebot {told['offer']}",
            text_en=f"{english}, offer {told['offer']}", quantity=Decimal(1), unit="C62", price=amount.amount,
            first=span.first, last=span.end - ONE_DAY, ruling=ruling, at=at, actor=MACHINE, own_invoice_from=on,
        )  # fmt: skip


def _term(told: Mapping[str, Any]) -> Period:
    first = date.fromisoformat(told["from"])
    return Period(first, add_months(first, told["months"]))


def _added(positions: Mapping[str, books.QuotedPosition]) -> tuple[AddItem, ...]:
    return tuple(
        AddItem(key, exact(each.quantity), each.price, Per(each.interval.lower())) for key, each in positions.items()
    )


def _free_keys(
    positions: Sequence[books.QuotedPosition], contract: Contract, rows: Sequence[Amendment]
) -> dict[str, books.QuotedPosition]:
    """Return the positions by a key that the contract does not use yet: "licence", "licence-2", ..."""
    changes = amendments_of(rows, pack=contract.pack, version=contract.version)
    taken = {each.change.key for each in changes if isinstance(each.change, AddItem)}
    found: dict[str, books.QuotedPosition] = {}
    for each in positions:
        key, place = each.key, 2
        while key in taken:
            key, place = f"{each.key}-{place}", place + 1
        taken.add(key)
        found[key] = each
    return found


def _item(position: books.QuotedPosition, told: Mapping[str, Any]) -> dict[str, str]:
    named = {"key": position.key, "name": position.name, "module": position.module, "unit": position.unit,
             "kind": position.kind}  # fmt: skip
    if told["purpose"] == Purpose.PERPETUAL:
        named |= {"granted": "perpetual", "site": told["site"], "replaces": " ".join(told["replaces"])}
    return named


_CARRIED = {
    Purpose.COMPUTERS: _more,
    Purpose.PERPETUAL: _perpetual,
    Purpose.MAINTENANCE: _maintenance,
    Purpose.SITE: _more,
}
