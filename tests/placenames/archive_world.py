"""A name with a value of its own in every field that is kept of it, and names that nobody outside may see."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from PIL import Image

from boundaries.models import Division, Level, Source
from gis.accounts.models import Duty, User
from gis.crs import CGCS2000
from placenames.models import ArchiveMedia, ArchiveText, CensusEntry, NameForm, PlaceName, PlaceNameRecord
from placenames.rules.archive_states import Step
from placenames.services import archive_media, archive_writing
from placenames.services.archive_media import Told
from placenames.services.archive_writing import Cited, DocumentEntry
from tests.factories import FIRST_RECORDED, make_division, make_user

NAME = "栀子坞"


@dataclass
class ArchiveWorld:
    """`told`: (thing, field) → the value that stands there and nowhere else."""

    province: Division
    county: Division
    other: Division
    writer: User
    reviewer: User
    place: PlaceName
    record: PlaceNameRecord
    unpublished: PlaceName
    secret: PlaceName
    told: dict[tuple[str, str], str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)


def photo(**exif: str) -> bytes:
    """A photo that tells where it was taken and by whom."""
    told = Image.Exif()
    told[0x013B] = exif.get("artist", "ARTISTOFTHEPHOTO")
    told.get_ifd(0x8825).update({1: "N", 2: (33.0, 54.0, 12.0), 3: "E", 4: (113.0, 31.0, 7.0)})
    sink = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((800, 600)).save(sink, "JPEG", exif=told, comment=b"COMMENTOFTHEPHOTO")
    return sink.getvalue()


def make_world() -> ArchiveWorld:
    province = make_division("某省", Level.PROVINCE, code="410000")
    county = make_division("东县", Level.COUNTY, code="419901", parent=province, seat=(113.52, 33.92))
    other = make_division("西县", Level.COUNTY, code="419902", parent=province)
    writer = make_user("writer", (Duty.PLACE_NAME_OFFICER, county), display_name="撰写人赵某")
    reviewer = make_user("reviewer", (Duty.REVIEWER, county), display_name="审核人钱某")
    place = PlaceName.objects.create()
    told: dict[tuple[str, str], str] = {}

    def value(thing: str, name: str, most: int = 60) -> str:
        words = f"值{thing}{name}値"[:most]
        told[thing, name] = words
        return words

    source = Source.objects.create(
        kind="document", title=value("source", "title"), document_number=value("source", "document_number"),
        details={"inner": value("source", "details")}, recorded_by=writer,
    )  # fmt: skip
    freely = Source.objects.create(kind="entry", title=value("entry_source", "title"), recorded_by=writer)
    record = _record(place, NAME, source, county, published=True, location_source=value("record", "location_source"))
    texts = {
        one.name: value("census", one.name, one.max_length or 60)
        for one in CensusEntry._meta.fields
        if one.get_internal_type() in ("TextField", "CharField")
    }
    told["census", "elevation_m"], told["census", "registered_on"], told["census", "sign_count"] = "618.25", "2014-03-09", "73915"
    CensusEntry.objects.create(record=record, **texts, elevation_m=618.25, registered_on=date(2014, 3, 9), sign_count=73915)
    now = DateTimeTZRange(FIRST_RECORDED, None)
    NameForm.objects.create(
        place=place, text=value("form", "text"), kind="former", years=NumericRange(1368, 1645), recorded=now, source=freely,
        note=value("form", "note"), language=value("form", "language", 30),
    )  # fmt: skip
    world = ArchiveWorld(
        province, county, other, writer, reviewer, place, record,
        unpublished=_record(PlaceName.objects.create(), "未公开沟", source, county, published=False).place,
        secret=_record(PlaceName.objects.create(), "秘密洞", source, county, published=False, secrecy="secret").place,
        told=told,
    )  # fmt: skip
    _write(world, value)
    return world


def public_record(place: PlaceName, name: str, source: Source, area: Division, where: Point) -> PlaceNameRecord:
    return _record(place, name, source, area, published=True, location=where)


def _record(place: PlaceName, name: str, source: Source, area: Division, **values: Any) -> PlaceNameRecord:
    values.setdefault("location", Point(113.5186, 33.9033, srid=CGCS2000))
    return PlaceNameRecord.objects.create(
        place=place, name=name, proper_name=name, generic_name="", place_class="22200", area=area, source=source,
        valid=DateRange(date(2014, 7, 1), None), recorded=DateTimeTZRange(FIRST_RECORDED, None), begins="observed",
        status="standard", spelling="Zhīziwù" if name == NAME else "X", spelled_by="person",
        location_grade="surveyed", **values,
    )  # fmt: skip


def _write(world: ArchiveWorld, value: Any) -> None:
    entry = DocumentEntry(
        kind="oral", title=value("document", "title"), author=value("document", "author"), publisher=value("document", "publisher"),
        year=value("document", "year", 30), call_number=value("document", "call_number"), informant=value("document", "informant"),
        file_open=True,
    )  # fmt: skip
    paper = SimpleUploadedFile("县志.pdf", b"%PDF-1.4\n%%EOF\n")
    document = archive_writing.add_document(world.writer, world.county, entry, paper)
    closed = archive_writing.add_document(
        world.writer, world.county, DocumentEntry("archive", "内部档案卷宗"), SimpleUploadedFile("卷.pdf", b"%PDF-1.4\n2\n%%EOF\n")
    )
    cited = [Cited(document.pk, value("document", "pages"))]
    world.made["text"] = publish(
        world, archive_writing.save_text(world.writer, world.place, "origin", value("text", "body"), cited)
    )
    world.told["draft", "body"] = "尚未审核的草稿正文"
    world.made["draft"] = archive_writing.save_text(world.writer, world.place, "story", "尚未审核的草稿正文", [Cited(closed.pk)])
    world.made["withdrawn"] = publish(world, archive_writing.save_text(world.writer, world.place, "meaning", "撤下去的正文", cited))
    archive_writing.take_step(world.writer, world.made["withdrawn"], Step.WITHDRAW, seen=3, note=value("text", "note"))
    world.told["withdrawn", "body"] = "撤下去的正文"
    for name, caption, credit_open, licence in (
        ("photo", value("media", "caption"), False, value("media", "licence")), ("waiting", "等待审核的照片", True, ""),
    ):  # fmt: skip
        upload = SimpleUploadedFile("IMG_孙某拍.jpg", photo())
        world.made[name] = archive_media.add_media(
            world.writer, world.place, upload, "photo",
            Told(caption, credit="拍摄人孙某", credit_open=credit_open, licence=licence, taken=f"拍于{name}"),
        )  # fmt: skip
    world.told["media", "credit (closed)"], world.told["waiting", "caption"] = "拍摄人孙某", "等待审核的照片"
    world.made["photo"] = publish(world, world.made["photo"])
    world.made |= {"document": document, "closed": closed}


def publish(world: ArchiveWorld, thing: ArchiveText | ArchiveMedia) -> Any:
    submitted = archive_writing.take_step(world.writer, thing, Step.SUBMIT, seen=thing.version)
    return archive_writing.take_step(world.reviewer, submitted, Step.PUBLISH, seen=submitted.version)
