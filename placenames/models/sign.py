"""Signs as they stand (地名标志): sign, faces, texts, photos, and every state they were in.

A sign is a thing on a post and no fact of the law, so it has one row that is written anew; `SignEvent` keeps each state with who
wrote it, when and from what, which is what an undo and the history read (docs/decisions/0098).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import Division, Grade, Source
from gis.crs import CGCS2000
from gis.files.models import StoredFile
from placenames.models.place_name import PlaceName


class SignState(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("sign", "拟设")
    STANDING = "standing", pgettext_lazy("sign", "完好")
    DAMAGED = "damaged", pgettext_lazy("sign", "损坏")
    MISSING = "missing", pgettext_lazy("sign", "缺失")
    REMOVED = "removed", pgettext_lazy("sign", "已拆除")


# What stands where people see it.
STANDS = (SignState.STANDING, SignState.DAMAGED)


class RoadSide(models.TextChoices):
    EAST = "east", _("路东")
    SOUTH = "south", _("路南")
    WEST = "west", _("路西")
    NORTH = "north", _("路北")
    MIDDLE = "middle", _("路中")


class TextRole(models.TextChoices):
    """As the parts of a type (`placenames.rules.signs.types.ROLES`)."""

    CHINESE = "chinese", _("汉字")
    ROMAN = "roman", _("汉语拼音")
    NUMBER = "number", _("号码")
    MINORITY = "minority", _("少数民族文字")


class Sign(models.Model):
    """One sign. It names `place`, or `division`, or (both null) nothing that is on record.

    type         key of a sign type (`placenames.signs.types_in_force`)
    area         the lowest division it is known to stand in: whose people keep it
    position     EPSG:4490; azimuth_deg: where its first face looks, degrees clockwise from true north
    number       of the building or door it shows
    *_mm         as measured; None is not measured
    token        what its code for the public says; tells nothing
    """

    code = models.CharField(_("标志编号"), max_length=40, unique=True)
    token = models.CharField(max_length=16, unique=True)
    place = models.ForeignKey(PlaceName, models.PROTECT, null=True, blank=True, related_name="signs", verbose_name=_("所指地名"))
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="signs", verbose_name=_("所指行政区划")
    )
    type = models.CharField(_("标志类型"), max_length=40)
    area = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所在行政区"))
    position = gis_models.PointField(_("位置"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    position_grade = models.CharField(_("位置等级"), max_length=12, choices=Grade, blank=True)
    side = models.CharField(_("道路哪侧"), max_length=8, choices=RoadSide, blank=True)
    azimuth_deg = models.FloatField(_("牌面朝向（度）"), null=True, blank=True)
    number = models.CharField(_("楼号或门牌号"), max_length=20, blank=True)
    width_mm = models.FloatField(_("牌面宽（毫米）"), null=True, blank=True)
    height_mm = models.FloatField(_("牌面高（毫米）"), null=True, blank=True)
    border_mm = models.FloatField(_("边框宽（毫米）"), null=True, blank=True)
    digit_height_mm = models.FloatField(_("号码字高（毫米）"), null=True, blank=True)
    set_by = models.CharField(_("设置单位"), max_length=120, blank=True)
    maker = models.CharField(_("制作单位"), max_length=120, blank=True)
    material = models.CharField(_("材质"), max_length=80, blank=True)
    custodian = models.CharField(_("管护单位"), max_length=120, blank=True)
    cost_yuan = models.DecimalField(_("造价（元）"), max_digits=10, decimal_places=2, null=True, blank=True)
    installed_on = models.DateField(_("设置日期"), null=True, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=SignState, default=SignState.STANDING)
    checked_on = models.DateField(_("最近巡查日期"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True, max_length=1000)
    source = models.ForeignKey(Source, models.PROTECT, related_name="signs", verbose_name=_("来源"))
    changed_at = models.DateTimeField(_("更新时间"))

    class Meta:
        verbose_name = _("地名标志")
        verbose_name_plural = _("地名标志")
        indexes = [
            GistIndex(fields=["position"], name="sign_position"),
            models.Index(fields=["area", "state"], name="sign_area_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(place=None) | Q(division=None), name="sign_names_one_thing"),
            models.CheckConstraint(condition=Q(state__in=SignState.values), name="sign_state_known"),
            models.CheckConstraint(
                condition=Q(position=None, position_grade="") | Q(position__isnull=False, position_grade__in=Grade.values),
                name="sign_position_graded",
            ),
            models.CheckConstraint(
                condition=Q(azimuth_deg=None) | Q(azimuth_deg__gte=0, azimuth_deg__lt=360), name="sign_azimuth_in_circle"
            ),
            models.CheckConstraint(condition=Q(cost_yuan=None) | Q(cost_yuan__gte=0), name="sign_cost_not_negative"),
        ]

    def __str__(self) -> str:
        return self.code


class SignFace(models.Model):
    """A face, the first looking to `Sign.azimuth_deg`. `ground`: a colour of the types, "" not recorded."""

    sign = models.ForeignKey(Sign, models.CASCADE, related_name="faces", verbose_name=_("地名标志"))
    order = models.PositiveSmallIntegerField(_("第几面"))
    ground = models.CharField(_("底色"), max_length=10, blank=True)

    class Meta:
        verbose_name = _("牌面")
        verbose_name_plural = _("牌面")
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["sign", "order"], name="sign_face_once")]

    def __str__(self) -> str:
        return f"{self.sign_id}/{self.order}"


class SignText(models.Model):
    """A text as it stands on a face, read off it; what it should be is made from the name."""

    face = models.ForeignKey(SignFace, models.CASCADE, related_name="texts", verbose_name=_("牌面"))
    role = models.CharField(_("文字种类"), max_length=10, choices=TextRole)
    text = models.CharField(_("牌面文字"), max_length=240)

    class Meta:
        verbose_name = _("牌面文字")
        verbose_name_plural = _("牌面文字")
        constraints = [models.UniqueConstraint(fields=["face", "role"], name="sign_text_once")]

    def __str__(self) -> str:
        return self.text


class SignPhoto(models.Model):
    """`taken_at` and `position` as the photo says, None where it does not. What was taken out stays with its day.

    A photo that came with a finding of a patrol has the key its device gave it, and `distance_m` to the sign; until a sign that was
    on no record is registered, its photos have no sign.
    """

    sign = models.ForeignKey(Sign, models.PROTECT, null=True, related_name="photos", verbose_name=_("地名标志"))
    finding = models.ForeignKey(
        "placenames.SignFinding", models.PROTECT, null=True, related_name="photos", verbose_name=_("标志巡查记录")
    )
    key = models.UUIDField(_("设备给出的编号"), null=True, unique=True)
    position = gis_models.PointField(_("拍摄位置"), srid=CGCS2000, null=True, spatial_index=False)
    distance_m = models.FloatField(_("距标志（米）"), null=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("照片"))
    taken_at = models.DateTimeField(_("拍摄时间"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    added_at = models.DateTimeField(_("存入时间"), auto_now_add=True)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("存入人"))
    removed_at = models.DateTimeField(_("移出时间"), null=True, blank=True)

    class Meta:
        verbose_name = _("标志照片")
        verbose_name_plural = _("标志照片")
        ordering = ["-added_at"]
        constraints = [
            models.CheckConstraint(condition=Q(sign__isnull=False) | Q(finding__isnull=False), name="sign_photo_of_something"),
            models.CheckConstraint(
                condition=Q(finding=None, key=None) | Q(finding__isnull=False, key__isnull=False), name="sign_photo_key"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sign_id} {self.added_at:%Y-%m-%d}"


class SignEvent(models.Model):
    """A state of a sign from `at` on, whole, as plain data (`services.signs.registering.snapshot`)."""

    sign = models.ForeignKey(Sign, models.CASCADE, related_name="events", verbose_name=_("地名标志"))
    at = models.DateTimeField(_("记录时间"))
    action = models.CharField(_("事项"), max_length=40)
    document = models.JSONField(_("内容"))
    reason = models.CharField(_("理由"), max_length=300, blank=True)
    source = models.ForeignKey(Source, models.PROTECT, related_name="sign_events", verbose_name=_("来源"))
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("记录人"))

    class Meta:
        verbose_name = _("标志沿革")
        verbose_name_plural = _("标志沿革")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["source"], name="sign_event_source")]

    def __str__(self) -> str:
        return f"{self.sign_id} {self.action}"
