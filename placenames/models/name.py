"""Names as one list: of places of their own, and of divisions out of the register. A view of the database, never a copy."""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, IntegerRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _

from boundaries.models import Division, DivisionRecord, Source
from gis.crs import CGCS2000
from placenames.models.place_name import PlaceName
from placenames.models.place_name_record import PlaceNameRecord
from placenames.querysets import NameQuerySet


class Name(models.Model):
    """A row for every record of a place name and for every record of a division (migration 0002).

    `id` tells a row among all: positive those of `PlaceNameRecord`, negative those of `DivisionRecord`. Of a division `place`
    is there only when somebody has kept more of its name than the register does, and `detail` is what was kept. Columns of both
    rooms are never mixed: name, time, area (the division above) and location (seat, else null) of a division are the register's.
    """

    id = models.BigIntegerField(primary_key=True)
    place = models.ForeignKey(
        PlaceName, models.DO_NOTHING, db_constraint=False, null=True, related_name="names", verbose_name=_("地名")
    )
    division = models.ForeignKey(
        Division, models.DO_NOTHING, db_constraint=False, null=True, related_name="names", verbose_name=_("行政区划")
    )
    detail = models.ForeignKey(
        PlaceNameRecord, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("地名记录")
    )
    division_record = models.ForeignKey(DivisionRecord, models.DO_NOTHING, db_constraint=False, null=True, related_name="+")
    valid = DateRangeField(_("法定时间"), null=True)
    years = IntegerRangeField(_("年代"), null=True)
    recorded = DateTimeRangeField(_("记录时间"))
    name = models.CharField(_("标准名称"), max_length=120)
    proper_name = models.CharField(_("专名"), max_length=120)
    generic_name = models.CharField(_("通名"), max_length=60)
    place_class = models.CharField(_("地名类别"), max_length=5)
    code = models.CharField(_("地名代码"), max_length=20)
    spelling = models.CharField(_("罗马字母拼写"), max_length=240)
    spelled_by = models.CharField(_("拼写依据"), max_length=10)
    area = models.ForeignKey(
        Division, models.DO_NOTHING, db_constraint=False, null=True, related_name="+", verbose_name=_("所在行政区")
    )
    location = gis_models.GeometryField(_("位置"), srid=CGCS2000, null=True)
    status = models.CharField(_("使用状态"), max_length=10)
    secrecy = models.CharField(_("密级"), max_length=12)
    published = models.BooleanField(_("是否公开"))
    source = models.ForeignKey(Source, models.DO_NOTHING, db_constraint=False, related_name="+", verbose_name=_("来源"))

    objects = NameQuerySet.as_manager()

    class Meta:
        managed = False
        db_table = "placenames_name"
        verbose_name = _("名称")
        verbose_name_plural = _("名称")

    def __str__(self) -> str:
        return self.name
