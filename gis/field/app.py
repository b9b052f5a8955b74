"""What makes a page an app on a telephone: the manifest and the service worker with the list of files it keeps."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise

from gis.webmap.basemap import csp_sources
from gis.webmap.shell import leaflet_shell

WORKER: Final = "gis/field/worker.js"
# Named in every page of the field, so they may carry a digest in their names.
_NAMED: Final = (
    "vendor/bootstrap/css/bootstrap.min.css",
    "gis/office.css",
    "gis/field/field.css",
    "gis/seal.svg",
    "gis/icons.svg",
    "gis/field/app.js",
)
# Imported by modules, by their plain names.
_IMPORTED: Final = (
    *(f"gis/field/{name}.js" for name in (
        "basemap", "config", "frame", "geo", "ground", "panel", "photos", "position", "queue", "store",
    )),
    "gis/chunks.js", "gis/page.js",
    *(f"vendor/@noble/hashes/{name}.js" for name in ("sha2", "_md", "_u64", "utils")),
)  # fmt: skip
_ICONS: Final = (
    ("gis/seal-192.png", "192x192", "any"),
    ("gis/seal-512.png", "512x512", "any"),
    ("gis/seal-512.png", "512x512", "maskable"),
)


@dataclass(frozen=True)
class FieldApp:
    """One page of the field as an app of its own.

    name          begins the names of its caches on the telephone: changing it loses what is kept there
    start         the name of the address it begins at, which is its scope
    pages         regular expression (of JavaScript) of the paths of its pages
    title, description    for the telephone's first screen
    named         files its pages name besides those of every page; imported: modules that those import
    """

    name: str
    start: str
    pages: str
    title: str | Promise
    description: str | Promise
    named: tuple[str, ...] = ()
    imported: tuple[str, ...] = field(default=())

    @property
    def modules(self) -> tuple[str, ...]:
        """Paths of all modules that are imported by plain names."""
        return (*self.imported, *_IMPORTED)

    def manifest(self, request: HttpRequest) -> JsonResponse:
        """Web app manifest. Holds nothing of the office, so nobody need be logged in: browsers ask for it without cookies."""
        told = {
            "id": reverse(self.start),
            "name": str(self.title),
            "short_name": str(self.title),
            "description": str(self.description),
            "lang": request.LANGUAGE_CODE if hasattr(request, "LANGUAGE_CODE") else "zh-hans",
            "start_url": reverse(self.start),
            "scope": reverse(self.start),
            "display": "standalone",
            "orientation": "portrait",
            "background_color": "#ffffff",
            "theme_color": "#0d3f4a",
            "icons": [
                {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose} for path, sizes, purpose in _ICONS
            ],
        }
        return JsonResponse(told, content_type="application/manifest+json", headers={"Cache-Control": "public, max-age=3600"})

    def worker(self) -> HttpResponse:
        """The service worker. Its text changes whenever one of the files it keeps does; that is how browsers see a new version."""
        files, version = _list_of(self)
        tiles = csp_sources(settings.BASEMAP_URL)
        own = settings.BASEMAP_URL.partition("{")[0] if settings.BASEMAP_URL.startswith("/") else ""
        told = {"name": self.name, "pages": self.pages, "version": version, "files": files, "tiles": tiles, "own": own}
        text = f"self.SHELL = {json.dumps(told)};\n{_read(WORKER).decode()}"
        response = HttpResponse(text, content_type="text/javascript; charset=utf-8")
        response["Cache-Control"] = "no-cache"
        # Its own policy: it may fetch squares of the base map, to keep them.
        response["Content-Security-Policy"] = " ".join(["default-src 'none'; connect-src 'self'", *tiles])
        return response


def _list_of(app: FieldApp) -> tuple[list[str], str]:
    """Addresses of the files that are kept, and the version they make together."""
    if settings.DEBUG or not getattr(staticfiles_storage, "manifest_name", None):
        return _list(app)
    return _list_once(app)


@lru_cache(maxsize=8)
def _list_once(app: FieldApp) -> tuple[list[str], str]:
    return _list(app)


def _list(app: FieldApp) -> tuple[list[str], str]:
    shell = leaflet_shell("field", zoom=9, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION)
    named = [*_NAMED, *app.named, *shell.scripts, *shell.styles]
    digest = hashlib.sha256()
    for path in (*named, *app.modules, WORKER):
        digest.update(_read(path))
    addresses = [*(static(path) for path in named), *(f"{settings.STATIC_URL}{path}" for path in app.modules)]
    return list(dict.fromkeys(addresses)), digest.hexdigest()[:16]


def _read(path: str) -> bytes:
    found = finders.find(path)
    if isinstance(found, str):
        return Path(found).read_bytes()
    with staticfiles_storage.open(path) as handle:  # collected, and the places they came from are not there
        content: bytes = handle.read()
    return content
