"""From what a person or a file says to a `ReferenceSystem`."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import Final

import numpy as np
import pyproj
from pyproj.exceptions import CRSError as ProjError

from gis.crs.errors import CrsError
from gis.crs.identifiers import CGCS2000, WGS_84
from gis.crs.systems import REFERENCE_SYSTEMS, Kind, ReferenceSystem

MAX_TEXT: Final = 20_000

_NUMBER: Final = re.compile(
    r"^(?:epsg:{1,2}|urn:ogc:def:crs:epsg:[\w.]*:|https?://www\.opengis\.net/def/crs/epsg/[\w.]+/)?(\d{4,6})$",
    re.IGNORECASE,
)
_WKT: Final = re.compile(r"^\s*[A-Za-z]\w*\s*[\[(]")

_ALIASES: Final[dict[str, str]] = {
    alias: key
    for key, aliases in {
        f"EPSG:{CGCS2000}": ("cgcs2000", "国家2000", "2000国家大地坐标系", "国家大地坐标系2000", "大地2000"),
        f"EPSG:{WGS_84}": ("wgs84", "crs84", "ogc:crs84", "urn:ogc:def:crs:ogc::crs84", "urn:ogc:def:crs:ogc:1.3:crs84"),
        "EPSG:4610": ("xian80", "xian1980", "西安80", "1980西安坐标系"),
        "EPSG:4214": ("beijing54", "beijing1954", "北京54", "1954年北京坐标系", "1954北京坐标系"),
        "gcj02": ("gcj02", "gcj2", "火星坐标系", "国测局坐标系"),
        "bd09": ("bd09", "bd09ll", "百度坐标系"),
    }.items()
    for alias in aliases
}


def resolve_crs(text: str) -> ReferenceSystem:
    """The reference system that `text` names.

    Accepts "EPSG:4547", "4547", OGC URNs and addresses of EPSG numbers, the names "cgcs2000", "wgs84", "xian80",
    "beijing54", "gcj02", "bd09" (also with hyphens or blanks, and the usual Chinese names), and a WKT of any dialect,
    ESRI's .prj included. PROJ strings are refused on purpose: they may name files of the machine.

    Raises `CrsError`: `unknown_crs` when it names nothing, `unsupported_crs` when it is not a horizontal system of
    the Earth.
    """
    cleaned = text.strip().strip("\ufeff\x00").strip()
    if len(cleaned) > MAX_TEXT:
        raise _unknown(cleaned)
    alias = _ALIASES.get(re.sub(r"[\s_-]", "", cleaned).lower())
    if alias is not None:
        return REFERENCE_SYSTEMS[alias]
    number = _NUMBER.match(cleaned)
    if number is not None:
        return _from_number(int(number[1]), cleaned)
    if _WKT.match(cleaned):
        return _from_wkt(cleaned)
    raise _unknown(cleaned)


def _from_number(srid: int, text: str) -> ReferenceSystem:
    known = REFERENCE_SYSTEMS.get(f"EPSG:{srid}")
    if known is not None:
        return known
    try:
        crs = pyproj.CRS.from_epsg(srid)
    except ProjError:
        raise _unknown(text) from None
    return _describe(crs, text, srid=srid, wkt=None)


def _from_wkt(text: str) -> ReferenceSystem:
    try:
        crs = pyproj.CRS.from_wkt(text)
    except ProjError:
        raise _unknown(text) from None
    if crs.is_compound and crs.sub_crs_list:
        crs = crs.sub_crs_list[0]  # heights are not kept here, so the vertical half does not matter
    # A WKT that carries its own shift (TOWGS84) is used as it stands: its number would lose the shift.
    srid = None if crs.is_bound else _number_by_name(crs) or crs.to_epsg() or _number_of_same(crs)
    if srid is not None:
        return _from_number(srid, text)
    if "EXTENSION[" in text.upper().replace(" ", ""):
        raise _unsupported(text)  # a PROJ string inside a WKT, see above
    return _describe(crs, text, srid=None, wkt=crs.to_wkt())


def _number_of_same(crs: pyproj.CRS) -> int | None:
    """The EPSG number of a projected system written in the OGC's WKT 1, which says nothing of the order of axes, where EPSG's
    Gauss–Krüger systems put north first; PROJ then hesitates. Taken only where datum and projection are the same.
    """
    candidate = crs.to_epsg(min_confidence=20) if crs.is_projected else None
    return candidate if candidate is not None and _is_same(crs, candidate) else None


def _number_by_name(crs: pyproj.CRS) -> int | None:
    """A 3-degree and a 6-degree zone about one meridian are the same but for their names, so the name decides before PROJ does."""
    named = _projected_by_name().get(_flat(crs.name)) if crs.is_projected else None
    return named if named is not None and _is_same(crs, named) else None


@lru_cache(maxsize=1)
def _projected_by_name() -> dict[str, int]:
    known = [system.srid for system in REFERENCE_SYSTEMS.values() if system.kind == "projected" and system.srid is not None]
    return {_flat(pyproj.CRS.from_epsg(srid).name): srid for srid in known}


def _flat(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def _is_same(crs: pyproj.CRS, srid: int) -> bool:
    other = pyproj.CRS.from_epsg(srid)
    if crs.geodetic_crs is None or other.geodetic_crs is None or not other.is_projected:
        return False
    if not crs.geodetic_crs.equals(other.geodetic_crs, ignore_axis_order=True):
        return False
    west, south, east, north = other.area_of_use.bounds if other.area_of_use else (110.0, 31.0, 117.0, 37.0)
    lon, lat = np.array([west, east, (west + east) / 2]), np.array([south, north, (south + north) / 2])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what a PROJ string cannot hold; here it holds the projection
        one, two = np.array(pyproj.Proj(crs)(lon, lat)), np.array(pyproj.Proj(other)(lon, lat))
    return bool(np.allclose(one, two, rtol=0.0, atol=0.001))


def _describe(crs: pyproj.CRS, text: str, *, srid: int | None, wkt: str | None) -> ReferenceSystem:
    kind: Kind
    if crs.is_projected:
        kind = "projected"
    elif crs.is_geographic:
        kind = "geographic"
    else:
        raise _unsupported(text)
    base = crs.source_crs if crs.is_bound and crs.source_crs is not None else crs
    geodetic = base.geodetic_crs
    if geodetic is None:
        raise _unsupported(text)
    datum = _DATUMS.get(geodetic.to_epsg() or 0) or _datum_by_name(geodetic.name)
    key = f"EPSG:{srid}" if srid is not None else "custom"
    ballpark = not crs.is_bound and datum in _BALLPARK
    return ReferenceSystem(key, srid, crs.name, crs.name, kind, datum, ballpark=ballpark, wkt=wkt)


_DATUMS: Final = {
    system.srid: system.datum for system in REFERENCE_SYSTEMS.values() if system.kind == "geographic" and system.srid is not None
}
_BALLPARK: Final = {system.datum for system in REFERENCE_SYSTEMS.values() if system.ballpark}


def _datum_by_name(name: str) -> str:
    """A datum key for a geographic system without number, from the words file writers use; "other" when none fits."""
    flat = _flat(name)
    for key, words in {
        "cgcs2000": ("cgcs2000", "chinageodeticcoordinatesystem2000", "china2000"),
        "xian1980": ("xian1980", "xian80"),
        "newbeijing1954": ("newbeijing",),
        "beijing1954": ("beijing1954", "beijing54"),
        "wgs84": ("wgs84", "wgs1984"),
    }.items():
        if any(word in flat for word in words):
            return key
    return "other"


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


def _unknown(text: str) -> CrsError:
    short = _short(text)
    return CrsError(
        "unknown_crs",
        short,
        f"不认识坐标系“{short}”。请写 EPSG 编号（如 EPSG:4547）、cgcs2000、wgs84、gcj02、bd09，或提供 .prj 文件的内容。",
        f"Unknown reference system “{short}”. Give an EPSG number (such as EPSG:4547), cgcs2000, wgs84, gcj02, bd09, "
        "or the text of a .prj file.",
    )


def _unsupported(text: str) -> CrsError:
    short = _short(text)
    return CrsError(
        "unsupported_crs",
        short,
        f"坐标系“{short}”不是平面或经纬度坐标系，无法使用。",
        f"“{short}” is not a horizontal reference system that can be used here.",
    )
