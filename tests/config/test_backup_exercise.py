"""The nightly backup of a whole installation, tried out beside it: equal counts within the set time, archived."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from kontor.config import environment, installation, schema
from kontor.config.embedded import Cluster, running
from tests.config.commands import clean, kontor

FOUND = """
import django
django.setup()
from datetime import UTC, datetime
from django.contrib.auth import get_user_model
from kontor.kernel.actions.blobs import keep
from kontor.kernel.actions.rights import add_member
from kontor.kernel.actions.tenants import found_house, found_tenant
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Role
from kontor.kernel.tenancy import as_tenant
at = datetime(2026, 11, 1, tzinfo=UTC)
house = found_house(name="Lindwurm", at=at, actor=MACHINE)
tenant = found_tenant(name="Alder", at=at, actor=MACHINE)
with as_tenant(house.pk):
    ole = get_user_model().objects.create_user("ops@lindwurm.example", None, name="Ole", created_at=at)
    add_member(ole, kind="EMPLOYEE", roles=[Role.objects.get(everything=True)], at=at, actor=MACHINE)
with as_tenant(tenant.pk):
    keep(b"Vertrag", name="vertrag.txt", media_type="text/plain", at=at)
"""
ALARM = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from kontor.kernel.models import OutgoingMail, Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy.actions.backup_alarms import watch
house = Tenant.objects.get(is_house=True)
with as_tenant(house.pk):
    for days in (0, 2, 366):
        print(watch(at=timezone.now() + timedelta(days=days)))
    print(sorted(set(OutgoingMail.objects.values_list("to", "subject"))))
"""


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Yield the database of an installation with a house and a customer that has a file."""
    with founded(tmp_path / "var", monkeypatch) as found:
        yield found


@contextmanager
def founded(var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Run the database of an installation of its own, with a house and a customer that has a file."""
    monkeypatch.setenv("KONTOR_VAR", str(var))
    for name in environment.REQUIRED:
        monkeypatch.delenv(name, raising=False)
    with running(var, durable=False) as found:
        told = installation.told_environment(found)
        schema.migrate(told)
        told_by(FOUND, told)
        yield found


def told_by(program: str, told: dict[str, str]) -> str:
    """Return what a program says that runs in an installation."""
    told_all = {**os.environ, **told, "DJANGO_SETTINGS_MODULE": "kontor.config.settings"}
    done = subprocess.run([sys.executable, "-c", program], env=told_all, check=True, capture_output=True, text=True)
    return done.stdout


def _archived(cluster: Cluster) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url("postgres")) as db:
        return db.execute(
            "SELECT r.rows = b.rows, r.files, r.seconds > 0, r.problem FROM privacy_rehearsal r"
            " JOIN privacy_backuprun b ON b.made_at = r.backup_made_at ORDER BY r.at"
        ).fetchall()


@pytest.mark.requirement("FW-122", "AP-090")
def test_a_nightly_backup_is_restored_with_equal_counts_in_time_and_archived_and_what_is_missed_alarms(
    cluster: Cluster, tmp_path: Path
) -> None:
    """A night without a backup is told, and so is a year without a restore that went well."""
    var = {"KONTOR_VAR": str(tmp_path / "var"), "KONTOR_BACKUPS": str(tmp_path / "kept")}
    drawn = kontor("backup", "--new-key", str(tmp_path / "key"), **var).stdout.strip()
    there = {**var, **dict([drawn.split("=")])}
    assert kontor("backup", **there).returncode == 0
    restore = ("restore", "--identity", str(tmp_path / "key"), "--rehearse")
    tried = kontor(*restore, **there)
    assert (tried.returncode, "comes back whole" in tried.stderr) == (0, True), tried.stderr
    assert _archived(cluster) == [(True, 1, True, "")]

    late = kontor(*restore, **there, KONTOR_RESTORE_MINUTES="0")
    assert (late.returncode, "minutes, and 0 are set." in late.stderr) == (1, True), late.stderr
    said = _archived(cluster)[1]
    assert (said[:3], str(said[3]).endswith("and 0 are set.")) == ((True, 1, True), True)

    told = {**clean(**there), **installation.told_environment(cluster)}
    assert told_by(ALARM, told).splitlines() == [
        "[]", "['privacy.backup_missed']", "['privacy.backup_missed', 'privacy.rehearsal_overdue']",
        "[('ops@lindwurm.example', 'Die Probe einer Sicherung ist misslungen'), "
        "('ops@lindwurm.example', 'Eine Sicherung ist ausgeblieben'), "
        "('ops@lindwurm.example', 'Seit einem Jahr wurde keine Sicherung zurückgespielt')]",
    ]  # fmt: skip
