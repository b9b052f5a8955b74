"""Names for everybody to take away, as CSV and GeoJSON: public fields of public names, with licence, date and source in every row.

What the office got from others under terms of their own stays out unless it says that it may be passed on (YUDI_OPEN_DATASETS).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Final

from django.conf import settings

from boundaries.models import SourceKind
from gis.services.spreadsheets import harmless
from placenames.models import ArchiveState, ArchiveText, CensusEntry, PlaceName
from placenames.public_names import PublicName
from placenames.rules.archive_fields import Audience, may_see

COLUMNS: Final = (
    "key", "url", "name", "spelling", "class", "class_name", "code", "status", "since", "until", "lon", "lat",
    "origin", "meaning", "source", "source_kind", "licence", "as_of",
)  # fmt: skip
_BATCH = 1000


def may_be_passed_on(name: PublicName) -> bool:
    return name.source_kind != SourceKind.DATASET or name.source in settings.OPEN_DATASETS


def rows(names: Iterable[PublicName], site: str, today: date) -> Iterator[dict[str, Any]]:
    """`site`: scheme and host the addresses begin with."""
    left = (one for one in names if may_be_passed_on(one))
    while batch := list(islice(left, _BATCH)):
        told = _told(batch)
        for one in batch:
            origin, meaning = told.get((one.kind, one.number), ("", ""))
            yield {
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
                "lon": None if one.point is None else round(one.point[0], 6),
                "lat": None if one.point is None else round(one.point[1], 6),
                "origin": origin,
                "meaning": meaning,
                "source": one.source,
                "source_kind": one.source_kind,
                "licence": settings.OPEN_DATA_LICENCE,
                "as_of": today,
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


def as_csv(told: Iterable[dict[str, Any]]) -> Iterator[str]:
    """With a byte order mark, for spreadsheet programs; no cell of it can be a formula."""
    yield "\ufeff" + _line(COLUMNS)
    for row in told:
        yield _line(["" if row[name] is None else harmless(row[name]) for name in COLUMNS])


def _line(cells: Iterable[Any]) -> str:
    sink = io.StringIO()
    csv.writer(sink).writerow(cells)
    return sink.getvalue()


def as_geojson(told: Iterable[dict[str, Any]], today: date, publisher: str) -> Iterator[str]:
    """A FeatureCollection, positions in CGCS2000; a name without one has none."""
    head = {"licence": settings.OPEN_DATA_LICENCE, "as_of": today.isoformat(), "publisher": publisher, "crs_note": "CGCS2000"}
    yield '{"type":"FeatureCollection",' + json.dumps(head, ensure_ascii=False)[1:-1] + ',"features":['
    for at, row in enumerate(told):
        point = None if row["lon"] is None else {"type": "Point", "coordinates": [row["lon"], row["lat"]]}
        values = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in row.items()
            if name not in ("lon", "lat")
        }
        feature = {"type": "Feature", "id": row["key"], "geometry": point, "properties": values}
        yield ("," if at else "") + "\n" + json.dumps(feature, ensure_ascii=False)
    yield "\n]}\n"
