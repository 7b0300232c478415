"""An invoice as a row keeps it: the standard's model as JSON, read back equal."""

from typing import Any

from pydantic import TypeAdapter

from kontor.office.books.formats.invoice import Invoice

_INVOICE = TypeAdapter(Invoice)


def to_json(invoice: Invoice) -> Any:
    """Return plain lists, tables and strings; decimals stay exact as strings."""
    return _INVOICE.dump_python(invoice, mode="json")


def from_json(document: Any) -> Invoice:
    """Return the invoice that `to_json` was given; pydantic's ValidationError for anything else."""
    return _INVOICE.validate_python(document)
