"""Small makers of register content and people, for tests that need a world to stand in."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.contrib.gis.geos import LineString, MultiLineString, MultiPolygon, Point, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.models import (
    Authority,
    Begins,
    BoundaryLine,
    BoundaryLineRecord,
    BoundaryMarker,
    Division,
    DivisionCode,
    DivisionRecord,
    Grade,
    Level,
    MarkerKind,
    MarkerOnLine,
    MarkerRecord,
    MarkerSide,
    Source,
    SourceKind,
)
from gis.accounts.models import Duty, DutyAssignment, User
from gis.crs import CGCS2000

LONG_AGO = date(2000, 1, 1)
FIRST_RECORDED = datetime(2020, 1, 1, tzinfo=UTC)
TYPE_OF_LEVEL = {
    Level.PROVINCE: "province",
    Level.PREFECTURE: "prefecture_city",
    Level.COUNTY: "county",
    Level.TOWNSHIP: "township",
    Level.VILLAGE: "village_committee",
}
GENERIC_NAMES = ("街道", "民族乡", "省", "市", "县", "区", "镇", "乡", "村")


def make_source(kind: str = SourceKind.DATASET, title: str = "试验资料") -> Source:
    return Source.objects.create(kind=kind, title=title)


def square(lon: float, lat: float, size: float = 0.1) -> MultiPolygon:
    """A square of `size` degrees with its lower left corner at (lon, lat), EPSG:4490."""
    return MultiPolygon(Polygon.from_bbox((lon, lat, lon + size, lat + size)), srid=CGCS2000)


def make_division(
    name: str,
    level: Level = Level.TOWNSHIP,
    *,
    type: str | None = None,
    parent: Division | None = None,
    geometry: MultiPolygon | None = None,
    seat: tuple[float, float] | None = None,
    code: str | None = None,
    authority: str = Authority.MCA,
    valid: tuple[date, date | None] = (LONG_AGO, None),
    source: Source | None = None,
    division: Division | None = None,
    **record: Any,
) -> Division:
    """A division with one record (and one code); given `division`, a further record of it."""
    source = source or make_source()
    division = division or Division.objects.create()
    generic = next((one for one in GENERIC_NAMES if name.endswith(one) and name != one), "")
    both = DateRange(*valid), DateTimeTZRange(FIRST_RECORDED, None)
    DivisionRecord.objects.create(
        division=division,
        valid=both[0],
        recorded=both[1],
        begins=record.pop("begins", Begins.DECIDED),
        name=name,
        proper_name=name.removesuffix(generic),
        generic_name=generic,
        level=level,
        type=type or TYPE_OF_LEVEL[level],
        parent=parent,
        geometry=geometry,
        grade=Grade.INDICATIVE if geometry is not None else "",
        seat=Point(*seat, srid=CGCS2000) if seat else None,
        seat_grade=Grade.INDICATIVE if seat else "",
        source=source,
        **record,
    )
    if code:
        DivisionCode.objects.create(
            division=division, authority=authority, code=code, valid=both[0], recorded=both[1], source=source
        )
    return division


def make_user(username: str, *duties: tuple[Duty, Division | None], **fields: Any) -> User:
    """A person who holds `duties`, each over an area (None = everywhere). The password is ``correct horse 演示``."""
    user = User.objects.create_user(username, password="correct horse 演示", **fields)
    for duty, area in duties:
        DutyAssignment.objects.create(user=user, duty=duty, area=area)
    return user


def make_line(
    code: str,
    side_a: Division,
    side_b: Division,
    coordinates: list[tuple[float, float]] | None = None,
    *,
    name: str = "甲乙线",
    level: Level = Level.COUNTY,
    **record: Any,
) -> BoundaryLine:
    """A boundary line with one record, `coordinates` (longitude, latitude) from its beginning to its end."""
    line = BoundaryLine.objects.create(code=code)
    BoundaryLineRecord.objects.create(
        line=line,
        valid=DateRange(LONG_AGO, None),
        recorded=DateTimeTZRange(FIRST_RECORDED, None),
        begins=Begins.DECIDED,
        name=name,
        level=level,
        side_a=side_a,
        side_b=side_b,
        geometry=MultiLineString(LineString(coordinates), srid=CGCS2000) if coordinates else None,
        grade=Grade.AGREED if coordinates else "",
        source=record.pop("source", None) or make_source(),
        **record,
    )
    return line


def make_marker(
    number: str,
    places: dict[BoundaryLine, float | None],
    position: tuple[float, float] | None,
    sides: list[Division],
    *,
    kind: str = MarkerKind.SINGLE,
    **record: Any,
) -> BoundaryMarker:
    """A marker at `places` (line → chainage in metres), kept by the first of `sides`."""
    marker = BoundaryMarker.objects.create()
    for line, chainage in places.items():
        MarkerOnLine.objects.create(marker=marker, line=line, chainage_m=chainage)
    made = MarkerRecord.objects.create(
        marker=marker,
        valid=DateRange(LONG_AGO, None),
        recorded=DateTimeTZRange(FIRST_RECORDED, None),
        begins=Begins.DECIDED,
        number=number,
        kind=kind,
        position=Point(*position, srid=CGCS2000) if position else None,
        grade=Grade.AGREED if position else "",
        source=record.pop("source", None) or make_source(),
        **record,
    )
    for place, side in enumerate(sides):
        MarkerSide.objects.create(record=made, division=side, custodian=place == 0)
    return marker
