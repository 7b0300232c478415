"""The house's day: what happened until now, by the hour, and what runs out with it."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kontor.kernel.queries.events import by_hour
from kontor.kernel.registry import event_kinds
from kontor.office.contracts.models import Contract, OfferState
from kontor.office.contracts.queries.next_steps import next_steps
from kontor.office.contracts.queries.state import amendments_by_contract
from kontor.office.contracts.queries.step_sources import NextStep
from kontor.rulebook.ruling import Text

AHEAD = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Happening:
    """Things of one kind within one hour: the first moment, what happened, how often."""

    at: datetime
    kind: str
    text: Text
    count: int


def happened(first: datetime, end: datetime, *, modules: Collection[str]) -> list[Happening]:
    """Return what these modules told between two moments, by the hour; steps of long runs are left out; one query."""
    known = {kind.key: kind.meaning for kind in event_kinds() if kind.key.split(".", 1)[0] in modules}
    wanted = [key for key in known if not key.endswith("_moved")]
    return [Happening(at, kind, known[kind], count) for at, kind, count in by_hour(first, end, kinds=wanted)]


def coming_up(today: date, *, among: Collection[uuid.UUID] | None = None) -> list[tuple[Contract, NextStep]]:
    """
    Return what comes next within thirty days; two queries and one for each source that reads.

    among  these contracts alone; all of them without it
    """
    asked = Contract.objects.order_by("pk")
    contracts = {row.pk: row for row in (asked if among is None else asked.filter(pk__in=among))}
    rows = amendments_by_contract(list(contracts))
    steps = next_steps({contract: rows[pk] for pk, contract in contracts.items()}, today=today, often=True)
    return [(contract, step) for contract, step in steps if step.on <= today + AHEAD]


def offers_ending(today: date) -> int:
    """Return how many unanswered offers are open for the last time today; one query."""
    return OfferState.objects.filter(state=OfferState.State.SENT, offer__valid_until=today).count()
