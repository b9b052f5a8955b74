"""Many names into the record at once: columns in, rows by COPY, in the caller's transaction.

The one way in for lists; a single name goes through `services.names`, which ends here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
from django.db import connection

from boundaries.models import Begins
from boundaries.services.register import bulk
from gis import copying as cells
from placenames.models import NameStatus, Secrecy, SpelledBy
from placenames.rules.classes import is_code
from placenames.rules.kinds import kind_of_class
from placenames.rules.readings import HOME, UnreadableError
from placenames.rules.spelling import spell
from placenames.services import search_index

_LOCK = 0x9A01  # one writer of many names at a time


@dataclass
class Names:
    """Columns of equal length. Only `name` must be given; what is empty is not known.

    lon, lat     degrees of CGCS2000, NaN where there is none; `shapes` (shapely, CGCS2000) instead where the location is no point
    years        half-open spans of historic years, negative before the common era; None where `valid` holds
    spelling     as a source gives it; what is empty is spelled by rule, and its `spelled_by` tells how far that may be relied on
    """

    name: Sequence[str]
    place_class: Sequence[str] = ()
    code: Sequence[str] = ()
    spelling: Sequence[str] = ()
    area: Sequence[int | None] = ()
    area_code: Sequence[str] = ()
    lon: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    lat: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    shapes: npt.NDArray[np.object_] | None = None
    years: Sequence[tuple[int, int] | None] = ()
    place: Sequence[int] = ()
    proper_name: Sequence[str] = ()
    generic_name: Sequence[str] = ()
    location_source: Sequence[str] = ()

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True)
class Common:
    """What is the same for all names of a list. `valid` is half-open and ignored where a row has years."""

    source: int
    moment: datetime
    valid: tuple[date, date | None]
    begins: str = Begins.OBSERVED
    status: str = NameStatus.IN_USE
    grade: str = ""
    accuracy_m: float | None = None
    location_source: str = ""
    secrecy: str = Secrecy.OPEN
    published: bool = False


def lock() -> datetime:
    """Waits for other writers of names and returns this one's moment of recording; the search follows what is written."""
    search_index.follow()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def new_places(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO placenames_placename (id)"
            " SELECT nextval(found.own) FROM"
            " (SELECT pg_get_serial_sequence('placenames_placename', 'id')::regclass AS own OFFSET 0)"
            " AS found, generate_series(1, %s) RETURNING id",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


@dataclass
class Spelled:
    """Columns of `spell_all`. `reading` is toned, a syllable for each character; empty where a name cannot be spelled."""

    spelling: list[str]
    spelled_by: list[str]
    reading: list[str]
    proper_name: list[str]
    generic_name: list[str]


def spell_all(names: Names) -> Spelled:
    """Spelling, reading and the two parts of every name. Equal names of one class and county are worked out once."""
    count = len(names)
    found = Spelled([""] * count, [""] * count, [""] * count, [""] * count, [""] * count)
    known: dict[tuple[str, str, str], tuple[str, str, str, str, str]] = {}
    classes = names.place_class or [""] * count
    areas = names.area_code or [""] * count
    for index, (name, place_class, area) in enumerate(zip(names.name, classes, areas, strict=True)):
        key = (name, place_class, area[:6])
        if (told := known.get(key)) is None:
            told = known[key] = _spelled(*key)
        spelling, by, reading, proper, generic = told
        given = names.spelling[index] if names.spelling else ""
        found.spelling[index], found.spelled_by[index] = (given, SpelledBy.SOURCE) if given else (spelling, by)
        found.reading[index], found.proper_name[index], found.generic_name[index] = reading, proper, generic
    return found


def _spelled(name: str, place_class: str, area: str) -> tuple[str, str, str, str, str]:
    kind = kind_of_class(place_class) if is_code(place_class) else None
    try:
        own = spell(name, kind, area or HOME)
    except UnreadableError:
        return "", "", "", name, ""
    by = SpelledBy.PROPOSED if own.needs_person else SpelledBy.RULE
    proper = own.name[: len(own.name) - len(own.generic)] if own.generic and own.name.endswith(own.generic) else own.name
    generic = own.generic if proper != own.name else ""
    return own.spelling[:240], by, " ".join(one.reading for one in own.syllables)[:240], proper, generic


def record_names(names: Names, common: Common) -> list[int]:
    """Appends one record for each name and returns the places they belong to: new ones, or those given in `names.place`.

    The caller holds the transaction and the lock, has asked the policy and writes the trail.
    """
    count = len(names)
    if not count:
        return []
    places = list(names.place) or new_places(count)
    spelled = spell_all(names)
    with_years = any(span is not None for span in names.years)
    valid = cells.one(bulk.days(*common.valid))
    proper = names.proper_name or spelled.proper_name
    generic = names.generic_name or spelled.generic_name
    located, location = _locations(names, count)
    empty = [""] * count
    cells.copy(
        "placenames_placenamerecord",
        {
            "place_id": cells.bigs(places),
            "names_division": cells.same(b"\x00"),
            "valid": [cells.NULL if span else valid for span in names.years] if with_years else cells.same(valid[4:]),
            "years": cells.year_spans(names.years) if with_years else cells.same(None),
            "recorded": cells.same(bulk.since(common.moment)),
            "begins": cells.same(common.begins.encode()),
            "name": cells.texts(names.name),
            "proper_name": cells.texts(proper),
            "generic_name": cells.texts(generic),
            "place_class": cells.texts(names.place_class or empty),
            "code": cells.texts(names.code or empty),
            "spelling": cells.texts(spelled.spelling),
            "spelled_by": cells.texts(spelled.spelled_by),
            "reading": cells.texts(spelled.reading),
            "area_id": cells.bigs(names.area) if names.area else cells.same(None),
            "location": location,
            "location_grade": cells.texts(common.grade if there else "" for there in located),
            "location_accuracy_m": cells.reals([common.accuracy_m if there else None for there in located]),
            "location_source": cells.texts(names.location_source or (common.location_source if there else "" for there in located)),
            "status": cells.same(common.status.encode()),
            "secrecy": cells.same(common.secrecy.encode()),
            "published": cells.same(b"\x01" if common.published else b"\x00"),
            "source_id": cells.same(bulk.big(common.source)),
        },
        count,
    )
    return places


def _locations(names: Names, count: int) -> tuple[list[bool], cells.Column]:
    """Which rows have a location, and the column."""
    if names.shapes is not None:
        return [shape is not None for shape in names.shapes], cells.geometries(names.shapes)
    if len(names.lon):
        there = np.isfinite(names.lon) & np.isfinite(names.lat)
        return there.tolist(), cells.points(names.lon, names.lat)
    return [False] * count, cells.same(None)


@dataclass
class Forms:
    """Columns of further forms, of equal length."""

    place: Sequence[int]
    text: Sequence[str]
    kind: Sequence[str]
    script: Sequence[str]
    years: Sequence[tuple[int, int] | None]


def record_forms(forms: Forms, source: int, moment: datetime) -> None:
    """Appends forms of names. As `record_names` about the caller."""
    if not forms.text:
        return
    cells.copy(
        "placenames_nameform",
        {
            "place_id": cells.bigs(forms.place),
            "text": cells.texts(forms.text),
            "kind": cells.texts(forms.kind),
            "script": cells.texts(forms.script),
            "language": cells.same(b""),
            "years": cells.year_spans(forms.years),
            "recorded": cells.same(bulk.since(moment)),
            "source_id": cells.same(bulk.big(source)),
            "note": cells.same(b""),
        },
        len(forms.text),
    )
