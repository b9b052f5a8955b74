"""The two maps of a change: 变更前行政区划图 and 变更方案示意图, on the same ground at the same scale.

What is told by each: units that end, begin, are renamed, change type or parent are hatched; villages and ground that pass from one
unit to another are hatched crosswise; what lies around is faint.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import numpy as np
import shapely
from django.contrib.gis.geos import Polygon
from django.utils.translation import gettext as _
from django.utils.translation import override

from boundaries.changes.register import COUNTY, TOWNSHIP, VILLAGE, Key
from boundaries.models import DivisionRecord, DivisionType, Grade
from boundaries.querysets import ancestor_ids
from boundaries.services.change_evidence import Evidence, Standing
from gis.crs import CGCS2000
from gis.errors import InvalidInputError
from gis.sheets import Emphasis, Ground, Sheet
from gis.sheets.layout import PAPERS
from gis.sheets.sheet import layout_of

INTERNAL = "internal"
PUBLIC = "public"
_MOST_VILLAGES = 200
_UNCERTAIN = frozenset({Grade.INDICATIVE.value, Grade.INVENTED.value})
COLUMNS = ("区划", "建制类型", "上级", "代码", "变更", "范围资料")


class Side(StrEnum):
    BEFORE = "before"
    AFTER = "after"


TITLES = {Side.BEFORE: "变更前行政区划图", Side.AFTER: "变更方案示意图"}


@dataclass(frozen=True)
class Publication:
    """BND-MAP-01: a map that leaves carries 内部使用, or for the public its 审图号 (《地图管理条例》第十五条、第二十二条)."""

    use: str = INTERNAL
    approval: str = ""

    @property
    def stamp(self) -> str:
        return "" if self.use == PUBLIC else "内部使用"


def publication(use: str = "", approval: str = "") -> Publication:
    """Raises `InvalidInputError` (``map_approval_missing``, ``bad_map_use``). Nothing said is internal use."""
    use, approval = use.strip() or INTERNAL, " ".join(approval.split())
    if use not in (INTERNAL, PUBLIC):
        raise InvalidInputError("bad_map_use", _("地图用途只能是 internal（内部使用）或 public（公开）。"))
    if use == PUBLIC and not approval:
        raise InvalidInputError(
            "map_approval_missing",
            _("公开使用的地图须填写审图号；没有审图号只能作内部使用（BND-MAP-01）。"),
            fields={"approval": [_("必填")]},
            rule="BND-MAP-01",
        )
    if len(approval) > 60 or not approval.isprintable():
        raise InvalidInputError("bad_map_approval", _("审图号填写有误。"), fields={"approval": [_("填写有误")]})
    return Publication(use, approval if use == PUBLIC else "")


def sheet(evidence: Evidence, side: Side, subject: str, made_on: date, public: Publication, paper: str = "a4") -> Sheet:
    """`subject` begins the title: whose change it is."""
    if paper not in PAPERS:
        raise InvalidInputError("bad_paper", _("纸张只能是 a4 或 a3。"))
    with override("zh-hans"):
        return _Drawing(evidence, side, made_on, public).sheet(subject, paper)


class _Drawing:
    def __init__(self, evidence: Evidence, side: Side, made_on: date, public: Publication) -> None:
        self.evidence = evidence
        self.side = side
        self.made_on = made_on
        self.public = public
        self.ours = evidence.before if side is Side.BEFORE else evidence.after
        self.day = evidence.eve if side is Side.BEFORE else evidence.day

    def sheet(self, subject: str, paper: str) -> Sheet:
        told = [self._ground(one) for one in self.ours]
        pieces = list(self._pieces())
        about = self._about()
        around = self._around(about, paper) if about else []
        changed = "变更的区划" if self.evidence.enacted else "拟变更的区划"
        moved = "划转的村（居）或区域" if self.evidence.enacted else "拟划转的村（居）或区域"
        return Sheet(
            title=f"{subject}{TITLES[self.side]}",
            grounds=(*around, *told, *pieces),
            about=tuple(about),
            notes=tuple(self._notes([*told, *around])),
            made_on=self.made_on,
            stamp=self.public.stamp,
            approval=f"审图号：{self.public.approval}" if self.public.approval else "",
            paper=paper,
            columns=COLUMNS,
            words={Emphasis.CHANGED: changed, Emphasis.MOVED: moved},
        )

    # --- what is told -----------------------------------------------------------------------------------------------

    def _ground(self, one: Standing) -> Ground:
        emphasis = emphasis_of(self.evidence, one)
        note = self._note(one) if emphasis is Emphasis.CHANGED else ""
        kind = str(DivisionType(one.type).label) if one.type in DivisionType.values else one.type
        return Ground(
            name=one.name,
            level=one.level,
            geometry=one.geometry,
            note=f"（{note}）" if note else "",
            emphasis=emphasis,
            uncertain=one.grade in _UNCERTAIN,
            seat=one.seat if emphasis is Emphasis.CHANGED and one.level <= TOWNSHIP else None,
            facts=(one.name, kind, one.parent_name, one.code or "—", note or "—", _graded(one.grade)),
            named=emphasis is not Emphasis.NONE or one.level == TOWNSHIP,
        )

    def _note(self, one: Standing) -> str:
        """The former names on the later map, the later ones on the former."""
        if self.side is Side.BEFORE:
            others = self.evidence.successors(one.key) or [other for other in self.evidence.after if other.key == one.key]
            word = (
                ("改为" if self.evidence.enacted else "拟改为") if len(others) == 1 else ("归" if self.evidence.enacted else "拟归")
            )
        else:
            others = self.evidence.predecessors(one.key) or [other for other in self.evidence.before if other.key == one.key]
            word = "原"
        told = list(dict.fromkeys(other.name for other in others if other.name != one.name))
        if not told and one.alone and self.side is Side.AFTER:
            return "新设"
        shown = "、".join(told[:3]) + ("等" if len(told) > 3 else "")
        return f"{word}{shown}" if shown else ""

    def _pieces(self) -> Iterator[Ground]:
        """Ground that went from one lasting unit to another and is not told by villages of its own."""
        if any(emphasis_of(self.evidence, one) is Emphasis.MOVED and one.geometry is not None for one in self.evidence.after):
            return
        before = {one.key: one for one in self.evidence.before}
        for one in self.evidence.after:
            former = before.get(one.key)
            if former is None or "geometry" not in one.changed or one.level < TOWNSHIP:
                continue
            if one.geometry is None or former.geometry is None:
                continue
            gained = _areal(shapely.difference(one.geometry, former.geometry))
            if not gained.is_empty:
                yield Ground(
                    "", one.level, gained, emphasis=Emphasis.MOVED, uncertain=one.grade in _UNCERTAIN, named=False, bordered=False
                )

    def _about(self) -> list[shapely.Geometry]:
        """What both maps must show whole."""
        both = [*self.evidence.before, *self.evidence.after]
        told = [one.geometry for one in both if emphasis_of(self.evidence, one) is not Emphasis.NONE]
        told += [one.geometry for one in both if "geometry" in one.changed and one.level == TOWNSHIP]
        told = [one for one in told if one is not None]
        return told or [one.geometry for one in both if one.geometry is not None and "geometry" in one.changed]

    # --- what lies around -------------------------------------------------------------------------------------------

    def _around(self, about: list[shapely.Geometry], paper: str) -> list[Ground]:
        box = layout_of(Sheet("", (), tuple(about), (), self.made_on, paper=paper)).bounds
        window = Polygon.from_bbox(box)
        window.srid = CGCS2000
        levels = {one.level for one in self.ours if emphasis_of(self.evidence, one) is not Emphasis.NONE}
        lowest = min(max(levels, default=TOWNSHIP), TOWNSHIP)
        mine = {one.key for one in (*self.evidence.before, *self.evidence.after) if isinstance(one.key, int)}
        # A change that is not yet enacted does not stand in the register: what lies around is the same on both days.
        day = self.day if self.evidence.enacted else self.evidence.day
        records = DivisionRecord.objects.in_force(day).filter(level__lte=lowest, geometry__bboverlaps=window)
        known = self.evidence.known_at
        records = records.current() if known is None else records.known_at(known)
        parents = self._parents(day)
        grounds = [
            Ground(
                row.name,
                row.level,
                shapely.from_wkb(bytes(row.geometry.wkb)),  # type: ignore[union-attr]  # asked for by its box
                emphasis=Emphasis.NONE if self._within(row, parents, lowest) else Emphasis.NEIGHBOUR,
                uncertain=row.grade in _UNCERTAIN,
                named=row.level == lowest or (row.level == COUNTY and row.division_id not in parents),
            )
            for row in records.exclude(division__in=mine).defer("seat").order_by("division")
        ]
        return [*grounds, *self._villages(day, mine)]

    def _villages(self, day: date, mine: set[int]) -> list[Ground]:
        """Where villages pass on, the others of the same townships, unless there are too many to read."""
        moved = [one for one in self.ours if emphasis_of(self.evidence, one) is Emphasis.MOVED and one.level == VILLAGE]
        giving = [one for one in self.ours if one.level == TOWNSHIP and "geometry" in one.changed] if moved else []
        towns = {one.key for one in giving if isinstance(one.key, int)}
        rows = DivisionRecord.objects.on(day).filter(level=VILLAGE, parent__in=towns, geometry__isnull=False)
        found = list(rows.exclude(division__in=mine)[: _MOST_VILLAGES + 1])
        if len(found) > _MOST_VILLAGES:
            return []
        return [
            Ground(row.name, row.level, shapely.from_wkb(bytes(row.geometry.wkb)), uncertain=row.grade in _UNCERTAIN)
            for row in found
            if row.geometry is not None
        ]

    def _parents(self, day: date) -> set[int]:
        """Everything above what changes."""
        parents: set[int] = set()
        for key in {one.parent for one in self.ours if isinstance(one.parent, int) and one.level <= TOWNSHIP}:
            parents.update(ancestor_ids(key, day))
        return parents

    def _within(self, row: DivisionRecord, parents: set[int], lowest: int) -> bool:
        return row.division_id in parents or (row.level == lowest and row.parent_id in parents)

    # --- in words ---------------------------------------------------------------------------------------------------

    def _notes(self, grounds: Iterable[Ground]) -> Iterator[str]:
        evidence = self.evidence
        if evidence.demo:
            yield "演示数据：图上区划、界线均为虚构。"
        sources = "；".join(evidence.sources[:3]) + ("等" if len(evidence.sources) > 3 else "")
        yield f"资料来源：{sources or '（未登记）'}。"
        if self.side is Side.BEFORE:
            yield f"所示日期：{_day(self.day)}。"
        else:
            yield f"所示日期：{_day(self.day)}起（{'已批复' if evidence.enacted else '方案，尚未批复'}）。"
        shapes = [one.geometry for one in grounds if one.geometry is not None]
        if shapes:
            system = layout_of(Sheet("", (), tuple(self._about()), (), self.made_on)).system
            yield f"坐标系：{system.name_zh.partition('（横坐标')[0]}。"
        grades = sorted({one.grade for one in self.ours if one.grade and emphasis_of(evidence, one) is not Emphasis.NONE})
        if grades:
            words = "、".join(str(Grade(one).label) for one in grades)
            warning = "；示意或虚构的界线不作划界依据" if set(grades) & _UNCERTAIN else ""
            yield f"范围等级：{words}{warning}。"
        yield f"制图：舆地，{_day(self.made_on)}。"


def emphasis_of(evidence: Evidence, one: Standing) -> Emphasis:
    """How a unit of the change is told on the map.

    Villages that only follow their township, and parents that only gained or lost ground, are not what the map is about.
    """
    if one.alone or one.changed & {"name", "type", "seat", "code"}:
        return Emphasis.CHANGED
    if one.changed & {"parent", "parent_id"} and not _follows(evidence, one.key):
        return Emphasis.MOVED if one.level == VILLAGE else Emphasis.CHANGED
    return Emphasis.NONE


def _follows(evidence: Evidence, key: Key) -> bool:
    old = next((one.parent for one in evidence.before if one.key == key), None)
    new = next((one.parent for one in evidence.after if one.key == key), None)
    lasting = any(one.key == old for one in evidence.after)
    return not lasting and any(one.predecessor == old and one.successor == new for one in evidence.descents)


def _areal(geometry: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(np.array([geometry], dtype=object))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _graded(grade: str) -> str:
    return str(Grade(grade).label) if grade else "无"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
