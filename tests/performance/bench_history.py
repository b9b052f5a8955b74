"""scripts/bench history [--quick] [--years 10 20 40]: questions about any day, at 40 years × 55,000 units, beside the plain way.

day     all townships of the province on a day with their codes: `DivisionRecord.objects.on(day)` with `with_code`
point   which divisions a point lay in on a day: `facts.unit_at`
trace   what 1,000 codes of the first year became: `services.history`, `find_all` and `trace`
enact   a township becomes a town, its villages go over: `services.decisions`, draft, preview, enact, and the map after it

The plain way is a table of yearly snapshots: every unit once for each 1st of January, found by `day = …`; a point by `ST_Contains`
with an index on the shape and one on the day; what became of a code by the ground it shares with the units of the last snapshot;
a change by writing the next snapshot.

db is the time between handing a statement to the driver and having its rows, cpu how long the server's process ran for it
(what other work on the machine does not blur, nor the way there and back); python the rest of the call. Each call is the best
of three; the median of the calls is told. pages is what the database touches for the statements of one call, of 8 kB each
(EXPLAIN with BUFFERS): the growth that no other work on the machine can blur.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import os
import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

from django.db import connection

from boundaries import facts
from boundaries.models import Division, DivisionCode, DivisionRecord, Level
from boundaries.services import decisions, history, map_shapes
from tests.boundaries.decided import stated
from tests.performance import long_register

AIM = {"day": 50.0, "point": 2.0}


@dataclass
class Figure:
    """Milliseconds of each call: `db` within statements, `cpu` of that on a processor (0 where unknown), `all` altogether."""

    db: list[float] = field(default_factory=list)
    all: list[float] = field(default_factory=list)
    pages: int = 0

    cpu: list[float] = field(default_factory=list)

    def add(self, other: tuple[float, float, float]) -> None:
        self.cpu.append(other[0])
        self.db.append(other[1])
        self.all.append(other[2])

    @property
    def median(self) -> float:
        return statistics.median(self.db)

    @property
    def typical(self) -> float:
        """On a processor where that is known."""
        return statistics.median(self.cpu) or self.median

    def __str__(self) -> str:
        high = sorted(self.db)[int(len(self.db) * 0.95)]
        python = statistics.median(self.all) - self.median
        return f"{statistics.median(self.cpu):9.2f} {self.median:9.2f} {high:9.2f} {python:9.2f} {self.pages or '':>9}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench history")
    parser.add_argument("--quick", action="store_true", help="a tenth of the units")
    parser.add_argument("--years", type=int, nargs="+", default=[10, 20, 40])
    parser.add_argument("--codes", type=int, default=1000, help="codes to trace")
    parser.add_argument("--no-plain", action="store_true", help="leave the plain way out")
    parser.add_argument("--no-map", action="store_true", help="leave the map out")
    options = parser.parse_args()
    size = long_register.FULL.smaller() if options.quick else long_register.FULL
    results: dict[int, dict[str, Figure]] = {}
    for years in options.years:
        made, took = timed(lambda years=years: long_register.load(size, years))  # type: ignore[misc]
        print(
            f"\n{years} years: {made.units} units, {made.records} records, {made.codes} codes, {made.lineage} edges ({took:.0f} s)"
        )
        results[years] = measure(made, options)
        print("                     cpu ms     db ms      95 %    python     pages")
        for name, figure in results[years].items():
            print(f"{name:18} {figure}")
    report(results, options)
    if not options.no_map:
        measure_map(options)


def measure(made: long_register.Made, options: argparse.Namespace) -> dict[str, Figure]:
    days, points = sample_days(made), sample_points()
    figures = {
        "day": repeat(townships_on, days),
        "point": repeat(point_on, [(*point, day) for point, day in zip(points, days * 20, strict=False)]),
        "trace": traces(made, options.codes),
    }
    if not options.no_plain:
        _none, took = timed(lambda: snapshots(made))
        size = ask("SELECT pg_total_relation_size('plain'), pg_total_relation_size('boundaries_divisionrecord')")[0]
        print(f"plain snapshots written in {took:.0f} s; {size[0] / 1e6:.0f} MB, the records {size[1] / 1e6:.0f} MB")
        snaps = [date(day.year, 1, 1) for day in days]
        figures["plain day"] = repeat(plain_townships, snaps)
        figures["plain point"] = repeat(plain_point, [(*point, day) for point, day in zip(points, snaps * 20, strict=False)])
        figures["plain trace"] = plain_traces(made, min(options.codes, 100))
        figures["plain enact"] = repeat(lambda _number: plain_change(), range(3), times=1)
    figures["enact"] = enacting(5)
    return figures


def report(results: dict[int, dict[str, Figure]], options: argparse.Namespace) -> None:
    first, last = min(results), max(results)
    print(f"\nquestion   {first:>4} years {last:>4} years   growth  in pages    aim     plain   plain / ours")
    for name in ("day", "point", "trace", "enact"):
        one, other = (results[years][name].typical for years in (first, last))
        plain = results[last].get(f"plain {name}")
        beside = f"{plain.typical:9.2f} {plain.typical / other:9.1f}" if plain else ""
        touched = [results[years][name].pages for years in (first, last)]
        grown = f"{(touched[1] / touched[0] - 1) * 100:+8.0f}%" if all(touched) else " " * 9
        print(f"{name:10} {one:9.2f} {other:9.2f} {(other / one - 1) * 100:+8.0f}% {grown} {AIM.get(name, ''):>6} {beside}")


# --- ours ---------------------------------------------------------------------------------------------------------------


def townships_on(day: date) -> int:
    records = DivisionRecord.objects.on(day).filter(level=Level.TOWNSHIP).with_code(day)  # type: ignore[attr-defined]
    return len(list(records.values_list("division_id", "name", "type", "parent_id", "area_m2", "code", "code_authority")))


def point_on(lon: float, lat: float, day: date) -> None:
    found = facts.unit_at(lon, lat, Level.VILLAGE, day)
    assert found is not None and len(found["path"]) == 4, (lon, lat, day, found)


def traces(made: long_register.Made, count: int) -> Figure:
    """Codes of the first day, of those whose division did not stay, and what they are on the last."""
    gone = DivisionCode.objects.on(made.since).filter(valid__upper_inf=False).order_by("code").values_list("code", flat=True)
    codes = list(gone)
    codes = random.Random(5).sample(codes, min(count, len(codes)))

    def one(code: str) -> None:
        for division in history.find_all(made.since, code=code):
            assert history.trace(division, made.since, long_register.UNTIL).reached

    return repeat(one, codes)


def enacting(count: int) -> Figure:
    """Draft, preview and enact without the map; each a township of its own."""
    day = date(2026, 6, 1)
    province = DivisionRecord.objects.on(day).get(level=Level.PROVINCE).division_id
    townships = list(DivisionRecord.objects.on(day).filter(type="township").order_by("-division")[:400:37])
    figure = Figure()
    for record in townships[:count]:
        figure.add(cost(lambda record=record: enact(province, record, day, redraw=False)))  # type: ignore[misc]
    return figure


def enact(province: int, record: DivisionRecord, day: date, *, redraw: bool) -> None:
    new = {"ref": "new", "name": f"新{record.division_id}镇", "type": "town"}
    act = decisions.ActEntry("change_type", {"unit": record.division_id, "new": new})
    draft = decisions.create_draft(None, Division.objects.get(pk=province), [act], **stated(day, title="测量"))
    decisions.enact(None, draft, decisions.preview(None, draft).fingerprint, reason="测量", redraw=redraw)


def measure_map(options: argparse.Namespace) -> None:
    print("\nmap of the last register:")
    made, took = timed(map_shapes.rebuild_levels)
    print(f"full remake {took:.1f} s, shapes {sum(made.shapes.values())}, lines {sum(made.borders.values())}")
    day = date(2026, 7, 1)
    province = DivisionRecord.objects.on(day).get(level=Level.PROVINCE).division_id
    townships = list(DivisionRecord.objects.on(day).filter(type="township").order_by("division")[:900:97])
    for record in townships[:5]:
        _none, decided = timed(lambda record=record: enact(province, record, day, redraw=False))  # type: ignore[misc]
        mended, took = timed(map_shapes.mend)
        rows = sum(mended.shapes.values()) + sum(mended.borders.values())
        print(f"a decision: {decided:.2f} s from draft to register, {took:.2f} s until it is on the map ({rows} rows)")


# --- the plain way --------------------------------------------------------------------------------------------------------


def snapshots(made: long_register.Made) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS plain")
        cursor.execute(
            """
            CREATE TABLE plain AS
            SELECT day::date, r.division_id, r.name, r.level, r.type, r.parent_id, r.area_m2, c.code, r.geometry
            FROM generate_series(%s::date, %s::date, '1 year') day
            JOIN boundaries_divisionrecord r ON upper_inf(r.recorded) AND r.valid @> day::date
            JOIN boundaries_divisioncode c ON c.division_id = r.division_id AND upper_inf(c.recorded) AND c.valid @> day::date
            """,
            [made.since, long_register.UNTIL],
        )
        cursor.execute("CREATE INDEX ON plain (day)")
        cursor.execute("CREATE INDEX ON plain (code)")
        cursor.execute("CREATE INDEX ON plain USING gist (geometry)")
        cursor.execute("ANALYZE plain")


def plain_townships(day: date) -> None:
    ask("SELECT division_id, name, type, parent_id, area_m2, code FROM plain WHERE day = %s AND level = 4", [day])


def plain_point(lon: float, lat: float, day: date) -> None:
    found = ask(
        "SELECT division_id, name, level, code FROM plain"
        " WHERE day = %s AND ST_Contains(geometry, ST_SetSRID(ST_MakePoint(%s, %s), 4490)) ORDER BY level",
        [day, lon, lat],
    )
    assert len(found) == 5


def plain_traces(made: long_register.Made, count: int) -> Figure:
    gone = DivisionCode.objects.on(made.since).filter(valid__upper_inf=False).order_by("code").values_list("code", flat=True)
    codes = random.Random(5).sample(list(gone), count)
    statement = """
        SELECT b.code, ST_Area(ST_Intersection(a.geometry, b.geometry)) / ST_Area(a.geometry)
        FROM plain a JOIN plain b ON b.day = %s AND b.level = a.level AND ST_Intersects(a.geometry, b.geometry)
        WHERE a.day = %s AND a.code = %s"""
    return repeat(lambda code: ask(statement, [long_register.UNTIL, made.since, code]), codes)


def plain_change() -> None:
    ask("CREATE TEMP TABLE next AS SELECT * FROM plain WHERE day = %s", [long_register.UNTIL])
    ask("INSERT INTO plain SELECT * FROM next RETURNING 1")
    ask("DROP TABLE next")


# --- small parts ------------------------------------------------------------------------------------------------------------


def sample_days(made: long_register.Made) -> list[date]:
    """Five days in each fifth of the years, the same on every run."""
    span = (long_register.UNTIL - made.since).days
    return [date.fromordinal(made.since.toordinal() + (2 * part + 1) * span // 50) for part in range(25)]


def sample_points() -> list[tuple[float, float]]:
    chance = random.Random(3)
    return [(chance.uniform(110.6, 116.4), chance.uniform(31.6, 36.1)) for _ in range(300)]


def repeat(work: Callable[..., Any], arguments: Any, times: int = 3) -> Figure:
    """The best of some times for each argument: what else runs on the machine is not what is measured."""
    figure, touched = Figure(), []
    for given in arguments:
        one = given if isinstance(given, tuple) else (given,)
        figure.add(min(cost(lambda one=one: work(*one)) for _time in range(times)))  # type: ignore[misc]
        touched.append(pages(lambda one=one: work(*one)) if times > 1 else 0)  # type: ignore[misc]
    figure.pages = round(statistics.mean(touched))
    return figure


def pages(work: Callable[[], Any]) -> int:
    """Pages that the statements of a call touch, in the cache or not."""
    statements: list[tuple[str, Any]] = []

    def wrapper(execute: Any, sql: Any, parameters: Any, many: Any, context: Any) -> Any:
        statements.append((sql, parameters))
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(wrapper):
        work()
    plans = [ask(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", given) for sql, given in statements]
    roots = [plan[0][0][0]["Plan"] for plan in plans]
    return sum(root["Shared Hit Blocks"] + root["Shared Read Blocks"] for root in roots)


def cost(work: Callable[[], Any]) -> tuple[float, float, float]:
    """Milliseconds of the database on a processor, within statements, and altogether."""
    before = on_processor()
    with stopwatch() as spent:
        started = time.perf_counter()
        work()
        altogether = time.perf_counter() - started
    return on_processor() - before, spent[0] * 1000, altogether * 1000


def on_processor() -> float:
    """Milliseconds that our connection's server process has run; 0 where it is on another machine."""
    connection.ensure_connection()
    try:
        return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text("ascii").split()[0]) / 1e6
    except OSError:
        return 0.0


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    spent = [0.0]

    def wrapper(execute: Any, sql: Any, parameters: Any, many: Any, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, parameters, many, context)
        finally:
            spent[0] += time.perf_counter() - started

    with connection.execute_wrapper(wrapper):
        yield spent


def ask(statement: str, parameters: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    result = work()
    return result, time.perf_counter() - started


if __name__ == "__main__":
    main()
