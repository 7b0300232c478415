"""Telling customers of what their supplier did with their own invoices, payments and contracts: as events of theirs."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from kontor.kernel.actions.events import publish
from kontor.kernel.actions.queue import queue_many

JOB: Final = "books.tell_customer"
INVOICE: Final = "books.received_invoice"
PAYMENT: Final = "books.received_payment"


def tell_customers(kind: str, told: Iterable[tuple[uuid.UUID | None, Mapping[str, Any]]]) -> None:
    """
    Have each customer's tenant hear of something in its own stream, and so its webhooks; one query for all.

    told  the customer's tenant, None for a customer without one, and ids and plain values of what is its own
    """
    by_tenant: dict[uuid.UUID, list[Mapping[str, Any]]] = {}
    for tenant, payload in told:
        if tenant is not None:
            by_tenant.setdefault(tenant, []).append(payload)
    queue_many(JOB, [(tenant, {"kind": kind, "events": events}) for tenant, events in by_tenant.items()])


def publish_all(kind: str, events: Sequence[Mapping[str, Any]], *, at: datetime) -> None:
    """Publish events in the current tenant, which is the customer's."""
    for payload in events:
        publish(kind, payload, at=at)
