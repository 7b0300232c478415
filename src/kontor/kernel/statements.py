"""
Statements that every page asks: written down once, and planned by the database once for each connection.

For a small answer Django takes longer to write the question, and the database to plan it, than either to answer it.
"""

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.models import QuerySet

from kontor.kernel.tenancy import current_tenant

_MOMENT: Final = datetime.min.replace(tzinfo=UTC)  # stands for `at` where a statement is written down


def answers(sql: str, given: Sequence[Any] | dict[str, Any]) -> list[tuple[Any, ...]]:
    """
    Return the rows of a statement that the connection keeps prepared after its first few runs.

    The database binds what is given itself, so a parameter's type is that of its value. Where statements are logged,
    this one is written out like any other.
    """
    with connection.cursor() if connection.queries_logged else _binding_cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _binding_cursor() -> Any:
    connection.ensure_connection()
    bound: Any = psycopg.Cursor(connection.connection)
    return connection.make_cursor(bound)


class Statement:
    """
    A query that is compiled once; whose rows it reads and at which moment is told anew each time.

    build  makes the query for a moment; it names the current tenant as `CurrentTenant` or by a manager that does
    """

    def __init__(self, build: Callable[[datetime], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: tuple[str, tuple[Any, ...], tuple[str, ...]] | None = None

    def rows(self, at: datetime) -> list[tuple[Any, ...]]:
        """Return what the current tenant's rows answer at this moment, as plain values in the query's order."""
        tenant = current_tenant()
        if self._compiled is None:
            sql, params = self._build(_MOMENT).query.sql_with_params()
            self._compiled = sql, params, tuple(_told(param, tenant) for param in params)
        sql, params, told = self._compiled
        anew: dict[str, Any] = {"tenant": tenant, "at": at}
        return answers(sql, [anew.get(name, param) for name, param in zip(told, params, strict=True)])


def _told(param: Any, tenant: uuid.UUID) -> str:
    """Return what a parameter stands for: the tenant that asks, the moment, or itself."""
    if param == tenant:
        return "tenant"
    return "at" if param == _MOMENT else ""
