"""`kontor serve`: the same processes as the demo, told everything from outside."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Annotated

import typer

from kontor.config import environment, installation, schema, translations
from kontor.config.cli.listening import listen
from kontor.config.cli.steps import console, step
from kontor.config.data_places import refuse_wrong_buckets, refuse_wrong_places
from kontor.config.embedded import running
from kontor.config.processes import Program, Supervisor
from kontor.config.refusals import RefusedError


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address listened on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="Web processes; 0 means one for each core.", min=0)] = 0,
    jobs: Annotated[bool, typer.Option(help="Do the background work here too.")] = True,
    embedded: Annotated[bool, typer.Option("--embedded", help="Use the embedded database in var/.")] = False,
) -> None:
    """
    Serve for real: pages, live pages and background work, told everything by environment variables.

    Needs DATABASE_URL (or --embedded), KONTOR_SECRET_KEY, KONTOR_MASTER_KEY, KONTOR_BASE_URL and KONTOR_BLOBS, each
    also readable from the file that NAME_FILE names. What is missing is said. SIGTERM stops everything within seconds.
    """
    names = [name for name in environment.REQUIRED if not (embedded and name == "DATABASE_URL")]
    installation.require(*names)
    for sentence in refuse_wrong_buckets():
        console.print(sentence)
    translations.compile_all()
    with ExitStack() as stack:
        listening = stack.enter_context(listen(host, port, again="kontor serve"))
        variables, revive = stack.enter_context(_database(embedded=embedded))
        supervisor = Supervisor()
        supervisor.listen_to_signals()
        try:
            for _ in range(workers or _cores()):
                supervisor.start(
                    Program(
                        name="web", module="kontor.config.web", arguments=(str(listening.fileno()),),
                        environment=variables, files=(listening.fileno(),),
                    )
                )  # fmt: skip
            if jobs:
                supervisor.start(Program(name="worker", module="kontor.config.worker", environment=variables))
            console.print(f"Kontor listens on {host} port {port} for {environment.optional('KONTOR_BASE_URL')}.")
            supervisor.watch(then=revive)
        finally:
            supervisor.stop()


@contextmanager
def _database(*, embedded: bool) -> Iterator[tuple[dict[str, str], Callable[[], object]]]:
    """
    Check the database that was named, or run the embedded one.

    Yield what the processes are told, and what brings the database back when it was killed.
    """
    common = {
        "DJANGO_SETTINGS_MODULE": "kontor.config.settings",
        "KONTOR_DB_POOL": environment.optional("KONTOR_DB_POOL", str(installation.POOL)),
    }
    if not embedded:
        installation.check_database("DATABASE_URL")
        _refuse_old_tables()
        refuse_wrong_places(environment.required("DATABASE_URL"))
        yield common, lambda: None
        return
    server = running(installation.var(), disguise_allowed=False)
    with server as cluster:
        installation.mark_own_keys()
        variables = {**common, **installation.database_environment(cluster)}
        if not schema.is_current(variables["DATABASE_OWNER_URL"]):
            with step("tables"):
                schema.migrate(variables)
        refuse_wrong_places(variables["DATABASE_URL"])
        yield variables, server.revive


def _refuse_old_tables() -> None:
    """RefusedError where migrations are missing; only the owner may apply them, and only when asked to."""
    checked = subprocess.run(
        installation.python("-m", "django", "migrate", "--check", "--verbosity", "0", "--skip-checks"),
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "kontor.config.settings"},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if checked.returncode == 0:
        return
    if "Traceback" in checked.stderr:
        raise installation.failed("The settings cannot be used", checked.stderr)
    raise RefusedError("The database's tables are older than this Kontor: run `kontor db migrate` first.")


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
