"""Geometry out of the columns of a table: a pair of coordinates, or WKT."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import Final

import numpy as np
import shapely

from importers.fields import coordinate_columns
from importers.readers.table import Table

_WKT_NAMES: Final = frozenset({"wkt", "geom", "geometry", "the_geom", "wkb_geometry", "shape", "图形", "几何", "空间范围"})
_WKT: Final = re.compile(
    r"\s*(?:SRID=\d+;)?\s*(?:MULTI)?(?:POINT|LINESTRING|POLYGON)\s*(?:ZM?|M)?\s*(?:\(|EMPTY)|\s*GEOMETRYCOLLECTION\s*\(",
    re.IGNORECASE,
)
_SRID: Final = re.compile(r"\s*SRID=(\d{4,6});", re.IGNORECASE)
# GEOS reads WKT recursively; a real geometry is nested four deep.
_MAX_COLLECTIONS: Final = 20
_LOOKED_AT: Final = 50


def with_geometry(table: Table) -> Table | None:
    """The table with the geometry its columns spell, and what they say of its system; None where it spells none."""
    column = _wkt_column(table)
    if column is not None:
        return _from_wkt(table, column)
    lon, lat, system = coordinate_columns(list(table.columns), plane=True)
    if lon is None or lat is None:
        return None
    shapes = np.empty(table.count, dtype=object)
    unreadable: dict[int, str] = {}
    found = 0
    for row, (x, y) in enumerate(zip(table.columns[lon], table.columns[lat], strict=True)):
        if not x and not y:
            continue
        try:
            place = float(x), float(y)
        except ValueError:
            place = (math.nan, math.nan)
        if all(map(math.isfinite, place)):
            shapes[row] = shapely.Point(place)
            found += 1
        else:
            unreadable[row] = f"{x[:20]}, {y[:20]}"
    if not found:
        return None
    return dataclasses.replace(table, geometry=shapes, unreadable=unreadable, crs=system, crs_how="file" if system else "")


def _wkt_column(table: Table) -> str | None:
    named = [name for name in table.columns if name.strip().lower() in _WKT_NAMES]
    for name in [*named, *(name for name in table.columns if name not in named)]:
        some = [cell for cell in table.columns[name][:_LOOKED_AT] if cell]
        if some and sum(bool(_WKT.match(cell)) for cell in some) * 2 > len(some):
            return name
    return None


def _from_wkt(table: Table, column: str) -> Table:
    shapes = np.empty(table.count, dtype=object)
    unreadable: dict[int, str] = {}
    stated: set[str] = set()
    for row, cell in enumerate(table.columns[column]):
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
