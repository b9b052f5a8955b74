"""Which GDAL and GEOS GeoDjango loads: those inside the fiona wheel, so that no system GDAL is needed and the versions are locked.

Importing fiona first brings the libraries they depend on into the process; the files then load by path. A test keeps the choice
honest (tests/gis/test_geolibraries.py).
"""

from __future__ import annotations

from pathlib import Path

import fiona


def bundled(stem: str) -> str | None:
    """Path of the library `stem` (such as ``libgdal``) inside the fiona wheel; None when fiona was built on the system's GDAL."""
    folder = Path(fiona.__file__).resolve().parent.parent / "fiona.libs"
    return next((str(path) for path in sorted(folder.glob(f"{stem}-*.so*"))), None)


GDAL_LIBRARY_PATH = bundled("libgdal")
GEOS_LIBRARY_PATH = bundled("libgeos_c")
