"""Figures and lists as files for a spreadsheet: CSV in the reader's language, XLSX with numbers and days as such."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import xlsxwriter
from django.http import HttpResponse

from kontor.kernel import wording
from kontor.kernel.components import Badge
from kontor.rulebook.money import Money

FORMATS: Final = ("csv", "xlsx")
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_RUN: Final = frozenset({"=", "+", "-", "@", "\t", "\r"})


def as_file(form: str, *, name: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """
    Return rows as a file to be kept, `form` being "csv" or "xlsx".

    Cells are numbers, Money (its currency stands in the head), days, moments, yes and no, badges, or words.
    """
    content, kind = _FILES[form](heads, rows)
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def cell(value: Any, *, german: bool) -> str:
    """A cell of CSV: plain numbers, ISO days, and no text that a spreadsheet would run as a formula."""
    value = _plain(value)
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        text = wording.number(value) if isinstance(value, Fraction) else str(value)
        return text.replace(".", ",") if german else text
    if isinstance(value, datetime | date):
        return value.isoformat()
    text = value if isinstance(value, str) else wording.spoken(value)
    return f"'{text}" if text[:1] in _RUN else text


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[str, str]:
    german = wording.language() == "de"
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if german else ",", lineterminator="\r\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([cell(value, german=german) for value in row])
    return "\N{ZERO WIDTH NO-BREAK SPACE}" + text.getvalue(), "text/csv; charset=utf-8"


def _xlsx(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> tuple[bytes, str]:
    file = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, safe) as book:
        sheet = book.add_worksheet()
        formats: dict[Any, Any] = {
            kind: book.add_format({"num_format": shape})
            for kind, shape in ((Money, "#,##0.00"), (datetime, "yyyy-mm-dd hh:mm"), (date, "yyyy-mm-dd"))
        }
        sheet.write_row(0, 0, heads, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 0)
        for place, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                _write(sheet, place, column, value, formats)
        sheet.autofit()
    return file.getvalue(), _XLSX


def _write(sheet: Any, row: int, column: int, value: Any, formats: Mapping[Any, Any]) -> None:
    plain = _plain(value)
    if isinstance(plain, datetime):
        sheet.write_datetime(row, column, plain.replace(tzinfo=None), formats[datetime])  # a workbook knows no zones
    elif isinstance(plain, date):
        sheet.write_datetime(row, column, plain, formats[date])
    elif isinstance(plain, int | Decimal | Fraction) and not isinstance(plain, bool):
        sheet.write_number(row, column, plain, formats.get(type(value)))
    else:
        sheet.write_string(row, column, plain if isinstance(plain, str) else wording.spoken(plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return value.amount
    return str(value) if isinstance(value, Badge) else value


_FILES: Final = {"csv": _csv, "xlsx": _xlsx}
