"""
Statements that every page asks: written down once, and planned by the database once for each connection.

For a small answer Django takes longer to write the question, and the database to plan it, than either to answer it.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.utils import create_namedtuple_class

from kontor.kernel.tenancy import current_tenant

_MOMENT: Final = datetime.min.replace(tzinfo=UTC)  # stands for `at` where a statement is written down
_THING: Final = uuid.UUID(int=0)  # and this for the thing that it asks about


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


class FirstPage:
    """
    The first page of a list, as most people see it: compiled once for each order, and what the rows are called.

    build    makes the query, by `values_list(..., named=True)`; it says nothing of the request, the tenant as above
    counted  whose rows it lists, all of them
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], counted: type[Model]) -> None:
        self.build, self._counted = build, counted
        self._compiled: dict[tuple[str, int], _Compiled] = {}

    def count(self) -> int:
        """Return how many rows the current tenant has."""
        table = self._counted._meta.db_table
        sql = f"SELECT count(*) FROM {table} WHERE tenant_id = %s"  # noqa: S608  our own name
        return int(answers(sql, [current_tenant()])[0][0])

    def rows(self, order: str, size: int, ordered: Callable[[Any, str], QuerySet[Any, Any]]) -> list[Any]:
        """Return the first rows in an order that the list offers."""
        tenant = current_tenant()
        if (order, size) not in self._compiled:
            self._compiled[order, size] = _compiled(ordered(self.build(), order)[:size], tenant)
        return self._compiled[order, size].rows({"tenant": tenant})


class About:
    """
    What there is about one thing: a query that is compiled once; thing and tenant are told anew each time.

    build  makes the query from the thing's id, which stands in it for itself alone: of model objects without their
           relations, or by `values_list(..., named=True)`. It names the tenant that asks by a manager or `seen_by`.
    """

    def __init__(self, build: Callable[[uuid.UUID], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: _Compiled | None = None

    def rows(self, thing: uuid.UUID) -> list[Any]:
        """Return what the current tenant may see about a thing, in the query's order."""
        tenant = current_tenant()
        if self._compiled is None:
            self._compiled = _compiled(self._build(_THING), tenant)
        return self._compiled.rows({"tenant": tenant, "thing": thing})


class Counts:
    """
    How many rows of several kinds there are about one thing, in one statement that is compiled once.

    kinds  by name what makes the queries of a kind from the thing's id, as for `About`
    """

    def __init__(self, kinds: Mapping[str, Sequence[Callable[[uuid.UUID], QuerySet[Any, Any]]]]) -> None:
        self._kinds = kinds
        self._compiled: _Compiled | None = None

    def of(self, thing: uuid.UUID) -> dict[str, int]:
        """Return how many rows the current tenant sees, by kind."""
        tenant = current_tenant()
        if self._compiled is None:
            self._compiled = self._counting(tenant)
        ((*found,),) = self._compiled.rows({"tenant": tenant, "thing": thing})
        return dict(zip(self._kinds, found, strict=True))

    def _counting(self, tenant: uuid.UUID) -> "_Compiled":
        sums, given = [], []
        for builds in self._kinds.values():
            parts = [_compiled(build(_THING).order_by().values_list("pk", named=True), tenant) for build in builds]
            counted = (f"(SELECT count(*) FROM ({part.sql}) AS found)" for part in parts)  # noqa: S608  our own
            sums.append(" + ".join(counted))
            given += [param for part in parts for param in part.params]
        told = tuple(_told(param, tenant) for param in given)
        return _Compiled(f"SELECT {', '.join(sums)}", tuple(given), told, {}, lambda *row: row)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement with what its parameters stand for, and how its answer is read."""

    sql: str
    params: tuple[Any, ...]
    told: tuple[str, ...]
    converters: dict[int, Any]
    shape: Callable[..., Any]

    def rows(self, anew: Mapping[str, Any]) -> list[Any]:
        """Return the answer, with what is told anew in its place."""
        given = [anew.get(told, param) for told, param in zip(self.told, self.params, strict=True)]
        found = answers(self.sql, given)
        if self.converters:
            found = [self._converted(row) for row in found]
        return [self.shape(*row) for row in found]

    def _converted(self, row: tuple[Any, ...]) -> tuple[Any, ...]:
        made = list(row)
        for place, (converters, expression) in self.converters.items():
            for convert in converters:
                made[place] = convert(made[place], expression, connection)
        return tuple(made)


def _compiled(rows: QuerySet[Any, Any], tenant: uuid.UUID) -> _Compiled:
    compiler = rows.query.get_compiler(rows.db)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select])
    told = tuple(_told(param, tenant) for param in params)
    return _Compiled(sql, tuple(params), told, converters, _shape(rows, compiler))


def _shape(rows: QuerySet[Any, Any], compiler: Any) -> Callable[..., Any]:
    """Return what makes of a row's columns what the query promises: a tuple with names, or the model's object."""
    fields = rows._fields  # type: ignore[attr-defined]  # noqa: SLF001  as Django names them
    if fields is not None:
        shape: Callable[..., Any] = create_namedtuple_class(*fields)
        return shape
    model, names = rows.model, [column[0].target.attname for column in compiler.select]
    return lambda *row: model.from_db(rows.db, names, row)


def _told(param: Any, tenant: uuid.UUID) -> str:
    """Return what a parameter stands for: the tenant that asks, the thing asked about, the moment, or itself."""
    if param == tenant:
        return "tenant"
    if param == _THING:
        return "thing"
    return "at" if param == _MOMENT else ""
