"""Where the shapes of a list are: its reference system as said or stated, and polygons in CGCS2000."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely
from django.utils.translation import gettext as _

from gis.crs import CrsError, ReferenceSystem, TransformInfo, resolve_crs, suggest_crs
from importers import geometry as geometries
from importers.fields import Fields
from importers.problems import Problem
from importers.readers import Table
from importers.readers.errors import refuse

if TYPE_CHECKING:
    from importers.services.division_lists import Options


def reference_system(
    table: Table, fields: Fields, options: Options
) -> tuple[ReferenceSystem | None, dict[str, Any], list[Problem]]:
    """The system of the geometry: as the person says, else as the file says. Refused where nobody says."""
    try:
        said = resolve_crs(options.crs) if options.crs else None
        stated = resolve_crs(table.crs) if table.crs else None
    except CrsError as error:
        raise refuse(error.code, f"{error.message_zh}", text=error.text, message_en=error.message_en) from error
    if table.geometry is None:
        unused = [] if fields.lon or said is None else [Problem("crs_unused")]
        return said, {"code": said.key if said else None, "how": "argument" if said else None}, unused
    if said is None and stated is None:
        bounds = shapely.total_bounds(table.geometry)
        likely = [system.key for system in suggest_crs(bounds)][:4] if np.isfinite(bounds).all() else []
        raise refuse(
            "unknown_crs",
            _("文件没有说明坐标系（缺少 .prj 或 crs），请用 --crs 指定，例如 --crs EPSG:4490。"),
            suggestions=likely,
        )
    used = said or stated
    assert used is not None  # noqa: S101  one of them is there
    told = {"code": used.key, "name": used.name_zh, "name_en": used.name_en, "how": "argument" if said else table.crs_how}
    conflict = said is not None and stated is not None and table.crs_how == "file" and said.key != stated.key
    found = [Problem("crs_conflict", values={"stated": stated.key, "used": used.key})] if conflict and stated else []
    return used, told, found


def seat_system(fields: Fields, system: ReferenceSystem | None, options: Options) -> ReferenceSystem:
    """Columns that name their system (lon_gcj02) are in it; others are geographic in the file's datum, CGCS2000 by default.

    Columns lon/lat beside projected geometry are degrees all the same.
    """
    if fields.seat_crs:
        return resolve_crs(fields.seat_crs)
    if system is not None and system.kind != "projected":
        return system
    return resolve_crs("cgcs2000")


def polygons_of(
    table: Table, system: ReferenceSystem | None, in_henan: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.object_], dict[str, Any], list[Problem]]:
    """Polygons of the rows in CGCS2000, what the transformation is worth, and problems."""
    if table.geometry is None or system is None:
        return np.empty(table.count, dtype=object), {}, []
    moved, info = _transformed(table.geometry, system)
    shapes, found = geometries.polygons(table, moved, in_henan)
    return shapes, _worth(info), found + _inexact(info)


def _transformed(geometry: Any, system: ReferenceSystem) -> tuple[Any, TransformInfo | None]:
    try:
        return geometries.into_cgcs2000(geometry, system)
    except CrsError as error:
        raise refuse(error.code, error.message_zh, text=error.text, message_en=error.message_en) from error


def _worth(info: TransformInfo | None) -> dict[str, Any]:
    return {} if info is None else {"accuracy_m": info.accuracy_m, "ballpark": info.ballpark, "operation": info.operation}


def _inexact(info: TransformInfo | None) -> list[Problem]:
    return [Problem("crs_inexact", values={"zh": info.note_zh, "en": info.note_en})] if info is not None and info.note_zh else []
