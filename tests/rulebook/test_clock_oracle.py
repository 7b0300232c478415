"""The clock against a loop over days that shares nothing with it: four calendars, six years, the nights of a change."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.oracle import day_loop
from kontor.rulebook.calendar import HolidayList
from kontor.rulebook.clock import MANY, BusinessClock
from kontor.rulebook.moment import instant, micros
from kontor.rulebook.schedule import DayWindow, Schedule, week

CLOCKS = {
    "munich": BusinessClock(
        Schedule("Europe/Berlin", week("Mon-Fri 09:00-18:00"), HolidayList("DE", "BY", ("12-24", "12-31")))
    ),
    "lunch": BusinessClock(
        Schedule("Europe/Paris", week("Mon-Fri 09:00-12:30", "Mon-Fri 14:00-18:00"), HolidayList("FR"))
    ),
    "on-call": BusinessClock(
        Schedule(
            "Europe/Paris",
            week("Mon-Fri 18:00-22:00", "Sat-Sun 09:00-22:00"),
            HolidayList(days=("05-14",)),
            on_holidays=(DayWindow(540, 1320),),
        )
    ),
    "nights": BusinessClock(
        Schedule(
            "Europe/Oslo",
            week("Wed 22:00 - Thu 02:30", "Sat 20:00 - Sun 02:00", "Sun 02:15-02:30", "Sun 02:45-03:10"),
        )
    ),
}
COUNT = 2_000


def test_each_of_many_random_cases_is_what_a_loop_over_days_finds() -> None:
    """Both ways, one by one; and at once, where many of one length are answered by a course of pieces."""
    asked: dict[tuple[str, timedelta], list[tuple[datetime, datetime]]] = defaultdict(list)
    for name, moment, length in day_loop.cases(COUNT):
        clock, calendar = CLOCKS[name], day_loop.CALENDARS[name]
        due, begun = day_loop.add(calendar, moment, length), day_loop.add(calendar, moment, -length)
        found = clock.add(moment, length)
        assert (found.astimezone(UTC), found.tzinfo) == (due, clock.zone), (name, moment, length)
        assert found.utcoffset() == due.astimezone(clock.zone).utcoffset()
        assert clock.add(moment.astimezone(clock.zone), -length).astimezone(UTC) == begun, (name, moment, length)
        assert clock.elapsed(moment, due) == length == day_loop.elapsed(calendar, moment, due)
        asked[name, length].append((moment, due))
    for (name, length), pairs in asked.items():
        many = [instant(moment) for moment, _ in pairs] * (MANY // len(pairs) + 1)
        dues = [instant(due) for _, due in pairs]
        assert CLOCKS[name].add_all(many, micros(length))[: len(dues)] == dues
        assert CLOCKS[name].elapsed_all(many[: len(dues)], dues) == [micros(length)] * len(dues)


@pytest.mark.parametrize("name", CLOCKS)
def test_the_course_of_a_promise_answers_every_edge_as_the_table_does(name: str) -> None:
    clock = CLOCKS[name]
    first, last = datetime(2026, 3, 20, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
    minutes = [first + timedelta(minutes=each) for each in range(0, (last - first) // timedelta(minutes=1), 5)]
    edges = [instant(moment) + shift for moment in minutes for shift in (-1, 0, 1)]
    for length in (1, micros(timedelta(minutes=15)), micros(timedelta(hours=9)), micros(timedelta(hours=9)) + 1):
        assert clock.add_all(edges * (MANY // len(edges) + 1), length)[: len(edges)] == clock.add_all(edges, length)
