"""Telling what happened, to other modules and to open pages, in one gapless stream per tenant."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from kontor.kernel.actions.webhooks import hand_out
from kontor.kernel.models import Event, EventStream
from kontor.kernel.rows import uuid7
from kontor.kernel.tenancy import before_commit, current_tenant

CHANNEL: Final = "kontor"


@dataclass(slots=True, eq=False)
class _Published:
    """
    An event that waits for its number.

    It waits among what Django means to call after the commit, since Django forgets there whatever a savepoint takes
    back; being called tells that its transaction is over, and there is nothing left to do.
    """

    tenant: UUID
    kind: str
    payload: dict[str, Any]
    at: datetime
    numbered: bool = False

    def __call__(self) -> None:
        """Be done with."""


def publish(kind: str, payload: Mapping[str, Any], *, at: datetime) -> None:
    """
    Tell that something happened in the current tenant; heard when the transaction is committed, or never.

    kind     declared in a module.py: "books.invoice_paid"
    payload  ids and plain values; pages hear the kind only and read what they may

    The number is taken as the transaction's last statement, so that the tenant's stream is locked for a moment only.
    """
    told = json.loads(json.dumps(dict(payload), cls=DjangoJSONEncoder))
    before_commit("kernel.events", _number_events)
    transaction.on_commit(_Published(current_tenant(), kind, told, at))


def _number_events() -> None:
    waiting = _waiting()
    if not waiting:
        return
    events = [Event(kind=each.kind, payload=each.payload, at=each.at) for each in waiting]
    hand_out(events)
    last = _take_numbers(len(waiting))
    for number, event in enumerate(events, start=last - len(waiting) + 1):
        event.number = number
    Event.objects.bulk_create(events)
    for each in waiting:
        each.numbered = True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, f"{current_tenant()}:{last}"])


def _waiting() -> list[_Published]:
    promises: list[Any] = connection.run_on_commit
    published = [promise[1] for promise in promises if isinstance(promise[1], _Published)]
    return [each for each in published if each.tenant == current_tenant() and not each.numbered]


def _take_numbers(count: int) -> int:
    """Lock the tenant's stream, move it on, and return its last number; a tenant without one gets it."""
    table = EventStream._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} AS stream (id, tenant_id, last_number) VALUES (%s, %s, %s)"  # noqa: S608  our own name
            " ON CONFLICT (tenant_id) DO UPDATE SET last_number = stream.last_number + excluded.last_number"
            " RETURNING last_number",
            [uuid7(), current_tenant(), count],
        )
        (last,) = cursor.fetchone()
    return int(last)
