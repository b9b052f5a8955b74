"""Names for everybody to take away, as CSV and GeoJSON: public fields of public names, licence, date and source in every row.

Three tables joined by `key`: names, every form of them with its years, the divisions they lay in with days and years; in GeoJSON
the latter two stand within each name. `open_columns` says what each column means. What the office got from others under terms of
their own stays out unless it says that it may be passed on (YUDI_OPEN_DATASETS).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any, Final

from django.conf import settings

from boundaries.models import SourceKind
from gis.services.spreadsheets import harmless
from placenames.models import ArchiveState, ArchiveText, CensusEntry, PlaceName
from placenames.open_columns import AREAS, FORMS, NAMES, Column
from placenames.open_history import History, flat, histories, inclusive, years_of_days
from placenames.public_names import PublicName
from placenames.rules.addresses import key_of
from placenames.rules.archive_fields import Audience, may_see

_BATCH: Final = 1000
Row = dict[str, Any]


def may_be_passed_on(name: PublicName) -> bool:
    return name.source_kind != SourceKind.DATASET or name.source in settings.OPEN_DATASETS


def names(found: Iterable[PublicName], site: str, today: date) -> Iterator[Row]:
    """One row a name. `site`: scheme and host the addresses begin with. `forms` and `lay_in` hold its rows of the other tables."""
    for batch in _batches(found):
        told, known = _told(batch), histories(batch, today)
        for one in batch:
            yield _name(one, told.get((one.kind, one.number), ("", "")), known[one.key], site, today)


def forms(found: Iterable[PublicName], today: date) -> Iterator[Row]:
    for batch in _batches(found):
        known = histories(batch, today)
        for one in batch:
            for row in _forms(known[one.key]):
                yield {"key": one.key, "name": one.name, **row, **_terms(today)}


def areas(found: Iterable[PublicName], today: date) -> Iterator[Row]:
    for batch in _batches(found):
        known = histories(batch, today)
        for one in batch:
            for row in _areas(known[one.key]):
                yield {"key": one.key, "name": one.name, **row, **_terms(today)}


def _batches(found: Iterable[PublicName]) -> Iterator[list[PublicName]]:
    left = (one for one in found if may_be_passed_on(one))
    while batch := list(islice(left, _BATCH)):
        yield batch


def _terms(today: date) -> Row:
    return {"licence": settings.OPEN_DATA_LICENCE, "as_of": today}


def _name(one: PublicName, told: tuple[str, str], known: History, site: str, today: date) -> Row:
    used = next((form for form in reversed(known.forms) if form.kind == "standard" and form.text == one.name), None)
    first, last = inclusive(used.years) if used is not None else (None, None)
    return {
        "key": one.key,
        "url": site + one.address,
        "name": one.name,
        "spelling": one.spelling,
        "class": one.place_class,
        "class_name": one.class_name,
        "code": one.code,
        "status": one.status,
        "since": one.since,
        "until": one.until,
        "begins": one.begins,
        "year_from": first,
        "year_to": last,
        "area": flat(known.lay[0].path) if known.lay and known.lay[0].until is None else "",
        "lon": None if one.point is None else round(one.point[0], 6),
        "lat": None if one.point is None else round(one.point[1], 6),
        "origin": told[0],
        "meaning": told[1],
        "source": one.source,
        "source_kind": one.source_kind,
        **_terms(today),
        "forms": list(_forms(known)),
        "lay_in": list(_areas(known)),
    }


def _forms(known: History) -> Iterator[Row]:
    for one in known.forms:
        first, last = inclusive(one.years)
        yield {
            "form": one.text,
            "kind": one.kind,
            "kind_name": one.label,
            "script": one.script,
            "language": one.language,
            "year_from": first,
            "year_to": last,
            "source": one.source,
        }


def _areas(known: History) -> Iterator[Row]:
    for one in known.lay:
        first, last = years_of_days(one.since, one.until)
        yield {
            "area_key": key_of("D", one.division or 0),
            "area": flat(one.path),
            "since": one.since,
            "until": one.until,
            "year_from": first,
            "year_to": last,
        }


def _told(batch: list[PublicName]) -> dict[tuple[str, int], tuple[str, str]]:
    """(origin, meaning): the published text, else what the census form says."""
    divisions = dict(
        PlaceName.objects.filter(division__in=[one.number for one in batch if one.kind == "D"]).values_list("division_id", "pk")
    )
    place_of = {(one.kind, one.number): divisions.get(one.number) if one.kind == "D" else one.number for one in batch}
    texts: dict[tuple[int, str], str] = {
        (place, kind): body
        for place, kind, body in ArchiveText.objects.filter(
            place__in=[one for one in place_of.values() if one], kind__in=("origin", "meaning"), state=ArchiveState.PUBLISHED
        ).values_list("place_id", "kind", "body")
    }
    census = {
        record: (origin, meaning)
        for record, origin, meaning in CensusEntry.objects.filter(
            record__in=[one.detail for one in batch if one.detail]
        ).values_list("record_id", "origin", "meaning")
    }
    found = {}
    for one in batch:
        place = place_of[one.kind, one.number] or 0
        kept = census.get(one.detail or 0, ("", ""))
        told = [texts.get((place, kind), "") or kept[at] for at, kind in enumerate(("origin", "meaning"))]
        if not all(may_see("census", kind, Audience.PUBLIC) for kind in ("origin", "meaning")):
            raise AssertionError("the download gives what the table of fields does not")
        found[one.kind, one.number] = (told[0], told[1])
    return found


def as_csv(told: Iterable[Row], columns: Sequence[Column]) -> Iterator[str]:
    """With a byte order mark, for spreadsheet programs; no cell of it can be a formula."""
    wanted = [one.name for one in columns]
    yield "\ufeff" + _line(wanted)
    for row in told:
        yield _line(["" if row[name] is None else harmless(row[name]) for name in wanted])


def _line(cells: Iterable[Any]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerow(cells)
    return sink.getvalue()


def as_geojson(told: Iterable[Row], today: date, publisher: str) -> Iterator[str]:
    """A FeatureCollection, positions in CGCS2000; a name without one has none."""
    head = {"licence": settings.OPEN_DATA_LICENCE, "as_of": today.isoformat(), "publisher": publisher, "crs_note": "CGCS2000"}
    yield '{"type":"FeatureCollection",' + json.dumps(head, ensure_ascii=False)[1:-1] + ',"features":['
    for at, row in enumerate(told):
        point = None if row["lon"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        values = {name: value for name, value in row.items() if name not in ("lon", "lat")}
        feature = {"type": "Feature", "id": row["key"], "geometry": point, "properties": values}
        yield ("," if at else "") + "\n" + json.dumps(feature, ensure_ascii=False, default=date.isoformat)
    yield "\n]}\n"


TABLES: Final = {"names": NAMES, "forms": FORMS, "areas": AREAS}
