"""What stands in rows that a tenant does not see: held against each other, it tells whether anybody wrote there."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

from kontor.kernel.models import Tenant
from kontor.kernel.rows import TenantOwned
from kontor.kernel.tenancy import as_tenant, current_tenant
from kontor.office.identity.models import User
from tests.config.bodies import Strangers
from tests.config.walkers import people

Place = tuple[str, str]  # a tenant's id, a table
WRITTEN = re.compile(r'\s*(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"')


class Traces:
    """The rows of other tenants that a tenant does not see, and people who do not work in it, as they stood once."""

    def __init__(self, tenant: Tenant, strangers: Strangers) -> None:
        self.own, self.hidden = tenant, strangers.hidden
        self.mine = [person.pk for person in people(tenant)]
        self.tables = {model._meta.db_table: model for model in apps.get_models() if issubclass(model, TenantOwned)}
        self.others = {str(other.pk): other.is_house for other in Tenant.objects.exclude(pk=tenant.pk)}
        self.stood = {place: self.now(place) for place in self.places()}

    def places(self) -> list[Place]:
        """Return every table of every other tenant, and the table of people."""
        return [(other, table) for other in self.others for table in self.tables] + [("", User._meta.db_table)]

    def moved(self, places: list[Place] | None = None) -> list[Place]:
        """Return where it is not as it was; everywhere, or in those places."""
        asked = self.places() if places is None else [place for place in places if place in self.stood]
        return [place for place in asked if self.now(place) != self.stood[place]]

    def now(self, place: Place) -> Any:
        """Return how many rows there are of a customer, and a sum over all that the hidden ones hold."""
        other, table = place
        if not other:
            return _sum(User, "NOT id = ANY(%s)", self.mine)
        model = self.tables[table]
        with as_tenant(other):  # type: ignore[arg-type]
            held = _sum(model, "id = ANY(%s)", self.hidden.get(model, []))
            return held if self.others[other] else (held, _sum(model, "tenant_id = %s", other)[0])


def _sum(model: type[Model], which: str, given: Any) -> Any:
    table = model._meta.db_table
    summed = f'SELECT count(*), sum(hashtextextended(t::text, 0)) FROM "{table}" t WHERE {which}'  # noqa: S608  ours
    with connection.cursor() as cursor:
        cursor.execute(summed, [given])
        return cursor.fetchone()


@contextlib.contextmanager
def undone() -> Iterator[list[Place]]:
    """Take back whatever is written inside; tell, as (tenant, table), what was written until then."""
    written: list[Place] = []

    def watch(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if found := WRITTEN.match(str(sql)):
            with contextlib.suppress(RuntimeError):
                written.append((str(current_tenant()), found[1]))
            written.append(("", found[1]))
        return execute(sql, params, many, context)

    with transaction.atomic():
        with connection.execute_wrapper(watch):
            yield written
        transaction.set_rollback(True)
