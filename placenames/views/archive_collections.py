"""Keeping collections of names."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from boundaries.models import Division
from boundaries.views.form_reading import Posted
from gis.accounts.access import ensure, signed_in
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import DomainError
from gis.views.forms import attempt
from placenames import policies
from placenames.archive_room import names_of
from placenames.collections_read import members_of
from placenames.models import CollectionMember, HeritageKind, NameCollection
from placenames.services import name_collections
from placenames.services.name_collections import CollectionEntry
from placenames.views.archive_room import place_by_key

_FIELDS = ("title", "slug", "title_en", "about", "source", "heritage")


@login_required
@require_http_methods(["GET", "POST"])
def collection_new(request: HttpRequest) -> HttpResponse:
    """A collection belongs to the area of whoever begins it."""
    held = areas_held(request.user, [Duty.PLACE_NAME_OFFICER])
    ensure(bool(held))
    area = None if None in held else Division.objects.filter(pk__in=[one for one in held if one is not None]).first()
    return _edit(request, None, area)


@login_required
@require_http_methods(["GET", "POST"])
def collection_edit(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(NameCollection.objects.select_related("area"), slug=slug)
    ensure(policies.may_write_archive(request.user, found.area))
    return _edit(request, found, found.area)


@login_required
@require_POST
def collection_member(request: HttpRequest, slug: str) -> HttpResponse:
    """key= [note=] puts a name in, out=MEMBER takes it out, back=MEMBER puts it in again."""
    found = get_object_or_404(NameCollection.objects.select_related("area"), slug=slug)
    ensure(policies.may_write_archive(request.user, found.area))
    actor, posted = signed_in(request), Posted(request.POST)
    with attempt() as tried:
        if posted.text("out"):
            name_collections.take_out(actor, found, posted.number("out"))
            messages.success(request, _("已移出；在“移出的地名”里可以放回。"))
        elif posted.text("back"):
            gone = get_object_or_404(CollectionMember, pk=posted.number("back"), collection=found)
            name_collections.put_in(actor, found, gone.place, gone.note)
            messages.success(request, _("已放回。"))
        else:
            name_collections.put_in(actor, found, place_by_key(actor, posted.text("key")), posted.text("note"))
            messages.success(request, _("已加入。"))
    if tried.refused is not None:
        messages.error(request, str(tried.refused.message))
    return redirect("archive-collection", slug)


def _edit(request: HttpRequest, held: NameCollection | None, area: Division | None) -> HttpResponse:
    refused: DomainError | None = None
    if request.method == "POST":
        posted = Posted(request.POST)
        entry = CollectionEntry(**{name: posted.text(name) for name in _FIELDS}, published=posted.flag("published"))
        try:
            seen = posted.number("seen") if held else 0
            made = name_collections.save_collection(signed_in(request), entry, area=area, held=held, seen=seen)
        except DomainError as error:
            if error.status == 403:
                raise
            refused = error
        else:
            messages.success(request, _("已保存。"))
            return redirect("archive-collection", made.slug)
    values: Any = request.POST if refused else held or {}
    context: dict[str, Any] = {"collection": held, "values": values, "refused": refused, "kinds": HeritageKind.choices}
    if held is not None:
        context["members"] = members_of(held)
        context["gone"] = _gone(held)
    return render(request, "placenames/collection_edit.html", context, status=refused.status if refused else 200)


def _gone(held: NameCollection) -> list[tuple[int, str]]:
    now = CollectionMember.objects.filter(collection=held, recorded__upper_inf=True).values("place")
    rows = CollectionMember.objects.filter(collection=held).exclude(place__in=now).order_by("place", "-pk").distinct("place")
    names = names_of([one.place_id for one in rows])
    return [(one.pk, names.get(one.place_id, "")) for one in rows]
