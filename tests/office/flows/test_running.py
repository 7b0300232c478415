"""A case step by step, its replay, and what keeps a flow from being written or run; no database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from kontor.office.flows.actions.demo import RECEPTION
from kontor.office.flows.formats.checking import AT_MOST, contradictions, digest, lacks, read
from kontor.office.flows.formats.definition import Condition, Effect, Flow, State, Value, Way
from kontor.office.flows.formats.picture import HEIGHT, WIDTH, drawn
from kontor.office.flows.formats.running import (
    MIGRATED,
    MOVED,
    STARTED,
    STOPPED,
    TOLD,
    Case,
    Happened,
    after,
    begun,
    by_event,
    gone_on,
    replayed,
    rings,
)
from kontor.rulebook.refusal import RefusalError
from kontor.rulebook.ruling import Text

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
KNOWN = {"effects": frozenset({"flows.raise"}), "guards": frozenset({"test.open"}), "events": frozenset({"test.paid"})}
YES = Text("Ja", "Yes")


def never(_guard: str) -> bool:
    raise AssertionError("nobody was to be asked")


def state(key: str, kind: str = "task", **given: Any) -> State:
    return State(key=key, kind=kind, label=Text(f"{key} de", f"{key} en"), **given)


def way(key: str, source: str, target: str, trigger: str = "person", **given: Any) -> Way:
    return Way(key=key, source=source, target=target, trigger=trigger, label=Text(f"{key} de", f"{key} en"), **given)


def run(flow: Flow, values: dict[str, Any], *ways: str) -> tuple[Case, list[tuple[datetime, Happened]]]:
    """Begin a case and take these ways, an hour apart."""
    log = [(AT, each) for each in begun(flow, values, version=1)]
    case = after(None, log[0][1], at=AT, flow=flow)
    for hour, key in enumerate(ways, start=1):
        taken = flow.way(key)
        assert taken is not None
        at = AT + timedelta(hours=hour)
        for event in gone_on(flow, case, taken, never):
            case = after(case, event, at=at, flow=flow)
            log.append((at, event))
    return case, log


def test_a_visitor_who_works_is_briefed_and_one_who_talks_is_not():
    works, log = run(RECEPTION, {"works": True}, "arrived", "passed")
    assert (works.state, works.over, works.since) == ("inside", False, AT + timedelta(hours=2))
    assert [(each.kind, each.told.get("way"), each.told["to"]) for _at, each in log] == [
        (STARTED, None, "announced"),
        (MOVED, "arrived", "which"),
        (MOVED, "for_work", "briefing"),
        (MOVED, "passed", "inside"),
    ]
    talks, log = run(RECEPTION, {"works": False, "host": "Mira"}, "arrived", "out")
    assert (talks.state, talks.over) == ("left", True)
    assert log[2][1].effects == (Effect(effect="flows.raise", told=(("name", "visit.arrived"),)),)
    unknown, _log = run(RECEPTION, {}, "arrived")  # nobody said whether: the last way is for everything else
    assert unknown.state == "inside"


def test_a_case_goes_on_only_from_where_it_is_and_only_by_an_open_way():
    flow = replace(RECEPTION, ways=(replace(RECEPTION.ways[0], conditions=(Condition(value="host", relation="known"),)),
                                    *RECEPTION.ways[1:]))  # fmt: skip
    case, _log = run(flow, {})
    for shut in ("arrived", "passed"):
        wanted = flow.way(shut)
        assert wanted is not None
        with pytest.raises(RefusalError):
            gone_on(flow, case, wanted, never)
    over, _log = run(RECEPTION, {"works": False}, "arrived", "out")
    with pytest.raises(RefusalError):
        gone_on(RECEPTION, over, RECEPTION.ways[0], never)
    assert (rings(RECEPTION, over), by_event(RECEPTION, over, "test.paid", never)) == ([], None)


@pytest.mark.parametrize(
    ("relation", "to", "met"),
    [("is", 3, {3}), ("is_not", 3, {None, 2, 4}), ("at_least", 3, {3, 4}), ("less", 3, {2}), ("known", None, {2, 3, 4}),
     ("unknown", None, {None})],
)  # fmt: skip
def test_each_relation_holds_for_just_the_values_it_says(relation: str, to: int | None, met: set[int | None]):
    condition = Condition(value="people", relation=relation, to=to)
    values: list[dict[str, Any]] = [{}, {"people": 2}, {"people": 3}, {"people": 4}]
    assert {each.get("people") for each in values if condition.is_met(each, never)} == met


def test_times_ring_in_their_order_from_the_moment_the_case_came():
    ways = way("late", "wait", "end", "time", minutes=90), way("soon", "wait", "end", "time", minutes=30)
    flow = Flow(states=(state("wait", "wait"), state("end", "end")), ways=ways)
    case, _log = run(flow, {})
    assert [(at, each.key) for at, each in rings(flow, case)] == [
        (AT + timedelta(minutes=30), "soon"),
        (AT + timedelta(minutes=90), "late"),
    ]


def test_an_event_opens_the_first_way_whose_conditions_hold():
    flow = Flow(
        values=(Value(key="paid", kind="number", label=YES),),
        states=(state("wait", "wait"), state("much", "end"), state("any", "end")),
        ways=(way("much", "wait", "much", "event", event="test.paid",
                  conditions=(Condition(value="paid", relation="at_least", to=100),)),
              way("any", "wait", "any", "event", event="test.paid", conditions=(Condition(guard="test.open"),))),
    )  # fmt: skip
    case, _log = run(flow, {"paid": 99})
    found = by_event(flow, case, "test.paid", lambda _guard: True)
    assert found is flow.way("any")
    assert by_event(flow, case, "test.paid", lambda _guard: False) is None
    assert by_event(flow, case, "test.other", never) is None
    rich, _log = run(flow, {"paid": 100})
    assert by_event(flow, rich, "test.paid", never) is flow.way("much")


def test_what_a_module_answered_stands_in_the_event_and_is_asked_once():
    asked: list[str] = []

    def judge(guard: str) -> bool:
        asked.append(guard)
        return False

    open_ = Condition(guard="test.open")
    flow = Flow(
        states=(state("begin"), state("choice", "choice"), state("in", "end"), state("out", "end")),
        ways=(way("go", "begin", "choice", conditions=(replace(open_, holds=False),)),
              way("in", "choice", "in", "always", conditions=(open_, open_)), way("out", "choice", "out", "always")),
    )  # fmt: skip
    case, log = run(flow, {})
    happened = gone_on(flow, case, flow.ways[0], judge)
    assert [each.told for each in happened] == [
        {"way": "go", "from": "begin", "to": "choice", "by": "person", "judged": {"test.open": False}},
        {"way": "out", "from": "choice", "to": "out", "by": "always", "judged": {"test.open": False}},
    ]
    assert asked == ["test.open", "test.open"]  # once for each of the two steps
    whole = [*log, *((AT, each) for each in happened)]
    assert replayed(whole, {1: flow}).state == "out"
    silent = [*log, *((AT, replace(each, told={**each.told, "judged": {}})) for each in happened)]
    with pytest.raises(RefusalError, match="Event 2 does not fit version 1"):
        replayed(silent, {1: flow})


def test_a_value_that_the_flow_does_not_know_begins_no_case():
    for wrong in ({"colour": "red"}, {"people": "two"}, {"people": True}, {"works": 1}):
        with pytest.raises(RefusalError, match="The flow knows no such value"):
            begun(RECEPTION, wrong, version=1)


@given(st.data())
def test_replaying_the_events_gives_the_case_back_whatever_was_done(data: st.DataObject):
    values = data.draw(st.fixed_dictionaries({}, optional={"works": st.booleans(), "people": st.integers(0, 9)}))
    log = [(AT, each) for each in begun(RECEPTION, values, version=1)]
    case = after(None, log[0][1], at=AT, flow=RECEPTION)
    versions, flow = {1: RECEPTION, 2: replace(RECEPTION, ways=RECEPTION.ways[::-1])}, RECEPTION
    for hour in range(1, data.draw(st.integers(0, 12))):
        at = AT + timedelta(hours=hour)
        ways = [] if case.over else flow.out_of(case.state)
        step = data.draw(st.sampled_from(["tell", "migrate", "stop", *ways]))
        if case.over:
            break
        if step == "tell":
            events = [Happened(kind=TOLD, told={"values": {"works": data.draw(st.booleans())}})]
        elif step == "migrate":
            flow = versions[2]
            events = [Happened(kind=MIGRATED, told={"version": 2, "to": case.state})]
        elif step == "stop":
            events = [Happened(kind=STOPPED, told={"because": "x"})]
        else:
            try:
                events = gone_on(flow, case, step, never)
            except StopIteration:  # the turned version leaves its decision without a last way: it is no flow to run
                return
        for event in events:
            case = after(case, event, at=at, flow=flow)
            log.append((at, event))
    assert replayed(log, versions) == case


@pytest.mark.parametrize("change", ["way", "from", "to", "by"])
def test_a_log_that_was_tampered_with_is_not_replayed(change: str):
    _case, log = run(RECEPTION, {"works": True}, "arrived", "passed")
    at, last = log[-1]
    wrong = replace(last, told={**last.told, change: {"way": "evening", "by": "time"}.get(change, "left")})
    with pytest.raises(RefusalError, match="Event 4 does not fit version 1 of the flow"):
        replayed([*log[:-1], (at, wrong)], {1: RECEPTION})
    with pytest.raises(RefusalError, match="Event 1 does not fit"):
        replayed(log[1:], {0: RECEPTION, 1: RECEPTION})
    with pytest.raises(RefusalError, match="no events"):
        replayed([], {})


def test_what_is_written_down_is_read_again_as_it_was():
    assert read(RECEPTION.document()) == RECEPTION
    guarded = replace(
        RECEPTION,
        ways=(replace(RECEPTION.ways[0], conditions=(Condition(guard="test.open", holds=False),
                                                      Condition(value="host", relation="unknown"))),
              *RECEPTION.ways[1:]),
    )  # fmt: skip
    assert read(guarded.document()) == guarded
    assert digest(RECEPTION.document()) == digest(dict(reversed(RECEPTION.document().items())))
    assert digest(guarded.document()) != digest(RECEPTION.document())
    later = RECEPTION.document() | {"kontor-flow": 2}
    for wrong in (None, [], {}, {"values": 1, "states": [], "ways": []}, later, RECEPTION.document() | {"more": 1}):
        with pytest.raises(RefusalError, match="This is no flow as it is written here"):
            read(wrong)


A, B, END = state("a"), state("b"), state("end", "end")
GO = way("go", "a", "end")
HOST = Value(key="host", kind="text", label=YES)


@pytest.mark.parametrize(
    ("flow", "sentence"),
    [
        (Flow(states=(A, A, END)), "“a en” needs a key of its own."),
        (Flow(states=(state("Ä"),)), "“Ä en” needs a key of its own."),
        (Flow(states=(replace(A, label=Text("a", " ")),)), "“a” needs words in German and English."),
        (Flow(states=(replace(A, kind="dream"),)), "“a en” is of no known kind."),
        (Flow(values=(replace(HOST, kind="colour"),)), "“Yes” is of no known kind."),
        (Flow(states=(replace(A, effects=(Effect(effect="flows.raise"),) * 11),)),
         "“a en” has too many effects at once."),
        (Flow(states=(A,), ways=(GO,)), "“go en” leads from or to what is not there."),
        (Flow(states=(A, END), ways=(way("go", "end", "a"),)), "“go en” cannot begin there."),
        (Flow(states=(A, END), ways=(way("go", "a", "end", "always"),)), "“go en” cannot begin there."),
        (Flow(states=(A, END), ways=(way("go", "a", "end", "event"),)), "“go en” must name its event."),
        (Flow(states=(A, END), ways=(replace(GO, event="x"),)), "“go en” must name its event."),
        (Flow(states=(A, END), ways=(way("go", "a", "end", "time"),)), "“go en” needs a time of up to a year."),
        (Flow(states=(A, END), ways=(way("go", "a", "end", "time", minutes=527_041),)),
         "“go en” needs a time of up to a year."),
        (Flow(states=tuple(state(f"s{each}") for each in range(AT_MOST["states"] + 1))),
         "At most 60 parts of this kind."),
        *[(Flow(values=(HOST,), states=(A, END), ways=(replace(GO, conditions=(condition,)),)),
           "A condition of “go en” can be met or tested by nobody.")
          for condition in (
              Condition(value="guest", to="x"), Condition(value="host", relation="like", to="x"),
              Condition(value="host"),
              Condition(value="host", to=3), Condition(value="host", relation="known", to="x"),
              Condition(value="host", relation="less", to="x"),
          )],
    ],
)  # fmt: skip
def test_what_contradicts_itself_cannot_be_written(flow: Flow, sentence: str):
    assert [each.en for each in contradictions(flow)] == [sentence]
    with pytest.raises(RefusalError) as refused:
        read(flow.document())
    assert refused.value.text.en == sentence


def test_the_longest_time_is_a_leap_year():
    flow = Flow(states=(A, END), ways=(way("go", "a", "end", "time", minutes=366 * 24 * 60),))
    assert contradictions(flow) == []


CHOICE, OTHER = state("which", "choice"), state("other", "choice")
SO = Condition(value="host", relation="known")


@pytest.mark.parametrize(
    ("flow", "sentences"),
    [
        (Flow(), ["It has no state yet."]),
        (Flow(states=(A, END), ways=(GO,)), []),
        (Flow(states=(END,)), ["The first state must be one in which a case waits."]),
        (Flow(states=(A, B, END), ways=(GO,)), ["No way leads to “b en”."]),
        (Flow(states=(A, B, END), ways=(GO, way("side", "a", "b"))), ["From “b en” no way leads to an end."]),
        (Flow(states=(A, replace(END, effects=(Effect(effect="x.y"),))), ways=(GO,)),
         ["“end en” is to have an effect that nobody here can carry out."]),
        (Flow(states=(A, END), ways=(way("go", "a", "end", "event", event="x.y"),)),
         ["Nobody here raises the event of “go en”."]),
        (Flow(states=(A, END), ways=(replace(GO, conditions=(Condition(guard="x.y"),)),)),
         ["Nobody here answers what “go en” asks."]),
        (Flow(values=(HOST,), states=(A, CHOICE, END),
              ways=(way("in", "a", "which"), way("so", "which", "end", "always", conditions=(SO,)))),
         ["Of “which en”, just the last way must be without condition: it is for everything else."]),
        (Flow(values=(HOST,), states=(A, CHOICE, END),
              ways=(way("in", "a", "which"), way("any", "which", "a", "always"), way("so", "which", "end", "always"))),
         ["Of “which en”, just the last way must be without condition: it is for everything else."]),
        (Flow(values=(HOST,), states=(A, CHOICE, OTHER, END),
              ways=(way("in", "a", "which"), way("one", "which", "other", "always"),
                    way("so", "other", "end", "always", conditions=(SO,)), way("two", "other", "which", "always"))),
         ["Decisions lead back to themselves in a circle."]),
    ],
)  # fmt: skip
def test_what_cannot_be_run_says_why(flow: Flow, sentences: list[str]):
    assert [each.en for each in lacks(flow, **KNOWN)] == sentences


def test_the_demo_can_be_run():
    assert lacks(RECEPTION, **KNOWN) == []


def test_the_drawing_has_every_state_once_and_none_lies_on_another():
    picture = drawn(RECEPTION)
    assert [each.state.key for each in picture.boxes] == [each.key for each in RECEPTION.states]
    assert [each.way.key for each in picture.lines] == [each.key for each in RECEPTION.ways]
    for one in picture.boxes:
        assert 0 <= one.x <= picture.width - WIDTH
        assert 0 <= one.y <= picture.height - HEIGHT
        for other in picture.boxes:
            assert one is other or abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT
    place = {each.state.key: each.y for each in picture.boxes}
    assert place["announced"] < place["which"] < place["briefing"] < place["inside"] < place["left"]
    empty = drawn(Flow())
    assert (empty.boxes, empty.lines, empty.height) == ((), (), 0)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=30))
def test_whatever_is_written_can_be_drawn(many: int, pairs: list[tuple[int, int]]):
    states = tuple(state(f"s{each}") for each in range(many))
    ways = tuple(
        way(f"w{place}", f"s{source}", f"s{target}")
        for place, (source, target) in enumerate(pairs)
        if max(source, target) < many
    )
    picture = drawn(Flow(states=states, ways=ways))
    assert (len(picture.boxes), len(picture.lines)) == (len(states), len(ways))
    spots = {(round(each.x), round(each.y)) for each in picture.boxes}
    assert len(spots) == len(states)
