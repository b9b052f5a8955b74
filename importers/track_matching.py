"""Track files and line files made ready for `boundaries.matching`."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.agreed_lines import in_words
from boundaries.matching import Line, Marker, Match, MatchError, Sighting, Track, TrackUse, Visit
from gis.commands import read_input
from gis.errors import DomainError, InvalidInputError
from importers.problems import short
from importers.readers import tracks as reader
from importers.readers.tracks.model import TrackFile, as_text

MAX_LINE_BYTES: Final = 128 * 1024 * 1024
# What a GeoJSON file may say of its reference system: CGCS2000, or WGS 84, which agrees with it to decimetres.
_DEGREES: Final = ("4490", "4326", "CRS84")


@dataclass(frozen=True)
class LineFile:
    line: Line
    markers: tuple[Marker, ...]


def refusal(error: MatchError) -> InvalidInputError:
    return InvalidInputError(error.code, in_words(error), **error.details)


# --- tracks -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TracksOfFile:
    """Tracks of one file, with the places marked in them at a time, and files of a zip that were refused, by their names."""

    tracks: tuple[Track, ...]
    sightings: tuple[Sighting, ...]
    refused: tuple[tuple[str, DomainError], ...] = ()


def read_tracks(path: str, name: str = "") -> TracksOfFile:
    """One file as one track; of a zip each file in it. Names of those are that of the zip, a slash, and their own.

    Raises `InvalidInputError`: those of `readers.tracks.read`, no_track_points; of a zip only where nothing in it can be used.
    """
    given = Path(path).expanduser()
    name = name or given.name
    found = reader.read_each(given, name)
    if len(found) == 1 and found[0].file is not None and found[0].name == name:
        return TracksOfFile((track_of(found[0].file, _digest(path)),), _sightings(found[0].file))
    tracks: list[Track] = []
    sightings: list[Sighting] = []
    refused: list[tuple[str, DomainError]] = []
    for member in found:
        inside = f"{name}/{member.name}"
        try:
            if member.file is None:
                raise member.refusal or InvalidInputError("unreadable_file", _("“%(name)s”读不出来。") % {"name": inside})
            file = replace(member.file, name=inside)
            tracks.append(track_of(file))
            sightings += _sightings(file)
        except DomainError as error:
            refused.append((inside, error))
    if not tracks:
        raise refused[0][1]
    return TracksOfFile(tuple(tracks), tuple(sightings), tuple(refused))


def _sightings(file: TrackFile) -> tuple[Sighting, ...]:
    return tuple(
        Sighting(point.lon, point.lat, point.time, point.name, file.name)
        for point in file.waypoints
        if math.isfinite(point.time) and not point.local
    )


def track_of(file: TrackFile, digest: str = "") -> Track:
    """All that was recorded or drawn in a file; planned routes are no evidence. Raises `InvalidInputError`: no_track_points."""
    segments = [segment for segment in file.segments() if len(segment)]
    if not any(segment.usable.any() for segment in segments):
        raise InvalidInputError("no_track_points", _nothing(file) % {"name": file.name})
    return Track(
        name=file.name,
        lon=np.concatenate([segment.lon for segment in segments]),
        lat=np.concatenate([segment.lat for segment in segments]),
        time=np.concatenate([segment.time for segment in segments]),
        segment=np.repeat(np.arange(len(segments)), [len(segment) for segment in segments]),
        local=file.time_basis in {"local", "mixed"},
        digest=digest,
        missing=file.without_position,
    )


def _nothing(file: TrackFile) -> str:
    if any(track.kind == "route" for track in file.tracks):
        return _("“%(name)s”里只有计划路线，没有走过的轨迹，不能作为走过的依据。")
    if file.waypoints:
        return _("“%(name)s”里只有航点，没有轨迹，看不出走过哪里。")
    return _("“%(name)s”里没有可用的轨迹点。")


def _digest(path: str) -> str:
    with Path(path).expanduser().open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


# --- lines ------------------------------------------------------------------------------------------------------------


def read_line(path: str) -> LineFile:
    """A line of a GeoJSON file (LineString or MultiLineString; Feature; FeatureCollection) and its markers: points with a number.

    Raises `InvalidInputError`: line_file_unreadable, line_file_crs, line_missing, line_wrong_geometry, marker_unreadable, and
    those of `Line.of`.
    """
    document = _parsed(path)
    _check_crs(document)
    features = _features(document)
    lines, markers = [], []
    for number, feature in enumerate(features, start=1):
        geometry = _geometry(feature.get("geometry"), number)
        if geometry is None:
            continue
        if isinstance(geometry, shapely.LineString | shapely.MultiLineString):
            lines += [part for part in shapely.get_parts(geometry) if not part.is_empty]
        elif isinstance(geometry, shapely.Point):
            markers.append(_marker(geometry, feature.get("properties"), number))
        else:
            raise InvalidInputError(
                "line_wrong_geometry",
                _("第 %(number)s 个要素是 %(kind)s；界线文件里只能有线和界桩点。") % {"number": number, "kind": geometry.geom_type},
            )
    if not lines:
        raise InvalidInputError("line_missing", _("文件里没有界线（LineString 或 MultiLineString）。"))
    try:
        return LineFile(Line.of(lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)), tuple(markers))
    except MatchError as error:
        raise refusal(error) from error


def _parsed(path: str) -> dict[str, Any]:
    try:
        document = json.loads(read_input(path, MAX_LINE_BYTES).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _unreadable(path) from error
    if not isinstance(document, dict) or not isinstance(document.get("type"), str):
        raise _unreadable(path)
    return document


def _unreadable(path: str) -> InvalidInputError:
    return InvalidInputError("line_file_unreadable", _("“%(name)s”不是 GeoJSON 文件。") % {"name": short(Path(path).name)})


def _check_crs(document: dict[str, Any]) -> None:
    stated = document.get("crs")
    if stated is not None and not json.dumps(stated).rstrip('"} ').endswith(_DEGREES):
        raise InvalidInputError(
            "line_file_crs", _("界线文件写明了别的坐标系；请先转换为 2000 国家大地坐标系的经纬度（EPSG:4490）。")
        )


def _features(document: dict[str, Any]) -> list[dict[str, Any]]:
    kind = document["type"]
    if kind == "FeatureCollection":
        features = document.get("features")
        if not isinstance(features, list) or not all(isinstance(feature, dict) for feature in features):
            raise InvalidInputError("line_file_unreadable", _("GeoJSON 的 features 不是要素列表。"))
        return features
    return [document] if kind == "Feature" else [{"geometry": document, "properties": {}}]


def _geometry(geometry: Any, number: int) -> shapely.Geometry | None:
    if geometry is None:
        return None
    try:
        made = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError, TypeError) as error:
        raise InvalidInputError("line_file_unreadable", _("第 %(number)s 个要素的图形无法识别。") % {"number": number}) from error
    return None if made is None or made.is_empty else shapely.force_2d(made)


def _marker(point: shapely.Point, properties: Any, number: int) -> Marker:
    named = properties.get("number") if isinstance(properties, dict) else None
    if isinstance(named, bool) or not isinstance(named, str | int | float) or not str(named).strip():
        raise InvalidInputError(
            "marker_unreadable", _("第 %(number)s 个要素是点而没有界桩号（属性 number）。") % {"number": number}
        )
    if not (abs(point.x) <= 180 and abs(point.y) < 90):
        raise InvalidInputError("marker_unreadable", _("界桩 %(number)s 的坐标不是经纬度。") % {"number": short(str(named))})
    whole = isinstance(named, float) and named.is_integer()  # tables turn numbers into 3.0
    return Marker(str(int(named) if whole else named).strip(), point.x, point.y)


# --- the answer ---------------------------------------------------------------------------------------------------------


def as_document(found: Match, line: dict[str, Any] | str, refused: Sequence[tuple[str, DomainError]] = ()) -> dict[str, Any]:
    """The match as docs/commands.md has it: metres rounded to centimetres, times in ISO 8601."""
    english = (get_language() or "").startswith("en")
    offset = found.offset
    return {
        "line": line,
        "length_m": _metres(found.length_m),
        "tolerance_m": found.settings.tolerance_m,
        "covered_m": _metres(found.covered_m),
        "coverage": round(found.coverage, 6),
        "covered": [[_metres(low), _metres(high)] for low, high in found.covered],
        "uncovered": [[_metres(low), _metres(high)] for low, high in found.uncovered],
        "offset_m": {
            "median": _metres(offset.median) if offset else None,
            "p95": _metres(offset.p95) if offset else None,
            "max": _metres(offset.max) if offset else None,
        },
        "markers": [_visit(visit) for visit in found.markers],
        "suspicions": [
            *({"code": one.code, "detail": one.en if english else one.zh} for one in found.suspicions),
            *(
                {"code": error.code, "detail": _("“%(name)s”没有采用：%(why)s") % {"name": name, "why": error}}
                for name, error in refused
            ),
        ],
        "tracks": [
            *(_use(use) for use in found.tracks),
            *({"file": name, "points_used": 0, "points_dropped": 0, "start": None, "end": None} for name, _error in refused),
        ],
    }


def _visit(visit: Visit) -> dict[str, Any]:
    nearest = None if visit.nearest_m is None else _metres(visit.nearest_m)
    at = as_text(round(visit.at), local=visit.local) if math.isfinite(visit.at) else None
    return {"number": visit.number, "visited": visit.visited, "nearest_m": nearest, "at": at}


def _use(use: TrackUse) -> dict[str, Any]:
    return {
        "file": use.name,
        "points_used": use.used,
        "points_dropped": use.dropped,
        "start": as_text(use.start, local=use.local),
        "end": as_text(use.end, local=use.local),
    }


def _metres(value: float) -> float:
    return round(value, 2)
