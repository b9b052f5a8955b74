"""The reference systems an office in Henan meets, as one readable table.

EPSG numbers: EPSG Geodetic Parameter Dataset. Henan spans 110°21′–116°39′ E, which the 3-degree Gauss–Krüger zones 37
(111° E), 38 (114° E) and 39 (117° E) and the 6-degree zones 19 (111° E) and 20 (117° E) cover. Chinese files write
the easting in two ways: with the zone number in front of the 500 km false easting (38 500 000 m) or without (500 000
m); EPSG has a separate number for each.

Beijing 1954 and Xi'an 1980 are marked `ballpark`: the parameters between them and CGCS2000 are not public, so PROJ
only changes the ellipsoid and positions may be off by tens of metres to over a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import pyproj

from gis.crs.identifiers import CGCS2000, WEB_MERCATOR, WGS_84

Kind = Literal["geographic", "projected", "obfuscated"]


@dataclass(frozen=True)
class ReferenceSystem:
    """One reference system, by whatever name it was asked for.

    key       "EPSG:4547", "gcj02", "bd09", or "custom" for a WKT without an EPSG number
    srid      EPSG number, or None
    kind      geographic (degrees), projected (metres), or obfuscated (GCJ-02 and BD-09: degrees, shifted by formula)
    ballpark  True where only the ellipsoid can be changed, so that a transformed position is not to be trusted to a
              metre
    wkt       the definition itself where there is no EPSG number
    """

    key: str
    srid: int | None
    name_zh: str
    name_en: str
    kind: Kind
    datum: str
    ballpark: bool = False
    wkt: str | None = None

    @cached_property
    def crs(self) -> pyproj.CRS:
        """The pyproj object; for GCJ-02 and BD-09 that of the CGCS2000 positions behind them."""
        if self.wkt is not None:
            return pyproj.CRS.from_wkt(self.wkt)
        return pyproj.CRS.from_epsg(self.srid if self.srid is not None else CGCS2000)

    def __str__(self) -> str:
        return f"{self.name_zh} ({self.key})"


@dataclass(frozen=True)
class _Datum:
    zh: str
    en: str
    key: str
    ballpark: bool


_CGCS2000: Final = _Datum("2000国家大地坐标系", "CGCS2000", "cgcs2000", ballpark=False)
_XIAN_1980: Final = _Datum("1980西安坐标系", "Xi'an 1980", "xian1980", ballpark=True)
_BEIJING_1954: Final = _Datum("1954年北京坐标系", "Beijing 1954", "beijing1954", ballpark=True)
_NEW_BEIJING: Final = _Datum("新1954年北京坐标系", "New Beijing 1954", "newbeijing1954", ballpark=True)
_WGS: Final = _Datum("WGS 84", "WGS 84", "wgs84", ballpark=False)

_GEOGRAPHIC: Final = (
    (CGCS2000, _CGCS2000),
    (WGS_84, _WGS),
    (4610, _XIAN_1980),
    (4214, _BEIJING_1954),
    (4555, _NEW_BEIJING),
)

# (EPSG, datum, degrees of a zone, zone number where it stands before the easting else None, central meridian)
_GAUSS_KRUGER: Final = (
    (4546, _CGCS2000, 3, None, 111),
    (4547, _CGCS2000, 3, None, 114),
    (4548, _CGCS2000, 3, None, 117),
    (4525, _CGCS2000, 3, 37, 111),
    (4526, _CGCS2000, 3, 38, 114),
    (4527, _CGCS2000, 3, 39, 117),
    (4508, _CGCS2000, 6, None, 111),
    (4509, _CGCS2000, 6, None, 117),
    (4497, _CGCS2000, 6, 19, 111),
    (4498, _CGCS2000, 6, 20, 117),
    (2382, _XIAN_1980, 3, None, 111),
    (2383, _XIAN_1980, 3, None, 114),
    (2384, _XIAN_1980, 3, None, 117),
    (2361, _XIAN_1980, 3, 37, 111),
    (2362, _XIAN_1980, 3, 38, 114),
    (2363, _XIAN_1980, 3, 39, 117),
    (2344, _XIAN_1980, 6, None, 111),
    (2345, _XIAN_1980, 6, None, 117),
    (2333, _XIAN_1980, 6, 19, 111),
    (2334, _XIAN_1980, 6, 20, 117),
    (2434, _BEIJING_1954, 3, None, 111),
    (2435, _BEIJING_1954, 3, None, 114),
    (2436, _BEIJING_1954, 3, None, 117),
    (2413, _BEIJING_1954, 3, 37, 111),
    (2414, _BEIJING_1954, 3, 38, 114),
    (2415, _BEIJING_1954, 3, 39, 117),
    (21459, _BEIJING_1954, 6, None, 111),
    (21460, _BEIJING_1954, 6, None, 117),
    (21419, _BEIJING_1954, 6, 19, 111),
    (21420, _BEIJING_1954, 6, 20, 117),
)


def _gauss_kruger(srid: int, datum: _Datum, degrees: int, zone: int | None, meridian: int) -> ReferenceSystem:
    if zone is None:
        zh, en = f"中央经线{meridian}°E（横坐标不带带号）", f"CM {meridian}°E"
    else:
        zh, en = f"第{zone}带（横坐标带带号）", f"zone {zone}"
    return ReferenceSystem(
        key=f"EPSG:{srid}",
        srid=srid,
        name_zh=f"{datum.zh} 高斯–克吕格{degrees}度带 {zh}",
        name_en=f"{datum.en} / {degrees}-degree Gauss–Krüger {en}",
        kind="projected",
        datum=datum.key,
        ballpark=datum.ballpark,
    )


def _table() -> Iterator[ReferenceSystem]:
    for srid, datum in _GEOGRAPHIC:
        yield ReferenceSystem(
            key=f"EPSG:{srid}",
            srid=srid,
            name_zh=f"{datum.zh}（经纬度）",
            name_en=f"{datum.en} (longitude and latitude)",
            kind="geographic",
            datum=datum.key,
            ballpark=datum.ballpark,
        )
    for row in _GAUSS_KRUGER:
        yield _gauss_kruger(*row)
    for srid, zone in ((32649, 49), (32650, 50)):
        yield ReferenceSystem(
            f"EPSG:{srid}", srid, f"WGS 84 UTM 北半球第{zone}带", f"WGS 84 / UTM zone {zone}N", "projected", _WGS.key
        )
    yield ReferenceSystem(f"EPSG:{WEB_MERCATOR}", WEB_MERCATOR, "网络墨卡托投影", "WGS 84 / Pseudo-Mercator", "projected", _WGS.key)
    yield GCJ02
    yield BD09


GCJ02: Final = ReferenceSystem("gcj02", None, "GCJ-02（高德、腾讯地图坐标）", "GCJ-02 (AMap, Tencent)", "obfuscated", "gcj02")
BD09: Final = ReferenceSystem("bd09", None, "BD-09（百度地图坐标）", "BD-09 (Baidu)", "obfuscated", "bd09")

REFERENCE_SYSTEMS: Final[dict[str, ReferenceSystem]] = {system.key: system for system in _table()}

# The CGCS2000 3-degree zones by central meridian, eastings without the zone number.
THREE_DEGREE_ZONES: Final[dict[int, ReferenceSystem]] = {
    meridian: REFERENCE_SYSTEMS[f"EPSG:{srid}"]
    for srid, datum, degrees, zone, meridian in _GAUSS_KRUGER
    if datum is _CGCS2000 and degrees == 3 and zone is None
}
