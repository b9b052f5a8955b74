"""待办: the first page after logging in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from gis.accounts.access import signed_in
from gis.accounts.areas import source
from gis.accounts.models import DutyAssignment
from gis.jobs.models import Job, JobState
from gis.todo import home_of

JOBS_SHOWN = 5


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    duties = list(DutyAssignment.objects.filter(user=signed_in(request), ended=None).order_by("id"))
    areas = source().named({duty.area_id for duty in duties if duty.area_id})
    held = [(duty.get_duty_display(), areas.get(duty.area_id) if duty.area_id else None) for duty in duties]
    context = {
        "home": home_of(request.user),
        "held": held,
        "running": Job.objects.filter(owner_id=request.user.pk, state__in=[JobState.WAITING, JobState.RUNNING])[:JOBS_SHOWN],
    }
    return render(request, "gis/home.html", context)
