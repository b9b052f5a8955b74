"""BND-CYC-02 … BND-CYC-04, BND-INS-01 … BND-INS-03, and the table of an inspection's states."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import InspectionState, LineFileKind
from boundaries.rules.finding import Severity, blocks
from boundaries.rules.inspection_content import GROUPS, unanswered
from boundaries.rules.inspection_cycle import (
    ROUND_FIVE,
    Moved,
    Standing,
    check_moved,
    check_occurrence,
    check_round,
    round_of,
    standing,
    years_of_round,
)
from boundaries.rules.inspection_record import BASIS_DOCUMENTS, MarkerTask, check_basis, check_record, check_signatures
from boundaries.rules.inspection_states import EDGES, ENDED, Action, Role, State, edge, edges_from

CLEAR = {group.key: {"answer": "clear", "text": ""} for group in GROUPS}


def codes(findings):
    return [(one.rule, one.code) for one in findings]


@pytest.mark.parametrize(
    ("due", "day", "expected"),
    [
        (2025, date(2023, 12, 31), Standing.LATER),
        (2025, date(2024, 1, 1), Standing.SOON),
        (2025, date(2025, 1, 1), Standing.DUE),
        (2025, date(2025, 12, 31), Standing.DUE),
        (2025, date(2026, 1, 1), Standing.OVERDUE),
        (None, date(2026, 1, 1), Standing.UNKNOWN),
    ],
)
def test_where_a_line_stands_in_its_cycle(due, day, expected):
    assert standing(due, day) is expected


def test_bnd_cyc_02_an_occurrence_proposes_an_extra_inspection():
    [found] = check_occurrence(False, "河流改道", "a changed river")
    assert (found.rule, found.severity, found.code) == ("BND-CYC-02", Severity.WARN, "extra_inspection_to_open")
    assert "河流改道" in found.message_zh
    assert check_occurrence(True, "河流改道", "a changed river") == []


def test_bnd_cyc_03_rounds_and_the_lead_that_swaps():
    assert [round_of(year) for year in (2002, 2003, 2007, 2022, 2023, 2027, 2028)] == [None, 1, 1, 4, 5, 5, 6]
    assert years_of_round(5) == (min(ROUND_FIVE), max(ROUND_FIVE))
    assert check_round(5, 2023, "甲", "乙") == check_round(5, 2027, "甲", None) == []
    assert codes(check_round(5, 2028, "甲", "甲")) == [("BND-CYC-03", "year_outside_round"), ("BND-CYC-03", "lead_again")]
    assert not blocks(check_round(5, 2022, "甲", "甲"))


def test_bnd_cyc_04_a_moved_year_needs_both_sides_and_consent():
    assert check_moved(True, 2025, 2025, Moved()) == check_moved(True, None, 2026, Moved()) == []
    found = check_moved(True, 2025, 2026, Moved())
    assert codes(found) == [("BND-CYC-04", "move_not_agreed"), ("BND-CYC-04", "move_without_consent")] and blocks(found)
    assert "推迟" in found[0].message_zh and "提前" in check_moved(True, 2025, 2024, Moved())[0].message_zh
    assert codes(check_moved(True, 2025, 2026, Moved(1, 2, "民函〔2025〕1号"))) == [("BND-CYC-04", "move_not_agreed")]
    assert check_moved(True, 2025, 2026, Moved(2, 2, "民函〔2025〕1号")) == []
    # The text seen is about provincial lines: elsewhere it is told and does not stop.
    county = check_moved(False, 2025, 2026, Moved())
    assert len(county) == 2 and not blocks(county)


def test_bnd_ins_01_five_groups_and_every_marker():
    assert check_record(CLEAR, [MarkerTask("001", True)]) == []
    found = check_record({}, [MarkerTask("001", False), MarkerTask("002", True, differing=True)])
    assert [one.code for one in found] == ["content_unanswered"] * 5 + ["markers_not_visited", "visits_differ"]
    assert all(one.rule == "BND-INS-01" and one.severity is Severity.BLOCK for one in found)
    # What was found must be told in words.
    said_nothing = CLEAR | {"crossing": {"answer": "found", "text": " "}}
    assert [group.key for group in unanswered(said_nothing)] == ["crossing"]
    assert not unanswered(CLEAR | {"crossing": {"answer": "found", "text": "有一处骑线建房"}})
    # Without a marker on record it is told, not passed over and not blocked.
    assert codes(check_record(CLEAR, [])) == [("BND-INS-01", "no_markers_on_record")]
    assert not blocks(check_record(CLEAR, []))


def test_bnd_ins_02_all_sides_sign_and_file():
    filed = {"filed_with": "河南省民政厅", "filed_on": date(2026, 5, 1), "filed_by_all": True}
    assert check_signatures(["甲县", "乙县"], ["甲县", "乙县"], **filed) == []
    third = check_signatures(["甲县", "乙县", "丙县"], ["甲县", "乙县"], **filed)
    assert codes(third) == [("BND-INS-02", "side_not_signed")] and third[0].subject == "丙县"
    assert codes(check_signatures(["甲县"], ["甲县"], differing=1, **filed)) == [("BND-INS-02", "disagreement_open")]
    assert codes(check_signatures(["甲县"], ["甲县"])) == [("BND-INS-02", "not_filed")]
    assert codes(check_signatures(["甲县"], ["甲县"], **filed | {"filed_by_all": False})) == [("BND-INS-02", "not_filed_by_all")]


def test_bnd_ins_03_the_basis_is_at_hand():
    assert set(BASIS_DOCUMENTS) <= set(LineFileKind)
    assert [one.subject for one in check_basis([], inspected_before=True)] == ["agreement", "map", "marker_table", "report"]
    assert [one.subject for one in check_basis(["map"], inspected_before=False)] == ["agreement", "marker_table"]
    assert not blocks(check_basis([], inspected_before=True))


def test_the_table_of_states():
    assert set(State) == set(InspectionState)
    assert all(one.basis_zh and one.basis_en and one.title_zh and one.title_en for one in EDGES)
    assert len({(one.action, one.start) for one in EDGES}) == len(EDGES)
    # What is filed is filed: no edge leads out of it, and only signatures lead to it.
    assert edges_from(State.FILED) == ()
    assert {one.start for one in EDGES if one.end is State.FILED} == {State.SIGNED}
    assert {one.end for one in EDGES if one.role is Role.NOBODY} == {State.REVIEWING}
    # Wherever signatures could have been given, going back revokes them.
    assert all(
        one.revokes for one in EDGES if one.start in (State.REVIEWING, State.SIGNED) and one.end not in (State.SIGNED, *ENDED)
    )
    assert edge(State.PLANNED, Action.FILE) is None and edge(State.SIGNED, Action.FILE) is not None
