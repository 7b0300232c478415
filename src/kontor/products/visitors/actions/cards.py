"""Access cards: groups and the pool, handing one out, revoking, collecting; a card is never in two hands."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final

from django.db import IntegrityError, transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Site
from kontor.products.visitors.actions.happening import Attempt, done_before, held, note, note_many
from kontor.products.visitors.models import Card, CardGroup, CardIssue, Visit
from kontor.products.visitors.queries.cards import free_cards
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

CLAUSE: Final = "Anlage 1, 1.2"


class CardRefusedError(RefusalError):
    """Nothing was done with a card."""


@transaction.atomic
def add_group(
    *, name: str, zones: Sequence[str], opens_at: time | None, closes_at: time | None, dispensed: bool = False,
    at: datetime, actor: Actor,
) -> CardGroup:  # fmt: skip
    """Add a group of cards; CardRefusedError where its name is taken or its hours have one end only."""
    group = CardGroup(name=name, zones=list(zones), opens_at=opens_at, closes_at=closes_at, dispensed=dispensed)
    _keep(group)
    record("visitors.card_group_added", group, at=at, actor=actor, clause=CLAUSE, after=_told(group))
    return group


@transaction.atomic
def change_group(
    group_id: uuid.UUID, *, name: str, zones: Sequence[str], opens_at: time | None, closes_at: time | None,
    at: datetime, actor: Actor,
) -> CardGroup:  # fmt: skip
    """Change what a group's cards open, those in people's hands too; CardRefusedError as in `add_group`."""
    group = CardGroup.objects.select_for_update().get(pk=group_id, archived_at=None)
    before = _told(group)
    group.name, group.zones, group.opens_at, group.closes_at = name, list(zones), opens_at, closes_at
    _keep(group)
    record(
        "visitors.card_group_changed", group, at=at, actor=actor, clause=CLAUSE, before=before, after=_told(group)
    )  # fmt: skip
    return group


@transaction.atomic
def add_cards(
    group: CardGroup, site: Site, numbers: Iterable[str], *, at: datetime, actor: Actor
) -> list[Card]:  # fmt: skip
    """Take cards into a site's pool, each number once; CardRefusedError naming those that are there already."""
    asked = list(dict.fromkeys(numbers))
    if known := sorted(Card.objects.filter(number__in=asked).values_list("number", flat=True)):
        named = ", ".join(known)
        raise CardRefusedError(
            Text(f"Diese Karten gibt es schon: {named}.", f"These cards are there already: {named}.")
        )
    made = Card.objects.bulk_create(Card(group=group, site=site, number=number) for number in asked)
    told = {"group": group.name, "site": site.name, "numbers": asked}
    record("visitors.cards_added", group, at=at, actor=actor, clause=CLAUSE, after=told)
    return made


@transaction.atomic
def hand_out(visit_id: uuid.UUID, number: str, *, until: datetime, attempt: Attempt) -> CardIssue:
    """
    Put a card into the hand of a visitor who is inside: from now until a moment, whatever happens meanwhile.

    CardRefusedError where the visitor is not inside or has a card, or this one is of another kind or site, lost or out.
    """
    visit = held(visit_id)
    if done_before(attempt):
        return CardIssue.objects.get(visit=visit, card__number=number, returned_at=None)
    card = Card.objects.select_for_update().filter(number=number, archived_at=None).first()
    if refusal := _why_not(visit, card, until, attempt.at):
        raise CardRefusedError(refusal)
    assert card is not None  # refused otherwise
    issue = CardIssue.objects.create(card=card, visit=visit, active_at=attempt.at, until=until)
    note(visit, "card_out", attempt, {"card": number})
    return issue


def dispense(visit: Visit, attempt: Attempt) -> CardIssue | None:
    """
    Give a visitor who just came in, and is locked, the next free card of their kind, good until the planned end.

    None where their kind's cards are handed out by hand, where the planned end has passed, and where none is left,
    which stands among what happened.
    """
    group = visit.type.cards
    if group is None or not group.dispensed or visit.ends_at <= attempt.at or visit.cards.exists():
        return None
    pool = free_cards().filter(site=visit.site_id, group=group)
    card = pool.select_for_update(skip_locked=True).first()  # of two who come at once, one each
    once = replace(attempt, key="")
    if card is None:
        note(visit, "no_card", once)
        return None
    issue = CardIssue.objects.create(card=card, visit=visit, active_at=attempt.at, until=visit.ends_at)
    note(visit, "card_out", once, {"card": card.number})
    return issue


def revoke(visits: Sequence[Visit], attempt: Attempt) -> None:
    """Make the cards of locked visits open nothing from now on, in a fixed number of queries."""
    issues = CardIssue.objects.select_for_update(of=("self",)).filter(visit__in=visits, revoked_at=None)
    holding = {issue.visit_id for issue in issues}
    if holding:
        CardIssue.objects.filter(visit__in=holding, revoked_at=None).update(revoked_at=attempt.at)
        note_many([visit for visit in visits if visit.pk in holding], "card_revoked", replace(attempt, key=""))


@transaction.atomic
def collect(issue: CardIssue, attempt: Attempt) -> CardIssue:
    """Take a card back into the pool, once: it is revoked first; one that was lost is found by this."""
    visit = held(issue.visit_id)
    once = replace(attempt, key=f"card-back:{issue.pk}")
    if not done_before(once):
        revoke([visit], attempt)
        CardIssue.objects.filter(pk=issue.pk).update(returned_at=attempt.at)
        Card.objects.filter(pk=issue.card_id).update(lost_at=None)
        note(visit, "card_back", once, {"card": issue.card.number})
    issue.refresh_from_db()
    return issue


@transaction.atomic
def lose(card_id: uuid.UUID, attempt: Attempt) -> Card:
    """Keep that a card is lost: it is handed out no more, and opens nothing where somebody had it."""
    issue = CardIssue.objects.filter(card=card_id, returned_at=None).first()
    visit = held(issue.visit_id) if issue else None
    card = Card.objects.select_for_update().get(pk=card_id, lost_at=None)
    card.lost_at = attempt.at
    card.save(update_fields=["lost_at"])
    if visit:
        revoke([visit], attempt)
    record("visitors.card_lost", card, at=attempt.at, actor=attempt.actor, clause=CLAUSE)
    return card


@transaction.atomic
def find(card_id: uuid.UUID, attempt: Attempt) -> Card:
    """Keep that a lost card which nobody had is there again."""
    card = Card.objects.select_for_update().exclude(lost_at=None).get(pk=card_id)
    card.lost_at = None
    card.save(update_fields=["lost_at"])
    record("visitors.card_found", card, at=attempt.at, actor=attempt.actor, clause=CLAUSE)
    return card


def _why_not(visit: Visit, card: Card | None, until: datetime, at: datetime) -> Text | None:
    if visit.state != Visit.State.IN:
        return Text("Eine Karte bekommt nur, wer im Haus ist.", "Only somebody who is inside is given a card.")
    if until <= at:
        return Text("Die Karte wäre schon abgelaufen.", "The card would have run out already.")
    if visit.cards.filter(revoked_at=None).exists():
        return Text("Dieser Besuch hat schon eine Karte.", "This visitor has a card already.")
    if card is None or card.site_id != visit.site_id:
        return Text("Diese Karte gibt es hier nicht.", "There is no such card here.")
    return _not_this(card, visit)


def _not_this(card: Card, visit: Visit) -> Text | None:
    if card.group_id != visit.type.cards_id:
        return Text("Diese Karte ist nicht für diese Besuchsart.", "This card is not meant for this kind of visit.")
    if card.lost_at:
        return Text("Diese Karte ist als verloren gemeldet.", "This card was reported lost.")
    if card.issues.filter(returned_at=None).exists():
        return Text("Diese Karte hat noch jemand anderes.", "Somebody else still has this card.")
    return None


def _keep(group: CardGroup) -> None:
    if (group.opens_at is None) != (group.closes_at is None):
        raise CardRefusedError(
            Text("Stunden haben einen Anfang und ein Ende.", "Hours have a beginning and an end.")
        )  # fmt: skip
    try:
        with transaction.atomic():
            group.save()
    except IntegrityError as taken:
        raise CardRefusedError(
            Text(
                f"Die Kartengruppe „{group.name}“ gibt es schon.", f"There is a group of cards “{group.name}” already."
            )
        ) from taken


def _told(group: CardGroup) -> dict[str, object]:
    hours = [str(each) for each in (group.opens_at, group.closes_at) if each]
    return {"name": group.name, "zones": list(group.zones), "hours": hours, "dispensed": group.dispensed}
