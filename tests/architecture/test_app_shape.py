"""Every app has the same rooms, every file fits a few screens and every function one."""

import ast
from pathlib import Path

import pytest

from tests.architecture import source

ROOMS = {
    "module", "urls", "views", "forms", "api", "public", "jobs", "management", "actions", "queries", "models",
    "migrations", "formats", "apps",
}  # fmt: skip
FOLDERS = {"templates", "templatetags", "static", "assets", "locale", "typst"}
GENERAL = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc", "tools", "lib", "core", "stuff"}
LINES_OF_A_FILE = 310
LINES_OF_A_FUNCTION = 40

# Each is one list that would be worse in two places; say why beside it.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


@pytest.mark.parametrize("app", source.apps(), ids=lambda app: app.name)
def test_an_app_has_no_other_rooms(app: Path):
    found = {each.stem for each in app.iterdir() if each.name not in {"__init__.py", "__pycache__", "README.md"}}

    assert found - ROOMS - FOLDERS == set()


@pytest.mark.parametrize("app", source.apps(), ids=lambda app: app.name)
def test_an_app_says_what_it_is(app: Path):
    assert (app / "module.py").exists() or (app / "module" / "__init__.py").exists()
    assert (app / "README.md").read_text(encoding="utf-8").startswith("# ")


@pytest.mark.parametrize("app", source.apps(), ids=lambda app: app.name)
def test_a_room_is_a_file_or_a_package_never_both(app: Path):
    assert [room for room in ROOMS if (app / f"{room}.py").exists() and (app / room).is_dir()] == []


def test_no_file_is_named_after_nothing():
    files = [file for file in source.modules(source.SOURCE) if file.stem in GENERAL or file.parent.name in GENERAL]

    assert files == []


def test_files_stay_short():
    kinds = ("*.py", "*.html", "*.css", "*.js", "*.typ")
    written = [file for kind in kinds for file in source.SOURCE.rglob(kind) if not _made(file)]
    long = {source.name(file) for file in written if _lines(file) > LINES_OF_A_FILE}

    assert long == set(LONG_FILES)


def _made(file: Path) -> bool:
    return not {"migrations", "static"}.isdisjoint(file.parts)


def _lines(file: Path) -> int:
    return file.read_text(encoding="utf-8").count("\n")


def test_functions_stay_short():
    long = {
        f"{source.name(file)}:{node.name}"
        for file in source.modules(source.SOURCE)
        for node in ast.walk(source.tree(file))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _length(node) > LINES_OF_A_FUNCTION
    }

    assert long == set(LONG_FUNCTIONS)


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of the body: a signature of many keywords and a docstring are no complexity."""
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (node.end_lineno or 0) - body[0].lineno + 1 if body else 0
