"""
An invoice as EN 16931 sees it: the one model that the CII, UBL and PDF writers print and the readers give back.

Amounts are `Decimal` with at most two places, unit prices and quantities exact decimals of any length, periods closed
(first and last day); outside the scope of VAT (O) a rate is None. The business terms of the standard stand behind each
field. Nothing here computes or decides: amounts come from the rulebook, and `exact` proves them on the finished file.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kontor.rulebook.vat_rates import VatCategory

ZERO = Decimal(0)


def from_minor(minor: int) -> Decimal:
    """
    Return an amount in cents as the standard writes it.

    >>> from_minor(169909)
    Decimal('1699.09')
    """
    return Decimal(minor).scaleb(-2)


class Profile(StrEnum):
    """Which rule set a file promises to keep, BT-24."""

    XRECHNUNG = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
    FACTUR_X = "urn:cen.eu:en16931:2017"


PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"  # BT-23, the billing process XRechnung names


class Kind(StrEnum):
    """The document's type, BT-3 (UNTDID 1001)."""

    INVOICE = "380"
    CANCELLATION = "381"
    CORRECTION = "384"


class Means(StrEnum):
    """How the invoice is paid, BT-81 (UNTDID 4461)."""

    CREDIT_TRANSFER = "30"
    SEPA_CREDIT_TRANSFER = "58"
    SEPA_DIRECT_DEBIT = "59"


@dataclass(frozen=True, slots=True)
class Days:
    """A closed span of days: BT-73/BT-74 for the invoice, BT-134/BT-135 for a line."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Address:
    """BG-5, BG-8. `lines` holds at most three: street, addition, second addition."""

    lines: tuple[str, ...]
    post_code: str
    city: str
    country: str
    subdivision: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """BG-6, BG-9."""

    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Party:
    """
    The buyer (BG-7), and what the seller has in common with it.

    electronic_address / electronic_scheme   BT-34, BT-49; the scheme is "EM" for an e-mail address
    registration / registration_scheme       BT-30, BT-47, as the register counts: "HRB 12345"; scheme of ISO 6523 or ""
    """

    name: str
    address: Address
    vat_id: str = ""
    trading_name: str = ""
    identifier: str = ""
    registration: str = ""
    registration_scheme: str = ""
    electronic_address: str = ""
    electronic_scheme: str = "EM"
    contact: Contact | None = None


@dataclass(frozen=True, slots=True)
class Seller(Party):
    """
    The seller (BG-4).

    tax_number   BT-32, the number at the tax office
    legal_note   BT-33, what the law wants on a business letter (register, directors)
    """

    tax_number: str = ""
    legal_note: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """BG-1: free text, with its subject by UNTDID 4451 where one fits ("REG", "AAI", "PMT")."""

    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """BG-3: an earlier invoice by number and date."""

    number: str
    issued: date


@dataclass(frozen=True, slots=True)
class Line:
    """
    BG-25. `net` (BT-131) is quantity × price ÷ base quantity, rounded once, half away from zero.

    unit   UN/ECE Recommendation 20: MON month, ANN year, DAY, HUR hour, C62 one, H87 piece, E34 gigabyte
    note   BT-127: the clause the line rests on
    """

    number: str
    name: str
    quantity: Decimal
    unit: str
    price: Decimal
    net: Decimal
    category: VatCategory
    rate: Decimal | None
    description: str = ""
    note: str = ""
    period: Days | None = None
    base_quantity: Decimal = Decimal(1)
    seller_item: str = ""
    order_line: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """BG-20 or BG-21: an allowance or charge on the whole document; the amount is positive in both."""

    amount: Decimal
    reason: str
    category: VatCategory
    rate: Decimal | None
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Vat:
    """BG-23: one per category and rate. `reason` and `reason_code` (VATEX-…) where no tax is charged."""

    category: VatCategory
    rate: Decimal | None
    taxable: Decimal
    tax: Decimal
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """
    BG-22 as it adds up.

    lines (BT-106) − allowances (BT-107) + charges (BT-108) = net (BT-109); net + vat (BT-110) = gross (BT-112);
    gross − prepaid (BT-113) + rounding (BT-114) = due (BT-115).
    """

    lines: Decimal
    net: Decimal
    vat: Decimal
    gross: Decimal
    due: Decimal
    allowances: Decimal = ZERO
    charges: Decimal = ZERO
    prepaid: Decimal = ZERO
    rounding: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Payment:
    """
    BG-16. A transfer names the payee's account (BT-84 to BT-86) and nothing of a mandate; a direct debit names mandate
    (BT-89), creditor id (BT-90) and debtor's account (BT-91) and no account of the payee.

    reference  BT-83, what the payer should write
    """

    means: Means
    iban: str = ""
    bic: str = ""
    account_name: str = ""
    reference: str = ""
    mandate: str = ""
    creditor_id: str = ""
    debtor_iban: str = ""


@dataclass(frozen=True, slots=True)
class Invoice:
    """
    The document.

    buyer_reference  BT-10, a Leitweg-ID for public buyers; XRechnung wants it from everyone
    delivered        BT-72, where one day says more than a period
    """

    number: str
    issued: date
    kind: Kind
    currency: str
    seller: Seller
    buyer: Party
    lines: tuple[Line, ...]
    vat: tuple[Vat, ...]
    totals: Totals
    payment: Payment | None = None
    due: date | None = None
    terms: str = ""
    period: Days | None = None
    delivered: date | None = None
    buyer_reference: str = ""
    contract: str = ""
    order: str = ""
    sales_order: str = ""
    project: str = ""
    notes: tuple[Note, ...] = ()
    preceding: tuple[Reference, ...] = ()
    allowances: tuple[Adjustment, ...] = ()
    charges: tuple[Adjustment, ...] = ()


def plain(value: Decimal) -> str:
    """
    Return a quantity, price or rate without exponent and trailing zeros.

    >>> plain(Decimal("0.00350")), plain(Decimal("1E+2")), plain(Decimal("19.0"))
    ('0.0035', '100', '19')
    """
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def cents(amount: Decimal) -> str:
    """
    Return an amount with exactly two places; one that holds a part of a cent raises ValueError.

    >>> cents(Decimal("5")), cents(Decimal("-0.10"))
    ('5.00', '-0.10')
    """
    text = f"{amount:.2f}"
    if Decimal(text) != amount:
        raise ValueError(f"{amount} has a part of a cent; amounts are rounded before they are written.")
    return text
