"""What keeps data from going, as it stands now."""

import uuid
from datetime import date

from django.db.models import Q, QuerySet

from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
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


def withheld_copies(tenant: uuid.UUID, *, on: date) -> Hold | None:
    """
    Return, from inside the company, the house's hold that keeps its copies from it on a day, None for none.

    It is limited: once it was to be looked at again and nobody did, the copies are handed out (crm 14).
    """
    house = Tenant.objects.filter(is_house=True).exclude(pk=tenant).values_list("pk", flat=True).first()
    if house is None:
        return None
    with as_tenant(house):
        return standing_holds().filter(of_tenant=tenant, ground="withholding", review_on__gt=on).first()


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
