"""What was walked in a file as a layer of an import: a row for each track, then each planned route, then each marked place."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import shapely

from importers.readers import Encoding, Table
from importers.readers.tracks.model import Segment, Waypoint, as_text
from importers.readers.tracks.packing import Packed, PackedTrack

# Names of columns, which nobody maps.
COLUMNS: Final = ("name", "kind", "start", "end", "points", "segments", "length_m")
WALKED: Final = frozenset({"track", "line"})
ROUTE, WAYPOINT = "route", "waypoint"
# No layer of a file is called so.
LAYER: Final = "/tracks"
# Recorded with satellites; what devices in China do to that beforehand is asked of the person.
SYSTEM: Final = "EPSG:4326"
# Of a log of positions without a word on what it is, the inspection tells a table with a place in each row.
_MAYBE: Final = {"KML": ("LineString", "MultiLineString", "mixed"), "CSV": ("Point",)}


def layer_of(inspection: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The layer, of an inspection as `inspect_file` prints it; None where nothing in the file can have been walked."""
    tracks = inspection.get("tracks", ())
    if not tracks and not any(_maybe_walked(one) for one in inspection.get("layers", ())):
        return None
    fields = [{"name": column, "type": "str"} for column in COLUMNS]
    segments = sum(one["segments"] for one in tracks)
    waypoints = sum(one.get("waypoints", 0) for one in tracks)
    return {"name": LAYER, "kind": "track", "driver": inspection.get("driver", ""), "geometry": "Track", "features": segments or "",
            "fields": fields, "sample": [], "file": name, "waypoints": waypoints}  # fmt: skip


def _maybe_walked(layer: Mapping[str, Any]) -> bool:
    kinds = _MAYBE.get(layer.get("driver", ""), ())
    return any(kind in str(layer.get("geometry") or "") for kind in kinds)


def table_of(packed: Packed, layer: str = LAYER) -> Table:
    """Cells are text; positions as the file gives them, degrees, thinned by nothing."""
    rows = [*_rows(packed)]
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [shape for _cells, shape in rows]
    columns = {name: [cells[at] for cells, _shape in rows] for at, name in enumerate(COLUMNS)}
    encoding = Encoding("utf-8", "standard")
    return Table(packed.format, columns, len(rows), encoding, geometry, crs=SYSTEM, crs_how="file", layer=layer)


def _rows(packed: Packed) -> Iterator[tuple[tuple[str, ...], shapely.Geometry | None]]:
    for track, segments in packed.by_track():
        yield _walked(track, segments), _line(segments)
    for track in packed.tracks:
        if track.kind == ROUTE:
            yield (track.name, ROUTE, "", "", str(track.points), str(track.segments), ""), None
    for point in packed.waypoints:
        when = as_text(point.time, local=point.local) or ""
        yield (point.name, WAYPOINT, when, "", "1", "", ""), _spot(point)


def _walked(track: PackedTrack, segments: tuple[Segment, ...]) -> tuple[str, ...]:
    times = np.concatenate([one.time for one in segments]) if segments else np.empty(0)
    local = any(bool(one.local.any()) for one in segments)
    times = times[np.isfinite(times)]
    first, last = (float(times.min()), float(times.max())) if len(times) else (math.nan, math.nan)
    length = sum(one.length_m() for one in segments)
    return (
        track.name,
        track.kind,
        as_text(first, local=local) or "",
        as_text(last, local=local) or "",
        str(track.points),
        str(track.segments),
        f"{length:.1f}",
    )


def _line(segments: tuple[Segment, ...]) -> shapely.Geometry | None:
    """Of the positions that can be one; a segment of a single position is drawn as nothing."""
    parts = [np.column_stack([one.lon[one.usable], one.lat[one.usable]]) for one in segments]
    lines = [shapely.linestrings(part) for part in parts if len(part) > 1]
    return shapely.multilinestrings(lines) if lines else None


def _spot(point: Waypoint) -> shapely.Geometry | None:
    usable = abs(point.lon) <= 180 and abs(point.lat) <= 90 and (point.lon, point.lat) != (0, 0)
    return shapely.Point(point.lon, point.lat) if usable else None
