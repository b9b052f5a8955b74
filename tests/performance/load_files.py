"""The files that scripts/bench load takes in, made with fixed seeds."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyogrio.raw
import shapely

from gis.crs import CGCS2000

SIDE = 30  # vertices of each side of a cell
COLUMNS = 200
DRIVERS = {"gpkg": "GPKG", "shp": "ESRI Shapefile", "geojson": "GeoJSON"}
WEST, SOUTH, EAST, NORTH = 111.0, 32.0, 116.0, 35.5


def coverage(rows: int, columns: int = COLUMNS) -> np.ndarray:
    """(rows × columns) multipolygons over Henan that share their crooked edges vertex by vertex."""
    generator = np.random.default_rng(41)
    step = np.arange(SIDE) / SIDE
    width, height = (EAST - WEST) / columns, (NORTH - SOUTH) / rows
    bulge = 0.08 * np.sin(np.pi * step)
    across = np.zeros((rows + 1, columns, SIDE, 2))
    along = np.zeros((rows, columns + 1, SIDE, 2))
    x, y = WEST + np.arange(columns + 1) * width, SOUTH + np.arange(rows + 1) * height
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


def township_codes(count: int) -> list[str]:
    """Nine digits each, 500 townships to a county, 20 counties to a prefecture."""
    return [f"41{1 + one // 10_000:02d}{21 + one // 500 % 20:02d}{200 + one % 500:03d}" for one in range(count)]


def polygons(path: Path, cells: np.ndarray) -> Path:
    names = [f"试验{index}镇" for index in range(len(cells))]
    columns = [np.array(township_codes(len(cells)), dtype=object), np.array(names, dtype=object)]
    more = {"encoding": "UTF-8"} if path.suffix == ".shp" else {}
    pyogrio.raw.write(
        path, shapely.to_wkb(cells), columns, ["code", "name"], geometry_type="MultiPolygon", crs=f"EPSG:{CGCS2000}",
        driver=DRIVERS[path.suffix[1:]], **more,
    )  # fmt: skip
    return path


def points(path: Path, count: int) -> Path:
    """Villages of a hundred to a township with their seats, as a table of UTF-8."""
    generator = np.random.default_rng(43)
    places = np.round(generator.uniform((WEST, SOUTH), (EAST, NORTH), (count, 2)), 6).tolist()
    townships = township_codes(count // 100 + 1)
    with path.open("w", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink)
        rows.writerow(("code", "name", "lon", "lat"))
        for index, (lon, lat) in enumerate(places):
            rows.writerow((f"{townships[index // 100]}{200 + index % 100}", f"第{index}村村民委员会", lon, lat))
    return path


def names(path: Path, count: int) -> Path:
    """Natural villages, hills and ponds with their class and place; a name comes again, but not at one class and place."""
    generator = np.random.default_rng(53)
    places = np.round(generator.uniform((WEST, SOUTH), (EAST, NORTH), (count, 2)), 6).tolist()
    first, second, kinds = (
        "王李张刘陈杨赵黄周吴徐孙",
        "家庄店楼寨岗湾沟河坡桥营",
        (("村", "21610"), ("山", "14100"), ("塘", "12200")),
    )
    with path.open("w", encoding="utf-8", newline="") as sink:
        rows = csv.writer(sink)
        rows.writerow(("标准名称", "地名类别", "经度", "纬度"))
        for index, (lon, lat) in enumerate(places):
            term, kind = kinds[index % 3]
            ordinal = "".join("一二三四五六七八九十"[int(digit)] for digit in str(index))
            rows.writerow((f"{first[index % 12]}{second[index // 12 % 12]}{ordinal}{term}", kind, lon, lat))
    return path


def walks(folder: Path, files: int, each: int) -> list[Path]:
    """GPX files of one track as a handheld writes it: fixes with time, elevation and accuracy, and three waypoints."""
    generator = np.random.default_rng(47)
    folder.mkdir(exist_ok=True)
    made = []
    for number in range(files):
        start = generator.uniform((WEST, SOUTH), (EAST, NORTH))
        way = np.round(start + np.cumsum(generator.normal(0, 4e-5, (each, 2)), axis=0), 7).tolist()
        height = np.round(90 + np.cumsum(generator.normal(0, 0.3, each)), 1).tolist()
        day = datetime(2026, 3, 1, 0, 30, tzinfo=UTC) + timedelta(hours=2 * number)
        lines = [
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<gpx version="1.1" creator="bench" xmlns="http://www.topografix.com/GPX/1/1">',
            *(
                f'<wpt lat="{way[at][1]}" lon="{way[at][0]}"><ele>{height[at]}</ele><name>界桩{number}-{at}</name></wpt>'
                for at in (0, each // 2, each - 1)
            ),
            f"<trk><name>第{number}段</name><trkseg>",
            *(
                f'<trkpt lat="{lat}" lon="{lon}"><ele>{up}</ele><time>{(day + timedelta(seconds=3 * at)).isoformat()[:19]}Z</time>'
                "<hdop>0.9</hdop><sat>14</sat></trkpt>"
                for at, ((lon, lat), up) in enumerate(zip(way, height, strict=True))
            ),
            "</trkseg></trk></gpx>",
        ]
        path = folder / f"walk{number:04d}.gpx"
        path.write_text("\n".join(lines), "utf-8")
        made.append(path)
    return made
