"""What a file is, by its first bytes. Drivers are only ever given what has passed here."""

from __future__ import annotations

import codecs
from pathlib import Path

GEOJSON, GEOPACKAGE, SHAPEFILE, ZIP, CSV = "GeoJSON", "GPKG", "ESRI Shapefile", "zip", "CSV"

_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_GEOPACKAGE_IDS = {b"GPKG", b"GP10", b"GP11"}
_TEXT_SUFFIXES = {".csv", ".txt", ".tsv"}


def sniff(path: Path) -> str | None:
    """One of the five formats, or None for everything else (KML, VRT, XLSX, an SQLite file that is no GeoPackage, …)."""
    with path.open("rb") as handle:
        head = handle.read(4096)
    if head.startswith(_SHAPE_MAGIC):
        return SHAPEFILE
    if head.startswith(b"SQLite format 3\x00"):
        return GEOPACKAGE if head[68:72] in _GEOPACKAGE_IDS else None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ZIP
    text = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if text.startswith(b"{"):
        return GEOJSON
    if path.suffix.lower() in _TEXT_SUFFIXES and b"\x00" not in head and not text.startswith(b"<") and text:
        return CSV
    return None
