"""What a dry run found between the shapes of a batch, and a repair of the narrow faults: asked for, looked at, adopted or not."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from importers.models.staged import StagedBatch


class FindingKind(models.TextChoices):
    """The kinds of gis.coverage.Kind in words."""

    GAP = "gap", _("缝隙")
    OVERLAP = "overlap", _("重叠")
    SLIVER = "sliver", _("碎条")
    DUPLICATE = "duplicate", _("重复")
    HOLE = "hole", _("空洞")
    OUTSIDE = "outside", _("超出上级")


class RepairState(models.TextChoices):
    ASKED = "asked", _("正在计算")
    READY = "ready", _("可预览")
    ADOPTED = "adopted", _("已采用")
    WITHDRAWN = "withdrawn", _("已撤回")
    PASSED = "passed", _("未采用")


class StagedFinding(models.Model):
    """One place, as gis.coverage.Defect tells it; written anew by every dry run. The largest `MOST_KEPT` are kept.

    `units` are dicts with code, name and row (None for a unit of the register that the file does not bring); `wkb` is CGCS2000.
    """

    batch = models.ForeignKey(StagedBatch, models.CASCADE, related_name="findings", verbose_name=_("导入"))
    number = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("类别"), max_length=10, choices=FindingKind)
    level = models.PositiveSmallIntegerField(_("层级"))
    covers = models.PositiveSmallIntegerField(_("被几个区划覆盖"))
    lon = models.FloatField(_("经度"))
    lat = models.FloatField(_("纬度"))
    area_m2 = models.FloatField(_("面积（平方米）"))
    width_m = models.FloatField(_("最宽处（米）"))
    length_m = models.FloatField(_("长（米）"))
    share = models.FloatField(_("占比"), default=0)
    units = models.JSONField(_("区划"), default=list)
    parent = models.JSONField(_("上级"), null=True)
    wkb = models.BinaryField(_("图形"))

    class Meta:
        verbose_name = _("拓扑检查的一处")
        verbose_name_plural = _("拓扑检查的各处")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["batch", "number"], name="finding_once")]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class StagedRepair(models.Model):
    """A repair of a batch. `rests_on` is the moment of the dry run it was worked out from; `result` what it does, unit by unit."""

    batch = models.ForeignKey(StagedBatch, models.CASCADE, related_name="repairs", verbose_name=_("导入"))
    state = models.CharField(_("状态"), max_length=10, choices=RepairState, default=RepairState.ASKED)
    distance_m = models.FloatField(_("距离（米）"))
    kinds = models.JSONField(_("类别"))
    rests_on = models.DateTimeField(_("依据的检查"), null=True)
    result = models.JSONField(_("结果"), null=True, encoder=DjangoJSONEncoder)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提出人"))
    asked_at = models.DateTimeField(_("提出时间"), auto_now_add=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("采用人"))
    adopted_at = models.DateTimeField(_("采用时间"), null=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撤回人")
    )
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True)

    class Meta:
        verbose_name = _("拓扑修复")
        verbose_name_plural = _("拓扑修复")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["batch"], condition=Q(state="adopted"), name="repair_adopted_once"),
            models.CheckConstraint(condition=Q(state__in=RepairState.values), name="repair_state_known"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.distance_m:g}"


class RepairedShape(models.Model):
    """A row's polygon before and after a repair, both in CGCS2000; the row's own stays as it came."""

    repair = models.ForeignKey(StagedRepair, models.CASCADE, related_name="shapes", verbose_name=_("拓扑修复"))
    row = models.PositiveIntegerField(_("行"))
    before = models.BinaryField(_("修复前"))
    after = models.BinaryField(_("修复后"))

    class Meta:
        verbose_name = _("修复的图形")
        verbose_name_plural = _("修复的图形")
        ordering = ["row"]
        constraints = [models.UniqueConstraint(fields=["repair", "row"], name="repaired_row_once")]

    def __str__(self) -> str:
        return f"{self.repair_id} {self.row}"
