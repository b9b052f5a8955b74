"""What is shown and taken away of a batch's shapes: table rows, GeoJSON for the map, sheets of the workbook, the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import shapely
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from boundaries.models import Level
from gis.coverage import Kind
from gis.crs import CrsError
from gis.errors import ConflictError, InvalidInputError
from gis.services.spreadsheets import Cell
from gis.sheets import as_pdf, as_png
from importers import geometry as geometries
from importers import topology_sheet
from importers.levels import level_asked
from importers.models import FindingKind, RepairedShape, RepairState, StagedBatch, StagedFinding, StagedRepair, StagedRow
from importers.services import staging_repair
from importers.services.list_systems import reading_asked
from importers.services.staging_steps import table_of

MOST_DRAWN: Final = 1_000
MOST_OUTLINES: Final = 300
FORMS: Final = {"pdf": (as_pdf, "application/pdf"), "png": (as_png, "image/png")}
# Around ground that changes hands the edges are drawn to this many degrees away, exactly.
_ROUND: Final = 0.002
STAYS: Final = {
    "not_chosen": gettext_lazy("没有选这一类"),
    "wider": gettext_lazy("比所选距离宽"),
    "needs_person": gettext_lazy("重复的区划，须由人决定"),
    "nobody_to_take": gettext_lazy("旁边没有可接收的区划"),
    "too_far": gettext_lazy("边界要移动得比所选距离远"),
    "refused": gettext_lazy("修复会带来新的问题，未修"),
}
REFUSED: Final = {
    "invalid": gettext_lazy("修复后图形不合规"),
    "falls_apart": gettext_lazy("修复后会断成几块"),
    "too_far": gettext_lazy("边界要移动得比所选距离远"),
    "new_fault": gettext_lazy("修复后会出现新的问题"),
}


def finding_lines(batch: StagedBatch) -> Iterator[list[Cell]]:
    """Rows of the sheet 拓扑检查 under `FINDING_COLUMNS`."""
    for one in StagedFinding.objects.filter(batch=batch).defer("wkb"):
        names = [f"{unit['name']}（{unit['code']}）" for unit in one.units]
        rows = "、".join(str(unit["row"]) for unit in one.units if unit["row"])
        parent = f"{one.parent['name']}（{one.parent['code']}）" if one.parent else ""
        figures: list[Cell] = [round(one.area_m2, 1), round(one.width_m, 2), round(one.length_m, 1), one.lon, one.lat]
        others = "、".join(names[2:])
        yield [one.number, str(one.get_kind_display()), *_two(names), others, parent, rows, *figures]


def finding_columns() -> list[str]:
    return [
        _("序号"), _("类别"), _("区划一"), _("区划二"), _("其他相邻区划"), _("上级"), _("行"),
        _("面积（平方米）"), _("最宽处（米）"), _("长（米）"), _("经度"), _("纬度"),
    ]  # fmt: skip


def _two(names: Sequence[str]) -> list[str]:
    return [*names[:2], "", ""][:2]


def repair_columns() -> list[str]:
    return [
        _("代码"), _("名称"), _("修复前面积（平方米）"), _("修复后面积（平方米）"), _("得到（平方米）"), _("从何处得到"),
        _("失去（平方米）"), _("归何处"), _("边界移动最远（米）"),
    ]  # fmt: skip


def repair_lines(repair: StagedRepair) -> Iterator[list[Cell]]:
    for one in unit_rows(repair):
        figures = [one["gained_m2"], one["from"], one["lost_m2"], one["to"], one["moved_m"]]
        yield [one["code"], one["name"], one["area_before_m2"], one["area_after_m2"], *figures]


def unit_rows(repair: StagedRepair) -> list[dict[str, Any]]:
    """Units whose ground changes, sums and counterparts in words."""
    return [
        {
            **one,
            "gained_m2": round(sum(part["area_m2"] for part in one["gained"]), 1),
            "lost_m2": round(sum(part["area_m2"] for part in one["lost"]), 1),
            "from": _counterparts(one["gained"], _("原无覆盖")),
            "to": _counterparts(one["lost"], _("不再覆盖")),
        }
        for one in (repair.result or {}).get("units", ())
        if one["gained"] or one["lost"]
    ]


def _counterparts(parts: Sequence[Mapping[str, Any]], nobody: str) -> str:
    return "、".join(f"{part['name'] or nobody} {part['area_m2']:,.1f}" for part in parts[:6])


def outcome_of(repair: StagedRepair) -> dict[str, Any]:
    """The repair in words, for the page."""
    result = repair.result or {}
    units = unit_rows(repair)
    return {
        "repair": repair,
        "adopted": repair.state == RepairState.ADOPTED,
        "kinds": "、".join(str(FindingKind(kind).label) for kind in repair.kinds),
        "gone": result.get("gone", 0),
        "moved_area_m2": result.get("moved_area_m2", 0.0),
        "stays": [(STAYS.get(why, why), count) for why, count in result.get("stays", {}).items()],
        "refused": [{**one, "words": REFUSED.get(one["why"], one["why"])} for one in result.get("refused", ())],
        "units": units,
        "only_vertices": len(result.get("units", ())) - len(units),
        "compared": [
            (FindingKind(kind).label, before, result["after"][kind]) for kind, before in result.get("before", {}).items()
            if before or result["after"][kind]
        ],
    }  # fmt: skip


# --- the map ------------------------------------------------------------------------------------------------------------


def places(batch: StagedBatch, kind: str = "") -> dict[str, Any]:
    """GeoJSON in CGCS2000 degrees: the places (the largest first), and before and after of the current repair."""
    rows = StagedFinding.objects.filter(batch=batch)
    rows = rows.filter(kind=kind) if kind in FindingKind.values else rows
    features = [
        _feature(
            shapely.from_wkb(bytes(one.wkb)),
            number=one.number,
            kind=one.kind,
            sign=topology_sheet.SORTS[Kind(one.kind)].sign,
            words=str(one.get_kind_display()),
            place=[one.lon, one.lat],
            label=" — ".join(unit["name"] for unit in one.units[:2]),
        )
        for one in rows[:MOST_DRAWN]
    ]
    found = staging_repair.current(batch)
    return {
        "features": features,
        "more": max(0, rows.count() - len(features)),
        "repair": {} if found is None else before_and_after(found),
    }


def before_and_after(repair: StagedRepair) -> dict[str, Any]:
    """Edges before and after near what moves, exactly, and the ground that changes hands."""
    rows = list(RepairedShape.objects.filter(repair=repair)[:MOST_OUTLINES])
    before = shapely.from_wkb(np.array([bytes(row.before) for row in rows], dtype=object))
    after = shapely.from_wkb(np.array([bytes(row.after) for row in rows], dtype=object))
    won, gone = shapely.difference(after, before), shapely.difference(before, after)
    moved = np.append(won, gone)
    moved = moved[~shapely.is_empty(moved)]
    if not len(moved):
        return {"before": [], "after": [], "moved": []}
    boxes = shapely.box(*(shapely.bounds(moved) + np.array([-_ROUND, -_ROUND, _ROUND, _ROUND])).T)
    window = shapely.union_all(boxes)
    return {
        "before": [_feature(shapely.intersection(shapely.boundary(shape), window)) for shape in before],
        "after": [_feature(shapely.intersection(shapely.boundary(shape), window)) for shape in after],
        "moved": [
            _feature(shape, deed=deed, row=row.row)
            for deed, shapes in (("gained", won), ("lost", gone))
            for row, shape in zip(rows, shapes, strict=True)
            if not shape.is_empty
        ],
    }


def _feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    """Nanodegrees: a strip may be narrower than the usual six decimals."""
    exact = shapely.set_precision(shape, 1e-9, mode="pointwise")
    return {"type": "Feature", "geometry": shapely.geometry.mapping(exact), "properties": properties}


# --- the picture --------------------------------------------------------------------------------------------------------


def picture(batch: StagedBatch, form: str) -> tuple[bytes, str]:
    """(the picture as PDF or PNG, its type). Raises `InvalidInputError` (bad_form), `ConflictError` (no_shapes)."""
    if form not in FORMS:
        raise InvalidInputError("bad_form", _("图片格式只能是 pdf 或 png。"))
    draw, content_type = FORMS[form]
    found = list(StagedFinding.objects.filter(batch=batch))
    spots = [topology_sheet.Place(Kind(one.kind), (one.lon, one.lat), shapely.from_wkb(bytes(one.wkb))) for one in found]
    units = _units(batch)
    if not units:
        raise ConflictError("no_shapes", _("没有可画的图形。"))
    today = timezone.localdate()
    with override("zh-hans"):
        notes = [
            f"资料来源：{batch.file.name}（数据日期 {batch.options.get('as_of', '')}）。",
            f"检查于 {timezone.localtime(batch.checked_at):%Y年%m月%d日}。" if batch.checked_at else "改动之后尚未重新检查。",
        ]
        repaired = staging_repair.adopted(batch)
        if repaired is not None:
            notes.append(f"图形已按 {repaired.distance_m:g} 米以内修复，原文件未改。")
        title = f"{batch.file.name.rsplit('.', 1)[0]}拓扑检查图"
        return draw(topology_sheet.sheet(title, units, spots, notes, today)), content_type


def _units(batch: StagedBatch) -> list[topology_sheet.Unit]:
    """The rows' shapes as they would be brought in."""
    rows = list(StagedRow.objects.filter(batch=batch, wkb__isnull=False, skipped=False))
    table = table_of(batch, rows)
    if table.geometry is None or not rows:
        return []
    try:
        moved, _info = geometries.into_cgcs2000(table.geometry, reading_asked(batch.options.get("crs", ""), table.crs))
    except CrsError as error:
        raise InvalidInputError(error.code, error.message_zh) from error
    mended = staging_repair.shapes_of(staging_repair.adopted(batch))
    level = level_asked(batch.options.get("level", "")) or Level.TOWNSHIP
    name = batch.mapping.get("name", "")
    units = []
    for row, shape in zip(rows, moved, strict=True):
        shown = mended.get(row.number - 1, shape)
        if shown is not None and not shown.is_empty and shapely.is_valid(shown):
            units.append(topology_sheet.Unit(row.edits.get(name, row.cells.get(name, "")), int(level), shown))
    return units
