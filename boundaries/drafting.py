"""What the workbench asks of the register: units to pick from with their shapes, areas to file a draft under, who changed it.

Reads only. Areas are m², geodesic; shapes are the records' own, in EPSG:4490 degrees.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from django.db.models import Q
from django.utils.translation import gettext as _

from boundaries import facts, policies
from boundaries.changes import ChangeError, Plan, make_plan
from boundaries.changes.acts import Decision
from boundaries.changes.outcome import Outcome
from boundaries.changes.reading import read_decision
from boundaries.changes.register import Key
from boundaries.models import Decision as SavedDecision
from boundaries.models import DecisionAct, DivisionRecord, DivisionType, Level
from boundaries.services.decision_register import fetch_register, people_of
from gis.accounts.duties import Person
from gis.audit import words
from gis.audit.models import AuditEntry
from gis.coverage import simplify_degrees
from gis.errors import InvalidInputError, NotFoundError

# Above this many vertices shapes are simplified by this many metres, and no longer fit to snap to.
_MOST_VERTICES = 80_000
_COARSE_M = 10.0
# Of wide units more: half a pixel when one fills the map.
_COARSE_M_A_DEGREE = 40.0

_FIELDS = (
    "division_id", "name", "proper_name", "generic_name", "level", "type", "parent_id", "grade", "area_m2", "seat", "code",
)  # fmt: skip


def units(ids: Collection[int], day: date) -> list[dict[str, Any]]:
    """These units as they are on the day, in the order of their codes and names; those not in force are left out."""
    return _described(DivisionRecord.objects.on(day).filter(division__in=ids), day)


def around(unit: int, day: date, *, shapes: bool = True) -> dict[str, Any]:
    """A unit with what an act on it may be about: its parents, the other units under its parent, and what lies below it.

    ``{"unit", "path": [{id, name, level}], "siblings": [UNIT], "below": [UNIT], "shapes": FeatureCollection, "exact": bool}``; the
    shapes are those of the unit and of what lies below it, `exact` when they are the records' own. Without `shapes` there are none.
    """
    found = units([unit], day)
    if not found:
        raise _not_in_force(day)
    parent = found[0]["parent"]
    on = DivisionRecord.objects.on(day)
    siblings = _described(on.filter(parent=parent, level=found[0]["level"]), day) if parent is not None else found
    drawn, exact = _shapes(unit, day) if shapes else (None, False)
    path = [{"id": step.id, "name": step.name, "level": step.level} for step in facts.chains([unit], day)[unit]]
    return {
        "unit": found[0],
        "path": path,
        "siblings": siblings,
        "below": _described(on.filter(parent=unit), day),
        "shapes": drawn,
        "exact": exact,
    }


def _described(records: Any, day: date) -> list[dict[str, Any]]:
    rows = list(records.with_code(day).order_by("level", "code", "name", "division_id").values(*_FIELDS))
    people = people_of([row["division_id"] for row in rows], day)
    return [
        {
            "id": row["division_id"],
            "name": row["name"],
            "proper": row["proper_name"],
            "generic": row["generic_name"],
            "level": row["level"],
            "level_name": str(Level(row["level"]).label),
            "type": row["type"],
            "type_name": str(DivisionType(row["type"]).label),
            "parent": row["parent_id"],
            "code": row["code"] or "",
            "area_m2": row["area_m2"],
            "has_extent": row["area_m2"] is not None,
            "people": people.get(row["division_id"]),
            "seat": [row["seat"].x, row["seat"].y] if row["seat"] is not None else None,
        }
        for row in rows
    ]


def _shapes(unit: int, day: date) -> tuple[dict[str, Any], bool]:
    records = DivisionRecord.objects.on(day).filter(Q(division=unit) | Q(parent=unit))
    found = records.values_list("division_id", "level", "geometry")
    rows = [(key, level, shapely.from_wkb(bytes(shape.wkb))) for key, level, shape in found if shape is not None]
    exact = sum(int(shapely.get_num_coordinates(shape)) for _key, _level, shape in rows) <= _MOST_VERTICES
    west, south, east, north = shapely.total_bounds([shape for _key, _level, shape in rows]) if rows else (0.0, 0.0, 0.0, 0.0)
    coarse = max(_COARSE_M, float(max(east - west, north - south)) * _COARSE_M_A_DEGREE)
    features = []
    for level in sorted({level for _key, level, _shape in rows}):
        same = [(key, shape) for key, one, shape in rows if one == level]
        shapes = np.empty(len(same), dtype=object)
        shapes[:] = [shape for _key, shape in same]
        for (key, _shape), shape in zip(same, shapes if exact else simplify_degrees(shapes, coarse), strict=True):
            properties = {"unit": key, "level": level, "itself": key == unit}
            features.append({"type": "Feature", "id": key, "properties": properties, "geometry": shapely.geometry.mapping(shape)})
    return {"type": "FeatureCollection", "features": features}, exact


@dataclass(frozen=True)
class Ground:
    """A unit's ground with that of what lies directly below it, and the people there; None for what is not known."""

    shape: shapely.Geometry | None
    below: dict[Key, shapely.Geometry | None]
    people: dict[Key, float | None]


def ground_of(day: date, acts: Sequence[tuple[str, Any, shapely.Geometry | None]], unit: Key) -> Ground:
    """A unit on the day after the acts, which are (kind, data, shape) each.

    Where these cannot be carried out by themselves, as happens half-way through a draft, the unit is taken as the register has it.
    """
    also = [unit] if isinstance(unit, int) else []
    try:
        decision = read_decision(day, acts)
        register = fetch_register(decision, also)
        states = Outcome(make_plan(register, decision), register).after
    except ChangeError as error:
        if isinstance(unit, str):
            raise InvalidInputError("earlier_acts", _("请先填好前面的事项，再画界线。")) from error
        register = fetch_register(Decision(day, ()), also)
        states = {one.key: state for one, state in register.on(day)}
    if unit not in states:
        raise _not_in_force(day)
    below = {key: state.geometry for key, state in states.items() if state.parent == unit}
    people = {key: register.units[key].people if isinstance(key, int) else None for key in below}
    return Ground(states[unit].geometry, below, people)


def _not_in_force(day: date) -> NotFoundError:
    return NotFoundError("not_in_force", _("该区划在%(day)s不在册。请换一个日期。") % {"day": day.isoformat()})


def areas_for(person: Person, ids: Iterable[int], day: date) -> list[dict[str, Any]]:
    """The divisions that hold all these, the lowest first, each with whether the person may draft for it (`may`).

    A unit itself is not among them unless nothing is above it: it may end with the decision, and then nobody would answer for it.
    """
    wanted = list(dict.fromkeys(ids))
    chains = facts.chains(wanted, day)
    common: list[tuple[int, str]] | None = None
    for key in wanted:
        above = [(step.id, step.name) for step in reversed(chains[key])]
        common = above if common is None else [one for one in common if one in above]
    if not common:
        common = [(one["id"], one["name"]) for one in units(wanted, day) if len(wanted) == 1]
    return [{"id": key, "name": name, "may": policies.may_draft_decision(person, key)} for key, name in common]


def concerned(plan: Plan) -> list[int]:
    """Divisions that a draft's area has to hold: all that change, but for neighbours that only gain a corner."""
    corners = {one.unit for one in plan.opened if one.node_only}
    return sorted(plan.touched - corners)


def draft_document(decision: SavedDecision) -> dict[str, Any]:
    """A saved draft as the workbench edits it."""
    return {
        "id": decision.pk,
        "version": decision.version,
        "state": decision.state,
        "title": decision.title,
        "effective_on": decision.effective_on.isoformat(),
        "area": decision.area_id,
        "case": decision.case,
        "acts": [_act(act) for act in decision.acts.order_by("order")],
    }


def _act(act: DecisionAct) -> dict[str, Any]:
    shape = None if act.geometry is None else shapely.geometry.mapping(shapely.from_wkb(bytes(act.geometry.wkb)))
    return {"kind": act.kind, "data": act.data, "geometry": shape}


def numbers_in(acts: Iterable[dict[str, Any]]) -> set[int]:
    """Every division that acts as JSON may mean: any whole number in them that is no coordinate."""
    found: set[int] = set()
    pending: list[Any] = [act["data"] for act in acts]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            pending += [value for name, value in one.items() if name not in ("seat", "point")]
        elif isinstance(one, list):
            pending += one
        elif isinstance(one, int) and not isinstance(one, bool):
            found.add(one)
    return found


def changes_since(decision: SavedDecision, version: int) -> list[dict[str, Any]]:
    """Who saved the draft after `version`, the latest first: each saving raises the version by one and leaves one entry."""
    behind = max(0, min(decision.version - version, 20))
    entries = AuditEntry.objects.filter(
        target_type=decision._meta.label_lower, target_id=str(decision.pk), action__in=_RAISING
    ).order_by("-id")[:behind]
    return [
        {
            "by": entry.actor_name,
            "at": entry.at.isoformat(timespec="minutes"),
            "action": words.action_word(entry.action),
            "what": [words.field_word(entry.target_type, name) for name in _different(entry.before, entry.after)]
            or ([_("所画界线或区域")] if entry.action == "decision.update" else []),
        }
        for entry in entries
    ]


_RAISING = (
    "decision.update", "decision.submit", "decision.recall", "decision.return", "decision.revise", "decision.withdraw",
    "decision.enact",
)  # fmt: skip


def _different(before: Any, after: Any) -> list[str]:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    return [name for name in after if name != "fingerprint" and before.get(name) != after[name]]
