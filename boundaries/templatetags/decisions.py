"""Words of decisions in the reader's language: states, steps, findings."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.rules.decision_states import EDGES, Edge

register = template.Library()

STATE_CHIPS = {"draft": "neutral", "in_review": "running", "returned": "near", "enacted": "done", "withdrawn": "neutral"}


def _english() -> bool:
    return (get_language() or "").startswith("en")


@register.filter
def decision_chip(state: str) -> str:
    return STATE_CHIPS.get(state, "neutral")


@register.filter
def step_title(step: Edge) -> str:
    return step.title_en if _english() else step.title_zh


@register.filter
def step_clause(step: Edge) -> str:
    return step.basis_en if _english() else step.basis_zh


@register.filter
def decision_event_clause(event: Any) -> str:
    """The clause written down with an event; in English the table's words."""
    if not _english():
        return str(event.basis)
    return next((step.basis_en for step in EDGES if step.basis_zh == event.basis), _(event.basis))


@register.filter
def message_of(thing: Any) -> str:
    """A finding's, notice's or obstacle's sentence."""
    return str(thing.get("message_en") if _english() else thing.get("message"))


@register.filter
def waiver_words(finding: Any) -> str:
    waiver = finding.get("waiver") or {}
    return str(waiver.get("en" if _english() else "zh", ""))


@register.filter
def waits_for(counts: Any, step: Edge) -> int:
    """How many warnings the step asks a reason for."""
    return int(counts.get(step.stage.value, 0)) if step.stage is not None else 0
