"""What an invoice adds up to."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.money import CurrencyMismatchError, Money
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause
from kontor.rulebook.tax import MixedVatError
from kontor.rulebook.totals import Adjustment, Line, LineAdjustment, invoice_totals, line_net, net_of_gross
from kontor.rulebook.totals_check import check_totals
from kontor.rulebook.vat_rates import VatCategory

S = VatCategory.STANDARD
NET = Clause("visitor", "7.3")


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def line(quantity: str, price: str, *, base: str = "1", category: VatCategory = S, percent: str | None = "19") -> Line:
    return Line(
        quantity=Decimal(quantity),
        unit_price=Decimal(price),
        base_quantity=Decimal(base),
        category=category,
        percent=None if percent is None else Decimal(percent),
    )


@pytest.mark.requirement("FW-046")
def test_a_monthly_fee_and_a_terminal_with_german_vat():
    assert invoice_totals([line("1", "300")], currency="EUR").value.payable == euro("357.00")
    assert invoice_totals([line("1", "1000")], currency="EUR").value.payable == euro("1190.00")


@pytest.mark.requirement("AP-031")
def test_travel_costs_are_added_and_taxed():
    lines = [line("1", "1000", percent="20"), line("1", "80", percent="20")]
    assert invoice_totals(lines, currency="EUR").value.payable == euro("1296.00")


@pytest.mark.requirement("SO-047")
def test_the_base_fee_is_the_sum_of_users_times_plan():
    totals = invoice_totals([line("10", "60"), line("5", "80")], currency="EUR").value
    assert (totals.lines, totals.net) == ((euro("600.00"), euro("400.00")), euro("1000.00"))


@pytest.mark.trap(22)
@pytest.mark.parametrize(
    ("quantity", "price", "vat"),
    [("3", "0.13", "0.07"), ("37", "9.99", "70.23")],
)
def test_vat_is_rounded_once_per_category_not_per_line(quantity: str, price: str, vat: str):
    # 3 x 0.13 = 0.39, 19 % = 0.0741; per line 0.0247 -> 0.02 x 3 = 0.06
    # 37 x 9.99 = 369.63, 19 % = 70.2297; per line 1.8981 -> 1.90 x 37 = 70.30
    single = [line("1", price)] * int(quantity)
    totals = invoice_totals(single, currency="EUR").value
    assert totals.vat == euro(vat)
    check_totals(single, totals)


@pytest.mark.trap(23)
def test_the_chain_from_the_lines_to_the_amount_due():
    lines = [
        Line(
            quantity=Decimal(10),
            unit_price=Decimal("10.00"),
            adjustments=(LineAdjustment(euro("5.00")), LineAdjustment(euro("1.50"), charge=True)),
            category=S,
            percent=Decimal(19),
        ),
        line("2", "50.00", percent="7"),
    ]
    adjustments = [
        Adjustment(amount=euro("20.00"), category=S, percent=Decimal("19.00")),
        Adjustment(amount=euro("4.00"), charge=True, category=S, percent=Decimal(7)),
    ]
    ruling = invoice_totals(
        lines,
        currency="EUR",
        adjustments=adjustments,
        prepaid=euro("50.00"),
        rounding=euro("-0.02"),
        clauses=[NET],
    )
    totals = ruling.value
    assert totals.lines == (euro("96.50"), euro("100.00"))
    assert totals.line_total == euro("196.50")
    assert (totals.allowances, totals.charges, totals.net) == (euro("20.00"), euro("4.00"), euro("180.50"))
    # 19 %: 96.50 - 20.00 = 76.50 -> 14.535 -> 14.54; 7 %: 100.00 + 4.00 = 104.00 -> 7.28
    assert [(entry.percent, entry.taxable, entry.tax) for entry in totals.breakdown] == [
        (19, euro("76.50"), euro("14.54")),
        (7, euro("104.00"), euro("7.28")),
    ]
    assert (totals.vat, totals.gross) == (euro("21.82"), euro("202.32"))
    assert (totals.prepaid, totals.rounding, totals.payable) == (euro("50.00"), euro("-0.02"), euro("152.30"))
    check_totals(lines, totals, adjustments=adjustments)
    assert ruling.clauses == (NET,)
    assert ruling.inputs == (("currency", "EUR"), ("lines", "2"), ("adjustments", "2"))
    assert [step.en for step in ruling.working] == [
        "10 × €10.00 = €96.50",
        "2 × €50.00 = €100.00",
        "19 % of €76.50 = €14.54",
        "7 % of €104.00 = €7.28",
        "Net €180.50 + VAT €21.82 = €202.32; payable €152.30",
    ]


@pytest.mark.trap(25)
def test_vat_is_taken_out_of_a_gross_amount_and_the_net_is_kept():
    ruling = net_of_gross(euro("100.00"), Decimal(19))
    assert ruling.value == (euro("84.03"), euro("15.97"))
    assert ruling.working[0] == (
        "100,00 € enthalten 19 % Umsatzsteuer: netto 84,03 €, Steuer 15,97 €.",
        "€100.00 includes 19 % VAT: net €84.03, VAT €15.97.",
    )


@pytest.mark.trap(26)
def test_a_negative_half_goes_away_from_zero():
    taken_back = [line("-1", "7612.50")]
    totals = invoice_totals(taken_back, currency="EUR").value
    # -7612.50 x 19 % = -1446.375
    assert totals.vat == euro("-1446.38")
    check_totals(taken_back, totals)


@pytest.mark.trap(31)
def test_a_unit_price_with_many_decimals_and_a_base_quantity():
    # 12,345 mails at 0.0035 = 43.2075; 20 days of 31 at 49.90 = 32.1935…
    assert line_net(line("12345", "0.0035"), "EUR") == euro("43.21")
    assert line_net(line("20", "49.90", base="31"), "EUR") == euro("32.19")
    ruling = invoice_totals([line("20", "49.90", base="31")], currency="EUR")
    assert ruling.working[0] == ("20 × 49,90 € / 31 = 32,19 €", "20 × €49.90 / 31 = €32.19")


def test_untaxed_categories_have_a_breakdown_without_tax():
    reverse = invoice_totals([line("1", "100", category=VatCategory.REVERSE_CHARGE, percent="0")], currency="EUR").value
    assert [(entry.category, entry.percent, entry.tax) for entry in reverse.breakdown] == [("AE", 0, euro("0"))]
    outside = invoice_totals([line("1", "100", category=VatCategory.OUTSIDE, percent=None)], currency="EUR").value
    assert [(entry.category, entry.percent, entry.taxable) for entry in outside.breakdown] == [("O", None, euro("100"))]
    assert outside.payable == euro("100")


@pytest.mark.trap(29)
def test_outside_the_scope_stands_alone():
    mixed = [line("1", "1"), line("1", "1", category=VatCategory.OUTSIDE, percent=None)]
    with pytest.raises(MixedVatError):
        invoice_totals(mixed, currency="EUR")
    with pytest.raises(MixedVatError):
        invoice_totals(
            [line("1", "1", category=VatCategory.OUTSIDE, percent=None)],
            currency="EUR",
            adjustments=[Adjustment(amount=euro("1"), category=S, percent=Decimal(19))],
        )


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ([], "An invoice has at least one line."),
        ([line("1", "-1")], "A unit price is not negative and is for a quantity above zero; what is taken back has a"),
        ([line("1", "1", base="0")], "A unit price is not negative and is for a quantity above zero; what is taken"),
        ([line("1", "1", percent="0")], "The VAT rate 0 % does not fit category S."),
        ([line("1", "1", percent=None)], "The VAT rate – does not fit category S."),
        (
            [line("1", "1", category=VatCategory.REVERSE_CHARGE, percent="19")],
            "The VAT rate 19 % does not fit category AE.",
        ),
        ([line("1", "1", category=VatCategory.OUTSIDE, percent="0")], "The VAT rate 0 % does not fit category O."),
    ],
)
def test_unsound_invoices_are_refused(lines: list[Line], sentence: str):
    with pytest.raises(RefusalError) as refused:
        invoice_totals(lines, currency="EUR")
    assert refused.value.text.en[: len(sentence)] == sentence


def test_negative_adjustments_and_foreign_currencies_are_refused():
    negative = Line(
        quantity=Decimal(1),
        unit_price=Decimal(1),
        adjustments=(LineAdjustment(euro("-1")),),
        category=S,
        percent=Decimal(19),
    )
    with pytest.raises(RefusalError, match=r"An allowance or charge is not negative\."):
        invoice_totals([negative], currency="EUR")
    with pytest.raises(CurrencyMismatchError):
        invoice_totals([line("1", "1")], currency="EUR", prepaid=Money.parse("1", "NOK"))


lines_of_invoices = st.lists(
    st.builds(
        Line,
        quantity=st.decimals(min_value=-999, max_value=9999, places=3),
        unit_price=st.decimals(min_value=0, max_value=9999, places=4),
        base_quantity=st.integers(min_value=1, max_value=366).map(Decimal),
        category=st.just(S),
        percent=st.sampled_from([Decimal(19), Decimal("19.0"), Decimal(7), Decimal("5.5"), Decimal("2.1")]),
    ),
    min_size=1,
    max_size=12,
)


@given(lines=lines_of_invoices, prepaid=st.integers(min_value=0, max_value=10**6))
def test_whatever_is_sold_the_chain_holds_and_the_second_reckoning_agrees(lines: list[Line], prepaid: int):
    totals = invoice_totals(lines, currency="EUR", prepaid=Money("EUR", prepaid)).value
    check_totals(lines, totals)
    assert Money.total((entry.taxable for entry in totals.breakdown), "EUR") == totals.net
    for entry in totals.breakdown:
        assert abs(entry.tax.minor - entry.taxable.minor * Fraction(entry.percent or 0) / 100) <= Fraction(1, 2)
    assert totals.payable + totals.prepaid == totals.net + totals.vat
