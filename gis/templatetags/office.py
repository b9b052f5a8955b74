"""Small pieces of the office's face: icons and status chips."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# What a chip's kind is drawn with; the word beside it is the caller's. Nothing is told by colour alone.
CHIP_ICONS = {
    "met": "check",
    "not_met": "cross",
    "missing": "dash",
    "needs_person": "person",
    "undetermined": "question",
    "near": "near",
    "done": "check",
    "running": "clock",
    "waiting": "clock",
    "failed": "cross",
    "warning": "warning",
    "info": "info",
    "neutral": "dot",
}


@register.simple_tag
def icon(name: str, extra_class: str = "") -> SafeString:
    """An icon of gis/static/gis/icons.svg, invisible to screen readers: the words stand beside it."""
    return format_html(
        '<svg class="icon {}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        extra_class,
        static("gis/icons.svg"),
        name,
    )


@register.simple_tag
def chip(kind: str, word: str) -> SafeString:
    """A status with icon and word; `kind` is one of `CHIP_ICONS`."""
    return format_html('<span class="chip chip-{}">{}{}</span>', kind.replace("_", "-"), icon(CHIP_ICONS.get(kind, "dot")), word)
