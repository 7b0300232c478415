"""Writing down what changes a contract: amendments are added, nothing is overwritten."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Max

from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.books import public as books
from kontor.office.contracts.models import Amendment, Contract
from kontor.office.contracts.queries.state import change_as_json
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.amendments import Revoke
from kontor.rulebook.contract_state import AddItem, Change, Per, SetInterval, SetNotice, SetTerm, exact
from kontor.rulebook.period import Interval, Period, add
from kontor.rulebook.ruling import Ruling


def first_amendment(contract: Contract, *, start: Ruling[date | None], at: datetime) -> Amendment:
    """Write down the conclusion itself: every position of the signed quote, interval, initial term and notice."""
    pack = pack_of_terms(contract.terms)
    changes: list[Change | Revoke] = [
        AddItem(position.key, exact(position.quantity), position.price, Per(position.interval.lower()))
        for position in books.positions_of(contract.offer.quote_id)
    ]
    if pack.invoicing and pack.invoicing.interval:
        changes.append(SetInterval(Interval(pack.invoicing.interval.value)))
    if pack.term and pack.term.initial:
        first = contract.start_on
        changes.append(SetTerm(Period(first, add(first, pack.term.initial.value))))
    if pack.notice and pack.notice.period:
        changes.append(SetNotice(pack.notice.period.value))
    return amend(contract, "conclusion", changes, effective_on=contract.start_on, ruling=start, at=at, actor=MACHINE)


def amend(
    contract: Contract,
    kind: str,
    changes: Sequence[Change | Revoke],
    *,
    effective_on: date,
    ruling: Ruling[Any],
    at: datetime,
    actor: Actor,
) -> Amendment:
    """Add an amendment with the ruling that dates it; the number is the contract's next."""
    stored = store_ruling(
        ruling,
        question=f"contracts.{kind}",
        pack=contract.pack,
        version=contract.version,
        customer_tenant=contract.customer_tenant_id,
        at=at,
    )
    last = Amendment.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
    made = Amendment.objects.create(
        contract=contract,
        customer_tenant_id=contract.customer_tenant_id,
        number=last + 1,
        kind=kind,
        effective_on=effective_on,
        recorded_at=at,
        content=[change_as_json(change) for change in changes],
        clause=str(ruling.clauses[0]) if ruling.clauses else "",
        ruling=stored,
    )
    after = {"kind": kind, "effective_on": effective_on, "changes": made.content}
    record("contracts.amended", contract, at=at, actor=actor, clause=made.clause, ruling=stored, after=after)
    return made
