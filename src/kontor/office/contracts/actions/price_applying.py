"""New prices take their place: each announced adjustment becomes an amendment once, before its day and never after."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE
from kontor.kernel.queries.rulings import reasons_by_id
from kontor.office.contracts.actions.amending import Amending, amend_many
from kontor.office.contracts.models import Amendment, PriceAdjustment, PriceAdjustmentState, PriceRun
from kontor.office.contracts.queries.remembered import history_of
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.contract_state import ChangePrice
from kontor.rulebook.price_announcement import Fate, fate
from kontor.rulebook.ruling import Ruling

State = PriceAdjustmentState.State
PRICE_CHANGE = "price_change"


@dataclass(frozen=True, slots=True)
class Waiting:
    """An announced adjustment and what is decided about it."""

    state: PriceAdjustmentState
    decided: Ruling[Fate]
    rows: Sequence[Amendment]

    @property
    def told(self) -> PriceAdjustment:
        """What the customer was told."""
        adjustment: PriceAdjustment = self.state.adjustment
        return adjustment


@transaction.atomic
def apply_announced(*, at: datetime) -> list[Amendment]:
    """
    Make amendments of what was announced in time and stands fast; drop what came too late or is overtaken by an end.

    Asking again changes nothing. What is neither yet is looked at again tomorrow.
    """
    waiting = _waiting(at=at)
    due = [it for it in waiting if it.decided.value is Fate.APPLY]
    for it in waiting:
        if it.decided.value is Fate.DROP:
            _drop(it, at=at)
    reasons = reasons_by_id([it.told.ruling for it in due])
    orders = [_order(it, reasons[it.told.ruling].ruling) for it in due]
    made = amend_many(orders, at=at, actor=MACHINE) if orders else []
    for it, amendment in zip(due, made, strict=True):
        it.state.state, it.state.amendment, it.state.decided_at = State.APPLIED, amendment, at
        it.state.save(update_fields=["state", "amendment", "decided_at"])
    return made


def _waiting(*, at: datetime) -> list[Waiting]:
    rows = PriceAdjustmentState.objects.select_for_update(of=("self",)).filter(state=State.ANNOUNCED)
    states = list(rows.select_related("adjustment__contract").order_by("adjustment__effective_on", "pk"))
    amendments = amendments_by_contract({state.adjustment.contract_id for state in states})
    return [_looked_at(state, amendments[state.adjustment.contract_id], at=at) for state in states]


def _looked_at(state: PriceAdjustmentState, rows: Sequence[Amendment], *, at: datetime) -> Waiting:
    told = state.adjustment
    contract = told.contract
    decided = fate(
        told.effective_on,
        received=state.received_on,
        today=at.astimezone(ZoneInfo(pack_of_terms(contract.terms).zone)).date(),
        ends=history_of(contract, rows).ends(),
        settled=told.kind == PriceRun.Kind.LIST or _renewed(rows, told),
    )
    return Waiting(state, decided, rows)


def _renewed(rows: Sequence[Amendment], told: PriceAdjustment) -> bool:
    """Say whether the term that begins with the new prices stands fast."""
    first = told.effective_on.isoformat()
    return any(change["change"] == "SetTerm" and change["first"] == first for row in rows for change in row.content)


def _order(it: Waiting, announced: Ruling[object]) -> Amending:
    changed = [line for line in it.told.lines if line["before"] != line["after"]]
    return Amending(
        contract=it.told.contract,
        kind=PRICE_CHANGE,
        changes=[ChangePrice(line["key"], Decimal(line["after"])) for line in changed],
        effective_on=it.told.effective_on,
        ruling=announced.because(working=it.decided.working),
    )


def _drop(it: Waiting, *, at: datetime) -> None:
    (step,) = it.decided.working
    it.state.state, it.state.reason_de, it.state.reason_en = State.DROPPED, step.de, step.en
    it.state.decided_at = at
    it.state.save(update_fields=["state", "reason_de", "reason_en", "decided_at"])
    record("contracts.price_change_dropped", it.told, at=at, actor=MACHINE, after={"reason": step.de})
