"""CODE-01, CODE-02, CODE-08 and CODE-09, with the test vectors T2."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.codes import (
    CodeError,
    canonical,
    check_code,
    is_development_zone,
    is_grouping,
    kind_of_village,
    level_of,
    may_be_legal,
    parent_of,
)


def rules(code: str, level: int, kind: str, authority: str = "mca", parent: str | None = None) -> list[str]:
    return [finding.rule for finding in check_code(code, level, kind, authority, parent)]


@pytest.mark.parametrize(
    ("text", "level", "expected"),
    [
        ("41", 1, "410000"),
        ("410000000000", 1, "410000"),
        ("4101", 2, "410100"),
        ("410100", 2, "410100"),
        ("410102000000", 3, "410102"),
        (" 410102001000 ", 4, "410102001"),
        ("410102001", 4, "410102001"),
        ("410102.0", 3, "410102"),
        ("４１０１０２", 3, "410102"),
        ("'410102", 3, "410102"),
        ("410102001001", 5, "410102001001"),
    ],
)
def test_codes_have_one_length_at_each_level(text: str, level: int, expected: str) -> None:
    assert canonical(text, level) == expected


@pytest.mark.parametrize(
    ("text", "level", "reason", "actual"),
    [
        ("", 3, "empty", None),
        ("郑州", 3, "not_digits", None),
        ("4.10102E+11", 4, "scientific", None),
        ("12345", 3, "length", None),
        ("012345", 3, "length", None),
        ("410100", 3, "level", 2),
        ("410102001001", 4, "level", 5),
        ("410102", 4, "level", 3),
        ("-410102", 3, "not_digits", None),
    ],
)
def test_what_is_no_code_of_the_level_says_why(text: str, level: int, reason: str, actual: int | None) -> None:
    with pytest.raises(CodeError) as caught:
        canonical(text, level)
    assert (caught.value.reason, caught.value.level) == (reason, actual)


@given(
    st.integers(1, 5),
    st.integers(11, 91),
    st.lists(st.integers(1, 99), min_size=2, max_size=2),
    st.integers(1, 999),
    st.integers(1, 999),
)
def test_any_padding_of_a_code_is_the_same_code(level: int, province: int, pair: list[int], town: int, village: int) -> None:
    twelve = f"{province:02d}{pair[0]:02d}{pair[1]:02d}{town:03d}{village:03d}"[: {1: 2, 2: 4, 3: 6, 4: 9, 5: 12}[level]]
    code = canonical(twelve, level)
    assert level_of(code) == level
    assert canonical(code.ljust(12, "0"), level) == code
    parent = parent_of(code, level)
    assert (parent is None) == (level == 1)
    if parent is not None:
        assert level_of(parent) < level


def test_a_county_under_the_province_has_the_province_for_a_parent() -> None:
    assert parent_of("419001", 3) == "410000"
    assert parent_of("410102", 3) == "410100"
    assert parent_of("419001001", 4) == "419001"


@pytest.mark.parametrize(
    ("code", "kind"),
    [("410622101", "town"), ("410182201", "township"), ("410185004", "subdistrict")],
)
def test_code_02_accepts_the_vectors_of_t2(code: str, kind: str) -> None:
    assert rules(code, 4, kind) == []


def test_code_02_township_with_a_towns_segment_is_warned_of() -> None:
    assert rules("410182101", 4, "township") == ["CODE-02"]
    assert rules("410182101", 4, "town", parent="410183") == ["CODE-02"]


@pytest.mark.parametrize("code", ["410104570", "410171560"])
def test_code_08_statistical_segments_pass_as_statistical_and_not_as_legal(code: str) -> None:
    assert rules(code, 4, "subdistrict", "nbs") == []
    assert rules(code, 4, "subdistrict", "mca") == ["CODE-08"]


@pytest.mark.parametrize(
    ("code", "kind"), [("419001", "county_city"), ("411082", "county_city"), ("411024", "county"), ("411003", "district")]
)
def test_code_01_accepts_the_vectors_of_t2(code: str, kind: str) -> None:
    assert rules(code, 3, kind) == []


def test_code_01_segments_and_types() -> None:
    assert rules("411024", 3, "district") == ["CODE-01"]
    assert rules("418024", 3, "county") == ["CODE-01"]
    assert rules("411024", 3, "autonomous_county") == []


def test_code_09_last_three_digits() -> None:
    assert kind_of_village("410782201201") == "village_committee"
    assert kind_of_village("410102001001") == "residents_committee"
    assert rules("410423203205", 5, "village_committee", "nbs") == []
    assert rules("410423203498", 5, "unknown", "nbs") == ["CODE-09"]


def test_groups_and_zones_are_never_legal_codes() -> None:
    assert is_grouping("410101") and is_grouping("419000") and not is_grouping("419001") and not is_grouping("410102")
    assert is_development_zone("410171") and is_development_zone("410171560") and not is_development_zone("410181")
    assert not may_be_legal("410102001001", 5)
    assert may_be_legal("410102", 3)
