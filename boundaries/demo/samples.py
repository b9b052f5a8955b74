"""Sample tracks along the demo's boundary line, good and bad, as handhelds and phones write them; the same every time.

They stand in docs/samples/tracks; `scripts/manage demo_samples` writes them anew, a test holds them to this.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import numpy as np

from boundaries.demo.lines import DemoLine
from boundaries.demo.noise import draw
from gis.crs import MeasuredLine
from gis.crs.gcj02 import wgs84_to_gcj02
from gis.crs.geodesic import metres_per_degree

_STEP_M, _PACE_S = 30.0, 24.0
_SALT = 5_000_011
_HOME = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Sample:
    """A file: its name, what it is (Chinese and English), its content; what `match_track` makes of it.

    covered: kilometres of the line from and to; missing, suspicious and empty alike are said in the page of the samples.
    suspicions: codes, none where nothing looks wrong. Both are held by a test against `match_track` itself.
    """

    name: str
    zh: str
    en: str
    content: bytes
    covered: tuple[tuple[float, float], ...] = ()
    suspicions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fix:
    lon: float
    lat: float
    elevation: float
    at: datetime


def samples(line: DemoLine) -> list[Sample]:
    measured = MeasuredLine(line.geometry)
    end = measured.length_m
    day = datetime(2026, 10, 12, 0, 30, tzinfo=UTC)
    first = list(_walk(measured, 0.0, 30_500.0, day, salt=1))
    second = list(_walk(measured, end, 29_800.0, day + timedelta(days=1), salt=2))
    short = list(_walk(measured, 20_000.0, 26_000.0, day + timedelta(days=2), salt=3))
    river = list(_walk(measured, 31_000.0, 36_000.0, day + timedelta(days=2), salt=4))
    return [
        Sample("good-day1.gpx", "第一天：从北端走到 30.5 千米，噪声约 5 米", "day one: the north end to 30.5 km, noise about 5 m",
               _gpx("第一天", [first]),
               ((0.0, 30.5),), ()),
        Sample("good-day2.kml", "第二天：邻县一方从南端走回来（KML）", "day two: the other side, from the south end back (KML)",
               _kml("第二天", second),
               ((29.8, 58.5),), ()),
        Sample("good-handheld.csv", "河湾一段，手持机导出的表格", "the river bend, a handheld's table", _csv(river),
               ((31.0, 36.0),), ("time_without_zone",)),
        Sample("bad-gap.gpx", "中间没有信号，缺 2 千米", "no signal in the middle, 2 km missing",
               _gpx("缺段", [short[:70], short[137:]]),
               ((20.0, 22.1), (24.1, 26.0)), ()),
        Sample("bad-parallel-road.gpx", "走在 60 米外的公路上，不算走过界线", "on a road 60 m off: the line was not walked",
               _gpx("公路", [list(_walk(measured, 20_000.0, 26_000.0, day, salt=5, aside=60.0))]),
               (), ("not_along",)),
        Sample("bad-gcj02.gpx", "手机地图的加偏坐标（GCJ-02）", "a phone map's shifted coordinates (GCJ-02)",
               _gpx("加偏", [[_shifted(one) for one in short]]),
               (), ("gcj02_shift",)),
        Sample("bad-clock.gpx", "设备时钟停在 2006 年", "the device's clock is back in 2006",
               _gpx("时钟", [[_Fix(one.lon, one.lat, one.elevation, one.at.replace(year=2006)) for one in short]]),
               ((20.0, 26.0),), ("clock_rollover",)),
        Sample("bad-jumps.gpx", "有跳点：瞬间偏出 3 千米", "with jumps: 3 km off for a moment",
               _gpx("跳点", [[_jumped(one, at) for at, one in enumerate(short)]]),
               ((20.0, 26.0),), ("jumps",)),
    ]  # fmt: skip


def _walk(line: MeasuredLine, begin: float, end: float, start: datetime, *, salt: int, aside: float = 0.0) -> Iterator[_Fix]:
    """A fix every 30 m, off the line by `aside` metres to its right and by noise that drifts as a receiver's does."""
    count = int(abs(end - begin) // _STEP_M) + 1
    drift_east = drift_north = 0.0
    for at in range(count):
        chainage = begin + math.copysign(at * _STEP_M, end - begin)
        here, ahead = line.at(chainage), line.at(chainage + 5.0)
        scale = metres_per_degree(here[1]).reshape(2)
        east, north = (ahead[0] - here[0]) * float(scale[0]), (ahead[1] - here[1]) * float(scale[1])
        length = math.sqrt(east * east + north * north) or 1.0
        drift_east = 0.85 * drift_east + draw(_SALT + salt * 7919, at * 2, -2.5, 2.5)
        drift_north = 0.85 * drift_north + draw(_SALT + salt * 7919, at * 2 + 1, -2.5, 2.5)
        lon = here[0] + (drift_east + north / length * aside) / float(scale[0])
        lat = here[1] + (drift_north - east / length * aside) / float(scale[1])
        yield _Fix(
            round(lon, 7), round(lat, 7), round(62 + 6 * math.sin(chainage / 4000), 1), start + timedelta(seconds=at * _PACE_S)
        )


def _shifted(fix: _Fix) -> _Fix:
    lon, lat = wgs84_to_gcj02(np.array([fix.lon]), np.array([fix.lat]))
    return _Fix(round(float(lon[0]), 7), round(float(lat[0]), 7), fix.elevation, fix.at)


def _jumped(fix: _Fix, at: int) -> _Fix:
    return _Fix(round(fix.lon + 0.03, 7), fix.lat, fix.elevation, fix.at) if at % 45 == 30 else fix


def _gpx(name: str, parts: list[list[_Fix]]) -> bytes:
    rows = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gpx version="1.1" creator="演示" xmlns="http://www.topografix.com/GPX/1/1">',
        f"<trk><name>{name}</name>",
    ]
    for part in parts:
        rows.append("<trkseg>")
        rows += [
            f'<trkpt lat="{one.lat:.7f}" lon="{one.lon:.7f}"><ele>{one.elevation}</ele>'
            f"<time>{one.at:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>"
            for one in part
        ]
        rows.append("</trkseg>")
    return ("\n".join([*rows, "</trk></gpx>"]) + "\n").encode()


def _kml(name: str, fixes: list[_Fix]) -> bytes:
    rows = ['<?xml version="1.0" encoding="UTF-8"?>',
            '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>',
            f"<Placemark><name>{name}</name><gx:Track>"]  # fmt: skip
    rows += [f"<when>{one.at:%Y-%m-%dT%H:%M:%SZ}</when>" for one in fixes]
    rows += [f"<gx:coord>{one.lon:.7f} {one.lat:.7f} {one.elevation}</gx:coord>" for one in fixes]
    return ("\n".join([*rows, "</gx:Track></Placemark></Document></kml>"]) + "\n").encode()


def _csv(fixes: list[_Fix]) -> bytes:
    rows = ["时间,经度,纬度,高程"]
    rows += [f"{one.at.astimezone(_HOME):%Y-%m-%d %H:%M:%S},{one.lon:.7f},{one.lat:.7f},{one.elevation}" for one in fixes]
    return b"\xef\xbb\xbf" + ("\n".join(rows) + "\n").encode()
