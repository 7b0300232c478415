"""What other apps may do with flows: begin a case, tell it what happened, show where it is."""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kontor.kernel.actor import Actor
from kontor.office.flows import queries
from kontor.office.flows.actions import running
from kontor.office.flows.actions.running import Begin, CaseRefusedError
from kontor.office.flows.models import Case
from kontor.rulebook.ruling import Text

__all__ = ["Begin", "CaseRefusedError", "Shown", "cases", "happened", "runnable", "start", "tell"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where a case is: the key of its state and how that is called, since when, and whether it is over."""

    id: uuid.UUID
    state: str
    label: Text
    since: datetime
    over: bool


def runnable() -> list[tuple[uuid.UUID, Text]]:
    """Return the flows that cases can begin by, by title."""
    return [(row.pk, Text(row.title_de, row.title_en)) for row in queries.runnable()]


def start(flow_id: uuid.UUID, begin: Begin, *, at: datetime, actor: Actor) -> uuid.UUID:
    """Begin a case by the flow's newest version and return its key; CaseRefusedError where it has none."""
    return running.start(flow_id, begin, at=at, actor=actor).pk


def tell(case_id: uuid.UUID, values: Mapping[str, Any], *, event: str = "", at: datetime, actor: Actor) -> None:
    """Tell a case what is known now, and that an event took place."""
    running.tell(case_id, values, event=event, at=at, actor=actor)


def happened(event: str, about: tuple[str, uuid.UUID], values: Mapping[str, Any], *, at: datetime, actor: Actor) -> int:
    """Tell every open case about a record that an event took place, and return how many were told."""
    return running.happened(event, about, values, at=at, actor=actor)


def cases(about_kind: str, records: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Shown]]:
    """Return where the cases about these records are, the oldest first; one query, however many."""
    rows = Case.objects.filter(about_kind=about_kind, about__in=records).select_related("version").order_by("at", "pk")
    found: dict[uuid.UUID, list[Shown]] = {}
    for row in rows:
        shown = Shown(
            id=row.pk, state=row.state, label=queries.label_of(row), since=row.since, over=row.over_at is not None
        )
        found.setdefault(row.about, []).append(shown)  # type: ignore[arg-type]
    return found
