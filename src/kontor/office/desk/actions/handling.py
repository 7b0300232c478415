"""Working on many requests at once, and keeping the ways in which one looks at them."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.office.desk.actions.answering import refuse_closed
from kontor.office.desk.actions.logbook import locked
from kontor.office.desk.actions.working import assign, tag
from kontor.office.desk.models import SavedView
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


@transaction.atomic
def assign_many(
    tickets: Sequence[uuid.UUID], person: uuid.UUID | None, *, name: str, at: datetime, actor: Actor
) -> int:
    """Give several requests to somebody, or to nobody; all of them or, where one is closed or a stranger's, none."""
    for each in _chosen(tickets):
        refuse_closed(locked(each))
        assign(each, person, name=name, at=at, actor=actor)
    return len(set(tickets))


@transaction.atomic
def tag_many(tickets: Sequence[uuid.UUID], words: Sequence[str], *, at: datetime, actor: Actor) -> int:
    """Add words to several requests; those they had stay. RefusalError for no word or no request."""
    if not any(each.strip() for each in words):
        raise RefusalError(Text("Welches Wort?", "Which word?"))
    for each in _chosen(tickets):
        ticket = locked(each)
        tag(each, [*ticket.tags, *words], ticket.cc, at=at, actor=actor)
    return len(set(tickets))


@transaction.atomic
def keep_view(
    user: uuid.UUID, owner: str, *, title: str, query: str, shared: bool, at: datetime, actor: Actor
) -> SavedView:
    """Keep a way of looking at the queue, for oneself or for everybody; the same title again takes its place."""
    if not title.strip():
        raise RefusalError(Text("Wie heißt die Ansicht?", "What is the view called?"))
    made, _ = SavedView.objects.update_or_create(
        user=user, title=title.strip()[:60],
        defaults={"owner": owner, "query": query[:500], "shared": shared, "at": at},
    )  # fmt: skip
    record("desk.view_kept", made, at=at, actor=actor, after={"title": made.title, "shared": shared})
    return made


@transaction.atomic
def drop_view(view_id: uuid.UUID, user: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Drop one's own view; DoesNotExist for anybody else's."""
    row = SavedView.objects.get(pk=view_id, user=user)
    record("desk.view_dropped", row, at=at, actor=actor, before={"title": row.title})
    row.delete()


def _chosen(tickets: Sequence[uuid.UUID]) -> list[uuid.UUID]:
    """Return the requests in one order for everybody, so that two who choose the same wait instead of blocking."""
    if not tickets:
        raise RefusalError(Text("Wählen Sie zuerst Anfragen aus.", "Choose requests first."))
    return sorted(set(tickets))
