"""What a file is, by its bytes and never by its name alone. Drivers are only ever given what has passed here."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final

from importers.readers import archives
from importers.readers.text_files import utf_16_by_zeros

# --- formats; where fiona has a driver of that kind they carry its name
SHAPEFILE, GEOPACKAGE, GEOJSON, TOPOJSON = "ESRI Shapefile", "GPKG", "GeoJSON", "TopoJSON"
FLATGEOBUF, GML, DXF, FILEGDB, MAPINFO = "FlatGeobuf", "GML", "DXF", "OpenFileGDB", "MapInfo File"
KML, CSV, DBF, WKT = "KML", "CSV", "DBF", "WKT"
ZIP, XLSX = "zip", "XLSX"
GPX, TCX, FIT, NMEA, IGC = "GPX", "TCX", "FIT", "NMEA", "IGC"
# Told apart only to be refused by their name.
TAR, SEVEN_ZIP, RAR, GZIP, DWG, XLS = "tar", "7z", "rar", "gzip", "DWG", "XLS"
SHAPE_INDEX = "SHX"

VECTOR: Final = frozenset({SHAPEFILE, GEOPACKAGE, GEOJSON, TOPOJSON, FLATGEOBUF, GML, DXF, FILEGDB, MAPINFO, KML})
TRACK: Final = frozenset({GPX, TCX, FIT, NMEA, IGC})
ARCHIVE_ELSEWHERE: Final = frozenset({TAR, SEVEN_ZIP, RAR, GZIP})

_SHAPE_MAGIC = b"\x00\x00\x27\x0a"
_GEOPACKAGE_IDS = {b"GPKG", b"GP10", b"GP11"}
_TEXT_SUFFIXES = {".csv", ".txt", ".tsv", ".log"}
_HEAD_BYTES = 64 * 1024
_MAGIC: Final = (
    (b"fgb\x03", FLATGEOBUF),
    (b"7z\xbc\xaf\x27\x1c", SEVEN_ZIP),
    (b"Rar!\x1a\x07", RAR),
    (b"\x1f\x8b", GZIP),
    (b"AC10", DWG),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", XLS),
)
_ROOTS: Final = {"kml": KML, "gpx": GPX, "trainingcenterdatabase": TCX}
_ROOT: Final = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOGUE: Final = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_GML_SPACE: Final = re.compile(r"""["']https?://www\.opengis\.net/gml(?:/[\d.]+)?["']""")
_WKT_CRS: Final = re.compile(
    r"\s*(?:GEOGCS|PROJCS|GEODCRS|GEOGCRS|PROJCRS|COMPD_CS|COMPOUNDCRS|BOUNDCRS|GEOCCS|GEODETICCRS|PROJECTEDCRS)\s*[\[(]", re.I
)
_TOPOLOGY: Final = re.compile(r'"type"\s*:\s*"Topology"')
_NMEA_LINE: Final = re.compile(r"\s*\$(?:G[PNLABQ]|BD|P)[A-Z]{2,4}\w*,")
_IGC_LINE: Final = re.compile(r"A[A-Z0-9]{3}[^\n]*\r?\n(?:[^\n]*\r?\n){0,20}?H[FOP]DTE")
_DXF_HEAD: Final = re.compile(r"(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\s")
_TAB_HEAD: Final = re.compile(r"\s*!table\s", re.I)
_MIF_HEAD: Final = re.compile(r"\s*version\s+\d+\s", re.I)


def sniff(path: Path) -> str | None:
    """One of the formats above, or None for everything else (a VRT, a database that is no GeoPackage, …)."""
    if path.is_dir():
        return FILEGDB if path.suffix.lower() == ".gdb" and any(path.glob("*.gdbtable")) else None
    with path.open("rb") as handle:
        head = handle.read(_HEAD_BYTES)
    return _binary(head, path) or _textual(head, path)


def _binary(head: bytes, path: Path) -> str | None:
    suffix = path.suffix.lower()
    if head.startswith(_SHAPE_MAGIC):
        # The index of a Shapefile begins like the Shapefile.
        return SHAPE_INDEX if suffix == ".shx" else SHAPEFILE
    if head.startswith(b"SQLite format 3\x00"):
        return GEOPACKAGE if head[68:72] in _GEOPACKAGE_IDS else None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return XLSX if any(name.startswith("xl/") for name in archives.names_of(path)) else ZIP
    if len(head) >= 12 and head[8:12] == b".FIT":
        return FIT
    if head[257:262] == b"ustar":
        return TAR
    if suffix == ".dbf" and is_dbf(head):
        return DBF
    return next((name for magic, name in _MAGIC if head.startswith(magic)), None)


def is_dbf(head: bytes) -> bool:
    """Whether the bytes are the header of a dBase table."""
    if len(head) < 33 or head[0] & 0x07 not in (0x03, 0x04):
        return False
    header = int.from_bytes(head[8:10], "little")
    return 1 <= head[2] <= 12 and 1 <= head[3] <= 31 and header >= 33 and int.from_bytes(head[10:12], "little") >= 1


def _textual(head: bytes, path: Path) -> str | None:
    words = as_words(head)
    if words is None or not words.strip():
        return None
    plain = words.lstrip()
    if plain.startswith("<"):
        return _xml(plain)
    if plain.startswith("{"):
        return TOPOJSON if _TOPOLOGY.search(plain) and '"Feature' not in plain[:200] else GEOJSON
    for pattern, name in ((_WKT_CRS, WKT), (_NMEA_LINE, NMEA), (_DXF_HEAD, DXF), (_TAB_HEAD, MAPINFO), (_IGC_LINE, IGC)):
        if pattern.match(plain):
            return name
    if path.suffix.lower() == ".mif" and _MIF_HEAD.match(plain):
        return MAPINFO
    return CSV if path.suffix.lower() in _TEXT_SUFFIXES else None


def as_words(head: bytes) -> str | None:
    """The beginning of a text for looking at; None where it is none. What is no UTF-16, marked or not, is read byte by byte."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            return head.removeprefix(mark).decode(encoding, "replace")
    if head.startswith((b"<\x00?\x00", b"<\x00k\x00", b"<\x00g\x00")):
        return head.decode("utf-16-le", "replace")
    if b"\x00" not in head:
        return head.decode("latin-1")
    encoding = utf_16_by_zeros(head)
    words = head.decode(encoding, "ignore") if encoding else "\x00"
    return words if all(character.isprintable() or character in "\t\r\n" for character in words) else None


def _xml(text: str) -> str | None:
    body = _PROLOGUE.sub("", text).lstrip()
    root = _ROOT.match(body)
    if root is None:
        return None
    name = root[1].lower()
    if name in _ROOTS:
        return _ROOTS[name]
    return GML if _GML_SPACE.search(body) else None
