"""The shapes of a list as polygons in CGCS2000, and the system its columns of seats are in."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gis.crs import CrsError, Reading, ReferenceSystem, TransformInfo, resolve_crs
from gis.kept_shapes import KeptShapes
from importers import geometry as geometries
from importers.fields import Fields
from importers.problems import Problem
from importers.readers import Table
from importers.readers.errors import refuse


def seat_system(fields: Fields, reading: Reading | None) -> ReferenceSystem:
    """Columns that name their system (lon_gcj02) are in it; others are geographic in the file's datum, CGCS2000 by default.

    Columns lon/lat beside projected geometry are degrees all the same.
    """
    if fields.seat_crs:
        return resolve_crs(fields.seat_crs)
    if reading is not None and reading.system.kind != "projected":
        return reading.system
    return resolve_crs("cgcs2000")


def polygons_of(
    table: Table, reading: Reading | None, in_henan: npt.NDArray[np.bool_]
) -> tuple[KeptShapes, dict[str, Any], list[Problem]]:
    """Polygons of the rows in CGCS2000, what the transformation is worth, and problems."""
    if table.shapes is None or reading is None:
        return KeptShapes.of(np.empty(table.count, dtype=object)), {}, []
    try:
        kept, info, found = geometries.polygons(table, table.shapes, reading, in_henan)
    except CrsError as error:
        raise refuse(error.code, error.message_zh, text=error.text, message_en=error.message_en) from error
    return kept, _worth(info), found + _inexact(info)


def _worth(info: TransformInfo | None) -> dict[str, Any]:
    return {} if info is None else {"accuracy_m": info.accuracy_m, "ballpark": info.ballpark, "operation": info.operation}


def _inexact(info: TransformInfo | None) -> list[Problem]:
    return [Problem("crs_inexact", values={"zh": info.note_zh, "en": info.note_en})] if info is not None and info.note_zh else []
