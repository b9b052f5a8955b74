"""The closed lists of words of place names."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class NameStatus(models.TextChoices):
    """标准地名 only after approval (NAME-STD-01); what a list or a survey found in use is no standard name for that."""

    STANDARD = "standard", _("标准地名")
    IN_USE = "in_use", _("现今使用，未见批准")
    CANCELLED = "cancelled", _("已销名")
    HISTORIC = "historic", _("历史地名")


class Secrecy(models.TextChoices):
    """密级."""

    OPEN = "open", _("公开")
    INTERNAL = "internal", _("内部")
    CONFIDENTIAL = "confidential", _("秘密")
    SECRET = "secret", _("机密")
    TOP_SECRET = "top_secret", _("绝密")


class FormKind(models.TextChoices):
    """What a further form of a name is to its standard form."""

    ALIAS = "alias", _("别名")
    SHORT = "short", _("简称")
    FORMER = "former", _("曾用名")
    DIALECT = "dialect", _("方言名")
    TRADITIONAL = "traditional", _("繁体写法")
    VARIANT = "variant", _("异体或另一写法")
    MISSPELT = "misspelt", _("资料中的误写")
    FOREIGN = "foreign", _("外文或民族文字")


class Script(models.TextChoices):
    """ISO 15924, lower case."""

    HANS = "hans", _("汉字（简化）")
    HANT = "hant", _("汉字（繁体）")
    LATN = "latn", _("拉丁字母")
    ARAB = "arab", _("阿拉伯字母")
    MONG = "mong", _("蒙古文")
    TIBT = "tibt", _("藏文")
    OTHER = "zzzz", _("其他")


class SpelledBy(models.TextChoices):
    """Who answers for a spelling."""

    RULE = "rule", _("按规则，读音都有依据")
    PROPOSED = "proposed", _("自动提议，待人认定")
    PERSON = "person", _("由人认定")
    SOURCE = "source", _("依资料")
