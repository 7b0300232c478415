"""What keeps data from going, as it stands now."""

import uuid
from datetime import date

from django.db.models import Q, QuerySet

from kontor.office.privacy.models import Hold
from kontor.rulebook.retention import Held, Outcome, outcome
from kontor.rulebook.ruling import Clause, Ruling, Text


def standing_holds() -> QuerySet[Hold]:
    """Return the holds that nobody has lifted, the next to be looked at first."""
    return Hold.objects.filter(lifted_at=None).order_by("review_on", "pk")


def overdue(on: date) -> list[Hold]:
    """Return the holds that were to be looked at again by a day and were not: they hold until somebody does."""
    return list(standing_holds().filter(review_on__lte=on))


def holds_on(tenant: uuid.UUID) -> list[Hold]:
    """Return what holds all of a company's data."""
    return list(standing_holds().filter(Q(of_tenant=tenant), kind=""))


def held_kinds() -> set[str]:
    """Return the kinds of data that are held wherever they lie."""
    return set(standing_holds().filter(of_tenant=None).values_list("kind", flat=True))


def held_back(tenant: uuid.UUID, *, on: date) -> Ruling[Outcome] | None:
    """Return why a company's data may not go on a day, None where nothing keeps it."""
    held = [_reason(hold) for hold in holds_on(tenant)]
    return outcome(on, held) if held else None


def _reason(hold: Hold) -> Held:
    clause = Clause("house", hold.clause) if hold.clause else None
    return Held(Text(hold.reason, hold.reason), None, clause)
