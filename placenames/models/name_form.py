"""Any other form of a name: alias, short, former, dialect, traditional, misspelt in a source, foreign."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField, IntegerRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Source
from placenames.models.place_name import PlaceName
from placenames.models.vocabulary import FormKind, Script
from placenames.querysets import NameFormQuerySet


class NameForm(models.Model):
    """`years`: when the form was in use, half-open, BC negative without a year 0; null where that is not known.

    A form that was wrong is closed (`recorded`), never changed or deleted.
    """

    place = models.ForeignKey(PlaceName, models.PROTECT, related_name="forms", verbose_name=_("地名"))
    text = models.CharField(_("写法"), max_length=120)
    kind = models.CharField(_("与标准名称的关系"), max_length=12, choices=FormKind)
    script = models.CharField(_("文字"), max_length=4, choices=Script, default=Script.HANS)
    language = models.CharField(_("语种"), max_length=30, blank=True)
    years = IntegerRangeField(_("使用年代"), null=True, blank=True)
    recorded = DateTimeRangeField(_("记录时间"))
    source = models.ForeignKey(Source, models.PROTECT, related_name="name_forms", verbose_name=_("来源"))
    note = models.CharField(_("说明"), max_length=300, blank=True)

    objects = NameFormQuerySet.as_manager()

    class Meta:
        verbose_name = _("其他名称")
        verbose_name_plural = _("其他名称")
        indexes = [models.Index(fields=["text"], condition=Q(recorded__upper_inf=True), name="form_current_text")]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="form_written"),
            models.CheckConstraint(condition=Q(kind__in=FormKind.values), name="form_kind_known"),
            models.CheckConstraint(condition=Q(script__in=Script.values), name="form_script_known"),
            models.CheckConstraint(condition=Q(recorded__isempty=False, recorded__lower_inf=False), name="form_times_not_empty"),
            models.CheckConstraint(condition=Q(years__isnull=True) | Q(years__isempty=False), name="form_years_not_empty"),
        ]

    def __str__(self) -> str:
        return self.text
