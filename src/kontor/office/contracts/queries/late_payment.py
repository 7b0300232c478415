"""What late payment asks of people: reminders that wait, claims to decide, suspensions that stand."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from kontor.office.contracts.models import Claim, PaymentPlan, Suspension

_RUNNING_PLAN = PaymentPlan.objects.filter(claim=OuterRef("pk"), broken_on=None, kept_on=None)


@dataclass(frozen=True, slots=True)
class Waiting:
    """
    How many claims wait for people, and since when.

    due      a reminder's day has come; none where the daily job sends it
    decide   every step has gone, none is disputed or paid by instalments: only people know what comes now
    """

    due: int
    due_since: date | None
    decide: int
    decide_since: date | None
    suspended: int


def waiting(today: date) -> Waiting:
    """Return what late payment asks of people on a day, in two queries."""
    due = Q(next_on__lte=today)
    open_claims = Claim.objects.filter(settled_on=None, written_off_on=None, disputed_on=None)
    found = open_claims.annotate(by_plan=Exists(_RUNNING_PLAN)).aggregate(
        due=Count("pk", filter=due),
        due_since=Min("next_on", filter=due),
        decide=Count("pk", filter=Q(next_on=None, by_plan=False)),
        decide_since=Min("due_on", filter=Q(next_on=None, by_plan=False)),
    )
    return Waiting(**found, suspended=Suspension.objects.filter(lifted_at=None).count())


def claims_by_contract(contracts: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Claim]]:
    """Return the open claims of contracts, the oldest first, in one query."""
    found: dict[uuid.UUID, list[Claim]] = {}
    for row in claim_rows(contracts).order_by("due_on", "pk"):
        found.setdefault(row.contract_id, []).append(row)
    return found


def claim_rows(contracts: Collection[uuid.UUID]) -> QuerySet[Claim]:
    """Return the open claims of contracts, unread."""
    return Claim.objects.filter(contract_id__in=contracts, settled_on=None, written_off_on=None)
