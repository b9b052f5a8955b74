"""Borders as a network of arcs: each border line exists once and is shared by the two regions it parts.

Smoothing and thinning work on arcs, so whatever they do to one region they do to its neighbour: no gap and no overlap can
arise. Both steps also keep lines from crossing; see `smooth` and `thin`.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from boundaries.demo.mesh import Mesh
from boundaries.demo.noise import Integers

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Arc:
    """A line between two junctions (or closed), with region `left` on its left hand; -1 is the world outside."""

    left: int
    right: int
    points: tuple[Point, ...]

    @property
    def closed(self) -> bool:
        return self.points[0] == self.points[-1]


def trace(mesh: Mesh, regions: Integers) -> list[Arc]:
    """All borders between different regions, smoothed. Cells of region -1 are the world outside."""
    beyond = mesh.neighbours < 0
    other = np.where(beyond, -1, regions[mesh.neighbours])
    cell, side = np.nonzero(regions[:, None] > other)
    start, end = mesh.ring[cell, side], mesh.ring[cell, (side + 1) % 6]
    left, right = regions[cell], other[cell, side]

    # Every stretch from one corner to the next, in both directions, keyed by where it starts.
    stretches: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for a, b, one, two in zip(start.tolist(), end.tolist(), left.tolist(), right.tolist(), strict=True):
        stretches[a].append((b, one, two))
        stretches[b].append((a, two, one))

    done: set[tuple[int, int]] = set()

    def follow(a: int, b: int, junctions: bool) -> list[int]:
        way = [a, b]
        done.update([(a, b), (b, a)])
        while len(stretches[way[-1]]) == 2 and (junctions or way[-1] != a):
            step = next(c for c, _, _ in stretches[way[-1]] if c != way[-2])
            done.update([(way[-1], step), (step, way[-1])])
            way.append(step)
        return way

    arcs: list[Arc] = []
    # First from the junctions; what is then left over are closed lines around a region that lies within another.
    for junctions in (True, False):
        for a in sorted(stretches):
            if junctions and len(stretches[a]) == 2:
                continue
            for b, one, two in stretches[a]:
                if (a, b) not in done:
                    arcs.append(Arc(one, two, smooth(mesh.corners[follow(a, b, junctions)])))
    return arcs


def smooth(corners: Integers) -> tuple[Point, ...]:
    """Keep the ends and replace the corners between by the middles of the edges.

    The chord between the middles of two edges of a convex cell stays in that cell, and two such chords of one cell do not
    cross, so smoothed lines cannot cross either.
    """
    middles = (corners[:-1] + corners[1:]) // 2
    closed = bool((corners[0] == corners[-1]).all())
    points = np.vstack([middles, middles[:1]]) if closed else np.vstack([corners[:1], middles, corners[-1:]])
    return tuple((int(x), int(y)) for x, y in points)


class _Points:
    """All points of the network, by square of a grid, to ask which of them lie in a triangle."""

    def __init__(self, arcs: list[Arc], size: int) -> None:
        self.size = size
        self.squares: dict[Point, set[Point]] = defaultdict(set)
        for arc in arcs:
            for x, y in arc.points:
                self.squares[x // size, y // size].add((x, y))

    def remove(self, point: Point) -> None:
        self.squares[point[0] // self.size, point[1] // self.size].discard(point)

    def any_within(self, a: Point, b: Point, c: Point) -> bool:
        """Whether a point other than the three corners lies in the triangle or on its rim."""
        xs, ys = (a[0], b[0], c[0]), (a[1], b[1], c[1])
        for i in range(min(xs) // self.size, max(xs) // self.size + 1):
            for j in range(min(ys) // self.size, max(ys) // self.size + 1):
                for p in self.squares.get((i, j), ()):
                    if p in (a, b, c):
                        continue
                    turns = (_turn(a, b, p), _turn(b, c, p), _turn(c, a, p))
                    if min(turns) >= 0 or max(turns) <= 0:
                        return True
        return False


def _turn(a: Point, b: Point, c: Point) -> int:
    """Twice the signed area of a triangle, exact."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def thin(arcs: list[Arc], area: int) -> list[Arc]:
    """Drop points that matter little (Visvalingam, Whyatt 1993): their triangle with the two beside them is below `area`, in cm².

    A point goes only if no other point of the whole network lies in that triangle; a line that would be crossed by the new
    edge would need an end in there. Each arc keeps its ends and at least one point between, two when it is closed.
    """
    points = _Points(arcs, 50_000)
    return [Arc(arc.left, arc.right, _thin_line(arc, area * 2, points)) for arc in arcs]


def _thin_line(arc: Arc, limit: int, network: _Points) -> tuple[Point, ...]:
    line = arc.points
    before = list(range(-1, len(line) - 1))
    after = list(range(1, len(line) + 1))
    gone = [False] * len(line)
    spare = len(line) - (4 if arc.closed else 3)

    def weight(i: int) -> int:
        return abs(_turn(line[before[i]], line[i], line[after[i]]))

    queue = [(weight(i), i) for i in range(1, len(line) - 1)]
    heapq.heapify(queue)
    while queue and spare > 0 and queue[0][0] < limit:
        found, i = heapq.heappop(queue)
        if gone[i] or found != weight(i):
            continue
        a, b = before[i], after[i]
        if network.any_within(line[a], line[i], line[b]):
            continue
        gone[i] = True
        spare -= 1
        network.remove(line[i])
        after[a], before[b] = b, a
        for k in (a, b):
            if 0 < k < len(line) - 1:
                heapq.heappush(queue, (weight(k), k))
    return tuple(point for point, out in zip(line, gone, strict=True) if not out)


def rings(arcs: list[Arc], region: int) -> list[list[Point]]:
    """The closed lines around a region: counter-clockwise outside, clockwise around what lies within it."""
    closed: list[list[Point]] = []
    parts: dict[Point, tuple[Point, ...]] = {}
    for arc in arcs:
        if region not in (arc.left, arc.right):
            continue
        line = arc.points if arc.left == region else arc.points[::-1]
        if arc.closed:
            closed.append(list(line))
        else:
            parts[line[0]] = line
    while parts:
        ring = list(parts.pop(min(parts)))
        while ring[-1] != ring[0]:
            ring.extend(parts.pop(ring[-1])[1:])
        closed.append(ring)
    return closed
