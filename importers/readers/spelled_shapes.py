"""Shapes that a column of a table spells as WKT, with "SRID=4490;" in front or not."""

from __future__ import annotations

import dataclasses
import re
from typing import Final

import numpy as np
import shapely

from importers.readers.table import Table

_NAMES: Final = frozenset({"wkt", "geom", "geometry", "the_geom", "wkb_geometry", "shape", "图形", "几何", "空间范围"})
_WKT: Final = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(POINT|LINESTRING|POLYGON)\s*(?:ZM?|M)?\s*(?:\(|EMPTY)|\s*GEOMETRYCOLLECTION\s*\(",
    re.IGNORECASE,
)
_SRID: Final = re.compile(r"\s*SRID=(\d{4,6});", re.IGNORECASE)
# GEOS reads WKT recursively; a real geometry is nested four deep.
_MAX_COLLECTIONS: Final = 20
_LOOKED_AT: Final = 50


def with_spelled_shapes(table: Table, *, only_areas: bool = False) -> Table | None:
    """The table with the shapes of its column of WKT, which is a column no more; None where it has no such column, or (with
    `only_areas`) one of something else than polygons.
    """
    column = _column(table)
    if column is None:
        return None
    cells = table.columns[column]
    if only_areas and not any((found := _WKT.match(cell)) and (found[1] or "").upper() == "POLYGON" for cell in cells[:_LOOKED_AT]):
        return None
    shapes = np.empty(table.count, dtype=object)
    unreadable: dict[int, str] = {}
    stated: set[str] = set()
    for row, cell in enumerate(cells):
        if not cell:
            continue
        if (said := _SRID.match(cell)) is not None:
            stated.add(said[1])
            cell = cell[said.end() :]
        try:
            if cell.upper().count("COLLECTION") > _MAX_COLLECTIONS:
                raise ValueError("nested too deep")
            shapes[row] = shapely.force_2d(shapely.from_wkt(cell))
        except (ValueError, shapely.errors.GEOSException) as error:
            unreadable[row] = str(error)
    crs = f"EPSG:{stated.pop()}" if len(stated) == 1 else ""
    columns = {name: cells for name, cells in table.columns.items() if name != column}
    return dataclasses.replace(
        table, columns=columns, geometry=shapes, unreadable=unreadable, crs=crs, crs_how="file" if crs else ""
    )


def _column(table: Table) -> str | None:
    named = [name for name in table.columns if name.strip().lower() in _NAMES]
    for name in [*named, *(name for name in table.columns if name not in named)]:
        some = [cell for cell in table.columns[name][:_LOOKED_AT] if cell]
        if some and sum(bool(_WKT.match(cell)) for cell in some) * 2 > len(some):
            return name
    return None
