"""The map of a case: where the name would lie, and the names it collides with, with their distance."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.contrib.gis.db.models import Extent
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord
from boundaries.views.map_page import map_config
from gis.webmap.shell import leaflet_shell
from placenames.models import NamingCase
from placenames.naming_words import distance_words
from placenames.services.naming_findings import Findings, collisions


def map_of(
    case: NamingCase | None, *, live: bool = False, area: int | None = None, findings: Findings | None = None
) -> dict[str, Any]:
    """`live`: the form's map, on which a position is drawn and collisions come and go as a name is typed."""
    shell = leaflet_shell("naming", basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    location = case.location if case else None
    config: dict[str, Any] = {
        "map": shell.variable,
        "label": _("拟命名位置和同名、同音地名"),
        "location": json.loads(location.geojson) if location else None,
        "name": case.name if case else "",
        "bounds": _bounds(area or (case.area_id if case else None)),
        "live": live,
        "collisions": _collisions(case, findings),
    }
    return {"shell": shell, "map_data": config, "divisions": map_config(timezone.localdate(), shell.variable)}


def _collisions(case: NamingCase | None, findings: Findings | None) -> list[dict[str, Any]]:
    """Of a case under way as they are today, of a decided one as they stood at the approval."""
    if findings is not None:
        return [
            _drawn(found.finding.severity.value, other.name, other.area, other.distance_m, other.lon, other.lat)
            for found, other in collisions([one.found for one in findings.judged])
        ]
    told = (case.evaluation or {}).get("findings", []) if case else []
    rows = [(one["severity"], other) for one in told for other in one["with"] if other.get("lon") is not None]
    seen = {(other["name"], other["lon"], other["lat"]): (weight, other) for weight, other in reversed(rows)}
    return [
        _drawn(weight, other["name"], other["area"], other["distance_m"], other["lon"], other["lat"])
        for weight, other in seen.values()
    ]


def _drawn(severity: str, name: str, area: str, distance: float | None, lon: float | None, lat: float | None) -> dict[str, Any]:
    return {"name": name, "area": area, "distance": distance_words(distance), "severity": severity, "lon": lon, "lat": lat}


def _bounds(area: int | None) -> list[float] | None:
    """West, south, east, north of the area's outline; None where there is none."""
    if area is None:
        return None
    rows = DivisionRecord.objects.on(timezone.localdate()).filter(division=area, geometry__isnull=False)
    extent: Any = rows.aggregate(extent=Extent("geometry"))["extent"]
    return list(extent) if extent else None
