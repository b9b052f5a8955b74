"""One loading of a list of divisions: which file, with what options, and what came of it."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _

from boundaries.models import Authority, Grade, Level, Source
from gis.files.models import StoredFile


class Batch(models.Model):
    """What was loaded is found through `source`, which every record it gave rise to cites. Dry runs leave no batch.

    The same file with the same options is one batch: loading it again names the first. A batch that was undone stays to be read.
    """

    source = models.OneToOneField(Source, models.PROTECT, related_name="batch", verbose_name=_("来源"))
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("原文件"))
    file_name = models.CharField(_("文件名"), max_length=255)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    format = models.CharField(_("格式"), max_length=40)

    level = models.PositiveSmallIntegerField(_("层级"), choices=Level, null=True, help_text=_("为空时按文件中的层级列"))
    as_of = models.DateField(_("数据日期"))
    crs = models.CharField(_("坐标系"), max_length=80, blank=True)
    authority = models.CharField(_("编码机构"), max_length=3, choices=Authority)
    grade = models.CharField(_("范围等级"), max_length=12, choices=Grade)
    variant = models.CharField(_("改动"), max_length=64, blank=True, help_text=_("导入前改过或跳过的行；为空即与文件一致"))
    note = models.TextField(_("备注"), blank=True)

    read = models.PositiveIntegerField(_("读取"))
    created = models.PositiveIntegerField(_("新建"))
    updated = models.PositiveIntegerField(_("更新"))
    unchanged = models.PositiveIntegerField(_("未变"))
    rejected = models.PositiveIntegerField(_("未导入"))
    problems = models.JSONField(_("问题"), default=list, encoder=DjangoJSONEncoder)
    coverage = models.JSONField(_("拓扑检查"), default=dict, encoder=DjangoJSONEncoder)
    details = models.JSONField(_("其他"), default=dict, encoder=DjangoJSONEncoder)
    waiting = models.JSONField(_("待接上级"), default=dict, help_text=_("上级代码及等待它的区划"))

    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("导入人"))
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("结束时间"), auto_now_add=True)

    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撤销人"))
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = _("导入批次")
        verbose_name_plural = _("导入批次")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "level", "as_of", "crs", "authority", "variant"],
                condition=models.Q(undone_at=None),
                nulls_distinct=False,
                name="batch_loaded_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name}（{self.as_of}）"
