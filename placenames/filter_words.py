"""Filters as they are written in an address or a command: read, or refused in words."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from placenames.models import HeritageKind
from placenames.search_filters import Near, Window

ANY: Final = "any"
_LONGEST: Final = 80


def heritage_of(key: str) -> tuple[str, ...]:
    if key and key != ANY and key not in HeritageKind.values:
        raise InvalidInputError("bad_heritage", _("没有这个选项：%(key)s") % {"key": key[:30]})
    return tuple(HeritageKind.values) if key == ANY else (key,) if key else ()


def year_of(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and -3000 <= int(text) <= 9998 and int(text)):
        raise InvalidInputError("bad_year", _("年份应为整数，公元前用负数，没有 0 年。"))
    return int(text)


def window_of(text: str) -> Window | None:
    """``west,south,east,north`` in degrees."""
    try:
        return Window(*_numbers(text, 4)) if text.strip() else None
    except (ValueError, TypeError):
        raise InvalidInputError("bad_window", _("地图范围应为“西,南,东,北”四个经纬度，西小于东，南小于北。")) from None


def near_of(text: str, *, first: bool = False) -> Near | None:
    """``longitude,latitude`` in degrees."""
    try:
        if not text.strip():
            return None
        lon, lat = _numbers(text, 2)
        return Near(lon, lat, first)
    except (ValueError, TypeError):
        raise InvalidInputError("bad_near", _("所在位置应为“经度,纬度”。")) from None


def _numbers(text: str, count: int) -> list[float]:
    parts = text[:_LONGEST].split(",")
    if len(parts) != count or not all(part.strip().isascii() for part in parts):
        raise ValueError(text[:20])
    return [float(part) for part in parts]
