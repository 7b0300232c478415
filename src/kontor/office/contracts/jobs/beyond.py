"""Jobs about what customers send: the limits that hold for them, and what is told when they go beyond."""

from datetime import datetime
from typing import Any

from kontor.kernel.background import tenant_job
from kontor.office.contracts.actions import overload, probing


@tenant_job("contracts.limit_requests")
def limit_requests(*, at: datetime, per_minute: int, per_client: int) -> None:
    """Limit a customer's requests as the house set it, as the customer."""
    overload.limit_requests(per_minute=per_minute, per_client=per_client, at=at)


@tenant_job("contracts.report_overload")
def report_overload(*, at: datetime, client: str, minute: str, limit: int) -> None:  # noqa: ARG001  every job is told the time
    """Tell the supplier that its customer sent too many requests, as the customer."""
    overload.report_overload(client=client, minute=datetime.fromisoformat(minute), limit=limit)


@tenant_job("contracts.note_overload")
def note_overload(*, at: datetime, told: dict[str, Any]) -> None:
    """Keep a minute of overload, as the supplier, and open a case where it is repeated."""
    overload.note_overload(told, at=at)


@tenant_job("contracts.limit_probes")
def limit_probes(*, at: datetime, reads_per_hour: int) -> None:
    """Have a customer's identical reads counted as the house set it, as the customer."""
    probing.limit_probes(reads_per_hour=reads_per_hour, at=at)


@tenant_job("contracts.report_probing")
def report_probing(*, at: datetime, client: str, hour: str, address: str, limit: int) -> None:  # noqa: ARG001  every job is told the time
    """Tell the supplier that a key of its customer read one address over and over, as the customer."""
    probing.report_probing(client=client, hour=datetime.fromisoformat(hour), address=address, limit=limit)


@tenant_job("contracts.note_probing")
def note_probing(*, at: datetime, told: dict[str, Any]) -> None:
    """Flag an hour of identical reads as the supplier."""
    probing.note_probing(told, at=at)
