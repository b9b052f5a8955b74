"""标志巡查 on telephones: which signs to go round, the app for them, and what it asks and sends."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from boundaries.services.small_pictures import small_picture
from gis.accounts.access import ensure, signed_in
from gis.errors import DomainError
from gis.field.app import FieldApp
from gis.field.guard import for_phones
from gis.field.reading import file_of, fresh, words_of
from gis.field.receiving import key_from
from gis.field.words import winds
from gis.webmap.shell import leaflet_shell
from placenames import policies
from placenames.models import FindingOutcome, SignFinding, SignPhoto, SignState
from placenames.services.signs import keeping, patrol
from placenames.signs import patrols
from placenames.signs.lists import seen_by
from placenames.signs.patrol_words import finding_words, photo_words
from placenames.views.signs import patrol_sentences
from placenames.views.signs.gaps import root_of_person

APP: Final = FieldApp(
    name="patrol",
    start="sign-patrol",
    pages=r"^/signs/patrol/([dp]\d+/)?$",
    title=gettext_lazy("标志巡查"),
    description=gettext_lazy("地名标志巡查：状态、照片、定位；没有网络也能用。"),
    named=("placenames/css/patrol.css", "placenames/js/patrol/main.js"),
    imported=tuple(
        f"placenames/js/patrol/{name}.js" for name in ("config", "finding", "map", "outbox", "panels", "photos", "store")
    ),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    return APP.manifest(request)


@require_safe
def worker(_request: HttpRequest) -> HttpResponse:
    return APP.worker()


@login_required
@require_safe
def beat_list(request: HttpRequest) -> HttpResponse:
    """?under=CODE: townships and roads with signs, to choose what to go round."""
    ensure(policies.may_open_patrol(request.user))
    refused, context = None, {}
    try:
        root = root_of_person(request)
        if root is not None:
            townships, roads = patrols.beats_under(signed_in(request), root.id)
            total = sum(one["count"] for one in townships)
            context = {
                "root": root,
                "root_key": f"d{root.id}",
                "townships": townships,
                "roads": roads[:80],
                "total": total,
                "whole": 0 < total <= patrols.MOST_SIGNS,
            }
    except DomainError as error:
        refused = error
    context |= {"refused": refused, "given": request.GET}
    return render(request, "placenames/signs/patrol_list.html", context, status=refused.status if refused else 200)


@login_required
@require_safe
def patrol_page(request: HttpRequest, area: str) -> HttpResponse:
    """The app. Holds nothing of the signs, so that it can be kept on the device."""
    beat = _beat(request, area)
    shell = leaflet_shell("patrol", zoom=12, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    context = {
        "shell": shell,
        "beat": beat,
        "config": _config(request, beat, shell.variable),
        "states": [(one, SignState(one).label) for one in patrols.PATROLLED],
        "modules": [f"{settings.STATIC_URL}{path}" for path in APP.modules],
    }
    return render(request, "placenames/signs/patrol.html", context)


def _config(request: HttpRequest, beat: patrols.Beat, variable: str) -> dict[str, Any]:
    here = reverse("sign-patrol-area", args=[beat.key])
    return {
        "map": variable,
        "area": beat.key,
        "user": {"id": signed_in(request).pk, "name": str(request.user)},
        "urls": {
            "about": reverse("sign-patrol-about", args=[beat.key]),
            "standing": reverse("sign-patrol-standing", args=[beat.key]),
            "findings": reverse("sign-finding-new"),
            "photos": reverse("sign-finding-photo"),
            "uploads": reverse("uploads"),
            "login": f"{reverse('login')}?next={here}",
        },
        "states": {one: str(SignState(one).label) for one in patrols.PATROLLED},
        "winds": winds(),
        "words": patrol_sentences.words(),
    }


def _beat(request: HttpRequest, area: str) -> patrols.Beat:
    beat = patrols.beat_of(signed_in(request), area)
    ensure(policies.may_send_findings(request.user, patrols.area_of(beat)))
    return beat


@for_phones
@require_safe
def about(request: HttpRequest, area: str) -> JsonResponse:
    """What the device keeps: the signs with their names and texts, what is wanted there, and what has come so far."""
    beat = _beat(request, area)
    user = signed_in(request)
    told = patrols.about(user, beat)
    return fresh({**told, "user": {"id": user.pk, "name": str(user)}, "standing": _standing(request, beat)})


@for_phones
@require_safe
def standing(request: HttpRequest, area: str) -> JsonResponse:
    return fresh(_standing(request, _beat(request, area)))


def _standing(request: HttpRequest, beat: patrols.Beat) -> dict[str, Any]:
    user = signed_in(request)
    rows = list(patrols.findings_of(user, beat))
    written = patrols.last_writings({one.sign_id for one in rows if one.sign_id is not None})
    by_sign: dict[int, list[dict[str, Any]]] = {}
    for one in rows:
        if one.sign_id is not None:
            by_sign.setdefault(one.sign_id, []).append(finding_row(one))
    mine = SignFinding.objects.filter(sent_by=user, sent_at__gte=timezone.now() - patrols.ROUND)
    return {
        "csrf": get_token(request),
        "user": {"id": user.pk, "name": str(user)},
        "open": True,
        "signs": {
            str(pk): {"state": written[pk][0], "changed": written[pk][1], "findings": found} for pk, found in by_sign.items()
        },
        "unlisted": [finding_row(one) for one in rows if one.sign_id is None and one.outcome == FindingOutcome.UNLISTED],
        "keys": [
            *(str(key) for key in mine.values_list("key", flat=True)),
            *(str(key) for key in SignPhoto.objects.filter(finding__in=mine).values_list("key", flat=True) if key),
        ],
    }


def finding_row(one: SignFinding) -> dict[str, Any]:
    """A finding as telephones are told of it."""
    return {
        "key": str(one.key),
        "state": one.state,
        "state_words": one.get_state_display(),
        "name": one.name,
        "note": one.note,
        "by": str(one.sent_by),
        "at": (one.found_at or one.sent_at).isoformat(),
        "outcome": one.outcome,
        "outcome_words": one.get_outcome_display(),
        "differs": one.outcome == FindingOutcome.DIFFERS,
        "fix": one.get_fix_display() if one.fix else "",
        "distance_m": one.distance_m,
        "place": None if one.position is None else [one.position.x, one.position.y],
        "work": ""
        if one.work is None
        else _("任务单 %(number)s：%(kind)s") % {"number": one.work_id, "kind": one.work.get_kind_display()},
        "doubts": finding_words(one),
        "photos": [photo_row(photo) for photo in one.photos.all()],
    }


def photo_row(photo: SignPhoto) -> dict[str, Any]:
    return {"key": str(photo.key), "small": reverse("sign-finding-picture", args=[photo.pk]), "doubts": photo_words(photo)}


@for_phones
@require_POST
def finding_new(request: HttpRequest) -> JsonResponse:
    """The finding as JSON, see `services.signs.patrol.read`, with its key. 201 when taken, 200 when it was here."""
    content = words_of(request)
    received = patrol.receive(signed_in(request), key=key_from(content.get("key")), content=content)
    row = finding_row(received.finding)
    told = row["work"] if received.finding.outcome == FindingOutcome.TAKEN else row["outcome_words"]
    return JsonResponse({**row, "new": received.is_new, "told": told}, status=201 if received.is_new else 200)


@for_phones
@require_POST
def finding_photo(request: HttpRequest) -> JsonResponse:
    """key, finding (its key) and the file: `file` itself, or in `stored` the number of one sent ahead in chunks."""
    received = patrol.receive_photo(
        signed_in(request),
        key=key_from(request.POST.get("key")),
        finding=key_from(request.POST.get("finding")),
        content=file_of(request, keeping.PURPOSE),
    )
    row = photo_row(received.photo)
    told = {
        **row,
        "file": received.photo.file.name,
        "new": received.is_new,
        "duplicate": received.duplicate,
        "told": " ".join(row["doubts"]),
    }
    return JsonResponse(told, status=201 if received.is_new else 200)


@for_phones
@require_safe
def finding_picture(request: HttpRequest, pk: int) -> FileResponse:
    """A small picture of a photo that came with a finding."""
    ensure(policies.may_view_signs(request.user))
    photo = get_object_or_404(SignPhoto.objects.select_related("file"), pk=pk, finding__isnull=False, removed_at=None)
    if photo.sign_id is not None:
        get_object_or_404(seen_by(request.user, timezone.localdate()), pk=photo.sign_id)
    response = FileResponse(small_picture(photo.file), content_type="image/jpeg")
    response["Cache-Control"] = "private, max-age=86400"
    return response
