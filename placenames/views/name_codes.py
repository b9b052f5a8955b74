"""赋码: names of an area without a code, what each would get or why none, and giving it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries.models import Division
from boundaries.services.places import find_by_code
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.accounts.duties import areas_held
from gis.accounts.models import Duty
from gis.errors import DomainError
from gis.views.forms import attempt
from placenames import policies
from placenames.naming_register import names_of_areas, own_area_code
from placenames.rules.addresses import key_of
from placenames.rules.classes import name_of
from placenames.services import name_codes

# Rows of the page are written within the request; the command takes any number.
_AT_ONCE = 1000


@login_required
@require_safe
def codes(request: HttpRequest) -> HttpResponse:
    """/names/codes/?within=CODE: without it the area of the person's duty."""
    ensure(policies.may_begin_naming_cases(request.user))
    within = request.GET.get("within", "").strip()[:20] or own_area_code(request.user)
    problem, area = "", None
    with attempt() as tried:
        area = _area(within) if within else _widest(request)
        if area is not None:
            ensure(policies.may_edit_names(request.user, area))
    if tried.refused is not None:
        problem = str(tried.refused.message)
        area = None
    outlook = name_codes.outlook(area) if area is not None else None
    context: dict[str, Any] = {
        "within": within,
        "problem": problem,
        "area": area,
        "area_name": names_of_areas([area.pk]).get(area.pk, "") if area else "",
        "outlook": outlook,
    }
    if outlook is not None:
        ready, waiting = outlook.shown
        places = names_of_areas([one.record.area_id for one in (*ready, *waiting) if one.record.area_id])
        for name, rows in (("ready", ready), ("waiting", waiting)):
            context[name] = [
                {
                    "one": one,
                    "key": key_of("P", one.record.place_id),
                    "class_name": name_of(one.record.place_class),
                    "area": places.get(one.record.area_id or 0, ""),
                }
                for one in rows
            ]
    return render(request, "placenames/name_codes.html", context)


@login_required
@require_POST
def codes_allot(request: HttpRequest) -> HttpResponse:
    """``area`` and ``record`` (several) in the form; ``all`` takes every name of the area, also those not on the page."""
    posted = Posted(request.POST)
    area = get_object_or_404(Division, pk=posted.number("area"))
    ensure(policies.may_edit_names(request.user, area))
    within = posted.text("within")[:20]
    try:
        only = None if posted.flag("all") else posted.numbers("record")
        made = name_codes.allot_missing(person(request), area, reason=posted.text("reason")[:300], only=only, most=_AT_ONCE)
        messages.success(request, _("已给 %(count)s 个地名赋码。") % {"count": len(made.ready)})
    except DomainError as refusal:
        messages.error(request, str(refusal.message))
    return redirect(f"{reverse('name-codes')}?{urlencode({'within': within})}" if within else "name-codes")


def _area(code: str) -> Division:
    return Division.objects.get(pk=find_by_code(code, timezone.localdate()).place.id)


def _widest(request: HttpRequest) -> Division | None:
    """The only area of a keeper's; a keeper of the whole register chooses."""
    held = [one for one in areas_held(request.user, [Duty.PLACE_NAME_OFFICER]) if one is not None]
    return Division.objects.get(pk=held[0]) if len(held) == 1 else None
