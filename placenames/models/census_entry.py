"""What the census form asks of a place name beyond its name, place and time (第二次全国地名普查登记表)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from placenames.models.place_name_record import PlaceNameRecord


class CensusEntry(models.Model):
    """Belongs to one record and is followed with it by another; never changed. Empty means: not told.

    Of the form's fields the record itself has: 代码, 标准名称, 罗马字母拼写, 地名读音, 密级, 是否公开, 类别, 经纬度, 坐标系,
    资料来源, 所在（跨）行政区, 使用时间; 别名, 简称, 曾用名 and 民族文字 are forms (`NameForm`).
    """

    record = models.OneToOneField(PlaceNameRecord, models.PROTECT, related_name="census", verbose_name=_("地名记录"))

    map_name = models.CharField(_("图上名称"), max_length=120, blank=True)
    map_sheet = models.CharField(_("图号（年版）"), max_length=60, blank=True)
    map_scale = models.CharField(_("比例尺"), max_length=30, blank=True)
    generic_spelling = models.CharField(_("通名罗马字母拼写"), max_length=120, blank=True)
    language = models.CharField(_("语种"), max_length=30, blank=True)
    named_when = models.CharField(_("命名时间"), max_length=60, blank=True)
    established = models.CharField(_("设立年份"), max_length=30, blank=True)
    abolished = models.CharField(_("废止年份"), max_length=30, blank=True)
    sign_count = models.PositiveIntegerField(_("标牌个数"), null=True, blank=True)
    elevation_m = models.FloatField(_("高程（米）"), null=True, blank=True)
    surveyed_by = models.CharField(_("测量方法"), max_length=30, blank=True)
    written = models.CharField(_("汉字书写"), max_length=200, blank=True)

    origin = models.TextField(_("地名来历"), blank=True)
    meaning = models.TextField(_("地名含义"), blank=True)
    history = models.TextField(_("历史沿革"), blank=True)
    description = models.TextField(_("地理实体描述"), blank=True)
    story = models.TextField(_("典故"), blank=True)
    media = models.TextField(_("多媒体"), blank=True)
    other = models.TextField(_("其他"), blank=True)
    sources = models.TextField(_("资料来源及出处"), blank=True)
    note = models.TextField(_("备注"), blank=True)

    census_state = models.CharField(_("地名普查状态"), max_length=30, blank=True)
    registered_on = models.DateField(_("登记时间"), null=True, blank=True)
    registered_by = models.CharField(_("登记人"), max_length=60, blank=True)
    registered_at = models.CharField(_("登记单位"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("普查登记")
        verbose_name_plural = _("普查登记")

    def __str__(self) -> str:
        return f"CensusEntry {self.record_id}"
