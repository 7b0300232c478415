"""
The night: rows whose time is over go, rows that a duty still keeps are locked away, and one report says what happened.

What a night will do is decided and counted before anything goes; then its parts are done one after the other. Whatever
stops it, it goes on at the part where it was, and a part that is done again finds nothing more.
"""

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.access_log import NoAccessLogError
from kontor.kernel.actions.access_log import mask_calls
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.expiring import take_rows
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import Decision, store_rulings
from kontor.kernel.actions.schedule import put_due
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.erasing import as_eraser
from kontor.kernel.keeping import about_column, whole_of
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.privacy.actions.measure_alarms import tell_overdue
from kontor.office.privacy.actions.own_backups import look_at_customers
from kontor.office.privacy.actions.resource_alarms import keep_watch
from kontor.office.privacy.models import KeepingRule, Restriction, RetentionNight
from kontor.office.privacy.queries.expiring import Found, found_of, found_on
from kontor.office.privacy.queries.holds import overdue
from kontor.rulebook import terms
from kontor.rulebook.duration import Duration, Unit
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.retention import gone_by, kind_of
from kontor.rulebook.ruling import Text

JOB: Final = "privacy.retention"
HOUR: Final = time(0, 30)
AT_ONCE: Final = 500
COUNTED_IN: Final = frozenset({Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS})


class KeepingRefusedError(RefusalError):
    """A rule cannot be settled; `text` says why in both languages."""


@transaction.atomic
def settle_keeping(
    kind: str, keep: Duration, *, agreed: str, of_tenant: uuid.UUID | None = None, at: datetime, actor: Actor
) -> KeepingRule:
    """
    Say how long a kind of data stays from now on, for everybody or for one company with whom it was agreed in writing.

    KeepingRefusedError for a kind that the terms or the law regulate, a length not counted in days, and no words.
    """
    if kind not in free_kinds():
        raise KeepingRefusedError(
            Text("Wie lange das bleibt, sagen die Verträge.", "How long this stays is for the contracts to say.")
        )
    if keep.unit not in COUNTED_IN or keep.amount < 1:
        raise KeepingRefusedError(
            Text("Eine Frist zählt Tage, Wochen, Monate oder Jahre.", "It is counted in days, weeks, months or years.")
        )
    if not agreed.strip():
        raise KeepingRefusedError(
            Text("Eine Frist nennt ihren Grund oder ihr Papier.", "It names its reason or its paper.")
        )
    KeepingRule.objects.filter(kind=kind, of_tenant=of_tenant, ended_at=None).update(ended_at=at)
    rule = KeepingRule.objects.create(
        kind=kind, of_tenant=of_tenant, keep=str(keep), agreed=agreed.strip(), made_at=at, made_by=actor.name
    )
    record("privacy.keeping_settled", rule, at=at, actor=actor, after={"kind": kind, "keep": str(keep)})
    keep_nights(at=at)
    return rule


@transaction.atomic
def end_keeping(rule_id: uuid.UUID, *, at: datetime, actor: Actor) -> KeepingRule:
    """Let a rule count no more; KeepingRefusedError where it had ended."""
    rule = KeepingRule.objects.select_for_update().get(pk=rule_id)
    if rule.ended_at is not None:
        raise KeepingRefusedError(Text("Sie gilt nicht mehr.", "It counts no more."))
    rule.ended_at = at
    rule.save(update_fields=["ended_at"])
    record("privacy.keeping_ended", rule, at=at, actor=actor)
    return rule


def free_kinds() -> dict[str, Text]:
    """Return the kinds for which a tenant may say itself how long they stay, with what they are."""
    regulated = {"satisfaction_score", "payment", "invoice", "books", "business_letter"}
    return {each.kind: each.title for each in registry.keepings() if not (each.told or each.kind in regulated)}


def keep_nights(*, at: datetime) -> datetime:
    """Have the current tenant's next night looked at, and return when; it is due once, whoever asks."""
    zone = ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    here = at.astimezone(zone)
    coming = here.date() if here.time() < HOUR else here.date() + timedelta(days=1)
    due = datetime.combine(coming, HOUR, zone)
    put_due(JOB, at=due)
    return due


@transaction.atomic
def begin_night(*, at: datetime) -> RetentionNight:
    """Decide and count what goes tonight, and lock away what a duty keeps; a night is begun once."""
    on = at.astimezone(ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)).date()
    keep_nights(at=at)
    known = RetentionNight.objects.filter(night=on).first()
    if known is not None:
        return known
    release(on)
    found = found_on(on)
    parts = [_told(each, _stored(each, at)) for each in found]
    for each in found:
        lock_away(each, at=at)
    night = RetentionNight.objects.create(night=on, begun_at=at, parts=parts)
    for hold in overdue(on):
        record("privacy.hold_review_due", hold, at=at, actor=MACHINE, after={"review_on": hold.review_on})
    if Tenant.objects.get(pk=current_tenant()).is_house:
        tell_overdue(on, at=at)
        look_at_customers(on)
        keep_watch(at=at)
    return night


def go_on(tenant: uuid.UUID, *, at: datetime) -> RetentionNight:
    """Carry a night out to its end, outside any transaction of ours; whoever calls it again goes on where it was."""
    with as_tenant(tenant):
        night = begin_night(at=at)
        if night.done_at is None and Tenant.objects.filter(pk=tenant, is_house=True).exists():
            mask_access_log(night, at=at)
    while night.done_at is None:
        _do_part(tenant, night)
        with as_tenant(tenant):
            night = note_part(night, at=at)
    return night


def mask_access_log(night: RetentionNight, *, at: datetime) -> None:
    """Mask the addresses of calls that were logged long enough ago; the log is the house's alone (bookkeeping 8)."""
    zone = ZoneInfo(Tenant.objects.get(pk=current_tenant()).zone)
    ruling = gone_by(*kind_of(terms.load("bookkeeping"), "access_log"), night.night)
    assert ruling.value is not None  # it is kept for days, so some day is over
    before = datetime.combine(ruling.value + timedelta(days=1), time(), zone)
    try:
        masked, forgotten = mask_calls(before=before)
    except NoAccessLogError:
        return  # nothing is logged, so nothing is masked
    if masked or forgotten:
        told = {"masked": masked, "forgotten": forgotten}
        record("privacy.calls_masked", night, at=at, actor=MACHINE, clause=str(ruling.clauses[0]), after=told)


def _do_part(tenant: uuid.UUID, night: RetentionNight) -> None:
    """Delete the rows of a night's next part, some at once."""
    if night.step >= len(night.parts) or not night.parts[night.step]["gone"]:
        return
    keeping = next(each for each in registry.keepings() if each.key == night.parts[night.step]["key"])
    whole = whole_of(keeping.model, keeping.needed_by)
    with as_eraser() as db:
        while rows := _going(tenant, keeping.key, night.night):
            for label in keeping.along:  # before them: killed in between, the next time finds the rest
                take_rows(db, tenant, whole_of(label), _about(tenant, label, keeping.model, rows))
            take_rows(db, tenant, whole, rows)


def _going(tenant: uuid.UUID, key: str, on: date) -> list[uuid.UUID]:
    with as_tenant(tenant):
        return list(found_of(key, on).going.values_list("pk", flat=True)[:AT_ONCE])


def _about(tenant: uuid.UUID, label: str, kind: str, rows: list[uuid.UUID]) -> list[uuid.UUID]:
    """Return the rows of another app's table that are about these records."""
    model = whole_of(label).model
    with as_tenant(tenant):
        about = model.objects.filter(**{"about_kind": kind, f"{about_column(model)}__in": rows})
        return list(about.values_list("pk", flat=True))


@transaction.atomic
def note_part(night: RetentionNight, *, at: datetime) -> RetentionNight:
    """Note that a night's next part is done, and the night once all are."""
    stored = RetentionNight.objects.select_for_update().get(pk=night.pk)
    if stored.step != night.step or stored.done_at is not None:  # another process has done it
        return stored
    stored.step += 1
    if stored.step < len(stored.parts):
        stored.save(update_fields=["step"])
        return stored
    stored.done_at = at
    stored.save(update_fields=["step", "done_at"])
    gone = {part["key"]: part["gone"] for part in stored.parts if part["gone"]}
    record("privacy.night_done", stored, at=at, actor=MACHINE, after={"gone": gone})
    publish("privacy.night_done", {"night": str(stored.pk)}, at=at)
    return stored


def lock_away(found: Found, *, at: datetime) -> int:
    """Lock away the rows of a keeping that only a duty still keeps; return how many."""
    rows = []
    for portion in found.portions:
        duty = portion.duty
        if duty is None or portion.locked_to is None:
            continue
        since = f"{found.keeping.since}"
        for row, event in found.locking(portion).values_list("pk", since):
            on = event.astimezone(found.zone).date() if isinstance(event, datetime) else event
            kept = duty.kept(on)
            rows.append(
                Restriction(
                    label=found.keeping.model, row=row, kind=duty.kind, until=kept.value.last, at=at,
                    clause=", ".join(map(str, kept.clauses))[:200],
                )
            )  # fmt: skip
    Restriction.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
    return len(rows)


def release(on: date) -> int:
    """Forget the locks whose duty is over: what they kept goes now like everything else."""
    return Restriction.objects.filter(until__lt=on, person=None).delete()[0]


def _stored(found: Found, at: datetime) -> list[str]:
    """Keep the decisions of what goes, is locked or held; return their ids."""
    if not (found.gone or found.locked or found.held):
        return []
    said = [portion.over for portion in found.portions if portion.locked_to is not None]
    said += [portion.duty.over for portion in found.portions if portion.duty is not None]
    told = [Decision(ruling=each, question="privacy.gone_by") for each in said]
    return [str(each) for each in dict.fromkeys(store_rulings(told, at=at))]


def _told(found: Found, rulings: list[str]) -> dict[str, Any]:
    return {
        "key": found.keeping.key, "gone": found.gone, "locked": found.locked, "held": found.held,
        "needed": dict(found.needed), "rulings": rulings,
    }  # fmt: skip
