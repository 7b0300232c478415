"""The periods of the CRM contract, counted: its pack's numbers in the rules for term, seats, periods and hours."""

from datetime import date
from itertools import islice

import pytest

from kontor.rulebook.due import Reduction, seats_reduced_from
from kontor.rulebook.period import Interval, last_day_after, latest_before
from kontor.rulebook.term import TermRule, term_on
from kontor.rulebook.terms import load
from kontor.rulebook.windows import opening
from tests.rulebook.pack_table import clock, local

PACK = load("crm", version="2026-01")


def term_rule(first_day: date, renewal: Interval) -> TermRule:
    return TermRule(first_day, initial=PACK.term.initial.value, renewal=renewal, notice=PACK.notice.period.value)


@pytest.mark.requirement("SO-008")
def test_after_twelve_months_the_contract_renews_by_its_billing_interval():
    # the catalogue's example: from 1 July 2025, billed by quarter
    ends = [term.last for term in islice(term_rule(date(2025, 7, 1), Interval.QUARTER).terms(), 4)]
    assert ends == [date(2026, 6, 30), date(2026, 9, 30), date(2026, 12, 31), date(2027, 3, 31)]


@pytest.mark.requirement("SO-062")
@pytest.mark.parametrize(
    ("sent", "in_time", "ends"),
    [
        # from 2 to 31 December lie 30 whole days
        (date(2026, 12, 1), True, date(2026, 12, 31)),
        (date(2026, 12, 2), False, date(2027, 3, 31)),
    ],
)
def test_thirty_days_lie_between_sending_the_notice_and_the_end(sent: date, in_time: bool, ends: date):
    answer = term_on(term_rule(date(2026, 1, 1), Interval.QUARTER), sent).value
    assert (answer.term.last, answer.in_time, answer.ends) == (date(2026, 12, 31), in_time, ends)


@pytest.mark.requirement("SO-059")
@pytest.mark.parametrize(
    ("received", "effective", "in_time"),
    [(date(2026, 12, 1), date(2027, 1, 1), True), (date(2026, 12, 2), date(2028, 1, 1), False)],
)
def test_a_reduction_is_received_thirty_days_before_the_interval_ends(received: date, effective: date, in_time: bool):
    notice = PACK.seats.reduction_notice.value
    ruling = seats_reduced_from(received, date(2027, 1, 1), every=Interval.YEAR, notice=notice)
    assert ruling.value == Reduction(effective, in_time)


@pytest.mark.parametrize(
    ("key", "effect", "latest"),
    [
        # 30 days in August 2 to 31; 60 in July 3 to August 31
        pytest.param(
            "transfer.provider_notice", date(2026, 9, 1), date(2026, 8, 1), marks=pytest.mark.requirement("SO-070")
        ),
        pytest.param(
            "subprocessors.notice", date(2026, 9, 1), date(2026, 7, 2), marks=pytest.mark.requirement("SO-040")
        ),
        # three whole days, 2 to 4 March, between the request and the copy
        pytest.param(
            "retention.copy_notice", date(2026, 3, 5), date(2026, 3, 1), marks=pytest.mark.requirement("SO-065")
        ),
        # 10 April plus four months is 10 August, so 1 September is far enough and 1 August is not
        pytest.param(
            "changes.kinds.terms.notice", date(2026, 9, 1), date(2026, 4, 30), marks=pytest.mark.requirement("SO-073")
        ),
    ],
)
def test_periods_before_an_effect(key: str, effect: date, latest: date):
    assert latest_before(effect, PACK.value(key).value) == latest


@pytest.mark.parametrize(
    ("key", "event", "last"),
    [
        pytest.param(
            "service_level.claim_within", date(2026, 5, 10), date(2026, 5, 13), marks=pytest.mark.requirement("SO-022")
        ),
        pytest.param(
            "service_level.claim_decided_within",
            date(2026, 6, 1),
            date(2026, 7, 1),
            marks=pytest.mark.requirement("SO-024"),
        ),
        pytest.param(
            "retention.kinds.customer_data.keep",
            date(2026, 3, 31),
            date(2026, 4, 30),
            marks=pytest.mark.requirement("SO-067"),
        ),
    ],
)
def test_periods_after_an_event(key: str, event: date, last: date):
    assert last_day_after(event, PACK.value(key).value) == last


@pytest.mark.requirement("SO-028")
@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("2025-12-24 10:00", False),  # Wednesday, Christmas Eve
        ("2027-01-01 10:00", False),  # Friday, New Year
        ("2026-02-16 10:00", False),  # Monday, Lithuania's day of restored statehood
        ("2026-11-23 08:00", True),
        ("2026-11-23 15:59", True),
        ("2026-11-23 16:00", False),
        ("2026-11-21 10:00", False),  # Saturday
    ],
)
def test_support_is_open_by_the_clocks_of_vilnius(at: str, found: bool):
    desk = clock(PACK.support_zone, PACK.support.hours.value, PACK.support.holidays.value)
    assert opening(local("Europe/Vilnius", at), desk).value.open == found
