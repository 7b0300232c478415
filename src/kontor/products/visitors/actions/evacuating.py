"""An alarm or a drill: the list of who is inside is signed, people are seen and ticked off, and it is ended."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.kernel.rows import exactly_one
from kontor.products.visitors.actions.happening import CLAUSE
from kontor.products.visitors.actions.keys import newest_key
from kontor.products.visitors.formats.lists import list_text, sign
from kontor.products.visitors.models import Evacuation, Seen
from kontor.products.visitors.queries.codes import rules_of
from kontor.products.visitors.queries.presence import present
from kontor.rulebook.visiting import gone_after

BEGAN, SEEN, ENDED = "visitors.evacuation_began", "visitors.seen", "visitors.evacuation_ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tap:
    """
    Somebody was ticked off on a phone, or the tick was taken back.

    seen_at  as the phone knew the time, maybe without a server
    key      made on the phone, the same however often it is sent
    """

    visit: uuid.UUID
    safe: bool
    seen_at: datetime
    key: str


@transaction.atomic
def begin(site: Site, *, drill: bool, at: datetime, actor: Actor) -> Evacuation:
    """
    Begin a roll call with whoever is inside now; one that runs is gone on with.

    An alarm ends the drill that it interrupts and begins with a list of its own; a drill never interrupts an alarm.
    """
    Site.objects.select_for_update().get(pk=site.pk)  # whoever begins at the same moment waits, and finds this one
    running = Evacuation.objects.select_related("site").filter(site=site, ended_at=None).first()
    if running and (drill or not running.drill):
        return running
    if running:
        _end(running, at=at, actor=actor)
    people = present(site, at=at)
    signature = sign(list_text(site.pk, as_of=at, people=people), newest_key(at=at).private)
    row = Evacuation.objects.create(
        site=site, began_at=at, drill=drill, inside=people, signature=signature, by_name=actor.name
    )
    _told(row, BEGAN, at=at, actor=actor, after={"drill": drill, "people": len(people)})
    return row


@transaction.atomic
def see(evacuation_id: uuid.UUID, taps: Sequence[Tap], *, at: datetime, actor: Actor) -> int:
    """
    Keep what phones saw, each tap once however often it is sent; return how many were new.

    What was tapped without a connection counts at its own time, also after the end; nobody is seen in the future.
    Whoever is not on the list is left out.
    """
    row = Evacuation.objects.get(pk=evacuation_id)
    listed = {told["visit"] for told in row.inside}
    known = set(Seen.objects.filter(key__in=[tap.key for tap in taps]).values_list("key", flat=True))
    new = {tap.key: tap for tap in taps if tap.key not in known and str(tap.visit) in listed}
    if not new:
        return 0
    Seen.objects.bulk_create(
        (
            Seen(
                evacuation=row, visit=tap.visit, safe=tap.safe, seen_at=min(tap.seen_at, at), key=tap.key,
                by_name=actor.name, at=at,
            )
            for tap in new.values()
        ),
        ignore_conflicts=True,
    )  # fmt: skip
    _told(row, SEEN, at=at, actor=actor, after={"taps": [[str(tap.visit), tap.safe] for tap in new.values()]})
    return len(new)


@transaction.atomic
def end(evacuation_id: uuid.UUID, *, at: datetime, actor: Actor) -> Evacuation:
    """End a roll call; one that has ended stays as it is."""
    row = Evacuation.objects.select_for_update(of=("self",)).select_related("site").get(pk=evacuation_id)
    if row.ended_at is None:
        _end(row, at=at, actor=actor)
    return row


def _end(row: Evacuation, *, at: datetime, actor: Actor) -> None:
    row.ended_at = at
    over_on = at.astimezone(ZoneInfo(row.site.zone)).date()
    row.gone_after = gone_after(over_on, of_kind=None, of_site=rules_of(row.site).keep_days)
    open_ones = Evacuation.objects.filter(pk=row.pk, ended_at=None)
    exactly_one(open_ones.update(ended_at=at, over_on=over_on, gone_after=row.gone_after))
    _told(row, ENDED, at=at, actor=actor, after={})


def _told(row: Evacuation, kind: str, *, at: datetime, actor: Actor, after: dict[str, Any]) -> None:
    record(kind, row, at=at, actor=actor, clause=CLAUSE, after=after)
    publish(kind, {"evacuation": str(row.pk), "site": str(row.site_id)}, at=at)
