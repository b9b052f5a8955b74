"""scripts/bench tiles [--file GEOJSON] [--tiles N]: the tile view against raw ST_AsMVT and against tipg, on the same rows.

raw     SELECT ST_AsMVT(… ST_AsMVTGeom …) of the stored EPSG:3857 areas with all their vertices, through psycopg: no HTTP, no
        policy, no cache
ready   the same of the areas as simplified for the zoom, which are the rows the view and tipg read
own     the view's statement through psycopg: simplified areas, boundary lines, seats, names and the edition
view    GET over loopback from gunicorn, one process, logged in: session, policy, edition, statement, cache
cached  the same tiles again
tipg    GET over loopback from tipg (uvicorn, one process) on the same table, filtered to the same rows and attributes; areas only
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.test import Client

from boundaries import tiles
from boundaries.map_levels import MAX_ZOOM, band
from boundaries.models import Level
from boundaries.services import map_shapes
from gis.accounts.models import Duty, DutyAssignment, User
from tests.factories import make_user
from tests.performance import province

NEEDS = {"peers"}

ZOOMS = range(6, 15)
LAYER = "township"
HALF = 20037508.342789244  # half the side of Web Mercator's square, metres
Address = tuple[int, int, int]
RAW = """
    SELECT ST_AsMVT(feature, 'township', 4096, 'geom', 'id') FROM (
        SELECT division_id AS id, name, level, type, code, grade, parent_id AS parent, tint,
               ST_AsMVTGeom(geometry, ST_TileEnvelope(%s, %s, %s), 4096, 128) AS geom
        FROM boundaries_mapshape
        WHERE geometry && ST_TileEnvelope(%s, %s, %s) AND level = %s::smallint AND min_zoom = %s::smallint
    ) feature"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench tiles")
    parser.add_argument("--file", type=Path, help="townships as GeoJSON; by default the synthetic ones beside the checkout")
    parser.add_argument("--tiles", type=int, default=30, help="tiles of each zoom at most")
    parser.add_argument("--rounds", type=int, default=3, help="rounds for each figure; the median is told")
    options = parser.parse_args()
    names, counties, polygons, source = province.read_townships(options.file)
    province.load(names, counties, polygons)
    started = time.perf_counter()
    made = map_shapes.rebuild_levels()
    rebuilt = time.perf_counter() - started
    print(
        f"data: {source}, {len(names)} townships; map rebuilt in {rebuilt:.1f} s, {made.shapes[4]} shapes, {made.borders[4]} lines"
    )
    with gunicorn() as view, tipg() as peer:
        rows = [measure(zoom, options, view, peer) for zoom in ZOOMS]
    report(rows)


def measure(zoom: int, options: argparse.Namespace, view: Fetch, peer: Fetch) -> dict[str, float]:
    chosen = sample(zoom, options.tiles)
    edition = tiles.edition_of(province.SINCE)
    ours = [f"/tiles/divisions/{province.SINCE}/{z}/{x}/{y}.mvt?level={LAYER}&v={edition}" for z, x, y in chosen]
    theirs = [peer_address(*address) for address in chosen]
    figures: dict[str, list[float]] = {name: [] for name in ("raw", "ready", "own", "view", "cached", "tipg")}
    sizes = {"view": 0, "tipg": 0}
    # Warm on all sides: connections of every thread, plans, pages of the table.
    for _round in range(max(1, 12 // len(chosen))):
        caches["tiles"].clear()
        for address, ours_path, theirs_path in zip(chosen, ours, theirs, strict=True):
            raw(address), own(address), view(ours_path), peer(theirs_path)
    for _round in range(options.rounds):
        caches["tiles"].clear()
        figures["raw"].append(timed(lambda: [raw(address) for address in chosen]) / len(chosen))
        figures["ready"].append(timed(lambda: [raw(address, band(zoom)[0]) for address in chosen]) / len(chosen))
        figures["own"].append(timed(lambda: [own(address) for address in chosen]) / len(chosen))
        figures["view"].append(timed(lambda: sizes.update(view=sum(view(path) for path in ours))) / len(chosen))
        figures["cached"].append(timed(lambda: [view(path) for path in ours]) / len(chosen))
        figures["tipg"].append(timed(lambda: sizes.update(tipg=sum(peer(path) for path in theirs))) / len(chosen))
    told = {name: statistics.median(values) * 1000 for name, values in figures.items()}
    return {"zoom": zoom, "tiles": len(chosen), **told, **{f"{name}_kb": size / len(chosen) / 1024 for name, size in sizes.items()}}


def report(rows: list[dict[str, float]]) -> None:
    print()
    print("            |    size, kB    |                  milliseconds a tile                 | how many times as fast")
    print("zoom  tiles |   view    tipg |     raw    ready      own     view   cached     tipg |   raw  ready   tipg  cached")
    for row in rows:
        sizes = f"{row['view_kb']:7.1f} {row['tipg_kb']:7.1f}"
        times = " ".join(f"{row[name]:8.2f}" for name in ("raw", "ready", "own", "view", "cached", "tipg"))
        speeds = " ".join(f"{row[name] / row['view']:6.2f}" for name in ("raw", "ready", "tipg"))
        speeds += f" {row['view'] / row['cached']:12.1f}"
        print(f"{row['zoom']:4.0f} {row['tiles']:6.0f} | {sizes} | {times} | {speeds}")


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


# --- the tiles ------------------------------------------------------------------------------------------------


def sample(zoom: int, count: int) -> list[Address]:
    """Tiles with something in them, the same on every run."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_X(label_point), ST_Y(label_point) FROM boundaries_mapshape WHERE level = %s AND min_zoom = %s",
            [Level.TOWNSHIP, band(zoom)[0]],
        )
        places = cursor.fetchall()
    size = 2 * HALF / 2**zoom
    found = sorted({(zoom, int((x + HALF) / size), int((HALF - y) / size)) for x, y in places})
    return random.Random(zoom).sample(found, min(count, len(found)))


def raw(address: Address, detail: int = MAX_ZOOM) -> int:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(RAW, [*address, *address, int(Level.TOWNSHIP), band(detail)[0]])
        return len(cursor.fetchone()[0])


def own(address: Address) -> int:
    return len(tiles.tile(province.SINCE, *address, Level.TOWNSHIP)[1])


def peer_address(zoom: int, x: int, y: int) -> str:
    query = {
        "geom-column": "geometry",
        "properties": "division_id,name,level,type,code,grade,parent_id,tint",
        "level": int(Level.TOWNSHIP),
        "min_zoom": band(zoom)[0],
    }
    return f"/collections/public.boundaries_mapshape/tiles/WebMercatorQuad/{zoom}/{x}/{y}?{urlencode(query)}"


# --- the servers ------------------------------------------------------------------------------------------------

Fetch = Callable[[str], int]


@contextmanager
def gunicorn() -> Iterator[Fetch]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "gis.wsgi:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", "1", "--threads", "4", "--keep-alive", "30", "--log-level", "error", "--no-control-socket"]
    user = User.objects.filter(username="bench").first() or make_user("bench")
    DutyAssignment.objects.get_or_create(user=user, duty=Duty.READER, area=None)
    client = Client()
    client.force_login(user)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with serving(command, port, "/healthz", {}):
        yield fetcher(port, {"Cookie": cookie})


@contextmanager
def tipg() -> Iterator[Fetch]:
    port = free_port()
    python = os.environ["YUDI_BENCH_PYTHON"]
    command = [python, "-m", "uvicorn", "tipg.main:app", "--port", str(port), "--log-level", "error"]
    database = settings.DATABASES["default"]
    environment = {
        "POSTGRES_USER": database["USER"] or "",
        "POSTGRES_PASS": database.get("PASSWORD") or "none",
        "POSTGRES_HOST": (database["HOST"] or "localhost").replace("/", "%2F"),
        "POSTGRES_PORT": str(database["PORT"] or 5432),
        "POSTGRES_DBNAME": database["NAME"],
        "TIPG_DB_SCHEMAS": '["public"]',
        "TIPG_DB_TABLES": '["public.boundaries_mapshape"]',
    }
    with serving(command, port, "/healthz", environment):
        yield fetcher(port, {})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(command: list[str], port: int, health: str, environment: dict[str, str]) -> Iterator[None]:
    process = subprocess.Popen(command, env={**os.environ, **environment}, cwd=settings.BASE_DIR)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                fetcher(port, {})(health)
                break
            except (OSError, http.client.HTTPException, RuntimeError):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"does not answer: {' '.join(command)}") from None
                time.sleep(0.3)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def fetcher(port: int, headers: dict[str, str]) -> Fetch:
    """One kept-alive connection; gives the size of the answer."""
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def fetch(path: str) -> int:
        link.request("GET", path, headers=headers)
        answer = link.getresponse()
        body = answer.read()
        if answer.status not in {200, 204}:
            raise RuntimeError(f"{answer.status} for {path}: {body[:300]!r}")
        return len(body)

    return fetch


if __name__ == "__main__":
    main()
