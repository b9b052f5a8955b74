"""The map before and after: the units concerned with their siblings, checked as a coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from boundaries.changes.register import Key, State
from gis.coverage import CoverageReport, check
from gis.coverage.report import Gap
from gis.crs import area_m2

# Findings have grown when their area is larger by more than this; rounding makes no square metres.
_GROWN_M2 = 10.0


@dataclass(frozen=True)
class Topology:
    """Units of one level under the parents concerned. A report is None where no unit has geometry."""

    level: int
    parents: tuple[Key, ...]
    before: CoverageReport | None
    after: CoverageReport | None

    @property
    def worse(self) -> bool:
        """Whether the decision opens gaps, or makes overlaps or ground outside the parent, that were not there."""
        return self.after is not None and any(
            late > early + _GROWN_M2 for early, late in zip(_areas(self.before), _areas(self.after), strict=True)
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "parents": list(self.parents),
            "before": None if self.before is None else self.before.as_dict(limit=20),
            "after": None if self.after is None else self.after.as_dict(limit=20),
            "worse": self.worse,
        }


def _areas(report: CoverageReport | None) -> tuple[float, float, float]:
    if report is None:
        return 0.0, 0.0, 0.0
    # A wide hole among siblings of which one has no outline may be that one's ground: nothing is known of it.
    gaps = [one for one in report.gaps if not (report.without_geometry and one.parent is None and one.kind == "hole")]
    found, overlaps, outside = (sum(one.area_m2 for one in some) for some in (gaps, report.overlaps, report.outside_parent))
    return found, overlaps, outside


def compare(before: Mapping[Key, State], after: Mapping[Key, State], touched: set[Key]) -> tuple[Topology, ...]:
    """For each level on which geometry or a parent changed, all siblings of what was touched.

    What lies below ground that changed is checked too: a line that cuts a township may leave a village outside it.
    """
    moved = {key for key in touched if _differs(before.get(key), after.get(key))}
    parents_at: defaultdict[int, set[Key]] = defaultdict(set)
    for side in (before, after):
        for key in moved:
            if (state := side.get(key)) is not None and state.parent is not None:
                parents_at[state.level].add(state.parent)
        for state in side.values():
            if state.parent is not None and state.parent in moved and state.geometry is not None:
                parents_at[state.level].add(state.parent)
    result = []
    for level, parents in sorted(parents_at.items()):
        # Under a parent that had no units on record, the first to come is no sign that the rest is a gap.
        empty = {key for key in parents if key in before and not any(state.parent == key for state in before.values())}
        reports = [_report(side, level, parents, empty) for side in (before, after)]
        if any(report is not None for report in reports):
            result.append(Topology(level, tuple(sorted(parents, key=str)), reports[0], reports[1]))
    return tuple(result)


def _differs(one: State | None, other: State | None) -> bool:
    return one is None or other is None or one.geometry is not other.geometry or one.parent != other.parent


def _report(states: Mapping[Key, State], level: int, parents: set[Key], empty: set[Key]) -> CoverageReport | None:
    siblings = {key: state for key, state in states.items() if state.level == level and state.parent in parents}
    geometries = np.empty(len(siblings), dtype=object)
    geometries[:] = [state.geometry for state in siblings.values()]
    if not any(geometry is not None for geometry in geometries):
        return None
    # A parent of which a child has no geometry is not covered by the others, and that is no gap.
    unknown = empty | {state.parent for state in siblings.values() if state.geometry is None}
    grounds: dict[Hashable, object] = {
        parent: states[parent].geometry for parent in parents if parent in states and parent not in unknown
    }
    report = check(list(siblings), geometries, {key: state.parent for key, state in siblings.items()}, grounds)
    return replace(report, gaps=[gap for gap in report.gaps if gap.parent is not None or not _left_out(gap, grounds.values())])


def _left_out(gap: Gap, grounds: Iterable[object]) -> bool:
    """Whether it is a hole in the outline of a parent: not that parent's ground, say another county's exclave, and no concern of
    the units below. Where every parent is known the check asks for their own ground alone; so it has to be where one is not.
    """
    rings = [ring for ground in grounds for part in shapely.get_parts(ground) for ring in part.interiors]
    if not rings:
        return False
    return float(area_m2(shapely.difference(gap.geometry, shapely.union_all(shapely.polygons(rings))))[0]) <= _GROWN_M2
