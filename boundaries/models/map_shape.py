"""What the map draws: the records' geometry in EPSG:3857, simplified as a coverage, one row for each band of zooms.

Derived and replaceable; `boundaries.services.map_shapes` makes it from the records.
"""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.fields import DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from boundaries.models.division_record import DivisionRecord
from boundaries.models.vocabulary import Level
from gis.crs import WEB_MERCATOR


class MapShape(models.Model):
    """One record's shape for the zooms ``min_zoom`` to ``max_zoom`` during `valid` (neighbours decide how edges simplify)."""

    record = models.ForeignKey(DivisionRecord, models.CASCADE, related_name="map_shapes")
    level = models.PositiveSmallIntegerField(choices=Level)
    min_zoom = models.PositiveSmallIntegerField()
    max_zoom = models.PositiveSmallIntegerField()
    valid = DateRangeField()
    geometry = gis_models.GeometryField(srid=WEB_MERCATOR, spatial_index=False)
    label_point = gis_models.PointField(srid=WEB_MERCATOR, null=True, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["geometry"], name="map_shape_geometry")]


class MapRevision(models.Model):
    """Counts the remakes of a level's shapes, so that a tile's address and ETag change exactly when the map does."""

    level = models.PositiveSmallIntegerField(primary_key=True, choices=Level)
    revision = models.PositiveIntegerField(_("版次"), default=0)
    remade_at = models.DateTimeField(auto_now=True)
