"""A coverage as vertices and chains, thinned so that each chain's fate is decided by what lies near it and by nothing else.

A chain is a line between two nodes (places where not exactly two edges meet), or a closed ring without any. A vertex is left out
when its triangle with the vertices kept on both sides is smaller than a square of the tolerance (Visvalingam–Whyatt) and no
vertex of the coverage lies in the triangle: neither of the same chain as far as it is kept, nor of any other chain, kept or not.
So no line ever crosses another, and since other chains count with all their vertices, it does not matter in which order chains
are thinned. A unit thinned together with every unit whose bounds meet its own comes out as it does when all are thinned together,
to the last bit: that is what allows a map to be mended in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.intp]
Booleans = npt.NDArray[np.bool_]

NOBODY = -1
# Vertices and edges nearer than this, in the units of the coordinates (metres), were meant to be one: projecting rounds, and a
# spike whose sides come to cross by that is a finger wide.
EPSILON = 0.02


@dataclass(frozen=True)
class _Rings:
    """All rings of all polygons, without the closing vertex: `vertex` (N,) and where each ring begins in it, (rings + 1,)."""

    vertex: Integers
    offsets: Integers
    part: Integers
    owner: Integers

    @property
    def ring(self) -> Integers:
        return np.repeat(np.arange(len(self.part)), np.diff(self.offsets))

    def following(self) -> Integers:
        """For each place in `vertex` the place after it, round the ring. (N,)"""
        after = np.arange(1, len(self.vertex) + 1)
        after[self.offsets[1:] - 1] = self.offsets[:-1]
        return after


class Fabric:
    """`polygons` (n,) in a plane, valid or None or empty; positions in it are the names of units.

    chains      start and end of chain c are ``chain_offsets[c]`` and ``chain_offsets[c + 1]`` in `chain_vertices`
    first, second   the units on both sides of each chain, the lower position first; second NOBODY on the outside
    """

    def __init__(self, polygons: Geometries) -> None:
        self._given = np.asarray(polygons, dtype=object)
        self._read()
        self._knit()
        self._find_chains()
        self._begin()

    # --- reading ------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        parts, owner = shapely.get_parts(self._given, return_index=True)
        rings, part = shapely.get_rings(parts, return_index=True)
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        # Without repeated points, of which the closing one is the last.
        keep = np.ones(len(coordinates), dtype=bool)
        keep[1:] = (ring[1:] != ring[:-1]) | (coordinates[1:] != coordinates[:-1]).any(axis=1)
        last = np.flatnonzero(np.append(ring[1:] != ring[:-1], True)) if len(ring) else np.empty(0, dtype=np.intp)
        keep[last] = False
        coordinates, ring = coordinates[keep], ring[keep]
        order = np.lexsort((coordinates[:, 1], coordinates[:, 0]))
        ordered = coordinates[order]
        new = np.ones(len(ordered), dtype=bool)
        new[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
        vertex = np.empty(len(order), dtype=np.intp)
        vertex[order] = np.cumsum(new) - 1
        # Numbered from west to east: the order of two vertices is the same whatever else is in the coverage.
        self.points: Floats = ordered[new]
        self.rings = _Rings(vertex, _offsets(ring, len(rings)), part, owner)

    def _segments(self) -> tuple[Integers, Integers]:
        """A number for the segment that begins at each place of the rings, the same for both directions, and how often it
        occurs.
        """
        start, end = self.rings.vertex, self.rings.vertex[self.rings.following()]
        low, high = np.minimum(start, end), np.maximum(start, end)
        _, number, count = np.unique(low * len(self.points) + high, return_inverse=True, return_counts=True)
        return number.ravel(), count

    # --- mending what is off by rounding ------------------------------------------------------------------------

    def _knit(self) -> None:
        """Edges that only one unit claims: vertices almost at one place become one, and a vertex on an edge becomes one of it."""
        number, count = self._segments()
        alone = count[number] == 1
        if not alone.any():
            return
        vertex, after = self.rings.vertex, self.rings.following()
        loose = np.unique(np.concatenate((vertex[alone], vertex[after[alone]])))
        spots = shapely.points(self.points[loose])
        tree = shapely.STRtree(spots)
        one, other = tree.query(spots, predicate="dwithin", distance=EPSILON)
        pairs = one < other
        same = _least_of_each_heap(len(loose), one[pairs], other[pairs])
        if pairs.any():
            renamed = np.arange(len(self.points))
            renamed[loose] = loose[same]
            self._replace(renamed[vertex], self.rings.ring)
            number, count = self._segments()
            alone = count[number] == 1
            vertex, after = self.rings.vertex, self.rings.following()
        places = np.flatnonzero(alone)
        ends = np.stack((self.points[vertex[places]], self.points[vertex[after[places]]]), axis=1)
        at, which = tree.query(shapely.linestrings(ends), predicate="dwithin", distance=EPSILON)
        found = loose[same[which]]
        between = (found != vertex[places[at]]) & (found != vertex[after[places[at]]])
        if between.any():
            self._insert(places[at[between]], found[between])

    def _insert(self, places: Integers, vertices: Integers) -> None:
        """Puts vertices into the segments that begin at these places, in their order along them."""
        start = self.points[self.rings.vertex[places]]
        along = ((self.points[vertices] - start) ** 2).sum(axis=1)
        everything = np.concatenate((np.arange(len(self.rings.vertex)), places))
        distance = np.concatenate((np.full(len(self.rings.vertex), -1.0), along))
        order = np.lexsort((distance, everything))
        vertex = np.concatenate((self.rings.vertex, vertices))[order]
        self._replace(vertex, self.rings.ring[everything[order]])

    def _replace(self, vertex: Integers, ring: Integers) -> None:
        """Other vertices for the rings; one that repeats the one before it falls away. A ring may be left with few or none."""
        count = len(self.rings.part)
        offsets = _offsets(ring, count)
        before = np.arange(-1, len(vertex) - 1)
        filled = offsets[1:] > offsets[:-1]
        before[offsets[:-1][filled]] = offsets[1:][filled] - 1
        keep = vertex != vertex[before]
        self.rings = _Rings(vertex[keep], _offsets(ring[keep], count), self.rings.part, self.rings.owner)

    # --- chains -------------------------------------------------------------------------------------------------

    def _find_chains(self) -> None:
        number, _count = self._segments()
        vertex, after = self.rings.vertex, self.rings.following()
        _, where = np.unique(number, return_index=True)
        degree = np.bincount(vertex[where], minlength=len(self.points)) + np.bincount(
            vertex[after[where]], minlength=len(self.points)
        )
        node = degree != 2
        order = self._from_a_node(node)
        vertex, number, end = vertex[order], number[order], vertex[after[order]]
        ring = self.rings.ring  # rotating leaves every ring in its place
        begins = node[vertex]
        begins[self.rings.offsets[:-1][np.diff(self.rings.offsets) > 0]] = True
        starts = np.flatnonzero(begins)
        lengths = np.diff(np.append(starts, len(vertex)))
        self._sides(starts, number, self.rings.owner[self.rings.part[ring[starts]]] if len(starts) else starts)
        run = self._run_of_chain
        self._lay(vertex, end, starts[run], lengths[run])
        self._node = node

    def _from_a_node(self, node: Booleans) -> Integers:
        """Places of the rings so that each ring begins at a node, or at its westernmost vertex where it has none."""
        vertex, offsets = self.rings.vertex, self.rings.offsets
        sizes = np.diff(offsets)
        ring = self.rings.ring
        rank = np.where(node[vertex], -1, vertex)
        order = np.lexsort((np.arange(len(vertex)), rank, ring))
        turn = np.zeros(len(sizes), dtype=np.intp)
        filled = sizes > 0
        turn[filled] = order[offsets[:-1][filled]] - offsets[:-1][filled]
        within = np.arange(len(vertex)) - offsets[ring]
        return np.asarray(offsets[ring] + (within + turn[ring]) % sizes[ring], dtype=np.intp)

    def _sides(self, starts: Integers, number: Integers, owner: Integers) -> None:
        """Runs of rings that have the same segments are one chain; who owns them are its sides."""
        key = np.minimum.reduceat(number, starts) if len(starts) else starts
        order = np.lexsort((owner, key))
        key, owner = key[order], owner[order]
        new = np.ones(len(key), dtype=bool)
        new[1:] = key[1:] != key[:-1]
        at = np.flatnonzero(new)
        self._run_of_chain = order[at]
        self.first: Integers = owner[at]
        self.second: Integers = np.full(len(at), NOBODY, dtype=np.intp)
        doubled = np.append(at[1:], len(key))[: len(at)] - at > 1
        self.second[doubled] = owner[at[doubled] + 1]

    def _lay(self, vertex: Integers, end: Integers, starts: Integers, lengths: Integers) -> None:
        """Each chain's vertices one after the other, from the end further west (a closed chain: to the neighbour further west)."""
        last = end[starts + lengths - 1]
        beginning = vertex[starts]
        closed = beginning == last
        second, one_before = end[starts], vertex[starts + lengths - 1]
        backwards = np.where(closed, second > one_before, beginning > last)
        self.chain_offsets: Integers = np.concatenate(([0], np.cumsum(lengths + 1))).astype(np.intp)
        chain = np.repeat(np.arange(len(starts)), lengths + 1)
        within = np.arange(len(chain)) - self.chain_offsets[chain]
        within = np.where(backwards[chain], lengths[chain] - within, within)
        final = within == lengths[chain]
        at = starts[chain] + np.where(final, 0, within)
        self.chain_vertices: Integers = np.where(final, last[chain], vertex[np.minimum(at, max(len(vertex) - 1, 0))])
        self._chain = chain
        self._closed = closed

    # --- thinning -----------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        count = len(self.chain_vertices)
        places = np.arange(count)
        self._previous, self._next = places - 1, places + 1
        self.kept: Booleans = np.ones(count, dtype=bool)
        self._fixed = np.zeros(count, dtype=bool)
        self._fixed[self.chain_offsets[:-1]] = True
        self._fixed[self.chain_offsets[1:] - 1] = True
        self._place = np.full(len(self.points), NOBODY, dtype=np.intp)
        inner = np.flatnonzero(~self._fixed)
        self._place[self.chain_vertices[inner]] = inner
        self._keep_open()
        self._area = np.full(count, np.inf)
        self._measure(np.flatnonzero(~self._fixed))
        self._blocked = np.zeros(count, dtype=bool)
        self._blocked_at = np.zeros(count, dtype=np.intp)
        self._removals = np.zeros(len(self.first), dtype=np.intp)
        self._tree: shapely.STRtree | None = None

    def _keep_open(self) -> None:
        """Where two chains join the same two nodes, or a chain comes back to its own, the vertices furthest out stay, so that no
        ring closes up.
        """
        start = self.chain_vertices[self.chain_offsets[:-1]]
        end = self.chain_vertices[self.chain_offsets[1:] - 1]
        _, which, times = np.unique(np.column_stack((start, end)), axis=0, return_inverse=True, return_counts=True)
        several = np.flatnonzero((times[which.ravel()] > 1) | self._closed) if len(start) else start
        for chain in several.tolist():
            low, high = int(self.chain_offsets[chain]), int(self.chain_offsets[chain + 1])
            if high - low < 3:
                continue
            line = self.points[self.chain_vertices[low:high]]
            if self._closed[chain]:
                far = 1 + int(np.argmax(((line[1:-1] - line[0]) ** 2).sum(axis=1)))
                self._fixed[low + far] = True
                base = line[far]
            else:
                base = line[-1]
            across = np.abs(_cross(line[0], base, line[1:-1]))
            self._fixed[low + 1 + int(np.argmax(across))] = True

    def _measure(self, places: Integers) -> None:
        at = self.chain_vertices
        one, middle, other = (self.points[at[which]] for which in (self._previous[places], places, self._next[places]))
        self._area[places] = np.abs(_cross(one, middle, other)) / 2

    def thin(self, tolerance: float) -> None:
        """Leaves out what a tolerance allows, starting from what is kept now: call it with growing tolerances."""
        limit = tolerance**2
        waiting = np.flatnonzero(self.kept & ~self._fixed & (self._area <= limit))
        while len(waiting):
            waiting = waiting[self.kept[waiting]]
            stuck = self._blocked[waiting]
            candidates = waiting[~stuck & (self._area[waiting] <= limit)]
            chosen = candidates[self._smallest(candidates)]
            if not len(chosen):
                return
            hit, only_own = self._hit(chosen)
            self._blocked[chosen[hit]] = True
            # What stands in the way of a chain itself may yet go; what belongs to others stays.
            self._blocked_at[chosen[hit]] = np.where(only_own[hit], self._removals[self._chain[chosen[hit]]], -1)
            changed = self._remove(chosen[~hit])
            free = waiting[self._blocked[waiting]]
            since = self._blocked_at[free]
            self._blocked[free[(since >= 0) & (since < self._removals[self._chain[free]])]] = False
            smaller = changed[self._area[changed] <= limit]
            waiting = np.union1d(waiting, smaller)

    def _smallest(self, places: Integers) -> Booleans:
        """Whether each is smaller than its kept neighbours on the chain; of equal ones the first along it."""
        area = np.where(self._fixed | self._blocked, np.inf, self._area)
        own, before, after = area[places], area[self._previous[places]], area[self._next[places]]
        return np.asarray((own < before) & (own <= after))

    def _remove(self, places: Integers) -> Integers:
        """Returns the neighbours, measured anew."""
        self.kept[places] = False
        before, after = self._previous[places], self._next[places]
        self._next[before] = after
        self._previous[after] = before
        np.add.at(self._removals, self._chain[places], 1)
        beside = np.unique(np.concatenate((before, after)))
        beside = beside[~self._fixed[beside]]
        self._measure(beside)
        self._blocked[beside] = False
        return beside

    def _hit(self, places: Integers) -> tuple[Booleans, Booleans]:
        """Whether a vertex lies in the triangle of each, and whether only vertices of its own chain do. (n,), (n,)"""
        if self._tree is None:
            self._tree = shapely.STRtree(shapely.points(self.points))
        at = self.chain_vertices
        corners = (at[self._previous[places]], at[places], at[self._next[places]])
        a, b, c = (self.points[which] for which in corners)
        low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
        triangle, found = self._tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
        other = (found != corners[0][triangle]) & (found != corners[1][triangle]) & (found != corners[2][triangle])
        triangle, found = triangle[other], found[other]
        place = self._place[found]
        own = (place != NOBODY) & (self._chain[place] == self._chain[places[triangle]])
        there = ~own | self.kept[place]
        triangle, found, own = triangle[there], found[there], own[there]
        spot = self.points[found]
        sides = np.stack([_cross(p[triangle], q[triangle], spot) for p, q in ((a, b), (b, c), (c, a))])
        # A hair's breadth outside counts as inside: a vertex kept too many does no harm.
        slack = 1e-12 * (((a - b) ** 2).sum(axis=1) + ((b - c) ** 2).sum(axis=1))[triangle]
        inside = (sides >= -slack).all(axis=0) | (sides <= slack).all(axis=0)
        hit, foreign = np.zeros(len(places), dtype=bool), np.zeros(len(places), dtype=bool)
        hit[triangle[inside]] = True
        foreign[triangle[inside & ~own]] = True
        return hit, hit & ~foreign

    # --- what is left -------------------------------------------------------------------------------------------

    def polygons(self, units: Integers | None = None) -> Geometries:
        """Multipolygons of what is kept, of all units or of some; a unit without a polygon keeps what it was."""
        wanted = np.arange(len(self._given)) if units is None else np.asarray(units, dtype=np.intp)
        keep = np.ones(len(self.points), dtype=bool)
        keep[self.chain_vertices[~self.kept]] = False
        position = np.full(len(self._given), NOBODY, dtype=np.intp)
        position[wanted] = np.arange(len(wanted))
        ring = self.rings.ring
        owner = self.rings.owner[self.rings.part]
        chosen = keep[self.rings.vertex] & (position[owner[ring]] != NOBODY)
        vertex, ring = self.rings.vertex[chosen], ring[chosen]
        sizes = np.bincount(ring, minlength=len(owner))
        present = np.flatnonzero(sizes >= 3)
        vertex, ring = vertex[sizes[ring] >= 3], ring[sizes[ring] >= 3]
        result = self._given[wanted].copy()
        if not len(present):
            return result
        # Closed, and the rings in the order of the units asked for.
        order = np.argsort(position[owner[present]], kind="stable")
        present = present[order]
        starts = np.concatenate(([0], np.cumsum(sizes[sizes >= 3])))
        first = np.empty(len(owner), dtype=np.intp)
        first[np.flatnonzero(sizes >= 3)] = starts[:-1]
        length = sizes[present] + 1
        ring_offsets = np.concatenate(([0], np.cumsum(length)))
        which = np.repeat(np.arange(len(present)), length)
        within = np.arange(ring_offsets[-1]) - ring_offsets[which]
        within = np.where(within == sizes[present][which], 0, within)
        coordinates = self.points[vertex[first[present][which] + within]]
        parts = self.rings.part[present]
        part_starts = np.flatnonzero(np.append(True, parts[1:] != parts[:-1]))
        units_of_parts = position[owner[present[part_starts]]]
        unit_starts = np.flatnonzero(np.append(True, units_of_parts[1:] != units_of_parts[:-1]))
        made = shapely.from_ragged_array(
            shapely.GeometryType.MULTIPOLYGON,
            coordinates,
            (
                ring_offsets,
                np.append(part_starts, len(present)),
                np.append(unit_starts, len(part_starts)),
            ),
        )
        result[units_of_parts[unit_starts]] = made
        return result

    def lines(self) -> tuple[Floats, Integers]:
        """Coordinates of all chains as far as they are kept, and the chain of each."""
        return self.points[self.chain_vertices[self.kept]], self._chain[self.kept]


def _offsets(ring: Integers, count: int) -> Integers:
    return np.concatenate(([0], np.cumsum(np.bincount(ring, minlength=count)))).astype(np.intp)


def _cross(one: Floats, other: Floats, third: Floats) -> Floats:
    """Twice the area of the triangles, positive where `third` lies to the left."""
    return np.asarray(
        (other[..., 0] - one[..., 0]) * (third[..., 1] - one[..., 1])
        - (other[..., 1] - one[..., 1]) * (third[..., 0] - one[..., 0])
    )


def _least_of_each_heap(count: int, one: Integers, other: Integers) -> Integers:
    """The least member of the heap each of `count` things lies in, things being joined by pairs."""
    least = np.arange(count)
    while True:
        before = least.copy()
        np.minimum.at(least, one, before[other])
        np.minimum.at(least, other, before[one])
        if (least == before).all():
            return least
