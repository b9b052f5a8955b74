"""Criteria for hazards as data, the states of a hazard, and a line's risk as a sum a reader can check."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.models import HazardState
from boundaries.rules.hazard_criteria import LINE_TERMS, SHIPPED, CriteriaError, read, shipped
from boundaries.rules.hazard_states import EDGES, State, edges_from
from boundaries.rules.line_risk import assess

TEXT = SHIPPED.read_text("utf-8")


def test_what_is_shipped_says_that_it_is_no_law():
    criteria = shipped()
    assert "系统拟定" in criteria.title and "非法规" in criteria.status
    assert {"mining", "building", "water", "grazing", "marker"} <= set(criteria.kinds)
    assert all(one.criterion and one.criterion_en for one in (*criteria.likelihoods.values(), *criteria.consequences.values()))
    assert criteria.level("rare", "slight").key == "low" and criteria.level("present", "grave").key == "severe"
    assert criteria.level("rare", "gone") is None and criteria.level("gone", "slight") is None


def test_a_graver_case_is_never_lower():
    criteria = shipped()
    ranks = [[criteria.level(one, other).rank for other in criteria.consequences] for one in criteria.likelihoods]
    assert all(row == sorted(row) for row in ranks)
    assert all(list(column) == sorted(column) for column in zip(*ranks, strict=True))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('title = "', 'titel = "', "title"),
        ('rare = ["low", "low", "medium", "high"]', 'rare = ["low", "low"]', "rare"),
        ('rare = ["low", "low", "medium", "high"]', 'rare = ["low", "low", "medium", "huge"]', "rare"),
        ('rare = ["low", "low", "medium", "high"]', 'rare = ["high", "low", "medium", "high"]', "rare"),
        ('possible = ["low", "medium", "medium", "high"]', 'possible = ["low", "low", "low", "low"]', "possible"),
        ("overdue_year = 3", 'overdue_year = "drei"', "overdue_year"),
        ("high = 10", "high = 3", "[line]"),
        ('key = "building"', 'key = "mining"', "mining"),
        ('key = "building"', 'key = "跨界建筑"', "跨界建筑"),
        ('criterion = "近五年没有发生，也没有苗头。"', "", "criterion"),
        ("[matrix]", "[matrix", "TOML"),
    ],
)
def test_a_text_that_cannot_be_used_is_refused_with_its_place(old, new, says):
    assert old in TEXT
    with pytest.raises(CriteriaError) as refused:
        read(TEXT.replace(old, new, 1))
    assert any(says in zh for zh, _en in refused.value.problems)


def test_all_problems_at_once():
    with pytest.raises(CriteriaError) as refused:
        read(TEXT.replace('title = "', 'a = "', 1).replace("overdue_year = 3", "overdue_year = -1"))
    assert len(refused.value.problems) == 2


def test_the_table_of_states():
    assert set(State) == set(HazardState)
    assert all(edges_from(state) for state in State)
    assert all(one.note_required for one in EDGES if one.end is State.CLOSED or one.start is State.CLOSED)


def test_a_lines_risk_is_explained_term_by_term():
    risk = assess(
        shipped(),
        [("present", "grave"), ("rare", "slight"), ("rare", "moderate")],
        years_overdue=2,
        conditions={"damaged": 1, "lost": 1, "intact": 9},
        unseen_markers=2,
    )
    assert [(one.code, one.count, one.points) for one in risk.terms] == [
        ("hazard_severe", 1, 10), ("hazard_low", 2, 1), ("overdue", 2, 3), ("marker_damaged", 1, 2), ("marker_lost", 1, 4),
    ]  # fmt: skip
    assert risk.total == 24 and risk.level is not None and risk.level.key == "severe"
    assert ["2个界桩" in zh for zh, _en in risk.unknown] == [True]


def test_what_is_not_known_is_not_called_low():
    assert assess(shipped(), [], years_overdue=None, conditions={}).level is None
    assert assess(shipped(), [], years_overdue=0, conditions={}).level.key == "low"
    old_words = assess(shipped(), [("gone", "grave")], years_overdue=0, conditions={})
    assert old_words.total == 0 and "重新评定" in old_words.unknown[0][0]


@settings(max_examples=40)
@given(
    hazards=st.lists(
        st.tuples(st.sampled_from(list(shipped().likelihoods)), st.sampled_from(list(shipped().consequences))), max_size=8
    ),
    years=st.integers(0, 9),
    conditions=st.fixed_dictionaries({name.removeprefix("marker_"): st.integers(0, 5) for name in LINE_TERMS[1:]}),
)
def test_the_total_is_the_sum_and_never_falls_when_something_is_added(hazards, years, conditions):
    risk = assess(shipped(), hazards, years_overdue=years, conditions=conditions)
    assert risk.total == sum(one.count * one.points for one in risk.terms)
    more = assess(shipped(), [*hazards, ("likely", "serious")], years_overdue=years + 1, conditions=conditions)
    assert more.total > risk.total and more.level.rank >= risk.level.rank
