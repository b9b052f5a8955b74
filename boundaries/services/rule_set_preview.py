"""What adopting a standard would change, township by township, before anybody adopts it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord, Level, RuleSet, RuleSetState
from boundaries.rules.distance import ScreeningClass
from boundaries.services.establishment import Screened, screen
from boundaries.services.places import Place
from boundaries.services.rule_sets import Chosen, as_chosen, choose, parsed, would_be_chosen
from gis.accounts.models import User
from gis.errors import ConflictError
from gis.jobs import services as jobs
from gis.jobs.models import Job


@dataclass(frozen=True, slots=True)
class Change:
    """One township whose class or verdict differs; `old` is None while no standard can be chosen for it."""

    place: Place
    county: Place | None
    old: Screened | None
    new: Screened


@dataclass(frozen=True, slots=True)
class Preview:
    """`now` is the standard checks go by today, None without one; `becomes_current` whether they would go by `new` instead."""

    target: str
    on: date
    now: Chosen | None
    new: Chosen
    becomes_current: bool
    units: int
    changes: tuple[Change, ...]
    moves: tuple[tuple[str | None, str, int], ...]


def preview_changes(row: RuleSet, on: date, tell: Callable[[int, int], None] = lambda done, total: None) -> list[Preview]:
    """One preview for each target of `row`, which need not be saved: the same screening by the standard of today and by `row`.

    `tell` hears how many targets of how many are done.
    """
    supposed = RuleSet(
        pk=row.pk,
        identifier=row.identifier,
        title=row.title,
        target=row.target,
        status=row.status,
        toml=row.toml,
        sha256=row.sha256,
        state=RuleSetState.ADOPTED,
    )
    previews = []
    targets = sorted(parsed(supposed).targets)
    for done, target in enumerate(targets):
        tell(done, len(targets))
        previews.append(_preview(supposed, target, on))
    return previews


def _preview(supposed: RuleSet, target: str, on: date) -> Preview:
    try:
        now = choose(target, on)
    except ConflictError:  # no standard at all, or two official ones at once: nobody has a verdict today
        now = None
    new = as_chosen(supposed, target, on)
    before = {one.place.id: one for one in screen(target, on, chosen=now).units} if now is not None else {}
    after = screen(target, on, chosen=new).units
    changes = [
        Change(one.place, one.county, before.get(one.place.id), one) for one in after if _differs(before.get(one.place.id), one)
    ]
    moves = Counter((change.old.klass.value if change.old else None, change.new.klass.value) for change in changes)
    return Preview(
        target=target,
        on=on,
        now=now,
        new=new,
        becomes_current=would_be_chosen(supposed, target, on),
        units=len(after),
        changes=tuple(sorted(changes, key=lambda change: change.new.rank)),
        moves=tuple((old, to, count) for (old, to), count in sorted(moves.items(), key=lambda item: -item[1])),
    )


def _differs(old: Screened | None, new: Screened) -> bool:
    if old is None:
        return new.klass is not ScreeningClass.NO_DATA
    return (old.klass, old.evaluation.overall) != (new.klass, new.evaluation.overall)


def preview_document(preview: Preview) -> dict[str, Any]:
    return {
        "target": preview.target,
        "on": preview.on.isoformat(),
        "now": _chosen(preview.now) if preview.now else None,
        "new": _chosen(preview.new),
        "becomes_current": preview.becomes_current,
        "units": preview.units,
        "changed": len(preview.changes),
        "moves": [{"from": old, "to": new, "count": count} for old, new, count in preview.moves],
        "changes": [
            {
                "division": change.place.id,
                "code": change.place.code,
                "name": change.place.name,
                "parent": change.county.name if change.county else None,
                "from": {"class": change.old.klass.value, "overall": change.old.evaluation.overall.value} if change.old else None,
                "to": {"class": change.new.klass.value, "overall": change.new.evaluation.overall.value},
            }
            for change in preview.changes
        ],
    }


def _chosen(chosen: Chosen) -> dict[str, Any]:
    return {"id": chosen.rules.id, "status": chosen.rules.status.value, "title": chosen.rules.title, "advisory": chosen.advisory}


# --- in the queue -------------------------------------------------------------------------------------------------------------

PREVIEW_JOB = "rule_set.preview"
AT_ONCE = 400  # townships that are judged while the reader waits; more go to the queue


def preview_result(row: RuleSet, on: date, tell: Callable[[int, int], None] = lambda done, total: None) -> dict[str, Any]:
    """The previews of `row` as pages and jobs show them."""
    return {"rule_set": row.pk, "title": row.title, "previews": [preview_document(one) for one in preview_changes(row, on, tell)]}


def takes_long(on: date) -> bool:
    return DivisionRecord.objects.on(on).filter(level=Level.TOWNSHIP).count() > AT_ONCE


def start_preview(row: RuleSet, on: date, actor: User) -> Job:
    return jobs.start(PREVIEW_JOB, _("预览：%(title)s") % {"title": row.title}, actor, rule_set=row.pk, on=on.isoformat())


def run_preview(job: Job, rule_set: int, on: str) -> dict[str, Any]:
    """What the queue calls for `PREVIEW_JOB`."""
    row = RuleSet.objects.get(pk=rule_set)
    return preview_result(
        row, date.fromisoformat(on), lambda done, total: jobs.progress(job, done, total, _("正在逐个乡镇比较…"))
    ) | {"message": _("比较完成。")}
