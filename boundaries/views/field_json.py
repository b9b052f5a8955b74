"""The documents that the phones' program reads: what an inspection is about (kept on the device) and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils import timezone

from boundaries import policies
from boundaries.field_waypoints import Waypoint, waypoints_of
from boundaries.field_words import visit_words
from boundaries.inspection_field import FieldState, MarkerState, doubts_of_photo, tolerance_of
from boundaries.inspection_tasks import tasks_given
from boundaries.models import InspectionMember, InspectionState, InspectionTrack, MarkerVisit, VisitPhoto
from gis.accounts.access import signed_in


def about(request: HttpRequest, state: FieldState) -> dict[str, Any]:
    """What does not change while people walk. Places are [longitude, latitude, metres from the beginning], EPSG:4490."""
    inspection, line = state.inspection, state.line
    tasks, own = tasks_given(inspection), signed_in(request).pk
    parts: dict[int, list[list[float]]] = {}
    if state.measured is not None:
        for along, place, part in state.measured.vertices():
            parts.setdefault(part, []).append([round(place[0], 7), round(place[1], 7), round(along, 2)])
    return {
        "inspection": inspection.pk,
        "line": line.code,
        "name": line.name,
        "year": inspection.year,
        "length_m": line.length_m,
        "whole": list(state.whole) if state.whole else None,
        "tolerance_m": tolerance_of(inspection),
        "parts": list(parts.values()),
        "sides": [{"id": side, "name": name} for side, name in state.sides.items()],
        "own_sides": [side for side in state.sides if policies.works_in_field_for(request.user, side)],
        "markers": [_marker(one) | _task(tasks.of_marker(one.marker.id, one.marker.chainage_m), own) for one in state.markers],
        "stretches": [{"from_m": one.from_m, "to_m": one.to_m, **_task(one.people, own)} for one in tasks.stretches],
        "user": {"id": signed_in(request).pk, "name": str(request.user)},
    }


def standing(request: HttpRequest, state: FieldState) -> dict[str, Any]:
    """What changes: what is covered, what has arrived (by the devices' keys), what looks odd. `csrf` is for what is sent next."""
    inspection, covered = state.inspection, state.covered
    names = state.sides
    return {
        "csrf": get_token(request),
        "user": {"id": signed_in(request).pk, "name": str(request.user)},
        "state": inspection.state,
        "state_words": inspection.get_state_display(),
        "open": inspection.state == InspectionState.IN_FIELD and policies.may_work_in_field(request.user, inspection),
        "covered": [[low, high] for low, high in covered.spans] if covered else [],
        "covered_m": round(covered.metres, 1) if covered else 0,
        "share": covered.share if covered else None,
        "uncovered": [[one.from_m, one.to_m] for one in state.uncovered],
        "go_back": [
            {"from_m": one.from_m, "to_m": one.to_m, "length_m": round(one.length_m, 1), "start": one.start, "end": one.end}
            for one in state.go_back
        ],
        "by_side": [
            {"name": names.get(side, "") if side else "", "metres": round(found.metres, 1), "share": found.share}
            for side, found in state.by_side.items()
        ],
        "waiting": state.waiting,
        "markers": {str(one.marker.id): _found(one) for one in state.markers},
        "suspicions": [
            {"track": one.track.pk, "file": one.track.file.name, "code": one.code, "words": one.words, "shift": one.shift}
            for one in state.suspicions
        ],
        "tracks": [track_row(one) for one in state.tracks],
        "waypoints": [_waypoint(one) for one in waypoints_of(state)],
        "keys": _keys(inspection.pk),
    }


def track_row(track: InspectionTrack) -> dict[str, Any]:
    return {
        "id": track.pk,
        "key": str(track.key),
        "file": track.file.name,
        "state": track.state,
        "state_words": track.get_state_display(),
        "covered_m": (track.result or {}).get("covered_m"),
        "files": len((track.result or {}).get("tracks", ())),
        "shift": track.shift,
        "set_aside": track.set_aside_because if track.set_aside_at else "",
        "problem": str((track.problem or {}).get("message") or ""),
        "by": str(track.sent_by or ""),
        "at": timezone.localtime(track.sent_at).isoformat(timespec="minutes"),
    }


def _waypoint(one: Waypoint) -> dict[str, Any]:
    return {
        "track": one.track.pk,
        "file": one.track.file.name,
        "name": one.name,
        "place": list(one.place),
        "at": timezone.localtime(one.at).isoformat(timespec="seconds") if one.at else None,
        "offers": [
            {
                "marker": offer.marker.id,
                "number": offer.marker.number,
                "metres": None if offer.metres is None else round(offer.metres, 1),
                "by_number": offer.by_number,
            }
            for offer in one.offers
        ],
    }


def visit_row(visit: MarkerVisit) -> dict[str, Any]:
    return {
        "key": str(visit.key),
        "id": visit.pk,
        "condition": visit.condition,
        "condition_words": visit.get_condition_display(),
        "notes": visit.notes,
        "by": str(visit.sent_by or ""),
        "at": timezone.localtime(visit.visited_at or visit.sent_at).isoformat(timespec="minutes"),
        "chosen": visit.chosen_at is not None,
        "doubts": visit_words(visit),
        "photos": [photo_row(photo) for photo in visit.photos.all()],
    }


def photo_row(photo: VisitPhoto) -> dict[str, Any]:
    return {
        "key": str(photo.key),
        "small": reverse("field-photo", args=[photo.pk]),
        "doubts": doubts_of_photo(photo),
    }


def _marker(one: MarkerState) -> dict[str, Any]:
    marker, record = one.marker, one.marker.record
    return {
        "id": marker.id,
        "number": marker.number,
        "kind": record.get_kind_display(),
        "material": record.material,
        "situation": record.situation,
        "place": list(marker.place) if marker.place else None,
        "chainage_m": marker.chainage_m,
        "custodian": marker.custodian.unit.name if marker.custodian else "",
        "references": [
            {"name": each.name, "azimuth_deg": each.azimuth_deg, "distance_m": each.distance_m} for each in marker.references
        ],
    }


def _task(people: Sequence[InspectionMember], own: int) -> dict[str, Any]:
    """Who has it, and whether whoever asks is among them: known where the member's account is."""
    return {"people": [one.name for one in people], "mine": any(one.user_id == own for one in people)}


def _found(one: MarkerState) -> dict[str, Any]:
    return {
        "visited": one.visited,
        "differing": one.differing,
        "passed": one.passed,
        "passed_m": one.passed_m,
        "counts": str(one.counts.key) if one.counts else None,
        "visits": [visit_row(visit) for visit in one.visits],
    }


def _keys(inspection: int) -> dict[str, list[str]]:
    """What has arrived, by the keys the devices gave: also what was replaced since."""
    return {
        "tracks": [str(key) for key in InspectionTrack.objects.filter(inspection=inspection).values_list("key", flat=True)],
        "visits": [str(key) for key in MarkerVisit.objects.filter(inspection=inspection).values_list("key", flat=True)],
        "photos": [str(key) for key in VisitPhoto.objects.filter(visit__inspection=inspection).values_list("key", flat=True)],
    }
