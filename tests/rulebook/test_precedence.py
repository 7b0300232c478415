"""Which of a contract's papers prevails, by each pack's own order."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.addendum import Signatures, holds_from
from kontor.rulebook.precedence import Paper, precedence_of, prevailing
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.terms import NoAnswerError

START, LATER, ON = date(2026, 1, 1), date(2026, 6, 1), date(2026, 11, 2)


def paper(key: str, kind: str, *, since: date = START, names: str = "") -> Paper:
    return Paper(key, kind, Text(key, key), since, frozenset({names} if names else ()))


OFFER, TERMS, ANNEX = paper("offer", "offer"), paper("terms", "terms"), paper("annex", "annexes")
PROCESSING = paper("processing_agreement", "annexes")


def decided(pack: str, *papers: Paper, provision: str = "7.4", personal_data: bool = False) -> tuple[str, list[str]]:
    ruling = prevailing(
        papers, precedence_of(terms.load(pack)), provision=provision, on=ON, personal_data=personal_data
    )
    return ruling.value.key, [str(clause) for clause in ruling.clauses]


@pytest.mark.requirement("FW-005")
def test_visitor_goes_by_rank_by_naming_and_first_of_all_by_the_processing_agreement():
    naming = paper("annex", "annexes", names="7.4")

    assert decided("visitor", TERMS, OFFER, ANNEX) == ("offer", ["3.3"])
    assert decided("visitor", TERMS, ANNEX) == ("terms", ["3.3"])
    assert decided("visitor", TERMS, OFFER, naming) == ("annex", ["3.4", "3.3"])
    assert decided("visitor", TERMS, OFFER, naming, provision="7.5") == ("offer", ["3.3"])
    assert decided("visitor", OFFER, PROCESSING, personal_data=True) == (
        "processing_agreement",
        ["3.3", "Anlage 3, Klausel 4"],
    )
    assert decided("visitor", OFFER, PROCESSING) == ("offer", ["3.3"])
    assert decided("visitor", OFFER, TERMS, personal_data=True) == ("offer", ["3.3"])


@pytest.mark.requirement("AP-002")
def test_leisure_goes_by_rank_alone_and_knows_no_paper_outside_it():
    naming = paper("annex", "annexes", names="7.4")

    assert decided("leisure", TERMS, OFFER) == ("offer", ["Art. 3"])
    assert decided("leisure", TERMS, OFFER, naming) == ("offer", ["Art. 3"])
    assert decided("leisure", OFFER, PROCESSING, personal_data=True) == ("offer", ["Art. 3"])
    with pytest.raises(RefusalError) as refused:
        decided("leisure", OFFER, paper("conditions of purchase", ""))
    assert (
        refused.value.text.en
        == "“conditions of purchase” has no place in the order of papers and is no part of the contract."
    )


@pytest.mark.parametrize("pack", ["dealership", "crm", "bookkeeping"])
def test_the_other_packs_give_no_order(pack):
    with pytest.raises(NoAnswerError) as silent:
        precedence_of(terms.load(pack))
    assert silent.value.text.en == "Neither the contract nor its law says anything about documents.rank."


def test_of_one_rank_the_later_paper_decides_from_its_day_on():
    addendum = paper("addendum", "offer", since=LATER)
    rule = precedence_of(terms.load("leisure"))

    before = prevailing([OFFER, addendum], rule, provision="price", on=date(2026, 5, 31))
    after = prevailing([OFFER, addendum], rule, provision="price", on=LATER)
    assert (before.value.key, after.value.key) == ("offer", "addendum")
    assert [step.en for step in after.working] == [
        "Of the papers that say something about it, “addendum” stands highest.",
        "“addendum” is later than “offer” of the same rank.",
    ]
    with pytest.raises(RefusalError) as refused:
        prevailing([addendum], rule, provision="price", on=START)
    assert refused.value.text.en == "None of these papers holds on 1 January 2026."


def test_of_two_that_name_a_provision_the_lower_and_later_decides():
    low = paper("low", "annexes", names="7.4")
    lower = paper("later", "annexes", since=LATER, names="7.4")
    middle = paper("middle", "terms", names="7.4")

    assert decided("visitor", OFFER, middle, low, lower)[0] == "later"
    assert decided("visitor", paper("high", "offer", names="7.4"), TERMS)[0] == "high"


@pytest.mark.requirement("AP-053", "FW-055")
@pytest.mark.parametrize("signed", [Signatures(None, ON), Signatures(ON, None), Signatures(None, None)])
def test_an_addendum_without_both_signatures_has_no_effect(signed):
    ruling = holds_from(LATER, signed, clauses=[Clause("leisure", "21.7")])

    assert (ruling.value, [step.en for step in ruling.working]) == (
        None,
        ["A signature is missing: the addendum has no effect."],
    )
