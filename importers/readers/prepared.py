"""What GDAL is given of a data set: the file, the one driver it may open, and what is known of the text in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importers.readers.evidence import Claim
from importers.readers.table import Encoding, Note


@dataclass(frozen=True)
class Prepared:
    """A data set made ready by the module of its family.

    drivers   names of the drivers fiona may open it with
    bytewise  its text passes through GDAL as bytes and `claims` say what is declared; else `encoding` holds
    recoded   GDAL makes UTF-8 of the bytes (as if they were ISO 8859-1), so that they must be made bytes again
    crs       what a file beside it says of the reference system, "" to ask GDAL
    options   open options of the driver
    """

    path: Path
    drivers: tuple[str, ...]
    bytewise: bool = False
    recoded: bool = False
    claims: Sequence[Claim] = ()
    encoding: Encoding = field(default_factory=lambda: Encoding("utf-8", "standard"))
    crs: str = ""
    crs_how: str = "file"
    notes: Sequence[Note] = ()
    options: Mapping[str, str] = field(default_factory=dict)
