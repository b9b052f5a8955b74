"""An import from upload to undo, through the services; the worker's steps are done in the test's own process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gis.accounts.models import User
from gis.errors import DomainError
from gis.files.services import store
from gis.jobs import services as jobs
from gis.jobs.models import JobState
from importers.models import StagedBatch
from importers.services import staging, staging_steps

OPTIONS = {
    "level": "county",
    "as_of": "2023-12-31",
    "authority": "mca",
    "crs": "EPSG:4490",
    "grade": "indicative",
    "title": "",
    "note": "",
}


def work(batch: StagedBatch) -> StagedBatch:
    """The queued step, as the worker does it; a refusal ends the job and is kept with the batch."""
    batch.refresh_from_db()
    job = batch.job
    assert job is not None and job.state == JobState.WAITING
    jobs.begin(job)
    try:
        step = next(key for key, words in staging._TITLES.items() if job.title.startswith(words.split("%")[0]))
        staging_steps.run(job, batch.pk, step)
    except DomainError as refusal:
        jobs.finish(job, JobState.FAILED, str(refusal))
    else:
        jobs.finish(job, JobState.DONE)
    return StagedBatch.objects.get(pk=batch.pk)


def brought(actor: User, path: Path) -> StagedBatch:
    stored = store(path, name=path.name, purpose="import", actor=actor)
    batch, is_new = staging.bring(actor, stored)
    return work(batch) if is_new else batch


def checked(
    actor: User, path: Path, target: str = "divisions", mapping: dict[str, str] | None = None, **options: Any
) -> StagedBatch:
    """Brought, set up as proposed, and checked. An option of None is left out."""
    batch = brought(actor, path)
    layer = batch.layer or batch.inspection["layers"][0]["name"]
    batch = staging.choose(actor, batch, target, layer)
    if batch.is_busy:
        batch = work(batch)
    given = {key: value for key, value in {**OPTIONS, **options}.items() if value is not None}
    proposed, _remembered = staging.proposal(batch, given)
    after = staging.set_up(actor, batch, given, proposed if mapping is None else mapping)
    return work(after) if after.pk == batch.pk else after


def committed(actor: User, path: Path, **more: Any) -> StagedBatch:
    return work(staging.commit(actor, checked(actor, path, **more)))
