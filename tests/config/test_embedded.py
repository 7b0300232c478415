"""The embedded PostgreSQL, killed, raced and misplaced for real."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kontor.config.embedded import CannotStartError, Cluster, Server, account as accounts, running

HOLDER = """
    import pathlib, sys, time
    from kontor.config.embedded import running
    with running(pathlib.Path(sys.argv[1]), durable=False) as cluster:
        print(cluster.url(), flush=True)
        sys.stdin.readline()
"""
WRITER = """
    import pathlib, sys, psycopg
    from kontor.config.embedded import running
    with running(pathlib.Path(sys.argv[1])) as cluster:
        db = psycopg.connect(cluster.url("kontor_owner"), autocommit=True)
        db.execute("CREATE TABLE IF NOT EXISTS line (n int)")
        for n in range(10**6):
            db.execute("INSERT INTO line VALUES (%s)", [n])
            print(n, flush=True)
"""


@pytest.fixture
def var() -> Iterator[Path]:
    """A short path that any account of this machine can reach, with what shells stumble over."""
    folder = Path(tempfile.mkdtemp(prefix="kontor it's "))
    folder.chmod(0o755)
    yield folder
    server = folder / "pg" / "data" / "postmaster.pid"
    if server.exists():
        kill_server(folder)
    shutil.rmtree(folder)


def start(script: str, var: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def first_line(process: "subprocess.Popen[str]") -> str:
    assert process.stdout
    return process.stdout.readline().strip()


def finish(process: "subprocess.Popen[str]") -> str:
    rest, _ = process.communicate("\n", timeout=60)
    assert process.returncode == 0
    return rest


def postmaster(var: Path) -> int:
    return int((var / "pg" / "data" / "postmaster.pid").read_text().split()[0])


def kill_server(var: Path) -> None:
    """Kill -9 the postmaster and each of its children."""
    parent = postmaster(var)
    children = Path(f"/proc/{parent}/task/{parent}/children")
    victims = [parent, *map(int, children.read_text().split())] if children.exists() else []
    for pid in victims:
        os.kill(pid, signal.SIGKILL)
    for pid in victims:
        for _ in range(200):
            if not alive(pid):
                break
            time.sleep(0.01)


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def ask(cluster: Cluster, statement: str, role: str = "kontor_app") -> object:
    with psycopg.connect(cluster.url(role), autocommit=True) as db:
        row = db.execute(statement.encode()).fetchone()
    return row and row[0]


def test_keeps_what_was_written_and_stops_with_its_last_user(var: Path) -> None:
    with running(var, durable=False) as cluster:
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        with psycopg.connect(cluster.url()) as db:
            db.execute("INSERT INTO note VALUES ('kept')")
        pid = postmaster(var)
    assert not alive(pid)
    with running(var, durable=False) as cluster:
        assert ask(cluster, "SELECT text FROM note") == "kept"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (n int)",
        "SET ROLE kontor_owner",
        "SET ROLE kontor_eraser",
        "TRUNCATE note",
        "DROP TABLE note",
        "CREATE ROLE other",
    ],
)
def test_the_application_owns_nothing(var: Path, statement: str) -> None:
    with running(var, durable=False) as cluster:
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        with psycopg.connect(cluster.url()) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute(statement.encode())


def test_the_dump_role_reads_and_never_writes(var: Path) -> None:
    with running(var, durable=False) as cluster:
        with psycopg.connect(cluster.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
        assert ask(cluster, "SELECT count(*) FROM note", "kontor_dump") == 0
        with psycopg.connect(cluster.url("kontor_dump")) as db, pytest.raises(psycopg.errors.InsufficientPrivilege):
            db.execute("INSERT INTO note VALUES ('x')")


def test_no_role_of_ours_bypasses_row_security(var: Path) -> None:
    with running(var, durable=False) as cluster:
        assert (
            ask(cluster, "SELECT count(*) FROM pg_roles WHERE rolname ~ '^kontor_' AND (rolsuper OR rolbypassrls)") == 0
        )


def test_processes_that_race_on_a_fresh_folder_share_one_server(var: Path) -> None:
    racers = [start(HOLDER, var) for _ in range(4)]
    assert len({first_line(racer) for racer in racers}) == 1
    pid = postmaster(var)
    for racer in racers[1:]:
        finish(racer)
    assert alive(pid)
    finish(racers[0])
    assert not alive(pid)


def test_two_checkouts_run_side_by_side(var: Path) -> None:
    with running(var / "one", durable=False) as one, running(var / "two", durable=False) as two:
        with psycopg.connect(one.url("kontor_owner")) as db:
            db.execute("CREATE TABLE only_here (n int)")
        assert ask(two, "SELECT to_regclass('only_here')") is None


def test_kill_of_everything_loses_nothing_acknowledged(var: Path) -> None:
    writer = start(WRITER, var)
    assert writer.stdout
    acknowledged = [int(writer.stdout.readline()) for _ in range(300)]
    writer.kill()
    kill_server(var)
    acknowledged += [int(line) for line in writer.stdout.read().split("\n")[:-1]]
    writer.communicate()
    with running(var) as cluster:
        kept = ask(cluster, "SELECT count(*) FROM line")
        assert isinstance(kept, int)
        assert kept >= len(acknowledged)
        assert ask(cluster, "SELECT count(*) = max(n) + 1 FROM line") is True


def test_a_server_that_outlived_its_user_is_joined_and_then_stopped(var: Path) -> None:
    holder = start(HOLDER, var)
    first_line(holder)
    holder.kill()
    holder.communicate()
    pid = postmaster(var)
    assert alive(pid)
    with running(var, durable=False):
        assert postmaster(var) == pid
    assert not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_stale_process_number_that_another_program_has_now(var: Path) -> None:
    holder = start(HOLDER, var)
    first_line(holder)
    holder.kill()
    holder.communicate()
    lock = var / "pg" / "data" / "postmaster.pid"
    lines = lock.read_text().split("\n")
    kill_server(var)
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        lock.write_text("\n".join([str(sleeper.pid), *lines[1:]]))
        with running(var, durable=False) as cluster:
            assert ask(cluster, "SELECT 1") == 1
        assert sleeper.poll() is None
        sleeper.kill()


def test_an_unfinished_first_start_is_set_aside(var: Path) -> None:
    with running(var, durable=False):
        pass
    (var / "pg" / "ready").unlink()
    with running(var, durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1
    assert len(list((var / "pg").glob("unfinished-*"))) == 1


def test_another_version_is_refused_in_one_sentence(var: Path) -> None:
    with running(var, durable=False):
        pass
    (var / "pg" / "data" / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStartError) as refusal, running(var):
        pass
    assert str(refusal.value) == (
        f"{var}/pg/data was written by PostgreSQL 16 and this Kontor brings 18: dump it with the Kontor that wrote it "
        "(`./kontor db dump`), move the folder away and restore the dump here."
    )


def test_a_path_too_long_for_a_socket_uses_tcp_with_passwords(var: Path) -> None:
    deep = var / ("d" * 60) / ("e" * 60)
    with running(deep, durable=False) as cluster:
        assert cluster.host == "127.0.0.1"
        assert ask(cluster, "SELECT current_user::text") == "kontor_app"
        stranger = cluster.url().replace(cluster.passwords["kontor_app"], "guess")
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(stranger)
    assert (deep / "pg" / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_a_kept_server_stays_until_it_is_stopped(var: Path) -> None:
    server = Server(var, durable=False)
    server.join()
    server.kept.touch()
    server.leave()
    assert alive(pid := postmaster(var))
    server.kept.unlink()
    with running(var, durable=False):
        pass
    assert not alive(pid)


def test_a_moved_checkout_starts_again(var: Path) -> None:
    holder = start(HOLDER, var / "here")
    first_line(holder)
    holder.kill()
    holder.communicate()
    (var / "here").rename(var / "there")
    with running(var / "there", durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1
    assert not (var / "there" / "pg" / "data" / "postmaster.pid").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand the server to another account")
def test_root_hands_the_server_to_an_account(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_OS_USER", "nobody")
    with running(var, durable=False, disguise_allowed=False) as cluster:
        assert Path(f"/proc/{postmaster(var)}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert (var / "pg" / "data").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert cluster.warning == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand the server to another account")
def test_an_account_made_later_takes_the_data_over(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_OS_USER", "nobody")
    with running(var, durable=False):
        pass
    monkeypatch.setenv("KONTOR_OS_USER", "daemon")
    with running(var, durable=False) as cluster:
        assert ask(cluster, "SELECT 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root is refused")
def test_root_without_an_account_is_told_what_to_do(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KONTOR_OS_USER", "nobody-has-this-name")
    with pytest.raises(CannotStartError) as refusal:
        accounts.choose(var, disguise_allowed=False)
    assert str(refusal.value) == (
        f"PostgreSQL refuses to run as root: create an account with `useradd --system kontor` that can reach {var}, "
        "or set DATABASE_URL to a PostgreSQL of your own."
    )
