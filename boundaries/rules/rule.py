"""What the register says of a rule."""

from __future__ import annotations

from dataclasses import dataclass

from boundaries.rules.finding import Severity


@dataclass(frozen=True, slots=True)
class Waiver:
    """Lets a finding of a rule be overridden: `code` is the finding's machine name, zh and en say what document it takes."""

    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Rule:
    """implemented_by: dotted path of the function or data file that carries the rule out; empty = registered, not built yet.

    waivers: the findings of this rule that a document may override. A blocking finding without one is never overridden.
    """

    id: str
    severity: Severity
    basis: str
    zh: str
    en: str
    implemented_by: str = ""
    note: str = ""
    waivers: tuple[Waiver, ...] = ()


@dataclass(frozen=True, slots=True)
class Chapter:
    title_zh: str
    title_en: str
    rules: tuple[Rule, ...]
