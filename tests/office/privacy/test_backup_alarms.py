"""A night without a backup, a restore that nobody tried out for a year, and one that failed: told, not waited for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kontor.kernel.models import Due, OutgoingMail
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import jobs
from kontor.office.privacy.actions.backup_alarms import JOB, watch
from kontor.office.privacy.actions.backups import note_backup, note_rehearsal
from kontor.office.privacy.models import BackupRun
from tests.factories import House, make_house
from tests.people import administrator, make_tenant, verbs

pytestmark = pytest.mark.django_db
NIGHT = datetime(2026, 12, 7, 1, 30, tzinfo=UTC)  # 02:30 in Berlin
DAY = timedelta(days=1)


@pytest.fixture
def house() -> House:
    made = make_house()
    administrator(made.tenant, "ops@lindwurm.example", "Ole")
    return made


def backed_up(house: House, at: datetime = NIGHT) -> BackupRun:
    with as_tenant(house.tenant.pk):
        return note_backup(made_at=at, expires_on=date(2027, 1, 6), seconds=3, rows=7, files=2, size=2048)


def rehearsed(house: House, at: datetime, problem: str = "") -> None:
    with as_tenant(house.tenant.pk):
        note_rehearsal(backup_made_at=NIGHT, seconds=90, rows=7, files=2, problem=problem, at=at)


def watched(house: House, at: datetime) -> list[str]:
    with as_tenant(house.tenant.pk):
        return watch(at=at)


def subjects(house: House) -> set[str]:
    with as_tenant(house.tenant.pk):
        return set(OutgoingMail.objects.filter(to="ops@lindwurm.example").values_list("subject", flat=True))


def test_a_missed_night_is_told_each_morning_until_there_is_a_backup(house: House) -> None:
    with as_tenant(house.tenant.pk):
        assert watch(at=NIGHT) == []  # nothing was ever backed up: nothing to miss
        Due.objects.filter(job=JOB).delete()
    run = backed_up(house)
    with as_tenant(house.tenant.pk):
        assert Due.objects.get(job=JOB).at == datetime(2026, 12, 7, 8, 0, tzinfo=UTC)  # 09:00 in Berlin
    assert watched(house, NIGHT + timedelta(hours=26)) == []
    with as_tenant(house.tenant.pk):
        assert Due.objects.get(job=JOB).at == datetime(2026, 12, 8, 8, 0, tzinfo=UTC)
    assert subjects(house) == set()
    late = NIGHT + timedelta(hours=26, seconds=1)
    assert watched(house, late) == ["privacy.backup_missed"]
    assert watched(house, late + DAY) == ["privacy.backup_missed"]
    with as_tenant(house.tenant.pk):
        (text,) = set(OutgoingMail.objects.filter(to="ops@lindwurm.example").values_list("text", flat=True))
    assert ("02:30" in text, subjects(house)) == (True, {"Eine Sicherung ist ausgeblieben"})
    assert verbs(house.tenant, run) == ["privacy.backup_made", *["privacy.backup_missed"] * 2]
    backed_up(house, late + DAY)
    assert watched(house, late + DAY) == []


def test_a_year_without_a_restore_is_told_on_the_day_after_it_and_each_month(house: House) -> None:
    """From 7 December 2026 the twelve months end with 7 December 2027; a restore that failed is none."""
    backed_up(house)

    def on(month: int, day: int) -> list[str]:
        at = datetime(2027 if month == 12 else 2028, month, day, 8, 0, tzinfo=UTC)
        backed_up(house, at - timedelta(hours=6))
        return watched(house, at)

    assert [on(12, 7), on(12, 8), on(12, 9), on(1, 6), on(1, 7)] == [
        [], ["privacy.rehearsal_overdue"], [], [], ["privacy.rehearsal_overdue"],
    ]  # fmt: skip
    rehearsed(house, datetime(2028, 1, 8, 9, 0, tzinfo=UTC), problem="books.Invoice: 3 statt 4 Zeilen")
    assert subjects(house) == {
        "Seit einem Jahr wurde keine Sicherung zurückgespielt", "Die Probe einer Sicherung ist misslungen",
    }  # fmt: skip
    assert on(2, 6) == ["privacy.rehearsal_overdue"]
    rehearsed(house, datetime(2028, 2, 6, 9, 0, tzinfo=UTC))
    assert on(3, 7) == []


def test_the_job_looks_as_whoever_it_is_queued_for(house: House) -> None:
    backed_up(house)
    other = make_tenant("Birke")
    with as_tenant(other.pk):
        jobs.watch_backups(at=NIGHT + 5 * DAY)
    assert subjects(house) == set()
    with as_tenant(house.tenant.pk):
        jobs.watch_backups(at=NIGHT + 5 * DAY)
    assert subjects(house) == {"Eine Sicherung ist ausgeblieben"}
