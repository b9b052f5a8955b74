"""CODE-03 … CODE-07 and the allocator, with the test vectors T2."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.rules.acts import ActKind
from boundaries.rules.code_allocation import check_proposal, propose, propose_each
from boundaries.rules.code_changes import FATES, CodeChange, CodeFate, Determiner, check_code_change
from boundaries.rules.codes import TOWNSHIP_SEGMENTS, township_segment
from boundaries.rules.finding import Severity

BLOCK, WARN, INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
# T2, 泌阳县: 1xx codes 102, 103, 105–113 are used; 100, 101 and 104 may have been abolished.
BIYANG = {f"411726{number}" for number in (102, 103, *range(105, 114), 203, 207)}


def test_t2_code_03_xianghe_town_gets_a_code_above_all_ever_used():
    proposal = propose("411726", "town", BIYANG)
    assert proposal.code == "411726114"
    assert proposal.highest == "411726113"
    assert proposal.gaps == ("411726100", "411726101", "411726104")
    assert check_proposal(proposal) == []


def test_code_03_codes_of_other_counties_levels_and_segments_are_passed_over():
    used = {*BIYANG, "411725199", "411726", "411726150001", "411726570", "411726214"}
    assert propose("411726", "town", used).code == "411726151"
    assert propose("411726", "township", used).code == "411726215"


def test_code_03_an_empty_segment_begins_at_its_start_and_says_so():
    for unit_type, code in (("subdistrict", "411726001"), ("town", "411726100"), ("ethnic_township", "411726200")):
        proposal = propose("411726", unit_type, ())
        assert (proposal.code, proposal.highest, proposal.gaps) == (code, None, ())
        assert [(one.rule, one.severity, one.code) for one in check_proposal(proposal)] == [("CODE-03", INFO, "segment_empty")]


def test_code_03_a_full_segment_is_said_and_never_wraps_around():
    proposal = propose("411726", "town", {"411726199"})
    assert proposal.code is None and len(proposal.gaps) == 99
    assert [(one.rule, one.severity, one.code) for one in check_proposal(proposal)] == [("CODE-03", WARN, "segment_full")]
    none = propose("411726", "district_office", BIYANG)
    assert none.code is None and [one.code for one in check_proposal(none)] == ["no_segment"]


def test_several_units_of_one_decision_get_different_codes():
    """城关镇 → 绿洲街道 + 南华街道, and a town beside them."""
    proposals = propose_each("411726", ["subdistrict", "subdistrict", "town"], BIYANG | {"411726003"})
    assert [one.code for one in proposals] == ["411726004", "411726005", "411726114"]


@pytest.mark.parametrize("county", ["", "41172", "41172A", "411726100", "４１１７２６"])
def test_a_county_has_six_digits(county):
    with pytest.raises(ValueError, match="county"):
        propose(county, "town", ())


USED = st.frozensets(st.integers(0, 999).map(lambda number: f"411726{number:03d}"), max_size=60)
TYPES = st.lists(st.sampled_from(sorted(TOWNSHIP_SEGMENTS)), min_size=1, max_size=12)


@given(USED, TYPES)
def test_code_03_the_allocator_never_returns_a_used_code(used, unit_types):
    proposals = propose_each("411726", unit_types, used)
    codes = [one.code for one in proposals if one.code]
    assert len(codes) == len(set(codes)) and not set(codes) & used
    for proposal in proposals:
        segment = TOWNSHIP_SEGMENTS[proposal.unit_type]
        earlier = {township_segment(code) for code in used} & set(segment)
        if proposal.code is None:
            assert segment.stop - 1 in earlier | {township_segment(code) for code in codes}
        else:
            assert township_segment(proposal.code) in segment
            assert township_segment(proposal.code) > max(earlier, default=-1)
        assert not set(proposal.gaps) & (used | set(codes))


DAY = date(2025, 10, 1)
NEW = CodeChange(4, CodeFate.ASSIGNED, DAY, DAY, new_code="411726114", determiner=Determiner.PROVINCE, expected="411726114")
ENDED = CodeChange(4, CodeFate.CLOSED, DAY, DAY, old_code="411726207", old_ends=DAY)
KEPT = CodeChange(4, CodeFate.KEPT, DAY, DAY, old_code="411025104", new_code="411025104")
MOVED = CodeChange(
    4, CodeFate.REPLACED, DAY, DAY, old_code="410522101", old_ends=DAY, new_code="410505105", determiner=Determiner.PROVINCE
)


def found(change: CodeChange, used=frozenset(BIYANG), **changes):
    return [(one.rule, one.severity, one.code) for one in check_code_change(replace(change, **changes), used)]


def test_t2_a_township_that_becomes_a_town_closes_its_code_and_gets_another():
    """CODE-03, CODE-04: 小吕乡 → 小吕镇 = 411081119, 象河乡 411726207 → 象河镇."""
    assert FATES[ActKind.CHANGE_TYPE] == {CodeFate.CLOSED, CodeFate.ASSIGNED}
    assert found(NEW) == found(ENDED) == []
    assert found(NEW, new_code="411081119", expected="411081119") == []


def test_code_03_a_code_ever_used_blocks():
    assert found(NEW, new_code="411726207", expected="") == [("CODE-03", BLOCK, "code_used_before")]
    assert found(NEW, new_code="411726207") == [("CODE-03", BLOCK, "code_used_before")]


@pytest.mark.parametrize("gap", ["411726100", "411726101", "411726104", "411726116"])
def test_t2_code_03_a_gap_or_a_leap_warns(gap):
    assert found(NEW, new_code=gap) == [("CODE-03", WARN, "not_next_in_sequence")]
    assert found(NEW, new_code=gap, expected="") == []


def test_code_03_a_new_unit_without_a_code_blocks():
    assert found(NEW, new_code="") == [("CODE-03", BLOCK, "code_not_assigned")]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"old_ends": None}, "code_not_closed"),
        ({"old_ends": date(2025, 9, 30)}, "code_ends_on_another_day"),
        ({"old_code": ""}, "old_code_unknown"),
    ],
)
def test_code_04_an_abolished_code_ends_on_the_day_of_effect(changes, code):
    assert found(ENDED, **changes) == [("CODE-04", BLOCK, code)]


@pytest.mark.parametrize("kind", [ActKind.RENAME, ActKind.MOVE_SEAT, ActKind.CHANGE_BOUNDARY, ActKind.TRANSFER_VILLAGES])
def test_t2_code_05_rename_seat_and_boundary_keep_the_code(kind):
    assert FATES[kind] == {CodeFate.KEPT}
    assert found(KEPT) == found(KEPT, new_code="") == []
    assert found(KEPT, new_code="411025114") == [("CODE-05", BLOCK, "code_changed")]
    assert found(KEPT, old_ends=DAY) == [("CODE-05", BLOCK, "code_closed")]


def test_code_06_another_subordination_means_another_code():
    """水冶镇 from 安阳县 to 殷都区."""
    assert FATES[ActKind.CHANGE_AFFILIATION] == {CodeFate.REPLACED}
    assert found(MOVED) == []
    assert found(MOVED, new_code="410522101") == [("CODE-06", BLOCK, "code_not_replaced")]
    assert found(MOVED, new_code="410522101", used={"410522101"}) == [("CODE-06", BLOCK, "code_not_replaced")]
    assert found(MOVED, new_code="") == [("CODE-06", BLOCK, "code_not_assigned")]
    assert found(MOVED, old_ends=None) == [("CODE-06", BLOCK, "code_not_closed")]
    assert found(MOVED, used={"410505105"}) == [("CODE-03", BLOCK, "code_used_before")]


@pytest.mark.parametrize(
    ("level", "determiner", "fine"),
    [
        (4, Determiner.PROVINCE, True),
        (4, Determiner.MINISTRY, False),
        (4, Determiner.CITY, False),
        (4, None, False),
        (3, Determiner.MINISTRY, True),
        (3, Determiner.PROVINCE, False),
        (2, Determiner.MINISTRY, True),
        (5, None, True),
    ],
)
def test_code_07_who_determines(level, determiner, fine):
    assert found(NEW, level=level, determiner=determiner) == ([] if fine else [("CODE-07", BLOCK, "wrong_determiner")])


def test_t5_approvals_before_the_measures_are_only_told():
    """Approval 2025-08-31: practice before 79号令; 2025-09-01: the Measures apply."""
    wrong = replace(KEPT, new_code="411025114")
    assert found(wrong, approved_on=date(2025, 8, 31)) == [("CODE-05", INFO, "code_changed")]
    assert found(wrong, approved_on=date(2025, 9, 1)) == [("CODE-05", BLOCK, "code_changed")]


def test_every_act_says_what_becomes_of_codes():
    assert set(FATES) == set(ActKind)
