"""Why an act cannot be carried out, in Chinese and English."""

from __future__ import annotations

from typing import Any


class ChangeError(ValueError):
    """`code` is stable, for programs; `act` is the position (from 0) of the act, None when it is the decision as a whole."""

    def __init__(self, code: str, zh: str, en: str, act: int | None = None, **details: Any) -> None:
        super().__init__(f"{code}: {en}")
        self.code = code
        self.zh = zh
        self.en = en
        self.act = act
        self.details = details
