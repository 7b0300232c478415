"""Availability against a control that walks the month minute by minute."""

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, strategies as st

from kontor.rulebook import stretches
from kontor.rulebook.availability import availability_of
from kontor.rulebook.availability_month import Aside, Excuse, Outage
from kontor.rulebook.availability_promise import Promise
from kontor.rulebook.clock import BusinessClock
from kontor.rulebook.moment import Span, utc
from kontor.rulebook.probing import Flip, ProbeRule, State, Timeline, Watch, seen, timeline, together, unheard
from kontor.rulebook.schedule import Schedule, week

OCTOBER = date(2026, 10, 1)
START = datetime(2026, 9, 30, 22, tzinfo=UTC)  # 1 October in Berlin
WINDOW = BusinessClock(Schedule("Europe/Berlin", week("Sat 07:00 - Sun 22:00")))
PROMISE = Promise(
    percent=Decimal(98),
    zone="Europe/Berlin",
    from_notice=False,
    both=False,
    on_request=True,
    windows=WINDOW,
    window_key="regular_window",
)
# Around the first weekend of October, so that the window, the outages and the month's edge meet often.
MINUTES = st.integers(-600, 6000)
SPANS = st.tuples(MINUTES, st.integers(0, 900)).map(
    lambda pair: Span(START + timedelta(minutes=pair[0]), START + timedelta(minutes=sum(pair)))
)


MONTH = frozenset(range(44_700))
WINDOWS = frozenset(minute for minute in range(7_000) if WINDOW.is_open(START + timedelta(minutes=minute)))


def _points(spans: list[Span]) -> frozenset[int]:
    """Return the whole minutes of the month that lie in any of the spans."""
    edges = [((utc(span.start) - START), (utc(span.end) - START)) for span in spans]
    minute = timedelta(minutes=1)
    return frozenset(point for start, end in edges for point in range(start // minute, end // minute)) & MONTH


@given(
    st.lists(SPANS, max_size=5), st.lists(SPANS, max_size=4), st.lists(SPANS, max_size=2), st.lists(SPANS, max_size=2)
)
def test_equals_a_walk_through_every_minute(
    down: list[Span], excused: list[Span], unknown: list[Span], not_ordered: list[Span]
) -> None:
    aside = Aside(excuses=[Excuse("attack", span) for span in excused], unknown=unknown, not_ordered=not_ordered)
    month = availability_of(OCTOBER, PROMISE, [Outage(span) for span in down], aside).value
    ordered = MONTH - _points(not_ordered)
    out_of_order = _points(down) & ordered
    let_off = _points(excused) | WINDOWS
    counts, out = len(out_of_order - let_off), len(out_of_order & let_off)
    gap, before = len((_points(unknown) & ordered) - out_of_order), len(MONTH) - len(ordered)
    assert (month.down_minutes, month.excused_minutes) == (counts, out)
    assert (month.unknown_minutes, month.not_ordered_minutes) == (gap, before)


Points = list[tuple[int, int]]
INTERVALS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted).map(tuple), max_size=6)


@given(INTERVALS, INTERVALS)
def test_sets_of_time_equal_sets_of_points(ours: list[tuple[int, int]], theirs: list[tuple[int, int]]) -> None:
    mine, other = ({point for start, end in found for point in range(start, end)} for found in (ours, theirs))

    def points(found: list[tuple[int, int]]) -> set[int]:
        assert all(start < end for start, end in found)
        assert all(before[1] < after[0] for before, after in itertools.pairwise(found))
        return {point for start, end in found for point in range(start, end)}

    assert points(stretches.joined(ours)) == mine
    assert points(stretches.without(ours, theirs)) == mine - other
    assert points(stretches.shared(ours, theirs)) == mine & other
    assert stretches.length(ours) == len(mine)


RESULTS = st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=40)


@given(RESULTS, st.integers(1, 3))
def test_flips_equal_a_look_at_all_results(steps: list[tuple[int, bool]], confirm: int) -> None:
    """The control knows all results at once: a run of failures without a gap is down from its first to the next."""
    rule, at, results = ProbeRule(confirm, silence=3), 0, []
    for step, good in steps:
        at += step
        results.append((at, good))
    end = at + 2
    watch, flips = Watch(), list[Flip]()
    for moment, good in results:
        watch, new = seen(watch, moment, rule, good=good)
        flips += new
    flips += unheard(watch, end, rule)[1]
    line = timeline(flips, (0, end))
    states = {State.DOWN: line.down, State.UNKNOWN: line.unknown, State.UP: tuple(line.up)}
    found = [next(state for state, held in states.items() if _in(held, point)) for point in range(end)]
    assert found == [_control(results, point, confirm) for point in range(end)]


def _in(held: tuple[tuple[int, int], ...], point: int) -> bool:
    return any(start <= point < stop for start, stop in held)


def _control(results: list[tuple[int, bool]], point: int, confirm: int) -> State:
    number = max((place for place, (at, _good) in enumerate(results) if at <= point), default=None)
    if number is None or (point - results[number][0] >= 3 and not _heard(results, number, 3)):
        return State.UNKNOWN
    if results[number][1]:
        return State.UP
    first = number
    while first and not results[first - 1][1] and _heard(results, first - 1, 3):
        first -= 1
    last = number
    while last + 1 < len(results) and not results[last + 1][1] and _heard(results, last, 3):
        last += 1
    if last - first + 1 >= confirm:
        return State.DOWN
    return State.UP if first and results[first - 1][1] and _heard(results, first - 1, 3) else State.UNKNOWN


def _heard(results: list[tuple[int, bool]], number: int, silence: int) -> bool:
    """Whether the next result came before the silence was too long."""
    return number + 1 < len(results) and results[number + 1][0] - results[number][0] <= silence


@given(st.lists(st.tuples(INTERVALS, INTERVALS), min_size=1, max_size=3), st.booleans())
def test_several_observers_equal_three_valued_logic(lines: list[tuple[Points, Points]], all_fail: bool) -> None:
    made = []
    for downs, unknowns in lines:
        down = stretches.within(downs, (0, 60))
        unknown = stretches.without(stretches.within(unknowns, (0, 60)), down)
        made.append(Timeline((0, 60), tuple(down), tuple(unknown)))
    found = together(made, all_fail=all_fail)
    for point in range(60):
        votes = [True if _in(each.down, point) else None if _in(each.unknown, point) else False for each in made]
        decisive = not all_fail
        expected = decisive if decisive in votes else None if None in votes else not decisive
        said = True if _in(found.down, point) else None if _in(found.unknown, point) else False
        assert said == expected
    assert utc(START) == START
