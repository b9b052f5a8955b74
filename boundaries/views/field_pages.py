"""外业: the pages for telephones. One lists the inspections that are in the field, the other is an app for one of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from boundaries import policies
from boundaries.boundary_lines import lines_worked_on_by, names_of
from boundaries.models import BoundaryLineRecord, InspectionState, JointInspection
from boundaries.services.field_access import sides_of
from boundaries.services.field_tracks import EXTENSIONS
from boundaries.views import field_words
from boundaries.views.field_app import APP
from gis.accounts.access import ensure, signed_in
from gis.accounts.areas import areas_reached
from gis.field.words import winds
from gis.webmap.shell import leaflet_shell

# Django writes whole numbers into addresses; this one marks where the program puts an id.
_ANY = 987654321


@login_required
@require_safe
def field_list(request: HttpRequest) -> HttpResponse:
    """Inspections in the field that the person works on."""
    ensure(policies.may_bring_from_field(request.user))
    mine = list(_worked_on(request).select_related("line").order_by("starts_on", "id"))
    names = names_of({side for one in mine for side in sides_of(one)})
    lines = {
        record.line_id: record.name
        for record in BoundaryLineRecord.objects.current().filter(line__in=[one.line_id for one in mine]).order_by("valid")
    }
    rows = [
        {
            "inspection": one,
            "name": lines.get(one.line_id, one.line.code),
            "sides": [names.get(side, "") for side in sides_of(one)],
        }
        for one in mine
    ]
    return render(request, "boundaries/field_list.html", {"rows": rows})


def _worked_on(request: HttpRequest) -> QuerySet[JointInspection]:
    """What `policies.may_work_in_field` lets the person work on, as one query."""
    in_field = JointInspection.objects.filter(state=InspectionState.IN_FIELD)
    reached = areas_reached(request.user, policies.FIELD_DUTIES)
    if reached is None:
        return in_field
    return in_field.filter(Q(line__in=lines_worked_on_by(request.user).order_by().values("line")) | Q(third__in=reached))


@login_required
@require_safe
def field_page(request: HttpRequest, pk: int) -> HttpResponse:
    """The app. Holds nothing of the inspection itself, so that it can be kept on the device."""
    inspection = get_object_or_404(JointInspection.objects.select_related("line"), pk=pk)
    ensure(policies.may_work_in_field(request.user, inspection))
    shell = leaflet_shell("field", zoom=9, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    context = {
        "shell": shell,
        "inspection": inspection,
        "config": _config(request, inspection, shell.variable),
        "conditions": field_words.conditions(),
        "checks": field_words.checks(),
        "done": field_words.done(),
        "modules": [f"{settings.STATIC_URL}{path}" for path in APP.modules],
        "accept": ",".join(f".{one}" for one in EXTENSIONS),
    }
    return render(request, "boundaries/field.html", context)


def _config(request: HttpRequest, inspection: JointInspection, variable: str) -> dict[str, Any]:
    here = reverse("field-inspection", args=[inspection.pk])

    def with_id(name: str, *more: str) -> str:
        return reverse(name, args=[_ANY, *more]).replace(str(_ANY), "{id}")

    return {
        "map": variable,
        "inspection": inspection.pk,
        "user": {"id": signed_in(request).pk, "name": str(request.user)},
        "urls": {
            "about": reverse("field-about", args=[inspection.pk]),
            "standing": reverse("field-standing", args=[inspection.pk]),
            "tracks": reverse("field-tracks", args=[inspection.pk]),
            "visits": reverse("field-visits", args=[inspection.pk]),
            "photos": reverse("field-photos", args=[inspection.pk]),
            "uploads": reverse("uploads"),
            "step": with_id("field-track-step", "step").replace("/step/", "/{step}/"),
            "choose": with_id("field-visit-choose"),
            "login": f"{reverse('login')}?next={here}",
        },
        "checks": field_words.checks(),
        "winds": winds(),
        "words": field_words.words(),
    }
