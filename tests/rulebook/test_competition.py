"""Which terms keep competitors out until a written consent, and which forbid benchmarking."""

import pytest

from kontor.rulebook.competition import benchmarks_forbidden, competitors_need_consent, consent_needed
from kontor.rulebook.terms import keys, load


def test_only_one_contract_asks_competitors_for_a_consent_and_two_forbid_benchmarking():
    assert {key: [str(each) for each in competitors_need_consent(load(key))] for key in keys()} == {
        "bookkeeping": [], "crm": ["§1.1"], "dealership": [], "leisure": [], "visitor": [],
    }  # fmt: skip
    assert {key: [str(each) for each in benchmarks_forbidden(load(key))] for key in keys()} == {
        "bookkeeping": [], "crm": ["§1.1"], "dealership": [], "leisure": [], "visitor": ["6.5"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "entry"),
    [("rival.example", "rival.example"), ("mail.rival.example", "rival.example"), ("notrival.example", None)],
)
def test_a_name_below_a_listed_one_belongs_to_it_and_a_longer_word_does_not(domain, entry):
    assert consent_needed(domain, ["rival.example", "other.example"], load("crm")).value == entry
