"""The demo county's map: a coverage on every day, natural borders, and the same on every machine."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import numpy as np
import pytest
import shapely

from boundaries.demo import DemoCounty, build_demo
from boundaries.demo.geometry import COUNTY_AREA
from gis.crs.geodesic import area_m2, length_m

# Before and after each event, its first day, and the first and a late day of the history.
DAYS = [
    date(2000, 1, 1),
    *(day + timedelta(days=shift) for day in (date(2011, 6, 1), date(2016, 4, 1), date(2019, 10, 1)) for shift in (-1, 0, 1)),
    date(2026, 11, 24),
]

DIGEST = "4294821243d5a7c1f19ea8579e773f2dd371c46c499e81e039ac9dfc4ca45b91"


@pytest.fixture(scope="module")
def demo() -> DemoCounty:
    return build_demo()


def geometries(demo: DemoCounty, level: int, day: date) -> np.ndarray:
    return np.array([record.geometry for record in demo.level_on(level, day).values()], dtype=object)


def fingerprint(demo: DemoCounty) -> str:
    """Every figure, name, day and coordinate. Coordinates as whole 1e-7 degrees, so no way of printing floats matters."""
    content = [
        [
            unit.key,
            unit.level,
            [
                [
                    str(record.valid_from),
                    str(record.valid_to),
                    record.name,
                    record.proper_name,
                    record.generic_name,
                    record.type,
                    record.parent_key,
                    record.decision,
                    np.rint(shapely.get_coordinates(record.geometry) * 1e7).astype(int).tolist(),
                    np.rint(shapely.get_coordinates(record.seat) * 1e7).astype(int).tolist(),
                ]
                for record in unit.records
            ],
            [[code.authority, code.code, str(code.valid_from), str(code.valid_to)] for code in unit.codes],
        ]
        for unit in demo.units
    ]
    rest = [repr(demo.lineage), repr(demo.indicators), repr(demo.decisions)]
    return hashlib.sha256(json.dumps([content, rest], ensure_ascii=False).encode()).hexdigest()


def test_the_same_seed_gives_the_same_county_everywhere(demo: DemoCounty) -> None:
    assert fingerprint(build_demo()) == fingerprint(demo)
    assert fingerprint(demo) == DIGEST


def test_another_seed_gives_another_sound_county(demo: DemoCounty) -> None:
    other = build_demo(seed=9)
    day = date(2020, 1, 1)
    assert fingerprint(other) != fingerprint(demo)
    assert shapely.coverage_is_valid(geometries(other, 5, day))
    assert {key: record.name for key, record in other.level_on(4, day).items()} == {
        key: record.name for key, record in demo.level_on(4, day).items()
    }


def test_it_has_fourteen_townships_and_180_villages(demo: DemoCounty) -> None:
    today = demo.level_on(4, DAYS[-1])
    kinds = [record.type for record in today.values()]
    assert {kind: kinds.count(kind) for kind in kinds} == {"subdistrict": 2, "town": 5, "township": 6, "ethnic_township": 1}
    assert len(demo.level_on(5, DAYS[-1])) == 180


def test_every_geometry_is_a_valid_multipolygon_on_the_grid(demo: DemoCounty) -> None:
    records = [record for unit in demo.units for record in unit.records]
    shapes = np.array([record.geometry for record in records], dtype=object)
    assert {shape.geom_type for shape in shapes} == {"MultiPolygon"}
    assert shapely.is_valid(shapes).all()
    coordinates = shapely.get_coordinates(shapes)
    assert np.array_equal(coordinates, np.rint(coordinates * 1e7) / 1e7)
    assert coordinates[:, 0].min() > 114.1 and coordinates[:, 0].max() < 115.0  # longitude first
    assert coordinates[:, 1].min() > 33.2 and coordinates[:, 1].max() < 34.0


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_siblings_form_a_coverage_and_fill_their_parent_on_each_day(demo: DemoCounty, day: date) -> None:
    for level in (3, 4, 5):
        assert shapely.coverage_is_valid(geometries(demo, level, day))
    for level in (3, 4, 5):
        parents = demo.level_on(level - 1, day)
        children = list(demo.level_on(level, day).values())
        assert {record.parent_key for record in children} <= set(parents)
        for key, parent in parents.items():
            parts = [record.geometry for record in children if record.parent_key == key]
            if key == demo.neighbour_key:
                assert not parts
                continue
            whole = shapely.coverage_union_all(np.array(parts, dtype=object))
            assert whole.normalize().equals_exact(shapely.union_all([parent.geometry]).normalize(), 0), key


def test_a_parent_adds_no_point_and_loses_none(demo: DemoCounty) -> None:
    """The county's border is made of villages' border points only, and the neighbour's side of it of the very same."""
    points = [
        {tuple(point) for point in shapely.get_coordinates(shape).tolist()}
        for shape in (demo.unit(demo.county_key).records[0].geometry, shapely.geometrycollections(geometries(demo, 5, DAYS[-1])))
    ]
    assert points[0] <= points[1]


def test_seats_lie_in_their_own_ground_and_township_seats_in_the_seat_village(demo: DemoCounty) -> None:
    for unit in demo.units:
        for record in unit.records:
            assert record.geometry.contains(record.seat), record.name
    day = DAYS[-1]
    villages = demo.level_on(5, day)
    for key, township in demo.level_on(4, day).items():
        [holder] = [village for village in villages.values() if village.geometry.contains(township.seat)]
        assert holder.parent_key == key
        assert key == "wangxiu" or holder.proper_name == township.proper_name


def test_areas_are_those_of_a_county_in_the_plain(demo: DemoCounty) -> None:
    county = float(area_m2(demo.unit(demo.county_key).records[0].geometry)[0])
    assert county == pytest.approx(COUNTY_AREA, rel=1e-6)
    villages = area_m2(geometries(demo, 5, DAYS[-1])) / 1e6
    assert villages.min() > 1 and villages.max() < 30
    assert villages.sum() == pytest.approx(county / 1e6, rel=1e-9)


def test_borders_are_crooked_as_borders_are(demo: DemoCounty) -> None:
    villages = geometries(demo, 5, DAYS[-1])
    points = shapely.get_num_coordinates(villages)
    assert points.min() >= 12 and points.max() <= 90 and 25 <= np.median(points) <= 50
    # A honeycomb's or Voronoi diagram's cells fill their convex hull; land that people divided does not.
    assert np.median(shapely.area(villages) / shapely.area(shapely.convex_hull(villages))) < 0.9


def test_the_neighbour_shares_one_long_border_line(demo: DemoCounty) -> None:
    county, neighbour = (demo.unit(key).records[0].geometry for key in (demo.county_key, demo.neighbour_key))
    line = shapely.line_merge(shapely.shared_paths(county.boundary, neighbour.boundary).geoms[1])
    assert line.geom_type == "LineString"
    assert 50_000 < float(length_m(line)[0]) < 65_000
    _, south, _, north = shapely.bounds(line)
    assert float(length_m(line)[0]) > 1.25 * (north - south) * 111_000


def test_one_township_has_an_exclave_and_another_the_hole_for_it(demo: DemoCounty) -> None:
    today = demo.level_on(4, DAYS[-1])
    [owner] = [record for record in today.values() if len(record.geometry.geoms) == 2]
    [host] = [record for record in today.values() if any(len(part.interiors) for part in record.geometry.geoms)]
    exclave = min(owner.geometry.geoms, key=lambda part: part.area)
    assert shapely.Polygon(host.geometry.geoms[0].exterior).contains(exclave)
