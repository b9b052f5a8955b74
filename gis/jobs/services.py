"""Starting long work, and telling how far it is.

A job is deferred in the caller's transaction: it is queued exactly when the deed that asked for it is committed.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language

from gis.accounts.models import User
from gis.audit import services as audit
from gis.jobs.kinds import kind_of
from gis.jobs.models import Job, JobState
from gis.jobs.progress import current_line


def start(kind: str, title: str | Promise, owner: User | None, **payload: Any) -> Job:
    """Queues work of a registered kind. `payload` must be JSON-able; the handler gets it as keyword arguments."""
    from gis.jobs.tasks import run_job

    kind_of(kind)
    with transaction.atomic():
        job = Job.objects.create(kind=kind, title=str(title)[:200], owner=owner)
        audit.record(actor=owner, action="job.start", target=job, label=job.title, after={"kind": kind})
        run_job.defer(job_id=job.pk, payload=payload, language=get_language() or "")
    return job


def progress(job: Job, done: int, total: int, message: str | Promise = "") -> None:
    """Tells whoever watches how far `job` is; also the moment at which a stopping worker interrupts it.

    Written through a connection of its own, so that it is seen while the work's transaction is still open. Outside a worker
    (a command calling the same service) it does nothing.
    """
    line = current_line()
    if line is not None and line.job_id == job.pk:
        line.tell(done, total, str(message))


def begin(job: Job) -> None:
    job.state, job.started_at, job.finished_at = JobState.RUNNING, timezone.now(), None
    job.done = job.total = 0
    job.message, job.result = "", None
    job.save()


def finish(job: Job, state: JobState, message: str = "", result: dict[str, Any] | None = None) -> None:
    job.refresh_from_db(fields=["done", "total"])
    job.state, job.finished_at, job.message, job.result = state, timezone.now(), message, result
    if state == JobState.DONE:
        job.done = job.total = max(job.total, 1)
    job.save()


def put_back(job: Job, message: str) -> None:
    """Waiting again, after an interruption."""
    job.state, job.started_at, job.message = JobState.WAITING, None, message
    job.done = job.total = 0
    job.save()
