"""Joint inspections (联合检查): the plan of a line, and one inspection with its team."""

from __future__ import annotations

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_line import BoundaryLine
from boundaries.models.division import Division
from gis.files.models import StoredFile


class LineRound(models.Model):
    """A line's place in a round (轮): the year planned, who leads and who is the partner (BND-CYC-03, BND-CYC-04).

    `moved`: what was agreed where the year is not that of the cycle: agreed by whom, document, consent.
    """

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="rounds", verbose_name=_("界线"))
    number = models.PositiveSmallIntegerField(_("轮次"))
    year = models.PositiveSmallIntegerField(_("计划年份"))
    lead = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("牵头方"))
    partner = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("配合方"))
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    moved = models.JSONField(_("提前或推迟"), default=dict)

    class Meta:
        verbose_name = _("轮次安排")
        verbose_name_plural = _("轮次安排")
        ordering = ["line", "number"]
        constraints = [models.UniqueConstraint(fields=["line", "number"], name="line_once_a_round")]


class InspectionKind(models.TextChoices):
    FULL = "full", _("五年联检")
    EXTRA = "extra", _("特定地段联检")


class OccurrenceKind(models.TextChoices):
    """What makes an extra inspection necessary (行政区域界线管理条例第十二条)."""

    DISASTER = "disaster", _("自然灾害")
    RIVER = "river", _("河流改道")
    ROAD = "road", _("道路变化")
    OTHER = "other", _("其他影响界线实地走向的情形")


class InspectionState(models.TextChoices):
    """The way through the states is boundaries.rules.inspection_states."""

    PLANNED = "planned", _("已计划")
    IN_FIELD = "in_field", _("外业中")
    REVIEWING = "reviewing", _("各方核对")
    SIGNED = "signed", _("已签署")
    FILED = "filed", _("已备案")
    CANCELLED = "cancelled", _("已取消")


class JointInspection(models.Model):
    """One inspection of a line, or of a stretch of it ([from_m, to_m) of chainage; both None: the whole).

    `content` answers the five groups (民政部令28号第三条). `frozen` is the state as filed, from which the papers are made.
    """

    line = models.ForeignKey(BoundaryLine, models.PROTECT, related_name="inspections", verbose_name=_("界线"))
    kind = models.CharField(_("类别"), max_length=6, choices=InspectionKind, default=InspectionKind.FULL)
    year = models.PositiveSmallIntegerField(_("年份"))
    round = models.ForeignKey(LineRound, models.PROTECT, null=True, blank=True, related_name="inspections", verbose_name=_("轮次"))
    lead = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("牵头方"))
    partner = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("配合方"))
    third = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("三交点另一方"))
    from_m = models.FloatField(_("起（米）"), null=True, blank=True)
    to_m = models.FloatField(_("止（米）"), null=True, blank=True)
    occurrence = models.CharField(_("起因"), max_length=10, choices=OccurrenceKind, blank=True)
    occurred_on = models.DateField(_("发生日期"), null=True, blank=True)
    occasion = models.TextField(_("起因说明"), blank=True)
    starts_on = models.DateField(_("外业开始"), null=True, blank=True)
    ends_on = models.DateField(_("外业结束"), null=True, blank=True)
    tolerance_m = models.FloatField(_("匹配容差（米）"), null=True, blank=True, help_text=_("为空用系统设置；无法定数值"))
    state = models.CharField(_("状态"), max_length=10, choices=InspectionState, default=InspectionState.PLANNED)
    version = models.PositiveIntegerField(_("版本"), default=1)
    content = models.JSONField(_("五项检查内容"), default=dict)
    frozen = models.JSONField(_("备案时的状态"), null=True, encoder=DjangoJSONEncoder)
    package = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("成果包"))
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    filed_with = models.CharField(_("备案机关"), max_length=200, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("创建人"))
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("界线联合检查")
        verbose_name_plural = _("界线联合检查")
        ordering = ["-year", "-id"]
        indexes = [models.Index(fields=["line", "year"], name="inspection_of_line")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=InspectionState.values), name="inspection_state_known"),
            models.CheckConstraint(
                condition=Q(from_m=None, to_m=None) | Q(from_m__gte=0, to_m__gt=models.F("from_m")), name="inspection_stretch"
            ),
            models.CheckConstraint(condition=~Q(kind="extra") | ~Q(occurrence=""), name="extra_inspection_has_a_cause"),
            models.CheckConstraint(condition=~Q(state="filed") | Q(frozen__isnull=False), name="filed_inspection_frozen"),
        ]


class InspectionMember(models.Model):
    """Somebody of the team, of one side; with or without an account here."""

    inspection = models.ForeignKey(JointInspection, models.CASCADE, related_name="members", verbose_name=_("联检"))
    side = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("所属方"))
    name = models.CharField(_("姓名"), max_length=60)
    duty = models.CharField(_("职务"), max_length=120, blank=True)
    phone = models.CharField(_("电话"), max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("用户")
    )
    leads = models.BooleanField(_("组长"), default=False)

    class Meta:
        verbose_name = _("联检人员")
        verbose_name_plural = _("联检人员")
        ordering = ["side", "-leads", "id"]


class InspectionEvent(models.Model):
    """A step of the inspection, with who took it and why. Only ever added to."""

    inspection = models.ForeignKey(JointInspection, models.PROTECT, related_name="events", verbose_name=_("联检"))
    action = models.CharField(_("步骤"), max_length=20)
    from_state = models.CharField(_("原状态"), max_length=10, blank=True)
    to_state = models.CharField(_("新状态"), max_length=10)
    note = models.TextField(_("说明"), blank=True)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("联检步骤")
        verbose_name_plural = _("联检步骤")
        ordering = ["id"]


class InspectionOpinion(models.Model):
    """What one side says of the record in writing. `agrees` False is a disagreement, open until `settled_at`."""

    inspection = models.ForeignKey(JointInspection, models.PROTECT, related_name="opinions", verbose_name=_("联检"))
    side = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("所属方"))
    about = models.CharField(_("关于"), max_length=120, blank=True)
    agrees = models.BooleanField(_("同意"), default=False)
    text = models.TextField(_("意见"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    made_at = models.DateTimeField(_("时间"), auto_now_add=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("了结人"))
    settled_at = models.DateTimeField(_("了结时间"), null=True)
    settlement = models.TextField(_("如何了结"), blank=True)

    class Meta:
        verbose_name = _("联检意见")
        verbose_name_plural = _("联检意见")
        ordering = ["id"]


class InspectionSignature(models.Model):
    """A side's signature under what `digest` (sha256 of the record as it stood) stands for; revoked when the record changes."""

    inspection = models.ForeignKey(JointInspection, models.PROTECT, related_name="signatures", verbose_name=_("联检"))
    side = models.ForeignKey(Division, models.PROTECT, related_name="+", verbose_name=_("所属方"))
    name = models.CharField(_("姓名"), max_length=60)
    duty = models.CharField(_("职务"), max_length=120)
    digest = models.CharField(_("所签内容指纹"), max_length=64)
    paper = models.CharField(_("纸质签字页"), max_length=200, blank=True, help_text=_("该方不在本系统办理时，所据的签字页"))
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("用户"))
    signed_at = models.DateTimeField(_("签署时间"), auto_now_add=True)
    revoked_at = models.DateTimeField(_("撤回时间"), null=True)
    revoked_because = models.CharField(_("撤回原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("联检签署")
        verbose_name_plural = _("联检签署")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "side"], condition=Q(revoked_at=None), name="one_signature_a_side")
        ]
