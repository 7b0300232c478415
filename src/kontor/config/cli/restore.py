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

from kontor.config import backups, environment, installation, schema
from kontor.config.cli.backup import Folder, counted, deletions, folder_of, manage, places_of
from kontor.config.cli.database import external
from kontor.config.cli.exchange import RESTORED, drop, exchange, refuse_kept
from kontor.config.cli.steps import console, step
from kontor.config.embedded import Cluster, account, files, running
from kontor.config.refusals import RefusedError
from kontor.kernel import age

REHEARSED = "kontor_rehearsed"
RESTORE_MINUTES = 240  # half a working day


def restore(
    *,
    identity: Annotated[Path, typer.Option(help="The file with the secret part of the backup's key.", exists=True)],
    folder: Folder = None,
    made_at: Annotated[str, typer.Option("--of", help="The backup's folder, such as 2026-11-22T020000Z.")] = "",
    rehearse: Annotated[bool, typer.Option("--rehearse", help="Try it out beside what runs; nothing changes.")] = False,
    finish: Annotated[
        bool, typer.Option("--finish", help="After pg_restore into a PostgreSQL of your own: files and erasures.")
    ] = False,
    forget_previous: Annotated[
        bool, typer.Option("--forget-previous", help="Let go what an earlier restore kept as kontor_before_restore.")
    ] = False,
) -> None:
    """
    Replace the embedded database by a backup; what was there before is kept as `kontor_before_restore`.

    Everything happens beside the running database, which is exchanged in one step at the end: killed before it, nothing
    has changed, and the next attempt begins anew. What was erased for good since the backup is erased again first.
    """
    where, key, begun = folder_of(folder), _identity(identity), time.monotonic()
    if external():
        _beside_ours(where, key, made_at, finish=finish)
        return
    chosen = _chosen(where, made_at)
    with step("proof"):
        backups.proved(chosen)
    with running(installation.var()) as cluster:
        variables = installation.told_environment(cluster)
        if not rehearse:
            refuse_kept(cluster, forget=forget_previous)
        name = REHEARSED if rehearse else RESTORED
        with step("database"):
            problem = _filled(cluster, name, chosen, key)
        if rehearse:
            with step("files"):
                problem = problem or _opened(cluster, chosen, variables)
            seconds = time.monotonic() - begun
            _rehearsed(cluster, chosen, problem or _too_late(seconds), seconds=seconds)
            return
        if problem:
            raise RefusedError(f"{problem} Nothing was changed.")
        with step("files"):
            backups.put_back(chosen, places_of(variables))
        with step("erased again"):
            _emptied(cluster, where, key, variables)
        with step("exchange"):
            exchange(cluster, forget=forget_previous)
    console.print(
        f"Restored in {(time.monotonic() - begun) / 60:.1f} minutes, as of {chosen.made_at:%Y-%m-%d %H:%M} UTC."
    )


def _beside_ours(where: Path, key: age.Identity, made_at: str, *, finish: bool) -> None:
    """Say how a PostgreSQL of the operator's own is restored, or do of it what is ours to do: files, and erasures."""
    if not finish:
        raise RefusedError(
            "DATABASE_URL names a PostgreSQL of your own. With Kontor stopped, its administrator restores database.age "
            "with `age --decrypt -i IDENTITY database.age | pg_restore --clean --if-exists -d NAME`; then run "
            "`kontor db migrate` and `kontor restore --identity IDENTITY --finish`, which puts missing files back from "
            "the backup's pool and erases again what was erased since. Start Kontor only after that."
        )
    chosen = _chosen(where, made_at)
    with step("proof"):
        backups.proved(chosen)
    with step("files"):
        backups.put_back(chosen, places_of({}))
    with step("erased again"):
        _erased_again(_listed(where, key), dict(os.environ))
    console.print(f"Finished: the files of {chosen.folder.name} are there, and what was erased is erased again.")


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
        drop(db, name)
        files.create_database(db, name)
    address, told = installation.apart(cluster.url("postgres", name))
    command = [str(account.binaries() / "pg_restore"), "--exit-on-error", "-d", address]
    with subprocess.Popen(command, env=told, stdin=subprocess.PIPE) as restoring:
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


def _too_late(seconds: float) -> str:
    """Return that a rehearsal took longer than is set, "" where it did not."""
    within = int(environment.optional("KONTOR_RESTORE_MINUTES") or RESTORE_MINUTES)
    return "" if seconds <= within * 60 else f"It took {seconds / 60:.1f} minutes, and {within} are set."


def _rehearsed(cluster: Cluster, chosen: backups.Backup, problem: str, *, seconds: float) -> None:
    """Note how the rehearsal went and forget what it made; RefusedError where it failed."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        drop(db, REHEARSED)
    told = {
        "backup_made_at": chosen.made_at.isoformat(), "seconds": round(seconds, 1), "files": chosen.says["files"],
        "rows": sum(chosen.says["tables"].values()), "problem": problem,
    }  # fmt: skip
    os.environ.update(installation.told_environment(cluster))
    if "kernel_tenant" in chosen.says["tables"]:
        manage("note_backup", json.dumps(told))
    if problem:
        raise RefusedError(f"The rehearsal failed. {problem}")
    console.print(f"The backup of {chosen.made_at:%Y-%m-%d %H:%M} UTC comes back whole: {seconds / 60:.1f} minutes.")


def _opened(cluster: Cluster, chosen: backups.Backup, variables: dict[str, str]) -> str:
    """Open every file of the backup with the keys that came back; return what is wrong, "" where all open."""
    if "kernel_blobcontent" not in chosen.says["tables"]:
        return ""
    there = _roles(cluster, REHEARSED, variables)
    schema.migrate(there)
    listed = "".join(f"{json.dumps(each)}\n" for each in backups.files_of(chosen))
    done = _django("prove_files", str(chosen.folder.parent / backups.POOL), told=listed, variables=there)
    return (done.stdout.strip().splitlines() or ["The files could not be opened."])[-1] if done.returncode else ""


def _emptied(cluster: Cluster, folder: Path, key: age.Identity, variables: dict[str, str]) -> None:
    """Erase in the restored database what was erased since, by the list that still runs and by every newer backup's."""
    known = _listed(folder, key)
    with suppress(psycopg.OperationalError), psycopg.connect(cluster.url("postgres")) as db:
        known |= {tuple(each) for each in deletions(db)}
    there = _roles(cluster, RESTORED, variables)
    if known:
        schema.migrate(there)
        _erased_again(known, there)


def _roles(cluster: Cluster, database: str, variables: dict[str, str]) -> dict[str, str]:
    roles = {"DATABASE_URL": "kontor_app", "DATABASE_OWNER_URL": "kontor_owner", "DATABASE_ERASER_URL": "kontor_eraser"}
    return variables | {name: cluster.url(role, database) for name, role in roles.items()}


def _listed(folder: Path, key: age.Identity) -> set[tuple[str, ...]]:
    return {tuple(each) for backup in backups.complete(folder) for each in json.loads(_whole(backup, key))}


def _erased_again(known: set[tuple[str, ...]], variables: dict[str, str]) -> None:
    if not known:
        return
    done = _django("replay_deletions", told=json.dumps(sorted(known)), variables=variables)
    if done.returncode:
        raise installation.failed("What had been erased could not be erased again; nothing was changed", done.stdout)


def _django(*command: str, told: str, variables: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    own = {"DJANGO_SETTINGS_MODULE": "kontor.config.settings", **os.environ, **variables}
    return subprocess.run(
        installation.python("-m", "django", *command, "--skip-checks"), env=own, input=told, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip


def _whole(backup: backups.Backup, key: age.Identity) -> bytes:
    try:
        return b"".join(backup.open("deletions.age", key))
    except age.AgeError as error:
        raise RefusedError(f"{backup.folder / 'deletions.age'} does not open: {error} Nothing was changed.") from error
