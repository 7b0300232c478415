"""Statements as they stand: of each month the latest version."""

import uuid
from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from kontor.office.service_levels.models import AvailabilityStatement


def latest(contract_id: uuid.UUID, first: date) -> AvailabilityStatement | None:
    """Return the latest version of a contract's month; None where it is not settled."""
    rows = AvailabilityStatement.objects.filter(contract_id=contract_id, month=first)
    return rows.order_by("-version").first()


def newest(rows: QuerySet[AvailabilityStatement]) -> QuerySet[AvailabilityStatement]:
    """Return of each contract's month the latest version, without days and outages: what a list shows."""
    later = AvailabilityStatement.objects.filter(
        contract_id=OuterRef("contract_id"), month=OuterRef("month"), version__gt=OuterRef("version")
    )
    return rows.filter(~Exists(later)).defer("days", "items", "excused", "gaps")


def newest_versions(rows: Iterable[AvailabilityStatement]) -> list[AvailabilityStatement]:
    """Return of each contract's month the latest version, in the order of the rows."""
    held: dict[tuple[uuid.UUID, date], AvailabilityStatement] = {}
    for row in rows:
        key = (row.contract_id, row.month)
        if key not in held or held[key].version < row.version:
            held[key] = row
    return list(held.values())
