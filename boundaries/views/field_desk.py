"""What came from the field, as a part of the inspection's page at the desk: judging tracks and visits without a telephone.

`/field/ID/desk/` gives the part alone; a page has it by ``hx-get`` with ``hx-trigger="load"``. What is done in it comes back as the
part, with the reason where it was refused.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from boundaries import policies
from boundaries.field_sketch import sketch_of
from boundaries.field_waypoints import waypoints_of
from boundaries.field_words import visit_words
from boundaries.inspection_field import FieldState, doubts_of_photo, field_of
from boundaries.models import InspectionState, InspectionTrack, JointInspection, MarkerVisit
from boundaries.services import field_tracks, marker_visits
from gis.accounts.access import ensure, signed_in
from gis.accounts.models import User
from gis.errors import DomainError, InvalidInputError
from gis.views.forms import attempt


@login_required
@require_http_methods(["GET", "POST"])
def field_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """POST step (shift, set-aside, take-back, rematch with `track`; choose with `visit`) and its fields."""
    inspection = get_object_or_404(JointInspection.objects.select_related("line"), pk=pk)
    ensure(policies.may_view_inspection(request.user, inspection))
    refused: DomainError | None = None
    if request.method == "POST":
        with attempt() as tried:
            _do(signed_in(request), inspection, request)
        if tried.refused is not None:
            refused = tried.refused
    state = field_of(inspection)
    context = {
        "inspection": inspection,
        "state": state,
        "refused": refused,
        "covered_km": state.covered.metres / 1000 if state.covered else None,
        "may_judge": inspection.state == InspectionState.IN_FIELD and policies.may_work_in_field(request.user, inspection),
        "tracks": [_track(state, track) for track in state.tracks],
        "waypoints": (marked := waypoints_of(state)),
        "sketch": sketch_of(state, marked),
        "photos": _doubtful_photos(state),
        "visits": [
            {"number": one.marker.number, "visit": visit, "doubts": doubts}
            for one in state.markers
            for visit in one.visits
            if (doubts := visit_words(visit))
        ],
    }
    return render(request, "boundaries/parts/inspection_field.html", context)


def _do(actor: User, inspection: JointInspection, request: HttpRequest) -> None:
    step, given = request.POST.get("step", ""), request.POST
    if step == "choose":
        marker_visits.choose(actor, get_object_or_404(MarkerVisit, pk=_id(given.get("visit")), inspection=inspection))
        return
    track = get_object_or_404(InspectionTrack, pk=_id(given.get("track")), inspection=inspection)
    if step == "shift":
        field_tracks.decide_shift(actor, track, given.get("shift", ""))
    elif step == "set-aside":
        field_tracks.set_aside(actor, track, given.get("reason", ""))
    elif step == "take-back":
        field_tracks.take_back(actor, track)
    elif step == "rematch":
        field_tracks.rematch(actor, track)
    else:
        raise InvalidInputError("bad_step", _("没有这一步。"))


def _id(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else 0


def _track(state: FieldState, track: InspectionTrack) -> dict[str, Any]:
    odd = [one for one in state.suspicions if one.track.pk == track.pk]
    return {
        "track": track,
        "side": state.sides.get(track.side_id or 0, ""),
        "covered_km": (track.result or {}).get("covered_m", 0) / 1000 if track.state == "matched" else None,
        "odd": odd,
        "shift": next((one.shift for one in odd if one.shift), ""),
    }


def _doubtful_photos(state: FieldState) -> list[dict[str, Any]]:
    return [
        {"number": one.marker.number, "photo": photo, "doubts": doubts}
        for one in state.markers
        for visit in one.visits
        for photo in visit.photos.all()
        if (doubts := doubts_of_photo(photo))
    ]
