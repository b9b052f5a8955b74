"""Work orders of signs: opened for what is wrong or lacking, moved along one way, done or cancelled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Decision, Grade, Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import STANDS, Sign, SignState, SignWork, WorkKind, WorkState
from placenames.rules.signs.work_states import AFTER, ENDS, may_go
from placenames.services.signs.lettering import lettered
from placenames.services.signs.registering import Entry, as_entry, change, enter, lock, snapshot
from placenames.signs.gaps import TYPE, WantedSign
from placenames.signs.names import DIVISION, PLACE


@dataclass(frozen=True)
class Order:
    """What a work order is to say. `estimate_yuan` None is not estimated, never 0."""

    kind: str
    reason: str
    due_on: date | None = None
    estimate_yuan: Decimal | None = None
    rule: str = ""
    decision: int | None = None


@transaction.atomic
def open_order(actor: User | None, sign: Sign, order: Order) -> SignWork:
    """Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (one of that kind is open for the sign).

    `actor` None is a decision as it is enacted, which was permitted for what it changes.
    """
    if actor is not None:
        ensure(policies.may_edit_signs(actor, sign.area_id))
    if order.kind not in WorkKind.values:
        raise InvalidInputError("bad_kind", _("请选择工作内容。"), {"kind": [_("请选择工作内容。")]})
    if not order.reason.strip():
        raise InvalidInputError("reason_missing", _("请写明事由。"), {"reason": [_("请写明事由。")]})
    moment = lock()
    if SignWork.objects.filter(sign=sign, kind=order.kind).exclude(state__in=ENDS).exists():
        raise ConflictError("work_is_open", _("标志 %(code)s 已有同样的任务单。") % {"code": sign.code})
    work = SignWork.objects.create(
        sign=sign, kind=order.kind, reason=order.reason.strip()[:300], rule=order.rule, decision_id=order.decision,
        due_on=order.due_on, estimate_yuan=order.estimate_yuan, opened_at=moment, opened_by=actor, changed_at=moment,
    )  # fmt: skip
    after = {"kind": order.kind, "reason": work.reason, "due_on": _day(order.due_on), "decision": order.decision}
    audit.record(actor=actor, action="signwork.open", target=work, label=sign.code, area=sign.area_id, after=after)
    return work


@transaction.atomic
def move(
    actor: User,
    work: SignWork,
    to: str,
    *,
    done_on: date | None = None,
    cost_yuan: Decimal | None = None,
    authority: str = "",
    due_on: date | None = None,
) -> SignWork:
    """Takes a work order to another state. Done, the sign is as the work leaves it; removing one asks for the authority (SIGN-05).

    Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (the state does not allow the step).
    """
    ensure(policies.may_edit_signs(actor, work.sign.area_id))
    lock()
    held = SignWork.objects.select_for_update(of=("self",)).select_related("sign").get(pk=work.pk)
    if not may_go(held.state, to):
        raise ConflictError("work_state", _("任务单现在的进度不能这样改，请刷新页面。"))
    done_on = (done_on or timezone.localdate()) if to == WorkState.DONE else None
    if done_on is not None and done_on > timezone.localdate():
        raise InvalidInputError("day_in_future", _("完成日期不能晚于今天。"), {"done_on": [_("完成日期不能晚于今天。")]})
    if to == WorkState.DONE and held.kind == WorkKind.REMOVE and not (authority.strip() or held.authority):
        raise InvalidInputError(
            "authority_missing",
            _("拆除标志须写明批准的依据（SIGN-05）。"),
            {"authority": [_("拆除标志须写明批准的依据（SIGN-05）。")]},
        )
    if cost_yuan is not None and not 0 <= cost_yuan < Decimal(10) ** 8:
        raise InvalidInputError("bad_cost", _("费用不对。"), {"cost_yuan": [_("费用不对。")]})
    before = _told(held)
    held.state, held.done_on, held.changed_at = to, done_on, timezone.now()
    held.cost_yuan = cost_yuan if cost_yuan is not None else held.cost_yuan
    held.authority = authority.strip()[:200] or held.authority
    held.due_on = due_on or held.due_on
    held.save()
    if done_on is not None:
        _finish(actor, held, done_on)
    audit.record(
        actor=actor,
        action="signwork.move",
        target=held,
        label=held.sign.code,
        area=held.sign.area_id,
        before=before,
        after=_told(held),
    )
    return held


def _finish(actor: User, work: SignWork, day: date) -> None:
    """The sign after the work: standing or removed; a new one is set on the day, a new face shows what it should."""
    entry = as_entry(snapshot(work.sign), state=AFTER[work.kind], checked_on=day)
    if work.kind == WorkKind.SET:
        entry = as_entry(snapshot(work.sign), state=AFTER[work.kind], checked_on=day, installed_on=day)
    if work.kind in (WorkKind.SET, WorkKind.RELETTER):
        entry = lettered(entry, day)
    change(None, work.sign, entry, work.reason, source=_source(actor, work), action="sign.worked")


@transaction.atomic
def plan_gaps(actor: User, gaps: Sequence[WantedSign], *, reason: str, due_on: date | None = None) -> list[SignWork]:
    """A planned sign and its work order for each gap with a place. What is planned there already is left as it is.

    Raises `ForbiddenError` where one of them lies outside the person's areas.
    """
    lock()
    source = Source.objects.create(kind=SourceKind.ENTRY, title=reason.strip()[:300] or _("按缺口新设"), recorded_by=actor)
    planned = planned_at()
    made = []
    for one in gaps:
        if one.place is None or (one.key, _rounded(one.place)) in planned:
            continue
        what, number = one.key
        entry = Entry(
            type=TYPE[one.why],
            place=number if what == PLACE else None,
            division=number if what == DIVISION else None,
            position=Point(one.place[0], one.place[1], srid=CGCS2000),
            values={"state": SignState.PLANNED, "position_grade": Grade.INDICATIVE, "note": _met(one)},
        )
        sign = enter(actor, entry, source=source, reason=reason)
        made.append(open_order(actor, sign, Order(WorkKind.SET, reason, due_on)))
    return made


def planned_at() -> set[tuple[Any, tuple[float, float]]]:
    """What is planned already: (key of the name, place)."""
    rows = Sign.objects.filter(state=SignState.PLANNED, position__isnull=False).values_list("place", "division", "position")
    return {
        ((PLACE, place) if place is not None else (DIVISION, division), _rounded((point.x, point.y)))
        for place, division, point in rows
        if point is not None
    }


def _rounded(place: tuple[float, float]) -> tuple[float, float]:
    return round(place[0], 6), round(place[1], 6)


def _met(one: WantedSign) -> str:
    return _("与%(other)s相交处") % {"other": one.met} if one.met else ""


def of_decision(decision: Decision, renamed: Mapping[int, tuple[str, str]], signs: Iterable[Sign], ended: Collection[int]) -> int:
    """Inside the transaction that enacts a decision: a work order for every sign it makes stale (SIGN-05). How many were made.

    renamed: division → (name before, name after); `ended`: divisions that are no more, whose signs go.
    """
    made = 0
    for sign in signs:
        gone = sign.division_id in ended
        before, after = renamed.get(sign.division_id or 0, ("", ""))
        reason = _("%(document)s：%(name)s已撤销") if gone else _("%(document)s：%(name)s更名为%(new)s")
        words = reason % {"document": decision.document_number or decision.title, "name": before, "new": after}
        kind = WorkKind.REMOVE if gone else WorkKind.RELETTER
        if not SignWork.objects.filter(sign=sign, kind=kind).exclude(state__in=ENDS).exists():
            open_order(None, sign, Order(kind, words, rule="SIGN-05", decision=decision.pk))
            made += 1
    return made


def of_renaming(place: int, before: str, after: str, document: str) -> int:
    """Inside the transaction of an approval: a work order for every sign that stands for the place (SIGN-05). How many were made.

    Whoever approves the name answers for its signs too.
    """
    made = 0
    for sign in Sign.objects.filter(place=place, state__in=STANDS).order_by("code"):
        if not SignWork.objects.filter(sign=sign, kind=WorkKind.RELETTER).exclude(state__in=ENDS).exists():
            told = {"document": document, "name": before, "new": after}
            open_order(None, sign, Order(WorkKind.RELETTER, _("%(document)s：%(name)s更名为%(new)s") % told, rule="SIGN-05"))
            made += 1
    return made


def _source(actor: User, work: SignWork) -> Source:
    title = _("任务单 %(number)s：%(kind)s") % {"number": work.pk, "kind": work.get_kind_display()}
    return Source.objects.create(kind=SourceKind.ENTRY, title=title[:300], recorded_by=actor)


def _told(work: SignWork) -> dict[str, Any]:
    cost = None if work.cost_yuan is None else str(work.cost_yuan)
    return {
        "state": work.state,
        "done_on": _day(work.done_on),
        "cost_yuan": cost,
        "authority": work.authority,
        "due_on": _day(work.due_on),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
