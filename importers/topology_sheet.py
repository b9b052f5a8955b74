"""拓扑检查图: the places that a check found, on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import shapely

from gis.coverage import Kind
from gis.sheets import Ground, Mark, Sheet, Sort

MOST_MARKS: Final = 400
# One character each, as on the page: a mark is told apart without its colour.
SORTS: Final = {
    Kind.GAP: Sort("缝", "缝隙：没有区划覆盖", (0.60, 0.10, 0.12)),
    Kind.OVERLAP: Sort("叠", "重叠：两个区划都覆盖", (0.42, 0.16, 0.52)),
    Kind.SLIVER: Sort("碎", "碎条：窄长的缝隙或重叠", (0.60, 0.34, 0.0)),
    Kind.DUPLICATE: Sort("重", "重复：两个区划同一范围", (0.10, 0.10, 0.10), square=True),
    Kind.HOLE: Sort("洞", "空洞：一个区划之内无覆盖", (0.09, 0.38, 0.50), square=True),
    Kind.OUTSIDE: Sort("外", "超出上级范围", (0.05, 0.42, 0.24), square=True),
}


@dataclass(frozen=True)
class Place:
    kind: Kind
    place: tuple[float, float]
    geometry: shapely.Geometry


@dataclass(frozen=True)
class Unit:
    """`own` False: a unit of the register beside those of the file."""

    name: str
    level: int
    geometry: shapely.Geometry
    own: bool = True


def sheet(
    title: str, units: Iterable[Unit], places: Sequence[Place], notes: Sequence[str], made_on: date, paper: str = "a4"
) -> Sheet:
    """The file's units whole, the places with their marks: narrow kinds last drawn, so that the rare ones stand on top."""
    grounds = [Ground(unit.name, unit.level, unit.geometry, named=True) for unit in units]
    own = [unit.geometry for unit in units if unit.own]
    marks = tuple(Mark(SORTS[one.kind], one.place, one.geometry) for one in places[:MOST_MARKS])
    told = list(notes)
    if len(places) > MOST_MARKS:
        told.append(f"图上只注最大的 {MOST_MARKS} 处，共 {len(places)} 处。")
    if not places:
        told.append("没有发现缝隙、重叠或超出上级。")
    return Sheet(
        title=title,
        grounds=tuple(grounds),
        about=tuple(own or [ground.geometry for ground in grounds if ground.geometry is not None]),
        notes=tuple(told),
        made_on=made_on,
        stamp="内部使用",
        paper=paper,
        marks=marks,
    )
