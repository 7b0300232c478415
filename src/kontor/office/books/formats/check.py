"""
The gate every e-invoice of ours passes before it is sent: schema, official rules, German rules, cents.

It judges the finished bytes, never the model they came from. Others' invoices may say more than our model holds, an
allowance on a single line for one; the cents of such a file cannot be proved here.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from kontor.office.books.formats import cii_in, ubl_in
from kontor.office.books.formats.exact import cent_findings
from kontor.office.books.formats.finding import Finding
from kontor.office.books.formats.german_rules import german_findings
from kontor.office.books.formats.invoice import Invoice, Profile
from kontor.office.books.formats.schematron import Rules, Schema, rule_findings, schema_findings
from kontor.office.books.formats.xml_in import RefusedXmlError, read_xml
from kontor.rulebook.ruling import Text

LIMIT = 16 * 1024 * 1024  # bytes; an invoice of 10,000 lines has about 12 MB


@dataclass(frozen=True, slots=True)
class _Syntax:
    schema: Schema
    rules: Rules
    guideline: Callable[[etree._Element], str]
    read: Callable[[etree._Element], Invoice]


_SYNTAXES = {
    cii_in.ROOT: _Syntax(Schema.CII, Rules.CII, cii_in.guideline, cii_in.read_cii),
    ubl_in.INVOICE: _Syntax(Schema.UBL_INVOICE, Rules.UBL, ubl_in.guideline, ubl_in.read_ubl),
    ubl_in.CREDIT_NOTE: _Syntax(Schema.UBL_CREDIT_NOTE, Rules.UBL, ubl_in.guideline, ubl_in.read_ubl),
}


def check(content: bytes) -> tuple[Finding, ...]:
    """
    Return everything wrong with an e-invoice file, the fatal and the rest; nothing wrong is ().

    A file that leaves its schema is judged no further. A Factur-X file is judged by its own rules, which contain those
    of EN 16931; the German rules apply where the file promises XRechnung. Raises RefusedXmlError for what is no
    harmless XML or no invoice in a syntax we read.
    """
    root, syntax = _opened(content)
    astray = schema_findings(root, syntax.schema)
    if astray:
        return astray
    guideline = syntax.guideline(root)
    rules = Rules.FACTUR_X if syntax.rules == Rules.CII and guideline == Profile.FACTUR_X else syntax.rules
    invoice = syntax.read(root)
    german = german_findings(invoice) if guideline == Profile.XRECHNUNG else ()
    return (*rule_findings(root, rules), *german, *cent_findings(invoice))


def read_invoice(content: bytes) -> Invoice:
    """Return the invoice in a CII or UBL file; raises RefusedXmlError as `check` does."""
    root, syntax = _opened(content)
    return syntax.read(root)


def _opened(content: bytes) -> tuple[etree._Element, _Syntax]:
    root = read_xml(content, limit=LIMIT)
    syntax = _SYNTAXES.get(str(root.tag))
    if syntax is None:
        raise RefusedXmlError(
            Text(
                f"„{etree.QName(root).localname}“ ist keine Rechnung in CII oder UBL.",
                f"“{etree.QName(root).localname}” is no invoice in CII or UBL.",
            )
        )
    return root, syntax
