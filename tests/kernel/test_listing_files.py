"""A list as a workbook: numbers are numbers, days are days, and no text is run as a formula."""

import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import BytesIO

import pytest
from django.utils import translation
from lxml import etree

from kontor.kernel.components import Badge
from kontor.kernel.listing.files import as_file, cell
from kontor.rulebook.money import Money

NAMESPACE = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(content: bytes) -> list[list[tuple[str, str]]]:
    """The first sheet as (type, value): "s" a text, "n" a number; a formula would be "f"."""
    with zipfile.ZipFile(BytesIO(content)) as book:
        strings = [
            "".join(node.itertext())
            for node in etree.fromstring(book.read("xl/sharedStrings.xml")).iterfind("x:si", NAMESPACE)
        ]
        sheet = etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [
            ("f", "") if each.find("x:f", NAMESPACE) is not None
            else ("s", strings[int(each.findtext("x:v", "", NAMESPACE))]) if each.get("t") == "s"
            else ("n", each.findtext("x:v", "", NAMESPACE))
            for each in row.iterfind("x:c", NAMESPACE)
        ]
        for row in sheet.iterfind("x:sheetData/x:row", NAMESPACE)
    ]  # fmt: skip


def test_a_workbook_keeps_numbers_and_days_and_runs_nothing():
    """1 January 2026 is day 46,023 of a workbook's calendar; noon is half of it."""
    row = (
        "=1+1", "https://example.org", "007", 7, Decimal("1.5"), Fraction(1, 4), Money.parse("2500.00", "EUR"),
        date(2026, 1, 1), datetime(2026, 1, 1, 12, 0, tzinfo=UTC), True, None, Badge("open"),
    )  # fmt: skip
    with translation.override("en"):
        answer = as_file("xlsx", name="list", heads=["One", "Two"], rows=[row])
    assert answer["Content-Disposition"] == 'attachment; filename="list.xlsx"'
    head, written = cells(answer.content)
    assert head == [("s", "One"), ("s", "Two")]
    assert written == [
        ("s", "=1+1"), ("s", "https://example.org"), ("s", "007"), ("n", "7"), ("n", "1.5"), ("n", "0.25"),
        ("n", "2500.00"), ("n", "46023"), ("n", "46023.5"), ("s", "yes"), ("s", ""), ("s", "open"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "german", "text"),
    [
        (Money.parse("-5.00", "EUR"), True, "-5,00"),
        (Decimal("1.5"), False, "1.5"),
        (Fraction(1, 4), False, "0.25"),
        (date(2026, 3, 1), True, "2026-03-01"),
        ("@SUM(A1)", False, "'@SUM(A1)"),
        (Badge("-x"), False, "'-x"),
    ],
)
def test_a_cell_of_csv_is_plain(value, german, text):
    with translation.override("en"):
        assert cell(value, german=german) == text
