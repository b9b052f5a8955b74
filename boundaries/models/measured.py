"""Columns that are measured on the ellipsoid from a record's `geometry` whenever it is written, and never given by hand."""

from __future__ import annotations

from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import models


class MeasuredField(models.FloatField):
    """None where there is no geometry."""

    def __init__(self, *args: Any, **options: Any) -> None:
        options.update(null=True, editable=False)
        super().__init__(*args, **options)

    def pre_save(self, model_instance: models.Model, add: bool) -> float | None:
        geometry = model_instance.geometry  # type: ignore[attr-defined]
        if isinstance(geometry, str):
            geometry = GEOSGeometry(geometry)
        value = None if geometry is None else self.measured(shapely.from_wkb(bytes(geometry.wkb)))
        setattr(model_instance, self.attname, value)
        return value

    def measured(self, geometry: shapely.Geometry) -> float:
        """Metres or square metres of a geometry in EPSG:4490."""
        raise NotImplementedError
