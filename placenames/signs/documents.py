"""The documents of `check_signs` and `sign_gaps`; their keys are contracts (docs/commands.md)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from django.db.models import QuerySet

from boundaries.rules.finding import Finding, Severity
from boundaries.services.places import Found
from placenames.models import Sign
from placenames.signs.checks import Checked, check_signs
from placenames.signs.gaps import WORDS, Rate, WantedSign, Why, analyse
from placenames.signs.names import codes_of
from placenames.signs.types_in_force import types_in_force


def check_document(signs: QuerySet[Sign], under: str, day: date) -> dict[str, Any]:
    """Only signs with findings are listed; `counts` tells of all that were checked."""
    found = check_signs(signs, day)
    wrong = [one for one in found if one.worst in (Severity.BLOCK, Severity.WARN)]
    rules: dict[str, int] = {}
    for one in found:
        for finding in one.findings:
            rules[finding.rule] = rules.get(finding.rule, 0) + 1
    table = types_in_force()
    return {
        "under": under or None,
        "on": day.isoformat(),
        "types": {"id": table.id, "title": table.title, "status": table.status},
        "counts": {"checked": len(found), "wrong": len(wrong), "by_rule": dict(sorted(rules.items()))},
        "signs": [_checked(one) for one in found if one.findings],
    }


def _checked(one: Checked) -> dict[str, Any]:
    sign, named = one.sign, one.named
    return {
        "id": sign.pk,
        "code": sign.code,
        "type": sign.type,
        "name": named.named.name if named else None,
        "spelling": named.named.spelling if named else None,
        "place": sign.place_id,
        "division": sign.division_id,
        "lon": sign.position.x if sign.position else None,
        "lat": sign.position.y if sign.position else None,
        "texts": {"chinese": one.plate.chinese, "roman": one.plate.roman, "number": one.plate.number},
        "ground": one.plate.ground,
        "road_azimuth": None if one.direction is None else round(one.direction.azimuth, 1),
        "worst": one.worst,
        "findings": [finding_document(finding) for finding in one.findings],
    }


def finding_document(finding: Finding) -> dict[str, str]:
    return finding.as_dict()


def gaps_document(found: Found, day: date) -> dict[str, Any]:
    analysis = analyse(found.place.id, day)
    ordered, metres = analysis.in_order()
    codes = codes_of(analysis.townships, day)
    return {
        "under": {"id": found.place.id, "code": found.code, "name": found.place.name},
        "on": day.isoformat(),
        "wanted_by": asdict(analysis.rules),
        "definition": "设置率 = 已有标志的应设处 ÷ 应设处 × 100；损坏而未拆的算已设；应设处由 wanted_by 定",
        "counts": _rate(analysis.total),
        "kinds": {why.value: _rate(analysis.counts[why]) for why in Why},
        "townships": [
            {"division": one, "code": codes.get(one), "name": analysis.names[one], **_rate(rate)}
            for one, rate in analysis.townships.items()
        ],
        "gaps": [_gap(order, one, analysis.names) for order, one in enumerate(ordered, start=1)],
        "way_m": round(metres, 1),
    }


def _rate(rate: Rate) -> dict[str, Any]:
    return {"wanted": rate.wanted, "set": rate.set, "gaps": rate.gaps, "rate": rate.percent}


def _gap(order: int, one: WantedSign, names: dict[int, str]) -> dict[str, Any]:
    what, number = one.key
    return {
        "order": order,
        "kind": one.why.value,
        "kind_name": str(WORDS[one.why]),
        "name": one.name,
        "place": number if what == "place" else None,
        "division": number if what == "division" else None,
        "met": one.met or None,
        "lon": None if one.place is None else round(one.place[0], 8),
        "lat": None if one.place is None else round(one.place[1], 8),
        "township": one.township,
        "township_name": names.get(one.township or 0),
    }
