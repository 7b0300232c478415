"""
The database as the role that erases: it reads and deletes rows of the tenant it names, and adds and changes nothing.

The application's own role never deletes what is final (decision 0018); so erasing has a connection of its own, and what
it does is committed by itself, batch by batch.
"""

import contextlib
import uuid
from collections.abc import Iterator

import psycopg
from django.conf import settings


class NoEraserError(Exception):
    """This installation names no role that erases, so nothing that is final can be erased."""

    def __init__(self) -> None:
        super().__init__(
            "DATABASE_ERASER_URL is not set. It is the database as kontor_eraser, who alone may erase what is final: "
            "create the roles that `kontor db roles` prints and name it."
        )


@contextlib.contextmanager
def as_eraser() -> Iterator[psycopg.Connection]:
    """Connect as the role that erases, each statement committed by itself; NoEraserError where there is none."""
    if not settings.KONTOR_ERASER_URL:
        raise NoEraserError
    with psycopg.connect(settings.KONTOR_ERASER_URL, autocommit=True) as db:
        yield db


@contextlib.contextmanager
def erasing_of(db: psycopg.Connection, tenant: uuid.UUID) -> Iterator[psycopg.Connection]:
    """One transaction of the eraser that reaches this tenant's rows and no others."""
    with db.transaction():
        db.execute(f"SET LOCAL kontor.tenant = '{uuid.UUID(str(tenant))}'")
        yield db
