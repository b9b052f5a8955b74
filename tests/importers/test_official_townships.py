"""Walking back from a list through official rows, on lists short enough to be read."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from boundaries.services.register.lives import Life, Paper
from importers.history.county_spans import CountySpan, CountySpans, Succession
from importers.history.townships import Listed, Townships, reconstruct
from importers.readers.official_changes import OfficialRow

DAY = date(2025, 11, 30)
OLD = CountySpan("old", "410322", "孟津县", date(1983, 9, 1), date(2021, 3, 18))
LITTLE = CountySpan("little", "410306", "吉利区", date(1983, 12, 31), date(2021, 3, 18))
NEW = CountySpan("new", "410308", "孟津区", date(2021, 3, 18), None)
OTHER = CountySpan("other", "410325", "嵩县", date(1986, 1, 18), None)
COUNTIES = CountySpans(
    [OLD, LITTLE, NEW, OTHER],
    [
        Succession(date(2021, 3, 18), OLD, NEW, True, "decided", "国函"),
        Succession(date(2021, 3, 18), LITTLE, NEW, True, "decided", "国函"),
    ],
)


def row(year: int, old: str, new: str, *, reason: str = "", document: str = "豫民行批〔2020〕1号", line: int = 2) -> OfficialRow:
    from_code, _, from_name = old.partition(" ")
    to_code, _, to_name = new.partition(" ")
    return OfficialRow("changes.csv", (line, line + 1), year, "1", from_code, from_name, reason, to_code, to_name, (document,))


def walk(listed: list[str], rows: list[OfficialRow]) -> Townships:
    items = [Listed((line, line + 1), *text.split(" "), text[:6]) for line, text in enumerate(listed, start=2)]  # type: ignore[arg-type]
    return reconstruct(items, Paper("dataset", "list"), DAY, rows, "list.csv", COUNTIES)


def life(found: Townships, name: str) -> Life:
    (one,) = [each for each in found.history.lives if any(state.name == name for state in each.states)]
    return one


def codes_of(one: Life) -> list[tuple[str, str, str]]:
    return [(code.code, str(code.since), str(code.until)) for code in one.codes]


def told(found: Townships) -> list[tuple[str, Any]]:
    return [(problem.code, problem.row) for problem in found.problems if problem.code != "year_without_list"]


def test_a_township_becomes_a_town_under_a_new_name() -> None:
    found = walk(["410325113 陆浑镇"], [row(2020, "410325202 库区乡", "410325113 陆浑镇", reason="撤乡设镇")])
    before, after = life(found, "库区乡"), life(found, "陆浑镇")
    assert (str(before.since), str(before.until), str(after.since)) == ("2019-12-31", "2020-12-31", "2020-12-31")
    (edge,) = found.history.edges
    assert (edge.kind, edge.share, edge.paper) == ("type_changed", 1.0, "豫民行批〔2020〕1号")
    assert after.states[0].begins == "observed", "the list says the year only"
    assert told(found) == []


def test_code_05_a_rename_keeps_unit_and_code() -> None:
    found = walk(["410325009 颍昌街道"], [row(2020, "410325009 七里店街道", "410325009 颍昌街道", reason="名称变更")])
    one = life(found, "颍昌街道")
    assert [state.name for state in one.states] == ["七里店街道", "颍昌街道"]
    assert codes_of(one) == [("410325009", "2019-12-31", "None")]


def test_a_unit_split_in_two_has_no_known_shares() -> None:
    rows = [row(2020, "410325213 小潭乡", "410325003 潭龙街道"), row(2020, "410325213 小潭乡", "410325004 槐花苑街道", line=3)]
    found = walk(["410325003 潭龙街道", "410325004 槐花苑街道"], rows)
    assert sorted((edge.kind, edge.share) for edge in found.history.edges) == [("established_from", None)] * 2
    assert len(found.history.lives) == 3


def test_a_county_takes_its_townships_along_and_they_are_coded_anew() -> None:
    listed = ["410308101 会盟镇", "410308004 吉利街道", "410322101 会盟镇", "410306004 吉利街道", "410325100 城关镇"]
    found = walk(listed, [row(2020, "410325202 库区乡", "", reason="撤销")])
    one = life(found, "会盟镇")
    assert [(state.parent, str(state.since), state.begins) for state in one.states] == [
        ("old", "2019-12-31", "observed"),
        ("new", "2021-03-18", "decided"),
    ]
    assert codes_of(one) == [("410322101", "2019-12-31", "2021-03-18"), ("410308101", "2021-03-18", "None")]
    assert life(found, "吉利街道").states[0].parent == "little"
    assert ("county_not_listed", 4) in told(found) and ("destination_missing", 2) in told(found)


def test_a_township_whose_former_county_is_unknown_begins_with_the_new_county() -> None:
    found = walk(["410308101 会盟镇"], [row(2020, "410325202 库区乡", "", reason="撤销")])
    assert str(life(found, "会盟镇").since) == "2021-03-18"
    assert ("former_county_unknown", None) in told(found)


def test_two_sources_with_two_codes_are_each_believed_for_their_day() -> None:
    listed = ["410325103 善应镇", "410325102 甲镇"]
    found = walk(listed, [row(2022, "410308103 善应镇", "410325102 善应镇", reason="区划代码变更")])
    one = life(found, "善应镇")
    assert [(state.parent, str(state.since)) for state in one.states] == [("new", "2021-12-31"), ("other", "2022-12-31")]
    assert codes_of(one) == [
        ("410308103", "2021-12-31", "2022-12-31"),
        ("410325102", "2022-12-31", "2025-11-30"),
        ("410325103", "2025-11-30", "None"),
    ]
    assert codes_of(life(found, "甲镇")) == [("410325102", "2025-11-30", "None")], "its code was 善应镇's before"
    assert [code for code, _row in told(found)] == ["code_differs", "code_not_carried"]


@pytest.mark.parametrize(
    ("listed", "rows", "problem"),
    [
        (["410325111 莲池镇"], [row(2020, "410325200 连池乡", "410325111 连池镇")], "not_in_list"),
        (["410325111 甲镇", "410325200 甲乡"], [row(2020, "410325200 甲乡", "410325111 甲镇")], "still_listed"),
        (["410325111 甲镇"], [row(2022, "410308100 乙镇", "410325111 甲镇")], "counties_differ"),
        (["410325111 甲镇"], [row(2022, "411090200 甲乡", "410325111 甲镇")], "county_not_in_force"),
        (
            ["410325111 甲镇"],
            [row(2020, "410325200 甲乡", "410325111 甲镇"), row(2020, "410325200 乙乡", "410325112 乙镇")],
            "rows_disagree",
        ),
        (["410325111 甲镇"], [row(2026, "410325200 甲乡", "410325111 甲镇"), row(2020, "", "410325111 甲镇")], "row_after_list"),
    ],
)
def test_rows_that_contradict_are_told_and_left_out(listed: list[str], rows: list[OfficialRow], problem: str) -> None:
    found = walk(listed, rows)
    assert problem in [code for code, _row in told(found)]
    assert found.history.edges == []
    assert found.left_out >= 1


def test_a_reason_that_contradicts_the_names_is_told_and_the_names_are_followed() -> None:
    found = walk(["410325109 章化镇"], [row(2017, "410325206 章化乡", "410325109 章化镇", reason="撤镇设街道")])
    assert told(found) == [("reason_contradicts", 2)]
    assert found.history.edges[0].kind == "type_changed"


def test_a_repeated_row_with_another_document_counts_once() -> None:
    rows = [row(2020, "", "410325001 新元街道"), row(2020, "", "410325001 新元街道", document="许政文〔2014〕75号", line=3)]
    found = walk(["410325001 新元街道"], rows)
    assert told(found) == [("row_repeated", 3)]
    assert len(found.history.lives) == 1


def test_years_without_a_list_are_told() -> None:
    found = walk(["410325001 新元街道"], [row(2020, "", "410325001 新元街道")])
    assert [problem.values["value"] for problem in found.problems] == ["2021", "2022", "2023", "2024", "2025"]
