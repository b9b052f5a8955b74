"""Many shapes as WKB in a file without a name, so that what a process holds does not grow with them.

GEOS takes some 5 kB for a polygon of 120 vertices; here it takes 50 bytes of memory, and the rest of it lies in the folder for
temporary files (`TMPDIR`). The file is gone with the last object that reads it, also where the process is killed. Knows nothing of
Django.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Chosen = slice | Integers | npt.NDArray[np.intp] | npt.NDArray[np.bool_]

PIECE: Final = 2_000
_NONE: Final = -1
_READ: Final = 8 << 20  # bytes at once, where rows lie one behind the other


class _Store:
    """The file: bytes are only ever appended."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="yudi-shapes-")  # noqa: SIM115  it lives as long as the object
        self._end = 0

    def append(self, raw: bytes) -> int:
        """Where they begin."""
        first, left = self._end, memoryview(raw)
        self._end += len(raw)
        at = first
        while left:
            done = os.pwrite(self._file.fileno(), left, at)
            left, at = left[done:], at + done
        return first

    def read(self, start: int, length: int) -> bytes:
        parts = []
        while length:
            part = os.pread(self._file.fileno(), length, start)
            if not part:
                raise OSError("the file of shapes ends too early")
            parts.append(part)
            start, length = start + len(part), length - len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)


class KeptShapes:
    """(n,) shapes, None among them, read back as they are asked for: `kept[2:5]`, `kept[numbers]` and `kept[mask]` are arrays of
    shapely geometries, `kept.wkb(…)` the bytes themselves. Reading from several threads is safe, adding is for one.

    bounds  (n, 4) west, south, east, north in the shapes' own coordinates; NaN for what is None or empty
    """

    def __init__(self) -> None:
        self._store = _Store()
        self._pieces: list[tuple[Integers, Integers, Floats]] = []
        self._start: Integers = np.empty(0, dtype=np.int64)
        self._length: Integers = np.empty(0, dtype=np.int64)
        self._bounds: Floats = np.empty((0, 4))

    @classmethod
    def of(cls, geometries: Geometries, *, srid: int = 0) -> KeptShapes:
        kept = cls()
        for start in range(0, len(geometries), PIECE):
            kept.add(geometries[start : start + PIECE], srid=srid)
        return kept

    def add(self, geometries: Geometries, *, srid: int = 0) -> None:
        """Appends shapes (n,); with `srid` as EWKB, the form in which PostGIS takes them."""
        some = shapely.set_srid(geometries, srid) if srid else geometries
        self.add_wkb(shapely.to_wkb(some, include_srid=bool(srid), byte_order=1).tolist(), shapely.bounds(geometries))

    def add_wkb(self, wkb: Sequence[bytes | None], bounds: Floats | None = None) -> None:
        """Appends bytes that may be no shapes at all; without `bounds` they are not known (NaN)."""
        lengths = np.array([_NONE if one is None else len(one) for one in wkb], dtype=np.int64)
        behind = np.cumsum(np.maximum(lengths, 0))
        first = self._store.append(b"".join(one for one in wkb if one is not None))
        known = np.full((len(wkb), 4), np.nan) if bounds is None else bounds
        self._pieces.append((first + behind - np.maximum(lengths, 0), lengths, known))

    def replace(self, index: int, geometry: shapely.Geometry, *, srid: int = 0) -> None:
        """Another shape in one place."""
        self._settle()
        self.add(np.array([geometry], dtype=object), srid=srid)
        start, length, bounds = self._pieces.pop()
        self._start[index], self._length[index], self._bounds[index] = start[0], length[0], bounds[0]

    def take(self, chosen: Chosen) -> KeptShapes:
        """Those shapes in that order, read from the same file. What is added to one of the two does not show in the other."""
        self._settle()
        taken = object.__new__(type(self))
        taken._store, taken._pieces = self._store, []
        taken._start, taken._length, taken._bounds = self._start[chosen], self._length[chosen], self._bounds[chosen]
        return taken

    def __len__(self) -> int:
        self._settle()
        return len(self._start)

    @property
    def bounds(self) -> Floats:
        self._settle()
        return self._bounds

    @property
    def missing(self) -> npt.NDArray[np.bool_]:
        """(n,) which are None."""
        self._settle()
        return self._length == _NONE

    @property
    def length_bytes(self) -> int:
        """How long all of them are as WKB."""
        self._settle()
        return int(np.maximum(self._length, 0).sum())

    def __getitem__(self, chosen: Chosen) -> Geometries:
        found = np.array(self.wkb(chosen), dtype=object)
        return np.asarray(shapely.from_wkb(found), dtype=object)

    def one(self, index: int) -> shapely.Geometry | None:
        found: shapely.Geometry | None = self[index : index + 1][0]
        return found

    def pieces(self, size: int = PIECE) -> Iterator[tuple[int, Geometries]]:
        """All shapes in order, with the number of the first of each piece."""
        for start in range(0, len(self), size):
            yield start, self[start : start + size]

    def wkb(self, chosen: Chosen) -> list[bytes | None]:
        self._settle()
        starts, lengths = self._start[chosen], self._length[chosen]
        there = np.flatnonzero(lengths != _NONE)
        found: list[bytes | None] = [None] * len(starts)
        for run in self._runs(starts[there], lengths[there]):
            rows = there[run]
            first = int(starts[rows[0]])
            raw = self._store.read(first, int(starts[rows[-1]] + lengths[rows[-1]]) - first)
            for row in rows.tolist():
                at = int(starts[row]) - first
                found[row] = raw[at : at + int(lengths[row])]
        return found

    def _runs(self, starts: Integers, lengths: Integers) -> Iterator[slice]:
        """Slices of rows that lie one behind the other in the file, not longer than is read at once."""
        ends = starts + lengths
        apart = np.flatnonzero(starts[1:] != ends[:-1]) + 1
        for low, high in zip([0, *apart.tolist()], [*apart.tolist(), len(starts)], strict=True):
            while low < high:
                limit = int(np.searchsorted(ends[low:high], starts[low] + _READ, side="right"))
                step = max(1, limit)
                yield slice(low, min(low + step, high))
                low += step

    def _settle(self) -> None:
        """Joins what was added since."""
        if self._pieces:
            starts, lengths, bounds = zip(*self._pieces, strict=True)
            self._start = np.concatenate((self._start, *starts))
            self._length = np.concatenate((self._length, *lengths))
            self._bounds = np.concatenate((self._bounds, *bounds))
            self._pieces = []


Shapes = Geometries | KeptShapes


def bounds_of(shapes: Shapes) -> Floats:
    """(n, 4) west, south, east, north."""
    if isinstance(shapes, KeptShapes):
        return shapes.bounds
    found: Floats = shapely.bounds(shapes)
    return found
