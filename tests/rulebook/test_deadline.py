"""Promises by clock hours, office hours, working days and calendar days, with and without pauses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings, strategies as st

from kontor.rulebook.calendar import MONDAY_TO_SATURDAY, HolidayList, WorkingDays
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.deadline import Desk, deadline
from kontor.rulebook.duration import Duration
from kontor.rulebook.moment import Span, zone_named
from kontor.rulebook.ruling import Clause
from kontor.rulebook.schedule import Schedule, week

BERLIN, PARIS = zone_named("Europe/Berlin"), zone_named("Europe/Paris")
BAVARIA = HolidayList("DE", "BY", ("12-24", "12-31"))
FRENCH = HolidayList(
    days=("01-01", "easter+1", "05-01", "05-08", "easter+39", "07-14", "08-15", "11-01", "11-11", "12-25")
)
VISITOR = Desk(BusinessClock(Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), BAVARIA)), WorkingDays(BAVARIA))
LEISURE = Desk(BusinessClock(Schedule("Europe/Paris", week("Mon-Fri 09:00-18:00"), FRENCH)), WorkingDays(FRENCH))
SATURDAYS = Desk(LEISURE.office, WorkingDays(FRENCH, MONDAY_TO_SATURDAY))


def due(desk: Desk, reported: str, allowed: str, *pauses: tuple[str, str]) -> str:
    zone = desk.office.zone
    held = [Span(*(datetime.fromisoformat(edge).replace(tzinfo=zone) for edge in pause)) for pause in pauses]
    moment = datetime.fromisoformat(reported).replace(tzinfo=zone)
    return deadline(moment, Duration.parse(allowed), desk=desk, pauses=held).value.isoformat(timespec="minutes")


@pytest.mark.requirement("FW-096")
@pytest.mark.parametrize(
    ("allowed", "moment"),
    [
        ("5 clock hours", "2026-03-02T15:00+01:00"),
        ("24 clock hours", "2026-03-03T10:00+01:00"),
        ("48 clock hours", "2026-03-04T10:00+01:00"),
        ("72 clock hours", "2026-03-05T10:00+01:00"),
    ],
)
def test_visitor_s_hours_run_by_the_clock_from_monday_10_00(allowed: str, moment: str) -> None:
    assert due(VISITOR, "2026-03-02T10:00", allowed) == moment


def test_clock_hours_run_over_weekends_and_the_spring_change() -> None:
    # Saturday 12:00 + 24 hours of real time: one hour of the night does not exist
    assert due(VISITOR, "2026-03-28T12:00", "24 clock hours") == "2026-03-29T13:00+02:00"


@pytest.mark.requirement("AP-061")
@pytest.mark.requirement("AP-062")
@pytest.mark.parametrize(
    ("allowed", "moment"),
    [("24 office hours", "2026-06-03T16:00+02:00"), ("48 office hours", "2026-06-08T13:00+02:00")],
)
def test_leisure_s_working_hours(allowed: str, moment: str) -> None:
    assert due(LEISURE, "2026-06-01T10:00", allowed) == moment


@pytest.mark.requirement("AP-063")
@pytest.mark.parametrize(
    ("desk", "moment"),
    [
        (LEISURE, "2026-06-09T18:00+02:00"),  # 14 May is Ascension, Whit Monday counts
        (SATURDAYS, "2026-06-04T18:00+02:00"),
    ],
)
def test_leisure_s_working_days_end_with_the_last_one_s_office_hours(desk: Desk, moment: str) -> None:
    assert due(desk, "2026-05-11T10:00", "20 working days") == moment


@pytest.mark.parametrize("reported", ["2026-05-11T00:00", "2026-05-11T08:59", "2026-05-11T23:59"])
def test_the_day_of_the_report_never_counts(reported: str) -> None:
    assert due(LEISURE, reported, "1 working day") == "2026-05-12T18:00+02:00"


def test_a_working_day_without_office_hours_ends_at_midnight() -> None:
    assert due(SATURDAYS, "2026-05-15T10:00", "1 working day") == "2026-05-17T00:00+02:00"


@pytest.mark.requirement("AP-064")
@pytest.mark.parametrize(
    ("reported", "allowed", "moment"),
    [
        ("2026-06-01T10:00", "7 days", "2026-06-09T00:00+02:00"),  # the end of Monday 8 June
        ("2026-12-19T10:00", "7 days", "2026-12-27T00:00+01:00"),  # Saturday 26 December is not moved
        ("2026-01-31T10:00", "1 month", "2026-03-01T00:00+01:00"),
    ],
)
def test_calendar_days_and_months_end_with_their_last_day(reported: str, allowed: str, moment: str) -> None:
    assert due(LEISURE, reported, allowed) == moment


def test_a_pause_holds_back_exactly_what_the_clock_would_have_counted() -> None:
    weekend = ("2026-11-20T16:00", "2026-11-23T10:00")
    # Friday 10:00: 6 hours before the pause, 9 + 9 after it began on Monday 10:00 -> 8 on Monday, 9, 1 on Wednesday
    assert due(VISITOR, "2026-11-20T10:00", "24 office hours", weekend) == "2026-11-25T10:00+01:00"
    # by the clock the same pause lasts 66 hours
    assert due(VISITOR, "2026-11-20T10:00", "24 clock hours", weekend) == "2026-11-24T04:00+01:00"


@pytest.mark.parametrize(
    ("pause", "moment"),
    [
        (("2026-05-12T15:00", "2026-05-13T12:00"), "2026-05-15T18:00+02:00"),  # no day was paused throughout
        (("2026-05-12T15:00", "2026-05-13T18:00"), "2026-05-18T18:00+02:00"),  # Wednesday's hours were
        (("2026-05-12T09:00", "2026-05-13T18:00"), "2026-05-19T18:00+02:00"),
        (("2026-05-14T00:00", "2026-05-15T00:00"), "2026-05-15T18:00+02:00"),  # a holiday: nothing to hold back
    ],
)
def test_a_working_day_paused_throughout_is_left_out(pause: tuple[str, str], moment: str) -> None:
    assert due(LEISURE, "2026-05-11T10:00", "3 working days", pause) == moment


def test_pauses_that_overlap_or_touch_hold_back_once() -> None:
    overlapping = (("2026-06-01T14:00", "2026-06-01T16:00"), ("2026-06-01T12:00", "2026-06-01T15:00"))
    touching = ("2026-06-01T16:00", "2026-06-01T17:00")
    # five hours from 12:00 to 17:00: 5 of 24 on Monday's rest, Wednesday 16:00 becomes Thursday 12:00
    assert due(LEISURE, "2026-06-01T10:00", "24 office hours", *overlapping, touching) == "2026-06-04T12:00+02:00"
    within = ("2026-06-01T12:30", "2026-06-01T13:00")
    assert due(LEISURE, "2026-06-01T10:00", "24 office hours", *overlapping, within) == "2026-06-04T11:00+02:00"


def test_a_saturday_without_office_hours_is_left_out_when_all_of_it_was_paused() -> None:
    whole = ("2026-05-16T00:00", "2026-05-17T00:00")
    assert due(SATURDAYS, "2026-05-15T10:00", "1 working day", whole) == "2026-05-18T18:00+02:00"
    part = ("2026-05-16T00:00", "2026-05-16T23:00")
    assert due(SATURDAYS, "2026-05-15T10:00", "1 working day", part) == "2026-05-17T00:00+02:00"


@pytest.mark.parametrize(
    ("pause", "moment"),
    [
        (("2026-06-03T00:00", "2026-06-05T00:00"), "2026-06-11T00:00+02:00"),  # two whole days
        (("2026-06-03T08:00", "2026-06-04T23:00"), "2026-06-09T00:00+02:00"),  # none is whole
        (("2026-06-08T00:00", "2026-06-09T00:00"), "2026-06-10T00:00+02:00"),  # the last day itself
    ],
)
def test_a_calendar_day_paused_throughout_is_left_out(pause: tuple[str, str], moment: str) -> None:
    assert due(LEISURE, "2026-06-01T10:00", "7 days", pause) == moment


def test_the_ruling_names_the_clock_and_each_pause() -> None:
    pause = Span(datetime(2026, 6, 1, 12, tzinfo=PARIS), datetime(2026, 6, 1, 13, tzinfo=PARIS))
    why = Clause("leisure", "Anhang 1, 1.3 (i)")
    ruling = deadline(
        datetime(2026, 6, 1, 8, tzinfo=UTC),
        Duration.parse("24 office hours"),
        desk=LEISURE,
        pauses=[pause],
        clauses=(why,),
    )
    assert ruling.clauses == (why,)
    assert [step.de for step in ruling.working] == [
        "Gezählt wird ab Mo 01.06.2026, 10:00 Uhr.",
        "24 Arbeitsstunden laufen nur, solange geöffnet ist.",
        "Die Uhr steht von Mo 01.06.2026, 12:00 Uhr bis Mo 01.06.2026, 13:00 Uhr.",
        "Fällig: Mi 03.06.2026, 17:00 Uhr.",
    ]
    assert ruling.inputs == (
        ("reported", "2026-06-01T10:00:00+02:00"),
        ("allowed", "24 office hours"),
        ("pause", "2026-06-01T12:00:00+02:00/2026-06-01T13:00:00+02:00"),
    )


@settings(deadline=None, max_examples=60)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(["24 clock hours", "24 office hours", "5 working days", "7 days", "1 month"]),
    st.integers(0, 20_000),
    st.integers(0, 20_000),
)
def test_no_pause_ever_brings_a_deadline_forward(reported: datetime, allowed: str, after: int, length: int) -> None:
    begins = reported + timedelta(minutes=after)
    pause = Span(begins, begins + timedelta(minutes=length))
    plain = deadline(reported, Duration.parse(allowed), desk=LEISURE).value
    held = deadline(reported, Duration.parse(allowed), desk=LEISURE, pauses=[pause]).value
    assert plain.astimezone(UTC) <= held.astimezone(UTC)
    assert date(2026, 1, 1) <= held.date()
