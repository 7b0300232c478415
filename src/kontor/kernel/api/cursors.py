"""Lists page by page: the cursor names the last row that was given, so that new rows shift nothing."""

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from django.utils.translation import gettext
from ninja import Schema
from pydantic import Field

from kontor.kernel.api.problems import ProblemError

T = TypeVar("T")
Row = TypeVar("Row")
Cursor = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{22}$", description="`next` of the page before")]


class CursorError(ProblemError):
    """A cursor that no page gave."""

    def __init__(self) -> None:
        super().__init__(400, "cursor", gettext("This cursor does not come from a page; begin with the first one."))


class Page(Schema, Generic[T]):
    """
    One page of a list.

    next  the cursor of the next page; null on the last one
    """

    items: list[T]
    next: str | None = None


def cut(rows: Sequence[Row], *, limit: int, key: Callable[[Row], uuid.UUID]) -> tuple[Sequence[Row], str | None]:
    """Return the first `limit` of `limit` + 1 rows asked for, and the cursor of the next page where there is one."""
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit]
    return shown, base64.urlsafe_b64encode(key(shown[-1]).bytes).decode().rstrip("=")


def after(cursor: str | None) -> uuid.UUID | None:
    """Return the row that a cursor names, None for the first page; CursorError for one that names none."""
    if cursor is None:
        return None
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(f"{cursor}=="))
    except (binascii.Error, ValueError) as error:
        raise CursorError from error
