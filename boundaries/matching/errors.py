"""Why something cannot be matched, in Chinese and English."""

from __future__ import annotations

from typing import Any


class MatchError(ValueError):
    """`code` is stable, for programs; `details` further values."""

    def __init__(self, code: str, zh: str, en: str, **details: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.details = details
