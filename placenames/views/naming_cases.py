"""Naming cases: the list, the form as an application, one case with its findings, papers and steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from boundaries.models import Division
from boundaries.services.places import find_by_code, place_of
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from gis.accounts.access import ensure
from gis.errors import DomainError, InvalidInputError, NotFoundError
from gis.views.forms import attempt
from placenames import policies
from placenames.forms.position import LINE, POINT, SHAPES, position_as_text, read_position, shape_of
from placenames.models import CaseAct, CaseKind, CaseState, NamingCase, PlaceName
from placenames.naming_register import (
    filtered,
    names_of_areas,
    own_area_code,
    places_to_choose,
    visible_cases,
)
from placenames.naming_words import STATE_CHIPS, told_finding
from placenames.rules.case_kinds import APPROVER_WORDS, ASKED_BEFORE, CASE_KINDS, choices_of, classes_of, kind_of_record
from placenames.rules.classes import is_code
from placenames.rules.kinds import Kind, kind_of_class
from placenames.rules.naming_cases import CANCEL_REASONS, REASONS
from placenames.rules.naming_kinds import SPELLED_AS, NamedKind, named_kind
from placenames.rules.readings import HOME, UnreadableError
from placenames.rules.spelling import spell
from placenames.services import naming_cases
from placenames.services.name_checks import check_class, check_in
from placenames.services.naming_enactment import record_in_force
from placenames.services.naming_findings import listed_as
from placenames.views.naming_map import map_of

PER_PAGE = 50


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """?q= &act= &kind= &state= (or ``open``) &page="""
    ensure(policies.may_open_naming_cases(request.user))
    given = {name: request.GET.get(name, "").strip()[:40] for name in ("q", "act", "kind", "state")}
    cases = visible_cases(request.user).select_related("created_by").defer("evaluation", "notice", "location")
    rows = filtered(cases, text=given["q"], act=given["act"], kind=given["kind"], state=given["state"])
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    areas = names_of_areas([row.area_id for row in page])
    context: dict[str, Any] = {
        "page_obj": page,
        "rows": [{"case": row, "area": areas.get(row.area_id, ""), "chip": STATE_CHIPS[row.state]} for row in page],
        "acts": CaseAct.choices,
        "kinds": CaseKind.choices,
        "states": CaseState.choices,
        "given": given,
        "filtered": any(given.values()),
        "may_begin": policies.may_begin_naming_cases(request.user),
    }
    return render(request, "placenames/case_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """?act=naming|renaming|cancelling [&place=NUMBER] [&q=]: the form, or for a change the place to be chosen first."""
    ensure(policies.may_begin_naming_cases(request.user))
    given = request.POST if request.method == "POST" else request.GET
    act = given.get("act", CaseAct.NAMING)
    if act not in CaseAct.values:
        raise InvalidInputError("unknown_act", _("只能是命名、更名或销名。"))
    place = _place(given.get("place", ""))
    if place is None and act != CaseAct.NAMING:
        return _choose(request, act)
    if request.method != "POST":
        return _form(request, act, place)
    with attempt() as tried:
        case = _create(request, act, place)
    if tried.refused is not None:
        return _form(request, act, place, refused=tried.refused)
    messages.success(request, _("%(number)s 已保存为草稿。") % {"number": case.number})
    return redirect("naming-case", case.pk)


def _create(request: HttpRequest, act: str, place: PlaceName | None) -> NamingCase:
    posted = Posted(request.POST)
    fields, location = _fields(posted), read_position(posted.text("coordinates"), posted.text("shape"))
    kind, area = posted.text("kind"), None
    if place is None and posted.text("area"):
        try:
            area = Division.objects.get(pk=find_by_code(posted.text("area"), timezone.localdate()).place.id)
        except DomainError as error:
            raise InvalidInputError("area_missing", str(error.message), {"area": [str(error.message)]}) from error
    return naming_cases.create_case(person(request), act=act, kind=kind, area=area, place=place, location=location, **fields)


@login_required
@require_http_methods(["GET", "POST"])
def case_edit(request: HttpRequest, pk: int) -> HttpResponse:
    case = visible(request, pk)
    ensure(policies.may_edit_naming_case(request.user, case))
    if request.method != "POST":
        return _form(request, case.act, case.place, case)
    with attempt() as tried:
        posted = Posted(request.POST)
        text = posted.text("coordinates")
        kept = case.location if not text and not position_as_text(case.location) else None
        location = read_position(text, posted.text("shape")) or kept
        naming_cases.update_case(person(request), case, posted.number("version"), location=location, **_fields(posted))
    if tried.refused is not None:
        return _form(request, case.act, case.place, case, refused=tried.refused)
    messages.success(request, _("已保存。"))
    return redirect("naming-case", pk)


@login_required
@require_safe
def name_check(request: HttpRequest) -> JsonResponse:
    """?name= &kind= &area=CODE [&place=NUMBER] [&at=]: what the rules say of a name as it is typed; nothing is saved."""
    ensure(policies.may_begin_naming_cases(request.user))
    kind, place_class = named_kind(request.GET.get("kind", "")[:40]), request.GET.get("place_class", "")[:5]
    if kind is None and is_code(place_class):
        kind = kind_of_record(place_class)
    elif kind not in CASE_KINDS:
        raise naming_cases.name_of_a_division(0)
    today = timezone.localdate()
    area = find_by_code(request.GET.get("area", "")[:20], today).place
    ensure(policies.may_draft_naming_case(request.user, area.id))
    name = request.GET.get("name", "").strip()[:60]
    place = _place(request.GET.get("place", ""))
    try:
        at = read_position(request.GET.get("at", "")[:4000], request.GET.get("shape", ""))
    except InvalidInputError:
        at = None  # half a coordinate while it is typed
    checked = (
        check_in(name, kind, area, today, place=place.pk if place else None, at=at)
        if kind is not None
        else check_class(name, place_class, area, today, at=at)
    )
    return JsonResponse(
        {
            # A name that is there already has its readings settled in the form, or later; a case answers PY-02.
            "findings": [told_finding(one) for one in checked.findings if not (place_class and one.finding.rule == "PY-02")],
            "lists": [{"list": key, "loaded": there} for key, there in checked.lists.items()],
            **_spelled(name, SPELLED_AS[kind] if kind is not None else kind_of_class(place_class), area.code or HOME, request),
        }
    )


def _spelled(name: str, kind: Kind | None, code: str, request: HttpRequest) -> dict[str, Any]:
    """The spelling with the readings that were chosen so far, its two parts, and each character with its readings."""
    try:
        before = spell(name, kind, code)
        own = spell(name, kind, code, read_readings(request.GET.get("readings", "")[:400]))
    except UnreadableError:
        return {"spelling": "", "needs_person": False, "syllables": [], "proper": "", "generic": ""}
    generic = own.generic if own.generic and own.generic != own.name and own.name.endswith(own.generic) else ""
    return {
        "spelling": own.spelling,
        "needs_person": own.needs_person,
        "syllables": [
            {"char": one.char, "reading": one.reading, "alternatives": list(one.alternatives), "open": not one.settled}
            for one in before.syllables
        ],
        "proper": own.name.removesuffix(generic),
        "generic": generic,
    }


def read_readings(text: str) -> dict[str, str]:
    """“堡:pù,乐:yuè” as the form sends it; what is no such pair is passed over."""
    pairs = (one.split(":") for one in text.split(",") if one.count(":") == 1)
    return {char: reading.strip() for char, reading in pairs if len(char) == 1 and reading.strip()}


# --- parts --------------------------------------------------------------------------------------------------------------


def visible(request: HttpRequest, pk: int) -> NamingCase:
    case = get_object_or_404(NamingCase.objects.select_related("area", "place", "created_by", "source", "made"), pk=pk)
    ensure(policies.may_view_naming_case(request.user, case))
    return case


def _place(text: str) -> PlaceName | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise NotFoundError("unknown_place", _("没有这个地名。"))
    return get_object_or_404(PlaceName, pk=int(text))


def _fields(posted: Posted) -> dict[str, str]:
    return {name: posted.text(name) for name in naming_cases.FIELDS if posted.has(name)}


def _choose(request: HttpRequest, act: str) -> HttpResponse:
    """The place whose name changes or goes: searched among those the person looks after."""
    text = request.GET.get("q", "").strip()[:40]
    rows = places_to_choose(request.user, text, timezone.localdate()) if text else []
    areas = names_of_areas([one.area_id for one in rows if one.area_id])
    context: dict[str, Any] = {
        "act": CaseAct(act),
        "q": text,
        "rows": [{"name": one, "area": areas.get(one.area_id or 0, "")} for one in rows],
    }
    return render(request, "placenames/case_choose.html", context)


def _form(
    request: HttpRequest, act: str, place: PlaceName | None, case: NamingCase | None = None, refused: DomainError | None = None
) -> HttpResponse:
    record = record_in_force(place) if place is not None else None
    if case is None and place is not None:
        if place.division_id is not None:
            raise naming_cases.name_of_a_division(place.division_id)
        if record is not None:
            ensure(policies.may_draft_naming_case(request.user, record.area_id) if record.area_id else False)
    kind = _kind_of(request, case, record.place_class if record else "")
    values = _values(request, act, case, record, refused)
    errors: Mapping[str, Any] = getattr(refused, "fields", {}) if refused else {}
    area = case.area_id if case else record.area_id if record else None
    context: dict[str, Any] = {
        "act": CaseAct(act),
        "case": case,
        "place": place,
        "record": record,
        "kind": kind.value,
        "kind_label": CaseKind(kind.value).label,
        "kinds": CaseKind.choices,
        "area_name": names_of_areas([area]).get(area, "") if area else "",
        "values": values,
        "errors": errors,
        "refused": refused,
        "classes": {one.value: [(cls.code, cls.name) for cls in classes_of(NamedKind(one.value))] for one in CaseKind},
        "approvers": {
            one.value: [(body.value, APPROVER_WORDS[body], ASKED_BEFORE.get(body, "")) for body in choices_of(NamedKind(one.value))]
            for one in CaseKind
        },
        "reasons": REASONS if act == CaseAct.RENAMING else CANCEL_REASONS if act == CaseAct.CANCELLING else (),
        "listed": listed_as(place),
        "shapes": shapes(),
        **map_of(case, live=True, area=area or _typed_area(values.get("area", ""))),
    }
    context["check"] = {
        "url": reverse("naming-check"),
        "area": _code_of(area),
        "place": place.pk if place else "",
        "kind": kind.value,
        "words": check_words(),
    }
    return render(request, "placenames/case_form.html", context, status=refused.status if refused else 200)


def _typed_area(code: str) -> int | None:
    """Where the map looks: the division in the form, if it is one."""
    with attempt():
        return find_by_code(code[:20], timezone.localdate()).place.id if code else None
    return None


def shapes() -> list[tuple[str, str]]:
    return list(zip(SHAPES, (_("点"), _("线"), _("面")), strict=True))


def _code_of(area: int | None) -> str:
    return place_of(area, timezone.localdate()).code if area else ""


def _kind_of(request: HttpRequest, case: NamingCase | None, place_class: str) -> NamedKind:
    if case is not None:
        return NamedKind(case.kind)
    if place_class and (known := kind_of_record(place_class)):
        return known
    given = named_kind((request.POST or request.GET).get("kind", "")[:40])
    return given if given in CASE_KINDS else CASE_KINDS[0]


def _values(request: HttpRequest, act: str, case: NamingCase | None, record: Any, refused: DomainError | None) -> dict[str, str]:
    """What stands in the fields: what was typed, else the case's, else what is on record."""
    names = (*naming_cases.FIELDS, "coordinates", "shape", "area")
    if refused is not None:
        return {name: request.POST.get(name, "")[:20_000] for name in names}
    if case is not None:
        told = {name: str(getattr(case, name)) for name in naming_cases.FIELDS}
        return told | {"coordinates": position_as_text(case.location), "shape": shape_of(case.location)}
    values = {
        "area": own_area_code(request.user),
        "shape": LINE if _kind_of(request, None, "") is NamedKind.ROAD else POINT,
        "applicant": person(request).organisation,
    }
    if record is not None:
        values |= {"coordinates": position_as_text(record.location), "place_class": record.place_class}
        values["shape"] = shape_of(record.location)
        values["name"] = record.name if act != CaseAct.RENAMING else ""
    return values


def check_words() -> dict[str, str]:
    return {
        "checking": _("正在核对…"),
        "none": _("没有发现须处理的事项。"),
        "counts": _("{block} 项须解决，{warn} 项须说明，{info} 项提示。"),
        "failed": _("暂时不能核对，保存后可在案件页查看。"),
        "waiting": _("填好名称和所在行政区后在这里核对。"),
        "spelling": _("按规则拼写：{spelling}"),
        "person": _("（有多音字，须由人认定）"),
        "here": _("拟命名处"),
        "block": _("须解决"),
        "warn": _("须说明"),
        "info": _("提示"),
        "more": _("另有 {count} 项提示"),
        "choose": _("请选读音"),
        "readings": _("多音字选定读音，拼写随之改变："),
        "parts": _("专名：{proper}　通名：{generic}"),
        "no_generic": _("没有通名"),
    }
