"""Money at an early end: what stays due is invoiced at once, what was paid for later days goes back by days."""

import uuid
from collections.abc import Mapping, Sequence
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
from kontor.rulebook.billing_rule import Kind
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


def fees_after(contract: Contract, rows: Sequence[Amendment], *, ends: date, culpable: bool) -> Ruling[Aftermath]:
    """Return what an end leaves of the fees, under the contract's own terms."""
    return aftermath(
        terms_on(contract, ends, rows),
        ends=ends,
        culpable=culpable,
        term=term_around(contract, rows, ends),
        interval=interval_around(contract, rows, ends),
    )


def settle_fees(
    contract: Contract, rows: Sequence[Amendment], *, ends: date, culpable: bool, at: datetime, actor: Actor
) -> list[books.Issued]:
    """
    Invoice what stays due, or give back what was billed for later days; return the documents made.

    Where the terms refund nothing, a period that was billed beforehand and has not begun by the last day for which fees
    are due goes back all the same: the contract owes nothing for it.

    rows  the amendments before the end is written down

    ClaimRefusedError where the invoice cannot be issued.
    """
    _bring_up_to_date(contract, ends=ends, at=at, actor=actor)
    left = fees_after(contract, rows, ends=ends, culpable=culpable)
    made = _give_back(contract, ends=ends, why=left, at=at, actor=actor)
    if not left.value.refunded and left.value.until > ends:
        made += _claim(contract, rows, ends=ends, why=left, at=at, actor=actor)
    return made


def _bring_up_to_date(contract: Contract, *, ends: date, at: datetime, actor: Actor) -> None:
    """Bill first what was due by now and reaches beyond the end, so that what goes back does not depend on the runs."""
    today = _today(contract, at)
    waiting = [bill for bill in bills(contracts_by_id([contract.pk]), today, at=at) if isinstance(bill, Bill)]
    if any(line.period.last > ends for bill in waiting for line in bill.lines if line.kind is not Kind.ONCE):
        run = start_run_of([contract.pk], until=today, at=at, actor=actor)
        bill_contracts(run.pk, [contract.pk], at=at)


def _give_back(
    contract: Contract, *, ends: date, why: Ruling[Aftermath], at: datetime, actor: Actor
) -> list[books.Issued]:
    """Credit what goes back of every line whose days reach beyond the end, one credit note for each invoice."""
    after = ends if why.value.refunded else why.value.until
    lines = [line for line in books.billed_beyond("contracts.Contract", contract.pk, after=after) if line.left.minor]
    decided = [(line, _part(line, ends=ends, why=why)) for line in lines]
    parted = [(line, ruling) for line, ruling in decided if ruling.value.minor]
    made = []
    for invoice, group in groupby(parted, key=lambda pair: pair[0].invoice):
        back = list(group)
        stored = store_rulings([_decision(contract, ruling, "contracts.refund") for _, ruling in back], at=at)
        language = contract.terms["language"]
        parts = tuple(
            books.CreditedPart(
                position=line.position,
                quantity=Decimal(1),
                unit=_ONE,
                price=ruling.value.amount,
                first=max(line.period.first, date.fromordinal(ends.toordinal() + 1)),
                last=line.period.last,
                clause=str(ruling.clauses[0]) if ruling.clauses else "",
                ruling=kept,
                working=ruling.working[-1].spoken(language),
            )
            for (line, ruling), kept in zip(back, stored, strict=True)
        )
        order = books.CreditOrder(
            invoice=invoice,
            occasion=f"{_CLAIMED} {ends} {invoice}",  # one for each invoice that reaches beyond the end
            on=_today(contract, at),
            reason=_REASON.spoken(language).format(number=contract.number),
            parts=parts,
        )
        made.append(books.credit_invoice(order, at=at, actor=actor))
    return made


def _part(line: books.BilledLine, *, ends: date, why: Ruling[Aftermath]) -> Ruling[Money]:
    """Return what goes back of a line, of what earlier credit notes have left of it: days, or a period not begun."""
    if not why.value.refunded:
        return not_begun(line.left, line.period, until=why.value.until, clauses=why.clauses)
    return refund(line.left, line.period, ends=ends, clauses=why.clauses)


def _claim(
    contract: Contract,
    rows: Sequence[Amendment],
    *,
    ends: date,
    why: Ruling[Aftermath],
    at: datetime,
    actor: Actor,
) -> list[books.Issued]:
    """Invoice, due at once, what the terms leave due beyond the end, and mark it billed: no run does it again."""
    found = still_due(
        amendments_of(rows, pack=contract.pack, version=contract.version),
        billing_rule(contract, rows),
        ends=ends,
        until=why.value.until,
        currency=contract.terms["currency"],
        billed=billed_keys([contract.pk])[contract.pk],
        clauses=why.clauses,
    )
    if not found.value:
        return []
    whole = found.because(working=why.working)
    (stored,) = store_rulings([_decision(contract, whole, "contracts.still_due")], at=at)
    order = _invoice(contract, rows, found.value, ends=ends, clause=str(why.clauses[0]), ruling=stored, at=at)
    (answer,) = books.issue_invoices([order], at=at, actor=actor)
    if isinstance(answer, books.Refused):
        raise ClaimRefusedError(answer.text)
    BilledPeriod.objects.bulk_create([_billed(contract, each, answer) for each in found.value])
    return [answer]


def _invoice(
    contract: Contract,
    rows: Sequence[Amendment],
    due: Sequence[StillDue],
    *,
    ends: date,
    clause: str,
    ruling: uuid.UUID,
    at: datetime,
) -> books.InvoiceOrder:
    """Return the invoice over what stays due, payable on the day it is issued."""
    names = contract.terms["names"] | added_names(rows)
    today = _today(contract, at)
    return books.InvoiceOrder(
        seller=contract.seller_id,
        party=contract.party_id,
        customer_tenant=contract.customer_tenant_id,
        subject_kind="contracts.Contract",
        subject_id=contract.pk,
        occasion=f"{_CLAIMED} {ends}",
        issued_on=today,
        due_on=today,
        due_clause=clause,
        due_ruling=ruling,
        language=contract.terms["language"],
        contract=contract.number,
        lines=tuple(_line(each, names, clause=clause, ruling=ruling) for each in due),
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


def _today(contract: Contract, at: datetime) -> date:
    return at.astimezone(ZoneInfo(books.seller_card(contract.seller_id).zone)).date()
