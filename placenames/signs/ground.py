"""What signs are wanted for under a division: its ground, and the villages, roads and places that lie on it.

A road belongs to the ground it runs over, whatever area it is registered in: each end and junction counts for the township it lies
in. So that parts of a county add up to the county, roads are read whole, with everything that meets them, and a place on an edge
lies in one township only (docs/decisions/0107). Names that are secret want no sign.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection

from boundaries.models import DivisionRecord, Level
from boundaries.querysets import ancestor_ids, lines_of, subtree_ids
from placenames.models import PlaceNameRecord, Secrecy
from placenames.rules.kinds import Kind
from placenames.rules.signs.wanted import Floats
from placenames.signs.names import Key, as_shapely, of_record

# Roads that end this near another meet it (`rules.signs.wanted` measures it in metres; this is a little more than its 3 m).
_MEETS_DEG: Final = 5e-5

_HOLDS: Final = "upper_inf({0}.recorded) AND {0}.valid @> %(day)s::date"
_ON_THE_GROUND: Final = f"""
    SELECT p.id FROM placenames_placenamerecord p
     WHERE {_HOLDS.format("p")} AND NOT p.names_division AND (p.area_id IS NULL OR p.area_id <> ALL(%(inside)s))
       AND (ST_Dimension(p.location) = 1 OR p.area_id = ANY(%(above)s))
       AND EXISTS (SELECT FROM boundaries_divisionrecord d
                    WHERE {_HOLDS.format("d")} AND d.division_id = ANY(%(townships)s) AND ST_Intersects(d.geometry, p.location))
"""
_THAT_MEET: Final = f"""
    SELECT DISTINCT p.id FROM placenames_placenamerecord r
      JOIN placenames_placenamerecord p ON ST_DWithin(r.location, p.location, {_MEETS_DEG})
     WHERE r.id = ANY(%(roads)s) AND p.id <> ALL(%(roads)s) AND {_HOLDS.format("p")} AND NOT p.names_division
       AND ST_Dimension(p.location) = 1
"""
_TOWNSHIPS_AROUND: Final = f"""
    SELECT DISTINCT d.id FROM placenames_placenamerecord r
      JOIN boundaries_divisionrecord d ON d.geometry && r.location
     WHERE r.id = ANY(%(roads)s) AND {_HOLDS.format("d")} AND d.level = {int(Level.TOWNSHIP)}
"""


@dataclass(frozen=True, slots=True)
class Thing:
    """A road or another place of its own. `area`: where it is registered; `township`: the one that is, or is above, that area."""

    key: Key
    name: str
    shape: Any
    area: int | None
    township: int | None


@dataclass
class Ground:
    """`townships` of the root by level and name; `names` of all divisions read. `met`: roads that only meet `roads`, for junctions.

    villages   (division, seat, township above it)
    edges      divisions whose edges roads are asked for, with their outlines
    """

    inside: frozenset[int]
    names: dict[int, str] = field(default_factory=dict)
    townships: list[int] = field(default_factory=list)
    edges: list[tuple[int, Any]] = field(default_factory=list)
    villages: list[tuple[int, Any, int | None]] = field(default_factory=list)
    roads: list[Thing] = field(default_factory=list)
    met: list[Thing] = field(default_factory=list)
    settlements: list[Thing] = field(default_factory=list)
    compounds: list[Thing] = field(default_factory=list)
    _outlines: list[tuple[int, Any]] = field(default_factory=list)

    def townships_of(self, places: Floats, among: Collection[int] | None = None) -> list[int | None]:
        """The township each place lies in, of those read or of `among`; on an edge, the one that was entered first."""
        found: list[int | None] = [None] * len(places)
        outlines = [one for one in self._outlines if among is None or one[0] in among]
        if len(places) and outlines:
            tree = shapely.STRtree([shape for _division, shape in outlines])
            # A place worked out on an edge may lie beside it by a rounding.
            query = {"predicate": "intersects"} if among is None else {"predicate": "dwithin", "distance": 1e-9}
            place, outline = tree.query(shapely.points(places), **query)
            for at, number in zip(place.tolist(), outline.tolist(), strict=True):
                division, held = outlines[number][0], found[at]
                found[at] = division if held is None else min(held, division)
        return found

    def counts(self, township: int | None, area: int | None) -> bool:
        """Whether what lies in `township` is this ground's; where no outline tells, whether it is registered here."""
        return township in self.inside if township is not None else area in self.inside


def read(root: int, day: date, boundary_level: int) -> Ground:
    """The ground of `root` on `day`. Some nine queries, whatever its size."""
    ground = Ground(frozenset(subtree_ids(root, day)))
    _read_divisions(ground, root, day, boundary_level)
    _read_places(ground, root, day)
    return ground


def _read_divisions(ground: Ground, root: int, day: date, boundary_level: int) -> None:
    rows = DivisionRecord.objects.on(day).filter(division__in=ground.inside).order_by("level", "name", "division")
    for row in rows.defer("geometry"):
        ground.names[row.division_id] = row.name
        if row.level == Level.TOWNSHIP:
            ground.townships.append(row.division_id)
        if row.level == Level.VILLAGE and row.type != "statistical":
            ground.villages.append((row.division_id, as_shapely(row.seat), row.parent_id))
    shaped = rows.filter(level=boundary_level, geometry__isnull=False)
    ground.edges = [(division, as_shapely(outline)) for division, outline in shaped.values_list("division", "geometry")]


def _read_places(ground: Ground, root: int, day: date) -> None:
    inside = sorted(ground.inside)
    asked = {"day": day, "inside": inside, "above": ancestor_ids(root, day)[1:], "townships": ground.townships}
    registered = PlaceNameRecord.objects.on(day).filter(names_division=False, area__in=inside).values_list("pk", flat=True)
    things = _things([*registered, *_ids(_ON_THE_GROUND, asked)], day)
    lines = {row: thing for row, (kind, thing) in things.items() if kind is Kind.ROAD}
    ground.roads = list(lines.values())
    roads = {"day": day, "roads": list(lines)}
    meeting = _things(_ids(_THAT_MEET, roads), day) if lines else {}
    ground.met = [thing for kind, thing in meeting.values() if kind is Kind.ROAD]
    around = DivisionRecord.objects.filter(pk__in=_ids(_TOWNSHIPS_AROUND, roads)) if lines else DivisionRecord.objects.none()
    own = DivisionRecord.objects.on(day).filter(division__in=ground.townships, geometry__isnull=False)
    outlines = dict((own | around).values_list("division", "geometry"))
    ground._outlines = sorted((division, as_shapely(outline)) for division, outline in outlines.items())
    places = [(kind, thing) for kind, thing in things.values() if kind in (Kind.SETTLEMENT, Kind.COMPOUND)]
    ground.settlements = [thing for kind, thing in places if kind is Kind.SETTLEMENT]
    ground.compounds = [thing for kind, thing in places if kind is Kind.COMPOUND]


def _things(rows: Sequence[int], day: date) -> dict[int, tuple[Kind | None, Thing]]:
    """By record. Lines of other kinds, as rivers, are told by their kind; roads that have no line want nothing."""
    records = list(PlaceNameRecord.objects.filter(pk__in=rows, secrecy=Secrecy.OPEN).order_by("name", "place"))
    lines = lines_of({row.area_id for row in records if row.area_id is not None}, day)
    found = {}
    for row in records:
        place = of_record(row)
        kind = place.kind if place.kind is not Kind.ROAD or place.is_road else None
        line = lines.get(row.area_id or 0, [])
        township = next((unit for unit, _name, level in line if level == Level.TOWNSHIP), None)
        found[row.pk] = kind, Thing(place.key, place.named.name, place.location, row.area_id, township)
    return found


def _ids(statement: str, given: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [row[0] for row in cursor.fetchall()]


def points_of(shapes: Sequence[Any]) -> Floats:
    """One place (longitude, latitude) on each shape, (n, 2)."""
    if not len(shapes):
        return np.zeros((0, 2))
    array = np.empty(len(shapes), dtype=object)
    array[:] = shapes
    return shapely.get_coordinates(shapely.point_on_surface(array))
