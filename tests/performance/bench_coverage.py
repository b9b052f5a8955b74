"""scripts/bench coverage [--file GEOJSON]: the check of a province's townships as a coverage, against pairs in PostGIS.

check        gis.coverage.check on the polygons as read from the database, reading included: gaps, overlaps, exactness, with places
overlaps     PostGIS: every pair of neighbours by an index join, asked ST_Overlaps
intersection PostGIS: the same pairs, ST_Area(ST_Intersection(…)), which is what tells how much
gaps         PostGIS: the holes in ST_Union of all, which ST_Overlaps and ST_Intersection do not see
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

import numpy as np
import shapely
from django.db import connection

from boundaries.models import Level
from gis.coverage import CoverageReport, check
from tests.performance import province

NEEDS: set[str] = set()
T = TypeVar("T")

_TOWNSHIPS = "(SELECT division_id AS id, geometry FROM boundaries_divisionrecord WHERE level = 4 AND upper_inf(recorded))"
PEERS = {
    "overlaps": f"""
        SELECT count(*) FROM {_TOWNSHIPS} a JOIN {_TOWNSHIPS} b ON a.id < b.id AND a.geometry && b.geometry
        WHERE ST_Overlaps(a.geometry, b.geometry)""",
    "intersection": f"""
        SELECT count(*) FROM {_TOWNSHIPS} a JOIN {_TOWNSHIPS} b ON a.id < b.id AND a.geometry && b.geometry
        WHERE ST_Area(ST_Intersection(a.geometry, b.geometry)) > 0""",
    "gaps": f"SELECT sum(ST_NumInteriorRings(part.geom)) FROM (SELECT (ST_Dump(ST_Union(geometry))).geom FROM {_TOWNSHIPS} t) part",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench coverage")
    parser.add_argument("--file", type=Path, help="townships as GeoJSON; by default the synthetic ones beside the checkout")
    parser.add_argument("--rounds", type=int, default=3, help="rounds for each figure; the median is told")
    options = parser.parse_args()
    names, counties, polygons, source = province.read_townships(options.file)
    province.load(names, counties, polygons)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE boundaries_divisionrecord")
    vertices = int(shapely.get_num_coordinates(polygons).sum())
    print(f"data: {source}, {len(names)} townships, {vertices} vertices")
    report, ours = timed(read_and_check, options.rounds)
    print(f"check        {ours:8.2f} s   {len(report.gaps)} gaps, {len(report.overlaps)} overlaps, exact: {report.exact}")
    pairwise = 0.0
    for name, statement in PEERS.items():
        found, seconds = timed(partial(answer, statement), options.rounds)
        print(f"{name:12} {seconds:8.2f} s   found {found};   check takes 1/{seconds / ours:.1f} of it")
        pairwise += seconds if name in {"intersection", "gaps"} else 0.0
    print(
        f"together     {pairwise:8.2f} s   intersection and gaps, as check tells them;   check takes 1/{pairwise / ours:.1f} of it"
    )


def read_and_check() -> CoverageReport:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT division_id, ST_AsBinary(geometry) FROM boundaries_divisionrecord WHERE level = %s AND upper_inf(recorded)",
            [Level.TOWNSHIP],
        )
        rows = cursor.fetchall()
    geometries = np.asarray(shapely.from_wkb([row[1] for row in rows]), dtype=object)
    return check([row[0] for row in rows], geometries)


def answer(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def timed(work: Callable[[], T], rounds: int) -> tuple[T, float]:
    seconds = []
    for _round in range(rounds):
        started = time.perf_counter()
        result = work()
        seconds.append(time.perf_counter() - started)
    return result, statistics.median(seconds)


if __name__ == "__main__":
    main()
