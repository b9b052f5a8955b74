"""Every file of the shared data comes to what expectations.toml says: accepted with these counts, or refused with this code."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from importers.inspection import inspect
from tests.shared import SHARED, requires_shared

EXPECTATIONS = tomllib.loads(Path(__file__).with_name("expectations.toml").read_text("utf-8"))["file"]
FOLDERS = ("bad_files", "shapefile_encodings", "shapefile_crs", "shapefiles_zm", "prj_samples")
# Read by the readers of tracks, which have a table of their own.
TRACKS = ("bad_files/gpx", "bad_files/fit")


def told(document: dict[str, Any]) -> dict[str, Any]:
    """A document in the words of the table."""
    found: dict[str, Any] = {"kind": document["kind"]}
    if "error" in document:
        return {**found, "refused": document["error"]["code"]}
    encoding, crs = document["encoding"], document["crs"]
    found["driver"] = document["driver"]
    if encoding["name"]:
        found["encoding"] = f"{encoding['name']} {encoding['certainty']} {encoding['how']}"
    found["crs"] = " ".join(filter(None, (crs["code"], crs["certainty"], "swapped" if crs["swapped"] else "")))
    if not crs["code"] and crs["alternatives"]:
        found["or"] = [one["code"] for one in crs["alternatives"]][:4]
    found["layers"] = [[one["name"], one["geometry"] or "", one["features"], len(one["fields"])] for one in document["layers"]]
    if document["problem_counts"]:
        found["problems"] = document["problem_counts"]
    return found


@requires_shared
@pytest.mark.parametrize("expected", EXPECTATIONS, ids=lambda one: one["path"])
def test_a_file_comes_to_what_the_table_says(expected: dict[str, Any]) -> None:
    document = inspect(SHARED / expected["path"]).as_dict()
    assert told(document) == {key: value for key, value in expected.items() if key != "path"}
    json.dumps(document, allow_nan=False)
    for problem in document["problems"]:
        assert problem["message"].endswith(("。", "”", "？")), problem
        assert problem["message_en"], problem


@requires_shared
def test_the_table_has_every_file() -> None:
    """A file is listed, in a listed folder, or a part of a listed Shapefile."""
    listed = [SHARED / one["path"] for one in EXPECTATIONS]
    missing = []
    for path in sorted(one for folder in FOLDERS for one in (SHARED / folder).rglob("*") if one.is_file()):
        name = str(path.relative_to(SHARED))
        part = any(one == path or one in path.parents or (one.parent, one.stem) == (path.parent, path.stem) for one in listed)
        if not part and path.name != "README.md" and not name.startswith(TRACKS) and path.suffix != ".cpg":
            missing.append(name)
    assert missing == []
