"""scripts/bench signs: what a county lacks in signs, against a loop that asks PostGIS for each junction; and drawings.

The county is made: roads in a grid whose spacing keeps all junctions, a sign of a road at some of them. The gap analysis is the one
pages and commands use, reading from the database included. The loop asks ST_DWithin (on geography, GiST) once for each wanted sign.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from datetime import date
from typing import TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

import numpy as np
from django.contrib.gis.geos import LineString, Point, Polygon
from django.contrib.gis.geos.collections import MultiPolygon
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from django.utils import timezone

from boundaries.models import Division, DivisionRecord, Level, Source
from gis.crs import CGCS2000, metres_per_degree
from placenames.models import PlaceName, PlaceNameRecord, Sign
from placenames.plates.plate import plan
from placenames.rules.kinds import Kind
from placenames.rules.signs.texts import Named, make
from placenames.rules.signs.types import shipped
from placenames.rules.spelling import spell
from placenames.services.signs.registering import new_token
from placenames.signs.gaps import analyse

NEEDS: set[str] = set()
T = TypeVar("T")
_WEST, _SOUTH, _STEP_M = 114.0, 33.0, 300.0
_NAMES = ("建设", "人民", "文化", "和平", "光明", "健康", "育才", "胜利", "团结", "友谊", "工农", "前进", "民主", "振兴")
_LOOP = """
    SELECT EXISTS (SELECT FROM placenames_sign WHERE place_id = %s AND state IN ('standing', 'damaged')
                   AND ST_DWithin(position::geography, ST_SetSRID(ST_MakePoint(%s, %s), 4490)::geography, %s))
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench signs")
    parser.add_argument("--junctions", type=int, default=20_000)
    parser.add_argument("--signs", type=int, default=15_000)
    parser.add_argument("--drawings", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=5, help="rounds of the analysis; the median is told")
    options = parser.parse_args()
    with transaction.atomic():
        county = fill(options.junctions, options.signs)
    with connection.cursor() as cursor:
        cursor.execute("CREATE INDEX IF NOT EXISTS bench_sign_geography ON placenames_sign USING gist ((position::geography))")
        cursor.execute("ANALYZE placenames_sign")
    today = timezone.localdate()
    analysis, ours = timed(lambda: analyse(county, today), options.rounds)
    wanted = [one for one in analysis.signs if one.place is not None]
    junctions = sum(one.why == "junction" for one in wanted) // 2
    print(f"county: {junctions} junctions, {len(wanted)} wanted signs, {Sign.objects.count()} signs, {analysis.total.gaps} gaps")
    print(f"analysis       {ours:8.2f} s")
    (_order, metres), visits = timed(analysis.in_order, 1)
    print(f"visiting order {visits:8.2f} s   {metres / 1000:.0f} km")
    lacking, loop = timed(lambda: by_loop(wanted, analysis.rules.near_m), 1)
    print(f"loop           {loop:8.2f} s   {lacking} gaps;   the analysis takes 1/{loop / ours:.1f} of it")
    _count, drawn = timed(lambda: drawings(options.drawings), 1)
    print(f"drawings       {drawn:8.2f} s   {options.drawings} faces, each as SVG and as PDF")


def fill(junctions: int, signs: int) -> int:
    """A county of one township; roads in a square grid; a sign of either road at as many junctions as it takes."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE placenames_sign, placenames_placename, boundaries_division, boundaries_source CASCADE")
    source = Source.objects.create(kind="dataset", title="bench")
    count = round(junctions**0.5)
    scale = metres_per_degree(_SOUTH + 0.2).reshape(2)
    east, north = _STEP_M / scale[0], _STEP_M / scale[1]
    span, now = DateRange(date(2000, 1, 1), None), DateTimeTZRange(timezone.now(), None)
    box = MultiPolygon(Polygon.from_bbox((_WEST - 1, _SOUTH - 1, _WEST + 2, _SOUTH + 2)), srid=CGCS2000)
    county, township = Division.objects.create(), Division.objects.create()
    for division, level, kind, parent in ((county, Level.COUNTY, "county", None), (township, Level.TOWNSHIP, "town", county)):
        DivisionRecord.objects.create(
            division=division, valid=span, recorded=now, begins="observed", name=f"{kind}", proper_name=kind, generic_name="",
            level=level, type=kind, parent=parent, geometry=box, grade="invented", source=source,
        )  # fmt: skip
    places = PlaceName.objects.bulk_create(PlaceName() for _ in range(2 * count))
    ends = [-0.5, count - 0.5]
    lines = [[(_WEST + at * east, _SOUTH + row * north) for at in ends] for row in range(count)]
    lines += [[(_WEST + column * east, _SOUTH + at * north) for at in ends] for column in range(count)]
    PlaceNameRecord.objects.bulk_create(
        PlaceNameRecord(
            place=place, valid=span, recorded=now, begins="observed", name=f"路{number}", proper_name="路", generic_name="",
            place_class="23514", area=township, location=LineString(*line, srid=CGCS2000), location_grade="invented",
            status="standard", source=source,
        )
        for number, (place, line) in enumerate(zip(places, lines, strict=True))
    )  # fmt: skip
    random = np.random.default_rng(7)
    chosen = random.choice(2 * count * count, size=min(signs, 2 * count * count), replace=False)
    rows = []
    for number, one in enumerate(chosen.tolist()):
        way, junction = divmod(one, count * count)
        row, column = divmod(junction, count)
        spot = Point(_WEST + column * east + 5e-5, _SOUTH + row * north + 5e-5 * (1 + way), srid=CGCS2000)
        rows.append(
            Sign(
                code=f"B{number}", token=new_token(), place=places[column + count if way else row], type="street", area=township,
                position=spot, position_grade="invented", source=source, changed_at=timezone.now(),
            )
        )  # fmt: skip
    Sign.objects.bulk_create(rows, batch_size=5000)
    return county.pk


def by_loop(wanted: list, near_m: float) -> int:
    """How many have no sign within the distance, asked one by one."""
    lacking = 0
    with connection.cursor() as cursor:
        for one in wanted:
            cursor.execute(_LOOP, [one.key[1], *one.place, near_m])
            lacking += not cursor.fetchone()[0]
    return lacking


def drawings(count: int) -> int:
    types = shipped().types
    for number in range(count):
        name = f"{_NAMES[number % len(_NAMES)]}{'路' if number % 2 else '花园'}"
        kind = types["building" if number % 2 else "compound"]
        spelled = spell(name, Kind.ROAD if number % 2 else Kind.COMPOUND).spelling
        drawing = plan(kind, make(kind, Named(name, spelled, number=str(number + 1))))
        drawing.svg()
        drawing.pdf(date(2026, 11, 1))
    return count


def timed(work: Callable[[], T], rounds: int) -> tuple[T, float]:
    """The result, and the median of seconds on the wall; processor seconds of this process are told besides."""
    times, processor = [], []
    for _ in range(rounds):
        started, busy = time.perf_counter(), time.process_time()
        result = work()
        times.append(time.perf_counter() - started)
        processor.append(time.process_time() - busy)
    print(f"  ({statistics.median(processor):.2f} s of processor)")
    return result, statistics.median(times)


if __name__ == "__main__":
    main()
