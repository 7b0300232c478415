"""
The steps of a month's close, in the order in which one needs what the other did.

A later feature joins the close by one `Step` in `STEPS`, at its place: its items (ids, in their order), a function that
does a batch of them in a fixed number of queries, and one that says beforehand what it would do. Its lines name a kind
of `queries.closing.KINDS`. A batch is one transaction; whatever stops it, it begins again from nothing.
"""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet

from kontor.office.books import public as books
from kontor.office.contracts.actions import close_batches as batches, reminding
from kontor.office.contracts.actions.close_batches import Outcome
from kontor.office.contracts.models import Claim, Contract, MonthClose, Suspension, UsageStatement
from kontor.office.contracts.queries import close_previews as previews
from kontor.office.contracts.queries.arrears import late_contracts
from kontor.office.contracts.queries.closing import Line, Trouble, today_here
from kontor.rulebook.ruling import Text

Items = QuerySet[Any, uuid.UUID] | Sequence[uuid.UUID]
_LATEST: Final = timedelta(hours=14)


class Preview(Protocol):
    """Yields what a step would do; nothing is written."""

    def __call__(self, close: MonthClose, *, at: datetime) -> previews.Foreseen: ...


class Batch(Protocol):
    """Does a step for some of its items, in the caller's transaction."""

    def __call__(self, close: MonthClose, ids: Sequence[uuid.UUID], /, *, at: datetime) -> Outcome: ...


class Begin(Protocol):
    """Prepares a step, once, in the transaction of its first batch."""

    def __call__(self, close: MonthClose, *, at: datetime) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """
    One step.

    items    the ids it walks, rising; what joins behind the last one looked at is looked at as well
    size     how many of them make a batch
    preview  None where nothing can be said beforehand
    """

    key: str
    title: Text
    items: Callable[[MonthClose, datetime], Items]
    batch: Batch
    size: int
    preview: Preview | None = None
    begin: Begin | None = None


def _unstated(close: MonthClose, at: datetime) -> Items:
    """Return the contracts whose use of the month is not stated; none before the month is over."""
    if today_here(at) <= close.until:
        return []
    stated = UsageStatement.objects.filter(contract=OuterRef("pk"), month=close.month, number__gt=0)
    rows = Contract.objects.filter(~Exists(stated), customer_tenant__isnull=False, start_on__lte=close.until)
    return _ids(rows)


def _contracts(_close: MonthClose, _at: datetime) -> Items:
    return _ids(Contract.objects.all())


def _sellers(_close: MonthClose, _at: datetime) -> Items:
    return books.sellers_announcing()


def _open_claims(_close: MonthClose, _at: datetime) -> Items:
    return _ids(Claim.objects.filter(settled_on=None, written_off_on=None))


def _reminded(_close: MonthClose, at: datetime) -> Items:
    return _ids(previews.due_for_reminders(at).select_related(None))


def _suspended(close: MonthClose, at: datetime) -> Items:
    """Return the contracts whose services are suspended and, where the close is to suspend, those that are late."""
    standing = Suspension.objects.filter(lifted_at=None).values("contract_id")
    late = late_contracts(today=(at + _LATEST).date()) if close.suspend else []
    return _ids(Contract.objects.filter(Q(pk__in=standing) | Q(pk__in=late)))


def _whole(close: MonthClose, _at: datetime) -> Items:
    return [close.pk]


def _ids(rows: QuerySet[Any]) -> Items:
    return rows.order_by("pk").values_list("pk", flat=True)


STEPS: Final[list[Step]] = [
    Step(
        key="use",
        title=Text("Verbrauch feststellen", "State the use"),
        items=_unstated,
        batch=batches.state_use,
        size=50,
    ),
    Step(
        key="renewals",
        title=Text("Verträge verlängern", "Renew contracts"),
        items=_contracts,
        batch=batches.renew,
        size=500,
        preview=previews.renewing,
    ),
    Step(
        key="adjustments",
        title=Text("Preise anpassen", "Adjust prices"),
        items=_whole,
        batch=batches.adjust,
        size=1,
        preview=previews.adjusting,
    ),
    Step(
        key="billing",
        title=Text("Rechnungen ausstellen", "Issue invoices"),
        items=_contracts,
        batch=batches.bill,
        size=100,
        preview=previews.invoicing,
        begin=batches.begin_billing,
    ),
    Step(
        key="debits",
        title=Text("Lastschriften einziehen", "Collect direct debits"),
        items=_sellers,
        batch=batches.debit,
        size=1,
        preview=previews.debiting,
    ),
    Step(
        key="claims",
        title=Text("Forderungen und Zinsen rechnen", "Compute claims and interest"),
        items=_open_claims,
        batch=batches.claim,
        size=100,
        preview=previews.claiming,
        begin=batches.begin_claims,
    ),
    Step(
        key="reminders",
        title=Text("Mahnen", "Remind"),
        items=_reminded,
        batch=batches.remind,
        size=reminding.BATCH,
        preview=previews.reminding,
        begin=batches.begin_reminders,
    ),
    Step(
        key="suspensions",
        title=Text("Sperren setzen und aufheben", "Suspend and lift suspensions"),
        items=_suspended,
        batch=batches.suspend,
        size=50,
        preview=previews.suspending,
    ),
    Step(
        key="endings",
        title=Text("Verträge beenden", "End contracts"),
        items=_whole,
        batch=batches.end,
        size=1,
        preview=previews.ending,
    ),
]


def step_of(key: str) -> Step:
    """Return a step by its key; KeyError for one that there is no more."""
    return {step.key: step for step in STEPS}[key]


def preview(close: MonthClose, *, at: datetime) -> tuple[list[Line], list[Trouble]]:
    """Return what a close would do and what it could not, in the order of the steps; nothing is written."""
    found = [each for step in STEPS if step.preview for each in step.preview(close, at=at)]
    return [each for each in found if isinstance(each, Line)], [each for each in found if isinstance(each, Trouble)]
