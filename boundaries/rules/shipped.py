"""The rule sets that come with the program, boundaries/standards/*.toml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from boundaries.rules.ruleset import RuleSet
from boundaries.rules.toml_loader import decode_rule_set, parse_rule_set

STANDARDS = Path(__file__).resolve().parent.parent / "standards"


def shipped_files() -> dict[str, str]:
    """File name → text, in the order of the names."""
    return {path.name: decode_rule_set(path.read_bytes(), path.name) for path in sorted(STANDARDS.glob("*.toml"))}


@cache
def shipped_rule_sets() -> tuple[RuleSet, ...]:
    return tuple(parse_rule_set(text, name) for name, text in shipped_files().items())
