"""The worker's part of the shapes of a batch: what a dry run found is kept place by place, and a repair is worked out."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

import shapely
from django.utils.translation import gettext as _

from gis.coverage import Defect, Kind, Repair, repair
from gis.coverage.defects import counts as counts_by_kind
from gis.coverage.repair import MOST_PLACES, TooManyPlaces
from gis.errors import ConflictError
from importers.coverage import CheckedLevel
from importers.models import RepairedShape, RepairState, StagedBatch, StagedFinding, StagedRepair

MOST_KEPT: Final = 5_000
_AT_ONCE: Final = 1_000


def keep_findings(batch: StagedBatch, levels: Sequence[CheckedLevel]) -> dict[str, Any]:
    """Writes the places anew; what the verdict tells of them: all counted by kind, how many are kept."""
    StagedFinding.objects.filter(batch=batch).delete()
    places = sorted(((level, one) for level in levels for one in level.found), key=lambda pair: -pair[1].area_m2)
    rows = [_finding(batch, number, level, one) for number, (level, one) in enumerate(places[:MOST_KEPT], 1)]
    StagedFinding.objects.bulk_create(rows, _AT_ONCE)
    return {
        "kinds": counts_by_kind(one for _level, one in places),
        "kept": len(rows),
        "total": len(places),
        "looked": bool(levels),
        "checked": sum(level.checked for level in levels),
    }


def _finding(batch: StagedBatch, number: int, level: CheckedLevel, one: Defect) -> StagedFinding:
    return StagedFinding(
        batch=batch,
        number=number,
        kind=one.kind.value,
        level=level.level,
        covers=one.covers,
        lon=round(one.place[0], 7),
        lat=round(one.place[1], 7),
        area_m2=one.area_m2,
        width_m=one.width_m,
        length_m=one.length_m,
        share=one.share,
        units=[level.named(unit) for unit in one.units[:12]],
        parent=None if one.parent is None else level.named(one.parent),
        wkb=shapely.to_wkb(one.geometry),
    )


def work_out(batch: StagedBatch, asked: StagedRepair, levels: Sequence[CheckedLevel]) -> str:
    """Works out what was asked for and keeps it to be looked at. Raises `ConflictError`: too_many_places."""
    kinds = [Kind(kind) for kind in asked.kinds]
    results = []
    for level in levels:
        try:
            results.append((level, repair(level.ground, asked.distance_m, kinds)))
        except TooManyPlaces as error:
            raise ConflictError(
                "too_many_places",
                _("问题多于 %(count)s 处：这份图形可能与登记用的不是同一底图。请回到制图软件中处理。") % {"count": MOST_PLACES},
            ) from error
    RepairedShape.objects.filter(repair=asked).delete()
    for level, done in results:
        before = dict(zip(level.ground.ids, level.ground.polygons, strict=True))
        RepairedShape.objects.bulk_create(
            [
                RepairedShape(
                    repair=asked,
                    row=level.rows[unit] + 1,
                    before=shapely.to_wkb(before[unit]),
                    after=shapely.to_wkb(shape),
                )
                for unit, shape in done.polygons.items()
            ],
            _AT_ONCE,
        )
    asked.result = told(results)
    asked.state = RepairState.READY
    asked.save()
    count = asked.result["gone"]
    return _("修复预览：%(count)d 处可以修复。") % {"count": count}


def told(results: Sequence[tuple[CheckedLevel, Repair]]) -> dict[str, Any]:
    """What a repair does, for JSON: unit by unit, what stays and why, and what is left afterwards."""
    units: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    stays: dict[str, int] = {}
    for level, done in results:
        for unit, change in done.changes.items():
            units.append(
                {
                    **level.named(unit),
                    "area_before_m2": round(change.area_before_m2, 1),
                    "area_after_m2": round(change.area_after_m2, 1),
                    "gained": _by_counterpart(level, change.gained),
                    "lost": _by_counterpart(level, change.lost),
                    "moved_m": round(change.moved_m, 2),
                }
            )
        refused += [{**level.named(unit), "why": why.value} for unit, why in done.refused.items()]
        for why in done.stays.values():
            stays[why.value] = stays.get(why.value, 0) + 1
    units.sort(key=lambda one: -sum(part["area_m2"] for part in (*one["gained"], *one["lost"])))
    return {
        "before": counts_by_kind(one for _level, done in results for one in done.before),
        "after": counts_by_kind(one for _level, done in results for one in done.after),
        "gone": sum(len(done.gone) for _level, done in results),
        "stays": stays,
        "units": units,
        "refused": refused,
        "moved_area_m2": round(sum(done.moved_area_m2 for _level, done in results), 1),
    }


def _by_counterpart(level: CheckedLevel, areas: Mapping[Hashable | None, float]) -> list[dict[str, Any]]:
    """The largest first; without code and name for ground that is nobody's."""
    named = [
        {**({"code": "", "name": ""} if other is None else {k: level.named(other)[k] for k in ("code", "name")}), "area_m2": area}
        for other, area in areas.items()
    ]
    return [{**one, "area_m2": round(one["area_m2"], 2)} for one in sorted(named, key=lambda one: -one["area_m2"])]
