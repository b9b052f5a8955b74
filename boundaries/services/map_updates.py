"""Sees to it that the map follows the register.

What a transaction changed is noted by triggers in the same transaction (`MapStale`). After the commit a small change is mended at
once; a large one is left to a worker, so that nobody waits for it. Whatever is still noted some seconds later, because a process
was killed or failed in between, the next look of any worker finds (`look`, registered with gis.jobs.upkeep).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import MapStale
from boundaries.services import map_shapes
from boundaries.services.map_shapes import AlreadyRemakingError
from gis.jobs import services as jobs
from gis.jobs.models import Job, JobState

logger = logging.getLogger(__name__)

MAP_JOB = "boundaries.map"
# Units written of that are mended while somebody waits: a second or so.
FEW = 150
# How long a note may lie before somebody else takes care of it, and how long after a failure it is tried again.
PATIENCE = timedelta(seconds=10)
AFTER_FAILURE = timedelta(minutes=10)


_others: list[Callable[[], None]] = []


def also(follower: Callable[[], None]) -> None:
    """What rooms above derive from the register follows at the same moments: each registers its `follow` when it is ready."""
    if follower not in _others:
        _others.append(follower)


def follow() -> None:
    """Called in the transaction that changes the register: the map follows when it is committed.

    Whether the map could be remade is no reason to tell somebody that their decision was not saved.
    """
    transaction.on_commit(_catch_up, robust=True)
    for other in _others:
        other()


def _catch_up() -> None:
    noted = set(MapStale.objects.values_list("level", "division").distinct()[: FEW + 1])
    if not noted:
        return
    if len(noted) > FEW or any(level is not None for level, _division in noted):
        queue()
        return
    try:
        map_shapes.mend(wait=False)
    except AlreadyRemakingError:
        queue()


def queue() -> None:
    """One job that waits is enough. One that runs may have looked before this change."""
    if not Job.objects.filter(kind=MAP_JOB, state=JobState.WAITING).exists():
        jobs.start(MAP_JOB, _("更新地图"), None)


def look() -> None:
    """Finds what nobody came to."""
    now = timezone.now()
    if not MapStale.objects.filter(noted_at__lt=now - PATIENCE).exists():
        return
    under_way = Q(state__in=[JobState.WAITING, JobState.RUNNING])
    just_failed = Q(state=JobState.FAILED, finished_at__gt=now - AFTER_FAILURE)
    if not Job.objects.filter(under_way | just_failed, kind=MAP_JOB).exists():
        logger.info("the map is behind the register; remaking it")
        queue()


def run_job(job: Job) -> dict[str, Any]:
    """What the queue calls for `MAP_JOB`."""
    jobs.progress(job, 0, 1, _("正在更新地图…"))
    made = map_shapes.mend()
    return {"message": _("地图已更新。"), "shapes": sum(made.shapes.values()), "borders": sum(made.borders.values())}
