"""The words in which verdicts, figures and standards are told, in the reader's language: for pages and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from boundaries.rules import choice
from boundaries.rules.indicators import CATALOGUE, Basis, Indicator
from boundaries.rules.ruleset import Comparison, Condition, Criterion, RuleSet, Status, Threshold
from boundaries.rules.units import UNITS, find_unit
from boundaries.rules.verdicts import CriterionResult, Verdict

VERDICTS = {
    "met": _("达到"),
    "not_met": _("未达到"),
    "missing": _("缺少数据"),
    "needs_person": _("须人工认定"),
    "not_applicable": _("不适用"),
}
OVERALL = {"qualifies": _("符合"), "does_not": _("不符合"), "undetermined": _("尚不能确定")}
CLASSES = {
    "qualifies": _("量化指标达标"),
    "near": _("接近达标"),
    "does_not": _("未达标"),
    "undetermined": _("尚不能确定"),
    "no_data": _("没有数据"),
}
# What chip (icon and colour) of gis/static/gis/office.css tells an overall verdict or a screening class.
CHIPS = {
    "qualifies": "met",
    "near": "near",
    "does_not": "not_met",
    "undetermined": "undetermined",
    "no_data": "missing",
    "not_applicable": "neutral",
}
# Of boundaries.due.State: the words and the chip.
DUE_STATES = {"overdue": _("已逾期"), "soon": _("临近"), "open": _("未到期"), "no_period": _("未定期限")}
DUE_CHIPS = {"overdue": "not_met", "soon": "near", "open": "waiting", "no_period": "neutral"}
GROUPS = {"all": _("须全部满足"), "any": _("满足其一即可"), "tiers": _("按情形适用一档")}
OUTCOMES = {"new": _("新增"), "corrects": _("更正"), "same": _("相同"), "refused": _("不能用")}
TARGETS = {"town": _("设镇"), "subdistrict": _("设街道")}
BASES = {Basis.RESIDENT: _("常住"), Basis.REGISTERED: _("户籍"), Basis.UNSTATED: _("未注明")}
SEVERITIES = {"block": _("须处理"), "warn": _("请注意"), "info": _("说明")}
_SIGNS = {
    Comparison.AT_LEAST: "≥",
    Comparison.MORE_THAN: "＞",
    Comparison.AT_MOST: "≤",
    Comparison.LESS_THAN: "＜",
    Comparison.IS: "",
}


def english() -> bool:
    return (get_language() or "").startswith("en")


def pick(zh: str, en: str) -> str:
    """The text in the reader's language; Chinese where there is no English."""
    return en if en and english() else zh


def said(thing: Any, name: str = "text") -> str:
    """`thing.text` or `thing.text_en`, whichever the reader reads."""
    return pick(getattr(thing, name), getattr(thing, f"{name}_en"))


def pick_all(zh: Sequence[str], en: Sequence[str]) -> Sequence[str]:
    """Lists that say the same in two languages."""
    return en if english() and len(en) == len(zh) else zh


def indicator_name(indicator: Indicator) -> str:
    return said(indicator, "name")


def status_words(status: Status) -> str:
    return choice.STATUS_EN[status] if english() else choice.STATUS_ZH[status]


def plain(value: Fraction) -> str:
    """Thousands grouped, no trailing zeros; four decimals, from 100 on two, unless that would hide that it is no whole number."""
    if value.denominator == 1:
        return f"{value.numerator:,}"
    short = f"{float(value):,.2f}".rstrip("0").rstrip(".")
    if abs(value) >= 100 and "." in short:
        return short
    return f"{float(value):,.4f}".rstrip("0").rstrip(".")


def amount(value: Fraction, unit: str) -> tuple[str, str]:
    """(number, unit in words). Money from 10,000 yuan on is told in 万元, as offices do."""
    if unit == "yuan" and abs(value) >= 10_000 and not english():
        return plain(value / 10_000), UNITS["10k yuan"].zh
    if unit == "percent":
        return plain(value), "%"
    known = find_unit(unit) if unit else None
    return plain(value), pick(known.zh, known.en) if known else unit


def quantity(value: Fraction, unit: str) -> str:
    number, words = amount(value, unit)
    return f"{number}%" if words == "%" else f"{number} {words}".strip()


def quantity_as_given(value: Fraction, unit: str) -> str:
    """In the unit somebody gave it in, which is what stands in the document."""
    known = find_unit(unit) if unit else None
    words = "%" if unit == "percent" else pick(known.zh, known.en) if known else unit
    return f"{plain(value)}%" if words == "%" else f"{plain(value)} {words}".strip()


def choice_words(indicator: Indicator, identifier: str) -> str:
    found = next((one for one in indicator.choices if one.id == identifier), None)
    return pick(found.zh, found.en) if found else identifier


def value_words(value: Fraction | str | None, indicator: Indicator) -> str:
    if value is None:
        return ""
    return choice_words(indicator, value) if isinstance(value, str) else quantity(value, indicator.unit)


def condition_words(condition: Condition, rule_set: RuleSet) -> str:
    """“人口密度 ≥ 350 人/平方公里”, “平原”."""
    indicator = rule_set.indicator(condition.indicator)
    if isinstance(condition.value, str):
        words = choice_words(indicator, condition.value)
        return words if indicator.kind == "choice" else f"{indicator_name(indicator)}：{words}"
    name = indicator_name(indicator)
    if condition.comparison is Comparison.EXISTS or condition.value is None:
        return name
    if condition.upper is not None:
        return f"{name} {plain(condition.value)}–{quantity(condition.upper, indicator.unit)}"
    return f"{name} {_SIGNS.get(condition.comparison, '')} {quantity(condition.value, indicator.unit)}"


def threshold_words(criterion: Criterion, thresholds: tuple[Threshold, ...], rule_set: RuleSet) -> str:
    """“≥ 35,000 人”; while a condition is unknown “≥ 30,000 人（平原）或 25,000 人（山区）”."""
    if criterion.comparison is Comparison.NEEDS_PERSON:
        return gettext("由人认定")
    if criterion.comparison is Comparison.EXISTS:
        return gettext("有")
    if criterion.rank is not None:
        return gettext("连续 %(years)d 年居“%(peers)s”前 %(percent)s%%") % {
            "years": criterion.rank.years,
            "peers": criterion.rank.peers,
            "percent": plain(criterion.rank.top_percent),
        }
    indicator = rule_set.indicator(criterion.indicator)
    several = len(thresholds) > 1
    parts = []
    for threshold in thresholds:
        words = _bound(threshold, indicator)
        when = pgettext("条件之间", "、").join(condition_words(one, rule_set) for one in threshold.when)
        parts.append(gettext("%(bound)s（%(when)s）") % {"bound": words, "when": when} if several and when else words)
    either = gettext(" 或 ").join(parts)
    return f"{_SIGNS.get(criterion.comparison, '')} {either}".strip()


def _bound(threshold: Threshold, indicator: Indicator) -> str:
    if isinstance(threshold.value, str):
        return choice_words(indicator, threshold.value)
    if threshold.upper is not None:
        return f"{plain(threshold.value)}–{quantity(threshold.upper, indicator.unit)}"
    return quantity(threshold.value, indicator.unit)


def distance_words(value: Fraction, unit: str) -> str:
    """A difference: of rates it is told in percentage points."""
    if unit == "percent":
        return gettext("%(number)s 个百分点") % {"number": plain(value)}
    return quantity(value, unit)


def margin_words(result: CriterionResult, rule_set: RuleSet) -> str:
    """“差 13 人”, “超 1,000 人”, “正好达到”; empty where there is no distance to tell."""
    if result.margin is None or result.verdict not in (Verdict.MET, Verdict.NOT_MET):
        return ""
    if result.criterion.rank is not None:
        return ""
    if result.margin == 0:
        return gettext("正好达到") if result.verdict is Verdict.MET else gettext("正好等于，未超过")
    words = distance_words(abs(result.margin), rule_set.indicator(result.criterion.indicator).unit)
    if result.criterion.comparison in (Comparison.AT_MOST, Comparison.LESS_THAN):
        return gettext("低 %(amount)s") % {"amount": words} if result.margin > 0 else gettext("高出 %(amount)s") % {"amount": words}
    return gettext("超 %(amount)s") % {"amount": words} if result.margin > 0 else gettext("差 %(amount)s") % {"amount": words}


# --- lines for the terminal ---------------------------------------------------------------------------------------------------


def check_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The check command's answer for people."""
    if document.get("name"):
        yield f"{document['name']} {document['division'] or ''}".rstrip()
    yield pick(document["statement"], document["statement_en"])
    yield from document["notes"]
    for one in document["criteria"]:
        value = "—" if one["value"] is None else _document_value(one)
        line = f"  [{VERDICTS[one['verdict']]}] {pick(one['text'], one['text_en'])}：{value}"
        if one["source"]:
            line += f"（{one['year'] or '—'}，{one['source']}）"
        if one["margin"] is not None:
            margin = quantity(abs(Fraction(str(one["margin"]))), one["unit"])
            line += f" {'-' if one['margin'] < 0 else '+'}{margin}"
        yield line
    for finding in document["findings"]:
        yield f"  {finding['rule']} {pick(finding['message'], finding['message_en'])}"


def _document_value(criterion: Mapping[str, Any]) -> str:
    """A criterion's value in a document, where numbers are decimals of the base unit and choices identifiers."""
    value = criterion["value"]
    if isinstance(value, str):
        indicator = CATALOGUE.get(criterion["indicator"])
        return choice_words(indicator, value) if indicator else value
    return quantity(Fraction(str(value)), criterion["unit"])


def screening_lines(document: Mapping[str, Any]) -> Iterator[str]:
    """The screening command's answer for people: one line for each unit, nearest first."""
    yield from (pick(finding["message"], finding["message_en"]) for finding in document["findings"])
    yield " · ".join(f"{CLASSES[klass]} {count}" for klass, count in document["classes"].items())
    for one in document["results"]:
        star = "★" if one["priority"] else " "
        lacking = "、".join(part["name"] for part in [*one["unmet"], *one["missing"]][:5])
        unit = f"{one['rank']:>5}{star} {one['code']:<12} {one['parent'] or ''}{one['name']}"
        yield f"{unit}  {CLASSES[one['class']]}  {one['score']}  {lacking}".rstrip()
