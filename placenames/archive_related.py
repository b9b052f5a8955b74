"""Names that have to do with a name: by what staff recorded, by their characters, by where they lie. Only public ones."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import numpy as np
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from boundaries.querysets import lines_of
from gis.crs.geodesic import inverse
from placenames import search
from placenames.archive_subject import Subject, address_of
from placenames.models import NameRelation, PlaceName, SearchAccess
from placenames.public_names import PublicName, public_names
from placenames.search import Filters, Hit

MOST = 8
# How far a neighbour may be, in degrees: some ten kilometres here.
REACH_DEG = 0.12


@dataclass(frozen=True)
class Related:
    name: str
    address: str
    words: str
    point: tuple[float, float] | None = None


@dataclass
class RelatedNames:
    """`derived`, `origins`: by a source; `same`, `containing`: by the letters alone; `near`: by distance."""

    derived: list[Related] = field(default_factory=list)
    origins: list[Related] = field(default_factory=list)
    same: list[Related] = field(default_factory=list)
    containing: list[Related] = field(default_factory=list)
    near: list[Related] = field(default_factory=list)


def related_to(subject: Subject) -> RelatedNames:
    found = RelatedNames()
    _recorded(subject, found)
    own = (subject.place.pk if subject.place else None, subject.division.pk if subject.division else None)
    proper = subject.name.proper_name or subject.name.name
    if len(proper) >= 2:
        hits = search.search(proper, Filters(SearchAccess.PUBLIC), 40)[0]
        others = [one for one in hits if (one.place, one.division) != own and (one.division is None or one.division != own[1])]
        listed = _listed(others)
        found.same = [listed[one.key] for one in others if one.how in (search.EXACT, search.NO_GENERIC) and one.key in listed][
            :MOST
        ]
        found.containing = [listed[one.key] for one in others if one.how in (search.PREFIX, search.CONTAINS) and one.key in listed][
            :MOST
        ]
    if subject.name.location is not None:
        found.near = _near(subject, subject.name.location)
    return found


def _recorded(subject: Subject, found: RelatedNames) -> None:
    if subject.place is None:
        return
    rows = NameRelation.objects.filter(Q(place=subject.place) | Q(origin=subject.place), recorded__upper_inf=True)
    relations = list(rows.select_related("place", "origin").order_by("id"))
    shown = _public([one.origin if one.place_id == subject.place.pk else one.place for one in relations])
    for one in relations:
        derived = one.origin_id == subject.place.pk
        other = one.place if derived else one.origin
        if (public := shown.get(other.pk)) is not None:
            (found.derived if derived else found.origins).append(Related(public.name, public.address, one.note))


def _public(places: Collection[PlaceName]) -> dict[int, PublicName]:
    """By id of the place, also where its name is a division's."""
    rows = public_names([one.pk for one in places if not one.division_id], [one.division_id for one in places if one.division_id])
    found = {(one.kind, one.number): one for one in rows}
    told = {one.pk: found.get(("D", one.division_id) if one.division_id else ("P", one.pk)) for one in places}
    return {place: one for place, one in told.items() if one is not None}


def _listed(hits: list[Hit]) -> dict[tuple[bool, int | None], Related]:
    rows = public_names(
        [one.place for one in hits if one.division is None and one.place is not None],
        [one.division for one in hits if one.division is not None],
    )
    known = {(one.kind, one.number): one for one in rows}
    lines = lines_of((one.area for one in rows if one.area is not None), timezone.localdate())
    told = {}
    for hit in hits:
        public = known.get(("D", hit.division) if hit.division is not None else ("P", hit.place or 0))
        if public is not None:
            path = "".join(step[1] for step in reversed(lines.get(public.area or 0, ())[:2]))
            told[hit.key] = Related(public.name, address_of(hit.place, hit.division), path)
    return told


def _near(subject: Subject, location: GEOSGeometry) -> list[Related]:
    """Places by their location, townships and villages by their seats; distances geodesic, between points on both."""
    here = location if isinstance(location, Point) else location.point_on_surface
    with connection.cursor() as cursor:
        cursor.execute(
            """
            (SELECT 'P', place_id FROM placenames_placenamerecord
             WHERE upper_inf(recorded) AND NOT names_division AND valid @> current_date
                   AND location && ST_Expand(%(here)s::geometry, %(reach)s)
             ORDER BY location <-> %(here)s::geometry LIMIT 40)
            UNION ALL
            (SELECT 'D', division_id FROM boundaries_divisionrecord
             WHERE upper_inf(recorded) AND valid @> current_date AND seat::geometry && ST_Expand(%(here)s::geometry, %(reach)s)
             ORDER BY seat::geometry <-> %(here)s::geometry LIMIT 40)
            """,
            {"here": here.hexewkb.decode(), "reach": REACH_DEG},
        )
        found = cursor.fetchall()
    rows = public_names([number for kind, number in found if kind == "P"], [number for kind, number in found if kind == "D"])
    rows = [one for one in rows if one.point is not None and one.key != subject.key]
    if not rows:
        return []
    ends = np.array([one.point for one in rows], dtype=float)
    metres = inverse(np.broadcast_to(np.array([here.x, here.y]), ends.shape), ends)[0]
    nearest = sorted(zip(metres, rows, strict=True), key=lambda pair: (pair[0], pair[1].key))[:MOST]
    return [Related(one.name, one.address, _distance(float(away)), one.point) for away, one in nearest]


def _distance(metres: float) -> str:
    return f"{metres / 1000:.1f} km" if metres >= 1000 else f"{max(round(metres, -1), 10):.0f} m"
