"""Rows that are locked away because a duty alone still keeps them: nobody opens, lists, changes or sends them."""

import uuid
from collections.abc import Callable, Collection

from django.db.models import Exists, OuterRef, Q

from kontor.office.privacy.models import Restriction, SubjectRequest


def not_locked(label: str, row: str = "pk") -> Q:
    """Return the condition that a table's row is not locked away for a duty alone; `row` is where its key stands."""
    return ~Q(Exists(Restriction.objects.filter(label=label, row=OuterRef(row))))


def not_locked_sql(label: str, row: str) -> str:
    """Return the same condition for a statement that is written out: `row` its column, %(tenant)s its tenant."""
    locked = f"SELECT FROM privacy_restriction r WHERE r.tenant_id = %(tenant)s AND r.label = '{label}'"
    return f"NOT EXISTS ({locked} AND r.row = {row})"


def is_locked(label: str, row: uuid.UUID) -> bool:
    """Tell whether a row is locked away: only who keeps the registers of privacy may look at it."""
    return Restriction.objects.filter(label=label, row=row).exists()


def locked_among(rows: Collection[uuid.UUID], may: Callable[[str], bool]) -> bool:
    """
    Tell whether any of these rows is locked away from whoever asks: all but those who keep the registers.

    Whoever decides on requests about people's own data still sees how one ended, though it is kept as a letter alone.
    """
    locked = Restriction.objects.filter(row__in=rows)
    if may("privacy.decide"):
        locked = locked.exclude(label=SubjectRequest._meta.label)
    return not may("privacy.keep") and locked.exists()
