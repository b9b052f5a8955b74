"""Dates as Chinese documents write them: 一九八二年八月十三日, 二〇〇〇年五月二十日, 1988年6月25日."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_DIGITS: Final = {
    character: digit for digit, characters in enumerate(("〇零○Ｏ", *"一二三四五六七八九")) for character in characters
}
_DATE = re.compile(r"([0-9〇零○Ｏ一二三四五六七八九]{4})年([0-9一二三四五六七八九十]{1,3})月([0-9一二三四五六七八九十]{1,3})日")


def read_date(text: str) -> date | None:
    """The first full date in a text; None where there is none or it is no day of the calendar."""
    found = _DATE.search(text)
    if found is None:
        return None
    year = int("".join(str(_DIGITS.get(digit, digit)) for digit in found[1]))
    try:
        return date(year, _below_hundred(found[2]), _below_hundred(found[3]))
    except ValueError:
        return None


def _below_hundred(text: str) -> int:
    if text.isdigit():
        return int(text)
    tens, ten, units = text.partition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    return 10 * (_DIGITS[tens] if tens else 1) + (_DIGITS[units] if units else 0)
