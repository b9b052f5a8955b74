"""The EPSG numbers of this project, and the only room where such numbers stand.

`CGCS2000` is what is stored (geographic, degrees, x = longitude, y = latitude), `WEB_MERCATOR` what map tiles are cut
in.
"""

from __future__ import annotations

from typing import Final

CGCS2000: Final = 4490
WEB_MERCATOR: Final = 3857
WGS_84: Final = 4326
