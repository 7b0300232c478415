"""Ordinary notice: form, the day that counts, the day it ends the contract, and its withdrawal."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, strategies as st

from kontor.rulebook import terms
from kontor.rulebook.amendments import Amendment, state_on
from kontor.rulebook.contract_state import End, SetTerm
from kontor.rulebook.duration import Duration
from kontor.rulebook.ending.form import Form, Means, has_form
from kontor.rulebook.ending.notice import (
    Counts,
    Given,
    Late,
    NoticeAnswer,
    NoticeRule,
    Outcome,
    To,
    decide_notice,
    refuse_consumer_renewal,
    withdrawal,
)
from kontor.rulebook.ending.pack_rule import notice_rule
from kontor.rulebook.period import Interval, Period
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.term import TermRule
from kontor.rulebook.terms.concluded import concluded

YEAR, QUARTER = Duration.parse("12 months"), Duration.parse("3 months")
VISITOR = terms.load("visitor")
CRM = terms.load("crm")
LEISURE = terms.load("leisure")
DEALERSHIP = concluded(
    "dealership",
    "2026-01",
    settings={},
    agreed={"notice.period": "1 month", "notice.to": "any_time", "term.initial": "12 months", "term.renewal": "1 year"},
)


def visitor(first: date = date(2026, 1, 1), *, initial: Duration = YEAR) -> NoticeRule:
    return notice_rule(VISITOR, TermRule(first, initial, YEAR, QUARTER))


def crm(first: date = date(2026, 1, 1), every: Interval = Interval.QUARTER) -> NoticeRule:
    return notice_rule(CRM, TermRule(first, YEAR, every, Duration.parse("30 days")))


def leisure(first: date, initial: Duration = YEAR) -> NoticeRule:
    return notice_rule(LEISURE, TermRule(first, initial, Duration.parse("1 year"), QUARTER))


def letter(received: date, **more: date | tuple[str, ...]) -> Given:
    return Given(Means.LETTER, received=received, **more)  # type: ignore[arg-type]


def ends(rule: NoticeRule, notice: Given) -> tuple[Outcome, date | None]:
    answer = decide_notice(rule, notice).value
    return answer.outcome, answer.ends


@pytest.mark.parametrize(
    ("first", "initial", "last_day"),
    [
        (date(2026, 1, 1), "12 months", date(2026, 9, 30)),  # to 31 Dec 2026
        (date(2025, 7, 1), "12 months", date(2026, 3, 31)),  # to 30 Jun 2026; counting back from 30 Jun gives 30 Mar
        (date(2026, 3, 1), "12 months", date(2026, 11, 30)),  # to 28 Feb 2027; counting back from it gives 28 Nov
    ],
)
def test_trap_4_months_before_the_end_of_the_term(first: date, initial: str, last_day: date):
    rule = visitor(first, initial=Duration.parse(initial))
    assert decide_notice(rule, letter(first)).value.notice_by == last_day
    assert ends(rule, letter(last_day))[0] is Outcome.IN_TIME
    assert ends(rule, letter(date.fromordinal(last_day.toordinal() + 1)))[0] is Outcome.LATE


def test_trap_4_one_month_to_30_march():
    rule = NoticeRule(TermRule(date(2025, 3, 31), YEAR, YEAR, Duration.parse("1 month")))
    # the term's end is 30 March, the effect begins on 31 March; a month before it there is no 31 February: 28, less one
    assert decide_notice(rule, letter(date(2026, 1, 1))).value.notice_by == date(2026, 2, 27)


def test_trap_5_days_before_the_end_of_a_term():
    # 30 whole days between the notice and 1 April: 2 to 31 March
    by_quarter = crm(date(2025, 4, 1))
    assert decide_notice(by_quarter, letter(date(2026, 1, 5))).value.notice_by == date(2026, 3, 1)
    sixty = NoticeRule(TermRule(date(2026, 1, 1), YEAR, YEAR, Duration.parse("60 days")))
    assert decide_notice(sixty, letter(date(2026, 5, 5))).value.notice_by == date(2026, 11, 1)


def test_trap_6_a_sunday_does_not_move_the_last_day():
    rule = visitor(date(2025, 9, 1))  # to 31 Aug 2026; 31 May 2026 is a Sunday
    assert ends(rule, letter(date(2026, 5, 31))) == (Outcome.IN_TIME, date(2026, 8, 31))
    assert ends(rule, letter(date(2026, 6, 1))) == (Outcome.LATE, date(2027, 8, 31))


def test_trap_8_a_day_late_is_a_year_more():
    assert ends(visitor(), letter(date(2026, 9, 30))) == (Outcome.IN_TIME, date(2026, 12, 31))
    assert ends(visitor(), letter(date(2026, 10, 1))) == (Outcome.LATE, date(2027, 12, 31))


@pytest.mark.trap(9)
def test_trap_9_a_consumers_contract_is_not_renewed_by_a_term():
    clauses = [Clause("law-de", "BGB § 309 Nr. 9")]
    refuse_consumer_renewal(business=True, renewal=clauses)
    with pytest.raises(RefusalError) as refused:
        refuse_consumer_renewal(business=False, renewal=clauses)
    assert refused.value.text == Text(
        "Der Kunde ist Verbraucher: Der Vertrag darf sich nicht um eine feste Laufzeit verlängern (BGB § 309 Nr. 9).",
        "The customer is a consumer: the contract must not be renewed by a fixed term (BGB § 309 Nr. 9).",
    )


@pytest.mark.requirement("FW-026")
def test_visitor_term_and_notice():
    rule = visitor(date(2025, 1, 15))
    ruling = decide_notice(rule, letter(date(2025, 10, 14)))
    assert ruling.value == NoticeAnswer(Outcome.IN_TIME, date(2025, 10, 14), date(2025, 10, 14), date(2026, 1, 14))
    assert [str(clause) for clause in ruling.clauses] == ["4.6.1"]
    assert [step.de for step in ruling.working] == [
        "Verlangt wird ein unterschriebener Brief; so kam sie: unterschriebener Brief.",
        "Es zählt der Zugang: 14.10.2025.",
        "Am 14.10.2025 läuft die Laufzeit 15.01.2025 bis 14.01.2026.",
        "3 Monate vor dem Ende am 14.01.2026: Eine Kündigung zählt spätestens am Di 14.10.2025.",
        "Am 14.10.2025 ist sie rechtzeitig; der Vertrag endet am 14.01.2026.",
        "Lesart zu 4.6.1: 4.6.1 nennt den maßgeblichen Tag nicht; eine Erklärung wird mit ihrem Zugang wirksam "
        "(§ 130 BGB).",
    ]
    assert ends(rule, letter(date(2025, 10, 15))) == (Outcome.LATE, date(2027, 1, 14))


@pytest.mark.requirement("SO-062")
def test_crm_notice_counts_when_sent():
    rule = crm()
    sent = Given(Means.LETTER, sent=date(2026, 12, 1), received=date(2026, 12, 8))
    assert ends(rule, sent) == (Outcome.IN_TIME, date(2026, 12, 31))
    late = Given(Means.LETTER, sent=date(2026, 12, 2), received=date(2026, 12, 2))
    assert ends(rule, late) == (Outcome.LATE, date(2027, 3, 31))  # one billing interval later
    only_received = Given(Means.LETTER, received=date(2026, 12, 1))
    assert ends(rule, only_received) == (Outcome.IN_TIME, date(2026, 12, 31))


@pytest.mark.requirement("AP-005")
def test_leisure_notice_by_registered_letter():
    rule = leisure(date(2025, 2, 1))

    def registered(received: date) -> Given:
        return Given(Means.REGISTERED_LETTER, sent=date(2025, 10, 27), received=received)

    assert ends(rule, registered(date(2025, 10, 31))) == (Outcome.IN_TIME, date(2026, 1, 31))
    assert ends(rule, registered(date(2025, 11, 1))) == (Outcome.LATE, date(2027, 1, 31))
    for means in (Means.LETTER, Means.EMAIL, Means.PLATFORM):
        refused = decide_notice(rule, Given(means, received=date(2025, 10, 1)))
        assert refused.value == NoticeAnswer(Outcome.REFUSED)
        assert [str(clause) for clause in refused.clauses] == ["Art. 4"]


def test_what_is_only_sent_waits_where_receipt_counts():
    awaited = decide_notice(leisure(date(2025, 2, 1)), Given(Means.REGISTERED_LETTER, sent=date(2025, 10, 27)))
    assert awaited.value == NoticeAnswer(Outcome.AWAITED)
    assert awaited.working[-1].en == (
        "What counts is receipt; its day is not known yet. Until then the notice has no effect."
    )
    unsent = decide_notice(crm(), Given(Means.LETTER))
    assert unsent.working[-1].de == (
        "Es zählt die Absendung; der Tag steht noch nicht fest. Bis dahin bewirkt die Kündigung nichts."
    )


def test_nothing_is_received_before_it_was_sent():
    with pytest.raises(RefusalError) as refused:
        Given(Means.LETTER, sent=date(2026, 3, 2), received=date(2026, 3, 1))
    assert refused.value.text.en == "The notice cannot have been received on 1 March 2026: it was sent on 2 March 2026."


def test_early_notice_holds_for_the_earliest_end():
    rule = visitor(date(2027, 1, 1))
    assert ends(rule, letter(date(2026, 11, 20))) == (Outcome.EARLY, date(2027, 12, 31))


def test_a_named_day_moves_the_end_later_never_earlier():
    rule = visitor()
    assert ends(rule, letter(date(2026, 3, 1), wished=date(2026, 6, 30)))[1] == date(2026, 12, 31)
    assert ends(rule, letter(date(2026, 3, 1), wished=date(2027, 1, 1)))[1] == date(2027, 12, 31)
    any_day = notice_rule(DEALERSHIP, TermRule(date(2026, 1, 1), YEAR, YEAR, Duration.parse("1 month")))
    assert ends(any_day, letter(date(2026, 3, 31), wished=date(2026, 6, 17)))[1] == date(2026, 6, 17)


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (date(2026, 3, 15), date(2026, 4, 15)),  # over the night the clocks change
    ],
)
def test_notice_at_any_time_ends_with_its_own_period(received: date, last: date):
    rule = notice_rule(DEALERSHIP, TermRule(date(2025, 1, 1), YEAR, YEAR, Duration.parse("1 month")))
    assert (rule.to, rule.form) == (To.ANY_TIME, Form.INFORMAL)
    ruling = decide_notice(rule, Given(Means.EMAIL, received=received))
    assert ruling.value == NoticeAnswer(Outcome.IN_TIME, received, None, last)
    assert ruling.working[0].en == "The contract demands no form."


def test_notice_at_any_time_before_the_beginning():
    rule = notice_rule(DEALERSHIP, TermRule(date(2026, 6, 1), YEAR, YEAR, Duration.parse("1 month")))
    assert ends(rule, Given(Means.PLATFORM, received=date(2026, 3, 1))) == (Outcome.EARLY, date(2026, 6, 1))


def test_parts_are_given_up_only_where_the_contract_lets_them():
    part = decide_notice(visitor(), letter(date(2026, 9, 30), parts=("visitors",)))
    assert (part.value.outcome, part.value.ends) == (Outcome.IN_TIME, date(2026, 12, 31))
    assert [str(clause) for clause in part.clauses] == ["4.6.1", "3.2"]
    whole_only = decide_notice(
        leisure(date(2025, 2, 1)), Given(Means.REGISTERED_LETTER, received=date(2025, 5, 1), parts=("kiosk",))
    )
    assert whole_only.value == NoticeAnswer(Outcome.REFUSED)
    assert [str(clause) for clause in whole_only.clauses] == ["Art. 4", "21.2"]
    silent = NoticeRule(TermRule(date(2026, 1, 1), YEAR, YEAR, QUARTER), clauses=(Clause("x", "1"),))
    assert decide_notice(silent, letter(date(2026, 2, 1), parts=("a",))).clauses == (Clause("x", "1"),)


def test_the_other_reading_of_a_late_notice():
    # sent on 30 January for a term to 31 January; 30 days before 28 February is 29 January, so that is missed as well
    monthly = crm(date(2025, 2, 1), Interval.MONTH)
    assert ends(monthly, letter(date(2026, 1, 30)))[1] == date(2026, 3, 31)
    other = NoticeRule(monthly.term, late=Late.NEXT_TERM_END)
    assert ends(other, letter(date(2026, 1, 30)))[1] == date(2026, 2, 28)


def test_an_offer_may_let_an_e_mail_be_writing():
    pack = concluded("visitor", "2026-01", settings={"notice.email_is_written": True}, agreed={})
    rule = notice_rule(pack, TermRule(date(2026, 1, 1), YEAR, YEAR, QUARTER))
    assert ends(rule, Given(Means.EMAIL, received=date(2026, 9, 30))) == (Outcome.IN_TIME, date(2026, 12, 31))
    assert has_form(Means.EMAIL, Form.EMAIL)
    assert not has_form(Means.LETTER, Form.SELF_SERVICE)


def test_where_no_law_is_on_file_receipt_counts():
    silent = DEALERSHIP.model_copy(update={"law": "no", "notice": None})
    rule = notice_rule(silent, TermRule(date(2026, 1, 1), YEAR, YEAR, QUARTER))
    assert (rule.counts, rule.clauses, rule.form_clauses) == (Counts.RECEIVED, (), ())


@pytest.mark.parametrize(
    ("last", "on", "consented", "allowed", "why"),
    [
        (None, date(2026, 5, 1), None, True, "The notice has had no effect yet and can be withdrawn without consent."),
        (
            date(2026, 12, 31), date(2026, 12, 31), date(2026, 12, 30), True,
            "The other side consented on 30 December 2026, before the end on 31 December 2026: the contract goes on.",
        ),
        (
            date(2026, 12, 31), date(2027, 1, 1), date(2026, 12, 30), False,
            "The contract ended on 31 December 2026; after that the notice cannot be withdrawn.",
        ),
        (
            date(2026, 12, 31), date(2026, 11, 1), None, False,
            "The notice has been given; it can only be withdrawn with the other side's consent.",
        ),
        (
            date(2026, 12, 31), date(2026, 11, 1), date(2026, 11, 2), False,
            "The notice has been given; it can only be withdrawn with the other side's consent.",
        ),
    ],
)  # fmt: skip
def test_a_notice_is_withdrawn_before_its_effect_and_with_consent(
    last: date | None, on: date, consented: date | None, allowed: bool, why: str
):
    ruling = withdrawal(ends=last, on=on, consented=consented)
    assert (ruling.value, ruling.working[0].en) == (allowed, why)


@given(
    st.dates(date(2024, 1, 1), date(2028, 12, 31)),
    st.integers(0, 1500),
    st.sampled_from(["1 month", "3 months", "30 days", "6 weeks"]),
)
def test_the_whole_period_lies_between_notice_and_end(first: date, later: int, period: str):
    notice = Duration.parse(period)
    rule = NoticeRule(TermRule(first, YEAR, YEAR, notice))
    counted = date.fromordinal(first.toordinal() + later)
    answer = decide_notice(rule, letter(counted)).value
    assert answer.ends is not None
    assert any(term.last == answer.ends for term, _ in zip(rule.term.terms(), range(12), strict=False))
    tomorrow = decide_notice(rule, letter(date.fromordinal(counted.toordinal() + 1))).value
    assert tomorrow.ends is not None
    assert tomorrow.ends >= answer.ends  # never an earlier end for a later notice


@given(st.permutations(["renewal", "end"]), st.integers(0, 300))
def test_renewing_and_ending_commute(order: list[str], day_told: int):
    told = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)  # the hour that the clocks in Berlin skip
    last = date.fromordinal(date(2026, 12, 31).toordinal() + day_told)
    made = {
        "renewal": SetTerm(Period(date(2027, 1, 1), date(2028, 1, 1))),
        "end": End(last),
    }
    rows = [
        Amendment(name, date(2026, 10, 1), told.replace(minute=number), made[name]) for number, name in enumerate(order)
    ]
    state = state_on(rows, date(2027, 6, 1)).value
    assert (state.ends, state.term) == (last, Period(date(2027, 1, 1), date(2028, 1, 1)))
