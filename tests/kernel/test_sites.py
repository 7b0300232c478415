"""Rights that end at a site: the database keeps other sites' rows away, whatever is asked for."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, models, transaction
from django.test.utils import isolate_apps

from kontor.kernel.models import Membership, Role, RoleAssignment, Site, Tenant
from kontor.kernel.rows import SiteReference, SiteWall, TenantOwned, TenantReference, uuid7
from kontor.kernel.standing import Standing
from kontor.kernel.tenancy import as_tenant, limit_to_sites
from tests.databases import WorkerDatabase
from tests.kernel.conftest import AT

NORTH, SOUTH = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture
def visits(worker_database: WorkerDatabase) -> Iterator[None]:
    """A table of rows with a site, walled as its field has it walled."""
    with isolate_apps("kontor.kernel"), psycopg.connect(worker_database.owner_url, autocommit=True) as owner:
        model = _visit()
        (wall,) = [each for each in model._meta.constraints if isinstance(each, SiteWall)]
        with connection.schema_editor(collect_sql=True) as editor:
            made = str(wall.statement(model, editor))
            undone = str(wall.remove_sql(model, editor))
        mine = "tenant_id = current_setting('kontor.tenant')::uuid"
        owner.execute("CREATE TABLE kernel_visit (id uuid, tenant_id uuid, site_id uuid)")
        owner.execute(f"CREATE POLICY tenant_rows ON kernel_visit USING ({mine}) WITH CHECK ({mine})")  # type: ignore[arg-type]
        owner.execute(
            "ALTER TABLE kernel_visit ENABLE ROW LEVEL SECURITY; ALTER TABLE kernel_visit FORCE ROW LEVEL SECURITY"
        )
        owner.execute(made)  # type: ignore[arg-type]
        yield
        owner.execute(undone)  # type: ignore[arg-type]
        owner.execute("DROP TABLE kernel_visit")


def _visit() -> type[models.Model]:
    class Visit(TenantOwned):
        tenant = TenantReference(to=Tenant)
        site = SiteReference(to=Site, null=True)

        class Meta(TenantOwned.Meta):
            app_label = "kernel"
            db_table = "kernel_visit"

    return Visit


def _at(*sites: uuid.UUID | None) -> None:
    with connection.cursor() as cursor:
        for site in sites:
            told = "(gen_random_uuid(), current_setting('kontor.tenant')::uuid, %s)"
            cursor.execute(f"INSERT INTO kernel_visit VALUES {told}", [site])  # noqa: S608  our own words


def _seen() -> list[uuid.UUID | None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT site_id FROM kernel_visit ORDER BY site_id NULLS LAST")
        return [site for (site,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_the_database_shows_and_takes_the_rows_of_ones_own_sites_alone(visits, alder, birch):
    with as_tenant(alder.pk):
        _at(NORTH, SOUTH, None)
        assert _seen() == [NORTH, SOUTH, None]
    with as_tenant(alder.pk):
        limit_to_sites([NORTH])
        assert _seen() == [NORTH]
        _at(NORTH)
        with as_tenant(birch.pk):  # what is done meanwhile for somebody else is not limited
            _at(SOUTH)
            assert _seen() == [SOUTH]
        assert _seen() == [NORTH, NORTH]
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM kernel_visit")
            assert cursor.rowcount == 2
    with pytest.raises(Exception, match="row-level security"), as_tenant(alder.pk):
        limit_to_sites([NORTH])
        _at(SOUTH)
    with as_tenant(alder.pk):
        assert _seen() == [SOUTH, None]


def test_every_row_with_a_site_is_walled():
    open_tables = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.local_fields
        if field.related_model is Site and not isinstance(field, SiteReference)
    }
    assert open_tables == set()


@pytest.mark.django_db
def test_a_role_at_another_site_is_neither_seen_nor_given_nor_taken_and_one_held_everywhere_is_seen_alone(alder):
    """The database says so to every query, whatever a page forgets to ask."""
    with as_tenant(alder.pk):
        north, south = (Site.objects.create(name=name) for name in ("Nord", "Süd"))
        role = Role.objects.create(name="Leitung", permissions=[])
        member = Membership.objects.create(user_id=uuid7(), since=AT)
        rows = [RoleAssignment.objects.create(membership=member, role=role, site=site) for site in (north, south, None)]
        limit_to_sites([north.pk])

        assert set(RoleAssignment.objects.values_list("site__name", flat=True)) == {"Nord", None}
        assert set(member.assignments.all()) == {rows[0], rows[2]}
        assert RoleAssignment.objects.filter(pk=rows[1].pk).first() is None
        for site in (south, None):
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                RoleAssignment.objects.create(membership=member, role=Role.objects.create(name=f"R{site}"), site=site)
        with transaction.atomic():
            assert RoleAssignment.objects.filter(membership=member).delete()[0] == 1
    with as_tenant(alder.pk):
        assert set(RoleAssignment.objects.values_list("site__name", flat=True)) == {"Süd", None}


@pytest.mark.parametrize(
    ("permission", "sites"),
    [("a.see", None), ("a.change", {NORTH}), ("a.other", set())],
)
def test_where_somebody_may_do_something(permission, sites):
    tenant = Tenant(id=uuid7(), name="Alder", created_at=AT)
    held = {NORTH: frozenset({"a.change", "a.see"}), SOUTH: frozenset({"a.see"})}
    standing = Standing(tenant, uuid7(), everything=False, permissions=frozenset({"a.see"}), at_sites=held)
    assert standing.limited_to(permission) == sites
