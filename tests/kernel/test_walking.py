"""Many tenants are asked in one round trip, and each answers for itself alone."""

from datetime import UTC, datetime

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.levels import STORAGE, note_storage
from kontor.kernel.models import MeterReading
from kontor.kernel.tenancy import as_tenant
from kontor.kernel.walking import Asked, answers_of
from tests.people import make_tenant

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
ALL = "SELECT source, quantity FROM kernel_meterreading ORDER BY source"  # names no tenant: the wall alone is asked


def test_each_tenant_sees_its_own_rows_and_the_asker_is_itself_again():
    house, alder, birch = make_tenant("House"), make_tenant("Alder"), make_tenant("Birch")
    with as_tenant(alder.pk):
        keep(b"12345", name="a.txt", media_type="text/plain", at=AT)
        keep(b"12345", name="again.txt", media_type="text/plain", at=AT)
    source = f"level:{AT.isoformat()}"
    with as_tenant(house.pk):
        for _ in range(2):  # the second writes nothing down
            with CaptureQueriesContext(connection) as asked:
                note_storage([alder.pk, birch.pk], at=AT)
            assert len(asked) == 3  # a savepoint around one round trip
        walked = answers_of([Asked(each.pk, ALL, []) for each in (birch, alder, house)])
        assert walked == [[(source, 0)], [(source, 5)], []]
        assert not MeterReading.objects.exists()
    with as_tenant(alder.pk):
        assert MeterReading.objects.get().meter == STORAGE


def test_what_is_given_cannot_leave_its_place():
    alder = make_tenant("Alder")
    with as_tenant(alder.pk):
        assert answers_of([Asked(alder.pk, "SELECT %s", ["'; SELECT 1; --"])]) == [[("'; SELECT 1; --",)]]
        assert answers_of([]) == []


def test_nothing_has_happened_where_one_statement_fails():
    alder, birch = make_tenant("Alder"), make_tenant("Birch")
    with as_tenant(alder.pk):
        with pytest.raises(ProgrammingError, match="no_such_table"):
            answers_of([Asked(birch.pk, "SELECT 1", []), Asked(birch.pk, "SELECT * FROM no_such_table", [])])
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('kontor.tenant')")
            assert cursor.fetchone() == (str(alder.pk),)
