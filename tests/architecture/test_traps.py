"""Every trap that the documentation lists has tests, and each of them carries the trap's number."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator

from tests.architecture import source

TRAPS = range(1, 60)
PAGE = source.CHECKOUT / "docs" / "why" / "traps.md"
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (.+) \|$", re.MULTILINE)
TEST = re.compile(r"`(test_\w+\.py)::(test_\w+)`")
EXAMPLE = re.compile(r"`(test_\w+\.py)` \(example `(\w+)`\)")


def _carried() -> dict[tuple[str, str], set[int]]:
    """Return the traps that each test carries, by mark or in its name; by the name of its file and its own."""
    carried: dict[tuple[str, str], set[int]] = defaultdict(set)
    for file in (source.CHECKOUT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                carried[file.name, node.name] |= set(_numbers(node))
    return carried


def _numbers(test: ast.FunctionDef) -> Iterator[int]:
    named = re.match(r"test_trap_(\d+)_", test.name)
    if named:
        yield int(named[1])
    for mark in test.decorator_list:
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.trap":
            yield from (int(ast.unparse(number)) for number in mark.args)


def test_every_trap_has_its_tests_and_they_carry_its_number():
    carried, page = _carried(), dict(ROW.findall(PAGE.read_text(encoding="utf-8")))
    assert [int(number) for number in page] == list(TRAPS)
    wrong = [
        f"trap {number}: {file}::{test}"
        for number, tests in page.items()
        for file, test in TEST.findall(tests)
        if int(number) not in carried.get((file, test), set())
    ]
    assert wrong == []
    assert [number for number, tests in page.items() if not TEST.search(tests)] == []


def test_every_example_that_a_trap_names_is_there():
    texts: dict[str, str] = defaultdict(str)
    for file in (source.CHECKOUT / "tests").rglob("test_*.py"):
        folder = file.parent.rglob("*.py")
        texts[file.name] += "".join(each.read_text(encoding="utf-8") for each in folder)
    named = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))

    assert named
    assert [f"{file}: {example}" for file, example in named if not re.search(rf"\b{example}\b", texts[file])] == []
