"""The catalogue of indicators, units, and how typed values become exact ones."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.indicators import (
    CATALOGUE,
    Basis,
    IndicatorError,
    Kind,
    favourable,
    normalise,
    parse_basis,
    parse_number,
)
from boundaries.rules.units import UNITS, UnitError, convert, find_unit


def test_the_identifiers_of_the_2008_set_with_their_units():
    """As fixed by the files offices exchange (indicator,value,unit,year,source)."""
    expected = {
        "county_density": "persons/km²",
        "terrain": "",
        "population": "persons",
        "seat_population": "persons",
        "general_budget_revenue": "yuan",
        "seat_built_up_area": "km²",
        "road_hardening_rate": "percent",
        "sign_setting_rate": "percent",
        "water_supply_rate": "percent",
        "green_area_per_capita": "m²/person",
        "waste_site": "",
        "public_facilities": "",
        "location_advantage": "",
    }
    assert {identifier: CATALOGUE[identifier].unit for identifier in expected} == expected
    assert CATALOGUE["public_facilities"].kind is CATALOGUE["location_advantage"].kind is Kind.JUDGEMENT


@pytest.mark.parametrize("identifier", list(CATALOGUE))
def test_every_indicator_is_fully_described(identifier):
    one = CATALOGUE[identifier]
    assert one.name and one.name_en and one.definition and one.definition_en
    if one.numeric:
        assert find_unit(one.unit) is not None
        assert one.minimum is not None and one.maximum is not None
    else:
        assert len(one.choices) >= 2
    if one.kind is Kind.RATE:
        assert (one.unit, one.minimum, one.maximum) == ("percent", 0, 100)


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (410, "万元", "yuan", Fraction(4_100_000)),
        (Fraction("0.041"), "亿元", "元", Fraction(4_100_000)),
        (Fraction("3.6"), "万人", "persons", Fraction(36_000)),
        (250, "公顷", "km²", Fraction(5, 2)),
        (1500, "亩", "平方公里", Fraction(1)),
        (1000, "亩", "km2", Fraction(2, 3)),
        (2_500_000, "㎡", "km²", Fraction(5, 2)),
        (92, "％", "percent", Fraction(92)),
    ],
)
def test_units_are_converted_exactly(value, source, target, expected):
    assert convert(Fraction(value), source, target) == expected


@pytest.mark.parametrize(("source", "target"), [("元", "人"), ("户", "人"), ("平方米/人", "平方米"), ("", "人"), ("km", "km²")])
def test_units_of_another_kind_are_refused(source, target):
    with pytest.raises(UnitError):
        convert(Fraction(1), source, target)


@given(st.fractions(), st.sampled_from(list(UNITS)), st.sampled_from(list(UNITS)))
def test_conversion_there_and_back_loses_nothing(value, one, other):
    if UNITS[one].dimension == UNITS[other].dimension:
        assert convert(convert(value, one, other), other, one) == value


@pytest.mark.parametrize("unit", ["m²", "m2", "㎡", "平方米/人", "m²/人", "m2/person"])
def test_green_area_takes_square_metres_with_or_without_per_person(unit):
    assert normalise(CATALOGUE["green_area_per_capita"], Decimal("4"), unit) == 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("36,000", 36000),
        ("36000.5", Fraction(72001, 2)),
        ("３６０００", 36000),
        ("1,234,567", 1234567),
        ("+5", 5),
        ("4.1e6", 4_100_000),
    ],
)
def test_numbers_as_people_write_them(text, expected):
    assert parse_number(text) == expected


@pytest.mark.parametrize(
    "value",
    ["", " ", "三万", "3,6", "36,00", "1,2,3", "12 000", "nan", "inf", "-inf", "1e400", "1_000", "0x10", "9" * 41, True, None,
     float("nan"), Decimal("Infinity"), [], "3.6万"],
)  # fmt: skip
def test_what_is_no_number_is_refused(value):
    with pytest.raises(IndicatorError) as caught:
        parse_number(value)
    assert caught.value.code == "not_a_number"
    assert len(caught.value.message_zh) < 80


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_a_clear_refusal(text):
    try:
        number = parse_number(text)
    except IndicatorError as error:
        assert error.message_zh.isprintable()
    else:
        assert isinstance(number, Fraction)


@pytest.mark.parametrize(
    ("identifier", "value", "expected"),
    [
        ("terrain", "平原", "plain"),
        ("terrain", "Mountain", "mountain"),
        ("waste_site", "有", "yes"),
        ("waste_site", False, "no"),
        ("waste_site", "否", "no"),
        ("public_facilities", "符合", "yes"),
        ("location_advantage", "交通枢纽型", "transport_hub"),
        ("location_advantage", "区域中心", "regional_centre"),
    ],
)
def test_choices_are_recognised_and_their_unit_is_ignored(identifier, value, expected):
    assert normalise(CATALOGUE[identifier], value, "随便") == expected


@pytest.mark.parametrize(("identifier", "value"), [("terrain", "丘陵"), ("waste_site", "可能"), ("waste_site", "<b>yes</b>")])
def test_unknown_choices_are_refused_with_what_is_allowed(identifier, value):
    with pytest.raises(IndicatorError) as caught:
        normalise(CATALOGUE[identifier], value, None)
    assert caught.value.code == "choice_unknown"
    assert CATALOGUE[identifier].choices[0].zh in caught.value.message_zh


def test_naming_a_type_speaks_for_the_condition_and_terrain_for_nothing():
    assert favourable(CATALOGUE["location_advantage"], "mining") is True
    assert favourable(CATALOGUE["location_advantage"], "no") is False
    assert favourable(CATALOGUE["terrain"], "plain") is None


def test_population_basis_words():
    assert [parse_basis(text) for text in ("常住", "户籍人口", "Resident", "")] == [
        Basis.RESIDENT,
        Basis.REGISTERED,
        Basis.RESIDENT,
        Basis.UNSTATED,
    ]
    with pytest.raises(IndicatorError):
        parse_basis("流动")
