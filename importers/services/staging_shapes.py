"""Shapes of a staged batch for its map, as if in one reference system or another, over the boundaries that are registered."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection
from django.utils import timezone

from boundaries.models import Level
from gis.crs import CGCS2000, CrsError
from gis.errors import InvalidInputError
from importers import geometry as geometries
from importers.inspection.coordinates import with_places
from importers.inspection.register import Box, outlines_for
from importers.models import StagedBatch, StagedRow
from importers.services.list_systems import reading_asked
from importers.services.staging_steps import table_of
from importers.targets import target_of

MAX_SHAPES: Final = 3_000
_POINTS_ACROSS: Final = 1_500
_MAX_OUTLINES: Final = 300
# What lies farther from every known boundary shows nothing of a shift.
_NEAR_M: Final = 1_500.0
_SPOTS: Final = 3

Geometries = npt.NDArray[np.object_]


def shapes(
    batch: StagedBatch, crs: str, *, only_problems: bool = False, within: Box | None = None, spots: bool = False
) -> dict[str, Any]:
    """GeoJSON in CGCS2000 degrees, thinned for a screen: the rows (as if in `crs`), and the register's boundaries around them.

    `within` (west, south, east, north) gives what lies there in the detail that a screen of that width shows; `spots` adds up to
    three places (longitude, latitude) where the file's shapes run along registered boundaries, to compare at.
    """
    rows = StagedRow.objects.filter(batch=batch)
    rows = rows.filter(weight__gt=0) if only_problems else rows
    spelled = not (batch.inspection or {}).get("read", {}).get("geometry")
    rows = rows if spelled else rows.filter(wkb__isnull=False)
    some = list(rows[:MAX_SHAPES])
    table = table_of(batch, some)
    placed = with_places(table) if spelled else table
    if placed is None or placed.geometry is None or not some:
        return {"features": [], "around": [], "more": 0}
    try:
        moved, _info = geometries.into_cgcs2000(placed.geometry, reading_asked(crs, placed.crs))
    except CrsError as error:
        raise InvalidInputError(error.code, error.message_zh) from error
    bounds = shapely.bounds(moved)
    sound = np.isfinite(bounds).all(axis=1) & (np.abs(bounds) <= 180).all(axis=1)
    if not sound.any():
        return {"features": [], "around": [], "more": max(0, rows.count() - len(some)), "placed": 0}
    box: Box = tuple(float(one) for one in (*bounds[sound][:, :2].min(axis=0), *bounds[sound][:, 2:].max(axis=0)))  # type: ignore[assignment]
    features = [
        _feature(shape, number=some[at].number, label=_label(batch, some[at]), outcome=some[at].outcome, weight=some[at].weight)
        for at, shape in _thinned(moved, sound, within, box)
    ]
    found = {
        "features": features,
        "around": [*_around(within or box, closer=within is not None), *_of_target(batch, box)],
        "more": max(0, rows.count() - len(some)),
        "placed": int(sound.sum()),
    }
    return {**found, "spots": _spots(moved[sound], box)} if spots else found


def _label(batch: StagedBatch, row: StagedRow) -> str:
    name = batch.mapping.get("name", "")
    return str(row.edits.get(name, row.cells.get(name, ""))) if name else ""


def _thinned(moved: Geometries, sound: npt.NDArray[np.bool_], within: Box | None, box: Box) -> list[tuple[int, shapely.Geometry]]:
    """(position, shape) of what is drawn; an outline is cut at the edge of `within`."""
    west, south, east, north = within or box
    at = np.flatnonzero(sound)
    if within is not None:
        at = at[shapely.intersects(moved[at], shapely.box(*within))]
    thin = shapely.simplify(moved[at], max(east - west, north - south) / _POINTS_ACROSS)
    if within is not None:
        thin = shapely.clip_by_rect(shapely.make_valid(thin), west, south, east, north)
    return [(int(one), shape) for one, shape in zip(at, thin, strict=True) if shape is not None and not shape.is_empty]


def _feature(shape: shapely.Geometry, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(shapely.set_precision(shape, 1e-6, mode="pointwise")),
        "properties": properties,
    }


def _around(box: Box, *, closer: bool) -> list[dict[str, Any]]:
    """Outlines down to the county; where one looks closer, down to the township, cut at the edge of the box."""
    levels = [Level.PROVINCE, Level.PREFECTURE, Level.COUNTY, *([Level.TOWNSHIP] if closer else [])]
    thin = "ST_SimplifyPreserveTopology(geometry, %(tolerance)s)"
    drawn = f"ST_ClipByBox2D({thin}, {{box}})" if closer else thin
    envelope = f"ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, {CGCS2000})"
    west, south, east, north = box
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT name, ST_AsBinary({drawn.format(box=envelope)}) FROM boundaries_divisionrecord"
            " WHERE upper_inf(recorded) AND valid @> %(day)s::date AND level = ANY(%(levels)s)"
            f" AND geometry && {envelope} ORDER BY level, id LIMIT %(limit)s",
            {
                "tolerance": max(east - west, 0.01) / _POINTS_ACROSS,
                "day": timezone.localdate(),
                "levels": [int(level) for level in levels],
                "west": west,
                "south": south,
                "east": east,
                "north": north,
                "limit": _MAX_OUTLINES,
            },
        )
        found = [(name, shapely.from_wkb(bytes(wkb))) for name, wkb in cursor.fetchall() if wkb is not None]
    return [_feature(shape, label=name) for name, shape in found if not shape.is_empty]


def _of_target(batch: StagedBatch, box: Box) -> list[dict[str, Any]]:
    target = target_of(batch.target)
    thin = max(box[2] - box[0], box[3] - box[1], 0.01) / _POINTS_ACROSS
    told = target.around(batch.options) if target is not None else ()
    return [_feature(shapely.simplify(shapely.force_2d(shape), thin), label=name, line=True) for name, shape in told]


def _spots(moved: Geometries, box: Box) -> list[list[float]]:
    """Places on the file's outlines beside registered boundaries, spread from west to east."""
    west, south, east, north = box
    outlines = outlines_for(timezone.localdate(), (west - 0.02, south - 0.02, east + 0.02, north + 0.02))
    if outlines is None:
        return []
    places = geometries.sampled_vertices(moved, 600)
    near = places[np.hypot(*outlines.vectors(places).T) < _NEAR_M]
    if not len(near):
        return []
    spread = near[np.argsort(near[:, 0])][(np.array([0.5, 0.2, 0.8]) * (len(near) - 1)).astype(int)]
    return [[round(float(lon), 5), round(float(lat), 5)] for lon, lat in dict.fromkeys(map(tuple, spread))][:_SPOTS]
