"""Lines derived from the edge two neighbouring divisions share: first looked at, then registered.

A derived line is worth no more than the drawings it comes from: its grade is the weaker of both, and its source says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.boundary_lines import as_shapely
from boundaries.line_edges import shared_edge, spans_along
from boundaries.models import (
    Begins,
    BoundaryLine,
    BoundaryLineRecord,
    DivisionCode,
    DivisionRecord,
    Grade,
    Level,
    Source,
    SourceKind,
)
from boundaries.services import boundary_lines
from boundaries.services.boundary_lines import Stretch
from gis.accounts.models import User
from gis.crs import CGCS2000, length_m
from gis.errors import ConflictError, InvalidInputError

# From the strongest to the weakest.
_STRENGTH = (Grade.AGREED, Grade.SURVEYED, Grade.INDICATIVE, Grade.INVENTED)


@dataclass(frozen=True, slots=True)
class Derived:
    """A line as it would be registered. `standing`: the code of a line between these two that is there already, "" if none."""

    side_a: DivisionRecord
    side_b: DivisionRecord
    code: str
    name: str
    geometry: shapely.MultiLineString
    grade: str
    length_m: float
    segments: tuple[Stretch, ...]
    standing: str

    @property
    def level(self) -> int:
        return self.side_a.level

    @property
    def length_km(self) -> float:
        return self.length_m / 1000

    @property
    def grade_words(self) -> str:
        return str(Grade(self.grade).label)

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "name": self.name,
            "level": self.level,
            "sides": [{"id": one.division_id, "name": one.name} for one in (self.side_a, self.side_b)],
            "length_m": round(self.length_m, 2),
            "parts": len(self.geometry.geoms),
            "grade": self.grade,
            "segments": len(self.segments),
            "registered_as": self.standing,
        }


def derive(side_a: int, side_b: int, day: date | None = None) -> Derived:
    """The line between two divisions (ids) of one level on a day (today). Nothing is written.

    Raises `InvalidInputError`: not_one_level, no_outline, no_shared_edge.
    """
    day = day or timezone.localdate()
    if side_a == side_b:
        raise InvalidInputError("same_division", _("两侧须是不同的区划。"))
    records = {row.division_id: row for row in _records(day).filter(division__in=[side_a, side_b])}
    if len(records) < 2:
        raise InvalidInputError("division_not_there", _("%(day)s 没有所给的区划。") % {"day": day})
    one, other = records[side_a], records[side_b]
    if one.level != other.level or one.level == Level.VILLAGE:
        raise InvalidInputError("not_one_level", _("两侧须是同一级的省、地、县、乡级区划。"))
    without = [row.name for row in (one, other) if row.geometry is None]
    if without:
        raise InvalidInputError("no_outline", _("%(names)s没有范围图形，推不出界线。") % {"names": "、".join(without)})
    found = _derived(one, other, day)
    if found is None:
        raise InvalidInputError(
            "no_shared_edge",
            _("%(a)s与%(b)s没有共同的边：不相邻，或两者的范围之间有缝隙或重叠。") % {"a": one.name, "b": other.name},
        )
    return found


def derive_under(parent: int, day: date | None = None, *, level: int | None = None) -> list[Derived]:
    """All lines between the neighbouring children of a division, or between all units of `level` under it."""
    day = day or timezone.localdate()
    rows = _records(day).filter(geometry__isnull=False)
    if level is None:
        rows = rows.filter(parent=parent)
    else:
        rows = rows.filter(level=level, division__in=DivisionRecord.objects.under(parent, day).values("division"))
    units = [row for row in rows.order_by("division") if row.level != Level.VILLAGE]
    shapes = [as_shapely(row.geometry) for row in units]
    found = []
    for i, j in combinations(range(len(units)), 2):
        if units[i].level == units[j].level and shapely.box(*shapes[i].bounds).intersects(shapely.box(*shapes[j].bounds)):
            line = _derived(units[i], units[j], day)
            if line is not None:
                found.append(line)
    return sorted(found, key=lambda line: line.code)


@transaction.atomic
def commit(actor: User | None, derived: Derived, *, code: str = "", name: str = "", reason: str = "") -> BoundaryLine:
    """Registers a derived line, valid from today on as something seen in the drawings, not decided.

    Raises `ConflictError` (line_between_them) where the two have a line already.
    """
    today = timezone.localdate()
    if standing := _standing(derived.side_a.division_id, derived.side_b.division_id, today):
        raise ConflictError("line_between_them", _("这两个区划之间已登记界线 %(code)s。") % {"code": standing})
    source = Source.objects.create(
        kind=SourceKind.DEMO if derived.side_a.source.is_demo and derived.side_b.source.is_demo else SourceKind.DATASET,
        title=_("由区划边界推出：%(a)s与%(b)s") % {"a": derived.side_a.name, "b": derived.side_b.name},
        details={
            "derived": True,
            "records": [derived.side_a.pk, derived.side_b.pk],
            "sources": sorted({derived.side_a.source_id, derived.side_b.source_id}),
        },
        recorded_by=actor,
    )
    return boundary_lines.register(
        actor,
        code or derived.code,
        {
            "name": name or derived.name,
            "level": derived.level,
            "side_a": derived.side_a.division_id,
            "side_b": derived.side_b.division_id,
            "geometry": GEOSGeometry(memoryview(derived.geometry.wkb), srid=CGCS2000),
            "grade": derived.grade,
            "segments": derived.segments,
        },
        source=source,
        valid_from=today,
        begins=Begins.OBSERVED,
        reason=reason,
    )


def _records(day: date) -> Any:
    return DivisionRecord.objects.on(day).select_related("source")


def _derived(one: DivisionRecord, other: DivisionRecord, day: date) -> Derived | None:
    codes = _codes([one.division_id, other.division_id], day)
    one, other = sorted((one, other), key=lambda row: (codes.get(row.division_id, ""), row.division_id))
    edge = shared_edge(as_shapely(one.geometry), as_shapely(other.geometry))
    if edge is None:
        return None
    ids = [codes.get(row.division_id) or str(row.division_id) for row in (one, other)]
    return Derived(
        side_a=one,
        side_b=other,
        code="-".join(ids),
        name=f"{one.proper_name}{other.proper_name}线",
        geometry=edge,
        grade=max((one.grade, other.grade), key=lambda grade: _STRENGTH.index(Grade(grade))),
        length_m=float(length_m(edge)[0]),
        segments=tuple(_segments(edge, one, other, day)),
        standing=_standing(one.division_id, other.division_id, day),
    )


def _codes(divisions: Iterable[int], day: date) -> dict[int, str]:
    held = DivisionCode.objects.on(day).filter(division__in=list(divisions)).order_by("-authority")  # the legal code wins
    return dict(held.values_list("division_id", "code"))


def _standing(side_a: int, side_b: int, day: date) -> str:
    rows = BoundaryLineRecord.objects.on(day).filter(Q(side_a=side_a, side_b=side_b) | Q(side_a=side_b, side_b=side_a))
    return rows.values_list("line__code", flat=True).first() or ""


def _segments(edge: shapely.MultiLineString, one: DivisionRecord, other: DivisionRecord, day: date) -> list[Stretch]:
    """Which lower divisions meet where: a new stretch at every end of one of their edges. [] where there are none."""
    spans = [_spans_of_children(edge, row, day) for row in (one, other)]
    cuts = sorted({round(end, 2) for side in spans for from_m, to_m, _unit in side for end in (from_m, to_m)})
    found: list[Stretch] = []
    for from_m, to_m in pairwise(cuts):
        middle = (from_m + to_m) / 2
        a, b = (next((unit for low, high, unit in side if low <= middle <= high), None) for side in spans)
        if a is None and b is None:
            continue
        if found and (found[-1].side_a, found[-1].side_b) == (a, b) and found[-1].to_m == from_m:
            found[-1] = Stretch(found[-1].from_m, to_m, a, b)
        elif to_m - from_m > 0.5:
            found.append(Stretch(from_m, to_m, a, b))
    return found


def _spans_of_children(edge: shapely.MultiLineString, row: DivisionRecord, day: date) -> list[tuple[float, float, int]]:
    children = DivisionRecord.objects.on(day).filter(parent=row.division_id, level=row.level + 1, geometry__isnull=False)
    return [
        (from_m, to_m, child.division_id)
        for child in children.filter(geometry__bboverlaps=GEOSGeometry(memoryview(edge.wkb), srid=CGCS2000))
        for from_m, to_m in spans_along(edge, as_shapely(child.geometry))
    ]
