"""Brings a database's tables to this version, and knows without asking Django when they already are."""

import hashlib
import os
import subprocess
from collections.abc import Mapping

import psycopg
from psycopg import sql

from kontor.config.installation import SOURCE, failed, python


def fingerprint() -> str:
    """Return a hash of all our migrations and of the packages that bring their own."""
    lock = SOURCE.parent.parent / "uv.lock"
    digest = hashlib.sha256(lock.read_bytes() if lock.exists() else b"")
    for path in sorted({*SOURCE.glob("**/migrations/*.py"), *SOURCE.glob("kernel/rows/*.py")}):
        digest.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return f"kontor schema {digest.hexdigest()[:32]}"


def is_current(owner_url: str) -> bool:
    """Tell whether `migrate` has seen exactly these migrations in this database."""
    with psycopg.connect(owner_url) as db:
        noted = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
        return db.execute(noted).fetchone() == (fingerprint(),)


def forget(owner_url: str) -> None:
    """Forget what was noted, since the tables were replaced."""
    _note(owner_url, "")


def migrate(variables: Mapping[str, str]) -> bool:
    """Apply what is missing as the owner; True where there was something. RefusedError where it fails."""
    owner_url = variables["DATABASE_OWNER_URL"]
    if is_current(owner_url):
        return False
    noted = fingerprint()
    own = {**os.environ, **variables, "DATABASE_URL": owner_url, "KONTOR_DB_POOL": "0"}
    done = subprocess.run(
        python("-m", "django", "migrate", "--no-input", "--verbosity", "0", "--skip-checks"),
        env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise failed("The database could not be brought to this version", done.stdout)
    _note(owner_url, noted)
    return True


def _note(owner_url: str, text: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as db:
        name = sql.Identifier(db.info.dbname)
        db.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(name, sql.Literal(text)))
