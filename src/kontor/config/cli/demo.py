"""`kontor demo`: everything on this machine, with data to look at."""

import contextlib
import fcntl
import json
import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from kontor.config import installation, schema, translations
from kontor.config.cli.listening import listen
from kontor.config.cli.steps import console, step
from kontor.config.embedded import Cluster, Server, files, running
from kontor.config.processes import Program, Supervisor
from kontor.config.refusals import RefusedError

READY_SECONDS = 60
HOST = "127.0.0.1"


def demo(
    *,
    port: Annotated[int, typer.Option(help="Where the pages are served.", min=1, max=65535)] = 8000,
    reset: Annotated[bool, typer.Option("--reset", help="Throw the demo's data away and begin anew.")] = False,
) -> None:
    """
    Run everything here, with invented customers: database, pages, live pages and background work.

    Needs nothing but this folder. Ctrl-C stops all of it; the next start finds the data as it was.
    """
    address = f"http://{HOST}:{port}"
    with only_one(address), listen(HOST, port, again="./kontor demo") as listening:
        prepared(address, reset=reset)
        server = running(installation.var())
        with server as cluster:
            if cluster.warning:
                console.print(f"  [yellow]{cluster.warning}[/yellow]")
            _serve(server, cluster, address, listening.fileno())


def prepare(command: Annotated[str, typer.Argument(hidden=True)] = "demo") -> None:
    """Make the demo's database and data while the bootstrap still builds the pages."""
    if command == "demo":
        with contextlib.suppress(RefusedError), only_one(f"http://{HOST}"):
            prepared(f"http://{HOST}", reset=False)


@contextlib.contextmanager
def only_one(address: str) -> Iterator[None]:
    """Hold this checkout's demo for ourselves; RefusedError names the one that runs already."""
    with (installation.private_folder("demo") / "address").open("a+") as mine:
        try:
            fcntl.flock(mine, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            mine.seek(0)
            raise RefusedError(
                f"This checkout's demo runs already, at {mine.read().strip()}: stop it first."
            ) from error
        mine.truncate(0)
        mine.write(address)
        mine.flush()
        yield


def prepared(address: str, *, reset: bool) -> None:
    """Bring database and data to where the demo can start; what is there already is left alone."""
    if translations.compile_all():
        console.print("  translations compiled")
    fresh = not (installation.var() / "pg" / "ready").exists()
    with contextlib.ExitStack() as stack:
        if fresh:
            with step("database"):
                cluster = stack.enter_context(running(installation.var()))
        else:
            cluster = stack.enter_context(running(installation.var()))
        if reset:
            with step("reset"):
                _begin_anew(cluster)
        variables = installation.demo_environment(cluster, address)
        if not schema.is_current(variables["DATABASE_OWNER_URL"]):
            with step("tables"):
                schema.migrate(variables)
        if not has_data(cluster):
            with step("demo data"):
                _make_data(variables)


def has_data(cluster: Cluster) -> bool:
    """Tell whether the demo's data was made; it is made in one transaction."""
    with psycopg.connect(cluster.url()) as db:
        return db.execute("SELECT EXISTS (SELECT FROM kernel_tenant)").fetchone() == (True,)


def _begin_anew(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        db.execute("DROP DATABASE IF EXISTS kontor WITH (FORCE)")
        files.create_database(db, "kontor")
    files.open_database(cluster, "kontor")
    shutil.rmtree(installation.private_folder("demo", "blobs"))


def _make_data(variables: dict[str, str]) -> None:
    done = subprocess.run(
        installation.python("-m", "kontor.config.demo_data"),
        env={**os.environ, **variables}, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise installation.failed("The demo's data could not be made, and none of it was kept", done.stderr)
    (installation.private_folder("demo") / "sign-ins.json").write_text(done.stdout)


def _serve(server: Server, cluster: Cluster, address: str, listening: int) -> None:
    variables = installation.demo_environment(cluster, address)
    logs = installation.private_folder("demo", "log")
    supervisor = Supervisor()
    with (logs / "pages").open("ab") as pages, (logs / "work").open("ab") as work:
        supervisor.listen_to_signals()
        try:
            supervisor.start(
                Program(
                    name="web", module="kontor.config.web", arguments=(str(listening),),
                    environment=variables, files=(listening,), log=pages,
                )
            )  # fmt: skip
            if _answers(address, supervisor):
                _welcome(address, logs)
                supervisor.start(Program(name="worker", module="kontor.config.worker", environment=variables, log=work))
            supervisor.watch(then=server.revive)
        finally:
            supervisor.stop()
    console.print("Stopped. The next start finds everything as it is now.")


def _answers(address: str, supervisor: Supervisor) -> bool:
    """Wait for the first page; RefusedError where none comes. False where we were asked to stop meanwhile."""
    until = time.monotonic() + READY_SECONDS
    with step("pages"):
        while time.monotonic() < until:
            if supervisor.asked_to_stop.is_set():
                return False
            supervisor.restart_fallen()
            with contextlib.suppress(urllib.error.URLError, ConnectionError, TimeoutError):
                urllib.request.urlopen(f"{address}/health", timeout=5).close()  # noqa: S310  our own address
                return True
            time.sleep(0.05)
    log = installation.var() / "demo" / "log" / "pages"
    raise RefusedError(f"The pages did not start within {READY_SECONDS} s; {log} says why.")


def _welcome(address: str, logs: Path) -> None:
    console.print(f"\n  [bold]Kontor runs at [link={address}]{address}[/link][/bold]\n")
    file = installation.var() / "demo" / "sign-ins.json"
    if file.exists():
        table = Table("who", "e-mail", "password", "works at", box=None, header_style="dim", pad_edge=True)
        for person in json.loads(file.read_text()):
            table.add_row(person["name"], person["email"], person["password"], person["tenants"])
        console.print(table)
    console.print(f"\n  Logs in {logs}. Ctrl-C stops everything.\n", style="dim")
