"""Gives the demo county its names: records, forms, texts that were reviewed, pictures, collections, one reader's suggestion."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from boundaries.models import Division, DivisionRecord, Source, SourceKind
from boundaries.services.demo import DemoLoaded
from gis.accounts.models import User
from gis.crs import CGCS2000
from placenames.archive_subject import public_subject
from placenames.demo.pictures import picture
from placenames.demo.sounds import hummed
from placenames.models import HeritageListing, NameCollection, NameForm, PlaceName, PlaceNameRecord
from placenames.rules.archive_states import Step
from placenames.services import archive_media, archive_writing, name_collections, names, suggestions
from placenames.services.archive_media import Told
from placenames.services.archive_writing import Cited, DocumentEntry

CONTENT: Final = Path(__file__).resolve().parent.parent / "demo" / "names.toml"
SINCE: Final = date(2016, 7, 1)


class _Demo:
    def __init__(self, loaded: DemoLoaded) -> None:
        self.divisions: Mapping[str, Division] = loaded.divisions
        self.county = loaded.divisions[loaded.county_key]
        self.county_key = loaded.county_key
        self.writer: User = loaded.people["diming"]
        self.reviewer: User = loaded.people["yuhe-shenhe"]
        self.places: dict[str, PlaceName] = {}
        self.documents: dict[str, int] = {}
        self.source = Source.objects.create(kind=SourceKind.DEMO, title="舆和县地名文化（演示，虚构）", issuer="演示数据")

    def unit(self, key: str) -> Division:
        return self.divisions[self.county_key if key == "county" else key]


def load_names(loaded: DemoLoaded) -> None:
    """Called by `boundaries.services.demo` when the county stands."""
    content = tomllib.loads(CONTENT.read_text("utf-8"))
    demo = _Demo(loaded)
    for one in content["document"]:
        told = {name: value for name, value in one.items() if name != "key"}
        demo.documents[one["key"]] = archive_writing.add_document(demo.writer, demo.county, DocumentEntry(**told)).pk
    for number, one in enumerate([*content["place"], *content["division"]]):
        place = _division(demo, one) if "name" not in one else _place(demo, one)
        demo.places[one.get("name", one.get("unit", ""))] = place
        _told(demo, place, one, number)
    # All of the demo is marked as such, whichever service wrote it.
    PlaceNameRecord.objects.filter(place__in=demo.places.values()).update(source=demo.source)
    for one in [*content["place"], *content["division"]]:
        _relations(demo, one)
    for one in content["collection"]:
        _collection(demo, one)
    told = content["suggestion"]
    subject = public_subject(demo.places[told["name"]], demo.writer)
    entry = suggestions.Entry(told["part"], told["body"], told["evidence"], told["contact"])
    suggestions.receive(subject, entry, "demo")


def _place(demo: _Demo, one: dict[str, Any]) -> PlaceName:
    census = {**one.get("census", {}), **({"elevation_m": one["elevation"]} if "elevation" in one else {})}
    entry = names.Entry(
        one["name"],
        one["class"],
        "演示数据",
        demo.unit(one["unit"]),
        spelling=one.get("spelling", ""),
        confirmed=frozenset(range(len(one["name"]))),
        valid_from=None if "years" in one else one.get("since", SINCE),
        years=tuple(one["years"]) if "years" in one else None,
        location=_location(demo, one),
        location_grade="invented",
        location_accuracy_m=50.0,
        location_source="演示位置",
        status=one.get("status", "standard"),
        published=one.get("published", True),
        census=census,
    )
    return names.enter_name(demo.writer, entry).place


def _location(demo: _Demo, one: dict[str, Any]) -> GEOSGeometry:
    seat = DivisionRecord.objects.current().filter(division=demo.unit(one["unit"])).latest("valid").seat or Point(113.5, 33.9)
    if "line" in one:
        return LineString([(seat.x + east, seat.y + north) for east, north in one["line"]], srid=CGCS2000)
    return Point(seat.x + one["offset"][0], seat.y + one["offset"][1], srid=CGCS2000)


def _division(demo: _Demo, one: dict[str, Any]) -> PlaceName:
    details = {**one.get("census", {}), **({"spelling": one["spelling"]} if "spelling" in one else {})}
    return names.describe_division(demo.writer, demo.unit(one["unit"]), SINCE, "演示数据", details).place


def _told(demo: _Demo, place: PlaceName, one: dict[str, Any], number: int) -> None:
    for form in one.get("forms", ()):
        years = tuple(form["years"]) if "years" in form else None
        source = Source.objects.create(kind=SourceKind.DEMO, title=form["source"], issuer="演示数据")
        made = names.add_form(
            demo.writer, place, form["text"], form["kind"], form["source"], script=form.get("script", "hans"), years=years
        )
        NameForm.objects.filter(pk=made.pk).update(source=source)
    for text in one.get("texts", ()):
        cited = [Cited(demo.documents[key], pages) for key, pages in text["cited"]]
        written = archive_writing.save_text(demo.writer, place, text["kind"], text["body"], cited)
        _publish(demo, written)
    if photo := one.get("photo"):
        upload = SimpleUploadedFile("演示.jpg", picture(photo["scene"], number))
        told = Told(photo["caption"], credit="演示摄影者（虚构）", licence="CC0 1.0", taken=photo["taken"])
        media = archive_media.add_media(demo.writer, place, upload, "photo", told)
        _publish(demo, media)
    for syllables in one.get("sound", ()):
        upload = SimpleUploadedFile("演示.wav", hummed(syllables))
        media = archive_media.add_media(demo.writer, place, upload, "audio", Told("演示音：只示声调起伏，不是真人读音"))
        _publish(demo, media)
    if listing := one.get("listing"):
        recorded = DateTimeTZRange(timezone.now(), None)
        HeritageListing.objects.create(place=place, kind=listing, batch="演示", recorded=recorded, source=demo.source)


def _publish(demo: _Demo, thing: Any) -> None:
    submitted = archive_writing.take_step(demo.writer, thing, Step.SUBMIT, seen=thing.version)
    archive_writing.take_step(demo.reviewer, submitted, Step.PUBLISH, seen=submitted.version)


def _relations(demo: _Demo, one: dict[str, Any]) -> None:
    place = demo.places[one.get("name", one.get("unit", ""))]
    if origin := one.get("from"):
        name_collections.relate(demo.writer, place, demo.places[origin["name"]], origin["note"])
    if merged := one.get("merged"):
        name_collections.merge(demo.writer, place, demo.places[merged["into"]], merged["reason"])


def _collection(demo: _Demo, one: dict[str, Any]) -> NameCollection:
    entry = name_collections.CollectionEntry(
        title=one["title"], slug=one["slug"], title_en=one["title_en"], about=one["about"], source=one["source"],
        heritage=one.get("heritage", ""), published=True,
    )  # fmt: skip
    made = name_collections.save_collection(demo.writer, entry, area=demo.county)
    for name in one["members"]:
        name_collections.put_in(demo.writer, made, demo.places[name])
    return made
