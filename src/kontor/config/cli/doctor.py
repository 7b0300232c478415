"""`kontor doctor`: what is present, what is not, and what to do about it."""

import importlib.metadata
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.table import Table

from kontor.config import environment, installation
from kontor.config.embedded import CannotStartError, Server, account as accounts
from kontor.config.refusals import RefusedError

SIGN = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[yellow]–[/yellow]"}


@dataclass(frozen=True)
class Finding:
    """
    One thing that was looked at.

    well  True present, False needed and missing, None missing and needed only for what `mend` says
    """

    what: str
    well: bool | None
    state: str
    mend: str = ""


def doctor() -> None:
    """Say what is present, what is not, and what to do. Exit code 1 where something needed is missing."""
    table = Table("", "what", "how it is", "what to do", box=None, header_style="dim", pad_edge=False)
    findings = list(_all())
    for finding in findings:
        table.add_row(SIGN[finding.well], finding.what, finding.state, finding.mend)
    Console(highlight=False).print(table)
    if any(finding.well is False for finding in findings):
        raise typer.Exit(1)


def _all() -> Iterator[Finding]:
    yield Finding("Python", True, f"{sys.version.split()[0]}, {sys.executable}")
    yield from _packages()
    yield _pages()
    yield from _embedded_database()
    yield from _own_database()
    yield _port()
    yield from _production()
    yield from _system_packages()
    yield _disk()


def _packages() -> Iterator[Finding]:
    for name in ("django", "psycopg", "typst", "saxonche"):
        try:
            yield Finding(name, True, importlib.metadata.version(name))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(name, False, "missing", "start by ./kontor, which installs it")


def _pages() -> Finding:
    manifest = installation.SOURCE / "kernel" / "static" / "kernel" / "dist" / "manifest.json"
    if manifest.exists():
        return Finding("scripts and styles", True, "built")
    return Finding("scripts and styles", None, "not built", "./kontor demo builds them")


def _embedded_database() -> Iterator[Finding]:
    try:
        server = Server(installation.var())
    except CannotStartError as refusal:
        yield Finding(
            "embedded database", None if environment.optional("DATABASE_URL") else False, "unusable", str(refusal)
        )
        return
    ready = (server.home / "ready").exists()
    state = "running" if ready and server.alive() else "stopped" if ready else "not yet made"
    yield Finding("embedded database", True, f"PostgreSQL {accounts.MAJOR}, {state}, {server.home}")
    if server.socket_folder is None:
        yield Finding("its address", None, "127.0.0.1 with a password", "a shorter path would allow a socket")
    if server.account.warning:
        yield Finding("its account", None, "disguised root", server.account.warning)


def _own_database() -> Iterator[Finding]:
    if not environment.optional("DATABASE_URL"):
        yield Finding("own database", None, "DATABASE_URL not set", "only for `kontor serve` without --embedded")
        return
    try:
        installation.check_database("DATABASE_URL")
    except RefusedError as refusal:
        yield Finding("own database", False, "unusable", " ".join(refusal.sentences))
    else:
        yield Finding("own database", True, installation.place(environment.optional("DATABASE_URL")))


def _port() -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", 8000))
        except OSError:
            return Finding("port 8000", None, "in use", "./kontor demo --port 8001, or stop what uses it")
    return Finding("port 8000", True, "free")


def _production() -> Iterator[Finding]:
    absent = [name for name in environment.REQUIRED if not environment.optional(name)]
    if absent:
        yield Finding("settings", None, f"{len(absent)} not set", f"for `kontor serve`: {', '.join(absent)}")
    else:
        yield Finding("settings", True, "all that `kontor serve` needs")
    if not environment.optional("KONTOR_SMTP_HOST"):
        yield Finding(
            "mail", None, "KONTOR_SMTP_HOST not set", "the demo shows mail on a page; `kontor serve` needs a server"
        )


def _system_packages() -> Iterator[Finding]:
    wanted = system_packages()
    absent = [name for name in wanted if not is_installed(name)]
    mend = f"for `./kontor test`: apt install {' '.join(absent)}" if absent else ""
    yield Finding(
        "for browser tests", None if absent else True, f"missing: {', '.join(absent)}" if absent else "present", mend
    )


def system_packages() -> list[str]:
    """Return the Debian packages of apt.txt, each a line; what follows a # is a remark."""
    file = installation.CHECKOUT / "apt.txt"
    lines = file.read_text().splitlines() if file.exists() else []
    return [name for line in lines if (name := line.split("#")[0].strip())]


def is_installed(package: str) -> bool:
    """Tell whether a Debian package is installed; without dpkg, whether there is a program of its name."""
    if shutil.which("dpkg-query") is None:
        return shutil.which(package) is not None
    asked = ["dpkg-query", "--show", "--showformat", "${db:Status-Status}", package]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout == "installed"


def _disk() -> Finding:
    there = installation.var()
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free / 1e9
    writable = os.access(there, os.W_OK)
    if not writable:
        return Finding(
            "folder", False, f"{there} is not writable", "clone Kontor into a folder of your own, or set KONTOR_VAR"
        )
    few = 2.0
    return Finding("disk", free > few, f"{free:.0f} GB free", "" if free > few else "make room: 2 GB are needed")
