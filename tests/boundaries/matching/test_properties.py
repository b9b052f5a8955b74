"""What holds for any line and any walk: the slow way agrees, and what must change nothing changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.matching import Line, Track, total, union
from boundaries.matching.intervals import rest
from tests.boundaries.matching import reference
from tests.boundaries.matching.scenes import line, matched, picked, reversed_, walk

Floats = npt.NDArray[np.float64]
Spans = Sequence[tuple[float, float]]
# Of two places of the line that are equally far to a centimetre, at the seam of two planes of `nearest`, either may be the nearest:
# 45 m off they are up to 1 m apart. Metres of four ends.
SEAM = 2.0


@dataclass
class Scene:
    """A line and walks in metres, of which some follow it, some cross it and some do both."""

    corners: Floats
    walks: list[Floats]

    @property
    def line(self) -> Line:
        return line(self.corners)

    @property
    def tracks(self) -> list[Track]:
        return [walk(places, name=str(number)) for number, places in enumerate(self.walks)]


def bent(rng: np.random.Generator) -> Floats:
    """Random legs; now and then one that comes back beside the last, nearer than the tolerance."""
    places = [np.zeros(2)]
    heading = rng.uniform(0, 2 * np.pi)
    for _leg in range(rng.integers(1, 7)):
        length = rng.uniform(80, 900)
        places.append(places[-1] + length * np.array([np.cos(heading), np.sin(heading)]))
        if rng.random() < 0.35:
            width = rng.uniform(12, 90)
            side = heading + np.pi / 2
            places.append(places[-1] + width * np.array([np.cos(side), np.sin(side)]))
            heading += np.pi + rng.normal(0, 0.02)
        else:
            heading += rng.normal(0, 0.7)
    return np.array(places)


def along(corners: Floats, s: Floats) -> Floats:
    edges = np.hypot(*np.diff(corners, axis=0).T)
    until = np.concatenate(([0.0], np.cumsum(edges)))
    return np.column_stack([np.interp(s, until, corners[:, axis]) for axis in (0, 1)])


def tangled(rng: np.random.Generator) -> Floats:
    """Corners from a small grid, none twice in a row, each a little off its place: edges cross, touch and run back."""
    places = rng.integers(0, 5, (rng.integers(4, 12), 2)) * rng.choice([30.0, 60.0, 150.0])
    places = places[np.append(True, np.any(places[1:] != places[:-1], axis=1))]
    return places + rng.normal(0, rng.choice([5.0, 12.0]), places.shape)


def one_walk(rng: np.random.Generator, corners: Floats) -> Floats:
    length = float(np.hypot(*np.diff(corners, axis=0).T).sum())
    stops = rng.uniform(0, length, rng.integers(2, 4))
    spacing = rng.choice([6.0, 15.0, 40.0, 90.0])
    s = np.concatenate([np.linspace(a, b, max(2, int(abs(b - a) / spacing))) for a, b in pairwise(stops)])
    places = along(corners, s) + rng.normal(0, 1, 2) * rng.choice([0.0, 10.0, 30.0])
    places = places + rng.normal(0, rng.choice([0.0, 4.0, 15.0]), places.shape)
    if rng.random() < 0.5:  # somewhere else for a while, or nothing recorded
        a, b = sorted(rng.integers(0, len(places), 2))
        if rng.random() < 0.5:
            places = np.delete(places, slice(a, b), axis=0)
        else:
            places[a:b] += rng.normal(0, 150, 2)
    if rng.random() < 0.3:  # across the line, as another way would go
        middle = along(corners, np.array([rng.uniform(0, length)]))[0]
        angle = rng.uniform(0, 2 * np.pi)
        places = np.vstack((places, middle + np.linspace(-300, 300, 40)[:, None] * [np.cos(angle), np.sin(angle)]))
    return places if len(places) > 1 else np.vstack((places, places + 1.0))


@st.composite
def scenes(draw: st.DrawFn, walks: int = 2) -> Scene:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    corners = bent(rng)
    return Scene(corners, [one_walk(rng, corners) for _walk in range(draw(st.integers(1, walks)))])


def differing(a: Spans, b: Spans) -> float:
    """Metres that are in one and not in the other."""
    both = union([*a, *b])
    common = total(a) + total(b) - total(both)
    return total(both) - common


def lost(before: Spans, after: Spans, length: float) -> list[tuple[float, float]]:
    """What is in `before` and not in `after`."""
    return [(max(a, c), min(b, d)) for a, b in before for c, d in rest(after, length) if min(b, d) > max(a, c)]


def compare(scene: Scene) -> None:
    found = matched(scene.line, *scene.tracks)
    slow = reference.covered([tuple(place) for place in scene.corners], [[tuple(p) for p in places] for places in scene.walks])
    assert differing(found.covered, slow) < SEAM, (found.covered, slow)


@given(scenes())
@settings(max_examples=60)
def test_the_slow_way_agrees(scene: Scene) -> None:
    compare(scene)


@given(scenes(walks=1))
@settings(max_examples=40)
def test_what_is_covered_lies_near_the_walk(scene: Scene) -> None:
    """Every metre of it is within the tolerance of the way between positions (and a little for joining)."""
    covered = matched(scene.line, *scene.tracks).covered
    (places,) = scene.walks
    # Up to six positions may be thrown out, then it is the straight way between those beside them.
    ways = [(places[:-apart], places[apart:] - places[:-apart]) for apart in range(1, min(8, len(places)))]
    start = np.vstack([before for before, _step in ways])
    step = np.vstack([step for _before, step in ways])
    square = np.maximum((step**2).sum(axis=1), 1e-12)
    for low, high in covered:
        for spot in along(scene.corners, np.arange(low, high, 5.0)):
            share = np.clip(((spot - start) * step).sum(axis=1) / square, 0, 1)
            assert np.hypot(*(start + share[:, None] * step - spot).T).min() <= 50 * 1.04 + 20


@given(scenes())
@settings(max_examples=30)
def test_walked_the_other_way_at_other_hours(scene: Scene) -> None:
    on, tracks = scene.line, scene.tracks
    found = matched(on, *tracks)
    assert differing(found.covered, list(matched(on, *map(reversed_, tracks)).covered)) < 1e-6
    shifted = [Track.of(track.name, track.lon, track.lat, track.time - 123_456.0) for track in tracks]
    again = matched(on, *shifted)
    assert (again.covered, again.offset) == (found.covered, found.offset)


@given(scenes(), scenes(walks=1))
@settings(max_examples=30)
def test_another_track_takes_nothing_away(scene: Scene, other: Scene) -> None:
    on = scene.line
    before = matched(on, *scene.tracks).covered
    after = matched(on, *scene.tracks, *other.tracks).covered
    assert total(union([*before, *after])) <= total(after) + 1e-6


@given(st.integers(0, 10_000), st.integers(1, 3), st.sampled_from([0.0, 4.0, 15.0]))
@settings(max_examples=30)
def test_split_into_files(seed: int, cuts: int, noise: float) -> None:
    """At each cut one step may be lost (here 10 m, which is joined again), and with noise what its two ends differ by."""
    rng = np.random.default_rng(seed)
    corners = np.array([(0.0, 0.0), (1_500.0, 300.0), (3_000.0, 0.0)])
    whole = walk(along(corners, np.arange(0, 3_050, 10.0)), noise=noise, seed=seed)
    at = [0, *sorted(rng.choice(np.arange(20, len(whole) - 20, 20), cuts, replace=False).tolist()), len(whole)]
    parts = [picked(whole, slice(a, b), name=str(a)) for a, b in pairwise(at)]
    on = line(corners)
    assert differing(matched(on, whole).covered, list(matched(on, *parts).covered)) <= 6 * noise * cuts + 1e-6


@given(scenes(walks=1))
@settings(max_examples=30)
def test_positions_on_the_way_between_change_little(scene: Scene) -> None:
    """Positions midway in steps say nothing new. They change more than the end of what is walked only where it is doubtful anyway:

    at the edge of the tolerance (of 21 positions more than half must be within it, and 21 of the doubled ones are half as long a
    way), and where two arms of the line are within the tolerance of one position.
    """
    (places,) = scene.walks
    if np.hypot(*np.diff(places, axis=0).T).max() <= 150 and len(places) >= 30:
        check_positions_between(scene, places)


def check_positions_between(scene: Scene, places: Floats) -> None:
    doubled = np.insert(places, np.arange(1, len(places)), (places[1:] + places[:-1]) / 2, axis=0)
    on = scene.line
    before, after = matched(on, walk(places)).covered, matched(on, walk(doubled)).covered
    for low, high in lost(before, after, on.length_m):
        stretch = shapely.LineString(along(scene.corners, np.linspace(low, high, 20)))
        about = doubled[shapely.distance(shapely.points(doubled), stretch) < 150]
        plain = all(len(reference.stretches([*map(tuple, scene.corners)], tuple(place), 50.0)) == 1 for place in about)
        assert high - low <= 60 or not plain, (low, high)


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1))
@settings(max_examples=3_000)
def test_the_slow_way_agrees_on_tangled_lines(seed: int) -> None:
    """Lines that cross and touch themselves, turn back within the tolerance, and walks that stand or go twice."""
    rng = np.random.default_rng(seed)
    corners = tangled(rng)
    walks = [one_walk(rng, corners) for _walk in range(rng.integers(1, 3))]
    if rng.random() < 0.3:
        walks[0] = np.repeat(walks[0], 2, axis=0)
    scene = Scene(corners, walks)
    if len(corners) < 3 or scene.line.closed[0]:
        return
    found = matched(scene.line, *scene.tracks)
    slow = reference.covered([tuple(place) for place in corners], [[tuple(p) for p in places] for places in walks])
    assert differing(found.covered, slow) < SEAM, (found.covered, slow)


@pytest.mark.slow
@given(scenes())
@settings(max_examples=3_000)
def test_the_slow_way_agrees_often(scene: Scene) -> None:
    compare(scene)
