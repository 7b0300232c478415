"""
Erasing a company's data: planned for its day, carried out step by step, certified, and kept in the list of deletions.

Where an erasure stands is in its row, not in a process: whoever calls `advance` does the next part and notes it. Each
part may be repeated, so that one that was killed in the middle is simply done again.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel import registry
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.rulings import store_ruling
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.erasing import as_eraser
from kontor.kernel.models import Tenant
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.privacy.actions.erasing_steps import STEPS, WAITS, after
from kontor.office.privacy.actions.rewriting import JOB as REWRITE, put_next, rewritten_tables, word_for
from kontor.office.privacy.models import Deletion, Erasure
from kontor.office.privacy.queries.certificates import printed
from kontor.office.privacy.queries.exports import handed_over
from kontor.office.privacy.queries.holds import held_back
from kontor.office.privacy.queries.remains import remaining
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Ruling, Text

JOB: Final = "privacy.erase"
FIRST_HOUR: Final = time(0, 15)
DAY: Final = timedelta(days=1)
ASKED: Final = "request"
JOBS: Final = ("then", "about")
OPEN: Final = (Erasure.State.PLANNED, Erasure.State.RUNNING)


class ErasureRefusedError(RefusalError):
    """An erasure cannot be planned, dropped or undone; `text` says why in both languages."""


@transaction.atomic
def plan_erasure(
    tenant: Tenant, *, reason: str, due_on: date, ruling: Ruling[Any], told: Mapping[str, Any], at: datetime,
    actor: Actor,
) -> Erasure:  # fmt: skip
    """
    Have a company's data erased from a day on; where that is planned already, for the earlier day of the two.

    told   language, zone, law, sender and recipient of the certificate; `then` and `about`: the job to queue when done;
           what is to be told is added to a plan that stands, or runs, already
    errors ErasureRefusedError for the house itself, and where everything is gone already
    """
    if tenant.is_house:
        raise ErasureRefusedError(
            Text("Das Haus selbst wird hier nicht gelöscht.", "The house itself is not erased here.")
        )
    found = Erasure.objects.select_for_update().filter(of_tenant=tenant.pk, state__in=OPEN).first()
    if is_gone(tenant.pk) and (found is None or "then" not in told):
        raise ErasureRefusedError(_GONE)
    clause = ", ".join(str(each) for each in ruling.clauses)[:200]
    if found is None:
        stored = store_ruling(ruling, question="privacy.erasure", at=at)
        found = Erasure.objects.create(
            of_tenant=tenant.pk, name=tenant.name, reason=reason, clause=clause, ruling=stored, due_on=due_on,
            told=dict(told), planned_at=at,
        )  # fmt: skip
        record("privacy.erasure_planned", found, at=at, actor=actor, clause=clause, after={"due": due_on})
        publish("privacy.erasure_moved", {"erasure": str(found.pk)}, at=at)
    else:
        _tell_also(found, told)
    if found.state == Erasure.State.PLANNED:
        _move(found, reason, due_on, ruling, at=at, actor=actor)
        put_due(JOB, at=begins(found), arguments={"erasure": str(found.pk)})
    return found


def _tell_also(found: Erasure, told: Mapping[str, Any]) -> None:
    """Have a plan tell, once it is done, whoever plans it too; what its certificate says already stays."""
    job = {key: told[key] for key in JOBS if key in told}
    known = [{key: found.told[key] for key in JOBS if key in found.told}, *found.told.get("also", [])]
    merged = {**told, **found.told}
    if job and known[0] and job not in known:
        merged["also"] = [*known[1:], job]
    if merged != found.told:
        found.told = merged
        found.save(update_fields=["told"])


def _move(
    found: Erasure, reason: str, due_on: date, ruling: Ruling[Any], *, at: datetime, actor: Actor
) -> None:  # fmt: skip
    """Move a plan to the earlier day, or to another where its own reason moved; what was asked for outranks that."""
    before = {"due": found.due_on, "reason": found.reason}
    if due_on < found.due_on or reason == found.reason != ASKED:
        found.due_on = due_on
    if reason == ASKED != found.reason:
        found.reason, found.ruling = reason, store_ruling(ruling, question="privacy.erasure", at=at)
        found.clause = ", ".join(str(each) for each in ruling.clauses)[:200]
    after = {"due": found.due_on, "reason": found.reason}
    if after != before:
        found.save(update_fields=["due_on", "reason", "ruling", "clause"])
        record("privacy.erasure_moved", found, at=at, actor=actor, before=before, after=after)


def begins(erasure: Erasure) -> datetime:
    """Return the moment in the night of its day in which an erasure begins."""
    return datetime.combine(erasure.due_on, FIRST_HOUR, ZoneInfo(erasure.told.get("zone", "Europe/Berlin")))


@transaction.atomic
def drop_erasure(erasure_id: uuid.UUID, *, because: str, at: datetime, actor: Actor) -> Erasure:
    """Let a planned erasure not happen; ErasureRefusedError once it has begun: what is gone is not recoverable."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
    if erasure.state != Erasure.State.PLANNED:
        raise ErasureRefusedError(_GONE)
    erasure.state, erasure.dropped_because = Erasure.State.DROPPED, because
    erasure.save(update_fields=["state", "dropped_because"])
    take_off(JOB, arguments={"erasure": str(erasure.pk)})
    record("privacy.erasure_dropped", erasure, at=at, actor=actor, after={"because": because})
    publish("privacy.erasure_moved", {"erasure": str(erasure.pk)}, at=at)
    return erasure


def resume(tenant: uuid.UUID | None, *, at: datetime) -> None:
    """Have planned erasures of a company, or of all where None is named, looked at again: what held them is gone."""
    planned = Erasure.objects.filter(state=Erasure.State.PLANNED)
    for erasure in planned if tenant is None else planned.filter(of_tenant=tenant):
        put_due(JOB, at=max(begins(erasure), at), arguments={"erasure": str(erasure.pk)})


def is_gone(tenant: uuid.UUID) -> bool:
    """Tell whether a company's data was erased, or is just going: it is not recoverable."""
    return Deletion.objects.filter(of_tenant=tenant, person=None).exists()


def refuse_gone(tenant: uuid.UUID) -> None:
    """Raise ErasureRefusedError where a company that was erased is to be brought back."""
    if is_gone(tenant):
        raise ErasureRefusedError(_GONE)


def wanted_still(tenant: uuid.UUID, reason: str, today: date) -> bool:
    """Ask whoever plans erasures whether one is wanted still: an ending may have been taken back since last night."""
    return all(one.erasure_wanted(tenant, reason, today) for one in registry.modules() if one.erasure_wanted)


@transaction.atomic
def begin(erasure_id: uuid.UUID, *, at: datetime) -> bool:
    """
    Begin an erasure whose day has come, or go on; False where a hold stands in its way, or nothing is left to do.

    From here on it is in the list of deletions: a backup that is restored in the middle of it is emptied too.
    """
    erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
    if erasure.state == Erasure.State.RUNNING:
        return True
    if erasure.state != Erasure.State.PLANNED or at < begins(erasure):
        return False
    if not wanted_still(erasure.of_tenant, erasure.reason, begins(erasure).date()):
        put_due(JOB, at=at + DAY, arguments={"erasure": str(erasure.pk)})  # taken back, or later: looked at tomorrow
        return False
    if (held := held_back(erasure.of_tenant, on=begins(erasure).date())) is not None:
        stored = store_ruling(held, question="privacy.held_back", at=at)
        record("privacy.erasure_held", erasure, at=at, actor=MACHINE, ruling=stored)
        return False
    if (returned := handed_over(erasure.of_tenant)) is not None:
        erasure.told |= {"handed_over": returned[0].isoformat(), "handed_to": returned[1]}
    erasure.state, erasure.begun_at, erasure.step = Erasure.State.RUNNING, at, STEPS[0].key
    erasure.save(update_fields=["state", "begun_at", "step", "told"])
    Deletion.objects.create(of_tenant=erasure.of_tenant, at=at)
    put_due(JOB, at=at + DAY, arguments={"erasure": str(erasure.pk)})  # whatever stops it until then, it goes on
    record("privacy.erasure_begun", erasure, at=at, actor=MACHINE)
    publish("privacy.erasure_moved", {"erasure": str(erasure.pk)}, at=at)
    return True


def advance(house: uuid.UUID, erasure_id: uuid.UUID, *, at: datetime) -> bool:
    """Do the next part of a running erasure and note it; False when it waits for the night's writing anew."""
    return after(house, erasure_id, at=at, wait=put_next)


def rewrite_waiting(house: uuid.UUID, *, at: datetime) -> int:
    """
    Write the tables anew once for all erasures that wait for it, and certify each; how many. Outside `as_tenant`.

    Killed anywhere it is done again by the next run: an erasure waits until it is certified.
    """
    with as_tenant(house):
        waiting = list(Erasure.objects.filter(state=Erasure.State.RUNNING, step=WAITS).order_by("pk"))
        if waiting:
            put_next(at=at)  # whatever stops it, the next night goes on
    if not waiting:
        return 0
    with as_eraser() as db:
        done = rewritten_tables(db, waiting)
    for erasure in waiting:
        with as_tenant(house):
            _certify(erasure.pk, done, at=at)
    with as_tenant(house):
        if not Erasure.objects.filter(state=Erasure.State.RUNNING, step=WAITS).exists():
            take_off(REWRITE)
    return len(waiting)


def _certify(erasure_id: uuid.UUID, done: Mapping[str, str], *, at: datetime) -> None:
    """Note what became of an erasure's tables and finish it, unless another process has."""
    erasure = Erasure.objects.select_for_update().get(pk=erasure_id)
    if erasure.state == Erasure.State.RUNNING:
        erasure.rewritten, erasure.rewritten_at = word_for(erasure, done), at
        erasure.remains = remaining(erasure, on=at.date())
        finish(erasure, at=at)


def finish(erasure: Erasure, *, at: datetime) -> None:
    """Certify an erasure of which nothing is left, and have told whoever asked for it; runs as the house."""
    file = keep(printed(erasure, at=at), name=f"erasure-{erasure.of_tenant}.pdf", media_type="application/pdf", at=at)
    erasure.state, erasure.done_at, erasure.certificate, erasure.people = Erasure.State.DONE, at, file, []
    erasure.save(update_fields=["state", "done_at", "certificate", "people", "rewritten", "rewritten_at", "remains"])
    take_off(JOB, arguments={"erasure": str(erasure.pk)})
    record("privacy.erasure_done", erasure, at=at, actor=MACHINE, clause=erasure.clause, after={"rows": erasure.counts})
    publish("privacy.erasure_moved", {"erasure": str(erasure.pk)}, at=at)
    for told in (erasure.told, *erasure.told.get("also", [])):
        if job := told.get("then"):
            queue(job, current_tenant(), erasure=erasure.pk, **told.get("about", {}))


@transaction.atomic
def replay(deletions: list[tuple[uuid.UUID, datetime]], *, at: datetime) -> int:
    """
    Erase again what a restored backup brought back, as the house; return how many companies.

    deletions  companies and when they went, from a list that is newer than the backup
    """
    again = 0
    for tenant_id, gone_at in deletions:
        tenant = Tenant.objects.filter(pk=tenant_id, is_house=False).first()
        if tenant is None:
            continue
        if not is_gone(tenant_id):
            Deletion.objects.create(of_tenant=tenant_id, at=gone_at)
        erasure, made = Erasure.objects.get_or_create(
            of_tenant=tenant_id, state__in=OPEN,
            defaults={
                "id": uuid7(), "name": tenant.name, "reason": "replayed", "due_on": at.date(), "planned_at": at,
                "state": Erasure.State.RUNNING, "begun_at": at, "step": STEPS[0].key,
            },
        )  # fmt: skip
        if not made:
            erasure.state, erasure.begun_at, erasure.step = Erasure.State.RUNNING, at, STEPS[0].key
            erasure.save(update_fields=["state", "begun_at", "step"])
        record("privacy.erasure_replayed", erasure, at=at, actor=MACHINE, after={"gone_at": gone_at})
        queue(JOB, current_tenant(), erasure=erasure.pk)
        again += 1
    return again


_GONE: Final = Text(
    "Nicht wiederherstellbar: Diese Daten sind unwiderruflich gelöscht.",
    "Not recoverable: these data have been irrevocably erased.",
)
