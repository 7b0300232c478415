"""Extraordinary endings, each by the clause that allows it, with every condition it checks."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kontor.rulebook import terms
from kontor.rulebook.ending import circumstances
from kontor.rulebook.ending.breach import immediate_grounds
from kontor.rulebook.ending.finding import Case, Finding, form_of
from kontor.rulebook.ending.form import Form, Means
from kontor.rulebook.ending.kinds import SHAPES, Kind, by_itself, decide, kinds_of
from kontor.rulebook.ending.told import Side, Told
from kontor.rulebook.ruling import Ruling
from kontor.rulebook.terms import SilentError
from kontor.rulebook.terms.concluded import concluded

VISITOR, CRM, LEISURE = (terms.load(key) for key in ("visitor", "crm", "leisure"))
DEALERSHIP = terms.load("dealership")


def visitor(kind: Kind, told: Told, on: date, **more: Any) -> Finding:
    return decide(kind, VISITOR, told, on=on, **more).value


def leisure(kind: Kind, told: Told, on: date) -> Finding:
    return decide(kind, LEISURE, told, on=on).value


def lacking(found: Finding) -> tuple[str, ...]:
    return tuple(condition.key for condition in found.lacking)


# --- Late payment --------------------------------------------------------------------------------------------------

ARREARS = Told(due=date(2026, 4, 1), threat_on=date(2026, 4, 30), threat_by=Means.EMAIL)  # in default since 2 April


@pytest.mark.requirement("FW-027")
def test_arrears_over_six_weeks_after_a_threat():
    # the six weeks are over with 13 May; the 14 days of the threat of 30 April are 1 to 14 May
    day_43 = date(2026, 5, 14)
    assert lacking(visitor(Kind.AFTER_THREAT, ARREARS, date(2026, 5, 11))) == ("longer_than", "threat_period")
    found = visitor(Kind.AFTER_THREAT, ARREARS, day_43)
    assert (found.possible, found.possible_from, found.ends) == (True, day_43, None)
    assert lacking(visitor(Kind.AFTER_THREAT, Told(due=date(2026, 4, 1)), day_43)) == (
        "threat", "threat_form", "threat_period",
    )  # fmt: skip


@pytest.mark.requirement("FW-027")
def test_the_termination_for_arrears_takes_effect_on_receipt_in_writing():
    on = date(2026, 5, 20)
    declared = replace(ARREARS, declared_on=on, declared_by=Means.LETTER)
    ruling = decide(Kind.AFTER_THREAT, VISITOR, declared, on=on)
    assert ruling.value.ends == on
    assert [str(clause) for clause in ruling.clauses] == ["4.6.2"]
    assert ruling.working[-1].de == "Erklärt am 20.05.2026; der Vertrag endet am 20.05.2026."
    by_mail = decide(Kind.AFTER_THREAT, VISITOR, replace(declared, declared_by=Means.EMAIL), on=on)
    assert by_mail.value.ends is None
    assert by_mail.working[-1].en == "What is demanded is a signed letter; “e-mail” is not enough."
    too_soon = decide(Kind.AFTER_THREAT, VISITOR, replace(declared, declared_on=date(2026, 5, 13)), on=on)
    assert too_soon.value.ends is None
    assert too_soon.working[-1].en == "It was not possible yet on 13 May 2026, only from 14 May 2026."


def test_payment_takes_the_ground_away():
    paid = replace(ARREARS, paid_on=date(2026, 5, 15))
    assert visitor(Kind.AFTER_THREAT, paid, date(2026, 5, 14)).possible
    after = decide(Kind.AFTER_THREAT, VISITOR, paid, on=date(2026, 5, 15))
    assert (after.value.over, after.value.possible) == (True, False)
    assert after.working[-1].en == "Paid on 15 May 2026; the ground has gone."


def test_nothing_is_overdue_before_the_due_day_has_passed():
    assert lacking(visitor(Kind.AFTER_THREAT, Told(), date(2026, 5, 1)))[0] == "outstanding"
    assert lacking(visitor(Kind.AFTER_THREAT, ARREARS, date(2026, 4, 1)))[0] == "outstanding"


@pytest.mark.requirement("AP-037")
def test_leisure_ends_by_itself_after_more_than_thirty_days():
    told = Told(due=date(2026, 1, 17))
    still = leisure(Kind.BY_DELAY, told, date(2026, 2, 16))
    assert (still.possible, still.ends, still.possible_from) == (False, None, date(2026, 2, 17))
    ended = decide(Kind.BY_DELAY, LEISURE, told, on=date(2026, 2, 17))
    assert (ended.value.by_itself, ended.value.ends) == (True, date(2026, 2, 16))
    assert ended.working[-1].en == "The contract ended by itself on 16 February 2026."
    paid_late = leisure(Kind.BY_DELAY, replace(told, paid_on=date(2026, 2, 17)), date(2026, 3, 1))
    assert paid_late.ends == date(2026, 2, 16)
    paid = leisure(Kind.BY_DELAY, replace(told, paid_on=date(2026, 2, 16)), date(2026, 3, 1))
    assert (paid.over, paid.ends) == (True, None)
    assert leisure(Kind.BY_DELAY, Told(paid_on=date(2026, 2, 16)), date(2026, 3, 1)).over


@pytest.mark.requirement("SO-064")
def test_crm_non_payment_after_notification():
    told = Told(due=date(2026, 3, 2))
    assert lacking(decide(Kind.NON_PAYMENT, CRM, told, on=date(2026, 3, 20)).value) == ("notified",)
    notified = replace(told, notified_on=date(2026, 3, 10))
    found = decide(Kind.NON_PAYMENT, CRM, notified, on=date(2026, 3, 20)).value
    assert (found.possible, found.possible_from) == (True, date(2026, 3, 10))
    earlier = replace(told, notified_on=date(2026, 3, 1))
    assert decide(Kind.NON_PAYMENT, CRM, earlier, on=date(2026, 3, 20)).value.possible_from == date(2026, 3, 3)
    strict = concluded("crm", "2026-01", settings={"arrears.termination_notified": False}, agreed={})
    found = decide(Kind.NON_PAYMENT, strict, told, on=date(2026, 3, 20)).value
    assert (found.possible, found.possible_from) == (True, date(2026, 3, 3))
    assert decide(Kind.NON_PAYMENT, strict, Told(), on=date(2026, 3, 20)).value.possible_from is None


# --- Breach --------------------------------------------------------------------------------------------------------

LETTER = Told(
    letter_on=date(2026, 6, 1),
    letter_by=Means.REGISTERED_LETTER,
    letter_states=frozenset({"breach", "consequence"}),
    proofs=1,
)


@pytest.mark.requirement("AP-047")
def test_leisure_breach_not_cured_within_thirty_days():
    assert lacking(leisure(Kind.NOT_CURED, LETTER, date(2026, 7, 1))) == ("cure_period",)
    found = leisure(Kind.NOT_CURED, LETTER, date(2026, 7, 2))
    assert (found.possible, found.possible_from) == (True, date(2026, 7, 2))
    cured = replace(LETTER, cured_on=date(2026, 6, 20))
    assert leisure(Kind.NOT_CURED, cured, date(2026, 7, 2)).over
    too_late = replace(LETTER, cured_on=date(2026, 7, 2))
    assert leisure(Kind.NOT_CURED, too_late, date(2026, 7, 2)).possible
    assert leisure(Kind.NOT_CURED, Told(cured_on=date(2026, 6, 20)), date(2026, 7, 2)).over
    assert not leisure(Kind.NOT_CURED, cured, date(2026, 6, 19)).over


@pytest.mark.requirement("AP-047")
@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (replace(LETTER, letter_by=Means.LETTER), ("letter_form",)),
        (replace(LETTER, letter_by=None), ("letter_form",)),
        (replace(LETTER, letter_states=frozenset({"breach"})), ("states_consequence",)),
        (replace(LETTER, letter_states=frozenset({"consequence"})), ("states_breach",)),
        (replace(LETTER, letter_on=None), ("letter", "cure_period")),
        (replace(LETTER, proofs=0), ("proofs",)),
    ],
)
def test_the_letter_must_be_what_the_clause_demands(told: Told, missing: tuple[str, ...]):
    assert lacking(leisure(Kind.NOT_CURED, told, date(2026, 8, 1))) == missing


def test_leisure_may_be_ended_informally():
    told = replace(LETTER, declared_on=date(2026, 7, 5), declared_by=Means.EMAIL)
    assert leisure(Kind.NOT_CURED, told, date(2026, 7, 5)).ends == date(2026, 7, 5)
    assert (form_of(LEISURE), form_of(CRM), form_of(DEALERSHIP)) == (Form.INFORMAL, Form.WRITTEN, Form.INFORMAL)


@pytest.mark.requirement("FW-028")
@pytest.mark.parametrize(
    ("told", "missing"),
    [
        (Told(ground="false_statements", proofs=1), ()),
        (Told(ground="breach_of_use", proofs=1), ()),
        (Told(ground="finances_worse", proofs=1), ()),
        (Told(ground="false_statements"), ("proofs",)),
        (Told(ground="other", ground_text="Drohungen gegen Mitarbeiter", proofs=1), ()),
        (Told(ground="other", proofs=1), ("ground",)),
        (Told(ground="bad_mood", proofs=1), ("ground",)),
        (Told(proofs=1), ("ground",)),
    ],
)
def test_visitor_good_cause_needs_a_ground_and_proof(told: Told, missing: tuple[str, ...]):
    assert lacking(visitor(Kind.GOOD_CAUSE, told, date(2026, 6, 1))) == missing


@pytest.mark.requirement("FW-028")
def test_repeated_breach_is_two_and_an_expired_time_to_cure():
    told = Told(
        ground="repeated_breach", proofs=1, breaches=(date(2026, 3, 1), date(2026, 4, 1)), cure_until=date(2026, 5, 31)
    )
    assert visitor(Kind.GOOD_CAUSE, told, date(2026, 6, 1)).possible
    assert lacking(visitor(Kind.GOOD_CAUSE, told, date(2026, 5, 31))) == ("cure_until",)
    one = replace(told, breaches=(date(2026, 3, 1), date(2026, 3, 1)))
    assert lacking(visitor(Kind.GOOD_CAUSE, one, date(2026, 6, 1))) == ("breaches",)
    never_asked = replace(told, cure_until=None)
    assert lacking(visitor(Kind.GOOD_CAUSE, never_asked, date(2026, 6, 1))) == ("cure_until",)


def test_the_listed_grounds_are_the_providers():
    told = Told(ground="false_statements", proofs=1)
    assert lacking(visitor(Kind.GOOD_CAUSE, told, date(2026, 6, 1), side=Side.CUSTOMER)) == ("ground",)
    own = Told(ground="other", ground_text="Leistung dauerhaft eingestellt", proofs=1)
    assert visitor(Kind.GOOD_CAUSE, own, date(2026, 6, 1), side=Side.CUSTOMER).possible


@pytest.mark.requirement("AP-048")
def test_leisure_ends_at_once_on_three_grounds_only():
    on = date(2026, 6, 1)
    for ground in ("integrity", "copyright", "brand"):
        told = Told(ground=ground, proofs=1, declared_on=on, declared_by=Means.EMAIL)
        assert leisure(Kind.IMMEDIATE, told, on).ends == on
    assert lacking(leisure(Kind.IMMEDIATE, Told(ground="integrity"), on)) == ("proofs",)
    other = Told(ground="other", ground_text="Zahlt nicht", proofs=1)
    assert lacking(leisure(Kind.IMMEDIATE, other, on)) == ("ground",)


def test_crm_ends_at_once_for_a_breach_of_the_limits_of_use():
    told = Told(ground="breach_of_use", proofs=1)
    ruling = decide(Kind.IMMEDIATE, CRM, told, on=date(2026, 6, 1))
    assert ruling.value.possible
    assert [str(clause) for clause in ruling.clauses] == ["§3"]
    assert [item.key for item in immediate_grounds(CRM)] == ["breach_of_use", "other_breach"]
    unpaid = decide(Kind.IMMEDIATE, CRM, replace(told, ground="non_payment"), on=date(2026, 6, 1))
    assert (lacking(unpaid.value), unpaid.clauses[0].number) == (("ground",), "§13")
    assert immediate_grounds(DEALERSHIP) == ()


# --- What happened to the contract ---------------------------------------------------------------------------------


def months(*numbers: int) -> Told:
    return Told(capped=tuple(date(2026, number, 1) for number in numbers))


@pytest.mark.requirement("FW-024")
def test_three_full_reductions_in_a_row():
    found = visitor(Kind.FULL_REDUCTIONS, months(3, 4, 5), date(2026, 6, 1))
    assert (found.possible, found.possible_from) == (True, date(2026, 6, 1))
    assert lacking(visitor(Kind.FULL_REDUCTIONS, months(3, 4, 5), date(2026, 5, 31))) == ("in_a_row",)
    broken = visitor(Kind.FULL_REDUCTIONS, months(3, 4, 6), date(2026, 7, 1))
    assert (lacking(broken), broken.possible_from) == (("in_a_row",), None)
    assert SHAPES[Kind.FULL_REDUCTIONS].sides == (Side.CUSTOMER,)


@pytest.mark.requirement("FW-054")
def test_visitor_force_majeure_counts_from_receipt_and_gives_a_right():
    told = Told(event_text="Hochwasser", event_sent=date(2026, 5, 28), event_on=date(2026, 6, 1))
    assert circumstances.suspended_from(Case("force_majeure", VISITOR, told, date(2026, 6, 1))) == date(2026, 6, 1)
    assert lacking(visitor(Kind.FORCE_MAJEURE, told, date(2026, 7, 1))) == ("lasts",)
    found = visitor(Kind.FORCE_MAJEURE, told, date(2026, 7, 2))
    assert (found.possible, found.by_itself, found.ends) == (True, False, None)
    over = replace(told, event_over=date(2026, 6, 20))
    assert visitor(Kind.FORCE_MAJEURE, over, date(2026, 7, 2)).over
    later = replace(told, event_over=date(2026, 7, 5))
    assert visitor(Kind.FORCE_MAJEURE, later, date(2026, 7, 5)).possible
    unsent = Told(event_over=date(2026, 6, 20))
    assert visitor(Kind.FORCE_MAJEURE, unsent, date(2026, 7, 2)).over


@pytest.mark.requirement("AP-051")
def test_leisure_force_majeure_counts_from_dispatch_and_ends():
    told = Told(event="telecom", event_sent=date(2026, 6, 1), event_on=date(2026, 6, 4))
    assert circumstances.suspended_from(Case("force_majeure", LEISURE, told, date(2026, 6, 1))) == date(2026, 6, 1)
    assert leisure(Kind.FORCE_MAJEURE, told, date(2026, 7, 1)).ends is None
    assert leisure(Kind.FORCE_MAJEURE, told, date(2026, 7, 2)).ends == date(2026, 7, 1)
    other = replace(told, event="other")
    assert lacking(leisure(Kind.FORCE_MAJEURE, other, date(2026, 7, 2))) == ("event",)
    named = replace(other, event_text="Sonnensturm")
    assert leisure(Kind.FORCE_MAJEURE, named, date(2026, 7, 2)).ends == date(2026, 7, 1)
    assert lacking(leisure(Kind.FORCE_MAJEURE, replace(named, event=""), date(2026, 7, 2))) == ("event",)
    assert lacking(leisure(Kind.FORCE_MAJEURE, replace(told, event_sent=None), date(2026, 7, 2))) == (
        "event_notice", "lasts",
    )  # fmt: skip


def test_who_ends_by_itself():
    assert [by_itself(Kind.FORCE_MAJEURE, pack) for pack in (VISITOR, LEISURE, DEALERSHIP)] == [False, True, False]
    assert by_itself(Kind.BY_DELAY, LEISURE)
    assert not by_itself(Kind.NOT_CURED, LEISURE)


@pytest.mark.requirement("FW-019")
def test_an_objection_lets_the_provider_end_with_three_months():
    told = Told(objected_on=date(2026, 3, 10), unreasonable="Der alte Dienst wird vom Hersteller abgeschaltet.")
    declared = replace(told, declared_on=date(2026, 3, 15), declared_by=Means.LETTER)
    ruling: Ruling[Finding] = decide(Kind.OBJECTION, VISITOR, declared, on=date(2026, 3, 15))
    assert ruling.value.ends == date(2026, 6, 15)
    assert [str(clause) for clause in ruling.clauses] == ["4.3.3"]
    no_reason = replace(told, unreasonable="")
    assert lacking(visitor(Kind.OBJECTION, no_reason, date(2026, 3, 15))) == ("unreasonable",)
    nobody = replace(told, objected_on=None)
    assert lacking(visitor(Kind.OBJECTION, nobody, date(2026, 3, 15))) == ("objected",)


@pytest.mark.parametrize("kind", list(Kind))
def test_a_contract_that_does_not_know_an_ending_refuses_it(kind: Kind):
    assert kinds_of(DEALERSHIP) == ()
    with pytest.raises(SilentError):
        decide(kind, DEALERSHIP, Told(), on=date(2026, 1, 1))


def test_what_was_told_is_kept_with_the_ruling():
    ruling = decide(Kind.NOT_CURED, LEISURE, LETTER, on=date(2026, 7, 2))
    assert ruling.inputs == (
        ("on", "2026-07-02"),
        ("letter_on", "2026-06-01"),
        ("letter_by", "registered_letter"),
        ("letter_states", "breach, consequence"),
        ("proofs", "1"),
    )
