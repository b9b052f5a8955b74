"""What naming cases put on a person's first page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gis import todo
from gis.accounts.areas import areas_reached
from gis.accounts.duties import Person, holds_anywhere
from gis.accounts.models import Duty
from placenames.models import CaseState, NamingCase

_OFFICER, _REVIEWER = Duty.PLACE_NAME_OFFICER, Duty.REVIEWER
_WAITING: tuple[tuple[CaseState, Duty, Promise, Promise], ...] = (
    (CaseState.RETURNED, _OFFICER, _("退回修改的地名案"), _("按意见修改后重新送审")),
    (CaseState.DRAFT, _OFFICER, _("未送审的地名案草稿"), _("填好申请、附上材料后送审")),
    (CaseState.SUBMITTED, _REVIEWER, _("待审核的地名案"), _("审核通过，或写明缘由退回")),
    (CaseState.REVIEWED, _REVIEWER, _("待登记批准的地名案"), _("登记批准文件，或不予批准")),
)


def on_the_first_page(user: Person) -> Iterator[todo.Item | todo.Link | todo.FirstStep]:
    for order, (state, duty, words, hint) in enumerate(_WAITING, start=20):
        if not holds_anywhere(user, [duty]):
            continue
        waiting = NamingCase.objects.filter(state=state)
        reached = areas_reached(user, [duty])
        if reached is not None:
            waiting = waiting.filter(area__in=reached)
        yield todo.Item(words, waiting.count(), f"{reverse('naming-cases')}?state={state}", "names", hint, order)
    if holds_anywhere(user, [_OFFICER]):
        yield todo.Link(_("命名更名"), _("地名命名、更名、销名：申请、核对、备案、公告"), reverse("naming-cases"), "names", 45)
