"""Makes the rows that names are found by, from the record of names and the register: all of them, or those of what changed.

Derived data, so it is not audited; what it comes from is. Both ways give the same rows. Triggers note in the transaction that
writes what was written of (`SearchStale`); `follow` has it mended after the commit, or by a worker where it is much.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Final

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from gis import copying as cells
from gis.jobs import services as jobs
from gis.jobs.models import Job, JobState
from placenames.models import IMPORTANT_FROM, HeritageListing, SearchAccess, SearchStale
from placenames.rules.search_keys import keys_of
from placenames.search_filters import HERITAGE_BITS

logger = logging.getLogger(__name__)

INDEX_JOB: Final = "placenames.search_index"
# What is mended while somebody waits; how long a note may lie before somebody else sees to it.
FEW: Final = 100
PATIENCE: Final = timedelta(seconds=10)
AFTER_FAILURE: Final = timedelta(minutes=10)
_LOCK: Final = 0x9A02
_ROWS: Final = 20_000
_EVER: Final = (-9999, 9999)

STANDARD, FORMER, HISTORIC, SEAT = "standard", "former", "historic", "seat"
# Of a class the longest beginning that is here counts.
_IMPORTANCE: Final = (
    ("212", 100), ("213", 90), ("214", 80), ("215", 70), ("216", 50), ("22", 45), ("1", 48), ("24", 42), ("235", 35), ("2", 30),
)  # fmt: skip
_BEHIND: Final = 15  # how far an old place stands behind one of today of the same class


@dataclass(frozen=True, slots=True)
class Form:
    """A row of `SearchForm` before its keys are made. `code`: the area's, for local readings; `lon`, `lat`: NaN where unknown."""

    place: int | None
    division: int | None
    area: int | None
    text: str
    proper: str
    kind: str
    place_class: str
    years: tuple[int, int] | None
    access: int
    importance: int
    code: str = ""
    lon: float = math.nan
    lat: float = math.nan
    heritage: int = 0


class AlreadyIndexingError(Exception):
    """Another process is at it."""


def rebuild() -> int:
    """Makes the whole index anew in one transaction and returns the number of rows. Who searches meanwhile sees the old one."""
    with _indexing():
        return _rebuild()


def mend(*, wait: bool = True) -> int:
    """Brings the index into agreement with what has been noted; returns the number of rows made.

    Raises `AlreadyIndexingError` where another process is at it and `wait` is False.
    """
    if not is_stale():
        return 0
    with _indexing(wait=wait):
        stale = list(SearchStale.objects.all())
        if any(one.place is None and one.division is None for one in stale):
            return _rebuild()
        places = {one.place for one in stale if one.place is not None}
        divisions = {one.division for one in stale if one.division is not None}
        made = _remake(places, divisions) if stale else 0
        SearchStale.objects.filter(pk__in=[one.pk for one in stale]).delete()
        return made


def is_stale() -> bool:
    return SearchStale.objects.exists()


@contextmanager
def _indexing(*, wait: bool = True) -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        else:
            cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
            if not cursor.fetchone()[0]:
                raise AlreadyIndexingError
        yield


def _rebuild() -> int:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM placenames_searchstale")
        cursor.execute("DELETE FROM placenames_searchform")
        made = write(_forms(None, None))
        cursor.execute("ANALYZE placenames_searchform")
    return made


def _remake(places: set[int], divisions: set[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT division_id FROM placenames_placename WHERE id = ANY(%s) AND division_id IS NOT NULL", [list(places)]
        )
        divisions = divisions | {row[0] for row in cursor.fetchall()}
        cursor.execute("SELECT id FROM placenames_placename WHERE division_id = ANY(%s)", [list(divisions)])
        places = places | {row[0] for row in cursor.fetchall()}
        cursor.execute(
            "DELETE FROM placenames_searchform WHERE place = ANY(%(places)s) OR division = ANY(%(divisions)s)",
            {"places": list(places), "divisions": list(divisions)},
        )
    return write(_forms(places, divisions))


def write(forms: Iterable[Form]) -> int:
    """Appends the rows of `forms`; returns their number."""
    made, rest = 0, iter(forms)
    while part := list(islice(rest, _ROWS)):
        _copy(part)
        made += len(part)
    return made


def _copy(forms: Sequence[Form]) -> None:
    keys = [keys_of(one.text, one.proper, one.code, one.importance >= IMPORTANT_FROM) for one in forms]
    cells.copy(
        "placenames_searchform",
        {
            "place": cells.bigs([one.place for one in forms]),
            "division": cells.bigs([one.division for one in forms]),
            "area": cells.bigs([one.area for one in forms]),
            "years": cells.year_spans(one.years for one in forms),
            "location": cells.points(np.array([one.lon for one in forms]), np.array([one.lat for one in forms])),
            "heritage": cells.smalls([one.heritage for one in forms]),
            "importance": cells.smalls([one.importance for one in forms]),
            "access": cells.smalls([one.access for one in forms]),
            "kind": cells.texts(one.kind for one in forms),
            "place_class": cells.texts(one.place_class for one in forms),
            "text": cells.texts(
                "" if one.text == key.term.replace(" ", "") else one.text for one, key in zip(forms, keys, strict=True)
            ),
            "term": cells.texts(one.term for one in keys),
            "sound": cells.texts(one.sound for one in keys),
            "initials": cells.texts(one.initials for one in keys),
            "pieces": cells.int_arrays(one.grams for one in keys),
        },
        len(forms),
    )


def importance_of(place_class: str, *, historic: bool = False) -> int:
    value = next((value for start, value in _IMPORTANCE if place_class.startswith(start)), 30)
    return value - _BEHIND if historic else value


# --- reading ---------------------------------------------------------------------------------------------------------------

_ACCESS: Final = (
    f"CASE WHEN secrecy <> 'open' THEN {SearchAccess.SECRET} WHEN published THEN {SearchAccess.PUBLIC}"
    f" ELSE {SearchAccess.OFFICE} END"
)
# Days as years: a name that ended on the 1st of January was not in use in that year.
_YEARS: Final = """
    coalesce(lower(n.years), extract(year FROM lower(n.valid))::int),
    coalesce(upper(n.years), extract(year FROM upper(n.valid) - 1)::int + 1)
"""
# A point of a division: its seat, else one inside; of any other place one on it.
_POINT_OF: Final = """
LEFT JOIN LATERAL (
    SELECT ST_PointOnSurface(coalesce(g.seat, g.geometry)) AS point FROM boundaries_divisionrecord g
    WHERE g.division_id = {division} AND upper_inf(g.recorded) ORDER BY upper(g.valid) DESC NULLS FIRST LIMIT 1
) s ON true
"""
_DIVISIONS: Final = f"""
SELECT n.division_id, n.name, n.proper_name, n.place_class, {_YEARS}, upper_inf(n.valid), {_ACCESS}, coalesce(c.code, ''),
       ST_X(p.point), ST_Y(p.point)
FROM placenames_name n
LEFT JOIN boundaries_divisionrecord g ON g.id = n.division_record_id
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(coalesce(g.seat, g.geometry)) AS point) p ON true
LEFT JOIN LATERAL (
    SELECT code FROM boundaries_divisioncode c WHERE c.division_id = n.division_id AND upper_inf(c.recorded)
    ORDER BY c.authority, upper(c.valid) DESC NULLS FIRST LIMIT 1
) c ON true
WHERE n.division_id IS NOT NULL AND upper_inf(n.recorded) {{only}}
ORDER BY n.division_id, upper(n.valid) DESC NULLS FIRST, lower(n.valid) DESC
"""
_PLACES: Final = f"""
SELECT n.place_id, n.name, n.proper_name, n.place_class, {_YEARS}, n.status, {_ACCESS}, n.area_id, n.code,
       ST_X(p.point), ST_Y(p.point)
FROM placenames_placenamerecord n
LEFT JOIN LATERAL (SELECT ST_PointOnSurface(n.location) AS point) p ON true
WHERE NOT n.names_division AND upper_inf(n.recorded) {{only}}
ORDER BY n.place_id, upper(n.valid) DESC NULLS FIRST, upper(n.years) DESC
"""
# A form is as open as the most secret record of its place. A division's name is public in itself, so of what describes it only a
# 密级 counts, as on its page.
_FORMS: Final = f"""
SELECT f.place_id, p.division_id, f.text, f.kind, lower(f.years), upper(f.years),
       coalesce(d.place_class, r.place_class), coalesce(p.division_id, r.area_id), coalesce(r.access, {SearchAccess.PUBLIC}),
       r.status = 'historic', ST_X(coalesce(s.point, r.point)), ST_Y(coalesce(s.point, r.point))
FROM placenames_nameform f JOIN placenames_placename p ON p.id = f.place_id
LEFT JOIN LATERAL (
    SELECT place_class FROM placenames_name d WHERE d.division_id = p.division_id AND upper_inf(d.recorded)
    ORDER BY upper(d.valid) DESC NULLS FIRST LIMIT 1
) d ON true
LEFT JOIN LATERAL (
    SELECT max(CASE WHEN names_division AND secrecy = 'open' THEN {SearchAccess.PUBLIC} ELSE {_ACCESS} END) OVER () AS access,
           place_class, area_id, status, ST_PointOnSurface(location) AS point
    FROM placenames_placenamerecord r
    WHERE r.place_id = f.place_id AND upper_inf(r.recorded)
    ORDER BY upper(r.valid) DESC NULLS FIRST, upper(r.years) DESC LIMIT 1
) r ON true
{_POINT_OF.format(division="p.division_id")}
WHERE upper_inf(f.recorded) AND (d.place_class IS NOT NULL OR r.place_class IS NOT NULL) {{only}}
"""
# What a county of today was called: old seats of which the source says they lay at its seat, naming it and nothing below it.
_SEATS: Final = f"""
SELECT n.place_id, n.area_id, n.name, n.proper_name, {_YEARS}, d.level, {_ACCESS}, ST_X(s.point), ST_Y(s.point)
FROM placenames_placenamerecord n JOIN placenames_censusentry e ON e.record_id = n.id
JOIN boundaries_divisionrecord d ON d.division_id = n.area_id AND upper_inf(d.recorded) AND upper_inf(d.valid)
{_POINT_OF.format(division="n.area_id")}
WHERE upper_inf(n.recorded) AND n.status = 'historic' AND n.place_class LIKE '21%%' AND d.level <= 3
  AND e.description ~ ('^今?(河南省?)?' || d.proper_name || '[市县区]?([市县区]治.*)?$') {{only}}
"""
_LEVEL_CLASS: Final = {1: "21200", 2: "21300", 3: "21400"}


def _forms(places: set[int] | None, divisions: set[int] | None) -> Iterator[Form]:
    of_places, of_divisions = _listed()
    for form in chain(_of_divisions(divisions), _of_places(places), _further(places), _seats(places, divisions)):
        bits = of_places.get(form.place, 0) if form.division is None else of_divisions.get(form.division, 0)
        yield replace(form, heritage=bits) if bits else form


def _listed() -> tuple[dict[int | None, int], dict[int | None, int]]:
    """On which lists places and divisions stand, as bits (`HERITAGE_BITS`)."""
    places: dict[int | None, int] = {}
    divisions: dict[int | None, int] = {}
    for place, division, kind in HeritageListing.objects.filter(recorded__upper_inf=True).values_list(
        "place_id", "place__division_id", "kind"
    ):
        held, key = (places, place) if division is None else (divisions, division)
        held[key] = held.get(key, 0) | HERITAGE_BITS.get(kind, 0)
    return places, divisions


def _rows(statement: str, only: str, values: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement.format(only=only), values)
        while part := cursor.fetchmany(_ROWS):
            yield from part


def _of_divisions(divisions: set[int] | None) -> Iterator[Form]:
    """One form for each name a division has had; states of one name are one form over the whole period."""
    if divisions is not None and not divisions:
        return
    only, values = _only(n__division_id=divisions)
    held: dict[str, Form] = {}
    division = None
    for row in _rows(_DIVISIONS, only, values):
        key, name, proper, place_class, since, until, goes_on, access, code, lon, lat = row
        if key != division:
            yield from held.values()
            division, held = key, {}
        first = next(iter(held.values()), None)
        kind = FORMER if first else STANDARD if goes_on else HISTORIC
        years = (since or _EVER[0], until or _EVER[1])
        if (same := held.get(name)) is not None and same.years is not None:
            years = (min(years[0], same.years[0]), max(years[1], same.years[1]))
            kind, place_class, access = same.kind, same.place_class, max(access, same.access)
        told = first.place_class if first else place_class
        held[name] = Form(
            None, key, key, name, proper, kind, told, years, access, importance_of(told, historic=kind == HISTORIC), code[:6],
            *((first.lon, first.lat) if first else _degrees(lon, lat)),
        )  # fmt: skip
    yield from held.values()


def _of_places(places: set[int] | None) -> Iterator[Form]:
    if places is not None and not places:
        return
    only, values = _only(n__place_id=places)
    place = None
    for row in _rows(_PLACES, only, values):
        key, name, proper, place_class, since, until, status, access, area, code, lon, lat = row
        kind = HISTORIC if status == "historic" else FORMER if key == place or status == "cancelled" else STANDARD
        place = key
        years = (since or _EVER[0], until or _EVER[1])
        importance = importance_of(place_class, historic=kind == HISTORIC)
        yield Form(key, None, area, name, proper, kind, place_class, years, access, importance, code[:6], *_degrees(lon, lat))


def _further(places: set[int] | None) -> Iterator[Form]:
    if places is not None and not places:
        return
    only, values = _only(f__place_id=places)
    seen: set[tuple[int, str, int | None]] = set()
    for place, division, text, kind, since, until, place_class, area, access, old, lon, lat in _rows(_FORMS, only, values):
        if (place, text, since) in seen:
            continue
        seen.add((place, text, since))
        years = None if since is None and until is None else (since or _EVER[0], until or _EVER[1])
        told = HISTORIC if old and kind == "traditional" else kind
        importance = importance_of(place_class, historic=bool(old))
        yield Form(place, division, area, text, "", told, place_class, years, access, importance, "", *_degrees(lon, lat))


def _seats(places: set[int] | None, divisions: set[int] | None) -> Iterator[Form]:
    if places is not None and not places and not divisions:
        return
    only, values = "", {}
    if places is not None:
        only = "AND (n.place_id = ANY(%(places)s) OR n.area_id = ANY(%(areas)s))"
        values = {"places": list(places), "areas": list(divisions or ())}
    for place, division, name, proper, since, until, level, access, lon, lat in _rows(_SEATS, only, values):
        place_class = _LEVEL_CLASS[level]
        importance = importance_of(place_class)
        yield Form(
            place, division, division, name, proper, SEAT, place_class, (since, until), access, importance, "", *_degrees(lon, lat)
        )


def _degrees(lon: float | None, lat: float | None) -> tuple[float, float]:
    return (math.nan, math.nan) if lon is None or lat is None else (lon, lat)


def _only(**wanted: set[int] | None) -> tuple[str, dict[str, Any]]:
    ((column, values),) = wanted.items()
    if values is None:
        return "", {}
    return f"AND {column.replace('__', '.')} = ANY(%(wanted)s)", {"wanted": list(values)}


# --- following -------------------------------------------------------------------------------------------------------------


def follow() -> None:
    """Called in the transaction that changes names: the index follows when it is committed."""
    transaction.on_commit(_catch_up, robust=True)


def _catch_up() -> None:
    noted = list(SearchStale.objects.values_list("place", "division").distinct()[: FEW + 1])
    if not noted:
        return
    if len(noted) > FEW or (None, None) in noted:
        queue()
        return
    try:
        mend(wait=False)
    except AlreadyIndexingError:
        queue()


def queue() -> None:
    """One job that waits is enough. One that runs may have looked before this change."""
    if not Job.objects.filter(kind=INDEX_JOB, state=JobState.WAITING).exists():
        jobs.start(INDEX_JOB, _("更新地名检索"), None)


def look() -> None:
    """Finds what nobody came to."""
    now = timezone.now()
    if not SearchStale.objects.filter(noted_at__lt=now - PATIENCE).exists():
        return
    under_way = Q(state__in=[JobState.WAITING, JobState.RUNNING])
    just_failed = Q(state=JobState.FAILED, finished_at__gt=now - AFTER_FAILURE)
    if not Job.objects.filter(under_way | just_failed, kind=INDEX_JOB).exists():
        logger.info("the index of names is behind the record; mending it")
        queue()


def run_job(job: Job) -> dict[str, Any]:
    """What the queue calls for `INDEX_JOB`."""
    jobs.progress(job, 0, 1, _("正在更新地名检索…"))
    return {"message": _("地名检索已更新。"), "forms": mend()}
