"""A plan as a table and as two pictures: what each unit was and what it becomes. Pure; words are the pages' affair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import shapely

from boundaries.changes.plan import Plan
from boundaries.changes.register import Key, Register, State
from boundaries.rules.codes import MCA
from gis.coverage import simplify_degrees
from gis.crs import area_m2

# Of the width of what changes: a third of a pixel when it fills a desk's map.
_DETAIL = 1 / 4000
_METRES_A_DEGREE = 111_195.0
_DIGITS = 6


class Outcome:
    """The register before and after a plan."""

    def __init__(self, plan: Plan, register: Register) -> None:
        self.plan = plan
        self.register = register
        self.before: dict[Key, State] = {unit.key: state for unit, state in register.on(plan.day)}
        closed = {one.unit for one in plan.closed}
        self.after: dict[Key, State] = {key: state for key, state in self.before.items() if key not in closed}
        self.after |= {one.unit: one.state for one in plan.opened}
        self.only_corners: set[Key] = {one.unit for one in plan.opened if one.node_only}
        self.changed: set[Key] = {*(one.unit for one in plan.closed), *(one.unit for one in plan.opened)} - self.only_corners

    def rows(self) -> list[dict[str, Any]]:
        """One row for each unit that changes (not for neighbours that only gain a corner), from the highest level down.

        ``{"unit", "was", "fate", "changed": [field], "act", "before": SIDE, "after": SIDE}``; `fate` is ends, made, becomes or
        changes, a side is None where a unit is made or ends. A unit that is abolished for a single new one with the same ground,
        and that new one, are one row ("becomes", `was` is the former).

        SIDE has name, type, level, parent, parent_name, code, code_state, area_m2, people, below (number of units directly
        below, None when none is on record) and grade. People of parts are worked out from the shares of the villages' people.
        """
        fields = {one.unit: one for one in self.plan.opened}
        counts = [Counter(state.parent for state in side.values()) for side in (self.before, self.after)]
        codes = self._codes()
        rows = []
        became = self._became()
        for key in sorted(self.changed - set(became.values()), key=self._order):
            former = became.get(key, key)
            old, new = self.before.get(former), self.after.get(key)
            opened = fields.get(key)
            rows.append(
                {
                    "unit": key,
                    "was": former,
                    "fate": "becomes" if former != key else "ends" if new is None else "made" if old is None else "changes",
                    "changed": list(opened.changed) if opened is not None else [],
                    "act": opened.act if opened is not None else None,
                    "before": self._side(former, old, counts[0], codes[0], self._people_before(former), self.before),
                    "after": self._side(key, new, counts[1], codes[1], self._people_after(key), self.after),
                }
            )
        return rows

    def _became(self) -> dict[Key, Key]:
        """For each new unit that took the place of exactly one that ended, that one."""
        came: dict[Key, list[int]] = {}
        for edge in self.plan.lineage:
            came.setdefault(edge.successor, []).append(edge.predecessor)
        whole = {edge.predecessor for edge in self.plan.lineage if edge.whole}
        return {
            key: only[0]
            for key, only in came.items()
            if key not in self.before and len(only) == 1 and only[0] in whole and only[0] not in self.after
        }

    def _order(self, key: Key) -> tuple[int, bool, str]:
        state = self.before.get(key) or self.after[key]
        return state.level, key not in self.before, str(key).zfill(20)

    def _side(
        self,
        key: Key,
        state: State | None,
        counts: Counter[Key | None],
        codes: Mapping[Key, dict[str, Any]],
        people: float | None,
        side: Mapping[Key, State],
    ) -> dict[str, Any] | None:
        if state is None:
            return None
        above = side.get(state.parent) if state.parent is not None else None
        return {
            "name": state.name,
            "type": state.type,
            "level": state.level,
            "parent": state.parent,
            "parent_name": above.name if above is not None else "",
            "area_m2": _area(state),
            "people": None if people is None else round(people),
            "below": counts[key] or None,
            "grade": state.grade,
            **codes.get(key, {"code": "", "code_state": ""}),
        }

    def _codes(self) -> tuple[dict[Key, dict[str, Any]], dict[Key, dict[str, Any]]]:
        """Legal codes before and after; `code_state` says how sure one is: held, given, proposed, or needed."""
        before: dict[Key, dict[str, Any]] = {}
        for key in self.before:
            held = [code.code for code in self.register.units[_number(key)].codes_on(self.plan.day) if code.authority == MCA]
            if held:
                before[key] = {"code": held[0], "code_state": "held"}
        after = dict(before)
        for key in {one.unit for one in self.plan.codes_retired if one.code.authority == MCA}:
            after.pop(key, None)
        for one in self.plan.codes_assigned:
            after[one.unit] = {"code": one.code, "code_state": "proposed" if one.proposed else "given"}
        for need in self.plan.codes_needed:
            after[need.unit] = {"code": need.proposed, "code_state": "needed"}
        return before, after

    def _people_before(self, key: Key) -> float | None:
        unit = self.register.units.get(key) if isinstance(key, int) else None
        return unit.people if unit is not None else None

    def _people_after(self, key: Key) -> float | None:
        """What stayed and what came, by the shares of the plan; None as soon as one of them is not known."""
        parts: list[float | None] = []
        if key in self.before:
            gone = [edge.population_share for edge in self.plan.lineage if edge.predecessor == key]
            stays = None if any(share is None for share in gone) else 1 - sum(share or 0 for share in gone)
            parts.append(_times(self._people_before(key), stays))
        came = [edge for edge in self.plan.lineage if edge.successor == key]
        parts += [_times(self._people_before(edge.predecessor), edge.population_share) for edge in came]
        return None if not parts or any(part is None for part in parts) else sum(part or 0 for part in parts)

    # --- pictures -----------------------------------------------------------------------------------------------------

    def pictures(self) -> dict[str, Any]:
        """``{"before": FeatureCollection, "after": FeatureCollection, "bounds": [west, south, east, north] | None}``, degrees.

        Simplified as coverages, level by level, so that edges stay shared; for the eye only. Properties of a feature: unit, name,
        level, type, mark ("ends", "made", "changes", "moves" for another parent only, "" for what stands around), was (former
        name, where it differs), area_m2.
        """
        concerned = [
            state.geometry
            for side in (self.before, self.after)
            for key in self.changed
            if (state := side.get(key)) is not None and state.geometry is not None
        ]
        bounds = shapely.total_bounds(np.array(concerned, dtype=object)) if concerned else None
        if bounds is None or np.isnan(bounds).any():
            return {"before": _collection([]), "after": _collection([]), "bounds": None}
        tolerance = float(max(bounds[2] - bounds[0], bounds[3] - bounds[1])) * _METRES_A_DEGREE * _DETAIL
        highest = min(state.level for side in (self.before, self.after) for key in self.changed if (state := side.get(key)))
        return {
            "before": _collection(self._features(self.before, highest, tolerance)),
            "after": _collection(self._features(self.after, highest, tolerance)),
            "bounds": [round(one, _DIGITS) for one in bounds.tolist()],
        }

    def _features(self, side: Mapping[Key, State], highest: int, tolerance: float) -> Iterable[dict[str, Any]]:
        for level in sorted({state.level for state in side.values()}):
            if level < highest - 1:
                continue
            shown = [(key, state) for key, state in side.items() if state.level == level and state.geometry is not None]
            shapes = np.empty(len(shown), dtype=object)
            shapes[:] = [state.geometry for _key, state in shown]
            for (key, state), shape in zip(shown, simplify_degrees(shapes, tolerance), strict=True):
                properties = {
                    "unit": key,
                    "name": state.name,
                    "level": level,
                    "type": state.type,
                    "mark": self._mark(key),
                    "was": former.name if (former := self.before.get(key)) is not None and former.name != state.name else "",
                    "area_m2": _area(state) if key in self.changed else None,
                }
                rounded = shapely.transform(shape, lambda points: np.round(points, _DIGITS))
                yield {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(rounded)}

    def _mark(self, key: Key) -> str:
        if key not in self.changed:
            return ""
        if key not in self.after:
            return "ends"
        if key not in self.before:
            return "made"
        fields = next(one.changed for one in self.plan.opened if one.unit == key)
        return "moves" if set(fields) <= {"parent"} else "changes"


def _area(state: State) -> float | None:
    return None if state.geometry is None else round(float(area_m2(state.geometry)[0]), 1)


def _times(people: float | None, share: float | None) -> float | None:
    return None if people is None or share is None else people * share


def _number(key: Key) -> int:
    if not isinstance(key, int):
        raise TypeError(key)
    return key


def _collection(features: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}
