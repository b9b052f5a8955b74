"""Work orders of signs: opened for what is wrong or lacking, moved along one way, done or cancelled; each step is an event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Grade, Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import Sign, SignState, SignWork, SignWorkEvent, WorkKind, WorkState
from placenames.rules.signs.work_states import AFTER, ENDS, may_go
from placenames.services.signs.lettering import lettered
from placenames.services.signs.registering import Entry, as_entry, change, enter, lock, snapshot
from placenames.signs.gaps import TYPE, WantedSign
from placenames.signs.names import DIVISION, PLACE


@dataclass(frozen=True)
class Order:
    """What a work order is to say. `estimate_yuan` None is not estimated, never 0; `decision` … `follows` as in `SignWork`."""

    kind: str
    reason: str
    due_on: date | None = None
    estimate_yuan: Decimal | None = None
    rule: str = ""
    decision: int | None = None
    case: int | None = None
    follows: int | None = None


@transaction.atomic
def open_order(actor: User | None, sign: Sign, order: Order, *, permitted: bool = False) -> SignWork:
    """Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (one of that kind is open for the sign).

    `permitted`: the caller has asked another policy, as a patrol that finds a sign damaged.
    """
    if actor is not None and not permitted:
        ensure(policies.may_edit_signs(actor, sign.area_id))
    if order.kind not in WorkKind.values:
        raise InvalidInputError("bad_kind", _("请选择工作内容。"), {"kind": [_("请选择工作内容。")]})
    if not order.reason.strip():
        raise InvalidInputError("reason_missing", _("请写明事由。"), {"reason": [_("请写明事由。")]})
    moment = lock()
    _ensure_none_open(sign, order.kind)
    return put(actor, sign, order, moment)


def put(actor: User | None, sign: Sign, order: Order, moment: datetime) -> SignWork:
    """The row with its first event and the trail, for callers that have checked and hold the lock."""
    work = SignWork.objects.create(
        sign=sign, kind=order.kind, reason=order.reason.strip()[:300], rule=order.rule, decision_id=order.decision,
        case_id=order.case, follows_id=order.follows, due_on=order.due_on, estimate_yuan=order.estimate_yuan, opened_at=moment,
        opened_by=actor, changed_at=moment,
    )  # fmt: skip
    note_event(work, actor, moment)
    after = {
        "kind": order.kind,
        "reason": work.reason,
        "due_on": _day(order.due_on),
        "decision": order.decision,
        "case": order.case,
    }
    audit.record(actor=actor, action="signwork.open", target=work, label=sign.code, area=sign.area_id, after=after)
    return work


def note_event(work: SignWork, actor: User | None, moment: datetime, note: str = "") -> None:
    SignWorkEvent.objects.create(work=work, at=moment, state=work.state, reason=work.reason, note=note[:300], actor=actor)


def _ensure_none_open(sign: Sign, kind: str) -> None:
    if SignWork.objects.filter(sign=sign, kind=kind).exclude(state__in=ENDS).exists():
        raise ConflictError("work_is_open", _("标志 %(code)s 已有同样的任务单。") % {"code": sign.code})


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
    moment = lock()
    held = SignWork.objects.select_for_update(of=("self",)).select_related("sign", "decision", "case").get(pk=work.pk)
    if not may_go(held.state, to):
        raise ConflictError("work_state", _("任务单现在的进度不能这样改，请刷新页面。"))
    if held.state in ENDS:
        _ensure_none_open(held.sign, held.kind)
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
    before = told(held)
    held.state, held.done_on, held.changed_at = to, done_on, moment
    held.cost_yuan = cost_yuan if cost_yuan is not None else held.cost_yuan
    held.authority = authority.strip()[:200] or held.authority
    held.due_on = due_on or held.due_on
    held.save()
    note_event(held, actor, moment)
    if done_on is not None:
        _finish(actor, held, done_on)
    audit.record(
        actor=actor,
        action="signwork.move",
        target=held,
        label=held.sign.code,
        area=held.sign.area_id,
        before=before,
        after=told(held),
    )
    return held


def _finish(actor: User, work: SignWork, day: date) -> None:
    """The sign after the work: standing or removed; a new one is set on the day, a new face shows what it should.

    A face made before the new name takes effect shows the new name.
    """
    entry = as_entry(snapshot(work.sign), state=AFTER[work.kind], checked_on=day)
    if work.kind == WorkKind.SET:
        entry = as_entry(snapshot(work.sign), state=AFTER[work.kind], checked_on=day, installed_on=day)
    if work.kind in (WorkKind.SET, WorkKind.RELETTER):
        entry = lettered(entry, max(day, begins_on(work) or day))
    change(actor, work.sign, entry, work.reason, source=_source(actor, work), action="sign.worked", permitted=True)


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


def begins_on(work: SignWork) -> date | None:
    """The day from which the change holds that made the order; None where none did."""
    if work.decision is not None:
        return work.decision.effective_on
    return None if work.case is None else work.case.effective_on


def _source(actor: User, work: SignWork) -> Source:
    title = _("任务单 %(number)s：%(kind)s") % {"number": work.pk, "kind": work.get_kind_display()}
    return Source.objects.create(kind=SourceKind.ENTRY, title=title[:300], recorded_by=actor)


def told(work: SignWork) -> dict[str, Any]:
    """What the trail keeps of an order."""
    cost = None if work.cost_yuan is None else str(work.cost_yuan)
    return {
        "state": work.state,
        "reason": work.reason,
        "done_on": _day(work.done_on),
        "cost_yuan": cost,
        "authority": work.authority,
        "due_on": _day(work.due_on),
    }


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
