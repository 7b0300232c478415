"""Leaving by giving one's card back: revoked first, collected second."""

from django.db import transaction

from kontor.products.visitors.actions import cards
from kontor.products.visitors.actions.arriving import check_out
from kontor.products.visitors.actions.happening import Attempt, held
from kontor.products.visitors.models import CardIssue, Visit
from kontor.rulebook.ruling import Text


@transaction.atomic
def give_back(number: str, attempt: Attempt) -> CardIssue:
    """
    Take a card back by its number; whoever had it and is still inside, or was only assumed to have left, has left now.

    CardRefusedError where nobody ever had it. Given back twice it is back once.
    """
    issues = CardIssue.objects.select_related("card").filter(card__number=number).order_by("-active_at", "-pk")
    issue = issues.first()
    if issue is None:
        raise cards.CardRefusedError(Text("Diese Karte hat niemand.", "Nobody has this card."))
    visit = held(issue.visit_id)
    issue.refresh_from_db()
    if issue.returned_at is None and (visit.state == Visit.State.IN or visit.assumed):
        check_out(visit.pk, attempt)
    return cards.collect(issue, attempt)
