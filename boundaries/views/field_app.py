"""What makes /field/ an app on a telephone: the manifest and the service worker with the list of files it keeps."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from gis.webmap.basemap import csp_sources
from gis.webmap.shell import leaflet_shell

WORKER: Final = "boundaries/js/field/worker.js"
# Named in the page, so they may carry a digest in their names.
NAMED: Final = (
    "vendor/bootstrap/css/bootstrap.min.css",
    "gis/office.css",
    "boundaries/css/field.css",
    "gis/seal.svg",
    "gis/icons.svg",
    "boundaries/js/field/main.js",
    "boundaries/js/field/app.js",
)
# Imported by modules, by their plain names.
IMPORTED: Final = (
    *(f"boundaries/js/field/{name}.js" for name in (
        "basemap", "config", "geo", "gpx", "map", "outbox", "panels", "photos", "position", "recorder", "store", "visit",
    )),
    "gis/chunks.js", "gis/page.js",
    *(f"vendor/@noble/hashes/{name}.js" for name in ("sha2", "_md", "_u64", "utils")),
)  # fmt: skip
_ICONS: Final = (
    ("gis/seal-192.png", "192x192", "any"),
    ("gis/seal-512.png", "512x512", "any"),
    ("gis/seal-512.png", "512x512", "maskable"),
)


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """Web app manifest. Holds nothing of the office, so nobody need be logged in: browsers ask for it without cookies."""
    told = {
        "id": reverse("field"),
        "name": _("舆地外业"),
        "short_name": _("舆地外业"),
        "description": _("界线联合检查的外业记录：轨迹、界桩、照片；没有网络也能用。"),
        "lang": request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else "zh-hans",
        "start_url": reverse("field"),
        "scope": reverse("field"),
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#0d3f4a",
        "icons": [
            {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose} for path, sizes, purpose in _ICONS
        ],
    }
    return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"})


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker. Its text changes whenever one of the files it keeps does; that is how browsers see a new version."""
    files, version = _kept()
    tiles = csp_sources(settings.BASEMAP_URL)
    own = settings.BASEMAP_URL.partition("{")[0] if settings.BASEMAP_URL.startswith("/") else ""
    shell = json.dumps({"version": version, "files": files, "tiles": tiles, "own": own})
    response = HttpResponse(f"self.SHELL = {shell};\n{_read(WORKER).decode()}", content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    # Its own policy: it may fetch squares of the base map, to keep them.
    response["Content-Security-Policy"] = " ".join(["default-src 'none'; connect-src 'self'", *tiles])
    return response


def _kept() -> tuple[list[str], str]:
    """Addresses of the files that are kept, and the version they make together."""
    if settings.DEBUG or not getattr(staticfiles_storage, "manifest_name", None):
        return _list()
    return _list_once()


@lru_cache(maxsize=1)
def _list_once() -> tuple[list[str], str]:
    return _list()


def _list() -> tuple[list[str], str]:
    shell = leaflet_shell("field", zoom=9, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    named = [*NAMED, *shell.scripts, *shell.styles]
    digest = hashlib.sha256()
    for path in (*named, *IMPORTED, WORKER):
        digest.update(_read(path))
    addresses = [*(static(path) for path in named), *(f"{settings.STATIC_URL}{path}" for path in IMPORTED)]
    return list(dict.fromkeys(addresses)), digest.hexdigest()[:16]


def _read(path: str) -> bytes:
    found = finders.find(path)
    if isinstance(found, str):
        return Path(found).read_bytes()
    with staticfiles_storage.open(path) as handle:  # collected, and the places they came from are not there
        content: bytes = handle.read()
    return content
