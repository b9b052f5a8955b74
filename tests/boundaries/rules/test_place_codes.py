"""CODE-10, CODE-11 and CODE-12, with the test vectors T2."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.rules.code_lists import TownshipCode, check_half_year_list, half_year_list, last_half_year_end
from boundaries.rules.finding import Severity
from boundaries.rules.place_codes import (
    PlaceCode,
    PlaceRecord,
    check_class_pairs,
    check_place_codes,
    count_villages,
    parse_place_code,
)

WARN, INFO = Severity.WARN, Severity.INFO
CLASSES = {"22100", "23514", "21610", "27610"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("33038100122100000001", ("330381", "001", "22100", "000001")),
        ("42011500122100000001", ("420115", "001", "22100", "000001")),
        ("23088110023514000001", ("230881", "100", "23514", "000001")),
    ],
)
def test_t2_code_10_the_parts_of_a_code(text, parts):
    parsed = parse_place_code(text)
    assert parsed == PlaceCode(*parts)
    assert check_place_codes([text], CLASSES) == []


@pytest.mark.parametrize(
    "text", ["", "3303810012210000000", "330381001221000000011", "03038100122100000001", "3303810012210000000A", "３" * 20]
)
def test_code_10_anything_but_twenty_digits_warns(text):
    assert [(one.rule, one.severity, one.code) for one in check_place_codes([text], CLASSES)] == [("CODE-10", WARN, "malformed")]


def test_code_10_class_and_serial():
    assert [one.code for one in check_place_codes(["33038100199999000001"], CLASSES)] == ["class_unknown"]
    twice = ["33038100122100000001", "33038100122100000002", "33038100122100000001"]
    assert [(one.code, one.subject) for one in check_place_codes(twice, CLASSES)] == [("serial_not_unique", twice[0])]


def test_code_10_without_the_official_table_the_class_is_not_judged():
    findings = check_place_codes(["33038100199999000001"], None)
    assert [(one.severity, one.code) for one in findings] == [(INFO, "classes_not_loaded")]


def record(identifier, place_class, name, *linked, division="411726207"):
    return PlaceRecord(identifier, PlaceCode(division[:6], division[6:], place_class, "000001"), name, frozenset(linked))


def test_code_11_area_and_organisation_of_one_village_are_linked():
    area, office = record("a", "21610", "王庄村"), record("b", "27610", "王庄村民委员会")
    assert [(one.rule, one.severity, one.subject) for one in check_class_pairs([area, office])] == [("CODE-11", WARN, "b")]
    for pair in (
        [record("a", "21610", "王庄村", "b"), office],
        [area, record("b", "27610", "王庄村民委员会", "a")],
        [area, record("b", "27610", "李庄村民委员会")],
        [area, record("b", "27610", "王庄村民委员会", division="411726208")],
        [area, record("b", "27620", "王庄社区居民委员会")],
    ):
        assert check_class_pairs(pair) == []


def test_code_11_a_village_is_counted_once():
    area, office = record("a", "21610", "王庄村"), record("b", "27610", "王庄村民委员会")
    assert count_villages([area]) == count_villages([office]) == count_villages([area, office]) == 1
    # Linked under different names they are still one; unlinked under different names they are two.
    assert count_villages([record("a", "21610", "王庄村", "c"), record("c", "27610", "王家庄村委会")]) == 1
    assert count_villages([area, record("c", "27610", "王家庄村委会")]) == 2
    assert count_villages([area, office, record("d", "21620", "王庄社区"), record("e", "22200", "王庄")]) == 2


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 6, 30), date(2025, 12, 31)),
        (date(2026, 7, 1), date(2026, 6, 30)),
        (date(2026, 12, 31), date(2026, 6, 30)),
        (date(2027, 1, 1), date(2026, 12, 31)),
    ],
)
def test_code_12_the_half_year_that_ended_last(today, day):
    assert last_half_year_end(today) == day
    assert [(one.rule, one.severity, one.subject) for one in check_half_year_list([], today)] == [
        ("CODE-12", INFO, day.isoformat())
    ]
    assert check_half_year_list([day], today) == []


def test_code_12_the_list_holds_the_legal_codes_of_the_day():
    rows = [
        TownshipCode("411726114", "象河镇", "town", date(2025, 7, 1)),
        TownshipCode("411726207", "象河乡", "township", None, date(2025, 7, 1)),
        TownshipCode("411726102", "羊册镇", "town", None),
        TownshipCode("411726208", "付庄乡", "township", None, date(2025, 6, 30)),
        TownshipCode("410104570", "商都路街道", "subdistrict", None),
    ]
    assert [row.code for row in half_year_list(rows, date(2025, 6, 30))] == ["411726102", "411726207"]
    assert [row.code for row in half_year_list(rows, date(2025, 12, 31))] == ["411726102", "411726114"]
    with pytest.raises(ValueError, match="half-year"):
        half_year_list(rows, date(2025, 7, 1))
