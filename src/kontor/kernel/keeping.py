"""What goes by itself once its time is over: which rows, from which day it counts, and what goes with them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.db import models

from kontor.kernel.rows import TenantOwned
from kontor.rulebook.ruling import Text
from kontor.rulebook.terms.protection import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """
    Rows that a night takes away.

    key        "desk.closed_requests"; it begins with its module's
    kind       kind of a pack's `[retention.kinds.*]`, or a word of its own where only the tenant says how long
    model      the table; every table of its app whose rows point to it goes with it, save those of `needed_by`
    since      its column with the day or moment from which is counted; a row without one does not go
    customer   its column with the company that a row is about, "" where there is none
    people     its column with the address of the person a row is about, "" where there is none
    needed_by  tables whose rows keep the row that they point to
    only       which of the table's rows, where not all of them
    ground     the law's kind that keeps them, where their tables do not say it: what a folder is declared to hold
    told       each row says in `since` until which day it stays itself: its app knows what the tenant settled
    along      tables of other apps whose rows are about one (`about_kind` and `about`) and go with it
    """

    key: str
    title: Text
    kind: str
    model: str
    since: str
    customer: str = ""
    people: str = ""
    needed_by: tuple[str, ...] = ()
    only: models.Q = field(default_factory=models.Q)
    ground: str = ""
    told: bool = False
    along: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """
    Under which rules data about a company are kept.

    tenant  the company; None for what a seller's law says of everything
    kinds   kinds of data by their keys, of each of its contracts and of the law they name
    closed  its contracts are over and nothing is tried out any more
    """

    tenant: uuid.UUID | None
    kinds: tuple[Mapping[str, Kept], ...]
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """
    A table with what goes with it.

    tables   from the table itself to those that hang on others of them, each with the columns by which it hangs
    needs    table, column and table of the whole: whose rows keep a row from going
    """

    tables: tuple[tuple[type[TenantOwned], tuple[tuple[str, type[TenantOwned]], ...]], ...]
    needs: tuple[tuple[type[TenantOwned], str, type[TenantOwned]], ...]

    @property
    def model(self) -> Any:
        """The table itself."""
        return self.tables[0][0]

    def path(self, model: type[TenantOwned]) -> str:
        """Return the lookup that leads from a table of the whole to its first: "", "ticket", "proposal__ticket"."""
        found = dict(self.tables)[model]
        if not found:
            return ""
        column, target = found[0]
        beyond = self.path(target)
        return f"{column}__{beyond}" if beyond else column


@cache
def whole_of(label: str, needed_by: tuple[str, ...] = ()) -> Whole:
    """Return what goes with the rows of a table, and what keeps them."""
    root: Any = next(model for model in apps.get_models() if model._meta.label == label)
    tables: dict[type[TenantOwned], list[tuple[str, type[TenantOwned]]]] = {root: []}
    needs: dict[tuple[type[TenantOwned], str, type[TenantOwned]], None] = {}
    todo = [root]
    for target in todo:
        for model, column in _pointing_to(target):
            if model._meta.app_label != root._meta.app_label or model._meta.label in needed_by or model is target:
                needs[model, column, target] = None
                continue
            if model not in tables:
                tables[model] = []
                todo.append(model)
            if model is not root:
                tables[model].append((column, target))
    return Whole(tuple((model, tuple(columns)) for model, columns in tables.items()), tuple(needs))


def about_column(model: type[models.Model]) -> str:
    """Return the column by which rows of a table name the record that they are about, beside its `about_kind`."""
    names = {field.name for field in model._meta.concrete_fields}
    return "about" if "about" in names else "about_id"


def _pointing_to(target: type[TenantOwned]) -> list[tuple[type[TenantOwned], str]]:
    owned = (model for model in apps.get_models() if issubclass(model, TenantOwned))
    return [
        (model, field.name)
        for model in owned
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.model is target
    ]
