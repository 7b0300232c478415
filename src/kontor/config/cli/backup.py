"""`kontor backup`: the whole installation, encrypted."""

import json
import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from psycopg import sql

from kontor.config import backups, environment, installation, schema, wal
from kontor.config.cli import moments
from kontor.config.cli.database import client, external
from kontor.config.cli.steps import console, step
from kontor.config.embedded import account, running
from kontor.config.refusals import RefusedError
from kontor.kernel import age

KEPT_DAYS = 30

Folder = Annotated[Path | None, typer.Option("--folder", help="Where backups lie: KONTOR_BACKUPS, else var/backups.")]


def backup(
    *,
    folder: Folder = None,
    keep_days: Annotated[int, typer.Option(help="For how many days it is kept.", min=1)] = KEPT_DAYS,
    base: Annotated[bool, typer.Option("--base", help="With the base from which `restore --at` starts.")] = False,
    log: Annotated[bool, typer.Option("--wal", help="Only what was written since: the log after a base.")] = False,
    new_key: Annotated[Path | None, typer.Option(help="Draw a key, write its secret part here, and stop.")] = None,
) -> None:
    """
    Back up database and files, encrypted with age for KONTOR_BACKUP_RECIPIENT.

    Files that an earlier backup holds are not copied again. What is older than its days is deleted afterwards, and the
    log with the base that it follows.
    """
    if new_key is not None:
        _draw_key(new_key)
        return
    recipients, at, begun = _recipients(), datetime.now(UTC), time.monotonic()
    where = folder_of(folder)
    if (base or log) and external():
        raise RefusedError(
            "DATABASE_URL names a PostgreSQL of your own, whose administrator archives its log: set its "
            "archive_command and make its base backups there."
        )
    with _served() as (dump_url, places, tool), psycopg.connect(dump_url) as db:
        if log:
            _log_kept(dump_url, where, places, recipients)
            return
        growing = backups.begun(where, at)
        with step("database"):
            tables = _dumped(db, [tool, dump_url], growing, recipients)
        beginning = _based(dump_url, growing, recipients) if base else {}
        with step("files"):
            count = backups.pool(where, growing, places)
        made = backups.finished(
            growing, {"tables": tables, "files": count, "schema": schema.fingerprint(), **beginning}, at=at,
            keep=timedelta(days=keep_days),
        )  # fmt: skip
        backups.forget_expired(where, today=at.date())
        told = {
            "made_at": at.isoformat(), "expires_on": made.expires_on.isoformat(), "rows": sum(tables.values()),
            "files": count, "size": sum(part["size"] for part in made.says["parts"].values()),
            "seconds": round(time.monotonic() - begun, 1),
        }  # fmt: skip
        if "kernel_tenant" in tables:
            manage("note_backup", json.dumps(told))
        if not external():
            _log_follows(dump_url, where, recipients)
    console.print(f"{made.folder}: {told['rows']} rows, {count} files, kept until {told['expires_on']}")


def _based(url: str, growing: Path, recipients: list[age.Recipient]) -> dict[str, dict[str, str]]:
    with step("base"), psycopg.connect(url, autocommit=True) as db:
        moments.follow(db)
        return {"base": moments.based(db, url, growing, recipients)}


def _log_follows(url: str, where: Path, recipients: list[age.Recipient]) -> None:
    """Bring the log up to now where a base is kept, and let go of what no base needs any more."""
    with psycopg.connect(url, autocommit=True) as db:
        if wal.forget_expired(where):
            moments.unfollow(db)
        elif moments.follows(db):
            with step("log"):
                moments.fetched(db, url, where, recipients)


def _log_kept(url: str, where: Path, places: dict[str, Path], recipients: list[age.Recipient]) -> None:
    """Archive the log up to now, and the files there are; RefusedError where there is no base to begin from."""
    with step("log"), psycopg.connect(url, autocommit=True) as db:
        if not wal.bases(where) or not moments.follows(db):
            raise RefusedError(f"{where} holds no base that the log could follow: `kontor backup --base` makes one.")
        until = moments.fetched(db, url, where, recipients)
    with step("files"):
        backups.pool(where, where / wal.FOLDER, places)
    console.print(f"{where / wal.FOLDER}: whole until {until:{wal.SPOKEN}}")


def _draw_key(file: Path) -> None:
    drawn = age.Identity.new()
    try:
        with open(file, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
            opened.write(f"# public key: {drawn.recipient}\n{drawn}\n")
    except FileExistsError as error:
        raise RefusedError(f"{file} is there already: name a new file.") from error
    console.print(f"Keep {file} away from this machine; backups are restored with it alone. Set here:")
    typer.echo(f"KONTOR_BACKUP_RECIPIENT={drawn.recipient}")


def _recipients() -> list[age.Recipient]:
    told = environment.optional("KONTOR_BACKUP_RECIPIENT").split(",")
    try:
        return [age.Recipient.read(each) for each in told if each] or _refuse_without_key()
    except age.AgeError as error:
        raise RefusedError(f"KONTOR_BACKUP_RECIPIENT is no age key. {error}") from error


def _refuse_without_key() -> list[age.Recipient]:
    raise RefusedError(
        "KONTOR_BACKUP_RECIPIENT is not set. It is the public key for which backups are encrypted: "
        "`kontor backup --new-key FILE` draws one."
    )


def folder_of(given: Path | None) -> Path:
    """Return where backups lie."""
    told = environment.optional("KONTOR_BACKUPS")
    return given or (Path(told) if told else installation.private_folder("backups"))


@contextmanager
def _served() -> Iterator[tuple[str, dict[str, Path], str]]:
    """Yield the database as one who reads everything, the folders of files, and the pg_dump of the server's version."""
    if external():
        url = environment.optional("DATABASE_DUMP_URL")
        if not url:
            raise RefusedError(
                "DATABASE_DUMP_URL is not set. It is the database as a role with BYPASSRLS and pg_read_all_data. "
                "Set it as DATABASE_URL is."
            )
        yield url, places_of({}), client("pg_dump")
        return
    with running(installation.var()) as cluster:
        variables = installation.told_environment(cluster)
        os.environ.update(variables)
        yield cluster.url("postgres"), places_of(variables), str(account.binaries() / "pg_dump")


def places_of(variables: dict[str, str]) -> dict[str, Path]:
    """Return the folders in which files lie, by the key of their place; a bucket's keeper backs it up."""
    from kontor.kernel.data_places import FILES, declared, holding

    blobs, told = (variables.get(name) or environment.optional(name) for name in ("KONTOR_BLOBS", "KONTOR_PLACES"))
    if not blobs:
        installation.require("KONTOR_BLOBS")
    found = {"": Path(blobs)}
    named = holding(declared(told), FILES)
    return found | {place.key: place.folder for place in named if place.folder and place.folder != found[""]}


def _dumped(
    db: psycopg.Connection[Any], tool: Sequence[str], growing: Path, recipients: list[age.Recipient]
) -> dict[str, int]:
    """Dump the database at one moment and return how many rows each table had at it."""
    db.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    (snapshot,) = db.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
    tables = counted(db)
    address, told = installation.apart(tool[1])
    command = [tool[0], "-Fc", f"--snapshot={snapshot}", "-d", address]
    with subprocess.Popen(command, env=told, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as dumping:
        assert dumping.stdout is not None
        backups.write_encrypted(growing / "database.age", backups.chunks(dumping.stdout), recipients)
    if dumping.returncode:
        raise RefusedError("pg_dump did not finish; the lines above say why, and there is no backup.")
    backups.write_encrypted(growing / "deletions.age", [json.dumps(deletions(db)).encode()], recipients)
    return tables


def counted(db: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many rows each table has."""
    names = [name for (name,) in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")]
    each = [sql.SQL("SELECT {}, count(*) FROM {}").format(sql.Literal(one), sql.Identifier(one)) for one in names]
    return dict(db.execute(sql.SQL(" UNION ALL ").join(each)).fetchall()) if each else {}


def deletions(db: psycopg.Connection[Any]) -> list[list[str]]:
    """
    Return the companies that were erased for good, and when; a person's erasure has their key as third.

    Whoever a company erased has the hashes of their addresses as fourth; a database before those has none.
    """
    with suppress(psycopg.errors.UndefinedTable), db.transaction():
        found = db.execute(
            "SELECT of_tenant, max(at), person, (SELECT string_agg(mark, ',' ORDER BY mark)"
            " FROM jsonb_array_elements_text(to_jsonb(d) -> 'marks') mark)"
            " FROM privacy_deletion d GROUP BY 1, 3, 4"
        )
        return [
            [str(tenant), at.isoformat(), *([str(who)] if who else []), *([told] if told else [])]
            for tenant, at, who, told in found
        ]
    return []


def manage(command: str, *arguments: str) -> None:
    """Run one of Django's commands in this process, whose variables say where things are."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
    import django  # only once its settings are told where the database is
    from django.core.management import call_command

    django.setup()
    call_command(command, *arguments)
