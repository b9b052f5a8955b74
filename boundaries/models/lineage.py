"""Which division came out of which: the edges along which history is followed."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boundaries.models.decision_act import DecisionAct
from boundaries.models.division import Division
from boundaries.models.source import Source


class LineageKind(models.TextChoices):
    ESTABLISHED_FROM = "established_from", _("设立")
    MERGED_INTO = "merged_into", _("合并")
    SPLIT_FROM = "split_from", _("析置")
    TYPE_CHANGED = "type_changed", _("改变建制类型")
    TERRITORY_MOVED = "territory_moved", _("区域划转")
    RECODED = "recoded", _("代码变更")


class Lineage(models.Model):
    """Part or all of `predecessor` went over to `successor` on a day. Shares are of the predecessor, 0 to 1, NULL = not known.

    `act` is the act of a decision that did it, NULL where a data set only shows that it happened.
    """

    predecessor = models.ForeignKey(Division, models.PROTECT, related_name="lineage_out", verbose_name=_("原区划"))
    successor = models.ForeignKey(Division, models.PROTECT, related_name="lineage_in", verbose_name=_("新区划"))
    on = models.DateField(_("生效日期"))
    kind = models.CharField(_("方式"), max_length=20, choices=LineageKind)
    area_share = models.FloatField(_("面积占比"), null=True)
    population_share = models.FloatField(_("人口占比"), null=True)
    recorded = DateTimeRangeField(_("记录时间"))
    act = models.ForeignKey(DecisionAct, models.PROTECT, null=True, related_name="lineages", verbose_name=_("批复事项"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="lineages", verbose_name=_("来源"))

    class Meta:
        verbose_name = _("沿革")
        verbose_name_plural = _("沿革")
        constraints = [
            models.UniqueConstraint(
                fields=["predecessor", "successor", "on", "kind"],
                condition=Q(recorded__upper_inf=True),
                name="lineage_said_once",
            ),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="lineage_between_two"),
            models.CheckConstraint(
                condition=Q(area_share=None) | Q(area_share__gte=0, area_share__lte=1),
                name="lineage_area_share_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(population_share=None) | Q(population_share__gte=0, population_share__lte=1),
                name="lineage_population_share_is_a_share",
            ),
        ]
