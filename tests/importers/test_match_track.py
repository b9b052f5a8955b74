"""match_track: the contract, refusals with codes, every format, and the real tracks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from boundaries.matching import Line, Settings, match
from boundaries.matching.track import walk_of
from boundaries.models import BoundaryLine, Division, Level
from gis.audit.models import AuditEntry
from gis.crs.gcj02 import wgs84_to_gcj02
from gis.errors import DomainError
from importers.track_matching import read_tracks
from tests.boundaries.matching.scenes import BENDS, degrees, way
from tests.commands import run
from tests.factories import make_division, make_line, make_marker
from tests.importers.track_table import expectations
from tests.importers.track_writers import FORMATS, Point, gpx
from tests.shared import SHARED, requires_shared

KEYS = {
    "line", "length_m", "tolerance_m", "covered_m", "coverage", "covered", "uncovered", "offset_m", "markers", "suspicions",
    "tracks",
}  # fmt: skip
START = 1_760_000_000.0


def points(corners: Any, spacing: float = 20.0, start: float = START) -> list[Point]:
    return [Point(lon, lat, start + 20 * i, 100.0) for i, (lon, lat) in enumerate(degrees(way(corners, spacing)).tolist())]


def line_file(folder: Path, document: Any) -> str:
    path = folder / "平许线.geojson"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    return str(path)


def geometry(corners: Any) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": degrees(corners).tolist()}


def feature(shape: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": shape}


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def track_file(folder: Path, corners: Any, name: str = "a.gpx") -> str:
    path = folder / name
    path.write_text(gpx([points(corners)]), "utf-8")
    return str(path)


@pytest.fixture
def line(tmp_path: Path) -> str:
    marks = [
        feature({"type": "Point", "coordinates": degrees([corner])[0].tolist()}, number=n) for n, corner in enumerate(BENDS, 1)
    ]
    return line_file(tmp_path, collection(feature(geometry(BENDS), name="平许线"), *marks))


class TestTheContract:
    def test_keys(self, tmp_path: Path, line: str) -> None:
        status, document = run("match_track", "--line-file", line, track_file(tmp_path, BENDS[:3]))
        assert status == 0
        assert document.keys() == KEYS
        assert document["line"] == "平许线.geojson" and document["tolerance_m"] == 50
        length = float(np.hypot(*np.diff(BENDS, axis=0).T)[:2].sum())
        assert document["covered"] == [[0.0, pytest.approx(length, abs=1)]]
        assert document["uncovered"] == [[document["covered"][0][1], document["length_m"]]]
        assert document["covered_m"] == document["covered"][0][1]
        assert document["coverage"] == pytest.approx(document["covered_m"] / document["length_m"], abs=1e-5)
        assert document["offset_m"].keys() == {"median", "p95", "max"}
        assert document["markers"][0] == {"number": "1", "visited": True, "nearest_m": 0.0, "at": "2025-10-09T08:53:20Z"}
        assert [marker["visited"] for marker in document["markers"]] == [True, True, True, False, False]
        (track,) = document["tracks"]
        assert track.keys() == {"file", "points_used", "points_dropped", "start", "end"}
        assert (track["file"], track["start"]) == ("a.gpx", "2025-10-09T08:53:20Z")

    def test_several_files_tolerance_and_suspicions(self, tmp_path: Path, line: str) -> None:
        one, other = track_file(tmp_path, BENDS[:3]), track_file(tmp_path, BENDS[2:], "b.gpx")
        (tmp_path / "c").mkdir()
        again = track_file(tmp_path / "c", BENDS[:3])
        status, document = run("match_track", "--line-file", line, "--tolerance", "20", one, other, again)
        assert (status, document["tolerance_m"], document["uncovered"]) == (0, 20, [])
        (suspicion,) = document["suspicions"]
        assert suspicion.keys() == {"code", "detail"} and suspicion["code"] == "same_bytes"
        assert [track["file"] for track in document["tracks"]] == [one, "b.gpx", again]

    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format(self, tmp_path: Path, line: str, name: str) -> None:
        path = tmp_path / "track"
        path.write_text(FORMATS[name].write([points(BENDS)]), "utf-8")
        status, document = run("match_track", "--line-file", line, str(path))
        assert status == 0 and document["coverage"] > 0.99

    def test_one_bad_file_does_not_stop_the_others(self, tmp_path: Path, line: str) -> None:
        bad = tmp_path / "bad.gpx"
        bad.write_text("<gpx><wpt lat='34' lon='113'/></gpx>")
        status, document = run("match_track", "--line-file", line, str(bad), track_file(tmp_path, BENDS))
        assert status == 0 and document["coverage"] > 0.99
        assert [one["code"] for one in document["suspicions"]] == ["no_track_points"]
        assert document["tracks"][1] == {"file": "bad.gpx", "points_used": 0, "points_dropped": 0, "start": None, "end": None}
        status, document = run("match_track", "--line-file", line, str(bad))
        assert (status, document["error"]["code"]) == (1, "no_track_points")

    def test_a_zip_is_its_files(self, tmp_path: Path, line: str) -> None:
        import zipfile

        path = tmp_path / "导出.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("上午.gpx", gpx([points(BENDS[:3])]))
            archive.writestr("下午.gpx", gpx([points(BENDS[2:])]))
            archive.writestr("坏.gpx", "<gpx/>")
            archive.writestr("说明.txt", "外业")
        status, answer = run("match_track", "--line-file", line, str(path))
        assert status == 0 and answer["coverage"] > 0.99
        used = {one["file"]: one["points_used"] > 0 for one in answer["tracks"]}
        assert used == {"导出.zip/上午.gpx": True, "导出.zip/下午.gpx": True, "导出.zip/坏.gpx": False}
        assert [one["code"] for one in answer["suspicions"]] == ["no_track_points"]

    def test_conversion_is_asked_for(self, tmp_path: Path, line: str) -> None:
        shifted = [Point(*map(float, wgs84_to_gcj02(p.lon, p.lat)), p.time, p.elevation) for p in points(BENDS)]
        path = tmp_path / "phone.gpx"
        path.write_text(gpx([shifted]))
        _status, document = run("match_track", "--line-file", line, str(path))
        assert [one["code"] for one in document["suspicions"]] == ["gcj02_shift"] and document["coverage"] < 0.1
        _status, document = run("match_track", "--line-file", line, str(path), "--track-crs", "gcj02")
        assert document["suspicions"] == [] and document["coverage"] > 0.99


class TestLineFiles:
    @pytest.mark.parametrize(("number", "told"), [(3, "3"), (3.0, "3"), (" 4A ", "4A")])
    def test_numbers_of_markers(self, tmp_path: Path, number: Any, told: str) -> None:
        mark = feature({"type": "Point", "coordinates": degrees(BENDS)[0].tolist()}, number=number)
        path = line_file(tmp_path, collection(feature(geometry(BENDS)), mark))
        _status, answer = run("match_track", "--line-file", path, track_file(tmp_path, BENDS))
        assert [(marker["number"], marker["visited"]) for marker in answer["markers"]] == [(told, True)]

    @pytest.mark.parametrize(
        "document",
        [
            geometry(BENDS),
            feature(geometry(BENDS)),
            {"type": "MultiLineString", "coordinates": [degrees(BENDS[2:]).tolist(), degrees(BENDS[2::-1]).tolist()]},
            collection(feature(geometry(BENDS[:3])), feature(None), feature(geometry(BENDS[2:]))),
            {**geometry(BENDS), "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}},
        ],
    )
    def test_read(self, tmp_path: Path, document: Any) -> None:
        status, answer = run("match_track", "--line-file", line_file(tmp_path, document), track_file(tmp_path, BENDS))
        assert status == 0 and answer["coverage"] > 0.99

    @pytest.mark.parametrize(
        ("document", "code"),
        [
            ("no json", "line_file_unreadable"),
            ("[1]", "line_file_unreadable"),
            ({"type": "Nonsense"}, "line_file_unreadable"),
            ({"type": "LineString", "coordinates": "x"}, "line_file_unreadable"),
            ({"type": "FeatureCollection", "features": 3}, "line_file_unreadable"),
            (collection(), "line_missing"),
            ({"type": "LineString", "coordinates": []}, "line_missing"),
            (collection(feature({"type": "Point", "coordinates": [113, 34]}, number=1)), "line_missing"),
            ({"type": "Polygon", "coordinates": [[[113, 34], [114, 34], [114, 35], [113, 34]]]}, "line_wrong_geometry"),
            ({"type": "LineString", "coordinates": [[500000, 3700000], [500100, 3700000]]}, "line_not_degrees"),
            ({"type": "LineString", "coordinates": [[113, 34], [113, 34]]}, "line_too_short"),
            (collection(feature(geometry(BENDS)), feature({"type": "Point", "coordinates": [113, 34]})), "marker_unreadable"),
            ({**geometry(BENDS), "crs": {"type": "name", "properties": {"name": "EPSG:4547"}}}, "line_file_crs"),
        ],
    )
    def test_refused(self, tmp_path: Path, document: Any, code: str) -> None:
        status, answer = run("match_track", "--line-file", line_file(tmp_path, document), track_file(tmp_path, BENDS))
        assert (status, answer["error"]["code"]) == (1, code)
        assert answer["error"]["message"].endswith("。")

    def test_other_refusals(self, tmp_path: Path, line: str) -> None:
        track = track_file(tmp_path, BENDS)
        for arguments, code in (
            (("--line-file", str(tmp_path / "no.geojson"), track), "file_not_found"),
            (("--line-file", line, str(tmp_path / "no.gpx")), "file_not_found"),
            (("--line-file", line, line), "unsupported_track"),
            (("--line-file", line, track, "--tolerance", "0"), "tolerance_out_of_range"),
        ):
            status, answer = run("match_track", *arguments)
            assert (status, answer["error"]["code"]) == (1, code)


@pytest.mark.django_db
class TestTheRegister:
    @pytest.fixture
    def sides(self) -> list[Division]:
        return [make_division(name, Level.COUNTY, code=code) for name, code in (("甲县", "419921"), ("乙县", "419922"))]

    def test_a_line_of_the_register_with_its_markers(self, tmp_path: Path, sides: list[Division]) -> None:
        corners = degrees(BENDS).tolist()
        line = make_line("平许线 1", *sides, corners)
        make_marker("2", {line: 0.0}, tuple(corners[0]), sides)
        make_marker("3", {line: None}, None, sides)
        written = BoundaryLine.objects.count(), AuditEntry.objects.count()
        status, document = run("match_track", "--line", "平许线 1", track_file(tmp_path, BENDS[:3]))
        assert (status, document["line"]) == (0, "平许线 1")
        assert document["length_m"] == pytest.approx(line.records.get().length_m, abs=0.01)
        assert [(marker["number"], marker["visited"]) for marker in document["markers"]] == [("2", True)]
        assert document["covered"][0][0] == 0 and 0.4 < document["coverage"] < 0.6
        assert (BoundaryLine.objects.count(), AuditEntry.objects.count()) == written

    def test_refusals(self, tmp_path: Path, sides: list[Division]) -> None:
        make_line("2122", *sides)
        for code, refused in (("4104-4110-1", "unknown_line"), ("2122", "line_without_geometry")):
            status, answer = run("match_track", "--line", code, track_file(tmp_path, BENDS))
            assert (status, answer["error"]["code"]) == (1, refused)


TRACKS = SHARED / "tracks"
# What reading gives decides; `walk` in the table says of what lies on itself or in one place that no line through it is a line.
FILES = [entry for entry in expectations() if entry["path"].startswith("tracks/")]


def refusal_of(entry: dict[str, Any]) -> str | None:
    if "refused" in entry or entry["format"].startswith("table"):
        return entry.get("refused", "unsupported_track")
    return None if entry.get("points") and entry.get("walk") != "nowhere" else "no_track_points"


@requires_shared
def test_every_file_is_matched_or_refused_with_a_reason() -> None:
    assert len(FILES) == sum(path.is_file() for path in TRACKS.glob("*/*")) > 100
    for entry in FILES:
        name, refused = entry["path"], refusal_of(entry)
        try:
            (track,) = read_tracks(str(SHARED / name)).tracks
        except DomainError as error:
            assert error.code == refused and str(error), name
            continue
        assert refused is None, name
        places = np.column_stack((track.lon, track.lat))[track.usable]
        if entry.get("walk") == "one place":
            on = Line.of(shapely.linestrings([places[0] - (0, 0.01), places[0] + (0, 0.01)]))
            assert match(on, [track]).covered == (), name
            continue
        found = match(on := Line.of(shapely.linestrings(places)), [track])
        # Walked is every step that is not too long; what is counted may miss stretches too short, and join near ones.
        walk = walk_of(track, Settings())
        walked = float(walk.step[~walk.broken].sum())
        breaks = int(walk.broken.sum()) + walk.leaps
        short = min(100.0, on.length_m / 2)
        least = 0.0 if entry.get("walk") == "on itself" else walked - short * breaks - 1
        assert least <= found.covered_m <= walked + 20 * (breaks + 1) + 1, name
        assert 0 < found.tracks[0].used <= len(walk), name
