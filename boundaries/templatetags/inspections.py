"""Small parts of an inspection's page: lengths, shares, the bar of chainage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

register = template.Library()

_WIDTH = 1000


@register.filter
def kilometres(metres: float | None) -> str:
    """“12.345”: metres as kilometres to the metre."""
    return "" if metres is None else f"{metres / 1000:.3f}"


@register.filter
def metres(value: float | str | None) -> str:
    """“12345.6”: with no more digits than count, and a point whatever the language, as a field takes it back."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, int | float) else ""


@register.filter
def percent(share: float | None) -> str:
    """Rounded down: what is not wholly covered is not shown as 100 %."""
    return "" if share is None else f"{int(share * 1000) / 10:g}%"


@register.filter
def minus(value: float, other: float) -> float:
    return value - other


@register.filter
def named(names: Mapping[int, str], key: int) -> str:
    return names.get(key, "")


@register.filter
def of(things: Mapping[int, Any], key: int) -> Any:
    """What stands under `key`."""
    return things.get(key)


@register.simple_tag
def coverage_bar(coverage: Mapping[str, Any], markers: Sequence[Mapping[str, Any]]) -> SafeString:
    """The stretch from its beginning to its end: what tracks cover is filled, the rest hatched, markers are strokes."""
    low, high = coverage["from_m"], coverage["to_m"]

    def at(metres: float) -> float:
        return (metres - low) / (high - low) * _WIDTH

    spans = format_html_join(
        "",
        '<rect x="{}" y="0" width="{}" height="20"></rect>',
        ((f"{at(begin):.1f}", f"{max(at(end) - at(begin), 1):.1f}") for begin, end in coverage["spans"]),
    )
    strokes = format_html_join(
        "",
        '<line x1="{0}" y1="0" x2="{0}" y2="20" vector-effect="non-scaling-stroke"><title>{1}</title></line>',
        (
            (f"{at(one['chainage_m']):.1f}", one["number"])
            for one in markers
            if one["chainage_m"] is not None and low <= one["chainage_m"] <= high
        ),
    )
    label = _("里程 %(low).0f 至 %(high).0f 米，已覆盖 %(share)s") % {"low": low, "high": high, "share": percent(coverage["share"])}
    return format_html(
        '<svg class="coverage-bar" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img" aria-label="{}">{}{}</svg>',
        label,
        spans,
        strokes,
    )
