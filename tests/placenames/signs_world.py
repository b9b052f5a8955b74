"""A county with one township, a village, two streets that cross, a residential area: what tests of signs stand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, LineString, Point
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.models import Division, Grade, Level
from gis.accounts.models import Duty, User
from gis.crs import CGCS2000
from placenames.models import NameStatus, PlaceName, PlaceNameRecord, SpelledBy
from placenames.rules.kinds import Kind
from placenames.rules.spelling import spell
from tests.factories import FIRST_RECORDED, make_division, make_source, make_user, square

X, Y = 114.05, 33.05


@dataclass
class World:
    county: Division
    township: Division
    village: Division
    east_west: PlaceName
    north_south: PlaceName
    compound: PlaceName
    officer: User
    stranger: User


def make_world() -> World:
    county = make_division("西县", Level.COUNTY, code="419921", geometry=square(114, 33, 0.2))
    township = make_division("象河乡", code="419921201", parent=county, geometry=square(114, 33), type="township")
    village = make_division(
        "周庄村", Level.VILLAGE, code="419921201201", authority="nbs", parent=township, geometry=square(114.08, 33.08, 0.01),
        seat=(114.085, 33.085),
    )  # fmt: skip
    far = make_division("东县", Level.COUNTY, code="419922", geometry=square(115, 33, 0.2))
    return World(
        county,
        township,
        village,
        place("建设路", "23514", LineString((X - 0.01, Y), (X + 0.01, Y), srid=CGCS2000), township, Kind.ROAD),
        place("东风街", "23514", LineString((X, Y - 0.01), (X, Y + 0.01), srid=CGCS2000), township, Kind.ROAD),
        place("龙湖花园", "22100", Point(X + 0.003, Y + 0.003, srid=CGCS2000), township, Kind.COMPOUND),
        make_user("diming", (Duty.PLACE_NAME_OFFICER, county)),
        make_user("stranger", (Duty.PLACE_NAME_OFFICER, far)),
    )


def place(name: str, place_class: str, shape: GEOSGeometry, area: Division, kind: Kind, **more: Any) -> PlaceName:
    made = PlaceName.objects.create()
    values = {
        "valid": DateRange(date(2000, 1, 1), None), "recorded": DateTimeTZRange(FIRST_RECORDED, None), "begins": "observed",
        "spelling": more.pop("spelling", "") or spell(name, kind).spelling,
        "spelled_by": SpelledBy.RULE, "location": shape, "location_grade": Grade.SURVEYED,
        "status": NameStatus.STANDARD, "published": True,
    }  # fmt: skip
    PlaceNameRecord.objects.create(
        place=made, name=name, proper_name=name[:-1], generic_name=name[-1], place_class=place_class, area=area,
        source=make_source(), **{**values, **more},
    )  # fmt: skip
    return made
