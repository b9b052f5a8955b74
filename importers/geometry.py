"""Geometries of a file into CGCS2000 polygons fit for the register, and what is wrong with the others. Nothing is mended."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import CGCS2000, Reading, ReferenceSystem, TransformInfo, bring_to_cgcs2000, check_extent, to_cgcs2000
from gis.kept_shapes import KeptShapes, Shapes
from importers.problems import Problem
from importers.readers import Table

Geometries = npt.NDArray[np.object_]

_CHUNK = 2_000
# GEOS lets go of the interpreter's lock, so two threads check twice as fast; more would only take memory.
_THREADS = 2
# The box in which a place can be in China at all (degrees): west, south, east, north.
_CHINA = (73.0, 3.0, 136.0, 54.0)
_KINDS = {
    0: ("点", "point"),
    1: ("线", "line"),
    2: ("环", "ring"),
    4: ("多点", "multipoint"),
    5: ("多线", "multiline"),
    7: ("混合图形", "collection"),
}
_REASONS = {
    "Self-intersection": "边界自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞套洞",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外环互相包含",
    "Duplicate Rings": "环重复",
    "Too few points in geometry component": "点数太少",
    "Invalid Coordinate": "坐标无效",
    "Ring is not closed": "环未闭合",
}


def into_cgcs2000(geometry: Geometries, reading: Reading) -> tuple[Geometries, TransformInfo | None]:
    """The same geometries in longitude and latitude of CGCS2000, two-dimensional; raises `CrsError`."""
    moved = np.empty_like(geometry)
    info = None
    for part in _parts(len(geometry)):
        moved[part], info = bring_to_cgcs2000(geometry[part], reading)
    return moved, info


def sampled_vertices(geometry: Shapes, limit: int = 40_000) -> npt.NDArray[np.float64]:
    """At most about `limit` vertices (n, 2) of the geometries (m,) as they stand in the file, taken evenly from all of them."""
    # Two numbers of eight bytes for each vertex, and little else.
    counts = geometry.length_bytes // 16 if isinstance(geometry, KeptShapes) else int(shapely.get_num_coordinates(geometry).sum())
    step = max(1, counts // limit)
    parts = [shapely.get_coordinates(geometry[part])[::step].copy() for part in _parts(len(geometry))]
    return np.concatenate(parts) if parts else np.empty((0, 2))


def polygons(
    table: Table, shapes: Shapes, reading: Reading, in_henan: npt.NDArray[np.bool_]
) -> tuple[KeptShapes, TransformInfo | None, list[Problem]]:
    """MultiPolygons in CGCS2000 of a table's rows, what the transformation is worth, and problems; a row with an error has None.
    Piece by piece, so that no more than a few thousand shapes are held. Raises `CrsError`.

    `in_henan` marks the rows whose code begins with 41: what is coded as Henan and lies elsewhere contradicts itself.
    """
    kept, info = KeptShapes(), None
    problems = [
        Problem("geometry_unreadable", row + 1, "geometry", {"reason": unreadable_in_words(words)})
        for row, words in table.unreadable.items()
    ]

    def take(under_way: Future[tuple[Geometries, list[Problem]]]) -> None:
        checked, found = under_way.result()
        kept.add(checked, srid=CGCS2000)
        problems.extend(found)

    with ThreadPoolExecutor(_THREADS) as pool:
        checking: deque[Future[tuple[Geometries, list[Problem]]]] = deque()
        for part in _parts(len(shapes)):
            moved, info = bring_to_cgcs2000(shapes[part], reading)
            checking.append(pool.submit(_checked, moved, in_henan[part], part.start))
            if len(checking) > _THREADS:
                take(checking.popleft())
        while checking:
            take(checking.popleft())
    return kept, info, problems


def seats(
    lon: list[str], lat: list[str], system: ReferenceSystem, fields: tuple[str, str], in_henan: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], list[Problem]]:
    """Longitude and latitude (n, 2) from two columns, NaN where a row has none; a pair that cannot be used is a warning and left
    out.
    """
    problems: list[Problem] = []
    rows, given = [], []
    for row, (x, y) in enumerate(zip(lon, lat, strict=True)):
        if not x and not y:
            continue
        try:
            given.append((float(x), float(y)))
        except ValueError:
            problems.append(Problem("seat_bad", row + 1, fields[0], {"value": f"{x[:20]}, {y[:20]}"}))
        else:
            rows.append(row)
    places = np.full((len(lon), 2), np.nan)
    for part in _parts(len(rows)):
        at = np.array(rows[part], dtype=np.intp)
        moved, _info = to_cgcs2000(shapely.points(given[part]), system)
        places[at, 0], places[at, 1] = shapely.get_x(moved), shapely.get_y(moved)
        for index, code, place in _misplaced(moved, in_henan[at]):
            if code != "outside_henan":
                places[at[index]] = np.nan
                problems.append(Problem("seat_outside", int(at[index]) + 1, fields[0], {"place": place}))
    return places, problems


def _checked(geometry: Geometries, in_henan: npt.NDArray[np.bool_], first: int) -> tuple[Geometries, list[Problem]]:
    """One piece: (polygons, problems)."""
    problems: list[Problem] = []
    good = np.array(geometry, dtype=object)

    def reject(index: int, code: str, **values: str) -> None:
        good[index] = None
        problems.append(Problem(code, first + index + 1, "geometry", values))

    kinds = shapely.get_type_id(good)
    present = kinds >= 0
    for index in np.flatnonzero(present & shapely.is_empty(good)).tolist():
        reject(index, "geometry_empty")
    for index in np.flatnonzero(present & ~np.isin(kinds, (3, 6))).tolist():
        if good[index] is not None:
            zh, en = _KINDS[kinds[index]]
            reject(index, "not_polygon", kind_zh=zh, kind_en=en)
    for index, code, place in _misplaced(good, in_henan):
        if code == "outside_henan":
            problems.append(Problem(code, first + index + 1, "geometry", {"place": place}))
        else:
            reject(index, code, place=place)
    for index in np.flatnonzero(~shapely.is_missing(good) & ~shapely.is_valid(good)).tolist():
        told = reason_in_words(shapely.is_valid_reason(good[index]))
        # A single vertex that is no number does not show in the bounds.
        reject(index, "non_finite") if told["reason"] == "Invalid Coordinate" else reject(index, "invalid_geometry", **told)
    for index in np.flatnonzero(shapely.area(good) == 0.0).tolist():
        reject(index, "too_small")
    single = shapely.get_type_id(good) == shapely.GeometryType.POLYGON
    if single.any():
        good[single] = shapely.multipolygons(good[single][:, None])
    return good, problems


def _misplaced(geometry: Geometries, in_henan: npt.NDArray[np.bool_]) -> Iterator[tuple[int, str, str]]:
    """(position, code, place) of geometries that lie where they cannot, or need a look."""
    bounds = shapely.bounds(geometry)
    present = np.flatnonzero(~shapely.is_missing(geometry) & ~shapely.is_empty(geometry))
    west, south, east, north = _CHINA
    for finding in check_extent(bounds[present]) if len(present) else ():
        index = int(present[finding.index])
        box = bounds[index]
        code = {"not_lonlat": "outside_extent"}.get(finding.code, finding.code)
        if code == "outside_henan":
            in_china = west <= box[0] and south <= box[1] and box[2] <= east and box[3] <= north
            if in_henan[index] or not in_china:
                code = "outside_extent"
        yield index, code, f"{(box[0] + box[2]) / 2:.6g}, {(box[1] + box[3]) / 2:.6g}"


def reason_in_words(words: str) -> dict[str, str]:
    """GEOS says "Self-intersection[113.9 34.08]"."""
    found = re.match(r"([^\[]+)(?:\[([^\]]+)\])?", words)
    reason = found[1].strip() if found else words
    place = (found[2] or "") if found else ""
    return {"reason": reason, "reason_zh": _REASONS.get(reason, reason), "place": place.replace(" ", ", ") or "—"}


def unreadable_in_words(words: str) -> str:
    return "环未闭合 (ring is not closed)" if "closed linestring" in words else words.rsplit(":", 1)[-1].strip()[:120]


def _parts(count: int) -> list[slice]:
    return [slice(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
