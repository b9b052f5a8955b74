"""Work orders with a last day, and reports of the public that wait, as duties of the office (`boundaries.due`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.due import DueItem, State
from boundaries.rules.deadlines import Clock
from gis.accounts.models import Duty
from placenames.models import FindingOutcome, ReportState, SignFinding, SignReport, SignWork
from placenames.rules.signs.work_states import ENDS
from placenames.signs.patrols import waiting

_OFFICER = frozenset({Duty.PLACE_NAME_OFFICER})


def works(clock: Clock) -> Iterator[DueItem]:
    """Those with a last day, which the office set and no text of the law does; and finished work that has to be looked at again."""
    rows = SignWork.objects.exclude(state__in=ENDS).exclude(due_on=None, follows=None).select_related("sign")
    for row in rows:
        state = State.NO_PERIOD
        if row.due_on is not None:
            left = (row.due_on - clock.today).days
            state = State.OVERDUE if left < 0 else State.SOON if left <= settings.DEADLINE_WARN_DAYS else State.OPEN
        yield DueItem(
            key=f"sign-work-{row.pk}",
            kind="sign_work",
            area=row.sign.area_id,
            duty=_("核对已完工的标志") if row.follows_id else _("标志任务单：%(kind)s") % {"kind": row.get_kind_display()},
            subject=row.sign.code,
            about=row.reason,
            url=reverse("sign", args=[row.sign_id]) + "#works",
            state=state,
            waits_for=_OFFICER,
            on=row.due_on,
            rule=row.rule,
            basis=_("本单位设定的期限") if row.due_on else _("更名、批复订正之后须由人核对"),
        )


def reports(_clock: Clock) -> Iterator[DueItem]:
    for row in SignReport.objects.filter(state=ReportState.NEW).select_related("sign"):
        yield DueItem(
            key=f"sign-report-{row.pk}",
            kind="sign_report",
            area=row.sign.area_id,
            duty=_("核实公众报修"),
            subject=row.sign.code,
            about="",
            url=reverse("sign-reports"),
            state=State.NO_PERIOD,
            waits_for=_OFFICER,
            rule="SIGN-06",
        )


def findings(_clock: Clock) -> Iterator[DueItem]:
    """What patrols found and the office has to settle: two that differ, a position, a sign on no record."""
    for row in SignFinding.objects.filter(waiting()).select_related("sign"):
        differs = row.outcome == FindingOutcome.DIFFERS
        yield DueItem(
            key=f"sign-finding-{row.pk}",
            kind="sign_finding",
            area=row.area_id,
            duty=_("认定不一致的巡查记录") if differs else _("采用提议的位置") if row.sign else _("登记巡查发现的标志"),
            subject=row.sign.code if row.sign else row.name,
            about=row.note[:100],
            url=reverse("sign-findings"),
            state=State.NO_PERIOD,
            waits_for=_OFFICER,
        )


def revision() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(changed_at) FROM placenames_signwork")
        return str(cursor.fetchone())
