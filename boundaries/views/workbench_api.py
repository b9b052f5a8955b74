"""What the workbench's program asks the server: units to pick, what acts would do, both sides of a line, saving."""

from __future__ import annotations

from typing import Any

import shapely
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries import drafting, policies
from boundaries.changes import shapes
from boundaries.changes.register import Key
from boundaries.changes.sides import Side, sides_of
from boundaries.models import Decision, Division
from boundaries.services import decisions
from boundaries.views.parameters import day_of, person
from boundaries.views.reading import register_reader, whole
from boundaries.views.workbench_preview import preview_document
from boundaries.views.workbench_reading import acts_in, day_in, json_post, shape_in, text_in, whole_in
from gis.accounts.access import ensure
from gis.errors import ConflictError, DomainError, InvalidInputError

_GREATEST = 2**53  # what a program in a browser can count to


@register_reader
def workbench_units(request: HttpRequest) -> HttpResponse:
    """/api/workbench/units?unit=&on=[&shapes=0]: the unit, its siblings, what lies below it. boundaries.drafting.around."""
    day, shapes = day_of(request), request.GET.get("shapes") != "0"
    return JsonResponse({"on": day, **drafting.around(whole(request, "unit", 1, _GREATEST, 0), day, shapes=shapes)})


@json_post
def workbench_preview(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """{"day", "acts", "decision"?, "case"?} → boundaries.views.workbench_preview.preview_document; nothing is saved.

    A refusal names the act it belongs to (`act`, counted from 0).
    """
    day, acts = day_in(body), acts_in(body)
    decision = _draft_of(request, body)
    case = body.get("case")
    if case is not None and not isinstance(case, dict):
        raise InvalidInputError("bad_case", _("办理情况填写有误。"))
    if decision is not None:
        decision.effective_on = day
    made = decisions.preview_acts(day, acts, decision, case)
    return JsonResponse(preview_document(made, person(request), decision))


def _draft_of(request: HttpRequest, body: dict[str, Any]) -> Decision | None:
    if body.get("decision") is None:
        ensure(policies.may_use_workbench(request.user))
        return None
    decision = get_object_or_404(Decision, pk=whole_in(body, "decision"))
    ensure(policies.may_view_decision(request.user, decision))
    return decision


@json_post
def workbench_sides(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """{"day", "unit", "geometry", "point"?, "acts"?} → both pieces that a line or an area makes of a unit.

    `acts`: those that come before, so that a unit they make or change is cut as it is then. `sides`: two of {"point", "area_m2",
    "whole": [KEY], "people", "shape"}; `cut`: [{"unit", "share"}], the share on the first side; `unknown`: [KEY];
    `kept`: the first side is that of the point given.
    """
    ensure(policies.may_use_workbench(request.user))
    unit = body.get("unit")
    if isinstance(unit, bool) or not isinstance(unit, int | str) or (isinstance(unit, int) and not 0 < unit < 2**63):
        raise InvalidInputError("bad_field", _("没有指明区划。"))
    drawn = shape_in(body.get("geometry"))
    if drawn is None or not drawn.valid:
        raise InvalidInputError("bad_geometry", _("所画的不是有效的线或面。"))
    acts = acts_in(body) if body.get("acts") else []
    before = [(act.kind, act.data, act.geometry and shapely.from_wkb(bytes(act.geometry.wkb))) for act in acts]
    ground = drafting.ground_of(day_in(body), before, unit)
    if ground.shape is None:
        raise InvalidInputError("no_geometry", _("该区划没有范围数据，不能划线；请按村（居）划分。"))
    point = _point(body.get("point"))
    try:
        found = sides_of(ground.shape, shapely.from_wkb(bytes(drawn.wkb)), ground.below, point)
    except shapes.NoCutError as refused:
        raise InvalidInputError(f"line_{refused.reason}", _no_cut(refused.reason)) from refused
    return JsonResponse(
        {
            "sides": [_side(found.first, ground.people), _side(found.second, ground.people)],
            "cut": [{"unit": key, "share": round(share, 4)} for key, share in found.cut.items()],
            "unknown": list(found.unknown),
            "cutBy": "area" if drawn.geom_type != "LineString" else "line",
            "kept": point is not None and bool(shapely.covers(ground.shape, point)),
        }
    )


def _no_cut(reason: str) -> str:
    return {
        "not_through": _("线还没有穿过该区划，请把两端画到界外。"),
        "ambiguous": _("线在该区划内自相交叉，分不出两侧。"),
        "not_inside": _("所画区域不在该区划内。"),
        "nothing_left": _("所画区域是该区划的全部。"),
    }.get(reason, _("所画的线分不开该区划。"))


def _point(value: Any) -> shapely.Point | None:
    numbers = isinstance(value, list) and len(value) == 2 and all(type(one) in (int, float) for one in value)
    return shapely.Point(value) if numbers else None


def _side(side: Side, people: dict[Key, float | None]) -> dict[str, Any]:
    counted = [people.get(key) for key in side.whole]
    known = sum(one for one in counted if one is not None)
    return {
        "point": [side.point.x, side.point.y],
        "area_m2": round(side.area_m2, 1),
        "whole": list(side.whole),
        "people": round(known) if counted and None not in counted else None,
        "shape": shapely.geometry.mapping(side.ground),
    }


# --- saving -----------------------------------------------------------------------------------------------------------


@json_post
def workbench_create(request: HttpRequest, body: dict[str, Any]) -> HttpResponse:
    """{"title", "effective_on", "area", "acts", "case"?} → the new draft."""
    ensure(policies.may_use_workbench(request.user))
    area = get_object_or_404(Division, pk=whole_in(body, "area"))
    decision = decisions.create_draft(person(request), area, acts_in(body), **_fields(body))
    return JsonResponse(_saved(decision), status=201)


@json_post
def workbench_save(request: HttpRequest, body: dict[str, Any], pk: int) -> HttpResponse:
    """{"version", "title", "effective_on", "acts", "case"?} → the draft.

    A conflict tells who changed what (`changes`) and what is there now (`current`, with its `units`).
    """
    decision = get_object_or_404(Decision, pk=pk)
    user = person(request)
    ensure(policies.may_edit_decision(user, decision))
    version, acts, fields = whole_in(body, "version"), acts_in(body), _fields(body)
    try:
        decision = decisions.edit_draft(user, decision, version, acts, **fields)
    except ConflictError as error:
        raise _with_changes(error, pk, version) from error
    return JsonResponse(_saved(decision))


def _fields(body: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {"title": text_in(body, "title"), "effective_on": day_in(body, "effective_on")}
    if not fields["title"].strip():
        raise InvalidInputError("decision_incomplete", _("请填写标题和生效日期。"), fields={"title": [_("必填")]})
    if "case" in body:
        fields["case"] = body["case"]
    return fields


def _saved(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.pk,
        "version": decision.version,
        "saved_at": decision.updated_at.isoformat(timespec="seconds"),
        "page": reverse("decision", args=[decision.pk]),
        "workbench": reverse("decision-workbench", args=[decision.pk]),
    }


def _with_changes(error: ConflictError, pk: int, version: int) -> DomainError:
    now = Decision.objects.get(pk=pk)
    draft = drafting.draft_document(now)
    return ConflictError(
        error.code,
        error.message,
        **{
            **error.details,
            "version": now.version,
            "changes": drafting.changes_since(now, version),
            "current": draft,
            "units": drafting.units(drafting.numbers_in(draft["acts"]), now.effective_on),
        },
    )
