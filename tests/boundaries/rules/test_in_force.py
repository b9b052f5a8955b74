"""T5: which text applies on a day, and the years of joint inspection (BND-CYC-01)."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.rules.finding import Severity
from boundaries.rules.in_force import CODES, DIVISIONS, HENAN_PLACE_NAMES_2013, henan_place_name_rules
from boundaries.rules.inspection_cycle import CYCLE_YEARS, ROUND_FIVE, Inspection, check_cycle, due_year


def test_t5_the_measures_on_codes_apply_from_september_2025():
    assert not CODES.applies_on(date(2025, 8, 31)) and CODES.applies_on(date(2025, 9, 1))
    assert not DIVISIONS.applies_on(date(2018, 12, 31)) and DIVISIONS.applies_on(date(2019, 1, 1))


def test_t5_the_earlier_rules_end_where_the_later_begin():
    assert HENAN_PLACE_NAMES_2013.applies_on(date(2025, 11, 11)) and not HENAN_PLACE_NAMES_2013.applies_on(date(2025, 11, 12))


@pytest.mark.parametrize(
    ("accepted", "number"),
    [(date(2025, 11, 11), "156"), (date(2025, 11, 12), "234"), (date(2015, 1, 1), "156"), (date(2026, 1, 1), "234")],
)
def test_t5_place_name_rules_of_the_day_of_acceptance(accepted, number):
    assert number in henan_place_name_rules(accepted).number


def test_t5_bnd_cyc_01_due_years():
    """平许线 2025 → 2030; 冀豫线 2007 → 2012, 2017, 2022, 2027."""
    assert due_year([Inspection(2025)]) == 2030
    assert [2007 + CYCLE_YEARS * n for n in range(1, 5)] == [2012, 2017, 2022, 2027]
    assert due_year([Inspection(year) for year in (2007, 2012, 2017, 2022)]) == 2027


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2024, 12, 31), []),
        (date(2025, 1, 1), [("BND-CYC-01", Severity.WARN, "inspection_due")]),
        (date(2025, 12, 31), [("BND-CYC-01", Severity.WARN, "inspection_due")]),
        (date(2026, 1, 1), [("BND-CYC-01", Severity.BLOCK, "inspection_overdue")]),
    ],
)
def test_t5_bnd_cyc_01_inspected_2020_and_not_in_2025(today, expected):
    assert [(one.rule, one.severity, one.code) for one in check_cycle([Inspection(2020)], today)] == expected


def test_t5_bnd_cyc_01_an_extra_inspection_does_not_reset_unless_full():
    assert due_year([Inspection(2023), Inspection(2026, full=False)]) == 2028
    assert due_year([Inspection(2023), Inspection(2026)]) == 2031
    assert [one.code for one in check_cycle([Inspection(2026, full=False)], date(2026, 5, 1))] == ["never_inspected"]


def test_t5_round_five_adds_up():
    assert sum(lines for lines, _ in ROUND_FIVE.values()) == 68
    assert sum(kilometres for _, kilometres in ROUND_FIVE.values()) == 62_417
