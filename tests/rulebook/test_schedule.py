"""Windows, schedules, spans and moments: what is read and what is refused."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.moment import MomentError, Span, instant, utc, zone_named
from kontor.rulebook.schedule import DayWindow, Schedule, ScheduleError, Window, week

BERLIN = zone_named("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "windows"),
    [
        ("Mon-Wed 09:00-18:00", (Window(0, 540, 1080), Window(1, 540, 1080), Window(2, 540, 1080))),
        ("Sat 10:00-12:00", (Window(5, 600, 720),)),
        ("Sat-Mon 09:00-24:00", (Window(5, 540, 1440), Window(6, 540, 1440), Window(0, 540, 1440))),
        ("Sat 07:00 - Sun 22:00", (Window(5, 420, 1320, 1),)),
        ("Sun 22:00 - Mon 04:00", (Window(6, 1320, 240, 1),)),
    ],
)
def test_windows_are_read_from_a_line(text: str, windows: tuple[Window, ...]) -> None:
    assert week(text) == windows


@pytest.mark.parametrize("text", ["Mo-Fr 09:00-18:00", "Mon-Fri 9-18", "09:00-18:00", "Mon-Fri", ""])
def test_a_line_nobody_can_read_is_refused_by_name(text: str) -> None:
    with pytest.raises(ScheduleError) as refused:
        week("Mon-Fri 09:00-18:00", text)
    assert str(refused.value) == (f"“{text}”: expected a window such as Mon-Fri 09:00-18:00 or Sat 07:00 - Sun 22:00.")


@pytest.mark.parametrize(
    "text", ["Mon 18:00-09:00", "Mon 09:00-09:00", "Mon 09:00-24:01", "Mon 24:00-24:00", "Mon 18:00 - Mon 09:00"]
)
def test_a_window_that_closes_before_it_opens_is_refused(text: str) -> None:
    with pytest.raises(ScheduleError, match="A window opens within 1440 minutes after midnight and closes later"):
        week(text)


def test_a_window_needs_a_weekday_and_ends_within_a_week() -> None:
    with pytest.raises(ScheduleError, match="Expected a weekday from 0 to 6"):
        Window(7, 540, 1080)
    with pytest.raises(ScheduleError, match="A window opens within"):
        Window(0, 540, 1080, 7)
    with pytest.raises(ScheduleError, match="A window opens within"):
        DayWindow(1080, 540)


def test_a_schedule_that_never_opens_or_stands_nowhere_is_refused() -> None:
    with pytest.raises(ScheduleError, match="Expected at least one window"):
        Schedule("Europe/Berlin", ())
    with pytest.raises(MomentError) as refused:
        Schedule("GMT Paris", week("Mon-Fri 09:00-18:00"))
    assert str(refused.value) == "“GMT Paris” is no time zone; a name such as Europe/Berlin is expected."


def test_holidays_have_windows_of_their_own() -> None:
    on_call = Schedule(
        "Europe/Paris",
        week("Mon-Fri 18:00-22:00", "Sat-Sun 09:00-22:00"),
        HolidayList(days=("05-14",)),
        on_holidays=(DayWindow(540, 1320),),
        announced=((date(2026, 5, 15), DayWindow(600, 720)),),
    )
    assert on_call.opening_on(date(2026, 5, 13)) == (Window(2, 1080, 1320),)
    assert on_call.opening_on(date(2026, 5, 14)) == (Window(3, 540, 1320),)
    assert on_call.opening_on(date(2026, 5, 15)) == (Window(4, 1080, 1320), Window(4, 600, 720))
    assert on_call.opening_on(date(2026, 5, 16)) == (Window(5, 540, 1320),)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-10-24T20:00", "2026-10-25T08:00", 13),
        ("2027-03-27T20:00", "2027-03-28T08:00", 11),
        ("2026-06-06T20:00", "2026-06-07T08:00", 12),
    ],
)
def test_a_span_is_as_long_as_the_time_that_passes(start: str, end: str, hours: int) -> None:
    span = Span(
        datetime.fromisoformat(start).replace(tzinfo=BERLIN), datetime.fromisoformat(end).replace(tzinfo=BERLIN)
    )
    assert span.length == timedelta(hours=hours)


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)
    between = Span(first, second)
    assert between.length == timedelta(minutes=20)
    assert datetime(2026, 10, 25, 2, 55, tzinfo=BERLIN) in between
    assert second not in between
    with pytest.raises(MomentError) as refused:
        Span(second, first)
    assert refused.value.text == (
        "Eine Zeitspanne kann nicht am So 25.10.2026, 02:10 Uhr beginnen und am So 25.10.2026, 02:50 Uhr enden.",
        "A span cannot begin on Sun 25 October 2026, 02:10 and end on Sun 25 October 2026, 02:50.",
    )


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(MomentError) as refused:
        instant(datetime(2026, 6, 1, 10))
    assert refused.value.text == (
        "Der Zeitpunkt 2026-06-01T10:00:00 nennt keine Zeitzone.",
        "The moment 2026-06-01T10:00:00 names no time zone.",
    )
    assert utc(datetime(2026, 6, 1, 10, tzinfo=BERLIN)) == datetime(2026, 6, 1, 8, tzinfo=UTC)
