"""Track files: what is written is what is read, and every oddity is said with its place."""

from __future__ import annotations

import math
import re
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.problems import Problem
from importers.readers import tracks
from importers.readers.tables.wording import TABLES
from importers.readers.tracks.wording import TRACKS
from tests.importers.track_writers import FORMATS, Format, Point, Segments

NOW = 1_764_547_200.0  # 2025-12-01
TODAY = 1_714_525_200.0  # 2024-05-01 01:00 UTC
NAN = math.nan


def gpx(body: str, head: str = "") -> tracks.TrackFile:
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">{head}\n{body}</gpx>'
    )
    return tracks.read(text.encode(), "a.gpx", now=NOW)


def walk(*points: str, name: str = "") -> str:
    return f"<trk><name>{name}</name><trkseg>" + "\n".join(points) + "</trkseg></trk>"


def at(lon: float, lat: float, time: str = "", more: str = "") -> str:
    return f'<trkpt lat="{lat}" lon="{lon}">{f"<time>{time}</time>" if time else ""}{more}</trkpt>'


def csv(text: str, encoding: str = "utf-8") -> tracks.TrackFile:
    return tracks.read(text.encode(encoding), "a.csv", now=NOW)


def nmea(*bodies: str) -> tracks.TrackFile:
    lines = [f"${body}*{_sum(body)}" for body in bodies]
    return tracks.read("\r\n".join(lines).encode(), "a.nmea", now=NOW)


def _sum(body: str) -> str:
    total = 0
    for byte in body.encode():
        total ^= byte
    return f"{total:02X}"


class TestRoundTrip:
    @pytest.mark.parametrize("name", FORMATS)
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_what_is_written_is_read(self, name: str, data: st.DataObject) -> None:
        """Positions, times and elevations come back within what the format can say; segments as many and as long."""
        form = FORMATS[name]
        meant = data.draw(_segments(form))
        found = tracks.read(form.write(meant).encode(), "a", now=NOW)
        assert found.format == name.partition(" ")[0]
        read = list(found.segments())
        wanted = meant if form.segments else [[point for segment in meant for point in segment]]
        assert [len(segment) for segment in read] == [len(segment) for segment in wanted]
        for got, points in zip(read, wanted, strict=True):
            _same(got.lon, [point.lon for point in points], form.degrees)
            _same(got.lat, [point.lat for point in points], form.degrees)
            _same(got.time, [point.time for point in points], form.seconds)
            _same(got.elevation, [point.elevation for point in points], form.metres)
            assert not got.local.any()


@st.composite
def _segments(draw: st.DrawFn, form: Format) -> Segments:
    lon, lat = st.floats(-179.9, 179.9), st.floats(-89.9, 89.9)
    elevation = st.floats(-400, 8800) if form.needs_elevation else st.one_of(st.just(NAN), st.floats(-400, 8800))
    step = st.integers(1, 3600_000)
    start = draw(st.integers(946_684_800, 1_700_000_000)) + draw(st.integers(0, 999)) / 1000
    timed = form.needs_time or draw(st.booleans())
    segments, clock = [], start
    for size in draw(st.lists(st.integers(1, 6), min_size=1, max_size=3)):
        points = []
        for _ in range(size):
            clock = round(clock + draw(step) / 1000, 3)
            time = math.floor(clock) if form.seconds == 1 else clock
            points.append(Point(round(draw(lon), 9), round(draw(lat), 9), time if timed else NAN, round(draw(elevation), 2)))
        segments.append(points)
    return segments


def _same(got: np.ndarray, meant: list[float], within: float) -> None:
    assert np.allclose(got, meant, rtol=0, atol=within * 1.01, equal_nan=True)


class TestModel:
    def test_it_is_frozen(self) -> None:
        found = gpx(walk(at(113, 34), at(113.001, 34)))
        (segment,) = found.segments()
        with pytest.raises(FrozenInstanceError):
            found.name = "b"
        for array in (segment.lon, segment.time, segment.local, segment.place):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 1

    def test_length_is_geodesic_and_does_not_cross_breaks(self) -> None:
        """One minute of latitude at 34° N is 1848.9 m on the ellipsoid."""
        body = (
            f"<trk><trkseg>{at(113, 34)}{at(113, 34 + 1 / 60)}</trkseg><trkseg>{at(114, 34)}{at(114, 34 + 1 / 60)}</trkseg></trk>"
        )
        entry = gpx(body).as_inspection()["tracks"][0]
        assert entry["length_m"] == pytest.approx(2 * 1848.9, abs=1)
        assert (entry["segments"], entry["points"]) == (2, 4)

    def test_a_planned_route_is_no_walk(self) -> None:
        found = gpx('<rte><name>计划</name><rtept lat="34" lon="113"/><rtept lat="35" lon="113"/></rte>')
        entry = found.as_inspection()["tracks"][0]
        assert (entry["points"], entry["routes"], entry["route_points"], entry["length_m"]) == (0, 1, 2, 0)
        assert not list(found.segments())
        assert [len(segment) for segment in found.segments(routes=True)] == [2]

    def test_what_devices_know_beside_the_position_is_kept(self) -> None:
        more = (
            "<ele>80.5</ele><hdop>1.2</hdop><pdop>2.5</pdop><sat>9</sat><extensions><speed>1.5</speed><hAcc>3.5</hAcc></extensions>"
        )
        (segment,) = gpx(walk(at(113, 34), at(113.0001, 34, "2024-05-01T01:00:00Z", more))).segments()
        told = {name: column[1] for name, column in segment.extras.items()}
        assert told == {"hdop": 1.2, "pdop": 2.5, "satellites": 9, "speed": 1.5, "accuracy": 3.5}
        assert all(math.isnan(column[0]) for column in segment.extras.values())
        assert segment.accuracy is not None
        assert segment.elevation[1] == 80.5

    def test_waypoints_keep_what_was_noted(self) -> None:
        found = gpx(
            '<wpt lat="34.03" lon="113.85"><ele>85</ele><time>2024-05-01T09:00:00+08:00</time><name>许昌—建安 3 号</name>'
            "<desc>完好</desc><sym>Flag, Blue</sym></wpt>"
        )
        waypoint = found.waypoints[0]
        assert (waypoint.name, waypoint.description, waypoint.symbol) == ("许昌—建安 3 号", "完好", "Flag, Blue")
        assert (waypoint.time, waypoint.elevation, waypoint.local) == (TODAY, 85, False)


class TestOddities:
    """Everything is kept as it came; the finding says what and where."""

    def _one(self, found: tracks.TrackFile, code: str) -> dict[str, int | str]:
        told = [finding for finding in found.findings if finding.code == code]
        assert len(told) == 1, found.counts
        assert told[0].message
        assert told[0].message_en
        return dict(told[0].where)

    def test_a_file_that_breaks_off_keeps_what_came_before(self) -> None:
        whole = walk(*(at(113 + n / 1000, 34) for n in range(10)))
        text = f"<gpx>\n{whole}"[: len(whole) // 2]
        found = tracks.read(text.encode(), "a.gpx", now=NOW)
        assert 2 < found.points < 10
        assert self._one(found, "truncated")["line"] > 3

    def test_a_file_that_goes_wrong_in_the_middle(self) -> None:
        found = gpx(walk(at(113, 34), at(113.001, 34), "<a></b>", at(113.002, 34)))
        assert found.points == 2
        assert self._one(found, "broken") == {"line": 5}

    def test_time_that_runs_backwards(self) -> None:
        times = ["2024-05-01T02:00:00Z", "2024-05-01T01:00:00Z", "2024-05-01T03:00:00Z"]
        found = gpx(walk(*(at(113 + n / 1000, 34, time) for n, time in enumerate(times))))
        assert self._one(found, "time_backwards") == {"line": 4, "track": 1, "segment": 1, "point": 2}
        (segment,) = found.segments()
        assert (np.diff(segment.time) < 0).any(), "nothing was sorted"

    def test_a_jump(self) -> None:
        points = [at(113 + n / 10_000, 34, f"2024-05-01T01:{n:02}:00Z") for n in range(10)]
        points[5] = at(116, 34, "2024-05-01T01:05:00Z")
        found = gpx(walk(*points))
        assert found.counts["jump"] == 2, "there and back"
        assert next(finding for finding in found.findings if finding.code == "jump").where["point"] == 6

    def test_a_jump_without_times(self) -> None:
        points = [at(113 + n / 10_000, 34) for n in range(10)] + [at(116, 34)]
        assert gpx(walk(*points)).counts == {"jump": 1}
        assert not gpx(walk(*(at(113 + n, 34) for n in range(10)))).counts, "a line drawn from far corners is no jump"

    def test_the_same_point_again(self) -> None:
        point = at(113, 34, "2024-05-01T01:00:00Z")
        found = gpx(walk(point, at(113.0001, 34, "2024-05-01T01:00:10Z"), point))
        assert self._one(found, "duplicate_point")["point"] == 3
        assert found.points == 3

    @pytest.mark.parametrize(("lat", "lon"), [("91", "113"), ("34", "181"), ("-90.5", "0"), ("1e300", "1")])
    def test_positions_that_are_nowhere(self, lat: str, lon: str) -> None:
        found = gpx(walk(at(113, 34), f'<trkpt lat="{lat}" lon="{lon}"/>', at(113.001, 34)))
        assert self._one(found, "position_out_of_range")["point"] == 2
        (segment,) = found.segments()
        assert segment.lat[1] == float(lat), "kept as it came"
        assert segment.usable.tolist() == [True, False, True]
        assert 90 < segment.length_m() < 95

    @pytest.mark.parametrize("value", ["nan", "inf", "1_0", "３４", "34°", "", "0x10", "1e999"])
    def test_positions_that_are_no_numbers(self, value: str) -> None:
        found = gpx(walk(at(113, 34), f'<trkpt lat="{value}" lon="113"/>'))
        assert (found.points, found.without_position) == (1, 1)
        assert found.counts["coordinate_unreadable"] == 1

    def test_latitude_and_longitude_exchanged(self) -> None:
        found = gpx(walk(*(f'<trkpt lat="{113 + n / 1000}" lon="34"/>' for n in range(5))))
        assert found.counts == {"position_out_of_range": 5, "axes_swapped": 1}

    def test_a_receiver_without_a_fix(self) -> None:
        found = gpx(walk(at(0, 0), at(113, 34)))
        assert self._one(found, "position_zero")["point"] == 1
        assert found.as_inspection()["tracks"][0]["length_m"] == 0

    def test_fifty_places_are_told_and_all_are_counted(self) -> None:
        found = gpx(walk(*(at(0, 0) for _ in range(200))))
        assert found.counts["position_zero"] == 200
        assert sum(finding.code == "position_zero" for finding in found.findings) == 50

    def test_decimal_commas(self) -> None:
        found = gpx('<wpt lat="34,03" lon="113,85"><ele>80,5</ele></wpt>')
        assert (found.waypoints[0].lat, found.waypoints[0].elevation) == (34.03, 80.5)
        assert found.counts["decimal_comma"] == 3

    def test_kml_with_decimal_commas_cannot_be_read_two_ways(self) -> None:
        text = "<kml><Placemark><LineString><coordinates>113,85,34,03 113,86,34,04</coordinates></LineString></Placemark></kml>"
        found = tracks.read(text.encode(), "a.kml", now=NOW)
        assert found.counts["coordinate_unreadable"] == 2


class TestTimes:
    @pytest.mark.parametrize(
        ("told", "seconds", "basis"),
        [
            ("2024-05-01T01:00:00Z", TODAY, "utc"),
            ("2024-05-01T09:00:00+08:00", TODAY, "utc"),
            ("2024-05-01T01:00:00.250Z", TODAY + 0.25, "utc"),
            ("2024-05-01T09:00:00", TODAY + 8 * 3600, "local"),
            ("2024-05-01 09:00:00", TODAY + 8 * 3600, "local"),
            ("2024/5/1 9:00:00", TODAY + 8 * 3600, "local"),
            ("2024年5月1日 下午5:00", TODAY + 16 * 3600, "local"),
        ],
    )
    def test_how_times_are_written(self, told: str, seconds: float, basis: str) -> None:
        found = gpx(walk(at(113, 34, told)))
        (segment,) = found.segments()
        assert (segment.time[0], found.time_basis) == (seconds, basis)
        assert ("time_without_zone" in found.counts) == (basis == "local")
        start = found.as_inspection()["tracks"][0]["start"]
        assert start.endswith("Z") == (basis == "utc")

    @pytest.mark.parametrize(
        "told", ["yesterday", "2024-13-01T00:00:00Z", "2024-02-30T00:00:00Z", "2024-05-01T25:00:00Z", "1714525200"]
    )
    def test_times_that_are_none(self, told: str) -> None:
        found = gpx(walk(at(113, 34, told)))
        assert found.counts["time_unreadable"] == 1
        assert np.isnan(next(found.segments()).time[0])

    def test_a_receiver_whose_week_number_began_anew(self) -> None:
        found = gpx(walk(at(113, 34, "2004-09-15T01:00:00Z")))
        (told,) = found.findings
        assert told.code == "week_rollover"
        assert "2024-05-01" in told.message
        assert found.as_inspection()["tracks"][0]["start"] == "2004-09-15T01:00:00Z", "kept as it came"

    @pytest.mark.parametrize(
        ("told", "code"),
        [("2044-05-01T01:00:00Z", "time_in_future"), ("1970-01-01T00:00:05Z", "time_before_gps"), ("2007-05-01T01:00:00Z", None)],
    )
    def test_years_that_cannot_be(self, told: str, code: str | None) -> None:
        assert list(gpx(walk(at(113, 34, told))).counts) == ([code] if code else [])

    def test_local_time_written_as_utc_has_not_come_yet(self) -> None:
        """Read at once at 2025-12-01 08:00 Beijing time, a walk that ended at 07:50 and says so with a Z ends in 7 h 50 min."""
        found = gpx(walk(at(113, 34, "2025-12-01T07:40:00Z"), at(113.001, 34, "2025-12-01T07:50:00Z")))
        (told,) = found.findings
        assert (told.code, told.values["hours"]) == ("local_as_utc", 8)

    def test_local_time_written_as_utc_is_later_than_the_file(self) -> None:
        points = walk(at(113, 34, "2024-05-01T09:00:00Z"), at(113.001, 34, "2024-05-01T09:30:00Z"))
        saved = gpx(points, "<metadata><time>2024-05-01T01:32:00Z</time></metadata>")
        assert [finding.code for finding in saved.findings] == ["local_as_utc"]
        right = gpx(points, "<metadata><time>2024-05-01T09:32:00Z</time></metadata>")
        assert not right.findings

    def test_local_time_written_as_utc_equals_the_clock_in_the_name(self) -> None:
        points = (at(113, 34, "2024-05-01T09:00:07Z"), at(113.001, 34, "2024-05-01T09:30:00Z"))
        assert gpx(walk(*points, name="2024-05-01 09:00:07")).counts == {"local_as_utc": 1}
        assert gpx(walk(*points, name="轨迹20240501_0900")).counts == {"local_as_utc": 1}
        assert not gpx(walk(*points, name="2024-05-01 17:00:07")).counts, "local time in the name, UTC in the points"

    def test_nmea_counts_days_until_it_is_told_one(self) -> None:
        fix = "3400.000,N,11330.000,E,1,08,1.0,80.0,M,,M,,"
        found = nmea(f"GPGGA,235959,{fix}", f"GPGGA,000001,{fix}", "GPZDA,000001,02,05,2024,00,00", f"GPGGA,000002,{fix}")
        (segment,) = found.segments()
        assert segment.time.tolist() == [TODAY + 82_799, TODAY + 82_801, TODAY + 82_802]
        lost = nmea(f"GPGGA,235959,{fix}", f"GPGGA,000001,{fix}")
        assert lost.counts["time_without_date"] == 1
        assert np.isnan(next(lost.segments()).time).all()

    def test_nmea_without_a_fix_or_with_a_wrong_sum(self) -> None:
        found = nmea("GPRMC,010000,V,,,,,,,010524,,", "GPRMC,010001,A,3400.000,N,11330.000,E,1.0,90.0,010524,,")
        assert (found.points, found.without_position) == (1, 1)
        (segment,) = found.segments()
        assert (segment.extras["speed"][0], segment.extras["heading"][0]) == (pytest.approx(0.5144, abs=1e-4), 90)
        damaged = tracks.read(b"$GPRMC,010001,A,3400.000,N,11330.000,E,1.0,90.0,010524,,*00\n", "a", now=NOW)
        assert damaged.counts["sentence_damaged"] == 1
        assert damaged.points == 0


class TestTables:
    def test_a_log_in_chinese(self) -> None:
        heading = "设备：手持机 3 号,,,,,\n时间（北京时间）,经度,纬度,海拔(米),速度(km/h),水平精度\n"
        found = csv(heading + "2024-05-01 09:00:00,113.85,34.03,80,36,4\n", "gb18030")
        (segment,) = found.segments()
        assert (segment.time[0], segment.elevation[0], segment.extras["speed"][0]) == (TODAY, 80, pytest.approx(10))
        assert found.encoding is not None
        assert (found.encoding.name, found.time_basis) == ("gb18030", "utc")
        assert found.counts == {"title_rows": 1}

    @pytest.mark.parametrize(
        ("heading", "cell", "seconds", "basis"),
        [
            ("time", "2024-05-01 09:00:00", TODAY + 8 * 3600, "local"),
            ("UTC时间", "2024-05-01 01:00:00", TODAY, "utc"),
            ("北京时间", "2024-05-01 09:00:00", TODAY, "utc"),
            ("timestamp", "1714525200", TODAY, "utc"),
            ("timestamp", "1714525200000", TODAY, "utc"),
            ("time", "2024-05-01T01:00:00Z", TODAY, "utc"),
        ],
    )
    def test_whose_time_it_is(self, heading: str, cell: str, seconds: float, basis: str) -> None:
        found = csv(f"lon,lat,{heading}\n113,34,{cell}\n")
        assert (next(found.segments()).time[0], found.time_basis) == (seconds, basis)

    def test_date_and_clock_in_two_columns_of_a_logger(self) -> None:
        heading = "INDEX,TAG,DATE,TIME,LATITUDE N/S,LONGITUDE E/W,HEIGHT\n"
        found = csv(heading + "1,T,240501,010000,34.03N,113.85E,80\n2,C,240501,010010,34.04N,113.86E,81\n")
        assert (found.points, len(found.waypoints), found.waypoints[0].time) == (1, 1, TODAY + 10)
        assert found.time_basis == "local"

    @pytest.mark.parametrize(
        ("text", "degrees"),
        [
            ("113.5", 113.5),
            ("113°30′", 113.5),
            ("113°30'36\"", 113.51),
            ("113度30分36秒", 113.51),
            ("东经113°30′36″", 113.51),
            ("E113 30 36", 113.51),
            ("113 30.6 E", 113.51),
            ("W113:30:36", -113.51),
            ("-113.51", -113.51),
            ("113.51°E", 113.51),
        ],
    )
    def test_degrees(self, text: str, degrees: float) -> None:
        found = csv(f"经度;纬度;时间\n{text};34;2024-05-01 09:00:00\n")
        assert next(found.segments()).lon[0] == pytest.approx(degrees, abs=1e-9)

    def test_a_speed_without_a_unit_is_not_guessed(self) -> None:
        found = csv("lon,lat,time,速度\n113,34,2024-05-01T01:00:00Z,10\n")
        assert found.counts["unit_unknown"] == 1
        assert "speed" not in next(found.segments()).extras

    def test_named_rows_are_places(self) -> None:
        found = csv("名称,经度,纬度,时间\n1号桩,113,34,2024-05-01T01:00:00Z\n2号桩,113.1,34,2024-05-01T02:00:00Z\n")
        assert [waypoint.name for waypoint in found.waypoints] == ["1号桩", "2号桩"]
        assert found.points == 0


class TestKml:
    def _read(self, body: str) -> tracks.TrackFile:
        text = f'<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>{body}</Document></kml>'
        return tracks.read(text.encode(), "a.kml", now=NOW)

    def test_time_stamped_points_in_a_row_are_a_track(self) -> None:
        def mark(number: int, name: str) -> str:
            stamp = f"<TimeStamp><when>2024-05-01T01:{number:02}:00Z</when></TimeStamp>"
            return (
                f"<Placemark><name>{name}</name>{stamp}<Point><coordinates>113.{number:03},34,80</coordinates></Point></Placemark>"
            )

        numbered = self._read("<Folder>" + "".join(mark(n, f"巡查-{n}") for n in range(5)) + "</Folder>")
        assert (numbered.points, len(numbered.waypoints), numbered.tracks[0].name) == (5, 0, "巡查")
        nameless = self._read("".join(mark(n, "") for n in range(5)))
        assert (nameless.points, len(nameless.waypoints)) == (5, 0)
        named = self._read("".join(mark(n, name) for n, name in enumerate(["1号桩", "河口", "三岔路", "2号桩"])))
        assert (named.points, len(named.waypoints)) == (0, 4), "places that somebody named, with the time of the visit"
        assert named.waypoints[1].time == TODAY + 60

    def test_arrays_beside_a_gx_track(self) -> None:
        track = (
            "<when>2024-05-01T01:00:00Z</when><when>2024-05-01T01:00:10Z</when>"
            "<gx:coord>113 34 80</gx:coord><gx:coord>113.001 34 81</gx:coord><ExtendedData><SchemaData>"
            '<gx:SimpleArrayData name="accuracy"><gx:value>4</gx:value><gx:value>6</gx:value></gx:SimpleArrayData>'
            "</SchemaData></ExtendedData>"
        )
        (segment,) = self._read(f"<Placemark><name>甲</name><gx:Track>{track}</gx:Track></Placemark>").segments()
        assert segment.extras["accuracy"].tolist() == [4, 6]

    def test_a_gx_track_that_breaks_off(self) -> None:
        text = "<kml><Placemark><gx:Track xmlns:gx='x'><when>2024-05-01T01:00:00Z</when><gx:coord>113 34 80</gx:coord><gx:coo"
        found = tracks.read(text.encode(), "a.kml", now=NOW)
        assert (found.points, found.counts) == (1, {"truncated": 1})

    def test_coordinates_with_spaces_after_their_commas(self) -> None:
        found = self._read(
            "<Placemark><LineString><coordinates>\n 113, 34, 80\n\t113.1 ,34.1,81 </coordinates></LineString></Placemark>"
        )
        (segment,) = found.segments()
        assert (segment.lon.tolist(), segment.elevation.tolist()) == ([113, 113.1], [80, 81])


class TestEncodings:
    @pytest.mark.parametrize(
        ("declared", "actual", "conflict"),
        [
            ("UTF-8", "utf-8", False), ("GBK", "gb18030", False), ("UTF-8", "gb18030", True), ("GBK", "utf-8", True),
            ("UTF-16", "utf-16", False), ("UTF-8", "utf-16", True), ("UTF-16", "utf-8", True), ("Big5", "big5", False),
        ],
    )  # fmt: skip
    def test_the_bytes_decide(self, declared: str, actual: str, conflict: bool) -> None:
        text = f'<?xml version="1.0" encoding="{declared}"?><gpx><wpt lat="34" lon="113"><name>界樁三號鄉鎮</name></wpt></gpx>'
        found = tracks.read(text.encode(actual), "a.gpx", now=NOW)
        assert found.waypoints[0].name == "界樁三號鄉鎮"
        assert ("encoding_conflict" in found.counts) == conflict

    @pytest.mark.parametrize("declared", ["rot13", "punycode", "utf-7", "klingon", "unicode_escape"])
    def test_labels_nobody_means(self, declared: str) -> None:
        text = f'<?xml version="1.0" encoding="{declared}"?><gpx><wpt lat="34" lon="113"><name>界桩</name></wpt></gpx>'
        found = tracks.read(text.encode(), "a.gpx", now=NOW)
        assert (found.waypoints[0].name, found.counts) == ("界桩", {"encoding_unknown": 1})

    def test_a_damaged_byte_is_said_and_the_rest_is_read(self) -> None:
        text = "<gpx>" + '<wpt lat="34" lon="113"><name>界桩</name></wpt>' * 20 + "</gpx>"
        raw = text.encode().replace("桩".encode(), "桩".encode()[:2] + b"\xff", 1)
        found = tracks.read(raw, "a.gpx", now=NOW)
        assert len(found.waypoints) == 20
        assert found.waypoints[5].name == "界桩"
        assert found.counts == {"text_undecodable": 1}


def test_every_sentence_has_its_values_in_both_languages() -> None:
    for code, (severity, zh, en) in {**TRACKS, **TABLES}.items():
        assert severity in {"error", "warning"}
        fields = [set(re.findall(r"\{(\w+)\}", text)) for text in (zh, en)]
        assert {name.removesuffix("_zh") for name in fields[0]} == {name.removesuffix("_en") for name in fields[1]}, code
    assert Problem  # the problems of rows have their own table; codes that both have mean the same
