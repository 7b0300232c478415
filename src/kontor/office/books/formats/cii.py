"""
Writing an invoice as UN/CEFACT Cross Industry Invoice (D16B): XRechnung, and the factur-x.xml inside a ZUGFeRD PDF.

Both files come from one call and differ in the profile they name and in nothing else. Elements stand in the order
the schema wants; what is empty is left out.
"""

from datetime import date
from decimal import Decimal

from kontor.office.books.formats.invoice import (
    PROCESS,
    ZERO,
    Address,
    Adjustment,
    Days,
    Invoice,
    Line,
    Party,
    Payment,
    Profile,
    Reference,
    Totals,
    Vat,
    cents,
    plain,
)
from kontor.office.books.formats.xml_out import attribute, basic, branch, joined, leaf
from kontor.rulebook.vat_rates import VatCategory

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"'
    ' xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"'
    ' xmlns:qdt="urn:un:unece:uncefact:data:standard:QualifiedDataType:100"'
    ' xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">'
)

_TAIL = "</rsm:CrossIndustryInvoice>\n"


def cii(invoice: Invoice, profile: Profile) -> bytes:
    """
    Return the invoice as a CII file in UTF-8, the same bytes for the same invoice.

    Raises UnwritableTextError for a character XML cannot hold and ValueError for an amount with a part of a cent.
    """
    return joined((_HEAD, _context(profile), _document(invoice), _transaction(invoice), _TAIL)).encode()


def _context(profile: Profile) -> str:
    return branch(
        "rsm:ExchangedDocumentContext",
        branch("ram:BusinessProcessSpecifiedDocumentContextParameter", leaf("ram:ID", PROCESS)),
        branch("ram:GuidelineSpecifiedDocumentContextParameter", leaf("ram:ID", profile)),
    )


def _document(invoice: Invoice) -> str:
    return branch(
        "rsm:ExchangedDocument",
        leaf("ram:ID", invoice.number),
        leaf("ram:TypeCode", invoice.kind),
        _day("ram:IssueDateTime", invoice.issued),
        *(
            branch("ram:IncludedNote", leaf("ram:Content", note.text), leaf("ram:SubjectCode", note.subject))
            for note in invoice.notes
        ),
    )


def _transaction(invoice: Invoice) -> str:
    return branch(
        "rsm:SupplyChainTradeTransaction",
        *(_line(line) for line in invoice.lines),
        _agreement(invoice),
        _delivery(invoice),
        _settlement(invoice),
    )


def _line(line: Line) -> str:
    unit = attribute("unitCode", line.unit)
    basis = "" if line.base_quantity == 1 else leaf("ram:BasisQuantity", plain(line.base_quantity), unit)
    return branch(
        "ram:IncludedSupplyChainTradeLineItem",
        branch(
            "ram:AssociatedDocumentLineDocument",
            leaf("ram:LineID", line.number),
            branch("ram:IncludedNote", leaf("ram:Content", line.note)),
        ),
        branch(
            "ram:SpecifiedTradeProduct",
            leaf("ram:SellerAssignedID", line.seller_item),
            leaf("ram:Name", line.name),
            leaf("ram:Description", line.description),
        ),
        branch(
            "ram:SpecifiedLineTradeAgreement",
            branch("ram:BuyerOrderReferencedDocument", leaf("ram:LineID", line.order_line)),
            branch("ram:NetPriceProductTradePrice", leaf("ram:ChargeAmount", plain(line.price)), basis),
        ),
        branch("ram:SpecifiedLineTradeDelivery", leaf("ram:BilledQuantity", plain(line.quantity), unit)),
        branch(
            "ram:SpecifiedLineTradeSettlement",
            branch("ram:ApplicableTradeTax", *_rated(line.category, line.rate)),
            _period(line.period),
            branch("ram:SpecifiedTradeSettlementLineMonetarySummation", leaf("ram:LineTotalAmount", cents(line.net))),
        ),
    )


def _rated(category: VatCategory, rate: Decimal | None) -> tuple[str, ...]:
    # BR-O-05: what lies outside the scope of VAT states no rate, not even zero.
    percent = "" if rate is None else plain(rate)
    return leaf("ram:TypeCode", "VAT"), leaf("ram:CategoryCode", category), leaf("ram:RateApplicablePercent", percent)


def _agreement(invoice: Invoice) -> str:
    project = ""
    if invoice.project:
        # The schema wants a name beside the id; the standard has only the id (BT-11).
        project = leaf("ram:ID", invoice.project) + leaf("ram:Name", "Project reference")
    return branch(
        "ram:ApplicableHeaderTradeAgreement",
        leaf("ram:BuyerReference", invoice.buyer_reference),
        _party("ram:SellerTradeParty", invoice.seller, invoice.seller.legal_note, invoice.seller.tax_number),
        _party("ram:BuyerTradeParty", invoice.buyer),
        branch("ram:SellerOrderReferencedDocument", leaf("ram:IssuerAssignedID", invoice.sales_order)),
        branch("ram:BuyerOrderReferencedDocument", leaf("ram:IssuerAssignedID", invoice.order)),
        branch("ram:ContractReferencedDocument", leaf("ram:IssuerAssignedID", invoice.contract)),
        branch("ram:SpecifiedProcuringProject", project),
    )


def _party(name: str, party: Party, legal_note: str = "", tax_number: str = "") -> str:
    return branch(
        name,
        leaf("ram:ID", party.identifier),
        leaf("ram:Name", party.name),
        leaf("ram:Description", legal_note),
        branch(
            "ram:SpecifiedLegalOrganization",
            leaf("ram:ID", party.registration, attribute("schemeID", party.registration_scheme)),
            leaf("ram:TradingBusinessName", party.trading_name),
        ),
        _contact(party),
        _address(party.address),
        branch(
            "ram:URIUniversalCommunication",
            leaf("ram:URIID", party.electronic_address, attribute("schemeID", party.electronic_scheme)),
        ),
        branch("ram:SpecifiedTaxRegistration", leaf("ram:ID", party.vat_id, ' schemeID="VA"')),
        branch("ram:SpecifiedTaxRegistration", leaf("ram:ID", tax_number, ' schemeID="FC"')),
    )


def _contact(party: Party) -> str:
    if party.contact is None:
        return ""
    return branch(
        "ram:DefinedTradeContact",
        leaf("ram:PersonName", party.contact.name),
        branch("ram:TelephoneUniversalCommunication", leaf("ram:CompleteNumber", party.contact.phone)),
        branch("ram:EmailURIUniversalCommunication", leaf("ram:URIID", party.contact.email)),
    )


def _address(address: Address) -> str:
    names = ("ram:LineOne", "ram:LineTwo", "ram:LineThree")
    return branch(
        "ram:PostalTradeAddress",
        leaf("ram:PostcodeCode", address.post_code),
        *(leaf(name, line) for name, line in zip(names, address.lines, strict=False)),
        leaf("ram:CityName", address.city),
        leaf("ram:CountryID", address.country),
        leaf("ram:CountrySubDivisionName", address.subdivision),
    )


def _delivery(invoice: Invoice) -> str:
    happened = _day("ram:OccurrenceDateTime", invoice.delivered) if invoice.delivered else ""
    inner = branch("ram:ActualDeliverySupplyChainEvent", happened)
    return f"<ram:ApplicableHeaderTradeDelivery>{inner}</ram:ApplicableHeaderTradeDelivery>"


def _settlement(invoice: Invoice) -> str:
    payment = invoice.payment
    return branch(
        "ram:ApplicableHeaderTradeSettlement",
        leaf("ram:CreditorReferenceID", payment.creditor_id if payment else ""),
        leaf("ram:PaymentReference", payment.reference if payment else ""),
        leaf("ram:InvoiceCurrencyCode", invoice.currency),
        _means(payment) if payment else "",
        *(_vat(vat) for vat in invoice.vat),
        _period(invoice.period),
        *(_adjustment(each, "false") for each in invoice.allowances),
        *(_adjustment(each, "true") for each in invoice.charges),
        branch(
            "ram:SpecifiedTradePaymentTerms",
            leaf("ram:Description", invoice.terms),
            _day("ram:DueDateDateTime", invoice.due) if invoice.due else "",
            leaf("ram:DirectDebitMandateID", payment.mandate if payment else ""),
        ),
        _totals(invoice.totals, invoice.currency),
        *(_preceding(reference) for reference in invoice.preceding),
    )


def _means(payment: Payment) -> str:
    creditor = branch(
        "ram:PayeePartyCreditorFinancialAccount",
        leaf("ram:IBANID", payment.iban),
        leaf("ram:AccountName", payment.account_name),
    )
    bank = branch("ram:PayeeSpecifiedCreditorFinancialInstitution", leaf("ram:BICID", payment.bic))
    return branch(
        "ram:SpecifiedTradeSettlementPaymentMeans",
        leaf("ram:TypeCode", payment.means),
        branch("ram:PayerPartyDebtorFinancialAccount", leaf("ram:IBANID", payment.debtor_iban)),
        creditor,
        bank,
    )


def _vat(vat: Vat) -> str:
    return branch(
        "ram:ApplicableTradeTax",
        leaf("ram:CalculatedAmount", cents(vat.tax)),
        leaf("ram:TypeCode", "VAT"),
        leaf("ram:ExemptionReason", vat.reason),
        leaf("ram:BasisAmount", cents(vat.taxable)),
        leaf("ram:CategoryCode", vat.category),
        leaf("ram:ExemptionReasonCode", vat.reason_code),
        # BR-DE-14 wants the rate in the breakdown even outside the scope of VAT, where it is zero.
        leaf("ram:RateApplicablePercent", plain(vat.rate or ZERO)),
    )


def _adjustment(adjustment: Adjustment, charge: str) -> str:
    return branch(
        "ram:SpecifiedTradeAllowanceCharge",
        branch("ram:ChargeIndicator", leaf("udt:Indicator", charge)),
        leaf("ram:ActualAmount", cents(adjustment.amount)),
        leaf("ram:ReasonCode", adjustment.reason_code),
        leaf("ram:Reason", adjustment.reason),
        branch("ram:CategoryTradeTax", *_rated(adjustment.category, adjustment.rate)),
    )


def _totals(totals: Totals, currency: str) -> str:
    def unless_zero(name: str, amount: Decimal) -> str:
        return leaf(name, cents(amount)) if amount != ZERO else ""

    return branch(
        "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
        leaf("ram:LineTotalAmount", cents(totals.lines)),
        unless_zero("ram:ChargeTotalAmount", totals.charges),
        unless_zero("ram:AllowanceTotalAmount", totals.allowances),
        leaf("ram:TaxBasisTotalAmount", cents(totals.net)),
        leaf("ram:TaxTotalAmount", cents(totals.vat), attribute("currencyID", currency)),
        unless_zero("ram:RoundingAmount", totals.rounding),
        leaf("ram:GrandTotalAmount", cents(totals.gross)),
        unless_zero("ram:TotalPrepaidAmount", totals.prepaid),
        leaf("ram:DuePayableAmount", cents(totals.due)),
    )


def _preceding(reference: Reference) -> str:
    day = f'<qdt:DateTimeString format="102">{basic(reference.issued)}</qdt:DateTimeString>'
    return branch(
        "ram:InvoiceReferencedDocument",
        leaf("ram:IssuerAssignedID", reference.number),
        branch("ram:FormattedIssueDateTime", day),
    )


def _period(period: Days | None) -> str:
    if period is None:
        return ""
    return branch(
        "ram:BillingSpecifiedPeriod", _day("ram:StartDateTime", period.first), _day("ram:EndDateTime", period.last)
    )


def _day(name: str, day: date) -> str:
    return f'<{name}><udt:DateTimeString format="102">{basic(day)}</udt:DateTimeString></{name}>'
