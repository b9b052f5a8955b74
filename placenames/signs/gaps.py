"""Which signs a county lacks: wanted − standing = gap, for villages, roads, the edges of divisions and residential areas.

Where signs are wanted and how near counts as there is data (`[wanted]` of the sign types); the standard's own words were not seen,
so every answer carries whose numbers they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from boundaries.models import DivisionRecord, Level
from boundaries.querysets import ancestor_ids
from placenames.models import STANDS
from placenames.rules.signs import visiting
from placenames.rules.signs.types import Wanted
from placenames.rules.signs.wanted import END, Floats, crossings, road_positions, standing
from placenames.signs.ground import Ground, Thing, points_of
from placenames.signs.ground import read as read_ground
from placenames.signs.names import DIVISION, PLACE, Key
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
    """Everything on the ground of the division `root` on `day`. Some ten queries, whatever its size."""
    rules = types_in_force().wanted
    level = DivisionRecord.objects.on(day).filter(division=root).values_list("level", flat=True).first()
    if level == Level.TOWNSHIP and rules.boundary_level < Level.TOWNSHIP:
        return _part_of(root, day, rules.boundary_level)
    ground = read_ground(root, day, rules.boundary_level)
    signs = _standing_signs(ground)
    found = [*_single(ground, signs, rules), *_of_roads(ground, signs, rules), *_of_edges(ground, signs, rules)]
    return _counted(day, rules, found, ground.townships, ground.names)


def _part_of(township: int, day: date, level: int) -> Analysis:
    """Where edges above townships want signs, a township's share is told by the whole that has the edge."""
    above = DivisionRecord.objects.on(day).filter(division__in=ancestor_ids(township, day), level=level)
    whole = analyse(above.values_list("division", flat=True)[0], day)
    found = [one for one in whole.signs if one.township == township]
    return _counted(day, whole.rules, found, [township], whole.names)


def _counted(day: date, rules: Wanted, found: list[WantedSign], townships: Sequence[int], names: Mapping[int, str]) -> Analysis:
    analysis = Analysis(day, rules, found, {one: names[one] for one in townships})
    analysis.counts = {why: _rate([one for one in found if one.why is why]) for why in Why}
    by_township: dict[int, list[WantedSign]] = {one: [] for one in townships}
    for one in found:
        if one.township in by_township:
            by_township[one.township].append(one)
    analysis.townships = {one: _rate(rows) for one, rows in by_township.items()}
    return analysis


def _rate(rows: Sequence[WantedSign]) -> Rate:
    return Rate(len(rows), sum(not one.is_gap for one in rows))


_STANDING: Final = """
    SELECT id, place_id, division_id, ST_X(position), ST_Y(position) FROM placenames_sign
     WHERE state = ANY(%s) AND position IS NOT NULL AND (place_id = ANY(%s) OR division_id = ANY(%s))
"""


@dataclass
class _Signs:
    ids: list[int]
    keys: list[Key]
    places: Floats


def _standing_signs(ground: Ground) -> _Signs:
    """Those that name something of the ground, wherever they stand: beside an edge it may be on the other side. Damaged ones are
    set, if badly kept.
    """
    things = [*ground.roads, *ground.settlements, *ground.compounds]
    places = [number for what, number in (one.key for one in things) if what == PLACE]
    divisions = {division for division, *_rest in (*ground.villages, *ground.edges)}
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, [list(STANDS), places, list(divisions)])
        told = cursor.fetchall()
    return _Signs(
        [row[0] for row in told],
        [(PLACE, row[1]) if row[1] is not None else (DIVISION, row[2]) for row in told],
        np.array([row[3:] for row in told], dtype=np.float64).reshape(-1, 2),
    )


def _single(ground: Ground, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    """One sign each for villages, natural villages and residential areas, anywhere within `far_m` of them."""
    rows: list[tuple[Why, Thing]] = [
        (
            Why.VILLAGE,
            Thing((DIVISION, division), ground.names[division], seat, division, township if township in ground.names else None),
        )
        for division, seat, township in ground.villages
    ]
    rows += [(Why.VILLAGE, one) for one in ground.settlements]
    rows += [(Why.COMPOUND, one) for one in ground.compounds]
    placed = [row for row in rows if row[1].shape is not None]
    points = points_of([thing.shape for _why, thing in placed])
    stand = standing(points, [thing.key for _why, thing in placed], signs.places, signs.keys, rules.far_m)
    for (why, thing), point, sign, township in zip(
        placed, points.tolist(), stand.tolist(), ground.townships_of(points), strict=True
    ):
        # A village belongs where the register says, even where its seat is drawn beside.
        lies = thing.township or township
        if ground.counts(lies, thing.area):
            yield WantedSign(why, thing.key, thing.name, (point[0], point[1]), "", lies, signs.ids[sign] if sign >= 0 else None)
    shown = dict(zip(signs.keys, signs.ids, strict=True))
    for why, thing in rows:
        if thing.shape is None and ground.counts(thing.township, thing.area):
            yield WantedSign(why, thing.key, thing.name, None, "", thing.township, shown.get(thing.key))


def _of_roads(ground: Ground, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    """Ends and junctions on this ground; roads are looked at whole, so that what stands elsewhere is counted there and not here."""
    roads = [*ground.roads, *ground.met]
    wanted = road_positions(
        [road.shape for road in roads], ends=rules.ends, junctions=rules.junctions, least_spacing_m=rules.least_spacing_m
    )
    mine = wanted.road < len(ground.roads)
    places, numbers = wanted.places[mine], wanted.road[mine].tolist()
    keys = [roads[number].key for number in numbers]
    stand = standing(places, keys, signs.places, signs.keys, rules.near_m)
    told = zip(
        numbers, wanted.kind[mine].tolist(), wanted.other[mine].tolist(), places.tolist(), stand.tolist(),
        ground.townships_of(places), strict=True,
    )  # fmt: skip
    for number, kind, other, point, sign, township in told:
        road = roads[number]
        if not ground.counts(township, road.area):
            continue
        why = Why.ROAD_END if kind == END else Why.JUNCTION
        met = roads[other].name if other >= 0 else ""
        lies = township if township is not None else road.township
        yield WantedSign(why, road.key, road.name, (point[0], point[1]), met, lies, signs.ids[sign] if sign >= 0 else None)


def _of_edges(ground: Ground, signs: _Signs, rules: Wanted) -> Iterator[WantedSign]:
    """Where a road passes into a division, a sign with the division's name."""
    found = crossings([road.shape for road in ground.roads], [shape for _division, shape in ground.edges])
    points = np.array([place for _road, _edge, place in found]).reshape(-1, 2)
    keys: list[Key] = [(DIVISION, ground.edges[edge][0]) for _road, edge, _place in found]
    stand = standing(points, keys, signs.places, signs.keys, rules.near_m)
    known = set(ground.townships)
    townships = ground.townships_of(points, known) if rules.boundary_level != Level.TOWNSHIP else [None] * len(points)
    for (road, edge, place), key, sign, township in zip(found, keys, stand.tolist(), townships, strict=True):
        division = ground.edges[edge][0]
        lies = division if division in known else township
        yield WantedSign(
            Why.BOUNDARY, key, ground.names[division], place, ground.roads[road].name, lies, signs.ids[sign] if sign >= 0 else None
        )
