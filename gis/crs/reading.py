"""Coordinates of a file taken as being in a reference system, with the axes as they stand or turned round.

A reading is written "EPSG:4547", or "EPSG:4547 yx" where the file puts latitude or northing first: that is what a person chooses
and what a command takes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import shapely

from gis.crs.fitting import Fit
from gis.crs.resolve import resolve_crs
from gis.crs.systems import ReferenceSystem
from gis.crs.transform import TransformInfo, to_cgcs2000

Geometries = npt.NDArray[np.object_]

_SWAPPED: Final = re.compile(r"\s+(?:yx|lat[- ]?lon|对调)$", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """The coordinates taken as being in `system`, with the axes turned round where `swapped`; `fit` is how that lies on known
    boundaries, where it was compared.
    """

    system: ReferenceSystem
    swapped: bool = False
    fit: Fit | None = None

    @property
    def key(self) -> str:
        return f"{self.system.key}{' yx' if self.swapped else ''}"

    @property
    def name_zh(self) -> str:
        if not self.swapped:
            return self.system.name_zh
        return f"{self.system.name_zh}，{'北坐标' if self.system.kind == 'projected' else '纬度'}在前"

    @property
    def name_en(self) -> str:
        if not self.swapped:
            return self.system.name_en
        return f"{self.system.name_en}, {'northing' if self.system.kind == 'projected' else 'latitude'} first"


def resolve_reading(text: str) -> Reading:
    """What `text` names: a reference system as `resolve_crs` takes it, with " yx" behind it where the axes are turned round.

    Raises `CrsError` as `resolve_crs` does.
    """
    system = _SWAPPED.sub("", text.strip())
    return Reading(resolve_crs(system), swapped=system != text.strip())


def bring_to_cgcs2000(geometries: Geometries, reading: Reading) -> tuple[Geometries, TransformInfo]:
    """`to_cgcs2000` of geometries (any shape of array) as they stand in the file under `reading`; raises `CrsError` as it does."""
    if not reading.swapped:
        return to_cgcs2000(geometries, reading.system)
    turned = shapely.transform(np.asarray(geometries, dtype=object), lambda places: places[:, ::-1])
    return to_cgcs2000(turned, reading.system)
