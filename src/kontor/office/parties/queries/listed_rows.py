"""A list of companies and people from a file: what each row says, what is wrong with it, and who it may be already."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kontor.kernel.table_files import Row, Table
from kontor.office.parties.models import BroughtList, Party
from kontor.office.parties.queries.listed_cells import (
    COLUMNS,
    KEPT,
    KINDS,
    NUMBERS,
    is_company,
    lost_nought,
    places_of,
    read_cell,
    roles_of,
)
from kontor.rulebook.likeness import Likeness
from kontor.rulebook.ruling import Text


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in a cell: its column, what stands there, and how it is mended."""

    column: Text
    value: str
    mend: Text


@dataclass(slots=True)
class Told:
    """
    What a row says.

    given     columns of Party
    same      a party that it may be, and why; None: nobody looks like it
    twin      the number of an earlier row that says the same; None: there is none
    """

    number: int
    cells: tuple[str, ...]
    given: dict[str, Any] = field(default_factory=dict)
    company: str = ""
    roles: list[str] = field(default_factory=list)
    numbers: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    same: tuple[Party, Likeness] | None = None
    twin: int | None = None

    @property
    def doubtful(self) -> bool:
        """Whether it may be somebody who is known already, or stands in the file twice."""
        return self.same is not None or self.twin is not None


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be taken in from a list, and which of its columns nobody reads."""

    rows: tuple[Told, ...]
    unread: tuple[str, ...]

    @property
    def wrong(self) -> list[Told]:
        """The rows with a problem: they stay outside."""
        return [row for row in self.rows if row.problems]

    @property
    def doubtful(self) -> list[Told]:
        """The sound rows of whoever may be known already: they stay outside unless somebody says otherwise."""
        return [row for row in self.rows if not row.problems and row.doubtful]

    @property
    def sound(self) -> list[Told]:
        """The rows that are taken in."""
        return [row for row in self.rows if not row.problems and not row.doubtful]


def table_of(row: BroughtList) -> Table:
    """Return the list that was brought, or what of it stayed outside."""
    told = json.loads(row.content)
    return Table(tuple(told["heads"]), tuple(Row(number, tuple(cells)) for number, cells in told["rows"]))


def told_by(table: Table, *, kind: str) -> Plan:
    """Return what a list says; `kind` is of whoever the row itself does not tell."""
    places, unread = places_of(table.heads)
    return Plan(tuple(_told(row, places, kind) for row in table.rows), tuple(unread))


def _told(row: Row, places: Mapping[str, int], kind: str) -> Told:
    said = {key: _unmarked(row.cells[place]) for key, place in places.items() if row.cells[place]}
    told = Told(row.number, row.cells)
    for key, value in said.items():
        read, mend = read_cell(key, value)
        if mend:
            told.problems.append(Problem(COLUMNS[key].title, value[:80], mend))
        elif key in KEPT:
            told.given[key] = read
        elif key in NUMBERS:
            told.numbers.append((NUMBERS[key], value))
    told.roles = roles_of(said.get("roles", ""))
    _name(told, said, kind)
    postcode = told.given.get("postcode", "")
    if mend := lost_nought(postcode, told.given.get("country", "DE")):
        told.problems.append(Problem(COLUMNS["postcode"].title, postcode, mend))
    return told


def _unmarked(cell: str) -> str:
    """Take the mark away by which a file of ours keeps a spreadsheet from running "+49 40 1" as a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def _name(told: Told, said: Mapping[str, str], kind: str) -> None:
    """Settle whether it is a person, and what they are called: a company's name may stand under "Company" alone."""
    name = said.get("name") or " ".join(said[key] for key in ("first_name", "last_name") if key in said)
    company = said.get("company", "")
    told_kind = KINDS.get(said.get("kind", "").casefold()) or (
        "PERSON"
        if {"first_name", "last_name"} & said.keys() or (name and company)
        else "ORGANISATION"
        if company or is_company(name)
        else kind
    )
    if told_kind == Party.Kind.ORGANISATION and (not name or name == company):
        name, company = name or company, ""
    told.given |= {"kind": told_kind, "name": name}
    told.company = company
    if not name:
        mend = Text("Der Name fehlt. Tragen Sie ihn ein.", "The name is missing. Fill it in.")
        told.problems.append(Problem(COLUMNS["name"].title, "", mend))
    if company and told_kind == Party.Kind.ORGANISATION:
        mend = Text(
            "Eine Firma arbeitet für niemanden: Leeren Sie die Spalte oder schreiben Sie „Person“ unter „Art“.",
            "A company works for nobody: empty the column or write “person” under “Kind”.",
        )
        told.problems.append(Problem(COLUMNS["company"].title, company[:80], mend))
