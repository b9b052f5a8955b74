"""Who may watch which job."""

from __future__ import annotations

from gis.accounts.areas import reaches_everything
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.jobs.models import Job


def may_watch_job(user: Person, job: Job) -> bool:
    """Who started it, and the administrators of the whole register."""
    if not user.is_authenticated:
        return False
    return job.owner_id == user.pk or reaches_everything(user, [Duty.ADMINISTRATOR])
