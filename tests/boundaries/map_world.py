"""A small register to look at on a map: two counties, townships with and without extent, a change of territory in 2021."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib.gis.geos import MultiPolygon, Polygon

from boundaries.models import Division, Level, Source, SourceKind
from boundaries.services import map_shapes
from gis.crs import CGCS2000
from tests.factories import make_division, make_source

BEFORE, CHANGE, AFTER = date(2015, 6, 1), date(2021, 3, 1), date(2024, 6, 1)


def box(west: float, south: float, east: float, north: float) -> MultiPolygon:
    """With a vertex in the middle of each side, so that neighbours half as long share theirs."""
    middle_x, middle_y = (west + east) / 2, (south + north) / 2
    ring = [
        (west, south), (middle_x, south), (east, south), (east, middle_y), (east, north), (middle_x, north), (west, north),
        (west, middle_y), (west, south),
    ]  # fmt: skip
    return MultiPolygon(Polygon(ring), srid=CGCS2000)


@dataclass
class MapWorld:
    """东县 (113.0–113.2) holds 甲乡, 乙乡 and 无图乡; 西县 (112.8–113.0) holds 丙镇, known by its seat alone."""

    city: Division
    east: Division
    west: Division
    first: Division
    second: Division
    unmapped: Division
    seat_only: Division
    source: Source


def build(*, demo: bool = False) -> MapWorld:
    source = make_source(SourceKind.DEMO if demo else SourceKind.DATASET, "试验资料")
    city = make_division("示例市", Level.PREFECTURE, code="419900", source=source)
    east = make_division("东县", Level.COUNTY, parent=city, code="419921", geometry=box(113.0, 34.0, 113.2, 34.1), source=source)
    west = make_division("西县", Level.COUNTY, parent=city, code="419922", geometry=box(112.8, 34.0, 113.0, 34.1), source=source)
    common = {"parent": east, "source": source}
    until, since = (date(2000, 1, 1), CHANGE), (CHANGE, None)
    # Until 2021 the line between 甲乡 and 乙乡 ran at 113.1°, since then at 113.12°; 甲乡 has been called 甲镇 since.
    first = make_division("甲乡", geometry=box(113.0, 34.0, 113.1, 34.1), code="419921201", valid=until, **common)
    new = box(113.0, 34.0, 113.12, 34.1)
    make_division("甲镇", division=first, type="town", geometry=new, code="419921201", valid=since, **common)
    second = make_division("乙乡", geometry=box(113.1, 34.0, 113.2, 34.1), code="419921202", valid=until, **common)
    make_division("乙乡", division=second, geometry=box(113.12, 34.0, 113.2, 34.1), code="419921202", valid=since, **common)
    unmapped = make_division("无图乡", code="419921203", **common)
    seat_only = make_division("丙镇", type="town", parent=west, code="419922101", seat=(112.9, 34.05), source=source)
    map_shapes.rebuild_levels()
    return MapWorld(city, east, west, first, second, unmapped, seat_only, source)
