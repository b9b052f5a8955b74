"""The closed lists of words the register of divisions uses."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.IntegerChoices):
    """The five levels, from the province down to the village."""

    PROVINCE = 1, _("省级")
    PREFECTURE = 2, _("地级")
    COUNTY = 3, _("县级")
    TOWNSHIP = 4, _("乡级")
    VILLAGE = 5, _("村级")


class DivisionType(models.TextChoices):
    """建制类型. The village level is self-government (群众自治组织), kept here because it tiles the townships."""

    PROVINCE = "province", _("省")
    AUTONOMOUS_REGION = "autonomous_region", _("自治区")
    MUNICIPALITY = "municipality", _("直辖市")
    PREFECTURE_CITY = "prefecture_city", _("设区的市")
    PREFECTURE = "prefecture", _("地区")
    COUNTY = "county", _("县")
    AUTONOMOUS_COUNTY = "autonomous_county", _("自治县")
    COUNTY_CITY = "county_city", _("不设区的市")
    DISTRICT = "district", _("市辖区")
    SUBDISTRICT = "subdistrict", _("街道")
    TOWN = "town", _("镇")
    TOWNSHIP = "township", _("乡")
    ETHNIC_TOWNSHIP = "ethnic_township", _("民族乡")
    DISTRICT_OFFICE = "district_office", _("区公所")
    VILLAGE_COMMITTEE = "village_committee", _("村民委员会")
    RESIDENTS_COMMITTEE = "residents_committee", _("居民委员会")
    STATISTICAL = "statistical", _("统计单元")
    UNKNOWN = "unknown", _("类型未知")


class Authority(models.TextChoices):
    """Who gave a code. Legal and statistical codes look alike and are never mixed (CODE-08)."""

    MCA = "mca", _("民政法定代码")
    NBS = "nbs", _("统计用区划代码")


class Grade(models.TextChoices):
    """How far a geometry may be relied on."""

    AGREED = "agreed", _("勘定")
    SURVEYED = "surveyed", _("实测")
    INDICATIVE = "indicative", _("示意")
    INVENTED = "invented", _("虚构")


class Begins(models.TextChoices):
    """What is known of the day on which a record's legal time begins."""

    DECIDED = "decided", _("依批复")
    OBSERVED = "observed", _("见于资料，不晚于该日")
