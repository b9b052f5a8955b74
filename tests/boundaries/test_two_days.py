"""Two days of the demo county compared, as data, as a page and as tables; the days of change; a unit's life on its page."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import combinations
from typing import Any

import lxml.html
import openpyxl
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from boundaries import facts
from boundaries.biography import life_of
from boundaries.changes.comparison import Kind
from boundaries.family import family_of, layers
from boundaries.models import Decision, DecisionFile, DivisionRecord, Lineage
from boundaries.two_days import TwoDays, find_root, two_days
from gis.accounts.models import Duty
from gis.errors import InvalidInputError, NotFoundError
from gis.files.models import StoredFile
from tests.demo_county import demo_county
from tests.factories import make_division, make_user

FIRST, BEFORE_MERGER, MERGED, CONVERTED, MOVED, NOW = (
    date(2000, 1, 1), date(2011, 5, 31), date(2011, 6, 1), date(2016, 4, 1), date(2019, 10, 1), date(2024, 1, 1)
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo_county(joint_work=False)
        yield
        transaction.set_rollback(True)


pytestmark = [pytest.mark.usefixtures("demo"), pytest.mark.django_db]


@pytest.fixture
def reader(logged_in: Any) -> Client:
    return logged_in(make_user("onlooker", (Duty.READER, None)))


def unit(name: str, day: date = NOW) -> int:
    return DivisionRecord.objects.on(day).get(name=name, level__lte=4).division_id


def told(found: TwoDays) -> dict[str, tuple[Kind, ...]]:
    return {row.name: row.change.kinds for row in found.rows}


# --- the comparison on the register -------------------------------------------------------------------------------------


def test_the_townships_of_the_demo_county() -> None:
    found = two_days(BEFORE_MERGER, NOW, level=4)
    assert told(found) == {
        "望岫乡": (Kind.APPEARED,),
        "岚坡乡": (Kind.VANISHED,),
        "石碾坪乡": (Kind.VANISHED,),
        "南畴镇": (Kind.RETYPED, Kind.RENAMED, Kind.RECODED),
        "观图街道": (Kind.GROUND,),
        "柘汀镇": (Kind.GROUND,),
    }
    rows = {row.name: row for row in found.rows}
    assert [(one.name, one.share) for one in rows["望岫乡"].formers] == [("岚坡乡", 1.0), ("石碾坪乡", 1.0)]
    assert [one.name for one in rows["岚坡乡"].latters] == ["望岫乡"]
    assert [(paper.on, paper.number) for paper in rows["望岫乡"].documents] == [(MERGED, "演民行批〔2011〕6号")]
    assert rows["柘汀镇"].area_grown_m2 == pytest.approx(-(rows["观图街道"].area_grown_m2 or 0))
    assert (rows["柘汀镇"].area_grown_m2 or 0) < -1e6
    assert found.units == (15, 14)


def test_a_village_is_told_from_those_that_follow_their_township() -> None:
    found = two_days(date(2019, 9, 30), MOVED, level=5)
    assert told(found) == {"柴集村": (Kind.MOVED, Kind.RECODED)}


@pytest.mark.parametrize("days", list(combinations([FIRST, BEFORE_MERGER, MERGED, CONVERTED, NOW], 2)))
def test_the_counts_add_up_between_any_two_days(days: tuple[date, date]) -> None:
    found = two_days(*days)
    gained = sum(row.change.before is None for row in found.rows) - sum(row.change.after is None for row in found.rows)
    assert found.units[1] - found.units[0] == gained
    assert found.units == tuple(DivisionRecord.objects.on(day).count() for day in days)
    assert all(row.documents for row in found.rows)


@pytest.mark.parametrize("day", [FIRST, MERGED, NOW])
def test_a_day_with_itself_and_days_without_change_between_are_empty(day: date) -> None:
    assert two_days(day, day).rows == ()
    assert two_days(date(2020, 1, 1), NOW).rows == ()


def test_under_a_unit_that_came_out_of_others_stand_those_on_the_earlier_day() -> None:
    """望岫乡 was two townships: their villages are compared with its own."""
    found = two_days(BEFORE_MERGER, MERGED, root=unit("望岫乡"))
    assert {row.name for row in found.rows if row.change.kind in (Kind.APPEARED, Kind.VANISHED)} == {"望岫乡", "岚坡乡", "石碾坪乡"}
    villages = [row for row in found.rows if row.change.kind is Kind.FOLLOWED]
    assert len(villages) == DivisionRecord.objects.on(MERGED).filter(parent=unit("望岫乡")).count() > 10
    # Of the neighbours nothing is told.
    assert two_days(CONVERTED, NOW, root=unit("望岫乡")).rows == ()


def test_five_statements_whatever_the_number_of_units() -> None:
    numbers = []
    for level in (4, 5):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            two_days(FIRST, NOW, level=level)
        numbers.append(len(queries))
    assert max(numbers) <= 6


def test_finding_what_to_compare() -> None:
    assert find_root("", FIRST, NOW) is None
    assert find_root("舆和县", FIRST, NOW) == find_root("417021", FIRST, NOW) == unit("舆和县")
    assert find_root(str(unit("望岫乡")), FIRST, NOW) == unit("望岫乡")
    assert find_root("岚坡乡", FIRST, NOW) == unit("岚坡乡", FIRST)  # there on the earlier day only
    with pytest.raises(NotFoundError, match="没有名称或代码"):
        find_root("乌有乡", FIRST, NOW)
    make_division("望岫乡", valid=(FIRST, None))
    with pytest.raises(InvalidInputError, match="2 个区划"):
        find_root("望岫乡", FIRST, NOW)


# --- the page -----------------------------------------------------------------------------------------------------------


def page_of(client: Client, **query: Any) -> Any:
    response = client.get("/compare/", query)
    assert response.status_code == 200, response.content
    return lxml.html.fromstring(response.content.decode())


def classed(page: Any, name: str, tag: str = "*") -> list[Any]:
    return page.xpath(f"//{tag}[contains(concat(' ', @class, ' '), ' {name} ')]")


def rows_of(page: Any) -> list[str]:
    return [" ".join(row.text_content().split()) for row in page.xpath("//table[contains(@class, 'compare-table')]/tbody/tr")]


def test_the_page_groups_and_counts(reader: Client) -> None:
    page = page_of(reader, **{"from": BEFORE_MERGER, "to": NOW, "level": 4})
    kinds = [" ".join(one.text_content().split()) for one in classed(page, "compare-kind")]
    assert kinds == ["全部 6", "新设 1", "撤销 2", "改变类型 1", "更名 1", "区域变更 2", "代码变更 1"]
    assert [" ".join(one.text_content().split()) for one in classed(page, "compare-group")] == [
        "新设 1",
        "撤销 2",
        "改变类型 1",
        "区域变更 2",
    ]
    rows = rows_of(page)
    assert len(rows) == 6
    assert "演民行批〔2011〕6号" in rows[0] and "岚坡乡、石碾坪乡" in rows[0]
    assert any(row.startswith("南畴乡 → 南畴镇 乡 → 镇") for row in rows)


def test_one_kind_shows_all_that_have_it(reader: Client) -> None:
    days = {"from": BEFORE_MERGER, "to": NOW, "level": 4}
    assert len(rows_of(page_of(reader, **days, kind="renamed"))) == 1
    assert len(rows_of(page_of(reader, **days, kind="vanished"))) == 2
    assert len(rows_of(page_of(reader, **days, kind="nonsense"))) == 6


def test_the_days_may_be_given_the_wrong_way_round(reader: Client) -> None:
    assert rows_of(page_of(reader, **{"from": NOW, "to": BEFORE_MERGER})) == rows_of(
        page_of(reader, **{"from": BEFORE_MERGER, "to": NOW})
    )


def test_without_days_the_last_decision_is_shown(reader: Client) -> None:
    assert {"柘汀镇", "观图街道"} <= {row.split()[0] for row in rows_of(page_of(reader))}


def test_what_cannot_be_is_said(reader: Client) -> None:
    assert "这两天都没有名称或代码为“乌有乡”的区划" in reader.get("/compare/", {"under": "乌有乡"}).content.decode()
    assert reader.get("/compare/", {"from": "2020-13-01"}).status_code == 422
    assert reader.get("/compare/export.pdf").status_code == 404
    assert "两个日期相同" in page_of(reader, **{"from": NOW, "to": NOW}).text_content()


def test_the_table_goes_along(reader: Client) -> None:
    query = {"from": BEFORE_MERGER, "to": NOW, "level": 4}
    text = reader.get("/compare/export.csv", query).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 6
    town = next(row for row in rows if row[f"名称 {NOW}"] == "南畴镇")
    assert (town["变化"], town[f"名称 {BEFORE_MERGER}"], town[f"民政法定代码 {BEFORE_MERGER}"]) == (
        "改变类型、更名、代码变更",
        "南畴乡",
        "417021204",
    )
    assert (town[f"上级 {NOW}"], town["文号"], town["生效日期"]) == ("舆和县", "演民行批〔2016〕3号", "2016-04-01")
    merged = next(row for row in rows if row["变化"] == "新设")
    assert merged["来自"] == "岚坡乡 100.0%、石碾坪乡 100.0%"
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get("/compare/export.xlsx", query).content)).worksheets[0]
    assert sheet.max_row == 7
    only = reader.get("/compare/export.csv", query | {"kind": "vanished"}).content.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(only)))) == 2


def test_the_page_asks_for_few_queries_however_much_changed(reader: Client) -> None:
    numbers = []
    for days in ((CONVERTED, MOVED), (FIRST, NOW)):
        with CaptureQueriesContext(connection) as queries:
            page_of(reader, **{"from": days[0], "to": days[1]})
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# --- days of change -----------------------------------------------------------------------------------------------------


def test_days_of_change_tell_decisions_from_lists(reader: Client) -> None:
    days = {day["on"]: day for day in reader.get("/api/divisions/days").json()["days"]}
    assert list(days) == ["2000-01-01", "2011-06-01", "2016-04-01", "2019-10-01"]
    assert days["2000-01-01"]["decisions"] == []
    [paper] = days["2011-06-01"]["decisions"]
    assert paper == {
        "id": Decision.objects.get(effective_on=MERGED).pk,
        "number": "演民行批〔2011〕6号",
        "title": "演示：同意撤销岚坡乡、石碾坪乡，合并设立望岫乡",
    }
    assert days["2011-06-01"]["changes"] == 20


# --- a unit's life ------------------------------------------------------------------------------------------------------


@pytest.fixture
def decision() -> Decision:
    """The merger of 2011 with a document, and one that was taken out again."""
    made = Decision.objects.get(document_number="演民行批〔2011〕6号")
    for name, removed in (("批复.pdf", None), ("旧稿.pdf", datetime(2012, 1, 1, tzinfo=UTC))):
        file = StoredFile.objects.create(sha256="0" * 64, size=1, name=name, media_type="application/pdf", purpose="decision")
        DecisionFile.objects.create(decision=made, file=file, title=name, removed_at=removed)
    return made


def test_a_decision_is_linked_for_whom_the_policy_lets_see_it(decision: Decision, reader: Client, logged_in: Any) -> None:
    link, days = f'href="/decisions/{decision.pk}/"', {"from": BEFORE_MERGER, "to": MERGED, "level": 4}
    assert link in reader.get("/compare/", days).content.decode()
    elsewhere = logged_in(make_user("elsewhere", (Duty.READER, make_division("外县", 3))))
    told = elsewhere.get("/compare/", days).content.decode()
    assert link not in told and "演民行批〔2011〕6号" in told


def test_a_life_is_told_document_by_document(decision: Decision) -> None:
    everywhere = make_user("everywhere", (Duty.READER, None))
    [merger, *_codes] = life_of(unit("望岫乡"), everywhere)
    assert (merger.on, merger.paper.number, merger.paper.issuer, merger.paper.decision) == (
        MERGED, "演民行批〔2011〕6号", decision.approver, decision.pk,
    )  # fmt: skip
    assert [(line.text, [other.name for other in line.others]) for line in merger.lines] == [
        ("合并：来自", ["岚坡乡", "石碾坪乡"]),
        ("望岫乡（最早记录）", []),
        ("隶属：", ["舆和县"]),
    ]
    assert [file.name for file in merger.paper.files] == ["批复.pdf"]  # what was taken out is not shown
    [ended, *_rest] = life_of(unit("岚坡乡", FIRST), everywhere)
    assert (ended.on, [line.text for line in ended.lines]) == (MERGED, ["合并：划入"])


def test_files_are_shown_to_whom_the_policy_lets_see_them(decision: Decision, logged_in: Any) -> None:
    elsewhere = make_user("elsewhere", (Duty.READER, make_division("外县", 3)))
    address = f"/divisions/{unit('望岫乡')}/"
    [merger, *_codes] = life_of(unit("望岫乡"), elsewhere)
    assert (merger.paper.number, merger.paper.decision, merger.paper.files) == ("演民行批〔2011〕6号", None, ())
    assert "批复.pdf" not in logged_in(elsewhere).get(address).content.decode()
    assert "批复.pdf" in logged_in(make_user("here", (Duty.READER, decision.area))).get(address).content.decode()


def test_a_village_tells_where_it_moved() -> None:
    village = DivisionRecord.objects.on(NOW).get(name="柴集村").division_id
    [move] = [
        entry for entry in life_of(village, make_user("someone", (Duty.READER, None))) if any(line.is_move for line in entry.lines)
    ]
    [line] = [line for line in move.lines if line.is_move]
    assert (move.on, [other.name for other in line.others]) == (MOVED, ["柘汀镇", "观图街道"])


def test_an_end_without_successor_is_told() -> None:
    gone = make_division("撤销乡", valid=(FIRST, date(2005, 1, 1)))
    [last, _first] = life_of(gone.pk, make_user("someone", (Duty.READER, None)))
    assert (last.on, [line.text for line in last.lines]) == (date(2005, 1, 1), ["此日起不再列入"])


def test_the_family_is_drawn_and_told() -> None:
    family = family_of(unit("望岫乡"))
    assert family is not None
    names = {node.name: node for node in family.nodes}
    assert names.keys() == {"岚坡乡", "石碾坪乡", "望岫乡"}
    assert names["望岫乡"].chosen and names["望岫乡"].x > names["岚坡乡"].x == names["石碾坪乡"].x
    assert [(edge.predecessor, edge.successor, edge.step.area_share) for edge in family.edges] == [
        ("岚坡乡", "望岫乡", 1.0), ("石碾坪乡", "望岫乡", 1.0),
    ]  # fmt: skip
    for node in family.nodes:
        assert node.x >= 0 and node.x + 176 <= family.width and node.y >= 0 and node.y + node.height <= family.height
    assert family_of(unit("舆和县")) is None


def test_columns_run_with_time_and_survive_ground_given_back() -> None:
    assert layers([(1, 3), (2, 3), (3, 4)]) == {1: 0, 2: 0, 3: 1, 4: 2}
    assert layers([(1, 2), (2, 3), (9, 3)])[9] == 1  # beside whom it joined, not at the far left
    assert layers([(1, 2), (2, 1)]) == {1: 0, 2: 1}


def test_too_many_to_draw_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("boundaries.family.MOST", 2)
    family = family_of(unit("望岫乡"))
    assert family is not None and family.nodes == () and len(family.edges) == 2


def test_the_page_of_a_unit_has_its_graph_and_what_lay_inside(reader: Client) -> None:
    address = f"/divisions/{unit('望岫乡')}/"
    page = lxml.html.fromstring(reader.get(address).content.decode())
    links = {node.text_content().split()[0]: node.get("href") for node in classed(page, "family-node")}
    assert links["岚坡乡"] == f"/divisions/{unit('岚坡乡', FIRST)}/?on=2011-05-31"
    assert page.xpath("//details[@class='family-list']//li")[0].text_content().split()[:2] == ["2011-06-01", "岚坡乡"]
    assert len(page.xpath("//*[@id='inside']//tbody/tr")) == 17
    county = lxml.html.fromstring(reader.get(f"/divisions/{unit('舆和县')}/", {"on": BEFORE_MERGER}).content.decode())
    inside = [link.text_content() for link in county.xpath("//*[@id='inside']//tbody//a")]
    assert "岚坡乡" in inside and "望岫乡" not in inside
    [compare] = county.xpath("//*[@id='inside']//a[contains(@class, 'btn')]")
    assert compare.get("href") == f"/compare/?division={unit('舆和县')}&from=2011-05-31"


def test_a_units_page_asks_for_few_queries(reader: Client) -> None:
    numbers = []
    for one in (unit("望岫乡"), unit("舆和县")):
        reader.get(f"/divisions/{one}/")
        with CaptureQueriesContext(connection) as queries:
            reader.get(f"/divisions/{one}/")
        numbers.append(len(queries))
    assert max(numbers) <= 36, numbers
    assert Lineage.objects.exists()


def test_children_on_a_day() -> None:
    names = [record.name for record in facts.children_of(unit("舆和县"), NOW)]
    assert len(names) == 14 and names == [record.name for record in facts.children_of(unit("舆和县"), NOW)]
