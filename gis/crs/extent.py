"""Do the numbers look like longitude and latitude in Henan? Findings only; nothing is turned round or moved.

Rule BND-GEO-01 (warning): coordinates lie inside 110°21′–116°39′ E, 31°23′–36°22′ N, with a margin because neighbours
belong on a map too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs.systems import REFERENCE_SYSTEMS, ReferenceSystem

# West, south, east, north in degrees.
HENAN: Final = (110 + 21 / 60, 31 + 23 / 60, 116 + 39 / 60, 36 + 22 / 60)
MARGIN_DEG: Final = 0.5

ExtentCode = Literal["non_finite", "swapped_axes", "not_lonlat", "outside_henan"]

_MESSAGES: Final[dict[ExtentCode, tuple[str, str]]] = {
    "non_finite": (
        "坐标中有无穷大或非数值，图形无法使用。",
        "The coordinates contain infinities or values that are not numbers; the geometry cannot be used.",
    ),
    "swapped_axes": (
        "坐标像是纬度在前、经度在后。请确认并改为经度在前；系统不会自动对调。",
        "The coordinates seem to have latitude first. Check and put longitude first; they are not swapped automatically.",
    ),
    "not_lonlat": (
        "坐标超出经纬度的取值范围，可能是投影坐标（米）而坐标系指定错了。",
        "The coordinates are out of range for longitude and latitude; perhaps they are metres and the reference system is wrong.",
    ),
    "outside_henan": (
        "坐标在河南省范围（东经110°21′–116°39′，北纬31°23′–36°22′）以外。请核对坐标系和带号。",
        "The coordinates lie outside Henan (110°21′–116°39′ E, 31°23′–36°22′ N). Check the reference system and the zone.",
    ),
}


@dataclass(frozen=True)
class ExtentFinding:
    """`index` is the position of the geometry in the input (0 for a single box). `severity` is "error" where the
    geometry cannot be meant so.
    """

    code: ExtentCode
    index: int
    severity: Literal["error", "warning"]
    message_zh: str
    message_en: str
    rule: str = "BND-GEO-01"


def check_extent(bounds: npt.ArrayLike, margin_deg: float = MARGIN_DEG) -> list[ExtentFinding]:
    """One finding at most per box. `bounds`: (4,) or (n, 4) of west, south, east, north in degrees, as
    `shapely.bounds` gives them.

    A box of NaN is `non_finite`; leave out missing and empty geometries before, or use `check_geometries`, which
    does.
    """
    boxes = np.atleast_2d(np.asarray(bounds, dtype=np.float64))
    codes = np.full(len(boxes), "", dtype=object)
    low_x, low_y, high_x, high_y = boxes.T
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(boxes).all(axis=1)
        inside = _within(boxes, margin_deg)
        swapped = _within(boxes[:, [1, 0, 3, 2]], margin_deg)
        lonlat = (low_x >= -180) & (high_x <= 180) & (low_y >= -90) & (high_y <= 90)
    codes[~inside] = "outside_henan"
    codes[~lonlat] = "not_lonlat"
    codes[swapped & ~inside] = "swapped_axes"
    codes[~finite] = "non_finite"
    return [_finding(codes[index], int(index)) for index in np.flatnonzero(codes != "")]


def check_geometries(geometries: npt.NDArray[np.object_], margin_deg: float = MARGIN_DEG) -> list[ExtentFinding]:
    """`check_extent` for an array (n,) of geometries in degrees; missing and empty ones are passed over, each vertex
    is looked at for NaN.
    """
    geometries = np.asarray(geometries, dtype=object)
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    bounds = shapely.bounds(geometries)
    bounds[np.unique(owner[~np.isfinite(coordinates).all(axis=1)])] = np.nan
    present = np.unique(owner)
    return [_finding(finding.code, int(present[finding.index])) for finding in check_extent(bounds[present], margin_deg)]


def lies_in_henan(places: npt.NDArray[np.float64], margin_deg: float = MARGIN_DEG) -> bool:
    """Whether all places (n, 2; degrees) lie in Henan, or in the strip of `margin_deg` around it. False for what is not finite."""
    low, high = places.min(axis=0), places.max(axis=0)
    box = np.concatenate((low, high)).reshape(1, 4)
    return bool(np.isfinite(box).all() and _within(box, margin_deg)[0])


def suggest_crs(bounds: npt.ArrayLike) -> list[ReferenceSystem]:
    """For a file without .prj: the systems in which these numbers could lie in Henan, most usual first. A hint to ask
    a person with, no decision.

    `bounds` (4,) in the file's own units. A zone number in front of the easting settles the zone; without it every
    central meridian fits; degrees cannot tell CGCS2000 from GCJ-02.
    """
    box = np.asarray(bounds, dtype=np.float64).reshape(1, 4)
    if not np.isfinite(box).all():
        return []
    fitting = [system for system in REFERENCE_SYSTEMS.values() if _could_be(system, box)]
    return sorted(fitting, key=lambda system: (system.datum != "cgcs2000", system.ballpark))


def _could_be(system: ReferenceSystem, box: npt.NDArray[np.float64]) -> bool:
    if system.kind != "projected":
        return bool(_within(box, MARGIN_DEG)[0])
    from gis.crs.transform import to_cgcs2000  # the table of systems must stay usable without transformers

    corners = shapely.points([[box[0, 0], box[0, 1]], [box[0, 2], box[0, 3]]])
    moved, _ = to_cgcs2000(corners, system)
    degrees = np.append(*shapely.get_coordinates(moved)).reshape(1, 4)
    return bool(np.isfinite(degrees).all() and _within(degrees, MARGIN_DEG)[0])


def _within(boxes: npt.NDArray[np.float64], margin: float) -> npt.NDArray[np.bool_]:
    west, south, east, north = HENAN
    low_x, low_y, high_x, high_y = boxes.T
    result: npt.NDArray[np.bool_] = (
        (low_x >= west - margin) & (high_x <= east + margin) & (low_y >= south - margin) & (high_y <= north + margin)
    )
    return result


def _finding(code: ExtentCode, index: int) -> ExtentFinding:
    zh, en = _MESSAGES[code]
    return ExtentFinding(code, index, "warning" if code == "outside_henan" else "error", zh, en)
