"""Reading a Cross Industry Invoice back into the model, for the proofs on finished files."""

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

_UN = "urn:un:unece:uncefact:data:standard:"
ROOT = f"{{{_UN}CrossIndustryInvoice:100}}CrossIndustryInvoice"
_PREFIXES = {
    "rsm": f"{_UN}CrossIndustryInvoice:100",
    "ram": f"{_UN}ReusableAggregateBusinessInformationEntity:100",
    "qdt": f"{_UN}QualifiedDataType:100",
    "udt": f"{_UN}UnqualifiedDataType:100",
}
_DAY = "udt:DateTimeString"


def guideline(root: etree._Element) -> str:
    """Return the rule set the file names, BT-24."""
    path = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID"
    return Node(root, _PREFIXES).text(path)


def read_cii(root: etree._Element) -> Invoice:
    """Return the invoice in a CII file; a code outside our model or a missing date raises RefusedXmlError."""
    top = Node(root, _PREFIXES)
    document = top.one("rsm:ExchangedDocument")
    trade = top.one("rsm:SupplyChainTradeTransaction")
    agreement = trade.one("ram:ApplicableHeaderTradeAgreement")
    settlement = trade.one("ram:ApplicableHeaderTradeSettlement")
    return Invoice(
        number=document.text("ram:ID"),
        issued=_certain(document.day(f"ram:IssueDateTime/{_DAY}")),
        kind=document.code("ram:TypeCode", Kind),
        currency=settlement.text("ram:InvoiceCurrencyCode"),
        seller=_seller(agreement.one("ram:SellerTradeParty")),
        buyer=_party(agreement.one("ram:BuyerTradeParty")),
        lines=tuple(_line(each) for each in trade.all("ram:IncludedSupplyChainTradeLineItem")),
        vat=tuple(_vat(each) for each in settlement.all("ram:ApplicableTradeTax")),
        totals=_totals(settlement.one("ram:SpecifiedTradeSettlementHeaderMonetarySummation")),
        payment=_payment(settlement),
        due=settlement.day(f"ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/{_DAY}"),
        terms=settlement.text("ram:SpecifiedTradePaymentTerms/ram:Description"),
        period=_period(settlement),
        delivered=trade.day(
            f"ram:ApplicableHeaderTradeDelivery/ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime/{_DAY}"
        ),
        buyer_reference=agreement.text("ram:BuyerReference"),
        contract=agreement.text("ram:ContractReferencedDocument/ram:IssuerAssignedID"),
        order=agreement.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        sales_order=agreement.text("ram:SellerOrderReferencedDocument/ram:IssuerAssignedID"),
        project=agreement.text("ram:SpecifiedProcuringProject/ram:ID"),
        notes=tuple(
            Note(each.text("ram:Content"), each.text("ram:SubjectCode")) for each in document.all("ram:IncludedNote")
        ),
        preceding=tuple(_preceding(each) for each in settlement.all("ram:InvoiceReferencedDocument")),
        allowances=_adjustments(settlement, "false"),
        charges=_adjustments(settlement, "true"),
    )


def _certain(day: date | None) -> date:
    if day is None:
        raise RefusedXmlError(Text("Ein Datum fehlt.", "A date is missing."))
    return day


def _seller(node: Node) -> Seller:
    party = _party(node)
    shared = {field.name: getattr(party, field.name) for field in fields(party)}
    return Seller(
        **shared,
        tax_number=_taxes(node).get("FC", ""),
        legal_note=node.text("ram:Description"),
    )


def _party(node: Node) -> Party:
    contact = node.one("ram:DefinedTradeContact")
    legal = node.one("ram:SpecifiedLegalOrganization")
    uri = node.one("ram:URIUniversalCommunication/ram:URIID")
    return Party(
        name=node.text("ram:Name"),
        address=_address(node.one("ram:PostalTradeAddress")),
        vat_id=_taxes(node).get("VA", ""),
        trading_name=legal.text("ram:TradingBusinessName"),
        identifier=node.text("ram:ID"),
        registration=legal.text("ram:ID"),
        registration_scheme=legal.one("ram:ID").attribute("schemeID"),
        electronic_address=uri.text(),
        electronic_scheme=uri.attribute("schemeID") or "EM",
        contact=_contact(contact) if contact else None,
    )


def _taxes(party: Node) -> dict[str, str]:
    return {each.attribute("schemeID"): each.text() for each in party.all("ram:SpecifiedTaxRegistration/ram:ID")}


def _contact(node: Node) -> Contact:
    return Contact(
        name=node.text("ram:PersonName"),
        phone=node.text("ram:TelephoneUniversalCommunication/ram:CompleteNumber"),
        email=node.text("ram:EmailURIUniversalCommunication/ram:URIID"),
    )


def _address(node: Node) -> Address:
    lines = (node.text(f"ram:{name}") for name in ("LineOne", "LineTwo", "LineThree"))
    return Address(
        lines=tuple(line for line in lines if line),
        post_code=node.text("ram:PostcodeCode"),
        city=node.text("ram:CityName"),
        country=node.text("ram:CountryID"),
        subdivision=node.text("ram:CountrySubDivisionName"),
    )


def _line(node: Node) -> Line:
    head = node.one("ram:AssociatedDocumentLineDocument")
    product = node.one("ram:SpecifiedTradeProduct")
    agreement = node.one("ram:SpecifiedLineTradeAgreement")
    price = agreement.one("ram:NetPriceProductTradePrice")
    billed = node.one("ram:SpecifiedLineTradeDelivery/ram:BilledQuantity")
    settlement = node.one("ram:SpecifiedLineTradeSettlement")
    tax = settlement.one("ram:ApplicableTradeTax")
    return Line(
        number=head.text("ram:LineID"),
        name=product.text("ram:Name"),
        quantity=billed.number(),
        unit=billed.attribute("unitCode"),
        price=price.number("ram:ChargeAmount"),
        net=settlement.number("ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"),
        category=tax.code("ram:CategoryCode", VatCategory),
        rate=_rate(tax),
        description=product.text("ram:Description"),
        note=head.text("ram:IncludedNote/ram:Content"),
        period=_period(settlement),
        base_quantity=price.number("ram:BasisQuantity") if price.one("ram:BasisQuantity") else Decimal(1),
        seller_item=product.text("ram:SellerAssignedID"),
        order_line=agreement.text("ram:BuyerOrderReferencedDocument/ram:LineID"),
    )


def _rate(tax: Node) -> Decimal | None:
    # The breakdown writes zero for what has no rate, as XRechnung wants it.
    outside = tax.text("ram:CategoryCode") == VatCategory.OUTSIDE
    return None if outside else tax.number("ram:RateApplicablePercent")


def _period(node: Node) -> Days | None:
    period = node.one("ram:BillingSpecifiedPeriod")
    if not period:
        return None
    first, last = (period.day(f"ram:{end}DateTime/{_DAY}") for end in ("Start", "End"))
    return Days(_certain(first), _certain(last))


def _vat(node: Node) -> Vat:
    return Vat(
        category=node.code("ram:CategoryCode", VatCategory),
        rate=_rate(node),
        taxable=node.number("ram:BasisAmount"),
        tax=node.number("ram:CalculatedAmount"),
        reason=node.text("ram:ExemptionReason"),
        reason_code=node.text("ram:ExemptionReasonCode"),
    )


def _adjustments(settlement: Node, charge: str) -> tuple[Adjustment, ...]:
    return tuple(
        Adjustment(
            amount=each.number("ram:ActualAmount"),
            reason=each.text("ram:Reason"),
            category=each.code("ram:CategoryTradeTax/ram:CategoryCode", VatCategory),
            rate=_rate(each.one("ram:CategoryTradeTax")),
            reason_code=each.text("ram:ReasonCode"),
        )
        for each in settlement.all("ram:SpecifiedTradeAllowanceCharge")
        if each.text("ram:ChargeIndicator/udt:Indicator") == charge
    )


def _totals(node: Node) -> Totals:
    return Totals(
        lines=node.number("ram:LineTotalAmount"),
        net=node.number("ram:TaxBasisTotalAmount"),
        vat=node.number("ram:TaxTotalAmount"),
        gross=node.number("ram:GrandTotalAmount"),
        due=node.number("ram:DuePayableAmount"),
        allowances=node.number("ram:AllowanceTotalAmount"),
        charges=node.number("ram:ChargeTotalAmount"),
        prepaid=node.number("ram:TotalPrepaidAmount"),
        rounding=node.number("ram:RoundingAmount"),
    )


def _payment(settlement: Node) -> Payment | None:
    means = settlement.one("ram:SpecifiedTradeSettlementPaymentMeans")
    if not means:
        return None
    return Payment(
        means=means.code("ram:TypeCode", Means),
        iban=means.text("ram:PayeePartyCreditorFinancialAccount/ram:IBANID"),
        bic=means.text("ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID"),
        account_name=means.text("ram:PayeePartyCreditorFinancialAccount/ram:AccountName"),
        reference=settlement.text("ram:PaymentReference"),
        mandate=settlement.text("ram:SpecifiedTradePaymentTerms/ram:DirectDebitMandateID"),
        creditor_id=settlement.text("ram:CreditorReferenceID"),
        debtor_iban=means.text("ram:PayerPartyDebtorFinancialAccount/ram:IBANID"),
    )


def _preceding(node: Node) -> Reference:
    day = node.day("ram:FormattedIssueDateTime/qdt:DateTimeString")
    return Reference(node.text("ram:IssuerAssignedID"), _certain(day))
