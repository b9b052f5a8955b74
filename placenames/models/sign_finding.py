"""What patrols find at signs, as it came from their telephones; nothing of it is altered afterwards, only settled."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import Division
from gis.crs import CGCS2000
from placenames.models.sign import Sign, SignState
from placenames.models.sign_work import SignWork


class FindingOutcome(models.TextChoices):
    """What became of it. Taken: the sign is on record as it was found; differs and unlisted wait for a person of the office."""

    TAKEN = "taken", pgettext_lazy("sign finding", "已记入")
    DIFFERS = "differs", pgettext_lazy("sign finding", "与已有记录不一致，待认定")
    UNLISTED = "unlisted", pgettext_lazy("sign finding", "未登记的标志，待登记")
    REGISTERED = "registered", pgettext_lazy("sign finding", "已登记")
    DISMISSED = "dismissed", pgettext_lazy("sign finding", "未采用")
    REPLACED = "replaced", pgettext_lazy("sign finding", "本人已更改")


class FixOutcome(models.TextChoices):
    """What became of a position that was proposed; "" where none was."""

    PROPOSED = "proposed", pgettext_lazy("sign fix", "待采用")
    ACCEPTED = "accepted", pgettext_lazy("sign fix", "已采用")
    DISMISSED = "dismissed", pgettext_lazy("sign fix", "未采用")


class SignFinding(models.Model):
    """One sign as one person found it on one occasion.

    sign         None: it is on no record; `name` and `type` then say what it shows
    area         the division it stands in: whose people answer for it
    key, digest  of the device: the same again is the same row
    position     EPSG:4490, where the telephone was; accuracy_m as it said; distance_m to where the sign is registered
    fix          whether that is proposed as the sign's position
    work         the work order it led to
    found_at     by the clock of the device
    """

    sign = models.ForeignKey(Sign, models.PROTECT, null=True, related_name="findings", verbose_name=_("地名标志"))
    area = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("所在行政区"))
    key = models.UUIDField(_("设备给出的编号"), unique=True)
    digest = models.CharField(_("内容指纹"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=SignState)
    name = models.CharField(_("牌面名称"), max_length=120, blank=True)
    type = models.CharField(_("标志类型"), max_length=40, blank=True)
    note = models.TextField(_("说明"), blank=True, max_length=1000)
    position = gis_models.PointField(_("定位"), srid=CGCS2000, null=True, spatial_index=False)
    accuracy_m = models.FloatField(_("定位精度（米）"), null=True)
    distance_m = models.FloatField(_("距登记位置（米）"), null=True)
    fix = models.CharField(_("提议的位置"), max_length=10, choices=FixOutcome, blank=True)
    outcome = models.CharField(_("处理"), max_length=10, choices=FindingOutcome)
    work = models.ForeignKey(SignWork, models.PROTECT, null=True, related_name="findings", verbose_name=_("任务单"))
    device = models.CharField(_("设备"), max_length=120, blank=True)
    found_at = models.DateTimeField(_("巡查时间（设备）"), null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("更改自"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人"))
    sent_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    answer = models.CharField(_("处理意见"), max_length=300, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("处理人"))
    settled_at = models.DateTimeField(_("处理时间"), null=True)

    class Meta:
        verbose_name = _("标志巡查记录")
        verbose_name_plural = _("标志巡查记录")
        ordering = ["-sent_at", "-id"]
        indexes = [models.Index(fields=["area", "sent_at"], name="sign_finding_area")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["standing", "damaged", "missing"]), name="finding_state_known"),
            models.CheckConstraint(condition=Q(outcome__in=FindingOutcome.values), name="finding_outcome_known"),
            models.CheckConstraint(condition=Q(fix__in=["", *FixOutcome.values]), name="finding_fix_known"),
            models.CheckConstraint(condition=Q(fix="") | Q(position__isnull=False), name="finding_fix_has_position"),
            models.CheckConstraint(
                condition=Q(sign__isnull=False) | Q(outcome__in=["unlisted", "dismissed", "replaced"], position__isnull=False),
                name="finding_without_sign_has_place",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_id} {self.state}"
