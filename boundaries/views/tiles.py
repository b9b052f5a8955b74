"""Vector tiles over HTTP: /tiles/divisions/<day>/<z>/<x>/<y>.mvt, with ``?level=`` for a level of one's own choice."""

from __future__ import annotations

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from boundaries import tiles
from boundaries.map_levels import BY_LAYER
from boundaries.views.reading import day_in_path, tile_reader

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
# An address that carries the edition (?v=) never means another tile; without it the browser asks each time and mostly hears 304.
WITH_EDITION = "private, max-age=86400, immutable"
WITHOUT_EDITION = "private, no-cache"


@tile_reader
def division_tile(request: HttpRequest, day: str, z: int, x: int, y: int) -> HttpResponse:
    """An empty tile is an empty body, which every reader of vector tiles takes."""
    on = day_in_path(day)
    layer = request.GET.get("level", "")
    if on is None or not tiles.is_address(z, x, y) or (layer and layer not in BY_LAYER):
        raise Http404
    place = f"{layer}/{z}/{x}/{y}"
    asked = tiles.edition_for(request.GET.get("v", ""), on)
    # What an edition shows never changes: a tile kept under it needs no look into the database.
    body = caches["tiles"].get(f"{asked}/{place}") if asked else None
    edition = asked if body is not None else str(tiles.edition_of(on))
    key = f"{edition}/{place}"
    etag = f'"{key}"'
    if request.headers.get("If-None-Match") in {etag, f"W/{etag}"}:
        response: HttpResponse = HttpResponseNotModified()
    else:
        if body is None and edition != asked:
            body = caches["tiles"].get(key)
        if body is None:
            body = tiles.tile(on, z, x, y, BY_LAYER[layer].level if layer else None)
            caches["tiles"].set(key, body)
        response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = WITH_EDITION if edition == asked else WITHOUT_EDITION
    return response
