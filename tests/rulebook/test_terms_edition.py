"""Which edition of its terms a contract has on a day."""

from datetime import date

import pytest

from kontor.rulebook.ruling import Clause
from kontor.rulebook.terms_edition import edition_on

TOLD = [(date(2026, 12, 1), "2026-01"), (date(2027, 9, 1), "2027-01"), (date(2028, 1, 1), "2028-01")]
CLAUSE = Clause("crm", "§15")


@pytest.mark.requirement("SO-002")
@pytest.mark.parametrize(
    ("on", "edition", "working"),
    [
        (date(2026, 11, 30), None, ["The contract begins on 1 December 2026 only."]),
        (
            date(2026, 12, 1),
            "2026-01",
            [
                "The contract was concluded under edition 2026-01, which applies from 1 December 2026.",
                "From 1 September 2027 edition 2027-01 applies.",
            ],
        ),
        (
            date(2027, 9, 1),
            "2027-01",
            [
                "The changed edition 2027-01 applies from 1 September 2027.",
                "From 1 January 2028 edition 2028-01 applies.",
            ],
        ),
        (date(2028, 1, 1), "2028-01", ["The changed edition 2028-01 applies from 1 January 2028."]),
    ],
)
def test_the_edition_is_the_last_that_holds_by_then(on: date, edition: str | None, working: list[str]) -> None:
    ruling = edition_on(TOLD, on, clauses=(CLAUSE,))
    assert (ruling.value, ruling.clauses) == (edition, (CLAUSE,))
    assert [step.en for step in ruling.working] == working


def test_of_two_that_hold_from_one_day_the_later_counts() -> None:
    told = [TOLD[0], (date(2027, 9, 1), "2027-02"), (date(2027, 9, 1), "2027-01")]
    assert edition_on(told, date(2027, 9, 1)).value == "2027-01"
