"""Constraints that the database keeps for every tenant's row: references that cannot leave their tenant."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Columns, Statement, Table
from django.db.models import BaseConstraint


def column_of(model: type[models.Model], name: str) -> str:
    """Return the column in which a model's field is kept."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.Field)
    assert field.column is not None
    return field.column


def target_of(model: type[models.Model], name: str) -> type[models.Model]:
    """Return the model that a reference points to."""
    field = model._meta.get_field(name)
    assert isinstance(field, models.ForeignKey)
    return field.remote_field.model


class Declared(BaseConstraint):
    """A BaseConstraint written as plain keyword arguments, so that migrations compare and print it."""

    keywords: tuple[str, ...] = ()
    comes_first = False

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
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

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
        place = 0 if self.comes_first else len(schema_editor.deferred_sql)
        schema_editor.deferred_sql.insert(place, self.statement(model, schema_editor))

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        raise NotImplementedError


class CompositeForeignKey(Declared):
    """FOREIGN KEY (tenant_id, x_id) REFERENCES target (tenant_id, id)."""

    keywords = ("field",)
    field: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote, column = schema_editor.quote_name, column_of(model, self.field)
        target, table = target_of(model, self.field)._meta.db_table, model._meta.db_table
        # The owner's own check of existing rows obeys FORCEd policies, sees nothing and passes: lift FORCE meanwhile.
        lift = "ALTER TABLE %(table)s {0} ROW LEVEL SECURITY; ALTER TABLE %(to_table)s {0} ROW LEVEL SECURITY; "
        return Statement(
            lift.format("NO FORCE") + schema_editor.sql_create_fk + "; " + lift.format("FORCE"),
            table=Table(table, quote),
            name=quote(self.name),
            column=Columns(table, ["tenant_id", column], quote),
            to_table=Table(target, quote),
            to_column=Columns(target, ["tenant_id", "id"], quote),
            deferrable=" DEFERRABLE INITIALLY DEFERRED",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_constraint_sql(schema_editor.sql_delete_fk, model, self.name)  # noqa: SLF001


class GlobalForeignKey(Declared):
    """FOREIGN KEY (x_id) REFERENCES target (id), where the target is a table of no tenant."""

    keywords = ("field",)
    field: str

    def statement(self, model: type[models.Model], schema_editor: Any) -> Statement:
        quote, column = schema_editor.quote_name, column_of(model, self.field)
        target, table = target_of(model, self.field)._meta.db_table, model._meta.db_table
        lift = "ALTER TABLE %(table)s {0} ROW LEVEL SECURITY; "  # as above: the owner checks nothing under FORCE
        return Statement(
            lift.format("NO FORCE") + schema_editor.sql_create_fk + "; " + lift.format("FORCE"),
            table=Table(table, quote),
            name=quote(self.name),
            column=Columns(table, [column], quote),
            to_table=Table(target, quote),
            to_column=Columns(target, ["id"], quote),
            deferrable=" DEFERRABLE INITIALLY DEFERRED",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return schema_editor._delete_constraint_sql(schema_editor.sql_delete_fk, model, self.name)  # noqa: SLF001
