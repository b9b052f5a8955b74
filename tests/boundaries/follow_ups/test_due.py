"""What is due: states and days, areas, counters, the menu's number, the table and the calendar."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO

import icalendar
import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boundaries import due
from boundaries.due import State
from boundaries.models import Application, Decision, Division, TownshipCodeList
from boundaries.rules.decision_states import Action
from boundaries.services import applications, decision_review, decisions, follow_ups
from boundaries.services.decisions import ActEntry
from gis import todo
from gis.accounts.models import Duty
from gis.files.services import store
from tests.boundaries.decided import stated
from tests.boundaries.follow_ups.conftest import to_town, unit
from tests.factories import make_user

D = date(2025, 7, 16)


@pytest.fixture(autouse=True)
def only_what_follows_approvals(monkeypatch):
    """Lines and hazards of the demo county are due too; they have tests of their own."""
    ours = {key: kind for key, kind in due._kinds.items() if key in {"decision", "review", "application", "code_list"}}
    monkeypatch.setattr(due, "_kinds", ours)


@pytest.fixture
def county(demo) -> Division:
    return Division.objects.get(pk=unit("舆和县", D))


@pytest.fixture
def officer(county):
    return make_user("officer", (Duty.DIVISION_OFFICER, county))


def rows(user, **more) -> list[tuple[str, str, date | None]]:
    return [(one.item.rule or one.item.kind, one.item.state.value, one.item.on) for one in due.within_reach(user, **more)]


def test_t5_the_lines_of_one_decision(enacted, officer, today_is):
    enacted(D)
    today_is(date(2025, 8, 1))
    assert rows(officer) == [
        ("CHG-DL-02", "soon", date(2025, 8, 16)),
        ("CHG-DL-01", "open", date(2026, 7, 16)),
        ("CHG-DL-03", "no_period", None),
        ("CHG-DL-04", "no_period", None),
    ]
    [code, *_rest] = due.within_reach(officer)
    assert (
        code.item.act_by == date(2025, 8, 15) and "宜在2025-08-15前" in code.item.note and "还有 1 个代码待登记" in code.item.note
    )
    assert (code.place, code.counted_under.name) == ("舆和县", "舆和县")
    today_is(date(2026, 7, 17))
    assert [one[:2] for one in rows(officer)][:2] == [("CHG-DL-02", "overdue"), ("CHG-DL-01", "overdue")]


def test_what_is_done_is_gone_and_the_closing_waits_for_the_reviewer(enacted, officer, county, today_is):
    decision = enacted(D, coded=True)
    today_is(date(2026, 7, 1))
    days = [name for name in follow_ups.DAYS if name != "extension_approved_on"]
    follow_ups.record(None, decision, 0, completed_on=D)
    assert [one[0] for one in rows(officer)] == ["CHG-DL-02", "CHG-DL-03", "CHG-DL-04", "CHG-DL-05", "CHG-DL-05", "CHG-DL-05"]
    follow_ups.record(None, decision, 1, **dict.fromkeys(days, D), code_document="文")
    [closing] = due.within_reach(officer)
    assert (closing.item.key, closing.item.waits_for) == (f"decision-{decision.pk}-close", frozenset({Duty.REVIEWER}))
    follow_ups.close(None, decision, 2)
    assert due.within_reach(officer) == []


def test_only_the_own_areas(enacted, officer, today_is):
    enacted(D)
    today_is(date(2025, 9, 1))
    neighbour = make_user("n", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("邻和县", D))))
    city = make_user("city", (Duty.READER, Division.objects.get(pk=unit("演示市", D))))
    nobody = make_user("nobody")
    assert len(rows(officer)) == 4
    assert rows(city) == [*rows(officer)[:2], ("CODE-12", "no_period", None), *rows(officer)[2:]]  # the city is the whole register
    assert rows(neighbour) == rows(nobody) == []
    # The menu counts what waits for the person, not what the person may see.
    assert (due.badge(officer), due.badge(city), due.badge(neighbour)) == (1, 0, 0)
    counted = [(item.count, item.url) for item in todo.home_of(officer).items if "due" in item.url]
    assert counted == [(1, "/due/?mine=1&state=overdue")]


def test_what_home_counts_is_what_its_link_lists(enacted, officer, county, today_is, logged_in):
    enacted(D)
    today_is(date(2025, 9, 1))
    reader = make_user("reader", (Duty.READER, county))
    assert "确定并公布行政区划代码" in page(logged_in(officer), "?mine=1&state=overdue")
    assert "确定并公布行政区划代码" in page(logged_in(reader), "?state=overdue")
    theirs = page(logged_in(reader), "?mine=1&state=overdue")
    assert "没有符合筛选条件的事" in theirs and "确定并公布行政区划代码" not in theirs
    table = openpyxl.load_workbook(BytesIO(logged_in(reader).get("/due/due.xlsx?mine=1").content)).worksheets[0]
    assert table.max_row == 1


def test_an_area_that_is_no_more_stands_where_it_stood(enacted, officer, county, today_is):
    decision = enacted(D)
    Decision.objects.filter(pk=decision.pk).update(area=unit("麦垄乡", D - timedelta(days=1)))  # which the decision abolished
    today_is(date(2025, 9, 1))
    assert {one.place for one in due.within_reach(officer)} == {"舆和县 麦垄乡"}


def test_decisions_and_applications_on_their_way(enacted, officer, county, today_is):
    reviewer = make_user("reviewer", (Duty.REVIEWER, county))
    draft = decisions.create_draft(
        officer, county, [ActEntry("rename", {"unit": unit("沙屿乡", D), "name": "沙洲乡"})], **stated(D)
    )
    assert rows(officer) == []
    Decision.objects.filter(pk=draft.pk).update(state="in_review")
    decision_review.take_step(reviewer, draft, None, Action.RETURN, note="补图")
    [returned] = due.within_reach(officer)
    assert (returned.item.kind, returned.item.url) == ("review", f"/decisions/{draft.pk}/") and "起等待" in returned.item.note
    township = Division.objects.get(pk=unit("青箬乡", D))
    application = applications.create_draft(officer, township, "town", proposed_name="青箬镇", proposed_type="town")
    Application.objects.filter(pk=application.pk).update(state="checked")
    assert [one[0] for one in rows(reviewer)] == ["application", "review"]
    assert due.badge(officer) == 0  # no text sets a period


def test_code_12_the_list_of_the_half_year(demo, today_is):
    chief = make_user("chief", (Duty.DIVISION_OFFICER, None))
    today_is(date(2026, 7, 1))
    [missing] = due.within_reach(chief)
    assert (missing.item.rule, missing.item.subject, missing.line, missing.counted_under) == (
        "CODE-12",
        "截至 2026-06-30",
        (),
        None,
    )
    paper = store(b"%PDF-1.4\n%%EOF\n", name="list.pdf", purpose="decision", actor=None)
    TownshipCodeList.objects.create(on=date(2026, 6, 30), codes=1, file=paper)
    assert due.within_reach(chief) == []


def test_counters_by_county(enacted, officer, today_is):
    enacted(D)
    day = date(2026, 6, 20)
    enacted(date(2025, 7, 10), ActEntry("rename", {"unit": unit("沙屿乡", D), "name": "沙洲乡"}), effective_on=date(2025, 7, 20))
    today_is(day)
    [count] = due.counted(due.within_reach(officer))
    assert (count.unit.name, count.overdue, count.soon, count.open, count.no_period) == ("舆和县", 1, 2, 0, 4)


def test_the_same_number_of_queries_however_many(enacted, officer, today_is, django_assert_num_queries):
    enacted(D)
    today_is(date(2025, 9, 1))
    due.badge(officer)  # what the person holds is asked once
    with CaptureQueriesContext(connection) as first:
        due.within_reach(officer)
    for number in range(5):
        name = "沙屿乡" if not number else f"沙{number}乡"
        day = D + timedelta(days=number + 1)
        enacted(day, ActEntry("rename", {"unit": unit(name, day), "name": f"沙{number + 1}乡"}))
    with django_assert_num_queries(len(first)):
        assert len(due.within_reach(officer)) == 4 + 5 * 3


def test_the_menus_number_is_counted_anew_only_when_something_moved(enacted, county, today_is):
    """One query for each dated kind while nothing moved; recording, enacting, another day and another duty are each noticed."""
    decision = enacted(D)
    today_is(date(2025, 9, 1))
    quick = sum(kind.dated for kind in due.kinds())
    somebody = make_user("somebody", (Duty.DIVISION_OFFICER, county))

    def badge(user=somebody) -> tuple[int, int]:
        with CaptureQueriesContext(connection) as asked:
            count = due.badge(type(user).objects.get(pk=user.pk))
        return count, len(asked) - 2  # the person and the duties

    assert badge()[0] == 1
    assert badge() == (1, quick)
    follow_ups.record(None, decision, 0, code_published_on=date(2025, 8, 20))
    assert badge()[0] == 0
    assert badge() == (0, quick)
    today_is(date(2026, 7, 17))
    assert badge()[0] == 1
    enacted(date(2025, 7, 20), to_town("沙屿乡", date(2025, 7, 20)))
    assert badge()[0] == 3  # its code is overdue, its completion soon due
    assert badge(make_user("reader", (Duty.READER, county)))[0] == 0


def test_a_room_adds_its_own(officer, county, monkeypatch):
    monkeypatch.setattr(due, "_kinds", dict(due._kinds))
    on, waits_for = date(2030, 12, 31), frozenset({Duty.DIVISION_OFFICER})
    item = due.DueItem("line-1", "lines", county.pk, "联合检查", "平许线", "", "", State.SOON, waits_for, on, rule="BND-CYC-01")
    due.register(due.Kind("lines", "界线联合检查", lambda _clock: [item]))
    assert rows(officer) == [("BND-CYC-01", "soon", date(2030, 12, 31))]
    assert due.badge(officer) == 1
    with pytest.raises(RuntimeError):
        due.register(due.Kind("lines", "别的", lambda _clock: []))


# --- the page and its files ---------------------------------------------------------------------------------------------------


def page(client, query: str = "") -> str:
    answer = client.get(f"/due/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_filters_and_links(enacted, officer, county, today_is, logged_in):
    decision = enacted(D)
    today_is(date(2025, 9, 1))
    client = logged_in(officer)
    text = page(client)
    assert "已逾期 16 日" in text and "还有 318 日" in text and f"{reverse('decision', args=[decision.pk])}#follow-up" in text
    assert "menu-badge" in text and "演示数据" in text
    assert "已逾期 16 日" not in page(client, "?state=open") and "还有 318 日" in page(client, "?state=open")
    assert "没有符合筛选条件的事" in page(client, "?kind=application")
    assert "已逾期 16 日" in page(client, f"?area={county.pk}")
    assert "没有符合筛选条件的事" in page(client, f"?area={unit('邻和县', D)}")
    assert "还没有载入" not in text
    for wrong in ("?state=never", "?kind=x", "?area=x", "?area=٣"):
        assert client.get(f"/due/{wrong}").status_code == 422
    assert client.get("/due/due.pdf").status_code == 404


def test_a_year_without_notice_is_said_to_be_unknown(enacted, officer, logged_in, today_is):
    enacted(date(2026, 3, 2))
    today_is(date(2026, 3, 10))
    text = page(logged_in(officer))
    assert "2027 年的放假安排还没有载入" in text and "2027年放假安排未载入" in text


def test_the_table_to_take_away(enacted, officer, today_is, logged_in):
    enacted(D, document_number="=HYPERLINK(1)")
    today_is(date(2025, 9, 1))
    answer = logged_in(officer).get("/due/due.xlsx?state=overdue")
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    [head, row] = list(sheet.iter_rows(values_only=True))
    assert sheet.title == "期限 2025-09-01" and head[:3] == ("期限", "宜在此前办结", "状态")
    assert (row[0].date(), row[2], row[4], row[7]) == (date(2025, 8, 16), "已逾期", "'=HYPERLINK(1)", "CHG-DL-02")


def test_the_calendar_is_one_after_rfc_5545(enacted, officer, today_is, logged_in):
    decision = enacted(D, title="关于同意撤销麦垄乡设立麦垄镇的批复；含逗号,分号;与反斜杠\\，并且长到必须折行，" * 3)
    today_is(date(2025, 8, 1))
    answer = logged_in(officer).get("/due/due.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8" and "due-2025-08-01.ics" in answer["Content-Disposition"]
    lines = answer.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR" and lines[-2:] == [b"END:VCALENDAR", b""]
    assert max(len(line) for line in lines) <= 75 and b"\n" not in b"".join(lines)
    calendar = icalendar.Calendar.from_ical(answer.content)
    events = calendar.walk("VEVENT")
    assert [(event["UID"], event.decoded("DTSTART"), event.decoded("DTEND")) for event in events] == [
        (f"decision-{decision.pk}-code_publication@testserver", date(2025, 8, 16), date(2025, 8, 17)),
        (f"decision-{decision.pk}-completion@testserver", date(2026, 7, 16), date(2026, 7, 17)),
    ]
    assert decision.title in str(events[0]["DESCRIPTION"]) and "宜在2025-08-15前" in str(events[0]["DESCRIPTION"])
    assert str(events[0]["URL"]) == f"http://testserver/decisions/{decision.pk}/#follow-up"
    assert [alarm.decoded("TRIGGER") for alarm in events[0].walk("VALARM")] == [timedelta(days=-7), timedelta(days=-1)]
    again = icalendar.Calendar.from_ical(logged_in(officer).get("/due/due.ics").content)
    assert [event["UID"] for event in again.walk("VEVENT")] == [event["UID"] for event in events]
