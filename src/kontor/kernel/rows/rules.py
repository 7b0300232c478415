"""What is special about a table's rows, and the settings that policies read."""

from dataclasses import dataclass

CURRENT = "current_setting('kontor.tenant')::uuid"  # raises without a tenant: that is always a mistake
PERSON = "nullif(current_setting('kontor.person', true), '')::uuid"
READERS = "nullif(current_setting('kontor.readers', true), '')"  # for whom alone texts are looked up; unset for all
SITES = "nullif(current_setting('kontor.sites', true), '')"  # where alone somebody may act; unset for everywhere
THIS_TRANSACTION = "pg_current_xact_id()::text::bigint"


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
