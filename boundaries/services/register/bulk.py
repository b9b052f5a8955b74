"""Rows into a table by PostgreSQL's binary COPY: no text is made of geometries, and no statement of each row.

Cells are bytes in the server's binary form (None is NULL); the functions here make them. Formats: PostgreSQL documentation, "COPY",
section "Binary Format", and the receive functions of the types.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import numpy as np
import numpy.typing as npt
from django.db import connection

from gis.crs import CGCS2000

Cell = bytes | None

_HEADER = b"PGCOPY\n\xff\r\n\x00" + b"\x00" * 8
_TRAILER = b"\xff\xff"
_NULL = b"\xff\xff\xff\xff"
_BUFFER = 1 << 20
_EPOCH_DAY = date(2000, 1, 1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# Flags of a range: lower bound inclusive, upper bound infinite.
_LOWER_INCLUSIVE, _UPPER_INFINITE = 0x02, 0x10


def copy(table: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Appends rows; `table` and `columns` are names of ours, never of a user."""
    width = struct.pack("!h", len(columns))
    length = struct.Struct("!i").pack
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
    # Django turns the driver's errors into its own for `execute`, not for `copy`.
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as sink:
        parts, size = [_HEADER], 0
        for row in rows:
            parts.append(width)
            for cell in row:
                if cell is None:
                    parts.append(_NULL)
                else:
                    parts.append(length(len(cell)))
                    parts.append(cell)
                    size += len(cell)
            size += 100
            if size > _BUFFER:
                sink.write(b"".join(parts))
                parts, size = [], 0
        parts.append(_TRAILER)
        sink.write(b"".join(parts))


def big(value: int | None) -> Cell:
    return None if value is None else struct.pack("!q", value)


def small(value: int) -> bytes:
    return struct.pack("!h", value)


def real(value: float | None) -> Cell:
    return None if value is None else struct.pack("!d", value)


def words(value: str) -> bytes:
    return value.encode()


def days(lower: date, upper: date | None) -> bytes:
    """A daterange ``[lower, upper)``."""
    first = struct.pack("!ii", 4, (lower - _EPOCH_DAY).days)
    if upper is None:
        return bytes([_LOWER_INCLUSIVE | _UPPER_INFINITE]) + first
    return bytes([_LOWER_INCLUSIVE]) + first + struct.pack("!ii", 4, (upper - _EPOCH_DAY).days)


def since(moment: datetime) -> bytes:
    """A tstzrange ``[moment, )``."""
    elapsed = moment - _EPOCH
    microseconds = (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds
    return bytes([_LOWER_INCLUSIVE | _UPPER_INFINITE]) + struct.pack("!iq", 8, microseconds)


def point(place: npt.NDArray[np.float64]) -> Cell:
    """A point (2,) in degrees of CGCS2000, longitude first; NaN is NULL."""
    lon, lat = place.tolist()
    return None if lon != lon else struct.pack("<BIIdd", 1, 1 | 0x20000000, CGCS2000, lon, lat)
