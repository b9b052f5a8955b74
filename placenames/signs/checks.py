"""Signs checked as a register: each against name, road and type (SIGN-01 … 04), and against one another.

A handful of queries for any number of signs; near and far are worked out for all at once.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

import numpy as np
import shapely
from django.db.models import Q, QuerySet

from boundaries.rules.finding import Finding, Severity
from placenames.models import STANDS, Sign
from placenames.rules.signs import checks as rules
from placenames.rules.signs.checks import Plate
from placenames.rules.signs.directions import Axis, Direction, axis_of_road, direction_of
from placenames.rules.signs.types import SignType, TypeTable, Wanted
from placenames.rules.signs.wanted import Plane
from placenames.signs.names import Key, NamedPlace, as_shapely, key_of, names_for
from placenames.signs.types_in_force import types_in_force

BASIS_OWN: Final = "本系统规则"
_MOST_FORMER: Final = 20


@dataclass
class Checked:
    """`plate` is the first face. `direction` and `axis` of the road it names, where it is one."""

    sign: Sign
    kind: SignType
    plate: Plate
    named: NamedPlace | None
    direction: Direction | None = None
    axis: Axis = Axis.OPEN
    findings: list[Finding] = field(default_factory=list)

    @property
    def worst_finding(self) -> Finding | None:
        order = [Severity.BLOCK, Severity.WARN, Severity.INFO]
        return min(self.findings, key=lambda one: order.index(one.severity), default=None)

    @property
    def worst(self) -> str:
        found = self.worst_finding
        return found.severity.value if found is not None else ""


def check_signs(signs: QuerySet[Sign], day: date) -> list[Checked]:
    """Those that stand, in the order of the query; planned and removed ones are not looked at."""
    rows = list(signs.filter(state__in=STANDS).prefetch_related("faces__texts"))
    table = types_in_force()
    named = names_for({key_of(one) for one in rows}, day)
    roads = _Roads(table.wanted)
    found = [_one(sign, table, named, roads) for sign in rows]
    _check_places(found, table.wanted)
    _check_doubles(found, table.wanted)
    _check_spellings(found)
    return found


def check_among(signs: Iterable[Sign], day: date) -> dict[int, Checked]:
    """A few signs as `check_signs` finds them among all that name the same: by id, those that stand."""
    several = list(signs)
    places = {one.place_id for one in several if one.place_id is not None}
    divisions = {one.division_id for one in several if one.division_id is not None}
    beside = Q(pk__in=[one.pk for one in several]) | Q(place__in=places) | Q(division__in=divisions)
    found = {one.sign.pk: one for one in check_signs(Sign.objects.filter(beside).order_by("code"), day)}
    return {one.pk: found[one.pk] for one in several if one.pk in found}


def check_one(sign: Sign, day: date) -> Checked:
    """Of one sign on its own page, whatever its state: one that stands is looked at among those that name the same."""
    if sign.state in STANDS:
        return check_among([sign], day)[sign.pk]
    table = types_in_force()
    named = names_for([key_of(sign)], day)
    checked = _one(sign, table, named, _Roads(table.wanted))
    _check_places([checked], table.wanted)
    return checked


class _Roads:
    """Each road's direction, worked out once."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._known: dict[Key, tuple[Direction | None, Axis]] = {}

    def of(self, place: NamedPlace | None) -> tuple[Direction | None, Axis]:
        if place is None or not place.is_road:
            return None, Axis.OPEN
        if place.key not in self._known:
            direction = direction_of(place.location)
            self._known[place.key] = direction, axis_of_road(direction, self._wanted.cut_deg)
        return self._known[place.key]


def plates_of(sign: Sign) -> list[Plate]:
    """Its faces as the rules take them; a sign whose faces are not recorded has one empty plate."""
    plates = []
    for face in sign.faces.all():
        texts = {one.role: one.text for one in face.texts.all()}
        plates.append(
            Plate(
                texts.get("chinese", ""), texts.get("roman", ""), texts.get("number", ""), face.ground, sign.width_mm,
                sign.height_mm, sign.border_mm, sign.digit_height_mm,
            )
        )  # fmt: skip
    return plates or [Plate("", "", "", "", sign.width_mm, sign.height_mm, sign.border_mm, sign.digit_height_mm)]


def _one(sign: Sign, table: TypeTable, named: Mapping[Key, NamedPlace], roads: _Roads) -> Checked:
    kind = table.types.get(sign.type) or SignType(sign.type, sign.type)
    key = key_of(sign)
    place = named.get(key) if key else None
    direction, axis = roads.of(place)
    plates = plates_of(sign)
    checked = Checked(sign, kind, plates[0], place, direction, axis)
    azimuth = None if direction is None else direction.azimuth
    for plate in plates:
        found = rules.check_text(plate, place.named if place else None, place.kind if place else None, kind.may_follow)
        if place is not None:
            found += rules.check_colour(plate, kind, axis, azimuth)
            # Of 象河 and 象河乡 the longer is what stands there.
            for old in sorted(place.former, key=len, reverse=True)[:_MOST_FORMER]:
                if place.named.name not in plate.chinese and (stale := rules.check_renamed(plate, old, place.named.name)):
                    found += stale
                    break
        checked.findings += [one for one in found if one not in checked.findings]
    checked.findings += rules.check_layout(plates[0], kind)
    return checked


def _check_places(found: Sequence[Checked], wanted: Wanted) -> None:
    """How far signs are from what they name; a street sign from its road."""
    rows = [one for one in found if one.sign.position is not None and one.named is not None and one.named.location is not None]
    if not rows:
        return
    # One plane serves a county; a larger register is taken apart by degrees.
    tiles: dict[tuple[int, int], list[Checked]] = defaultdict(list)
    for one in rows:
        x, y = _spot(one)
        tiles[int(x), int(y)].append(one)
    for several in tiles.values():
        points = shapely.points([_spot(one) for one in several])
        plane = Plane.about(points)
        shapes = {one.named.key: one.named.location for one in several if one.named}
        flat = dict(zip(shapes, plane.of(_objects(shapes.values())), strict=True))
        metres = shapely.distance(plane.of(points), _objects([flat[one.named.key] for one in several if one.named]))
        for one, distance in zip(several, metres, strict=True):
            limit = wanted.road_m if one.named is not None and one.named.is_road else wanted.far_m
            if distance > limit:
                one.findings.append(_far(one, float(distance), limit))


def _far(one: Checked, distance: float, limit: float) -> Finding:
    name = one.named.named.name if one.named else ""
    zh = f"标志离所指的“{name}”{distance:.0f} 米，超过 {limit:g} 米：位置或所指地名可能有误。"
    return Finding("SIGN-REG-02", Severity.WARN, BASIS_OWN, "far_from_place", zh,
                   f"The sign stands {distance:.0f} m from {name}, more than {limit:g} m: its place or its name may be wrong.",
                   name)  # fmt: skip


def _check_doubles(found: Sequence[Checked], wanted: Wanted) -> None:
    """Signs of one type for one name (and number) closer than signs are set: one of them may be registered twice."""
    rows = [one for one in found if one.sign.position is not None and one.named is not None]
    if len(rows) < 2:
        return
    points = shapely.points([_spot(one) for one in rows])
    flat = Plane.about(points).of(points)
    left, right = shapely.STRtree(flat).query(flat, predicate="dwithin", distance=wanted.duplicate_m)
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        one, other = rows[a], rows[b]
        if a != b and _shown(one) == _shown(other):
            metres = float(shapely.distance(flat[a], flat[b]))
            zh = f"与标志 {other.sign.code} 所指相同、相距 {metres:.0f} 米，疑为重复登记。"
            en = f"Names the same as sign {other.sign.code}, {metres:.0f} m away: registered twice?"
            one.findings.append(Finding("SIGN-REG-01", Severity.WARN, BASIS_OWN, "duplicate", zh, en, other.sign.code))


def _shown(one: Checked) -> tuple[Any, ...]:
    return one.named.key if one.named else None, one.sign.type, one.sign.number, one.sign.side, one.sign.azimuth_deg


def _check_spellings(found: Iterable[Checked]) -> None:
    """One name written in two ways on signs along a road (一名多写): told on those that write it as the fewer do."""
    groups: dict[Key, list[Checked]] = defaultdict(list)
    for one in found:
        if one.named is not None and one.plate.roman:
            groups[one.named.key].append(one)
    for several in groups.values():
        ways = Counter(one.plate.roman.upper() for one in several)
        if len(ways) < 2:
            continue
        usual = max(ways, key=lambda way: (ways[way], way))
        for one in several:
            if (way := one.plate.roman.upper()) != usual:
                name = one.named.named.name if one.named else ""
                zh = f"“{name}”的标志有 {len(ways)} 种拼写，多数写作“{usual}”，这里写作“{way}”。"
                en = f"Signs of this name are spelled in {len(ways)} ways: most read {usual}, this one {way}."
                one.findings.append(Finding("SIGN-REG-03", Severity.WARN, BASIS_OWN, "two_spellings", zh, en, way))


def _spot(one: Checked) -> tuple[float, float]:
    """Of a sign that has a position."""
    place = one.sign.position
    return (0.0, 0.0) if place is None else (place.x, place.y)


def _objects(shapes: Iterable[Any]) -> Any:
    found = list(shapes)
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array


__all__ = ["Checked", "as_shapely", "check_one", "check_signs", "plates_of"]
