"""The second reckoning finds every cent."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook.money import Money
from kontor.rulebook.totals import Adjustment, Line, LineAdjustment, Totals, VatShare, invoice_totals
from kontor.rulebook.totals_check import Deviation, TotalsError, check_totals, deviations
from kontor.rulebook.vat_rates import VatCategory

S = VatCategory.STANDARD
FIELDS = ("line_total", "allowances", "charges", "net", "vat", "gross", "prepaid", "rounding", "payable")


def euro(amount: str) -> Money:
    return Money.parse(amount, "EUR")


LINES = [
    Line(quantity=Decimal(1), unit_price=Decimal("841.47"), category=S, percent=Decimal(19)),
    Line(
        quantity=Decimal(3),
        unit_price=Decimal("0.0035"),
        adjustments=(LineAdjustment(euro("0.50"), charge=True),),
        category=S,
        percent=Decimal(7),
    ),
]
ADJUSTMENTS = [Adjustment(amount=euro("0.10"), category=S, percent=Decimal(7))]
GOOD = invoice_totals(LINES, currency="EUR", adjustments=ADJUSTMENTS, prepaid=euro("100.00")).value


def found(totals: Totals) -> list[tuple[str, str]]:
    return [(entry.term, entry.rule) for entry in deviations(LINES, totals, adjustments=ADJUSTMENTS)]


@pytest.mark.trap(24)
def test_a_euro_of_vat_that_the_official_rules_accept_is_refused():
    share = replace(GOOD.breakdown[0], tax=euro("160.88"))
    assert GOOD.breakdown[0].tax == euro("159.88")
    shifted = replace(
        GOOD,
        breakdown=(share, *GOOD.breakdown[1:]),
        vat=GOOD.vat + euro("1"),
        gross=GOOD.gross + euro("1"),
        payable=GOOD.payable + euro("1"),
    )
    with pytest.raises(TotalsError) as refused:
        check_totals(LINES, shifted, adjustments=ADJUSTMENTS)
    assert refused.value.deviations == (Deviation("BT-117 [S 19 %]", "BR-CO-17", "160.88", "159.88"),)
    assert refused.value.text == (
        "Die Rechnung geht nicht auf. BT-117 [S 19 %]: 160.88 statt 159.88 (BR-CO-17).",
        "The invoice does not add up. BT-117 [S 19 %]: 160.88 instead of 159.88 (BR-CO-17).",
    )


def test_an_exact_invoice_passes():
    check_totals(LINES, GOOD, adjustments=ADJUSTMENTS)
    assert deviations(LINES, GOOD, adjustments=ADJUSTMENTS) == ()


@pytest.mark.trap(23)
@pytest.mark.parametrize("cent", [1, -1])
@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("line_total", [("BT-106", "BR-CO-10"), ("BT-109", "BR-CO-13")]),
        ("allowances", [("BT-107", "BR-CO-11"), ("BT-109", "BR-CO-13")]),
        ("charges", [("BT-108", "BR-CO-12"), ("BT-109", "BR-CO-13")]),
        ("net", [("BT-109", "BR-CO-13"), ("BT-112", "BR-CO-15")]),
        ("vat", [("BT-110", "BR-CO-14"), ("BT-112", "BR-CO-15")]),
        ("gross", [("BT-112", "BR-CO-15"), ("BT-115", "BR-CO-16")]),
        ("prepaid", [("BT-115", "BR-CO-16")]),
        ("rounding", [("BT-115", "BR-CO-16")]),
        ("payable", [("BT-115", "BR-CO-16")]),
    ],
)
def test_one_cent_breaks_the_chain(field: str, expected: list[tuple[str, str]], cent: int):
    wrong: dict[str, Money] = {field: getattr(GOOD, field) + Money("EUR", cent)}
    assert found(replace(GOOD, **wrong)) == expected  # type: ignore[arg-type]


@pytest.mark.trap(24)
@pytest.mark.parametrize("cent", [1, -1])
def test_one_cent_on_a_line_or_in_the_breakdown_is_found(cent: int):
    off = Money("EUR", cent)
    lines = (GOOD.lines[0] + off, GOOD.lines[1])
    assert found(replace(GOOD, lines=lines)) == [
        ("BT-131 [1]", ""),
        ("BT-116 [S 19 %]", "BR-S-08"),
        ("BT-106", "BR-CO-10"),
    ]
    tax = replace(GOOD.breakdown[1], tax=GOOD.breakdown[1].tax + off)
    assert found(replace(GOOD, breakdown=(GOOD.breakdown[0], tax))) == [
        ("BT-117 [S 7 %]", "BR-CO-17"),
        ("BT-110", "BR-CO-14"),
    ]
    taxable = replace(GOOD.breakdown[1], taxable=GOOD.breakdown[1].taxable + off)
    assert found(replace(GOOD, breakdown=(GOOD.breakdown[0], taxable))) == [("BT-116 [S 7 %]", "BR-S-08")]


def test_a_missing_doubled_or_invented_vat_share_is_found():
    first, second = GOOD.breakdown
    assert found(replace(GOOD, breakdown=(first,))) == [("BG-23 [S 7 %]", "BR-CO-18"), ("BT-110", "BR-CO-14")]
    assert found(replace(GOOD, breakdown=(first, second, second))) == [
        ("BG-23 [S 7 %]", "BR-CO-18"),
        ("BT-110", "BR-CO-14"),
    ]
    nought = VatShare(VatCategory.INTRA_COMMUNITY, Decimal(0), euro("0"), euro("0"))
    assert found(replace(GOOD, breakdown=(first, second, nought))) == [("BG-23 [K 0 %]", "BR-CO-18")]
    ten = VatShare(VatCategory.INTRA_COMMUNITY, Decimal(0), euro("10"), euro("0"))
    assert found(replace(GOOD, breakdown=(first, second, ten))) == [
        ("BG-23 [K 0 %]", "BR-CO-18"),
        ("BT-116 [K 0 %]", "BR-IC-08"),
    ]


@pytest.mark.trap(29)
def test_outside_the_scope_beside_others_and_rates_that_do_not_fit_are_found():
    outside = replace(LINES[0], category=VatCategory.OUTSIDE, percent=None)
    reverse = replace(LINES[1], category=VatCategory.REVERSE_CHARGE, percent=Decimal(7), adjustments=())
    unrated = replace(LINES[0], percent=Decimal(0))
    stated = [(entry.term, entry.rule, entry.expected) for entry in deviations([outside, reverse], GOOD)]
    assert stated[:4] == [
        ("BT-131 [2]", "", "0.01"),
        ("BT-152 [2]", "BR-AE-05", "0 %"),
        ("BG-23 [O –]", "BR-CO-18", "1"),
        ("BG-23 [AE 7 %]", "BR-CO-18", "1"),
    ]
    assert ("BG-23", "BR-O-11", "1") in stated
    wrong = deviations([unrated, LINES[1]], GOOD, adjustments=ADJUSTMENTS)
    assert wrong[0] == Deviation("BT-152 [1]", "BR-S-05", "0 %", "> 0 %")


def test_what_cannot_be_compared_is_named_first():
    assert deviations(LINES[:1], GOOD) == (Deviation("BG-25", "", "2", "1"),)
    foreign = replace(GOOD, prepaid=Money.parse("1", "NOK"))
    (deviation,) = deviations(LINES, foreign, adjustments=ADJUSTMENTS)
    assert deviation == Deviation("BT-5", "", "NOK", "EUR")
    assert deviation.text == ("BT-5: NOK statt EUR", "BT-5: NOK instead of EUR")
    nothing = replace(LINES[0], base_quantity=Decimal(0))
    assert deviations([nothing, LINES[1]], GOOD, adjustments=ADJUSTMENTS) == (Deviation("BT-149 [1]", "", "0", "> 0"),)


@given(
    place=st.sampled_from([*FIELDS, "line", "taxable", "tax"]),
    minor=st.integers(min_value=-(10**6), max_value=10**6).filter(bool),
)
def test_no_single_amount_can_be_changed_unseen(place: str, minor: int):
    off = Money("EUR", minor)
    if place in FIELDS:
        wrong: dict[str, object] = {place: getattr(GOOD, place) + off}
    elif place == "line":
        wrong = {"lines": (GOOD.lines[0] + off, GOOD.lines[1])}
    else:
        share = replace(GOOD.breakdown[0], **{place: getattr(GOOD.breakdown[0], place) + off})
        wrong = {"breakdown": (share, GOOD.breakdown[1])}
    with pytest.raises(TotalsError):
        check_totals(LINES, replace(GOOD, **wrong), adjustments=ADJUSTMENTS)  # type: ignore[arg-type]
