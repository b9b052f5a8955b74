"""Bad and hostile track files: what can be read is read and said, what cannot is refused with a code, and nothing is followed."""

from __future__ import annotations

import csv
import io
import re
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis.errors import InvalidInputError
from importers.readers import tables, tracks
from tests.importers.track_table import NOW, PAGE, expectations, observed, page_with_table, shared_files
from tests.shared import SHARED, requires_shared

TRACKS = SHARED / "tracks"
GPX = '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{}</gpx>'
DOCTYPES = {
    "file": '<!DOCTYPE gpx [<!ENTITY x SYSTEM "file://{canary}">]>',
    "address": '<!DOCTYPE gpx [<!ENTITY x SYSTEM "http://127.0.0.1:{port}/x">]>',
    "external subset": '<!DOCTYPE gpx SYSTEM "http://127.0.0.1:{port}/x.dtd">',
    "parameter entity": '<!DOCTYPE gpx [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/x.dtd"> %p;]>',
    "growing": '<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY x "' + "&a;" * 1000 + '">]>',
    "harmless": "<!DOCTYPE gpx>",
}


@requires_shared
@pytest.mark.parametrize("entry", expectations(), ids=lambda entry: entry["path"])
def test_every_shared_file_gives_what_is_written(entry: dict[str, Any]) -> None:
    expected = {name: value for name, value in entry.items() if name not in {"path", "walk"}}
    assert observed(SHARED / entry["path"]) == expected


@requires_shared
def test_no_shared_file_is_without_an_expectation() -> None:
    found = [path.relative_to(SHARED).as_posix() for path in shared_files(SHARED)]
    assert found == [entry["path"] for entry in expectations()]
    assert len(found) > 120


@requires_shared
def test_counts_agree_with_the_manifest_of_the_data() -> None:
    """The manifest was counted by other programs (by elements, by python-fitparse)."""
    compared = 0
    for row in csv.DictReader((TRACKS / "manifest.csv").open(encoding="utf-8", newline="")):
        said = {name: int(count) for name, count in re.findall(r"(\w+):(\d+)", row["counts"])}
        path = TRACKS / row["file"]
        if "bad" in path.stem or row["format"] not in {"gpx", "fit", "igc", "tcx"}:
            continue
        found = tracks.read(path, now=NOW)
        entry = found.as_inspection()["tracks"][0]
        wanted = {
            "gpx": {"points": said.get("trkpt", 0), "waypoints": said.get("wpt", 0), "route_points": said.get("rtept", 0)},
            "fit": {"points": said.get("with_position", 0)},
            "igc": {"points": int(row["counts"].rpartition(":")[2]) if row["format"] == "igc" else 0},
            "tcx": {"points": min(said.get("Position", 0), said.get("Trackpoint", 0))},
        }[row["format"]]
        if row["format"] == "tcx" and entry["without_position"]:
            wanted = {"points": said["Position"]}
        assert {name: entry[name] for name in wanted} == wanted, row["file"]
        if segments := re.search(r"segs:(\d+)", row["note"]):
            assert entry["segments"] == int(segments[1]), row["file"]
        compared += 1
    assert compared > 70


@requires_shared
@pytest.mark.parametrize("stem", ["garmin-edge-820-bike", "garmin-fenix-5-bike", "garmin-fenix-5-run"])
def test_fit_records_are_as_another_program_decodes_them(stem: str) -> None:
    rows = list(csv.DictReader((TRACKS / "fitparse" / f"{stem}-records.csv").open(newline="")))
    (segment,) = tracks.read(TRACKS / "fitparse" / f"{stem}.fit").segments()
    for degrees, field in ((segment.lon, "position_long"), (segment.lat, "position_lat")):
        assert np.allclose(degrees, [int(row[field]) * 180 / 2**31 for row in rows], rtol=0, atol=1e-12)
    assert np.allclose(segment.elevation, [float(row["altitude"]) for row in rows])
    assert np.allclose(segment.extras["speed"], [float(row["speed"]) for row in rows])


def test_the_table_in_the_documentation_is_the_one_of_the_expectations() -> None:
    assert PAGE.read_text("utf-8") == page_with_table(), "run: python -m tests.importers.track_table"


class TestNothingIsFollowed:
    @pytest.mark.parametrize("kind", DOCTYPES)
    def test_a_document_type_is_refused_in_any_encoding(self, tmp_path: Path, listener: Any, kind: str) -> None:
        port, came = listener
        (canary := tmp_path / "canary.txt").write_text("secret-canary")
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"):
            for root in ("gpx", "kml", "TrainingCenterDatabase", "other"):
                doctype = DOCTYPES[kind].replace("{port}", str(port)).replace("{canary}", str(canary)).replace("gpx", root)
                declared = f'<?xml version="1.0" encoding="{encoding.replace("-sig", "").removesuffix("-le")}"?>'
                body = f'{declared}{doctype}<{root}><wpt lat="34" lon="113"><name>村&x;</name></wpt></{root}>'
                with pytest.raises(InvalidInputError) as caught:
                    tracks.read(body.encode(encoding), "a.gpx")
                assert caught.value.code == "xml_doctype", (encoding, root)
                assert "secret-canary" not in str(caught.value)
        assert came == []

    @pytest.mark.parametrize(
        "before",
        ["<!-- {} -->", "<?target {}?>", "\n" * 5000, "<!--{}-->" * 50 + "\n"],
    )
    def test_a_document_type_hidden_behind_other_things(self, before: str) -> None:
        filled = before.replace("{}", "x" * 900)
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(f"{filled}{DOCTYPES['growing']}<gpx/>".encode(), "a.gpx")
        assert caught.value.code == "xml_doctype"

    def test_a_comment_may_speak_of_document_types(self) -> None:
        body = GPX.format('<wpt lat="34" lon="113"><name>&lt;!DOCTYPE&gt;</name></wpt>')
        found = tracks.read(f"<!-- no <!DOCTYPE gpx> here -->{body}".encode(), "a.gpx")
        assert found.waypoints[0].name == "<!DOCTYPE>"

    def test_an_undeclared_entity_breaks_the_file_there(self) -> None:
        body = GPX.format('<wpt lat="34" lon="113"/><wpt lat="35" lon="113"><name>&passwd;</name></wpt>')
        found = tracks.read(body.encode(), "a.gpx")
        assert [waypoint.lat for waypoint in found.waypoints] == [34]
        assert found.counts["broken"] == 1

    def test_links_in_a_document_are_not_fetched(self, listener: Any) -> None:
        port, came = listener
        link = f"http://127.0.0.1:{port}/"
        kml = f"""<kml xmlns="http://www.opengis.net/kml/2.2"><Document><NetworkLink><Link><href>{link}</href></Link></NetworkLink>
            <GroundOverlay><Icon><href>{link}a.png</href></Icon></GroundOverlay>
            <Style><IconStyle><Icon><href>{link}b.png</href></Icon></IconStyle></Style>
            <Placemark><Point><coordinates>113,34</coordinates></Point></Placemark></Document></kml>"""
        found = tracks.read(kml.encode(), "a.kml")
        assert found.counts["network_link"] == 1
        assert len(found.waypoints) == 1
        instance = "http://www.w3.org/2001/XMLSchema-instance"
        schema = f'<gpx xmlns:xsi="{instance}" xsi:schemaLocation="a {link}a.xsd"><wpt lat="1" lon="2"/></gpx>'
        include = f'<gpx xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{link}"/><wpt lat="1" lon="2"/></gpx>'
        sheet = f'<?xml-stylesheet href="{link}a.xsl"?><gpx><wpt lat="1" lon="2"/></gpx>'
        for text in (schema, include, sheet):
            assert len(tracks.read(text.encode(), "a.gpx").waypoints) == 1
        assert came == []

    def test_a_kmz_is_opened_as_carefully(self, listener: Any) -> None:
        port, came = listener
        doctype = DOCTYPES["address"].replace("{port}", str(port)).replace("gpx", "kml")
        for name, text, code in (
            ("doc.kml", f"{doctype}<kml>&x;</kml>", "xml_doctype"),
            ("../doc.kml", "<kml/>", "archive_unsafe_name"),
            ("/etc/doc.kml", "<kml/>", "archive_unsafe_name"),
            ("doc.kml", "<kml>" + " " * 20_000_000 + "</kml>", "archive_too_large"),
            ("doc.txt", "<kml/>", "unsupported_track"),
        ):
            with pytest.raises(InvalidInputError) as caught:
                tracks.read(_zip({name: text}), "a.kmz")
            assert caught.value.code == code
        assert came == []

    def test_a_zip_of_tracks_is_opened_as_carefully(self, listener: Any) -> None:
        port, came = listener
        doctype = DOCTYPES["address"].replace("{port}", str(port))
        good, evil = _walk(3), f"{doctype}<gpx>&x;</gpx>"
        for parts, code in (
            ({"a.gpx": good, "../b.gpx": good}, "archive_unsafe_name"),
            ({"a.gpx": good, "b.gpx": GPX.format(" " * 20_000_000)}, "archive_too_large"),
            ({f"{number}.gpx": "" for number in range(1001)}, "archive_too_many"),
            ({"a.gpx": good, "in.zip": _zip({"x.zip": _zip({"../c.gpx": good})})}, "archive_unsafe_name"),
            ({"说明.txt": "没有轨迹", "图.pdf": "%PDF"}, "unsupported_track"),
        ):
            with pytest.raises(InvalidInputError) as caught:
                tracks.read(_zip(parts), "导出.zip")
            assert caught.value.code == code
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(_zip({"a.gpx": _walk(60), "b.gpx": _walk(60)}), "导出.zip", max_points=100)
        assert caught.value.code == "too_many_points"
        found = tracks.read(_zip({"a.gpx": good, "恶.gpx": evil, "坏.fit": "abc", "说明.txt": "没有轨迹"}), "导出.zip")
        assert [(track.name, track.points) for track in found.tracks] == [("a.gpx", 3)]
        assert found.counts == {"archive_member_refused": 2}
        assert {finding.where["file"] for finding in found.findings} == {"恶.gpx", "坏.fit"}
        assert came == []

    @pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/styles.xml", "xl/worksheets/sheet1.xml", "_rels/.rels"])
    def test_a_workbook_with_a_document_type(self, tmp_path: Path, listener: Any, part: str) -> None:
        import openpyxl

        port, came = listener
        book = openpyxl.Workbook()
        book.active.append(["代码", "名称"])
        book.active.append(["411021", "甲县"])
        book.save(tmp_path / "a.xlsx")
        with zipfile.ZipFile(tmp_path / "a.xlsx") as archive:
            parts = {name: archive.read(name).decode() for name in archive.namelist()}
        declared, _, rest = (
            parts[part].partition("?>") if parts[part].startswith("<?xml") else ("<?xml version='1.0'", "", parts[part])
        )
        parts[part] = f"{declared}?>{DOCTYPES['address'].replace('{port}', str(port))}{rest}"
        with pytest.raises(InvalidInputError) as caught:
            tables.inspect(_zip(parts), "a.xlsx")
        assert caught.value.code == "xml_doctype"
        assert came == []


class TestLimits:
    def test_more_points_than_allowed(self) -> None:
        body = GPX.format("<trk><trkseg>" + '<trkpt lat="34" lon="113"/>' * 101 + "</trkseg></trk>")
        assert tracks.read(body.encode(), "a.gpx", max_points=101).points == 101
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(body.encode(), "a.gpx", max_points=100)
        assert caught.value.code == "too_many_points"
        assert "100" in str(caught.value)

    @pytest.mark.parametrize("element", ["<when>2024-05-01T01:00:00Z</when>", "<gx:coord>113 34 0</gx:coord>"])
    def test_a_gx_track_that_grows_before_its_end(self, element: str) -> None:
        text = f'<kml xmlns:gx="x"><Placemark><gx:Track>{element * 101}'
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(text.encode(), "a.kml", max_points=100)
        assert caught.value.code == "too_many_points"

    def test_deep_nesting(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(("<gpx>" + "<a>" * 200).encode(), "a.gpx")
        assert caught.value.code == "xml_too_deep"

    def test_a_name_without_end_is_cut(self) -> None:
        found = tracks.read(GPX.format(f'<wpt lat="34" lon="113"><name>{"界" * 100_000}</name></wpt>').encode(), "a.gpx")
        assert len(found.waypoints[0].name) == 20_000
        assert found.counts["too_long"] == 1

    @pytest.mark.timeout(20)
    def test_coordinates_without_a_space_take_no_squared_time(self) -> None:
        text = f"<kml><Placemark><LineString><coordinates>{'1,' * 3_000_000}</coordinates></LineString></Placemark></kml>"
        assert tracks.read(text.encode(), "a.kml").counts["coordinate_unreadable"] > 1

    @pytest.mark.timeout(20)
    @pytest.mark.parametrize("content", [b"$GPRMC," * 1_000_000, b"A" * 6_000_000, b"AXXX\n" + b"B" * 6_000_000])
    def test_a_line_without_end(self, content: bytes) -> None:
        try:
            assert tracks.read(content, "a.nmea").points == 0
        except InvalidInputError as error:
            assert error.code == "unsupported_track"

    @pytest.mark.timeout(20)
    @pytest.mark.parametrize("start", ["2024-05-01", "113", "1", "(", "113°", "-", "="])
    @pytest.mark.parametrize("filling", [" ", "1", "(", "1,", "\u3000", "°", "E"])
    def test_a_cell_that_a_pattern_would_try_in_every_way(self, start: str, filling: str) -> None:
        """In a heading, a time, a coordinate, a code and a shape; a pattern with two ways to match would take hours."""
        cell = '"' + start + filling * 60_000 + 'x"'
        for raw in (f"经度,纬度,时间\n{cell},34,{cell}\n", f"{cell},经度,纬度,时间\n1,2,3,4\n", f"代码,WKT\n{cell},{cell}\n"):
            for work in (lambda raw=raw: tracks.read(raw.encode(), "a"), lambda raw=raw: tables.inspect(raw.encode(), "a")):
                try:
                    work()
                except InvalidInputError as error:
                    assert error.code in {"unsupported_track", "unreadable_file"}

    def test_a_prolog_without_end_is_no_track(self) -> None:
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(b"<!-- " + b"x" * 500_000 + b"--><gpx/>", "a.gpx")
        assert caught.value.code in {"unsupported_track", "unreadable_file"}

    def test_memory_grows_with_the_points_and_not_with_the_file(self) -> None:
        """80 bytes of numbers per point and what the checks need; a tree of the file would be twenty times that."""
        count = 8_000
        point = '<trkpt lat="34.{0:05}" lon="113.5"><ele>80</ele><time>2024-05-01T01:00:00Z</time><desc>{1}</desc></trkpt>'
        body = GPX.format("<trk><trkseg>" + "".join(point.format(n, "说明" * 60) for n in range(count)) + "</trkseg></trk>")
        content = body.encode()
        tracemalloc.start()
        assert tracks.read(content, "a.gpx").points == count
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 2_000_000 + 250 * count
        assert peak < len(content) / 1.5


def test_what_is_no_track_is_refused() -> None:
    for content in (b"\x00" * 100, b"%PDF-1.4", b"<html><body/></html>", b"{}", b"code,name\n1,2\n", "随便写的\n".encode("gbk")):
        with pytest.raises(InvalidInputError) as caught:
            tracks.read(content, "a")
        assert caught.value.code == "unsupported_track"
    with pytest.raises(InvalidInputError) as caught:
        tracks.read(b"", "a")
    assert caught.value.code == "empty_file"


def _walk(count: int, lat: float = 34.0) -> str:
    points = "".join(f'<trkpt lat="{lat + step / 10_000:.4f}" lon="113"/>' for step in range(count))
    return GPX.format(f"<trk><trkseg>{points}</trkseg></trk>")


class TestZip:
    """Several files in a zip are one file in which each is a track."""

    def test_each_file_is_a_track_by_its_name(self) -> None:
        route = '<rte><name>计划</name><rtept lat="1" lon="2"/></rte>'
        two = _walk(4).replace("</gpx>", _walk(5, 35).partition(">")[2]).replace("<trk>", f"{route}<trk>", 1)
        kmz = _zip({"files/a.kml": _KML, "doc.kml": _KML})
        content = _zip({"一日/上午.gpx": two, "一日/下午.gpx": _walk(6), "in.zip": _zip({"三日.gpx": _walk(7)}), "手机.kmz": kmz})
        found = tracks.read(content, "导出.zip")
        assert found.format == "ZIP"
        told = [(track.name, track.kind, len(track.segments), track.points) for track in found.tracks]
        assert told == [
            ("一日/上午.gpx", "track", 2, 9), ("一日/上午.gpx · 计划", "route", 1, 1), ("一日/下午.gpx", "track", 1, 6),
            ("in.zip/三日.gpx", "track", 1, 7), ("手机.kmz", "line", 1, 2),
        ]  # fmt: skip
        each = tracks.read_each(content, "导出.zip")
        assert [(member.name, member.file.points) for member in each] == [
            (name, n) for name, kind, _s, n in told if kind != "route"
        ]

    def test_names_as_windows_writes_them(self) -> None:
        """In the local code page, without saying so."""
        content = _zip({"XXXX/YYYY.gpx": _walk(3), "b.gpx": _walk(3)})
        for plain, name in ((b"XXXX", "外业"), (b"YYYY", "界线")):
            content = content.replace(plain, name.encode("gbk"))
        assert [track.name for track in tracks.read(content, "导出.zip").tracks] == ["外业/界线.gpx", "b.gpx"]

    def test_one_document_with_pictures_stays_a_kmz(self) -> None:
        for name, parts in (
            ("a.zip", {"doc.kml": _KML, "x.gpx": _walk(3)}),
            ("a.kmz", {"b.kml": _KML, "c.kml": _KML}),
            ("a.zip", {"b.kml": _KML}),
        ):
            assert tracks.read(_zip(parts), name).format == "KMZ"
        assert tracks.read(_zip({"b.kml": _KML, "c.kml": _KML}), "a.zip").format == "ZIP"


_KML = (
    '<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><LineString><coordinates>113,34 113,34.1</coordinates></LineString>'
    "</Placemark></kml>"
)


def _zip(parts: dict[str, str] | dict[str, bytes] | dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()
