"""No table of a tenant is forgotten when it leaves: a row in each of them goes out and comes back as it was."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.utils import timezone

from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.office.privacy.actions.importing import UntrustedExportError, import_tenant
from kontor.office.privacy.formats.read_me import read_me
from kontor.office.privacy.queries.tables import NOT_EXPORTED, STAYS_BEHIND, tables as exported_tables
from tests.config.rows_anywhere import fill
from tests.databases import WorkerDatabase
from tests.factories import make_house
from tests.office.privacy.packed import packed, tables
from tests.office.privacy.test_exporting import file_of
from tests.people import administrator, make_user

pytestmark = pytest.mark.django_db(transaction=True)
DUE = {"kernel_due"}  # goes along in a file of its own
MADE = {"kernel.RecordKey", "kernel.RecordDetail", "kernel.RecordSeal"}  # by the record alone, with keys that fit
STARTED_WITH = {"EventStream"}  # each tenant has one from its first day


def test_every_table_with_a_tenant_is_exported_or_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.columns c JOIN information_schema.tables t"
            " USING (table_schema, table_name)"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = 'tenant_id'"
        )
        there = {name for (name,) in cursor.fetchall()}
    named = {model._meta.db_table for model in apps.get_models() if model._meta.label in NOT_EXPORTED}
    assert there - {table.name for table in exported_tables()} == named | DUE | set(STAYS_BEHIND)


def test_what_stays_behind_is_told_with_its_reason_in_both_languages() -> None:
    words = " ".join(read_me("Alder", timezone.now(), behind=STAYS_BEHIND).split())
    for table, why in STAYS_BEHIND.items():
        assert [words.count(f"{table}: {why.de}"), words.count(f"{table}: {why.en}")] == [1, 1]


@pytest.mark.requirement("FW-011")
def test_a_row_in_every_table_comes_back_as_it_was(
    worker_database: WorkerDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = make_house()
    administrator(house.tenant, "ida@kontor.example", "Ida Wirt")
    chosen = [table.model for table in exported_tables() if table.label not in MADE]
    refused = fill(house.tenant, chosen, make_user("hella@elsewhere.example", "Hella Fern"))
    archive = packed(house.tenant)
    before = tables(archive)
    empty = {table.name for table in exported_tables()} - {name for name, found in before.items() if found}
    worker_database.empty()
    monkeypatch.setattr(settings, "KONTOR_MASTER_KEY", "11" * 32)
    monkeypatch.setattr(settings, "KONTOR_BLOBS", Path(settings.KONTOR_BLOBS) / "elsewhere")

    with pytest.raises(UntrustedExportError) as untrusted:
        import_tenant(file_of(archive), trusted=[], at=timezone.now(), actor=MACHINE)
    came = import_tenant(file_of(archive), trusted=[untrusted.value.signed_by], at=timezone.now(), actor=MACHINE)
    tenant = Tenant.objects.get(pk=came.tenant)
    after = tables(packed(tenant))

    assert (set(refused), empty) == (STARTED_WITH, {"kernel_recordseal"})  # nothing was sealed yet
    assert tenant.pk == house.tenant.pk
    for name, rows in before.items():
        kept = {row["id"]: row for row in after[name]}
        assert {row["id"]: kept.get(row["id"]) for row in rows} == {row["id"]: row for row in rows}, name
