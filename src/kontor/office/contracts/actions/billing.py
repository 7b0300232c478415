"""The billing run: everything that falls due until a day is invoiced once; one contract's error holds up no other."""

import hashlib
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.db.models import F

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.books import public as books
from kontor.office.contracts.models import BilledPeriod, BillingProblem, BillingRun, Charge, Contract
from kontor.office.contracts.queries.bills import Bill, bills, contracts_by_id
from kontor.office.contracts.queries.charges import period_of_charge, plain, text_of_charge
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.billing_rule import Kind
from kontor.rulebook.due_place import Place
from kontor.rulebook.invoice_lines import InvoiceLine, Unit
from kontor.rulebook.ruling import Ruling, Text

BATCH = 50
_UNITS = {  # UN/ECE Recommendation 20
    Unit.PIECE: "H87",
    Unit.HOUR: "HUR",
    Unit.GIGABYTE: "E34",
    Unit.DAY: "DAY",
    Unit.MONTH: "MON",
    Unit.QUARTER: "QAN",
    Unit.YEAR: "ANN",
}


@transaction.atomic
def start_run(*, until: date, at: datetime, actor: Actor) -> BillingRun:
    """Begin a run over all contracts, in batches that are a job each; a second run over the same days bills nothing."""
    contracts = list(Contract.objects.order_by("pk").values_list("pk", flat=True))
    run = BillingRun.objects.create(until=until, started_at=at, contracts=len(contracts))
    batches = [contracts[place : place + BATCH] for place in range(0, len(contracts), BATCH)]
    tenant = current_tenant()
    queue_many(
        "contracts.bill",
        [(tenant, {"run": str(run.pk), "contracts": [str(each) for each in batch]}) for batch in batches],
    )
    if not batches:
        BillingRun.objects.filter(pk=run.pk).update(finished_at=at)
    record("contracts.billing_started", run, at=at, actor=actor, after={"until": until, "contracts": len(contracts)})
    return run


@transaction.atomic
def start_run_of(contracts: Sequence[uuid.UUID], *, until: date, at: datetime, actor: Actor) -> BillingRun:
    """Begin a run over these contracts alone; the caller bills them."""
    run = BillingRun.objects.create(until=until, started_at=at, contracts=len(contracts))
    record("contracts.billing_started", run, at=at, actor=actor, after={"until": until, "contracts": len(contracts)})
    return run


@transaction.atomic
def bill_contracts(run_id: uuid.UUID, contract_ids: Collection[uuid.UUID], *, at: datetime) -> list[books.Issued]:
    """
    Bill these contracts for everything due until the run's day, in a fixed number of queries.

    A contract that cannot be billed is noted with its reason; the others are billed all the same.
    """
    _one_at_a_time()
    run = BillingRun.objects.get(pk=run_id)
    contracts = contracts_by_id(contract_ids)
    found: list[Bill] = []
    for each in bills(contracts, run.until, at=at):
        if isinstance(each, Bill):
            found.append(each)
        else:
            _note_problem(run, each.contract, each.text, at=at)
    issued = _issue(run, found, at=at)
    _note_progress(run, len(contracts), issued, at=at)
    return issued


def _issue(run: BillingRun, found: Sequence[Bill], *, at: datetime) -> list[books.Issued]:
    if not found:
        return []
    stored = iter(store_rulings(_decisions(found), at=at))
    sellers = books.seller_cards({bill.contract.seller_id for bill in found})
    orders = [_order(bill, stored, zone=sellers[bill.contract.seller_id].zone, at=at) for bill in found]
    issued, billed = [], []
    for bill, answer in zip(found, books.issue_invoices(orders, at=at, actor=MACHINE), strict=True):
        if isinstance(answer, books.Refused):
            _note_problem(run, bill.contract, answer.text, at=at)
            continue
        issued.append(answer)
        billed += [_billed(bill, line, answer) for line in bill.lines]
        billed += [_charged(charge, answer) for charge in bill.charges]
    BilledPeriod.objects.bulk_create(billed)
    return issued


def _billed(bill: Bill, line: InvoiceLine, invoice: books.Issued) -> BilledPeriod:
    return BilledPeriod(
        id=uuid7(),
        contract=bill.contract,
        item=line.key.position,
        kind=line.key.label,
        first=line.key.start,
        end=line.period.end,
        invoice_id=invoice.id,
    )


def _charged(charge: Charge, invoice: books.Issued) -> BilledPeriod:
    return BilledPeriod(
        id=uuid7(),
        contract_id=charge.contract_id,
        item=charge.key,
        kind=Charge.BILLED_AS,
        first=charge.first,
        end=period_of_charge(charge).end,
        invoice_id=invoice.id,
    )


def _decisions(found: Sequence[Bill]) -> Iterator[Decision]:
    for bill in found:
        yield _decision(bill.contract, bill.due, "contracts.due")
        for line in bill.lines:
            yield _decision(bill.contract, line.why, "contracts.billed")


def _decision(contract: Contract, ruling: Ruling[Any], question: str) -> Decision:
    return Decision(
        ruling=ruling,
        question=question,
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
    )


def _order(bill: Bill, stored: Iterator[uuid.UUID], *, zone: str, at: datetime) -> books.InvoiceOrder:
    contract, language = bill.contract, bill.contract.terms["language"]
    due_ruling = next(stored)
    lines = tuple(_ordered(line, bill.names, next(stored), language) for line in bill.lines)
    lines += tuple(_charge_line(charge, language) for charge in bill.charges)
    keys = sorted(f"{line.key.position} {line.key.start} {line.key.label}" for line in bill.lines)
    keys += [f"{charge.key} {charge.first} {Charge.BILLED_AS}" for charge in bill.charges]
    return books.InvoiceOrder(
        seller=contract.seller_id,
        party=contract.party_id,
        customer_tenant=contract.customer_tenant_id,
        subject_kind="contracts.Contract",
        subject_id=contract.pk,
        occasion=hashlib.sha256("\n".join(keys).encode()).hexdigest(),
        issued_on=at.astimezone(ZoneInfo(zone)).date(),
        due_on=bill.due.value,
        due_clause=str(bill.due.clauses[0]),
        due_ruling=due_ruling,
        language=language,
        contract=contract.number,
        lines=lines,
        receipt=_receipt(bill),
        collection=bill.collection,
    )


def _receipt(bill: Bill) -> books.ReceiptRule | None:
    """Say how the days to pay count from receipt, for the day on which that is known."""
    contract = bill.contract
    if not bill.payable.from_receipt:
        return None
    return books.ReceiptRule(
        within=bill.payable.within,
        zone=pack_of_terms(contract.terms).zone,
        clauses=bill.due.clauses,
        pack=contract.pack,
        version=contract.version,
        place=Place.read(contract.terms.get("place")) if bill.payable.moved else None,
    )


def _ordered(line: InvoiceLine, names: Mapping[str, str], ruling: uuid.UUID, language: str) -> books.OrderedLine:
    once = line.kind is Kind.ONCE
    working = line.why.working[0].spoken(language) if line.unit is Unit.DAY and line.why.working else ""
    return books.OrderedLine(
        item=line.key.position,
        name=names.get(line.key.position, line.key.position),
        quantity=line.quantity,
        unit=_UNITS[line.unit],
        price=line.unit_price,
        base_quantity=line.base_quantity,
        first=None if once else line.period.first,
        last=None if once else line.period.last,
        goods=False,
        clause=str(line.clauses[0]) if line.clauses else "",
        ruling=ruling,
        working=working,
    )


def _charge_line(charge: Charge, language: str) -> books.OrderedLine:
    return books.OrderedLine(
        item=charge.key,
        name=text_of_charge(charge).spoken(language),
        quantity=plain(charge.quantity),
        unit=charge.unit,
        price=plain(charge.price),
        first=charge.first,
        last=charge.last,
        clause=charge.clause,
        ruling=charge.ruling,
    )


def _note_problem(run: BillingRun, contract: Contract, text: Text, *, at: datetime) -> None:
    BillingProblem.objects.update_or_create(
        run=run, contract=contract, defaults={"sentence_de": text.de, "sentence_en": text.en, "at": at}
    )


def _note_progress(run: BillingRun, done: int, issued: Sequence[books.Issued], *, at: datetime) -> None:
    made = [invoice for invoice in issued if invoice.made]
    BillingRun.objects.filter(pk=run.pk).update(
        done=F("done") + done,
        invoices=F("invoices") + len(made),
        net_minor=F("net_minor") + sum(invoice.net_minor for invoice in made),
    )
    BillingRun.objects.filter(pk=run.pk, done__gte=F("contracts"), finished_at=None).update(finished_at=at)
    publish("contracts.billing_moved", {"run": str(run.pk), "made": len(made)}, at=at)


def _one_at_a_time() -> None:
    """Let no two batches of one tenant bill at once: the second sees what the first has billed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"billing {current_tenant()}"])
