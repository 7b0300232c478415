"""Money at an early end: what stays due is invoiced at once, what was paid for later days goes back by days."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import Actor
from kontor.kernel.rows import uuid7
from kontor.office.books import public as books
from kontor.office.contracts.actions.billing import bill_contracts, start_run_of
from kontor.office.contracts.models import Amendment, BilledPeriod, Contract
from kontor.office.contracts.queries.billing import billed_keys, billing_rule
from kontor.office.contracts.queries.bills import Bill, bills, contracts_by_id
from kontor.office.contracts.queries.ending import interval_around, term_around
from kontor.office.contracts.queries.state import amendments_of
from kontor.office.contracts.queries.terms import terms_on
from kontor.office.contracts.queries.unlocking import added_names
from kontor.rulebook.billing_rule import DueKey, Kind
from kontor.rulebook.ending.owed import Aftermath, StillDue, aftermath, not_begun, refund, still_due
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Ruling, Text

_ONE = "C62"  # UN/ECE Recommendation 20: one
_CLAIMED = "ending"
_REASON = Text("Vorzeitiges Ende des Vertrags {number}", "Early end of contract {number}")


class ClaimRefusedError(Exception):
    """What stays due could not be invoiced; `text` says why."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """
    A contract whose fees are settled.

    rows  its amendments before the end is written down
    ends  the last day; culpable  the customer broke it, so that its terms say what stays due
    """

    contract: Contract
    rows: Sequence[Amendment]
    ends: date
    culpable: bool


Decided = tuple[Leaving, Ruling[Aftermath]]
Days = Mapping[uuid.UUID, date]


def fees_after(contract: Contract, rows: Sequence[Amendment], *, ends: date, culpable: bool) -> Ruling[Aftermath]:
    """Return what an end leaves of the fees, under the contract's own terms."""
    return aftermath(
        terms_on(contract, ends, rows),
        ends=ends,
        culpable=culpable,
        term=term_around(contract, rows, ends),
        interval=interval_around(contract, rows, ends),
    )


def settle_fees(leavings: Sequence[Leaving], *, at: datetime, actor: Actor) -> list[books.Issued]:
    """
    Invoice what stays due, or give back what was billed for later days; return the documents made.

    Where the terms refund nothing, a period that was billed beforehand and has not begun by the last day for which fees
    are due goes back all the same: the contract owes nothing for it. However many contracts end, it takes a fixed
    number of queries. ClaimRefusedError where an invoice cannot be issued.
    """
    days = _days([each.contract for each in leavings], at)
    _bring_up_to_date(leavings, days, at=at, actor=actor)
    decided = [
        (each, fees_after(each.contract, each.rows, ends=each.ends, culpable=each.culpable)) for each in leavings
    ]
    made = _give_back(decided, days, at=at, actor=actor)
    staying = [(each, why) for each, why in decided if not why.value.refunded and why.value.until > each.ends]
    return made + (_claim(staying, days, at=at, actor=actor) if staying else [])


def _bring_up_to_date(leavings: Sequence[Leaving], days: Days, *, at: datetime, actor: Actor) -> None:
    """Bill first what was due by now and reaches beyond the end, so that what goes back does not depend on the runs."""
    ends = {each.contract.pk: each.ends for each in leavings}
    for today in sorted(set(days.values())):  # sellers' zones make two days of a moment at most
        contracts = contracts_by_id([each.contract.pk for each in leavings if days[each.contract.pk] == today])
        beyond = {
            bill.contract.pk
            for bill in bills(contracts, today, at=at)
            if isinstance(bill, Bill) and _reaches(bill, ends[bill.contract.pk])
        }
        if beyond:
            chosen = sorted(beyond)
            run = start_run_of(chosen, until=today, at=at, actor=actor)
            bill_contracts(run.pk, chosen, at=at)


def _reaches(bill: Bill, ends: date) -> bool:
    return any(line.period.last > ends for line in bill.lines if line.kind is not Kind.ONCE)


def _give_back(decided: Sequence[Decided], days: Days, *, at: datetime, actor: Actor) -> list[books.Issued]:
    """Credit what goes back of every line whose days reach beyond its end, one credit note for each invoice."""
    after = {each.contract.pk: each.ends if why.value.refunded else why.value.until for each, why in decided}
    beyond = books.billed_beyond("contracts.Contract", after)
    parted = [
        (each, line, ruling)
        for each, why in decided
        for line in beyond[each.contract.pk]
        if line.left.minor
        for ruling in [_part(line, ends=each.ends, why=why)]
        if ruling.value.minor
    ]
    stored = store_rulings([_decision(each.contract, ruling, "contracts.refund") for each, _, ruling in parted], at=at)
    orders = []
    for invoice, group in groupby(zip(parted, stored, strict=True), key=lambda pair: pair[0][1].invoice):
        back = list(group)
        each = back[0][0][0]
        order = books.CreditOrder(
            invoice=invoice,
            occasion=f"{_CLAIMED} {each.ends} {invoice}",  # one for each invoice that reaches beyond the end
            on=days[each.contract.pk],
            reason=_REASON.spoken(each.contract.terms["language"]).format(number=each.contract.number),
            parts=tuple(_credited(each, line, ruling, kept) for (_, line, ruling), kept in back),
        )
        orders.append(order)
    return books.credit_invoices(orders, at=at, actor=actor)


def _credited(each: Leaving, line: books.BilledLine, ruling: Ruling[Money], kept: uuid.UUID) -> books.CreditedPart:
    return books.CreditedPart(
        position=line.position,
        quantity=Decimal(1),
        unit=_ONE,
        price=ruling.value.amount,
        first=max(line.period.first, date.fromordinal(each.ends.toordinal() + 1)),
        last=line.period.last,
        clause=str(ruling.clauses[0]) if ruling.clauses else "",
        ruling=kept,
        working=ruling.working[-1].spoken(each.contract.terms["language"]),
    )


def _part(line: books.BilledLine, *, ends: date, why: Ruling[Aftermath]) -> Ruling[Money]:
    """Return what goes back of a line, of what earlier credit notes have left of it: days, or a period not begun."""
    if not why.value.refunded:
        return not_begun(line.left, line.period, until=why.value.until, clauses=why.clauses)
    return refund(line.left, line.period, ends=ends, clauses=why.clauses)


def _claim(staying: Sequence[Decided], days: Days, *, at: datetime, actor: Actor) -> list[books.Issued]:
    """Invoice, due at once, what the terms leave due beyond the end, and mark it billed: no run does it again."""
    billed = billed_keys([each.contract.pk for each, _ in staying])
    found = [(each, why, _still_due(each, why, billed[each.contract.pk])) for each, why in staying]
    due = [(each, why, left) for each, why, left in found if left.value]
    stored = store_rulings(
        [_decision(each.contract, left.because(working=why.working), "contracts.still_due") for each, why, left in due],
        at=at,
    )
    orders = [
        _invoice(each, left.value, clause=str(why.clauses[0]), ruling=ruling, today=days[each.contract.pk])
        for (each, why, left), ruling in zip(due, stored, strict=True)
    ]
    made = []
    for answer in books.issue_invoices(orders, at=at, actor=actor):
        if isinstance(answer, books.Refused):
            raise ClaimRefusedError(answer.text)
        made.append(answer)
    BilledPeriod.objects.bulk_create(
        _billed(each.contract, part, invoice)
        for (each, _, left), invoice in zip(due, made, strict=True)
        for part in left.value
    )
    return made


def _still_due(each: Leaving, why: Ruling[Aftermath], billed: Collection[DueKey]) -> Ruling[tuple[StillDue, ...]]:
    return still_due(
        amendments_of(each.rows, pack=each.contract.pack, version=each.contract.version),
        billing_rule(each.contract, each.rows),
        ends=each.ends,
        until=why.value.until,
        currency=each.contract.terms["currency"],
        billed=billed,
        clauses=why.clauses,
    )


def _invoice(
    each: Leaving, due: Sequence[StillDue], *, clause: str, ruling: uuid.UUID, today: date
) -> books.InvoiceOrder:
    """Return the invoice over what stays due, payable on the day it is issued."""
    contract = each.contract
    names = contract.terms["names"] | added_names(each.rows)
    return books.InvoiceOrder(
        seller=contract.seller_id,
        party=contract.party_id,
        customer_tenant=contract.customer_tenant_id,
        subject_kind="contracts.Contract",
        subject_id=contract.pk,
        occasion=f"{_CLAIMED} {each.ends}",
        issued_on=today,
        due_on=today,
        due_clause=clause,
        due_ruling=ruling,
        language=contract.terms["language"],
        contract=contract.number,
        lines=tuple(_line(part, names, clause=clause, ruling=ruling) for part in due),
    )


def _line(due: StillDue, names: Mapping[str, str], *, clause: str, ruling: uuid.UUID) -> books.OrderedLine:
    return books.OrderedLine(
        item=due.position,
        name=names.get(due.position, due.position),
        quantity=Decimal(1),
        unit=_ONE,
        price=due.amount.amount,
        first=due.period.first,
        last=due.period.last,
        clause=clause,
        ruling=ruling,
    )


def _billed(contract: Contract, due: StillDue, invoice: books.Issued) -> BilledPeriod:
    return BilledPeriod(
        id=uuid7(),
        contract=contract,
        item=due.position,
        kind=due.key.label,
        first=due.period.first,
        end=due.period.end,
        invoice_id=invoice.id,
    )


def _decision(contract: Contract, ruling: Ruling[Any], question: str) -> Decision:
    return Decision(
        ruling=ruling,
        question=question,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )


def _days(contracts: Sequence[Contract], at: datetime) -> Days:
    """Return each contract's day in its seller's zone, in one query."""
    sellers = books.seller_cards({contract.seller_id for contract in contracts})
    return {each.pk: at.astimezone(ZoneInfo(sellers[each.seller_id].zone)).date() for each in contracts}
