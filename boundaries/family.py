"""Predecessors and successors of a division as a graph: who, and where on the drawing. The template makes SVG of it.

Columns run with time, from what was to what is; a line carries its day and its share of ground. Lengths are pixels.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from boundaries.models import DivisionRecord, DivisionType
from boundaries.models.lineage import LineageKind
from boundaries.services.history import Step, trace

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN, PORT = 176, 54, 156, 20, 14, 18
# More than this no drawing tells; the list beside it does.
MOST = 90
_LONG_AGO, _FAR_OFF = date(1000, 1, 1), date(2999, 12, 31)


@dataclass(frozen=True)
class Node:
    division: int
    name: str
    type: str
    since: date | None
    until: date | None
    day: date
    chosen: bool
    x: float
    y: float
    height: float

    @property
    def middle(self) -> float:
        """Where the name is written."""
        return self.y + self.height / 2 - 3

    @property
    def below(self) -> float:
        return self.middle + 19


@dataclass(frozen=True)
class Curve:
    """`path` is SVG path data; the label stands at (`x`, `y`)."""

    step: Step
    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Told:
    """One edge in words, for the list beside the drawing."""

    step: Step
    kind: str
    predecessor: str
    successor: str
    eve: date


@dataclass(frozen=True)
class Family:
    """`nodes` are empty where there are too many to draw; `edges` tells all, the earliest first."""

    nodes: tuple[Node, ...]
    curves: tuple[Curve, ...]
    width: float
    height: float
    edges: tuple[Told, ...]


def family_of(division: int) -> Family | None:
    """None where nothing came before and nothing after."""
    forward = trace(division, _LONG_AGO, _FAR_OFF).steps
    backward = trace(division, _FAR_OFF, _LONG_AGO).steps
    steps = sorted({*forward, *backward}, key=lambda step: (step.on, step.group, step.predecessor, step.successor))
    if not steps:
        return None
    members = {division} | {step.predecessor for step in steps} | {step.successor for step in steps}
    states = _states(members)
    edges = tuple(
        Told(
            step,
            str(LineageKind(step.kind).label),
            _called(states[step.predecessor], step.on - timedelta(days=1)).name,
            _called(states[step.successor], step.on).name,
            step.on - timedelta(days=1),
        )
        for step in steps
    )
    if len(members) > MOST:
        return Family((), (), 0, 0, edges)
    return _drawn(division, steps, states, edges)


def _states(members: Collection[int]) -> dict[int, list[DivisionRecord]]:
    states: defaultdict[int, list[DivisionRecord]] = defaultdict(list)
    records = DivisionRecord.objects.current().filter(division__in=members).order_by("valid")
    for record in records.only("division_id", "valid", "name", "type"):
        states[record.division_id].append(record)
    return states


def _called(states: Sequence[DivisionRecord], day: date) -> DivisionRecord:
    held = [state for state in states if state.valid.lower is None or state.valid.lower <= day]
    return held[-1] if held else states[0]


# --- drawing ------------------------------------------------------------------------------------------------------------


def layers(steps: Iterable[tuple[int, int]]) -> dict[int, int]:
    """A column for each member of edges given in the order of time: successors right of predecessors where no edge runs back."""
    edges = list(steps)
    receives = {new for _old, new in edges}
    found: dict[int, int] = {}
    settled: set[int] = set()
    for old, new in edges:
        found[new] = found.get(new, 0)
        if new not in settled:  # who has gone on to others already stays: a later edge runs back to it
            found[new] = max(found[new], found.setdefault(old, 0) + 1)
        found.setdefault(old, 0)
        settled.add(old)
    for one in found:
        if one not in receives:  # beside whom they went to, not at the far left
            found[one] = max(0, min(found[new] for old, new in edges if old == one) - 1)
    return found


def _drawn(division: int, steps: Sequence[Step], states: Mapping[int, Sequence[DivisionRecord]], edges: tuple[Told, ...]) -> Family:
    column = layers((step.predecessor, step.successor) for step in steps)
    into: defaultdict[int, list[Step]] = defaultdict(list)
    out: defaultdict[int, list[Step]] = defaultdict(list)
    for step in steps:
        out[step.predecessor].append(step)
        into[step.successor].append(step)
    heights = {one: max(HEIGHT, PORT * max(len(into[one]), len(out[one])) + 12) for one in column}
    ranks = _ranks(column, into)
    tall = {each: sum(heights[one] + GAP_Y for one in rank) - GAP_Y for each, rank in ranks.items()}
    height = max(tall.values())
    place: dict[int, tuple[float, float]] = {}
    for each, rank in ranks.items():
        y = MARGIN + (height - tall[each]) / 2
        for one in rank:
            place[one] = (MARGIN + each * (WIDTH + GAP_X), y)
            y += heights[one] + GAP_Y
    nodes = []
    for one in column:
        known = states[one]
        day = out[one][0].on - timedelta(days=1) if out[one] and one != division else known[-1].valid.lower or date.max
        called = _called(known, day)
        nodes.append(
            Node(
                one, called.name, str(DivisionType(called.type).label), known[0].valid.lower, known[-1].valid.upper, day,
                one == division, *place[one], heights[one],
            )
        )  # fmt: skip
    for lines in (into, out):
        other = (lambda step: step.predecessor) if lines is into else (lambda step: step.successor)
        for ports in lines.values():
            ports.sort(key=lambda step: (place[other(step)][1], step.on))
    curves = tuple(_curve(step, place, heights, into, out) for step in steps)
    width = 2 * MARGIN + (max(column.values()) + 1) * (WIDTH + GAP_X) - GAP_X
    back = any(column[step.successor] <= column[step.predecessor] for step in steps)
    return Family(tuple(nodes), curves, width + (GAP_X if back else 0), height + 2 * MARGIN, edges)


def _ranks(column: Mapping[int, int], into: Mapping[int, Sequence[Step]]) -> dict[int, list[int]]:
    """Members of each column from the top: beside whom they came from, so that few lines cross."""
    ranks: defaultdict[int, list[int]] = defaultdict(list)
    for one, each in column.items():
        ranks[each].append(one)
    position = {one: float(index) for rank in ranks.values() for index, one in enumerate(rank)}
    followers: defaultdict[int, list[int]] = defaultdict(list)
    for steps in into.values():
        for step in steps:
            followers[step.predecessor].append(step.successor)

    def middle(neighbours: Sequence[int], own: float) -> float:
        return sum(position[one] for one in neighbours) / len(neighbours) if neighbours else own

    for _round in range(4):
        for each in sorted(ranks):
            ranks[each].sort(key=lambda one: middle([step.predecessor for step in into.get(one, ())], position[one]))
            position.update({one: float(index) for index, one in enumerate(ranks[each])})
        for each in sorted(ranks, reverse=True):
            ranks[each].sort(key=lambda one: middle(followers.get(one, []), position[one]))
            position.update({one: float(index) for index, one in enumerate(ranks[each])})
    return dict(ranks)


def _curve(
    step: Step,
    place: Mapping[int, tuple[float, float]],
    heights: Mapping[int, float],
    into: Mapping[int, Sequence[Step]],
    out: Mapping[int, Sequence[Step]],
) -> Curve:
    (left, top), (right, bottom) = place[step.predecessor], place[step.successor]
    x, y = left + WIDTH, top + _port(step, out[step.predecessor], heights[step.predecessor])
    end_x, end_y = right, bottom + _port(step, into[step.successor], heights[step.successor])
    if right > left:
        reach = (end_x - x) * 0.55
        path = f"M{x:.1f} {y:.1f}C{x + reach:.1f} {y:.1f} {end_x - reach:.1f} {end_y:.1f} {end_x - 7:.1f} {end_y:.1f}"
    else:  # back to one that was there already: into its right side
        end_x = right + WIDTH
        out_x = max(x, end_x) + GAP_X * 0.7
        path = f"M{x:.1f} {y:.1f}C{out_x:.1f} {y:.1f} {out_x:.1f} {end_y:.1f} {end_x + 7:.1f} {end_y:.1f}"
    return Curve(step, path, x + 6, y + (14 if end_y < y - 1 else -4))  # on the side the line does not turn to


def _port(step: Step, ports: Sequence[Step], height: float) -> float:
    return height * (list(ports).index(step) + 1) / (len(ports) + 1)
