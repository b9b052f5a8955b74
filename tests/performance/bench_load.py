"""scripts/bench load [--count N] [--formats …] [--rounds N]: import_divisions against ogr2ogr and LayerMapping on the same file.

ogr2ogr        COPY into a table of its own with a spatial index; checks nothing
LayerMapping   one INSERT for each feature into a table with code, name and geometry; checks nothing
ours           import_divisions from the file to the commit: codes, names and parents checked row by row, geometry checked by GEOS
               and again by the database, exclusion constraints on both clocks, areas, the siblings checked as a coverage, the file
               kept, the audit entry; then the same without the check of the coverage. Remaking the map's shapes is not part of it.

The file is a coverage of multipolygons with 120 vertices each, whose edges are shared, made here with a fixed seed.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()
logging.getLogger("pyogrio").setLevel(logging.WARNING)

import numpy as np
import pyogrio.raw
import shapely
from django.contrib.gis.db import models as gis_models
from django.contrib.gis.utils import LayerMapping
from django.db import connection, models

from gis.crs import CGCS2000
from importers.coverage import CoverageCheck
from importers.services import division_lists
from importers.services.division_lists import Options, import_divisions

NEEDS = {"ogr2ogr"}

SIDE = 30  # vertices of each side of a cell
FORMATS = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON"}
AS_OF = date(2023, 12, 31)


class Plain(models.Model):
    """The table LayerMapping fills; made and dropped here."""

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    geometry = gis_models.MultiPolygonField(srid=CGCS2000)

    class Meta:
        app_label = "importers"
        db_table = "bench_layermapping"


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench load")
    parser.add_argument("--count", type=int, default=20_000, help="features, rounded to whole rows of 200")
    parser.add_argument("--formats", default="gpkg,shp,geojson")
    parser.add_argument("--rounds", type=int, default=3, help="rounds for each figure; the best is told, beside the median")
    parser.add_argument(
        "--layermapping", type=int, default=4_000, help="features for LayerMapping, which is slow and linear; 0 leaves it out"
    )
    options = parser.parse_args()
    if "bench" not in str(connection.settings_dict["NAME"]):
        sys.exit("scripts/bench empties the register: only a database with “bench” in its name is used")
    division_lists.map_shapes.rebuild_levels = lambda _levels: None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(prefix="yudi-bench-") as folder:
        cells = coverage(max(1, options.count // 200))
        vertices = int(shapely.get_num_coordinates(cells[0])) - 1
        print(
            f"{len(cells)} multipolygons of {vertices} vertices; best of {options.rounds} rounds (median); {os.cpu_count()} cores"
        )
        print(f"{'file':9}{'way':14}{'seconds':>18}{'features/s':>12}{'ratio to ogr2ogr':>18}")
        for extension in options.formats.split(","):
            path = write(Path(folder), extension, cells)
            ogr = measured(lambda path=path: ogr2ogr(path), options.rounds)
            row(extension, "ogr2ogr", len(cells), ogr, ogr)
            ours = measured(lambda path=path: load(path, len(cells)), options.rounds, before=empty)
            row(extension, "ours", len(cells), ours, ogr)
            alone = measured(lambda path=path: load(path, len(cells), coverage_too=False), options.rounds, before=empty)
            row(extension, "… no coverage", len(cells), alone, ogr)
            if options.layermapping:
                some = write(Path(folder), extension, cells[: options.layermapping], "some")
                mapping = [
                    seconds * len(cells) / options.layermapping for seconds in measured(lambda some=some: layermapping(some), 1)
                ]
                row(extension, "LayerMapping", len(cells), mapping, ogr)
                print(f"{'':9}ours is {min(mapping) / min(ours):.1f} times as fast as LayerMapping")
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ogr2ogr, bench_layermapping")


def coverage(rows: int, columns: int = 200) -> np.ndarray:
    """(rows × columns) multipolygons over Henan that share their crooked edges vertex by vertex."""
    generator = np.random.default_rng(41)
    step = np.arange(SIDE) / SIDE
    width, height = 5.0 / columns, 3.5 / rows
    bulge = 0.08 * np.sin(np.pi * step)
    across = np.zeros((rows + 1, columns, SIDE, 2))
    along = np.zeros((rows, columns + 1, SIDE, 2))
    x, y = 111.0 + np.arange(columns + 1) * width, 32.0 + np.arange(rows + 1) * height
    across[..., 0] = x[None, :-1, None] + step * width
    across[..., 1] = y[:, None, None] + generator.uniform(-1, 1, (rows + 1, columns, SIDE)) * bulge * height
    along[..., 0] = x[None, :, None] + generator.uniform(-1, 1, (rows, columns + 1, SIDE)) * bulge * width
    along[..., 1] = y[:-1, None, None] + step * height
    across[0, ..., 1], across[-1, ..., 1] = y[0], y[-1]  # the outer border is straight
    along[:, 0, :, 0], along[:, -1, :, 0] = x[0], x[-1]
    ends = np.stack(np.meshgrid(x, y), axis=-1)[:, :, None, :]
    top = np.concatenate((ends[1:, 1:], across[1:, :, :0:-1]), axis=2)
    left = np.concatenate((ends[1:, :-1], along[:, :-1, :0:-1]), axis=2)
    rings = np.round(np.concatenate((across[:-1], along[:, 1:], top, left, across[:-1, :, :1]), axis=2), 7).reshape(
        -1, 4 * SIDE + 1, 2
    )
    return np.asarray(shapely.multipolygons(shapely.polygons(rings)[:, None]), dtype=object)


def write(folder: Path, extension: str, cells: np.ndarray, stem: str = "units") -> Path:
    count = len(cells)
    codes = [f"41{1 + index // 1000:02d}{21 + index // 100 % 10:02d}{100 + index % 100:03d}" for index in range(count)]
    names = [f"试验{index}镇" for index in range(count)]
    path = folder / f"{stem}.{extension}"
    columns = [np.array(codes, dtype=object), np.array(names, dtype=object)]
    more = {"encoding": "UTF-8"} if extension == "shp" else {}
    pyogrio.raw.write(
        path, shapely.to_wkb(cells), columns, ["code", "name"], geometry_type="MultiPolygon", crs=f"EPSG:{CGCS2000}",
        driver=FORMATS[extension], **more,
    )  # fmt: skip
    return path


def measured(way: Callable[[], None], rounds: int, before: Callable[[], None] = lambda: None) -> list[float]:
    seconds = []
    for _ in range(rounds):
        before()
        started = time.perf_counter()
        way()
        seconds.append(time.perf_counter() - started)
    return seconds


def row(extension: str, way: str, count: int, seconds: list[float], baseline: list[float]) -> None:
    told = f"{min(seconds):.2f} ({statistics.median(seconds):.2f})"
    print(f"{extension:9}{way:14}{told:>18}{count / min(seconds):>12,.0f}{min(baseline) / min(seconds):>18.2f}", flush=True)


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE importers_batch, boundaries_division CASCADE")


def load(path: Path, count: int, *, coverage_too: bool = True) -> None:
    start = CoverageCheck.start
    if not coverage_too:
        CoverageCheck.start = lambda _check, _outcome: None  # type: ignore[method-assign]
    try:
        result = import_divisions(path, Options(level="township", as_of=AS_OF))
    finally:
        CoverageCheck.start = start  # type: ignore[method-assign]
    if result["created"] != count or result["coverage"]["valid"] is not (True if coverage_too else None):
        sys.exit(f"the load went wrong: {result['created']} of {count} created, {result['problem_counts']}")


def ogr2ogr(path: Path) -> None:
    known = connection.settings_dict
    target = " ".join(
        f"{key}='{known[name]}'"
        for key, name in (("dbname", "NAME"), ("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
        if known[name]
    )
    command = [
        "ogr2ogr", "-f", "PostgreSQL", f"PG:{target}", str(path), "-nln", "bench_ogr2ogr", "-overwrite", "-nlt", "MULTIPOLYGON",
        "-lco", "SPATIAL_INDEX=GIST", "--config", "PG_USE_COPY", "YES",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


def layermapping(path: Path) -> None:
    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE IF EXISTS bench_layermapping")
        editor.create_model(Plain)
    mapping = {"code": "code", "name": "name", "geometry": "MULTIPOLYGON"}
    LayerMapping(Plain, str(path), mapping, transform=False, encoding="utf-8").save(strict=True)


if __name__ == "__main__":
    main()
