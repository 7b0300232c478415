"""With which claims a customer may set off: as its contract lists them; where that is silent, all but disputed ones."""

import pytest

from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.set_off import Status, set_off

CLAUSE = Clause("visitor", "13.2")
NEEDS = {"undisputed": Text("Unbestritten", "Undisputed"), "adjudicated": Text("Zuerkannt", "Adjudicated")}


@pytest.mark.parametrize(
    ("status", "listed", "silent"),
    [
        (Status.UNDISPUTED, True, True),
        (Status.ADJUDICATED, True, True),
        (Status.RECIPROCAL, False, True),
        (Status.DISPUTED, False, False),
    ],
)
def test_which_claims_may_be_set_off(status: Status, *, listed: bool, silent: bool):
    assert set_off(status, NEEDS, clauses=(CLAUSE,)).value is listed
    assert set_off(status, None).value is silent


def test_the_reason_names_what_the_contract_admits_and_what_the_claim_is():
    found = set_off(Status.RECIPROCAL, NEEDS, clauses=(CLAUSE,))
    assert (found.clauses, found.inputs) == ((CLAUSE,), (("status", "reciprocal"),))
    assert [step.en for step in found.working] == [
        "The customer may set off only with claims that are: undisputed, adjudicated. This one is directly reciprocal."
    ]


def test_a_silent_contract_says_that_it_does_not_limit():
    found = set_off(Status.DISPUTED, None)
    assert found.clauses == ()
    assert [step.en for step in found.working] == ["The contract does not limit set-off; the claim is disputed."]
