"""What a tenant instructs its people about, and who has bound themselves to it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from kontor.kernel.models import Membership
from kontor.office.identity.models import Commitment, Instruction
from kontor.office.identity.queries import UNUSABLE, here


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph of a text: its heading, "" where it has none, and what it says."""

    heading: str
    text: str


def newest(topic: str) -> Instruction | None:
    """Return the version of a topic that holds in the current tenant, None where none was published; one query."""
    return Instruction.objects.filter(topic=topic).order_by("-number").first()


def commitment_of(person: uuid.UUID, instruction: Instruction) -> Commitment | None:
    """Return a person's commitment to a version, None where there is none; one query."""
    return Commitment.objects.filter(instruction=instruction, person=person).first()


def is_bound(person: uuid.UUID) -> bool:
    """Tell whether somebody of the house bound themselves to the confidentiality that holds; no where none does."""
    now = newest(Instruction.Topic.CONFIDENTIALITY)
    return now is not None and commitment_of(person, now) is not None


def must_commit(request: HttpRequest) -> bool:
    """Tell whether somebody has yet to bind themselves to the version that holds (SM-019)."""
    now = newest(Instruction.Topic.ACCESS)
    person: uuid.UUID = request.user.pk  # type: ignore[assignment]
    return now is not None and commitment_of(person, now) is None


def with_commitment(members: QuerySet[Any], instruction: Instruction | None) -> QuerySet[Any]:
    """Return members with `committed_at`, when they bound themselves to this version; None where they did not."""
    own = Commitment.objects.filter(instruction=instruction, person=OuterRef("user_id"))
    found: QuerySet[Any] = members.annotate(committed_at=Subquery(own.values("at")[:1]))
    return found


def share_committed(*, at: datetime) -> tuple[int, int] | None:
    """
    Return how many of those who have come in are bound to the version that holds, and how many have; or None.

    Whoever is only invited has used nothing yet and is asked when they come in.
    """
    now = newest(Instruction.Topic.ACCESS)
    if now is None:
        return None
    counted = with_commitment(
        Membership.objects.filter(here(at)).exclude(user__password__startswith=UNUSABLE), now
    ).aggregate(bound=Count("committed_at"), all=Count("pk"))
    return counted["bound"], counted["all"]


def versions(topic: str) -> QuerySet[Any]:
    """Return all versions of a topic with `people`, how many are bound to each, the newest first; one query."""
    bound = Commitment.objects.filter(instruction=OuterRef("pk")).order_by().values("instruction")
    people = Coalesce(Subquery(bound.annotate(people=Count("pk")).values("people")), 0)
    return Instruction.objects.filter(topic=topic).annotate(people=people).order_by("-number")


def passages(text: str) -> Iterator[Passage]:
    """Yield a text in its paragraphs; the first line of a paragraph of several is its heading."""
    for part in text.replace("\r\n", "\n").split("\n\n"):
        heading, _line, rest = part.strip().partition("\n")
        if heading:
            yield Passage(heading, rest) if rest else Passage("", heading)
