"""Numbers, degrees and times as track files write them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, NamedTuple

from gis.crs.angles import degrees

_DECIMAL: Final = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*", re.ASCII)
_COMMA: Final = re.compile(r"\s*[+-]?\d{1,3},\d+\s*", re.ASCII)
_CLOCK: Final = re.compile(
    r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?[ T　]*"
    r"(?:(上午|下午)?\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2}(?:\.\d+)?)秒?)?分?)?"
    r"\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?",
    re.ASCII,
)
_LONGEST: Final = 80  # characters; longer text is no number and no time, and patterns are slow to find that out

__all__ = ["Moment", "degrees", "moment", "number", "with_comma"]


class Moment(NamedTuple):
    """Seconds since 1970; `local`: without a zone, the clock's face read as if it were UTC."""

    seconds: float
    local: bool


def number(text: str) -> float | None:
    """A finite decimal number, or None. Stricter than `float`: no underscores, no words, no digits of other scripts."""
    if len(text) > _LONGEST or _DECIMAL.fullmatch(text) is None:
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def with_comma(text: str) -> float | None:
    """“34,03” read as 34.03."""
    return float(text.replace(",", ".")) if len(text) <= _LONGEST and _COMMA.fullmatch(text) else None


def moment(text: str, zone: timezone | None = None) -> Moment | None:
    """A date and time in ISO 8601 or as people and Chinese programs write it; `zone` is that of a time which names none."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        read = datetime.fromisoformat(text) if len(text) > 10 and text[4:5] == "-" else _written(text)
    except (ValueError, OverflowError):
        read = _written(text)
    return None if read is None else of_datetime(read, zone)


def of_datetime(read: datetime, zone: timezone | None = None) -> Moment | None:
    try:
        if read.tzinfo is None and zone is None:
            return Moment(read.replace(tzinfo=UTC).timestamp(), True)
        return Moment((read if read.tzinfo else read.replace(tzinfo=zone)).timestamp(), False)
    except (OverflowError, ValueError, OSError):
        return None


def _written(text: str) -> datetime | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    year, month, day, half, hour, minute, second, zone = found.groups()
    hours = int(hour or 0)
    if half == "下午" and hours < 12:
        hours += 12
    elif half == "上午" and hours == 12:
        hours = 0
    try:
        start = datetime(int(year), int(month), int(day), tzinfo=_zone(zone) if zone else None)
        if hours > 24 or int(minute or 0) > 59 or float(second or 0) >= 61:
            return None
        return start + timedelta(hours=hours, minutes=int(minute or 0), seconds=float(second or 0))
    except (ValueError, OverflowError):
        return None


def _zone(text: str) -> timezone:
    if text in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits[:2]), int(digits[2:])) if len(digits) == 4 else (int(digits), 0)
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def day_of(day: int, month: int, year: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def clock_of(text: str) -> float | None:
    """Seconds of the day of hhmmss or hhmmss.sss; None for what no clock shows."""
    if len(text) < 6 or not text[:6].isascii() or not text[:6].isdigit():
        return None
    hours, minutes, seconds = int(text[:2]), int(text[2:4]), number(text[4:])
    if seconds is None or hours > 23 or minutes > 59 or not 0 <= seconds < 61:
        return None
    return hours * 3600 + minutes * 60 + seconds
