"""What a reader noticed: a code, where it is in the file, and a sentence in both languages. Nothing noticed is repaired.

Severity says what is lost: an `error` is content that could not be taken or cannot be used; after a `warning` all is kept as it
came, and doubtful.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from importers.problems import short

MAX_OF_A_CODE: Final = 50
Words = Mapping[str, tuple[str, str, str]]
Where = Mapping[str, int | str]


@dataclass(frozen=True)
class Finding:
    """`where` has what the format knows, all from 1: line, record, sheet, cell, row, field, track, segment, point, waypoint."""

    code: str
    severity: str
    where: Where
    message: str
    message_en: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {
            "severity": self.severity,
            "code": self.code,
            "where": dict(self.where),
            "message": self.message,
            "message_en": self.message_en,
        }


class Findings:
    """The findings of one file as they come: the first fifty of a code with their places, and how many there are of each."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._told: list[Finding] = []
        self.counts: Counter[str] = Counter()

    def add(self, code: str, where: Where | None = None, **values: Any) -> None:
        """Text from the file is shortened to what a person reads and made printable."""
        severity, zh, en = self._words[code]
        self.counts[code] += 1
        if self.counts[code] <= MAX_OF_A_CODE:
            shown = {name: short(value) if isinstance(value, str) else value for name, value in values.items()}
            self._told.append(Finding(code, severity, where or {}, zh.format_map(shown), en.format_map(shown), shown))

    def add_uncounted(self, code: str, count: int) -> None:
        """Further ones of a code whose places nobody needs, because fifty have been told."""
        self.counts[code] += count

    def room(self, code: str) -> int:
        """How many more of a code will be told with their places."""
        return max(0, MAX_OF_A_CODE - self.counts[code])

    def told(self) -> tuple[Finding, ...]:
        """Errors first, else in the order in which they were met."""
        return tuple(sorted(self._told, key=lambda finding: finding.severity != "error"))
