"""What the house has locked at a customer, and the violations it knows of; read as the house."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import QuerySet

from kontor.kernel.models import Blob, SentMail
from kontor.office.identity.models import HouseLock, User, Violation

EMERGENCY: Final = "emergency"


@dataclass(frozen=True, slots=True)
class ShownLock:
    """A lock of the house as a page shows it; `who` is the user name, "" where everybody of the customer is meant."""

    pk: uuid.UUID
    of_tenant: uuid.UUID
    who: str
    reason: str
    clause: str
    evidence: str
    weighing: str
    announced_at: datetime | None
    immediate_because: str
    effective_at: datetime
    voluntary: bool
    ruling: uuid.UUID | None
    proof: Blob | None
    violations: Sequence[str]
    notices: Sequence[str]
    made_at: datetime
    made_by: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_because: str

    def state(self, at: datetime) -> str:
        """Return "lifted", "announced" or "locked" at a moment."""
        if self.lifted_at is not None:
            return "lifted"
        return "announced" if self.effective_at > at else "locked"


@dataclass(frozen=True, slots=True)
class ShownViolation:
    """A violation as a page shows it; `delivery` is "", "waiting", "sent" or "failed"."""

    pk: uuid.UUID
    user_name: str
    rule: str
    clause: str
    on: date
    made_at: datetime
    made_by: str
    reported_at: datetime | None
    delivery: str
    delivered_at: datetime | None


def house_locks(of_tenant: uuid.UUID | None = None) -> list[ShownLock]:
    """Return the house's locks on a customer, newest first, or on every customer those that stand; two queries."""
    rows: QuerySet[HouseLock] = HouseLock.objects.select_related("proof").order_by("-made_at", "-pk")
    rows = rows.filter(lifted_at=None) if of_tenant is None else rows.filter(of_tenant=of_tenant)
    found = list(rows)
    names = _names({row.person for row in found if row.person})
    return [_lock(row, names) for row in found]


def violations(of_tenant: uuid.UUID) -> list[ShownViolation]:
    """Return the known violations at a customer, newest first, and how far each report is; two queries."""
    found = list(Violation.objects.filter(of_tenant=of_tenant).order_by("-made_at", "-pk"))
    sent = {row.mail_id: row for row in SentMail.objects.filter(mail__in=[row.mail_id for row in found if row.mail_id])}
    return [_violation(row, sent.get(row.mail_id) if row.mail_id else None) for row in found]


def _lock(row: HouseLock, names: Mapping[uuid.UUID, str]) -> ShownLock:
    who = names.get(row.person, "") if row.person else ""
    return ShownLock(
        row.pk, row.of_tenant, who, row.reason, row.clause, row.evidence, row.weighing, row.announced_at,
        row.immediate_because, row.effective_at, row.voluntary, row.ruling, row.proof, row.violations, row.notices,
        row.made_at, row.made_by, row.lifted_at, row.lifted_by, row.lifted_because,
    )  # fmt: skip


def _violation(row: Violation, sent: SentMail | None) -> ShownViolation:
    delivery, when = "", None
    if row.mail_id:
        delivery = "waiting"
    if sent is not None and sent.sent_at:
        delivery, when = "sent", sent.sent_at
    elif sent is not None and sent.given_up_at:
        delivery, when = "failed", sent.given_up_at
    return ShownViolation(
        row.pk, row.user_name, row.rule, row.clause, row.on, row.made_at, row.made_by, row.reported_at, delivery, when
    )


def _names(people: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    return dict(User.objects.filter(pk__in=people).values_list("pk", "email"))
