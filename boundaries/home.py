"""What divisions, standards and applications put on a person's first page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries import due, policies
from boundaries.models import Application, ApplicationState, DivisionRecord
from gis import todo
from gis.accounts.areas import areas_reached
from gis.accounts.duties import Person, holds_anywhere
from gis.accounts.models import Duty

# (state, who it waits for, words, hint)
_WAITING: tuple[tuple[ApplicationState, Duty, Promise, Promise | str], ...] = (
    (ApplicationState.RETURNED, Duty.DIVISION_OFFICER, _("退回补正的申请"), _("补齐材料后重新上报")),
    (ApplicationState.DRAFT, Duty.DIVISION_OFFICER, _("未完成的申请草稿"), _("填好方案、附上材料后校核")),
    (ApplicationState.CHECKED, Duty.DIVISION_OFFICER, _("已校核、尚未上报的申请"), ""),
    (ApplicationState.SUBMITTED, Duty.REVIEWER, _("等待受理的申请"), _("受理，或写明缘由退回")),
    (ApplicationState.ACCEPTED, Duty.REVIEWER, _("已受理、等待批复的申请"), ""),
)


def on_the_first_page(user: Person) -> Iterator[todo.Item | todo.Link | todo.FirstStep]:
    if not policies.may_view_register(user):
        return
    if not DivisionRecord.objects.exists():
        yield _first_step()
    yield from _periods(user)
    yield from _applications(user)
    yield todo.Link(_("地图"), _("看区划，查指标，从任一乡镇办起"), reverse("map"), "map", 10)
    yield todo.Link(_("标准筛查"), _("哪些乡达到设镇、设街道标准"), reverse("screening"), "screening", 20)
    yield todo.Link(pgettext_lazy("menu", "期限"), _("批准之后应办的事，哪天到期，各县还有几件"), reverse("due"), "clock", 25)
    yield todo.Link(_("设立标准"), _("各级标准的条文、效力与来源"), reverse("standards"), "standards", 30)
    if holds_anywhere(user, [Duty.DIVISION_OFFICER]):
        yield todo.Link(_("指标导入"), _("用 CSV 或 Excel 表成批录入指标"), reverse("indicators-import"), "indicators", 40)


def _first_step() -> todo.FirstStep:
    return todo.FirstStep(
        title=_("还没有区划数据"),
        text=_(
            "先导入本省的行政区划：按省、市、县、乡的次序，每级一个文件，请系统管理员在服务器上执行下面的命令。也可以先载入演示县试用。"
        ),
        command="scripts/manage import_divisions 省.geojson --level province --as-of 2026-01-01\nscripts/manage load_demo",
        order=0,
    )


def _periods(user: Person) -> Iterator[todo.Item]:
    pressing = due.pressing(user)
    for order, (state, words) in enumerate(((due.State.OVERDUE, _("已逾期的期限")), (due.State.SOON, _("临近的期限"))), start=1):
        yield todo.Item(words, pressing[state], f"{reverse('due')}?mine=1&state={state}", "clock", _("批准后应办的事"), order)


def _applications(user: Person) -> Iterator[todo.Item]:
    for order, (state, duty, words, hint) in enumerate(_WAITING, start=10):
        if not holds_anywhere(user, [duty]):
            continue
        waiting = Application.objects.filter(state=state)
        reached = areas_reached(user, [duty])
        if reached is not None:
            waiting = waiting.filter(division__in=reached)
        yield todo.Item(words, waiting.count(), f"{reverse('applications')}?state={state}", "applications", hint, order)
