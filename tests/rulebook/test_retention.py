"""Until when data is kept, what a duty to keep means for an erasure, and the month of somebody who asks."""

from datetime import date

import pytest

from kontor.rulebook import terms
from kontor.rulebook.calc.keeping import RETENTION
from kontor.rulebook.calc.registry import answer
from kontor.rulebook.calendar import HolidayList, WorkingDays
from kontor.rulebook.retention import Held, duty, kept_until, kind_of, kinds_of, outcome
from kontor.rulebook.ruling import Clause, Text
from kontor.rulebook.subject_request import answer_clock, identity_asked, may_extend
from kontor.rulebook.terms import NoAnswerError

GERMANY = WorkingDays(HolidayList("DE", "BE"))


def kept(pack: str, kind: str, since: date, *, open_until: date | None = None):
    return kept_until(*kind_of(terms.load(pack), kind), since, open_until=open_until).value


@pytest.mark.parametrize(
    ("pack", "kind", "since", "last", "gone"),
    [
        # 31 March + 30 days: April has 30, so through the 30th (SO-067); "at most" four weeks end on day 28 (FW-030).
        ("crm", "customer_data", date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 1)),
        ("visitor", "customer_data", date(2026, 1, 31), date(2026, 2, 28), date(2026, 2, 28)),
        ("crm", "trial_data", date(2026, 5, 15), date(2026, 5, 15), date(2026, 5, 16)),
        ("bookkeeping", "access_log", date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 8)),
        ("bookkeeping", "session_address", date(2026, 5, 1), date(2026, 5, 1), date(2026, 5, 1)),
        ("bookkeeping", "satisfaction_score", date(2026, 5, 31), date(2026, 5, 31), date(2026, 5, 31)),
        ("bookkeeping", "affiliate_tracking", date(2023, 5, 10), date(2026, 5, 10), date(2026, 5, 11)),
        ("bookkeeping", "payment", date(2025, 3, 15), date(2035, 12, 31), date(2035, 12, 31)),
        ("dealership", "books", date(2026, 3, 5), date(2036, 12, 31), date(2037, 1, 1)),
        ("dealership", "business_letter", date(2026, 3, 5), date(2032, 12, 31), date(2033, 1, 1)),
        ("leisure", "invoice", date(2026, 3, 5), date(2036, 12, 31), date(2037, 1, 1)),
        ("leisure", "tax_document", date(2026, 3, 5), date(2032, 3, 5), date(2032, 3, 6)),
    ],
)
def test_each_kind_is_kept_as_its_text_says(pack, kind, since, last, gone):
    found = kept(pack, kind, since)
    assert (found.last, found.gone_on, found.then) == (last, gone, "delete")


def test_trap_48_an_invoice_is_restricted_until_its_eighth_year_ends_and_not_before_the_assessment():
    """5 March 2026: the year ends, eight more pass: 31 December 2034; an assessment still open in 2036 lengthens it."""
    assert kept("visitor", "invoice", date(2026, 3, 5)).last == date(2034, 12, 31)
    assert kept("visitor", "invoice", date(2026, 3, 5), open_until=date(2036, 6, 30)).last == date(2036, 6, 30)
    assert kept("visitor", "invoice", date(2026, 3, 5), open_until=date(2030, 6, 30)).last == date(2034, 12, 31)
    # What may stay at most so long is not kept longer because something is open.
    assert kept("visitor", "customer_data", date(2026, 1, 31), open_until=date(2036, 1, 1)).last == date(2026, 2, 28)
    owed = duty(*kind_of(terms.load("visitor"), "invoice"), date(2026, 3, 5))
    found = outcome(date(2026, 5, 1), [owed]).value
    assert (found.then, found.until, found.held) == ("restrict", date(2034, 12, 31), (owed,))
    assert owed.reason.en == (
        "Invoices and vouchers: to be kept until 31 December 2034 (UStG § 14b (1), AO § 147 (3), AO § 147 (4))."
    )
    assert outcome(date(2035, 1, 1), [owed]).value.then == "delete"


def test_trap_49_thirty_days_after_new_years_eve_end_on_a_saturday():
    """31 December + 30 days is 30 January 2027, a Saturday; no Monday is waited for."""
    found = kept("crm", "customer_data", date(2026, 12, 31))
    assert (found.last, found.last.strftime("%A")) == (date(2027, 1, 30), "Saturday")


def test_a_hold_without_an_end_keeps_until_its_reason_is_gone():
    dispute = Held(Text("Rechtsstreit.", "A dispute."), None, Clause("house", "Art. 17 (3) (e)"))
    dated = Held(Text("Bis Mai.", "Until May."), date(2026, 5, 1))
    ruling = outcome(date(2026, 4, 1), [dispute, dated], clauses=[Clause("crm", "§14")])
    assert (ruling.value.then, ruling.value.until) == ("restrict", None)
    assert [str(clause) for clause in ruling.clauses] == ["§14", "Art. 17 (3) (e)"]
    assert outcome(date(2026, 5, 1), [dated]).value.until == date(2026, 5, 1)
    assert outcome(date(2026, 5, 2), [dated]).value.then == "delete"


def test_a_pack_and_its_law_name_their_kinds_once_and_refuse_the_others():
    assert list(kinds_of(terms.load("visitor"))) == ["customer_data", "invoice", "books", "business_letter"]
    assert list(kinds_of(terms.load("crm"))) == ["trial_data", "customer_data"]
    with pytest.raises(NoAnswerError, match="how long something is kept"):
        kind_of(terms.load("crm"), "invoice")


def test_the_calculator_answers_for_a_kind():
    found = answer("retention", {"kind": "payment", "from": "2025-03-15"}, pack="bookkeeping")
    assert found.value == {"keep_until": "2035-12-31", "then": "delete"}
    assert [str(clause) for clause in found.ruling.clauses] == ["11"]
    assert any("Reading of 11" in step.en for step in found.ruling.working)


def test_trap_46_a_month_from_the_last_of_january_ends_on_the_second_of_march():
    """31 January + 1 month: 28 February is a Saturday, so Monday 2 March; three months end on Thursday 30 April."""
    clock = answer_clock(date(2026, 1, 31), GERMANY).value
    assert (clock.begins, clock.answer_by, clock.extended_by) == (
        date(2026, 1, 31), date(2026, 3, 2), date(2026, 4, 30)
    )  # fmt: skip
    assert may_extend(clock, told_on=date(2026, 3, 2)).value is True
    assert may_extend(clock, told_on=date(2026, 3, 3)).value is False


def test_the_clock_begins_when_it_is_clear_who_asks():
    clock = answer_clock(date(2026, 3, 3), GERMANY, clear_on=date(2026, 3, 10))
    assert (clock.value.begins, clock.value.answer_by) == (date(2026, 3, 10), date(2026, 4, 10))
    assert "Who asks was clear only on 10 March 2026." in [step.en for step in clock.working]
    early = answer_clock(date(2026, 3, 3), GERMANY, clear_on=date(2026, 3, 1)).value
    assert (early.begins, early.answer_by) == (date(2026, 3, 3), date(2026, 4, 7))  # 3 April is Good Friday, 6th Easter


@pytest.mark.parametrize(
    ("signed_in", "doubts", "asked"),
    [(True, "Another address", False), (False, " ", False), (False, "The address is not on file", True)],
)
def test_more_is_asked_only_where_doubts_are_real(signed_in, doubts, asked):
    assert identity_asked(signed_in=signed_in, doubts=doubts).value is asked


def test_a_text_that_regulates_nothing_of_it_says_so():
    with pytest.raises(NoAnswerError, match="how long data is kept"):
        RETENTION.rests_on(terms.load("crm").model_copy(update={"retention": None}))
