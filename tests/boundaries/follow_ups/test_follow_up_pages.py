"""The follow-up's section over HTTP: with scripts (htmx) and without, refusals with what was typed, who sees which forms."""

from __future__ import annotations

from datetime import date

import lxml.html
import pytest
from django.urls import reverse

from boundaries.models import DecisionFollowUp, Division, DivisionCode
from boundaries.services import follow_ups
from gis.accounts.models import Duty
from tests.boundaries.follow_ups.conftest import unit
from tests.factories import make_user

D = date(2025, 10, 9)
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def people(demo):
    county = Division.objects.get(pk=unit("舆和县", D))
    return {duty: make_user(duty, (duty, county)) for duty in (Duty.DIVISION_OFFICER, Duty.REVIEWER, Duty.READER)}


@pytest.fixture
def officer(people, logged_in):
    return logged_in(people[Duty.DIVISION_OFFICER])


def at(name: str, decision) -> str:
    return reverse(name, args=[decision.pk])


def test_a_line_is_recorded_and_the_section_comes_back(enacted, officer, today_is):
    decision = enacted(D)
    today_is(date(2026, 7, 1))
    address = at("decision-follow-up", decision)
    data = {"version": "0", "row": "completion", "completed_on": "2026-01-05"}
    answer = officer.post(address, data, **HTMX)
    text = answer.content.decode()
    assert answer.status_code == 200 and text.lstrip().startswith('<div id="follow-up"') and "已登记。" in text
    assert DecisionFollowUp.objects.get().completed_on == date(2026, 1, 5)
    plain = officer.post(address, data | {"version": "1", "row": "report", "reported_on": "2026-01-04"}, follow=True)
    assert "报告日期早于完成变更日期" in plain.content.decode() and plain.redirect_chain == [(address, 302)]


@pytest.mark.parametrize(
    ("typed", "status", "words"),
    [
        ({"completed_on": "2026-07-02"}, 422, "不能晚于今天"),
        ({"completed_on": "2025-10-08"}, 422, "不能早于批准日期"),
        ({"completed_on": "去年"}, 422, "日期应为"),
        ({"completed_on": "2026-01-05", "version": "7"}, 409, "别人刚刚登记过"),
        ({"completed_on": "2026-01-05", "version": ""}, 409, "页面已过时"),
    ],
)
def test_a_refusal_keeps_what_was_typed(enacted, officer, today_is, typed, status, words):
    decision = enacted(D)
    today_is(date(2026, 7, 1))
    for headers in ({}, HTMX):
        answer = officer.post(at("decision-follow-up", decision), {"version": "0", "row": "completion"} | typed, **headers)
        page = lxml.html.fromstring(answer.content.decode())
        assert answer.status_code == status and words in page.text_content()
        assert page.xpath("//input[@name='completed_on']/@value") == [typed["completed_on"]]
        assert page.xpath("//li[@id='follow-up-completion']//details/@open")
    assert not DecisionFollowUp.objects.exists()


def test_codes_by_the_form(enacted, officer):
    decision = enacted(D)
    town = unit("麦垄镇", D)
    address = at("decision-codes", decision)
    filled = lxml.html.fromstring(
        officer.post(address, {"version": "0", "group": "township", "fill": "1"}, **HTMX).content.decode()
    )
    assert filled.xpath(f"//input[@name='code-{town}']/@value") == ["417021106"]
    assert not DivisionCode.objects.current().filter(division=town).exists()
    data = {
        "version": "0",
        "group": "township",
        f"code-{town}": "417021105",
        "determiner": "province",
        "document": "豫民文〔2025〕9号",
    }
    refused = officer.post(address, data, **HTMX)
    assert refused.status_code == 409 and "废码不用" in refused.content.decode()
    assert lxml.html.fromstring(refused.content.decode()).xpath(f"//input[@name='code-{town}']/@value") == ["417021105"]
    answer = officer.post(address, data | {f"code-{town}": " 417021106 ", "published_on": "2025-11-03"}, **HTMX)
    assert answer.status_code == 200 and DivisionCode.objects.current().get(division=town).code == "417021106"
    page = lxml.html.fromstring(officer.get(at("decision-follow-up", decision)).content.decode())
    assert "2025-11-03" in page.get_element_by_id("follow-up-code_publication").text_content()


def test_answering_closing_reopening(enacted, people, officer, logged_in, today_is):
    decision = enacted(date(2025, 7, 16), coded=True)
    today_is(date(2026, 8, 1))
    days = [name for name in follow_ups.DAYS if name not in ("extension_approved_on", "announced_on")]
    follow_ups.record(None, decision, 0, **dict.fromkeys(days, date(2026, 7, 20)), code_document="文")
    reviewer = logged_in(people[Duty.REVIEWER])
    page, answers, close = (
        at("decision-follow-up", decision),
        at("decision-closing-answer", decision),
        at("decision-close", decision),
    )
    assert "“须解决”的事项办完之后才能结案" in reviewer.get(page).content.decode()
    late = {"rule": "CHG-DL-01", "code": "completion_late", "subject": "completion", "reason": "汛期"}
    assert officer.post(answers, late, **HTMX).status_code == 422
    assert officer.post(answers, late | {"document": "书面说明"}, **HTMX).status_code == 200
    assert reviewer.post(close, {"version": "1"}, **HTMX).status_code == 422
    closed = reviewer.post(close, {"version": "1", "reason": "公告在政府网站，未留存"}, **HTMX)
    assert closed.status_code == 200 and "已结案" in closed.content.decode()
    assert not lxml.html.fromstring(officer.get(page).content.decode()).xpath("//main//form")
    reopened = reviewer.post(close, {"version": "2", "reopen": "1", "reason": "补登公告"}, follow=True)
    assert "已撤销结案" in reopened.content.decode()
    number = decision.overrides.get().pk
    assert officer.post(answers, {"withdraw": str(number)}, **HTMX).status_code == 200
    assert officer.post(answers, {"withdraw": "x"}).status_code == 404


def test_who_sees_which_forms(enacted, people, logged_in):
    decision = enacted(D)
    address = at("decision-follow-up", decision)
    pages = {duty: lxml.html.fromstring(logged_in(person).get(address).content.decode()) for duty, person in people.items()}
    forms = {duty: {form.get("action") for form in page.xpath("//main//form")} for duty, page in pages.items()}
    assert forms[Duty.READER] == set()
    assert forms[Duty.REVIEWER] == {at("decision-closing-answer", decision)}
    officers = ("decision-follow-up", "decision-codes", "decision-closing-answer")
    assert forms[Duty.DIVISION_OFFICER] == {at(name, decision) for name in officers}


def test_what_came_from_lists_is_opened_by_a_button(enacted, officer):
    decision = enacted(D, coded=True)
    type(decision).objects.filter(pk=decision.pk).update(plan=decision.plan | {"imported": True})
    address = at("decision-follow-up", decision)
    page = officer.get(address).content.decode()
    assert "这份批复来自历年名单" in page and "完成变更" not in page
    assert "完成变更" in officer.post(address, {"version": "0"}, **HTMX).content.decode()


def test_a_draft_has_no_follow_up(enacted, officer):
    decision = enacted(D)
    type(decision).objects.filter(pk=decision.pk).update(state="draft")
    assert officer.get(at("decision-follow-up", decision)).status_code == 409
