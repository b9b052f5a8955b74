"""scripts/bench match [--points N]: tracks matched with a long line, against asking for each point by itself.

match        boundaries.matching.match: everything it does, the line's index, coverage and suspicions included
shapely      a plain loop: distance and project of each point on the line, in metres of a plane
postgis      ST_Distance and ST_LineLocatePoint of each point, on geometry in degrees
geography    the same with the distance on geography, in metres as ours

The peers tell for each point where the line is nearest and nothing else: no way along the line, no coverage, no arms of a river
kept apart. They are asked for a sample of the points, spread over all, and their time is for as many points as ours.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import os
import resource
import statistics
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

import numpy as np
import numpy.typing as npt
import shapely
from django.db import connection

from boundaries.matching import Line, Match, Track, match
from gis.crs import CGCS2000, metres_per_degree

NEEDS: set[str] = set()
Floats = npt.NDArray[np.float64]

KM = 300
VERTICES = 60_000
PASSES = 4
PLACE = (113.0, 34.0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench match")
    parser.add_argument("--points", type=int, default=1_000_000)
    parser.add_argument("--sample", type=int, default=2_000, help="points that the peers are asked for")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each figure; the median is told")
    options = parser.parse_args()
    plane = winding(KM * 1_000.0, VERTICES)
    scale = metres_per_degree([PLACE[1]])[0]
    degrees = plane / scale + PLACE
    tracks = walks(plane, scale, options.points)
    geometry = shapely.linestrings(degrees)
    found = run(geometry, tracks)
    all_ = sum(len(track) for track in tracks)
    print(f"line {found.length_m / 1000:.1f} km, {VERTICES} vertices; {all_} points in {len(tracks)} tracks")
    suspected = ", ".join(one.code for one in found.suspicions) or "nothing"
    print(f"covered {found.coverage:.4f}; points used {sum(use.used for use in found.tracks)}; suspected: {suspected}")
    wall, cpu = timed(lambda: run(geometry, tracks), options.rounds)
    tracemalloc.start()
    run(geometry, tracks)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    print(f"{'':10} {'wall s':>10} {'processor s':>12} {'points/s (processor)':>22}")
    print(f"{'match':10} {wall:10.2f} {cpu:12.2f} {all_ / cpu:22,.0f}   at most {peak / 1e6:.0f} MB beside the points themselves")
    rows = np.linspace(0, all_ - 1, min(options.sample, all_)).astype(np.int64)
    lon, lat = (np.concatenate([getattr(track, axis) for track in tracks])[rows] for axis in ("lon", "lat"))
    share = all_ / len(rows)
    line_plane = shapely.linestrings(plane)
    points = list(shapely.points((np.column_stack((lon, lat)) - PLACE) * scale))
    told("shapely", *timed(lambda: loop(line_plane, points), options.rounds), share, wall, cpu)
    prepare_tables(geometry, lon, lat)
    for name, statement in STATEMENTS.items():
        told(name, *timed(lambda statement=statement: ask(statement), options.rounds, in_database=True), share, wall, cpu)  # type: ignore[misc]


def told(name: str, wall_one: float, cpu_one: float, share: float, wall: float, cpu: float) -> None:
    there, own = wall_one * share, cpu_one * share
    print(f"{name:10} {there:10.1f} {own:12.1f}   match: {there / wall:,.0f} × as fast by the clock, {own / cpu:,.0f} by processor")


def run(geometry: shapely.LineString, tracks: list[Track]) -> Match:
    return match(Line.of(geometry), tracks)


def winding(length: float, vertices: int) -> Floats:
    """A river's line in metres: wide bends with narrow ones on them, some of which come back beside themselves."""
    t = np.linspace(0, 1, vertices * 20)
    heading = 0.9 * np.sin(2 * np.pi * t * 24) + 1.6 * np.sin(2 * np.pi * t * 330) * (np.sin(2 * np.pi * t * 24) > 0.3)
    step = np.column_stack((np.cos(heading), np.sin(heading)))
    way = np.cumsum(step, axis=0) * (length / len(t))
    return way[np.linspace(0, len(way) - 1, vertices).astype(np.int64)]


def walks(plane: Floats, scale: Floats, points: int) -> list[Track]:
    """Several walks of the whole line with a noise of 5 m that drifts, a gap of 2 km in each, each at another place."""
    rng = np.random.default_rng(7)
    each = points // PASSES
    tracks = []
    for number in range(PASSES):
        at = np.linspace(0, len(plane) - 1, each)
        places = np.column_stack([np.interp(at, np.arange(len(plane)), plane[:, axis]) for axis in (0, 1)])
        drift = np.column_stack([np.convolve(rng.normal(0, 1, each + 59), np.ones(60) / 60, "valid") for _axis in range(2)])
        places = places + drift * (5.0 / drift.std()) + rng.normal(0, 2.0, places.shape)
        gap = int(each * (0.15 + 0.2 * number))
        keep = np.ones(each, dtype=bool)
        keep[gap : gap + int(each * 2_000 / (KM * 1_000))] = False
        lon, lat = (places[keep] / scale + PLACE).T
        tracks.append(Track.of(f"{number}", lon, lat, 1_760_000_000.0 + np.flatnonzero(keep)))
    return tracks


def loop(line: shapely.LineString, points: list[shapely.Point]) -> list[tuple[float, float]]:
    return [(line.distance(point), line.project(point)) for point in points]


STATEMENTS = {
    "postgis": """
        SELECT sum(ST_Distance(line.geom, point.geom)), sum(ST_LineLocatePoint(line.geom, point.geom))
        FROM bench_line line, bench_point point""",
    "geography": """
        SELECT sum(ST_Distance(line.geom::geography, point.geom::geography)), sum(ST_LineLocatePoint(line.geom, point.geom))
        FROM bench_line line, bench_point point""",
}


def prepare_tables(geometry: shapely.LineString, lon: Floats, lat: Floats) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE bench_line AS SELECT ST_SetSRID(%s::geometry, %s) AS geom", [geometry.wkb, CGCS2000])
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_point AS SELECT ST_SetSRID(ST_MakePoint(x, y), %s) AS geom "
            "FROM unnest(%s::float8[], %s::float8[]) AS given(x, y)",
            [CGCS2000, lon.tolist(), lat.tolist()],
        )
        cursor.execute("ANALYZE bench_line, bench_point")


def ask(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        cursor.fetchall()


def database_seconds() -> float:
    """Processor time of this connection's server process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def own_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(work: Callable[[], object], rounds: int, *, in_database: bool = False) -> tuple[float, float]:
    """Medians of seconds by the clock and of processor seconds, of ours or of the database's process."""
    clock = database_seconds if in_database else own_seconds
    walls, processors = [], []
    for _round in range(rounds):
        started, before = time.perf_counter(), clock()
        work()
        walls.append(time.perf_counter() - started)
        processors.append(clock() - before)
    return statistics.median(walls), statistics.median(processors)


if __name__ == "__main__":
    main()
