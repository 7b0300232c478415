"""What is to be done after an end: noted as done, proved where the terms want paper, and told when it is overdue."""

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.mail import send_mail
from kontor.kernel.actions.record import record
from kontor.kernel.actor import MACHINE, Actor
from kontor.office.contracts.actions.ending import EndingRefusedError
from kontor.office.contracts.actions.noticing import Upload, kept_proof
from kontor.office.contracts.models import EndingTask
from kontor.office.contracts.queries.ending_letters import overdue_mail, waits_for_customer
from kontor.office.contracts.queries.terms import pack_of_terms
from kontor.rulebook.ending.duties import PROVED
from kontor.rulebook.ending.told import Side
from kontor.rulebook.ruling import Text


@transaction.atomic
def do_task(
    task_id: uuid.UUID, *, note: str, on: date, proof: Upload | None = None, at: datetime, actor: Actor
) -> EndingTask:
    """
    Note that a task after the end was done, how, and what proves it; both sides may read the proof.

    EndingRefusedError where it was done or dropped before, or the terms want an assurance or a certificate (leisure
    21.2) and there is none.
    """
    task = EndingTask.objects.select_for_update(of=("self",)).select_related("contract").get(pk=task_id)
    if task.done_on or task.dropped_on:
        raise EndingRefusedError(Text("Diese Aufgabe ist schon erledigt.", "This task has been settled already."))
    if task.key in PROVED and proof is None:
        raise EndingRefusedError(
            Text(
                "Dazu gehört die schriftliche Versicherung der Rückgabe oder die Bescheinigung der Vernichtung.",
                "This takes the written assurance of the return or the certificate of the destruction.",
            )
        )
    task.done_on, task.done_note, task.proof = on, note, kept_proof(proof, task.contract, at=at)
    task.save(update_fields=["done_on", "done_note", "proof"])
    after = {"note": note, "on": on, "proof": proof.name if proof else ""}
    record("contracts.ending_task_done", task, at=at, actor=actor, clause=task.clause, after=after)
    return task


def return_software(task: EndingTask, *, note: str, proof: Upload, at: datetime, actor: Actor) -> EndingTask:
    """Take, from the customer, the assurance or certificate of a task that is the customer's; today it is done."""
    if task.side != Side.CUSTOMER.value:
        raise EndingRefusedError(Text("Das ist Aufgabe des Anbieters.", "This is the provider's task."))
    return do_task(task.pk, note=note, on=_today(task, at), proof=proof, at=at, actor=actor)


@transaction.atomic
def alert_overdue(*, at: datetime) -> int:
    """Tell once of each task whose day has passed: us, and the customer of what waits for it; return how many."""
    tasks = EndingTask.objects.select_for_update(of=("self",)).select_related("contract")
    rows = tasks.filter(done_on=None, dropped_on=None, alerted_at=None, due_on__lt=at.date()).order_by("due_on", "pk")
    late = [task for task in rows if task.due_on < _today(task, at)]
    for task in late:
        task.alerted_at = at
        task.save(update_fields=["alerted_at"])
        terms, letter = task.contract.terms, overdue_mail(task)
        told = [terms["notice_seller"], *([terms["notice_customer"]] if waits_for_customer(task) else [])]
        for address in dict.fromkeys(told):
            send_mail(to=address, subject=letter.subject, text=letter.text, about=task.contract, at=at)
        record("contracts.ending_task_overdue", task, at=at, actor=MACHINE, clause=task.clause)
        publish("contracts.ending_task_overdue", {"number": task.contract.number, "task": task.key}, at=at)
    return len(late)


def _today(task: EndingTask, at: datetime) -> date:
    return at.astimezone(ZoneInfo(pack_of_terms(task.contract.terms).zone)).date()
