"""The public page of a name, with what belongs to it: for everybody, without logging in."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from boundaries.models import Grade
from gis.errors import InvalidInputError, NotFoundError
from gis.webmap.shell import leaflet_shell
from placenames import policies
from placenames.archive_known import CENSUS_OF, known_of
from placenames.archive_page import NamePage, called_in, page_of
from placenames.archive_related import RelatedNames, related_to
from placenames.archive_subject import Moved, Subject, address, by_code, find_subject, no_such_name
from placenames.archive_texts import documents_of
from placenames.collections_read import collections_with
from placenames.models import SpelledBy, TextKind
from placenames.rules.citations import Cited, bibtex, gbt7714
from placenames.views.archive_document import page_as_json
from placenames.views.archive_files import serve_document, serve_media
from placenames.views.archive_staff import doors
from placenames.views.parameters import year_of

# Chip and words.
SPELLED = {
    SpelledBy.PROPOSED.value: ("needs_person", gettext_lazy("读音待人认定")),
    SpelledBy.RULE.value: ("neutral", gettext_lazy("按规则拼写，读音都有依据")),
    SpelledBy.PERSON.value: ("done", gettext_lazy("拼写已由人认定")),
    SpelledBy.SOURCE.value: ("neutral", gettext_lazy("拼写依资料")),
}


@require_safe
def name_page(request: HttpRequest, key: str) -> HttpResponse:
    """/names/KEY/?year="""
    subject = _subject(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    page, related = page_of(subject), related_to(subject)
    year, problem = None, ""
    try:
        year = year_of(request)
    except InvalidInputError as error:
        problem = str(error.message)
    told = {one.kind: one for one in page.texts}
    texts = [
        (TextKind(kind), told.get(kind), page.census.get(CENSUS_OF.get(TextKind(kind), "")))
        for kind in (TextKind.ORIGIN, TextKind.MEANING, TextKind.STORY, TextKind.HISTORY, TextKind.DOUBTS)
    ]
    context: dict[str, Any] = {
        "page": page,
        "subject": subject,
        "related": related,
        "any_related": any((related.derived, related.origins, related.same, related.containing, related.near)),
        "known": known_of(page),
        "texts": [one for one in texts if one[1] or one[2]],
        "unwritten": [kind for kind, text, _census in texts if text is None],
        "documents": documents_of(page.texts),
        "spelled": SPELLED.get(page.spelled_by, ("", "")),
        "year": request.GET.get("year", "")[:6],
        "asked_year": year,
        "in_year": called_in(page, year) if year is not None else None,
        "problem": problem,
        "cite": _citation(request, page),
        "collections": collections_with(subject.place),
        "merged_from": _merged_from(request, key),
        "may_write": policies.may_write_archive(request.user, subject.area),
        "doors": doors(request, subject),
        "sign_report": _sign_report(request),
        **_map(page, related),
    }
    return _fresh(render(request, "placenames/name.html", context))


def _sign_report(request: HttpRequest) -> str:
    """?sign=: who came by the code on a sign may report the sign."""
    token = request.GET.get("sign", "")
    return reverse("sign-public", args=[token]) if re.fullmatch(r"[-\w]{8,16}", token, re.ASCII) else ""


@require_safe
def name_json(request: HttpRequest, key: str) -> HttpResponse:
    """/api/names/KEY: what the page tells, for programs."""
    subject = _subject(request, key, "name-json")
    if isinstance(subject, HttpResponse):
        return subject
    page = page_of(subject)
    answer = page_as_json(page, request.build_absolute_uri(address(page.key)), _citation(request, page))
    return _fresh(JsonResponse(answer, json_dumps_params={"ensure_ascii": False}))


@require_safe
def name_by_code(request: HttpRequest, code: str) -> HttpResponse:
    """/names/code/CODE/: to the name that holds the code, or held it; a list where there are several."""
    keys = [key for key in by_code(code) if _is_shown(key, request)]
    if not keys:
        raise no_such_name()
    return redirect("name", keys[0])


@require_safe
def archive_media(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    return serve_media(request, pk, size)


@require_safe
def archive_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    return serve_document(request, pk)


def _subject(request: HttpRequest, key: str, view: str = "name") -> Subject | HttpResponse:
    """The subject, or the way to the address it is kept under now (308: for good, and programs keep their query)."""
    found = find_subject(key, request.user)
    if isinstance(found, Moved):
        answer = redirect(view, found.key)
        if found.merged and view == "name":
            answer["Location"] += f"?merged={key.upper()}"
        answer.status_code = 308
        return answer
    if key != found.key:
        return redirect(view, found.key)
    return found


def _merged_from(request: HttpRequest, key: str) -> str:
    """Said only where it is so."""
    told = request.GET.get("merged", "")[:24]
    try:
        found = find_subject(told, request.user)
    except NotFoundError:  # whatever somebody wrote there
        return ""
    return told.upper() if isinstance(found, Moved) and found.merged else ""


def _is_shown(key: str, request: HttpRequest) -> bool:
    try:
        find_subject(key, request.user)
    except NotFoundError:
        return False
    return True


def _citation(request: HttpRequest, page: NamePage) -> dict[str, str]:
    cited = Cited(
        name=page.name,
        key=page.key,
        publisher=settings.PUBLISHER,
        updated=page.updated,
        read_on=timezone.localdate(),
        url=request.build_absolute_uri(address(page.key)),
        spelling=page.spelling,
    )
    return {"gbt7714": gbt7714(cited), "bibtex": bibtex(cited)}


def _map(page: NamePage, related: RelatedNames) -> dict[str, Any]:
    """Points and lines of names over the office's base map, and no boundaries: those may be shown to the public on reviewed maps
    only (docs/decisions/0091).
    """
    if page.location is None:
        return {"shell": None}
    shell = leaflet_shell("name", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    others = [
        {"name": one.name, "words": one.words, "url": one.address, "point": list(one.point)}
        for one in related.near
        if one.point is not None
    ]
    config = {
        "map": shell.variable,
        "name": page.name,
        "geometry": page.location.geojson,
        "others": others,
        "label": _("%(name)s及邻近地名的位置") % {"name": page.name},
        "words": _place_words(page),
        "grade": str(Grade(page.facts["location_grade"]).label) if page.facts.get("location_grade") else "",
    }
    return {"shell": shell, "map_config": config}


def _place_words(page: NamePage) -> str:
    where = page.location if page.location.geom_type == "Point" else page.location.point_on_surface
    return f"{where.x:.5f}, {where.y:.5f}"


def _fresh(answer: HttpResponse) -> HttpResponse:
    """What is withdrawn is gone with the next look."""
    answer["Cache-Control"] = "no-cache"
    answer["Vary"] = "Cookie, Accept-Language"
    return answer
