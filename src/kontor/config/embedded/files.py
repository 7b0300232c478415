"""The files around a data folder: whose they are, what a crash left in them, and the passwords of the roles."""

import json
import os
import secrets
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import sql

from kontor.config.embedded.account import Account, CannotStartError

if TYPE_CHECKING:
    from kontor.config.embedded.server import Cluster

NEVER_A_PROCESS = 2**30  # above the kernel's largest process number
LOG_BYTES = 10_000_000
RIGHTS = {
    "kontor_owner": "NOBYPASSRLS CREATEDB",
    "kontor_app": "NOBYPASSRLS",
    "kontor_dump": "NOBYPASSRLS IN ROLE pg_read_all_data",
    "kontor_eraser": "NOBYPASSRLS",
    "kontor_access": "NOBYPASSRLS",
}
# It rewrites tables whose rows were erased; older servers let only the owner do that.
MAINTAINS = "GRANT pg_maintain TO kontor_eraser"
MAINTAINS_SINCE = 17
GRANTS = (
    "GRANT USAGE ON SCHEMA public TO kontor_app, kontor_dump, kontor_eraser",
    "GRANT CREATE ON SCHEMA public TO kontor_owner",
    "ALTER DEFAULT PRIVILEGES FOR ROLE kontor_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO kontor_app",
    "ALTER DEFAULT PRIVILEGES FOR ROLE kontor_owner GRANT USAGE ON SEQUENCES TO kontor_app",
)
MAY_CONNECT = ("kontor_app", "kontor_dump", "kontor_eraser")
ACCESS_LOG = "kontor_access"  # a database of its own and its role, which enters no other and lets nobody in
ACCESS_LOG_IS_APART = (
    "CREATE DATABASE {name} OWNER kontor_access",
    "REVOKE ALL ON DATABASE {name} FROM PUBLIC",
)
ADDRESS_LINES = 6  # postmaster.pid: process, data folder, start, port, socket folder, listen address


def make_folder(folder: Path, mode: int = 0o777) -> None:
    """Make a folder that belongs to whoever owns the one above it: root must not lock the checkout's owner out."""
    if not folder.exists():
        folder.mkdir(parents=True, mode=mode)
        like_above(folder)


def like_above(path: Path) -> None:
    """Give what root has just made to whoever owns the folder it lies in."""
    if os.geteuid() == 0:
        above = path.parent.stat()
        os.chown(path, above.st_uid, above.st_gid, follow_symlinks=False)


def claim(folder: Path, account: Account) -> None:
    """Make a private folder for the account; CannotStartError where somebody else's stands in its place."""
    folder.mkdir(mode=0o700, exist_ok=True)
    refuse_foreign(folder)
    if account.uid is not None and account.gid is not None:
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def refuse_foreign(folder: Path) -> None:
    """CannotStartError where an ordinary user meets a folder of somebody else's, or a link in its place."""
    if folder.is_symlink() or (os.geteuid() != 0 and folder.stat().st_uid != os.geteuid()):
        raise CannotStartError(
            f"{folder} belongs to another account: run this as that account, or move the folder away."
        )


def take_over(folders: Iterable[Path], account: Account) -> None:
    """Give the account what an earlier start left to another one; PostgreSQL demands to own its data."""
    wanted = os.geteuid() if account.uid is None else account.uid
    for folder in folders:
        if os.geteuid() == 0 and folder.stat().st_uid != wanted:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, wanted, -1 if account.gid is None else account.gid, follow_symlinks=False)


def draw_passwords(home: Path, roles: Iterable[str]) -> dict[str, str]:
    """Draw and keep a password for each role that has none yet."""
    known = passwords(home) if (home / "passwords.json").exists() else {}
    drawn = {role: known.get(role) or secrets.token_hex(24) for role in roles}
    (home / "passwords.json").touch(mode=0o600)
    (home / "passwords.json").write_text(json.dumps(drawn))
    like_above(home / "passwords.json")
    return drawn


def passwords(home: Path) -> dict[str, str]:
    """Return each role's password."""
    drawn: dict[str, str] = json.loads((home / "passwords.json").read_text())
    return drawn


def introduce(cluster: "Cluster") -> None:
    """Create the roles and the database that a cluster lacks."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        known = {name for (name,) in db.execute("SELECT rolname FROM pg_roles").fetchall()}
        for role, may in RIGHTS.items():
            if role not in known:
                statement = f"CREATE ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE {may} PASSWORD {{}}"
                db.execute(sql.SQL(statement).format(sql.Identifier(role), cluster.passwords[role]))
        db.execute(MAINTAINS)
        create_database(db, "kontor")
        create_access_log(db, ACCESS_LOG)
    open_database(cluster, "kontor")


def create_database(db: psycopg.Connection, name: str) -> None:
    """Create the owner's database unless it is there."""
    if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        db.execute(sql.SQL("CREATE DATABASE {} OWNER kontor_owner").format(sql.Identifier(name)))
    restrict_database(db, name)


def create_access_log(db: psycopg.Connection, name: str) -> None:
    """Create a database for the access log, which its own role alone enters, unless it is there."""
    if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        for statement in ACCESS_LOG_IS_APART:
            db.execute(sql.SQL(statement).format(name=sql.Identifier(name)))


def restrict_database(db: psycopg.Connection, name: str) -> None:
    """Let only Kontor's roles enter a database."""
    roles = sql.SQL(", ").join(map(sql.Identifier, MAY_CONNECT))
    db.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
    db.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), roles))


def open_database(cluster: "Cluster", name: str) -> None:
    """Let the owner make tables in a database, and the application use every table the owner will make."""
    with psycopg.connect(cluster.url("postgres", name), autocommit=True) as db:
        for grant in GRANTS:
            db.execute(grant)


def address(data: Path) -> tuple[str, int] | None:
    """Return host (a folder or 127.0.0.1) and port of the server that last took this data folder, None if none did."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < ADDRESS_LINES:
        return None
    return (lines[4] or lines[5], int(lines[3]))


def forget_dead(data: Path, socket_folder: Path | None, account: Account) -> None:
    """
    Repair the lock files of a server that was killed and whose process number a zombie or another program has now.

    postmaster.pid is not removed: only its first line names a process that cannot live, so that PostgreSQL still checks
    its shared memory for surviving children.
    """
    if sys.platform != "linux" or server_lives(data):
        return
    if socket_folder:
        (socket_folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)
    file = data / "postmaster.pid"
    if file.exists():
        account.write(file, "\n".join([str(NEVER_A_PROCESS), *file.read_text().splitlines()[1:]]) + "\n")


def server_lives(data: Path) -> bool:
    """Tell whether the process that the lock file names really is a server of this data folder."""
    try:
        pid = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/cwd").readlink() == data
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return True


def shorten_log(log: Path) -> None:
    """Keep one older log beside the present one."""
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_name("log.1"))


def last_complaint(log: Path) -> str:
    """Return the last thing the server's log calls fatal, else its last line."""
    lines = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    fatal = [line for line in lines if "FATAL" in line or "PANIC" in line]
    return (fatal or lines or [""])[-1]
