"""A plan as a document: what pages show, what the fingerprint is taken of, what is compared when the register moved."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import shapely

from boundaries.changes.plan import Notice, Plan
from boundaries.changes.register import Key, Register, State
from gis.crs import area_m2


def plan_document(plan: Plan, register: Register) -> dict[str, Any]:
    """JSON-able. Areas are in m², geodesic; a shape is told by its SHA-256. `fingerprint` stands for all the rest."""
    named = _Names(plan, register)
    document: dict[str, Any] = {
        "day": plan.day.isoformat(),
        "closed": [
            {**named.of(one.unit), "record": one.state.record, "ends": one.ends, **_state(one.state, named)} for one in plan.closed
        ],
        "opened": [
            {
                **named.of(one.unit),
                "act": one.act,
                "changed": list(one.changed),
                "node_only": one.node_only,
                **_state(one.state, named),
            }
            for one in plan.opened
        ],
        "lineage": [
            {
                "predecessor": named.of(edge.predecessor),
                "successor": named.of(edge.successor),
                "act": edge.act,
                "area_share": _rounded(edge.area_share),
                "population_share": _rounded(edge.population_share),
                "whole": edge.whole,
            }
            for edge in plan.lineage
        ],
        "codes": {
            "retired": [
                {**named.of(one.unit), "authority": one.code.authority, "code": one.code.code} for one in plan.codes_retired
            ],
            "assigned": [
                {**named.of(one.unit), "authority": one.authority, "code": one.code, "proposed": one.proposed}
                for one in plan.codes_assigned
            ],
            "needed": [
                {**named.of(one.unit), "level": one.level, "reason": one.reason, "proposed": one.proposed}
                for one in plan.codes_needed
            ],
        },
        "topology": [one.as_dict() for one in plan.topology],
        "notices": [_notice(one) for one in plan.notices],
        "obstacles": [_notice(one) for one in plan.obstacles],
    }
    document["fingerprint"] = fingerprint(document)
    return document


def told_document(day: date, source: int) -> dict[str, Any]:
    """The document of a decision whose effects were told by a source and not planned here: it says nothing but that."""
    document: dict[str, Any] = {
        "day": day.isoformat(),
        "closed": [],
        "opened": [],
        "lineage": [],
        "codes": {"retired": [], "assigned": [], "needed": []},
        "topology": [],
        "notices": [],
        "obstacles": [],
        "imported": True,
        "source": source,
    }
    document["fingerprint"] = fingerprint(document)
    return document


# What a person sees beside the plan and what does not change what is written.
_APART = frozenset({"fingerprint", "impacts", "cost", "findings"})


def fingerprint(document: Mapping[str, Any]) -> str:
    content = {key: value for key, value in document.items() if key not in _APART}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What two plans of one decision say differently: entries only in one of them, by section."""
    found = []
    for section in ("closed", "opened", "lineage", "codes.retired", "codes.assigned", "codes.needed", "topology", "obstacles"):
        old, new = _entries(before, section), _entries(after, section)
        gone = [one for one in old if one not in new]
        come = [one for one in new if one not in old]
        if gone or come:
            found.append({"section": section, "before": gone, "now": come})
    return found


def _entries(document: Mapping[str, Any], section: str) -> list[Any]:
    value: Any = document
    for step in section.split("."):
        value = value.get(step, {})
    return list(value)


class _Names:
    def __init__(self, plan: Plan, register: Register) -> None:
        self._names: dict[Key, str] = {unit.key: state.name for unit, state in register.on(plan.day)}
        self._names |= {one.unit: one.state.name for one in plan.opened if isinstance(one.unit, str)}

    def of(self, key: Key) -> dict[str, Any]:
        return {"unit": key, "unit_name": self._names.get(key, "")}

    def name(self, key: Key | None) -> str | None:
        return None if key is None else self._names.get(key, "")


def _state(state: State, named: _Names) -> dict[str, Any]:
    geometry = state.geometry
    return {
        "name": state.name,
        "level": state.level,
        "type": state.type,
        "parent": state.parent,
        "parent_name": named.name(state.parent),
        "area_m2": None if geometry is None else round(float(area_m2(geometry)[0]), 1),
        "shape": None if geometry is None else hashlib.sha256(shapely.to_wkb(geometry)).hexdigest(),
        "grade": state.grade,
        "seat": None if state.seat is None else [state.seat.x, state.seat.y],
        "seat_grade": state.seat_grade,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"code": notice.code, "unit": notice.unit, "message": notice.zh, "message_en": notice.en}


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 9)
