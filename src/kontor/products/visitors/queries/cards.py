"""What cards in visitors' hands open, and which cards are free."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from kontor.kernel.models import Site
from kontor.products.visitors.models import Card, CardIssue
from kontor.rulebook.cards import CardInHand, Door, door
from kontor.rulebook.ruling import Ruling


def doors_of(issue: CardIssue, *, site: Site, at: datetime) -> list[tuple[str, Ruling[Door]]]:
    """Return what the door of each zone of a card's group does with it at a moment, with why."""
    group = issue.card.group
    held = CardInHand(
        active_at=issue.active_at, until=issue.until, revoked_at=issue.revoked_at, zones=tuple(group.zones),
        opens_at=group.opens_at, closes_at=group.closes_at,
    )  # fmt: skip
    return [(zone, door(held, zone, at=at, zone=ZoneInfo(site.zone))) for zone in group.zones]


def free_cards() -> QuerySet[Card]:
    """Return the cards that can be handed out, by their numbers."""
    out = CardIssue.objects.filter(returned_at=None).values("card")
    return Card.objects.filter(archived_at=None, lost_at=None).exclude(pk__in=out).order_by("number")
