"""GML through GDAL, in a folder of its own: the driver writes a .gfs beside the file and reads schemas that the file names."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from importers.readers import sniff, xmltext
from importers.readers.prepared import Prepared
from importers.readers.table import Opened

_SCHEMA = re.compile(rb"""(\w*schemaLocation\s*=\s*)("[^"]*"|'[^']*')""", re.IGNORECASE)
_HEAD_BYTES = 1024 * 1024


def source(data: Opened, folder: Path) -> Prepared:
    """Raises `InvalidInputError` as `xmltext.in_utf_8`."""
    path, encoding = xmltext.in_utf_8(data.main, folder, data.name)
    own = folder / "data.gml"
    with path.open("rb") as origin, own.open("wb") as sink:
        head = origin.read(_HEAD_BYTES)
        sink.write(_SCHEMA.sub(lambda found: found[1] + b'""', head))
        shutil.copyfileobj(origin, sink)
    return Prepared(own, (sniff.GML,), encoding=encoding, options={"WRITE_GFS": "NO", "DOWNLOAD_SCHEMA": "NO"})
