"""Geometries into CGCS2000 (stored) and into Web Mercator (drawn).

Axis order: EPSG:4490 puts latitude first, files and GeoJSON put longitude first. Everything here is longitude,
latitude (x, y), whatever the authority says; `pyproj` is always called with `always_xy=True`. A file whose axes are
swapped is found by `gis.crs.extent`, never turned round here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pyproj
import shapely
from pyproj.exceptions import ProjError

from gis.crs import gcj02
from gis.crs.errors import CrsError
from gis.crs.identifiers import CGCS2000, WEB_MERCATOR, WGS_84
from gis.crs.resolve import resolve_crs
from gis.crs.systems import BD09, GCJ02, THREE_DEGREE_ZONES, ReferenceSystem

Geometries = npt.NDArray[np.object_]
Floats = npt.NDArray[np.float64]

# EPSG gives the WGS 84 ensemble an accuracy of 2 m; CGCS2000 is an ITRF97 frame at epoch 2000.0, which lies within it.
_WGS_84_ACCURACY_M: Final = 2.0


@dataclass(frozen=True)
class TransformInfo:
    """How positions were brought to CGCS2000.

    accuracy_m  what the operation is good for in metres; None when nobody states it (GCJ-02, BD-09, every ballpark
                operation)
    ballpark    only the ellipsoid was changed because no parameters are public: positions may be off by more than a
                hundred metres
    operation   PROJ's own description, or the formula's name
    note_zh, note_en  what to tell a person, empty when there is nothing to warn of
    """

    accuracy_m: float | None
    ballpark: bool
    operation: str
    note_zh: str = ""
    note_en: str = ""


def to_cgcs2000(geometries: Geometries, crs: ReferenceSystem | str) -> tuple[Geometries, TransformInfo]:
    """Geometries in `crs` to CGCS2000 longitude and latitude (degrees), with what that is worth.

    `geometries` is an array of shapely geometries or None, of any shape; the result has the same shape and is
    two-dimensional (heights and measures are dropped). Positions outside the domain of a projection come back as
    infinities, which `gis.crs.check_geometries` reports as `non_finite`. Vertices are moved one by one: a shared edge
    stays shared because equal input gives equal output.

    Raises `CrsError` for an unknown system, or `transform_failed` when PROJ knows no operation.
    """
    system = resolve_crs(crs) if isinstance(crs, str) else crs
    array = np.asarray(geometries, dtype=object)
    if system is GCJ02 or system.key == GCJ02.key:
        return _apply(array, gcj02.gcj02_to_wgs84), _OBFUSCATED[GCJ02.key]
    if system.key == BD09.key:
        return _apply(array, gcj02.bd09_to_wgs84), _OBFUSCATED[BD09.key]
    if system.srid == CGCS2000:
        return _plane(array), TransformInfo(0.0, ballpark=False, operation="none")
    # PROJ drops a file's own TOWGS84 shift on the way to anything but WGS 84, which for this purpose is CGCS2000.
    transformer = _transformer(system.wkt or f"EPSG:{system.srid}", WGS_84 if system.crs.is_bound else CGCS2000)
    try:
        moved = _apply(array, transformer.transform)
    except ProjError as error:
        raise _failed(system) from error
    return moved, _info(system, transformer)


def project_to_mercator(geometries: Geometries) -> Geometries:
    """CGCS2000 longitude and latitude to Web Mercator metres, for drawing only; same shape, two-dimensional, shared
    edges stay shared.
    """
    transformer = _transformer(f"EPSG:{CGCS2000}", WEB_MERCATOR)
    return _apply(np.asarray(geometries, dtype=object), transformer.transform)


def three_degree_zone(longitude: float) -> ReferenceSystem:
    """The CGCS2000 3-degree Gauss–Krüger zone with the nearest central meridian, of those that cover Henan."""
    return THREE_DEGREE_ZONES[min(THREE_DEGREE_ZONES, key=lambda meridian: abs(meridian - longitude))]


def project(geometries: Geometries, system: ReferenceSystem) -> Geometries:
    """CGCS2000 longitude and latitude to the metres of a projected CGCS2000 `system`; same shape, shared edges stay shared."""
    transformer = _transformer(f"EPSG:{CGCS2000}", cast(int, system.srid))
    return _apply(np.asarray(geometries, dtype=object), transformer.transform)


def _plane(geometries: Geometries) -> Geometries:
    """Those with heights or measures without them, the others as they are: not a second copy of a large file."""
    solid = shapely.has_z(geometries) | shapely.has_m(geometries)
    plane = np.array(geometries, dtype=object)
    plane[solid] = shapely.force_2d(plane[solid])
    return plane


def _apply(geometries: Geometries, function: object) -> Geometries:
    def on_array(coordinates: Floats) -> Floats:
        # One pass over all vertices of all geometries at once.
        x, y = function(coordinates[:, 0].copy(), coordinates[:, 1].copy())  # type: ignore[operator]
        return np.column_stack((x, y))

    return shapely.transform(geometries, on_array, include_z=False)


@lru_cache(maxsize=64)
def _transformer(source: str, target: int) -> pyproj.Transformer:
    """PROJ transformers are safe to share between threads since pyproj 3.1, and costly to build."""
    try:
        return pyproj.Transformer.from_crs(source, target, always_xy=True, allow_ballpark=True)
    except ProjError as error:
        raise CrsError(
            "transform_failed",
            source[:80],
            "这个坐标系无法转换到2000国家大地坐标系。",
            "This reference system cannot be transformed to CGCS2000.",
        ) from error


def _info(system: ReferenceSystem, transformer: pyproj.Transformer) -> TransformInfo:
    operation = transformer.description
    if system.crs.is_bound:
        return TransformInfo(
            None,
            ballpark=False,
            operation=operation,
            note_zh="按文件自带的转换参数换算，精度由这些参数决定。",
            note_en="Transformed with the parameters that the file itself carries; they decide the accuracy.",
        )
    if system.datum == "wgs84":
        # PROJ calls this step ballpark because EPSG lists no operation; both frames are geocentric and agree to decimetres.
        return TransformInfo(_WGS_84_ACCURACY_M, ballpark=False, operation=operation)
    if system.ballpark or "ballpark" in operation.lower():
        return TransformInfo(
            None,
            ballpark=True,
            operation=operation,
            note_zh=f"{system.name_zh}与2000国家大地坐标系之间没有公开的转换参数，只改换了椭球，位置可能偏差上百米。请用测绘部门转换后的成果。",
            note_en=(
                f"No public parameters exist between {system.name_en} and CGCS2000; only the ellipsoid was changed and "
                "positions may be off by more than a hundred metres. Use data transformed by the surveying office."
            ),
        )
    accuracy = transformer.accuracy
    return TransformInfo(accuracy if accuracy is not None and accuracy >= 0 else None, ballpark=False, operation=operation)


def _obfuscated(name: str) -> TransformInfo:
    return TransformInfo(
        None,
        ballpark=False,
        operation=f"inverse of the public {name} formula, solved by iteration",
        note_zh=f"{name} 的官方算法未公开，按通行公式反算，约有米级误差，只能作示意数据。",
        note_en=f"The official {name} algorithm is not public; the circulating formula was inverted, good to about a metre: "
        "indicative data only.",
    )


_OBFUSCATED: Final = {GCJ02.key: _obfuscated("GCJ-02"), BD09.key: _obfuscated("BD-09")}


def _failed(system: ReferenceSystem) -> CrsError:
    return CrsError(
        "transform_failed",
        system.key,
        f"坐标无法从“{system.name_zh}”转换到2000国家大地坐标系。",
        f"Coordinates could not be transformed from {system.name_en} to CGCS2000.",
    )
