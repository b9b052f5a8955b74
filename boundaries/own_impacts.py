"""What a decision touches within this app: applications under way, other drafts, people's areas, the list of key counties."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries import impacts, line_impacts
from boundaries.changes import Plan
from boundaries.changes.reading import keys_named_in
from boundaries.impacts import Impact
from boundaries.models import Application, ApplicationState, Decision, DecisionState, PriorityCounty
from gis.accounts.models import DutyAssignment

_SHOWN = 20
_UNDER_WAY = (
    ApplicationState.DRAFT,
    ApplicationState.CHECKED,
    ApplicationState.SUBMITTED,
    ApplicationState.RETURNED,
    ApplicationState.ACCEPTED,
)
_OPEN = (DecisionState.DRAFT, DecisionState.IN_REVIEW, DecisionState.RETURNED)


def register() -> None:
    impacts.register("applications", _applications)
    impacts.register("boundary_lines", line_impacts.boundary_lines)
    impacts.register("decisions", _decisions)
    impacts.register("duties", _duties)
    impacts.register("priority_counties", _priority_counties)


def _ended(plan: Plan) -> list[int]:
    return [one.unit for one in plan.closed if one.ends]


def _applications(plan: Plan) -> Iterator[Impact]:
    rows = Application.objects.filter(division__in=plan.touched, state__in=_UNDER_WAY)
    items = tuple({"label": str(row), "url": reverse("application", args=[row.pk])} for row in rows[:_SHOWN])
    needs = _("变更后按新的区划核对，区划已撤销的撤回。")
    yield Impact("applications", _("办理中的设镇、设街道申请"), rows.count(), items, needs)


def _decisions(plan: Plan) -> Iterator[Impact]:
    """Other drafts whose acts name a unit that this plan changes; the draft itself names them too and is told apart by its plan."""
    touched = plan.touched
    rows = []
    for row in Decision.objects.filter(state__in=_OPEN).prefetch_related("acts"):
        named = {key for act in row.acts.all() for key in keys_named_in(act.data)}
        if named & touched:
            rows.append(row)
    if len(rows) > 1:
        items = tuple({"label": str(row), "url": reverse("decision", args=[row.pk])} for row in rows[:_SHOWN])
        yield Impact("decisions", _("涉及同一区划的变更方案"), len(rows), items, _("先实施的生效，其余的须重新预览。"))


def _duties(plan: Plan) -> Iterator[Impact]:
    rows = DutyAssignment.objects.filter(area__in=_ended(plan), ended=None, user__is_active=True).select_related("user")
    items = tuple({"label": f"{row.user}（{row.get_duty_display()}）"} for row in rows[:_SHOWN])
    yield Impact("duties", _("管辖地域将撤销的人员"), rows.count(), items, _("由系统管理员改派管辖地域。"))


def _priority_counties(plan: Plan) -> Iterator[Impact]:
    rows = PriorityCounty.objects.filter(recorded__upper_inf=True, division__in=_ended(plan), valid__contains=plan.day)
    items = tuple({"label": row.list_title} for row in rows[:_SHOWN])
    yield Impact("priority_counties", _("重点帮扶县名单"), rows.count(), items, _("名单须按新的区划重新登记。"))
