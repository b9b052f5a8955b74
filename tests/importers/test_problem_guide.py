"""docs/import-problems.md says of every problem of an import what to do about it."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from importers.problems import registry
from importers.readers.tables.wording import TABLES
from importers.readers.tracks.wording import TRACKS

ROOT = Path(settings.BASE_DIR)
GUIDE = ROOT / "docs" / "import-problems.md"
REFUSAL = re.compile(r"(?:refuse|not_a_format|InvalidInputError|ConflictError|ForbiddenError|NotFoundError)\(\s*\"([a-z_]+)\"")
# What only the command for history says, of its own files; and rooms whose own guide tells.
ELSEWHERE = {"list_missing", "codes_by_year_missing", "counties_missing", "folder_not_found", "bad_date"}


def refusals() -> set[str]:
    """Codes with which files and steps are refused, from the source of the rooms every import goes through."""
    parts = ["readers", "services", "views"]
    files = [path for part in parts for path in (ROOT / "importers" / part).glob("*.py")]
    files += [ROOT / "importers" / "targets" / name for name in ("target.py", "divisions.py", "indicators.py")]
    return {code for path in files for code in REFUSAL.findall(path.read_text("utf-8"))} - ELSEWHERE


def test_every_code_is_in_the_guide_and_no_other() -> None:
    told = set(re.findall(r"`([a-z_]+)`", GUIDE.read_text("utf-8"))) - {"code", "import_history"}
    known = {*registry(), *TABLES, *TRACKS}
    assert (known | refusals()) - told == set(), "codes without a word on what to do"
    source = "".join(path.read_text("utf-8") for part in ("importers", "gis") for path in (ROOT / part).rglob("*.py"))
    assert {code for code in told - known if f'"{code}"' not in source} == set(), "codes that no reader knows"
