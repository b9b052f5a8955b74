"""The duties of naming cases on the page of what is due: filing and public notice within 15 days, and what waits for somebody."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Max
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries import due
from boundaries.due import DueItem, State
from boundaries.rules.deadlines import Clock, DutyState
from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH
from boundaries.wording import pick
from gis.accounts.models import Duty
from placenames.models import CaseState, NamingCase
from placenames.rules.case_kinds import OTHER_DEPARTMENTS, Approver
from placenames.rules.naming_periods import Approved, duties

OFFICER, REVIEWER = frozenset({Duty.PLACE_NAME_OFFICER}), frozenset({Duty.REVIEWER})


def after_approvals(clock: Clock) -> Iterator[DueItem]:
    """NAME-FIL-01 and NAME-NOT-01 of every approved case that is not closed."""
    rows = (
        NamingCase.objects.filter(state=CaseState.APPROVED).order_by("approved_on", "pk").defer("evaluation", "notice", "location")
    )
    for case in rows:
        if case.approved_on is None:
            continue
        other = Approver(case.approver_kind) in OTHER_DEPARTMENTS
        for one in duties(Approved(case.approved_on, other, case.filed_on, case.announced_on), clock):
            if one.state in (DutyState.DONE, DutyState.LATE):
                continue
            note = pick(*one.due.note) if one.due else _("备案之后才起算。")
            yield DueItem(
                key=f"naming-{case.pk}-{one.subject}",
                kind="naming",
                area=case.area_id,
                duty=capfirst(pick(one.zh, one.en)),
                subject=f"{case.number} {case.name}",
                about=f"{case.get_act_display()} {case.document_number}",
                url=f"{reverse('naming-case', args=[case.pk])}#periods",
                state=due.state_of(one.state, one.due.on if one.due else None),
                waits_for=OFFICER,
                on=one.due.on if one.due else None,
                act_by=one.due.act_by if one.due and one.due.act_by != one.due.on else None,
                rule=one.rule,
                basis=one.basis,
                note=note,
                demo=case.is_demo,
            )


_WAITING: tuple[tuple[CaseState, frozenset[Duty], Promise], ...] = (
    (CaseState.RETURNED, OFFICER, gettext_lazy("按退回意见修改地名案")),
    (CaseState.SUBMITTED, REVIEWER, gettext_lazy("审核地名案")),
    (CaseState.REVIEWED, REVIEWER, gettext_lazy("登记地名案的批准")),
)


def underway(_clock: Clock) -> Iterator[DueItem]:
    """Cases that wait for a review, a decision or a correction; no text sets a period."""
    of_state = {state: (waits_for, duty) for state, waits_for, duty in _WAITING}
    rows = NamingCase.objects.filter(state__in=of_state).annotate(since=Max("events__at")).order_by("pk")
    for pk, area, number, name, state, since, demo in rows.values_list(
        "pk", "area_id", "number", "name", "state", "since", "is_demo"
    ):
        waits_for, duty = of_state[CaseState(state)]
        yield DueItem(
            key=f"naming-{pk}-{state}",
            kind="naming_step",
            area=area,
            duty=str(duty),
            subject=f"{number} {name}",
            about="",
            url=reverse("naming-case", args=[pk]),
            state=State.NO_PERIOD,
            waits_for=waits_for,
            basis=pick(PRACTICE_ZH, PRACTICE_EN),
            note=_("自 %(day)s 起等待。") % {"day": since.date().isoformat()} if since else "",
            demo=demo,
        )


_REVISION = """
    SELECT (SELECT (count(*), max(updated_at))::text FROM placenames_namingcase),
           (SELECT max(id)::text FROM yudi_storedfile WHERE purpose = 'holidays')
"""


def _revision() -> str:
    with connection.cursor() as cursor:
        cursor.execute(_REVISION)
        return "|".join(str(part) for part in cursor.fetchone())


def register() -> None:
    due.register(due.Kind("naming", gettext_lazy("地名备案和公告"), after_approvals, 60, revision=_revision))
    due.register(due.Kind("naming_step", gettext_lazy("地名案办理"), underway, 62, dated=False))
