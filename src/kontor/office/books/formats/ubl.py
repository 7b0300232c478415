"""
Writing an invoice as UBL 2.1 for XRechnung: an Invoice, or a CreditNote for document type 381.

It says what `cii` says, in the other syntax EN 16931 knows; the tests read both back and compare.
"""

from decimal import Decimal

from kontor.office.books.formats.invoice import (
    PROCESS,
    ZERO,
    Address,
    Adjustment,
    Days,
    Invoice,
    Kind,
    Line,
    Note,
    Party,
    Payment,
    Profile,
    Totals,
    Vat,
    cents,
    plain,
)
from kontor.office.books.formats.xml_out import attribute, branch, joined, leaf
from kontor.rulebook.vat_rates import VatCategory

_COMMON = "urn:oasis:names:specification:ubl:schema:xsd:"


def ubl(invoice: Invoice, profile: Profile = Profile.XRECHNUNG) -> bytes:
    """
    Return the invoice as a UBL file in UTF-8, the same bytes for the same invoice.

    Raises UnwritableTextError for a character XML cannot hold and ValueError for an amount with a part of a cent.
    """
    root = "CreditNote" if invoice.kind == Kind.CANCELLATION else "Invoice"
    head = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_COMMON}{root}-2"'
        f' xmlns:cac="{_COMMON}CommonAggregateComponents-2" xmlns:cbc="{_COMMON}CommonBasicComponents-2">'
    )
    parts = (_document(invoice, profile, root), _references(invoice), _parties(invoice), _money(invoice))
    lines = (_line(line, invoice.currency, root) for line in invoice.lines)
    return joined((head, *parts, *lines, f"</{root}>\n")).encode()


def _document(invoice: Invoice, profile: Profile, root: str) -> str:
    due = invoice.due.isoformat() if invoice.due and root == "Invoice" else ""
    return joined(
        (
            leaf("cbc:CustomizationID", profile),
            leaf("cbc:ProfileID", PROCESS),
            leaf("cbc:ID", invoice.number),
            leaf("cbc:IssueDate", invoice.issued.isoformat()),
            leaf("cbc:DueDate", due),
            leaf(f"cbc:{root}TypeCode", invoice.kind),
            *(leaf("cbc:Note", _note(note)) for note in invoice.notes),
            leaf("cbc:DocumentCurrencyCode", invoice.currency),
            leaf("cbc:BuyerReference", invoice.buyer_reference),
        )
    )


def _note(note: Note) -> str:
    # UBL has no place for the subject; the binding of EN 16931 puts it in front.
    return f"#{note.subject}#{note.text}" if note.subject else note.text


def _references(invoice: Invoice) -> str:
    # An order reference needs an order's number; "NA" is what the standard's guide writes where only ours is known.
    order = invoice.order or ("NA" if invoice.sales_order else "")
    credit_note = invoice.kind == Kind.CANCELLATION
    project = "" if credit_note else branch("cac:ProjectReference", leaf("cbc:ID", invoice.project))
    document = branch(
        "cac:AdditionalDocumentReference", leaf("cbc:ID", invoice.project), leaf("cbc:DocumentTypeCode", "50")
    )
    return joined(
        (
            _period(invoice.period),
            branch("cac:OrderReference", leaf("cbc:ID", order), leaf("cbc:SalesOrderID", invoice.sales_order)),
            *(
                branch(
                    "cac:BillingReference",
                    branch(
                        "cac:InvoiceDocumentReference",
                        leaf("cbc:ID", each.number),
                        leaf("cbc:IssueDate", each.issued.isoformat()),
                    ),
                )
                for each in invoice.preceding
            ),
            branch("cac:ContractDocumentReference", leaf("cbc:ID", invoice.contract)),
            document if credit_note and invoice.project else "",
            project,
        )
    )


def _parties(invoice: Invoice) -> str:
    creditor = leaf("cbc:ID", invoice.payment.creditor_id if invoice.payment else "", ' schemeID="SEPA"')
    seller = _party(
        invoice.seller,
        branch("cac:PartyIdentification", creditor),
        _tax_scheme(invoice.seller.tax_number, "FC"),
        leaf("cbc:CompanyLegalForm", invoice.seller.legal_note),
    )
    delivered = leaf("cbc:ActualDeliveryDate", invoice.delivered.isoformat() if invoice.delivered else "")
    return joined(
        (
            branch("cac:AccountingSupplierParty", seller),
            branch("cac:AccountingCustomerParty", _party(invoice.buyer)),
            branch("cac:Delivery", delivered),
        )
    )


def _party(party: Party, creditor: str = "", tax_number: str = "", legal_note: str = "") -> str:
    contact = party.contact
    return branch(
        "cac:Party",
        leaf("cbc:EndpointID", party.electronic_address, attribute("schemeID", party.electronic_scheme)),
        branch("cac:PartyIdentification", leaf("cbc:ID", party.identifier)),
        creditor,
        branch("cac:PartyName", leaf("cbc:Name", party.trading_name)),
        _address(party.address),
        _tax_scheme(party.vat_id, "VAT"),
        tax_number,
        branch(
            "cac:PartyLegalEntity",
            leaf("cbc:RegistrationName", party.name),
            leaf("cbc:CompanyID", party.registration, attribute("schemeID", party.registration_scheme)),
            legal_note,
        ),
        branch(
            "cac:Contact",
            leaf("cbc:Name", contact.name),
            leaf("cbc:Telephone", contact.phone),
            leaf("cbc:ElectronicMail", contact.email),
        )
        if contact
        else "",
    )


def _tax_scheme(number: str, scheme: str) -> str:
    if not number:
        return ""
    return branch("cac:PartyTaxScheme", leaf("cbc:CompanyID", number), branch("cac:TaxScheme", leaf("cbc:ID", scheme)))


def _address(address: Address) -> str:
    street, addition, second = (*address.lines, "", "", "")[:3]
    return branch(
        "cac:PostalAddress",
        leaf("cbc:StreetName", street),
        leaf("cbc:AdditionalStreetName", addition),
        leaf("cbc:CityName", address.city),
        leaf("cbc:PostalZone", address.post_code),
        leaf("cbc:CountrySubentity", address.subdivision),
        branch("cac:AddressLine", leaf("cbc:Line", second)),
        branch("cac:Country", leaf("cbc:IdentificationCode", address.country)),
    )


def _money(invoice: Invoice) -> str:
    currency = attribute("currencyID", invoice.currency)
    return joined(
        (
            _means(invoice.payment, invoice) if invoice.payment else "",
            branch("cac:PaymentTerms", leaf("cbc:Note", invoice.terms)),
            *(_adjustment(each, "false", currency) for each in invoice.allowances),
            *(_adjustment(each, "true", currency) for each in invoice.charges),
            branch(
                "cac:TaxTotal",
                leaf("cbc:TaxAmount", cents(invoice.totals.vat), currency),
                *(_vat(vat, currency) for vat in invoice.vat),
            ),
            _totals(invoice.totals, currency),
        )
    )


def _means(payment: Payment, invoice: Invoice) -> str:
    due = invoice.due.isoformat() if invoice.due and invoice.kind == Kind.CANCELLATION else ""
    bank = branch("cac:FinancialInstitutionBranch", leaf("cbc:ID", payment.bic))
    account = (leaf("cbc:ID", payment.iban), leaf("cbc:Name", payment.account_name), bank)
    return branch(
        "cac:PaymentMeans",
        leaf("cbc:PaymentMeansCode", payment.means),
        leaf("cbc:PaymentDueDate", due),
        leaf("cbc:PaymentID", payment.reference),
        branch("cac:PayeeFinancialAccount", *account) if payment.iban else "",
        branch(
            "cac:PaymentMandate",
            leaf("cbc:ID", payment.mandate),
            branch("cac:PayerFinancialAccount", leaf("cbc:ID", payment.debtor_iban)),
        ),
    )


def _adjustment(adjustment: Adjustment, charge: str, currency: str) -> str:
    return branch(
        "cac:AllowanceCharge",
        leaf("cbc:ChargeIndicator", charge),
        leaf("cbc:AllowanceChargeReasonCode", adjustment.reason_code),
        leaf("cbc:AllowanceChargeReason", adjustment.reason),
        leaf("cbc:Amount", cents(adjustment.amount), currency),
        _rated("cac:TaxCategory", adjustment.category, adjustment.rate),
    )


def _rated(name: str, category: VatCategory, rate: Decimal | None) -> str:
    # BR-O-05: what lies outside the scope of VAT states no rate, not even zero.
    percent = "" if rate is None else plain(rate)
    return branch(name, leaf("cbc:ID", category), leaf("cbc:Percent", percent), _VAT_SCHEME)


def _vat(vat: Vat, currency: str) -> str:
    return branch(
        "cac:TaxSubtotal",
        leaf("cbc:TaxableAmount", cents(vat.taxable), currency),
        leaf("cbc:TaxAmount", cents(vat.tax), currency),
        branch(
            "cac:TaxCategory",
            leaf("cbc:ID", vat.category),
            # BR-DE-14 wants the rate in the breakdown even outside the scope of VAT, where it is zero.
            leaf("cbc:Percent", plain(vat.rate or ZERO)),
            leaf("cbc:TaxExemptionReasonCode", vat.reason_code),
            leaf("cbc:TaxExemptionReason", vat.reason),
            _VAT_SCHEME,
        ),
    )


def _totals(totals: Totals, currency: str) -> str:
    def unless_zero(name: str, amount: Decimal) -> str:
        return leaf(name, cents(amount), currency) if amount != ZERO else ""

    return branch(
        "cac:LegalMonetaryTotal",
        leaf("cbc:LineExtensionAmount", cents(totals.lines), currency),
        leaf("cbc:TaxExclusiveAmount", cents(totals.net), currency),
        leaf("cbc:TaxInclusiveAmount", cents(totals.gross), currency),
        unless_zero("cbc:AllowanceTotalAmount", totals.allowances),
        unless_zero("cbc:ChargeTotalAmount", totals.charges),
        unless_zero("cbc:PrepaidAmount", totals.prepaid),
        unless_zero("cbc:PayableRoundingAmount", totals.rounding),
        leaf("cbc:PayableAmount", cents(totals.due), currency),
    )


def _line(line: Line, currency_code: str, root: str) -> str:
    currency, unit = attribute("currencyID", currency_code), attribute("unitCode", line.unit)
    quantity = "cbc:CreditedQuantity" if root == "CreditNote" else "cbc:InvoicedQuantity"
    basis = "" if line.base_quantity == 1 else leaf("cbc:BaseQuantity", plain(line.base_quantity), unit)
    return branch(
        f"cac:{root}Line",
        leaf("cbc:ID", line.number),
        leaf("cbc:Note", line.note),
        leaf(quantity, plain(line.quantity), unit),
        leaf("cbc:LineExtensionAmount", cents(line.net), currency),
        _period(line.period),
        branch("cac:OrderLineReference", leaf("cbc:LineID", line.order_line)),
        branch(
            "cac:Item",
            leaf("cbc:Description", line.description),
            leaf("cbc:Name", line.name),
            branch("cac:SellersItemIdentification", leaf("cbc:ID", line.seller_item)),
            _rated("cac:ClassifiedTaxCategory", line.category, line.rate),
        ),
        branch("cac:Price", leaf("cbc:PriceAmount", plain(line.price), currency), basis),
    )


def _period(period: Days | None) -> str:
    if period is None:
        return ""
    days = leaf("cbc:StartDate", period.first.isoformat()), leaf("cbc:EndDate", period.last.isoformat())
    return branch("cac:InvoicePeriod", *days)


_VAT_SCHEME = branch("cac:TaxScheme", leaf("cbc:ID", "VAT"))
