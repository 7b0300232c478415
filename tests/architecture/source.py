"""The source as the house rules see it: files, apps and syntax trees."""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOURCE = CHECKOUT / "src" / "kontor"
WRITTEN_BY_HAND = ("src", "tests", "tools", "benchmarks")


def apps() -> list[Path]:
    """Return the folder of every app of office and products."""
    return [folder for group in ("office", "products") for folder in _packages(SOURCE / group)]


def _packages(folder: Path) -> list[Path]:
    return sorted(each.parent for each in folder.glob("*/__init__.py"))


def modules(*folders: Path) -> Iterator[Path]:
    """Yield every Python file below these folders, migrations left out: Django writes those."""
    for folder in folders:
        for file in sorted(folder.rglob("*.py")):
            if "migrations" not in file.parts:
                yield file


def name(file: Path) -> str:
    """Return a file's path as the rules' exceptions name it."""
    root = SOURCE if file.is_relative_to(SOURCE) else CHECKOUT
    return str(file.relative_to(root))


@functools.cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def calls(file: Path) -> Iterator[tuple[str, int]]:
    """Yield (dotted name as written, number of arguments) of every call: `timezone.now`, `Site.objects.create`."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), len(node.args) + len(node.keywords)
