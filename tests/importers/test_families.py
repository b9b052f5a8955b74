"""Each family of files read as an office sends it: fields, shapes and reference system come through."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio.raw
import pytest
import shapely

from importers.inspection import inspect
from importers.readers import gdal

BOX = shapely.box(113.0, 34.0, 113.5, 34.5)


def looked_at(path: Path) -> dict[str, Any]:
    document = inspect(path).as_dict()
    assert "error" not in document, document["problems"]
    return document


def written(path: Path, driver: str, srid: str | None = "EPSG:4490", **options: Any) -> Path:
    cells = [np.array(["411024"], dtype=object), np.array(["鄢陵县"], dtype=object)]
    pyogrio.raw.write(
        path, shapely.to_wkb([BOX]), cells, ["code", "名称"], geometry_type="Polygon", crs=srid, driver=driver, **options
    )
    return path


@pytest.mark.parametrize(
    ("name", "driver", "options"),
    [
        ("a.gpkg", "GPKG", {}),
        ("a.fgb", "FlatGeobuf", {}),
        ("a.gml", "GML", {}),
        ("a.gdb", "OpenFileGDB", {}),
        ("a.geojson", "GeoJSON", {}),
        ("a.shp", "ESRI Shapefile", {"ENCODING": "GBK"}),
    ],
)
def test_vector_files(tmp_path: Path, name: str, driver: str, options: dict[str, str]) -> None:
    assert driver in gdal.DRIVERS
    document = looked_at(written(tmp_path / name, driver, **options))
    layer = document["layers"][0]
    assert (document["kind"], document["driver"], layer["features"]) == ("vector", driver, 1)
    assert layer["geometry"] in {"Polygon", "MultiPolygon"}
    assert {"code", "名称"} <= {field["name"] for field in layer["fields"]}
    assert layer["sample"][0]["名称"] == "鄢陵县"
    assert document["crs"]["code"] == "EPSG:4490"
    assert layer["bounds_lonlat"] == pytest.approx([113.0, 34.0, 113.5, 34.5])


class TestMapInfo:
    @pytest.mark.parametrize("name", ["a.tab", "a.mif"])
    @pytest.mark.parametrize("encoding", ["CP936", "UTF-8"])
    def test_a_table_in_either_form(self, tmp_path: Path, name: str, encoding: str) -> None:
        document = looked_at(written(tmp_path / name, "MapInfo File", srid="EPSG:4326", ENCODING=encoding))
        assert document["layers"][0]["sample"][0]["名称"] == "鄢陵县"
        assert document["encoding"]["name"] == {"CP936": "gb18030", "UTF-8": "utf-8"}[encoding]

    @pytest.mark.parametrize("charset", [b"WindowsLatin1", b"Neutral", b"UTF-8"])
    def test_a_character_set_that_lies(self, tmp_path: Path, charset: bytes) -> None:
        path = written(tmp_path / "a.mif", "MapInfo File", srid="EPSG:4326", ENCODING="CP936")
        path.write_bytes(path.read_bytes().replace(b"WindowsSimpChinese", charset))
        document = looked_at(path)
        assert document["layers"][0]["sample"][0]["名称"] == "鄢陵县"
        assert document["encoding"]["name"] == "gb18030"

    def test_a_table_without_its_data(self, tmp_path: Path) -> None:
        written(tmp_path / "a.tab", "MapInfo File", srid="EPSG:4326")
        (tmp_path / "a.dat").unlink()
        assert inspect(tmp_path / "a.tab").as_dict()["error"]["code"] == "mapinfo_incomplete"


class TestDxf:
    def drawing(self, path: Path, version: str, codepage: str, encoding: str, words: str = "鄢陵县") -> Path:
        lines = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version, "9", "$DWGCODEPAGE", "3", codepage, "0", "ENDSEC"]
        lines += [
            "0",
            "SECTION",
            "2",
            "ENTITIES",
            "0",
            "TEXT",
            "8",
            "注记",
            "10",
            "38486000.0",
            "20",
            "3767000.0",
            "40",
            "1.0",
            "1",
            words,
        ]
        lines += ["0", "LWPOLYLINE", "8", "界线", "90", "3", "70", "0"]
        for x, y in ((38486000, 3767000), (38487000, 3767000), (38487000, 3768000)):
            lines += ["10", f"{x}.0", "20", f"{y}.0"]
        path.write_bytes("\n".join([*lines, "0", "ENDSEC", "0", "EOF", ""]).encode(encoding))
        return path

    @pytest.mark.parametrize(
        ("version", "codepage", "encoding", "name", "conflict"),
        [
            ("AC1015", "ANSI_936", "gbk", "gb18030", ""),
            ("AC1032", "ANSI_936", "utf-8", "utf-8", ""),
            ("AC1015", "ANSI_1252", "gbk", "gb18030", "codepage=cp1252"),
            ("AC1032", "ANSI_936", "gbk", "gb18030", "version=utf-8"),
        ],
    )
    def test_the_text_of_a_drawing(
        self, tmp_path: Path, version: str, codepage: str, encoding: str, name: str, conflict: str
    ) -> None:
        document = looked_at(self.drawing(tmp_path / "a.dxf", version, codepage, encoding))
        assert (document["encoding"]["name"], document["encoding"]["conflict"]) == (name, conflict)
        rows = document["layers"][0]["sample"]
        assert (rows[0]["Text"], rows[1]["Layer"]) == ("鄢陵县", "界线")

    def test_escapes_stay_characters(self, tmp_path: Path) -> None:
        document = looked_at(self.drawing(tmp_path / "a.dxf", "AC1015", "ANSI_936", "gbk", r"\U+9122\U+9675"))
        assert document["layers"][0]["sample"][0]["Text"] == "鄢陵"

    def test_a_drawing_says_nothing_of_its_system_but_its_numbers_do(self, tmp_path: Path) -> None:
        crs = looked_at(self.drawing(tmp_path / "a.dxf", "AC1015", "ANSI_936", "gbk"))["crs"]
        assert (crs["code"], crs["certainty"], crs["needs_person"]) == ("EPSG:4526", "possible", True)
        assert {one["code"] for one in crs["alternatives"]} == {"EPSG:2362", "EPSG:2414"}

    def test_a_dwg_is_told_what_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "a.dwg").write_bytes(b"AC1032" + bytes(100))
        document = inspect(tmp_path / "a.dwg").as_dict()
        assert document["error"]["code"] == "dwg_unsupported"
        assert "DXF" in document["error"]["message"]


class TestKml:
    HEAD = '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document><name>全部</name>'

    def document(self, path: Path, body: str, encoding: str = "utf-8") -> Path:
        text = f"{self.HEAD}{body}</Document></kml>".replace("UTF-8", encoding)
        path.write_bytes(text.encode(encoding))
        return path

    def placemark(self, geometry: str, extra: str = "") -> str:
        return f"<Placemark><name>一号桩</name>{extra}{geometry}</Placemark>"

    def test_attributes_folders_and_holes(self, tmp_path: Path) -> None:
        value = '<Data name="编号"><value>411002</value></Data>'
        data = f'<ExtendedData>{value}<SchemaData><SimpleData name="级别">县</SimpleData></SchemaData></ExtendedData>'
        ring = "113,34,5 114,34,5 114,35,5 113,35,5 113,34,5"
        hole = "113.4,34.4 113.6,34.4 113.6,34.6 113.4,34.6 113.4,34.4"
        polygon = (
            f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs>"
            f"<innerBoundaryIs><LinearRing><coordinates>{hole}</coordinates></LinearRing></innerBoundaryIs></Polygon>"
        )
        body = f"<Folder><name>界桩</name><Folder><name>甲段</name>{self.placemark(polygon, data)}</Folder></Folder>"
        document = looked_at(self.document(tmp_path / "a.kml", body))
        row = document["layers"][0]["sample"][0]
        assert row == {"name": "一号桩", "编号": "411002", "级别": "县", "folder": "界桩/甲段"}
        assert document["layers"][0]["geometry"] == "Polygon Z"
        assert document["problem_counts"]["heights_dropped"] == 1

    def test_a_collection_and_blanks_about_the_commas(self, tmp_path: Path) -> None:
        points = "".join(f"<Point><coordinates>{x} , 34.5</coordinates></Point>" for x in (113.1, 113.2))
        document = looked_at(self.document(tmp_path / "a.kml", self.placemark(f"<MultiGeometry>{points}</MultiGeometry>")))
        assert document["layers"][0]["geometry"] == "MultiPoint"
        assert document["layers"][0]["bounds"] == [113.1, 34.5, 113.2, 34.5]

    @pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-16"])
    def test_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        body = self.placemark("<Point><coordinates>113.5,34.5</coordinates></Point>")
        document = looked_at(self.document(tmp_path / "a.kml", body, encoding))
        assert document["layers"][0]["sample"][0]["name"] == "一号桩"

    def test_a_declaration_that_lies(self, tmp_path: Path) -> None:
        text = f"{self.HEAD}{self.placemark('<Point><coordinates>113.5,34.5</coordinates></Point>')}</Document></kml>"
        (tmp_path / "a.kml").write_bytes(text.encode("gbk"))
        document = looked_at(tmp_path / "a.kml")
        assert document["layers"][0]["sample"][0]["name"] == "一号桩"
        assert document["encoding"]["conflict"] == "xml=utf-8"

    def test_a_kmz_under_any_name(self, tmp_path: Path) -> None:
        path = self.document(tmp_path / "doc.kml", self.placemark("<Point><coordinates>113.5,34.5</coordinates></Point>"))
        with zipfile.ZipFile(tmp_path / "a.bin", "w") as archive:
            archive.write(path, "files/doc.kml")
        assert looked_at(tmp_path / "a.bin")["driver"] == "KML"

    @pytest.mark.parametrize("coordinates", ["113.5;34.5", "x,y", "113.5", "nan,34", "113,34 114,35,1,a,b c"])
    def test_coordinates_that_are_none(self, tmp_path: Path, coordinates: str) -> None:
        line = f"<LineString><coordinates>{coordinates}</coordinates></LineString>"
        document = looked_at(self.document(tmp_path / "a.kml", self.placemark(line)))
        assert document["problem_counts"]["geometry_unreadable"] == 1


class TestTables:
    def test_a_pair_of_coordinates(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_bytes("名称,经度,纬度\n甲,113.5,34.5\n乙,,\n丙,x,34\n".encode("gbk"))
        document = looked_at(tmp_path / "a.csv")
        assert (document["kind"], document["layers"][0]["geometry"]) == ("vector", "Point")
        assert document["problem_counts"] == {"geometry_missing": 1, "geometry_unreadable": 1, "crs_undetermined": 1}

    def test_columns_that_name_their_system(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("name,lon_gcj02,lat_gcj02\n甲,113.5,34.5\n")
        assert looked_at(tmp_path / "a.csv")["crs"]["code"] == "gcj02"

    def test_wkt_and_its_number(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text('name;范围\n甲;"SRID=4490;POLYGON ((113 34, 114 34, 114 35, 113 34))"\n乙;POLYGON ((113\n')
        document = looked_at(tmp_path / "a.csv")
        assert (document["crs"]["code"], document["layers"][0]["geometry"]) == ("EPSG:4490", "Polygon")
        assert [field["name"] for field in document["layers"][0]["fields"]] == ["name"]
        assert document["problem_counts"]["geometry_unreadable"] == 1

    def test_easting_and_northing(self, tmp_path: Path) -> None:
        rows = "".join(f"桩{n},{3767000 + n},{38486000 + n}\n" for n in range(5))
        (tmp_path / "a.csv").write_text(f"名称,纵坐标,横坐标\n{rows}")
        assert looked_at(tmp_path / "a.csv")["crs"]["code"] == "EPSG:4526"

    def test_a_surveyors_x_that_points_north(self, tmp_path: Path) -> None:
        rows = "".join(f"桩{n},{3767000 + n},{38486000 + n}\n" for n in range(5))
        (tmp_path / "a.csv").write_text(f"名称,X,Y\n{rows}")
        document = looked_at(tmp_path / "a.csv")
        assert (document["crs"]["code"], document["crs"]["swapped"]) == ("EPSG:4526", True)
        assert document["problem_counts"]["swapped_axes"] == 1

    def test_a_list_without_places_is_a_table(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("code,name\n411024,鄢陵县\n")
        document = looked_at(tmp_path / "a.csv")
        assert (document["kind"], document["layers"][0]["geometry"]) == ("table", None)
        assert [field["kind"] for field in document["layers"][0]["fields"]] == ["integer", "text"]


def test_topojson(tmp_path: Path) -> None:
    arcs = [[[113, 34], [113.5, 34], [113.5, 34.5], [113, 34]]]
    item = {"type": "Polygon", "arcs": [[0]], "properties": {"名称": "甲县"}}
    topology = {"type": "Topology", "objects": {"县": {"type": "GeometryCollection", "geometries": [item]}}, "arcs": arcs}
    (tmp_path / "a.json").write_text(json.dumps(topology))
    document = looked_at(tmp_path / "a.json")
    assert (document["driver"], document["layers"][0]["name"], document["layers"][0]["features"]) == ("TopoJSON", "县", 1)


def test_newline_delimited_geojson(tmp_path: Path) -> None:
    feature = {"type": "Feature", "properties": {"n": 1}, "geometry": {"type": "Point", "coordinates": [113.5, 34.5]}}
    (tmp_path / "a.geojson").write_text("\n".join([json.dumps(feature)] * 3))
    assert looked_at(tmp_path / "a.geojson")["layers"][0]["features"] == 3


def test_the_content_decides_and_not_the_name(tmp_path: Path) -> None:
    for name, driver in (("a.gpkg", "GPKG"), ("b.fgb", "FlatGeobuf"), ("c.geojson", "GeoJSON")):
        path = written(tmp_path / name, driver)
        other = path.rename(tmp_path / f"{driver}.pdf")
        assert looked_at(other)["driver"] == driver


def test_a_zip_with_several_kinds_is_read_one_by_one(tmp_path: Path) -> None:
    written(tmp_path / "a.fgb", "FlatGeobuf")
    written(tmp_path / "x.gdb", "OpenFileGDB")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(tmp_path / "a.fgb", "资料/县界.fgb")
        archive.writestr("资料/名单.csv", "code,name\n411024,鄢陵县\n")
        archive.writestr("资料/坏的.geojson", "{")
        archive.writestr("资料/说明.txt", "请查收")
        for path in (tmp_path / "x.gdb").iterdir():
            archive.write(path, f"资料/库.gdb/{path.name}")
    document = looked_at(tmp_path / "a.zip")
    assert {(layer["driver"], layer["features"]) for layer in document["layers"]} == {
        ("FlatGeobuf", 1),
        ("CSV", 1),
        ("OpenFileGDB", 1),
    }
    assert document["kind"] == "mixed"
    assert [problem["code"] for problem in document["problems"] if problem["severity"] == "error"] == ["unreadable_file"]


def test_a_folder_with_several_files(tmp_path: Path) -> None:
    written(tmp_path / "a.fgb", "FlatGeobuf")
    written(tmp_path / "b.shp", "ESRI Shapefile", ENCODING="GBK")
    assert {layer["name"] for layer in looked_at(tmp_path)["layers"]} == {"a", "b"}
