"""The record of a joint inspection as one plain document: what both sides see, sign (by its digest), and what is frozen and filed.

Everything on an inspection's page and in its papers is read from this document, so that nobody signs what is not shown. Metres of
chainage and geodesic lengths; positions are (longitude, latitude) in EPSG:4490; moments are ISO 8601 with their zone.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from boundaries.boundary_lines import LineOnDay
from boundaries.inspection_field import FieldState, MarkerState, field_of
from boundaries.inspection_tasks import Tasks, tasks_given
from boundaries.models import (
    DivisionRecord,
    InspectionMember,
    InspectionState,
    JointInspection,
    LineFileKind,
    MarkerVisit,
)
from boundaries.policies import sides_of_inspection
from boundaries.rules.inspection_record import MarkerTask
from gis.crs import CGCS2000
from gis.crs.chainage import MeasuredLine

EDITION = 1
_BESIDE = 0.003  # degrees, some three hundred metres
Record = dict[str, Any]


def record_of(inspection: JointInspection) -> Record:
    """The record as it stands; of a filed inspection as it was filed. Some ten statements, whatever the number of markers."""
    if inspection.state == InspectionState.FILED and inspection.frozen is not None:
        frozen: Record = inspection.frozen
        return frozen
    state = field_of(inspection)
    line, sides = state.line, state.sides
    tasks = tasks_given(inspection)
    return {
        "edition": EDITION,
        "line": _line(line),
        "inspection": _inspection(inspection, sides),
        "team": [
            {
                "side": one.side_id,
                "side_name": sides.get(one.side_id, ""),
                "name": one.name,
                "duty": one.duty,
                "leads": one.leads,
            }
            for one in inspection.members.all()
        ],
        "content": {key: dict(value) for key, value in inspection.content.items()},
        **_stretches(tasks, sides),
        "markers": [_marker(one, sides) | _task(tasks, one, sides) for one in state.markers],
        "coverage": _coverage(state),
        "basis": sorted(set(inspection.line.files.filter(removed_at=None).values_list("kind", flat=True))),
        "disagreements": [
            {
                "id": one.pk,
                "side": one.side_id,
                "side_name": sides.get(one.side_id, ""),
                "about": one.about,
                "text": one.text,
                "made_by": str(one.made_by or ""),
                "made_at": _moment(one.made_at),
                "settled_at": _moment(one.settled_at),
                "settled_by": str(one.settled_by or ""),
                "settlement": one.settlement,
            }
            for one in inspection.opinions.filter(agrees=False).select_related("made_by", "settled_by")
        ],
    }


def digest_of(record: Record) -> str:
    """SHA-256 of the record written canonically: the same content gives the same digest on every machine."""
    text = json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"), cls=DjangoJSONEncoder)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def tasks_of(record: Record) -> list[MarkerTask]:
    return [MarkerTask(one["number"], bool(one["visits"]), one["differing"]) for one in record["markers"]]


def open_disagreements(record: Record) -> list[Mapping[str, Any]]:
    return [one for one in record["disagreements"] if not one["settled_at"]]


def inspected_before(inspection: JointInspection) -> bool:
    """Whether an earlier report can be asked for (BND-INS-03)."""
    earlier = JointInspection.objects.filter(line=inspection.line_id, state=InspectionState.FILED)
    return (
        earlier.exclude(pk=inspection.pk).exists()
        or inspection.line.files.filter(kind=LineFileKind.REPORT, removed_at=None).exists()
    )


def _line(line: LineOnDay) -> dict[str, Any]:
    record = line.record
    geometry = line.geometry
    return {
        "id": line.id,
        "code": line.code,
        "name": line.name,
        "level": record.level,
        "sides": [{"id": one.id, "name": one.name} for one in line.sides],
        "left": _left(line),
        "start": record.start_text,
        "end": record.end_text,
        "length_m": record.length_m,
        "registered_length_m": record.registered_length_m,
        "grade": record.grade,
        "course": record.course,
        "disputed": record.disputed,
        "agreement": record.agreement,
        "agreed_on": record.agreed_on and record.agreed_on.isoformat(),
        "approval_number": record.approval_number,
        "approver": record.approver,
        "demo": record.source.is_demo,
        "parts": [] if geometry is None else [[list(place) for place in part.coords] for part in geometry.geoms],
        "segments": [
            {"from_m": one.from_m, "to_m": one.to_m, "sides": [side.name if side else "" for side in (one.side_a, one.side_b)]}
            for one in line.segments
        ],
    }


def _stretches(tasks: Tasks, sides: Mapping[int, str]) -> dict[str, Any]:
    """Nothing where nothing was given out, so that what was signed before there were stretches keeps its digest."""
    if not tasks.stretches:
        return {}
    return {
        "stretches": [
            {"id": one.id, "from_m": one.from_m, "to_m": one.to_m, "people": _people(one.people, sides)} for one in tasks.stretches
        ]
    }


def _task(tasks: Tasks, found: MarkerState, sides: Mapping[int, str]) -> dict[str, Any]:
    people = tasks.of_marker(found.marker.id, found.marker.chainage_m)
    by_name = bool(tasks.by_name.get(found.marker.id))
    return {"task": {"people": _people(people, sides), "by_name": by_name}} if people else {}


def _people(people: Iterable[InspectionMember], sides: Mapping[int, str]) -> list[dict[str, Any]]:
    return [{"id": one.pk, "name": one.name, "side": one.side_id, "side_name": sides.get(one.side_id, "")} for one in people]


def _left(line: LineOnDay) -> int | None:
    """Which side lies left of the line's direction: where three places beside it lie. None where that cannot be told."""
    if line.geometry is None:
        return None
    measured = MeasuredLine(line.geometry)
    found = set()
    for share in (0.25, 0.5, 0.75):
        metres = measured.length_m * share
        here, ahead = measured.at(metres), measured.at(min(metres + 50, measured.length_m))
        dx, dy = ahead[0] - here[0], ahead[1] - here[1]
        length = math.hypot(dx, dy)
        if length == 0:
            return None
        beside = Point(here[0] - dy / length * _BESIDE, here[1] + dx / length * _BESIDE, srid=CGCS2000)
        owners = DivisionRecord.objects.on(line.day).filter(division__in=[one.id for one in line.sides], geometry__covers=beside)
        found.add(owners.values_list("division", flat=True).first())
    return found.pop() if len(found) == 1 else None


def _inspection(inspection: JointInspection, sides: Mapping[int, str]) -> dict[str, Any]:
    return {
        "id": inspection.pk,
        "kind": inspection.kind,
        "year": inspection.year,
        "round": inspection.round.number if inspection.round else None,
        "sides": [{"id": side, "name": sides.get(side, f"#{side}")} for side in sides_of_inspection(inspection)],
        "lead": inspection.lead_id,
        "from_m": inspection.from_m,
        "to_m": inspection.to_m,
        "occurrence": inspection.occurrence,
        "occurred_on": inspection.occurred_on and inspection.occurred_on.isoformat(),
        "occasion": inspection.occasion,
        "starts_on": inspection.starts_on and inspection.starts_on.isoformat(),
        "ends_on": inspection.ends_on and inspection.ends_on.isoformat(),
    }


def _marker(found: MarkerState, sides: Mapping[int, str]) -> dict[str, Any]:
    marker, record = found.marker, found.marker.record
    return {
        "id": marker.id,
        "number": marker.number,
        "kind": record.kind,
        "material": record.material,
        "chainage_m": marker.chainage_m,
        "offset_m": marker.offset_m,
        "place": list(marker.place) if marker.place else None,
        "registered": record.registered,
        "elevation_m": record.elevation_m,
        "elevation_datum": record.elevation_datum,
        "situation": record.situation,
        "tri_point": marker.is_tri_point,
        "sides": [{"name": one.unit.name, "location": one.location, "custodian": one.custodian} for one in marker.sides],
        "references": [
            {"name": one.name, "azimuth_deg": one.azimuth_deg, "distance_m": one.distance_m} for one in marker.references
        ],
        "visits": [_visit(one, sides, counts=one is found.counts) for one in found.visits],
        "differing": found.differing,
        "condition": found.counts.condition if found.counts else "",
    }


def _visit(visit: MarkerVisit, sides: Mapping[int, str], *, counts: bool) -> dict[str, Any]:
    return {
        "id": visit.pk,
        "counts": counts,
        "side_name": sides.get(visit.side_id or 0, ""),
        "condition": visit.condition,
        "checks": dict(visit.checks),
        "references": list(visit.references),
        "done": list(visit.done),
        "notes": visit.notes,
        "place": [visit.position.x, visit.position.y] if visit.position else None,
        "accuracy_m": visit.accuracy_m,
        "visited_at": _moment(visit.visited_at),
        "by": str(visit.sent_by or ""),
        "photos": [
            {
                "id": one.pk,
                "file": one.file_id,
                "sha256": one.file.sha256,
                "name": one.file.name,
                "media_type": one.file.media_type,
                "caption": one.caption,
                "taken_at": _moment(one.taken_at),
                "distance_m": one.distance_m,
            }
            for one in visit.photos.all()
        ],
    }


def _coverage(state: FieldState) -> dict[str, Any]:
    """Both sides' tracks, all days, as one union made by the database. Spans are metres of chainage."""
    whole, covered = state.whole, state.covered
    return {
        "from_m": whole[0] if whole else None,
        "to_m": whole[1] if whole else None,
        "covered_m": round(covered.metres, 3) if covered else None,
        "share": covered.share if covered else None,
        "spans": [[round(low, 3), round(high, 3)] for low, high in covered.spans] if covered else [],
        "tracks": [
            {
                "name": one.file.name,
                "sha256": one.file.sha256,
                "side": one.side_id,
                "begins_at": _moment(one.begins_at),
                "ends_at": _moment(one.ends_at),
            }
            for one in state.counting
        ],
        "waiting": state.waiting,
    }


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else timezone.localtime(moment).isoformat(timespec="seconds")
