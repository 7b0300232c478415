"""How a contract is billed: the rulebook's rule made of its terms, its amendments, and what was billed before."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet

from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, BilledPeriod, Charge, Contract
from kontor.office.contracts.queries.terms import accepted_changes, pack_of_terms, pack_of_version, terms_on
from kontor.rulebook.billing_rule import Basis, BillingRule, DueKey, Instalment, Issued, Kind, LaterRule
from kontor.rulebook.due import payable_until
from kontor.rulebook.due_place import Moved, Place, moved_by
from kontor.rulebook.duration import Duration
from kontor.rulebook.invoice_lines import Unit
from kontor.rulebook.period import Interval, Period, add, intervals, next_month
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Ruling, Text
from kontor.rulebook.terms import TermsPack, given, versions

_COUNTED: Final = {"HOUR": Unit.HOUR, "GB": Unit.GIGABYTE}


@dataclass(frozen=True, slots=True)
class DueRule:
    """
    Until when an invoice is payable: so long after its issue or its receipt, and the clause.

    moved  the working days to which a due day moves, where the law moves it
    """

    within: Duration
    counted_from: str
    clause: Clause
    moved: Moved | None = None

    @property
    def from_receipt(self) -> bool:
        """Whether the period begins when the customer has the invoice."""
        return self.counted_from == "receipt"

    def payable(self, issued_on: date) -> Ruling[date]:
        """Return until when an invoice of a day is payable, were it received that day."""
        clauses = (self.clause, *(self.moved.clauses if self.moved else ()))
        days = self.moved.days if self.moved else None
        found = payable_until(issued_on, self.within, from_receipt=self.from_receipt, moved_by=days, clauses=clauses)
        return found.because(working=(self.moved.step,)) if self.moved else found


def billing_rule(contract: Contract, rows: Sequence[Amendment] | None = None) -> BillingRule:
    """
    Return how the contract is billed; NoAnswerError or RefusalError where its terms do not say.

    An interval is billed by the version of the terms in force on its first day. Where intervals begin stays as it was
    concluded, and an amendment changes their length: days billed under another rhythm would be billed twice.

    rows  all amendments of the contract, where the caller has read them
    """
    rule = _concluded_rule(contract, pack_of_terms(contract.terms))
    return replace(rule, later=tuple(_later(contract, rule, rows)))


def _later(contract: Contract, rule: BillingRule, rows: Sequence[Amendment] | None) -> Iterator[LaterRule]:
    for change in accepted_changes(contract, rows):
        if change.version in versions(contract.pack):
            following = _following(rule, pack_of_version(contract, change.version))
            yield LaterRule(change.first, change.recorded.astimezone(rule.zone).date(), following)


def _following(rule: BillingRule, pack: TermsPack) -> BillingRule:
    """Return a rule as a later version has it; the dates that the offer fixes, and that it fixes them, stay."""
    issued = given(pack.invoicing.issued if pack.invoicing else None, key="invoicing.issued")
    assert pack.invoicing is not None
    dated = rule.issued is Issued.DATES_OF_OFFER
    lead = pack.invoicing.renewal_lead if dated else pack.invoicing.lead
    return replace(
        rule,
        issued=rule.issued if dated else Issued(issued.value),
        lead=lead.value if lead else None,
        part_by=_basis(pack),
        clauses=_clauses(pack, issued.clause),
    )


def _concluded_rule(contract: Contract, pack: TermsPack) -> BillingRule:
    zone = ZoneInfo(pack.zone)
    concluded = contract.concluded_at.astimezone(zone).date()
    issued = given(pack.invoicing.issued if pack.invoicing else None, key="invoicing.issued")
    assert pack.invoicing is not None
    anchor, first_day = _anchor(contract, pack, concluded)
    dated = Issued(issued.value) is Issued.DATES_OF_OFFER
    lead = pack.invoicing.renewal_lead if dated else pack.invoicing.lead
    before = pack.prices.days_before_first_interval if pack.prices else None
    return BillingRule(
        issued=Issued(issued.value),
        anchor=_first_renewal(contract, pack) if dated else anchor,
        first_day=first_day,
        concluded=concluded,
        zone=zone,
        lead=lead.value if lead else None,
        days_before_charged=before is not None and before.value == "pro_rata",
        part_by=_basis(pack),
        instalments=tuple(_instalments(contract, pack)) if dated else (),
        clauses=_clauses(pack, issued.clause),
    )


def due_rule(contract: Contract, *, issued_on: date, renewal: bool, rows: Sequence[Amendment] | None = None) -> DueRule:
    """Return how long there is to pay an invoice of a day; renewals may have their own period (leisure, Art. 11)."""
    pack = terms_on(contract, issued_on, rows)
    invoicing = pack.invoicing
    within = given(
        invoicing.renewal_due if invoicing and renewal else None,
        invoicing.due if invoicing else None,
        key="invoicing.due",
    )
    start = (invoicing.renewal_due_from if invoicing and renewal else None) or (
        invoicing.due_from if invoicing else None
    )
    moved = moved_by(pack, Place.read(contract.terms.get("place")))
    return DueRule(within.value, start.value if start else "issue", within.clause, moved)


def collection_term(
    contract: Contract, issued_on: date, rows: Sequence[Amendment] | None = None
) -> books.CollectionTerm | None:
    """Return how long a direct debit waits after invoice and pre-notification; None where the pack is silent."""
    invoicing = terms_on(contract, issued_on, rows).invoicing
    wait = invoicing.collection_wait if invoicing else None
    return books.CollectionTerm(wait.value, wait.clause) if wait is not None else None


def units_of(contract: Contract) -> dict[str, Unit]:
    """Return the positions that are counted in hours or gigabytes rather than pieces."""
    return {key: _COUNTED[unit] for key, unit in contract.terms.get("units", {}).items() if unit in _COUNTED}


def billed_keys(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[DueKey]]:
    """Return what was billed of these contracts, in one query."""
    found: dict[uuid.UUID, list[DueKey]] = {contract: [] for contract in contracts}
    for contract, item, first, label in billed_rows(contracts).values_list("contract_id", "item", "first", "kind"):
        kind, _, through = label.partition("-")
        found[contract].append(DueKey(item, first, Kind(kind), int(through or 0)))
    return found


def billed_counts(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how much was billed of those of these contracts of which anything was, in one query."""
    found = billed_rows(contracts).order_by().values_list("contract_id").annotate(Count("pk"))
    return dict(found)


def billed_rows(contracts: Collection[uuid.UUID]) -> QuerySet[BilledPeriod]:
    """Return what was billed of contracts' positions, unread."""
    return BilledPeriod.objects.filter(contract_id__in=contracts).exclude(kind=Charge.BILLED_AS)


def _basis(pack: TermsPack) -> Basis:
    """A part of an interval is counted by days, unless the pack charges what is added for whole months of the term."""
    added = pack.seats.added_until if pack.seats else None
    return Basis.MONTHS if added is not None and added.value == "term_end" else Basis.DAYS


def _anchor(contract: Contract, pack: TermsPack, concluded: date) -> tuple[date, date]:
    """Return the first billing interval's first day, and the contract's."""
    first = pack.invoicing.first_interval_from if pack.invoicing else None
    if first is None or first.value == "contract_start":
        return contract.start_on, contract.start_on
    named = contract.terms["start_on"]
    first_day = date.fromisoformat(named) if named else concluded
    return next_month(first_day), first_day


def _first_renewal(contract: Contract, pack: TermsPack) -> date:
    initial = given(pack.term.initial if pack.term else None, key="term.initial")
    return add(contract.start_on, initial.value)


def _instalments(contract: Contract, pack: TermsPack) -> Iterator[Instalment]:
    """Yield the initial term's intervals with the dates that the offer fixes for them, one date each."""
    assert pack.invoicing is not None
    dates = given(pack.invoicing.dates, key="invoicing.dates")
    every = given(pack.invoicing.interval, key="invoicing.interval")
    days = dates.value
    end = _first_renewal(contract, pack)
    periods = [
        Period(period.first, min(period.end, end))
        for period in islice(intervals(contract.start_on, Interval(every.value)), 400)
        if period.first < end
    ]
    if len(days) != len(periods):
        raise RefusalError(
            Text(
                f"Das Angebot nennt {len(days)} Rechnungstermine für {len(periods)} Zeiträume der ersten Laufzeit; "
                "erwartet wird je Zeitraum ein Tag wie 2026-12-01.",
                f"The offer names {len(days)} invoice dates for {len(periods)} intervals of the initial term; one day "
                "such as 2026-12-01 is expected for each.",
            )
        )
    for day, period in zip(days, periods, strict=True):
        yield Instalment(day, period)


def _clauses(pack: TermsPack, issued: Clause) -> dict[Kind, tuple[Clause, ...]]:
    added = pack.seats.added_until if pack.seats else None
    late = (added.clause,) if added else (issued,)
    once = pack.invoicing.hardware if pack.invoicing else None
    lead = pack.invoicing.renewal_lead if pack.invoicing else None
    return {
        Kind.ADVANCE: (issued,),
        Kind.DAYS_BEFORE: (issued,),
        Kind.INSTALMENT: (issued,),
        Kind.RENEWAL: (lead.clause if lead else issued,),
        Kind.ADDITION: late,
        Kind.REDUCTION: late,
        Kind.ONCE: (once.clause if once else issued,),
    }
