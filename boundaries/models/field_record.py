"""What comes from the field: tracks, visits of markers, photos. Devices may send twice; nothing is altered afterwards."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.boundary_marker import BoundaryMarker
from boundaries.models.division import Division
from boundaries.models.joint_inspection import JointInspection
from boundaries.models.multirange import ChainageSpansField
from gis.crs import CGCS2000
from gis.files.models import StoredFile


class TrackState(models.TextChoices):
    RECEIVED = "received", _("已收到，正在核对")
    MATCHED = "matched", _("已匹配")
    REFUSED = "refused", _("不能使用")


class InspectionTrack(models.Model):
    """A track file of an inspection. `file` stays as it came; everything else can be worked out from it again.

    `key` is given by the sender: the same thing sent again is the same row. `shift` says what the positions were taken for when a
    person decided that ("" as they are: WGS 84). `coverage` is chainage in metres; `result` the whole match as `match_track` prints
    it. A file may hold several tracks: those in `left_out` (positions from 0 in the file) are not used. A track `set_aside` by a
    person (with the reason) does not count and stays readable.
    """

    inspection = models.ForeignKey(JointInspection, models.PROTECT, related_name="tracks", verbose_name=_("联检"))
    key = models.UUIDField(_("设备给出的编号"), unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    side = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("所属方"))
    device = models.CharField(_("设备"), max_length=120, blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=TrackState, default=TrackState.RECEIVED)
    shift = models.CharField(_("坐标按何种处理"), max_length=8, blank=True, choices=[("gcj02", "GCJ-02"), ("bd09", "BD-09")])
    left_out = models.JSONField(_("不采用的各条"), default=list, blank=True)
    begins_at = models.DateTimeField(_("开始"), null=True)
    ends_at = models.DateTimeField(_("结束"), null=True)
    coverage = ChainageSpansField(_("覆盖里程"), null=True)
    shape = gis_models.MultiLineStringField(_("轨迹"), srid=CGCS2000, null=True, spatial_index=False, dim=2)
    result = models.JSONField(_("匹配结果"), null=True)
    problem = models.JSONField(_("问题"), null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    sent_at = models.DateTimeField(_("收到时间"), auto_now_add=True)
    set_aside_at = models.DateTimeField(_("不计入时间"), null=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("何人"))
    set_aside_because = models.CharField(_("不计入原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("联检轨迹")
        verbose_name_plural = _("联检轨迹")
        ordering = ["id"]
        indexes = [GistIndex(fields=["coverage"], name="track_coverage")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=TrackState.values), name="track_state_known"),
            models.CheckConstraint(condition=~Q(state="matched") | Q(coverage__isnull=False), name="matched_track_has_coverage"),
        ]


class MarkerCondition(models.TextChoices):
    """As practice records it."""

    INTACT = "intact", _("完好")
    DAMAGED = "damaged", _("损坏")
    LOST = "lost", _("丢失")
    MOVED = "moved", _("移位")
    FAINT = "faint", _("不醒目")


class MarkerVisit(models.Model):
    """What one person found at a marker. Two visits that differ are both kept; a person says which counts (`chosen`).

    `checks` answers 位置准确, 埋设牢固, 明显易见, 注记清晰, 档案完备 (界桩管理办法第六条) by True, False or None (not looked at).
    """

    inspection = models.ForeignKey(JointInspection, models.PROTECT, related_name="visits", verbose_name=_("联检"))
    marker = models.ForeignKey(BoundaryMarker, models.PROTECT, related_name="visits", verbose_name=_("界桩"))
    key = models.UUIDField(_("设备给出的编号"), unique=True)
    digest = models.CharField(_("内容指纹"), max_length=64)
    side = models.ForeignKey(Division, models.PROTECT, null=True, related_name="+", verbose_name=_("所属方"))
    condition = models.CharField(_("状况"), max_length=8, choices=MarkerCondition)
    checks = models.JSONField(_("五项检查"), default=dict)
    references = models.JSONField(_("方位物核对"), default=list)
    done = models.JSONField(_("已做的事"), default=list, help_text=_("清障、描红等"))
    notes = models.TextField(_("说明"), blank=True)
    position = gis_models.PointField(_("定位"), srid=CGCS2000, null=True, spatial_index=False)
    accuracy_m = models.FloatField(_("定位精度（米）"), null=True)
    device = models.CharField(_("设备"), max_length=120, blank=True)
    visited_at = models.DateTimeField(_("到访时间（设备）"), null=True)
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("更改自"))
    chosen_at = models.DateTimeField(_("选定时间"), null=True)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("选定人"))
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("上传人"))
    sent_at = models.DateTimeField(_("收到时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("界桩检查")
        verbose_name_plural = _("界桩检查")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(condition__in=MarkerCondition.values), name="visit_condition_known"),
            models.UniqueConstraint(
                fields=["inspection", "marker"], condition=Q(chosen_at__isnull=False), name="one_chosen_visit_a_marker"
            ),
        ]


class VisitPhoto(models.Model):
    """A photo of a visit; place and time as its EXIF says, compared with the marker when read (too far is said, not refused)."""

    visit = models.ForeignKey(MarkerVisit, models.PROTECT, related_name="photos", verbose_name=_("界桩检查"))
    key = models.UUIDField(_("设备给出的编号"), unique=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("照片"))
    caption = models.CharField(_("说明"), max_length=200, blank=True)
    taken_at = models.DateTimeField(_("拍摄时间"), null=True)
    position = gis_models.PointField(_("拍摄位置"), srid=CGCS2000, null=True, spatial_index=False)
    distance_m = models.FloatField(_("距界桩（米）"), null=True)
    sent_at = models.DateTimeField(_("收到时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("联检照片")
        verbose_name_plural = _("联检照片")
        ordering = ["id"]
