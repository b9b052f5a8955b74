"""What the map draws, made from the records by `boundaries.services.map_shapes`: replaceable, never a source of facts.

Geometry is EPSG:3857, simplified as a coverage for each band of zooms. The words a tile carries stand beside it, so that a tile is
one scan of an index.
"""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.fields import ArrayField, DateRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from boundaries.models.division import Division
from boundaries.models.vocabulary import Grade, Level
from gis.crs import WEB_MERCATOR


class MapShape(models.Model):
    """A division's shape for the zooms ``min_zoom`` to ``max_zoom`` during `valid` (neighbours decide how edges simplify).

    `geometry` is a multipolygon, or the seat point of a unit whose extent is not known. `tint` numbers the pastel colours so that
    neighbours differ.
    """

    # Copied in by the ten thousand and made anew whenever the records change: a constraint would only cost time.
    division = models.ForeignKey(Division, models.CASCADE, related_name="map_shapes", db_constraint=False)
    level = models.PositiveSmallIntegerField(choices=Level)
    min_zoom = models.PositiveSmallIntegerField()
    max_zoom = models.PositiveSmallIntegerField()
    valid = DateRangeField()
    name = models.CharField(max_length=120)
    type = models.CharField(max_length=24)
    code = models.CharField(max_length=12, blank=True)
    grade = models.CharField(max_length=12, blank=True)
    parent = models.ForeignKey(Division, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    tint = models.PositiveSmallIntegerField(default=0)
    geometry = gis_models.GeometryField(srid=WEB_MERCATOR, spatial_index=False)
    label_point = gis_models.PointField(srid=WEB_MERCATOR, spatial_index=False)
    seat = gis_models.PointField(srid=WEB_MERCATOR, null=True, spatial_index=False)

    class Meta:
        indexes = [GistIndex(fields=["level", "min_zoom", "geometry"], name="map_shape_tile")]


class MapBorder(models.Model):
    """Boundary lines near one another, each once however many units it parts, so that dashes are not drawn over one another.

    `rank` is the highest level whose units differ on the two sides; `level` the level whose shapes they were taken from; `grade`
    that of the less reliable side. A row holds the lines of a square about half a tile wide, so that a tile reads few rows; no
    square is wider than a `block` of the level (boundaries.services.map_layers), by which lines are made anew.
    """

    level = models.PositiveSmallIntegerField(choices=Level)
    rank = models.PositiveSmallIntegerField(choices=Level)
    min_zoom = models.PositiveSmallIntegerField()
    max_zoom = models.PositiveSmallIntegerField()
    valid = DateRangeField()
    grade = models.CharField(max_length=12, choices=Grade)
    block = models.IntegerField()
    geometry = gis_models.MultiLineStringField(srid=WEB_MERCATOR, spatial_index=False)

    class Meta:
        indexes = [
            GistIndex(fields=["min_zoom", "geometry"], name="map_border_tile"),
            models.Index(fields=["level", "block"], name="map_border_block"),
        ]


class MapRevision(models.Model):
    """Counts the remakes of a level's shapes, so that a tile's address and ETag change exactly when the map does.

    `breakpoints` are the days on which the level's map changes: two days without one between them have the same tiles.
    """

    level = models.PositiveSmallIntegerField(primary_key=True, choices=Level)
    revision = models.PositiveIntegerField(_("版次"), default=0)
    breakpoints = ArrayField(models.DateField(), default=list)
    remade_at = models.DateTimeField(auto_now=True)


class MapStale(models.Model):
    """What the map has not followed yet, noted by triggers in the transaction that changes a record or a code.

    One `division` with the days that were written of, or a whole `level`. Whoever remakes the map (boundaries.services.map_updates)
    takes the row away; a row that stays tells that nobody came to it.
    """

    division = models.ForeignKey(Division, models.CASCADE, null=True, related_name="+", db_constraint=False, db_index=False)
    level = models.PositiveSmallIntegerField(null=True, choices=Level)
    valid = DateRangeField(null=True)
    noted_at = models.DateTimeField(db_default=Now())
