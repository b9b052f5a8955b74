"""The real history of Henan: `import_history`, asked with `trace` and `divisions_on`."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Count

from boundaries.models import Decision, DecisionAct, Division, DivisionCode, DivisionRecord, Lineage, Source
from gis.audit.models import AuditEntry
from tests.commands import run
from tests.importers.files import load
from tests.importers.real_history import CHANGES, COUNTIES, EVERYTHING, became, rows_on, trace
from tests.shared import SHARED, requires_shared


@requires_shared
def test_counts(loaded: dict[str, Any]) -> None:
    county, township = loaded["county"], loaded["township"]
    assert {name: county[name] for name in ("divisions", "records", "lineages", "decisions", "problems")} == {
        "divisions": 233,
        "records": 366,
        "lineages": 129,
        "decisions": 65,
        "problems": 39,
    }
    assert {name: township[name] for name in ("listed", "in_force", "rows", "rows_used", "rows_left_out")} == {
        "listed": 2_705,
        "in_force": 2_513,
        "rows": 213,
        "rows_used": 187,
        "rows_left_out": 26,
    }
    assert (township["divisions"], township["lineages"], township["decisions"]) == (2_653, 143, 141)


@requires_shared
def test_every_problem_names_its_row_and_speaks_both_languages(loaded: dict[str, Any]) -> None:
    assert len(loaded["problems"]) == loaded["county"]["problems"] + loaded["township"]["problems"]
    assert all(problem["message"] and problem["message_en"] for problem in loaded["problems"])
    left_out = {problem["row"] for problem in loaded["problems"] if problem["severity"] == "error"}
    assert len(left_out) == loaded["township"]["rows_left_out"]
    by_row = {(problem["row"], problem["code"]) for problem in loaded["problems"]}
    # The rows of 2015 whose halves are shifted, a county that was no more, a name the list does not have.
    assert {(135, "counties_differ"), (136, "counties_differ"), (145, "county_not_in_force"), (164, "not_in_list")} <= by_row


@requires_shared
def test_every_year_end_is_the_published_table(loaded: dict[str, Any]) -> None:
    tables: defaultdict[int, dict[str, str]] = defaultdict(dict)
    with (COUNTIES / "henan_codes_by_year.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            tables[int(row["year"])][row["code"]] = row["name"]
    for year in (1981, 1982, 1983, 1986, 1987, 1990, 1994, 2000, 2002, 2014, 2021, 2024):
        day = f"{year}-12-31"
        assert rows_on(day, 2) | rows_on(day, 3) | rows_on(day, 1) == tables[year], day
    records = DivisionRecord.objects.on(date(1983, 12, 31)).filter(level__gt=1, parent=None)
    assert not records.exists()


@pytest.mark.parametrize(
    ("code", "day", "expected", "document"),
    [
        ("410322", "2020-01-01", ("孟津区", "410308", 1.0), "国务院同意河南省洛阳市调整部分行政区划"),
        ("410306", "2020-01-01", ("孟津区", "410308", 1.0), "国务院同意河南省洛阳市调整部分行政区划"),
        ("410381", "2020-01-01", ("偃师区", "410307", 1.0), "国务院同意河南省洛阳市调整部分行政区划"),
        ("411023", "2010-01-01", ("建安区", "411003", 1.0), "国函〔2016〕189号"),
        ("410224", "2010-01-01", ("祥符区", "410212", 1.0), "国函〔2014〕121号"),
        ("411222", "2010-01-01", ("陕州区", "411203", 1.0), "国函〔2015〕39号"),
        ("410728", "2010-01-01", ("长垣市", "410783", 1.0), "民函〔2019〕74号"),
        ("411626", "2018-01-01", ("淮阳区", "411603", 1.0), "国函〔2019〕61号"),
        ("410424", "1987-01-01", ("汝州市", "410482", 1.0), "民〔1988〕行批10号"),
        ("412533", "1985-01-01", ("汝州市", "410482", 1.0), "民〔1988〕行批10号"),
    ],
)
@requires_shared
def test_counties_that_became_others(
    loaded: dict[str, Any], code: str, day: str, expected: tuple[str, str, float], document: str
) -> None:
    (one,) = trace(code, day)["successors"]
    assert ((one["name"], one["code"], one["share"]), one["decision"]) == (expected, document)


@requires_shared
def test_mengjin_district_came_out_of_two(loaded: dict[str, Any]) -> None:
    found = trace("410308", "2022-01-01", "--to", "2020-01-01")
    assert sorted((one["name"], one["code"]) for one in found["predecessors"]) == [("吉利区", "410306"), ("孟津县", "410322")]
    assert trace("410322", "2020-01-01")["found"][0]["valid_to"] == "2021-03-18"


@pytest.mark.parametrize(
    ("old", "new", "day"),
    [
        ("412421", "410221", "1983-09-01"),  # 杞县, from 开封地区 to 开封市
        ("412430", "410225", "1983-09-01"),  # 兰考县
        ("412122", "410522", "1983-09-01"),  # 安阳县
        ("412525", "411222", "1986-01-18"),  # 陕县, from 洛阳地区 to 三门峡市
        ("410925", "410728", "1986-01-18"),  # 长垣县, from 濮阳市 to 新乡市
        ("410426", "411025", "1997-07-31"),  # 襄城县, from 平顶山市 to 许昌市
    ],
)
@requires_shared
def test_code_06_counties_coded_anew_with_their_prefecture_stay_the_same(
    loaded: dict[str, Any], old: str, new: str, day: str
) -> None:
    before = DivisionCode.objects.current().get(code=old)
    after = DivisionCode.objects.current().get(code=new)
    assert before.division == after.division
    assert str(before.valid.upper) == str(after.valid.lower) == day
    record = DivisionRecord.objects.on(date.fromisoformat(day)).get(division=after.division)
    parent = DivisionCode.objects.on(date.fromisoformat(day)).get(division=record.parent)
    assert (parent.code, record.begins) == (new[:4] + "00", "decided")


@requires_shared
def test_prefectures_that_ended(loaded: dict[str, Any]) -> None:
    assert {name for name, _code, _share in became("412400", "1982-12-31", "--to", "1983-12-31")} == {"郑州市", "开封市"}
    assert became("412900", "1990-01-01") == [("南阳市", "411300", 1.0)]
    assert {name for name, _code, _share in became("412924", "1990-01-01")} == {"宛城区", "卧龙区"}


@pytest.mark.parametrize(
    ("code", "day", "expected"),
    [
        ("410522101", "2021-01-01", [("水冶镇", "410505101", 1.0)]),
        ("410522103", "2016-01-01", [("善应镇", "410506103", 1.0)]),
        ("410522205", "2016-01-01", [("马家乡", "410506205", 1.0)]),
        ("410325202", "2019-01-01", [("陆浑镇", "410325111", 1.0)]),
        ("410726213", "2015-01-01", [("塔铺街道", "410726003", None), ("潭龙街道", "410726002", None)]),
        ("411421100", "2014-01-01", [("南华街道", "411421002", None), ("绿洲街道", "411421001", None)]),
        ("411002009", "2019-01-01", [("颍昌街道", "411002009", 1.0)]),
        ("410308100", "2022-01-01", [("河图街道", "410308008", 1.0)]),
    ],
)
@requires_shared
def test_townships(loaded: dict[str, Any], code: str, day: str, expected: list[tuple[str, str, float | None]]) -> None:
    assert became(code, day) == expected


@requires_shared
def test_townships_between_the_official_row_and_the_list_have_the_official_code(loaded: dict[str, Any]) -> None:
    assert {name for name, _code, _share in became("410726213", "2015-01-01", "--to", "2016-06-30")} == {"潭龙街道", "槐花苑街道"}
    day = rows_on("2018-01-01", 4)
    assert (day["410506102"], day["410506204"], day["410726003"]) == ("善应镇", "马家乡", "潭龙街道")
    assert rows_on("2025-11-30", 4)["410506103"] == "善应镇"


@requires_shared
def test_codes_stand_for_one_unit_and_every_parent_is_in_force(loaded: dict[str, Any]) -> None:
    for day in (date(1985, 6, 1), date(2014, 12, 31), date(2021, 3, 18), date(2025, 11, 30)):
        twice = DivisionCode.objects.on(day).values("code").annotate(holders=Count("division", distinct=True)).filter(holders__gt=1)
        assert not twice.exists()
        there = set(DivisionRecord.objects.on(day).values_list("division", flat=True))
        parents = set(DivisionRecord.objects.on(day).exclude(parent=None).values_list("parent", flat=True))
        assert parents <= there


@requires_shared
def test_each_document_is_a_decision_with_its_acts(loaded: dict[str, Any]) -> None:
    two = Decision.objects.get(document_number="豫民行批〔2015〕9号")
    assert sorted(two.acts.values_list("kind", flat=True)) == ["change_type", "establish", "establish"]
    moved = Decision.objects.get(document_number="豫民行批〔2021〕3号")
    assert set(moved.acts.values_list("kind", flat=True)) == {"change_affiliation"}
    merged = Decision.objects.get(title="国务院同意河南省洛阳市调整部分行政区划")
    assert sorted(merged.acts.values_list("kind", flat=True)) == ["change_type", "merge"]
    assert (merged.area.records.current().last().name, str(merged.effective_on)) == ("洛阳市", "2021-03-18")  # type: ignore[union-attr]
    assert Decision.objects.get(document_number="许政文〔2020〕13号").acts.get().kind == "rename"
    documents = Lineage.objects.filter(source__kind="document")
    assert documents.count() == 272
    assert not documents.filter(act=None).exists()


@requires_shared
def test_again_changes_nothing(loaded: dict[str, Any]) -> None:
    models = (Division, DivisionRecord, DivisionCode, Lineage, Source, Decision, DecisionAct, AuditEntry)
    before = [model._default_manager.count() for model in models]
    status, again = run("import_history", *EVERYTHING)
    assert status == 0
    assert again["changed"] is False
    assert [model._default_manager.count() for model in models] == before
    assert again["problems"] == loaded["problems"]


@requires_shared
def test_another_years_list_moves_beginnings_and_fewer_lists_move_nothing_back(loaded: dict[str, Any], tmp_path: Path) -> None:
    more = tmp_path / "2022.csv"
    header = "year,seq,from_code,from_name,reason,to_code,to_name,approval_doc\n"
    more.write_text(header + "2022,1,411424200,邵园乡,撤乡设街道,411424004,双河街道,豫民行批〔2022〕9号\n", "utf-8")
    with transaction.atomic():
        assert trace("411424004", "2015-01-01")["found"][0]["name"] == "双河街道", "carried back, for want of a list"
        status, later = run("import_history", *EVERYTHING, "--township-changes", str(more))
        assert (status, later["township"]["written"]["lineages"]) == (0, 1)
        assert "411424004" not in rows_on("2022-12-30", 4)
        assert rows_on("2022-12-30", 4)["411424200"] == "邵园乡"
        assert became("411424200", "2015-01-01") == [("双河街道", "411424004", 1.0)]
        assert run("import_history", *EVERYTHING, "--township-changes", str(more))[1]["changed"] is False
        assert run("import_history", *EVERYTHING)[1]["changed"] is False
        transaction.set_rollback(True)


@requires_shared
def test_the_parts_one_after_the_other_come_to_the_same(db: None) -> None:
    run("import_history", *EVERYTHING[:2])
    status, later = run("import_history", *EVERYTHING[2:])
    assert status == 0
    assert (later["county"], later["township"]["divisions"]) == (None, 2_653)
    assert became("410322101", "2020-01-01") == [("会盟镇", "410308101", 1.0)]
    status, again = run("import_history", *EVERYTHING)
    assert (status, again["changed"]) == (0, False)


@requires_shared
def test_shapes_that_a_list_brought_before_stay(db: None) -> None:
    load(SHARED / "boundaries_tianditu_cgcs2000" / "henan_district.geojson", "county", "2023-12-31")
    held = Division.objects.count()
    status, result = run("import_history", *EVERYTHING[:2])
    assert (status, result["county"]["written"]["divisions"]) == (0, 233 - held), "the counties of the list are the same units"
    records = DivisionRecord.objects.on(date(2024, 1, 1)).filter(level=3)
    assert (records.count(), records.filter(geometry=None).count()) == (157, 0)
    assert DivisionRecord.objects.on(date(2020, 1, 1)).filter(name="孟津县").get().geometry is None
    code = DivisionCode.objects.current().get(code="410308")
    assert str(code.valid.lower) == "2021-03-18"
    assert DivisionRecord.objects.on(date(2024, 1, 1)).get(division=code.division).parent is not None
    assert run("import_history", *EVERYTHING[:2])[1]["changed"] is False


@requires_shared
def test_a_list_loaded_afterwards_finds_its_counties(db: None) -> None:
    run("import_history", *EVERYTHING[:2])
    result = load(SHARED / "boundaries_tianditu_cgcs2000" / "henan_district.geojson", "county", "2023-12-31")
    assert (result["created"], result["updated"], result["rejected"]) == (0, 157, 0)
    assert run("import_history", *EVERYTHING[:2])[1]["changed"] is False


@requires_shared
def test_changes_need_a_list_and_townships_need_counties(db: None) -> None:
    assert run("import_history", "--township-changes", str(CHANGES))[1]["error"]["code"] == "nothing_to_import"
    assert run("import_history", *EVERYTHING[2:])[1]["error"]["code"] == "counties_missing"
    assert not Division.objects.exists()
