"""Exchanging the running database for a restored one, and keeping the one that was there before."""

from typing import Any

import psycopg
from psycopg import sql

from kontor.config.embedded import Cluster
from kontor.config.refusals import RefusedError

RESTORED = "kontor_restored"
BEFORE = "kontor_before_restore"
GOING = "kontor_before_restore_going"


def refuse_kept(cluster: Cluster, *, forget: bool) -> None:
    """RefusedError where an earlier restore's `kontor_before_restore` is still there and nobody said to let it go."""
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        if _there(db, BEFORE) and _there(db, "kontor") and not forget:
            raise RefusedError(
                f"{BEFORE} still holds what was there before an earlier restore, and only one is kept. See what is in "
                f"it (`kontor db dump` of it, or psql), then add --forget-previous. Nothing was changed."
            )


def exchange(cluster: Cluster, *, forget: bool) -> None:
    """
    Exchange the databases in one transaction: there is never a moment without one.

    forget  let the one go that an earlier restore kept; only after the exchange, so that until then both are there
    """
    refuse_kept(cluster, forget=forget)
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as db:
        drop(db, GOING)
        with db.transaction():
            for name in ("kontor", RESTORED, BEFORE):
                db.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            if _there(db, "kontor"):
                if _there(db, BEFORE):
                    db.execute(f"ALTER DATABASE {BEFORE} RENAME TO {GOING}")
                db.execute(f"ALTER DATABASE kontor RENAME TO {BEFORE}")
            db.execute(f"ALTER DATABASE {RESTORED} RENAME TO kontor")
        drop(db, GOING)


def drop(db: psycopg.Connection[Any], name: str) -> None:
    """Delete a database, if it is there, whoever is connected to it."""
    db.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _there(db: psycopg.Connection[Any], name: str) -> bool:
    return db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None
