"""One layer looked at: its fields, its shapes, what is wrong with them, and where on the Earth they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs import CrsDecision, CrsError, Outlines, Speaker, TransformInfo, bring_to_cgcs2000, check_extent, decide_crs
from importers.geometry import reason_in_words, unreadable_in_words
from importers.inspection.model import Found, Layer, cell
from importers.problems import MAX_WARNINGS_OF_A_CODE, Problem
from importers.readers.table import Note, Table

SAMPLE_ROWS: Final = 5
_CHUNK: Final = 2_000
# Vertices taken from each chunk of geometries, to decide the reference system from.
_SAMPLE_VERTICES: Final = 4_000
_SPEAKERS: Final[dict[str, Speaker]] = {"rfc7946": "standard", "kml": "standard", "file": "file", "link": ""}
_KINDS: Final = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiPoint",
    "MultiLineString",
    "MultiPolygon",
    "GeometryCollection",
)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?\S*)?")
_INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,17})")
_DECIMAL: Final = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def shape_problems(table: Table) -> list[Problem]:
    """What is wrong with the shapes of a table, every row of it."""
    return [] if table.geometry is None else _Shapes(table, limit=None).problems


def place_problems(geometry: npt.NDArray[np.object_]) -> list[Problem]:
    """Rows of geometries (n,) in CGCS2000 that lie where they cannot, or outside Henan (BND-GEO-01)."""
    boxes = shapely.bounds(geometry)
    rows = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    return _misplaced(boxes[rows], rows) if len(rows) else []


def look_at(table: Table, name: str, outlines: Outlines | None) -> tuple[Layer, list[Found], Counter[str]]:
    """A layer, what is wrong in it, and how many more of a kind there are than are told. Nothing is mended and nothing is moved."""
    more: Counter[str] = Counter()
    problems = _notes(table.notes)
    if not table.count:
        problems.append(Problem("layer_empty"))
    geometry, decision, worth, bounds, lonlat = None, None, None, None, None
    if table.geometry is not None:
        shapes = _Shapes(table)
        geometry, more = shapes.kind, shapes.more
        problems += shapes.problems
        bounds = shapes.bounds
        if len(shapes.vertices):
            decision = decide_crs(table.crs, speaker_of(table), shapes.vertices, outlines)
            problems += _of_decision(decision)
            lonlat, worth, found = _placed(table, decision)
            problems += found
    layer = Layer(
        name=name,
        driver=table.driver,
        geometry=geometry,
        features=table.count,
        fields=[{"name": column, "kind": _kind(cells), "filled": sum(map(bool, cells))} for column, cells in table.columns.items()],
        sample=_sample(table.columns, table.count),
        encoding=table.encoding,
        crs=decision,
        worth=worth,
        bounds=bounds,
        bounds_lonlat=lonlat,
    )
    return layer, [Found(problem, name) for problem in problems], more


def speaker_of(table: Table) -> Speaker:
    """Who says what `table.crs` says: the file itself, or the standard of its format."""
    return _SPEAKERS.get(table.crs_how, "")


# --- attributes -------------------------------------------------------------------------------------------------------


def _kind(cells: Sequence[str]) -> str:
    """What the cells of a column look like: integer, decimal, date, code (digits with a leading zero), text, or empty."""
    some = [one for one in cells[:1000] if one]
    if not some:
        return "empty"
    for kind, pattern in (("integer", _INTEGER), ("decimal", _DECIMAL), ("date", _DATE)):
        if all(pattern.fullmatch(one) for one in some):
            return "code" if kind == "decimal" and all(one.isdigit() for one in some) else kind
    return "text"


def _sample(columns: Mapping[str, Sequence[str]], count: int) -> list[dict[str, str]]:
    return [{name: cell(cells[row]) for name, cells in columns.items()} for row in range(min(count, SAMPLE_ROWS))]


def _notes(notes: Sequence[Note]) -> list[Problem]:
    return [Problem(note.code, note.row, note.field, dict(note.values)) for note in notes]


# --- shapes -----------------------------------------------------------------------------------------------------------


class _Shapes:
    """The geometries of a table looked over once, a piece at a time, so that memory does not grow with their vertices."""

    def __init__(self, table: Table, limit: int | None = MAX_WARNINGS_OF_A_CODE) -> None:
        assert table.geometry is not None  # noqa: S101  only called for tables with geometry
        self.problems: list[Problem] = []
        self._limit = limit
        self._told: Counter[str] = Counter()
        self.more: Counter[str] = Counter()
        self._kinds: Counter[str] = Counter()
        self._seen: dict[bytes, int] = {}
        self.present = 0
        boxes: list[npt.NDArray[np.float64]] = []
        vertices: list[npt.NDArray[np.float64]] = []
        pieces = max(1, (len(table.geometry) + _CHUNK - 1) // _CHUNK)
        for row, words in table.unreadable.items():
            self._tell("geometry_unreadable", row, reason=unreadable_in_words(words))
        for start in range(0, len(table.geometry), _CHUNK):
            piece = np.asarray(table.geometry[start : start + _CHUNK], dtype=object)
            self._look(piece, start, table.unreadable)
            boxes.append(shapely.bounds(piece))
            vertices.append(_thinned(shapely.get_coordinates(piece), max(200, _SAMPLE_VERTICES * 10 // pieces)))
        self.vertices = np.concatenate(vertices) if vertices else np.empty((0, 2))
        together = np.concatenate(boxes) if boxes else np.empty((0, 4))
        together = together[np.isfinite(together).all(axis=1)]
        self.bounds = (*together[:, :2].min(axis=0), *together[:, 2:].max(axis=0)) if len(together) else None
        missing = len(table.geometry) - self.present - len(table.unreadable)
        if missing and not self.present and not table.unreadable:
            self.problems = [one for one in self.problems if one.code != "geometry_missing"]
            del self.more["geometry_missing"]
            self.problems.append(Problem("all_without_geometry", values={"count": missing}))
        self.kind = self._named(table.dimensions)

    def _look(self, piece: npt.NDArray[np.object_], start: int, unreadable: Mapping[int, str]) -> None:
        missing = shapely.is_missing(piece)
        for index in np.flatnonzero(missing).tolist():
            if start + index not in unreadable:
                self._tell("geometry_missing", start + index)
        self.present += int((~missing).sum())
        for kind, count in Counter(shapely.get_type_id(piece[~missing]).tolist()).items():
            self._kinds[_KINDS[kind]] += count
        empty = shapely.is_empty(piece)
        for index in np.flatnonzero(empty).tolist():
            self._tell("geometry_empty", start + index)
        solid = ~missing & ~empty
        valid = solid & shapely.is_valid(piece)
        for index in np.flatnonzero(solid & ~valid).tolist():
            told = reason_in_words(shapely.is_valid_reason(piece[index]))
            if told["reason"] == "Invalid Coordinate":
                self._tell("non_finite", start + index)
            else:
                self._tell("invalid_geometry", start + index, **told)
        for index in np.flatnonzero(valid & (shapely.get_dimensions(piece) == 2) & (shapely.area(piece) == 0.0)).tolist():
            self._tell("too_small", start + index)
        for index in np.flatnonzero(solid & (shapely.get_dimensions(piece) > 0)).tolist():
            first = self._seen.setdefault(_fingerprint(piece[index]), start + index)
            if first != start + index:
                self._tell("duplicate_geometry", start + index, first=first + 1)

    def _tell(self, code: str, row: int, **values: Any) -> None:
        self._told[code] += 1
        if self._limit is None or self._told[code] <= self._limit:
            self.problems.append(Problem(code, row + 1, "geometry", values))
        else:
            self.more[code] += 1

    def _named(self, dimensions: str) -> str | None:
        """One word for all shapes; a single and a multiple kind together are the multiple one."""
        if dimensions:
            self.problems.append(Problem("heights_dropped", values={"type": dimensions}))
        plain = {kind.removeprefix("Multi").replace("LinearRing", "LineString") for kind in self._kinds}
        if not plain:
            return None
        if len(plain) > 1:
            self.problems.append(Problem("mixed_geometry", values={"kinds": "、".join(sorted(self._kinds))}))
            return "Mixed"
        name = next(iter(plain))
        if any(kind.startswith("Multi") for kind in self._kinds):
            name = f"Multi{name}"
        return f"{name} {dimensions}".strip()


def _fingerprint(shape: Any) -> bytes:
    return hash(shapely.to_wkb(shape)).to_bytes(8, "little", signed=True)


def _thinned(coordinates: npt.NDArray[np.float64], limit: int) -> npt.NDArray[np.float64]:
    return coordinates if len(coordinates) <= limit else coordinates[:: len(coordinates) // limit + 1]


# --- the reference system ---------------------------------------------------------------------------------------------


def _of_decision(decision: CrsDecision) -> Iterator[Problem]:
    reading = decision.reading
    codes = "、".join(dict.fromkeys(one.key for one in decision.alternatives[:8]))
    if decision.contradicted and decision.stated is not None:
        values = {"stated": str(decision.stated.key), "code": reading.system.key if reading else ""}
        yield Problem("crs_contradicted" if reading else "crs_impossible", values=values)
    if reading is not None and reading.swapped:
        yield Problem("swapped_axes")
    if reading is None:
        yield Problem("crs_undetermined", values={"codes": codes or "—"})
    elif decision.needs_person:
        yield Problem("crs_to_confirm", values={"code": reading.system.key, "codes": codes or "—"})


def _placed(table: Table, decision: CrsDecision) -> tuple[tuple[float, ...] | None, TransformInfo | None, list[Problem]]:
    """Bounds in CGCS2000, what the way there is worth, and rows that lie where they cannot."""
    reading = decision.reading
    boxes = shapely.bounds(table.geometry)
    rows = np.flatnonzero(np.isfinite(boxes).all(axis=1))
    if not len(rows):
        return None, None, []
    if reading is None:
        # Whatever it is, a standard that fixes degrees lets single rows be told that are none.
        degrees = decision.stated is not None and decision.stated.kind == "geographic"
        return None, None, [one for one in _misplaced(boxes[rows], rows) if one.row is not None] if degrees else []
    corners = boxes[rows].reshape(-1, 2)
    try:
        moved, worth = bring_to_cgcs2000(shapely.points(corners), reading)
    except CrsError as error:
        return None, None, [Problem("refused", values={"code": error.code, "zh": error.message_zh, "en": error.message_en})]
    pairs = shapely.get_coordinates(moved).reshape(-1, 4)
    placed = np.column_stack((np.minimum(pairs[:, :2], pairs[:, 2:]), np.maximum(pairs[:, :2], pairs[:, 2:])))
    problems = [Problem("crs_inexact", values={"zh": worth.note_zh, "en": worth.note_en})] if worth.note_zh else []
    problems += _misplaced(placed, rows)
    finite = placed[np.isfinite(placed).all(axis=1)]
    bounds = (*finite[:, :2].min(axis=0), *finite[:, 2:].max(axis=0)) if len(finite) else None
    return bounds, worth, problems


def _misplaced(boxes: npt.NDArray[np.float64], rows: npt.NDArray[np.intp]) -> list[Problem]:
    """Row by row; once where the whole layer lies outside Henan."""
    found = check_extent(boxes)
    outside = [one for one in found if one.code == "outside_henan"]
    problems = []
    if len(outside) == len(boxes):
        whole = np.concatenate((boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)))
        problems.append(Problem("outside_henan", values={"place": _middle(whole)}))
        found = [one for one in found if one.code != "outside_henan"]
    for one in found:
        code = {"not_lonlat": "outside_extent"}.get(one.code, one.code)
        problems.append(Problem(code, int(rows[one.index]) + 1, "geometry", {"place": _middle(boxes[one.index])}))
    return problems


def _middle(box: npt.NDArray[np.float64]) -> str:
    return f"{box[0] / 2 + box[2] / 2:.6g}, {box[1] / 2 + box[3] / 2:.6g}"
