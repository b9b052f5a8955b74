"""Vector tiles: what is in them on which day and zoom, that neighbours share edges, and what the address promises."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boundaries import tiles
from boundaries.map_levels import BANDS, LEVELS, MAX_ZOOM, areas_at, finest_at
from boundaries.models import Level, MapBorder, MapRevision, MapShape
from boundaries.services import map_shapes
from boundaries.services.map_layers import tolerance
from gis.accounts.models import Duty
from gis.webmap.cache import TileCache
from tests.boundaries.map_world import AFTER, BEFORE, CHANGE, MapWorld, box, build
from tests.factories import make_division, make_user
from tests.performance.province import load, voronoi

pytestmark = pytest.mark.django_db

EDGE = (113.1, 34.05)


@pytest.fixture
def world() -> MapWorld:
    caches["tiles"].clear()
    return build()


@pytest.fixture
def reader(logged_in: Any) -> Client:
    return logged_in(make_user("reader", (Duty.READER, None)))


def square(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile at a place."""
    count = 2**zoom
    row = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * count), int(row * count)


def address(day: date | str, zoom: int, place: tuple[float, float] = EDGE, query: str = "") -> str:
    x, y = square(*place, zoom)
    return f"/tiles/divisions/{day}/{zoom}/{x}/{y}.mvt{query}"


def decoded(body: bytes) -> dict[str, list[dict[str, Any]]]:
    return {name: layer["features"] for name, layer in mapbox_vector_tile.decode(body).items()}


def names(features: list[dict[str, Any]]) -> set[str]:
    return {feature["properties"]["name"] for feature in features}


# --- what is in a tile --------------------


def test_a_tile_names_its_units_with_code_type_grade_and_parent(reader: Client, world: MapWorld) -> None:
    layers = decoded(reader.get(address(AFTER, 10)).content)
    town = next(feature for feature in layers["township"] if feature["properties"]["name"] == "甲镇")
    assert town["id"] == world.first.pk
    assert town["properties"] | {"tint": 0} == {
        "name": "甲镇",
        "level": 4,
        "type": "town",
        "code": "419921201",
        "grade": "indicative",
        "parent": world.east.pk,
        "tint": 0,
    }
    assert names(layers["label"]) >= {"甲镇", "乙乡"}


@pytest.mark.parametrize(
    ("zoom", "expected"),
    [(7, {"county"}), (8, {"county"}), (9, {"county", "township"}), (11, {"county", "township"}), (13, {"county", "township"})],
)
def test_levels_switch_with_the_zoom(reader: Client, world: MapWorld, zoom: int, expected: set[str]) -> None:
    layers = decoded(reader.get(address(AFTER, zoom)).content)
    assert set(layers) & {entry.layer for entry in LEVELS.values()} == expected


def test_a_chosen_level_is_drawn_whatever_the_zoom(reader: Client, world: MapWorld) -> None:
    assert names(decoded(reader.get(address(AFTER, 7, query="?level=township")).content)["township"]) == {"甲镇", "乙乡"}
    assert "township" not in decoded(reader.get(address(AFTER, 12, query="?level=county")).content)


def test_another_day_shows_another_line_and_another_name(reader: Client, world: MapWorld) -> None:
    before = decoded(reader.get(address(BEFORE, 10)).content)["township"]
    after = decoded(reader.get(address(AFTER, 10)).content)["township"]
    assert names(before) == {"甲乡", "乙乡"} and names(after) == {"甲镇", "乙乡"}
    width = {}
    for day, features in (("before", before), ("after", after)):
        town = next(feature for feature in features if feature["id"] == world.first.pk)
        west, _south, east, _north = shapely.geometry.shape(town["geometry"]).bounds
        width[day] = east - west
    assert width["after"] / width["before"] == pytest.approx(1.2, rel=0.01)


def test_the_day_of_a_change_shows_the_new_state(reader: Client, world: MapWorld) -> None:
    assert "甲镇" in names(decoded(reader.get(address(CHANGE, 10)).content)["township"])


def test_a_unit_known_by_its_seat_alone_is_a_labelled_point(reader: Client, world: MapWorld) -> None:
    layers = decoded(reader.get(address(AFTER, 11, (112.9, 34.05))).content)
    (seat,) = (feature for feature in layers["seat"] if feature["id"] == world.seat_only.pk)
    assert seat["properties"]["alone"] and seat["geometry"]["type"] == "Point"
    assert all(feature["id"] != world.seat_only.pk for feature in layers.get("township", [])), "no area is invented for it"


def test_a_unit_without_extent_and_seat_is_in_no_tile(reader: Client, world: MapWorld) -> None:
    assert not MapShape.objects.filter(division=world.unmapped).exists()


def test_a_name_stands_inside_its_unit(world: MapWorld) -> None:
    for shape in MapShape.objects.filter(min_zoom=14).exclude(division=world.seat_only):
        assert shape.geometry.contains(shape.label_point)


def test_a_boundary_line_is_drawn_once_at_its_highest_rank(reader: Client, world: MapWorld) -> None:
    """Between the counties runs one line of rank county, though the townships' edge lies on it too."""
    place = (113.0, 34.05)
    lines = [feature["properties"]["level"] for feature in decoded(reader.get(address(AFTER, 13, place)).content)["border"]]
    assert lines == [3]
    place = (113.12, 34.05)
    lines = [feature["properties"]["level"] for feature in decoded(reader.get(address(AFTER, 13, place)).content)["border"]]
    assert lines == [4]


def test_lines_between_counties_show_where_only_their_townships_have_areas() -> None:
    city = make_division("市", Level.PREFECTURE)
    counties = [make_division(name, Level.COUNTY, parent=city) for name in ("左县", "右县")]
    make_division("左乡", parent=counties[0], geometry=box(113.0, 34.0, 113.1, 34.1))
    make_division("右乡", parent=counties[1], geometry=box(113.1, 34.0, 113.2, 34.1))
    map_shapes.rebuild_levels()
    shared = MapBorder.objects.filter(min_zoom=14, rank=Level.COUNTY)
    assert [line.geometry.extent[0] for line in shared] == pytest.approx([line.geometry.extent[2] for line in shared])
    assert shared.count() == 1
    around = MapBorder.objects.filter(min_zoom=14, rank=Level.TOWNSHIP)
    assert sum(line.geometry.length for line in around) > shared[0].geometry.length, (
        "what is beyond is not known: the outside stays the townships' line"
    )


def test_an_empty_tile_is_an_empty_answer(reader: Client, world: MapWorld) -> None:
    response = reader.get("/tiles/divisions/2024-06-01/10/0/0.mvt")
    assert (response.status_code, response.content) == (200, b"")
    assert reader.get(address("1950-01-01", 10)).content == b"", "nothing is known of that day"


# --- neighbours share edges --------------------


@pytest.fixture
def crooked() -> int:
    """Sixty units with crooked edges of some hundred vertices."""
    polygons = voronoi(60, seed=7)
    return load([f"{index}乡" for index in range(len(polygons))], [f"{index // 8}县" for index in range(len(polygons))], polygons)


@pytest.mark.parametrize("band", BANDS)
def test_stored_shapes_of_every_band_are_a_coverage(crooked: int, band: tuple[int, int]) -> None:
    map_shapes.rebuild_levels()
    rows = MapShape.objects.filter(level=Level.TOWNSHIP, min_zoom=band[0])
    shapes = shapely.from_wkb([bytes(row.geometry.wkb) for row in rows])
    if band[1] < LEVELS[Level.TOWNSHIP].chosen:
        assert not len(shapes)
        return
    assert len(shapes) == crooked
    union = shapely.union_all(shapes)
    # What two units both cover, and holes between them, in squares of the tolerance of the band: nothing that could be seen.
    unit = max(tolerance(band), 1.0) ** 2
    assert (shapely.area(shapes).sum() - union.area) / unit < 0.01
    assert shapely.get_num_interior_rings(shapely.get_parts(union)).sum() == 0


@pytest.mark.parametrize("zoom", [6, 7, 9])
def test_decoded_neighbours_leave_no_sliver(crooked: int, zoom: int) -> None:
    """Whole tiles over the middle of the coverage are filled to the last pixel, and nothing is covered twice."""
    map_shapes.rebuild_levels()
    x, y = square(113.6, 34.0, zoom)
    _edition, body = tiles.tile(AFTER, zoom, x, y, Level.TOWNSHIP)
    features = decoded(body)["township"]
    shapes = np.array([shapely.geometry.shape(feature["geometry"]) for feature in features])
    assert shapely.is_valid(shapes).all()
    frame = shapely.box(0, 0, tiles.EXTENT, tiles.EXTENT)
    clipped = shapely.intersection(shapes, frame)
    union = shapely.union_all(clipped)
    pixel = (tiles.EXTENT / 256) ** 2
    if zoom == 9:
        assert (frame.area - union.area) / pixel < 1.0, "gaps in a tile that lies inside the coverage"
    holes = [shapely.area(shapely.polygons(ring)) for part in shapely.get_parts(union) for ring in part.interiors]
    assert sum(holes) / pixel < 1.0
    assert (shapely.area(clipped).sum() - union.area) / pixel < 2.0, "ground covered twice"


def test_shapes_follow_the_breakpoints_of_legal_time(world: MapWorld) -> None:
    spans = {(shape.valid.lower, shape.valid.upper) for shape in MapShape.objects.filter(division=world.first, min_zoom=9)}
    assert spans == {(date(2000, 1, 1), CHANGE), (CHANGE, None)}
    # 西县 did not change: one row for all its days.
    assert MapShape.objects.filter(division=world.west, min_zoom=9).count() == 1
    assert MapRevision.objects.get(level=Level.TOWNSHIP).breakpoints == [date(2000, 1, 1), CHANGE]


def test_remaking_a_level_raises_its_revision_and_keeps_the_levels_above(world: MapWorld) -> None:
    before = {row.level: row.revision for row in MapRevision.objects.all()}
    county_rows = set(MapShape.objects.filter(level=Level.COUNTY).values_list("pk", flat=True))
    map_shapes.rebuild_levels([Level.TOWNSHIP])
    after = {row.level: row.revision for row in MapRevision.objects.all()}
    assert {level for level in after if after[level] != before[level]} == {4, 5}
    assert set(MapShape.objects.filter(level=Level.COUNTY).values_list("pk", flat=True)) == county_rows


# --- what the address promises --------------------


def test_etag_and_not_modified(reader: Client, world: MapWorld) -> None:
    first = reader.get(address(AFTER, 10))
    assert first["Cache-Control"] == "private, no-cache"
    again = reader.get(address(AFTER, 10), headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    # Another day of the same period is the same map.
    assert reader.get(address(date(2023, 1, 1), 10))["ETag"] == first["ETag"]
    assert reader.get(address(BEFORE, 10))["ETag"] != first["ETag"]
    map_shapes.rebuild_levels([Level.TOWNSHIP])
    changed = reader.get(address(AFTER, 10), headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_an_address_with_the_edition_may_be_kept(reader: Client, world: MapWorld) -> None:
    edition = tiles.edition_of(CHANGE)
    assert "immutable" in reader.get(address(CHANGE, 10, query=f"?v={edition}"))["Cache-Control"]
    assert reader.get(address(CHANGE, 10, query="?v=old"))["Cache-Control"] == "private, no-cache"
    # The edition of another period does not make its map this day's.
    assert "甲乡" in names(decoded(reader.get(address(BEFORE, 10, query=f"?v={edition}")).content)["township"])


def test_an_edition_that_is_over_gives_the_present_map(reader: Client, world: MapWorld) -> None:
    former = tiles.edition_of(CHANGE)
    map_shapes.rebuild_levels([Level.TOWNSHIP])
    response = reader.get(address(CHANGE, 11, query=f"?v={former}"))
    assert response["Cache-Control"] == "private, no-cache" and str(former) not in response["ETag"]


def test_a_tile_is_made_once(reader: Client, world: MapWorld, django_assert_num_queries: Any) -> None:
    kept = address(CHANGE, 10, query=f"?v={tiles.edition_of(CHANGE)}")
    first = reader.get(kept)
    with django_assert_num_queries(0):
        assert reader.get(kept).content == first.content
    with CaptureQueriesContext(connection) as queries:
        assert reader.get(address(AFTER, 10)).content == first.content, "the same period, the same tile"
    assert not any("EXECUTE" in query["sql"] for query in queries)


def test_one_statement_makes_a_tile(world: MapWorld, django_assert_num_queries: Any) -> None:
    before = tiles.tile(AFTER, 10, *square(*EDGE, 10))  # prepares it on this connection
    with django_assert_num_queries(1):
        assert tiles.tile(AFTER, 10, *square(*EDGE, 10)) == before


def test_behind_a_pool_nothing_is_prepared(world: MapWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    prepared = tiles.tile(AFTER, 10, *square(*EDGE, 10))
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    with CaptureQueriesContext(connection) as queries:
        assert tiles.tile(AFTER, 10, *square(*EDGE, 10)) == prepared
    assert [query for query in queries if "ST_AsMVT" in query["sql"]]


def test_the_file_cache_keeps_tiles(tmp_path: Path) -> None:
    cache = TileCache(str(tmp_path), {})
    cache.set("a/b", b"tile" * 1000)
    assert cache.get("a/b") == b"tile" * 1000
    cache.set("gone", b"x", timeout=-1)
    assert cache.get("gone") is None


@pytest.mark.parametrize(
    "path",
    [
        "2024-06-01/19/0/0.mvt",
        "2024-06-01/3/8/0.mvt",
        "2024-06-01/3/0/8.mvt",
        "2024-06-31/3/0/0.mvt",
        "24-6-1/3/0/0.mvt",
        "20240601/3/0/0.mvt",
        "0001-01-01/3/0/0.mvt",
        "today/3/0/0.mvt",
        "2024-06-01/3/0/0.mvt?level=street",
        "2024-06-01/3/99999999999999999999999/0.mvt",
        "2024-06-01/-1/0/0.mvt",
    ],
)
def test_addresses_that_are_none_are_not_found(reader: Client, path: str) -> None:
    assert reader.get(f"/tiles/divisions/{path}").status_code == 404


def test_tiles_are_for_readers_of_the_register(client: Client, logged_in: Any) -> None:
    url = address(AFTER, 10)
    assert client.get(url).status_code == 401
    assert logged_in(make_user("nobody")).get(url).status_code == 403


# --- the table of levels --------------------


def test_every_zoom_shows_a_level_and_lies_in_one_band() -> None:
    for zoom in range(MAX_ZOOM + 1):
        assert areas_at(zoom)
        assert len([band for band in BANDS if band[0] <= zoom <= band[1]]) == 1
    finest = [finest_at(zoom) for zoom in range(MAX_ZOOM + 1)]
    assert finest == sorted(finest) and finest[-1] == Level.VILLAGE
