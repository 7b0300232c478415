"""The wall around each tenant's rows, read from the database itself."""

import pytest
from django.apps import apps
from django.db import connection

from kontor.kernel.rows import TenantOwned

pytestmark = pytest.mark.django_db

# They hold the name of a tenant and are read before anybody knows in which tenant the answer lies.
GLOBAL = {
    "desk_centreaddress": "the name in a customer centre's address is looked up to learn whose it is",
    "identity_entrance": "an e-mail domain or a provider's address is looked up to learn whose it is",
    "kernel_credential": "a link's secret is looked up to learn whose it is",
    "kernel_due": "the minute tick asks for everything that is due, then enters each tenant",
    "terminals_pairing": "a device that shows a code belongs to nobody until somebody has typed it",
}


def _rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_every_table_with_a_tenant_has_its_wall():
    open_tables = _rows(
        """
        SELECT class.relname
          FROM pg_class class JOIN pg_attribute attribute ON attribute.attrelid = class.oid
         WHERE attribute.attname IN ('tenant_id', 'customer_tenant_id') AND NOT attribute.attisdropped
           AND class.relkind IN ('r', 'p') AND class.relnamespace = 'public'::regnamespace
           AND NOT (class.relrowsecurity AND class.relforcerowsecurity
                    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = class.oid AND polcmd = 'r'
                                AND pg_get_expr(polqual, polrelid) LIKE '%kontor.tenant%')
                    AND EXISTS (SELECT FROM pg_policy WHERE polrelid = class.oid AND polcmd = 'a'
                                AND pg_get_expr(polwithcheck, polrelid) LIKE '%kontor.tenant%'))
         ORDER BY class.relname
        """
    )

    assert [name for (name,) in open_tables] == sorted(GLOBAL)


def test_every_tenants_model_is_behind_the_wall_with_its_tenant_in_the_key():
    walled = _rows(
        """
        SELECT class.relname FROM pg_class class
          JOIN pg_constraint key ON key.conrelid = class.oid AND key.contype = 'p'
         WHERE class.relforcerowsecurity AND class.relrowsecurity
           AND (SELECT array_agg(attname::text ORDER BY place)
                  FROM unnest(key.conkey) WITH ORDINALITY part(number, place)
                  JOIN pg_attribute ON attrelid = class.oid AND attnum = part.number) = ARRAY['tenant_id', 'id']
        """
    )
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned)}

    assert {name for (name,) in walled} == tables


def test_references_between_tenants_rows_name_the_tenant():
    loose = _rows(
        """
        SELECT link.conrelid::regclass::text, link.conname FROM pg_constraint link
          JOIN pg_class here ON here.oid = link.conrelid JOIN pg_class there ON there.oid = link.confrelid
         WHERE link.contype = 'f' AND here.relforcerowsecurity AND there.relforcerowsecurity
           AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = link.conrelid AND attname = 'tenant_id'
                             AND attnum = ANY (link.conkey))
        """
    )

    assert loose == []


def test_every_unique_constraint_of_a_tenants_table_names_the_tenant():
    loose = _rows(
        """
        SELECT index.indexrelid::regclass::text FROM pg_index index JOIN pg_class class ON class.oid = index.indrelid
         WHERE index.indisunique AND class.relforcerowsecurity
           AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = class.oid AND attname = 'tenant_id'
                             AND attnum = ANY (index.indkey))
        """
    )

    assert loose == []


def test_nothing_happens_behind_the_back():
    assert _rows("SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                 "WHERE NOT tgisinternal AND relname NOT LIKE 'procrastinate%'") == []  # fmt: skip


def test_the_applications_role_owns_and_bypasses_nothing():
    ((superuser, bypasses, makes_roles, makes_databases),) = _rows(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    )
    owned = _rows(
        "SELECT relname FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = current_user) "
        "AND relnamespace = 'public'::regnamespace"
    )
    above = _rows(
        "SELECT rolname FROM pg_roles WHERE pg_has_role(current_user, oid, 'member') AND rolname <> current_user"
    )

    assert (superuser, bypasses, makes_roles, makes_databases, owned, above) == (False, False, False, False, [], [])


def test_final_rows_can_only_be_added():
    final = {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and model.row_rules.append_only
    }
    changeable = _rows(
        "SELECT table_name FROM information_schema.role_table_grants WHERE grantee = current_user "
        "AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
    )

    assert final & {name for (name,) in changeable} == set()
    assert len(final) > 0


def test_whoever_erases_deletes_rows_of_one_tenant_and_adds_or_changes_none():
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantOwned)}
    granted = _rows(
        "SELECT relname, may FROM pg_class, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) may "
        "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace "
        "AND has_table_privilege('kontor_eraser', oid, may)"
    )
    final = {
        model._meta.db_table
        for model in apps.get_models()
        if issubclass(model, TenantOwned) and model.row_rules.append_only
    }
    erased = _rows(
        "SELECT polrelid::regclass::text FROM pg_policy WHERE polname = 'tenant_erase' AND polcmd = 'd' AND polroles = "
        "ARRAY['kontor_eraser'::regrole::oid] AND pg_get_expr(polqual, polrelid) LIKE '%kontor.tenant%'"
    )

    assert set(granted) == {(table, right) for table in tables for right in ("SELECT", "DELETE")}
    assert {table for (table,) in erased} == final
