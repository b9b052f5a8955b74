"""Degrees as people write them, and back: 114°18′14.55″ is 114.304042. Knows nothing of Django."""

from __future__ import annotations

import math
import re
from typing import Final

_DECIMAL: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_DEGREES: Final = re.compile(
    r"""\s*(?P<before>[NSEWnsew]|北纬|南纬|东经|西经|[+-])?\s*
    (?P<d>\d{1,3})(?:\s*[°º度d:]\s*|\s+|-)
    (?P<m>\d{1,2}(?:\.\d+)?)(?:\s*['′’‘分m:]\s*|\s+|-|$)?
    (?:(?P<s>\d{1,2}(?:\.\d+)?)\s*(?:"|″|”|“|''|′′|秒|s)?)?\s*
    (?P<after>[NSEWnsew])?\s*""",
    re.VERBOSE | re.ASCII,
)
_ONLY_DEGREES: Final = re.compile(
    r"\s*([NSEWnsew]|北纬|南纬|东经|西经)?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*[°º度]?\s*([NSEWnsew])?\s*", re.ASCII
)
_NEGATIVE: Final = frozenset({"S", "W", "s", "w", "南纬", "西经", "-"})
_LONGEST: Final = 80  # characters; longer text is no angle, and patterns are slow to find that out


def degrees(text: str) -> float | None:
    """Decimal degrees of a latitude, longitude or azimuth in degrees, minutes and seconds, with signs or letters of the
    hemisphere; None for anything else.
    """
    if len(text) > _LONGEST:
        return None
    if _DECIMAL.fullmatch(text):
        plain = float(text)
        return plain if math.isfinite(plain) else None
    if simple := _ONLY_DEGREES.fullmatch(text):
        value = float(simple[2])
        return -value if _NEGATIVE & {simple[1], simple[3]} else value
    found = _DEGREES.fullmatch(text)
    if found is None:
        return None
    minutes, seconds = float(found["m"]), float(found["s"] or 0)
    if minutes >= 60 or seconds >= 60 or ("." in found["m"] and found["s"]):
        return None
    value = int(found["d"]) + minutes / 60 + seconds / 3600
    return -value if _NEGATIVE & {found["before"], found["after"]} else value


def in_dms(value: float, places: int = 2) -> str:
    """114.304042 → 114°18′14.55″; seconds with so many decimals, carried into the minutes where they round up to 60."""
    unit = 10**places
    total = round(abs(value) * 3600 * unit)
    whole, rest = divmod(total, 3600 * unit)
    minutes, seconds = divmod(rest, 60 * unit)
    sign = "-" if value < 0 and total else ""
    width = 3 + places if places else 2
    return f"{sign}{whole}°{minutes:02d}′{seconds / unit:0{width}.{places}f}″"
