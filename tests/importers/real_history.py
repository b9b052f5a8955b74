"""Where the real history of Henan lies, and the commands it is asked with."""

from __future__ import annotations

from typing import Any

from tests.commands import run
from tests.shared import SHARED

COUNTIES = SHARED / "divisions_mca_county_1981_2024"
TOWNSHIPS = SHARED / "divisions_mumuy_2025" / "henan_townships_2025.csv"
CHANGES = SHARED / "changes" / "mca_subcounty_changes_raw_henan.csv"
EVERYTHING = (
    *("--county-diffs", str(COUNTIES)),
    *("--township-list", str(TOWNSHIPS)),
    *("--township-changes", str(CHANGES)),
)


def trace(what: str, day: str, *more: str) -> dict[str, Any]:
    status, found = run("trace", "--code" if what.isdigit() else "--name", what, "--on", day, *more)
    assert status == 0, found
    return found


def became(what: str, day: str, *more: str) -> list[tuple[str, str, float | None]]:
    return sorted((one["name"], one["code"], one["share"]) for one in trace(what, day, *more)["successors"])


def came_from(what: str, day: str, *more: str) -> list[tuple[str, str, float | None]]:
    return sorted((one["name"], one["code"], one["share"]) for one in trace(what, day, *more)["predecessors"])


def rows_on(day: str, level: int, under: str = "") -> dict[str, str]:
    status, found = run("divisions_on", day, "--level", str(level), *(("--under", under) if under else ()))
    assert status == 0, found
    return {one["code"]: one["name"] for one in found["divisions"]}
