"""DXF drawings: the version and the code page in their header are evidence for the encoding of their text."""

from __future__ import annotations

import re
from pathlib import Path

from importers.readers import sniff
from importers.readers.evidence import Claim
from importers.readers.prepared import Prepared
from importers.readers.table import Opened

_VERSION = re.compile(rb"\$ACADVER\s+1\s+AC(\d{4})")
_CODEPAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+([\w-]{1,40})")
_HEADER_BYTES = 64 * 1024
_ESCAPE = re.compile(r"\\U\+((?![Dd][89A-Fa-f])[0-9A-Fa-f]{4})")  # halves of surrogates are no characters
_UTF_8_SINCE = 1021  # AutoCAD 2007


def source(data: Opened, folder: Path) -> Prepared:
    """The text comes through GDAL as if it were ISO 8859-1 (`gdal._OPTIONS`). A drawing says nothing of its reference system."""
    with data.main.open("rb") as handle:
        header = handle.read(_HEADER_BYTES)
    version, codepage = _VERSION.search(header), _CODEPAGE.search(header)
    claims = []
    if version and int(version[1]) >= _UTF_8_SINCE:
        claims.append(Claim("version", f"AC{version[1].decode()} (UTF-8)", "utf-8"))
    elif codepage:
        claims.append(Claim.of("codepage", codepage[1].decode("ascii", "replace")))
    return Prepared(data.main, (sniff.DXF,), bytewise=True, recoded=True, claims=claims)


def unescaped(words: str) -> str:
    """The characters that a drawing writes as \\U+4E2D where its code page has none."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), words)
