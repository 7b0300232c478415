"""The VAT category of a supply to a business."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook import terms
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.tax import (
    Exemption,
    MixedVatError,
    Supply,
    SupplyKind,
    VatTreatment,
    apart,
    refuse_mixture,
    vat_treatment,
)
from kontor.rulebook.vat_rates import VatCategory, VatLaw
from tests.rulebook.vat_law import (
    DELIVERY_DE,
    DIRECTIVE,
    EXPORT_DE,
    FRANCE,
    GERMANY,
    PLACE_DE,
    PLACE_FR,
    REVERSE_DE,
    STANDARD_DE,
    ZERO_DE,
)

DAY = date(2026, 3, 1)


def sold(
    buyer: str, number: str | None = None, *, kind: SupplyKind = SupplyKind.SERVICE, seller: str | None = "DE123456789"
) -> Supply:
    return Supply(kind=kind, seller_vat_id=seller, buyer_country=buyer, buyer_vat_id=number, on=DAY)


def test_at_home_the_countrys_rate_applies_with_or_without_numbers():
    ruling = vat_treatment(sold("DE", seller=None), law=GERMANY)
    assert ruling.value == VatTreatment(VatCategory.STANDARD, Decimal(19))
    assert ruling.clauses == (STANDARD_DE,)
    assert ruling.inputs == (
        ("seller_country", "DE"),
        ("buyer_country", "DE"),
        ("buyer_vat_id", ""),
        ("supplied", "2026-03-01"),
        ("kind", "service"),
        ("rate", "standard"),
    )
    assert ruling.working[-1] == (
        "Verkäufer und Käufer sitzen in DE; es gilt der Satz des Landes.",
        "Seller and buyer are in DE; the country's rate applies.",
    )
    assert vat_treatment(sold("MC", seller=None), law=FRANCE).value == VatTreatment(VatCategory.STANDARD, Decimal(20))


def test_a_rate_of_nought_is_its_own_category():
    zero = Supply(kind=SupplyKind.GOODS, seller_vat_id=None, buyer_country="DE", on=DAY, rate="zero")
    ruling = vat_treatment(zero, law=GERMANY)
    assert (ruling.value, ruling.clauses) == (VatTreatment(VatCategory.ZERO, Decimal(0)), (ZERO_DE,))


def test_an_exemption_at_home_names_its_section_and_its_sentence():
    training = Exemption(
        Clause("law-de", "UStG § 4 Nr. 21"),
        Text("Steuerfreie Schulungsleistung", "Exempt training"),
    )
    taught = Supply(kind=SupplyKind.SERVICE, seller_vat_id=None, buyer_country="DE", on=DAY, exempt=training)
    ruling = vat_treatment(taught, law=GERMANY)
    assert ruling.value == VatTreatment(VatCategory.EXEMPT, Decimal(0), None, training.reason)
    assert ruling.clauses == (training.clause,)


@pytest.mark.trap(28)
def test_a_service_to_a_business_in_the_union_is_reverse_charged():
    ruling = vat_treatment(sold("FR", "FR40303265045"), law=GERMANY)
    assert ruling.value == VatTreatment(
        VatCategory.REVERSE_CHARGE,
        Decimal(0),
        "VATEX-EU-AE",
        Text("Steuerschuldnerschaft des Leistungsempfängers", "Reverse charge"),
    )
    assert ruling.clauses == (DIRECTIVE, PLACE_DE, REVERSE_DE)
    french = Supply(
        kind=SupplyKind.SERVICE,
        seller_vat_id="FR40303265045",
        buyer_country="DE",
        buyer_vat_id="DE123456789",
        on=DAY,
    )
    other_way = vat_treatment(french, law=FRANCE)
    assert other_way.clauses == (PLACE_FR,)
    assert other_way.value.reason == (
        "Steuerschuldnerschaft des Leistungsempfängers (Autoliquidation)",
        "Reverse charge (autoliquidation)",
    )


@pytest.mark.trap(28)
@pytest.mark.parametrize(
    ("supply", "sentence"),
    [
        (sold("FR"), "An invoice without VAT to FR needs the VAT identification number of the buyer."),
        (
            sold("FR", "FR40303265045", seller=None),
            "An invoice without VAT to FR needs the VAT identification number of the seller.",
        ),
        (sold("FR", "CHE123456"), "“CHE123456” is no VAT identification number of FR; it begins with FR."),
        (
            sold("FR", "FR40303265045", seller="FR40303265045"),
            "“FR40303265045” is no VAT identification number of DE; it begins with DE.",
        ),
    ],
)
def test_reverse_charge_needs_both_numbers(supply: Supply, sentence: str):
    with pytest.raises(RefusalError) as refused:
        vat_treatment(supply, law=GERMANY)
    assert refused.value.text.en == sentence


def test_goods_to_the_union_are_exempt_and_out_of_it_exported():
    inside = vat_treatment(sold("FR", "FR40303265045", kind=SupplyKind.GOODS), law=GERMANY)
    assert (inside.value.category, inside.value.percent, inside.value.reason_code) == ("K", 0, "VATEX-EU-IC")
    assert inside.clauses == (DELIVERY_DE,)
    outside = vat_treatment(sold("CH", kind=SupplyKind.GOODS), law=GERMANY)
    assert (outside.value.category, outside.value.percent, outside.value.reason_code) == ("G", 0, "VATEX-EU-G")
    assert outside.clauses == (EXPORT_DE,)


@pytest.mark.trap(29)
def test_a_service_beyond_the_union_is_outside_the_scope_and_has_no_rate():
    ruling = vat_treatment(sold("NO", "NO123456789MVA"), law=GERMANY)
    assert ruling.value == VatTreatment(
        VatCategory.OUTSIDE, None, "VATEX-EU-O", Text("Nicht steuerbare Leistung", "Outside the scope of VAT")
    )
    assert ruling.clauses == (PLACE_DE,)
    assert vat_treatment(sold("GB"), law=FRANCE).clauses == (PLACE_FR,)


def test_the_united_kingdom_was_inside_until_the_end_of_2020():
    before = Supply(
        kind=SupplyKind.SERVICE,
        seller_vat_id="DE123456789",
        buyer_country="GB",
        buyer_vat_id="GB123456789",
        on=date(2020, 12, 31),
    )
    assert vat_treatment(before, law=GERMANY).value.category is VatCategory.REVERSE_CHARGE
    after = Supply(kind=SupplyKind.SERVICE, seller_vat_id=None, buyer_country="GB", on=date(2021, 1, 1))
    assert vat_treatment(after, law=GERMANY).value.category is VatCategory.OUTSIDE


def test_a_seller_whose_law_is_not_known_is_refused():
    with pytest.raises(RefusalError, match="No VAT law is known here for sellers in NO"):
        vat_treatment(sold("DE"), law=VatLaw(country="NO", rates=()))


@pytest.mark.parametrize(
    ("country", "seller", "buyer", "number", "grounds"),
    [
        ("de", "DE123456789", "FR", "FR40303265045", ["Art. 196 RL 2006/112/EG", "UStG § 3a (2)", "UStG § 13b (5)"]),
        ("fr", "FR40303265045", "DE", "DE123456789", ["Art. 196 RL 2006/112/EG", "CGI art. 259", "CGI art. 283 (2)"]),
        ("de", None, "CH", None, ["UStG § 3a (2)"]),
        ("fr", None, "CH", None, ["CGI art. 259"]),
        ("de", None, "DE", None, ["UStG § 12 (1)"]),
        ("fr", None, "FR", None, ["CGI art. 278"]),
    ],
)
def test_the_law_packs_name_the_sections(
    country: str, seller: str | None, buyer: str, number: str | None, grounds: list[str]
):
    supply = Supply(
        kind=SupplyKind.SERVICE, seller_vat_id=seller, buyer_country=buyer, buyer_vat_id=number, on=date(2026, 3, 1)
    )
    ruling = vat_treatment(supply, law=VatLaw.of(terms.law(country)))
    assert [clause.number for clause in ruling.clauses] == grounds


@pytest.mark.trap(29)
def test_outside_the_scope_shares_no_invoice():
    with pytest.raises(MixedVatError) as refused:
        refuse_mixture([VatCategory.STANDARD, VatCategory.OUTSIDE, VatCategory.EXEMPT])
    assert refused.value.text.en == "Supplies outside the scope (O) cannot share an invoice with others (E, S)."
    refuse_mixture([VatCategory.OUTSIDE, VatCategory.OUTSIDE])
    refuse_mixture([VatCategory.STANDARD, VatCategory.REVERSE_CHARGE])
    refuse_mixture([])


@given(st.lists(st.sampled_from(VatCategory), max_size=12))
def test_a_mixed_order_is_split_into_invoices_that_hold(categories: list[VatCategory]):
    groups = apart(categories)
    assert sorted(place for group in groups for place in group) == list(range(len(categories)))
    for group in groups:
        refuse_mixture(categories[place] for place in group)
