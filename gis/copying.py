"""Columns of cells into a table by PostgreSQL's binary COPY: cells are made a column at a time, rows are only joined.

A cell is its length (four bytes, big endian) and its bytes in the server's binary form; `boundaries.services.register.bulk` has the
same format by rows.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice, repeat

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection

from gis.crs import CGCS2000

NULL = b"\xff\xff\xff\xff"
_ROWS = 20_000
_POINT = np.dtype(
    [("length", ">i4"), ("order", "u1"), ("type", "<u4"), ("srid", "<u4"), ("x", "<f8"), ("y", "<f8")]
)  # an EWKB point
_SRID_FLAG = 0x20000000

Column = Iterable[bytes]


def copy(table: str, columns: dict[str, Column], count: int) -> None:
    """Appends `count` rows; `table` and the names of `columns` are ours, never a user's."""
    copy_pieces(table, list(columns), [(columns, count)])


def copy_pieces(table: str, names: Sequence[str], pieces: Iterable[tuple[Mapping[str, Column], int]]) -> None:
    """As `copy`, of rows that come in pieces (columns and how many rows), each made when the one before it was sent."""
    statement = f"COPY {table} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    width = struct.pack("!h", len(names))
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as sink:
        sink.write(b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8)
        for columns, count in pieces:
            rows = zip(repeat(width, count), *(columns[name] for name in names), strict=False)
            while part := list(islice(rows, _ROWS)):
                sink.write(b"".join(chain.from_iterable(part)))
        sink.write(b"\xff\xff")


def one(cell: bytes | None) -> bytes:
    """A cell with its length in front; None is NULL."""
    return NULL if cell is None else struct.pack("!i", len(cell)) + cell


def same(cell: bytes | None) -> Column:
    """The same cell in every row."""
    return repeat(one(cell))


def texts(values: Iterable[str | None]) -> list[bytes]:
    """Text; None is NULL. Values that come again are made once."""
    known: dict[str | None, bytes] = {None: NULL}
    found = []
    for value in values:
        cell = known.get(value)
        if cell is None and value is not None:
            raw = value.encode()
            cell = known[value] = struct.pack("!i", len(raw)) + raw
        found.append(cell or NULL)
    return found


def bigs(values: Sequence[int | None] | npt.NDArray[np.int64]) -> list[bytes]:
    pack = struct.Struct("!iq").pack
    return [NULL if value is None else pack(8, value) for value in values]


def smalls(values: Sequence[int]) -> list[bytes]:
    pack = struct.Struct("!ih").pack
    return [pack(2, value) for value in values]


def reals(values: Sequence[float | None]) -> list[bytes]:
    pack = struct.Struct("!id").pack
    return [NULL if value is None else pack(8, value) for value in values]


def flags(values: Iterable[bool]) -> list[bytes]:
    yes, no = b"\x00\x00\x00\x01\x01", b"\x00\x00\x00\x01\x00"
    return [yes if value else no for value in values]


def text_arrays(values: Iterable[Sequence[str]]) -> list[bytes]:
    """text[] without NULLs. Arrays and elements that come again are made once."""
    elements: dict[str, bytes] = {}

    def element(text: str) -> bytes:
        cell = elements.get(text)
        if cell is None:
            raw = text.encode()
            cell = elements[text] = struct.pack("!i", len(raw)) + raw
        return cell

    head = struct.Struct("!iiiii").pack
    found = []
    for several in values:
        body = b"".join(map(element, several))
        # dimensions, has no nulls, oid of text, length, lower bound
        raw = head(1, 0, 25, len(several), 1) + body if several else struct.pack("!iii", 0, 0, 25)
        found.append(struct.pack("!i", len(raw)) + raw)
    return found


def int_arrays(values: Iterable[Sequence[int]]) -> list[bytes]:
    """integer[] without NULLs."""
    found = []
    for several in values:
        count = len(several)
        if count:
            # dimensions, has no nulls, oid of int4, length, lower bound; then each number with its length
            cells = [0] * (2 * count)
            cells[::2], cells[1::2] = [4] * count, several
            raw = struct.pack(f"!iiiii{2 * count}i", 1, 0, 23, count, 1, *cells)
        else:
            raw = struct.pack("!iii", 0, 0, 23)
        found.append(struct.pack("!i", len(raw)) + raw)
    return found


def year_spans(values: Iterable[tuple[int, int] | None]) -> list[bytes]:
    """int4range ``[from, to)``."""
    pack = struct.Struct("!iBiiii").pack
    return [NULL if span is None else pack(17, 0x02, 4, span[0], 4, span[1]) for span in values]


def points(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> list[bytes]:
    """Points in degrees of CGCS2000, longitude first; NaN is NULL."""
    rows = np.empty(len(lon), dtype=_POINT)
    rows["length"], rows["order"], rows["type"], rows["srid"] = 21 + 4, 1, 1 | _SRID_FLAG, CGCS2000
    rows["x"], rows["y"] = lon, lat
    cells: list[bytes] = rows.view(f"V{_POINT.itemsize}").tolist()
    for index in np.flatnonzero(~(np.isfinite(lon) & np.isfinite(lat))).tolist():
        cells[index] = NULL
    return cells


def geometries(values: npt.NDArray[np.object_]) -> list[bytes]:
    """Any geometries in CGCS2000; None is NULL."""
    return [one(raw) for raw in shapely.to_wkb(shapely.set_srid(values, CGCS2000), include_srid=True)]
