"""A table as one file without pickles, so that a process which read it can hand it to one that has not."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from importers.readers.table import Encoding, Note, Table


def save(table: Table, path: Path) -> None:
    told: dict[str, Any] = {
        "driver": table.driver,
        "columns": table.columns,
        "count": table.count,
        "encoding": {"name": table.encoding.name, "how": table.encoding.how, "conflict": table.encoding.conflict},
        "unreadable": table.unreadable,
        "crs": table.crs,
        "crs_how": table.crs_how,
        "lines": table.lines,
        "notes": [dataclasses.asdict(note) for note in table.notes],
        "layer": table.layer,
        "dimensions": table.dimensions,
    }
    arrays: dict[str, Any] = {"told": np.frombuffer(json.dumps(told).encode("utf-8", "surrogatepass"), dtype=np.uint8)}
    if table.geometry is not None:
        wkb = [one or b"" for one in shapely.to_wkb(table.geometry).tolist()]
        arrays["lengths"] = np.array([len(one) for one in wkb], dtype=np.int64)
        arrays["wkb"] = np.frombuffer(b"".join(wkb), dtype=np.uint8)
    with path.open("wb") as sink:
        np.savez(sink, **arrays)


def load(path: Path) -> Table:
    """Raises `ValueError` or `KeyError` for what is no such file."""
    with np.load(path, allow_pickle=False) as saved:
        told = json.loads(saved["told"].tobytes().decode("utf-8", "surrogatepass"))
        geometry = None
        if "wkb" in saved:
            content, ends = saved["wkb"].tobytes(), np.cumsum(saved["lengths"]).tolist()
            parts = [content[start:end] or None for start, end in zip([0, *ends], ends, strict=False)]
            geometry = np.empty(len(parts), dtype=object)
            geometry[:] = shapely.from_wkb(np.array(parts, dtype=object))
    told["encoding"] = Encoding(**told["encoding"])
    told["notes"] = [Note(**note) for note in told["notes"]]
    told["unreadable"] = {int(row): words for row, words in told["unreadable"].items()}
    return Table(geometry=geometry, **told)
