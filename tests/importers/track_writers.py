"""Small writers of each text format, so that what is read back can be compared with what was meant."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from operator import xor


@dataclass(frozen=True)
class Point:
    """Degrees, seconds since 1970 (NaN for none), m (NaN for none)."""

    lon: float
    lat: float
    time: float
    elevation: float


Segments = Sequence[Sequence[Point]]


@dataclass(frozen=True)
class Format:
    """How exactly a format can say it: degrees, seconds, m; and what it cannot leave out or say at all."""

    write: Callable[[Segments], str]
    degrees: float
    seconds: float
    metres: float
    segments: bool = True
    needs_time: bool = False
    needs_elevation: bool = False


def gpx(segments: Segments) -> str:
    def point(item: Point) -> str:
        ele = f"<ele>{item.elevation:.2f}</ele>" if item.elevation == item.elevation else ""
        time = f"<time>{_iso(item.time)}</time>" if item.time == item.time else ""
        return f'<trkpt lat="{item.lat:.9f}" lon="{item.lon:.9f}">{ele}{time}</trkpt>'

    body = "".join(f"<trkseg>{''.join(map(point, segment))}</trkseg>" for segment in segments)
    return f'<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk>{body}</trk></gpx>'


def kml(segments: Segments) -> str:
    def track(segment: Sequence[Point]) -> str:
        whens = "".join(f"<when>{_iso(item.time) if item.time == item.time else ''}</when>" for item in segment)
        coords = "".join(
            f"<gx:coord>{item.lon:.9f} {item.lat:.9f}{_after(' ', item.elevation)}</gx:coord>" for item in segment
        )  # fmt: skip
        return f"<gx:Track>{whens}{coords}</gx:Track>"

    body = "".join(map(track, segments))
    space = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    return f"<kml {space}><Placemark><gx:MultiTrack>{body}</gx:MultiTrack></Placemark></kml>"


def tcx(segments: Segments) -> str:
    def point(item: Point) -> str:
        time = f"<Time>{_iso(item.time)}</Time>" if item.time == item.time else ""
        place = f"<LatitudeDegrees>{item.lat:.9f}</LatitudeDegrees><LongitudeDegrees>{item.lon:.9f}</LongitudeDegrees>"
        ele = f"<AltitudeMeters>{item.elevation:.2f}</AltitudeMeters>" if item.elevation == item.elevation else ""
        return f"<Trackpoint>{time}<Position>{place}</Position>{ele}</Trackpoint>"

    body = "".join(f"<Track>{''.join(map(point, segment))}</Track>" for segment in segments)
    space = 'xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"'
    return (
        f"<TrainingCenterDatabase {space}><Activities><Activity><Lap>{body}</Lap></Activity></Activities></TrainingCenterDatabase>"
    )


def nmea(segments: Segments) -> str:
    def sentences(item: Point) -> str:
        moment = datetime.fromtimestamp(item.time, UTC)
        clock, day = moment.strftime("%H%M%S.") + f"{moment.microsecond // 1000:03}", moment.strftime("%d%m%y")
        place = f"{_minutes(item.lat, 2)},{'NS'[item.lat < 0]},{_minutes(item.lon, 3)},{'EW'[item.lon < 0]}"
        elevation = f"{item.elevation:.2f}" if item.elevation == item.elevation else ""
        return _sentence(f"GPRMC,{clock},A,{place},,,{day},,,A") + _sentence(f"GPGGA,{clock},{place},1,08,1.0,{elevation},M,,M,,")

    return "".join(sentences(item) for segment in segments for item in segment)


def igc(segments: Segments) -> str:
    lines, day = ["AXXXABC"], ""
    for item in (item for segment in segments for item in segment):
        moment = datetime.fromtimestamp(item.time, UTC)
        if moment.strftime("%d%m%y") != day:
            lines.append(f"HFDTE{(day := moment.strftime('%d%m%y'))}")
        place = f"{_thousandths(item.lat, 2)}{'NS'[item.lat < 0]}{_thousandths(item.lon, 3)}{'EW'[item.lon < 0]}"
        lines.append(f"B{moment:%H%M%S}{place}A00000{round(item.elevation):05d}")
    return "\n".join(lines) + "\n"


def table(segments: Segments) -> str:
    rows = ["段,经度,纬度,时间(UTC),高程"]
    for number, segment in enumerate(segments, start=1):
        for item in segment:
            time = datetime.fromtimestamp(item.time, UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if item.time == item.time else ""
            rows.append(f"{number},{item.lon:.9f},{item.lat:.9f},{time},{_after('', item.elevation)}")
    return "\n".join(rows) + "\n"


def table_in_beijing(segments: Segments) -> str:
    """Semicolons, degrees in degrees, minutes and seconds, and the clock of the office."""
    rows = ["轨迹段;东经;北纬;北京时间;海拔(m)"]
    for number, segment in enumerate(segments, start=1):
        for item in segment:
            time = (
                datetime.fromtimestamp(item.time + 8 * 3600, UTC).strftime("%Y/%m/%d %H:%M:%S.%f") if item.time == item.time else ""
            )
            rows.append(f"{number};{_dms(item.lon, 'EW')};{_dms(item.lat, 'NS')};{time};{_after('', item.elevation)}")
    return "\n".join(rows) + "\n"


FORMATS = {
    "GPX": Format(gpx, 1e-9, 1e-3, 0.01),
    "KML": Format(kml, 1e-9, 1e-3, 0.01),
    "TCX": Format(tcx, 1e-9, 1e-3, 0.01),
    "NMEA": Format(nmea, 1e-7, 1e-3, 0.01, segments=False, needs_time=True),
    "IGC": Format(igc, 1 / 60_000, 1.0, 1.0, segments=False, needs_time=True, needs_elevation=True),
    "CSV": Format(table, 1e-9, 1e-3, 0.01),
    "CSV 度分秒": Format(table_in_beijing, 1e-6, 1e-3, 0.01),
}


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(round(seconds, 3), UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _after(separator: str, value: float) -> str:
    return f"{separator}{value:.2f}" if not math.isnan(value) else ""


def _minutes(degrees: float, whole: int) -> str:
    total = round(abs(degrees) * 60, 5)
    return f"{int(total // 60):0{whole}d}{total % 60:08.5f}"


def _thousandths(degrees: float, whole: int) -> str:
    total = round(abs(degrees) * 60_000)
    return f"{total // 60_000:0{whole}d}{total % 60_000:05d}"


def _dms(degrees: float, halves: str) -> str:
    total = round(abs(degrees) * 3600, 4)
    return f"{int(total // 3600)}°{int(total % 3600 // 60):02d}′{total % 60:07.4f}″{halves[degrees < 0]}"


def _sentence(body: str) -> str:
    return f"${body}*{reduce(xor, body.encode(), 0):02X}\r\n"
