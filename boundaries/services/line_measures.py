"""Chainage and offset of markers: worked out whenever a line's or a marker's position is written, never given."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from boundaries.boundary_lines import as_shapely
from boundaries.models import BoundaryLine, BoundaryLineRecord, BoundaryMarker, MarkerOnLine, MarkerRecord
from gis.crs import MeasuredLine


def remeasure_line(line: BoundaryLine | int) -> None:
    """All markers of a line, against what holds today of both."""
    _remeasure(list(MarkerOnLine.objects.filter(line=line)))


def remeasure_marker(marker: BoundaryMarker | int) -> None:
    _remeasure(list(MarkerOnLine.objects.filter(marker=marker)))


def _remeasure(places: list[MarkerOnLine]) -> None:
    today = timezone.localdate()
    lines = {
        record.line_id: MeasuredLine(as_shapely(record.geometry))
        for record in BoundaryLineRecord.objects.on(today).filter(line__in=_ids(one.line_id for one in places))
        if record.geometry is not None
    }
    points = {
        record.marker_id: record.position
        for record in MarkerRecord.objects.on(today).filter(marker__in=_ids(one.marker_id for one in places))
    }
    for place in places:
        line, point = lines.get(place.line_id), points.get(place.marker_id)
        if line is None or point is None:
            place.chainage_m = place.offset_m = None
        else:
            foot = line.locate((point.x, point.y))
            place.chainage_m, place.offset_m = round(foot.chainage_m, 3), round(foot.offset_m, 3)
    MarkerOnLine.objects.bulk_update(places, ["chainage_m", "offset_m"])


def _ids(keys: Iterable[int]) -> list[int]:
    return sorted(set(keys))
