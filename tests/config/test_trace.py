"""`kontor trace`: which tests prove which rows, read from the tests without running them."""

from pathlib import Path

import pytest
import typer

from kontor.config import installation
from kontor.config.cli import trace
from kontor.rulebook.trace import Row

TESTS = """
import pytest

@pytest.mark.requirement("AA-001")
@pytest.mark.requirement("AA-002", "AA-003")
def test_one(): ...

@pytest.mark.parametrize("day", [pytest.param(1, marks=pytest.mark.requirement("AA-004")), 2])
async def test_two(day): ...

class TestThree:
    @pytest.mark.requirement("AA-001")
    def test_method(self): ...

NUMBERS = [row("term.initial", "12 months", "4.1"), row("notice.period", "3 months", "4.2", "AA-003", "AA-004")]

def test_nothing():
    assert "requirement('AA-005')"
"""
ROWS = "\n".join(
    f'- {{id: {row}, source: visitor, strength: must, statement: "{statement}"}}'
    for row, statement in (
        ("AA-001", "First."), ("AA-002", "Second."), ("AA-003", "Third."), ("AA-004", "Fourth."),
        ("AA-005", "Nobody proves the fifth, of which there is a lot to say. " * 3),
    )
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("docs", "tests/deep"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "docs" / "requirements.yaml").write_text(ROWS)
    (tmp_path / "tests" / "deep" / "test_it.py").write_text(TESTS)
    (tmp_path / "tests" / "factories.py").write_text('requirement("AA-005")')
    monkeypatch.setattr(installation, "CHECKOUT", tmp_path)
    return tmp_path


def test_marks_are_found_wherever_pytest_finds_them(checkout: Path):
    assert trace.marked_rows(checkout / "tests") == {
        "AA-001": ["deep/test_it.py::test_one", "deep/test_it.py::TestThree"],
        "AA-002": ["deep/test_it.py::test_one"],
        "AA-003": ["deep/test_it.py::test_one", "deep/test_it.py::NUMBERS"],
        "AA-004": ["deep/test_it.py::test_two", "deep/test_it.py::NUMBERS"],
    }


def test_rows_that_no_test_proves_are_named(checkout: Path, capsys: pytest.CaptureFixture[str]):
    trace.trace(packs=False)

    *listed, last = capsys.readouterr().out.splitlines()
    assert last == "4 of 5 rows are proved by a test."
    assert [line.split()[0] for line in listed if line[:2] == "AA"] == ["AA-005"]


def test_a_mark_that_names_no_row_is_refused(checkout: Path, capsys: pytest.CaptureFixture[str]):
    (checkout / "tests" / "test_more.py").write_text('@pytest.mark.requirement("ZZ-999")\ndef test_more(): ...\n')

    with pytest.raises(typer.Exit) as ended:
        trace.trace(packs=False)

    assert ended.value.exit_code == 1
    assert "ZZ-999 is no row, yet test_more.py::test_more names it." in capsys.readouterr().out.splitlines()


def test_a_pack_that_names_no_row_is_refused(checkout: Path, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(typer.Exit) as ended:
        trace.trace(packs=True)

    lines = capsys.readouterr().out.splitlines()
    assert ended.value.exit_code == 1
    assert lines[-1] == "5 packs, 5 rows."
    assert [line for line in lines if line.endswith("which is no row of that contract")] != []


def test_every_row_with_a_number_is_proved_or_its_page_says_where_the_number_stands():
    proved = trace.marked_rows(installation.CHECKOUT / "tests")
    page = (installation.CHECKOUT / "docs" / "why" / "rows-without-pack-value.md").read_text(encoding="utf-8")
    told = {line.split("|")[1].strip() for line in page.splitlines() if line.startswith("| ")}
    with_number = {each["id"] for each in trace._rows() if Row.read(each).has_number}
    assert with_number - proved.keys() - told == set()
