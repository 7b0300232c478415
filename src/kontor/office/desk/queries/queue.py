"""The queue: open requests, what breaks next on top; and what a page says about all of them."""

import uuid
from collections import namedtuple
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet

from kontor.kernel.statements import Statement, answers
from kontor.kernel.tenancy import current_tenant
from kontor.office.desk.models import SavedView, Ticket
from kontor.office.privacy import public as privacy

ALL, MINE, FREE, WAITING, CLOSED = "all", "mine", "free", "waiting", "closed"
VIEWS: Final = (ALL, MINE, FREE, WAITING, CLOSED)
SHOWN: Final = 50
ASKED: Final = ("view", "q", "person", "channel")


COLUMNS: Final = (
    "pk", "number", "subject", "customer_name", "requester_name", "pack", "version", "class_key", "next_promise",
    "next_due", "counted_from", "still_since", "assignee", "assignee_name",
)  # fmt: skip
Row = namedtuple("Row", COLUMNS)  # type: ignore[misc]  # noqa: PYI024  the columns of a query, as they come
_COUNTED: Final = f"""
SELECT count(*),
       count(*) FILTER (WHERE assignee = %(user)s),
       count(*) FILTER (WHERE assignee IS NULL),
       count(*) FILTER (WHERE still_since IS NOT NULL),
       count(*) FILTER (WHERE next_due < %(at)s),
       count(*) FILTER (WHERE next_due >= %(at)s AND next_due < %(soon)s)
  FROM desk_ticket
 WHERE tenant_id = %(tenant)s AND closed_at IS NULL AND {privacy.not_locked_sql("desk.Ticket", "desk_ticket.id")}
"""  # noqa: S608  our own words


@dataclass(frozen=True, slots=True)
class Counted:
    """How many open requests there are, of each view, and how many are overdue or soon will be."""

    views: Mapping[str, int]
    overdue: int
    soon: int


def asked_of(given: Mapping[str, str]) -> dict[str, str]:
    """Return what an address asks of the queue, its known words alone: view, words, person, channel."""
    return {name: given.get(name, "").strip() for name in ASKED if given.get(name, "").strip()}


def views_of(user: uuid.UUID) -> list[SavedView]:
    """Return the views that somebody can choose: one's own and those that others share; one query."""
    rows = SavedView.objects.filter(Q(user=user) | Q(shared=True))
    return list(rows.order_by("title", "pk"))


def queue_of(
    view: str, words: str, *, user: uuid.UUID, person: uuid.UUID | None = None, channel: str = ""
) -> QuerySet[Ticket]:
    """Return the requests of a view that hold some words, what breaks next first; the closed ones latest first."""
    rows = _of(view, user)
    if person is not None:
        rows = rows.filter(assignee=person)
    if channel:
        rows = rows.filter(channel=channel)
    for word in words.split():
        found = Q(subject__icontains=word) | Q(customer_name__icontains=word) | Q(requester_name__icontains=word)
        found |= Q(tags__contains=[word.lower()])
        digits = word.upper().removeprefix("D-")
        rows = rows.filter(found | Q(number=int(digits)) if digits.isdigit() and len(digits) < 9 else found)  # noqa: PLR2004  an integer's digits
    if view == CLOSED:
        return rows.order_by("-closed_at", "-number")
    return rows.order_by(F("next_due").asc(nulls_last=True), "number")


def counted(*, user: uuid.UUID, at: datetime, soon: datetime) -> Counted:
    """Count the open requests; one query."""
    told = {"tenant": current_tenant(), "user": user, "at": at, "soon": soon}
    everything, mine, free, waiting, overdue, near = answers(_COUNTED, told)[0]
    return Counted({ALL: everything, MINE: mine, FREE: free, WAITING: waiting}, overdue, near)


def first_rows(at: datetime) -> list[Row]:
    """Return the first page of all open requests; one query that is compiled once."""
    return [Row(*row) for row in _FIRST.rows(at)]


def _of(view: str, user: uuid.UUID) -> QuerySet[Ticket]:
    rows = Ticket.objects.filter(privacy.not_locked("desk.Ticket"))
    if view == CLOSED:
        return rows.exclude(closed_at=None)
    opened = rows.filter(closed_at=None)
    narrowed = {MINE: Q(assignee=user), FREE: Q(assignee=None), WAITING: Q(still_since__isnull=False)}
    return opened.filter(narrowed[view]) if view in narrowed else opened


_FIRST: Final = Statement(lambda _at: queue_of(ALL, "", user=uuid.UUID(int=0)).values_list(*COLUMNS)[:SHOWN])
