"""The two GDALs of this process (fiona's and pyogrio's), held to a few drivers and to no network.

fiona can be told which driver may open a file, pyogrio cannot; and even an allowed driver may fetch an address that a file names:
both fetch the one in a GeoJSON `"crs": {"type": "link"}`. So, when this module is imported, every other driver is taken out of both
libraries and their HTTP client is replaced by one that fetches nothing. docs/decisions/0030 says why by ctypes.
"""

from __future__ import annotations

import ctypes
import logging
import re
from pathlib import Path
from typing import Any, Final

import fiona
import pyogrio.raw  # noqa: F401  its GDAL must be in the process before it is held

# What GDAL has to say of a bad file is said by our own errors.
logging.getLogger("fiona").setLevel(logging.CRITICAL)
logging.getLogger("pyogrio").setLevel(logging.CRITICAL)

DRIVERS: Final = (
    "ESRI Shapefile",
    "GPKG",
    "GeoJSON",
    "GeoJSONSeq",
    "TopoJSON",
    "FlatGeobuf",
    "GML",
    "DXF",
    "OpenFileGDB",
    "MapInfo File",
)
_KEPT: Final = {*DRIVERS, "MEM", "Memory"}
# Five fields without blanks, then the path, which may have some (proc(5)).
_LIBRARY: Final = re.compile(r"(?:\S+\s+){5}(/.*/libgdal[^/]*\.so[^/\s]*)$")
_OPTIONS: Final = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/vsicurl/none",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
    "OGR_ENABLE_PARTIAL_REPROJECTION": "NO",
    "GML_SKIP_RESOLVE_ELEMS": "ALL",
    # The text of a drawing comes through as bytes; its encoding is decided from evidence like that of every other file.
    "DXF_ENCODING": "ISO-8859-1",
}

_LIBC: Final = ctypes.CDLL(None)
_LIBC.calloc.restype = ctypes.c_void_p
_LIBC.calloc.argtypes = [ctypes.c_size_t, ctypes.c_size_t]
_Fetch = ctypes.CFUNCTYPE(
    ctypes.c_void_p,
    ctypes.c_char_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_void_p,
)


@_Fetch
def _fetches_nothing(*_arguments: Any) -> int | None:
    """An empty answer that says it failed (None would mean "ask the next"); GDAL frees it with the C library’s free."""
    answer: int | None = _LIBC.calloc(1, 256)
    if answer:
        ctypes.c_int.from_address(answer).value = 7  # CURLE_COULDNT_CONNECT
    return answer


def loaded_libraries() -> list[Path]:
    """The GDAL libraries mapped into this process."""
    found = {
        match[1] for line in Path("/proc/self/maps").read_text("utf-8", "replace").splitlines() if (match := _LIBRARY.search(line))
    }
    return [Path(path) for path in sorted(found)]


def drivers_of(library: ctypes.CDLL) -> set[str]:
    """Names of the drivers registered in a GDAL library."""
    library.GDALGetDriver.restype = ctypes.c_void_p
    library.GDALGetDescription.argtypes = [ctypes.c_void_p]
    library.GDALGetDescription.restype = ctypes.c_char_p
    count = library.GDALGetDriverCount()
    return {library.GDALGetDescription(library.GDALGetDriver(index)).decode() for index in range(count)}


def _hold(library: ctypes.CDLL) -> None:
    library.CPLSetConfigOption.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    library.GDALAllRegister()
    # GDAL unloads what this option names whenever it registers its drivers, also when fiona does so again later.
    unwanted = ",".join(sorted(drivers_of(library) - _KEPT))
    for name, value in {**_OPTIONS, "GDAL_SKIP": unwanted}.items():
        library.CPLSetConfigOption(name.encode(), value.encode())
    library.GDALAllRegister()
    library.CPLHTTPSetFetchCallback.argtypes = [_Fetch, ctypes.c_void_p]
    library.CPLHTTPSetFetchCallback(_fetches_nothing, None)
    if left := drivers_of(library) - _KEPT:
        raise RuntimeError(f"GDAL keeps drivers that must not open files: {', '.join(sorted(left))}")


def _hold_all() -> None:
    libraries = loaded_libraries()
    if not libraries:
        raise RuntimeError(f"no GDAL library found in the process of fiona {fiona.__version__}")
    for path in libraries:
        _hold(ctypes.CDLL(str(path)))


_hold_all()
