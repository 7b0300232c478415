"""Who is there at a moment, and the maintenance windows of the packs."""

from datetime import datetime

import pytest

from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.ruling import Clause
from kontor.rulebook.schedule import DayWindow, Schedule, week
from kontor.rulebook.windows import Opening, Presence, maintenance, opening

FRENCH = HolidayList(
    days=("01-01", "easter+1", "05-01", "05-08", "easter+39", "07-14", "08-15", "11-01", "11-11", "12-25")
)
OFFICE = BusinessClock(Schedule("Europe/Paris", week("Mon-Fri 09:00-18:00"), FRENCH))
ON_CALL = BusinessClock(
    Schedule(
        "Europe/Paris",
        week("Mon-Fri 18:00-22:00", "Sat-Sun 09:00-22:00"),
        FRENCH,
        on_holidays=(DayWindow(9 * 60, 22 * 60),),
    )
)
VISITOR = BusinessClock(Schedule("Europe/Berlin", week("Sat 07:00 - Sun 22:00")))
DEALERSHIP = BusinessClock(Schedule("Europe/Berlin", week("Mon-Fri 19:30-24:00")))


def at(clock: BusinessClock, text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=clock.zone)


def found(when: str, *, on_call: bool) -> tuple[str, str]:
    answer = opening(at(OFFICE, when), OFFICE, on_call=ON_CALL if on_call else None).value
    return answer.presence.value, answer.next_open.isoformat(timespec="minutes")[:16]


@pytest.mark.requirement("AP-057")
@pytest.mark.parametrize(
    ("when", "blocking", "other"),
    [
        ("2026-06-02T10:00", ("office", "2026-06-02T10:00"), ("office", "2026-06-02T10:00")),
        ("2026-06-02T19:00", ("on_call", "2026-06-02T19:00"), ("closed", "2026-06-03T09:00")),
        ("2026-06-02T18:00", ("on_call", "2026-06-02T18:00"), ("closed", "2026-06-03T09:00")),
        ("2026-06-02T22:30", ("closed", "2026-06-03T09:00"), ("closed", "2026-06-03T09:00")),
        ("2026-06-05T22:00", ("closed", "2026-06-06T09:00"), ("closed", "2026-06-08T09:00")),
        ("2026-06-06T12:00", ("on_call", "2026-06-06T12:00"), ("closed", "2026-06-08T09:00")),
        ("2026-05-14T12:00", ("on_call", "2026-05-14T12:00"), ("closed", "2026-05-15T09:00")),  # Ascension
        ("2026-05-25T12:00", ("office", "2026-05-25T12:00"), ("office", "2026-05-25T12:00")),  # Whit Monday
    ],
)
def test_on_call_answers_for_blocking_faults_only(when: str, blocking: tuple[str, str], other: tuple[str, str]) -> None:
    assert found(when, on_call=True) == blocking
    assert found(when, on_call=False) == other


@pytest.mark.requirement("AP-055")
@pytest.mark.parametrize(
    ("when", "is_open"),
    [
        ("2026-04-06T10:00", False),  # Easter Monday
        ("2026-05-14T10:00", False),
        ("2026-05-25T10:00", True),
        ("2026-06-01T18:00", False),
        ("2026-06-01T17:59", True),
    ],
)
def test_the_centre_s_hours(when: str, is_open: bool) -> None:
    assert opening(at(OFFICE, when), OFFICE).value.open is is_open


def test_the_ruling_says_when_somebody_is_back() -> None:
    why = Clause("leisure", "Anhang 1, 1.1")
    ruling = opening(at(OFFICE, "2026-06-02T22:30"), OFFICE, on_call=ON_CALL, clauses=(why,))
    assert ruling.value == Opening(Presence.CLOSED, at(OFFICE, "2026-06-03T09:00"))
    assert ruling.clauses == (why,)
    assert [step.de for step in ruling.working] == [
        "Di 02.06.2026, 22:30 Uhr: geschlossen.",
        "Wieder erreichbar: Mi 03.06.2026, 09:00 Uhr.",
    ]
    assert [step.en for step in opening(at(OFFICE, "2026-06-02T19:00"), OFFICE, on_call=ON_CALL).working] == [
        "Tue 2 June 2026, 19:00: on call."
    ]


@pytest.mark.requirement("FW-093")
@pytest.mark.parametrize(
    ("when", "inside", "start", "end"),
    [
        ("2026-11-21T06:59", False, "2026-11-21T07:00", "2026-11-22T22:00"),
        ("2026-11-21T07:00", True, "2026-11-21T07:00", "2026-11-22T22:00"),
        ("2026-11-22T21:59", True, "2026-11-21T07:00", "2026-11-22T22:00"),
        ("2026-11-22T22:00", False, "2026-11-28T07:00", "2026-11-29T22:00"),
    ],
)
def test_visitor_s_window_spans_the_weekend(when: str, inside: bool, start: str, end: str) -> None:
    upkeep = maintenance(at(VISITOR, when), VISITOR).value
    assert upkeep.inside is inside
    assert upkeep.span.start.isoformat(timespec="minutes")[:16] == start
    assert upkeep.span.end.isoformat(timespec="minutes")[:16] == end


@pytest.mark.requirement("FW-093")
@pytest.mark.parametrize(("saturday", "hours"), [("2026-11-21", 39), ("2026-10-24", 40), ("2027-03-27", 38)])
def test_visitor_s_window_is_longer_in_autumn_and_shorter_in_spring(saturday: str, hours: int) -> None:
    span = maintenance(at(VISITOR, f"{saturday}T12:00"), VISITOR).value.span
    assert span.length.total_seconds() == hours * 3600


@pytest.mark.requirement("SM-033")
@pytest.mark.parametrize(
    ("when", "inside"),
    [
        ("2026-06-02T19:30", True),
        ("2026-06-02T18:00", False),
        ("2026-06-06T20:00", False),  # a Saturday
        ("2026-06-02T23:59", True),
        ("2026-06-03T00:00", False),
    ],
)
def test_dealership_s_window_has_a_start_and_by_setting_an_end(when: str, inside: bool) -> None:
    assert maintenance(at(DEALERSHIP, when), DEALERSHIP).value.inside is inside


def test_the_maintenance_ruling_names_the_window() -> None:
    inside = maintenance(at(DEALERSHIP, "2026-06-02T20:00"), DEALERSHIP)
    assert [step.en for step in inside.working] == [
        "Tue 2 June 2026, 20:00 lies in the maintenance window.",
        "It lasts from Tue 2 June 2026, 19:30 to Wed 3 June 2026, 00:00.",
    ]
    outside = maintenance(at(DEALERSHIP, "2026-06-06T20:00"), DEALERSHIP)
    assert [step.de for step in outside.working] == [
        "Sa 06.06.2026, 20:00 Uhr liegt in keinem Wartungsfenster.",
        "Das nächste reicht von Mo 08.06.2026, 19:30 Uhr bis Di 09.06.2026, 00:00 Uhr.",
    ]
