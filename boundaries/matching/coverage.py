"""From walks to the covered stretches of the line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.choose import Choice, choose
from boundaries.matching.intervals import Interval, union
from boundaries.matching.line import Line
from boundaries.matching.nearest import Candidates, Index
from boundaries.matching.settings import Settings
from boundaries.matching.track import Plane, Walk

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

# A position belongs to a walk along the line when of those about it, ten before and ten after, more than half are within the
# tolerance: a lone one thrown out does not break the walk, and a lone one thrown in (from a road beside) does not make one.
# That is the median distance of 21 positions held against the tolerance: a noise of 15 m leaves 4 m of it.
NEIGHBOURS: Final = 10
# So many in a row, over a way that is not longer than a step may be: farther on it is a detour.
MOST_THROWN_OUT: Final = 6
# Noise is averaged over up to ten positions before and after when it is asked whether a visit advances.
MOST_AVERAGED: Final = 10
# Positions looked at together, which bounds the memory; the next section begins a little before the end of the last.
_SECTION: Final = 250_000
_OVERLAP: Final = 64


@dataclass(frozen=True, eq=False)
class Walked:
    """What one walk gives. `offset` are the distances (m) of the positions used; `intervals` of its visits, not yet joined."""

    intervals: tuple[Interval, ...]
    offset: Floats

    @property
    def used(self) -> int:
        return len(self.offset)


def covered_by(line: Line, index: Index, walk: Walk, settings: Settings) -> Walked:
    """Long walks are looked at in sections that overlap a little."""
    intervals: list[Interval] = []
    offsets = []
    at = 0
    while at < len(walk):
        begin = max(0, at - _OVERLAP)
        part = _section(line, index, walk, slice(begin, at + _SECTION), at - begin, settings)
        intervals += part.intervals
        offsets.append(part.offset)
        at += _SECTION
    return Walked(tuple(intervals), np.concatenate(offsets) if offsets else np.empty(0))


def joined(line: Line, intervals: Sequence[Interval], settings: Settings) -> tuple[Interval, ...]:
    """All visits together: near ones joined, and what is too short to be a walk along the line left out."""
    found: list[Interval] = []
    for along, closed in zip(line.chainages, line.closed, strict=True):
        low, high = float(along[0]), float(along[-1])
        own = union(((max(a, low), min(b, high)) for a, b in intervals if a <= high and b >= low), settings.join_m)
        own = _to_the_ends([(a, b) for a, b in own if b > a], low, high, settings.join_m)
        shortest = min(settings.shortest_m, (high - low) / 2)
        around = closed and len(own) > 1 and own[0][0] - low + high - own[-1][1] <= settings.join_m
        lengths = [b - a for a, b in own]
        if around:  # one stretch across where the ring begins
            own = ((low, own[0][1]), *own[1:-1], (own[-1][0], high))
            lengths[0] = lengths[-1] = lengths[0] + lengths[-1]
        found += [stretch for stretch, length in zip(own, lengths, strict=True) if length >= shortest]
    return union(found)


def _to_the_ends(own: list[Interval], low: float, high: float, join_m: float) -> tuple[Interval, ...]:
    """What begins or ends as near to an end of the line as positions are known reaches it."""
    if own and own[0][0] - low <= join_m:
        own[0] = (low, own[0][1])
    if own and high - own[-1][1] <= join_m:
        own[-1] = (own[-1][0], high)
    return tuple(own)


def _section(line: Line, index: Index, walk: Walk, rows: slice, seen: int, settings: Settings) -> Walked:
    """The first `seen` positions were counted with the section before."""
    lon, lat, broken, plane = walk.lon[rows], walk.lat[rows], walk.broken[rows].copy(), walk.plane.picked(rows)
    if len(broken):
        broken[0] = True
    found = index.candidates(lon, lat)
    near = np.zeros(len(lon), dtype=bool)
    near[found.point] = True
    member = near & _among_near(plane, near, broken, settings)
    nodes = np.flatnonzero(member)
    if not len(nodes):
        return Walked((), np.empty(0))
    chord = plane.between(nodes[:-1], nodes[1:])
    cut = _broken_at(member, nodes, chord, walk.step[rows], broken, settings)
    all_found, real, cut, way = _with_steps(index, found, lon, lat, nodes, chord, cut, settings)
    choice = choose(all_found, len(real), cut, way, settings.noise_m, settings.tolerance_m)
    node = all_found.point[choice.rows]
    counted = real & (np.cumsum(real) > np.searchsorted(nodes, seen))
    offset = all_found.d[choice.rows[counted[node]]]
    return Walked(_visits(line, all_found, choice, cut, settings), offset)


def _among_near(plane: Plane, near: Flags, broken: Flags, settings: Settings) -> Flags:
    """Whether of a position's neighbours (itself counted) more than half are near the line. Neighbours are ten on each side, not
    across a break, not farther off than twice the tolerance.
    """
    if near.all() or not near.any():
        return near.copy()
    piece = np.cumsum(broken)
    hits, count = near.astype(np.int8), np.ones(len(near), dtype=np.int8)
    for apart in range(1, min(NEIGHBOURS, len(near) - 1) + 1):
        pair = (piece[apart:] == piece[:-apart]) & (plane.steps(apart) <= 2 * settings.tolerance_m)
        count[apart:] += pair
        count[:-apart] += pair
        hits[apart:] += pair & near[:-apart]
        hits[:-apart] += pair & near[apart:]
    return np.asarray(2 * hits.astype(np.int64) > count, dtype=bool)


def _broken_at(member: Flags, nodes: Integers, chord: Floats, step: Floats, broken: Flags, settings: Settings) -> Flags:
    """Whether the way to each node, a position that belongs to a walk along the line, is broken from the one before: by a break of
    the recording, by positions that do not belong, or because it is too long. `chord` are the metres straight between nodes.
    """
    cut = np.ones(len(nodes), dtype=bool)
    cut[1:] = broken[nodes[1:]] | (chord > settings.max_gap_m)
    if len(nodes) < len(member):
        before, after = nodes[:-1], nodes[1:]
        breaks, strangers, way = np.cumsum(broken), np.cumsum(~_tolerated(member)), np.cumsum(step)
        cut[1:] |= (breaks[after] != breaks[before]) | (strangers[after] != strangers[before])
        cut[1:] |= way[after] - way[before] > settings.max_gap_m
    return cut


def _tolerated(member: Flags) -> Flags:
    """Members, and positions off the line between members that are few enough to have been thrown out by noise."""
    gap = ~member
    first = np.flatnonzero(gap & np.append(True, ~gap[:-1]))
    last = np.flatnonzero(gap & np.append(~gap[1:], True))
    few = (last - first) < MOST_THROWN_OUT
    tolerated = member.copy()
    for start, stop in zip(first[few].tolist(), last[few].tolist(), strict=True):
        tolerated[start : stop + 1] = True
    return tolerated


def _with_steps(
    index: Index,
    found: Candidates,
    lon: Floats,
    lat: Floats,
    nodes: Integers,
    chord: Floats,
    cut: Flags,
    settings: Settings,
) -> tuple[Candidates, Flags, Flags, Floats]:
    """The nodes with further ones between where they are far apart, so that the line is followed along the way between. A
    further one that is not near the line breaks the walk. Gives the candidates by node, which nodes are positions, where it is
    broken, and the metres to each node from the one before where it is not.
    """
    way = np.append(0.0, chord)
    count = np.where(cut[1:], 0, np.maximum(np.ceil(chord / settings.step_m).astype(np.int64) - 1, 0))
    if not count.any() and len(nodes) == len(lon):
        return found, np.ones(len(nodes), dtype=bool), cut, way
    number = np.full(len(lon), -1, dtype=np.int64)
    number[nodes] = np.arange(len(nodes))
    own = number[found.point] >= 0
    if not count.any():
        return _picked(found, own, number[found.point[own]]), np.ones(len(nodes), dtype=bool), cut, way
    after = np.repeat(np.arange(len(count)), count)
    place = np.arange(len(after)) - np.repeat(np.cumsum(count) - count, count) + 1
    share = place / (count[after] + 1)
    left, right = nodes[after], nodes[after + 1]
    between = index.candidates(lon[left] + share * (lon[right] - lon[left]), lat[left] + share * (lat[right] - lat[left]))
    # Where each node and each further one stands in the walk, both counted.
    ahead = np.concatenate(([0], np.cumsum(count)))
    at_node = np.arange(len(nodes)) + ahead
    at_between = at_node[after] + place
    size = len(nodes) + len(after)
    real, broken = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    real[at_node] = True
    broken[at_node] = cut
    has = real.copy()
    has[at_between[between.point]] = True
    lost = np.cumsum(~has)
    kept = np.flatnonzero(has)
    broken = broken[kept]
    broken[1:] |= lost[kept[1:]] != lost[kept[:-1]]
    rank = np.cumsum(has) - 1
    points = np.concatenate((rank[at_node[number[found.point[own]]]], rank[at_between[between.point]]))
    both = Candidates.joined([_picked(found, own, found.point[own]), between])
    order = np.argsort(points, kind="stable")
    each = chord / (count + 1)
    way = np.append(0.0, np.repeat(each, count + 1))
    return _picked(both, order, points[order]), real[kept], broken, way[kept]


def _picked(found: Candidates, rows: Integers | Flags, point: Integers) -> Candidates:
    return Candidates(point, found.s[rows], found.d[rows], found.low[rows], found.high[rows], found.part[rows])


def _visits(line: Line, found: Candidates, choice: Choice, cut: Flags, settings: Settings) -> tuple[Interval, ...]:
    """Unbroken stretches of choices that are linked, as intervals, without those that stand or only cross."""
    s = found.s[choice.rows]
    first = np.flatnonzero(~choice.linked)
    length = np.diff(np.append(first, len(s)))
    low, high = np.minimum.reduceat(s, first), np.maximum.reduceat(s, first)
    # The noise averaged out: over ten positions on each side, fewer in a short visit.
    half = np.repeat(np.minimum(MOST_AVERAGED, length // 8), length)
    begin, end = np.repeat(first, length), np.repeat(first + length, length)
    at = np.arange(len(s))
    lower, upper = np.maximum(at - half, begin), np.minimum(at + half + 1, end)
    sums = np.concatenate(([0.0], np.cumsum(s)))
    mean = (sums[upper] - sums[lower]) / (upper - lower)
    advance = np.maximum.reduceat(mean, first) - np.minimum.reduceat(mean, first)
    part = found.part[choice.rows[first]]
    whole = np.array([along[-1] - along[0] for along in line.chainages])[part]
    _across_the_seam(line, found, choice, first, cut, low, high)
    kept = advance >= np.minimum(settings.progress_m, whole / 2)
    return tuple(zip(low[kept].tolist(), high[kept].tolist(), strict=True))


def _across_the_seam(line: Line, found: Candidates, choice: Choice, first: Integers, cut: Flags, low: Floats, high: Floats) -> None:
    """A walk across the place where a ring begins and ends is two visits; both reach that place."""
    breaks = np.cumsum(cut)
    for number, closed in enumerate(line.closed):
        if not closed:
            continue
        begin, end = float(line.chainages[number][0]), float(line.chainages[number][-1])
        for visit in range(1, len(first)):
            before, after = choice.rows[first[visit] - 1], choice.rows[first[visit]]
            if found.part[before] != number or found.part[after] != number:
                continue
            if breaks[found.point[before]] != breaks[found.point[after]]:
                continue
            if found.high[before] >= end and found.low[after] <= begin:
                high[visit - 1], low[visit] = end, begin
            elif found.low[before] <= begin and found.high[after] >= end:
                low[visit - 1], high[visit] = begin, end
