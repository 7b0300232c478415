"""The queue: open requests, what breaks next on top; and what a page says about all of them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Q, QuerySet

from kontor.office.desk.models import Ticket

ALL, MINE, FREE, WAITING, CLOSED = "all", "mine", "free", "waiting", "closed"
VIEWS: Final = (ALL, MINE, FREE, WAITING, CLOSED)
SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Counted:
    """How many open requests there are, of each view, and how many are overdue or soon will be."""

    views: Mapping[str, int]
    overdue: int
    soon: int


def queue_of(view: str, words: str, *, user: uuid.UUID) -> QuerySet[Ticket]:
    """Return the requests of a view that hold some words, what breaks next first; the closed ones latest first."""
    rows = _of(view, user)
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
    found = Ticket.objects.filter(closed_at=None).aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=Q(assignee=user)),
        free=Count("pk", filter=Q(assignee=None)),
        waiting=Count("pk", filter=Q(still_since__isnull=False)),
        overdue=Count("pk", filter=Q(next_due__lt=at)),
        soon=Count("pk", filter=Q(next_due__gte=at, next_due__lt=soon)),
    )
    return Counted({key: found[key] for key in (ALL, MINE, FREE, WAITING)}, found["overdue"], found["soon"])


def _of(view: str, user: uuid.UUID) -> QuerySet[Ticket]:
    if view == CLOSED:
        return Ticket.objects.exclude(closed_at=None)
    opened = Ticket.objects.filter(closed_at=None)
    narrowed = {MINE: Q(assignee=user), FREE: Q(assignee=None), WAITING: Q(still_since__isnull=False)}
    return opened.filter(narrowed[view]) if view in narrowed else opened
