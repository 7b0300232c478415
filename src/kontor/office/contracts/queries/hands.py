"""What needs a hand today, and which contracts renew next."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kontor.office.contracts.models import Amendment, BillingProblem, BillingRun, Contract, OfferState
from kontor.office.contracts.queries import formation
from kontor.office.contracts.queries.prices import monthly
from kontor.office.contracts.queries.running import ends_any_time, running_term, terms_may_move
from kontor.office.contracts.queries.state import amendments_by_contract, contract_state
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.money import Money
from kontor.rulebook.ruling import Clause, Ruling
from kontor.rulebook.term import TermAnswer
from kontor.rulebook.terms import given

EXPIRING = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """An accepted offer whose pack wants a confirmation; `since` the moment of acceptance."""

    state: OfferState
    since: datetime
    clause: Clause


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract that renews unless notice is received by a day, why by then, and what it costs a month then."""

    contract: Contract
    notice_by: date
    renews_on: date
    ruling: Ruling[date]
    per_month: Money


def offers_to_confirm() -> list[ToConfirm]:
    """Return the accepted offers that wait for our confirmation, the longest waiting first; one query."""
    rows = OfferState.objects.filter(state=OfferState.State.ACCEPTED).select_related("offer").order_by("accepted_at")
    found = []
    for state in rows:
        pack = pack_of_terms(state.offer.terms)
        if formation.wants_confirmation(pack) and state.accepted_at:
            rule = given(pack.formation.formed_by if pack.formation else None, key="formation.formed_by")
            found.append(ToConfirm(state, state.accepted_at, rule.clause))
    return found


def offers_expiring(today: date) -> list[OfferState]:
    """Return the offers that nobody has answered and that end within a week, the next first; one query."""
    rows = OfferState.objects.filter(
        state=OfferState.State.SENT, offer__valid_until__gte=today, offer__valid_until__lte=today + EXPIRING
    )
    return list(rows.select_related("offer").order_by("offer__valid_until"))


def problems_of_last_run() -> list[BillingProblem]:
    """Return what the latest billing run could not bill; two queries."""
    last = BillingRun.objects.order_by("-started_at").values_list("pk", flat=True).first()
    return list(BillingProblem.objects.filter(run_id=last).select_related("contract").order_by("at")) if last else []


def next_renewals(today: date, *, limit: int, among: Collection[uuid.UUID] | None = None) -> list[Renewal]:
    """
    Return the contracts whose last day for notice comes next; four queries however many contracts there are.

    among  these contracts alone; all of them without it
    """
    ended = Amendment.objects.filter(content__contains=[{"change": "End"}]).values_list("contract_id", flat=True)
    running = Contract.objects.exclude(pk__in=ended).prefetch_related("offer")
    contracts = running if among is None else running.filter(pk__in=among)
    found = [(contract, term) for contract, term in _terms(contracts, today) if term.value.notice_by >= today]
    chosen = sorted(found, key=lambda pair: (pair[1].value.notice_by, pair[0].number))[:limit]
    rows = amendments_by_contract([contract.pk for contract, _ in chosen])
    return [_renewal(contract, term, rows[contract.pk]) for contract, term in chosen]


def _terms(contracts: Iterable[Contract], today: date) -> Iterator[tuple[Contract, Ruling[TermAnswer]]]:
    """Yield contracts with their running terms; amendments are read of those alone whose terms they may move."""
    asked = list(contracts)
    rows = amendments_by_contract([contract.pk for contract in asked if terms_may_move(contract)])
    for contract in asked:
        term = running_term(contract, rows.get(contract.pk, []), today)
        if term is not None and not ends_any_time(contract, today):
            yield contract, term


def _renewal(contract: Contract, term: Ruling[TermAnswer], rows: Sequence[Amendment]) -> Renewal:
    answer = term.value
    state = contract_state(rows, answer.term.end, pack=contract.pack, version=contract.version).value
    return Renewal(
        contract,
        answer.notice_by,
        answer.term.end,
        term.map(lambda it: it.notice_by),
        monthly(state, contract.terms["currency"]),
    )
