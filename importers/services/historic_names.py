"""Historic names of CHGIS as TGAZ publishes them: file in, one batch out, or nothing at all.

Columns: tgaz_id, name_pinyin, names_zh(traditional|simplified), lon, lat (WGS 84), begin_year, end_year (inclusive, BC negative),
feature_type, present_location, part_of. One row is one period of one place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import shapely
from django.utils import timezone

from boundaries.models import Grade, Source
from boundaries.rules.names import clean, faults
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.crs import resolve_crs, to_cgcs2000
from importers.readers import Table, opened, read
from importers.services.name_areas import Areas, read_areas
from importers.services.named_sources import load_once, require_columns
from placenames import policies
from placenames.folding import simplified
from placenames.models import CensusEntry, FormKind, NameStatus, PlaceNameRecord, Script
from placenames.services.recording import Common, Forms, Names, new_places, record_forms, record_names

FORMAT: Final = "chgis_tgaz"
_NAMES: Final = "names_zh(traditional|simplified)"
_COLUMNS: Final = ("tgaz_id", _NAMES, "lon", "lat", "begin_year", "end_year", "feature_type", "present_location")
# CHGIS places its points to about a kilometre.
_ACCURACY_M: Final = 1000.0
_CLASSES: Final = {"村镇": "22200", "县": "21400", "侯国": "21400", "省": "21200", "行省": "21200", "布政司": "21200"}


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be used. `years` half-open."""

    row: int
    identifier: str
    name: str
    traditional: str
    kind: str
    lon: float
    lat: float
    years: tuple[int, int]
    present: str


def import_historic_names(path: str, actor: User | None = None, *, dry_run: bool = False) -> dict[str, Any]:
    """Loads the file in one transaction and returns what the command prints; the same file again changes nothing.

    Raises `DomainError` when the file as a whole cannot be used. A row that cannot be used is told and stops no other.
    """
    if actor is not None:
        ensure(policies.may_import_names(actor))
    with opened(path, "") as data:
        table = read(data)
        rows, problems = _rows(table)
        counts = {"read": table.count, "created": 0, "places": 0, "rejected": table.count - len(rows), "forms": 0, "located": 0}
        source = {"title": "CHGIS 历史地名（TGAZ）", "issuer": "CHGIS", "format": FORMAT}
        write = partial(_record, rows)
        return load_once(data, source, counts, problems, write, actor=actor, dry_run=dry_run)


def _rows(table: Table) -> tuple[list[Row], list[dict[str, Any]]]:
    require_columns(table, _COLUMNS, FORMAT)
    found, problems = [], []
    for index in range(table.count):
        cells = {name: table.columns[name][index].strip() for name in _COLUMNS}
        one = _row(index + 1, cells)
        if isinstance(one, Row):
            found.append(one)
        else:
            problems.append({"row": index + 1, "code": one[0], "severity": "error", "message": one[1], "message_en": one[2]})
    return found, problems


def _row(number: int, cells: dict[str, str]) -> Row | tuple[str, str, str]:
    traditional, _bar, plain = cells[_NAMES].partition("|")
    traditional = clean(traditional)
    name = clean(plain) or simplified(traditional)
    if faults(name) or not re.fullmatch(r"[\u3400-\u9fff\U00020000-\U000323af]+", name):
        return "name_bad", f"“{cells[_NAMES]}”不是可用的汉字地名。", f"“{cells[_NAMES]}” is no usable name in Han characters."
    try:
        lon, lat = float(cells["lon"]), float(cells["lat"])
        begin, end = int(cells["begin_year"]), int(cells["end_year"])
    except ValueError:
        return "number_bad", "经纬度或年份不是数字。", "Longitude, latitude or a year is no number."
    if not (73 < lon < 136 and 3 < lat < 54):
        return "place_bad", f"位置 {lon}, {lat} 不在中国范围内。", f"The position {lon}, {lat} is not in China."
    if end < begin or not begin or not end or end > timezone.localdate().year:
        return "years_bad", f"年代 {begin}—{end} 不对。", f"The years {begin} to {end} are wrong."
    kind = cells["feature_type"].split()[-1] if cells["feature_type"] else ""
    return Row(number, cells["tgaz_id"], name, traditional, kind, lon, lat, (begin, end + 1), cells["present_location"])


def _places(rows: list[Row]) -> list[int]:
    """For each row the number of its place. One place: same name, kind and point, periods that do not overlap.

    Rows that overlap tell of one time twice; which is right nobody here can say, so they stay two places.
    """
    taken: defaultdict[tuple[str, str, float, float], list[tuple[int, list[tuple[int, int]]]]] = defaultdict(list)
    found, count = [0] * len(rows), 0
    for index in sorted(range(len(rows)), key=lambda number: rows[number].years):
        one = rows[index]
        lanes = taken[(one.name, one.kind, one.lon, one.lat)]
        for place, spans in lanes:
            if all(one.years[0] >= until or one.years[1] <= since for since, until in spans):
                spans.append(one.years)
                found[index] = place
                break
        else:
            lanes.append((count, [one.years]))
            found[index], count = count, count + 1
    return found


def _record(rows: list[Row], source: Source, moment: Any) -> dict[str, int]:
    areas = read_areas()
    numbers = _places(rows)
    places = new_places(max(numbers) + 1)
    moved, _info = to_cgcs2000(shapely.points([one.lon for one in rows], [one.lat for one in rows]), resolve_crs("EPSG:4326"))
    area = [_area_of(one, areas) for one in rows]
    names = Names(
        name=[one.name for one in rows],
        place_class=[_class_of(one.kind) for one in rows],
        area=area,
        lon=shapely.get_x(moved),
        lat=shapely.get_y(moved),
        years=[one.years for one in rows],
        place=[places[number] for number in numbers],
        location_source=[f"TGAZ {one.identifier}" for one in rows],
    )
    common = Common(
        source.pk,
        moment,
        (timezone.localdate(), None),  # not used: every row has years
        status=NameStatus.HISTORIC,
        grade=Grade.INDICATIVE,
        accuracy_m=_ACCURACY_M,
        published=True,
    )
    record_names(names, common)
    _tell_more(rows, source)
    forms = [(place, one) for place, one in zip(names.place, rows, strict=True) if one.traditional and one.traditional != one.name]
    years: defaultdict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for place, one in forms:
        years[(place, one.traditional)].append(one.years)
    span = {key: _span(spans) for key, spans in years.items()}
    record_forms(
        Forms(
            place=[place for place, _text in span],
            text=[text for _place, text in span],
            kind=[FormKind.TRADITIONAL] * len(span),
            script=[Script.HANT] * len(span),
            years=list(span.values()),
        ),
        source.pk,
        moment,
    )
    return {
        "created": len(rows),
        "places": len(places),
        "forms": len(span),
        "located": sum(one is not None for one in area),
    }


def _span(spans: list[tuple[int, int]]) -> tuple[int, int]:
    return min(since for since, _until in spans), max(until for _since, until in spans)


def _class_of(kind: str) -> str:
    """Of old units only villages and counties have a class of their own; what lay between counts as of the prefecture's rank."""
    return _CLASSES.get(kind, "21300")


def _area_of(one: Row, areas: Areas) -> int | None:
    """The county of today that the source says the place lies in."""
    return areas.county_in(re.sub(r"^(?:今)?(?:河南省|河南)?", "", one.present))


def _tell_more(rows: list[Row], source: Source) -> None:
    """What the source says beyond name, place and time, with each record."""
    kept = PlaceNameRecord.objects.filter(source=source).values_list("location_source", "id")
    record_of = {text.removeprefix("TGAZ "): key for text, key in kept}
    CensusEntry.objects.bulk_create(
        [
            CensusEntry(
                record_id=record_of[one.identifier],
                description=one.present,
                other=one.kind,
                sources=f"CHGIS / TGAZ {one.identifier}",
            )
            for one in rows
        ],
        batch_size=2000,
    )


__all__ = ["FORMAT", "import_historic_names"]
