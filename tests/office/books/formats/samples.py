"""Invoices with every amount reckoned by hand, one per situation the formats must carry."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

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
from kontor.rulebook.vat_rates import VatCategory

S, AE, OUTSIDE = VatCategory.STANDARD, VatCategory.REVERSE_CHARGE, VatCategory.OUTSIDE
QUARTER = Days(date(2026, 11, 1), date(2027, 1, 31))

SELLER = Seller(
    name="Nordkai Software GmbH",
    address=Address(("Nordkai 7", "Haus B", "3. Stock"), "20457", "Hamburg", "DE"),
    vat_id="DE300000001",
    tax_number="22/456/78901",
    trading_name="Nordkai",
    registration="HRB 123456",
    legal_note="Amtsgericht Hamburg, HRB 123456",
    electronic_address="rechnung@nordkai.example",
    contact=Contact("Marit Behn", "+49 40 1234567", "rechnung@nordkai.example"),
)
BUYER = Party(
    name="Weserwerk & Söhne <Anlagenbau> GmbH",
    address=Address(("Hafenrandstraße 12",), "28237", "Bremen", "DE"),
    identifier="K-1044",
    electronic_address="eingang@weserwerk.example",
)
ABROAD = replace(
    BUYER,
    name="Donauwerk GmbH",
    address=Address(("Kai 4",), "1020", "Wien", "AT"),
    vat_id="ATU12345675",
    electronic_address="eingang@donauwerk.example",
)
TRANSFER = Payment(
    Means.SEPA_CREDIT_TRANSFER,
    iban="DE02120300000000202051",
    bic="BYLADEM1001",
    account_name="Nordkai Software GmbH",
    reference="2026-1284",
)
DEBIT = Payment(
    Means.SEPA_DIRECT_DEBIT,
    reference="2026-1284",
    mandate="M-2025-0208",
    creditor_id="DE98ZZZ09999999999",
    debtor_iban="DE02120300000000202051",
)


def line(
    number: str,
    quantity: str,
    price: str,
    net: str,
    *,
    rate: str | None = "19",
    category: VatCategory = S,
    unit: str = "MON",
) -> Line:
    return Line(
        number=number,
        name=f"Besucher, Standort {number}",
        quantity=Decimal(quantity),
        unit=unit,
        price=Decimal(price),
        net=Decimal(net),
        category=category,
        rate=None if rate is None else Decimal(rate),
        description="Anmeldung und Terminal",
        note="Ziff. 7.2",
        period=QUARTER,
        seller_item="VIS-1",
    )


def totals(net: str, vat: str, gross: str) -> Totals:
    return Totals(lines=Decimal(net), net=Decimal(net), vat=Decimal(vat), gross=Decimal(gross), due=Decimal(gross))


def domestic() -> Invoice:
    """3 × 189.00 = 567.00 and 18 × 14.00 = 252.00; 819.00 × 19 % = 155.61; 974.61."""
    return Invoice(
        number="2026-1284",
        issued=date(2026, 11, 2),
        kind=Kind.INVOICE,
        currency="EUR",
        seller=SELLER,
        buyer=BUYER,
        lines=(line("1", "3", "189.00", "567.00"), line("2", "18", "14.00", "252.00", unit="H87")),
        vat=(Vat(S, Decimal(19), Decimal("819.00"), Decimal("155.61")),),
        totals=totals("819.00", "155.61", "974.61"),
        payment=TRANSFER,
        due=date(2026, 11, 17),
        terms="Zahlbar innerhalb von 14 Kalendertagen nach Zugang.",
        period=QUARTER,
        buyer_reference="WW-4500-0187",
        contract="V-2025-0208",
        order="B-77",
        sales_order="AB-2026-0088",
        notes=(Note("Geschäftsführung: Dr. Marit Behn", "REG"), Note("Vielen Dank.")),
    )


def mixed_rates() -> Invoice:
    """567.00 × 19 % = 107.73; 252.00 × 7 % = 17.64; 819.00 + 125.37 = 944.37."""
    return replace(
        domestic(),
        lines=(line("1", "3", "189.00", "567.00"), line("2", "18", "14.00", "252.00", rate="7", unit="H87")),
        vat=(
            Vat(S, Decimal(19), Decimal("567.00"), Decimal("107.73")),
            Vat(S, Decimal(7), Decimal("252.00"), Decimal("17.64")),
        ),
        totals=totals("819.00", "125.37", "944.37"),
    )


def reverse_charge() -> Invoice:
    """A service to a business in Austria: category AE, rate 0, both VAT ids, the reason."""
    reason = "Steuerschuldnerschaft des Leistungsempfängers"
    return replace(
        domestic(),
        buyer=ABROAD,
        lines=(line("1", "3", "189.00", "567.00", rate="0", category=AE),),
        vat=(Vat(AE, Decimal(0), Decimal("567.00"), Decimal("0.00"), reason, "VATEX-EU-AE"),),
        totals=totals("567.00", "0.00", "567.00"),
    )


def outside_scope() -> Invoice:
    """A service to a business in Norway: category O, no rate, no VAT ids (BR-O-02), the reason."""
    return replace(
        domestic(),
        seller=replace(SELLER, vat_id=""),
        buyer=replace(ABROAD, vat_id="", address=Address(("Kai 4",), "0150", "Oslo", "NO")),
        lines=(line("1", "3", "189.00", "567.00", rate=None, category=OUTSIDE),),
        vat=(Vat(OUTSIDE, None, Decimal("567.00"), Decimal("0.00"), "Nicht steuerbar in Deutschland", "VATEX-EU-O"),),
        totals=totals("567.00", "0.00", "567.00"),
    )


def direct_debit() -> Invoice:
    return replace(domestic(), payment=DEBIT, terms="Wir ziehen am 17.11.2026 ein.")


def cancellation() -> Invoice:
    """The whole invoice taken back: 381, positive amounts, the original's number, date and rate."""
    return replace(
        domestic(),
        number="2026-1301",
        kind=Kind.CANCELLATION,
        preceding=(Reference("2026-1284", date(2026, 11, 2)),),
    )


def correction() -> Invoice:
    return replace(cancellation(), kind=Kind.CORRECTION)


def public_buyer() -> Invoice:
    """A public buyer is addressed by its Leitweg-ID, also as electronic address (scheme 0204)."""
    office = replace(BUYER, name="Stadt Bremen", electronic_address="04011000-1234512345-35", electronic_scheme="0204")
    return replace(domestic(), buyer=office, buyer_reference="04011000-1234512345-35", project="P-9")


def credited_and_prepaid() -> Invoice:
    """819.00 − 20.00 credit + 5.00 charge = 804.00; × 19 % = 152.76; 956.76 − 100.00 paid = 856.76."""
    return replace(
        domestic(),
        vat=(Vat(S, Decimal(19), Decimal("804.00"), Decimal("152.76")),),
        totals=Totals(
            lines=Decimal("819.00"),
            net=Decimal("804.00"),
            vat=Decimal("152.76"),
            gross=Decimal("956.76"),
            due=Decimal("856.76"),
            allowances=Decimal("20.00"),
            charges=Decimal("5.00"),
            prepaid=Decimal("100.00"),
        ),
        allowances=(Adjustment(Decimal("20.00"), "Gutschrift Verfügbarkeit Oktober", S, Decimal(19), "100"),),
        charges=(Adjustment(Decimal("5.00"), "Versand", S, Decimal(19), "FC"),),
    )


def fine_prices() -> Invoice:
    """12,501 mails × 0.0035 = 43.7535 → 43.75; 3 pieces at 10.00 per 1,000 = 0.03; 43.78 × 19 % = 8.3182 → 8.32."""
    per_thousand = replace(line("2", "3", "10.00", "0.03", unit="H87"), base_quantity=Decimal(1000))
    return replace(
        domestic(),
        lines=(line("1", "12501", "0.0035", "43.75", unit="H87"), per_thousand),
        vat=(Vat(S, Decimal(19), Decimal("43.78"), Decimal("8.32")),),
        totals=totals("43.78", "8.32", "52.10"),
    )


def small_lines() -> Invoice:
    """3 × 0.13 = 0.39 net; VAT once over all: 0.39 × 19 % = 0.0741 → 0.07, per line it would be 3 × 0.02 = 0.06."""
    return replace(
        domestic(),
        lines=tuple(line(str(at), "1", "0.13", "0.13") for at in (1, 2, 3)),
        vat=(Vat(S, Decimal(19), Decimal("0.39"), Decimal("0.07")),),
        totals=totals("0.39", "0.07", "0.46"),
    )


EVERY = {
    each.__name__: each
    for each in (
        domestic,
        mixed_rates,
        reverse_charge,
        outside_scope,
        direct_debit,
        cancellation,
        correction,
        public_buyer,
        credited_and_prepaid,
        fine_prices,
        small_lines,
    )
}
