"""What the map's program asks the server: what lies here, what is called so, which days, what to show on a day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsGeoJSON, Transform
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, JsonResponse

from boundaries import facts, tiles
from boundaries.map_levels import BY_LAYER, MAX_ZOOM, finest_at
from boundaries.models import DivisionRecord, Level, MapShape, PriorityCounty, SourceKind
from boundaries.views.parameters import day_of
from boundaries.views.reading import number, register_reader, whole
from gis.crs import CGCS2000


def _level(request: HttpRequest) -> int:
    """?level= a layer's name or a number; else the finest level shown at ?zoom=."""
    text = request.GET.get("level", "").strip()
    if text in BY_LAYER:
        return int(BY_LAYER[text].level)
    if text:
        return whole(request, "level", min(Level), max(Level), max(Level))
    return int(finest_at(whole(request, "zoom", 0, MAX_ZOOM, MAX_ZOOM)))


@register_reader
def at(request: HttpRequest) -> HttpResponse:
    """/api/divisions/at?lon=&lat=&level=&on=[&reach=metres]: the unit that covers the point, None where the register knows none."""
    day, level = day_of(request), _level(request)
    lon, lat = number(request, "lon", -180, 180), number(request, "lat", -90, 90)
    unit = facts.unit_at(lon, lat, level, day, number(request, "reach", 0, 20_000, 0))
    return JsonResponse({"on": day, "level": level, "unit": unit})


@register_reader
def search(request: HttpRequest) -> HttpResponse:
    """/api/divisions/search?q=&on=&limit="""
    day = day_of(request)
    text = request.GET.get("q", "").replace("\x00", "")
    return JsonResponse({"on": day, "q": text[:60], "units": facts.search(text, day, whole(request, "limit", 1, 50, 10))})


@register_reader
def days(request: HttpRequest) -> HttpResponse:
    """/api/divisions/days: the days on which something changed, ascending."""
    return JsonResponse({"days": facts.days_of_change()})


@register_reader
def on_day(request: HttpRequest) -> HttpResponse:
    """/api/divisions/map?on=: what the map must know of a day before it draws."""
    return JsonResponse(map_on(day_of(request)))


def map_on(day: date) -> dict[str, Any]:
    """The edition for tile addresses, the extent of everything drawn, counts by level, priority counties, where demo data lies."""
    edition = tiles.edition_of(day)
    records = DivisionRecord.objects.on(day)
    counts = records.values_list("level").annotate(
        units=Count("id"), areas=Count("id", filter=Q(geometry__isnull=False)), seats=Count("id", filter=Q(seat__isnull=False))
    )
    demo = records.filter(source__kind=SourceKind.DEMO, geometry__isnull=False)
    return {
        "on": day,
        "edition": str(edition),
        "period": edition.period,
        "bounds": records.aggregate(extent=Extent("geometry"))["extent"] or records.aggregate(extent=Extent("seat"))["extent"],
        "levels": [
            {"level": level, "units": units, "areas": areas, "seats": seats}
            for level, units, areas, seats in counts.order_by("level")
        ],
        "demo": demo.aggregate(extent=Extent("geometry"))["extent"],
        "priority": sorted(
            PriorityCounty.objects.filter(recorded__upper_inf=True, valid__contains=day).values_list("division_id", flat=True)
        ),
        "demo_units": records.filter(source__kind=SourceKind.DEMO).exists(),
    }


@register_reader
def outline(request: HttpRequest, pk: int) -> HttpResponse:
    """/api/divisions/<id>/outline?on=&zoom=: the unit as GeoJSON in degrees, simplified for the zoom, to mark what was chosen.

    The geometry is null where nothing is known of the extent on that day.
    """
    day = day_of(request)
    zoom = whole(request, "zoom", 0, MAX_ZOOM, MAX_ZOOM)
    drawn = MapShape.objects.filter(division=pk, valid__contains=day)
    shapes = drawn.values_list("level", "grade", AsGeoJSON(Transform("geometry", CGCS2000), precision=6))
    # A level drawn only from near has no shape for far zooms; its coarsest will do.
    shape = shapes.filter(min_zoom__lte=zoom).order_by("-min_zoom").first() or shapes.order_by("min_zoom").first()
    level, grade, geometry = shape or (None, "", "null")
    properties = {"level": level, "grade": grade}
    return JsonResponse({"type": "Feature", "id": pk, "properties": properties, "geometry": json.loads(geometry)})
