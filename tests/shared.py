"""The real data laid beside the checkout (../shared/data), for tests only; nothing of it is ever copied into the project."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pytest
import shapely

SHARED: Path = Path(__file__).resolve().parents[2] / "shared" / "data"

_Test = TypeVar("_Test", bound=Callable[..., Any] | type)


def requires_shared(test: _Test) -> _Test:
    """Mark a test (or class) that reads `SHARED`: skipped where the data is missing, but failing there when CI is set."""
    missing = not SHARED.is_dir()
    # In CI the test runs all the same and fails on the first file it cannot open.
    skip = pytest.mark.skipif(missing and not os.environ.get("CI"), reason=f"needs the real data in {SHARED}")
    marked: _Test = pytest.mark.shared_data(skip(test))
    return marked


def read_features(path: str | Path) -> tuple[list[dict[str, Any]], npt.NDArray[np.object_]]:
    """Properties and shapely geometries (n,) of a GeoJSON file; a relative path is taken under `SHARED`. No CRS is changed."""
    features = json.loads((SHARED / path).read_text("utf-8"))["features"]
    geometries = np.empty(len(features), dtype=object)
    geometries[:] = [shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features]
    return [feature["properties"] for feature in features], geometries
