"""Asking many tenants one after the other in a single round trip: each as itself, behind its own row security."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from kontor.kernel.tenancy import current_tenant


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement and the tenant as which it runs; it names that tenant's rows itself, as every query does."""

    tenant: uuid.UUID
    sql: str
    given: Sequence[Any] | dict[str, Any]


@transaction.atomic
def answers_of(asked: Iterable[Asked]) -> list[list[tuple[Any, ...]]]:
    """
    Run these statements in their order, each as its tenant, and return the rows of each; [] for one that gives none.

    A round trip for each of ten thousand tenants costs many times what the database takes to answer. Afterwards the
    database sees the current tenant again; where a statement fails, none of them has happened.
    """
    with connection.cursor() as cursor:
        walked = [
            f"SET LOCAL kontor.tenant = '{uuid.UUID(str(each.tenant))}'; {_written(cursor, each)}" for each in asked
        ]
        if not walked:
            return []
        cursor.execute("; ".join([*walked, f"SET LOCAL kontor.tenant = '{current_tenant()}'"]))
        found = []
        for _ in walked:
            cursor.nextset()  # past SET
            found.append(list(cursor.fetchall()) if cursor.description else [])
            cursor.nextset()
        return found


def _written(cursor: Any, each: Asked) -> str:
    """Return a statement with what is given written into it, as the driver escapes it."""
    return str(cursor.mogrify(each.sql, each.given))
