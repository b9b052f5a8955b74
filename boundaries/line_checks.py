"""What the rules say of a line as it stands in the register: its markers, its drawing against both sides, its tri-points."""

from __future__ import annotations

import shapely
from django.conf import settings

from boundaries.boundary_lines import LineOnDay, MarkerOnDay, as_shapely
from boundaries.line_edges import distance_to_edge
from boundaries.models import BoundaryLineRecord, DivisionRecord, MarkerOnLine
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.line_geometry import Comparison, check_edge, check_tri_point
from boundaries.rules.marker_codes import check_marker_codes, check_order
from boundaries.rules.markers import Registration, check_custody, check_registration
from gis.crs import check_extent, distance_m

_EXTENT_BASIS = "河南省地理位置（东经110°21′–116°39′，北纬31°23′–36°22′）"


def findings_of(line: LineOnDay) -> list[Finding]:
    """BND-GEO-01, BND-LIN-02, BND-LIN-03, BND-STK-03, -04, -06 and -07, the heaviest first."""
    found = [*_extent(line), *edge_findings(line), *tri_point_findings(line), *_numbers(line)]
    for marker in line.markers:
        found += marker_findings(marker)
    weight = list(Severity)
    return sorted(found, key=lambda one: weight.index(one.severity))


def marker_findings(marker: MarkerOnDay) -> list[Finding]:
    """BND-STK-06 and -07."""
    said = Registration(
        marker.number,
        marker.kind,
        [(one.azimuth_deg, one.distance_m) for one in marker.references],
        [side.location for side in marker.sides],
        len(marker.sides),
        marker.custodian is not None,
    )
    return [*check_registration(said), *check_custody(said)]


def edge_findings(line: LineOnDay) -> list[Finding]:
    """BND-LIN-02: the line against the outlines of both sides, each way."""
    if line.geometry is None:
        return []
    outlines = {
        record.division_id: as_shapely(record.geometry)
        for record in DivisionRecord.objects.on(line.day).filter(division__in=[side.id for side in line.sides])
    }
    found: list[Finding] = []
    for side in line.sides:
        outline = outlines.get(side.id)
        apart = None if outline is None else distance_to_edge(line.geometry, outline)
        comparison = Comparison(side.name, None if apart is None else apart.greatest_m, None if apart is None else apart.at)
        found += check_edge(line.name, comparison, settings.LINE_TOLERANCE_M)
    return found


def tri_point_findings(line: LineOnDay) -> list[Finding]:
    """BND-LIN-03 for each tri-point marker of the line, against all the lines it stands on."""
    found: list[Finding] = []
    for marker in line.tri_points:
        place = marker.place
        if place is None:
            continue
        lines = MarkerOnLine.objects.filter(marker=marker.id).values_list("line", "line__code")
        records = {
            record.line_id: as_shapely(record.geometry)
            for record in BoundaryLineRecord.objects.on(line.day).filter(line__in=[key for key, _code in lines])
        }
        distances = {code: _to_an_end(place, records.get(key)) for key, code in lines}
        found += check_tri_point(marker.number, distances)
    return found


def _to_an_end(place: tuple[float, float], line: shapely.MultiLineString | None) -> float | None:
    if line is None:
        return None
    ends = [part.coords[at] for part in line.geoms for at in (0, -1)]
    return min(distance_m(place, (end[0], end[1]))[0] for end in ends)


def _numbers(line: LineOnDay) -> list[Finding]:
    kinds = {marker.number: marker.kind for marker in line.markers}
    found = check_marker_codes(kinds, line.record.level, kinds, settings.MARKER_PATTERNS)
    placed = [(one.number, *one.place, one.chainage_m) for one in line.markers if one.place is not None]
    return found + check_order(placed)


def _extent(line: LineOnDay) -> list[Finding]:
    shapes = [] if line.geometry is None else [(line.name, line.geometry.bounds)]
    shapes += [(one.number, (*one.place, *one.place)) for one in line.markers if one.place is not None]
    if not shapes:
        return []
    return [
        Finding(one.rule, Severity.WARN, _EXTENT_BASIS, one.code, f"{name}：{one.message_zh}", f"{name}: {one.message_en}", name)
        for one in check_extent([bounds for _name, bounds in shapes])
        for name in [shapes[one.index][0]]
    ]
