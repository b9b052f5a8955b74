"""Which signs a county lacks: wanted − standing = gap, for villages, roads, the edges of divisions and residential areas.

Where signs are wanted and how near counts as there is data (`[wanted]` of the sign types); the standard's own words were not seen,
so every answer carries whose numbers they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

import numpy as np
import shapely
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from boundaries.models import DivisionRecord, Level
from boundaries.querysets import subtree_ids
from placenames.models import STANDS, PlaceNameRecord
from placenames.rules.kinds import Kind
from placenames.rules.signs import visiting
from placenames.rules.signs.types import Wanted
from placenames.rules.signs.wanted import END, Floats, crossings, road_positions, standing
from placenames.signs.names import DIVISION, PLACE, Key, as_shapely, of_record
from placenames.signs.types_in_force import types_in_force


class Why(StrEnum):
    VILLAGE = "village"
    ROAD_END = "road_end"
    JUNCTION = "junction"
    BOUNDARY = "boundary"
    COMPOUND = "compound"


WORDS: Final[Mapping[Why, Promise]] = {
    Why.VILLAGE: _("村、自然村"),
    Why.ROAD_END: _("道路两端"),
    Why.JUNCTION: _("道路交叉口"),
    Why.BOUNDARY: _("区划界线处"),
    Why.COMPOUND: _("住宅小区"),
}
# The type of sign that is wanted there.
TYPE: Final[Mapping[Why, str]] = {
    Why.VILLAGE: "village",
    Why.ROAD_END: "street",
    Why.JUNCTION: "street",
    Why.BOUNDARY: "boundary",
    Why.COMPOUND: "compound",
}


@dataclass(frozen=True, slots=True)
class WantedSign:
    """`place` (longitude, latitude) in EPSG:4490, None where it is not on record; `met`: the other road, or the road that crosses.

    sign: id of the sign that stands for it, None for a gap
    township: the division of township level it lies in, None outside all that have an outline
    """

    why: Why
    key: Key
    name: str
    place: tuple[float, float] | None
    met: str
    township: int | None
    sign: int | None

    @property
    def is_gap(self) -> bool:
        return self.sign is None


@dataclass(frozen=True, slots=True)
class Rate:
    """地名标志设置率 of a township: places with a sign ÷ places that want one, in percent; None where none is wanted."""

    wanted: int
    set: int

    @property
    def gaps(self) -> int:
        return self.wanted - self.set

    @property
    def percent(self) -> float | None:
        return round(100 * self.set / self.wanted, 1) if self.wanted else None


@dataclass
class Analysis:
    """`names` of the townships; `townships` in the order of the register."""

    day: date
    rules: Wanted
    signs: list[WantedSign]
    names: dict[int, str]
    counts: dict[Why, Rate] = field(default_factory=dict)
    townships: dict[int, Rate] = field(default_factory=dict)

    @property
    def gaps(self) -> list[WantedSign]:
        return [one for one in self.signs if one.is_gap]

    @property
    def total(self) -> Rate:
        return Rate(len(self.signs), sum(not one.is_gap for one in self.signs))

    def in_order(self, start: tuple[float, float] | None = None) -> tuple[list[WantedSign], float]:
        """The gaps as a crew is to visit them, and the metres of that way; those without a place come last."""
        placed = [one for one in self.gaps if one.place is not None]
        places = np.array([one.place for one in placed]).reshape(-1, 2)
        tour = visiting.order(places, start)
        rest = [one for one in self.gaps if one.place is None]
        return [placed[at] for at in tour] + rest, visiting.length_m(places, tour)


def analyse(root: int, day: date) -> Analysis:
    """Everything under the division `root` on `day`. Six queries."""
    rules = types_in_force().wanted
    inside = subtree_ids(root, day)
    world = _World.read(inside, day, rules)
    signs = _standing_signs()
    found = [*_single(world, signs, rules), *_of_roads(world, signs, rules), *_of_edges(world, signs, rules)]
    analysis = Analysis(day, rules, found, {one: world.names[one] for one in world.townships})
    analysis.counts = {why: _rate([one for one in found if one.why is why]) for why in Why}
    by_township: dict[int, list[WantedSign]] = {one: [] for one in world.townships}
    for one in found:
        if one.township in by_township:
            by_township[one.township].append(one)
    analysis.townships = {one: _rate(rows) for one, rows in by_township.items()}
    return analysis


def _rate(rows: Sequence[WantedSign]) -> Rate:
    return Rate(len(rows), sum(not one.is_gap for one in rows))


_STANDING: Final = """
    SELECT id, place_id, division_id, ST_X(position), ST_Y(position) FROM placenames_sign
     WHERE state = ANY(%s) AND position IS NOT NULL AND num_nonnulls(place_id, division_id) = 1
"""


@dataclass
class _Signs:
    ids: list[int]
    keys: list[Key]
    places: Floats


def _standing_signs() -> _Signs:
    """Everywhere: a sign beside the edge may stand on the other side. Damaged ones are set, if badly kept."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(STANDS)])
        told = cursor.fetchall()
    return _Signs(
        [row[0] for row in told],
        [(PLACE, row[1]) if row[1] is not None else (DIVISION, row[2]) for row in told],
        np.array([row[3:] for row in told], dtype=np.float64).reshape(-1, 2),
    )


@dataclass
class _World:
    """What lies under the root: divisions with their outlines and seats, roads, places of their own."""

    names: dict[int, str]
    townships: list[int]
    outlines: list[Any]
    outline_of: list[int]
    edges: list[tuple[int, Any]]
    villages: list[tuple[int, Any, int | None]]
    roads: list[tuple[Key, str, Any, int | None]]
    settlements: list[tuple[Key, str, Any, int | None]]
    compounds: list[tuple[Key, str, Any, int | None]]

    @classmethod
    def read(cls, inside: Sequence[int], day: date, rules: Wanted) -> _World:
        world = cls({}, [], [], [], [], [], [], [], [])
        rows = DivisionRecord.objects.on(day).filter(division__in=inside).order_by("level", "name")
        for row in rows.defer("geometry"):
            world.names[row.division_id] = row.name
            if row.level == Level.TOWNSHIP:
                world.townships.append(row.division_id)
            if row.level == Level.VILLAGE and row.type != "statistical":
                world.villages.append((row.division_id, as_shapely(row.seat), row.parent_id))
        shaped = rows.filter(level__in={Level.TOWNSHIP, rules.boundary_level}, geometry__isnull=False)
        for division, level, geometry in shaped.values_list("division", "level", "geometry"):
            shape = as_shapely(geometry)
            if level == Level.TOWNSHIP:
                world.outlines.append(shape)
                world.outline_of.append(division)
            if level == rules.boundary_level:
                world.edges.append((division, shape))
        world._read_places(inside, day)
        return world

    def _read_places(self, inside: Sequence[int], day: date) -> None:
        rows = PlaceNameRecord.objects.on(day).filter(names_division=False, area__in=inside).order_by("name", "pk")
        for row in rows:
            place = of_record(row)
            told = (place.key, place.named.name, place.location, place.area)
            if place.kind is Kind.ROAD and place.is_road:
                self.roads.append(told)
            elif place.kind is Kind.SETTLEMENT:
                self.settlements.append(told)
            elif place.kind is Kind.COMPOUND:
                self.compounds.append(told)

    def townships_of(self, places: Floats) -> list[int | None]:
        """The township each place lies in, by outline."""
        found: list[int | None] = [None] * len(places)
        if len(places) and self.outlines:
            tree = shapely.STRtree(self.outlines)
            place, outline = tree.query(shapely.points(places), predicate="intersects")
            for at, number in zip(place.tolist(), outline.tolist(), strict=True):
                found[at] = self.outline_of[number] if found[at] is None else found[at]
        return found


def _single(world: _World, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    """One sign each for villages, natural villages and residential areas, anywhere within `far_m` of them."""
    rows: list[tuple[Why, Key, str, Any, int | None]] = [
        (Why.VILLAGE, (DIVISION, division), world.names[division], seat, parent) for division, seat, parent in world.villages
    ]
    rows += [(Why.VILLAGE, *one) for one in world.settlements]
    rows += [(Why.COMPOUND, *one) for one in world.compounds]
    placed = [row for row in rows if row[3] is not None]
    points = np.array([[spot.x, spot.y] for spot in (shapely.point_on_surface(row[3]) for row in placed)]).reshape(-1, 2)
    stand = standing(points, [row[1] for row in placed], signs.places, signs.keys, rules.far_m)
    by_outline = world.townships_of(points)
    known = set(world.townships)
    for row, point, sign, township in zip(placed, points.tolist(), stand.tolist(), by_outline, strict=True):
        why, key, name, _shape, parent = row
        # A village belongs where the register says, even where its seat is drawn beside.
        lies = parent if parent in known else township
        yield WantedSign(why, key, name, (point[0], point[1]), "", lies, signs.ids[sign] if sign >= 0 else None)
    shown = dict(zip(signs.keys, signs.ids, strict=True))
    for why, key, name, shape, parent in rows:
        if shape is None:
            yield WantedSign(why, key, name, None, "", parent if parent in known else None, shown.get(key))


def _of_roads(world: _World, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    wanted = road_positions(
        [line for _key, _name, line, _area in world.roads],
        ends=rules.ends, junctions=rules.junctions, least_spacing_m=rules.least_spacing_m,
    )  # fmt: skip
    roads = wanted.road.tolist()
    keys = [world.roads[road][0] for road in roads]
    stand = standing(wanted.places, keys, signs.places, signs.keys, rules.near_m)
    townships = world.townships_of(wanted.places)
    names = [name for _key, name, _line, _area in world.roads]
    told = zip(
        roads, keys, wanted.kind.tolist(), wanted.other.tolist(), wanted.places.tolist(), stand.tolist(), townships, strict=True
    )
    for road, key, kind, other, point, sign, township in told:
        why = Why.ROAD_END if kind == END else Why.JUNCTION
        met = names[other] if other >= 0 else ""
        yield WantedSign(why, key, names[road], (point[0], point[1]), met, township, signs.ids[sign] if sign >= 0 else None)


def _of_edges(world: _World, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    """Where a road passes into a division, a sign with the division's name."""
    found = crossings([line for _key, _name, line, _area in world.roads], [shape for _division, shape in world.edges])
    points = np.array([place for _road, _edge, place in found]).reshape(-1, 2)
    keys: list[Key] = [(DIVISION, world.edges[edge][0]) for _road, edge, _place in found]
    stand = standing(points, keys, signs.places, signs.keys, rules.near_m)
    townships = world.townships_of(points)
    known = set(world.townships)
    for (road, edge, place), key, sign, township in zip(found, keys, stand.tolist(), townships, strict=True):
        division = world.edges[edge][0]
        lies = division if division in known else township
        name = world.names[division]
        yield WantedSign(Why.BOUNDARY, key, name, place, world.roads[road][1], lies, signs.ids[sign] if sign >= 0 else None)
