"""`check_signs` and `sign_gaps` answer what docs/commands.md says; each rule on signs has a test that names it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from placenames.models import SignState
from tests.commands import run
from tests.placenames.signs_world import X, Y, make_world
from tests.placenames.test_signs import street

ROOT = Path(__file__).parents[2]
# Keys of what is data of the office (`wanted_by`) and of rules and kinds, which the page shows as examples.
_OPEN = {"by_rule", "wanted_by"}


def documented(command: str) -> tuple[set[str], str]:
    """Every name in quotes of the command's example, and the example."""
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    section = re.split(rf"^## {command} ", text, flags=re.M)[1].split("\n## ")[0]
    example = section[section.index("{") : section.index("\n- ")]
    return set(re.findall(r'"([a-z_]+)"', example)), example


def outermost(example: str) -> set[str]:
    """Names in quotes that stand in the outermost braces and are no values."""
    found, depth = set(), 0
    for mark, name, value in re.findall(r'([{}\[\]])|(?<!: )"([a-z_]+)"|(: ?"[^"]*")', example):
        depth += (mark in "{[" if mark else 0) - (mark in "}]" if mark else 0)
        if name and depth == 1 and not value:
            found.add(name)
    return found


def keys_of(document: object) -> set[str]:
    found: set[str] = set()
    if isinstance(document, dict):
        for key, value in document.items():
            found.add(key)
            if key not in _OPEN:
                found |= keys_of(value)
    elif isinstance(document, list):
        for one in document:
            found |= keys_of(one)
    return found


@pytest.mark.django_db
def test_the_keys_of_the_documents_are_the_documented_ones():
    world = make_world()
    street(world, chinese="建設路", roman="JIANSHE ROAD", ground="green")
    street(world, state=SignState.DAMAGED, position=(X + 0.01, Y))
    for command in ("check_signs", "sign_gaps"):
        status, document = run(command, "--under", "419921")
        told, example = documented(command)
        assert status == 0 and (document.get("signs") or document.get("gaps"))
        assert keys_of(document) <= told, (command, sorted(keys_of(document) - told))
        top = outermost(example)
        assert set(document) == top, (command, set(document) ^ top)


def test_each_rule_on_signs_has_a_test_that_names_it():
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests/placenames").glob("test_sign*.py"))
    named = set(re.findall(r"def test_(sign_0\d)_", tests))
    assert named == {f"sign_0{number}" for number in range(1, 7)}
