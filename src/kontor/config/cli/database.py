"""`kontor db …`: the database by hand."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.console import Console

from kontor.config import environment, installation, schema
from kontor.config.cli.exchange import RESTORED, drop, exchange, refuse_kept
from kontor.config.cli.steps import console, step
from kontor.config.embedded import Server, files, running
from kontor.config.embedded.files import RIGHTS
from kontor.config.refusals import RefusedError

app = typer.Typer(no_args_is_help=True, help="Start, stop, look into, dump and restore the database.")
FREE = {"ignore_unknown_options": True, "allow_extra_args": True}


def external() -> str:
    """Return DATABASE_URL, empty where the embedded database is used."""
    return environment.optional("DATABASE_URL")


@app.command()
def start() -> None:
    """Start the embedded database and leave it running."""
    _only_embedded("start")
    server = Server(installation.var())
    cluster = server.join()
    server.kept.touch()
    server.leave()
    console.print(f"Running; `./kontor db stop` stops it. {cluster.warning}".strip())
    Console().print(cluster.url("kontor_owner"), soft_wrap=True, highlight=False)


@app.command()
def stop() -> None:
    """Stop the embedded database once nobody uses it."""
    _only_embedded("stop")
    server = Server(installation.var())
    server.kept.unlink(missing_ok=True)
    if not (server.home / "ready").exists() or not server.alive():
        console.print("It is not running.")
        return
    server.join()
    server.leave()
    still = server.alive()
    console.print("A demo, a test or a server still uses it and stops it at its end." if still else "Stopped.")


@app.command(context_settings=FREE)
def psql(
    context: typer.Context,
    role: Annotated[
        str, typer.Option(help="kontor_owner, kontor_app, kontor_dump, kontor_eraser or postgres.")
    ] = "kontor_owner",
) -> None:
    """
    Open PostgreSQL's own console, or pass it arguments such as -c "select 1".

    Row security binds every role but postgres: say SET kontor.tenant = '…' first.
    """
    if url := external():
        address, told = installation.apart(url)
        command = [client("psql"), "-d", address, *context.args]
        raise SystemExit(subprocess.run(command, env=told, check=False).returncode)
    server = Server(installation.var())
    server.join()
    try:
        raise SystemExit(server.psql("psql", "-d", "kontor", *context.args, role=role))
    finally:
        server.leave()


@app.command()
def migrate() -> None:
    """Bring the tables to this version, as DATABASE_OWNER_URL (or in the embedded database)."""
    if external():
        installation.require(*(name for name in environment.REQUIRED if name != "DATABASE_URL"))
        owner = environment.optional("DATABASE_OWNER_URL")
        if not owner:
            raise RefusedError(
                "DATABASE_OWNER_URL is not set. It is the database as kontor_owner, who may change tables. "
                "Set it as DATABASE_URL is."
            )
        installation.check_database("DATABASE_OWNER_URL")
        variables = {"DATABASE_OWNER_URL": owner, "DJANGO_SETTINGS_MODULE": "kontor.config.settings"}
        _migrate(variables)
        return
    with running(installation.var()) as cluster:
        _migrate(installation.told_environment(cluster))


def _migrate(variables: dict[str, str]) -> None:
    with step("tables"):
        changed = schema.migrate(variables)
    console.print("Brought to this version." if changed else "Nothing to do.")


@app.command()
def roles(name: Annotated[str, typer.Argument(help="The database's name.")] = "kontor") -> None:
    """Print the SQL that prepares a PostgreSQL of your own; its administrator runs it once in the new database."""
    lines = [
        f"CREATE ROLE {role} LOGIN NOSUPERUSER NOCREATEROLE {rights} PASSWORD '…';" for role, rights in RIGHTS.items()
    ]
    lines += [f"ALTER DATABASE {name} OWNER TO kontor_owner;", f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;"]
    lines += [f"GRANT CONNECT ON DATABASE {name} TO {', '.join(files.MAY_CONNECT)};"]
    lines += [
        *(f"{line};" for line in files.GRANTS),
        f"{files.MAINTAINS}; -- from PostgreSQL {files.MAINTAINS_SINCE} on",
    ]
    lines += [f"{line.format(name=files.ACCESS_LOG)};" for line in files.ACCESS_LOG_IS_APART]
    Console().print("\n".join(lines), soft_wrap=True, highlight=False)


@app.command()
def dump(
    file: Annotated[Path, typer.Argument(help="The file to write; PostgreSQL's custom format.")],
) -> None:
    """
    Write all tenants' rows and all tables to one file.

    A whole dump reads past row security: embedded, it runs as the superuser; else as DATABASE_DUMP_URL, a role with
    BYPASSRLS and pg_read_all_data.
    """
    if not file.resolve().parent.is_dir():
        raise RefusedError(f"{file.parent} is no folder: create it, or name another file.")
    made = file.with_name(f"{file.name}.unfinished")
    with step("dump"):
        code = _dump(made)
    if code:
        made.unlink(missing_ok=True)
        raise RefusedError("pg_dump did not finish; the lines above say why, and no file was written.")
    made.replace(file)
    console.print(f"{file}: {file.stat().st_size / 1e6:.1f} MB")


def _dump(file: Path) -> int:
    if external():
        if not (url := environment.optional("DATABASE_DUMP_URL")):
            raise RefusedError(
                "DATABASE_DUMP_URL is not set. It is the database as a role with BYPASSRLS and pg_read_all_data, since "
                "row security would hide rows from every other role. Set it as DATABASE_URL is."
            )
        address, told = installation.apart(url)
        return subprocess.run([client("pg_dump"), "-Fc", "-f", file, "-d", address], env=told, check=False).returncode
    server = Server(installation.var())
    server.join()
    try:
        return server.psql("pg_dump", "-Fc", "-f", str(file), "kontor")
    finally:
        server.leave()


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `kontor db dump` wrote.", exists=True, dir_okay=False)],
    *,
    forget_previous: Annotated[
        bool, typer.Option("--forget-previous", help="Let go what an earlier restore kept as kontor_before_restore.")
    ] = False,
) -> None:
    """Replace the embedded database by a dump; what was there before is kept as `kontor_before_restore`."""
    if external():
        raise RefusedError(
            "DATABASE_URL names a PostgreSQL of your own: its administrator restores with "
            f"`pg_restore --clean --if-exists -d NAME {file}`."
        )
    server = Server(installation.var())
    cluster = server.join()
    try:
        refuse_kept(cluster, forget=forget_previous)
        with step("restore"), psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            drop(db, RESTORED)
            files.create_database(db, RESTORED)
            if server.psql("pg_restore", "--exit-on-error", "-d", RESTORED, str(file)):
                drop(db, RESTORED)
                raise RefusedError(f"{file} could not be restored; the lines above say why, and nothing was changed.")
            exchange(cluster, forget=forget_previous)
        schema.forget(cluster.url("kontor_owner"))
    finally:
        server.leave()
    console.print("Restored; the next start brings its tables to this version.")


def _only_embedded(what: str) -> None:
    if external():
        raise RefusedError(f"DATABASE_URL names a PostgreSQL of your own, which is not ours to {what}: unset it.")


def client(name: str) -> str:
    """Return the system's client program, which may speak TLS as ours cannot, else ours."""
    from kontor.config.embedded import account

    return shutil.which(name, path=os.environ.get("PATH")) or str(account.binaries() / name)
