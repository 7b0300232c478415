"""
The month's close: every step over everything, batch by batch, once; it can be left, killed and come back to.

Where a close stands is in its rows, not in a process: whoever calls `advance` does the next batch and notes it in the
same transaction. A batch that is killed was never done. One lock per tenant lets one process work at a time.
"""

import enum
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.claim_letters import ClaimRefusedError
from kontor.office.contracts.actions.close_batches import Outcome
from kontor.office.contracts.actions.close_steps import STEPS, Items, Step, step_of
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.ending_money import ClaimRefusedError as StillDueRefusedError
from kontor.office.contracts.actions.suspending import SuspensionRefusedError
from kontor.office.contracts.models import CloseProblem, CloseResult, CloseStep, MonthClose
from kontor.office.contracts.queries.closing import Line, Trouble, as_month, stands_still, today_here
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text
from kontor.rulebook.wording import said

JOB: Final = "contracts.close"
WATCH: Final = "contracts.watch_close"
_WATCH_MINUTES: Final = 2
_HOLDS_UP_ONE = (  # what one contract can bring about; anything else stops the close, and is tried again
    ValueError,
    LookupError,
    ObjectDoesNotExist,
    IntegrityError,
    EndingRefusedError,
    SuspensionRefusedError,
    ClaimRefusedError,
    StillDueRefusedError,
)


class CloseRefusedError(RefusalError):
    """A month cannot be closed now; `text` says why in both languages."""


class Moved(enum.Enum):
    """What came of an attempt to go on: a batch was done, all is done, or another process is at it."""

    ON = "on"
    DONE = "done"
    BUSY = "busy"


@transaction.atomic
def start_close(month: date, *, suspend: bool = False, at: datetime, actor: Actor) -> tuple[MonthClose, bool]:
    """
    Begin the close of a month, and tell whether it is new; a month is closed once, so later calls give what there is.

    suspend  also suspend services where the contract allows it on the day

    CloseRefusedError for a month that has not begun, or while another month is being closed.
    """
    _hold("starting")
    wanted = as_month(month, suspend=suspend)
    if known := MonthClose.objects.filter(month=wanted.month).first():
        return known, False
    _refuse(wanted, at)
    wanted.started_at = wanted.moved_at = at
    wanted.save(force_insert=True)
    CloseStep.objects.bulk_create(
        CloseStep(id=uuid7(), close=wanted, key=step.key, place=place) for place, step in enumerate(STEPS)
    )
    record("contracts.close_started", wanted, at=at, actor=actor, after={"month": wanted.month, "suspend": suspend})
    put_due(WATCH, at=at + timedelta(minutes=_WATCH_MINUTES), repeat_minutes=_WATCH_MINUTES)
    return wanted, True


def go_on_in_background(close: MonthClose) -> None:
    """Let the worker go on with a close; it is safe to ask again."""
    if close.finished_at is None:
        queue(JOB, current_tenant(), close=close.pk)


@transaction.atomic
def advance(close_id: uuid.UUID, *, at: datetime) -> Moved:
    """Do the next batch of a close, in one transaction."""
    if not _ours():
        return Moved.BUSY
    close = MonthClose.objects.get(pk=close_id)
    if close.finished_at:
        return Moved.DONE
    moment = max(at, close.moved_at)
    row = close.steps.filter(finished_at=None).order_by("place").first()
    if row is None:
        return _finish(close, at=moment)
    step = step_of(row.key)
    if row.started_at is None:
        _begin(close, row, step, at=moment)
    found = _next(step.items(close, moment), row.cursor, step.size + 1)
    ids = found[: step.size]
    _keep(close, step, _done(close, step, ids, at=moment), at=moment)
    row.done, row.cursor = row.done + len(ids), ids[-1] if ids else row.cursor
    row.finished_at = moment if len(found) <= step.size else None
    row.save(update_fields=["done", "cursor", "finished_at"])
    MonthClose.objects.filter(pk=close.pk).update(moved_at=moment)
    publish("contracts.close_moved", {"close": str(close.pk), "step": step.key}, at=moment)
    return Moved.ON


def go_on(close_id: uuid.UUID, *, at: datetime) -> Moved:
    """Do one batch and queue the next, as the background does."""
    moved = advance(close_id, at=at)
    if moved is Moved.ON:
        queue(JOB, current_tenant(), close=close_id)
    return moved


def watch(*, at: datetime) -> int:
    """Queue closes that stand still since whoever worked on them was killed; return how many."""
    waiting = list(MonthClose.objects.filter(finished_at=None))
    if not waiting:
        take_off(WATCH)
    still = [close for close in waiting if stands_still(close, at=at)]
    for close in still:
        go_on_in_background(close)
    return len(still)


def take_over() -> bool:
    """
    Hold all closes of the tenant for this connection, until `hand_back`; False where another process works on one.

    For a command that does the batches itself; a killed one holds nothing any more.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [_name()])
        return bool(cursor.fetchone()[0])


def hand_back() -> None:
    """Let others work on the tenant's closes again; a connection that ended has done so by itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_name()])


def _refuse(wanted: MonthClose, at: datetime) -> None:
    if wanted.month > today_here(at):
        raise CloseRefusedError(
            Text("Dieser Monat hat noch nicht begonnen.", "This month has not begun yet."),
        )
    if other := MonthClose.objects.filter(finished_at=None).first():
        german, english = "{month} wird noch abgeschlossen.", "{month} is still being closed."
        month = Text(f"{other.month:%m/%Y}", f"{other.month:%Y-%m}")
        raise CloseRefusedError(said(german, english, month=month))


def _begin(close: MonthClose, row: CloseStep, step: Step, *, at: datetime) -> None:
    if step.begin:
        step.begin(close, at=at)
    items = step.items(close, at)
    row.total = items.count() if isinstance(items, QuerySet) else len(items)
    row.started_at = at
    row.save(update_fields=["total", "started_at"])


def _next(items: Items, cursor: uuid.UUID | None, count: int) -> list[uuid.UUID]:
    if isinstance(items, QuerySet):
        return list((items.filter(pk__gt=cursor) if cursor else items)[:count])
    return [each for each in items if cursor is None or each > cursor][:count]


def _done(close: MonthClose, step: Step, ids: Sequence[uuid.UUID], *, at: datetime) -> Outcome:
    """Do a batch; where one of its items holds it up, each alone, so that the others are done all the same."""
    if not ids:
        return Outcome()
    try:
        with transaction.atomic():
            return step.batch(close, ids, at=at)
    except _HOLDS_UP_ONE as error:
        if len(ids) == 1:
            return Outcome(troubles=[Trouble(about=ids[0], label=str(ids[0]), text=_text(error))])
    alone = [_done(close, step, [each], at=at) for each in ids]
    return Outcome([line for one in alone for line in one.lines], [it for one in alone for it in one.troubles])


def _text(error: BaseException) -> Text:
    found = getattr(error, "text", None)
    return found if isinstance(found, Text) else Text(str(error), str(error))


def _keep(close: MonthClose, step: Step, outcome: Outcome, *, at: datetime) -> None:
    CloseResult.objects.bulk_create(_row(close, line, at=at) for line in outcome.lines)
    CloseProblem.objects.bulk_create(
        CloseProblem(
            id=uuid7(),
            close=close,
            step=step.key,
            about=each.about,
            contract_id=each.contract,
            label=each.label,
            sentence_de=each.text.de,
            sentence_en=each.text.en,
            at=at,
        )
        for each in outcome.troubles
    )


def _row(close: MonthClose, line: Line, *, at: datetime) -> CloseResult:
    return CloseResult(
        id=uuid7(),
        close=close,
        kind=line.kind,
        about=line.about,
        contract_id=line.contract,
        label=line.label,
        customer=line.customer,
        on=line.on,
        amount_minor=line.amount.minor if line.amount else None,
        currency=line.amount.currency if line.amount else "",
        at=at,
    )


def _finish(close: MonthClose, *, at: datetime) -> Moved:
    MonthClose.objects.filter(pk=close.pk).update(finished_at=at, moved_at=at)
    record("contracts.close_finished", close, at=at, actor=MACHINE, after={"month": close.month})
    publish("contracts.close_moved", {"close": str(close.pk), "step": ""}, at=at)
    take_off(WATCH)
    return Moved.DONE


def _ours() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [_name()])
        return bool(cursor.fetchone()[0])


def _hold(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"{what} {_name()}"])


def _name() -> str:
    return f"close {current_tenant()}"
