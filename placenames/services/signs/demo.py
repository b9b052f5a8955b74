"""Stores the demo county's roads, residential areas and 500 signs, with the faults signs have in life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from boundaries.models import Begins, Division, DivisionRecord, Grade, Level, Source, SourceKind
from boundaries.services.demo import DemoLoaded
from gis.accounts.models import User
from gis.audit import services as audit
from gis.crs import CGCS2000
from placenames.demo.streets import DemoPlace, compounds, streets
from placenames.models import NameStatus, PlaceName, PlaceNameRecord, Sign, SignReport, SignState, SpelledBy, WorkKind
from placenames.rules.kinds import kind_of_class
from placenames.rules.signs.types import FOLDER, TypeTable
from placenames.rules.spelling import spell
from placenames.services.signs import editions, patrol, works
from placenames.services.signs.bulk import enter_many
from placenames.services.signs.lettering import ground_of, texts_of
from placenames.services.signs.registering import Entry, Face, lock
from placenames.signs.gaps import TYPE, Analysis, Why, analyse
from placenames.signs.names import DIVISION, PLACE, Key, NamedPlace, names_for
from placenames.signs.types_in_force import types_in_force

SIGNS: Final = 500
_SINCE: Final = date(2015, 1, 1)
_SIZES: Final = {
    "street": (1200.0, 400.0, 15.0),
    "village": (1500.0, 900.0, 25.0),
    "compound": (1000.0, 600.0, 25.0),
    "building": (900.0, 500.0, 25.0),
}
_COST: Final = {
    "street": Decimal(1350),
    "village": Decimal(2200),
    "compound": Decimal(1800),
    "building": Decimal(420),
    "boundary": Decimal(1900),
}
_TRADITIONAL: Final = {"设": "設", "团": "團", "电": "電", "乐": "樂", "庄": "莊", "湾": "灣", "桥": "橋", "岗": "崗"}


def load_signs(loaded: DemoLoaded) -> None:
    """Called by `boundaries.services.demo` when the county stands."""
    source = Source.objects.create(kind=SourceKind.DEMO, title="演示县地名标志", issuer="演示数据")
    editions.load_types(None, (FOLDER / "demo.toml").read_bytes(), "demo.toml")
    today = timezone.localdate()
    units = {division.pk: key for key, division in loaded.divisions.items()}
    rows = DivisionRecord.objects.on(today).filter(division__in=units, level=Level.TOWNSHIP).values_list("division", "seat")
    seats = {units[division]: (seat.x, seat.y) for division, seat in rows if seat is not None}
    _places([*streets(seats), *compounds(seats)], loaded.divisions, source)
    county = loaded.divisions[loaded.county_key].pk
    signs = enter_many(None, _entries(analyse(county, today), today), source, lock(), "sign.enter")
    audit.record(actor=None, action="sign.import", target=source, label=source.title, after={"created": len(signs)}, area=county)
    _works(signs, loaded.people, today)
    _patrol(signs, loaded.people)
    editions.declare_ledger(None, loaded.divisions["yunduo"].pk, date(2025, 1, 1), "演示：云垛镇地名标志普查验收")


def _places(places: Sequence[DemoPlace], divisions: Mapping[str, Division], source: Source) -> None:
    made = PlaceName.objects.bulk_create(PlaceName() for _ in places)
    span, recorded = DateRange(_SINCE, None), DateTimeTZRange(timezone.now(), None)
    rows = []
    for place, one in zip(made, places, strict=True):
        own = spell(one.name, kind_of_class(one.place_class) if one.place_class == "23514" else None)
        rows.append(
            PlaceNameRecord(
                place=place, valid=span, recorded=recorded, begins=Begins.OBSERVED, name=one.name, proper_name=one.name[:-1],
                generic_name=one.name[-1], place_class=one.place_class, spelling=own.spelling,
                spelled_by=SpelledBy.PERSON if own.needs_person else SpelledBy.RULE, area=divisions[one.key],
                location=GEOSGeometry(memoryview(one.shape.wkb), srid=CGCS2000), location_grade=Grade.INVENTED,
                status=NameStatus.STANDARD, published=True, source=source,
            )
        )  # fmt: skip
    PlaceNameRecord.objects.bulk_create(rows)


def _entries(analysis: Analysis, today: date) -> list[Entry]:
    """Signs at most of the wanted places, then building plates up to the number, faults spread over all."""
    table = types_in_force()
    names = names_for({one.key for one in analysis.signs}, today)
    found = [_right(table, one.why, one.key, one.place, names[one.key], number) for number, one in enumerate(analysis.signs)
             if one.place is not None and one.key in names and _is_set(one.why, number)]  # fmt: skip
    roads = [one for one in names.values() if one.is_road]
    stale = list(_stale(table, today))
    number = 0
    while len(found) < SIGNS - len(stale):
        road = roads[number % len(roads)]
        found.append(_building(table, road, number))
        number += 1
    signs = [_faulty(entry, number) for number, entry in enumerate(found)]
    # Three that were entered twice, a few metres apart.
    for number in (60, 160, 260):
        spot = signs[number].position
        signs[-1 - number] = replace(signs[number], position=spot and Point(spot.x + 5e-5, spot.y, srid=CGCS2000))
    return signs + stale


def _is_set(why: Why, number: int) -> bool:
    if why is Why.VILLAGE:
        return number % 9 not in (0, 4, 7)
    return number % 8 != 3


def _right(table: TypeTable, why: Why, key: Key, place: tuple[float, float] | None, named: NamedPlace, number: int) -> Entry:
    """As a sign should be, a few metres beside the place."""
    kind = TYPE[why]
    return _sign(table, kind, key, named, place or (0.0, 0.0), number)


def _sign(
    table: TypeTable, kind: str, key: Key, named: NamedPlace, place: tuple[float, float], number: int, house: str = ""
) -> Entry:
    form = table.types[kind]
    texts = {one.role: one.text for one in texts_of(form, named, house).texts}
    width, height, border = _SIZES.get(kind, (None, None, None))
    ground = ground_of(form, named, table, "blue") or ("blue" if kind != "boundary" else "")
    year = 2016 + number % 9
    values: dict[str, Any] = {
        "state": SignState.STANDING, "position_grade": Grade.INVENTED, "width_mm": width, "height_mm": height, "border_mm": border,
        "number": house, "set_by": "舆和县民政局", "maker": "演示标牌厂" if number % 3 else "演示交通设施厂",
        "material": "铝板反光膜" if number % 4 else "不锈钢", "custodian": "所在乡镇（街道）", "cost_yuan": _COST.get(kind),
        "installed_on": date(year, 1 + number % 12, 1 + number % 27), "checked_on": date(2026, 1 + number % 9, 1 + number % 28),
        "side": ("east", "south", "west", "north")[number % 4] if kind == "street" else "",
        "azimuth_deg": float(number * 37 % 360), "digit_height_mm": 350.0 if kind == "building" else None,
    }  # fmt: skip
    spot = Point(round(place[0] + 6e-5, 8), round(place[1] + 5e-5, 8), srid=CGCS2000)
    kept = {name: value for name, value in values.items() if value not in (None, "")}
    return Entry(
        kind, place=key[1] if key[0] == PLACE else None, division=key[1] if key[0] == DIVISION else None, position=spot,
        faces=(Face(ground, texts),), values=kept,
    )  # fmt: skip


def _building(table: TypeTable, road: NamedPlace, number: int) -> Entry:
    line = road.location
    share = 0.12 + 0.1 * (number // 60 % 8) + 0.01 * (number % 7)
    at = shapely.line_interpolate_point(line, share % 1.0, normalized=True)
    return _sign(table, "building", road.key, road, (at.x + 1.5e-4, at.y + 1.2e-4), number, str(1 + number % 88))


def _faulty(entry: Entry, number: int) -> Entry:
    """The faults that surveys find, each on a few signs and always on the same."""
    face = entry.faces[0]
    texts, values, ground, position = dict(face.texts), dict(entry.values), face.ground, entry.position
    chinese, roman = texts.get("chinese", ""), texts.get("roman", "")
    match number % 50:
        case 7:
            texts["roman"] = roman.rsplit(" ", 1)[0] + " ROAD" if " " in roman else roman
        case 13:
            texts["roman"] = roman.replace(" ", "").capitalize()
        case 19 | 31:
            texts["roman"] = spell(chinese, None).plain.upper() if chinese else roman
        case 23:
            ground = {"blue": "green", "green": "blue"}.get(ground, ground)
        case 29:
            texts["chinese"] = "".join(_TRADITIONAL.get(one, one) for one in chinese)
        case 37:
            values |= {"width_mm": 800.0} if "width_mm" in values else {}
        case 11 | 41:
            values["state"] = SignState.DAMAGED
        case 43:
            values["state"] = SignState.MISSING
        case 47 if position is not None and number % 100 == 47:
            position = Point(position.x + 0.03, position.y, srid=CGCS2000)
        case _:
            pass
    return replace(entry, faces=(Face(ground, texts),), values=values, position=position)


def _stale(table: TypeTable, today: date) -> Iterator[Entry]:
    """Signs before the governments of townships that were renamed or merged, still with the old name."""
    gone = DivisionRecord.objects.current().filter(level=Level.TOWNSHIP, valid__upper_inf=False, valid__fully_lt=(today, None))
    for number, row in enumerate(gone.order_by("name").exclude(seat=None)):
        if row.seat is None or row.division_id in {
            one.division_id for one in DivisionRecord.objects.on(today).filter(division=row.division_id)
        }:
            continue
        named = names_for([(DIVISION, row.division_id)], row.valid.lower)[DIVISION, row.division_id]
        made = _sign(table, "township", named.key, named, (row.seat.x, row.seat.y), number)
        texts = {**made.faces[0].texts, "chinese": f"{row.name}人民政府"}
        yield replace(made, faces=(Face("blue", texts),))


def _works(signs: Sequence[Sign], people: Mapping[str, User], today: date) -> None:
    """A few work orders under way, one of them late, and two reports of the public."""
    officer = people["diming"]
    damaged = [one for one in signs if one.state == SignState.DAMAGED][:6]
    for number, sign in enumerate(damaged):
        due = today + timedelta(days=(-6, 9, 40, 60, 75, 90)[number])
        order = works.Order(WorkKind.REPAIR, "巡查发现牌面破损（演示）", due, Decimal(300 + 50 * number))
        work = works.open_order(officer, sign, order)
        if number in (1, 2):
            works.move(officer, work, "making")
    for sign, what, text in zip(
        signs[40:42], ("damaged", "wrong_text"), ("牌子被撞歪，字看不清。", "拼音好像写错了。"), strict=True
    ):
        SignReport.objects.create(sign=sign, what=what, text=f"{text}（演示）", sender_key="demo")


def _patrol(signs: Sequence[Sign], people: Mapping[str, User]) -> None:
    """What a patrol sent: one with a position to take, two people who differ, a sign on no record."""
    walker, officer = people["waiye"], people["diming"]
    first, second, third = [one for one in signs if one.state == SignState.STANDING and one.position is not None][60:63]
    rows: tuple[tuple[User, Sign | None, dict[str, Any]], ...] = (
        (walker, first, {"state": "damaged", "note": "牌面被撞歪（演示）", "propose": True}),
        (officer, second, {"state": "standing", "note": "完好（演示）"}),
        (walker, second, {"state": "missing", "note": "只剩立杆（演示）"}),
        (walker, None, {"state": "standing", "name": "望湖小区", "type": "compound", "note": "小区新建（演示）"}),
    )
    for number, (who, sign, more) in enumerate(rows):
        beside = (sign or third).position
        known: dict[str, Any] = {} if sign is None else {"sign": sign.pk, "seen": sign.changed_at.isoformat()}
        spot = None if beside is None else [beside.x + 0.00025, beside.y + 0.00012]
        told = {**known, **more, "position": spot, "accuracy_m": 6.0, "found_at": timezone.now().isoformat()}
        patrol.receive(who, key=uuid5(NAMESPACE_URL, f"yudi-demo-finding-{number}"), content=told)
