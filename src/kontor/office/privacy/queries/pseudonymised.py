"""What a copy for tests holds, told by the register of personal data."""

from typing import Any, Final

from django.db import models

from kontor.kernel import registry
from kontor.kernel.personal_data import PersonalData
from kontor.office.privacy.formats.pseudonymised import Columns
from kontor.office.privacy.queries.tables import NOT_IMPORTED, Table, tables

# Details before and after with the keys to them, mail that would go out, and what lets programs in.
LEFT_OUT: Final = NOT_IMPORTED | {
    "kernel.RecordDetail", "kernel.RecordKey", "kernel.OutgoingMail", "kernel.SentMail", "kernel.ApiKey",
    "kernel.ApiAnswer", "kernel.Webhook", "kernel.WebhookDelivery",
}  # fmt: skip
WRITTEN: Final = (models.CharField, models.TextField, models.JSONField)
UNSAID: Final = "bank_details"  # how a column is treated that is encrypted though nothing is said of it


def columns_by_table() -> dict[str, Columns]:
    """Return what is replaced in each table that comes with a copy, by the tables' names in the database."""
    gone = _left_out()
    said = registry.personal_data()
    return {table.name: _columns(table, said.get(table.label), gone) for table in tables() if table.model not in gone}


def _left_out() -> set[type[models.Model]]:
    """Return the tables that stay, and whatever cannot be without one of their rows."""
    gone: set[type[models.Model]] = {table.model for table in tables() if table.label in LEFT_OUT}
    while more := {table.model for table in tables() if any(_needs(field, gone) for field in table.fields)} - gone:
        gone |= more
    return gone


def _needs(field: "models.Field[Any, Any]", gone: set[type[models.Model]]) -> bool:
    return bool(field.remote_field and field.remote_field.model in gone and not field.null)


def _columns(table: Table, said: PersonalData | None, gone: set[type[models.Model]]) -> Columns:
    personal = dict.fromkeys(table.boxes, UNSAID)
    free = set()
    for field in table.fields:
        column = str(field.column)
        if said and (name := next((one for one in (field.name, column) if one in said.personal), "")):
            personal[column] = said.category(name)
        elif column not in personal and isinstance(field, WRITTEN) and not field.choices:
            free.add(column)
    return Columns(
        personal=personal, free=frozenset(free),
        longest={str(each.column): each.max_length for each in table.fields if each.max_length},
        emptied=frozenset(
            str(each.column) for each in table.fields if each.remote_field and each.remote_field.model in gone
        ),
    )  # fmt: skip
