"""方案工作台: the page where a change is drafted on the map. What it works with comes and goes as JSON, see workbench_api."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from boundaries import drafting, policies
from boundaries.changes.register import LEVEL_OF_TYPE
from boundaries.map_levels import MAX_ZOOM
from boundaries.models import Decision, DecisionState, DivisionRecord, DivisionType, SourceKind
from boundaries.models.decision_act import ACT_KINDS
from boundaries.rules import decision_states
from boundaries.views.map_page import map_config
from boundaries.views.parameters import day_of, person
from boundaries.views.reading import whole
from boundaries.views.workbench_preview import checklist, stage_words
from boundaries.views.workbench_words import workbench_words
from gis.accounts.access import ensure
from gis.errors import DomainError
from gis.webmap.shell import leaflet_shell

# One click makes the whole draft of these: what a unit of this type becomes.
TEMPLATES = {
    "town": ("township", "ethnic_township"),
    "subdistrict": ("township", "ethnic_township", "town"),
    "county_city": ("county",),
    "district": ("county", "county_city"),
    "residents_committee": ("village_committee",),
}
# What a new name of each type ends in, where the type says it.
GENERICS = {
    "county": "县", "county_city": "市", "district": "区", "subdistrict": "街道", "town": "镇", "township": "乡",
    "ethnic_township": "乡", "village_committee": "村", "residents_committee": "社区", "prefecture_city": "市",
    "prefecture": "地区", "province": "省", "municipality": "市",
}  # fmt: skip


@login_required
@require_safe
def workbench_new(request: HttpRequest) -> HttpResponse:
    """?unit=ID [&on=DATE] [&template=town|subdistrict|…]: a draft that is not saved yet, begun from a unit."""
    day, unit = day_of(request), whole(request, "unit", 1, 2**53, 0)
    ensure(policies.may_draft_decision(request.user, unit), _("只有管辖该区划的区划管理人员可以起草变更。"))
    start = drafting.around(unit, day)
    template = request.GET.get("template", "")
    fitting = template if start["unit"]["type"] in TEMPLATES.get(template, ()) else ""
    draft: dict[str, Any] = {
        "id": None,
        "version": 0,
        "state": "draft",
        "title": "",
        "effective_on": day.isoformat(),
        "case": {},
        "acts": [],
    }
    areas = drafting.areas_for(person(request), [unit], day)
    page = {"draft": draft, "start": start, "template": fitting, "areas": areas, "readonly": "", "units": [start["unit"]]}
    return _page(request, day, page, None)


@login_required
@require_safe
def workbench_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A saved draft: to edit where one may and its state allows, else to read with the reason said."""
    decision = get_object_or_404(Decision.objects.select_related("area"), pk=pk)
    ensure(policies.may_view_decision(request.user, decision))
    if decision.state == DecisionState.ENACTED:  # what it did is frozen and told on its page; there is nothing left to work out
        return redirect("decision", pk=pk)
    day = decision.effective_on
    draft = drafting.draft_document(decision)
    named = drafting.numbers_in(draft["acts"])
    start = _start(draft, day)
    page = {
        "draft": draft,
        "start": start,
        "template": "",
        "areas": _areas(request, decision, named, day),
        "readonly": _why_not(request, decision),
        "units": drafting.units(named | {decision.area_id}, day),
    }
    return _page(request, day, page, decision)


def _why_not(request: HttpRequest, decision: Decision) -> str:
    if decision.state not in decision_states.EDITABLE:
        return _("方案现为“%(state)s”，只能查看。") % {"state": decision.get_state_display()}
    if not policies.may_edit_decision(request.user, decision):
        return _("只有管辖该区域的区划管理人员可以修改；您可以查看。")
    return ""


def _start(draft: dict[str, Any], day: date) -> dict[str, Any] | None:
    """The unit that the first act is about; None where none is in force on the day."""
    for act in draft["acts"]:
        for unit in drafting.units(drafting.numbers_in([act]), day)[:1]:
            return drafting.around(unit["id"], day)
    return None


def _areas(request: HttpRequest, decision: Decision, named: set[int], day: date) -> list[dict[str, Any]]:
    try:
        found = drafting.areas_for(person(request), named or [decision.area_id], day)
    except DomainError:
        found = []
    if all(one["id"] != decision.area_id for one in found):
        name = next((one["name"] for one in drafting.units([decision.area_id], day)), "")
        may = policies.may_edit_decision(request.user, decision)
        found.insert(0, {"id": decision.area_id, "name": name or f"#{decision.area_id}", "may": may})
    return found


def _page(request: HttpRequest, day: date, page: dict[str, Any], decision: Decision | None) -> HttpResponse:
    shell = leaflet_shell(
        "workbench", max_zoom=MAX_ZOOM, basemap_url=settings.BASEMAP_URL, basemap_attribution=settings.BASEMAP_ATTRIBUTION
    )
    config = map_config(day, shell.variable)
    config["words"] |= workbench_words()
    config["urls"] |= {
        "units": reverse("workbench-units"),
        "preview": reverse("workbench-preview"),
        "sides": reverse("workbench-sides"),
        "create": reverse("workbench-create"),
        "save": reverse("workbench-save", args=[987654321]).replace("987654321", "{id}"),
        "division": reverse("division", args=[987654321]).replace("987654321", "{id}"),
        "decision": reverse("decision", args=[decision.pk]) if decision is not None else "",
    }
    config["workbench"] = {
        **page,
        "person": person(request).pk,
        "kinds": [{"kind": str(kind), "name": str(label)} for kind, label in ACT_KINDS],
        "types": [
            {"type": value, "name": str(label), "level": LEVEL_OF_TYPE[value], "generic": GENERICS.get(value, "")}
            for value, label in DivisionType.choices
            if value in LEVEL_OF_TYPE
        ],
        "stages": [{"stage": str(stage), "name": words} for stage, words in stage_words()],
        "checklist": checklist(decision),
        "templates": TEMPLATES,
    }
    demo = DivisionRecord.objects.on(day).filter(source__kind=SourceKind.DEMO).exists()
    context = {"shell": shell, "config": config, "decision": decision, "readonly": page["readonly"], "demo": demo}
    return render(request, "boundaries/workbench.html", context)
