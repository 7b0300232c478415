"""The calculator's question about late payment: amounts and days as the contracts and their law say, and refusals."""

from datetime import date
from decimal import Decimal

import pytest

from kontor.rulebook import terms
from kontor.rulebook.arrears_terms import arrears_terms, rates_on_file, suspension_clauses
from kontor.rulebook.calc import Answer, NoAnswerError, WrongInputError, answer, answer_under
from kontor.rulebook.interest import LegalRate
from kontor.rulebook.money import Money
from kontor.rulebook.terms.commerce import Arrears


def ask(pack: str, **told: str | list[str]) -> Answer:
    return answer("arrears", {name.replace("_", "-"): text for name, text in told.items()}, pack=pack)


@pytest.mark.requirement("AP-035")
def test_leisure_takes_three_times_the_legal_rate_by_day() -> None:
    # 10,000 x 14.76 % x 10/365 = 40.4383...
    asked = ask("leisure", amount="10000", due="2026-01-17", on="2026-01-27", legal_rate="4.92")
    assert asked.value == {
        "interest": "40.44",
        "lump_sum": "40.00",
        "total": "10080.44",
        "days": 10,
        "suspension_from": "2026-01-18",
        "ends_automatically_on": "2026-02-17",
        "currency": "EUR",
    }
    assert [str(clause) for clause in asked.ruling.clauses] == ["Art. 11"]


@pytest.mark.trap(46)
@pytest.mark.parametrize("rates", [["1.27", "2026-07-01:1.52"], ["2026-01-01:1.27", "2026-07-01:1.52"], []])
def test_german_law_puts_nine_points_on_the_base_rate_told_or_on_file(rates: list[str]) -> None:
    # 1190 x (46 x 10.27 + 51 x 10.52) / 36500 = 32.8942…
    asked = ask("visitor", amount="1190.00", due="2026-05-15", on="2026-08-20", legal_rate=rates)
    assert asked.value == {
        "interest": "32.89",
        "lump_sum": "40.00",
        "total": "1262.89",
        "days": 97,
        "termination_possible_from": "2026-06-27",  # the 42 days of six weeks are over with 26 June
        "currency": "EUR",
    }


def test_rates_on_file_name_their_source_and_whether_somebody_compared_them() -> None:
    asked = ask("leisure", amount="1000", due="2026-01-17", on="2026-01-27")
    assert asked.ruling.working[0].en == (
        "Legal rate from 1 January 2026: 2.62 % (Journal officiel du 26 décembre 2025, arrêté du 15 décembre 2025; "
        "confirmed)."
    )
    german = ask("visitor", amount="1000", due="2026-06-20", on="2026-07-05").ruling.working
    assert [step.en for step in german[:2]] == [
        "Legal rate from 1 January 2026: 1.27 % (Deutsche Bundesbank, Bundesanzeiger; not yet confirmed).",
        "Legal rate from 1 July 2026: 1.52 % (Deutsche Bundesbank, Bundesanzeiger; not yet confirmed).",
    ]


def test_paid_in_time_nothing_is_owed_beside_the_claim() -> None:
    value = ask("visitor", amount="100", due="2026-05-15", on="2026-05-15").value
    assert (value["interest"], value["lump_sum"], value["total"], value["days"]) == ("0.00", "0.00", "100.00", 0)


def test_a_half_year_nobody_entered_has_no_answer() -> None:
    with pytest.raises(NoAnswerError) as missing:
        ask("visitor", amount="100", due="2030-05-15", on="2030-06-15")
    assert missing.value.text.en == "The legal rate for 16 May 2030 is missing."


def test_norwegian_law_is_held_by_no_pack() -> None:
    with pytest.raises(NoAnswerError) as silent:
        ask("crm", amount="100", due="2026-05-15", on="2026-06-15", legal_rate="4.92")
    assert silent.value.text.en == (
        "Neither the contract “Customer relations” nor its law says which interest runs on late payment."
    )


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"legal_rate": "2026-06-01:1.52"}, "--legal-rate: The legal rate for 16 May 2026 is missing."),
        ({"legal_rate": ["1.27", "1.52"]}, "--legal-rate: expected one rate for each day."),
        (
            {"legal_rate": "much"},
            "--legal-rate: expected a yearly rate in percent such as 4.92, or DAY:PERCENT such as 2026-07-01:1.52, "
            "not “much”.",
        ),
        ({"amount": "100 CHF"}, "--amount: expected an amount in EUR."),
        ({"amount": "100.001"}, "--amount: 100.001 has more decimals than EUR knows (2)."),
    ],
)
def test_wrong_input_names_the_option_and_what_is_expected(told: dict[str, str | list[str]], sentence: str) -> None:
    with pytest.raises(WrongInputError) as wrong:
        ask("visitor", **{"amount": "100", "due": "2026-05-15", "on": "2026-06-15"} | told)
    assert wrong.value.text.en == sentence


def test_where_the_statutory_lump_sum_is_chosen_beside_the_contract_s_both_are_charged() -> None:
    pack = terms.load("leisure")
    assert pack.arrears is not None
    both = pack.arrears.statutory_lump_sum.model_copy(update={"setting": "added"})  # type: ignore[union-attr]
    chosen = pack.model_copy(update={"arrears": pack.arrears.model_copy(update={"statutory_lump_sum": both})})
    told = {"amount": "100", "due": "2026-01-17", "on": "2026-01-18", "legal-rate": "4.92"}
    assert answer_under(chosen, "arrears", told).value["lump_sum"] == "80.00"


def test_a_reference_rate_that_nobody_keeps_gives_no_interest() -> None:
    # French law itself rests on the European Central Bank's rate; the contract's own rule goes before it.
    silent = terms.load("leisure").model_copy(update={"arrears": Arrears()})
    rules = arrears_terms(silent)
    assert rules.interest is None
    assert rules.lump_sum is not None
    assert (rules.lump_sum.amount, str(rules.lump_sum.clause)) == (Money.parse("40", "EUR"), "C. com. art. D441-5")
    assert (rules.suspension, rules.automatic_end, rules.termination) == (None, None, None)


@pytest.mark.requirement("SO-064")
def test_crm_may_block_after_notification_and_end_without_notice() -> None:
    rules = arrears_terms(terms.load("crm"))
    assert (rules.interest, rules.lump_sum, rules.automatic_end) == (None, None, None)
    assert rules.suspension is not None
    assert rules.suspension.notified
    assert rules.termination is not None
    assert (str(rules.termination.clause), rules.termination.longer_than) == ("§13", None)


def test_where_a_pack_speaks_of_suspension() -> None:
    said = {key: [str(clause) for clause in suspension_clauses(terms.load(key))] for key in terms.keys()}  # noqa: SIM118
    assert said == {
        "bookkeeping": [],
        "crm": ["§13"],
        "dealership": ["§3 Nr.2a"],
        "leisure": ["Art. 11", "21.1"],
        "visitor": ["4.1.6"],
    }


def test_what_a_house_enters_fills_later_half_years_and_overrules_nothing() -> None:
    def entered(first: date, percent: str) -> LegalRate:
        return LegalRate(first, Decimal(percent), date(2027, 7, 1), "Fixture", confirmed=False)

    more = (entered(date(2026, 7, 1), "9.99"), entered(date(2027, 1, 1), "1.77"))
    rates = rates_on_file(terms.load("visitor"), more)
    assert [(str(rate.first), str(rate.percent), rate.source) for rate in rates[-2:]] == [
        ("2026-07-01", "1.52", "Deutsche Bundesbank, Bundesanzeiger"),
        ("2027-01-01", "1.77", "Fixture"),
    ]
    assert rates_on_file(terms.load("crm")) == ()
