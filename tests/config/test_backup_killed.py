"""Backups, logs and restores that were killed: nothing half done counts, and the next attempt is whole."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

from kontor.config import backups, installation, wal
from kontor.config.cli import moments
from kontor.config.embedded import Cluster, running
from kontor.kernel import age
from tests.config.commands import clean, command, kontor
from tests.config.test_backup_exercise import founded, told_by
from tests.config.test_moments import notes, write

ERASE = """
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
from kontor.kernel.actor import MACHINE
from kontor.kernel.models import Tenant
from kontor.kernel.tenancy import as_tenant
from kontor.office.privacy import jobs
from kontor.office.privacy.actions.erasing import plan_erasure
from kontor.rulebook.ruling import Clause, Ruling, Text
house, alder = Tenant.objects.get(is_house=True), Tenant.objects.get(name="Alder")
now = timezone.now()
day = (now - timedelta(days=2)).date()
why = Ruling(day, (Clause("crm", "§14"),), (), (Text("Ende.", "End."),))
with as_tenant(house.pk):
    told = {"language": "en", "zone": "Europe/Berlin", "law": "de"}
    erasure = plan_erasure(alder, reason="request", due_on=day, ruling=why, told=told, at=now, actor=MACHINE)
jobs.erase(tenant_id=house.pk, at=now, erasure=str(erasure.pk))
with as_tenant(house.pk):
    erasure.refresh_from_db()
    print(erasure.step)
"""


@pytest.fixture
def there(tmp_path: Path) -> dict[str, str]:
    key = age.Identity.new()
    (tmp_path / "key").write_text(f"{key}\n")
    return {
        "KONTOR_VAR": str(tmp_path / "var"), "KONTOR_BACKUPS": str(tmp_path / "kept"),
        "KONTOR_BACKUP_RECIPIENT": str(key.recipient),
    }  # fmt: skip


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Yield a running installation's database with an empty table in it."""
    (tmp_path / "var" / "demo" / "blobs").mkdir(parents=True)
    with running(tmp_path / "var", durable=False) as found:
        with psycopg.connect(found.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        yield found


def killed(*arguments: str, when: Callable[[], bool], **there: str) -> None:
    """Begin a command and kill it, and whatever it began, as soon as something is so."""
    process = subprocess.Popen(command(*arguments), env=clean(**there), start_new_session=True, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while not when():
        assert process.poll() is None, process.stderr.read() if process.stderr else ""
        assert time.monotonic() < until
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_a_backup_that_was_killed_is_none_and_the_next_one_is_whole(
    cluster: Cluster, there: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    for number in range(50):
        file = tmp_path / "var" / "demo" / "blobs" / "tenant" / "ab" / f"{number:064}"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(os.urandom(50_000))
    write(cluster, "A")
    killed("backup", when=lambda: any(kept.glob("*/database.age")), **there)
    assert (backups.complete(kept), len(list(kept.glob(f"*{backups.UNFINISHED}")))) == ([], 1)
    killed("backup", when=lambda: len(list(kept.glob("files/_/tenant/ab/*"))) > 3, **there)
    assert backups.complete(kept) == []
    assert kontor("backup", **there).returncode == 0
    (made,) = backups.complete(kept)
    assert ([path.name for path in kept.glob(f"*{backups.UNFINISHED}")], made.says["files"]) == ([], 50)
    for file in kept.glob("files/_/tenant/ab/*"):
        assert file.read_bytes() == (tmp_path / "var" / "demo" / "blobs" / "tenant" / "ab" / file.name).read_bytes()
    tried = kontor("restore", "--identity", str(tmp_path / "key"), "--rehearse", **there)
    assert (tried.returncode, "comes back whole" in tried.stderr) == (0, True), tried.stderr


def test_a_log_and_a_restore_to_a_moment_that_were_killed_go_on(
    cluster: Cluster, there: dict[str, str], tmp_path: Path
) -> None:
    var = tmp_path / "var"
    assert kontor("backup", "--base", **there).returncode == 0
    after_a = write(cluster, "A")
    write(cluster, "B")
    killed("backup", "--wal", when=lambda: any((var / "wal").glob("0*")), **there)
    assert kontor("backup", "--wal", **there).returncode == 0
    assert list((var / "wal").iterdir()) == []  # nothing is left in clear
    restore = ("restore", "--identity", str(tmp_path / "key"), "--at", after_a)
    killed(*restore, when=(var / "led" / "pg" / "ready").exists, **there)
    assert notes(cluster) == ["A", "B"]
    back = kontor(*restore, **there)
    assert (back.returncode, notes(cluster), (var / "led").exists()) == (0, ["A"], False), back.stderr


def test_a_log_that_the_database_had_to_let_go_is_told_and_a_new_base_begins_it_anew(
    cluster: Cluster, there: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert kontor("backup", "--base", **there).returncode == 0
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        db.execute("ALTER SYSTEM SET max_slot_wal_keep_size = '16MB'")
        db.execute("SELECT pg_reload_conf()")
        for _ in range(4):  # four segments of 16 MiB each, of which one may be kept
            db.execute("SELECT pg_logical_emit_message(false, 'filler', repeat('x', 16 << 20))")
        db.execute("SELECT pg_switch_wal()")
        db.execute("CHECKPOINT")
        assert db.execute("SELECT wal_status FROM pg_replication_slots").fetchone() == ("lost",)
    refused = kontor("backup", "--wal", **there)
    assert refused.stderr.splitlines()[-1] == (
        "kontor: The archive did not fetch the database's log for more than 8GB, which has a hole now: "
        "`kontor backup --base` begins it anew."
    )
    assert kontor("backup", "--base", **there).returncode == 0
    after_a = write(cluster, "A")
    assert kontor("backup", "--wal", **there).returncode == 0
    at = datetime.fromisoformat(after_a).astimezone(UTC)
    monkeypatch.setenv("KONTOR_VAR", str(tmp_path / "var"))
    reach, key = wal.reach(tmp_path / "kept", at), age.Identity.read((tmp_path / "key").read_text())
    with moments.led_to(at, reach, tmp_path / "kept", key) as then:
        assert notes(then) == ["A"]


def test_a_company_that_was_erased_after_the_moment_does_not_come_back_with_it(
    there: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with founded(tmp_path / "var", monkeypatch) as cluster:
        assert kontor("backup", "--base", **there).returncode == 0
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as db:
            (at,) = db.execute("SELECT clock_timestamp()").fetchone() or (None,)
            assert db.execute("SELECT count(*) FROM kernel_blob").fetchone() == (1,)
        assert told_by(ERASE, installation.told_environment(cluster)) == "rewrite\n"
        assert kontor("backup", "--wal", **there).returncode == 0
        assert isinstance(at, datetime)
        restore = ("restore", "--identity", str(tmp_path / "key"), "--at", at.isoformat())
        back = kontor(*restore, **there)
        assert back.returncode == 0, back.stderr
        with psycopg.connect(cluster.url("postgres")) as db:
            assert db.execute("SELECT name FROM kernel_tenant ORDER BY name").fetchall() == [("Lindwurm",), ("—",)]
            of_alder = (
                "SELECT count(*) FROM kernel_blob WHERE tenant_id = (SELECT id FROM kernel_tenant WHERE name = '—')"
            )
            assert db.execute(of_alder).fetchone() == (0,)  # the house has one again: the certificate
