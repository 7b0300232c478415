"""What a request belongs to: an outage, a problem that many share, the release that mends it."""

import uuid
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.models import Problem, Ticket, TicketLink
from kontor.office.desk.queries.linked import targets_of
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def link(ticket_id: uuid.UUID, target: str, *, name: str, at: datetime, actor: Actor) -> TicketLink:
    """
    Say that a request belongs to something; the same again is the same.

    target  "KIND:id" as queries.linked offers it. RefusalError for anything else
    """
    ticket = locked(ticket_id)
    label = targets_of(ticket, at=at).get(target)
    if label is None:
        raise RefusalError(Text("Wozu gehört die Anfrage?", "What does the request belong to?"))
    kind, _, key = target.partition(":")
    made, _new = TicketLink.objects.get_or_create(
        ticket=ticket, kind=kind, target=uuid.UUID(key), defaults={"label": label[:200], "by": name, "at": at}
    )
    record("desk.linked", ticket, at=at, actor=actor, after={"kind": kind, "to": label})
    publish("desk.moved", {"ticket": str(ticket.pk)}, at=at)
    return made


@transaction.atomic
def unlink(link_id: uuid.UUID, *, at: datetime, actor: Actor) -> uuid.UUID:
    """Take a link away and return its request; DoesNotExist for a stranger's."""
    row = TicketLink.objects.select_related("ticket").get(pk=link_id)
    ticket: Ticket = row.ticket
    row.delete()
    record("desk.unlinked", ticket, at=at, actor=actor, before={"kind": row.kind, "to": row.label})
    key: uuid.UUID = ticket.pk
    return key


@transaction.atomic
def keep_problem(
    problem_id: uuid.UUID | None,
    *,
    title: str,
    cause: str,
    workaround: str,
    release: str,
    solved: bool,
    at: datetime,
    actor: Actor,
) -> Problem:
    """Write a problem down, or what is known of it by now. RefusalError for a title in use, or solved without cause."""
    row = Problem.objects.select_for_update().get(pk=problem_id) if problem_id else Problem(at=at)
    if Problem.objects.filter(title=title).exclude(pk=row.pk).exists():
        raise RefusalError(Text("Dieses Problem gibt es schon.", "There is such a problem already."))
    if solved and not cause.strip():
        raise RefusalError(Text("Gelöst ist, wessen Ursache bekannt ist.", "What is solved has a known cause."))
    row.title, row.cause, row.workaround, row.release = title, cause, workaround, release
    row.solved_at = (row.solved_at or at) if solved else None
    row.save()
    record("desk.problem_kept", row, at=at, actor=actor, after={"title": title, "solved": solved})
    return row
