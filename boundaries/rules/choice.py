"""STD-00: which rule set carries the verdict on a day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundaries.rules.finding import Finding
from boundaries.rules.ruleset import RuleSet, Target


@dataclass(frozen=True, slots=True)
class RuleSetChoice:
    """rule_set: the official one in force, else the best advisory one, else None (also when two official ones collide)."""

    rule_set: RuleSet | None
    advisory: bool
    candidates: tuple[RuleSet, ...]
    findings: tuple[Finding, ...]


def choose_rule_set(rule_sets: Iterable[RuleSet], target: Target, on: date, *, region: str = "41") -> RuleSetChoice:
    """Exactly one official set for ``target`` and ``region`` in force on ``on``; otherwise advisory (STD-00)."""
    raise NotImplementedError
