"""How late contracts are paid: facts for the guided endings, the month's close and the contract's next steps."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from kontor.office.contracts.models import Claim, Suspension
from kontor.office.contracts.queries.claims import Facts, facts_of, open_claims
from kontor.rulebook.arrears import days_late
from kontor.rulebook.money import Money
from kontor.rulebook.reminders import SMALLEST_MINOR


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractArrears:
    """
    How late a contract is paid on a day.

    days    of delay of the oldest invoice that counts; 0 where none does
    open    what is open of overdue invoices, without interest and costs
    invoice the number of the oldest
    suspension_from, ends_automatically_on, termination_possible_from
            the earliest days over all claims that count, None where the contract has no such rule or something it
            asks for is missing; termination under a threat assumes one in time where none is known to have arrived
    threatened_on  the day a threat of termination arrived, None without one

    Invoices that are disputed, under a payment plan that is kept, given up, or open with a cent do not count.
    """

    contract: uuid.UUID
    days: int
    open: Money
    invoice: str
    suspension_from: date | None
    ends_automatically_on: date | None
    termination_possible_from: date | None
    threatened_on: date | None


def contract_arrears(contracts: Collection[uuid.UUID], *, today: date) -> dict[uuid.UUID, ContractArrears]:
    """Return how late these contracts are paid; contracts on which nothing counts are missing; fixed queries."""
    found: dict[uuid.UUID, list[Facts]] = {}
    for facts in facts_of(open_claims().filter(contract_id__in=contracts)):
        if counts(facts, today):
            found.setdefault(facts.row.contract_id, []).append(facts)
    return {contract: _together(contract, claims, today) for contract, claims in found.items()}


def late_contracts(*, today: date) -> list[uuid.UUID]:
    """Return the contracts with an invoice that is open and due before a day; one query."""
    rows = Claim.objects.filter(settled_on=None, written_off_on=None, due_on__lt=today)
    return list(rows.order_by("contract_id").values_list("contract_id", flat=True).distinct())


def suspended(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, Suspension]:
    """Return the suspensions that stand, by contract; one query."""
    return {row.contract_id: row for row in Suspension.objects.filter(contract_id__in=contracts, lifted_at=None)}


def counts(facts: Facts, today: date) -> bool:
    """Tell whether a claim has consequences today."""
    if facts.row.disputed_on or facts.row.written_off_on or facts.invoice.cancelled:
        return False
    if facts.plan is not None and facts.plan_broken_on(today) is None:
        return False
    return facts.principal.minor > SMALLEST_MINOR and facts.row.due_on < today


def _together(contract: uuid.UUID, claims: list[Facts], today: date) -> ContractArrears:
    oldest = min(claims, key=lambda facts: (facts.row.due_on, facts.row.number))
    known = [facts.late_on(today) for facts in claims]
    threats = [facts.notices.threat for facts in claims if facts.notices.threat]
    return ContractArrears(
        contract=contract,
        days=days_late(oldest.row.due_on, today),
        open=Money.total((facts.principal for facts in claims), oldest.principal.currency),
        invoice=oldest.row.number,
        suspension_from=_first(each.suspension_from for each in known),
        ends_automatically_on=_first(each.ends_automatically_on for each in known),
        termination_possible_from=_first(each.termination_possible_from for each in known),
        threatened_on=min(threats, default=None),
    )


def _first(days: Iterable[date | None]) -> date | None:
    return min((day for day in days if day is not None), default=None)
