"""What changed since a position, for installations that pull."""

from collections.abc import Sequence

from django.db.models import Max

from kontor.office.contracts.models import SyncInstallation, SyncRecord


def changed_since(position: int, *, kind: str, limit: int) -> Sequence[SyncRecord]:
    """
    Return the records that changed behind a position, in the order of their latest change; one query.

    kind  "" for all; a record that changed again stands where its latest change does, and there alone
    """
    rows = SyncRecord.objects.filter(position__gt=position)
    if kind:
        rows = rows.filter(kind=kind)
    return list(rows.order_by("position")[:limit])


def last_position() -> int:
    """Return where the latest change of the tenant stands, 0 before the first."""
    last: int | None = SyncRecord.objects.aggregate(last=Max("position"))["last"]
    return last or 0


def installations() -> Sequence[SyncInstallation]:
    """Return the tenant's installations by their names."""
    return list(SyncInstallation.objects.order_by("name"))
