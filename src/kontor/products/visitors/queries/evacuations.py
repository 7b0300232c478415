"""A roll call as it stands: who is missing, who was seen and by whom, and what came to light later."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from kontor.products.visitors.formats.lists import is_proved, list_text
from kontor.products.visitors.models import Evacuation, Seen, Visit
from kontor.products.visitors.queries.codes import publics


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody on the list of a roll call; seen_at and by are None and "" while nobody saw them."""

    visit: str
    name: str
    company: str
    host: str
    language: str
    assumed: bool
    seen_at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Roll:
    """A roll call: `unsure` were assumed to have left, and may still be inside."""

    missing: tuple[Person, ...]
    unsure: tuple[Person, ...]
    seen: tuple[Person, ...]

    @property
    def total(self) -> int:
        """How many people are on the list."""
        return len(self.missing) + len(self.unsure) + len(self.seen)


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """What became known after a roll call had begun, from outboxes and reception: names."""

    had_left: tuple[str, ...]
    was_inside: tuple[str, ...]


def roll(row: Evacuation) -> Roll:
    """Return how a roll call stands; of several taps on one person the latest counts, as the phones knew the time."""
    latest: dict[uuid.UUID, Seen] = {each.visit: each for each in row.seen.order_by("seen_at", "at", "pk")}
    people = [_person(told, latest.get(uuid.UUID(told["visit"]))) for told in row.inside]
    open_ones = [each for each in people if each.seen_at is None]
    seen = sorted((each for each in people if each.seen_at), key=lambda each: str(each.seen_at), reverse=True)
    return Roll(
        missing=tuple(each for each in open_ones if not each.assumed),
        unsure=tuple(each for each in open_ones if each.assumed),
        seen=tuple(seen),
    )


def text_of(row: Evacuation) -> str:
    """Return the list of a roll call as it was signed when it began."""
    return list_text(row.site_id, as_of=row.began_at, people=row.inside)


def is_untouched(row: Evacuation) -> bool:
    """Tell whether the list is the one that was signed."""
    return is_proved(text_of(row), row.signature, publics())


def later(row: Evacuation) -> Later:
    """Return who on the list had left before it began, and who was inside without being on it."""
    listed = {told["visit"] for told in row.inside}
    left = Visit.objects.filter(pk__in=listed, out_at__lte=row.began_at, assumed=False)
    still = Q(out_at=None) | Q(out_at__gt=row.began_at)
    inside = Visit.objects.filter(still, site=row.site_id, in_at__lte=row.began_at).exclude(pk__in=listed)
    return Later(
        had_left=tuple(left.order_by("name").values_list("name", flat=True)),
        was_inside=tuple(inside.order_by("name").values_list("name", flat=True)),
    )


def _person(told: dict[str, Any], seen: Seen | None) -> Person:
    found = seen if seen and seen.safe else None
    return Person(
        visit=told["visit"], name=told["name"], company=told["company"], host=told["host"], assumed=told["assumed"],
        language=told["language"], seen_at=found.seen_at if found else None, by=found.by_name if found else "",
    )  # fmt: skip
