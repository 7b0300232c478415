"""`kontor trace`: which requirement has no test, which pack value no requirement."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from kontor.config import installation
from kontor.config.refusals import RefusedError

OUT = Console(highlight=False, soft_wrap=True)
LONGEST = 100


def trace(
    *,
    packs: Annotated[
        bool, typer.Option("--packs", help="Compare the rows with the values of the terms packs.")
    ] = False,
) -> None:
    """
    Show which rows of docs/requirements.yaml no test proves, or what ties them to the packs.

    A test proves a row by the mark requirement("FW-096"). Exit code 1 where a mark or a pack names a row that is not
    there.
    """
    written = _rows()
    wrong = _packs(written) if packs else _tests(written)
    if wrong:
        raise typer.Exit(1)


def marked_rows(root: Path) -> dict[str, list[str]]:
    """Return row -> the tests (file::function) below `root` that are marked as proving it."""
    found: dict[str, list[str]] = {}
    for file in sorted(root.glob("**/test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        for name, row in _marks(tree):
            found.setdefault(row, []).append(f"{file.relative_to(root)}::{name}")
    return found


def _marks(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield (function or table, row) for each mark: on a function, in a parameter, or in a table of a pack's values."""
    for top in tree.body:
        name = _called(top)
        for call in (node for node in ast.walk(top) if isinstance(node, ast.Call)):
            for argument in _proved(call):
                if isinstance(argument, ast.Constant):
                    yield name, str(argument.value)


def _called(top: ast.stmt) -> str:
    """Return the name of a function, class or table; nothing for `pytestmark`, which stands for the whole file."""
    if isinstance(top, ast.Assign):
        name = ast.unparse(top.targets[0])
        return "" if name == "pytestmark" else name
    return str(getattr(top, "name", ""))


def _proved(call: ast.Call) -> list[ast.expr]:
    """Return what a call names: `mark.requirement` all it is given, a table's `row` what follows key, value, clause."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "requirement":
        return call.args
    if isinstance(call.func, ast.Name) and call.func.id == "row":
        return call.args[3:]
    return []


def _rows() -> list[dict[str, Any]]:
    file = installation.CHECKOUT / "docs" / "requirements.yaml"
    try:
        import yaml  # a test tool: the product itself reads no YAML
    except ModuleNotFoundError as error:
        raise RefusedError("The test tools are not installed here: run ./kontor test once.") from error
    if not file.exists():
        raise RefusedError(
            f"{file} is missing: the requirements are part of the source, run ./kontor trace in a clone."
        )
    rows: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return rows


def _tests(written: list[dict[str, Any]]) -> bool:
    proved = marked_rows(installation.CHECKOUT / "tests")
    known = {row["id"] for row in written}
    table = Table("row", "strength", "no test proves that", box=None, header_style="dim", pad_edge=False)
    open_rows = [row for row in written if row["id"] not in proved]
    for row in open_rows:
        statement = " ".join(row["statement"].split())
        shown = statement if len(statement) <= LONGEST else f"{statement[: LONGEST - 1]}…"
        table.add_row(row["id"], row["strength"], shown)
    if open_rows:
        OUT.print(table)
    unknown = sorted(proved.keys() - known)
    for row_id in unknown:
        OUT.print(f"[red]{row_id}[/red] is no row, yet {', '.join(proved[row_id])} names it.")
    OUT.print(f"{len(written) - len(open_rows)} of {len(written)} rows are proved by a test.")
    return bool(unknown)


def _packs(written: list[dict[str, Any]]) -> bool:
    from kontor.rulebook import terms, trace as ties  # reads the packs, which only this needs

    rows = [ties.Row.read(row) for row in written]
    packs = list(map(terms.load, terms.keys()))
    for pack, key in ties.values_without_row(packs):
        OUT.print(f"{pack}: {key} answers no row")
    for row_id in ties.rows_without_value(rows, packs):
        OUT.print(f"{row_id} holds a number that no pack value answers")
    unknown = ties.unknown_rows(rows, packs)
    for pack, key, row_id in unknown:
        OUT.print(f"[red]{pack}: {key} names {row_id}, which is no row of that contract[/red]")
    OUT.print(f"{len(packs)} packs, {len(rows)} rows.")
    return bool(unknown)
