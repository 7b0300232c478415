"""What the database itself keeps apart, asked as the application's role."""

import uuid
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from kontor.kernel.models import EventStream, RecordSeal, Role, Site, Tenant
from kontor.kernel.rows import NothingChangedError, TenantQuerySet, exactly_one, uuid7
from kontor.kernel.tenancy import NoTenantError, as_tenant, before_commit, current_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def two_tenants() -> tuple[Tenant, Tenant]:
    return (
        Tenant.objects.create(name="Alder", created_at=AT),
        Tenant.objects.create(name="Birch", created_at=AT),
    )


def test_a_tenant_sees_its_own_rows_only(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk):
        Site.objects.create(name="Munich")
    with as_tenant(birch.pk):
        site = Site.objects.create(name="Berlin")

        assert list(Site.objects.all()) == [site]
        assert list(TenantQuerySet(Site).all()) == [site]  # without the filter: the wall alone
        assert list(Site.objects.of(alder)) == []


def test_rows_need_a_tenant():
    with pytest.raises(NoTenantError):
        list(Site.objects.all())
    with (
        pytest.raises(DatabaseError, match=r"kontor\.tenant|syntax for type uuid"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT * FROM kernel_site")


def test_a_row_cannot_be_made_for_another_tenant(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Site.objects.create(tenant=birch, name="Berlin")


def test_a_row_cannot_point_into_another_tenant(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk):
        role = Role.objects.create(name="Reception")
        foreign = role.pk
    with as_tenant(birch.pk):
        from kontor.kernel.models import Membership, RoleAssignment

        member = Membership.objects.create(user_id=uuid.uuid4(), since=AT)
        with pytest.raises(IntegrityError), transaction.atomic():
            RoleAssignment.objects.create(membership=member, role_id=foreign)
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_another_tenants_row_is_neither_changed_nor_deleted(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk):
        site = Site.objects.create(name="Munich")
    with as_tenant(birch.pk):
        assert TenantQuerySet(Site).filter(pk=site.pk).update(name="Taken") == 0
        with pytest.raises(NothingChangedError):
            exactly_one(TenantQuerySet(Site).filter(pk=site.pk).delete()[0])
    with as_tenant(alder.pk):
        assert Site.objects.get(pk=site.pk).name == "Munich"


def test_a_final_row_neither_changes_nor_goes(two_tenants):
    alder, _ = two_tenants
    with as_tenant(alder.pk):
        seal = RecordSeal.objects.create(
            number=1, at=AT, last_made_in=1, last_entry=uuid.uuid4(), entries=0, chain=b"0" * 32
        )
        for attempt in (
            lambda: RecordSeal.objects.filter(pk=seal.pk).update(entries=7),
            lambda: RecordSeal.objects.filter(pk=seal.pk).delete(),
            lambda: connection.cursor().execute("TRUNCATE kernel_recordseal"),
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                attempt()


def test_leaving_a_nested_tenant_brings_the_outer_one_back(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk):
        with as_tenant(birch.pk):
            Site.objects.create(name="Berlin")
        assert current_tenant() == alder.pk
        assert list(Site.objects.all()) == []
        Site.objects.create(name="Munich")


def test_an_error_inside_a_nested_tenant_brings_the_outer_one_back(two_tenants):
    alder, birch = two_tenants
    with as_tenant(alder.pk):
        with pytest.raises(RuntimeError), as_tenant(birch.pk):
            Site.objects.create(name="Berlin")
            raise RuntimeError
        assert list(Site.objects.all()) == []
    with as_tenant(birch.pk):
        assert list(Site.objects.all()) == []


def test_promises_are_kept_once_at_the_end_and_as_their_tenant(two_tenants):
    alder, birch = two_tenants
    kept: list[object] = []
    with as_tenant(alder.pk):
        before_commit("tell", lambda: kept.append(current_tenant()))
        before_commit("tell", lambda: kept.append("twice"))
        with as_tenant(birch.pk):
            before_commit("tell", lambda: kept.append(current_tenant()))
        assert kept == []
    assert kept == sorted([alder.pk, birch.pk], key=lambda tenant: tenant.hex)


def test_promises_are_not_kept_after_an_error(two_tenants):
    alder, _ = two_tenants
    kept: list[object] = []
    with pytest.raises(RuntimeError), as_tenant(alder.pk):
        before_commit("tell", lambda: kept.append("never"))
        raise RuntimeError
    assert kept == []


def test_a_tenant_has_one_event_stream(two_tenants):
    alder, _ = two_tenants
    with as_tenant(alder.pk):
        EventStream.objects.create()
        with pytest.raises(IntegrityError), transaction.atomic():
            EventStream.objects.create()


def test_keys_of_one_process_rise_in_the_order_in_which_they_are_made():
    made = [uuid7() for _ in range(10_000)]

    assert made == sorted(made)
    assert {key.version for key in made} == {7}
