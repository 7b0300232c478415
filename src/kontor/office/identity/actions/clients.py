"""The house's list of browsers and mobile systems from which people may come in, each from a day on."""

import uuid
from datetime import date, datetime

from django.db import transaction

from kontor.kernel.actions.record import record
from kontor.kernel.actor import Actor
from kontor.kernel.models import Tenant
from kontor.kernel.rows import exactly_one
from kontor.kernel.tenancy import current_tenant
from kontor.office.identity.models import SupportedClient
from kontor.office.identity.queries.clients import FAMILIES, VERSION, house_day, is_older, oldest_built


class NotTheHouseError(PermissionError):
    """The list is the house's: no other tenant changes it."""


class PastDayError(ValueError):
    """What held on a day that is over cannot be changed any more."""


class NotBuiltForError(ValueError):
    """The pages are built for newer versions of this browser: an older one cannot be promised."""


@transaction.atomic
def support_from(family: str, *, minimum: str, from_on: date, at: datetime, actor: Actor) -> SupportedClient:
    """
    Let a family in only from a version on, beginning with a day; what was planned for that day gives way.

    minimum  "12" or "12.4.1"; "" for a family that is let in no more

    NotTheHouseError, PastDayError; NotBuiltForError for a browser older than the pages are built for; ValueError for an
    unknown family or what is no version.
    """
    _refuse_others()
    if family not in FAMILIES or (minimum and not VERSION.fullmatch(minimum)):
        raise ValueError(f"{family} {minimum}")
    if from_on < house_day(at):
        raise PastDayError(from_on.isoformat())
    if minimum and is_older(minimum, oldest_built(family)):
        raise NotBuiltForError(f"{family} {minimum}")
    told = {"minimum": minimum, "made_at": at, "made_by": actor.name}
    row, _ = SupportedClient.objects.update_or_create(family=family, from_on=from_on, defaults=told)
    after = {"family": family, "minimum": minimum, "from_on": from_on}
    record("identity.client_listed", row, at=at, actor=actor, after=after)
    return row


@transaction.atomic
def drop_plan(row_id: uuid.UUID, *, at: datetime, actor: Actor) -> None:
    """Take back what was planned for a day to come; NotTheHouseError, PastDayError, SupportedClient.DoesNotExist."""
    _refuse_others()
    row = SupportedClient.objects.select_for_update().get(pk=row_id)
    if row.from_on <= house_day(at):
        raise PastDayError(row.from_on.isoformat())
    before = {"family": row.family, "minimum": row.minimum, "from_on": row.from_on}
    record("identity.client_plan_dropped", row, at=at, actor=actor, before=before)
    exactly_one(row.delete()[0])


def _refuse_others() -> None:
    if not Tenant.objects.filter(pk=current_tenant(), is_house=True).exists():
        raise NotTheHouseError
