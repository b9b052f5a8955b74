"""What procrastinate runs: one task that carries out a job of any kind."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate import BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django import app
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job as QueuedJob

from gis.errors import DomainError
from gis.jobs import services
from gis.jobs.kinds import kind_of
from gis.jobs.models import Job, JobState
from gis.jobs.progress import line_for

logger = logging.getLogger(__name__)

TASK = "yudi.run_job"


class OnlyAfterShutdown(BaseRetryStrategy):
    """A worker that is asked to stop puts its work back; what fails by itself is not tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        return RetryDecision() if isinstance(exception, JobAborted) else None


@app.task(name=TASK, pass_context=True, retry=OnlyAfterShutdown())
def run_job(context: JobContext, *, job_id: int, payload: dict[str, Any], language: str) -> None:
    with translation.override(language or settings.LANGUAGE_CODE):
        _run(Job.objects.get(pk=job_id), payload, context)


def _run(job: Job, payload: dict[str, Any], context: JobContext) -> None:
    services.begin(job)
    try:
        with line_for(job, context.should_abort):
            result = kind_of(job.kind).handler(job, **payload) or {}
    except DomainError as refusal:
        services.finish(job, JobState.FAILED, str(refusal), {"error": refusal.as_dict()})
    except JobAborted:
        services.put_back(job, _("系统正在停止，任务会在重新启动后从头继续。"))
        raise
    except Exception:
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        services.finish(
            job,
            JobState.FAILED,
            _("程序出错，任务没有完成，也没有改动数据。系统管理员可在日志中查到任务 %(id)d。") % {"id": job.pk},
        )
        raise
    else:
        services.finish(job, JobState.DONE, str(result.pop("message", "")), result)
