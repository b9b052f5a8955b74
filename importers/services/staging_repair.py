"""The repair of a batch's shapes, as a person has it: asked for, looked at, adopted, withdrawn. Never applied unasked.

Each step locks the batch and asks the table of states, like every other edit. The file and its rows stay as they came: an adopted
repair lies beside them and is put in when the rows are read for a dry run or a commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from typing import Any, Final

import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis.accounts.models import User
from gis.audit import services as audit
from gis.coverage import Kind
from gis.coverage.checking import TOLERANCE_M
from gis.coverage.repair import FARTHEST_M, MENDABLE
from gis.errors import ConflictError, InvalidInputError
from importers.models import FindingKind, RepairedShape, RepairState, StagedBatch, StagedFinding, StagedRepair, StagedRow
from importers.rules.batch_states import Action
from importers.services import staging

DEFAULT_DISTANCE_M: Final = 5.0
# The trail names each unit up to here; the repair itself keeps them all.
_IN_THE_TRAIL: Final = 500


def current(batch: StagedBatch) -> StagedRepair | None:
    """The repair that is adopted, else the one last worked out from the check that holds."""
    repairs = StagedRepair.objects.filter(batch=batch).select_related("asked_by", "adopted_by")
    return (
        repairs.filter(state=RepairState.ADOPTED).first()
        or repairs.filter(state=RepairState.READY, rests_on=batch.checked_at).first()
    )


def ask(actor: User, batch: StagedBatch, distance: str, kinds: Sequence[str]) -> StagedBatch:
    """Has the worker work out what a repair would do. Raises `InvalidInputError`: bad_distance, no_kinds, nothing_to_repair."""
    metres = _distance(distance)
    chosen = [Kind(kind) for kind in kinds if kind in {one.value for one in MENDABLE}]
    if not chosen or len(chosen) != len(kinds):
        raise InvalidInputError("no_kinds", _("请至少选择一类要修复的问题。"))
    staging.target_for(actor, batch.target)
    with staging.locked_for(actor, batch, Action.REPAIR) as locked:
        if adopted(locked) is not None:
            raise ConflictError("already_repaired", _("已采用一次修复。要换距离或类别，请先撤回。"))
        if not StagedFinding.objects.filter(batch=locked, kind__in=chosen).exists():
            raise InvalidInputError("nothing_to_repair", _("检查中没有所选类别的问题。"))
        StagedRepair.objects.filter(batch=locked, state__in=(RepairState.ASKED, RepairState.READY)).update(state=RepairState.PASSED)
        StagedRepair.objects.create(
            batch=locked, distance_m=metres, kinds=[kind.value for kind in chosen], rests_on=locked.checked_at, asked_by=actor
        )
        staging.queue(locked, Action.REPAIR, actor)
    return locked


def _distance(text: str) -> float:
    try:
        metres = float(text)
    except ValueError:
        metres = float("nan")
    if not isfinite(metres) or not TOLERANCE_M <= metres <= FARTHEST_M:
        raise InvalidInputError(
            "bad_distance",
            _("距离应为 %(least)s 至 %(most)s 米之间的数。") % {"least": f"{TOLERANCE_M:g}", "most": f"{FARTHEST_M:g}"},
        )
    return metres


def adopt(actor: User, batch: StagedBatch, number: int) -> StagedBatch:
    """Takes the repair that was looked at; the batch must be checked again. `ConflictError`: repair_gone, nothing_repaired."""
    staging.target_for(actor, batch.target)
    with staging.locked_for(actor, batch, Action.ADOPT) as locked:
        found = StagedRepair.objects.select_for_update().filter(batch=locked, pk=number, state=RepairState.READY).first()
        if found is None or found.rests_on != locked.checked_at or locked.checked_at is None:
            raise ConflictError("repair_gone", _("预览之后这批数据又有改动或重新检查过，请再预览一次修复。"))
        if not found.shapes.exists():
            raise ConflictError("nothing_repaired", _("这次修复没有改动任何图形，无可采用。"))
        found.state, found.adopted_by, found.adopted_at = RepairState.ADOPTED, actor, timezone.now()
        found.save()
        _touch_all(locked, found)
        audit.record(actor=actor, action="staged.repair.adopt", target=locked, after=_in_the_trail(found))
    return locked


def withdraw(actor: User, batch: StagedBatch) -> StagedBatch:
    """The shapes of the file again. Raises `ConflictError`: not_repaired."""
    with staging.locked_for(actor, batch, Action.WITHDRAW) as locked:
        found = adopted(locked)
        if found is None:
            raise ConflictError("not_repaired", _("没有采用过修复。"))
        found.state, found.withdrawn_by, found.withdrawn_at = RepairState.WITHDRAWN, actor, timezone.now()
        found.save()
        _touch_all(locked, found)
        audit.record(actor=actor, action="staged.repair.withdraw", target=locked, before=_in_the_trail(found))
    return locked


def adopted(batch: StagedBatch) -> StagedRepair | None:
    return StagedRepair.objects.filter(batch=batch, state=RepairState.ADOPTED).first()


def _touch_all(batch: StagedBatch, repair: StagedRepair) -> None:
    rows = StagedRow.objects.select_for_update().filter(batch=batch, number__in=repair.shapes.values("row"))
    for row in rows:
        staging.touch(batch, row)
    batch.checked_at = None


def _in_the_trail(repair: StagedRepair) -> dict[str, Any]:
    told = told_of(repair)
    with override("zh-hans"):  # the trail is kept in the office's language, whoever reads the page
        kinds = "、".join(str(FindingKind(kind).label) for kind in repair.kinds)
    units = [_in_words(one) for one in told["units"]]
    return {**told, "kinds": kinds, "units": units[:_IN_THE_TRAIL], "unit_count": len(units)}


def _in_words(one: dict[str, Any]) -> str:
    """A unit's change as the trail tells it; the repair itself keeps the figures."""
    parts = [
        f"{sign}{part['area_m2']:,.1f} m²（{part['name'] or nobody}）"
        for sign, side, nobody in (("+", one["gained"], "原无覆盖"), ("−", one["lost"], "不再覆盖"))
        for part in side
    ]
    return f"{one['name']}（{one['code']}）：{'，'.join(parts)}，边界最远移动 {one['moved_m']:g} m"


def told_of(repair: StagedRepair) -> dict[str, Any]:
    """What is kept of an adopted repair with the source, the batch and the trail."""
    result = repair.result or {}
    units = [
        {name: one[name] for name in ("code", "name", "row", "gained", "lost", "moved_m", "area_before_m2", "area_after_m2")}
        for one in result.get("units", ())
        if one["gained"] or one["lost"]
    ]
    return {
        "distance_m": repair.distance_m,
        "kinds": list(repair.kinds),
        "moved_area_m2": result.get("moved_area_m2", 0.0),
        "units": units,
        "by": str(repair.adopted_by),
        "at": repair.adopted_at.isoformat() if repair.adopted_at else "",
    }


def shapes_of(repair: StagedRepair | None) -> dict[int, shapely.Geometry]:
    """Position of the row (from 0) to its mended polygon."""
    if repair is None:
        return {}
    rows = RepairedShape.objects.filter(repair=repair).values_list("row", "after")
    return {row - 1: shapely.from_wkb(bytes(after)) for row, after in rows}
