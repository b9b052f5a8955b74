"""GeoJSON and TopoJSON: UTF-8 by their standards, and with a reference system only where somebody wrote one."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.readers import sniff
from importers.readers.errors import refuse
from importers.readers.prepared import Prepared
from importers.readers.table import Note, Opened

_CRS_MEMBER = re.compile(rb'"crs"\s*:\s*(\{|null)')
_CRS_LINK = re.compile(rb'"crs"\s*:\s*\{[^}]{0,300}"type"\s*:\s*"link"', re.IGNORECASE)
_EDGE_BYTES = 64 * 1024
_CHUNK = 4 * 1024 * 1024


def source(data: Opened, folder: Path) -> Prepared:
    """Raises `InvalidInputError`: bad_encoding. RFC 7946 makes GeoJSON that says nothing WGS 84; GDAL says so without telling that
    nobody said it. An address in place of a reference system is not asked.
    """
    if not _is_utf_8(data.main):
        raise refuse("bad_encoding", _("“%(name)s”的文字不是 UTF-8 编码，GeoJSON 和 GeoPackage 必须用 UTF-8。"), name=data.name)
    edges = _edges(data.main)
    stated = any(_CRS_MEMBER.search(edge) for edge in edges)
    linked = any(_CRS_LINK.search(edge) for edge in edges)
    return Prepared(
        data.main,
        (sniff.GEOJSON, "GeoJSONSeq", sniff.TOPOJSON),
        crs_how="link" if linked else "file" if stated else "rfc7946",
        notes=[Note("crs_link_not_followed")] if linked else (),
    )


def _is_utf_8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _edges(path: Path) -> tuple[bytes, bytes]:
    with path.open("rb") as handle:
        head = handle.read(_EDGE_BYTES)
        handle.seek(max(0, path.stat().st_size - _EDGE_BYTES))
        return head, handle.read(_EDGE_BYTES)
