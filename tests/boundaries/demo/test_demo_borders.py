"""The network of borders keeps regions apart whatever the regions are."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.demo.arcs import rings, thin, trace
from boundaries.demo.growth import grow
from boundaries.demo.mesh import Mesh, honeycomb

EDGE = 20_000


def polygons(mesh: Mesh, regions: np.ndarray, thinning: int) -> list[shapely.Polygon]:
    arcs = thin(trace(mesh, regions), thinning)
    shapes = []
    for region in range(int(regions.max()) + 1):
        parts = sorted((shapely.Polygon(ring) for ring in rings(arcs, region)), key=lambda part: -part.area)
        holes = [part for part in parts[1:] if parts[0].contains(part)]
        shapes.append(shapely.Polygon(parts[0].exterior, [hole.exterior for hole in holes]))
    return shapes


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**40),
    seeds=st.lists(st.integers(0, 899), min_size=2, max_size=25, unique=True),
    thinning=st.sampled_from([0, 10**7, 10**9, 10**12]),
)
def test_any_growth_gives_a_valid_coverage_without_gaps(seed: int, seeds: list[int], thinning: int) -> None:
    mesh = honeycomb(seed, EDGE * 52, EDGE * 45, EDGE)
    chance = np.random.default_rng(seed).integers(1, 1_000, mesh.neighbours.shape)
    costs = np.where(mesh.neighbours < 0, -1, chance)
    regions = grow(mesh.neighbours, costs, [cell % len(mesh.centres) for cell in seeds], [10] * len(seeds))
    assert (regions >= 0).all()
    shapes = polygons(mesh, regions, thinning)
    assert shapely.is_valid(shapes).all()
    assert shapely.coverage_is_valid(shapes)
    assert shapely.get_num_interior_rings(shapely.coverage_union_all(shapes)) == 0


def test_a_region_within_another_becomes_its_hole() -> None:
    mesh = honeycomb(3, EDGE * 40, EDGE * 40, EDGE)
    middle = int((mesh.centres**2).sum(axis=1).argmin())
    regions = np.zeros(len(mesh.centres), dtype=np.int64)
    regions[middle] = 1
    regions[mesh.neighbours[middle]] = 1
    outer, inner = polygons(mesh, regions, 0)
    assert len(outer.interiors) == 1
    assert shapely.Polygon(outer.interiors[0]).equals(inner)


def test_growth_prefers_the_cheap_way_and_keeps_to_what_is_open() -> None:
    neighbours = np.array([[1, -1, -1, -1, -1, -1], [2, -1, -1, 0, -1, -1], [3, -1, -1, 1, -1, -1], [-1, -1, -1, 2, -1, -1]])
    costs = np.where(neighbours < 0, -1, 1)
    assert grow(neighbours, costs, [0, 3], [1, 3]).tolist() == [0, 0, 0, 1]
    costs[1, 0] = costs[2, 3] = -1
    assert grow(neighbours, costs, [0], [1]).tolist() == [0, 0, -1, -1]
