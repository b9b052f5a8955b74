"""scripts/bench load [--only polygons,counties,points,names,gpx,memory] [--rounds N]: files into the register, beside their peers.

polygons  20,000 multipolygons of 120 vertices that form one coverage, as GeoPackage, Shapefile and GeoJSON
counties  the province's counties of 2018 in GCJ-02 (270,000 vertices), when the shared data lie beside the checkout
points    200,000 named points, here villages with their seats, as CSV
names     200,000 place names with class and point, as CSV: as a batch is committed, and the record alone
gpx       1,000 GPX files of 500 points
memory    polygons and points of a tenth and of the whole tenfold: the peak of a process that does nothing else

ogr2ogr        COPY into a table of its own with a spatial index; checks nothing
… checking     the same into a table that has our constraint CHECK (ST_IsValid(geometry)), and nothing else of ours
LayerMapping   one INSERT for each feature into a table with code, name and geometry; checks nothing; of some features, scaled
ours           import_divisions from the file to the commit: codes, names and parents checked row by row, geometry checked by GEOS
               and again by the database, exclusion constraints on both clocks, areas, the siblings checked as a coverage, the file
               kept, the audit entry. Remaking the map's shapes is not part of it.
GPX            ours reads every point with time, elevation and what devices add, looks at them and keeps the file; ogr2ogr copies
               the points of all files, put together as one layer, in one run; gpxpy parses them.

All ways of a file are measured in turns, round by round; the median counts, on the wall and of processor seconds.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import logging
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()
logging.getLogger("pyogrio").setLevel(logging.WARNING)

import numpy as np
from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.contrib.gis.utils import LayerMapping
from django.db import connection, models, transaction

from boundaries.models import Source, SourceKind
from gis.crs import CGCS2000
from gis.files.services import store
from importers.readers import tracks
from importers.readers.choosing import read_chosen
from importers.services import division_lists
from importers.services.division_lists import Options, import_divisions
from importers.targets.placenames import PlaceNames
from importers.targets.target import Staged
from placenames.services.recording import Common, Names, lock, record_names
from tests.performance import load_files
from tests.performance.meter import Cost, Way, taken_in_turns
from tests.shared import SHARED

NEEDS = {"ogr2ogr", "peers"}

COUNTIES = SHARED / "boundaries_gaode_2018_gcj02" / "henan_county_gcj02.geojson"
AS_OF = date(2023, 12, 31)
SOME = 4_000  # features for LayerMapping, which is slow and linear


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
    parser.add_argument("--only", default="polygons,counties,points,names,gpx,memory")
    parser.add_argument(
        "--count", type=int, default=20_000, help="polygons, rounded to whole rows of 200; ten times as many points"
    )
    parser.add_argument("--files", type=int, default=1_000, help="GPX files")
    parser.add_argument("--formats", default="gpkg,shp,geojson")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--peak", nargs=2, metavar=("FILE", "LEVEL"), help="load one file and tell the peak of memory, MB")
    options = parser.parse_args()
    if "bench" not in str(connection.settings_dict["NAME"]):
        sys.exit("scripts/bench empties the register: only a database with “bench” in its name is used")
    division_lists.map_shapes.rebuild_levels = lambda _levels: None  # type: ignore[assignment]
    with tempfile.TemporaryDirectory(prefix="yudi-bench-") as folder:
        settings.MEDIA_ROOT = Path(folder) / "media"
        if options.peak:
            tell_peak(Path(options.peak[0]), options.peak[1])
            return
        print(f"median (best – worst) of {options.rounds} rounds in turns; {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        print(f"{'':34}{'seconds on the wall':>26}{'client':>9}{'database':>9}{'ratio':>7}{'… of processor':>15}")
        for name in options.only.split(","):
            {"polygons": polygons, "counties": counties, "points": points, "names": names, "gpx": gpx, "memory": memory}[name](
                Path(folder), options
            )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ogr2ogr, bench_layermapping")


# --- what is measured -----------------------------------------------------------------------------------------------------


def polygons(folder: Path, options: argparse.Namespace) -> None:
    cells = load_files.coverage(max(1, options.count // load_files.COLUMNS))
    for extension in options.formats.split(","):
        path = load_files.polygons(folder / f"units.{extension}", cells)
        some = load_files.polygons(folder / f"some.{extension}", cells[:SOME])
        ways: list[Way] = [
            ("ogr2ogr", lambda path=path: ogr2ogr(path), nothing),
            ("… checking", lambda path=path: ogr2ogr(path, checking=True), nothing),
            ("ours", lambda path=path: load(path, len(cells), "township", valid=True), empty),
        ]
        told(f"polygons .{extension}", taken_in_turns(ways, options.rounds))
        mapping = taken_in_turns([("LayerMapping", lambda some=some: layermapping(some), nothing)], 1)["LayerMapping"]
        mapping = Cost(*([seconds * len(cells) / len(cells[:SOME]) for seconds in part] for part in vars(mapping).values()))
        print(f"{'':20}{'LayerMapping':14}{mapping}")


def counties(_folder: Path, options: argparse.Namespace) -> None:
    if not COUNTIES.is_file():
        print("counties: the shared data are not here")
        return
    ways: list[Way] = [
        ("ogr2ogr", lambda: ogr2ogr(COUNTIES), nothing),
        ("… checking", lambda: ogr2ogr(COUNTIES, checking=True), nothing),
        ("ours", lambda: load(COUNTIES, 157, "county", crs="gcj02"), empty),
    ]
    told("counties of 2018", taken_in_turns(ways, options.rounds))


def points(folder: Path, options: argparse.Namespace) -> None:
    count = 10 * options.count
    path = load_files.points(folder / "villages.csv", count)
    ways: list[Way] = [
        ("ogr2ogr", lambda: ogr2ogr(path, kind="POINT"), nothing),
        ("ours", lambda: load(path, count, "village"), empty),
    ]
    told("points .csv", taken_in_turns(ways, max(1, options.rounds // 2)))


def names(folder: Path, options: argparse.Namespace) -> None:
    count = 10 * options.count
    path = load_files.names(folder / "names.csv", count)
    ways: list[Way] = [
        ("ogr2ogr", lambda: ogr2ogr(path, kind="POINT", columns=("经度", "纬度")), nothing),
        ("ours", lambda: load_names(path, count), empty_names),
        ("… the record", lambda: record(path, count), empty_names),
    ]
    told("names .csv", taken_in_turns(ways, max(1, options.rounds // 2)))
    empty_names()


def gpx(folder: Path, options: argparse.Namespace) -> None:
    files = load_files.walks(folder / "walks", options.files, 500)
    together = folder / "walks.vrt"
    sources = "".join(
        f"<OGRVRTLayer name='track_points'><SrcDataSource>{escape(str(path))}</SrcDataSource></OGRVRTLayer>" for path in files
    )
    together.write_text(
        f"<OGRVRTDataSource><OGRVRTUnionLayer name='points'>{sources}</OGRVRTUnionLayer></OGRVRTDataSource>", "utf-8"
    )
    parse = (
        "import sys, gpxpy\nfor path in sys.stdin.read().split('\\n'):\n"
        "    with open(path, encoding='utf-8') as text: gpxpy.parse(text)"
    )

    def ours(keep: bool) -> None:
        for path in files:
            read = tracks.read(path, path.name)
            if sum(len(segment) for track in read.tracks for segment in track.segments) != 500 or len(read.waypoints) != 3:
                sys.exit(f"{path} was not read whole")
            if keep:
                store(path, name=path.name, purpose="import", actor=None)

    python = os.environ["YUDI_BENCH_PYTHON"]
    listed = "\n".join(map(str, files))
    ways: list[Way] = [
        ("ogr2ogr", lambda: ogr2ogr(together, kind="POINT"), nothing),
        ("ours", lambda: ours(keep=True), nothing),
        ("… reading only", lambda: ours(keep=False), nothing),
        ("gpxpy, reading", lambda: subprocess.run([python, "-c", parse], input=listed, text=True, check=True), nothing),
    ]
    told(f"{len(files)} GPX", taken_in_turns(ways, max(1, options.rounds // 2)))


def memory(folder: Path, options: argparse.Namespace) -> None:
    cells = load_files.coverage(10 * max(1, options.count // load_files.COLUMNS))
    few = load_files.coverage(max(1, options.count // load_files.COLUMNS))
    jobs = [
        (load_files.polygons(folder / "few.gpkg", few), "township", len(few)),
        (load_files.polygons(folder / "many.gpkg", cells), "township", len(cells)),
        (load_files.points(folder / "few.csv", options.count), "village", options.count),
        (load_files.points(folder / "many.csv", 10 * options.count), "village", 10 * options.count),
    ]
    del cells, few
    for path, level, count in jobs:
        command = [sys.executable, __file__, "--peak", str(path), level]
        out = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        print(f"memory: {count:>8,} {level}s, file of {path.stat().st_size / 1e6:6.0f} MB: {out[0]} MB before, {out[1]} MB at most")


def tell_peak(path: Path, level: str) -> None:
    empty()
    before = held_mb()
    import_divisions(path, Options(level=level, as_of=AS_OF))
    print(f"{before:.0f} {held_mb():.0f}")
    empty()


def held_mb() -> float:
    """The most this process has held; what `getrusage` says begins with what the parent held."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def told(title: str, costs: dict[str, Cost]) -> None:
    base = costs["ogr2ogr"]
    for name, cost in costs.items():
        ratios = f"{base.typical / cost.typical:7.2f}{base.processor / cost.processor:15.2f}"
        print(f"{title:20}{name:14}{cost}{ratios}", flush=True)
        title = ""


# --- the ways ---------------------------------------------------------------------------------------------------------------


def nothing() -> None:
    pass


def empty() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE importers_batch, boundaries_division CASCADE")


def load(path: Path, count: int, level: str, *, crs: str = "", valid: bool | None = None) -> None:
    result = import_divisions(path, Options(level=level, as_of=AS_OF, crs=crs))
    if result["created"] != count or (valid is not None and result["coverage"]["valid"] is not valid):
        sys.exit(f"the load went wrong: {result['created']} of {count} created, {result['problem_counts']}")


def empty_names() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE placenames_placename CASCADE")


def load_names(path: Path, count: int) -> None:
    """As a batch is committed, once its rows have been looked at."""
    target = PlaceNames()
    with transaction.atomic():
        file = store(path, name=path.name, purpose="import", actor=None)
        table = read_chosen(path, "")
        mapping = target.propose(table.columns, {})
        options = {"as_of": AS_OF.isoformat(), "status": "in_use", "grade": "indicative", "crs": "cgcs2000", "title": ""}
        done = target.commit(Staged(table, frozenset(), mapping, options, file, None), lambda _rows: None)
    if done.counts["created"] != count:
        sys.exit(f"the load went wrong: {done.counts}")


def record(path: Path, count: int) -> None:
    """Columns to rows only: spelling by rule, COPY, constraints; no row is looked at."""
    columns = read_chosen(path, "").columns
    lon, lat = (np.array(columns[name], dtype=float) for name in ("经度", "纬度"))
    names = Names(columns["标准名称"], columns["地名类别"], lon=lon, lat=lat)
    with transaction.atomic():
        source = Source.objects.create(kind=SourceKind.DATASET, title=path.name)
        made = record_names(names, Common(source.pk, lock(), (AS_OF, None), grade="indicative"))
    if len(made) != count:
        sys.exit("the load went wrong")


def ogr2ogr(path: Path, *, kind: str = "MULTIPOLYGON", checking: bool = False, columns: tuple[str, str] = ("lon", "lat")) -> None:
    known = connection.settings_dict
    target = " ".join(
        f"{key}='{known[name]}'"
        for key, name in (("dbname", "NAME"), ("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
        if known[name]
    )
    command = ["ogr2ogr", "-f", "PostgreSQL", f"PG:{target}", str(path), "-nln", "bench_ogr2ogr", "-nlt", kind]
    command += ["--config", "PG_USE_COPY", "YES"]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_ogr2ogr")
    if checking:
        limited = [*command, "-limit", "0", "-lco", "GEOMETRY_NAME=geometry", "-lco", "SPATIAL_INDEX=GIST"]
        subprocess.run(limited, check=True, capture_output=True)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE bench_ogr2ogr ADD CHECK (ST_IsValid(geometry))")
        command += ["-append"]
    else:
        command += ["-lco", "SPATIAL_INDEX=GIST"]
    if path.suffix == ".csv":
        command += ["-oo", f"X_POSSIBLE_NAMES={columns[0]}", "-oo", f"Y_POSSIBLE_NAMES={columns[1]}", "-a_srs", f"EPSG:{CGCS2000}"]
    subprocess.run(command, check=True, capture_output=True)


def layermapping(path: Path) -> None:
    with connection.schema_editor() as editor:
        editor.execute("DROP TABLE IF EXISTS bench_layermapping")
        editor.create_model(Plain)
    mapping = {"code": "code", "name": "name", "geometry": "MULTIPOLYGON"}
    LayerMapping(Plain, str(path), mapping, transform=False, encoding="utf-8").save(strict=True)


if __name__ == "__main__":
    main()
