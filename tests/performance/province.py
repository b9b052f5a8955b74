"""A register at the scale of a province to measure with: the synthetic townships, or a Voronoi coverage like them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from boundaries.models import Begins, Division, DivisionRecord, Grade, Level, Source, SourceKind
from gis.crs import CGCS2000
from tests.shared import SHARED, read_features

TOWNSHIPS = SHARED / "townships_synthetic_2016" / "henan_townships_synthetic.geojson"
SINCE = date(2016, 1, 1)
Geometries = npt.NDArray[np.object_]


def read_townships(path: Path | None = None) -> tuple[list[str], list[str], Geometries, str]:
    """Names, names of their counties, polygons (n,) in CGCS2000 degrees, and where they come from."""
    path = path or TOWNSHIPS
    if not path.is_file():
        polygons = voronoi(1900)
        counties = [f"第{index // 12 + 1}县" for index in range(len(polygons))]
        return [f"第{index + 1}乡" for index in range(len(polygons))], counties, polygons, f"made: Voronoi, {len(polygons)} units"
    properties, polygons = read_features(path.resolve())
    return [row["name"] for row in properties], [str(row.get("county", "")) for row in properties], polygons, path.name


def voronoi(count: int, seed: int = 41) -> Geometries:
    """A coverage of about `count` units with crooked shared edges, some hundred vertices each, over Henan's extent."""
    generator = np.random.default_rng(seed)
    points = shapely.multipoints(generator.uniform((110.4, 31.5), (116.5, 36.3), (count, 2)))
    frame = shapely.box(110.4, 31.5, 116.5, 36.3)
    cells = shapely.get_parts(shapely.voronoi_polygons(points, extend_to=frame))
    fine = shapely.segmentize(shapely.intersection(cells, frame), 0.004)

    def crooked(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        # The same vertex moves the same way in both its units, so the coverage stays one.
        wave = np.column_stack((np.sin(211 * xy[:, 1] + 37 * xy[:, 0]), np.sin(193 * xy[:, 0] - 41 * xy[:, 1])))
        return np.round(xy + 0.0012 * wave, 7)

    return np.asarray(shapely.transform(fine, crooked), dtype=object)


def load(names: Sequence[str], counties: Sequence[str], polygons: Geometries) -> int:
    """Empties the register of this (measurement's) database and fills it with the townships under counties without polygons."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE boundaries_division CASCADE")
    source = Source.objects.create(kind=SourceKind.DATASET, title="性能测量")
    valid, recorded = DateRange(SINCE, None), DateTimeTZRange(datetime(2020, 1, 1, tzinfo=UTC), None)

    def record(
        division: Division, name: str, level: Level, parent: Division | None, polygon: shapely.Geometry | None
    ) -> DivisionRecord:
        multi = None if polygon is None else shapely.multipolygons([polygon]) if polygon.geom_type == "Polygon" else polygon
        return DivisionRecord(
            division=division,
            valid=valid,
            recorded=recorded,
            begins=Begins.OBSERVED,
            name=name,
            proper_name=name,
            level=level,
            type="town" if level == Level.TOWNSHIP else "county",
            parent=parent,
            geometry=None if multi is None else GEOSGeometry(memoryview(shapely.to_wkb(multi)), srid=CGCS2000),
            grade=Grade.INVENTED if multi is not None else "",
            source=source,
        )

    distinct = sorted(set(counties))
    above = dict(zip(distinct, Division.objects.bulk_create([Division() for _ in distinct]), strict=True))
    DivisionRecord.objects.bulk_create([record(above[name], name, Level.COUNTY, None, None) for name in distinct])
    units = Division.objects.bulk_create([Division() for _ in names])
    DivisionRecord.objects.bulk_create(
        [
            record(unit, name, Level.TOWNSHIP, above[county], polygon)
            for unit, name, county, polygon in zip(units, names, counties, polygons, strict=True)
        ],
        batch_size=500,
    )
    return len(units)
