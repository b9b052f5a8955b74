"""The list of traditional villages (中国传统村落名录) with points: file in, one batch out, or nothing at all.

Columns: Province, City, County, Town, Village, Title, Batch, lng_wgs84, lat_wgs84. Title runs from the province down to the
place itself, which may be a natural village inside the village of the list (张花店村何家冲村).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import shapely
from django.contrib.gis.geos import Point
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.models import Begins, Grade, Level, Source
from boundaries.rules.names import clean, faults
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.crs import CGCS2000, resolve_crs, to_cgcs2000
from importers.readers import Table, opened, read
from importers.services.name_areas import Areas, read_areas
from importers.services.named_sources import load_once, require_columns
from placenames import policies
from placenames.models import HeritageKind, HeritageListing, NameStatus, PlaceName, PlaceNameRecord
from placenames.rules.classes import VILLAGES
from placenames.services.recording import Common, Names, record_names

FORMAT: Final = "traditional_villages"
_COLUMNS: Final = ("Province", "City", "County", "Town", "Village", "Title", "Batch", "lng_wgs84", "lat_wgs84")


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used: the place, the village it lies in ("" where it is that village), and what that lies in."""

    row: int
    name: str
    within: str
    town: str
    county: str
    city: str
    batch: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Found:
    """Where a row belongs: the division it is, or the lowest unit known that it lies in."""

    division: int | None
    area: int | None


def import_traditional_villages(path: str, as_of: date, actor: User | None = None, *, dry_run: bool = False) -> dict[str, Any]:
    """Loads the list in one transaction and returns what the command prints; the same file again changes nothing.

    A place that is a village of the register is listed there; any other becomes a place name of its own. Raises `DomainError` when
    the file as a whole cannot be used. A row that cannot be used is told and stops no other.
    """
    if actor is not None:
        ensure(policies.may_import_names(actor))
    with opened(path, "") as data:
        table = read(data)
        rows, problems = _rows(table)
        counts = {"read": table.count, "created": 0, "divisions": 0, "rejected": table.count - len(rows), "listed": 0, "located": 0}
        source = {"title": "中国传统村落名录", "issuer": "住房和城乡建设部", "dated": as_of, "format": FORMAT}

        def write(made: Source, moment: datetime) -> dict[str, int]:
            return _record(rows, made, moment, as_of)

        return load_once(data, source, counts, problems, write, actor=actor, dry_run=dry_run)


def _rows(table: Table) -> tuple[list[Row], list[dict[str, Any]]]:
    require_columns(table, _COLUMNS, FORMAT)
    found, problems = [], []
    for index in range(table.count):
        cells = {name: clean(table.columns[name][index]) for name in _COLUMNS}
        try:
            lon, lat = float(cells["lng_wgs84"]), float(cells["lat_wgs84"])
        except ValueError:
            problems.append(_problem(index, "number_bad", "经纬度不是数字。", "Longitude or latitude is no number."))
            continue
        name, within = place_of(cells)
        if faults(name) or not name:
            problems.append(
                _problem(index, "name_bad", f"从“{cells['Title']}”看不出村名。", f"“{cells['Title']}” names no village.")
            )
            continue
        found.append(Row(index + 1, name, within, cells["Town"], cells["County"], cells["City"], cells["Batch"], lon, lat))
    return found, problems


def _problem(index: int, code: str, zh: str, en: str) -> dict[str, Any]:
    return {"row": index + 1, "code": code, "severity": "error", "message": zh, "message_en": en}


def place_of(cells: dict[str, str]) -> tuple[str, str]:
    """(place, village it lies in) of a row; the second is empty where the place is the village itself."""
    rest = cells["Title"]
    for column in ("Province", "City", "County", "Town"):
        rest = rest.removeprefix(cells[column])
    village = cells["Village"]
    if rest != village and rest.startswith(village) and len(rest) - len(village) > 1:
        return rest[len(village) :], village
    inner = re.fullmatch(r"(.{2,}?村)(.{2,})", rest)
    return (inner[2], inner[1]) if inner else (rest or village, "")


def find(one: Row, areas: Areas) -> Found:
    county = areas.county_in(one.county) or areas.county_in(one.city)
    if county is None:
        return Found(None, None)
    town = areas.below(county, one.town, Level.TOWNSHIP)
    if town is None:
        return Found(None, county)
    village = areas.below(town, one.within or one.name, Level.VILLAGE)
    if one.within:
        return Found(None, village or town)
    return Found(village, village or town)


def _record(rows: list[Row], source: Source, moment: Any, as_of: date) -> dict[str, int]:
    areas = read_areas()
    moved, _info = to_cgcs2000(shapely.points([one.lon for one in rows], [one.lat for one in rows]), resolve_crs("EPSG:4326"))
    lon, lat = shapely.get_x(moved), shapely.get_y(moved)
    where = [find(one, areas) for one in rows]
    own = [index for index, found in enumerate(where) if found.division is None]
    where_from = "名录坐标，列名注为 WGS 84，未经核实"
    places = record_names(
        Names(
            name=[rows[index].name for index in own],
            place_class=[VILLAGES] * len(own),
            area=[where[index].area for index in own],
            lon=lon[own],
            lat=lat[own],
        ),
        Common(
            source.pk,
            moment,
            (as_of, None),
            status=NameStatus.IN_USE,
            grade=Grade.INDICATIVE,
            location_source=where_from,
            published=True,
        ),
    )
    listed = dict(zip(own, places, strict=True))
    in_register = [(index, found.division) for index, found in enumerate(where) if found.division is not None]
    for index, division in in_register:
        point = Point(float(lon[index]), float(lat[index]), srid=CGCS2000)
        listed[index] = _place_of_division(division, source, moment, as_of, point, where_from)
    batches = {place: rows[index].batch for index, place in listed.items()}
    HeritageListing.objects.bulk_create(
        HeritageListing(
            place_id=place,
            kind=HeritageKind.TRADITIONAL_VILLAGE,
            batch=batch,
            recorded=DateTimeTZRange(moment, None),
            source=source,
        )
        for place, batch in batches.items()
    )
    return {
        "created": len(own),
        "divisions": len(in_register),
        "listed": len(batches),
        "located": int(np.count_nonzero([found.area is not None for found in where])),
    }


def _place_of_division(division: int, source: Source, moment: Any, as_of: date, point: Point, where_from: str) -> int:
    """The place of a village of the register; the list's point is kept with it unless somebody keeps a better record already."""
    place, _made = PlaceName.objects.get_or_create(division_id=division)
    if not PlaceNameRecord.objects.current().filter(place=place).exists():
        PlaceNameRecord.objects.create(
            place=place,
            names_division=True,
            valid=DateRange(as_of, None),
            recorded=DateTimeTZRange(moment, None),
            begins=Begins.OBSERVED,
            area_id=division,
            location=point,
            location_grade=Grade.INDICATIVE,
            location_source=where_from,
            status=NameStatus.IN_USE,
            published=True,
            source=source,
        )
    return place.pk
