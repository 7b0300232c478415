"""Reading a UBL Invoice or CreditNote back into the model, for the proofs on finished files."""

import re
from dataclasses import fields
from datetime import date
from decimal import Decimal

from lxml import etree

from kontor.office.books.formats.invoice import (
    Address,
    Adjustment,
    Contact,
    Days,
    Invoice,
    Kind,
    Line,
    Means,
    Note,
    Party,
    Payment,
    Reference,
    Seller,
    Totals,
    Vat,
)
from kontor.office.books.formats.xml_in import RefusedXmlError
from kontor.office.books.formats.xml_node import Node
from kontor.rulebook.ruling import Text
from kontor.rulebook.vat_rates import VatCategory

_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:"
INVOICE = f"{{{_COMMON}Invoice-2}}Invoice"
CREDIT_NOTE = f"{{{_COMMON}CreditNote-2}}CreditNote"
_PREFIXES = {"cac": f"{_COMMON}CommonAggregateComponents-2", "cbc": f"{_COMMON}CommonBasicComponents-2"}
_NOTE = re.compile(r"#([A-Z]{3})#(.*)", re.DOTALL)


def guideline(root: etree._Element) -> str:
    """Return the rule set the file names, BT-24."""
    return Node(root, _PREFIXES).text("cbc:CustomizationID")


def read_ubl(root: etree._Element) -> Invoice:
    """Return the invoice in a UBL file; a code outside our model or a missing date raises RefusedXmlError."""
    return _invoice(Node(root, _PREFIXES), "CreditNote" if root.tag == CREDIT_NOTE else "Invoice")


def _invoice(top: Node, root: str) -> Invoice:
    order = top.text("cac:OrderReference/cbc:ID")
    sales_order = top.text("cac:OrderReference/cbc:SalesOrderID")
    return Invoice(
        number=top.text("cbc:ID"),
        issued=_certain(top.day("cbc:IssueDate")),
        kind=top.code(f"cbc:{root}TypeCode", Kind),
        currency=top.text("cbc:DocumentCurrencyCode"),
        seller=_seller(top.one("cac:AccountingSupplierParty/cac:Party")),
        buyer=_party(top.one("cac:AccountingCustomerParty/cac:Party")),
        lines=tuple(_line(each) for each in top.all(f"cac:{root}Line")),
        vat=tuple(_vat(each) for each in top.all("cac:TaxTotal/cac:TaxSubtotal")),
        totals=_totals(top),
        payment=_payment(top),
        due=top.day("cbc:DueDate") or top.day("cac:PaymentMeans/cbc:PaymentDueDate"),
        terms=top.text("cac:PaymentTerms/cbc:Note"),
        period=_period(top),
        delivered=top.day("cac:Delivery/cbc:ActualDeliveryDate"),
        buyer_reference=top.text("cbc:BuyerReference"),
        contract=top.text("cac:ContractDocumentReference/cbc:ID"),
        order="" if order == "NA" and sales_order else order,
        sales_order=sales_order,
        project=_project(top),
        notes=tuple(_note(each.text()) for each in top.all("cbc:Note")),
        preceding=tuple(
            Reference(each.text("cbc:ID"), _certain(each.day("cbc:IssueDate")))
            for each in top.all("cac:BillingReference/cac:InvoiceDocumentReference")
        ),
        allowances=_adjustments(top, "false"),
        charges=_adjustments(top, "true"),
    )


def _certain(day: date | None) -> date:
    if day is None:
        raise RefusedXmlError(Text("Ein Datum fehlt.", "A date is missing."))
    return day


def _note(text: str) -> Note:
    found = _NOTE.fullmatch(text)
    return Note(found.group(2), found.group(1)) if found else Note(text)


def _project(top: Node) -> str:
    for each in top.all("cac:AdditionalDocumentReference"):
        if each.text("cbc:DocumentTypeCode") == "50":
            return each.text("cbc:ID")
    return top.text("cac:ProjectReference/cbc:ID")


def _seller(node: Node) -> Seller:
    party = _party(node)
    shared = {field.name: getattr(party, field.name) for field in fields(party)}
    legal_note = node.text("cac:PartyLegalEntity/cbc:CompanyLegalForm")
    return Seller(**shared, tax_number=_tax_number(node, "FC"), legal_note=legal_note)


def _party(node: Node) -> Party:
    contact = node.one("cac:Contact")
    legal = node.one("cac:PartyLegalEntity")
    endpoint = node.one("cbc:EndpointID")
    identifiers = (each for each in node.all("cac:PartyIdentification/cbc:ID") if each.attribute("schemeID") != "SEPA")
    return Party(
        name=legal.text("cbc:RegistrationName"),
        address=_address(node.one("cac:PostalAddress")),
        vat_id=_tax_number(node, "VAT"),
        trading_name=node.text("cac:PartyName/cbc:Name"),
        identifier=next((each.text() for each in identifiers), ""),
        registration=legal.text("cbc:CompanyID"),
        registration_scheme=legal.one("cbc:CompanyID").attribute("schemeID"),
        electronic_address=endpoint.text(),
        electronic_scheme=endpoint.attribute("schemeID") or "EM",
        contact=Contact(
            name=contact.text("cbc:Name"),
            phone=contact.text("cbc:Telephone"),
            email=contact.text("cbc:ElectronicMail"),
        )
        if contact
        else None,
    )


def _tax_number(party: Node, scheme: str) -> str:
    for each in party.all("cac:PartyTaxScheme"):
        if each.text("cac:TaxScheme/cbc:ID") == scheme:
            return each.text("cbc:CompanyID")
    return ""


def _address(node: Node) -> Address:
    lines = (node.text(path) for path in ("cbc:StreetName", "cbc:AdditionalStreetName", "cac:AddressLine/cbc:Line"))
    return Address(
        lines=tuple(line for line in lines if line),
        post_code=node.text("cbc:PostalZone"),
        city=node.text("cbc:CityName"),
        country=node.text("cac:Country/cbc:IdentificationCode"),
        subdivision=node.text("cbc:CountrySubentity"),
    )


def _line(node: Node) -> Line:
    quantity = node.one("cbc:InvoicedQuantity") or node.one("cbc:CreditedQuantity")
    item, price = node.one("cac:Item"), node.one("cac:Price")
    tax = item.one("cac:ClassifiedTaxCategory")
    return Line(
        number=node.text("cbc:ID"),
        name=item.text("cbc:Name"),
        quantity=quantity.number(),
        unit=quantity.attribute("unitCode"),
        price=price.number("cbc:PriceAmount"),
        net=node.number("cbc:LineExtensionAmount"),
        category=tax.code("cbc:ID", VatCategory),
        rate=_rate(tax),
        description=item.text("cbc:Description"),
        note=node.text("cbc:Note"),
        period=_period(node),
        base_quantity=price.number("cbc:BaseQuantity") if price.one("cbc:BaseQuantity") else Decimal(1),
        seller_item=item.text("cac:SellersItemIdentification/cbc:ID"),
        order_line=node.text("cac:OrderLineReference/cbc:LineID"),
    )


def _rate(tax: Node) -> Decimal | None:
    # The breakdown writes zero for what has no rate, as XRechnung wants it.
    return None if tax.text("cbc:ID") == VatCategory.OUTSIDE else tax.number("cbc:Percent")


def _period(node: Node) -> Days | None:
    period = node.one("cac:InvoicePeriod")
    if not period:
        return None
    return Days(_certain(period.day("cbc:StartDate")), _certain(period.day("cbc:EndDate")))


def _vat(node: Node) -> Vat:
    category = node.one("cac:TaxCategory")
    return Vat(
        category=category.code("cbc:ID", VatCategory),
        rate=_rate(category),
        taxable=node.number("cbc:TaxableAmount"),
        tax=node.number("cbc:TaxAmount"),
        reason=category.text("cbc:TaxExemptionReason"),
        reason_code=category.text("cbc:TaxExemptionReasonCode"),
    )


def _adjustments(top: Node, charge: str) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            amount=each.number("cbc:Amount"),
            reason=each.text("cbc:AllowanceChargeReason"),
            category=each.code("cac:TaxCategory/cbc:ID", VatCategory),
            rate=_rate(each.one("cac:TaxCategory")),
            reason_code=each.text("cbc:AllowanceChargeReasonCode"),
        )
        for each in top.all("cac:AllowanceCharge")
        if each.text("cbc:ChargeIndicator") == charge
    )


def _totals(top: Node) -> Totals:
    node = top.one("cac:LegalMonetaryTotal")
    return Totals(
        lines=node.number("cbc:LineExtensionAmount"),
        net=node.number("cbc:TaxExclusiveAmount"),
        vat=top.number("cac:TaxTotal/cbc:TaxAmount"),
        gross=node.number("cbc:TaxInclusiveAmount"),
        due=node.number("cbc:PayableAmount"),
        allowances=node.number("cbc:AllowanceTotalAmount"),
        charges=node.number("cbc:ChargeTotalAmount"),
        prepaid=node.number("cbc:PrepaidAmount"),
        rounding=node.number("cbc:PayableRoundingAmount"),
    )


def _payment(top: Node) -> Payment | None:
    means = top.one("cac:PaymentMeans")
    if not means:
        return None
    account = means.one("cac:PayeeFinancialAccount")
    supplier = top.one("cac:AccountingSupplierParty/cac:Party")
    creditors = (
        each for each in supplier.all("cac:PartyIdentification/cbc:ID") if each.attribute("schemeID") == "SEPA"
    )
    return Payment(
        means=means.code("cbc:PaymentMeansCode", Means),
        iban=account.text("cbc:ID"),
        bic=account.text("cac:FinancialInstitutionBranch/cbc:ID"),
        account_name=account.text("cbc:Name"),
        reference=means.text("cbc:PaymentID"),
        mandate=means.text("cac:PaymentMandate/cbc:ID"),
        creditor_id=next((each.text() for each in creditors), ""),
        debtor_iban=means.text("cac:PaymentMandate/cac:PayerFinancialAccount/cbc:ID"),
    )
