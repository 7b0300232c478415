"""A backup is encrypted, comes back whole, and one that was killed changed nothing."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kontor.config import installation
from kontor.config.cli import backup
from kontor.config.embedded import Cluster, account, running
from kontor.config.refusals import RefusedError
from kontor.kernel import age
from tests.config.commands import clean, command, kontor

NAME = "ab" * 32


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """Yield a running installation's database with a table in it, and one file."""
    blob = tmp_path / "var" / "demo" / "blobs" / "tenant" / "ab" / NAME
    blob.parent.mkdir(parents=True)
    blob.write_bytes(b"encrypted anyway")
    with running(tmp_path / "var", durable=False) as found:
        with psycopg.connect(found.url("kontor_owner")) as db:
            db.execute("CREATE TABLE note (text text)")
            db.execute("INSERT INTO note SELECT 'kept' || n FROM generate_series(1, 20000) n")
        yield found


@pytest.fixture
def there(tmp_path: Path, cluster: Cluster) -> dict[str, str]:
    """Return what the commands are told, a fresh key among it."""
    var = {"KONTOR_VAR": str(tmp_path / "var"), "KONTOR_BACKUPS": str(tmp_path / "kept")}
    drawn = kontor("backup", "--new-key", str(tmp_path / "key"), **var).stdout.strip()
    return {**var, **dict([drawn.split("=")])}


def notes(cluster: Cluster, database: str = "kontor") -> int:
    with psycopg.connect(cluster.url("kontor_app", database)) as db:
        (count,) = db.execute("SELECT count(*) FROM note").fetchone() or (0,)
    return int(count)


def test_it_is_encrypted_tried_out_and_comes_back_whole(
    cluster: Cluster, there: dict[str, str], tmp_path: Path
) -> None:
    kept, key, blob = tmp_path / "kept", str(tmp_path / "key"), next((tmp_path / "var").rglob(NAME))
    assert kontor("backup", **there).returncode == 0
    (folder,) = kept.glob("*Z")
    assert sorted(path.name for path in folder.iterdir()) == [
        "backup.json", "database.age", "deletions.age", "files.jsonl",
    ]  # fmt: skip
    assert (folder / "database.age").read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")
    assert [str(path.relative_to(kept)) for path in kept.rglob(NAME)] == [f"files/_/tenant/ab/{NAME}"]
    says = json.loads((folder / "backup.json").read_text())
    assert (says["tables"], says["files"]) == ({"note": 20000}, 1)

    with psycopg.connect(cluster.url("kontor_owner")) as db:
        db.execute("DELETE FROM note")
    blob.unlink()
    tried = kontor("restore", "--identity", key, "--rehearse", **there)
    assert (tried.returncode, "comes back whole: 0." in tried.stderr, notes(cluster)) == (0, True, 0)

    again = subprocess.Popen(command("restore", "--identity", key), env=clean(**there))
    for _ in range(600):  # killed as soon as the database it fills is there
        with psycopg.connect(cluster.url("postgres", "postgres")) as db:
            if db.execute("SELECT 1 FROM pg_database WHERE datname = 'kontor_restored'").fetchone():
                break
        time.sleep(0.02)
    again.send_signal(signal.SIGKILL)
    again.wait()
    assert (notes(cluster), blob.exists()) == (0, False)

    assert kontor("restore", "--identity", key, **there).returncode == 0
    assert (notes(cluster), notes(cluster, "kontor_before_restore")) == (20000, 0)
    kept_still = kontor("restore", "--identity", key, **there)
    assert kept_still.stderr.splitlines()[-1] == (
        "kontor: kontor_before_restore still holds what was there before an earlier restore, and only one is kept. See "
        "what is in it (`kontor db dump` of it, or psql), then add --forget-previous. Nothing was changed."
    )
    assert (notes(cluster), notes(cluster, "kontor_before_restore")) == (20000, 0)
    assert kontor("restore", "--identity", key, "--forget-previous", **there).returncode == 0
    assert (notes(cluster), notes(cluster, "kontor_before_restore")) == (20000, 20000)
    assert blob.read_bytes() == b"encrypted anyway"


OWN = {
    "KONTOR_SECRET_KEY": "s" * 50, "KONTOR_MASTER_KEY": "22" * 32, "KONTOR_BASE_URL": "https://kontor.example",
    "KONTOR_BLOBS": "/srv/files",
}  # fmt: skip


def test_beside_a_server_with_its_own_keys_a_command_uses_those_and_never_the_demos(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = Cluster(host="/run/pg", port=5432, passwords={}, warning="")
    monkeypatch.setenv("KONTOR_VAR", str(tmp_path))
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    assert installation.told_environment(there)["KONTOR_DEMO"] == "1"  # nobody ever said anything else
    for name, value in OWN.items():
        monkeypatch.setenv(name, value)
    told = installation.told_environment(there)
    assert (set(told) & {*OWN, "KONTOR_DEMO", "KONTOR_PLACES"}, told["DATABASE_URL"]) == (set(), there.url())
    assert backup.places_of(told) == {"": Path("/srv/files")}
    monkeypatch.delenv("KONTOR_MASTER_KEY")
    with pytest.raises(RefusedError) as refused:
        installation.told_environment(there)
    assert [said.split()[0] for said in refused.value.sentences] == ["KONTOR_MASTER_KEY"]
    for name in OWN:
        monkeypatch.delenv(name, raising=False)
    installation.mark_own_keys()  # as the server does: a command in a bare shell is told nothing
    with pytest.raises(RefusedError) as bare:
        installation.told_environment(there)
    assert [said.split()[0] for said in bare.value.sentences] == list(OWN)


def test_no_password_stands_on_a_command_line(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    program = tmp_path / "pg_dump"
    program.write_text(f'#!/bin/sh\necho "$@ / $PGPASSWORD" > {seen}\ntouch {tmp_path}/out.unfinished\n')
    program.chmod(0o700)
    done = kontor(
        "db", "dump", str(tmp_path / "out"), PATH=f"{tmp_path}:/usr/bin:/bin", DATABASE_URL="postgresql://a@db/kontor",
        DATABASE_DUMP_URL="postgresql://dump:hush%40hush@db:5433/kontor?sslmode=require",
    )  # fmt: skip
    assert done.returncode == 0
    address = "user=dump dbname=kontor host=db port=5433 sslmode=require"
    assert seen.read_text() == f"-Fc -f {tmp_path}/out.unfinished -d {address} / hush@hush\n"


def test_for_a_database_of_ones_own_it_says_all_that_is_to_be_done(tmp_path: Path) -> None:
    assert kontor("backup", "--new-key", str(tmp_path / "key")).returncode == 0
    said = kontor("restore", "--identity", str(tmp_path / "key"), DATABASE_URL="postgresql://a@db/kontor").stderr
    assert said == (
        "kontor: DATABASE_URL names a PostgreSQL of your own. With Kontor stopped, its administrator restores "
        "database.age with `age --decrypt -i IDENTITY database.age | pg_restore --clean --if-exists -d NAME`; then run "
        "`kontor db migrate` and `kontor restore --identity IDENTITY --finish`, which puts missing files back from the "
        "backup's pool and erases again what was erased since. Start Kontor only after that.\n"
    )


KILLED = """
import os, runpy, shutil, signal, sys
copyfile, begun = shutil.copyfile, []
def cut(source, target):
    begun.append(target)
    if len(begun) == 2:
        target.write_bytes(source.read_bytes()[:5])
        os.kill(os.getpid(), signal.SIGKILL)
    return copyfile(source, target)
shutil.copyfile = cut
sys.argv[:] = ["kontor", *sys.argv[1:]]
runpy.run_module("kontor.config.cli", run_name="__main__")
"""


def test_finishing_in_a_database_of_ones_own_goes_on_after_it_was_killed_in_the_middle_of_a_file(
    cluster: Cluster, there: dict[str, str], tmp_path: Path
) -> None:
    first = next((tmp_path / "var").rglob(NAME))
    contents = {first.with_name(f"{number:064x}"): b"closed box %d" % number for number in range(3)}
    for file, content in contents.items():
        file.write_bytes(content)
    contents[first] = first.read_bytes()
    assert kontor("backup", **there).returncode == 0
    (folder,) = (tmp_path / "kept").glob("*Z")
    for file in contents:
        file.unlink()
    with psycopg.connect(cluster.url("kontor_owner")) as db:
        db.execute("DELETE FROM note")

    identity = age.Identity.read((tmp_path / "key").read_text())
    dump = b"".join(age.decrypted([(folder / "database.age").read_bytes()], identity))
    clean_up = [str(account.binaries() / "pg_restore"), "--clean", "--if-exists", "-d", cluster.url("postgres")]
    subprocess.run(clean_up, input=dump, check=True)
    own = {**there, "DATABASE_URL": cluster.url("kontor_app"), "KONTOR_BLOBS": str(first.parents[2])}
    finish = ["restore", "--identity", str(tmp_path / "key"), "--finish"]
    killed = subprocess.run([sys.executable, "-c", KILLED, *finish], env=clean(**own), check=False)
    assert killed.returncode == -signal.SIGKILL
    back = {file: file.read_bytes() for file in contents if file.exists()}
    assert (len(back), back.items() <= contents.items()) == (1, True)  # none under its name is cut off

    done = kontor(*finish, **own)
    assert (done.returncode, notes(cluster)) == (0, 20000)
    everything = [file for file in first.parent.iterdir() if file.is_file()]  # no half one is left either
    assert {file: file.read_bytes() for file in everything} == contents


def test_what_is_amiss_is_said_and_changes_nothing(cluster: Cluster, there: dict[str, str], tmp_path: Path) -> None:
    key = str(tmp_path / "key")
    without = {name: value for name, value in there.items() if name != "KONTOR_BACKUP_RECIPIENT"}
    assert kontor("backup", **without).stderr == (
        "kontor: KONTOR_BACKUP_RECIPIENT is not set. It is the public key for which backups are encrypted: "
        "`kontor backup --new-key FILE` draws one.\n"
    )
    missing = kontor("restore", "--identity", key, **there)
    assert missing.stderr == f"kontor: {tmp_path}/kept holds no complete backup: make one with `kontor backup`.\n"
    assert kontor("backup", **there).returncode == 0
    (folder,) = (tmp_path / "kept").glob("*Z")
    dump = bytearray((folder / "database.age").read_bytes())
    dump[-1] ^= 1
    (folder / "database.age").write_bytes(dump)
    damaged = kontor("restore", "--identity", key, **there)
    assert damaged.returncode == 1
    assert damaged.stderr.splitlines()[-1] == (
        f"kontor: {folder}/database.age was changed or is damaged: take another backup."
    )
    assert notes(cluster) == 20000
