"""
What happens next in a contract, and when: shown on the contract's page, and for all contracts on the house's day.

To add a step, write a function beside what it is about and append one `Source` to `SOURCES`:

    def claims_running_out(contract, rows, *, today, read): yield NextStep(on, Text("…", "…"), clause=…)

contract, rows  the contract with its amendments in their order
today           the reader's day; steps before it are left out by `next_steps`
read            what the source's own `read(contract ids)` found about this contract, None without one: one query for
                all contracts together, so that the number of queries never depends on how many contracts there are
rows            what makes that query, unread: a contract's own page asks first of which sources there is anything

`often=False` keeps a step off the house's day, where it would drown the others (each month's invoice).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from kontor.kernel.statements import Counts
from kontor.kernel.wording import money
from kontor.office.contracts.models import Amendment, Contract, PriceAdjustmentState, RegisterEntry
from kontor.office.contracts.queries.announced import announced, notice_rows, price_rows
from kontor.office.contracts.queries.billing import billed_counts, billed_keys, billed_rows
from kontor.office.contracts.queries.ending_tasks import open_tasks, task_rows
from kontor.office.contracts.queries.hardware import inspection_rows, open_inspections, warranties, warranty_rows
from kontor.office.contracts.queries.late_payment import claim_rows, claims_by_contract
from kontor.office.contracts.queries.licence_waiting import network_rows, open_reports, site_rows
from kontor.office.contracts.queries.registers import open_entries, standing_of
from kontor.office.contracts.queries.remembered import Remembered, mark_of, remembered_state
from kontor.office.contracts.queries.running import NextInvoice, Unbillable, ends_any_time, next_invoice, running_term
from kontor.office.contracts.queries.step_sources import NextStep, Source, counts_of
from kontor.office.contracts.queries.terms import pack_of_terms, terms_on
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.term import TermAnswer


def beginning(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:  # noqa: ARG001  one signature
    """Yield the day on which a contract begins, while it lies ahead."""
    if contract.start_on > today:
        yield NextStep(contract.start_on, Text("Der Vertrag beginnt", "The contract begins"), icon="player-play")


def term_steps(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:  # noqa: ARG001  one signature
    """Yield the last day for notice, the renewal with the adjustment that goes with it, or the end."""
    ends = remembered_state(contract, rows, date.max).ends
    if ends:
        yield NextStep(ends, Text("Der Vertrag endet", "The contract ends"), icon="file-off")
        return
    term = _running.of((mark_of(contract, rows), today), lambda: running_term(contract, rows, today))
    if term is None:
        return
    settled = remembered_state(contract, rows, date.max).term
    if settled is not None and settled.first == term.value.term.end:
        begins, further = settled.first, Text("Die nächste Laufzeit beginnt", "The next term begins")
        yield NextStep(begins, further, clause=_of_renewal(term.clauses), icon="refresh")
        key = (mark_of(contract, rows), begins)
        term = _running.of(key, lambda: running_term(contract, rows, begins)) or term
    answer = term.value
    if today <= answer.notice_by and not ends_any_time(contract, today):
        title = Text("Letzter Tag für eine Kündigung", "Last day for notice")
        yield NextStep(answer.notice_by, title, ruling=term.map(lambda it: it.notice_by))
    title = Text("Verlängert sich, wenn niemand kündigt", "Renews unless notice was given")
    yield NextStep(answer.term.end, title, clause=_of_renewal(term.clauses), icon="refresh")
    index = terms_on(contract, answer.term.end, rows).index
    if index is not None and index.applies is not None and index.applies.value == "on_renewal":
        title = Text("Preisanpassung mit der Verlängerung", "Price adjustment with the renewal")
        shown = index.formula.value.text if index.formula else ""
        yield NextStep(answer.term.end, title, shown, clause=index.applies.clause, icon="trending-up")


def _of_renewal(clauses: Sequence[Clause]) -> Clause:
    """Return the clause on the renewal: the second, behind that on the notice, where there are two."""
    return clauses[min(1, len(clauses) - 1)]


def invoicing(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:
    """
    Yield the next invoice, its day and its net sum, or why it cannot be computed.

    read  how much was billed: as nothing billed is ever taken back, the number tells all of it
    """
    coming = _invoices.of(
        (mark_of(contract, rows), today, read or 0), lambda: _coming_invoice(contract, rows, today, billed=read)
    )
    if isinstance(coming, Unbillable):
        title = Text("Die nächste Rechnung lässt sich nicht berechnen", "The next invoice cannot be computed")
        yield NextStep(today, title, coming.text, icon="alert-triangle", tone="bad")
    elif coming is not None:
        net = money(coming.net)
        text = Text(f"{net} netto", f"{net} net")
        clause = coming.clauses[0] if coming.clauses else None
        yield NextStep(coming.on, Text("Rechnung", "Invoice"), text, clause=clause, icon="file-invoice")


def _coming_invoice(
    contract: Contract, rows: Sequence[Amendment], today: date, *, billed: int | None
) -> NextInvoice | Unbillable | None:
    keys = billed_keys([contract.pk])[contract.pk] if billed else ()
    return next_invoice(contract, rows, after=today, billed=keys)


def after_the_end(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:  # noqa: ARG001  one signature
    """Yield what is to be done because the contract ends; what is overdue stands on today and needs a hand."""
    for task in read or ():
        late = task.due_on < today
        clause = Clause(contract.pack, task.clause, contract.version)
        text = Text("überfällig", "overdue") if late else ""
        title = Text(task.text_de, task.text_en)
        yield NextStep(
            max(task.due_on, today), title, text, clause=clause, icon="list-check", tone="bad" if late else ""
        )


def register_deadlines(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:
    """Yield the deadlines of register entries that are not closed: acceptance, warranty, certificates."""
    for entry in standing_of(contract, rows, read, today=today) if read else ():
        clause = entry.ruling.clauses[0]
        for deadline in entry.ruling.value.deadlines:
            yield NextStep(deadline.on, deadline.what, entry.title, clause=clause, icon="clipboard-list")


def late_payment(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:  # noqa: ARG001  one signature
    """Yield the next reminder of each late invoice; one that is due needs a hand."""
    for claim in read or ():
        if claim.next_on is None or claim.disputed_on:
            continue
        title = Text("Nächste Mahnung", "Next reminder")
        due = claim.next_on <= today
        text = Text(f"Rechnung {claim.number}", f"Invoice {claim.number}")
        yield NextStep(max(claim.next_on, today), title, text, icon="hourglass", tone="bad" if due else "")


def announcements(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:  # noqa: ARG001  one signature
    """Yield the day of announced prices, and the last day for an objection to changed terms."""
    for each in read or ():
        if isinstance(each, PriceAdjustmentState):
            told = each.adjustment
            clause = Clause(contract.pack, told.clause, contract.version)
            title = Text("Die angekündigten Preise gelten", "The announced prices hold")
            yield NextStep(told.effective_on, title, clause=clause, icon="trending-up")
        elif each.objection_by is not None:
            title = Text("Letzter Tag für einen Widerspruch", "Last day for an objection")
            yield NextStep(each.objection_by, title, each.notice.title, icon="git-compare")


def inspections(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:
    """Yield the inspection of hardware that the customer has and has not inspected: it is due at once."""
    section = terms_on(contract, today, rows).hardware
    rule = section.inspection if section else None
    for delivery in read or ():
        title = Text("Hardware untersuchen", "Inspect the hardware")
        text = Text(f"Lieferung {delivery.number}", f"Delivery {delivery.number}")
        on = max(delivery.customer_on, today)
        yield NextStep(on, title, text, clause=rule.clause if rule else None, icon="list-check")


def claims_running_out(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:
    """Yield the last day on which a defect of delivered hardware can be claimed."""
    section = terms_on(contract, today, rows).hardware if read else None
    rule = section.warranty if section else None
    for delivery in read or ():
        title = Text("Gewährleistung der Hardware endet", "Warranty of the hardware ends")
        text = Text(f"Lieferung {delivery.number}", f"Delivery {delivery.number}")
        yield NextStep(delivery.warranty_until, title, text, clause=rule.clause if rule else None, icon="hourglass")


def licences(contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any) -> Iterator[NextStep]:
    """Yield what licences wait for: a reported site, an unreported network; each needs a hand now."""
    section = terms_on(contract, today, rows).cooperation if read else None
    rule = section.site_change_reported if section else None
    for title, text in read or ():
        yield NextStep(today, title, text, clause=rule.clause if rule else None, icon="map-pin", tone="bad")


_running: Final[Remembered[Ruling[TermAnswer] | None]] = Remembered()
_invoices: Final[Remembered[NextInvoice | Unbillable | None]] = Remembered()


def coming_changes(  # one signature for all
    contract: Contract, rows: Sequence[Amendment], *, today: date, read: Any  # noqa: ARG001
) -> Iterator[NextStep]:  # fmt: skip
    """Yield the days from which ordered changes hold, and those on which an addition for the rest of a term ends."""
    named = {
        "change-more": Text("Eine Erweiterung endet mit der Laufzeit", "An addition ends with the term"),
        "change-fewer": Text("Eine Verringerung gilt", "A reduction holds"),
        "change-interval": Text("Ein anderes Abrechnungsintervall gilt", "Another billing interval holds"),
    }
    revoked = {told["amendment"].partition(".")[0] for row in rows for told in row.content if "amendment" in told}
    for row in rows:
        if row.kind in named and row.effective_on > today and f"{row.number:06}" not in revoked:
            yield NextStep(row.effective_on, named[row.kind], clause=_of(contract, row), icon="refresh")


def _of(contract: Contract, row: Amendment) -> Clause | None:
    return Clause(contract.pack, row.clause, contract.version) if row.clause else None


def _licensed(contract: Contract) -> bool:
    return pack_of_terms(contract.terms).licence is not None


SOURCES: Final[list[Source]] = [
    Source(beginning),
    Source(coming_changes),
    Source(invoicing, read=billed_counts, rows=(billed_rows,), counted=True, often=False),
    Source(term_steps),
    Source(after_the_end, read=open_tasks, rows=(task_rows,)),
    Source(inspections, read=open_inspections, rows=(inspection_rows,)),
    Source(claims_running_out, read=warranties, rows=(warranty_rows,)),
    Source(licences, read=open_reports, rows=(site_rows, network_rows), about=_licensed),
    Source(announcements, read=announced, rows=(notice_rows, price_rows)),
    Source(late_payment, read=claims_by_contract, rows=(claim_rows,)),
    Source(
        register_deadlines,
        read=open_entries,
        rows=(lambda contracts: RegisterEntry.objects.filter(contract_id__in=contracts),),
    ),
]


def next_steps(
    contracts: Mapping[Contract, Sequence[Amendment]],
    *,
    today: date,
    often: bool = False,
    counted: Mapping[str, int] | None = None,
) -> list[tuple[Contract, NextStep]]:
    """
    Return the steps of these contracts from today on, the soonest first; one query for each source that reads.

    For a contract alone it is asked first, in one query, of which sources there is anything to read.

    counted  how many rows each source has about a contract alone, where the caller has asked
    often    leave out what every contract has every month, and let the number of queries be the same for all contracts
    """
    sources = [source for source in SOURCES if source.often or not often]
    if counted is None and len(contracts) == 1 and not often:
        counted = _counts().of(next(iter(contracts)).pk)
    found: list[tuple[Contract, NextStep]] = []
    for source in sources:
        asked = {contract: rows for contract, rows in contracts.items() if source.about(contract)}
        read = source.found([contract.pk for contract in asked], counted)
        for contract, rows in asked.items():
            steps = source.steps(contract, rows, today=today, read=read.get(contract.pk))
            found += [(contract, step) for step in steps if step.on >= today]
    return sorted(found, key=lambda pair: (pair[1].on, pair[0].number))


@cache
def _counts() -> Counts:
    """Return what counts the rows of all sources about one contract."""
    return Counts(counts_of(SOURCES))
