"""Words of applications in the reader's language: findings, steps, document classes."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.rules.application_states import EDGES, Edge
from boundaries.services.application_checks import in_language

register = template.Library()

STATE_CHIPS = {
    "draft": "neutral",
    "checked": "info",
    "submitted": "running",
    "returned": "near",
    "accepted": "running",
    "decided": "done",
    "withdrawn": "neutral",
}
SEVERITY_CHIPS = {"block": "not_met", "warn": "warning", "info": "info"}


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def finding_words(finding: dict[str, Any]) -> str:
    return in_language(finding)


@register.filter
def titled(thing: Any) -> str:
    """The title of an edge, a document class or a document part in the reader's language."""
    if isinstance(thing, Edge):
        return thing.title_en if _english() else thing.title_zh
    return str(thing.en if _english() else thing.zh)


@register.filter
def clause(step: Edge) -> str:
    return step.basis_en if _english() else step.basis_zh


@register.filter
def event_clause(event: Any) -> str:
    """The clause written down with an event; in English the table's words, and the catalogue's for the drafting itself."""
    if not _english():
        return str(event.basis)
    return next((step.basis_en for step in EDGES if step.basis_zh == event.basis), _(event.basis))


@register.filter
def statement(establishment: dict[str, Any]) -> str:
    return str(establishment["statement_en"] if _english() else establishment["statement"])


@register.filter
def state_chip(state: str) -> str:
    return STATE_CHIPS.get(state, "neutral")


@register.filter
def severity_chip(severity: str) -> str:
    return SEVERITY_CHIPS.get(severity, "neutral")


@register.filter
def severity_words(severity: str) -> str:
    return {"block": _("须解决"), "warn": _("须说明"), "info": _("提示")}.get(severity, severity)
