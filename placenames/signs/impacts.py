"""Signs that a change of divisions makes stale (SIGN-05): listed and costed in its preview, work orders when it is enacted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries.changes import Plan
from boundaries.impacts import Impact
from boundaries.models import Decision, DivisionRecord
from placenames.models import STANDS, Sign
from placenames.services.signs import areas, following
from placenames.signs.costs import estimate
from placenames.signs.names import heirs_of

_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Stale:
    """`renamed`: division → (name before, name after); `ended`: divisions that go to no one other, so whose signs go too."""

    signs: tuple[Sign, ...]
    renamed: dict[int, tuple[str, str]]
    ended: frozenset[int]


def stale_signs(plan: Plan) -> Stale:
    """Signs that name a division whose name the plan changes, or which the plan ends. A few queries."""
    opened = {one.unit: one.state for one in plan.opened}
    renamed: dict[int, tuple[str, str]] = {}
    ended = set()
    for one in plan.closed:
        if one.ends:
            heirs = [edge.successor for edge in plan.lineage if edge.predecessor == one.unit]
            heir = opened.get(heirs[0]) if len(heirs) == 1 else None
            if heir is None:
                ended.add(one.unit)
                renamed[one.unit] = one.state.name, ""
            elif heir.name != one.state.name:
                renamed[one.unit] = one.state.name, heir.name
        elif one.unit in opened and opened[one.unit].name != one.state.name:
            renamed[one.unit] = one.state.name, opened[one.unit].name
    if not renamed:
        return Stale((), {}, frozenset())
    for division, (went_to, name) in _waiting(plan.day).items():
        if went_to in renamed and division not in renamed:
            renamed[division] = name, renamed[went_to][1]
            if went_to in ended:
                ended.add(division)
    signs = Sign.objects.filter(division__in=renamed, state__in=STANDS).order_by("code")
    return Stale(tuple(signs), renamed, frozenset(ended))


def _waiting(day: date) -> dict[int, tuple[int, str]]:
    """Divisions that are no more and that signs name still, as their work is not done: (what each went over to, its last name)."""
    eve = day - timedelta(days=1)
    living = DivisionRecord.objects.on(eve).values("division")
    named = Sign.objects.filter(state__in=STANDS, division__isnull=False).exclude(division__in=living).order_by()
    went = heirs_of(set(named.values_list("division", flat=True).distinct()), eve)
    last = DivisionRecord.objects.current().filter(division__in=went).order_by("division", "-valid").distinct("division")
    names = dict(last.values_list("division", "name"))
    return {division: (heir, names.get(division, "")) for division, heir in went.items()}


def impact(plan: Plan) -> Iterator[Impact]:
    stale = stale_signs(plan)
    if not stale.signs:
        return
    items = tuple(
        {"label": f"{sign.code} {stale.renamed[sign.division_id or 0][0]}", "url": reverse("sign", args=[sign.pk])}
        for sign in stale.signs[:_SHOWN]
    )
    cost, unknown = estimate(stale.signs)
    needs = _("实施后自动生成更换或拆除任务单（SIGN-05）。")
    if cost is not None:
        needs += _("按台账同类标志的平均造价估算 %(cost)s 元。") % {"cost": f"{cost:,.0f}"}
    if unknown:
        needs += _("其中 %(count)d 个没有造价资料，未计入估算。") % {"count": unknown}
    yield Impact("signs", _("须更换或拆除的地名标志"), len(stale.signs), items, needs, cost, unknown)


def consequence(decision: Decision, plan: Plan) -> None:
    stale = stale_signs(plan)
    following.of_decision(decision, stale.renamed, stale.signs, stale.ended)
    areas.mend(plan.touched)
