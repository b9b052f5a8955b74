"""Which row is the heading: the first that fills most columns with words, below whatever title lines stand above it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

PREVIEW_ROWS: Final = 60
MAX_TITLE_ROWS: Final = 20
MAX_NAME: Final = 120
_VALUE: Final = re.compile(
    r"""[-+]?[\d,.:/\-\s°′″'"]*\d[\d,.:/\-\s°′″'"]*([eE][-+]?\d+)?%?[NSEW]?"""
    r"|\d{4}年.*日.*|(?i:(multi)?(point|polygon|linestring)\s*z?\s*\(.*)"
)
_YEAR: Final = re.compile(r"(19|20)\d\d年?")  # heads a column of figures


def header_of(rows: Sequence[Sequence[str]]) -> int:
    """Index of the heading among the first rows; -1 where the first full row is data already. `rows` must not be empty."""
    width = _usual_width(rows)
    if width == 1:
        return 0
    for index, row in enumerate(rows[: MAX_TITLE_ROWS + 1]):
        filled = [cell.strip() for cell in row if cell.strip()]
        if len(filled) < max(2, math.ceil(0.6 * width)):
            continue
        values = sum(_is_value(cell) for cell in filled)
        return index if values <= len(filled) / 3 else -1
    return 0


def _is_value(cell: str) -> bool:
    """A number, date, degree or shape, which no heading is; nor is anything as long as a shape."""
    return len(cell) > MAX_NAME or (_VALUE.fullmatch(cell) is not None and _YEAR.fullmatch(cell) is None)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells most rows fill; of equally many the wider."""
    counts = Counter(sum(bool(cell.strip()) for cell in row) for row in rows)
    counts.pop(0, None)
    return max(counts, key=lambda width: (counts[width] * (width > 1), width), default=1)


def names_of(header: Sequence[str]) -> tuple[list[str], list[str]]:
    """Column names, a repeated or empty one with its position so that none is lost; and those that had to be changed."""
    seen: set[str] = set()
    names, changed = [], []
    for position, name in enumerate((" ".join(name.split())[:MAX_NAME] for name in header), start=1):
        unique = name if name and name not in seen else f"{name or 'column'}#{position}"
        if unique != name:
            changed.append(unique)
        seen.add(unique)
        names.append(unique)
    return names, changed
