"""Damaged files of every kind: whatever the bytes, the answer is a document. Nothing but typed errors, no crash of a library.

The short run is part of the suite. The long one (scripts/test --slow) goes on for YUDI_FUZZ_SECONDS, 300 by default, and tells the
seed of what failed.
"""

from __future__ import annotations

import json
import os
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from importers.inspection import inspect
from importers.readers import gdal

# fiona decodes GDAL's messages as UTF-8 in a callback that can raise nothing; a message that quotes damaged bytes is lost there.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

# Bytes that mean something to one of the readers.
TOKENS = (
    b"\x00", b"\xff" * 4, b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"\x00\x00\xf0\x7f", b"nan", b"1e999", b"-", b"null", b"[[[[",
    b"{}", b'"type":"Topology"', b'"crs":{"type":"link"}', b'"arcs":[[-1]]', b"<!DOCTYPE a>", b"</Document>", b"<Polygon>",
    b"<coordinates>", b"&a;", b"POLYGON((", b"GEOMETRYCOLLECTION(" * 50, b"SRID=4490;", b"\r\n", b'"', b";", b"\t", b"0\nSECTION\n",
    b"PK\x03\x04", b"\xfe\xff", b"\xc1\xf9",
)  # fmt: skip
DXF = (
    "0\nSECTION\n2\nENTITIES\n0\nLINE\n8\n界\n10\n113.1\n20\n34.1\n11\n114.0\n21\n34.9\n0\nINSERT\n2\nB\n10\n0\n20\n0\n0\nTEXT\n8\n0\n10\n1\n20\n2\n"
    "40\n1\n1\n字\n0\nENDSEC\n0\nEOF\n"
)
KML = (
    '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder><name>夹</name><Placemark>'
    '<name>甲</name><ExtendedData><Data name="a"><value>1</value></Data></ExtendedData><MultiGeometry><Polygon><outerBoundaryIs>'
    "<LinearRing><coordinates>113,34 114,34 114,35 113,34</coordinates></LinearRing></outerBoundaryIs></Polygon><Point>"
    "<coordinates>113,34,5</coordinates></Point></MultiGeometry></Placemark></Folder></Document></kml>"
)
TOPOLOGY = (
    '{"type":"Topology","transform":{"scale":[0.1,0.1],"translate":[113,34]},"objects":{"a":{"type":"GeometryCollection","geometries":[{"type":'
    '"Polygon","arcs":[[0,-2]],"properties":{"n":"甲"}}]}},"arcs":[[[0,0],[1,0],[0,1]],[[0,0],[0,1]]]}'
)
CSV = 'code,name,范围,lon,lat\n411021,甲县,"POLYGON ((113 34, 114 34, 114 35, 113 34))",113.5,34.5\n'


def _written(folder: Path, name: str, driver: str, **options: Any) -> list[Path]:
    cells = [np.array(["411024", "411025"], dtype=object), np.array(["鄢陵县", "襄城县"], dtype=object), np.array([1.5, np.nan])]
    shapes = shapely.to_wkb([shapely.box(113, 34, 113.5, 34.5), shapely.Polygon([(113, 34), (114, 34), (113, 35)])])
    crs = "EPSG:4326" if driver == "MapInfo File" else "EPSG:4490"
    pyogrio.raw.write(
        folder / name, shapes, cells, ["code", "name", "area"], geometry_type="Polygon", crs=crs, driver=driver, **options
    )
    return sorted(path for path in folder.iterdir() if path.stem == Path(name).stem)


def _text(name: str, content: str, encoding: str = "utf-8") -> Callable[[Path], list[Path]]:
    def write(folder: Path) -> list[Path]:
        (folder / name).write_bytes(content.encode(encoding))
        return [folder / name]

    return write


def _zip(folder: Path) -> list[Path]:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("甲/a.csv", CSV * 20)
        archive.writestr("a.kml", KML)
    return [folder / "a.zip"]


SEEDS: dict[str, Callable[[Path], list[Path]]] = {
    "ESRI Shapefile": lambda folder: _written(folder, "a.shp", "ESRI Shapefile", ENCODING="GBK"),
    "GPKG": lambda folder: _written(folder, "a.gpkg", "GPKG"),
    "FlatGeobuf": lambda folder: _written(folder, "a.fgb", "FlatGeobuf"),
    "GML": lambda folder: [path for path in _written(folder, "a.gml", "GML") if path.suffix == ".gml"],
    "GeoJSON": lambda folder: _written(folder, "a.geojson", "GeoJSON"),
    "MapInfo File": lambda folder: _written(folder, "a.tab", "MapInfo File"),
    "MIF": lambda folder: _written(folder, "a.mif", "MapInfo File"),
    "OpenFileGDB": lambda folder: sorted((_written(folder, "a.gdb", "OpenFileGDB")[0]).iterdir()),
    "TopoJSON": _text("a.json", TOPOLOGY),
    "DXF": _text("a.dxf", DXF, "gbk"),
    "KML": _text("a.kml", KML),
    "CSV": _text("a.csv", CSV, "gbk"),
    "zip": _zip,
}


def test_every_driver_has_a_seed() -> None:
    assert set(gdal.DRIVERS) - {"GeoJSONSeq"} <= SEEDS.keys()


def damaged(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut, doubled or put in."""
    content = bytearray(raw)
    for _ in range(chance.choice((1, 1, 2, 4, 16))):
        at = chance.randrange(len(content) + 1)
        kind = chance.randrange(6)
        if kind == 0 and content:
            content[at % len(content)] = chance.randrange(256)
        elif kind == 1:
            content[at:at] = chance.choice(TOKENS)
        elif kind == 2:
            token = chance.choice(TOKENS)
            content[at : at + len(token)] = token
        elif kind == 3:
            del content[at : at + chance.choice((1, 4, 16, 256))]
        elif kind == 4:
            content[at:at] = content[at : at + chance.choice((1, 8, 64))]
        elif chance.random() < 0.3:
            del content[at:]
    return bytes(content)


def main_of(parts: list[Path]) -> Path:
    if parts[0].parent.suffix == ".gdb":
        return parts[0].parent
    return next((one for one in parts if one.suffix in {".shp", ".tab", ".mif"}), parts[0])


def attack(parts: list[Path], originals: dict[Path, bytes], chance: random.Random) -> None:
    """Damages one of the parts of a data set and looks at it. Raises whatever escapes."""
    victim = chance.choice(parts)
    for path, content in originals.items():
        path.write_bytes(damaged(content, chance) if path == victim else content)
    document = inspect(main_of(parts)).as_dict()
    assert "error" in document or document["layers"]
    assert all(problem["code"] and problem["message"] for problem in document["problems"])
    json.dumps(document, allow_nan=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("kind", SEEDS)
def test_damaged_files_have_an_answer(tmp_path: Path, kind: str) -> None:
    parts = SEEDS[kind](tmp_path)
    originals = {path: path.read_bytes() for path in parts}
    assert "error" not in inspect(main_of(parts)).as_dict(), "the seed is good"
    for seed in range(25):
        attack(parts, originals, random.Random(f"{kind} {seed}"))


@pytest.mark.slow
@pytest.mark.timeout(0)
def test_damaged_files_for_long(tmp_path: Path) -> None:
    until = time.monotonic() + float(os.environ.get("YUDI_FUZZ_SECONDS", "300"))
    prepared = []
    for kind, write in SEEDS.items():
        folder = tmp_path / kind.replace(" ", "")
        folder.mkdir()
        parts = write(folder)
        prepared.append((kind, parts, {path: path.read_bytes() for path in parts}))
    start, rounds = time.time_ns(), 0
    while time.monotonic() < until:
        for kind, parts, originals in prepared:
            seed = f"{kind} {start} {rounds}"
            try:
                attack(parts, originals, random.Random(seed))
            except Exception as error:
                raise AssertionError(f"{seed}: {error!r}") from error
        rounds += 1
    assert rounds > 0
