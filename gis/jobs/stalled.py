"""Jobs whose worker died under them: found by its missing heartbeat, put back or given up with a sentence. Beside it the apps'
own looks.
"""

from __future__ import annotations

import asyncio
import logging

from asgiref.sync import sync_to_async
from django.db import close_old_connections
from django.utils.translation import gettext as _
from procrastinate.app import App
from procrastinate.jobs import Status

from gis.jobs import services, upkeep
from gis.jobs.kinds import kind_of
from gis.jobs.models import Job, JobState
from gis.jobs.tasks import TASK

logger = logging.getLogger(__name__)

SECONDS_WITHOUT_HEARTBEAT = 30.0
SECONDS_BETWEEN_LOOKS = 10.0


async def look_for_ever(app: App, seconds_without_heartbeat: float = SECONDS_WITHOUT_HEARTBEAT) -> None:
    while True:
        await take_care_of_stalled(app, seconds_without_heartbeat)
        await sync_to_async(upkeep.look_after_everything, thread_sensitive=False)()
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)


async def take_care_of_stalled(app: App, seconds_without_heartbeat: float = SECONDS_WITHOUT_HEARTBEAT) -> int:
    """Number of jobs found stalled."""
    stalled = list(await app.job_manager.get_stalled_jobs(task_name=TASK, seconds_since_heartbeat=seconds_without_heartbeat))
    for queued in stalled:
        again = await sync_to_async(_decide, thread_sensitive=False)(int(str(queued.task_kwargs["job_id"])), queued.attempts)
        if again:
            await app.job_manager.retry_job(queued)
        else:
            await app.job_manager.finish_job(queued, status=Status.FAILED, delete_job=False)
    return len(stalled)


def _decide(job_id: int, attempts: int) -> bool:
    """Whether the job is tried again; its own record says so to whoever watches."""
    try:
        job = Job.objects.filter(pk=job_id).first()
        if job is None:  # a restored backup may hold the queue without the record
            logger.warning("queued job %s has no record any more; given up", job_id)
            return False
        kind = kind_of(job.kind)
        again = kind.restartable and attempts < kind.attempts
        logger.warning(
            "job %s (%s) lost its worker in attempt %s; %s", job.pk, job.kind, attempts, "again" if again else "given up"
        )
        if again:
            services.put_back(job, _("后台服务中断，任务已重新排队，将从头执行。"))
        else:
            services.finish(
                job,
                JobState.FAILED,
                _("后台服务在执行中中断，任务已停止，没有改动数据。请重新发起；若再次中断，请告诉系统管理员。"),
            )
        return again
    finally:
        close_old_connections()
