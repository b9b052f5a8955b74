"""Criteria for hazards along a boundary line, read from TOML: kinds, likelihood, consequence, the matrix, a line's risk.

They are data and no law: no assessment rules for 平安边界 were found in a source, so what is shipped is this system's own proposal
(boundaries/hazards/proposal.toml) and an office may put its own text in its place.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).resolve().parents[1] / "hazards" / "proposal.toml"
LINE_TERMS = ("overdue_year", "marker_damaged", "marker_lost", "marker_moved", "marker_faint")
LONGEST = 100_000
_KEY_LENGTH = 24


class CriteriaError(ValueError):
    """The text cannot be used; `problems` are sentences (zh, en), all of them at once."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(en for _zh, en in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Word:
    """A kind, a likelihood or a consequence; `criterion` says when it holds."""

    key: str
    zh: str
    en: str
    criterion: str = ""
    criterion_en: str = ""


@dataclass(frozen=True, slots=True)
class RiskLevel:
    """`rank` counts from 0, the lowest; `points` is what one open hazard of this level adds to its line."""

    key: str
    zh: str
    en: str
    rank: int
    points: float


@dataclass(frozen=True, slots=True)
class Criteria:
    """`matrix[likelihood][consequence]` is the key of a level; `line` the points of `LINE_TERMS`; `bounds` totals by level."""

    title: str
    title_en: str
    status: str
    status_en: str
    kinds: Mapping[str, Word]
    likelihoods: Mapping[str, Word]
    consequences: Mapping[str, Word]
    levels: Mapping[str, RiskLevel]
    matrix: Mapping[str, Mapping[str, str]]
    line: Mapping[str, float]
    bounds: Mapping[str, float]

    def level(self, likelihood: str, consequence: str) -> RiskLevel | None:
        """None where the criteria in force no longer know one of the words: a person must assess anew."""
        key = self.matrix.get(likelihood, {}).get(consequence)
        return self.levels.get(key) if key else None

    def level_of_total(self, total: float) -> RiskLevel:
        """The highest level whose total is reached."""
        reached = [level for level in self.levels.values() if total >= self.bounds.get(level.key, 0.0)]
        return max(reached, key=lambda level: level.rank)


@lru_cache(maxsize=1)
def shipped() -> Criteria:
    return read(SHIPPED.read_text("utf-8"))


@lru_cache(maxsize=8)
def read(text: str) -> Criteria:
    """Raises `CriteriaError` with everything that is wrong."""
    if len(text) > LONGEST:
        raise CriteriaError([("评定办法过长。", "The text is too long.")])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CriteriaError([(f"不是有效的 TOML 文本：{error}。", f"Not valid TOML: {error}.")]) from error
    return _Reader(data).criteria()


class _Reader:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.problems: list[tuple[str, str]] = []

    def criteria(self) -> Criteria:
        kinds, likelihoods, consequences = (self._words(name) for name in ("kind", "likelihood", "consequence"))
        levels = self._levels()
        matrix = self._matrix(list(likelihoods), list(consequences), levels)
        line, bounds = self._line(levels)
        texts = {name: self._text(self.data, name, name) for name in ("title", "title_en", "status", "status_en")}
        if self.problems:
            raise CriteriaError(self.problems)
        return Criteria(
            **texts,
            kinds=kinds,
            likelihoods=likelihoods,
            consequences=consequences,
            levels=levels,
            matrix=matrix,
            line=line,
            bounds=bounds,
        )

    def _wrong(self, zh: str, en: str) -> None:
        self.problems.append((zh, en))

    def _text(self, table: Mapping[str, Any], name: str, where: str) -> str:
        value = table.get(name)
        if not isinstance(value, str) or not value.strip():
            self._wrong(f"{where} 缺少文字“{name}”。", f"{where} lacks the text “{name}”.")
            return ""
        return value.strip()

    def _number(self, table: Mapping[str, Any], name: str, where: str) -> float:
        value = table.get(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e6:
            self._wrong(f"{where} 的“{name}”应为不小于零的数。", f"“{name}” of {where} must be a number from zero on.")
            return 0.0
        return float(value)

    def _tables(self, name: str) -> list[tuple[str, Mapping[str, Any]]]:
        """(key, table) of every [[name]], each key once."""
        given = self.data.get(name)
        if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
            self._wrong(f"缺少 [[{name}]]。", f"[[{name}]] is missing.")
            return []
        found: dict[str, Mapping[str, Any]] = {}
        for number, one in enumerate(given, 1):
            key = self._text(one, "key", f"[[{name}]] {number}")
            if key in found:
                self._wrong(f"[[{name}]] 的“{key}”重复。", f"“{key}” of [[{name}]] stands twice.")
            elif not key.isascii() or len(key) > _KEY_LENGTH:
                self._wrong(f"“{key}”应为不超过{_KEY_LENGTH}个的英文字母。", f"“{key}” must be up to {_KEY_LENGTH} Latin letters.")
            found[key] = one
        return list(found.items())

    def _words(self, name: str) -> dict[str, Word]:
        words = {}
        for key, one in self._tables(name):
            where = f"[[{name}]] {key}"
            judged = name != "kind"
            words[key] = Word(
                key,
                self._text(one, "zh", where),
                self._text(one, "en", where),
                self._text(one, "criterion", where) if judged else "",
                self._text(one, "criterion_en", where) if judged else "",
            )
        return words

    def _levels(self) -> dict[str, RiskLevel]:
        return {
            key: RiskLevel(
                key,
                self._text(one, "zh", f"[[level]] {key}"),
                self._text(one, "en", f"[[level]] {key}"),
                rank,
                self._number(one, "points", f"[[level]] {key}"),
            )
            for rank, (key, one) in enumerate(self._tables("level"))
        }

    def _matrix(self, likelihoods: list[str], consequences: list[str], levels: Mapping[str, Any]) -> dict[str, dict[str, str]]:
        given = self.data.get("matrix")
        matrix: dict[str, dict[str, str]] = {}
        for likelihood in likelihoods:
            row = given.get(likelihood) if isinstance(given, dict) else None
            if not isinstance(row, list) or len(row) != len(consequences) or not all(one in levels for one in row):
                self._wrong(
                    f"[matrix] 的“{likelihood}”应有{len(consequences)}个等级。",
                    f"“{likelihood}” of [matrix] needs {len(consequences)} levels.",
                )
                continue
            matrix[likelihood] = dict(zip(consequences, row, strict=True))
        self._rising(likelihoods, consequences, matrix, levels)
        return matrix

    def _rising(
        self, likelihoods: list[str], consequences: list[str], matrix: Mapping[str, Mapping[str, str]], levels: Mapping[str, Any]
    ) -> None:
        """A graver case is never of a lower level; otherwise a slip of the pen would lower what matters most."""
        rank = {key: level.rank for key, level in levels.items()}
        for number, likelihood in enumerate(likelihoods):
            row = [rank[one] for one in matrix.get(likelihood, {}).values()]
            below = matrix.get(likelihoods[number - 1], {}) if number else {}
            falls = row != sorted(row) or any(
                rank[matrix[likelihood][one]] < rank[below[one]] for one in consequences if below and likelihood in matrix
            )
            if falls:
                self._wrong(
                    f"[matrix] 的“{likelihood}”：更重的情形等级反而低。",
                    f"“{likelihood}” of [matrix]: a graver case has a lower level.",
                )

    def _line(self, levels: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]]:
        table = self.data.get("line")
        if not isinstance(table, dict):
            self._wrong("缺少 [line]。", "[line] is missing.")
            return {}, {}
        terms = {name: self._number(table, name, "[line]") for name in LINE_TERMS}
        bounds = {key: self._number(table, key, "[line]") for key in list(levels)[1:]}
        if list(bounds.values()) != sorted(bounds.values()):
            self._wrong("[line] 各等级的总分应自低至高。", "The totals of [line] must rise with the levels.")
        return terms, bounds
