"""The law packs give what the statutes give, on the day asked about."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from kontor.rulebook.duration import Duration
from kontor.rulebook.money import Money
from kontor.rulebook.terms import NoAnswerError, law
from tests.rulebook.pack_table import row, stated

GERMAN = [
    row("notice.counts", "received", "BGB § 130 (1)"),
    row("invoicing.default_after", Duration.parse("30 days"), "BGB § 286 (3)"),
    row("arrears.interest_points", Decimal(9), "BGB § 288 (2)"),
    row("arrears.lump_sum", Money("EUR", 40_00), "BGB § 288 (5)"),
    row("consumer.renewal", "open_ended", "BGB § 309 Nr. 9"),
    row("consumer.notice", Duration.parse("1 month"), "BGB § 309 Nr. 9"),
    row("counting.day_of_event_counts", False, "BGB § 187 (1)"),
    row("counting.month_rule", "rolling", "BGB § 188 (2)"),
    row("counting.due_on_day_off", "next_working_day", "BGB § 193"),
    row("counting.notice_on_day_off", "not_moved", "BGB § 193"),
    row("retention.kinds.invoice.keep", Duration.parse("8 years"), "UStG § 14b (1)"),
    row("retention.kinds.invoice.from_year_end", True, "AO § 147 (4)"),
    row("retention.kinds.books.keep", Duration.parse("10 years"), "AO § 147 (3)"),
    row("retention.kinds.business_letter.keep", Duration.parse("6 years"), "AO § 147 (3)"),
]
FRENCH = [
    row("invoicing.default_after", Duration.parse("30 days"), "C. com. art. L441-10 (I)"),
    row("arrears.interest_points", Decimal(10), "C. com. art. L441-10 (II)"),
    row("arrears.lump_sum", Money("EUR", 40_00), "C. com. art. D441-5"),
    row("retention.kinds.invoice.keep", Duration.parse("10 years"), "C. com. art. L123-22"),
    row("retention.kinds.tax_document.keep", Duration.parse("6 years"), "LPF art. L102 B"),
]


@pytest.mark.parametrize(("key", "value", "clause"), GERMAN)
def test_german_law(key, value, clause):
    assert stated(law("de"), key) == (value, clause)


@pytest.mark.parametrize(("key", "value", "clause"), FRENCH)
def test_french_law(key, value, clause):
    assert stated(law("fr"), key) == (value, clause)


@pytest.mark.parametrize(
    ("country", "kind", "on", "percent", "clause"),
    [
        ("de", "standard", date(2020, 6, 30), "19", "UStG § 12 (1)"),
        ("de", "standard", date(2020, 7, 1), "16", "UStG § 28 (1)"),
        ("de", "standard", date(2020, 12, 31), "16", "UStG § 28 (1)"),
        ("de", "standard", date(2021, 1, 1), "19", "UStG § 12 (1)"),
        ("de", "reduced", date(2020, 12, 31), "5", "UStG § 28 (2)"),
        ("de", "reduced", date(2026, 1, 1), "7", "UStG § 12 (2)"),
        ("de", "zero", date(2023, 1, 1), "0", "UStG § 12 (3)"),
        ("fr", "standard", date(2026, 1, 1), "20", "CGI art. 278"),
        ("fr", "intermediate", date(2026, 1, 1), "10", "CGI art. 279"),
        ("fr", "reduced", date(2026, 1, 1), "5.5", "CGI art. 278-0 bis"),
        ("fr", "particular", date(2026, 1, 1), "2.1", "CGI art. 281 octies"),
    ],
)
def test_a_rate_of_vat_holds_on_its_days(country, kind, on, percent, clause):
    rate = law(country).vat_rate(kind, on=on)
    assert (rate.percent, rate.clause.number) == (Decimal(percent), clause)


@pytest.mark.parametrize(("kind", "on"), [("zero", date(2022, 12, 31)), ("intermediate", date(2026, 1, 1))])
def test_a_day_without_a_rate_of_vat_has_no_answer(kind, on):
    with pytest.raises(NoAnswerError):
        law("de").vat_rate(kind, on=on)


@pytest.mark.parametrize(
    ("country", "on", "percent"),
    [
        ("de", date(2024, 6, 30), "3.62"),
        ("de", date(2024, 7, 1), "3.37"),
        ("de", date(2026, 6, 30), "1.27"),
        ("fr", date(2024, 12, 31), "4.92"),
        ("fr", date(2026, 1, 1), "2.62"),
    ],
)
def test_the_legal_rate_changes_with_the_half_year(country, on, percent):
    assert law(country).legal_rate(on=on).percent == Decimal(percent)


@pytest.mark.parametrize(("country", "on"), [("de", date(2022, 12, 31)), ("fr", date(2026, 7, 1))])
def test_a_half_year_nobody_has_entered_has_no_rate(country, on):
    with pytest.raises(NoAnswerError) as none:
        law(country).legal_rate(on=on)
    assert none.value.text.de.startswith("Für den ")


@pytest.mark.parametrize("country", ["de", "fr"])
def test_half_years_follow_each_other_and_name_their_source(country):
    rates = law(country).legal_rates
    assert all(rate.source for rate in rates)
    assert all((after.first - before.last).days == 1 for before, after in pairwise(rates))
