"""Traditional characters folded to simplified ones, by opencc's dictionaries (its own words beat a table of ours)."""

from __future__ import annotations

from functools import cache
from typing import Any

from opencc import OpenCC


@cache
def _converter() -> Any:
    return OpenCC("t2s")


def simplified(text: str) -> str:
    """`text` in simplified characters; what is simplified already stays."""
    found: str = _converter().convert(text)
    return found
