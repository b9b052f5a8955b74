"""Border lines by rank. Each edge is drawn once, by the highest rank that runs along it: dashes over dashes fill up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np
import shapely

# Edges of different levels nearer than this on the paper (mm) are one line.
_ONE_LINE = 0.25


def borders(grounds: Iterable[tuple[int, shapely.Geometry]], window: shapely.Polygon) -> Mapping[int, shapely.Geometry]:
    """(level, polygon on the paper in mm) → for each level its lines inside `window`, the highest rank (lowest number) first."""
    by_level: defaultdict[int, list[shapely.Geometry]] = defaultdict(list)
    for level, polygon in grounds:
        by_level[level].append(polygon)
    lines: dict[int, shapely.Geometry] = {}
    drawn: shapely.Geometry | None = None
    for level in sorted(by_level):
        edges = shapely.intersection(shapely.boundary(np.array(by_level[level], dtype=object)), window)
        merged = shapely.union_all(edges)
        if drawn is not None and not drawn.is_empty:
            merged = shapely.difference(merged, shapely.buffer(drawn, _ONE_LINE, quad_segs=2))
        lines[level] = shapely.line_merge(_linear(merged))
        drawn = lines[level] if drawn is None else shapely.union(drawn, lines[level])
    return lines


def _linear(geometry: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(geometry)
    return shapely.multilinestrings(parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING])
