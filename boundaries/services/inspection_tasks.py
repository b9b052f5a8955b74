"""Giving stretches of an inspection's line, and single markers, to people of its team.

Like all that stands in the record, a change after a signature revokes it. Stretches may overlap: each side divides the line its own
way. The rules of transaction, policy, lock and trail are those of `inspections`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.inspection_field import field_of
from boundaries.models import InspectionMember, InspectionStretch, JointInspection, MarkerAssignment
from boundaries.services import inspections
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError

MOST_STRETCHES = 200
# What a person reads off a page is rounded; an end this near to the line's is the line's.
_ROUNDING_M = 1.0
_LONGEST_M = 30_000_000.0  # where a line has no geometry nothing else bounds a chainage


@transaction.atomic
def give_stretch(
    actor: User,
    inspection: JointInspection,
    version: int,
    *,
    from_m: float | None,
    to_m: float | None,
    people: Sequence[int],
    stretch: int | None = None,
) -> InspectionStretch:
    """Gives [from_m, to_m) of chainage to members of the team (ids); `stretch` is the one that is changed.

    Raises `InvalidInputError` (``bad_stretch``, ``nobody_given``) and `ConflictError` (``stretch_gone``, ``member_gone``).
    """
    held = _held(actor, inspection, version)
    low, high = _ends(held, from_m, to_m)
    chosen = _members(held, people)
    if not chosen:
        message = _("请选择这一段由谁走。")
        raise InvalidInputError("nobody_given", message, fields={"people": [message]})
    before: dict[str, Any] = {}
    if stretch is None:
        _ensure_room(held, 1)
        row = InspectionStretch.objects.create(inspection=held, from_m=low, to_m=high)
    else:
        row = _stretch(held, stretch)
        before = _told(row)
        row.from_m, row.to_m = low, high
        row.save()
    row.people.set(chosen)
    inspections.touched(actor, held, "inspection.stretch", _told(row), _("联检分段变动"), before=before)
    return row


@transaction.atomic
def take_stretch_back(actor: User, inspection: JointInspection, version: int, stretch: int) -> None:
    held = _held(actor, inspection, version)
    row = _stretch(held, stretch)
    before = _told(row)
    row.delete()
    inspections.touched(actor, held, "inspection.stretch-back", {}, _("联检分段变动"), before=before)


@transaction.atomic
def give_marker(actor: User, inspection: JointInspection, version: int, *, marker: int, people: Sequence[int]) -> None:
    """Gives one marker to members by name; nobody named: the task follows its stretch again."""
    held = _held(actor, inspection, version)
    numbers = {one.marker.id: one.marker.number for one in field_of(held).markers}
    if marker not in numbers:
        raise InvalidInputError("marker_unknown", _("这个界桩不在本次联检的范围内。"), fields={"marker": [_("不在范围内")]})
    chosen = _members(held, people)
    row = MarkerAssignment.objects.filter(inspection=held, marker=marker).first()
    before = {"marker": numbers[marker], "people": _names(row.people.all()) if row else []}
    if chosen:
        row = row or MarkerAssignment.objects.create(inspection=held, marker_id=marker)
        row.people.set(chosen)
    elif row is not None:
        row.delete()
    else:
        return
    after = {"marker": numbers[marker], "people": _names(chosen)}
    inspections.touched(actor, held, "inspection.marker-task", after, _("界桩任务变动"), before=before)


def _held(actor: User, inspection: JointInspection, version: int) -> JointInspection:
    held = inspections.lock(inspection, version)
    ensure(policies.may_arrange_inspection(actor, held))
    inspections.ensure_fillable(held)
    return held


def _ends(held: JointInspection, from_m: float | None, to_m: float | None) -> tuple[float, float]:
    whole = field_of(held).whole or (0.0, _LONGEST_M)
    if from_m is None or to_m is None:
        message = _("请填写起止里程。")
        raise InvalidInputError("bad_stretch", message, fields={"from_m" if from_m is None else "to_m": [_("必填")]})
    low = whole[0] if abs(from_m - whole[0]) <= _ROUNDING_M else from_m
    high = whole[1] if abs(to_m - whole[1]) <= _ROUNDING_M else to_m
    # written so that a number that is none fails
    if not whole[0] <= low < high <= whole[1]:
        message = _("里程应由小到大，在 %(low).0f 至 %(high).0f 米之间。") % {"low": whole[0], "high": whole[1]}
        raise InvalidInputError("bad_stretch", message, fields={"to_m": [message]})
    return low, high


def _members(held: JointInspection, people: Iterable[int]) -> list[InspectionMember]:
    wanted = set(people)
    found = list(held.members.filter(pk__in=wanted))
    if len(found) < len(wanted):
        raise ConflictError("member_gone", _("这名人员已不在名单中，请刷新页面。"))
    return found


def _stretch(held: JointInspection, stretch: int) -> InspectionStretch:
    row = held.stretches.filter(pk=stretch).first()
    if row is None:
        raise ConflictError("stretch_gone", _("这一段已被撤去，请刷新页面。"))
    return row


def _ensure_room(held: JointInspection, more: int) -> None:
    if held.stretches.count() + more > MOST_STRETCHES:
        message = _("一次联检最多分 %(count)d 段。") % {"count": MOST_STRETCHES}
        raise InvalidInputError("too_many_stretches", message, fields={"to_m": [message]})


def _told(row: InspectionStretch) -> dict[str, Any]:
    return {"from_m": row.from_m, "to_m": row.to_m, "people": _names(row.people.all())}


def _names(people: Iterable[InspectionMember]) -> list[str]:
    return [one.name for one in people]
