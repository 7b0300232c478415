"""Where a customer's data may lie by each pack, and who is promised a test environment."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.data_places import countries_demanded, lies_right, sandbox_promised
from kontor.rulebook.terms import TermsPack

ON = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("key", "customer_in", "countries", "clauses"),
    [
        ("dealership", "DE", ("DE",), ["§6"]),
        ("dealership", "NO", ("DE",), ["§6"]),
        ("visitor", "AT", ("DE",), ["Anlage 3, Anhang II"]),
        ("crm", "NO", ("NO",), ["§9.2"]),
        ("crm", "DE", ("NO",), ["§9.2"]),
        ("bookkeeping", "DE", ("DE",), ["8"]),
        ("bookkeeping", "FR", ("DE",), ["8"]),
        ("bookkeeping", "NO", (), ["8"]),
        ("bookkeeping", "", ("DE",), ["8"]),  # nobody said where: the stricter reading
        ("bookkeeping", "RE", ("DE",), ["8"]),  # a part of France outside its VAT territory
        ("leisure", "FR", (), []),
    ],
)
def test_the_countries_a_pack_demands(key, customer_in, countries, clauses):
    found = countries_demanded(terms.load(key), customer_in=customer_in, on=ON)
    assert (found.value, [clause.number for clause in found.clauses]) == (countries, clauses)


def test_the_working_names_the_country_in_both_languages():
    found = countries_demanded(terms.load("crm"), customer_in="NO", on=ON)
    assert found.working == (
        ("Alle Daten des Kunden liegen in: Norwegen.", "All of the customer's data lies in: Norway."),
    )


def test_a_pack_without_a_word_on_privacy_demands_and_promises_nothing():
    silent = TermsPack.model_construct(privacy=None)
    assert countries_demanded(silent, customer_in="DE", on=ON).value == ()
    assert sandbox_promised(silent).value is False


@pytest.mark.parametrize(
    ("demands", "country", "fits"),
    [
        ([], "US", True),
        ([()], "US", True),
        ([("DE",)], "DE", True),
        ([("DE",)], "NO", False),
        ([("DE", "NO")], "NO", True),
        ([("DE",), ("NO",)], "NO", False),  # two contracts that demand different countries
        ([("DE",)], "", False),
    ],
)
def test_a_place_satisfies_every_demand_or_is_wrong(demands, country, fits):
    assert lies_right(demands, country=country) is fits


@pytest.mark.parametrize(
    ("key", "promised", "clauses"),
    [("visitor", True, ["Anlage 3, Anhang III"]), ("dealership", False, []), ("leisure", False, [])],
)
def test_who_is_promised_a_sandbox(key, promised, clauses):
    found = sandbox_promised(terms.load(key))
    assert (found.value, [clause.number for clause in found.clauses]) == (promised, clauses)
