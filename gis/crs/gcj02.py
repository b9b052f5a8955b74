"""GCJ-02 and BD-09: the shifted coordinates of Chinese web maps.

GCJ-02 ("Mars coordinates") is a confidential offset that Chinese map services must apply; AMap and Tencent publish
positions in it, and Baidu shifts them once more to BD-09. No official formula is public. The one here is the
reverse-engineered formula that circulates since about 2010 (eviltransform, coordtransform and many others use the
same constants); it agrees with the services to about a metre, and nobody warrants it. Data that came this way is
therefore never more than indicative.

The formula takes geographic coordinates of WGS 84; CGCS2000 differs from it by less than the formula's own
uncertainty, so the two are treated as one. Arrays are longitude and latitude in degrees, any shape that broadcasts;
the functions are vectorised and keep NaN as NaN.

**Outside China** the services apply no shift. As everywhere in public code, "China" is the box 72.004–137.8347° E,
0.8293–55.8271° N, in terms of the unshifted position; outside of it the functions return what they were given. Along
the edge of the box a strip as wide as the shift (some hundred metres, at sea or abroad) has no unique inverse; the
inverse leaves such a point unshifted unless a shifted origin inside exists.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# The Krasovsky ellipsoid that the formula is written with.
_SEMI_MAJOR: Final = 6378245.0
_ECCENTRICITY_2: Final = 0.00669342162296594323
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271

_BD_ANGLE: Final = np.pi * 3000.0 / 180.0
_BD_SHIFT_LON: Final = 0.0065
_BD_SHIFT_LAT: Final = 0.006

# The inverse stops when the forward formula returns the given position to this many degrees (1e-12° is about 0.1 µm).
_TOLERANCE_DEG: Final = 1e-12
_MAX_ITERATIONS: Final = 30


def in_china(lon: npt.ArrayLike, lat: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Whether a position (degrees) lies in the box inside which the services shift."""
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    return (lon >= _WEST) & (lon <= _EAST) & (lat >= _SOUTH) & (lat <= _NORTH)


def _offset(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """The shift in degrees at an unshifted position inside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = 20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)
    north = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + 2.0
        / 3.0
        * (
            ripple
            + 20.0 * np.sin(np.pi * y)
            + 40.0 * np.sin(np.pi * y / 3.0)
            + 160.0 * np.sin(np.pi * y / 12.0)
            + 320.0 * np.sin(np.pi * y / 30.0)
        )
    )
    east = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + 2.0
        / 3.0
        * (
            ripple
            + 20.0 * np.sin(np.pi * x)
            + 40.0 * np.sin(np.pi * x / 3.0)
            + 150.0 * np.sin(np.pi * x / 12.0)
            + 300.0 * np.sin(np.pi * x / 30.0)
        )
    )
    phi = np.radians(lat)
    w2 = 1.0 - _ECCENTRICITY_2 * np.sin(phi) ** 2
    meridian_radius = _SEMI_MAJOR * (1.0 - _ECCENTRICITY_2) / (w2 * np.sqrt(w2))
    parallel_radius = _SEMI_MAJOR / np.sqrt(w2) * np.cos(phi)
    return np.degrees(east / parallel_radius), np.degrees(north / meridian_radius)


def wgs84_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """CGCS2000 or WGS 84 to GCJ-02, degrees. Outside China the position comes back unchanged."""
    lon, lat = _pair(lon, lat)
    d_lon, d_lat = _offset(lon, lat)
    inside = in_china(lon, lat)
    return np.where(inside, lon + d_lon, lon), np.where(inside, lat + d_lat, lat)


def gcj02_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 to CGCS2000 or WGS 84, degrees: the exact inverse of `wgs84_to_gcj02`, to about 1e-11° (a micrometre).

    Fixed-point iteration p ← g − offset(p). The offset changes by less than 1 % of the distance moved, so each round
    wins two digits and six or seven suffice. Outside China the position comes back unchanged.
    """
    lon, lat = _pair(lon, lat)
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_MAX_ITERATIONS):
        d_lon, d_lat = _offset(guess_lon, guess_lat)
        next_lon, next_lat = lon - d_lon, lat - d_lat
        step = np.maximum(np.abs(next_lon - guess_lon), np.abs(next_lat - guess_lat))
        guess_lon, guess_lat = next_lon, next_lat
        # Far outside China the formula is meaningless and need not converge; those positions are not taken from it.
        if not np.any((step > _TOLERANCE_DEG) & in_china(guess_lon, guess_lat)):
            break
    inside = in_china(guess_lon, guess_lat)
    return np.where(inside, guess_lon, lon), np.where(inside, guess_lat, lat)


def gcj02_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """GCJ-02 to BD-09, degrees: a small spiral about (0, 0) and a constant shift, applied everywhere."""
    lon, lat = _pair(lon, lat)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_ANGLE)
    return radius * np.cos(angle) + _BD_SHIFT_LON, radius * np.sin(angle) + _BD_SHIFT_LAT


def bd09_to_gcj02(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 to GCJ-02, degrees: the exact inverse of `gcj02_to_bd09` by fixed-point iteration (the public closed form
    is off by up to a metre).
    """
    lon, lat = _pair(lon, lat)
    guess_lon, guess_lat = lon - _BD_SHIFT_LON, lat - _BD_SHIFT_LAT
    for _ in range(_MAX_ITERATIONS):
        back_lon, back_lat = gcj02_to_bd09(guess_lon, guess_lat)
        step_lon, step_lat = lon - back_lon, lat - back_lat
        guess_lon, guess_lat = guess_lon + step_lon, guess_lat + step_lat
        if not np.any(np.maximum(np.abs(step_lon), np.abs(step_lat)) > _TOLERANCE_DEG):
            break
    return guess_lon, guess_lat


def wgs84_to_bd09(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """CGCS2000 or WGS 84 to BD-09, degrees."""
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    """BD-09 to CGCS2000 or WGS 84, degrees."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def _pair(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
    pair = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    return pair[0], pair[1]
