"""Geometry out of the columns of a table: a pair of coordinates, or WKT."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import shapely

from importers.fields import coordinate_columns
from importers.readers.spelled_shapes import with_spelled_shapes
from importers.readers.table import Table


def with_geometry(table: Table) -> Table | None:
    """The table with the geometry its columns spell, and what they say of its system; None where it spells none."""
    spelled = with_spelled_shapes(table)
    return spelled if spelled is not None else with_places(table)


def with_places(table: Table) -> Table | None:
    """The table with points from its columns of longitude and latitude, or easting and northing; None where it has none."""
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
