"""Words for the steps of the archive."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from placenames.rules.archive_states import Edge, Step

register = template.Library()

STEPS = {
    Step.SUBMIT: _("提交审核"),
    Step.TAKE_BACK: _("收回"),
    Step.PUBLISH: _("公开"),
    Step.RETURN: _("退回"),
    Step.WITHDRAW: _("撤下"),
    Step.RESTORE: _("重新公开"),
    Step.DISCARD: _("作废"),
}
CHIPS = {"draft": "neutral", "submitted": "waiting", "returned": "warning", "published": "done", "withdrawn": "missing"}


@register.filter
def step_words(edge: Edge) -> Promise:
    return STEPS[edge.step]


@register.filter
def state_chip(state: str) -> str:
    return CHIPS.get(state, "neutral")
