"""The working of a repair: the faces of the units concerned, and whose each becomes."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from gis.coverage.defects import Defect
from gis.coverage.faces import Faces, among, cut, mouths, only_vertices, segments
from gis.coverage.measure import Floats, Geometries
from gis.coverage.repair_terms import Ground, Refused, Stays, UnitChange
from gis.coverage.units import SNAP_DEG
from gis.crs import area_m2
from gis.crs.geodesic import length_m, metres_per_degree


@dataclass
class Outcome:
    """Who owns each face in the end, the polygons that come of it, and why chosen places were left."""

    owners: dict[int, frozenset[int]]
    polygons: dict[Hashable, shapely.Geometry]
    left: dict[int, Stays]


class Work:
    """The faces of the units concerned, and whose they can become."""

    def __init__(self, ground: Ground, before: list[Defect], chosen: list[int], distance_m: float, tolerance_m: float) -> None:
        self.ground, self.before, self.chosen, self.distance_m = ground, before, chosen, distance_m
        self.narrow_m = min(tolerance_m, distance_m)
        self.number = {unit: at for at, unit in enumerate(ground.ids)}
        self.fixed = frozenset(self.number[unit] for unit in ground.fixed if unit in self.number)
        pieces = np.array([before[at].geometry for at in chosen], dtype=object)
        self.pairs = {
            frozenset((self.number[one], self.number[other]))
            for at in chosen
            for one in before[at].units
            for other in before[at].units
        }
        concerned = {self.number[unit] for at in chosen for unit in before[at].units}
        self.tree = shapely.STRtree(ground.polygons)
        near = self.tree.query(ground.polygons[sorted(concerned)], predicate="intersects")[1]
        numbers = np.union1d(near, sorted(concerned)).astype(np.intp)
        # What is cut off at a parent's edge may go to a neighbour that has no fault itself.
        heirs = set(numbers.tolist()) if any(before[at].covers == 1 for at in chosen) else set()
        self.movable = (concerned | heirs) - self.fixed
        self.touchable = {ground.ids[at] for at in self.movable}
        bounds = shapely.total_bounds(ground.polygons[numbers])
        self.scale = metres_per_degree((bounds[1] + bounds[3]) / 2)
        self.faces: Faces = cut(ground.polygons, numbers, self._lines(pieces), self.scale)
        self.of_piece = self._faces_of(pieces)
        self.reach = self._reach(pieces)

    def _lines(self, pieces: Geometries) -> Geometries:
        """Lines beside the units' own edges: parents' edges where a piece lies at one, and mouths of open gaps."""
        open_ = np.array([self.before[at].open for at in self.chosen])
        lines = [mouths(pieces[open_], shapely.STRtree(shapely.boundary(self.ground.polygons)), SNAP_DEG)]
        if self.ground.parents:
            edges, _ = segments(np.array(list(self.ground.parents.values()), dtype=object))
            hit = shapely.STRtree(edges).query(pieces, predicate="dwithin", distance=SNAP_DEG)[1]
            lines.append(edges[np.unique(hit)])
        return np.concatenate(lines)

    def _faces_of(self, pieces: Geometries) -> list[list[int]]:
        """For each piece the faces in it that its units cover as it says."""
        found: list[list[int]] = [[] for _ in pieces]
        inside = shapely.points(self.faces.inside)
        at, face = shapely.STRtree(inside).query(pieces, predicate="intersects")
        for piece, one in zip(at.tolist(), face.tolist(), strict=True):
            if len(self.faces.covers[one]) == self.before[self.chosen[piece]].covers or self.before[self.chosen[piece]].covers:
                found[piece].append(one)
        return found

    # --- how far an edge would move ------------------------------------------------------------------------------------

    def _reach(self, pieces: Geometries) -> dict[tuple[int, int], float]:
        """(piece, unit) → metres from the unit's edge to the far side of the piece."""
        wanted: dict[int, list[int]] = {}
        for at, place in enumerate(self.chosen):
            for unit in self.before[place].units:
                wanted.setdefault(self.number[unit], []).append(at)
        found: dict[tuple[int, int], float] = {}
        for unit, members in wanted.items():
            if unit in self.fixed:
                continue
            corners, owner = shapely.get_coordinates(pieces[members], return_index=True)
            away = _farness(corners, self.ground.polygons[unit], self.scale)
            farthest = np.zeros(len(members))
            np.maximum.at(farthest, owner, away)
            found |= {(at, unit): float(far) for at, far in zip(members, farthest.tolist(), strict=True)}
        return found

    # --- who takes what ------------------------------------------------------------------------------------------------

    def outcome(self, refused: Collection[Hashable]) -> Outcome:
        """Owners of faces when every chosen place goes where it can; `refused` units give and take nothing."""
        barred = self.fixed | {self.number[unit] for unit in refused}
        owners: dict[int, frozenset[int]] = {}
        left: dict[int, Stays] = {}
        for at, place in enumerate(self.chosen):
            faces = self.of_piece[at]
            decided = self._decided(at, faces, barred) if faces else Stays.NOBODY_TO_TAKE
            if isinstance(decided, Stays):
                # A place that only a refused unit could mend is refused with it.
                touched = {self.number[unit] for unit in self.before[place].units}
                only = decided is Stays.NOBODY_TO_TAKE and touched & (barred - self.fixed)
                left[place] = Stays.REFUSED if only else decided
                continue
            for face in faces:
                owners[face] = decided(owners.get(face, self.faces.covers[face]))
        self._close_cracks(owners, barred)
        return Outcome(owners, self._polygons(owners), left)

    def _decided(self, at: int, faces: list[int], barred: frozenset[int]) -> Any:
        """A function from a face's owners to its new owners, or why there is none."""
        one = self.before[self.chosen[at]]
        units = [self.number[unit] for unit in one.units]
        point = self.faces.inside[faces[0]]
        shared = self._shared(faces)
        if one.covers == 0:
            takers = [unit for unit in units if unit not in barred and self._fits(unit, point)]
            return self._first_near(
                at, sorted(takers, key=lambda unit: -shared.get(unit, 0.0)), lambda unit: lambda _own: frozenset({unit})
            )
        if one.covers == 2:
            held = [unit for unit in units if unit in barred]
            if len(held) == 2:
                return Stays.NOBODY_TO_TAKE
            keepers = held or sorted(units, key=lambda unit: (not self._fits(unit, point), -shared.get(unit, 0.0)))
            loser_of = {keeper: next(unit for unit in units if unit != keeper) for keeper in keepers}
            near = [keeper for keeper in keepers if self.reach[at, loser_of[keeper]] <= self.distance_m]
            if not near:
                return Stays.TOO_FAR
            gone = loser_of[near[0]]
            return lambda own: (own - {gone}) or own
        (unit,) = units
        if unit in barred:
            return Stays.NOBODY_TO_TAKE
        if self.reach[at, unit] > self.distance_m:
            return Stays.TOO_FAR
        heir = next(
            (other for other in sorted(shared, key=lambda key: -shared[key]) if other != unit and other not in barred
             and other in self.movable and self._inside_own_parent(other, point)),
            None,
        )  # fmt: skip
        return lambda own: (own - {unit}) or (frozenset({heir}) if heir is not None else frozenset())

    def _first_near(self, at: int, takers: list[int], deed: Any) -> Any:
        if not takers:
            return Stays.NOBODY_TO_TAKE
        near = [unit for unit in takers if self.reach[at, unit] <= self.distance_m]
        return deed(near[0]) if near else Stays.TOO_FAR

    def _shared(self, faces: Collection[int]) -> dict[int, float]:
        """How long the edges are that some faces have in common with ground of one unit only, by unit."""
        lengths: dict[int, float] = {}
        for face, length in self.faces.beside(faces).items():
            owners = self.faces.covers[face]
            if len(owners) == 1:
                (unit,) = owners
                lengths[unit] = lengths.get(unit, 0.0) + length
        return lengths

    def _parent(self, unit: int) -> shapely.Geometry | None:
        parent = self.ground.parent_of.get(self.ground.ids[unit])
        return None if parent is None else self.ground.parents.get(parent)

    def _fits(self, unit: int, point: Floats) -> bool:
        """The unit's parent has the point, as far as the parent is known."""
        parent = self._parent(unit)
        return parent is None or bool(shapely.dwithin(parent, shapely.Point(point), SNAP_DEG))

    def _inside_own_parent(self, unit: int, point: Floats) -> bool:
        return self._parent(unit) is not None and self._fits(unit, point)

    def _close_cracks(self, owners: dict[int, frozenset[int]], barred: frozenset[int]) -> None:
        """Along mended borders, what is too narrow to be told goes to the longest neighbour too."""
        mended = self._pairs_mended(owners)
        if not mended:
            return
        for face in self._cracks():
            if face in owners:
                continue
            covers = self.faces.covers[face]
            shared = {unit: length for unit, length in self._shared([face]).items() if unit in self.movable | self.fixed}
            around = covers or frozenset(shared)
            if not any(frozenset((one, other)) in mended for one in around for other in around if one != other):
                continue
            ranked = sorted(around, key=lambda unit: -shared.get(unit, 0.0))
            if covers:
                keeper = next((unit for unit in ranked if unit in barred), ranked[0])
                if all(unit == keeper or (unit in self.movable and unit not in barred) for unit in covers):
                    owners[face] = frozenset({keeper})
                continue
            taker = next((unit for unit in ranked if unit in self.movable and unit not in barred), None)
            if taker is not None and self._fits(taker, self.faces.inside[face]):
                owners[face] = frozenset({taker})

    def _pairs_mended(self, owners: Mapping[int, frozenset[int]]) -> set[frozenset[int]]:
        changed = {unit for face, own in owners.items() for unit in own ^ self.faces.covers[face]}
        return {pair for pair in self.pairs if len(pair) == 2 and pair & changed}

    def _cracks(self) -> list[int]:
        plane = shapely.transform(self.faces.polygons, lambda xy: xy * self.scale)
        with np.errstate(invalid="ignore", divide="ignore"):
            narrow = 2 * shapely.area(plane) / shapely.length(plane) <= self.narrow_m / 2
        wrong = np.array([len(covers) != 1 for covers in self.faces.covers], dtype=bool)
        thin = np.flatnonzero(narrow & wrong)
        # The mean width is half the largest at worst for what tapers; what is wide somewhere is no crack.
        return thin[shapely.is_empty(shapely.buffer(plane[thin], -self.narrow_m / 2, quad_segs=4))].tolist()

    # --- what comes of it ----------------------------------------------------------------------------------------------

    def _polygons(self, owners: Mapping[int, frozenset[int]]) -> dict[Hashable, shapely.Geometry]:
        """Polygons of units whose faces changed, and of those beside them that got vertices."""
        changed = {unit for face, own in owners.items() for unit in own ^ self.faces.covers[face]}
        if not changed:
            return {}
        final = [owners.get(face, covers) for face, covers in enumerate(self.faces.covers)]
        by_unit: dict[int, list[int]] = {}
        for face, own in enumerate(final):
            for unit in own:
                by_unit.setdefault(unit, []).append(face)
        corners = shapely.get_coordinates(self.faces.polygons[sorted(owners)])

        def joined(unit: int) -> shapely.Geometry:
            # Other cuts (where edges cross that nobody mends) leave no vertex.
            wanted = np.concatenate((shapely.get_coordinates(self.ground.polygons[unit]), corners))
            members = np.array(by_unit.get(unit, []), dtype=np.intp)
            return only_vertices(self.faces.together(members), wanted) if len(members) else shapely.MultiPolygon()

        found = {self.ground.ids[unit]: joined(unit) for unit in sorted(changed)}
        grounds = shapely.STRtree(np.array(list(found.values()), dtype=object))
        for unit in self._beside(changed, grounds, by_unit):
            polygon = joined(unit)
            if shapely.get_num_coordinates(polygon) > shapely.get_num_coordinates(self.ground.polygons[unit]):
                found[self.ground.ids[unit]] = polygon
        return found

    def _beside(self, changed: set[int], grounds: shapely.STRtree, by_unit: Mapping[int, list[int]]) -> list[int]:
        others = [unit for unit in by_unit if unit not in changed and unit not in self.fixed]
        if not others:
            return []
        hit = grounds.query(self.ground.polygons[others], predicate="intersects")[0]
        return [others[at] for at in np.unique(hit).tolist()]

    def wrong(self, outcome: Outcome) -> dict[Hashable, Refused]:
        """Units whose new polygon must not be."""
        found: dict[Hashable, Refused] = {}
        for unit, polygon in outcome.polygons.items():
            old = self.ground.polygons[self.number[unit]]
            if polygon.is_empty or not shapely.is_valid(polygon):
                found[unit] = Refused.INVALID
            elif shapely.get_num_geometries(polygon) > _parts(old):
                found[unit] = Refused.FALLS_APART
            elif _moved(old, polygon, self.scale) > self.distance_m * (1 + 1e-6):
                found[unit] = Refused.TOO_FAR
        return found

    def changes(self, outcome: Outcome) -> dict[Hashable, UnitChange]:
        gained: dict[int, dict[Hashable | None, float]] = {}
        lost: dict[int, dict[Hashable | None, float]] = {}
        faces = sorted(outcome.owners)
        areas = area_m2(self.faces.polygons[faces]).tolist() if faces else []
        for face, area in zip(faces, areas, strict=True):
            was, now = self.faces.covers[face], outcome.owners[face]
            takers, givers = now - was, was - now
            for unit in givers:
                other = self.ground.ids[min(now)] if now else None
                _add(lost.setdefault(unit, {}), other, area)
            for unit in takers:
                other = self.ground.ids[min(givers)] if givers else None
                _add(gained.setdefault(unit, {}), other, area)
        found: dict[Hashable, UnitChange] = {}
        for key, polygon in outcome.polygons.items():
            at = self.number[key]
            old = self.ground.polygons[at]
            before, after = area_m2(np.array([old, polygon], dtype=object)).tolist()
            won, gone = gained.get(at, {}), lost.get(at, {})
            moved = _moved(old, polygon, self.scale) if won or gone else 0.0
            found[key] = UnitChange(before, after, won, gone, moved)
        return found


def _add(to: dict[Hashable | None, float], key: Hashable | None, area: float) -> None:
    to[key] = to.get(key, 0.0) + area


def _parts(geometry: shapely.Geometry) -> int:
    return int(shapely.get_num_geometries(geometry))


def _moved(old: shapely.Geometry, new: shapely.Geometry, scale: Floats) -> float:
    """Metres: the farthest any vertex of either outline lies from the other outline."""
    olds, news = shapely.get_coordinates(old), shapely.get_coordinates(new)
    left, came = olds[~among(olds, news)], news[~among(news, olds)]
    far = [_farness(some, other, scale).max() for some, other in ((left, new), (came, old)) if len(some)]
    return float(max(far, default=0.0))


def _farness(points: Floats, polygon: shapely.Geometry, scale: Floats) -> Floats:
    """Geodesic metres from each point (n, 2) to the outline of a polygon; the nearest spot is sought in the common plane."""
    edges, _ = segments(np.array([polygon], dtype=object))
    plane = shapely.transform(edges, lambda xy: xy * scale)
    spots = shapely.points(points * scale)
    at, edge = shapely.STRtree(plane).query_nearest(spots, all_matches=False)
    lines: npt.NDArray[np.object_] = shapely.shortest_line(spots[at], plane[edge])
    result: Floats = np.zeros(len(points))
    result[at] = length_m(shapely.transform(lines, lambda xy: xy / scale))
    return result
