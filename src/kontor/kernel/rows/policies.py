"""Row security, written as one constraint per table."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from django.conf import settings
from django.db import models
from django.db.backends.ddl_references import Statement, Table

from kontor.kernel.rows.references import Declared, column_of, target_of
from kontor.kernel.rows.rules import CURRENT, PERSON, READERS, SITES, THIS_TRANSACTION, RowRules


class TenantRows(Declared):
    """PRIMARY KEY (tenant_id, id), row security enabled and forced, and one policy per command."""

    keywords = tuple(field.name for field in fields(RowRules))
    comes_first = True
    shared_with: str
    published_by: str
    part_of: str
    append_only: bool
    about: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        whole = target_of(model, self.part_of)._meta.db_table if self.part_of else ""
        sql = "\n".join(self._statements(model, quote)).replace("%", "%%")
        return Statement(
            sql.replace("{table}", "%(table)s").replace("{whole}", "%(whole)s"),
            table=Table(model._meta.db_table, quote),
            whole=Table(whole, quote),
        )

    def _statements(self, model: type[models.Model], quote: Any) -> Iterator[str]:
        mine = f"tenant_id = {CURRENT}"
        yield (
            "DO $$ DECLARE short name; BEGIN SELECT conname INTO short FROM pg_constraint WHERE contype = 'p' AND "
            "conrelid = '{table}'::regclass AND cardinality(conkey) = 1; IF FOUND THEN EXECUTE format("
            "'ALTER TABLE {table} DROP CONSTRAINT %I, ADD PRIMARY KEY (tenant_id, id)', short); END IF; END $$;"
        )
        yield "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        yield f"CREATE POLICY tenant_read ON {{table}} FOR SELECT USING ({mine});"
        if shared := self._shared(model, quote):
            app = quote(settings.KONTOR_APP_ROLE)
            yield f"CREATE POLICY shared_read ON {{table}} FOR SELECT TO {app} USING ({shared});"
        if self.about:
            column = quote(column_of(model, self.about))
            yield f"CREATE POLICY own_read ON {{table}} FOR SELECT USING ({column} = {PERSON});"
        yield f"CREATE POLICY tenant_insert ON {{table}} FOR INSERT WITH CHECK ({mine}{self._fresh(model, quote)});"
        # Erasing has a role of its own: the application never deletes what is final, and the eraser adds nothing.
        eraser = quote(settings.KONTOR_ERASER_ROLE)
        yield f"GRANT SELECT, DELETE ON {{table}} TO {eraser};"
        if self.append_only:
            yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {{table}} FROM {quote(settings.KONTOR_APP_ROLE)};"
            yield f"CREATE POLICY tenant_erase ON {{table}} FOR DELETE TO {eraser} USING ({mine});"
        else:
            yield f"CREATE POLICY tenant_update ON {{table}} FOR UPDATE USING ({mine}) WITH CHECK ({mine});"
            yield f"CREATE POLICY tenant_delete ON {{table}} FOR DELETE USING ({mine});"

    def _shared(self, model: type[models.Model], quote: Any) -> str:
        """The test under which the second tenant reads: of this row's columns, or of its whole's."""
        if not self.shared_with:
            return ""
        if not self.part_of:
            test = f"{quote(column_of(model, self.shared_with))} = {CURRENT}"
            if self.published_by:
                test += f" AND {quote(column_of(model, self.published_by))} IS NOT NULL"
            return test
        owner = target_of(model, self.part_of)
        test = f"whole.{quote(column_of(owner, self.shared_with))} = {CURRENT}"
        if self.published_by:
            test += f" AND whole.{quote(column_of(owner, self.published_by))} IS NOT NULL"
        column = quote(column_of(model, self.part_of))
        return f"(tenant_id, {column}) IN (SELECT whole.tenant_id, whole.id FROM {{whole}} whole WHERE {test})"

    def _fresh(self, model: type[models.Model], quote: Any) -> str:
        """A final row says in which transaction it was made; its lines must be made in the same one."""
        if not self.append_only:
            return ""
        if self.part_of:
            column = quote(column_of(model, self.part_of))
            return (
                f" AND (tenant_id, {column}) IN (SELECT whole.tenant_id, whole.id FROM {{whole}} whole"
                f" WHERE whole.made_in = {THIS_TRANSACTION})"
            )
        return f" AND made_in = {THIS_TRANSACTION}"

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        table = quote(model._meta.db_table)
        policies = (
            *("tenant_read", "shared_read", "own_read"),
            *("tenant_insert", "tenant_update", "tenant_delete", "tenant_erase"),
        )
        statements = [f"DROP POLICY IF EXISTS {policy} ON {table};" for policy in policies]
        statements.append(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;")
        statements.append(f"REVOKE SELECT, DELETE ON {table} FROM {quote(settings.KONTOR_ERASER_ROLE)};")
        if self.append_only:
            statements.append(f"GRANT UPDATE, DELETE ON {table} TO {quote(settings.KONTOR_APP_ROLE)};")
        return "\n".join(statements)


class MemberRead(Declared):
    """A further policy: whoever is a member of the row's tenant reads the row from outside, as a person."""

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        return Statement(
            "CREATE POLICY member_read ON %(table)s FOR SELECT USING (tenant_id IN "
            f"(SELECT m.tenant_id FROM kernel_membership m WHERE m.user_id = {PERSON}));",
            table=Table(model._meta.db_table, quote),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return f"DROP POLICY IF EXISTS member_read ON {schema_editor.quote_name(model._meta.db_table)};"


class SiteWall(Declared):
    """Whoever may act at some sites only reads and writes the rows of these alone, whatever a page asks for."""

    keywords = ("field",)
    field: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        column = schema_editor.quote_name(column_of(model, self.field))
        return Statement(
            "CREATE POLICY site_wall ON %(table)s AS RESTRICTIVE FOR ALL USING "
            f"({SITES} IS NULL OR {column} = ANY (string_to_array({SITES}, ',')::uuid[]));",
            table=Table(model._meta.db_table, schema_editor.quote_name),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return f"DROP POLICY IF EXISTS site_wall ON {schema_editor.quote_name(model._meta.db_table)};"


class SiteOrEverywhereWall(SiteWall):
    """
    The wall of rows that hold at one site, or without a site at each of them.

    Whoever may act at some sites only reads these sites' rows and those that hold everywhere, and writes the former.
    """

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        column = schema_editor.quote_name(column_of(model, self.field))
        mine = f"{SITES} IS NULL OR {column} = ANY (string_to_array({SITES}, ',')::uuid[])"
        parts = {
            "site_wall": f"SELECT USING ({mine} OR {column} IS NULL)",
            "site_wall_insert": f"INSERT WITH CHECK ({mine})",
            "site_wall_update": f"UPDATE USING ({mine})", "site_wall_delete": f"DELETE USING ({mine})",
        }  # fmt: skip
        policies = (f"CREATE POLICY {name} ON %(table)s AS RESTRICTIVE FOR {part};" for name, part in parts.items())
        return Statement("\n".join(policies), table=Table(model._meta.db_table, schema_editor.quote_name))

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table = schema_editor.quote_name(model._meta.db_table)
        names = ("site_wall", "site_wall_insert", "site_wall_update", "site_wall_delete")
        return "\n".join(f"DROP POLICY IF EXISTS {name} ON {table};" for name in names)


class ReadersWall(Declared):
    """
    Whoever reads from outside sees the published rows meant for them, whatever a page or a search asks for.

    field    column that holds for whom a row is; its state must be "PUBLISHED"
    part_of  field pointing to the row this belongs to, which decides instead; "" where the row decides itself
    """

    keywords = ("field", "part_of")
    field: str
    part_of: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        whole = target_of(model, self.part_of)._meta.db_table if self.part_of else ""
        if self.part_of:  # the subquery obeys the wall of the table it asks
            column = quote(column_of(model, self.part_of))
            test = f"(tenant_id, {column}) IN (SELECT whole.tenant_id, whole.id FROM %(whole)s whole)"
        else:
            test = f"state = 'PUBLISHED' AND {quote(self.field)} = ANY (string_to_array({READERS}, ','))"
        return Statement(
            f"CREATE POLICY readers_wall ON %(table)s AS RESTRICTIVE FOR SELECT USING ({READERS} IS NULL OR ({test}));",
            table=Table(model._meta.db_table, quote),
            whole=Table(whole, quote),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return f"DROP POLICY IF EXISTS readers_wall ON {schema_editor.quote_name(model._meta.db_table)};"


class NeverChanged(Declared):
    """
    Columns that the application writes once, when the row is made: the database refuses it to change them.

    PostgreSQL grants by column, so a column that is added to the table later is changed by nobody until its migration
    removes this constraint and adds it again.
    """

    keywords = ("fields",)
    fields: tuple[str, ...]

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        app = schema_editor.quote_name(settings.KONTOR_APP_ROLE)
        kept = ", ".join(f"'{column_of(model, name)}'" for name in self.fields)
        return Statement(
            f"REVOKE UPDATE ON %(table)s FROM {app}; DO $$ DECLARE others text; BEGIN "
            "SELECT string_agg(quote_ident(attname), ', ') INTO others FROM pg_attribute "
            "WHERE attrelid = '%(table)s'::regclass AND attnum > 0 AND NOT attisdropped "
            f"AND attname NOT IN ({kept}); "
            f"EXECUTE 'GRANT UPDATE (' || others || ') ON %(table)s TO {app}'; END $$;",
            table=Table(model._meta.db_table, schema_editor.quote_name),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        table, app = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(settings.KONTOR_APP_ROLE)
        return f"GRANT UPDATE ON {table} TO {app};"
