"""What a file may try to make a reader do: ask another host, open another file, expand without end. One test for each finding."""

from __future__ import annotations

import ctypes
import io
import json
import sqlite3
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fiona
import pyogrio
import pyogrio.raw
import pytest

from importers.inspection import inspect
from importers.readers import gdal
from tests.hostile.listening import listening

SECRET = "do-not-read-me"
POINT = {"type": "Feature", "properties": {"a": 1}, "geometry": {"type": "Point", "coordinates": [113.5, 34.5]}}


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    with listening() as found:
        yield found


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "elsewhere" / "secret.csv"
    path.parent.mkdir()
    path.write_text(f"name\n{SECRET}\n")
    return path


def looked_at(path: Path) -> dict[str, Any]:
    return inspect(path).as_dict()


def code_of(path: Path) -> str:
    return str(looked_at(path)["error"]["code"])


def test_the_listener_hears(listener: tuple[int, list[bytes]]) -> None:
    """A test that listens in vain proves nothing unless it can hear."""
    import urllib.request

    port, came = listener
    with pytest.raises(OSError, match=r"."):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)
    assert len(came) == 1


class TestGdalIsHeld:
    def test_both_libraries_keep_only_the_drivers_that_are_read(self) -> None:
        libraries = gdal.loaded_libraries()
        assert len(libraries) == 2, "fiona and pyogrio each bring one"
        for path in libraries:
            assert gdal.drivers_of(ctypes.CDLL(str(path))) <= {*gdal.DRIVERS, "MEM", "Memory"}
        assert set(pyogrio.list_drivers()) <= {*gdal.DRIVERS, "MEM", "Memory"}

    def test_fiona_does_not_bring_them_back(self, tmp_path: Path) -> None:
        """fiona registers its drivers again with every environment."""
        (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>")
        with fiona.Env(), pytest.raises(fiona.errors.DriverError):
            fiona.open(str(tmp_path / "a.vrt"))
        for path in gdal.loaded_libraries():
            assert "OGR_VRT" not in gdal.drivers_of(ctypes.CDLL(str(path)))

    def test_geodjango_shares_the_library_that_is_held(self, tmp_path: Path) -> None:
        from django.contrib.gis.gdal import DataSource, GDALException

        (tmp_path / "a.vrt").write_text("<OGRVRTDataSource/>")
        with pytest.raises(GDALException):
            DataSource(str(tmp_path / "a.vrt"))

    def test_neither_fetches_an_address(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        crs = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/crs", "type": "ogcwkt"}}
        path = tmp_path / "a.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [POINT]}))
        with fiona.open(str(path), enabled_drivers=["GeoJSON"]) as source:
            assert len(source) == 1
        pyogrio.raw.read(str(path))
        assert came == []


class TestAddresses:
    """A listening socket sees nothing."""

    @pytest.mark.parametrize("name", ["a.geojson", "a.csv", "a.shp", "a.gpkg", "a.vrt", "a.kml", "a.gml", "a.txt", "a.json"])
    def test_a_virtual_format_under_any_name(self, tmp_path: Path, name: str, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        source = f"/vsicurl/http://127.0.0.1:{port}/x.geojson"
        layer = f'<OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
        (tmp_path / name).write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
        assert code_of(tmp_path / name) == "unsupported_format"
        assert came == []

    def test_a_reference_system_that_is_an_address(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        crs = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/crs", "type": "ogcwkt"}}
        (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [POINT]}))
        document = looked_at(tmp_path / "a.geojson")
        assert came == []
        assert document["problem_counts"]["crs_link_not_followed"] == 1
        assert document["crs"]["code"] is None, "what was not fetched is not guessed"

    def test_a_reference_system_hidden_in_escapes(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        text = r'{"type":"FeatureCollection","\u0063rs":{"type":"\u006cink","properties":{"href":"http://127.0.0.1:%d/crs"}},"features":[%s]}'
        (tmp_path / "a.geojson").write_text(text % (port, json.dumps(POINT)))
        assert looked_at(tmp_path / "a.geojson")["layers"][0]["features"] == 1
        assert came == []

    def test_a_network_link_in_kml_and_kmz(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        link = f"<NetworkLink><Link><href>http://127.0.0.1:{port}/a.kml</href></Link></NetworkLink>"
        overlay = f"<GroundOverlay><Icon><href>http://127.0.0.1:{port}/a.png</href></Icon></GroundOverlay>"
        text = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{link}{overlay}</Document></kml>'
        (tmp_path / "a.kml").write_text(text)
        with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
            archive.writestr("doc.kml", text)
        for name in ("a.kml", "a.kmz"):
            document = looked_at(tmp_path / name)
            assert document["problem_counts"]["network_link_not_followed"] == 1
        assert came == []

    @pytest.mark.parametrize("system", ["", "srs"])
    def test_addresses_in_gml(self, tmp_path: Path, system: str, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        host = f"http://127.0.0.1:{port}"
        stated = f' srsName="{host}/{system}"' if system else ""
        (tmp_path / "a.gml").write_text(
            f'<ogr:FeatureCollection xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{host}/ {host}/a.xsd" xmlns:ogr="{host}/" xmlns:gml="http://www.opengis.net/gml" xmlns:xlink="http://www.w3.org/1999/xlink">'
            f"<gml:featureMember><ogr:t><ogr:geometryProperty><gml:Point{stated}><gml:coordinates>113,34</gml:coordinates>"
            f'</gml:Point></ogr:geometryProperty><ogr:n xlink:href="{host}/x">a</ogr:n></ogr:t></gml:featureMember>'
            f'<gml:featureMember xlink:href="{host}/y"/></ogr:FeatureCollection>'
        )
        document = looked_at(tmp_path / "a.gml")
        assert came == []
        assert [path.name for path in tmp_path.iterdir()] == ["a.gml"], "the driver leaves nothing beside the file"
        if system:
            assert document["error"]["code"] == "unreadable_file"
        else:
            assert document["layers"][0]["features"] == 1

    def test_services_described_in_json(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        pages = {"exceededTransferLimit": True, "geometryType": "esriGeometryPolygon", "fields": [], "features": []}
        links = {"type": "FeatureCollection", "links": [{"rel": "next", "href": f"http://127.0.0.1:{port}/next"}], "features": []}
        algorithm = {"type": "gdal_streamed_alg", "command_line": f"gdal vector pipeline ! read /vsicurl/http://127.0.0.1:{port}/a"}
        for document in (pages, links, algorithm):
            (tmp_path / "a.geojson").write_text(json.dumps(document))
            looked_at(tmp_path / "a.geojson")
        assert came == []

    @pytest.mark.parametrize(
        "given",
        ["/vsicurl/http://127.0.0.1:{port}/a.geojson", "http://127.0.0.1:{port}/a.zip", "/vsizip//etc", "GeoJSON:/etc/passwd"],
    )
    def test_an_address_is_no_file(self, given: str, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        assert code_of(Path(given.format(port=port))) == "file_not_found"
        assert came == []

    def test_a_reference_system_beside_a_shapefile(self, tmp_path: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        for text in (
            f"http://127.0.0.1:{port}/crs.prj",
            f"+init=http://127.0.0.1:{port}/x:1",
            "+proj=longlat +nadgrids=/etc/passwd",
        ):
            for suffix, content in (("shp", _SHP), ("shx", _SHP), ("dbf", _DBF), ("prj", text.encode())):
                (tmp_path / f"a.{suffix}").write_bytes(content)
            document = looked_at(tmp_path / "a.shp")
            assert document["crs"]["code"] is None
        assert came == []


class TestOtherFiles:
    """Nothing but the file is read, whatever it names."""

    def test_a_virtual_format_that_names_a_file(self, tmp_path: Path, secret: Path) -> None:
        layer = f'<OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>'
        for name in ("a.geojson", "a.csv", "a.shp"):
            (tmp_path / name).write_text(f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>")
            assert SECRET not in json.dumps(looked_at(tmp_path / name))

    def test_a_mapinfo_table_that_is_a_view_of_others(self, tmp_path: Path, secret: Path) -> None:
        (tmp_path / "a.tab").write_text(
            f'!table\n!version 300\n\nopen table "{secret}" Hide\ncreate view a as\nSelect name from secret\n'
        )
        (tmp_path / "a.dat").write_bytes(b"")
        assert code_of(tmp_path / "a.tab") == "mapinfo_refers"

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE VIEW v AS SELECT ogr_geocode('x') AS a",
            "CREATE VIEW v AS SELECT gdal_get_pixel_value('/etc/passwd', 1, 'pixel', 0, 0) AS a",
            "CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT load_extension('/tmp/evil.so'); END",
        ],
    )
    def test_a_geopackage_with_statements_that_reach_out(self, tmp_path: Path, sql: str) -> None:
        path = tmp_path / "a.gpkg"
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA application_id = 1196444487")
            database.execute("CREATE TABLE x (a TEXT)")
            database.execute(sql)
        assert code_of(path) == "database_unsafe"

    def test_a_geopackage_with_a_virtual_table(self, tmp_path: Path) -> None:
        path = tmp_path / "a.gpkg"
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA application_id = 1196444487")
            database.execute("CREATE TABLE x (a TEXT)")
            database.execute("PRAGMA writable_schema = ON")
            sql = "CREATE VIRTUAL TABLE v USING VirtualOGR('/etc/passwd')"
            database.execute("INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, ?)", [sql])
        assert code_of(path) == "database_unsafe"

    def test_links_in_a_folder_are_passed_over(self, tmp_path: Path, secret: Path) -> None:
        (tmp_path / "folder").mkdir()
        (tmp_path / "folder" / "a.csv").symlink_to(secret)
        assert code_of(tmp_path / "folder") == "folder_without_data"

    def test_entities_of_xml(self, tmp_path: Path, secret: Path, listener: tuple[int, list[bytes]]) -> None:
        port, came = listener
        for system in (f"file://{secret}", f"http://127.0.0.1:{port}/x"):
            doctype = f'<!DOCTYPE kml [<!ENTITY x SYSTEM "{system}">]>'
            (tmp_path / "a.kml").write_text(f"<?xml version='1.0'?>{doctype}<kml><Placemark><name>&x;</name></Placemark></kml>")
            (tmp_path / "a.gml").write_text(f'{doctype}<a xmlns:gml="http://www.opengis.net/gml"><gml:name>&x;</gml:name></a>')
            assert code_of(tmp_path / "a.kml") == "xml_doctype"
            assert code_of(tmp_path / "a.gml") == "xml_doctype"
        assert came == []

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "gb18030"])
    def test_entities_that_grow(self, tmp_path: Path, encoding: str) -> None:
        entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "笑" * 10}">' for n in range(10))
        text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE kml [{entities}]><kml><name>&e9;</name></kml>'
        (tmp_path / "a.kml").write_bytes(text.encode(encoding))
        assert code_of(tmp_path / "a.kml") == "xml_doctype"

    def test_a_doctype_behind_a_long_comment(self, tmp_path: Path) -> None:
        text = f'<!--{"x" * 50_000}--><!DOCTYPE kml [<!ENTITY a "b">]><kml><name>&a;</name></kml>'
        (tmp_path / "a.kml").write_text(text)
        assert code_of(tmp_path / "a.kml") == "xml_doctype"


class TestArchives:
    def archive(self, path: Path, **entries: bytes) -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                archive.writestr(name.replace("__", "."), content)
        return path

    def test_a_nested_archive_is_read_and_a_deeper_one_is_not(self, tmp_path: Path) -> None:
        content = b"code,name,lon,lat\n411021,a,113.5,34.5\n"
        for depth in range(5):
            path = self.archive(tmp_path / f"{depth}.zip", **({"a__csv": content} if not depth else {"in__zip": content}))
            content = path.read_bytes()
            document = looked_at(path)
            if depth <= 2:
                assert document["layers"][0]["features"] == 1
            else:
                assert document["error"]["code"] == "archive_without_data"

    def test_all_archives_share_one_limit(self, tmp_path: Path) -> None:
        """A quine of archives, or many archives of many entries, add up."""
        inner = self.archive(tmp_path / "in.zip", **{f"a{number}__csv": b"a\n1\n" for number in range(400)}).read_bytes()
        outer = self.archive(tmp_path / "out.zip", **{f"a{number}__zip": inner for number in range(3)})
        assert code_of(outer) == "archive_too_many"

    def test_an_archive_that_grows_without_end(self, tmp_path: Path) -> None:
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.geojson", b" " * 200_000_000)
        (tmp_path / "a.zip").write_bytes(bomb.getvalue())
        assert code_of(tmp_path / "a.zip") == "archive_too_large"

    def test_links_and_paths_out_of_the_archive(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            link = zipfile.ZipInfo("a.csv")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, "/etc/passwd")
        assert code_of(tmp_path / "a.zip") == "archive_link"
        for name in ("../a.csv", "/etc/a.csv", "C:\\a.csv", "x\\..\\..\\a.csv"):
            with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
                archive.writestr(name, "a\n1\n")
            assert code_of(tmp_path / "a.zip") == "archive_unsafe_name"

    def test_a_geodatabase_takes_no_names_from_the_archive(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr("x.gdb/a00000001.gdbtable", b"\x00" * 40)
            archive.writestr("x.gdb/evil.sh", "rm")
        document = looked_at(tmp_path / "a.zip")
        assert document["error"]["code"] == "unreadable_file"

    @pytest.mark.parametrize(
        ("magic", "at"), [(b"7z\xbc\xaf\x27\x1c", 0), (b"Rar!\x1a\x07\x00", 0), (b"\x1f\x8b\x08", 0), (b"ustar", 257)]
    )
    def test_other_archives_are_named_and_refused(self, tmp_path: Path, magic: bytes, at: int) -> None:
        (tmp_path / "a.zip").write_bytes(b"\x01" * at + magic + b"\x00" * 100)
        assert code_of(tmp_path / "a.zip") == "archive_kind_unsupported"


_SHP = (
    bytes.fromhex("0000270a")
    + bytes(20)
    + (50).to_bytes(4, "big")
    + (1000).to_bytes(4, "little")
    + (1).to_bytes(4, "little")
    + bytes(64)
)
_DBF = (
    bytes([3, 123, 1, 1])
    + bytes(4)
    + (65).to_bytes(2, "little")
    + (11).to_bytes(2, "little")
    + bytes(20)
    + b"a"
    + bytes(10)
    + b"C"
    + bytes(4)
    + bytes([10])
    + bytes(15)
    + b"\x0d\x1a"
)
