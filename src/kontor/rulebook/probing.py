"""
What probes say: up, down or unknown; a failure counts once confirmed, and then from its first moment.

A probe that is missing is neither up nor down. States flip by single results, so that only flips are stored:

>>> rule = ProbeRule(confirm=2, silence=300)
>>> watch, flips = Watch(), []
>>> for at, good in [(0, True), (60, False), (120, False), (180, True), (900, True)]:
...     watch, new = seen(watch, at, rule, good=good)
...     flips += [(flip.state.value, flip.at) for flip in new]
>>> flips
[('up', 0), ('down', 60), ('up', 180), ('unknown', 480), ('up', 900)]
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kontor.rulebook import stretches
from kontor.rulebook.stretches import Stretch


class State(StrEnum):
    """Whether something can be used; UNKNOWN where nobody looked."""

    UP = "up"
    DOWN = "down"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ProbeRule:
    """
    When results are believed.

    confirm  how many failures in a row are an outage; 1 believes the first
    silence  after how long without a result nothing is known, in the unit of the moments
    """

    confirm: int
    silence: int


@dataclass(frozen=True, slots=True)
class Watch:
    """
    What is known of one probe in one place.

    last           moment of the last result; None before the first
    failing_since  moment of the first failure of a row that is not over
    failures       how many they are
    """

    state: State = State.UNKNOWN
    last: int | None = None
    failing_since: int | None = None
    failures: int = 0


@dataclass(frozen=True, slots=True)
class Flip:
    """From a moment on another state holds; what was stored as going on ends there."""

    state: State
    at: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Down and unknown times of one frame; the rest is up."""

    frame: Stretch
    down: tuple[Stretch, ...] = ()
    unknown: tuple[Stretch, ...] = ()

    @property
    def up(self) -> list[Stretch]:
        """The rest."""
        return stretches.without([self.frame], [*self.down, *self.unknown])


def seen(watch: Watch, at: int, rule: ProbeRule, *, good: bool) -> tuple[Watch, tuple[Flip, ...]]:
    """Return what is known after a result, later than the last one, and the flips it causes in their order."""
    watch, flips = unheard(watch, at, rule)
    if good:
        if watch.state is not State.UP:
            flips = (*flips, Flip(State.UP, at))
        return Watch(State.UP, at), flips
    since = at if watch.failing_since is None else watch.failing_since
    watch = replace(watch, last=at, failing_since=since, failures=watch.failures + 1)
    if watch.failures >= rule.confirm and watch.state is not State.DOWN:
        watch, flips = replace(watch, state=State.DOWN), (*flips, Flip(State.DOWN, since))
    return watch, flips


def unheard(watch: Watch, at: int, rule: ProbeRule) -> tuple[Watch, tuple[Flip, ...]]:
    """Return what is known at a moment without a new result: nothing, once the silence was too long."""
    if watch.last is None or at - watch.last <= rule.silence:
        return watch, ()
    forgotten = Watch(State.UNKNOWN, watch.last)
    if watch.state is State.UNKNOWN:
        return forgotten, ()
    return forgotten, (Flip(State.UNKNOWN, watch.last + rule.silence),)


def timeline(flips: Iterable[Flip], frame: Stretch) -> Timeline:
    """Return the times of a frame by the flips in their order; before the first nothing is known."""
    found: dict[State, list[Stretch]] = {state: [] for state in State}
    state, since = State.UNKNOWN, frame[0]
    for flip in flips:
        found[state].append((since, flip.at))
        state, since = flip.state, flip.at
    found[state].append((since, frame[1]))
    down, unknown = (stretches.within(found[each], frame) for each in (State.DOWN, State.UNKNOWN))
    return Timeline(frame, tuple(down), tuple(unknown))


def together(timelines: Sequence[Timeline], *, all_fail: bool) -> Timeline:
    """
    Return what several observers say together; none of them say nothing.

    all_fail  down only while every one of them fails; otherwise down while any does

    One that knows nothing neither makes an outage nor hides one: two places of which one fails and one is silent are
    unknown where both must fail, and down where any may.
    """
    frame = timelines[0].frame
    downs, ups = [each.down for each in timelines], [each.up for each in timelines]
    down = _all(downs) if all_fail else _any(downs)
    up = _any(ups) if all_fail else _all(ups)
    return Timeline(frame, tuple(down), tuple(stretches.without([frame], [*down, *up])))


def _any(many: Iterable[Sequence[Stretch]]) -> list[Stretch]:
    return stretches.joined(each for found in many for each in found)


def _all(many: Iterable[Sequence[Stretch]]) -> list[Stretch]:
    first, *others = many
    found = stretches.joined(first)
    for other in others:
        found = stretches.shared(found, other)
    return found
