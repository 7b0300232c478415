"""What other apps may use of contracts: the terms under which customers are served, and what installations tell."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from kontor.kernel.actor import Actor
from kontor.office.contracts.actions import corrections
from kontor.office.contracts.actions.availability_credits import Credit, charge_credit_again, credit_month
from kontor.office.contracts.actions.synchronising import Taken, Told, put_record
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
    supplied,
    supplied_in,
    supplied_to_us,
)
from kontor.rulebook.extra_work import Work
from kontor.rulebook.money import Money

__all__ = [
    "Credit",
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
    "put_record",
    "served",
    "served_all",
    "served_here",
    "supplied",
    "supplied_in",
    "supplied_to_us",
    "terms_of_version",
]


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
