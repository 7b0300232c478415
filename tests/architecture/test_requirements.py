"""The catalogue of what the contracts demand, and the marks of the tests that prove it."""

import ast

import yaml

from kontor.config.cli.trace import marked_rows
from tests.architecture import source

ROWS = yaml.safe_load((source.CHECKOUT / "docs" / "requirements.yaml").read_text(encoding="utf-8"))


def test_every_row_is_named_once_and_says_what_it_wants():
    ids = [row["id"] for row in ROWS]

    assert sorted(set(ids)) == sorted(ids)
    assert [row["id"] for row in ROWS if not row["statement"].strip()] == []


def test_every_mark_names_a_row():
    known = {row["id"] for row in ROWS}
    named = marked_rows(source.CHECKOUT / "tests")

    assert {row: tests for row, tests in named.items() if row not in known} == {}
    assert len(named) > 0


def test_no_row_is_claimed_for_a_whole_file():
    """A mark says what one test proves; for a file it would say nothing."""
    wide = [
        source.name(file)
        for file in source.modules(source.CHECKOUT / "tests")
        for node in source.tree(file).body
        if isinstance(node, ast.Assign) and "mark.requirement" in ast.unparse(node.value)
        and "pytestmark" in ast.unparse(node.targets[0])
    ]  # fmt: skip

    assert wide == []
