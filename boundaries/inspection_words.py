"""The words of joint inspections and hazards for pages: states, standings, answers, conditions, checks; and their chips."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries.models import HazardState, InspectionState, MarkerCondition
from boundaries.rules.inspection_cycle import Standing

STANDINGS = {
    Standing.OVERDUE: _("已逾期"),
    Standing.DUE: _("今年到期"),
    Standing.SOON: _("明年到期"),
    Standing.LATER: _("未到期"),
    Standing.UNKNOWN: _("没有联检记录"),
}
STANDING_CHIPS = {
    Standing.OVERDUE: "not_met",
    Standing.DUE: "near",
    Standing.SOON: "waiting",
    Standing.LATER: "met",
    Standing.UNKNOWN: "undetermined",
}
STATES = {state.value: state.label for state in InspectionState}
STATE_CHIPS = {
    "planned": "waiting",
    "in_field": "running",
    "reviewing": "near",
    "signed": "done",
    "filed": "done",
    "cancelled": "neutral",
}
CONDITIONS = {condition.value: condition.label for condition in MarkerCondition}
CONDITION_CHIPS = {"intact": "met", "damaged": "not_met", "lost": "not_met", "moved": "not_met", "faint": "near"}
# The wording of 界桩管理办法第六条.
CHECKS = {
    "position": _("位置准确"),
    "firm": _("埋设牢固"),
    "visible": _("明显易见"),
    "legible": _("注记清晰"),
    "archive": _("档案完备"),
}
CHECK_ANSWERS = {True: _("是"), False: _("否"), None: _("未查")}
DONE = {"cleared": _("清障"), "repainted": _("描红")}
HAZARD_STATES = {state.value: state.label for state in HazardState}
HAZARD_CHIPS = {"open": "not_met", "handling": "running", "watching": "near", "closed": "done"}
# By rank of the level; a fifth and further levels look like the gravest.
LEVEL_CHIPS = ("met", "near", "not_met", "failed")
EVENTS = {
    "plan": _("列入计划"),
    "past": _("补录以往联检"),
    "start": _("开始外业"),
    "review": _("提交各方核对"),
    "back": _("退回外业补查"),
    "sign": _("各方签署齐全"),
    "changed": _("内容变动，签署撤回"),
    "reopen": _("重新核对"),
    "file": _("登记备案"),
    "cancel": _("取消"),
    "restore": _("恢复为计划"),
}
