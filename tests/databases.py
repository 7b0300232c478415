"""
One embedded PostgreSQL for all tests of a checkout, and in it one database per worker.

The server's folder survives the run (not the machine's next start, since it does not wait for the disk), so that a
second run finds the migrated template and is ready in a fraction of a second. Tests connect as `kontor_app`, migrations
run as `kontor_owner`; the superuser only creates, empties and drops databases.
"""

import contextlib
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from kontor.config import embedded, environment
from kontor.config.embedded import files

CHECKOUT = Path(__file__).resolve().parent.parent
SOURCE = CHECKOUT / "src" / "kontor"
TEMPLATES_KEPT = 3
SERVER = {"max_connections": "200", "max_wal_size": "4GB", "autovacuum": "off", "shared_buffers": "256MB"}


@dataclass(frozen=True)
class WorkerDatabase:
    """A database of one test process."""

    cluster: embedded.Cluster
    name: str
    seeded: frozenset[str]

    @property
    def url(self) -> str:
        return self.cluster.url("kontor_app", self.name)

    @property
    def owner_url(self) -> str:
        return self.cluster.url("kontor_owner", self.name)

    @property
    def eraser_url(self) -> str:
        return self.cluster.url("kontor_eraser", self.name)

    def empty(self) -> None:
        """Empty every table that migrations leave empty and that has rows now."""
        for connection in connections.all(initialized_only=True):
            connection.close()
        with psycopg.connect(self.cluster.url("postgres", self.name), autocommit=True) as db:
            filled = filled_tables(db) - self.seeded
            if filled:
                names = sql.SQL(", ").join(sql.Identifier(*name.split(".", 1)) for name in sorted(filled))
                db.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))


@contextlib.contextmanager
def worker_database() -> Iterator[WorkerDatabase]:
    """Start or join the tests' server and give this process a copy of the migrated template."""
    home = server_folder()
    with embedded.running(home, durable=False, settings=SERVER) as cluster:
        template = migrated_template(cluster, home)
        name = f"test_{os.getpid()}"
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            drop_abandoned(db)
            copy_database(db, template, name)
            files.restrict_database(db, name)
        try:
            with psycopg.connect(cluster.url("postgres", name), autocommit=True) as db:
                seeded = frozenset(filled_tables(db))
            yield WorkerDatabase(cluster, name, seeded)
        finally:
            with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
                drop(db, name)


def server_folder() -> Path:
    """Return a folder of this checkout, this account and this start of the machine."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    started = boot.read_text() if boot.exists() else ""
    key = hashlib.sha256(f"{CHECKOUT} {started}".encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"kontor-tests-{os.getuid()}-{key}"


def migrated_template(cluster: embedded.Cluster, home: Path) -> str:
    """Return the name of a migrated database to copy; the first process to ask makes it."""
    name = f"template_{schema_fingerprint()}"
    with (home / "template.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
            known = [row[0] for row in db.execute("SELECT datname FROM pg_database ORDER BY oid").fetchall()]
            if name in known:
                return name
            for old in [each for each in known if each.startswith("template_")][: -TEMPLATES_KEPT + 1]:
                drop(db, old)
            drop(db, f"making_{name}")
            files.create_database(db, f"making_{name}")
            files.open_database(cluster, f"making_{name}")
            point_django_at(cluster.url("kontor_owner", f"making_{name}"))
            call_command("migrate", verbosity=0, interactive=False)
            disconnect_django()
            db.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (f"making_{name}", name))))
    return name


def schema_fingerprint() -> str:
    """Return a hash of everything that decides what an empty database looks like."""
    digest = hashlib.sha256((CHECKOUT / "uv.lock").read_bytes())
    for path in sorted(
        {*SOURCE.glob("**/migrations/*.py"), *SOURCE.glob("kernel/**/*.py"), *SOURCE.glob("config/*.py")}
    ):
        digest.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def copy_database(db: psycopg.Connection, template: str, name: str) -> None:
    drop(db, name)
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER kontor_owner STRATEGY file_copy")
    db.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop(db: psycopg.Connection, name: str) -> None:
    db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_abandoned(db: psycopg.Connection) -> None:
    """Drop what killed test processes left behind."""
    for (name,) in db.execute("SELECT datname FROM pg_database WHERE datname ~ '^test_[0-9]+$'").fetchall():
        if not Path(f"/proc/{name.removeprefix('test_')}").exists():
            drop(db, name)


def filled_tables(db: psycopg.Connection) -> set[str]:
    """Return schema.table of every table with at least one row."""
    tables = db.execute(
        "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
    ).fetchall()
    if not tables:
        return set()
    look = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
    looks = [look.format(f"{schema}.{table}", sql.Identifier(schema, table)) for schema, table in tables]
    return {row[0] for row in db.execute(sql.SQL(" UNION ALL ").join(looks)).fetchall()}


def point_django_at(url: str) -> None:
    """Make Django's next connection go to this address."""
    disconnect_django()
    connection = connections["default"]
    connection.settings_dict.update(environment.database(url, pool=0))


def disconnect_django() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close()
