"""Reckoning what pages say of all contracts together: in the night, and within a minute of what changes it."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from kontor.kernel.actions.schedule import put_due
from kontor.kernel.rows import uuid7
from kontor.office.contracts.actions.days import house_day
from kontor.office.contracts.models import Outlook
from kontor.office.contracts.queries.outlook import are_few, reckoned

JOB: Final = "contracts.reckon"
_AFTER: Final = timedelta(minutes=1)  # so that many changes at once are one reckoning


def reckon_soon(*, at: datetime) -> None:
    """Have everything reckoned anew in a minute; further changes until then are taken along."""
    put_due(JOB, at=at + _AFTER)


@transaction.atomic
def reckon(*, at: datetime) -> bool:
    """Reckon and keep it; False where contracts are so few that each page does it itself."""
    if are_few():
        return False
    today = house_day(at)
    Outlook.objects.bulk_create(
        [Outlook(id=uuid7(), on=today, at=at, content=reckoned(today))],
        update_conflicts=True,
        unique_fields=["tenant"],
        update_fields=["on", "at", "content"],
    )
    return True
