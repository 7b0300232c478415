"""
Files for the bank: wrapped as ISO 20022 wants them and proved with its schemas before they are kept.

The schemas ship in the PyPI package `sepaxml` (MIT), of which nothing else is used: its writer states addresses that
the schema refuses, and makes "Muller" of "Müller".
"""

from enum import Enum

from kontor.office.books.formats.schematron import Schema, schema_findings
from kontor.office.books.formats.xml_in import read_xml
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text


class BankSchema(Enum):
    """A message of ISO 20022: the debits a creditor hands in, the transfers a debtor does."""

    DEBIT = "pain.008.001.08"
    TRANSFER = "pain.001.001.09"


class InvalidBankFileError(RefusalError):
    """A file for the bank that breaks its schema; it is neither kept nor given out."""


def document(schema: BankSchema, body: str) -> bytes:
    """Return the body as a file of its kind."""
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    space = f"urn:iso:std:iso:20022:tech:xsd:{schema.value}"
    return f'{head}\n<Document xmlns="{space}">{body}</Document>\n'.encode()


def refuse_invalid(content: bytes, schema: BankSchema) -> None:
    """Raise InvalidBankFileError, naming the first fault, unless the file follows its schema."""
    faults = schema_findings(read_xml(content), _SCHEMAS[schema])
    if faults:
        first = faults[0]
        raise InvalidBankFileError(
            Text(
                f"Die Datei verletzt {schema.value} ({first.place}): {first.message.de}",
                f"The file breaks {schema.value} ({first.place}): {first.message.en}",
            )
        )


_SCHEMAS = {BankSchema.DEBIT: Schema.DIRECT_DEBITS, BankSchema.TRANSFER: Schema.TRANSFERS}
