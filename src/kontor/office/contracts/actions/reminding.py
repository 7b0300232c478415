"""The run that reminds: what is due on a day, in batches, each step of each claim once; one error holds up no other."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue_many
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import current_tenant
from kontor.office.contracts.actions.claim_letters import Posting, Unsent, send_letters
from kontor.office.contracts.actions.claim_lock import one_at_a_time
from kontor.office.contracts.actions.claiming import keep_claims, refresh
from kontor.office.contracts.models import Claim, ClaimLetter, ReminderProblem, ReminderRun
from kontor.office.contracts.queries.claims import Facts, facts_of, open_claims
from kontor.rulebook.reminders import pay_until

BATCH = 25


def due_reminders(*, at: datetime, automatic: bool = False) -> list[Facts]:
    """
    Return the claims that are to be reminded of today, the oldest first; nothing is written.

    automatic  those alone whose plan lets the daily job send
    """
    found = facts_of(open_claims().filter(next_on__isnull=False))
    return [
        facts for facts in found if _is_due(facts, at) and (not automatic or (facts.habit and facts.habit.automatic))
    ]


@transaction.atomic
def start_reminders(*, at: datetime, actor: Actor, automatic: bool = False) -> ReminderRun | None:
    """Begin a run over everything to be reminded of today, in batches that are a job each; None where nothing is."""
    keep_claims(at=at)
    wanted = [str(facts.row.pk) for facts in due_reminders(at=at, automatic=automatic)]
    if automatic and not wanted:
        return None
    run = ReminderRun.objects.create(
        on=at.date(), started_at=at, claims=len(wanted), finished_at=None if wanted else at
    )
    batches = [wanted[place : place + BATCH] for place in range(0, len(wanted), BATCH)]
    tenant = current_tenant()
    queue_many("contracts.remind", [(tenant, {"run": str(run.pk), "claims": batch}) for batch in batches])
    record("contracts.reminders_started", run, at=at, actor=actor, after={"claims": len(wanted)})
    return run


@transaction.atomic
def start_reminders_of(count: int, *, at: datetime, actor: Actor) -> ReminderRun:
    """Begin a run over so many claims; the caller reminds of them."""
    run = ReminderRun.objects.create(on=at.date(), started_at=at, claims=count, finished_at=None if count else at)
    record("contracts.reminders_started", run, at=at, actor=actor, after={"claims": count})
    return run


@transaction.atomic
def remind(run_id: uuid.UUID, claim_ids: Collection[uuid.UUID], *, at: datetime) -> int:
    """
    Send the due reminder of each of these claims and return how many letters went out; a fixed number of queries.

    What was paid, disputed or reminded of since the run began is left alone.
    """
    one_at_a_time()
    run = ReminderRun.objects.get(pk=run_id)
    rows = Claim.objects.filter(pk__in=claim_ids).select_related("contract", "contract__offer").order_by("due_on", "pk")
    found = facts_of(rows)
    postings = [(facts, posting) for facts in found if (posting := _posting(facts, at))]
    letters, unsent = send_letters(postings, at=at, actor=MACHINE)
    # A rate on no file, a customer without an address: noted for a person; the next run tries again.
    _note_problems(run, unsent, at=at)
    sent = len(letters)
    refresh(found, at=at)
    ReminderRun.objects.filter(pk=run.pk).update(done=F("done") + len(claim_ids), letters=F("letters") + sent)
    ReminderRun.objects.filter(pk=run.pk, done__gte=F("claims"), finished_at=None).update(finished_at=at)
    publish("contracts.reminders_moved", {"run": str(run.pk), "letters": sent}, at=at)
    return sent


def _posting(facts: Facts, at: datetime) -> Posting | None:
    coming = facts.next_reminder.value
    if coming is None or not _is_due(facts, at):
        return None
    today = facts.today(at)
    until = pay_until(coming.step, sent_on=today)
    return Posting(kind=ClaimLetter.Kind.REMINDER, key=coming.step.key, on=today, pay_until=until)


def _note_problems(run: ReminderRun, unsent: Sequence[Unsent], *, at: datetime) -> None:
    ReminderProblem.objects.bulk_create(
        (
            ReminderProblem(
                id=uuid7(), run=run, claim=each.facts.row, sentence_de=each.text.de, sentence_en=each.text.en, at=at
            )
            for each in unsent
        ),
        update_conflicts=True,
        unique_fields=["tenant", "run", "claim"],
        update_fields=["sentence_de", "sentence_en", "at"],
    )


def _is_due(facts: Facts, at: datetime) -> bool:
    coming = facts.next_reminder.value
    return coming is not None and coming.on <= facts.today(at)
