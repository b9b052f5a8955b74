"""What is taken away of an import: the report as a workbook, and shapes for the map of the preview."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.models import Level
from gis.crs import CrsError, resolve_crs
from gis.errors import InvalidInputError
from gis.services.spreadsheets import Cell, as_book
from importers import geometry as geometries
from importers.models import FindingKind, Outcome, StagedBatch, StagedRow
from importers.services import staging_repair, topology_report
from importers.services.staging_steps import table_of
from importers.targets import target_of

MAX_SHAPES: Final = 3_000
_POINTS_ACROSS: Final = 1_500
_MAX_OUTLINES: Final = 300


def report(batch: StagedBatch) -> bytes:
    """Sheets: what was done, each row with what became of it, what was changed before; of shapes what was found and mended."""
    rows = list(StagedRow.objects.filter(batch=batch).defer("wkb"))
    columns = list(batch.mapping.values())
    sheets: list[tuple[str, list[str], Any]] = [
        (_("概要"), [_("项目"), _("内容")], summary(batch)),
        (_("逐行结果"), [_("行"), *columns, _("结果"), _("问题")], _row_lines(rows, columns)),
        (_("导入前的改动"), [_("行"), _("列"), _("文件中"), _("改为")], _edit_lines(rows)),
    ]
    if (batch.verdict or {}).get("topology", {}).get("looked"):
        sheets.append((_("拓扑检查"), topology_report.finding_columns(), topology_report.finding_lines(batch)))
    repaired = staging_repair.adopted(batch)
    if repaired is not None:
        sheets.append((_("拓扑修复"), topology_report.repair_columns(), topology_report.repair_lines(repaired)))
    return as_book(sheets)


def summary(batch: StagedBatch) -> list[tuple[str, Cell]]:
    target = target_of(batch.target)
    lines: list[tuple[str, Cell]] = [
        (_("文件"), batch.file.name),
        ("SHA-256", batch.sha256),
        (_("用途"), str(target.title) if target else batch.target),
        (_("状态"), str(batch.get_state_display())),
        (_("上传人"), str(batch.owner)),
    ]
    titles = {option.key: str(option.title) for option in target.options({"geometry": True})} if target else {}
    lines += [(titles.get(key, key), value) for key, value in batch.options.items() if value]
    for who, when, words in (
        (batch.committed_by, batch.committed_at, _("导入")),
        (batch.undone_by, batch.undone_at, _("撤销")),
    ):
        if when is not None:
            lines.append((words, f"{who} {timezone.localtime(when):%Y-%m-%d %H:%M}"))
    repaired = staging_repair.adopted(batch)
    if repaired is not None:
        when = timezone.localtime(repaired.adopted_at)
        kinds = "、".join(str(FindingKind(kind).label) for kind in repaired.kinds)
        lines.append((_("拓扑修复"), f"{repaired.adopted_by} {when:%Y-%m-%d %H:%M}，{repaired.distance_m:g} m，{kinds}"))
    counts = (batch.verdict or {}).get("counts", {})
    lines += [(str(Outcome(value).label), counts.get(value, 0)) for value in Outcome.values if value]
    return lines


def problem_words(problem: dict[str, Any]) -> str:
    return str(problem["message_en"] if (get_language() or "").startswith("en") else problem["message"])


def _row_lines(rows: Sequence[StagedRow], columns: Sequence[str]) -> Iterator[list[Cell]]:
    for row in rows:
        cells = [row.edits.get(name, row.cells.get(name, "")) for name in columns]
        words = "\n".join(problem_words(problem) for problem in row.problems)
        yield [row.number, *cells, str(row.get_outcome_display()), words]


def _edit_lines(rows: Sequence[StagedRow]) -> Iterator[list[Cell]]:
    for row in rows:
        if row.skipped:
            yield [row.number, "", "", _("跳过这一行")]
        for name, value in row.edits.items():
            yield [row.number, name, row.cells.get(name, ""), value]


def shapes(batch: StagedBatch, crs: str, *, only_problems: bool = False) -> dict[str, Any]:
    """GeoJSON in CGCS2000 degrees, thinned for a screen: the rows (as if in `crs`), and the register's boundaries around them."""
    rows = StagedRow.objects.filter(batch=batch, wkb__isnull=False)
    rows = rows.filter(weight__gt=0) if only_problems else rows
    some = list(rows[:MAX_SHAPES])
    table = table_of(batch, some)
    if table.geometry is None or not some:
        return {"features": [], "around": [], "more": 0}
    try:
        moved, _info = geometries.into_cgcs2000(table.geometry, resolve_crs(crs or table.crs or "EPSG:4490"))
    except CrsError as error:
        raise InvalidInputError(error.code, error.message_zh) from error
    bounds = shapely.bounds(moved)
    sound = np.isfinite(bounds).all(axis=1) & (np.abs(bounds) <= 180).all(axis=1)
    name = batch.mapping.get("name", "")
    features = []
    if sound.any():
        tolerance = float(np.ptp(bounds[sound][:, [0, 2]])) / _POINTS_ACROSS
        thin = shapely.simplify(moved, tolerance)
        for row, shape, good in zip(some, thin, sound, strict=True):
            if good and shape is not None and not shape.is_empty:
                label = row.edits.get(name, row.cells.get(name, "")) if name else ""
                features.append(_feature(shape, number=row.number, label=label, outcome=row.outcome, weight=row.weight))
    box = [*bounds[sound][:, :2].min(axis=0), *bounds[sound][:, 2:].max(axis=0)] if sound.any() else None
    around = _around([float(value) for value in box]) if box is not None else []
    return {"features": features, "around": around, "more": max(0, rows.count() - len(some)), "placed": int(sound.sum())}


def _feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shapely.set_precision(shape, 1e-6, mode="pointwise")),
        "properties": properties,
    }


def _around(box: list[float]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, ST_AsBinary(ST_SimplifyPreserveTopology(geometry, %s)) FROM boundaries_divisionrecord"
            " WHERE upper_inf(recorded) AND valid @> %s::date AND level IN (%s, %s)"
            " AND geometry && ST_SetSRID(ST_MakeEnvelope(%s, %s, %s, %s), 4490) ORDER BY level, id LIMIT %s",
            [max(box[2] - box[0], 0.01) / 500, timezone.localdate(), Level.PREFECTURE, Level.COUNTY, *box, _MAX_OUTLINES],
        )
        return [_feature(shapely.from_wkb(bytes(wkb)), label=name) for name, wkb in cursor.fetchall()]
