"""
What pages say of all contracts together: reckoned at once while they are few, else read as the background left it.

Kept are the figures, and which contracts come first; what a page then says of those few is reckoned when it is asked
for. Each answer names its moment. The background reckons every night, and within a minute of a change.
"""

import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pydantic import TypeAdapter

from kontor.office.contracts.models import Contract, Outlook
from kontor.office.contracts.queries.day import coming_up
from kontor.office.contracts.queries.figures import Figures, figures
from kontor.office.contracts.queries.hands import Renewal, next_renewals
from kontor.office.contracts.queries.step_sources import NextStep

FEW: Final = 100  # contracts; so many are reckoned within a request
_FIRST: Final = 40  # so many that what is over, or was done, until the next reckoning leaves enough to show


@dataclass(frozen=True, slots=True)
class Kept:
    """
    What the background keeps.

    coming    contracts of the first steps, the soonest first; steps, how many there are on each day
    renewals  contracts whose last day for notice comes first
    """

    figures: list[Figures]
    coming: list[uuid.UUID]
    steps: dict[date, int]
    renewals: list[uuid.UUID]


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures by currency, and the moment they were reckoned."""

    figures: list[Figures]
    at: datetime


@dataclass(frozen=True, slots=True)
class Ahead:
    """The first steps within thirty days, how many there are in all and today, the next renewals, and the moment."""

    steps: list[tuple[Contract, NextStep]]
    count: int
    count_today: int
    renewals: list[Renewal]
    at: datetime


_KEPT: Final = TypeAdapter(Kept)


def reckoned(today: date) -> dict[str, object]:
    """Return what is to be kept, as JSON; it reads every contract."""
    coming, renewals = coming_up(today), next_renewals(today, limit=_FIRST)
    kept = Kept(
        figures(today),
        list(dict.fromkeys(contract.pk for contract, _ in coming[:_FIRST])),
        dict(Counter(step.on for _, step in coming)),
        [each.contract.pk for each in renewals],
    )
    found: dict[str, object] = _KEPT.dump_python(kept, mode="json")
    return found


def overview(today: date, *, at: datetime) -> Overview | None:
    """Return the figures; None where there are many contracts and nobody has reckoned yet."""
    if are_few():
        return Overview(figures(today), at)
    row = Outlook.objects.first()
    return Overview(_KEPT.validate_python(row.content).figures, row.at) if row else None


def ahead(today: date, *, at: datetime, shown: int, renewals: int) -> Ahead | None:
    """Return what comes up, `shown` steps and `renewals` of it at most; None as `overview`."""
    if are_few():
        found = coming_up(today)
        on_the_day = sum(1 for _, step in found if step.on == today)
        return Ahead(found[:shown], len(found), on_the_day, next_renewals(today, limit=renewals), at)
    row = Outlook.objects.first()
    if row is None:
        return None
    kept = _KEPT.validate_python(row.content)
    steps = coming_up(today, among=kept.coming)
    return Ahead(
        steps[:shown],
        max(sum(count for on, count in kept.steps.items() if on >= today), len(steps)),
        max(kept.steps.get(today, 0), sum(1 for _, step in steps if step.on == today)),
        next_renewals(today, limit=renewals, among=kept.renewals),
        row.at,
    )


def are_few() -> bool:
    """Tell whether there are so few contracts that a request may read them all."""
    return len(Contract.objects.values_list("pk")[: FEW + 1]) <= FEW
