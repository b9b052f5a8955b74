"""Typed access to the tables of a rule-set file, collecting every problem with its line instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from boundaries.rules.indicators import IndicatorError, parse_number
from boundaries.rules.toml_positions import Path

Choice = TypeVar("Choice", bound=StrEnum)

MAX_TEXT = 2000
MAX_ITEMS = 500

_MARKUP = re.compile(r"<\s*[A-Za-z/!?]")
_FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a rule-set file. ``line`` counts from 1; ``path`` is like ``criterion[2].threshold``."""

    line: int
    path: str
    code: str
    message_zh: str
    message_en: str

    def as_dict(self) -> dict[str, str | int]:
        return {
            "line": self.line,
            "path": self.path,
            "code": self.code,
            "message": self.message_zh,
            "message_en": self.message_en,
        }


class RuleSetError(ValueError):
    """A rule-set file that cannot be used, with all its problems in the order of their lines."""

    def __init__(self, filename: str, problems: list[Problem]) -> None:
        self.filename = filename
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.path))
        first = self.problems[0]
        super().__init__(f"{filename}:{first.line}: {first.message_zh}")


@dataclass(slots=True)
class Problems:
    """The problems found so far, and where each path of the document stands."""

    positions: Mapping[Path, int]
    found: list[Problem] = field(default_factory=list)

    def add(self, path: Path, code: str, message_zh: str, message_en: str) -> None:
        self.found.append(Problem(self.line(path), _words(path), code, message_zh, message_en))

    def line(self, path: Path) -> int:
        """The line of ``path``, or of the nearest thing around it (a key that is missing has no line of its own)."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, 1)


def _words(path: Path) -> str:
    words = ""
    for part in path:
        words += f"[{part + 1}]" if isinstance(part, int) else (f".{part}" if words else part)
    return words


def text_problem(text: str) -> tuple[str, str, str] | None:
    """Why ``text`` may not stand in a standard: (code, Chinese, English); None when it may."""
    if len(text) > MAX_TEXT:
        return "text_too_long", f"文字超过{MAX_TEXT}字。", f"The text is longer than {MAX_TEXT} characters."
    for character in text:
        if unicodedata.category(character) in _FORBIDDEN_CATEGORIES:
            name = f"U+{ord(character):04X}"
            return "control_character", f"文字中有控制字符{name}。", f"The text contains the control character {name}."
    if _MARKUP.search(text):
        return "markup", "文字中不能有HTML标记。", "The text must not contain HTML."
    return None


class Table:
    """One table of the document. Reading a key marks it as known; ``finish`` reports the keys nobody asked for."""

    def __init__(self, data: Mapping[str, Any], path: Path, problems: Problems) -> None:
        self.data = data
        self.path = path
        self.problems = problems
        self._known: list[str] = []

    def __contains__(self, key: str) -> bool:
        return key in self.data

    def problem(self, key: str, code: str, message_zh: str, message_en: str) -> None:
        self.problems.add((*self.path, key) if key else self.path, code, message_zh, message_en)

    def _get(self, key: str, required: bool) -> Any:
        self._known.append(key)
        if key not in self.data and required:
            self.problem("", "key_missing", f"缺少必填项“{key}”。", f"The key “{key}” is missing.")
        return self.data.get(key)

    def _wrong_type(self, key: str, zh: str, en: str) -> None:
        self.problem(key, "wrong_type", f"“{key}”应为{zh}。", f"“{key}” must be {en}.")

    def text(self, key: str, *, required: bool = False, pattern: str = "") -> str:
        value = self._get(key, required)
        return "" if value is None else self._checked_text(key, value, required, pattern)

    def _checked_text(self, key: str, value: object, required: bool, pattern: str = "") -> str:
        if not isinstance(value, str):
            self._wrong_type(key, "文字（加引号）", "a text in quotes")
            return ""
        wrong = text_problem(value)
        if wrong is not None:
            self.problem(key, *wrong)
            return ""
        if required and not value.strip():
            self.problem(key, "empty", f"“{key}”不能为空。", f"“{key}” must not be empty.")
        elif pattern and value and not re.fullmatch(pattern, value):
            self.problem(key, "wrong_form", f"“{key}”的写法不对，应符合 {pattern}。", f"“{key}” must match {pattern}.")
            return ""
        return value.strip()

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        value = self._get(key, required)
        if value is None:
            return ()
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self._wrong_type(key, "文字列表", "a list of texts")
            return ()
        return tuple(Table({key: one}, self.path, self.problems).text(key, required=True) for one in value)

    def flag(self, key: str) -> bool:
        value = self._get(key, required=False)
        if value is None:
            return False
        if not isinstance(value, bool):
            self._wrong_type(key, "true或false", "true or false")
            return False
        return value

    def number(self, key: str, *, required: bool = False) -> Fraction | None:
        """An exact number. Text in quotes is refused, so that "三万" or "30 000" cannot slip in as a threshold."""
        value = self._get(key, required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            self._wrong_type(key, "数字（不加引号）", "a number without quotes")
            return None
        try:
            number = parse_number(value)
        except IndicatorError as error:
            self.problem(key, error.code, error.message_zh, error.message_en)
            return None
        if abs(number) > 10**15:
            self.problem(key, "number_too_large", f"“{key}”的数值过大。", f"The number of “{key}” is too large.")
            return None
        return number

    def choice(self, key: str, kind: type[Choice], *, required: bool = False, default: Choice | None = None) -> Choice | None:
        value = self._get(key, required)
        if value is None:
            return default
        try:
            return kind(value)
        except ValueError:
            allowed = "、".join(kind)
            self.problem(key, "not_allowed", f"“{key}”只能是：{allowed}。", f"“{key}” must be one of {', '.join(kind)}.")
            return default

    def day(self, key: str) -> date | None:
        value = self._get(key, required=False)
        if value is None:
            return None
        if isinstance(value, datetime) or not isinstance(value, date):
            self._wrong_type(key, "日期（如 2021-01-01，不加引号）", "a date such as 2021-01-01, without quotes")
            return None
        if not 1949 <= value.year <= 2200:
            self.problem(key, "date_out_of_range", f"“{key}”的年份不合理。", f"The year of “{key}” is not plausible.")
            return None
        return value

    def partial_day(self, key: str) -> str | None:
        """A date as far as it is known: 2008-07-01, "2008-07" or "2008"."""
        value = self.data.get(key)
        if not isinstance(value, str):
            day = self.day(key)
            return day.isoformat() if day else None
        self._known.append(key)
        match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", value)
        try:
            if match is None:
                raise ValueError(value)
            year, month, day_of_month = (int(part) if part else 1 for part in match.groups())
            if date(year, month, day_of_month).year < 1949:
                raise ValueError(value)
        except ValueError:
            self.problem(key, "wrong_form", f"“{key}”应为 2008、2008-07 或 2008-07-01。",
                         f"“{key}” must be like 2008, 2008-07 or 2008-07-01.")  # fmt: skip
            return None
        return value

    def table(self, key: str) -> Table | None:
        value = self._get(key, required=False)
        if value is None:
            return None
        if not isinstance(value, dict):
            self._wrong_type(key, "表 { … }", "a table { … }")
            return None
        return Table(value, (*self.path, key), self.problems)

    def tables(self, key: str, *, required: bool = False) -> list[Table]:
        value = self._get(key, required)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self._wrong_type(key, f"表的列表（[[{key}]]）", f"a list of tables ([[{key}]])")
            return []
        if len(value) > MAX_ITEMS:
            self.problem(key, "too_many", f"“{key}”多于{MAX_ITEMS}项。", f"“{key}” has more than {MAX_ITEMS} items.")
            return []
        return [Table(one, (*self.path, key, index), self.problems) for index, one in enumerate(value)]

    def ignore(self, *keys: str) -> None:
        """Take ``keys`` as known although their meaning cannot be said, so that one mistake is reported once."""
        self._known += keys

    def finish(self) -> None:
        """Report every key that no one asked for; a misspelt key must not be silently ignored in a legal text."""
        for key in self._unknown():
            near = difflib.get_close_matches(key, self._known, 1)
            hint_zh, hint_en = (f"是否应为“{near[0]}”？", f" Did you mean “{near[0]}”?") if near else ("", "")
            shown = key if text_problem(key) is None and len(key) <= 40 else "…"
            self.problem(key, "key_unknown", f"没有“{shown}”这一项。{hint_zh}", f"There is no key “{shown}”.{hint_en}")

    def _unknown(self) -> Iterator[str]:
        return (key for key in self.data if key not in self._known)
