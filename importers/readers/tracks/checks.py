"""Looks at the numbers of a track that has been read. Says what is odd, with its place; moves, sorts and drops nothing."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from importers.readers.findings import Findings
from importers.readers.tracks.model import Floats, Kind, Segment, Track, Waypoint, as_text

EARTH_RADIUS_M: Final = 6_371_008.8
# Faster than any way on the ground but a railway, and far enough that no pair of close fixes looks so.
JUMP_SPEED: Final = 70.0  # m/s
JUMP_DISTANCE: Final = 2_000.0  # m
JUMP_SLOW: Final = 50_000.0  # m, and a hundred times what is usual in the segment, however long it took
WEEKS_1024: Final = 1024 * 7 * 86_400.0  # s; after as many a GPS week number of ten bits begins at zero again
GPS_EPOCH: Final = 315_964_800.0  # 1980-01-06
DAY: Final = 86_400.0
_CLOCK_IN_NAME: Final = re.compile(
    r"(20\d\d)[-_./年]?(\d\d)[-_./月]?(\d\d)日?[-_ T]*(\d\d)[-_:.时]?(\d\d)(?:[-_:.分]?(\d\d))?(?!\d)", re.ASCII
)


def check_segment(findings: Findings, segment: Segment, kind: Kind, ids: dict[str, int], unit: str) -> None:
    def place(index: int) -> dict[str, int]:
        return {unit: int(segment.place[index]), **ids, "point": int(index) + 1}

    lon, lat = segment.lon, segment.lat
    wild = (np.abs(lon) > 180) | (np.abs(lat) > 90)
    for index in _shown(findings, "position_out_of_range", wild):
        findings.add("position_out_of_range", place(index), lon=_plain(lon[index]), lat=_plain(lat[index]))
    if wild.any() and np.all(np.abs(lon[wild]) <= 90) and np.all(np.abs(lat[wild]) <= 180) and wild.mean() > 0.5:
        findings.add("axes_swapped", ids)
    for index in _shown(findings, "position_zero", (lon == 0) & (lat == 0)):
        findings.add("position_zero", place(index))
    if kind == "track":
        _check_order(findings, segment, place)
        _check_jumps(findings, segment, place)
        for index in _shown(findings, "duplicate_point", _duplicates(segment)):
            findings.add("duplicate_point", place(index))


def _check_order(findings: Findings, segment: Segment, place: Any) -> None:
    timed = np.flatnonzero(np.isfinite(segment.time))
    steps = np.diff(segment.time[timed])
    back = np.zeros(len(segment), dtype=bool)
    back[timed[1:][steps < 0]] = True
    size = dict(zip(timed[1:].tolist(), steps.tolist(), strict=True)) if back.any() else {}
    for index in _shown(findings, "time_backwards", back):
        findings.add("time_backwards", place(index), seconds=_plain(-size[index]))


def _check_jumps(findings: Findings, segment: Segment, place: Any) -> None:
    good = np.flatnonzero(segment.usable)
    if len(good) < 2:
        return
    distance = distances_m(segment.lon[good], segment.lat[good])
    elapsed = np.abs(np.diff(segment.time[good]))
    with np.errstate(divide="ignore", invalid="ignore"):
        speed = distance / elapsed
    timed = np.isfinite(elapsed)
    fast = timed & (distance > JUMP_DISTANCE) & (speed > JUMP_SPEED)
    usual = float(np.median(distance))
    far = (distance > max(JUMP_SLOW, 100 * usual)) & (len(good) > 4)
    marked = np.zeros(len(segment), dtype=bool)
    marked[good[1:][fast | far]] = True
    step = np.full(len(segment), -1)
    step[good[1:]] = np.arange(len(distance))
    for index in _shown(findings, "jump", marked):
        at = step[index]
        told = np.isfinite(speed[at])
        findings.add(
            "jump", place(index), distance_km=_plain(distance[at] / 1000, 1),
            speed_zh=f"（每秒 {speed[at]:.0f} 米）" if told else "", speed_en=f" ({speed[at]:.0f} m/s)" if told else "",
        )  # fmt: skip


def _duplicates(segment: Segment) -> npt.NDArray[np.bool_]:
    """Points that say what an earlier one of the segment said: time and position, or without times the position just before."""
    marked = np.zeros(len(segment), dtype=bool)
    timed = np.flatnonzero(np.isfinite(segment.time))
    if len(timed) > 1:
        rows = np.lexsort((timed, segment.lat[timed], segment.lon[timed], segment.time[timed]))
        order = timed[rows]
        same = (
            (np.diff(segment.time[order]) == 0) & (np.diff(segment.lon[order]) == 0) & (np.diff(segment.lat[order]) == 0)
        )  # fmt: skip
        marked[order[1:][same]] = True
    untimed = ~np.isfinite(segment.time)
    marked[1:] |= untimed[1:] & untimed[:-1] & (np.diff(segment.lon) == 0) & (np.diff(segment.lat) == 0)
    return marked


def check_waypoints(findings: Findings, waypoints: Sequence[Waypoint], unit: str) -> None:
    for number, waypoint in enumerate(waypoints, start=1):
        where = {unit: waypoint.place, "waypoint": number}
        if abs(waypoint.lon) > 180 or abs(waypoint.lat) > 90:
            findings.add("position_out_of_range", where, lon=_plain(waypoint.lon), lat=_plain(waypoint.lat))
        elif waypoint.lon == 0 and waypoint.lat == 0:
            findings.add("position_zero", where)


def check_times(
    findings: Findings,
    tracks: Sequence[Track],
    waypoints: Sequence[Waypoint],
    stated: Sequence[tuple[str, float]],
    now: float,
    unit: str,
) -> None:
    """Wrong years, told once per track, and signs that local time was written as UTC."""
    for number, track in enumerate(tracks, start=1):
        if track.kind == "route":
            continue
        for part, segment in enumerate(track.segments, start=1):
            times = segment.time
            for code, odd in _odd_years(times, now).items():
                index = int(np.argmax(odd))
                where = {unit: int(segment.place[index]), "track": number, "segment": part, "point": index + 1}
                findings.add(code, where, **_told_time(float(times[index])))
    times = np.array([waypoint.time for waypoint in waypoints])
    for code, odd in _odd_years(times, now).items():
        index = int(np.argmax(odd))
        findings.add(code, {unit: waypoints[index].place, "waypoint": index + 1}, **_told_time(float(times[index])))
    _check_zone(findings, tracks, stated, now)


def _odd_years(times: Floats, now: float) -> dict[str, npt.NDArray[np.bool_]]:
    with np.errstate(invalid="ignore"):
        found = {
            "time_in_future": times > now + 14 * 3600,  # nearer ones are a matter of zones
            "time_before_gps": times < GPS_EPOCH,
            "week_rollover": (times >= GPS_EPOCH) & (times + WEEKS_1024 <= now + DAY),
        }
    return {code: odd for code, odd in found.items() if odd.any()}


def _told_time(seconds: float) -> dict[str, Any]:
    return {
        "value": as_text(seconds, local=True) or _plain(seconds),
        "shifted": (as_text(seconds + WEEKS_1024, local=True) or "")[:10],
    }


def _check_zone(findings: Findings, tracks: Sequence[Track], stated: Sequence[tuple[str, float]], now: float) -> None:
    """Three signs, the plainest first: not yet happened; the file says it was saved whole hours before its points; a name's clock.

    A name made by a device has local time in it. When it equals the times of the points, these are local as well, except where
    clocks show UTC.
    """
    for number, track in enumerate(tracks, start=1):
        if track.kind != "track" or not track.segments:
            continue
        utc = [segment.time[np.isfinite(segment.time) & ~segment.local] for segment in track.segments]
        times = np.concatenate(utc)
        if not len(times):
            continue
        first, last = float(times[0]), float(times.max())
        where = {"track": number}
        if now + 600 < last <= now + 14 * 3600:
            told = as_text(last, local=False)
            hours = max(1, round((last - now) / 3600))
            findings.add("local_as_utc", where, hours=hours, why_zh=f"最后一点 {told} 还没有到", why_en=f"{told} has not come yet")
            continue
        early = [(name, saved) for name, saved in stated if _whole_hours(last - saved) or _whole_hours(first - saved)]
        if early:
            name, saved = early[0]
            told, hours = as_text(saved, local=False), round((last - saved) / 3600)
            findings.add(
                "local_as_utc", where, hours=hours, why_zh=f"文件自称 {told} 保存（{name}），早于所记的点",
                why_en=f"the file says it was saved at {told} ({name}), before its points",
            )  # fmt: skip
        elif _name_says(track, first) and (zone := _solar_hours(track)) >= 1:
            findings.add(
                "local_as_utc",
                where,
                hours=zone,
                why_zh="轨迹名称里的钟点与之相同",
                why_en="the name of the track shows the same clock",
            )


def _whole_hours(seconds: float) -> bool:
    """Between 1 and 14 whole hours, ten minutes over allowed for the time between the last point and saving."""
    return 3600 - 60 <= seconds <= 14 * 3600 and (seconds + 600) % 3600 <= 660


def _name_says(track: Track, first: float) -> bool:
    found = _CLOCK_IN_NAME.search(track.name)
    told = as_text(first, local=True)
    if found is None or told is None:
        return False
    year, month, day, hour, minute, _second = found.groups()
    return told[:16] == f"{year}-{month}-{day}T{hour}:{minute}"


def _solar_hours(track: Track) -> int:
    """The zone a place keeps by its longitude; all of China keeps 8."""
    usable = [segment.lon[segment.usable] for segment in track.segments]
    together = np.concatenate(usable)
    if not len(together):
        return 0
    lon = float(np.median(together))
    return 8 if 73 <= lon <= 135 else round(lon / 15)


def distances_m(lon: Floats, lat: Floats) -> Floats:
    """From each point to the next on a sphere, m; good to 0.6 %, which is enough to see a jump and ten times as fast."""
    phi, lam = np.radians(lat), np.radians(lon)
    half = np.sin(np.diff(phi) / 2) ** 2 + np.cos(phi[1:]) * np.cos(phi[:-1]) * np.sin(np.diff(lam) / 2) ** 2
    result: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return result


def _shown(findings: Findings, code: str, marked: npt.NDArray[np.bool_]) -> Iterator[int]:
    """Indexes to tell with their places, as long as there is room for them; the rest is counted after these."""
    found = np.flatnonzero(marked)
    room = findings.room(code)
    yield from (int(index) for index in found[:room])
    if len(found) > room:
        findings.add_uncounted(code, len(found) - room)


def _plain(value: float, digits: int = 7) -> str:
    """A number without a tail of nines; large ones as they are."""
    if not math.isfinite(value):
        return str(value)
    text = f"{value:.{digits}f}" if abs(value) < 1e15 else f"{value:g}"
    return text.rstrip("0").rstrip(".") if "." in text else text
