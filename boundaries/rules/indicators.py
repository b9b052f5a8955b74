"""The indicator catalogue and how a typed value becomes an exact one.

Identifiers are fixed: they are the column ``indicator`` of the files offices exchange. Bounds are limits of plausibility
(a road rate of 140 % is a typing error), never thresholds of a standard.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction

from boundaries.rules.units import UnitError, convert, find_unit


class Kind(StrEnum):
    NUMBER = "number"
    RATE = "rate"
    CHOICE = "choice"
    YESNO = "yesno"
    JUDGEMENT = "judgement"


class Basis(StrEnum):
    """Which people a population figure counts: 常住 (resident), 户籍 (registered) or not stated."""

    RESIDENT = "resident"
    REGISTERED = "registered"
    UNSTATED = "unstated"


BASIS_ZH = {Basis.RESIDENT: "常住", Basis.REGISTERED: "户籍", Basis.UNSTATED: "未注明"}

_BASIS_WORDS = {
    "常住": Basis.RESIDENT, "常住人口": Basis.RESIDENT, "resident": Basis.RESIDENT,
    "户籍": Basis.REGISTERED, "户籍人口": Basis.REGISTERED, "registered": Basis.REGISTERED,
    "": Basis.UNSTATED, "未注明": Basis.UNSTATED, "unstated": Basis.UNSTATED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """An allowed value of a CHOICE, YESNO or JUDGEMENT indicator. ``favourable`` is None where that makes no sense."""

    id: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    favourable: bool | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """``unit`` is the unit thresholds and evidence are held in; ``also_units`` are other names this indicator allows.

    population: the value counts people, so STD-GEN-01 asks for its basis; ``basis`` other than UNSTATED fixes it.
    computed: taken from the system's own tables (area, density, signs), not typed; a typed value is noted (STD-GEN-04).
    """

    id: str
    name: str
    name_en: str
    kind: Kind
    definition: str
    definition_en: str
    unit: str = ""
    minimum: Fraction | None = None
    maximum: Fraction | None = None
    basis: Basis = Basis.UNSTATED
    population: bool = False
    computed: bool = False
    choices: tuple[Choice, ...] = ()
    also_units: tuple[tuple[str, Fraction], ...] = ()

    @property
    def numeric(self) -> bool:
        return self.kind in (Kind.NUMBER, Kind.RATE)


@dataclass(frozen=True, slots=True)
class Rank:
    """STD-GEN-02. Place ``rank`` (1 = highest) among ``count`` units of the named peer set in ``year``."""

    year: int
    rank: int
    count: int
    peers: str


@dataclass(frozen=True, slots=True)
class IndicatorValue:
    """A value as it was given, with its evidence (STD-GEN-01).

    value: a number (int, Decimal, Fraction or its text), an identifier or word of a choice, or a bool for yes/no.
    unit: as written; empty for indicators without a unit.
    year: the year the value speaks of. source: the document it was taken from.
    basis: 常住/户籍, for counts of people. definition: how the figure was delimited, where the office says so.
    computed: made by the system from its own tables. confirmed_by: who judged, for judgements.
    """

    value: int | Decimal | Fraction | str | bool | None
    unit: str | None = None
    year: int | None = None
    source: str | None = None
    basis: Basis = Basis.UNSTATED
    definition: str = ""
    computed: bool = False
    confirmed_by: str = ""
    ranks: tuple[Rank, ...] = ()


class IndicatorError(ValueError):
    """A value that cannot be used. ``code`` is stable; the messages are whole sentences for a person."""

    def __init__(self, code: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_zh)
        self.code = code
        self.message_zh = message_zh
        self.message_en = message_en


_YES = Choice("yes", "是", "yes", ("true", "y", "met", "有", "具备", "符合", "达到"), favourable=True)
_NO = Choice("no", "否", "no", ("false", "n", "not_met", "无", "没有", "不具备", "不符合", "未达到"), favourable=False)
YES_NO = (_YES, _NO)

# S9 三: the eight types the 2008 text names; naming one is the person's judgement that the condition is met.
_LOCATION_TYPES = tuple(
    Choice(identifier, zh, en, (zh.removesuffix("型"),), favourable=True)
    for identifier, zh, en in (
        ("regional_centre", "区域中心型", "regional centre"),
        ("industrial", "工业主导型", "led by industry"),
        ("commercial", "商贸带动型", "driven by trade"),
        ("transport_hub", "交通枢纽型", "transport hub"),
        ("mining", "矿产开发型", "mining"),
        ("tourism", "旅游服务型", "tourism services"),
        ("border_development", "边界发展型", "border development"),
        ("suburban_satellite", "城郊卫星型", "suburban satellite"),
    )
)

_MAX_PERSONS = Fraction(100_000_000)
_MAX_KM2 = Fraction(2_000_000)


def _persons(
    identifier: str, name: str, name_en: str, definition: str, definition_en: str, basis: Basis = Basis.UNSTATED
) -> Indicator:
    return Indicator(
        identifier,
        name,
        name_en,
        Kind.NUMBER,
        definition,
        definition_en,
        "persons",
        Fraction(0),
        _MAX_PERSONS,
        basis=basis,
        population=True,
    )


def _km2(identifier: str, name: str, name_en: str, definition: str, definition_en: str, computed: bool = False) -> Indicator:
    return Indicator(
        identifier, name, name_en, Kind.NUMBER, definition, definition_en, "km²", Fraction(0), _MAX_KM2, computed=computed
    )


def _percent(identifier: str, name: str, name_en: str, definition: str, definition_en: str, computed: bool = False) -> Indicator:
    return Indicator(
        identifier, name, name_en, Kind.RATE, definition, definition_en, "percent", Fraction(0), Fraction(100), computed=computed
    )


def _count(
    identifier: str, name: str, name_en: str, definition: str, definition_en: str, minimum: int = 0, computed: bool = False
) -> Indicator:
    return Indicator(
        identifier,
        name,
        name_en,
        Kind.NUMBER,
        definition,
        definition_en,
        "units",
        Fraction(minimum),
        Fraction(1000),
        computed=computed,
    )


def _yes_no(identifier: str, name: str, name_en: str, definition: str, definition_en: str) -> Indicator:
    return Indicator(identifier, name, name_en, Kind.YESNO, definition, definition_en, choices=YES_NO)


def _judgement(
    identifier: str, name: str, name_en: str, definition: str, definition_en: str, extra: tuple[Choice, ...] = ()
) -> Indicator:
    return Indicator(identifier, name, name_en, Kind.JUDGEMENT, definition, definition_en, choices=YES_NO + extra)


CATALOGUE: dict[str, Indicator] = {
    indicator.id: indicator
    for indicator in (
        # The 2008 trial standard of Henan
        Indicator("county_density", "所在县（市、区）人口密度", "population density of the county", Kind.NUMBER,
                  "县级政区人口除以其面积；决定适用哪一档", "population of the county divided by its area; decides the tier",
                  "persons/km²", Fraction(0), Fraction(200_000), computed=True),
        Indicator("terrain", "地形", "terrain", Kind.CHOICE, "平原或山区，由县级民政部门认定",
                  "plain or mountain, as determined by the county office",
                  choices=(Choice("plain", "平原", "plain", ("平原地区", "平原区")),
                           Choice("mountain", "山区", "mountain", ("山地", "山区乡")))),
        _persons("population", "总人口", "total population",
                 "乡镇行政区域内的总人口；口径（常住或户籍）须注明",
                 "people of the whole township; say whether residents or registered"),
        _persons("seat_population", "政府驻地聚居人口", "population at the seat",
                 "政府驻地居住的人口；口径须注明", "people living at the seat of government; say which are counted"),
        Indicator("general_budget_revenue", "地方财政一般预算内收入", "local general budget revenue", Kind.NUMBER,
                  "当年地方财政一般预算内收入", "local general budget revenue of the year", "yuan",
                  Fraction(0), Fraction(10) ** 13),
        _km2("seat_built_up_area", "政府驻地建成区面积", "built-up area of the seat",
             "政府驻地建成区的面积，须注明划定依据", "built-up area at the seat of government; say how it was delimited"),
        _percent("road_hardening_rate", "道路硬化率", "share of hardened roads",
                 "驻地道路中硬化道路的比例", "share of the roads at the seat that are hardened"),
        _percent("sign_setting_rate", "地名标志设置率", "place-name signs set",
                 "应设地名标志中已设置的比例，由标志台账计算",
                 "share of the required place-name signs that stand, from the sign table",
                 computed=True),
        _percent("water_supply_rate", "自来水普及率", "share with tap water",
                 "使用自来水的比例", "share of people supplied with tap water"),
        Indicator("green_area_per_capita", "人均公共绿地面积", "public green area per person", Kind.NUMBER,
                  "驻地公共绿地面积除以驻地人口", "public green area at the seat divided by its people", "m²/person",
                  Fraction(0), Fraction(100_000), also_units=(("m²", Fraction(1)),)),
        _yes_no("waste_site", "垃圾集中处理场", "central waste-treatment site",
                "有无垃圾集中处理场所", "whether there is a central waste-treatment site"),
        _judgement("public_facilities", "公共设施", "public facilities",
                   "公共设施及邮电通讯、文化教育、卫生体育、社会福利等设施是否较完善，由人认定",
                   "whether public, postal, cultural, health and welfare facilities are good; a person judges"),
        _judgement("location_advantage", "区位优势与类型", "location advantage and type",
                   "是否具有区位优势、类型鲜明，由人认定；可填所属类型",
                   "whether the place has a location advantage and a distinct type; a person judges and may name the type",
                   _LOCATION_TYPES),
        # Sub-districts
        _persons("resident_population", "常住人口", "resident population",
                 "常住人口", "resident population", Basis.RESIDENT),
        _persons("remaining_population", "划出后剩余乡镇人口", "population of the remaining township",
                 "非整建制改设后，保留乡镇的人口；口径须注明", "people left in the township after a partial conversion"),
        _km2("area", "行政区域面积", "area", "行政区域总面积，由界线在CGCS2000椭球面上计算",
             "area of the unit, geodesic on the CGCS2000 ellipsoid", computed=True),
        _km2("built_up_area", "建成区面积", "built-up area",
             "行政区域内建成区面积，须注明划定依据", "built-up area within the unit; say how it was delimited"),
        _percent("built_up_share", "建成区面积占比", "share of built-up area",
                 "建成区面积除以行政区域总面积", "built-up area divided by the area of the unit", computed=True),
        _count("new_subdistricts", "拟设街道数", "sub-districts to be set up",
               "方案中新设街道的数量", "number of sub-districts the plan sets up"),
        _count("abolished_units", "拟撤乡镇数", "townships and towns to be abolished",
               "方案中撤销乡镇的数量", "number of townships and towns the plan abolishes"),
        _count("net_new_subdistricts", "新设街道比撤销乡镇多出数", "sub-districts above abolished units",
               "新设街道数减撤销乡镇数", "new sub-districts minus abolished townships and towns", -1000, computed=True),
        _yes_no("county_seat", "县（市）政府驻地乡镇", "seat of the county government",
                "是否为县（市）人民政府驻地", "whether the county government has its seat here"),
        _yes_no("industrial_cluster", "位于产业集聚区", "within an industrial cluster",
                "是否位于产业集聚区或依托其设立", "whether the sub-district lies in or with an industrial cluster"),
        _yes_no("partial_conversion", "非整建制改设", "partial conversion",
                "是否只将乡镇的一部分改设街道", "whether only a part of the township is converted"),
        _yes_no("in_master_plan", "纳入城市总体规划", "inside the city master plan",
                "是否已纳入城市总体规划区", "whether the territory is already inside the city master plan"),
        _judgement("layout_suitable", "面积人口适度、布局合理", "suitable size and layout",
                   "面积、人口是否适度，布局是否合理，由人认定",
                   "whether area, population and layout are suitable; a person judges"),
        # The national standard of 1984
        _persons("seat_nonagricultural_population", "乡政府驻地非农业人口", "non-agricultural population at the seat",
                 "乡政府驻地的非农业人口", "non-agricultural people at the seat of government"),
        _percent("seat_nonagricultural_share", "驻地非农业人口占全乡人口比例", "non-agricultural share at the seat",
                 "驻地非农业人口除以全乡总人口", "non-agricultural people at the seat divided by total population",
                 computed=True),
        # Figures others are computed from, and one everybody asks for
        Indicator("population_density", "人口密度", "population density", Kind.NUMBER,
                  "总人口除以行政区域面积", "total population divided by the area of the unit",
                  "persons/km²", Fraction(0), Fraction(200_000), computed=True),
        _persons("county_population", "所在县（市、区）人口", "population of the county",
                 "县级政区人口；口径须注明", "people of the county; say which are counted"),
        _km2("county_area", "所在县（市、区）面积", "area of the county",
             "县级政区面积，由界线计算", "area of the county, computed from its boundary", computed=True),
        _percent("minority_share", "少数民族人口占比", "share of minorities",
                 "少数民族人口占总人口比例", "minorities as a share of total population"),
    )
}  # fmt: skip


def _fold(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def parse_basis(text: str) -> Basis:
    """常住 / 户籍 / resident / registered / empty. Raises IndicatorError ``basis_unknown``."""
    basis = _BASIS_WORDS.get(_fold(text))
    if basis is None:
        raise IndicatorError("basis_unknown", f"人口口径“{_shown(text)}”无法识别，请填常住或户籍。",
                             f"The population basis “{_shown(text)}” is not known; give resident or registered.")  # fmt: skip
    return basis


def _shown(text: object) -> str:
    """At most 40 characters of a value that is being refused, so that a message stays a sentence."""
    shown = "".join(character if character.isprintable() else "�" for character in str(text))
    return shown if len(shown) <= 40 else shown[:39] + "…"


def parse_number(value: object) -> Fraction:
    """An exact number from int, Decimal, Fraction or text ("36,000", "4.1"). Raises IndicatorError ``not_a_number``.

    Refuses nan, infinity, and texts so long or exponents so large that no office meant them.
    """
    if isinstance(value, bool) or value is None:
        raise _not_a_number(value)
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if len(text) > 40:
            raise _not_a_number(value)
        try:
            value = Decimal(_without_grouping(text))
        except InvalidOperation:
            raise _not_a_number(value) from None
    if not isinstance(value, Decimal) or not value.is_finite() or abs(value.adjusted()) > 40:
        raise _not_a_number(value)
    return Fraction(value)


def _without_grouping(text: str) -> str:
    """36,000 → 36000; a comma that does not group thousands stays and is refused (3,6 may be European for 3.6)."""
    head, dot, tail = text.partition(".")
    first, *groups = head.split(",")
    if groups and 1 <= len(first.lstrip("+-")) <= 3 and all(len(g) == 3 and g.isdigit() for g in groups):
        return first + "".join(groups) + dot + tail
    return text.replace("_", "?")  # Decimal would accept 3_6


def _not_a_number(value: object) -> IndicatorError:
    return IndicatorError("not_a_number", f"“{_shown(value)}”不是数字。", f"“{_shown(value)}” is not a number.")


def normalise(indicator: Indicator, value: object, unit: str | None) -> Fraction | str:
    """The value in the indicator's own unit, exact, or the identifier of the choice it names.

    Raises IndicatorError: ``empty``, ``not_a_number``, ``unit_missing``, ``unit_mismatch``, ``out_of_range``,
    ``choice_unknown``. The unit of an indicator that has none (yes/no, choices) is ignored.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        raise IndicatorError("empty", f"“{indicator.name}”没有数值。", f"“{indicator.name_en}” has no value.")
    if not indicator.numeric:
        return _choice(indicator, value)
    number = parse_number(value)
    if unit is None or not unit.strip():
        zh, en = _unit_words(indicator)
        raise IndicatorError("unit_missing", f"“{indicator.name}”缺少单位（应为{zh}）。",
                             f"“{indicator.name_en}” has no unit (expected {en}).")  # fmt: skip
    number = _converted(indicator, number, unit)
    too_small = indicator.minimum is not None and number < indicator.minimum
    if too_small or (indicator.maximum is not None and number > indicator.maximum):
        raise IndicatorError("out_of_range", f"“{indicator.name}”的数值{_shown(value)}超出合理范围。",
                             f"The value {_shown(value)} of “{indicator.name_en}” is outside the plausible range.")  # fmt: skip
    return number


def _unit_words(indicator: Indicator) -> tuple[str, str]:
    """The unit in Chinese and English, as people write it."""
    unit = find_unit(indicator.unit)
    return (unit.zh, unit.en) if unit else (indicator.unit, indicator.unit)


def _converted(indicator: Indicator, number: Fraction, unit: str) -> Fraction:
    for name, factor in indicator.also_units:
        if _fold(name) == _fold(unit):
            return number * factor
    try:
        return convert(number, unit, indicator.unit)
    except UnitError:
        zh, en = _unit_words(indicator)
        raise IndicatorError("unit_mismatch", f"“{indicator.name}”的单位“{_shown(unit)}”与{zh}不符，不作换算。",
                             f"The unit “{_shown(unit)}” of “{indicator.name_en}” does not fit {en}.",
                             ) from None  # fmt: skip


def _choice(indicator: Indicator, value: object) -> str:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    wanted = _fold(str(value))
    for choice in indicator.choices:
        if wanted in (_fold(spelling) for spelling in (choice.id, choice.zh, choice.en, *choice.aliases)):
            return choice.id
    allowed = "、".join(choice.zh for choice in indicator.choices)
    allowed_en = ", ".join(choice.id for choice in indicator.choices)
    raise IndicatorError("choice_unknown", f"“{indicator.name}”不能填“{_shown(value)}”，可填：{allowed}。",
                         f"“{indicator.name_en}” cannot be “{_shown(value)}”; allowed: {allowed_en}.")  # fmt: skip


def favourable(indicator: Indicator, choice_id: str) -> bool | None:
    """Whether a yes/no or judgement value speaks for the criterion."""
    return next((choice.favourable for choice in indicator.choices if choice.id == choice_id), None)


def validate(indicator: Indicator, value: IndicatorValue) -> list[IndicatorError]:
    """Everything that keeps ``value`` from counting as evidence (STD-GEN-01); empty when it can be used."""
    problems: list[IndicatorError] = []
    try:
        normalise(indicator, value.value, value.unit)
    except IndicatorError as error:
        problems.append(error)
    if value.year is None:
        problems.append(IndicatorError("year_missing", f"“{indicator.name}”缺少年份。", f"“{indicator.name_en}” has no year."))
    elif not 1949 <= value.year <= 2200:
        problems.append(IndicatorError("year_out_of_range", f"“{indicator.name}”的年份{_shown(value.year)}不合理。",
                                       f"The year {_shown(value.year)} of “{indicator.name_en}” is not plausible."))  # fmt: skip
    if value.source is None or not value.source.strip():
        problems.append(IndicatorError("source_missing", f"“{indicator.name}”缺少来源文件。",
                                       f"“{indicator.name_en}” has no source document."))  # fmt: skip
    return problems


def catalogue_with(declared: tuple[Indicator, ...]) -> Mapping[str, Indicator]:
    """The catalogue plus the indicators a rule set declares itself."""
    return CATALOGUE | {indicator.id: indicator for indicator in declared}
