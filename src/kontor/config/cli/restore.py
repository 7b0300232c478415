"""`kontor restore`: a backup brought back, or tried out."""

import json
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from kontor.config import backups, environment, installation, schema, wal
from kontor.config.cli import moments
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
    at: Annotated[str, typer.Option("--at", help="A moment, such as 2026-11-22T14:05:00+01:00; UTC without +.")] = "",
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
    goal = _goal(where, made_at, at)
    with step("proof"):
        backups.proved(goal.backup)
    with running(installation.var()) as cluster:
        variables = installation.told_environment(cluster)
        if not rehearse:
            refuse_kept(cluster, forget=forget_previous)
        with step("database"):
            tables, problem = _brought(cluster, REHEARSED if rehearse else RESTORED, goal, key)
        if rehearse:
            with step("files"):
                problem = problem or _opened(cluster, goal, tables, variables)
            seconds = time.monotonic() - begun
            _rehearsed(cluster, goal, tables, problem or _too_late(seconds), seconds=seconds)
            return
        if problem:
            raise RefusedError(f"{problem} Nothing was changed.")
        with step("files"):
            backups.put_back(goal.files(), where, places_of(variables))
        with step("erased again"):
            _emptied(cluster, where, key, variables)
        with step("exchange"):
            exchange(cluster, forget=forget_previous)
    console.print(f"Restored in {(time.monotonic() - begun) / 60:.1f} minutes, as of {goal.as_of}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Goal:
    """What is to come back: a backup as it was made, or the moment `at` to which a base and the log lead."""

    backup: backups.Backup
    at: datetime | None = None
    reach: wal.Reach | None = None

    @property
    def as_of(self) -> str:
        return f"{self.at:{wal.SPOKEN}}" if self.at else f"{self.backup.made_at:%Y-%m-%d %H:%M} UTC"

    def files(self) -> list[dict[str, Any]]:
        return backups.files_at(self.backup.folder.parent, self.at) if self.at else [*backups.files_of(self.backup)]


def _goal(where: Path, made_at: str, told: str) -> _Goal:
    if not told:
        return _Goal(backup=_chosen(where, made_at))
    try:
        at = datetime.fromisoformat(told)
    except ValueError as error:
        raise RefusedError(f"{told} is no moment: write it as 2026-11-22T14:05:00+01:00.") from error
    at = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    reach = wal.reach(where, at)
    return _Goal(backup=reach.base, at=at, reach=reach)


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
        backups.put_back(backups.files_of(chosen), where, places_of({}))
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


def _brought(cluster: Cluster, name: str, goal: _Goal, key: age.Identity) -> tuple[dict[str, int], str]:
    """Fill a fresh database; return how many rows each table has to have, and what is wrong, "" where nothing is."""
    if goal.at is None or goal.reach is None:
        tables = dict(goal.backup.says["tables"])
        return tables, _filled(cluster, name, _said(goal.backup, "database.age", key), tables)
    with moments.led_to(goal.at, goal.reach, goal.backup.folder.parent, key) as then:
        with psycopg.connect(then.url("postgres")) as db:
            tables = counted(db)
        address, told = installation.apart(then.url("postgres"))
        command = [str(account.binaries() / "pg_dump"), "-Fc", "-Z0", "-d", address]
        with subprocess.Popen(command, env=told, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as dumping:
            assert dumping.stdout is not None
            problem = _filled(cluster, name, backups.chunks(dumping.stdout), tables)
        return tables, problem or ("pg_dump did not finish; the lines above say why." if dumping.returncode else "")


def _said(chosen: backups.Backup, part: str, key: age.Identity) -> Iterator[bytes]:
    try:
        yield from chosen.open(part, key)
    except age.AgeError as error:
        raise RefusedError(f"{chosen.folder / part}: {error} Nothing was changed.") from error


def _filled(cluster: Cluster, name: str, dump: Iterable[bytes], tables: Mapping[str, int]) -> str:
    """Fill a fresh database from a dump; return what is wrong with it, "" where every table has the rows it had."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        drop(db, name)
        files.create_database(db, name)
    address, told = installation.apart(cluster.url("postgres", name))
    command = [str(account.binaries() / "pg_restore"), "--exit-on-error", "-d", address]
    with subprocess.Popen(command, env=told, stdin=subprocess.PIPE) as restoring:
        assert restoring.stdin is not None
        try:
            _poured(dump, restoring.stdin)
        except RefusedError:
            restoring.kill()
            raise
    if restoring.returncode:
        return "pg_restore did not finish; the lines above say why."
    with psycopg.connect(cluster.url("postgres", name)) as db:
        found = counted(db)
    wrong = [table for table, rows in tables.items() if found.get(table) != rows]
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


def _rehearsed(cluster: Cluster, goal: _Goal, tables: Mapping[str, int], problem: str, *, seconds: float) -> None:
    """Note how the rehearsal went and forget what it made; RefusedError where it failed."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        drop(db, REHEARSED)
    told = {
        "backup_made_at": goal.backup.made_at.isoformat(), "seconds": round(seconds, 1), "files": len(goal.files()),
        "rows": sum(tables.values()), "problem": problem,
    }  # fmt: skip
    os.environ.update(installation.told_environment(cluster))
    if "kernel_tenant" in tables:
        manage("note_backup", json.dumps(told))
    if problem:
        raise RefusedError(f"The rehearsal failed. {problem}")
    what = "What was there at" if goal.at else "The backup of"
    console.print(f"{what} {goal.as_of} comes back whole: {seconds / 60:.1f} minutes.")


def _opened(cluster: Cluster, goal: _Goal, tables: Mapping[str, int], variables: dict[str, str]) -> str:
    """Open every file of the backup with the keys that came back; return what is wrong, "" where all open."""
    if "kernel_blobcontent" not in tables:
        return ""
    there = _roles(cluster, REHEARSED, variables)
    schema.migrate(there)
    listed = "".join(f"{json.dumps(each)}\n" for each in goal.files())
    done = _django("prove_files", str(goal.backup.folder.parent / backups.POOL), told=listed, variables=there)
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
