"""What happens to a visit: one event each, in the order in which it happened, and once however often it is tried."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import Deed, record_many
from kontor.kernel.actor import Actor
from kontor.products.visitors.actions.access import tell_of
from kontor.products.visitors.models import Visit, VisitEvent

CLAUSE: Final = "Anlage 1, 1.2"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """
    How something came about.

    way       "kiosk", "reception", "link", "import", "api", "offline", "time"
    key       the same whenever the same thing is tried again; "" where nothing tries twice
    terminal  the device at which it happened
    """

    way: str
    at: datetime
    actor: Actor
    key: str = ""
    terminal: uuid.UUID | None = None


def held(visit_id: uuid.UUID) -> Visit:
    """Return a visit, locked until the transaction ends; Visit.DoesNotExist for a stranger's."""
    return Visit.objects.select_for_update(of=("self",)).select_related("type", "site").get(pk=visit_id)


def done_before(attempt: Attempt) -> bool:
    """Tell whether this attempt has already brought about what it wanted."""
    return bool(attempt.key) and VisitEvent.objects.filter(key=attempt.key).exists()


def note(visit: Visit, kind: str, attempt: Attempt, told: Mapping[str, Any] | None = None) -> None:
    """Write down what happened to a locked visit, on its own page, on the record and in the stream."""
    note_many([visit], kind, attempt, told)


def note_many(visits: list[Visit], kind: str, attempt: Attempt, told: Mapping[str, Any] | None = None) -> None:
    """Write down that the same happened to several locked visits, in a fixed number of queries."""
    said = {"way": attempt.way, **dict(told or {})}
    for visit in visits:
        visit.number += 1
    VisitEvent.objects.bulk_create(
        VisitEvent(
            visit=visit, number=visit.number, kind=kind, told=said, terminal=attempt.terminal,
            key=_key(attempt, visit, alone=len(visits) == 1), by_name=attempt.actor.name, at=attempt.at,
        )
        for visit in visits
    )  # fmt: skip
    Visit.objects.bulk_update(visits, ["number"])
    record_many(
        Deed(verb=f"visitors.{kind}", thing=visit, at=attempt.at, actor=attempt.actor, clause=CLAUSE, after=said)
        for visit in visits
    )
    tell_of(visits, kind)
    for visit in visits:
        publish(f"visitors.{kind}", {"visit": str(visit.pk), "site": str(visit.site_id)}, at=attempt.at)


def _key(attempt: Attempt, visit: Visit, *, alone: bool) -> str | None:
    if not attempt.key:
        return None
    return attempt.key if alone else f"{attempt.key[:40]}:{visit.pk}"
