"""Beside the pages of names, for everybody: suggesting a correction, collections."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from boundaries.views.form_reading import Posted
from gis.errors import DomainError, NotFoundError
from gis.services.client_address import client_address
from gis.services.throttle import limited
from gis.webmap.shell import leaflet_shell
from placenames import policies
from placenames.archive_subject import Moved, Subject, address, find_subject, key_for, no_such_name
from placenames.collections_read import counts, members_of
from placenames.models import NameCollection, SuggestionPart
from placenames.rules.addresses import key_of
from placenames.services import suggestions


@require_http_methods(["GET", "POST"])
def suggest(request: HttpRequest, key: str) -> HttpResponse:
    """/names/KEY/suggest/: what is wrong or missing on a public page."""
    subject = _public(request, key)
    if isinstance(subject, HttpResponse):
        return subject
    refused: DomainError | None = None
    if request.method == "POST":
        posted = Posted(request.POST)
        if posted.text("website"):  # a field that people do not see
            return redirect("suggestion")
        entry = suggestions.Entry(posted.text("part"), posted.text("body"), posted.text("evidence"), posted.text("contact"))
        try:
            made = suggestions.receive(subject, entry, client_address(request))
        except DomainError as error:
            refused = error
        else:
            messages.success(request, _("建议已收到，谢谢。请记下编号，凭它查看答复。"))
            return redirect(f"{reverse('suggestion')}?number={made.number}")
    context: dict[str, Any] = {
        "subject": subject,
        "name": subject.name.name,
        "parts": SuggestionPart.choices,
        "limits": suggestions.LIMITS,
        "typed": request.POST if refused else {"part": request.GET.get("part", "")},
        "refused": refused,
    }
    return render(request, "placenames/suggest.html", context, status=refused.status if refused else 200)


@require_safe
@limited("suggestion", lambda: 30, when=lambda request: bool(request.GET.get("number")))
def suggestion(request: HttpRequest) -> HttpResponse:
    """/suggestions/?number=: how far one's own suggestion is. Nothing of it but state and answer is shown again."""
    number, found, problem = request.GET.get("number", "")[:20], None, ""
    if number:
        try:
            found = suggestions.find(number)
        except NotFoundError as error:
            problem = str(error.message)
    context: dict[str, Any] = {"number": number, "found": found, "problem": problem}
    if found is not None:
        key = key_of("D", found.division_id) if found.division_id else key_for(found.place) if found.place else ""
        context["address"] = address(key) if _is_public(request, key) else ""
    answer = render(request, "placenames/suggestion.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_safe
def collections(request: HttpRequest) -> HttpResponse:
    shown = (
        NameCollection.objects.all() if policies.may_view_archive(request.user) else NameCollection.objects.filter(published=True)
    )
    every = list(shown)
    found = counts(every)
    rows = [(one, found[one.pk]) for one in every]
    context = {"rows": rows, "may_write": policies.may_view_archive(request.user)}
    return render(request, "placenames/collections.html", context)


@require_safe
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    found = shown_collection(request, slug)
    members = members_of(found)
    shell = leaflet_shell("collection", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    others = [
        {"name": one.name.name, "words": one.area, "url": one.name.address, "point": list(one.name.point)}
        for one in members
        if one.name.point is not None
    ]
    label = _("“%(title)s”地图") % {"title": found.title}
    context: dict[str, Any] = {
        "collection": found,
        "members": members,
        "notes": any(one.note for one in members),
        "shell": shell if others else None,
        "map_config": {"map": shell.variable, "name": found.title, "geometry": None, "others": others, "label": label},
        "without_place": len(members) - len(others),
        "may_write": policies.may_write_archive(request.user, found.area),
        "licence": settings.OPEN_DATA_LICENCE,
    }
    return render(request, "placenames/collection.html", context)


def shown_collection(request: HttpRequest, slug: str) -> NameCollection:
    found = NameCollection.objects.filter(slug=slug).select_related("area").first()
    if found is None or not (found.published or policies.may_view_archive(request.user)):
        raise NotFoundError("no_such_collection", _("没有这个专题。"))
    return found


def _public(request: HttpRequest, key: str) -> Subject | HttpResponse:
    found = find_subject(key, request.user)
    if isinstance(found, Moved):
        return redirect("name-suggest", found.key)
    if not found.public:
        raise no_such_name()
    return found


def _is_public(request: HttpRequest, key: str) -> bool:
    try:
        found = find_subject(key, request.user)
    except NotFoundError:
        return False
    return isinstance(found, Moved) or found.public
