"""
Printers of a site, and having labels printed: each once, however often it is asked for.

A job is noted as begun before a byte goes out. Whatever is found begun later was interrupted: it may have come out, so
that a person looks instead of a second label being printed.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue
from kontor.kernel.actions.record import record
from kontor.kernel.actions.schedule import put_due, take_off
from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.kernel.tenancy import current_tenant
from kontor.office.terminals.actions.speaking import NotPrintedError
from kontor.office.terminals.models import Printer, PrintJob, Terminal
from kontor.office.terminals.queries.printing import is_reachable, newest_about, printer_for, queues
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

PRINT: Final = "terminals.print"
WAITS: Final = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10))
INTERRUPTED_AFTER: Final = timedelta(minutes=2)
State = PrintJob.State


class PrinterRefusedError(RefusalError):
    """Nothing was changed about a printer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What is settled of a printer; see models.Printer."""

    site: Site
    name: str
    kind: str
    host: str = ""
    port: int = 9100
    queue: str = ""
    per_mm: int = 8
    first: bool = False


@transaction.atomic
def keep_printer(printer_id: uuid.UUID | None, told: Settled, *, at: datetime, actor: Actor) -> Printer:
    """
    Add a printer, or change one. The first of a site that is set as such takes the place of the one before.

    PrinterRefusedError for a taken name, and for an address or a queue that this installation does not reach.
    """
    _refuse_place(told)
    row = Printer.objects.select_for_update().get(pk=printer_id, removed_at=None) if printer_id else Printer()
    for name in ("site", "name", "kind", "host", "port", "queue", "per_mm", "first"):
        setattr(row, name, getattr(told, name))
    row.error = ""
    if told.first:
        Printer.objects.filter(site=told.site, first=True).exclude(pk=row.pk).update(first=False)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as taken:
        raise PrinterRefusedError(
            Text(f"Einen Drucker „{told.name}“ gibt es schon.", f"There is a printer “{told.name}” already.")
        ) from taken
    after = {"name": told.name, "site": told.site.name, "kind": told.kind, "first": told.first}
    record(
        "terminals.printer_changed" if printer_id else "terminals.printer_added", row, at=at, actor=actor, after=after
    )
    return row


@transaction.atomic
def remove_printer(printer_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Print with a printer no more: what waits for it fails, and terminals that named it use the site's first."""
    row = Printer.objects.select_for_update().get(pk=printer_id, removed_at=None)
    row.removed_at, row.first = at, False
    row.save(update_fields=["removed_at", "first"])
    Terminal.objects.filter(printer=row).update(printer=None)
    PrintJob.objects.filter(printer=row, state=State.WAITING).update(state=State.FAILED, error="address", ended_at=at)
    record("terminals.printer_removed", row, at=at, actor=actor)


@transaction.atomic
def print_label(printer: Printer, drawn_by: str, about: uuid.UUID, *, copy: int = 0, at: datetime) -> PrintJob:
    """Have a label printed in the background; asked again for the same copy, it is the same job."""
    job, made = PrintJob.objects.get_or_create(
        drawn_by=drawn_by, about=about, copy=copy, defaults={"printer": printer, "asked_at": at}
    )
    if made:
        queue(PRINT, current_tenant(), job=str(job.pk))
    return job


@transaction.atomic
def have_printed(
    drawn_by: str, about: uuid.UUID, *, site: uuid.UUID, terminal: uuid.UUID | None, again: bool = False, at: datetime
) -> bool:
    """
    Have a label printed by the printer of a terminal, or the first of its site; False where nothing prints there.

    again  one more than there are; otherwise it is one, however often it is asked for
    """
    printer = printer_for(site, terminal)
    if printer is None:
        return False
    last = newest_about(drawn_by, [about]).get(about) if again else None
    print_label(printer, drawn_by, about, copy=last.copy + 1 if last else 0, at=at)
    return True


@transaction.atomic
def print_again(job_id: uuid.UUID, *, at: datetime) -> PrintJob:
    """Begin a job anew that did not come out, at a person's word; PrinterRefusedError where it did, or still may."""
    job = PrintJob.objects.select_for_update().get(pk=job_id)
    if job.state not in (State.FAILED, State.UNKNOWN) or job.printer.removed_at is not None:
        raise PrinterRefusedError(
            Text("Dieser Auftrag ist nicht liegen geblieben.", "This job did not get stuck.")
        )  # fmt: skip
    job.state, job.attempts, job.error, job.ended_at, job.asked_at = State.WAITING, 0, "", None, at
    job.save(update_fields=["state", "attempts", "error", "ended_at", "asked_at"])
    queue(PRINT, current_tenant(), job=str(job.pk))
    return job


@transaction.atomic
def begin(job_id: uuid.UUID, *, at: datetime) -> PrintJob | None:
    """Note that a job begins and return it; None where it is done, or was interrupted and waits for a person."""
    job = PrintJob.objects.select_for_update(of=("self",)).select_related("printer").get(pk=job_id)
    if job.state == State.SENDING and job.began_at is not None and at - job.began_at >= INTERRUPTED_AFTER:
        _end(job, State.UNKNOWN, error="unfinished", at=at)
        return None
    if job.state != State.WAITING:
        if job.state == State.SENDING:  # somebody is at it, or was: look again once that is certain
            put_due(PRINT, at=at + INTERRUPTED_AFTER, arguments={"job": str(job_id)})
        return None
    job.state, job.began_at = State.SENDING, at
    job.attempts += 1
    job.save(update_fields=["state", "began_at", "attempts"])
    put_due(PRINT, at=at + INTERRUPTED_AFTER, arguments={"job": str(job_id)})
    return job


@transaction.atomic
def end(job_id: uuid.UUID, problem: NotPrintedError | None, *, at: datetime) -> PrintJob:
    """Note what became of a job that was begun: printed, tried again later, given up, or nobody knows."""
    job = PrintJob.objects.select_for_update(of=("self",)).select_related("printer").get(pk=job_id)
    if problem is None:
        _end(job, State.PRINTED, error="", at=at)
    elif problem.perhaps:
        _end(job, State.UNKNOWN, error=problem.problem, at=at)
    elif problem.problem == "unreachable" and job.attempts <= len(WAITS):
        job.state, job.error = State.WAITING, problem.problem
        job.save(update_fields=["state", "error"])
        Printer.objects.filter(pk=job.printer_id).update(error=problem.problem)
        put_due(PRINT, at=at + WAITS[job.attempts - 1], arguments={"job": str(job.pk)})
    else:
        _end(job, State.FAILED, error=problem.problem, at=at)
    return job


@transaction.atomic
def give_up(job_id: uuid.UUID, *, at: datetime) -> None:
    """Note that what a job was to draw is no more."""
    _end(
        PrintJob.objects.select_for_update(of=("self",)).select_related("printer").get(pk=job_id),
        State.GONE,
        error="",
        at=at,
    )


def _end(job: PrintJob, state: str, *, error: str, at: datetime) -> None:
    job.state, job.error, job.ended_at = state, error, at
    job.save(update_fields=["state", "error", "ended_at"])
    take_off(PRINT, arguments={"job": str(job.pk)})
    if state == State.PRINTED:
        Printer.objects.filter(pk=job.printer_id).update(error="", printed_at=at)
    elif state != State.GONE:
        Printer.objects.filter(pk=job.printer_id).update(error=error)
        publish("terminals.not_printed", {"job": str(job.pk), "site": str(job.printer.site_id)}, at=at)


def _refuse_place(told: Settled) -> None:
    if told.kind == Printer.Kind.SYSTEM:
        if told.queue not in queues():
            raise PrinterRefusedError(
                Text(
                    "Diese Warteschlange ist hier nicht freigegeben. Wer den Server betreibt, nennt sie in "
                    "KONTOR_PRINTERS.",
                    "This queue is not released here. Whoever runs the server names it in KONTOR_PRINTERS.",
                )
            )
    elif not is_reachable(told.host):
        raise PrinterRefusedError(
            Text(
                "Unter dieser Adresse erreicht diese Installation keine Drucker. Nennen Sie eine IP-Adresse in einem "
                "Netz, das in KONTOR_PRINTERS steht.",
                "This installation reaches no printers at this address. Name an IP address in a network that stands in "
                "KONTOR_PRINTERS.",
            )
        )
