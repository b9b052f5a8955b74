"""The duties of this room: after approvals, decisions on their way, applications that wait, the half-year list of codes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from boundaries import due
from boundaries.due import DueItem, State
from boundaries.models import Application, ApplicationState, Decision, DecisionState, DivisionCode, TownshipCodeList
from boundaries.rules.code_lists import check_half_year_list, last_half_year_end
from boundaries.rules.deadlines import Clock
from boundaries.rules.deadlines import Duty as Owed
from boundaries.rules.line_duties import CHANGE_BASIS, lacking
from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH
from boundaries.services import after_approval
from boundaries.services.after_approval import Owes, Standing
from boundaries.wording import pick
from gis.accounts.models import Duty

OFFICER, REVIEWER = frozenset({Duty.DIVISION_OFFICER}), frozenset({Duty.REVIEWER})


def decision_address(decision: int) -> str:
    """The page of a decision."""
    return reverse("decision", args=[decision])


def after_approvals(clock: Clock) -> Iterator[DueItem]:
    """CHG-DL-01 … CHG-DL-05, awaited codes and moved lines of every enacted decision that is not closed."""
    for standing in after_approval.standings(after_approval.open_decisions()):
        owed = standing.open_duties(clock)
        yield from (_owed(standing, one) for one in owed)
        lines = list(_lines(standing))
        yield from lines
        awaited = standing.awaited
        if awaited and not any(one.subject == "code_publication" for one in owed):
            rule = "CODE-03" if any(one.new for one in awaited) else "CODE-06"
            yield _of(standing, "codes", _("登记已确定的代码"), rule=rule, note=_awaited(standing))
        if standing.owes is Owes.UNDATED:
            yield _of(standing, "undated", _("核实批准日期"), rule="CHG-DL-01", note=_("没有批准日期，各项期限无法计算。"))
        elif standing.owes is Owes.YES and not owed and not awaited and not lines:
            yield _of(standing, "close", _("结案"), waits_for=REVIEWER)


def _owed(standing: Standing, one: Owed) -> DueItem:
    note = pick(*one.due.note) if one.due else ""
    if one.subject == "code_publication" and standing.awaited:
        note = f"{note} {_awaited(standing)}".strip()
    return _of(
        standing,
        one.subject,
        pick(one.zh, one.en),
        rule=one.rule,
        basis=one.basis,
        note=note,
        on=one.due.on if one.due else None,
        act_by=one.due.act_by if one.due and one.due.act_by != one.due.on else None,
        state=due.state_of(one.state, one.due.on if one.due else None),
    )


def _lines(standing: Standing) -> Iterator[DueItem]:
    """BND-LIN-01: each line the decision moved, until all four steps are on record."""
    for work in standing.lines:
        missing = lacking(after_approval.done_about(work))
        if missing:
            yield _of(
                standing,
                f"line-{work.line_id}",
                _("办理变动界线 %(line)s 的测绘、设桩、协议书和备案") % {"line": work.line.code},
                rule="BND-LIN-01",
                basis=CHANGE_BASIS,
                note=" ".join(pick(*words) for words in missing),
            )


def _of(
    standing: Standing,
    key: str,
    duty: str,
    *,
    state: State = State.NO_PERIOD,
    waits_for: frozenset[Duty] = OFFICER,
    **more: Any,
) -> DueItem:
    decision = standing.decision
    return DueItem(
        key=f"decision-{decision.pk}-{key}",
        kind="decision",
        area=decision.area_id,
        duty=capfirst(duty),
        subject=str(decision),
        about=decision.title if decision.document_number else "",
        url=f"{decision_address(decision.pk)}#follow-up",
        state=state,
        waits_for=waits_for,
        demo=decision.source is not None and decision.source.is_demo,
        **more,
    )


def _awaited(standing: Standing) -> str:
    count = len(standing.awaited)
    return ngettext("还有 %(count)d 个代码待登记。", "还有 %(count)d 个代码待登记。", count) % {"count": count}


_UNDERWAY: tuple[tuple[DecisionState, frozenset[Duty], Promise], ...] = (
    (DecisionState.RETURNED, OFFICER, gettext_lazy("按退回意见修改方案")),
    (DecisionState.IN_REVIEW, REVIEWER, gettext_lazy("审核送审的方案")),
)


def underway(_clock: Clock) -> Iterator[DueItem]:
    """Decisions that wait in review or were returned; no text sets a period."""
    of_state = {state: (waits_for, duty) for state, waits_for, duty in _UNDERWAY}
    rows = Decision.objects.filter(state__in=of_state).annotate(since=Max("events__at")).order_by("pk")
    for row in rows.values_list("pk", "area_id", "document_number", "title", "state", "since"):
        pk, area, number, title, state, since = row
        waits_for, duty = of_state[DecisionState(state)]
        yield DueItem(
            key=f"decision-{pk}-{state}",
            kind="review",
            area=area,
            duty=str(duty),
            subject=number or title,
            about=title if number else "",
            url=decision_address(pk),
            state=State.NO_PERIOD,
            waits_for=waits_for,
            basis=pick(PRACTICE_ZH, PRACTICE_EN),
            note=_("自 %(day)s 起等待。") % {"day": since.date().isoformat()} if since else "",
        )


_WAITING: tuple[tuple[ApplicationState, frozenset[Duty], Promise], ...] = (
    (ApplicationState.RETURNED, OFFICER, gettext_lazy("补正退回的申请")),
    (ApplicationState.CHECKED, OFFICER, gettext_lazy("上报已校核的申请")),
    (ApplicationState.SUBMITTED, REVIEWER, gettext_lazy("受理申请")),
    (ApplicationState.ACCEPTED, REVIEWER, gettext_lazy("登记申请的批复")),
)


def applications(_clock: Clock) -> Iterator[DueItem]:
    of_state = {state: (waits_for, duty) for state, waits_for, duty in _WAITING}
    rows = Application.objects.filter(state__in=of_state).order_by("pk")
    for row in rows.values_list("pk", "division_id", "number", "proposed_name", "state", "updated_at"):
        pk, area, number, name, state, since = row
        waits_for, duty = of_state[ApplicationState(state)]
        yield DueItem(
            key=f"application-{pk}-{state}",
            kind="application",
            area=area,
            duty=str(duty),
            subject=number,
            about=name,
            url=reverse("application", args=[pk]),
            state=State.NO_PERIOD,
            waits_for=waits_for,
            note=_("自 %(day)s 起等待。") % {"day": since.date().isoformat()},
        )


def code_lists(clock: Clock) -> Iterator[DueItem]:
    """CODE-12: the list of the half-year that ended last."""
    made = set(TownshipCodeList.objects.filter(on=last_half_year_end(clock.today)).values_list("on", flat=True))
    for finding in check_half_year_list(made, clock.today):
        if DivisionCode.objects.current().exists():
            yield DueItem(
                key=f"township-codes-{finding.subject}",
                kind="code_list",
                area=None,
                duty=_("生成并公布乡级代码半年表"),
                subject=_("截至 %(day)s") % {"day": finding.subject},
                about="",
                url=reverse("township-code-lists"),
                state=State.NO_PERIOD,
                waits_for=OFFICER,
                rule=finding.rule,
                basis=finding.basis,
            )


# What the providers above read: every write to these adds a row, or dates one anew.
_REVISION = """
    SELECT (SELECT (count(*), max(enacted_at))::text FROM boundaries_decision WHERE state = 'enacted'),
           (SELECT (count(*), max(updated_at))::text FROM boundaries_decisionfollowup),
           (SELECT max(id)::text FROM boundaries_divisioncode),
           (SELECT max(id)::text FROM boundaries_divisionrecord),
           (SELECT max(id)::text FROM yudi_storedfile WHERE purpose = 'holidays')
"""


def _revision() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_REVISION)
        return "|".join(str(part) for part in cursor.fetchone())


def register() -> None:
    due.register(due.Kind("decision", gettext_lazy("批准后的期限"), after_approvals, 10, revision=_revision))
    due.register(due.Kind("review", gettext_lazy("方案办理"), underway, 20, dated=False))
    due.register(due.Kind("application", gettext_lazy("区划变更申请"), applications, 30, dated=False))
    due.register(due.Kind("code_list", gettext_lazy("乡级代码半年表"), code_lists, 40, dated=False))
