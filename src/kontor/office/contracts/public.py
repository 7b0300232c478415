"""What other apps may use of contracts: the terms under which customers are served, and what installations tell."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kontor.kernel.actor import Actor
from kontor.office.contracts.actions import corrections
from kontor.office.contracts.actions.availability_credits import Credit, charge_credit_again, credit_month
from kontor.office.contracts.actions.synchronising import Taken, Told, put_record
from kontor.office.contracts.queries.releases import Published, published_of
from kontor.office.contracts.queries.served import (
    Served,
    contract_of_sender,
    served,
    served_all,
    served_here,
    terms_of_version,
)
from kontor.office.contracts.queries.supplied import (
    Supplied,
    base_fee,
    letterhead,
    packs_in,
    parts_of,
    supplied,
    supplied_in,
    supplied_to_us,
    unlocks,
)
from kontor.rulebook.extra_work import Work
from kontor.rulebook.fee_reduction import Asked
from kontor.rulebook.money import Money

__all__ = [
    "Credit",
    "Published",
    "Reduced",
    "Served",
    "Supplied",
    "Taken",
    "Told",
    "base_fee",
    "charge_credit_again",
    "charge_work",
    "contract_of_sender",
    "credit_month",
    "letterhead",
    "packs_in",
    "parts_of",
    "published_of",
    "put_record",
    "reduce_for_defect",
    "served",
    "served_all",
    "served_here",
    "supplied",
    "supplied_in",
    "supplied_to_us",
    "terms_of_version",
    "unlocks",
]


@dataclass(frozen=True, slots=True)
class Reduced:
    """By how much the fee of a month was reduced, with the decision; id is the contract's own row."""

    id: uuid.UUID
    amount: Money
    ruling: uuid.UUID


def reduce_for_defect(
    contract_id: uuid.UUID,
    position: str,
    *,
    month: date,
    amount: Decimal,
    second_period_until: date | None,
    key: str,
    reason: str,
    on: date,
    at: datetime,
    actor: Actor,
) -> Reduced:
    """
    Reduce the fee of a defective part for a month, once for each key; what is billed already is given back.

    month  its first day; on  today. RefusalError where the terms know no reduction, or before a second period passed.
    """
    asked = Asked(month, Money.parse(f"{amount:f}", supplied(contract_id, on).currency), second_period_until)
    made = corrections.reduce_fee(contract_id, position, asked, key=key, reason=reason, on=on, at=at, actor=actor)
    return Reduced(made.pk, Money(made.currency, made.amount_minor), made.ruling)


def charge_work(
    contract_id: uuid.UUID,
    key: str,
    *,
    kind: str,
    on: date,
    minutes: int,
    rate: Decimal,
    rate_source: str,
    request: str,
    approved_by: str,
    approved_on: date,
    at: datetime,
    actor: Actor,
) -> Money:
    """
    Charge work that the customer approved with the contract's next invoice, once for each key; return what it costs.

    kind  a key of `Served.charged`. RefusalError where the terms know no such work or ask for more.
    """
    work = Work(kind=kind, on=on, minutes=minutes, rate=rate, approved_on=approved_on)
    logged = corrections.Logged(key=key, work=work, rate_source=rate_source, request=request, approved_by=approved_by)
    made = corrections.log_work(contract_id, logged, at=at, actor=actor)
    return Money(made.currency, made.amount_minor)
