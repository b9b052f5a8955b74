"""What telephones send and ask. Every sending carries a key made on the device: the same again is answered as the first time."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries import policies
from boundaries.inspection_field import field_of
from boundaries.models import InspectionTrack, JointInspection, MarkerVisit, VisitPhoto
from boundaries.services import field_tracks, marker_visits, visit_photos
from boundaries.services.small_pictures import small_picture
from boundaries.views import field_json
from gis.accounts.access import ensure, signed_in
from gis.errors import InvalidInputError
from gis.field.guard import for_phones
from gis.field.reading import file_of, fresh, number, words_of
from gis.field.receiving import key_from


@for_phones
@require_safe
def about(request: HttpRequest, pk: int) -> JsonResponse:
    """What the device keeps: the line, its markers, whose inspection it is, and how far it has come."""
    state = field_of(_seen(request, pk))
    return fresh({**field_json.about(request, state), "standing": field_json.standing(request, state)})


@for_phones
@require_safe
def standing(request: HttpRequest, pk: int) -> JsonResponse:
    return fresh(field_json.standing(request, field_of(_seen(request, pk))))


@for_phones
@require_POST
def track_new(request: HttpRequest, pk: int) -> JsonResponse:
    """key, device[, side] and the file: `file` itself, or in `stored` the number of one sent ahead in chunks. 201 when taken, 200
    when it was here; `duplicate` when the same bytes had come under another key.
    """
    inspection = _seen(request, pk)
    received = field_tracks.receive(
        signed_in(request),
        inspection,
        key=key_from(request.POST.get("key")),
        content=file_of(request, field_tracks.PURPOSE),
        device=request.POST.get("device", ""),
        side=number(request.POST.get("side")),
    )
    told = {**field_json.track_row(received.track), "new": received.is_new, "duplicate": received.duplicate}
    return JsonResponse(told, status=201 if received.is_new else 200)


@for_phones
@require_POST
def visit_new(request: HttpRequest, pk: int) -> JsonResponse:
    """The visit as JSON, see `marker_visits.read`, with its key. 201 when taken, 200 when it was here."""
    inspection = _seen(request, pk)
    content = words_of(request)
    received = marker_visits.receive(signed_in(request), inspection, key=key_from(content.get("key")), content=content)
    return JsonResponse({**field_json.visit_row(received.visit), "new": received.is_new}, status=201 if received.is_new else 200)


@for_phones
@require_POST
def photo_new(request: HttpRequest, pk: int) -> JsonResponse:
    """key, visit (its key)[, caption] and the file as with tracks."""
    inspection = _seen(request, pk)
    received = visit_photos.receive(
        signed_in(request),
        inspection,
        key=key_from(request.POST.get("key")),
        visit=key_from(request.POST.get("visit")),
        content=file_of(request, visit_photos.PURPOSE),
        caption=request.POST.get("caption", ""),
    )
    told = {**field_json.photo_row(received.photo), "new": received.is_new, "duplicate": received.duplicate}
    return JsonResponse(told, status=201 if received.is_new else 200)


@for_phones
@require_safe
def photo_small(request: HttpRequest, pk: int) -> FileResponse:
    photo = get_object_or_404(VisitPhoto.objects.select_related("file", "visit__inspection"), pk=pk)
    ensure(policies.may_view_inspection(request.user, photo.visit.inspection))
    response = FileResponse(small_picture(photo.file), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response


@for_phones
@require_POST
def track_step(request: HttpRequest, pk: int, step: str) -> JsonResponse:
    """shift (`shift`), set-aside (`reason`), take-back, rematch."""
    track = get_object_or_404(InspectionTrack.objects.select_related("inspection", "file"), pk=pk)
    ensure(policies.may_view_inspection(request.user, track.inspection))
    actor = signed_in(request)
    if step == "shift":
        changed = field_tracks.decide_shift(actor, track, request.POST.get("shift", ""))
    elif step == "set-aside":
        changed = field_tracks.set_aside(actor, track, request.POST.get("reason", ""))
    elif step == "take-back":
        changed = field_tracks.take_back(actor, track)
    elif step == "rematch":
        changed = field_tracks.rematch(actor, track)
    else:
        raise InvalidInputError("bad_step", _("没有这一步。"))
    return JsonResponse(field_json.track_row(changed))


@for_phones
@require_POST
def visit_choose(request: HttpRequest, pk: int) -> JsonResponse:
    visit = get_object_or_404(MarkerVisit.objects.select_related("inspection"), pk=pk)
    ensure(policies.may_view_inspection(request.user, visit.inspection))
    return JsonResponse(field_json.visit_row(marker_visits.choose(signed_in(request), visit)))


def _seen(request: HttpRequest, pk: int) -> JointInspection:
    inspection = get_object_or_404(JointInspection.objects.select_related("line"), pk=pk)
    ensure(policies.may_view_inspection(request.user, inspection))
    return inspection
