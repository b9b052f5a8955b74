"""One act (事项) of a decision."""

from __future__ import annotations

from django.contrib.gis.db import models as gis_models
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.decision import Decision
from boundaries.rules.acts import ActKind
from gis.crs import CGCS2000

ACT_KINDS = [
    (ActKind.ESTABLISH.value, _("设立")),
    (ActKind.ABOLISH.value, _("撤销")),
    (ActKind.RENAME.value, _("更名")),
    (ActKind.CHANGE_TYPE.value, _("改变建制类型")),
    (ActKind.TRANSFER_VILLAGES.value, _("村居划转")),
    (ActKind.CHANGE_BOUNDARY.value, _("界线变更")),
    (ActKind.CHANGE_AFFILIATION.value, _("隶属（代管）变更")),
    (ActKind.MOVE_SEAT.value, _("驻地迁移")),
    (ActKind.RECODE.value, _("代码变更")),
    (ActKind.SPLIT.value, _("析置")),
    (ActKind.MERGE.value, _("合并")),
]


class DecisionAct(models.Model):
    """`data` says what boundaries.changes.reading documents; `geometry` is the dividing line or the area drawn, EPSG:4490.

    `made` is filled when the decision is enacted: the ids of the divisions the act made, by their refs.
    """

    decision = models.ForeignKey(Decision, models.CASCADE, related_name="acts", verbose_name=_("批复"))
    order = models.PositiveSmallIntegerField(_("次序"))
    kind = models.CharField(_("事项"), max_length=24, choices=ACT_KINDS)
    data = models.JSONField(_("内容"))
    geometry = gis_models.GeometryField(_("所画界线或区域"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    made = models.JSONField(_("所设区划"), default=dict)

    class Meta:
        verbose_name = _("批复事项")
        verbose_name_plural = _("批复事项")
        ordering = ["decision", "order"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "order"], name="decision_act_in_order"),
            models.CheckConstraint(condition=Q(kind__in=[kind for kind, _label in ACT_KINDS]), name="decision_act_kind_known"),
        ]
