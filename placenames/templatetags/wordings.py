"""Titles in the reader's language, marked as Chinese where they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from boundaries.wording import english
from placenames.models import NameCollection

register = template.Library()


@register.filter
def title_of(collection: NameCollection) -> SafeString | str:
    if english() and collection.title_en:
        return collection.title_en
    return format_html('<span lang="zh-Hans">{}</span>', collection.title)


@register.filter
def of(told: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping has of a key; nothing where it has none."""
    return told.get(key, "")
