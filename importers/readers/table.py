"""What a reader returns: rows of text with, where the file has them, geometries. Nothing is interpreted here."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gis.kept_shapes import KeptShapes
from importers.readers.evidence import Confidence, Finding

Geometries = npt.NDArray[np.object_]


@dataclass(frozen=True)
class Encoding:
    """How the bytes of a table became text. `how`: asked, utf-8-bom, utf-16-bom, cpg, ldid, codepage, xml, bytes, names, ascii,
    standard (the format fixes it). `findings` is the evidence, as a person is shown it.
    """

    name: str
    how: str
    conflict: str = ""
    confidence: Confidence = "certain"
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Note:
    """Something a reader saw that a person should know; `row` from 1, None for the whole file."""

    code: str
    row: int | None = None
    field: str = ""
    values: dict[str, str] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Rows as they came.

    columns     field name to a list of cells, all of one length; cells are text, "" where empty
    geometry    (n,) shapely geometries in the file's own reference system, None where a row has none; None without a geometry
                column. `kept` instead, where the reader was asked to hold no shape. `unreadable` maps a row (from 0) to GEOS's
                words where the bytes were no geometry.
    crs         what the file says of its reference system (WKT, EPSG number), "" when it says nothing
    crs_how     file, rfc7946 (GeoJSON without a word is WGS 84), "" without geometry
    lines       line of each row in a text file, else empty
    dimensions  Z, M or ZM where geometries had heights or measures; they are kept without
    """

    driver: str
    columns: dict[str, list[str]]
    count: int
    encoding: Encoding
    geometry: Geometries | None = None
    unreadable: dict[int, str] = dataclasses.field(default_factory=dict)
    crs: str = ""
    crs_how: str = ""
    lines: list[int] = dataclasses.field(default_factory=list)
    notes: list[Note] = dataclasses.field(default_factory=list)
    layer: str = ""
    dimensions: str = ""
    kept: KeptShapes | None = None

    @property
    def shapes(self) -> Geometries | KeptShapes | None:
        return self.geometry if self.kept is None else self.kept


@dataclass(frozen=True)
class Opened:
    """A data set found on disk and checked by its content: what it is, where its main file lies, and its digest.

    parts  every file that belongs to it, the main one first
    stem   its name without extension, as a person gave it (inside a zip the files carry names of our own)
    """

    format: str
    main: Path
    parts: tuple[Path, ...]
    name: str
    sha256: str
    notes: tuple[Note, ...] = ()
    stem: str = ""
