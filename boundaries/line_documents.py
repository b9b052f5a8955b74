"""A line and its markers as JSON for commands and programs: the keys are a contract."""

from __future__ import annotations

from typing import Any

from boundaries import line_courses
from boundaries.boundary_lines import LineOnDay, MarkerOnDay, as_shapely
from boundaries.rules.finding import Finding


def line_document(line: LineOnDay, findings: list[Finding] | None = None, *, geometry: bool = False) -> dict[str, Any]:
    """Everything of a line on its day. Distances in metres, coordinates (longitude, latitude) in EPSG:4490."""
    record = line.record
    document: dict[str, Any] = {
        "code": line.code,
        "name": line.name,
        "on": line.day.isoformat(),
        "level": record.level,
        "sides": [{"id": side.id, "name": side.name} for side in line.sides],
        "start": record.start_text,
        "end": record.end_text,
        "grade": record.grade,
        "length_m": None if line.length_m is None else round(line.length_m, 2),
        "registered_length_m": record.registered_length_m,
        "disputed": record.disputed,
        "agreement": {"title": record.agreement, "on": _day(record.agreed_on)},
        "approval": {"number": record.approval_number, "by": record.approver, "on": _day(record.approved_on)},
        "valid": {"from": _day(record.valid.lower), "to": _day(record.valid.upper), "begins": record.begins},
        "source": {"title": record.source.title, "document_number": record.source.document_number, "kind": record.source.kind},
        "segments": [
            {
                "from_m": one.from_m,
                "to_m": one.to_m,
                "side_a": None if one.side_a is None else one.side_a.name,
                "side_b": None if one.side_b is None else one.side_b.name,
            }
            for one in line.segments
        ],
        "markers": [marker_document(marker) for marker in line.markers],
        "course": record.course,
        "course_of_geometry": line_courses.words(line),
    }
    if findings is not None:
        document["findings"] = [finding.as_dict() for finding in findings]
    if geometry:
        document["geometry"] = None if record.geometry is None else as_shapely(record.geometry).__geo_interface__
    return document


def marker_document(marker: MarkerOnDay) -> dict[str, Any]:
    record = marker.record
    return {
        "id": marker.id,
        "number": marker.number,
        "kind": marker.kind,
        "material": record.material,
        "position": None if marker.place is None else list(marker.place),
        "grade": record.grade,
        "registered": record.registered,
        "elevation_m": record.elevation_m,
        "elevation_datum": record.elevation_datum,
        "chainage_m": marker.chainage_m,
        "offset_m": marker.offset_m,
        "sides": [{"name": side.unit.name, "location": side.location, "custodian": side.custodian} for side in marker.sides],
        "references": [
            {"name": one.name, "azimuth_deg": one.azimuth_deg, "distance_m": one.distance_m} for one in marker.references
        ],
        "lines": list(marker.lines),
        "tri_point": marker.is_tri_point,
    }


def _day(day: Any) -> str | None:
    return None if day is None else day.isoformat()
