"""`kontor restore`: a backup brought back, or tried out."""

import json
import os
import subprocess
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg import sql

from kontor.config import backups, installation, schema
from kontor.config.cli.backup import Folder, counted, deletions, folder_of, manage, places_of
from kontor.config.cli.database import BEFORE, external
from kontor.config.cli.steps import console, step
from kontor.config.embedded import Cluster, account, files, running
from kontor.config.refusals import RefusedError
from kontor.kernel import age

RESTORED = "kontor_restored"
REHEARSED = "kontor_rehearsed"


def restore(
    *,
    identity: Annotated[Path, typer.Option(help="The file with the secret part of the backup's key.", exists=True)],
    folder: Folder = None,
    made_at: Annotated[str, typer.Option("--of", help="The backup's folder, such as 2026-11-22T020000Z.")] = "",
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Try it out beside what runs; nothing changes.")] = False,
) -> None:
    """
    Replace the embedded database by a backup; what was there before is kept as `kontor_before_restore`.

    Everything happens beside the running database, which is exchanged in one step at the end: killed before it, nothing
    has changed, and the next attempt begins anew. What was erased for good since the backup is erased again first.
    """
    if external():
        raise RefusedError(
            "DATABASE_URL names a PostgreSQL of your own: its administrator restores database.age with "
            "`age --decrypt -i IDENTITY database.age | pg_restore --clean --if-exists -d NAME`."
        )
    where, key, begun = folder_of(folder), _identity(identity), time.monotonic()
    chosen = _chosen(where, made_at)
    with step("proof"):
        backups.proved(chosen)
    with running(installation.var()) as cluster:
        name = REHEARSED if rehearse else RESTORED
        with step("database"):
            problem = _filled(cluster, name, chosen, key)
        if rehearse:
            _rehearsed(cluster, chosen, problem, seconds=time.monotonic() - begun)
            return
        if problem:
            raise RefusedError(f"{problem} Nothing was changed.")
        variables = installation.demo_environment(cluster, "http://127.0.0.1")
        with step("files"):
            backups.put_back(chosen, places_of(variables))
        with step("erased again"):
            _emptied(cluster, where, key, variables)
        with step("exchange"):
            _exchanged(cluster)
    console.print(
        f"Restored in {(time.monotonic() - begun) / 60:.1f} minutes, as of {chosen.made_at:%Y-%m-%d %H:%M} UTC."
    )


def _identity(file: Path) -> age.Identity:
    try:
        return age.Identity.read(file.read_text())
    except age.AgeError as error:
        raise RefusedError(f"{file} holds no age identity.") from error


def _chosen(folder: Path, made_at: str) -> backups.Backup:
    newest = backups.newest(folder)
    if not made_at:
        return newest
    for each in backups.complete(folder):
        if each.folder.name == made_at:
            return each
    raise RefusedError(f"{folder} holds no complete backup {made_at}; the newest is {newest.folder.name}.")


def _filled(cluster: Cluster, name: str, chosen: backups.Backup, key: age.Identity) -> str:
    """Fill a fresh database from a backup; return what is wrong with it, "" where every table has the rows it had."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        _drop(db, name)
        files.create_database(db, name)
    command = [str(account.binaries() / "pg_restore"), "--exit-on-error", "-d", cluster.url("postgres", name)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as restoring:
        assert restoring.stdin is not None
        try:
            _poured(chosen.open("database.age", key), restoring.stdin)
        except age.AgeError as error:
            restoring.kill()
            raise RefusedError(f"{chosen.folder / 'database.age'}: {error} Nothing was changed.") from error
    if restoring.returncode:
        return "pg_restore did not finish; the lines above say why."
    with psycopg.connect(cluster.url("postgres", name)) as db:
        found = counted(db)
    wrong = [table for table, rows in chosen.says["tables"].items() if found.get(table) != rows]
    return f"These tables came back with another number of rows: {', '.join(wrong)}." if wrong else ""


def _poured(clear: Iterable[bytes], into: Any) -> None:
    with suppress(BrokenPipeError):  # its exit code says that it went
        for data in clear:
            into.write(data)
        into.close()


def _rehearsed(cluster: Cluster, chosen: backups.Backup, problem: str, *, seconds: float) -> None:
    """Note how the rehearsal went and forget what it made; RefusedError where it failed."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        _drop(db, REHEARSED)
    told = {
        "backup_made_at": chosen.made_at.isoformat(), "seconds": round(seconds, 1), "files": chosen.says["files"],
        "rows": sum(chosen.says["tables"].values()), "problem": problem,
    }  # fmt: skip
    os.environ.update(installation.demo_environment(cluster, "http://127.0.0.1"))
    if "kernel_tenant" in chosen.says["tables"]:
        manage("note_backup", json.dumps(told))
    if problem:
        raise RefusedError(f"The rehearsal failed. {problem}")
    console.print(f"The backup of {chosen.made_at:%Y-%m-%d %H:%M} UTC comes back whole: {seconds / 60:.1f} minutes.")


def _emptied(cluster: Cluster, folder: Path, key: age.Identity, variables: dict[str, str]) -> None:
    """Erase in the restored database what was erased since, by the list that still runs and by every newer backup's."""
    known = {tuple(each) for backup in backups.complete(folder) for each in json.loads(_whole(backup, key))}
    with suppress(psycopg.OperationalError), psycopg.connect(cluster.url("postgres")) as db:
        known |= {tuple(each) for each in deletions(db)}
    roles = {"DATABASE_URL": "kontor_app", "DATABASE_OWNER_URL": "kontor_owner", "DATABASE_ERASER_URL": "kontor_eraser"}
    there = variables | {name: cluster.url(role, RESTORED) for name, role in roles.items()}
    if known:
        schema.migrate(there)
        own = {**os.environ, **there}
        command = installation.python("-m", "django", "replay_deletions", "--skip-checks")
        done = subprocess.run(
            command, env=own, input=json.dumps(sorted(known)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise installation.failed(
                "What had been erased could not be erased again; nothing was changed", done.stdout
            )


def _whole(backup: backups.Backup, key: age.Identity) -> bytes:
    try:
        return b"".join(backup.open("deletions.age", key))
    except age.AgeError as error:
        raise RefusedError(f"{backup.folder / 'deletions.age'} does not open: {error} Nothing was changed.") from error


def _exchanged(cluster: Cluster) -> None:
    """Exchange the databases in one transaction: there is never a moment without one."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        _drop(db, BEFORE)
        with db.transaction():
            for name in ("kontor", RESTORED):
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            if db.execute("SELECT 1 FROM pg_database WHERE datname = 'kontor'").fetchone():
                db.execute(f"ALTER DATABASE kontor RENAME TO {BEFORE}")
            db.execute(f"ALTER DATABASE {RESTORED} RENAME TO kontor")


def _drop(db: psycopg.Connection[Any], name: str) -> None:
    db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
