"""Every tenant's row: its key, its references and what the database lets anybody do with it."""

import hashlib
import secrets
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint
from django.db.models.expressions import RawSQL

from kontor.kernel.tenancy import current_tenant

if TYPE_CHECKING:
    from kontor.kernel.models import Tenant

CURRENT = "current_setting('kontor.tenant')::uuid"  # raises without a tenant: that is always a mistake
PERSON = "nullif(current_setting('kontor.person', true), '')::uuid"
THIS_TRANSACTION = "pg_current_xact_id()::text::bigint"
IDENTIFIER_BYTES = 63

M = TypeVar("M", bound=models.Model)


def uuid7() -> uuid.UUID:
    """Return a new UUID of version 7 (RFC 9562, 5.7): 48 bits of Unix milliseconds, then random bits."""
    milliseconds = time.time_ns() // 1_000_000
    return uuid.UUID(
        int=(milliseconds << 80) | (7 << 76) | (secrets.randbits(12) << 64) | (2 << 62) | secrets.randbits(62)
    )


@dataclass(frozen=True, kw_only=True)
class RowRules:
    """
    What is special about a table's rows; written once on the model, kept by the database.

    shared_with   column holding the second tenant, which may read the row
    published_by  column that must be set before the second tenant sees it; "" where the row is shared from insertion
    part_of       field pointing to the row this is a line of; the two columns above are then that row's
    append_only   rows are added and read, nothing else; lines only in the transaction that made their whole
    about         column holding a person who may read this row from outside the tenant (see `as_person`)
    """

    shared_with: str = ""
    published_by: str = ""
    part_of: str = ""
    append_only: bool = False
    about: str = ""


class _Declared(BaseConstraint):
    """A BaseConstraint written as plain keyword arguments, so that migrations compare and print it."""

    keywords: tuple[str, ...] = ()

    def __init__(self, *, name: str, **given: Any) -> None:
        super().__init__(name=name)
        for keyword in self.keywords:
            setattr(self, keyword, given.pop(keyword))
        if given:
            raise TypeError(f"{type(self).__name__} does not know {', '.join(given)}.")

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {keyword: getattr(self, keyword) for keyword in self.keywords}

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database decides; forms offer only this tenant's rows anyway."""

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Within CREATE TABLE nothing can be said yet: the statement is put off to the migration's end."""
        self.create_sql(model, schema_editor)

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        """Put the statement off to the migration's end: first all keys, then the references to them."""
        assert model is not None
        assert schema_editor is not None
        place = 0 if isinstance(self, TenantRows) else len(schema_editor.deferred_sql)
        schema_editor.deferred_sql.insert(place, self.statement(model, schema_editor))

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        raise NotImplementedError


class CompositeForeignKey(_Declared):
    """FOREIGN KEY (tenant_id, x_id) REFERENCES target (tenant_id, id)."""

    keywords = ("field",)
    field: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote, field = schema_editor.quote_name, model._meta.get_field(self.field)
        target, table = field.remote_field.model._meta.db_table, model._meta.db_table  # type: ignore[union-attr]
        # The owner's own check of existing rows obeys FORCEd policies, sees nothing and passes: lift FORCE meanwhile.
        lift = "ALTER TABLE %(table)s {0} ROW LEVEL SECURITY; ALTER TABLE %(to_table)s {0} ROW LEVEL SECURITY; "
        return Statement(
            lift.format("NO FORCE") + schema_editor.sql_create_fk + "; " + lift.format("FORCE"),
            table=Table(table, quote),
            name=quote(self.name),
            column=Columns(table, ["tenant_id", field.column], quote),  # type: ignore[union-attr]
            to_table=Table(target, quote),
            to_column=Columns(target, ["tenant_id", "id"], quote),
            deferrable=" DEFERRABLE INITIALLY DEFERRED",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_constraint_sql(schema_editor.sql_delete_fk, model, self.name)  # noqa: SLF001


class GlobalForeignKey(_Declared):
    """FOREIGN KEY (x_id) REFERENCES target (id), where the target is a table of no tenant."""

    keywords = ("field",)
    field: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote, field = schema_editor.quote_name, model._meta.get_field(self.field)
        target, table = field.remote_field.model._meta.db_table, model._meta.db_table  # type: ignore[union-attr]
        lift = "ALTER TABLE %(table)s {0} ROW LEVEL SECURITY; "  # as above: the owner checks nothing under FORCE
        return Statement(
            lift.format("NO FORCE") + schema_editor.sql_create_fk + "; " + lift.format("FORCE"),
            table=Table(table, quote),
            name=quote(self.name),
            column=Columns(table, [field.column], quote),  # type: ignore[union-attr]
            to_table=Table(target, quote),
            to_column=Columns(target, ["id"], quote),
            deferrable=" DEFERRABLE INITIALLY DEFERRED",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_constraint_sql(schema_editor.sql_delete_fk, model, self.name)  # noqa: SLF001


class TenantRows(_Declared):
    """PRIMARY KEY (tenant_id, id), row security enabled and forced, and one policy per command."""

    keywords = tuple(field.name for field in fields(RowRules))
    shared_with: str
    published_by: str
    part_of: str
    append_only: bool
    about: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote = schema_editor.quote_name
        whole = model._meta.get_field(self.part_of).remote_field.model._meta.db_table if self.part_of else ""  # type: ignore[union-attr]
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
            column = quote(model._meta.get_field(self.about).column)  # type: ignore[union-attr]
            yield f"CREATE POLICY own_read ON {{table}} FOR SELECT USING ({column} = {PERSON});"
        yield f"CREATE POLICY tenant_insert ON {{table}} FOR INSERT WITH CHECK ({mine}{self._fresh(model, quote)});"
        if self.append_only:
            yield f"REVOKE UPDATE, DELETE, TRUNCATE ON {{table}} FROM {quote(settings.KONTOR_APP_ROLE)};"
        else:
            yield f"CREATE POLICY tenant_update ON {{table}} FOR UPDATE USING ({mine}) WITH CHECK ({mine});"
            yield f"CREATE POLICY tenant_delete ON {{table}} FOR DELETE USING ({mine});"

    def _shared(self, model: type[models.Model], quote: Any) -> str:
        """The test under which the second tenant reads: of this row's columns, or of its whole's."""
        if not self.shared_with:
            return ""
        if not self.part_of:
            test = f"{quote(model._meta.get_field(self.shared_with).column)} = {CURRENT}"  # type: ignore[union-attr]
            if self.published_by:
                test += f" AND {quote(model._meta.get_field(self.published_by).column)} IS NOT NULL"  # type: ignore[union-attr]
            return test
        link = model._meta.get_field(self.part_of)
        owner = link.remote_field.model  # type: ignore[union-attr]
        test = f"whole.{quote(owner._meta.get_field(self.shared_with).column)} = {CURRENT}"
        if self.published_by:
            test += f" AND whole.{quote(owner._meta.get_field(self.published_by).column)} IS NOT NULL"
        column = quote(link.column)  # type: ignore[union-attr]
        return f"(tenant_id, {column}) IN (SELECT whole.tenant_id, whole.id FROM {{whole}} whole WHERE {test})"

    def _fresh(self, model: type[models.Model], quote: Any) -> str:
        """A final row says in which transaction it was made; its lines must be made in the same one."""
        if not self.append_only:
            return ""
        if self.part_of:
            column = quote(model._meta.get_field(self.part_of).column)  # type: ignore[union-attr]
            return (
                f" AND (tenant_id, {column}) IN (SELECT whole.tenant_id, whole.id FROM {{whole}} whole"
                f" WHERE whole.made_in = {THIS_TRANSACTION})"
            )
        return f" AND made_in = {THIS_TRANSACTION}"

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        table = quote(model._meta.db_table)
        policies = ("tenant_read", "shared_read", "own_read", "tenant_insert", "tenant_update", "tenant_delete")
        statements = [f"DROP POLICY IF EXISTS {policy} ON {table};" for policy in policies]
        statements.append(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY;")
        if self.append_only:
            statements.append(f"GRANT UPDATE, DELETE ON {table} TO {quote(settings.KONTOR_APP_ROLE)};")
        return "\n".join(statements)


def _named(*parts: str) -> str:
    """Return a database name within 63 bytes; a cut one ends in a hash so that two never collide."""
    name = "_".join(parts)
    if len(name) <= IDENTIFIER_BYTES:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: IDENTIFIER_BYTES - 9]}_{digest}"


def _declare(model: type[models.Model], constraint: BaseConstraint) -> None:
    """Add to the model as if its Meta had said so; models rebuilt by migrations already carry it."""
    if not model._meta.abstract and model.__module__ != "__fake__":
        model._meta.constraints = [*model._meta.constraints, constraint]
        model._meta.original_attrs["constraints"] = model._meta.constraints


class TenantReference(models.ForeignKey):  # type: ignore[type-arg]
    """The tenant a row belongs to. Having this field is what gives a table its row security."""

    def __init__(self, **kwargs: Any) -> None:
        given = {
            "to": "kernel.Tenant",
            "on_delete": models.PROTECT,
            "related_name": "+",
            "editable": False,
            "default": current_tenant,
            "db_index": False,
        }
        super().__init__(**given | kwargs | {"db_constraint": False})

    def deconstruct(self) -> Any:
        """Migrations run outside any tenant and must not ask for one."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"default": models.NOT_PROVIDED}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        super().contribute_to_class(cls, name, private_only)
        rules = getattr(cls, "row_rules", RowRules())
        given = {field.name: getattr(rules, field.name) for field in fields(rules)}
        _declare(cls, TenantRows(name=_named(cls._meta.db_table, "rows"), **given))
        _declare(cls, GlobalForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class OtherTenantReference(models.ForeignKey):  # type: ignore[type-arg]
    """The second tenant of a shared row, null where the other side works elsewhere."""

    def __init__(self, **kwargs: Any) -> None:
        given = {"to": "kernel.Tenant", "on_delete": models.PROTECT, "related_name": "+", "null": True, "blank": True}
        super().__init__(**given | kwargs | {"db_constraint": False})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        super().contribute_to_class(cls, name, private_only)
        _declare(cls, GlobalForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class TenantForeignKey(models.ForeignKey):  # type: ignore[type-arg]
    """A reference that cannot leave its tenant: the database compares both halves of the key."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        super().__init__(to, on_delete, **kwargs | {"db_constraint": False})

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:  # noqa: FBT001, FBT002  Django's signature
        super().contribute_to_class(cls, name, private_only)
        _declare(cls, CompositeForeignKey(name=_named(cls._meta.db_table, self.column, "fk"), field=name))


class CurrentTenant(models.Expression):
    """The tenant at the moment the query runs, not when it was written down."""

    output_field = models.UUIDField()

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        return "%s", [current_tenant()]


class TenantQuerySet(models.QuerySet[M]):
    """Rows of tenants; every query says whose, so that the index is used and the policy is only the wall behind it."""

    def of(self, tenant: "Tenant | uuid.UUID") -> Self:
        """Return the rows that belong to this tenant."""
        return self.filter(tenant_id=getattr(tenant, "pk", tenant))

    def received_by(self, tenant: "Tenant | uuid.UUID") -> Self:
        """Return the rows that other tenants share with this one; for reading only."""
        rules: RowRules = self.model.row_rules  # type: ignore[attr-defined]
        path = f"{rules.part_of}__" if rules.part_of else ""
        rows = self.filter(**{f"{path}{rules.shared_with}": getattr(tenant, "pk", tenant)})
        if rules.published_by:
            rows = rows.filter(**{f"{path}{rules.published_by}__isnull": False})
        return rows


class OurRows(models.Manager[M]):
    """This tenant's own rows, named in every query."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db).filter(tenant=CurrentTenant())

    def of(self, tenant: "Tenant | uuid.UUID") -> TenantQuerySet[M]:
        """Return the rows that belong to this tenant, which must be the current one."""
        return TenantQuerySet(self.model, using=self._db).of(tenant)


class ReceivedRows(models.Manager[M]):
    """What other tenants share with the current one; for reading only."""

    def get_queryset(self) -> TenantQuerySet[M]:
        return TenantQuerySet(self.model, using=self._db).received_by(current_tenant())


class TenantOwned(models.Model):
    """A row that belongs to one tenant and cannot be seen, moved or pointed at from another."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = TenantReference()
    row_rules = RowRules()
    objects: "OurRows[Self]" = OurRows()
    received: "ReceivedRows[Self]" = ReceivedRows()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """Forms leave the tenant out, yet every unique constraint contains it."""
        super().validate_constraints(exclude=set(exclude or ()) - {"tenant"})

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, update_fields: Any, forced_update: Any) -> bool:
        """A row never changes its tenant, and the update names it."""
        kept = [value for value in values if value[0].attname != "tenant_id"]
        own = base_qs.filter(tenant_id=self.tenant_id)
        return super()._do_update(own, using, pk_val, kept, update_fields, forced_update)  # type: ignore[misc, no-any-return]


class FinalRow(TenantOwned):
    """A row inserted complete and never changed; its lines can only be inserted in the same transaction."""

    made_in = models.BigIntegerField(editable=False, db_default=RawSQL(THIS_TRANSACTION, []))
    row_rules = RowRules(append_only=True)

    class Meta(TenantOwned.Meta):
        abstract = True


class NothingChangedError(RuntimeError):
    """A write was expected to change one row and changed another number: the row is gone, final, or another tenant's."""


def exactly_one(changed: int) -> None:
    """Raise NothingChangedError unless an `update()` or `delete()` said that it touched one row."""
    if changed != 1:
        raise NothingChangedError(f"Expected to change one row, changed {changed}.")
