"""What is known beforehand that helps to read a file: names, for encodings; boundaries, for reference systems. No database here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
import shapely

from gis.crs import Outlines


@dataclass(frozen=True)
class Known:
    """`names` of divisions down to the township; `outlines` None where the register has no boundary to compare with."""

    names: Collection[str] = frozenset()
    outlines: Outlines | None = None
    _wkb: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, names: Collection[str], wkb: list[bytes]) -> Known:
        outlines = Outlines(shapely.from_wkb(np.array(wkb, dtype=object))) if wkb else None
        return cls(names, outlines, tuple(wkb))

    def save(self, path: Path) -> None:
        """For a process without a database: names and boundaries in one file, without pickles."""
        lengths = np.array([len(one) for one in self._wkb], dtype=np.int64)
        with path.open("wb") as sink:
            np.savez(
                sink,
                names=np.frombuffer("\n".join(sorted(self.names)).encode(), dtype=np.uint8),
                lengths=lengths,
                wkb=np.frombuffer(b"".join(self._wkb), dtype=np.uint8),
            )

    @classmethod
    def load(cls, path: Path) -> Known:
        with np.load(path, allow_pickle=False) as saved:
            names = frozenset(saved["names"].tobytes().decode().split("\n")) - {""}
            content, ends = saved["wkb"].tobytes(), np.cumsum(saved["lengths"]).tolist()
        return cls.of(names, [content[start:end] for start, end in zip([0, *ends], ends, strict=False)])


NOTHING: Final = Known()
