"""The base map an office may set. Free of Django: the settings ask it which hosts pictures may come from."""

from __future__ import annotations

import re
from urllib.parse import urlsplit


def csp_sources(url: str) -> list[str]:
    """Sources for ``img-src`` of a tile address: scheme and host, with a wildcard where Leaflet fills in a subdomain ({s}).

    None for an empty address or one on this host.
    """
    parts = urlsplit(re.sub(r"[^/.]*\{s\}[^/.]*", "*", url))
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return []
    return [f"{parts.scheme}://{parts.netloc}"]
