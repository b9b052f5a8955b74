"""Vector tiles over HTTP: /tiles/divisions/<day>/<z>/<x>/<y>.mvt, with ``?level=`` for a level of one's own choice."""

from __future__ import annotations

from csp.decorators import csp_exempt
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified

from boundaries import tiles
from boundaries.map_levels import BY_LAYER
from boundaries.views.reading import day_in_path, tile_reader

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"
# An address that carries the edition (?v=) never means another tile; without it the browser asks each time and mostly hears 304.
WITH_EDITION = "private, max-age=86400, immutable"
WITHOUT_EDITION = "private, no-cache"


@csp_exempt()  # a policy for pages; it costs a tenth of a kept tile's time
@tile_reader
def division_tile(request: HttpRequest, day: str, z: int, x: int, y: int) -> HttpResponse:
    """An empty tile is an empty body, which every reader of vector tiles takes."""
    on = day_in_path(day)
    layer = request.GET.get("level", "")
    if on is None or not tiles.is_address(z, x, y) or (layer and layer not in BY_LAYER):
        raise Http404
    place = f"{layer}/{z}/{x}/{y}"
    kept = caches["tiles"]
    asked = tiles.edition_for(request.GET.get("v", ""), on)
    # What an edition shows never changes: a tile kept under it needs no look into the database.
    edition, body = asked, kept.get(f"{asked}/{place}") if asked else None
    if body is None and not asked:
        edition = str(tiles.edition_of(on))
        body = kept.get(f"{edition}/{place}")
    if body is None:
        made, body = tiles.tile(on, z, x, y, BY_LAYER[layer].level if layer else None)
        edition = str(made)
        kept.set(f"{edition}/{place}", body)
    etag = f'"{edition}/{place}"'
    if request.headers.get("If-None-Match") in {etag, f"W/{etag}"}:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=MEDIA_TYPE)
    response["ETag"] = etag
    response["Cache-Control"] = WITH_EDITION if edition == asked else WITHOUT_EDITION
    return response
