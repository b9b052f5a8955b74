"""读音认定: names whose spelling is open, character by character; one decision settles many."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.models import Division, DivisionRecord
from boundaries.services.places import find_by_code
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.accounts.duties import areas_held, holds_anywhere
from gis.accounts.models import Duty
from gis.errors import DomainError, ForbiddenError
from placenames import policies
from placenames.open_spellings import by_character, open_names
from placenames.services import spelling_decisions

_SHOWN = 400


@login_required
@require_safe
def spellings(request: HttpRequest) -> HttpResponse:
    """/names/spellings/?within=CODE&char=字: without `within` the area of the person's duty."""
    ensure(holds_anywhere(request.user, [Duty.PLACE_NAME_OFFICER]))
    today, problem, area, groups = timezone.localdate(), "", None, []
    try:
        area = _area(request)
        groups = by_character(open_names(area, today)) if area else []
    except ForbiddenError:
        raise
    except DomainError as refusal:
        problem = str(refusal.message)
    asked = request.GET.get("char", "")
    chosen = next((one for one in groups if one.char == asked), groups[0] if groups else None)
    record = DivisionRecord.objects.current().filter(division=area, valid__contains=today).first() if area else None
    context = {
        "problem": problem,
        "area": area,
        "area_name": record.name if record else "",
        "within": request.GET.get("within", "")[:12],
        "groups": groups[:_SHOWN],
        "chosen": chosen,
        "names": chosen.names[:_SHOWN] if chosen else [],
        "more": max(0, len(chosen.names) - _SHOWN) if chosen else 0,
        "count": len({name.key for one in groups for name in one.names}),
        "decisions": spelling_decisions.decisions(area) if area else [],
    }
    return render(request, "placenames/spellings.html", context)


@login_required
@require_POST
def spelling_decide(request: HttpRequest) -> HttpResponse:
    area, posted = _posted_area(request), Posted(request.POST)
    char = posted.text("char")[:1]
    try:
        keys = request.POST.getlist("name")[:_SHOWN]
        made = spelling_decisions.decide(person(request), area, char, posted.text("reading"), keys, posted.text("source"))
        told = {"char": char, "count": made.details["names"], "rest": len(set(keys)) - made.details["names"]}
        messages.success(request, _("已认定“%(char)s”的读音，%(count)s 个地名的拼写随之确定。") % told)
        if told["rest"]:
            messages.info(request, _("另有 %(rest)s 个还有别的字待认定。") % told)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return _back(request, char)


@login_required
@require_POST
def spelling_undo(request: HttpRequest, pk: int) -> HttpResponse:
    area = _posted_area(request)
    try:
        counts = spelling_decisions.take_back(person(request), area, pk, Posted(request.POST).text("reason"))
        messages.success(request, _("已撤销，%(closed)s 个地名的拼写重新待认定。") % counts)
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return _back(request, "")


def _area(request: HttpRequest) -> Division | None:
    code = request.GET.get("within", "").strip()[:12]
    if code:
        area = Division.objects.get(pk=find_by_code(code, timezone.localdate()).place.id)
        ensure(policies.may_edit_names(request.user, area))
        return area
    held = sorted(one for one in areas_held(request.user, [Duty.PLACE_NAME_OFFICER]) if one is not None)
    return Division.objects.get(pk=held[0]) if held else None


def _posted_area(request: HttpRequest) -> Division:
    area = get_object_or_404(Division, pk=Posted(request.POST).number("area"))
    ensure(policies.may_edit_names(request.user, area))
    return area


def _back(request: HttpRequest, char: str) -> HttpResponse:
    query = {"within": Posted(request.POST).text("within")[:12], "char": char}
    return redirect(f"{reverse('spellings')}?{urlencode({key: value for key, value in query.items() if value})}")
