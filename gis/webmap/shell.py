"""The Leaflet page that folium builds, wholly offline.

folium names its scripts and styles on public hosts in class attributes. They are replaced here, once, at import, by files of our
own under static/vendor; what data the map shows arrives by URL, so folium draws the shell only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import folium
from branca.element import CssLink, Figure, JavascriptLink
from django.utils.html import escape

folium.Map.default_js = [("leaflet", "vendor/leaflet/leaflet.js")]
folium.Map.default_css = [("leaflet_css", "vendor/leaflet/leaflet.css")]


@dataclass(frozen=True)
class Shell:
    """`scripts` and `styles` are static paths; `html` is the element the map lives in; `script` goes into a script element with a
    nonce and leaves the Leaflet map in the global variable `variable`.
    """

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    html: str
    script: str
    variable: str


@lru_cache(maxsize=16)
def leaflet_shell(
    identifier: str,
    *,
    centre: tuple[float, float] = (33.9, 113.5),
    zoom: int = 7,
    max_zoom: int = 18,
    basemap_url: str = "",
    basemap_attribution: str = "",
) -> Shell:
    """A map of its own element id ``map_<identifier>``. `centre` is latitude, longitude, as Leaflet wants it."""
    page = folium.Map(
        location=centre,
        zoom_start=zoom,
        tiles=None,
        zoom_control=False,
        attribution_control=bool(basemap_url),
        world_copy_jump=False,
    )
    page._id = identifier  # folium's own is random; a stable one can be found by scripts and tests
    if basemap_url:
        # Leaflet writes the attribution into the page as HTML.
        servers = "01234567" if "tianditu" in basemap_url else "abc"
        attribution = escape(basemap_attribution) or " "
        folium.TileLayer(basemap_url, attr=attribution, max_zoom=max_zoom, subdomains=servers, control=False).add_to(page)
    figure = cast(Figure, page.get_root())
    figure.render()
    links = list(figure.header._children.values())
    return Shell(
        scripts=tuple(link.url for link in links if isinstance(link, JavascriptLink)),
        styles=tuple(link.url for link in links if isinstance(link, CssLink)),
        html=figure.html.render(),
        script=figure.script.render(),
        variable=page.get_name(),
    )
