"""docs/import-problems.md says of every problem of an import what to do about it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.conf import settings

from boundaries.matching.words import WORDS as MATCHING
from importers.problems import registry
from importers.readers.tables.wording import TABLES
from importers.readers.tracks.wording import TRACKS

ROOT = Path(settings.BASE_DIR)
TARGETS = sorted((ROOT / "importers" / "targets").glob("*.py"))
CODE = re.compile(r"[a-z][a-z0-9_]+")
GUIDE = ROOT / "docs" / "import-problems.md"
REFUSAL = re.compile(r"(?:refuse|not_a_format|InvalidInputError|ConflictError|ForbiddenError|NotFoundError)\(\s*\"([a-z_]+)\"")
# What only the command for history says, of its own files; and rooms whose own guide tells.
ELSEWHERE = {"list_missing", "codes_by_year_missing", "counties_missing", "folder_not_found", "bad_date"}


def refusals() -> set[str]:
    """Codes with which files and steps are refused, from the source of the rooms every import goes through."""
    parts = ["readers", "services", "views"]
    files = [path for part in parts for path in (ROOT / "importers" / part).glob("*.py")]
    files += TARGETS
    return {code for path in files for code in REFUSAL.findall(path.read_text("utf-8"))} - ELSEWHERE


def told_by_targets() -> set[str]:
    """Codes of what targets find in rows: what `tell` and `_told` are given, and the second of the five that a check yields."""
    found: set[str] = set()
    for path in TARGETS:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in {"tell", "_told"}:
                # Row, field or severity, code: the last of the short words before the sentences.
                words = [one.value for one in node.args[1:4] if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                found |= {next(one for one in reversed(words) if CODE.fullmatch(one))} if any(map(CODE.fullmatch, words)) else set()
            elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 5:
                second = node.value.elts[1]
                found |= {str(second.value)} if isinstance(second, ast.Constant) else set()
    return found


def test_what_targets_tell_is_found() -> None:
    assert {"bad_level", "bad_reference", "class_bad", "name_twice", "planned_route", "waypoint_kept"} <= told_by_targets()


def test_every_code_is_in_the_guide_and_no_other() -> None:
    told = set(re.findall(r"`([a-z0-9_]+)`", GUIDE.read_text("utf-8"))) - {"code", "import_history"}
    known = {*registry(), *TABLES, *TRACKS, *MATCHING, *told_by_targets()}
    assert (known | refusals()) - told == set(), "codes without a word on what to do"
    source = "".join(path.read_text("utf-8") for part in ("importers", "gis") for path in (ROOT / part).rglob("*.py"))
    assert {code for code in told - known if f'"{code}"' not in source} == set(), "codes that no reader knows"
