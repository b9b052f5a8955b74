"""My jobs, and one job as it goes on."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from gis.accounts.access import ensure, signed_in
from gis.jobs.kinds import known
from gis.jobs.models import Job
from gis.jobs.policies import may_watch_job

PER_PAGE = 30


@login_required
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    mine = Job.objects.filter(owner=signed_in(request))
    return render(request, "gis/jobs/list.html", {"page": Paginator(mine, PER_PAGE).get_page(request.GET.get("page"))})


@login_required
@require_safe
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with ``?part=progress`` only the part of it that changes, polled while the job is under way."""
    job = get_object_or_404(Job, pk=pk)
    ensure(may_watch_job(request.user, job))
    template = "gis/jobs/progress.html" if request.GET.get("part") == "progress" else "gis/jobs/detail.html"
    kind = known(job.kind)
    return render(request, template, {"job": job, "result_template": kind.result_template if kind else ""})
