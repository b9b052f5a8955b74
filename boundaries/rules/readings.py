"""Values as evidence: which of them can be used, and what STD-GEN-01 and STD-GEN-04 say about the others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.indicators import Basis, Indicator, IndicatorError, IndicatorValue, normalise, validate
from boundaries.rules.verdicts import Evidence

BASIS_GEN_01 = "指标须有单位、年份、来源文件和口径（本系统规则；口径依各省标准）"
BASIS_GEN_04 = "河南省2008年试行标准、山东省及云南省设镇标准均以地名标志设置率为条件"


@dataclass(frozen=True, slots=True)
class Reading:
    """``value`` is None when there is nothing to use; ``errors`` then says why, and is empty if nothing was given."""

    indicator: Indicator
    value: Fraction | str | None
    evidence: Evidence | None
    given: IndicatorValue | None
    errors: tuple[IndicatorError, ...] = ()

    @property
    def basis(self) -> Basis:
        """The population basis of the value: its own, else the one its indicator fixes."""
        stated = self.given.basis if self.given else Basis.UNSTATED
        return stated if stated is not Basis.UNSTATED else self.indicator.basis


def read(indicator: Indicator, given: IndicatorValue | None) -> Reading:
    """Turn what was given into evidence; a value without unit, year or source is shown but not used (STD-GEN-01)."""
    if given is None:
        return Reading(indicator, None, None, None)
    errors = validate(indicator, given)
    value = None if errors else normalise(indicator, given.value, given.unit)
    evidence = Evidence(
        value=value,
        unit=indicator.unit,
        year=given.year,
        source=given.source or "",
        basis=given.basis if given.basis is not Basis.UNSTATED else indicator.basis,
        given_value="" if given.value is None else str(given.value),
        given_unit=given.unit or "",
        computed=given.computed,
        confirmed_by=given.confirmed_by,
    )
    return Reading(indicator, value, evidence, given, tuple(errors))


def read_all(indicators: Iterable[Indicator], values: Mapping[str, IndicatorValue]) -> dict[str, Reading]:
    return {indicator.id: read(indicator, values.get(indicator.id)) for indicator in indicators}


def findings_of(reading: Reading, on: date) -> list[Finding]:
    """STD-GEN-01 and STD-GEN-04 on one value; nothing when no value was given (that is a missing criterion, not a fault)."""
    given, indicator = reading.given, reading.indicator
    if given is None:
        return []
    findings = [
        Finding("STD-GEN-01", Severity.BLOCK, BASIS_GEN_01, error.code, error.message_zh, error.message_en, indicator.id)
        for error in reading.errors
    ]
    if indicator.population and reading.basis is Basis.UNSTATED:
        findings.append(
            Finding(
                "STD-GEN-01",
                Severity.WARN,
                BASIS_GEN_01,
                "basis_unstated",
                f"“{indicator.name}”未注明常住或户籍口径。",
                f"“{indicator.name_en}” does not say whether residents or registered people are counted.",
                indicator.id,
            )
        )
    if given.year is not None and on.year < given.year <= 2200:
        findings.append(
            Finding(
                "STD-GEN-01",
                Severity.WARN,
                BASIS_GEN_01,
                "year_after_day",
                f"“{indicator.name}”是{given.year}年的数据，晚于所查日期{on.isoformat()}。",
                f"“{indicator.name_en}” is of {given.year}, later than the day {on.isoformat()} asked for.",
                indicator.id,
            )
        )
    if indicator.computed and not given.computed:
        findings.append(
            Finding(
                "STD-GEN-04",
                Severity.WARN if indicator.id == "sign_setting_rate" else Severity.INFO,
                BASIS_GEN_04,
                "typed_not_computed",
                f"“{indicator.name}”为手工填报，应由系统台账计算。",
                f"“{indicator.name_en}” was typed; it should be computed from the tables of the system.",
                indicator.id,
            )
        )
    return findings
