"""The match once more, slowly and plainly: loops over points and edges in a plane, with nothing of the package.

It follows docs/matching.md step by step and is what the quick way is compared with.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Place = tuple[float, float]
Interval = tuple[float, float]

GAP, JOIN, NOISE = 200.0, 20.0, 15.0
NEIGHBOURS, THROWN_OUT, SKIPPED, JUMP, AVERAGED = 10, 6, 3, 40.0, 10
UNIT, LEAST = 10.0, 0.1


@dataclass
class Stretch:
    """Of the line near a place: nearest chainage, its distance, and from where to where."""

    s: float
    d: float
    low: float
    high: float


@dataclass
class Node:
    """Of the walk: the stretches near it, whether the way there is broken, and the metres of the way there."""

    there: list[Stretch]
    broken: bool
    way: float


def apart(a: Place, b: Place) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def stretches(line: Sequence[Place], place: Place, tolerance: float) -> list[Stretch]:
    """Edge by edge; an edge goes on the stretch of the one before when the corner between is near too."""
    radius = tolerance * math.hypot(1.0, 0.25)
    found: list[Stretch] = []
    going_on = False
    along = 0.0
    for a, b in pairwise(line):
        length = apart(a, b)
        t = ((place[0] - a[0]) * (b[0] - a[0]) + (place[1] - a[1]) * (b[1] - a[1])) / length  # metres along the edge
        across = math.hypot(place[0] - a[0] - t * (b[0] - a[0]) / length, place[1] - a[1] - t * (b[1] - a[1]) / length)
        at = min(max(t, 0.0), length)
        d = math.hypot(across, t - at)
        if d <= radius:
            half = math.sqrt(max(radius**2 - across**2, 0.0))
            low, high = along + max(t - half, 0.0), along + min(t + half, length)
            if going_on:
                found[-1].high = high
                if d < found[-1].d:
                    found[-1].s, found[-1].d = along + at, d
            else:
                found.append(Stretch(along + at, d, low, high))
        going_on = d <= radius and apart(place, b) <= radius
        along += length
    return [one for one in found if one.d <= tolerance]


def covered(line: Sequence[Place], walks: Sequence[Sequence[Place]], tolerance: float = 50.0) -> list[Interval]:
    length = sum(apart(a, b) for a, b in pairwise(line))
    visits = [visit for walk in walks for visit in visits_of(line, walk, tolerance, length)]
    return put_together(visits, length, min(2 * tolerance, length / 2))


def put_together(visits: list[Interval], length: float, shortest: float) -> list[Interval]:
    found: list[Interval] = []
    for low, high in sorted(visits):
        if found and low <= found[-1][1] + JOIN:
            found[-1] = (found[-1][0], max(found[-1][1], high))
        else:
            found.append((low, high))
    found = [(0.0 if low <= JOIN else low, length if length - high <= JOIN else high) for low, high in found if high > low]
    return [(low, high) for low, high in found if high - low >= shortest]


def without_leaps(walk: Sequence[Place], tolerance: float) -> list[Place]:
    """Lone leaps, of which neither neighbour is one."""
    leaps = set()
    for i in range(1, len(walk) - 1):
        least = min(apart(walk[i - 1], walk[i]), apart(walk[i], walk[i + 1]))
        if least > max(2 * tolerance, 10 * NOISE) and least > 4 * apart(walk[i - 1], walk[i + 1]):
            leaps.add(i)
    return [place for i, place in enumerate(walk) if not (i in leaps and i - 1 not in leaps and i + 1 not in leaps)]


def visits_of(line: Sequence[Place], track: Sequence[Place], tolerance: float, length: float) -> list[Interval]:
    walk = without_leaps(track, tolerance)
    near = [stretches(line, place, tolerance) for place in walk]
    member = [bool(near[i]) and most_are_near(walk, near, i, tolerance) for i in range(len(walk))]
    nodes: list[Node] = []
    last = -1
    for i in range(len(walk)):
        if not member[i]:
            continue
        if last < 0 or not goes_on(walk, last, i, tolerance):
            nodes.append(Node(near[i], True, 0.0))
        else:
            between = max(0, math.ceil(apart(walk[last], walk[i]) / (tolerance / 2)) - 1)
            broken, each = False, apart(walk[last], walk[i]) / (between + 1)
            for k in range(1, between + 1):
                share = k / (between + 1)
                place = tuple(walk[last][j] + share * (walk[i][j] - walk[last][j]) for j in (0, 1))
                there = stretches(line, place, tolerance)  # type: ignore[arg-type]
                if there:
                    nodes.append(Node(there, broken, each))
                broken = not there
            nodes.append(Node(near[i], broken, each))
        last = i
    return [visit for run in runs(nodes) for visit in advances(best_choice(run), length)]


def most_are_near(walk: Sequence[Place], near: Sequence[list[Stretch]], i: int, tolerance: float) -> bool:
    hits = count = 0
    for step in (-1, 1):
        for j in range(i + step, i + step * (NEIGHBOURS + 1), step):
            if not 0 <= j < len(walk) or apart(walk[j], walk[j - step]) > GAP:
                break
            if apart(walk[i], walk[j]) <= 2 * tolerance:
                count += 1
                hits += bool(near[j])
    return 2 * (hits + 1) > count + 1


def goes_on(walk: Sequence[Place], last: int, i: int, tolerance: float) -> bool:
    steps = [apart(walk[j], walk[j + 1]) for j in range(last, i)]
    return i - last - 1 <= THROWN_OUT and sum(steps) <= GAP


def runs(nodes: list[Node]) -> list[list[Node]]:
    found: list[list[Node]] = []
    for node in nodes:
        if node.broken:
            found.append([])
        found[-1].append(node)
    return found


def weights(run: list[Node]) -> list[float]:
    """Half the way before and half the way after, in units."""
    ways = [0.0, *(node.way for node in run[1:]), 0.0]
    return [max((before + after) / 2, LEAST) / UNIT for before, after in pairwise(ways)]


def meet(a: Stretch, b: Stretch) -> bool:
    return max(a.low, b.low) <= min(a.high, b.high)


def best_choice(run: list[Node]) -> list[Stretch]:
    """Every way through is weighed: at each node one of its stretches, or (three in a row at most) none."""
    weight = weights(run)
    skip = [(50.0 / NOISE) ** 2 * one for one in weight]
    best: list[list[tuple[float, list[Stretch]]]] = []
    for n, node in enumerate(run):
        row = []
        for one in node.there:
            options = [(sum(skip[:n]), [])] if n <= SKIPPED else []
            for before in range(max(0, n - 1 - SKIPPED), n):
                options += [
                    (cost + sum(skip[before + 1 : n]) + (0.0 if meet(chosen[-1], one) else JUMP), chosen)
                    for cost, chosen in best[before]
                ]
            cost, chosen = min(options, key=lambda option: option[0])
            row.append((cost + (one.d / NOISE) ** 2 * weight[n], [*chosen, one]))
        best.append(row)
    ends = [
        (cost + sum(skip[n + 1 :]), chosen) for n in range(max(0, len(run) - 1 - SKIPPED), len(run)) for cost, chosen in best[n]
    ]
    return min(ends, key=lambda option: option[0])[1]


def advances(chosen: list[Stretch], length: float) -> list[Interval]:
    """The unbroken runs of what was chosen that get on along the line when the noise is averaged out."""
    groups: list[list[float]] = []
    for n, one in enumerate(chosen):
        if n == 0 or not meet(chosen[n - 1], one):
            groups.append([])
        groups[-1].append(one.s)
    found = []
    for group in groups:
        half = min(AVERAGED, len(group) // 8)
        windows = [group[max(0, k - half) : k + half + 1] for k in range(len(group))]
        means = [sum(window) / len(window) for window in windows]
        if max(means) - min(means) >= min(2 * NOISE, length / 2):
            found.append((min(group), max(group)))
    return found
