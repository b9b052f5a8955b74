"""Words of the pages on any day: shares, documents and where they can be read."""

from __future__ import annotations

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def share(value: float | None) -> str:
    """A share of ground, 0 to 1, as a percentage: 34.2%; small ones not as nothing."""
    if value is None:
        return ""
    return "<0.1%" if 0 < value < 0.0005 else f"{value:.1%}".replace(".0%", "%")


@register.simple_tag
def decision_link(decision: int | None, words: str) -> SafeString | str:
    """`words` (a document number or a title), leading to the decision's page where there is one."""
    try:
        return format_html('<a href="{}">{}</a>', reverse("decision", args=[decision]), words) if decision else words
    except NoReverseMatch:
        return words
