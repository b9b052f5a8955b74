"""Marking Chinese data as Chinese, so that readers of English pages and their screen readers know what they see."""

from __future__ import annotations

import re
from typing import Any

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

register = template.Library()

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@register.filter
def han(value: Any) -> SafeString:
    """`value`, escaped; in an element with lang="zh-Hans" when it holds Chinese characters."""
    text = "" if value is None else str(value)
    return format_html('<span lang="zh-Hans">{}</span>', text) if _HAN.search(text) else conditional_escape(text)
