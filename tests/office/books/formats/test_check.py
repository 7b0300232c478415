"""What is wrong with an e-invoice is found and named, each fault by the rule that forbids it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from kontor.office.books.formats.check import check, read_invoice
from kontor.office.books.formats.cii import cii
from kontor.office.books.formats.exact import cent_findings
from kontor.office.books.formats.finding import Severity, blocking
from kontor.office.books.formats.invoice import Address, Contact, Days, Invoice, Profile, Vat
from kontor.office.books.formats.schematron import Rules, rule_findings
from kontor.office.books.formats.ubl import ubl
from kontor.office.books.formats.xml_in import RefusedXmlError, read_xml
from tests.office.books.formats import samples
from tests.office.books.formats.samples import BUYER, DEBIT, SELLER, TRANSFER


def rules(content: bytes) -> list[str]:
    return sorted({finding.rule for finding in check(content)})


def with_tax(invoice: Invoice, tax: str, gross: str) -> Invoice:
    """State another tax and let every sum follow it."""
    (vat,) = invoice.vat
    totals = replace(invoice.totals, vat=Decimal(tax), gross=Decimal(gross), due=Decimal(gross))
    return replace(invoice, vat=(replace(vat, tax=Decimal(tax)),), totals=totals)


@pytest.mark.trap(24)
@pytest.mark.parametrize(("tax", "gross"), [("155.62", "974.62"), ("155.60", "974.60"), ("156.60", "975.60")])
def test_a_tax_that_is_off_and_consistent_passes_the_official_rules_and_not_ours(tax: str, gross: str) -> None:
    # 819.00 × 19 % = 155.61
    content = cii(with_tax(samples.domestic(), tax, gross), Profile.XRECHNUNG)
    assert rule_findings(read_xml(content), Rules.CII) == ()
    (finding,) = check(content)
    assert (finding.severity, finding.rule) == (Severity.FATAL, "BR-CO-17")
    assert finding.message.de == f"BT-117 [S 19 %]: {tax} statt 155.61 (BR-CO-17)"


@pytest.mark.trap(24)
def test_a_line_that_is_two_cents_off_is_refused() -> None:
    # 3 × 189.00 = 567.00, stated 567.02; the sums follow: 819.02 × 19 % = 155.6138 → 155.61
    first, second = samples.domestic().lines
    invoice = replace(
        samples.domestic(),
        lines=(replace(first, net=Decimal("567.02")), second),
        vat=(Vat(samples.S, Decimal(19), Decimal("819.02"), Decimal("155.61")),),
        totals=samples.totals("819.02", "155.61", "974.63"),
    )
    content = cii(invoice, Profile.XRECHNUNG)
    assert rule_findings(read_xml(content), Rules.CII) == ()
    assert [str(finding) for finding in check(content)] == ["CENT: BT-131 [1]: 567.02 instead of 567.00"]


@pytest.mark.trap(23)
@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("<ram:LineTotalAmount>819.00", "<ram:LineTotalAmount>819.01", ["BR-CO-10", "BR-CO-13"]),
        ("<ram:TaxBasisTotalAmount>819.00", "<ram:TaxBasisTotalAmount>819.01", ["BR-CO-13", "BR-CO-15"]),
        ('currencyID="EUR">155.61', 'currencyID="EUR">155.62', ["BR-CO-14", "BR-CO-15"]),
        ("<ram:GrandTotalAmount>974.61", "<ram:GrandTotalAmount>974.62", ["BR-CO-15", "BR-CO-16"]),
        ("<ram:DuePayableAmount>974.61", "<ram:DuePayableAmount>974.60", ["BR-CO-16"]),
    ],
)
def test_a_total_off_by_a_cent_is_refused_by_the_official_rules_and_by_ours(
    right: str, wrong: str, expected: list[str]
) -> None:
    content = cii(samples.domestic(), Profile.XRECHNUNG).replace(right.encode(), wrong.encode())
    official = {finding.rule for finding in rule_findings(read_xml(content), Rules.CII)}
    ours = {finding.rule for finding in cent_findings(read_invoice(content))}
    assert sorted(official) == expected
    assert sorted(ours) == expected


def test_an_amount_with_three_places_is_refused() -> None:
    content = cii(samples.domestic(), Profile.XRECHNUNG)
    content = content.replace(b"<ram:DuePayableAmount>974.61", b"<ram:DuePayableAmount>974.610")
    assert rules(content) == ["BR-DEC-18"]
    content = content.replace(b"<ram:DuePayableAmount>974.610", b"<ram:DuePayableAmount>974.615")
    assert rules(content) == ["BR-CO-16", "BR-DEC-18", "CENT"]


GERMAN: list[tuple[str, Severity, dict[str, object]]] = [
    ("BR-DE-1", Severity.FATAL, {"payment": None}),
    ("BR-DE-2", Severity.FATAL, {"seller": replace(SELLER, contact=None)}),
    ("BR-DE-3", Severity.FATAL, {"seller": replace(SELLER, address=Address(("Kai 1",), "20457", "", "DE"))}),
    ("BR-DE-4", Severity.FATAL, {"seller": replace(SELLER, address=Address(("Kai 1",), "", "Hamburg", "DE"))}),
    ("BR-DE-5", Severity.FATAL, {"seller": replace(SELLER, contact=Contact("", "+49 40 123", "a@b.example"))}),
    ("BR-DE-6", Severity.FATAL, {"seller": replace(SELLER, contact=Contact("A", "", "a@b.example"))}),
    ("BR-DE-7", Severity.FATAL, {"seller": replace(SELLER, contact=Contact("A", "+49 40 123", ""))}),
    ("BR-DE-8", Severity.FATAL, {"buyer": replace(BUYER, address=Address(("Kai 1",), "28237", "", "DE"))}),
    ("BR-DE-9", Severity.FATAL, {"buyer": replace(BUYER, address=Address(("Kai 1",), "", "Bremen", "DE"))}),
    ("BR-DE-15", Severity.FATAL, {"buyer_reference": ""}),
    ("BR-DE-19", Severity.WARNING, {"payment": replace(TRANSFER, iban="DE03120300000000202051")}),
    ("BR-DE-20", Severity.WARNING, {"payment": replace(DEBIT, debtor_iban="12")}),
    ("BR-DE-23-b", Severity.FATAL, {"payment": replace(DEBIT, means=TRANSFER.means, iban=TRANSFER.iban)}),
    ("BR-DE-25-b", Severity.FATAL, {"payment": replace(DEBIT, iban=TRANSFER.iban)}),
    ("BR-DE-27", Severity.WARNING, {"seller": replace(SELLER, contact=Contact("A", "+4-9", "a@b.example"))}),
    ("BR-DE-28", Severity.WARNING, {"seller": replace(SELLER, contact=Contact("A", "+49 40 123", "a@b"))}),
    ("BR-DE-30", Severity.FATAL, {"payment": replace(DEBIT, creditor_id="")}),
    ("BR-DE-31", Severity.FATAL, {"payment": replace(DEBIT, debtor_iban="")}),
    ("PEPPOL-EN16931-R010", Severity.FATAL, {"buyer": replace(BUYER, electronic_address="")}),
    ("PEPPOL-EN16931-R020", Severity.FATAL, {"seller": replace(SELLER, electronic_address="")}),
    ("PEPPOL-EN16931-R061", Severity.FATAL, {"payment": replace(DEBIT, mandate="")}),
]


@pytest.mark.parametrize(("rule", "severity", "fault"), GERMAN, ids=[rule for rule, _, _ in GERMAN])
@pytest.mark.parametrize("writer", [lambda invoice: cii(invoice, Profile.XRECHNUNG), ubl], ids=["cii", "ubl"])
def test_a_german_rule_is_named_alone(
    rule: str, severity: Severity, fault: dict[str, object], writer: Callable[[Invoice], bytes]
) -> None:
    findings = check(writer(replace(samples.domestic(), **fault)))  # type: ignore[arg-type]
    assert [(finding.rule, finding.severity) for finding in findings] == [(rule, severity)]
    assert bool(blocking(findings)) == (severity == Severity.FATAL)


def test_the_german_rules_bind_only_who_promises_xrechnung() -> None:
    invoice = replace(samples.domestic(), buyer_reference="", seller=replace(SELLER, contact=None))
    assert rules(cii(invoice, Profile.XRECHNUNG)) == ["BR-DE-15", "BR-DE-2"]
    assert rules(cii(invoice, Profile.FACTUR_X)) == []


def test_a_transfer_without_account_a_debit_without_details_and_a_seller_without_number_are_refused() -> None:
    nowhere = replace(samples.domestic(), payment=replace(TRANSFER, iban=""))
    nothing = replace(samples.domestic(), payment=replace(DEBIT, mandate="", creditor_id="", debtor_iban=""))
    nobody = replace(samples.domestic(), seller=replace(SELLER, vat_id="", tax_number=""))
    assert rules(ubl(nowhere)) == ["BR-61", "BR-DE-23-a"]
    assert rules(ubl(nothing)) == ["BR-DE-25-a", "PEPPOL-EN16931-R061"]
    assert rules(ubl(nobody)) == ["BR-DE-16", "BR-S-02"]


def test_a_corrected_invoice_that_names_no_other_is_warned_of() -> None:
    (finding,) = check(ubl(replace(samples.correction(), preceding=())))
    assert (finding.rule, finding.severity) == ("BR-DE-26", Severity.WARNING)


@pytest.mark.trap(32)
def test_an_invoice_that_says_no_day_of_supply_is_told_so() -> None:
    lines = tuple(replace(line, period=None) for line in samples.domestic().lines)
    (finding,) = check(ubl(replace(samples.domestic(), lines=lines, period=None)))
    assert (finding.rule, finding.severity) == ("BR-DE-TMP-32", Severity.INFORMATION)


@pytest.mark.trap(32)
def test_a_line_outside_the_invoices_period_is_refused() -> None:
    shorter = Days(samples.QUARTER.first.replace(day=2), samples.QUARTER.last.replace(day=30))
    assert rules(ubl(replace(samples.domestic(), period=shorter))) == ["PEPPOL-EN16931-R110", "PEPPOL-EN16931-R111"]


@pytest.mark.trap(28)
def test_reverse_charge_without_vat_ids_rate_or_reason_is_refused() -> None:
    good = samples.reverse_charge()
    (vat,) = good.vat
    missing_id = replace(good, buyer=replace(good.buyer, vat_id=""))
    missing_reason = replace(good, vat=(replace(vat, reason="", reason_code=""),))
    assert rules(ubl(missing_id)) == ["BR-AE-02"]
    assert rules(ubl(missing_reason)) == ["BR-AE-10"]


@pytest.mark.trap(29)
def test_outside_scope_cannot_mix_with_taxed_lines() -> None:
    good = samples.outside_scope()
    taxed = samples.line("2", "1", "100.00", "100.00")
    mixed = replace(
        good,
        seller=SELLER,
        lines=(*good.lines, taxed),
        vat=(*good.vat, Vat(samples.S, Decimal(19), Decimal("100.00"), Decimal("19.00"))),
        totals=samples.totals("667.00", "19.00", "686.00"),
    )
    assert rules(cii(mixed, Profile.XRECHNUNG)) == ["BR-O-02", "BR-O-11", "BR-O-12"]


def test_a_file_that_leaves_its_schema_is_judged_no_further() -> None:
    content = cii(samples.domestic(), Profile.XRECHNUNG).replace(b"ram:BuyerReference", b"ram:BuyersReference")
    findings = check(content)
    assert {finding.rule for finding in findings} == {"XSD"}
    assert blocking(findings) == findings


def test_what_is_no_invoice_is_refused_in_a_sentence() -> None:
    with pytest.raises(RefusedXmlError) as refused:
        check(b"<order/>")
    assert refused.value.text.de == "„order“ ist keine Rechnung in CII oder UBL."


def test_a_document_type_we_do_not_read_is_refused_in_a_sentence() -> None:
    content = ubl(samples.domestic()).replace(b"TypeCode>380<", b"TypeCode>326<")
    with pytest.raises(RefusedXmlError) as refused:
        check(content)
    assert refused.value.text.en == "The code “326” at cbc:InvoiceTypeCode is not read."
