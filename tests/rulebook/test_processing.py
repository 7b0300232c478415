"""Sub-processors, transfers and annexes: what the contracts say, on the days they name."""

from datetime import date

import pytest

from kontor.rulebook import processing_clauses, terms
from kontor.rulebook.duration import Duration
from kontor.rulebook.processing_annex import covered, outside, preset
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.subprocessors import Change, Rule, Standing, announced, last_day, rule_of, standing
from kontor.rulebook.transfers import Ground, Transfer, transfer

FIFTEEN = Duration.parse("15 days")
JUNE = date(2026, 6, 1)


def change(**told: object) -> Change:
    return Change(**{"mode": "general", "received_on": JUNE, "within": FIFTEEN} | told)


@pytest.mark.requirement("AP-091")
@pytest.mark.parametrize(
    ("told", "on", "expected"),
    [
        ({"objected_on": date(2026, 6, 16)}, date(2026, 6, 30), Standing.HELD),  # the fifteenth day after 1 June
        ({"objected_on": date(2026, 6, 17)}, date(2026, 6, 30), Standing.ACCEPTED),  # a day too late
        ({}, date(2026, 6, 16), Standing.WAITING),
        ({}, date(2026, 6, 17), Standing.ACCEPTED),  # silence
        ({"objected_on": date(2026, 6, 16), "approved_on": date(2026, 6, 20)}, date(2026, 6, 19), Standing.HELD),
        ({"objected_on": date(2026, 6, 16), "approved_on": date(2026, 6, 20)}, date(2026, 6, 20), Standing.ACCEPTED),
        ({"mode": "specific", "within": None}, date(2030, 1, 1), Standing.WAITING),
        ({"mode": "specific", "within": None, "objected_on": JUNE}, date(2026, 6, 2), Standing.HELD),
        ({"mode": "specific", "within": None, "approved_on": JUNE}, date(2026, 6, 2), Standing.ACCEPTED),
        ({"mode": None, "within": None, "effective_on": date(2026, 9, 1)}, date(2026, 8, 31), Standing.WAITING),
        ({"mode": None, "within": None, "effective_on": date(2026, 9, 1)}, date(2026, 9, 1), Standing.ACCEPTED),
        ({"mode": None, "within": None}, JUNE, Standing.ACCEPTED),
    ],
)
def test_a_change_is_off_until_its_period_is_over_or_it_is_approved(told, on, expected):
    assert standing(change(**told), on=on).value is expected


def test_the_last_day_to_object():
    assert last_day(change()) == date(2026, 6, 16)
    assert last_day(change(within=None)) is None


def test_what_each_pack_says():
    leisure, crm = rule_of(terms.load("leisure")), rule_of(terms.load("crm"))
    visitor, dealership = rule_of(terms.load("visitor")), rule_of(terms.load("dealership"))

    assert (leisure.mode, leisure.within, leisure.notice) == ("general", FIFTEEN, None)
    assert (crm.mode, crm.within, crm.notice, crm.where_possible) == (None, None, Duration.parse("60 days"), True)
    assert (visitor.mode, visitor.within, visitor.notice) == ("specific", None, None)  # nobody agreed it yet
    silent = terms.load("leisure")
    told = silent.subprocessors.model_copy(update={"objection_within": None})
    assert rule_of(silent.model_copy(update={"subprocessors": told})).mode == "specific"  # no period, no silence
    assert dealership == Rule(mode="specific", within=None, notice=None, where_possible=False, clauses=())


@pytest.mark.requirement("SO-040")
def test_sixty_days_ahead_where_possible():
    rule, effective = rule_of(terms.load("crm")), date(2026, 9, 1)

    assert announced(rule, announced_on=date(2026, 7, 2), effective_on=effective, reason="").value is True
    with pytest.raises(RefusalError):
        announced(rule, announced_on=date(2026, 7, 3), effective_on=effective, reason=" ")
    late = announced(rule, announced_on=date(2026, 7, 3), effective_on=effective, reason="Insolvenz")
    assert late.value is False
    assert late.working[-1].en == "Announced later, because: Insolvenz"


def test_without_a_lead_time_it_must_only_lie_ahead():
    rule = rule_of(terms.load("leisure"))

    assert announced(rule, announced_on=JUNE, effective_on=date(2026, 6, 2), reason="").value is True
    assert announced(rule, announced_on=JUNE, effective_on=JUNE, reason="").value is False


CLAUSES = Ground("standard_clauses", date(2026, 1, 1), documented=True)


@pytest.mark.parametrize(
    ("country", "ground", "instructed", "expected"),
    [
        ("DE", None, False, Transfer.NONE),
        ("NO", None, True, Transfer.NONE),
        ("US", None, False, Transfer.LACKING),
        ("US", Ground("hope", JUNE), False, Transfer.LACKING),
        ("US", Ground("adequacy", None), False, Transfer.LACKING),
        ("US", Ground("adequacy", date(2026, 6, 2)), False, Transfer.LACKING),
        ("US", Ground("standard_clauses", date(2026, 1, 1)), False, Transfer.LACKING),  # not documented
        ("US", CLAUSES, False, Transfer.GROUNDED),
        ("US", CLAUSES, True, Transfer.LACKING),  # the contract lets data leave on instruction only
        ("US", Ground("standard_clauses", JUNE, instruction="Nr. 7", documented=True), True, Transfer.GROUNDED),
        ("US", Ground("adequacy", date(2025, 1, 1), until=date(2026, 5, 31), documented=True), False, Transfer.EXPIRED),
        ("US", Ground("adequacy", date(2025, 1, 1), until=JUNE, documented=True), False, Transfer.GROUNDED),
    ],
)
def test_data_leaves_on_a_ground_that_holds(country, ground, instructed, expected):
    assert transfer(country, ground, on=JUNE, instructed=instructed).value is expected


def test_annex_two_is_preset_by_the_pack():
    visitor, leisure = preset(terms.load("visitor")), preset(terms.load("leisure"))

    assert [item.key for item in visitor.persons] == ["customers", "prospects", "employees", "contacts"]
    assert [item.key for item in visitor.data] == [
        "authentication", "name", "communication", "identity_number", "presence",
    ]  # fmt: skip
    assert visitor.sensitive == "none"
    assert (len(leisure.persons), len(leisure.data)) == (2, 3)
    assert covered(leisure.data) == {"name", "communication", "photo", "purchases", "device"}
    assert preset(terms.load("crm")).data == ()


def test_what_lies_outside_stays_off_until_it_is_added():
    annex = preset(terms.load("visitor"))
    needed = {"persons": ["customers"], "data": ["name", "bank_details"]}

    assert outside(annex, **needed) == {"bank_details"}
    assert outside(annex, **needed, amended=["bank_details"]) == set()
    assert outside(preset(terms.load("crm")), **needed) == set()


def test_a_pack_that_says_nothing_of_privacy_describes_nothing():
    silent = terms.load("crm").model_copy(update={"privacy": None})

    assert preset(silent).persons == ()


def test_edited_clauses_are_not_issued():
    first, *rest = processing_clauses.CLAUSES
    edited = (processing_clauses.Passage(first.number, first.heading, first.heading), *rest)

    assert processing_clauses.unchanged() == processing_clauses.ISSUED
    with pytest.raises(processing_clauses.ChangedClausesError):
        processing_clauses.unchanged(edited)
