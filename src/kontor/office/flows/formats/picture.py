"""
A flow as a drawing: states in layers from the first one down, ways as lines between them.

The layers follow the longest way without going back, so that lines lead down; a way back runs along the right side. A
line over several layers keeps a place of its own in each, so that it crosses no state. States of a layer stand in the
order of what leads to them. Plain arithmetic, the same drawing every time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kontor.office.flows.formats.definition import Flow, State, Way

WIDTH, HEIGHT = 184, 52  # of a state, in pixels
_PASSING: Final = 40  # the width kept for a line that passes a layer
_GAP, _DOWN, _EDGE = 28, 68, 16
_LANE: Final = 26  # between ways back
_WORDS: Final = 72  # half the words of a way back, which stand across its lane
_SWEEPS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A state and its upper left corner."""

    state: State
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A way, the path of its line as SVG writes it, and where its words stand."""

    way: Way
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The drawing; every coordinate in pixels from its upper left."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


Slot = str | tuple[str, int]  # a state's key, or a way's key and the layer that it passes


def drawn(flow: Flow) -> Picture:
    """Return the drawing of a flow; one without states is empty."""
    back = _backward(flow)
    layers = _layers(flow, back)
    rows = _ordered(_slots(flow, layers, back), flow, layers, back)
    centre = _centres(rows)
    inner = max((centre[slot] + _wide(slot) / 2 for row in rows for slot in row), default=0) + _EDGE
    lines, lanes = [], 0
    for way in flow.ways:
        if way.key in back:
            lines.append(_back(way, centre, layers, lane=inner + lanes * _LANE))
            lanes += 1
        else:
            lines.append(_down(way, flow, centre, layers))
    boxes = tuple(Box(state=each, x=centre[each.key] - WIDTH / 2, y=_top(layers[each.key])) for each in flow.states)
    height = _top(max(layers.values(), default=-1)) + HEIGHT + _EDGE if layers else 0
    width = inner + (lanes * _LANE + _WORDS if lanes else 0)
    return Picture(width=width, height=height, boxes=boxes, lines=tuple(lines))


def _backward(flow: Flow) -> set[str]:
    """Return the ways that lead back to a state on the path to them, seen from the first state on."""
    back: set[str] = set()
    done: set[str] = set()
    path: list[str] = []

    def visit(state: str) -> None:
        path.append(state)
        for way in flow.out_of(state):
            if way.target in path:
                back.add(way.key)
            elif way.target not in done:
                visit(way.target)
        path.pop()
        done.add(state)

    for state in flow.states:
        if state.key not in done:
            visit(state.key)
    return back


def _layers(flow: Flow, back: set[str]) -> dict[str, int]:
    layers = {each.key: 0 for each in flow.states}
    for _ in flow.states:  # the longest path has no more steps than there are states
        for way in flow.ways:
            if way.key not in back:
                layers[way.target] = max(layers[way.target], layers[way.source] + 1)
    return layers


def _slots(flow: Flow, layers: Mapping[str, int], back: set[str]) -> list[list[Slot]]:
    rows: list[list[Slot]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for state in flow.states:
        rows[layers[state.key]].append(state.key)
    for way in flow.ways:
        if way.key not in back:
            for layer in range(layers[way.source] + 1, layers[way.target]):
                rows[layer].append((way.key, layer))
    return rows


def _ordered(rows: list[list[Slot]], flow: Flow, layers: Mapping[str, int], back: set[str]) -> list[list[Slot]]:
    """Sweep down and up, each layer in the order of the middle of its neighbours, so that few lines cross."""
    above: dict[Slot, list[Slot]] = {}
    below: dict[Slot, list[Slot]] = {}
    for way in flow.ways:
        if way.key not in back:
            chain = _chain(way, layers)
            for upper, lower in pairwise(chain):
                above.setdefault(lower, []).append(upper)
                below.setdefault(upper, []).append(lower)
    for sweep in range(_SWEEPS):
        near, order = (above, range(1, len(rows))) if sweep % 2 == 0 else (below, range(len(rows) - 2, -1, -1))
        for layer in order:
            place = {slot: at for row in rows for at, slot in enumerate(row)}
            rows[layer].sort(key=lambda slot: _middle([place[each] for each in near.get(slot, [])], place[slot]))
    return rows


def _middle(places: Sequence[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else otherwise


def _chain(way: Way, layers: Mapping[str, int]) -> list[Slot]:
    passed: list[Slot] = [(way.key, layer) for layer in range(layers[way.source] + 1, layers[way.target])]
    return [way.source, *passed, way.target]


def _centres(rows: Sequence[Sequence[Slot]]) -> dict[Slot, float]:
    """Return the middle of each slot; every layer is centred below the widest."""
    widths = [sum(_wide(slot) for slot in row) + _GAP * (len(row) - 1) for row in rows]
    widest = max(widths, default=0)
    centres: dict[Slot, float] = {}
    for row, width in zip(rows, widths, strict=True):
        x = _EDGE + (widest - width) / 2
        for slot in row:
            centres[slot] = x + _wide(slot) / 2
            x += _wide(slot) + _GAP
    return centres


def _wide(slot: Slot) -> float:
    return WIDTH if isinstance(slot, str) else _PASSING


def _top(layer: int) -> float:
    return _EDGE + layer * (HEIGHT + _DOWN)


def _down(way: Way, flow: Flow, centre: Mapping[Slot, float], layers: Mapping[str, int]) -> Line:
    """Lead from the lower edge of one state to the upper edge of another; ways of one state begin side by side."""
    ranks = _side_by_side(way.source, flow, centre, layers)
    x = centre[way.source] + (ranks.index(way.key) - (len(ranks) - 1) / 2) * WIDTH / (len(ranks) + 1)
    y = _top(layers[way.source]) + HEIGHT
    chain = _chain(way, layers)
    words = (x + centre[chain[1]]) / 2, y + _DOWN / 2
    path = f"M{x:.0f} {y:.0f}"
    for at, slot in enumerate(chain[1:], start=layers[way.source] + 1):
        to, below = centre[slot], _top(at)
        path += f" C{x:.0f} {y + _DOWN / 2:.0f} {to:.0f} {below - _DOWN / 2:.0f} {to:.0f} {below:.0f}"
        x, y = to, below
        if not isinstance(slot, str):
            y = below + HEIGHT
            path += f" L{x:.0f} {y:.0f}"
    return Line(way=way, path=path, x=words[0], y=words[1])


def _side_by_side(state: str, flow: Flow, centre: Mapping[Slot, float], layers: Mapping[str, int]) -> list[str]:
    """Return the ways down out of a state from left to right, as what they lead to stands."""
    down = [each for each in flow.out_of(state) if layers[each.target] > layers[state]]
    return [each.key for each in sorted(down, key=lambda each: centre[_chain(each, layers)[1]])]


def _back(way: Way, centre: Mapping[Slot, float], layers: Mapping[str, int], *, lane: float) -> Line:
    """Lead out to the right, along a lane of its own, and in again from the right."""
    begin = centre[way.source] + WIDTH / 2, _top(layers[way.source]) + HEIGHT * 0.6
    end = centre[way.target] + WIDTH / 2, _top(layers[way.target]) + HEIGHT * 0.4
    turn = 14 if end[1] <= begin[1] else -14
    path = (
        f"M{begin[0]:.0f} {begin[1]:.0f} L{lane - 14:.0f} {begin[1]:.0f}"
        f" Q{lane:.0f} {begin[1]:.0f} {lane:.0f} {begin[1] - turn:.0f} L{lane:.0f} {end[1] + turn:.0f}"
        f" Q{lane:.0f} {end[1]:.0f} {lane - 14:.0f} {end[1]:.0f} L{end[0]:.0f} {end[1]:.0f}"
    )
    return Line(way=way, path=path, x=lane, y=(begin[1] + end[1]) / 2)
