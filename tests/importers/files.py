"""Small files for the import tests, written by hand so that a reader sees what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.commands import run

Box = tuple[float, float, float, float]


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def geojson(path: Path, rows: Sequence[tuple[Mapping[str, Any], dict[str, Any] | None]], crs: str | None = "EPSG:4490") -> Path:
    """`rows` are (properties, geometry); `crs` None leaves the member out."""
    document: dict[str, Any] = {"type": "FeatureCollection"}
    if crs:
        document["crs"] = {"type": "name", "properties": {"name": f"urn:ogc:def:crs:{crs.replace(':', '::')}"}}
    document["features"] = [{"type": "Feature", "properties": dict(own), "geometry": geometry} for own, geometry in rows]
    path.write_text(json.dumps(document, ensure_ascii=False), "utf-8")
    return path


def csv(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def load(path: Path | str, level: str, day: str, *options: str) -> dict[str, Any]:
    """Runs the command and expects it to succeed."""
    status, result = run("import_divisions", str(path), "--level", level, "--as-of", day, *options)
    assert status == 0, result
    return result


def refused(path: Path | str, level: str, day: str, *options: str) -> dict[str, Any]:
    """Runs the command and expects a refusal; its error."""
    status, result = run("import_divisions", str(path), "--level", level, "--as-of", day, *options)
    assert status == 1, result
    error: dict[str, Any] = result["error"]
    return error


def codes_of(result: Mapping[str, Any], severity: str = "error") -> list[tuple[int | None, str]]:
    return [(problem["row"], problem["code"]) for problem in result["problems"] if problem["severity"] == severity]
