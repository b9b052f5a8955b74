"""Was the clock of the device right? Held against now, the day of upload, given days, and places that were seen at a time by
another clock.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from boundaries.matching.clues import Clues, Found
from boundaries.matching.settings import Settings
from boundaries.matching.track import Track, Walk
from gis.crs import metres_per_degree

Floats = npt.NDArray[np.float64]

HOUR: Final = 3_600.0
DAY: Final = 86_400.0
GPS_EPOCH: Final = 315_964_800.0  # 1980-01-06; no receiver knows an earlier time
ROLLOVER: Final = 1024 * 7 * DAY  # a week number of ten bits begins at zero again after so long
# A clock that shows Beijing time as UTC is 8 h ahead; a quarter of an hour for what the clocks differ otherwise.
ZONE: Final = 8 * HOUR
ZONE_WITHIN: Final = 0.25 * HOUR
YEARS: Final = 180 * DAY  # what is farther from where it should be is a matter of the date, not of the hour
FUTURE: Final = 120.0  # s; clocks differ by as much
# Night by Beijing time, and what share of the positions makes a walk one at night.
NIGHT: Final = (22, 5)
NIGHT_SHARE: Final = 0.6
LEAST_WALK: Final = 600.0  # s; a shorter recording is a trial
LEAST_TIMES: Final = 10  # fewer equal times say nothing
BEIJING: Final = timezone(timedelta(hours=8))
_CHINA: Final = (73.0, 136.0)  # longitudes


def clock_findings(track: Track, walk: Walk, clues: Clues, settings: Settings) -> list[Found]:
    """At most one finding, the gravest; a clock without a zone is only held against dates."""
    time = walk.time[np.isfinite(walk.time)]
    if not len(time):
        return []
    start, end = float(time.min()), float(time.max())
    now = clues.uploaded.get(track.name, clues.now)
    for found in (
        _standing(track, time),
        _by_date(start, end, now),
        _by_days(start, end, clues.days, track.local),
        None if track.local else _by_sightings(track, walk, clues, settings),
        None if track.local else _by_now(end, now),
        None if track.local else _by_night(walk, start, end),
    ):
        if found is not None:
            return [found]
    return []


def _standing(track: Track, time: Floats) -> Found | None:
    """A time that never moves was put there by a program; clocks of receivers do not stand still."""
    if len(time) < LEAST_TIMES or len(time) < len(track) / 2 or time.min() != time.max():
        return None
    return "clock_stands", {"time": said(float(time[0]))}


def _by_date(start: float, end: float, now: float | None) -> Found | None:
    if start < GPS_EPOCH:
        return "clock_unset", {"time": said(start)}
    if now is None:
        return None
    if end > now + 14 * HOUR:
        return "clock_future", {"time": said(end)}
    if end + ROLLOVER <= now + DAY:
        return "clock_rollover", {"time": said(end), "shifted": said(end + ROLLOVER)}
    return None


def _by_days(start: float, end: float, days: tuple[float, float] | None, local: bool) -> Found | None:
    if days is None:
        return None
    away = max(days[0] - end, start - days[1])
    if away > YEARS:
        reference = {"reference_zh": "联检日期", "reference_en": "the days of the inspection"}
        return "clock_years", {"time": said(start), "days": round(away / DAY), **reference}
    inside = days[0] - HOUR <= start and end <= days[1] + HOUR
    if not inside and not local:
        for hours in (-8, 8):
            if days[0] <= start + hours * HOUR and end + hours * HOUR <= days[1]:
                return "clock_8_hours", _eight_hours("联检日期", "the days of the inspection")
    return None


def _by_sightings(track: Track, walk: Walk, clues: Clues, settings: Settings) -> Found | None:
    """The differences at places that were also seen by another clock; half of those places must agree on what is wrong."""
    apart = []
    for seen in clues.sightings:
        if seen.of_track == track.name or not math.isfinite(seen.time):
            continue
        scale = metres_per_degree([seen.lat])[0]
        near = np.hypot((walk.lon - seen.lon) * scale[0], (walk.lat - seen.lat) * scale[1]) <= settings.tolerance_m
        there = walk.time[near & np.isfinite(walk.time)]
        if len(there):
            apart.append(float((there - seen.time)[np.argmin(np.abs(there - seen.time))]))
    if not apart:
        return None
    middle = float(np.median(apart))
    if abs(middle) > YEARS:
        reference = {"reference_zh": "照片或标注的时间", "reference_en": "the times of photos or marks"}
        return "clock_years", {"time": said(float(np.nanmin(walk.time))), "days": round(abs(middle) / DAY), **reference}
    if abs(abs(middle) - ZONE) <= ZONE_WITHIN:
        return "clock_8_hours", _eight_hours("照片或标注的时间", "the times of photos or marks")
    return None


def _by_now(end: float, now: float | None) -> Found | None:
    if now is None or end <= now + FUTURE:
        return None
    return "clock_ahead", {"time": said(end), "hours": max(1, round((end - now) / HOUR))}


def _by_night(walk: Walk, start: float, end: float) -> Found | None:
    if end - start < LEAST_WALK or not _CHINA[0] <= float(np.median(walk.lon)) <= _CHINA[1]:
        return None
    time = walk.time[np.isfinite(walk.time)]

    def at_night(seconds: Floats) -> float:
        hour = (seconds + ZONE) % DAY / HOUR
        return float(np.mean((hour >= NIGHT[0]) | (hour < NIGHT[1])))

    if at_night(time) < NIGHT_SHARE or min(at_night(time + ZONE), at_night(time - ZONE)) > 0.1:
        return None
    return "walked_at_night", {"start": said(start, BEIJING), "end": said(end, BEIJING)}


def _eight_hours(zh: str, en: str) -> dict[str, Any]:
    return {"hours": 8, "reference_zh": zh, "reference_en": en}


def said(seconds: float, zone: timezone = UTC) -> str:
    """A moment as people read it, in UTC where no zone is given."""
    try:
        moment = datetime.fromtimestamp(seconds, zone)
    except (OverflowError, ValueError, OSError):
        return "—"
    return moment.strftime("%Y-%m-%d %H:%M") + (" UTC" if zone is UTC else "")
