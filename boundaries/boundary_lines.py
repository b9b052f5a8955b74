"""The register of boundary lines, read: a line on a day with its markers in order, lines of an area, the map's features.

Days are legal time; `known_at` asks what was held at a moment. Names of divisions are those of the day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import spans
from boundaries.models import (
    BoundaryLine,
    BoundaryLineRecord,
    BoundaryMarker,
    LineSegment,
    MarkerOnLine,
    MarkerRecord,
    MarkerReference,
    MarkerSide,
)
from boundaries.querysets import TwoClockQuerySet, lines_of
from gis.accounts.areas import areas_reached
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.errors import NotFoundError

# A page with a map of many lines stays below a megabyte; of a few it shows all there is.
CORNERS_ON_MAP = 20_000


@dataclass(frozen=True, slots=True)
class Unit:
    """A division by the name it has on the day."""

    id: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class SideOfMarker:
    unit: Unit
    location: str
    custodian: bool


@dataclass(frozen=True, slots=True)
class MarkerOnDay:
    """A marker as it is on the day. `place` is (longitude, latitude) in EPSG:4490 or None; chainage and offset in metres along the
    line it was asked for; `lines` are the codes of all lines it stands on, three at a tri-point.
    """

    id: int
    record: MarkerRecord
    chainage_m: float | None
    offset_m: float | None
    sides: tuple[SideOfMarker, ...]
    references: tuple[MarkerReference, ...]
    lines: tuple[str, ...]

    @property
    def number(self) -> str:
        return self.record.number

    @property
    def kind(self) -> str:
        return self.record.kind

    @property
    def place(self) -> tuple[float, float] | None:
        position = self.record.position
        return None if position is None else (position.x, position.y)

    @property
    def chainage_km(self) -> float | None:
        return None if self.chainage_m is None else self.chainage_m / 1000

    @property
    def custodian(self) -> SideOfMarker | None:
        return next((side for side in self.sides if side.custodian), None)

    @property
    def is_tri_point(self) -> bool:
        return len(self.lines) > 2 or len(self.sides) > 2


@dataclass(frozen=True, slots=True)
class SegmentOnDay:
    """[from_m, to_m) of chainage, and the lower divisions on both sides there."""

    from_m: float
    to_m: float
    side_a: Unit | None
    side_b: Unit | None

    @property
    def from_km(self) -> float:
        return self.from_m / 1000

    @property
    def to_km(self) -> float:
        return self.to_m / 1000


@dataclass(frozen=True, slots=True)
class LineOnDay:
    """A line as it is on `day`. `geometry` is EPSG:4490, longitude first, or None; `length_m` its geodesic length; markers are in
    the order of chainage, those without a position last.
    """

    id: int
    code: str
    day: date
    record: BoundaryLineRecord
    side_a: Unit
    side_b: Unit
    geometry: shapely.MultiLineString | None
    segments: tuple[SegmentOnDay, ...]
    markers: tuple[MarkerOnDay, ...]

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def length_m(self) -> float | None:
        return self.record.length_m

    @property
    def sides(self) -> tuple[Unit, Unit]:
        return self.side_a, self.side_b

    @property
    def segment_gaps(self) -> list[spans.Span]:
        """Where a line with segments has none; less than a metre is a rounding."""
        if not self.segments or self.length_m is None:
            return []
        found = spans.missing([(one.from_m, one.to_m) for one in self.segments], (0.0, self.length_m))
        return [one for one in found if one[1] - one[0] > 1]

    @property
    def segments_beyond(self) -> float | None:
        """Where the last segment ends, if that is beyond the line's end: its geometry was said anew and the segments were not."""
        last = max((one.to_m for one in self.segments), default=0.0)
        return last if self.length_m is not None and last > self.length_m + 1 else None

    @property
    def tri_points(self) -> tuple[MarkerOnDay, ...]:
        return tuple(marker for marker in self.markers if marker.is_tri_point)


def thirds_of(line: LineOnDay) -> list[Unit]:
    """Who adjoins at the line's tri-points besides its two sides, by name."""
    own = {side.id for side in line.sides}
    found = {one.unit.id: one.unit for marker in line.tri_points for one in marker.sides if one.unit.id not in own}
    return sorted(found.values(), key=lambda unit: unit.name)


def find_line(line: BoundaryLine | str | int) -> BoundaryLine:
    """By itself, its code or its id. Raises `NotFoundError` (line_unknown)."""
    if isinstance(line, BoundaryLine):
        return line
    condition = Q(code=line.strip()) if isinstance(line, str) else Q(pk=line)
    found = BoundaryLine.objects.filter(condition).first()
    if found is None:
        raise NotFoundError("line_unknown", _("没有编号为“%(code)s”的界线。") % {"code": line})
    return found


def line_on(line: BoundaryLine | str | int, day: date | None = None, *, known_at: datetime | None = None) -> LineOnDay:
    """Everything of one line on a day (today), in eight statements whatever the number of markers.

    Raises `NotFoundError`: line_unknown, or line_not_there where nothing is on record of that day.
    """
    held = find_line(line)
    day = day or timezone.localdate()
    found = lines_on([held], day, known_at=known_at)
    if not found:
        raise NotFoundError("line_not_there", _("%(day)s 没有编号为“%(code)s”的界线的记录。") % {"day": day, "code": held.code})
    return found[0]


def lines_on(lines: Sequence[BoundaryLine], day: date, *, known_at: datetime | None = None) -> list[LineOnDay]:
    """As `line_on`, in the same eight statements for all of them, in the order given; without those not on record that day."""
    records = {
        record.line_id: record
        for record in _clocked(BoundaryLineRecord.objects.all(), day, known_at)
        .filter(line__in=lines)
        .select_related("source", "line")
        .prefetch_related("segments")
    }
    places: defaultdict[int, list[MarkerOnLine]] = defaultdict(list)
    for place in MarkerOnLine.objects.filter(line__in=records):
        places[place.line_id].append(place)
    markers = _marker_records([place.marker_id for several in places.values() for place in several], day, known_at)
    segments: dict[int, list[LineSegment]] = {line: list(record.segments.all()) for line, record in records.items()}
    names = _names(
        [side for record in records.values() for side in (record.side_a_id, record.side_b_id)]
        + [side for several in segments.values() for one in several for side in (one.side_a_id, one.side_b_id) if side]
        + [side.division_id for marker in markers.values() for side in marker.sides.all()],
        day,
    )
    codes = _codes_of_markers(markers)
    return [
        _line(records[held.pk], day, segments[held.pk], places[held.pk], markers, names, codes)
        for held in lines
        if held.pk in records
    ]


def _line(
    record: BoundaryLineRecord,
    day: date,
    segments: Sequence[LineSegment],
    places: Sequence[MarkerOnLine],
    markers: Mapping[int, MarkerRecord],
    names: Mapping[int, str],
    codes: Mapping[int, tuple[str, ...]],
) -> LineOnDay:
    return LineOnDay(
        id=record.line_id,
        code=record.line.code,
        day=day,
        record=record,
        side_a=_unit(record.side_a_id, names),
        side_b=_unit(record.side_b_id, names),
        geometry=as_shapely(record.geometry),
        segments=tuple(
            SegmentOnDay(
                one.from_m,
                one.to_m,
                _unit(one.side_a_id, names) if one.side_a_id else None,
                _unit(one.side_b_id, names) if one.side_b_id else None,
            )
            for one in segments
        ),
        markers=tuple(
            sorted(
                (
                    _marker(markers[place.marker_id], place, names, codes[place.marker_id])
                    for place in places
                    if place.marker_id in markers
                ),
                key=_by_chainage,
            )
        ),
    )


def marker_on(marker: BoundaryMarker | int, day: date | None = None, *, known_at: datetime | None = None) -> MarkerOnDay:
    """One marker on a day (today); chainage and offset along the first of its lines. Raises `NotFoundError`."""
    key = marker if isinstance(marker, int) else marker.pk
    day = day or timezone.localdate()
    records = _marker_records([key], day, known_at)
    if key not in records:
        raise NotFoundError("marker_not_there", _("%(day)s 没有这个界桩的记录。") % {"day": day})
    record = records[key]
    place = MarkerOnLine.objects.filter(marker=key).order_by("line__code").first()
    names = _names([side.division_id for side in record.sides.all()], day)
    return _marker(record, place, names, _codes_of_markers(records)[key])


def lines_of_areas(divisions: Iterable[int] | None, day: date | None = None) -> QuerySet[BoundaryLineRecord]:
    """Records on a day (today) of the lines that touch any of `divisions` with a side or a segment; None asks for all.

    Give a division together with everything under it to find the lines inside it too.
    """
    rows = BoundaryLineRecord.objects.on(day or timezone.localdate()).select_related("line", "source")
    rows = rows.order_by("level", "line__code")
    if divisions is None:
        return rows
    wanted = list(divisions)
    of_segments = LineSegment.objects.filter(Q(side_a__in=wanted) | Q(side_b__in=wanted)).values("record")
    return rows.filter(Q(side_a__in=wanted) | Q(side_b__in=wanted) | Q(pk__in=of_segments))


def lines_seen_by(user: Person, day: date | None = None) -> QuerySet[BoundaryLineRecord]:
    """What `policies.may_view_line` lets the person see, as one query."""
    return lines_of_areas(areas_reached(user, list(Duty)), day)


def lines_worked_on_by(user: Person, day: date | None = None) -> QuerySet[BoundaryLineRecord]:
    """What `policies.may_work_on_line` lets the person work on, as one query."""
    return lines_of_areas(areas_reached(user, [Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER]), day)


def side_ids(line: BoundaryLine | int) -> list[int]:
    """The two sides as they are today, or as they were last."""
    record = _last_record(line)
    return [] if record is None else [record.side_a_id, record.side_b_id]


def segment_side_ids(line: BoundaryLine | int) -> list[int]:
    """The lower divisions along the line, today or last."""
    record = _last_record(line)
    if record is None:
        return []
    pairs = LineSegment.objects.filter(record=record).values_list("side_a", "side_b")
    return sorted({side for pair in pairs for side in pair if side is not None})


def names_of(divisions: Iterable[int], day: date | None = None) -> dict[int, str]:
    """Names of divisions on a day (today); those that are no more by their last one."""
    return _names(divisions, day or timezone.localdate())


def as_shapely(geometry: GEOSGeometry | None) -> Any:
    return None if geometry is None else shapely.from_wkb(bytes(geometry.wkb))


def history_of(line: BoundaryLine) -> list[BoundaryLineRecord]:
    """Every record there ever was, by legal time and then by recording time."""
    return list(line.records.select_related("source").defer("geometry").order_by("valid", "recorded"))


def history_of_marker(marker: BoundaryMarker) -> list[MarkerRecord]:
    return list(marker.records.select_related("source").order_by("valid", "recorded"))


def features(records: Sequence[BoundaryLineRecord], day: date, *, markers: bool = True, most: int | None = None) -> dict[str, Any]:
    """GeoJSON (EPSG:4490, longitude first) of lines that have a geometry and, with `markers`, of what stands on them.

    `most`: a map of many lines is drawn with about so many corners; for display only, the register keeps every one.
    """
    drawn = _thinned([as_shapely(record.geometry) for record in records], most)
    names = _names([side for record in records for side in (record.side_a_id, record.side_b_id)], day)
    found: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "id": f"line-{record.line_id}",
            "geometry": geometry.__geo_interface__,
            "properties": {
                "what": "line",
                "line": record.line_id,
                "code": record.line.code,
                "name": record.name,
                "level": record.level,
                "disputed": record.disputed,
                "grade": record.grade,
                "length_m": record.length_m,
                "sides": [names.get(record.side_a_id, ""), names.get(record.side_b_id, "")],
            },
        }
        for record, geometry in zip(records, drawn, strict=True)
        if geometry is not None
    ]
    if markers:
        found += _marker_features([record.line_id for record in records], day)
    return {"type": "FeatureCollection", "features": found}


def line_features(line: LineOnDay) -> dict[str, Any]:
    return features([line.record], line.day)


def _marker_features(lines: Sequence[int], day: date) -> list[dict[str, Any]]:
    places: dict[int, list[MarkerOnLine]] = {}
    for place in MarkerOnLine.objects.filter(line__in=lines).order_by("line", "chainage_m", "id"):
        places.setdefault(place.marker_id, []).append(place)
    records = _marker_records(list(places), day, None)
    return [
        {
            "type": "Feature",
            "id": f"marker-{key}",
            "geometry": {"type": "Point", "coordinates": [record.position.x, record.position.y]},
            "properties": {
                "what": "marker",
                "marker": key,
                "number": record.number,
                "kind": record.kind,
                "tri_point": len(record.sides.all()) > 2,
                "line": places[key][0].line_id,
                "chainage_m": places[key][0].chainage_m,
            },
        }
        for key, record in records.items()
        if record.position is not None
    ]


def _thinned(lines: list[Any], most: int | None) -> list[Any]:
    """Line by line after Douglas and Peucker, by a step that doubles from some five metres until few enough corners are left."""
    step = 0.00005
    shapes: Any = np.array(lines, dtype=object)
    while most is not None and step < 0.01 and shapely.get_num_coordinates(shapes).sum() > most:
        shapes = shapely.simplify(shapes, step, preserve_topology=False)  # a line may cross itself when thinned: it is a picture
        step *= 2
    return list(shapes)


def _last_record(line: BoundaryLine | int) -> BoundaryLineRecord | None:
    key = line if isinstance(line, int) else line.pk
    today = timezone.localdate()
    rows = list(BoundaryLineRecord.objects.filter(line=key).only("side_a", "side_b", "valid", "recorded", "line"))
    return max(rows, key=lambda row: (row.recorded.upper is None, today in row.valid, row.valid.lower or date.min), default=None)


def _clocked(rows: Any, day: date, known_at: datetime | None) -> Any:
    clocked: TwoClockQuerySet = rows
    return clocked.on(day) if known_at is None else clocked.known_at(known_at).in_force(day)


def _marker_records(markers: Sequence[int], day: date, known_at: datetime | None) -> dict[int, MarkerRecord]:
    rows = (
        _clocked(MarkerRecord.objects.all(), day, known_at)
        .filter(marker__in=markers)
        .select_related("source")
        .prefetch_related(Prefetch("sides", MarkerSide.objects.order_by("id")), "references")
    )
    return {row.marker_id: row for row in rows}


def _codes_of_markers(records: Mapping[int, MarkerRecord]) -> dict[int, tuple[str, ...]]:
    found: dict[int, list[str]] = {key: [] for key in records}
    for key, code in (
        MarkerOnLine.objects.filter(marker__in=list(records)).order_by("line__code").values_list("marker", "line__code")
    ):
        found[key].append(code)
    return {key: tuple(codes) for key, codes in found.items()}


def _marker(record: MarkerRecord, place: MarkerOnLine | None, names: Mapping[int, str], lines: tuple[str, ...]) -> MarkerOnDay:
    return MarkerOnDay(
        id=record.marker_id,
        record=record,
        chainage_m=None if place is None else place.chainage_m,
        offset_m=None if place is None else place.offset_m,
        sides=tuple(SideOfMarker(_unit(side.division_id, names), side.location, side.custodian) for side in record.sides.all()),
        references=tuple(record.references.all()),
        lines=lines,
    )


def _by_chainage(marker: MarkerOnDay) -> tuple[bool, float, str]:
    return marker.chainage_m is None, marker.chainage_m or 0.0, marker.number


def _unit(division: int, names: Mapping[int, str]) -> Unit:
    return Unit(division, names.get(division, f"#{division}"))


def _names(divisions: Iterable[int], day: date) -> dict[int, str]:
    return {key: line[0][1] for key, line in lines_of(divisions, day).items() if line}
