"""One unit judged by a standard, with the evidence."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from boundaries import policies, wording
from boundaries.models import RuleSetState
from boundaries.querysets import ancestor_ids
from boundaries.services import rule_sets
from boundaries.services.establishment import ELIGIBLE, check, eligibility, priority_counties
from boundaries.services.places import Place, county_of, places_around
from boundaries.views.check_rows import grounds, lacking, sections
from boundaries.views.parameters import day_of, target_of
from gis.accounts.access import ensure
from gis.errors import ConflictError


@login_required
@require_GET
def check_page(request: HttpRequest, pk: int) -> HttpResponse:
    """?target=town|subdistrict&on=DAY[&rule_set=ID]"""
    ensure(policies.may_check_establishment(request.user))
    day = day_of(request)
    places = places_around(pk, day)
    target = target_of(request, default=_likely_target(places.get(pk)))
    asked = request.GET.get("rule_set") or None
    context: dict[str, Any] = {
        "day": day,
        "today": timezone.localdate(),
        "target": target,
        "target_words": wording.TARGETS[target],
        "targets": wording.TARGETS.items(),
        "asked": asked or "",
        "choices": _choices(target),
        "printed_at": timezone.localtime(),
    }
    try:
        result = check(target, day, division=pk, rule_set=asked)
    except ConflictError as error:  # no standard to go by: the page says so and offers the others
        place = places.get(pk)
        return render(request, "boundaries/check.html", context | {"place": place, "refused": error}, status=409)
    county = places.get(county_of(pk, places) or 0)
    chosen = result.chosen
    context |= {
        "place": result.place,
        "above": _above(pk, places, day),
        "county": county,
        "priority": county is not None and county.id in priority_counties(day),
        "check": result,
        "rule_set": chosen.rules,
        "rule_set_row": chosen.row,
        "rule_set_title": wording.said(chosen.rules, "title"),
        "status_words": wording.status_words(chosen.rules.status),
        "missing_parts": wording.pick("；".join(chosen.rules.missing_parts), "; ".join(chosen.rules.missing_parts_en)),
        "overall_words": wording.OVERALL[result.evaluation.overall.value],
        "overall_chip": wording.CHIPS[result.evaluation.overall.value],
        "quantitative_words": wording.OVERALL[result.evaluation.quantitative.value],
        "quantitative_chip": wording.CHIPS[result.evaluation.quantitative.value],
        "sections": sections(result),
        "grounds": grounds(result),
        "lacking": lacking(result, county),
        "advice": [_finding(one) for one in result.findings if one.rule == "STD-00" and one.code != "no_official_rule_set"],
        "findings": [_finding(one) for one in result.findings if one.rule != "STD-00"],
        "eligibility": eligibility(result),
        "may_edit": policies.may_edit_indicators(request.user, pk),
        "may_draft": policies.may_draft_application(request.user, pk),
    }
    return render(request, "boundaries/check.html", context)


def _likely_target(place: Place | None) -> str:
    return "subdistrict" if place is not None and place.type not in ELIGIBLE["town"] else "town"


def _choices(target: str) -> list[tuple[str, str]]:
    """Standards for `target` to choose from: the adopted ones, and drafts, which are marked."""
    rows = [row for row in rule_sets.all_editions() if target in row.target.split(",") and row.state != RuleSetState.RETIRED]
    return [
        (str(row.pk), row.title if row.state == RuleSetState.ADOPTED else f"{row.title}（{row.get_state_display()}）")
        for row in rows
    ]


def _above(division: int, places: dict[int, Place], day: date) -> list[Place]:
    return [places[one] for one in reversed(ancestor_ids(division, day)[1:]) if one in places]


def _finding(finding: Any) -> dict[str, str]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "chip": {"block": "not_met", "warn": "warning", "info": "info"}[finding.severity.value],
        "words": str(wording.SEVERITIES[finding.severity.value]),
        "message": wording.pick(finding.message_zh, finding.message_en),
        "basis": finding.basis,
    }
