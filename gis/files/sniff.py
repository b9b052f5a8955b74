"""What kind of file this is, by its content and never by its name.

Only the kinds an office has use for are known; all else is ``application/octet-stream``. General libraries were tried: by content
alone puremagic gives docx, xlsx and zip the same answer, and filetype knows neither text nor shapefiles.
"""

from __future__ import annotations

import json
import re
import zipfile
from typing import IO

UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
TIFF = "image/tiff"
HEIC = "image/heic"
MP3 = "audio/mpeg"
WAV = "audio/wav"
ZIP = "application/zip"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
OFD = "application/ofd"
OLD_OFFICE = "application/x-ole-storage"
GEOPACKAGE = "application/geopackage+sqlite3"
SQLITE = "application/vnd.sqlite3"
SHAPEFILE = "application/vnd.shp"
GEOJSON = "application/geo+json"
JSON = "application/json"
KML = "application/vnd.google-earth.kml+xml"
GPX = "application/gpx+xml"
XML = "application/xml"
SVG = "image/svg+xml"
HTML = "text/html"
TEXT = "text/plain"

_HEAD = 8192
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
    (b"\x00\x00\x27\x0a", SHAPEFILE),
)
# Second byte of a frame of MPEG audio, layer III: versions 1, 2 and 2.5, with and without a checksum.
_MP3_FRAMES = frozenset({b"\xfa", b"\xfb", b"\xf2", b"\xf3", b"\xe2", b"\xe3"})
# Brands of the ISO container that pictures of newer telephones come in (ISO/IEC 23008-12), at bytes 8 to 12 after "ftyp".
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif"})
# The part that makes a zip an office document of its kind; OFD is the Chinese standard for paginated documents (GB/T 33190).
_OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX, "OFD.xml": OFD}
_MARKUP = re.compile(r"<(?:\w+:)?(html|svg|kml|gpx)\b", re.IGNORECASE)
_MARKUP_TYPES = {"html": HTML, "svg": SVG, "kml": KML, "gpx": GPX}
_HTML_START = re.compile(r"\s*<(?:!doctype\s+html|html|head|body|script|iframe)\b", re.IGNORECASE)


def sniff(handle: IO[bytes]) -> str:
    """Media type of the seekable file `handle`, which is left at its start."""
    handle.seek(0)
    head = handle.read(_HEAD)
    handle.seek(0)
    for signature, media_type in _SIGNATURES:
        if head.startswith(signature):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    if head[:3] == b"ID3" or (head[:1] == b"\xff" and head[1:2] in _MP3_FRAMES):
        return MP3
    if head[4:8] == b"ftyp" and head[8:12] in _HEIC_BRANDS:
        return HEIC
    if head.startswith(b"SQLite format 3\x00"):
        return GEOPACKAGE if head[68:72] in (b"GPKG", b"GP10", b"GP11") else SQLITE
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(handle)
    return _text_kind(head)


def _zip_kind(handle: IO[bytes]) -> str:
    try:
        with zipfile.ZipFile(handle) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return UNKNOWN
    finally:
        handle.seek(0)
    return next((media_type for part, media_type in _OFFICE_PARTS.items() if part in names), ZIP)


def _text_kind(head: bytes) -> str:
    text = decoded(head)
    if text is None:
        return UNKNOWN
    start = text.lstrip("\ufeff").lstrip()
    if _HTML_START.match(start):
        return HTML
    if start.startswith("<"):
        found = _MARKUP.search(start)
        return _MARKUP_TYPES[found[1].lower()] if found else XML
    if start.startswith(("{", "[")):
        return _json_kind(start)
    return TEXT


def _json_kind(start: str) -> str:
    if re.search(r'"type"\s*:\s*"(FeatureCollection|Feature|GeometryCollection|(Multi)?(Point|LineString|Polygon))"', start):
        return GEOJSON
    try:
        json.JSONDecoder().raw_decode(start)
    except ValueError:
        return JSON if len(start) >= _HEAD // 4 and re.match(r'[\[{]\s*["\[{]', start) else TEXT
    return JSON


def decoded(head: bytes) -> str | None:
    """The beginning of a text in UTF-8, UTF-16 with its mark or GB 18030; None for anything with control characters."""
    encodings = ["utf-16"] if head.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8", "gb18030"]
    for encoding in encodings:
        for cut in range(4):  # the last character may be cut in two
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return None if any(character < " " and character not in "\t\n\r\f" for character in text) else text
    return None
