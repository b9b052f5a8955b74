"""Words for places and directions on the pages of lines and markers."""

from __future__ import annotations

from django import template

from boundaries.forms.boundary_line import SYSTEMS
from boundaries.rules.directions import direction
from gis.crs.angles import in_dms

register = template.Library()


@register.filter
def dms(value: float) -> str:
    """114.304042 → 114°18′14.5512″; four decimals are 3 mm on the ground."""
    return in_dms(value, 4)


@register.filter
def direction_word(azimuth: float) -> str:
    return direction(azimuth)


@register.filter
def system_name(key: str) -> str:
    return str(dict(SYSTEMS).get(key, key))
