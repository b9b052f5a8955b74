"""One ``[[criterion]]`` of a rule-set file: its comparison, thresholds and conditions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from boundaries.rules.indicators import Basis, Indicator, IndicatorError, Kind, normalise
from boundaries.rules.ruleset import (
    NUMERIC_COMPARISONS,
    Comparison,
    Condition,
    Criterion,
    RankTest,
    Strength,
    Threshold,
)
from boundaries.rules.toml_table import Table

ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
RULE = r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)*"


def _known_indicator(table: Table, catalogue: Mapping[str, Indicator]) -> Indicator | None:
    identifier = table.text("indicator", required=True)
    indicator = catalogue.get(identifier)
    if identifier and indicator is None:
        table.problem("indicator", "indicator_unknown", f"没有指标“{identifier}”；新指标须在[[indicator]]中定义。",
                      f"There is no indicator “{identifier}”; declare new ones in [[indicator]].")  # fmt: skip
    return indicator


def read_criterion(table: Table, catalogue: Mapping[str, Indicator], sources: set[str]) -> Criterion:
    """The criterion in ``table``; what is wrong with it is collected, and a stand-in is put in the place of what is wrong."""
    indicator = _known_indicator(table, catalogue)
    comparison = table.choice("comparison", Comparison, required=True)
    unit = table.text("unit")
    source = table.text("source", required=True)
    if source and source not in sources:
        table.problem("source", "source_unknown", f"没有来源“{source}”。", f"There is no source “{source}”.")
    text = table.text("text", required=True)
    criterion = Criterion(
        id=table.text("id", required=True, pattern=ID),
        rule=table.text("rule", pattern=RULE),
        text=text,
        text_en=table.text("text_en") or text,
        indicator=indicator.id if indicator else "",
        comparison=comparison or Comparison.EXISTS,
        unit=indicator.unit if indicator else "",
        thresholds=_thresholds(table, indicator, comparison, unit, catalogue),
        basis=table.choice("basis", Basis, default=Basis.UNSTATED) or Basis.UNSTATED,
        strength=table.choice("strength", Strength, default=Strength.REQUIRED) or Strength.REQUIRED,
        when=read_conditions(table, "when", catalogue),
        rank=_rank(table, comparison),
        note=table.text("note"),
        note_en=table.text("note_en"),
        source=source,
        clause=table.text("clause"),
    )
    if indicator is not None and comparison is not None:
        _check_fit(table, indicator, comparison, "comparison")
        if criterion.basis is not Basis.UNSTATED and not indicator.population:
            table.problem("basis", "not_allowed", f"“{indicator.name}”不是人口指标，没有口径。",
                          f"“{indicator.name_en}” does not count people and has no basis.")  # fmt: skip
    return criterion


def _check_fit(table: Table, indicator: Indicator, comparison: Comparison, key: str) -> None:
    """Each comparison makes sense for some kinds of indicator only."""
    fits = {
        Comparison.IS: indicator.kind in (Kind.CHOICE, Kind.YESNO),
        Comparison.EXISTS: indicator.kind is Kind.YESNO,
        Comparison.NEEDS_PERSON: indicator.kind in (Kind.JUDGEMENT, Kind.YESNO),
        Comparison.RANK: indicator.numeric,
    }.get(comparison, indicator.numeric)
    if not fits:
        table.problem(key, "comparison_unfit", f"“{comparison}”不能用于指标“{indicator.name}”。",
                      f"“{comparison}” cannot be used with “{indicator.name_en}”.")  # fmt: skip


def _thresholds(
    table: Table,
    indicator: Indicator | None,
    comparison: Comparison | None,
    unit: str,
    catalogue: Mapping[str, Indicator],
) -> tuple[Threshold, ...]:
    """The single ``threshold``, or the list ``thresholds`` of which the first whose ``when`` holds applies."""
    if indicator is None or comparison is None:
        table.ignore("threshold", "thresholds", "upper")
        return ()
    given = [key for key in ("threshold", "thresholds") if key in table]
    if comparison not in NUMERIC_COMPARISONS and comparison is not Comparison.IS:
        table.ignore("threshold", "thresholds")
        for key in given:
            table.problem(key, "not_allowed", f"“{comparison}”不需要数值。", f"“{comparison}” takes no threshold.")
        return ()
    if len(given) != 1:
        table.ignore("threshold", "thresholds", "upper")
        table.problem("", "one_threshold", "“threshold”和“thresholds”须写且只写一种。",
                      "Give either “threshold” or “thresholds”.")  # fmt: skip
        return ()
    if given == ["threshold"]:
        return tuple(_bounds(table, "threshold", indicator, comparison, unit, ()))
    return _alternatives(table.tables("thresholds"), indicator, comparison, unit, catalogue)


def _alternatives(
    tables: list[Table], indicator: Indicator, comparison: Comparison, unit: str, catalogue: Mapping[str, Indicator]
) -> tuple[Threshold, ...]:
    found: list[Threshold] = []
    for one in tables:
        found += _bounds(one, "value", indicator, comparison, unit, read_conditions(one, "when", catalogue))
        one.finish()
        if "when" not in one and one is not tables[-1]:
            one.problem("", "threshold_unreachable", "没有“when”的数值只能放在最后。",
                        "A threshold without “when” must come last.")  # fmt: skip
    return tuple(found)


def _bounds(
    table: Table, key: str, indicator: Indicator, comparison: Comparison, unit: str, when: tuple[Condition, ...]
) -> Iterator[Threshold]:
    """The threshold under ``key`` (and ``upper``) in the unit of the indicator; nothing when it is wrong."""
    if comparison is Comparison.IS:
        wanted = _choice_value(table, key, indicator)
        if wanted is not None:
            yield Threshold(wanted, None, when)
        return
    value = _in_unit(table, key, indicator, unit)
    upper = _in_unit(table, "upper", indicator, unit) if comparison is Comparison.BETWEEN else None
    if comparison is Comparison.BETWEEN and value is not None and upper is not None and upper < value:
        table.problem("upper", "bounds_inverted", "上限小于下限。", "The upper bound is less than the lower.")
    if value is not None and (comparison is not Comparison.BETWEEN or upper is not None):
        yield Threshold(value, upper, when)


def _in_unit(table: Table, key: str, indicator: Indicator, unit: str) -> Fraction | None:
    number = table.number(key, required=True)
    if number is None or not indicator.numeric:
        return None
    try:
        value = normalise(indicator, number, unit)
    except IndicatorError as error:
        table.problem("unit" if error.code.startswith("unit") else key, error.code, error.message_zh, error.message_en)
        return None
    return value if isinstance(value, Fraction) else None


def _choice_value(table: Table, key: str, indicator: Indicator) -> str | None:
    word = table.text(key, required=True)
    if not word or indicator.numeric:
        return None
    try:
        return str(normalise(indicator, word, None))
    except IndicatorError as error:
        table.problem(key, error.code, error.message_zh, error.message_en)
        return None


def read_conditions(table: Table, key: str, catalogue: Mapping[str, Indicator]) -> tuple[Condition, ...]:
    """One condition ``{…}`` or several ``[{…}, {…}]`` that must all hold."""
    value = table.data.get(key)
    if isinstance(value, dict):
        one = table.table(key)
        tables = [one] if one else []
    else:
        tables = table.tables(key)
    conditions = [_condition(one, catalogue) for one in tables]
    return tuple(condition for condition in conditions if condition is not None)


def _condition(table: Table, catalogue: Mapping[str, Indicator]) -> Condition | None:
    indicator = _known_indicator(table, catalogue)
    comparison = table.choice("comparison", Comparison, required=True)
    unit = table.text("unit")
    if indicator is None or comparison is None:
        table.ignore("value", "upper")
        table.finish()
        return None
    if comparison in (Comparison.NEEDS_PERSON, Comparison.RANK):
        table.problem(
            "comparison", "comparison_unfit", "适用条件不能由人认定或按位次。", "A condition cannot be a judgement or a rank."
        )
        return None
    _check_fit(table, indicator, comparison, "comparison")
    if comparison is Comparison.EXISTS:
        table.finish()
        return Condition(indicator.id, comparison)
    bounds = list(_bounds(table, "value", indicator, comparison, unit, ()))
    table.finish()
    return Condition(indicator.id, comparison, bounds[0].value, bounds[0].upper) if bounds else None


def _rank(table: Table, comparison: Comparison | None) -> RankTest | None:
    one = table.table("rank")
    if one is None:
        if comparison is Comparison.RANK:
            table.problem("", "key_missing", "位次条件缺少“rank”。", "A rank criterion needs “rank”.")
        return None
    if comparison is not Comparison.RANK:
        table.problem("rank", "not_allowed", "只有位次条件可以写“rank”。", "Only a rank criterion has “rank”.")
    peers = one.text("peers", required=True)
    years, top = one.number("years", required=True), one.number("top_percent", required=True)
    one.finish()
    if years is not None and (years.denominator != 1 or not 1 <= years <= 10):
        one.problem("years", "out_of_range", "年数应为1至10的整数。", "years must be a whole number from 1 to 10.")
        return None
    if top is not None and not 0 < top <= 100:
        one.problem("top_percent", "out_of_range", "比例应大于0、不超过100。", "top_percent must lie between 0 and 100.")
        return None
    return RankTest(peers, int(years), top) if years is not None and top is not None else None
