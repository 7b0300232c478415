"""A base and the log after it reach a moment between two backups; a hole in the log and another key are told."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from kontor.config import backups, wal
from kontor.config.cli import moments
from kontor.config.embedded import Cluster, running
from kontor.config.refusals import RefusedError
from kontor.kernel import age
from tests.config.commands import kontor


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Yield a running installation's database with an empty table in it."""
    (tmp_path / "var" / "demo" / "blobs").mkdir(parents=True)
    with running(tmp_path / "var", durable=False) as found:
        with psycopg.connect(found.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        yield found


def write(cluster: Cluster, text: str) -> str:
    """Write a note and return a moment after it, and before whatever comes next."""
    with psycopg.connect(cluster.url("kontor_owner"), autocommit=True) as db:
        db.execute("INSERT INTO note VALUES (%s)", [text])
        (at,) = db.execute("SELECT clock_timestamp()").fetchone() or (None,)
    assert isinstance(at, datetime)
    time.sleep(0.01)
    return str(at.isoformat())


def notes(cluster: Cluster) -> list[str]:
    with psycopg.connect(cluster.url("kontor_owner")) as db:
        return [text for (text,) in db.execute("SELECT text FROM note ORDER BY 1")]


def test_a_moment_between_two_writes_comes_back_from_a_base_and_the_log(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, key = tmp_path / "kept", age.Identity.new()
    (tmp_path / "key").write_text(f"{key}\n")
    restore = ("restore", "--identity", str(tmp_path / "key"))
    there = {
        "KONTOR_VAR": str(tmp_path / "var"), "KONTOR_BACKUPS": str(kept), "KONTOR_BACKUP_RECIPIENT": str(key.recipient),
    }  # fmt: skip
    without = kontor("backup", "--wal", **there)
    assert without.stderr.splitlines()[-1] == (
        f"kontor: {kept} holds no base that the log could follow: `kontor backup --base` makes one."
    )
    done = kontor("backup", "--base", **there)
    assert done.returncode == 0, done.stderr
    (folder,) = kept.glob("*Z")
    assert (folder / "base.age").read_bytes().startswith(b"age-encryption.org/v1\n")
    after_a = write(cluster, "A")
    write(cluster, "B")
    file = tmp_path / "var" / "demo" / "blobs" / "tenant" / "cd" / ("cd" * 32)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"written after the base")
    assert kontor("backup", "--wal", **there).returncode == 0
    assert list((tmp_path / "var" / "wal").iterdir()) == []  # nothing is left in clear
    file.unlink()

    at = datetime.fromisoformat(after_a)
    monkeypatch.setenv("KONTOR_VAR", str(tmp_path / "var"))
    with pytest.raises(RefusedError) as foreign, moments.led_to(at, wal.reach(kept, at), kept, age.Identity.new()):
        pass
    assert foreign.value.sentences[0].startswith(f"{folder}/base.age: ")
    assert (notes(cluster), (tmp_path / "var" / "led").exists()) == (["A", "B"], False)
    back = kontor(*restore, "--at", after_a, **there)
    assert (back.returncode, notes(cluster)) == (0, ["A"]), back.stderr
    assert file.read_bytes() == b"written after the base"
    assert not (tmp_path / "var" / "led").exists()
    after_c = write(cluster, "C")  # the log goes on after a restore, from the same base
    assert kontor("backup", "--wal", **there).returncode == 0
    tried = kontor(*restore, "--at", after_c, "--rehearse", **there)
    assert (tried.returncode, "comes back whole: 0." in tried.stderr) == (0, True), tried.stderr
    assert notes(cluster) == ["A", "C"]


def made(folder: Path, day: int, first: str = "") -> None:
    """Make a backup of a day of November that is kept for two days, with a base where its first segment is told."""
    at = datetime(2026, 11, day, 2, tzinfo=UTC)
    growing = backups.begun(folder, at)
    (growing / "files.jsonl").touch()
    says = {"base": {"first": first, "done_at": at.isoformat()}} if first else {}
    backups.finished(growing, says, at=at, keep=timedelta(days=2))


def test_a_hole_in_the_log_is_told_and_the_log_goes_with_the_base_that_it_follows(tmp_path: Path) -> None:
    """Segments 254, 255 and 256 of a log: the name's last part counts to 255, then the one before it goes on."""
    log = tmp_path / wal.FOLDER
    log.mkdir()
    names = ["0000000100000000000000FE", "0000000100000000000000FF", "000000010000000100000000"]
    for day, name in enumerate(names, 1):
        (log / f"{name}.age").touch()
        wal.note_reach(tmp_path, until=datetime(2026, 11, day, 3, tzinfo=UTC), last=name)
    made(tmp_path, 1, names[0])
    made(tmp_path, 2)
    made(tmp_path, 3, names[2])
    found = wal.reach(tmp_path, datetime(2026, 11, 3, 1, tzinfo=UTC))  # before the second base, on the third day
    assert (found.base.made_at.day, list(found.segments)) == (1, names)
    (log / f"{names[1]}.age").rename(tmp_path / "away")
    for at, said in (
        (datetime(2020, 1, 1, tzinfo=UTC), f"{tmp_path} holds no base from before 2020-01-01 00:00:00 UTC: "),
        (datetime(2026, 11, 4, tzinfo=UTC), f"The log in {log} reaches 2026-11-03 03:00:00 UTC and not 2026-11-04 "),
        (datetime(2026, 11, 2, 3, tzinfo=UTC), f"{log / names[1]}.age is missing, so 2026-11-02 03:00:00 UTC cannot "),
    ):
        with pytest.raises(RefusedError) as refused:
            wal.reach(tmp_path, at)
        assert refused.value.sentences[0].startswith(said)
    assert wal.reach(tmp_path, datetime(2026, 11, 1, 3, tzinfo=UTC)).segments == (names[0],)  # before the hole
    (tmp_path / "away").rename(log / f"{names[1]}.age")

    backups.forget_expired(tmp_path, today=date(2026, 11, 3))  # the first is kept through this day
    assert (wal.forget_expired(tmp_path), sorted(file.stem for file in log.glob("*.age"))) == (False, names)
    made(tmp_path, 4)
    backups.forget_expired(tmp_path, today=date(2026, 11, 4))
    assert (wal.forget_expired(tmp_path), [file.stem for file in log.glob("*.age")]) == (False, names[2:])
    assert [json.loads(file.read_text())["last"] for file in log.glob("*.json")] == names[2:]
    backups.forget_expired(tmp_path, today=date(2026, 11, 6))  # the newest stays, which has no base
    assert (wal.forget_expired(tmp_path), list(log.iterdir())) == (True, [])
