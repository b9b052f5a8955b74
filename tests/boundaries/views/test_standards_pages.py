"""The pages of standards, checks, figures, screening and key counties, as the people who use them meet them."""

from __future__ import annotations

import io
import json
from datetime import date

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from boundaries.models import Division, DivisionRecord, IndicatorValue, Level, PriorityCounty, RuleSet, RuleSetState
from boundaries.services import indicators, priority_counties, rule_set_preview, rule_sets
from boundaries.services.indicator_entries import Entry
from boundaries.services.priority_counties import Listing
from gis.accounts.models import Duty
from gis.files.models import StoredFile
from gis.jobs.models import Job
from tests.boundaries.standards import official
from tests.factories import make_division, make_user, square

pytestmark = pytest.mark.django_db

ON = "2026-06-01"
SCRIPT = '<script>alert("x")</script>'


@pytest.fixture
def county() -> Division:
    province = make_division("某省", Level.PROVINCE, code="410000")
    return make_division("某县", Level.COUNTY, parent=province, code="411799", geometry=square(114, 33, 0.4))


@pytest.fixture
def township(county) -> Division:
    made = make_division("东岗乡", parent=county, code="411799201", geometry=square(114, 33))
    indicators.enter(Entry(county.pk, "population", "400000", "人", "2025", "年鉴", "常住"), None)
    indicators.enter(Entry(made.pk, "seat_population", "5940", "人", "2025", "统计年鉴", "常住"), None)
    indicators.enter(Entry(made.pk, "terrain", "plain", "", "2025", "认定表"), None)
    return made


@pytest.fixture
def officer(county, logged_in):
    return logged_in(make_user("qh", (Duty.DIVISION_OFFICER, county)))


@pytest.fixture
def provincial(logged_in):
    return logged_in(make_user("province", (Duty.DIVISION_OFFICER, None)))


@pytest.fixture
def reader(county, logged_in):
    return logged_in(make_user("reader", (Duty.READER, county)))


def text_of(response) -> str:
    return response.content.decode()


# --- the check page -----------------------------------------------------------------------------------------------------------


def test_the_check_page_shows_every_criterion_with_value_year_source_and_margin(officer, township):
    page = text_of(officer.get(reverse("check", args=[township.pk]), {"target": "town", "on": ON}))
    assert "未载入正式标准，仅供参考" in page and "可能已被取代" in page
    assert "5,940 人" in page and "统计年鉴" in page and "≥ 6,000 人" in page and "差 60 人" in page
    assert "第二档" in page and "此情形不适用" in page
    assert "还缺" in page and reverse("indicators", args=[township.pk]) + "?indicator=population#entry" in page
    assert f"{reverse('application-new')}?division={township.pk}&amp;target=town" in page


def test_both_tiers_are_shown_at_350(officer):
    """STD-T08: a county of exactly 350 per km², by the area its papers give."""
    county = make_division("无图县", Level.COUNTY, code="411700")
    township = make_division("界乡", parent=county, code="411700201")
    indicators.enter(Entry(county.pk, "area", "1000", "km²", "2025", "年鉴"), None)
    indicators.enter(Entry(county.pk, "population", "35", "万人", "2025", "年鉴", "常住"), None)
    page = text_of(officer.get(reverse("check", args=[township.pk]), {"target": "town", "on": ON}))
    assert "≥ 35,000 人" in page and "≥ 30,000 人（平原）" in page
    assert page.count("此情形不适用") == 1


def test_another_standard_and_day_can_be_chosen(officer, township):
    national = RuleSet.objects.get(identifier="NATIONAL-TOWN-1984")
    page = text_of(officer.get(reverse("check", args=[township.pk]), {"rule_set": national.pk, "on": "2025-12-31"}))
    assert "1984" in page and "2025年12月31日" in page


def test_two_official_sets_stop_the_check_with_a_sentence(officer, township):
    for identifier in ("TEST-TOWN-A", "TEST-TOWN-B"):
        rule_sets.adopt(rule_sets.load_draft(official(id=identifier), "a.toml", None), None, "试验")
    response = officer.get(reverse("check", args=[township.pk]), {"on": ON})
    assert response.status_code == 409 and "同时有效" in text_of(response)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"on": "tomorrow"}, 422),
        ({"on": "1800-01-01"}, 422),
        ({"target": "city"}, 422),
        ({"rule_set": "NO"}, 404),
        ({"on": "1950-01-01"}, 404),
    ],
)
def test_bad_addresses_are_told_in_words(officer, township, query, status):
    response = officer.get(reverse("check", args=[township.pk]), query)
    assert response.status_code == status
    assert "Traceback" not in text_of(response)


def test_a_reader_sees_the_check_but_no_way_to_change(reader, township):
    page = text_of(reader.get(reverse("check", args=[township.pk]), {"on": ON}))
    assert "差 60 人" in page
    assert reverse("application-new") not in page and "点一项即可补录" not in page


# --- who may open what --------------------------------------------------------------------------------------------------------

READING = ["standards", "screening", "priority-counties", "indicators-template", "screening-export", "api-screening"]


@pytest.mark.parametrize("name", [*READING, "standard-new", "indicators-import"])
def test_nobody_is_sent_to_the_log_in(client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302 and reverse("login") in response.url


@pytest.mark.parametrize("name", READING)
def test_a_person_without_any_duty_sees_nothing(logged_in, name):
    assert logged_in(make_user("nobody")).get(reverse(name)).status_code == 403


def test_the_wrong_duty_and_the_right_duty_elsewhere_change_nothing(reader, township, logged_in):
    province = DivisionRecord.objects.get(name="某省").division
    elsewhere = make_division("邻县", Level.COUNTY, parent=province, code="411798")
    neighbour = logged_in(make_user("neighbour", (Duty.DIVISION_OFFICER, elsewhere)))
    draft = rule_sets.load_draft(official(), "a.toml", None)
    value = IndicatorValue.objects.filter(division=township).first()
    listing = priority_counties.add(Listing(elsewhere.pk, "名单", "某文", date(2025, 1, 1)), None)
    entry = {"indicator": "population", "value": "1", "unit": "persons", "year": "2025", "document": "年鉴"}
    attempts = [
        ("indicators", [township.pk], entry),
        ("indicator-withdraw", [township.pk, value.pk], {"reason": "x"}),
        ("standard-adopt", [draft.pk], {"reason": "x"}),
        ("priority-counties", [], {"division": elsewhere.pk, "list_title": "b", "document": "c", "valid_from": "2025-01-01"}),
        ("priority-remove", [listing.pk], {"reason": "x", "kind": "mistake"}),
    ]
    for person in (reader, neighbour):
        for name, arguments, data in attempts:
            assert person.post(reverse(name, args=arguments), data).status_code == 403, name
    assert reader.post(reverse("standard-new"), {"text": official(id="TEST-OTHER")}).status_code == 403
    assert reader.post(reverse("standard-retire", args=[draft.pk]), {"reason": "x"}).status_code == 403
    assert not IndicatorValue.objects.filter(indicator="population", division=township).exists()
    assert PriorityCounty.objects.filter(recorded__upper_inf=True).count() == 1
    assert RuleSet.objects.get(pk=draft.pk).state == RuleSetState.DRAFT


# --- figures ------------------------------------------------------------------------------------------------------------------


def test_entering_and_correcting_by_form(officer, township):
    address = reverse("indicators", args=[township.pk])
    form = text_of(officer.get(address, {"indicator": "population"}))
    assert 'name="value"' in form and "万人" in form and "户籍" in form
    data = {
        "indicator": "population",
        "value": "3.2",
        "unit": "10k persons",
        "year": "2025",
        "document": "年鉴",
        "basis": "resident",
    }
    assert officer.post(address, data).status_code == 302
    assert officer.post(address, data | {"value": "3.25", "reason": "勘误"}).status_code == 302
    page = text_of(officer.get(address))
    assert "32,500 人" in page and "3.2 万人" in page and "起不再使用" in page
    value = IndicatorValue.objects.get(indicator="population", division=township, recorded__upper_inf=True)
    officer.post(reverse("indicator-withdraw", args=[township.pk, value.pk]), {"reason": "录错"})
    assert not IndicatorValue.objects.filter(indicator="population", division=township, recorded__upper_inf=True).exists()


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(officer, township):
    data = {"indicator": "population", "value": "9" * 60, "unit": "persons", "year": "2", "document": SCRIPT}
    response = officer.post(reverse("indicators", args=[township.pk]), data)
    page = text_of(response)
    assert response.status_code == 422
    assert "不是数字" in page and "年份" in page
    assert SCRIPT not in page and "&lt;script&gt;" in page
    assert not IndicatorValue.objects.filter(indicator="population", division=township).exists()


def test_a_computed_figure_is_refused_by_the_form(officer, township):
    response = officer.post(
        reverse("indicators", args=[township.pk]),
        {"indicator": "area", "value": "1", "unit": "km²", "year": "2025", "document": "年鉴"},
    )
    assert response.status_code == 422 and "按界线计算" in text_of(response)


def test_the_panel_leads_to_the_check_and_the_application(officer, township):
    page = text_of(officer.get(reverse("indicators-panel", args=[township.pk]), {"on": ON}))
    assert "<html" not in page
    assert reverse("check", args=[township.pk]) in page and reverse("application-new") in page
    assert "仅供参考" in page and "5,940 人" in page


TABLE = "indicator,value,unit,year,source,division,basis\n"


def upload(client, text: str, name: str = "表.csv"):
    return client.post(reverse("indicators-import"), {"file": SimpleUploadedFile(name, text.encode())})


def test_import_in_two_steps(officer, township):
    first = upload(officer, TABLE + "population,31907,人,2025,统计年鉴,411799201,常住\n")
    assert "保存这 1 行" in text_of(first)
    assert not IndicatorValue.objects.filter(indicator="population", division=township).exists(), "a preview saves nothing"
    stored = StoredFile.objects.get(purpose="indicators")
    second = officer.post(reverse("indicators-import"), {"stored": stored.pk, "reason": "年报"})
    assert second.status_code == 302
    assert IndicatorValue.objects.get(indicator="population", division=township).number == 31907


def test_import_shows_the_problems_by_row_and_saves_nothing(officer, township):
    page = text_of(upload(officer, TABLE + f"population,1,人,2025,年鉴,411799201,常住\n{SCRIPT},1,人,2025,年鉴,411799201,\n"))
    assert "有 1 处问题，没有保存任何一行" in page and "没有“" in page
    assert SCRIPT not in page and "保存这" not in page
    stored = StoredFile.objects.get(purpose="indicators")
    officer.post(reverse("indicators-import"), {"stored": stored.pk})
    assert not IndicatorValue.objects.filter(indicator="population", division=township).exists()


def test_a_preview_belongs_to_who_uploaded_it(officer, provincial, township):
    upload(officer, TABLE + "population,31907,人,2025,统计年鉴,411799201,常住\n")
    stored = StoredFile.objects.get(purpose="indicators")
    assert provincial.post(reverse("indicators-import"), {"stored": stored.pk}).status_code == 404


@pytest.mark.parametrize(
    ("name", "content"), [("x.exe", b"MZ"), ("x.csv", b"\x00\x01"), ("x.xlsx", b"PK\x03\x04junk"), ("x.csv", b"")]
)
def test_import_refuses_other_files_in_words(officer, township, name, content):
    response = officer.post(reverse("indicators-import"), {"file": SimpleUploadedFile(name, content)})
    assert 400 <= response.status_code < 500
    assert "notice-error" in text_of(response)


# --- screening ----------------------------------------------------------------------------------------------------------------


def test_the_screening_page_filters_and_links(officer, township, county):
    address = reverse("screening")
    page = text_of(officer.get(address, {"on": ON}))
    assert "东岗乡" in page and "政府驻地聚居人口差 60 人" in page and "重点帮扶县名单为空" in page
    assert f"{reverse('map')}#" in page
    assert "东岗乡" not in text_of(officer.get(address, {"on": ON, "class": "qualifies"}))
    assert "东岗乡" not in text_of(officer.get(address, {"on": ON, "q": "西岗"}))
    assert "东岗乡" in text_of(officer.get(address, {"on": ON, "division": county.pk}))
    assert officer.get(address, {"class": "best"}).status_code == 422


def test_the_layer_of_the_map(officer, township, county):
    priority_counties.add(Listing(county.pk, "名单", "某文", date(2025, 1, 1)), None)
    document = json.loads(officer.get(reverse("api-screening"), {"target": "town", "on": ON}).content)
    assert document.keys() == {"on", "target", "rule_set", "advisory", "units"}
    assert document["rule_set"].keys() >= {"id", "title", "status"}
    (unit,) = document["units"]
    assert unit.keys() == {"division", "code", "name", "class", "priority", "score"}
    assert (unit["division"], unit["priority"], unit["class"]) == (township.pk, True, "does_not")


def test_exports_hold_the_list_and_no_living_formula(officer, county):
    make_division("=HYPERLINK(1)乡", parent=county, code="411799209")
    sheet = openpyxl.load_workbook(
        io.BytesIO(officer.get(reverse("screening-export"), {"on": ON, "format": "xlsx"}).content)
    ).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][3] == "河南省撤乡建镇标准（试行）" and rows[0][5] == "未载入正式标准，仅供参考"
    assert rows[2][3] == "'=HYPERLINK(1)乡"
    csv_text = officer.get(reverse("screening-export"), {"on": ON, "format": "csv"}).content.decode("utf-8-sig")
    assert ",'=HYPERLINK(1)乡," in csv_text
    assert officer.get(reverse("screening-export"), {"format": "pdf"}).status_code == 422


def test_the_title_of_a_standard_is_no_formula_in_an_export(officer, township):
    """A rule set comes from a file as well; its title stands in the first line of the export."""
    hostile = official().replace('title = "试验省设立镇标准"\ntitle_en', "title = \"=cmd|'/C calc'!A0\"\ntitle_en")
    rule_sets.adopt(rule_sets.load_draft(hostile, "a.toml", None), None, "试验")
    for kind in ("csv", "xlsx"):
        content = officer.get(reverse("screening-export"), {"on": ON, "format": kind}).content
        if kind == "csv":
            assert ",'=cmd|" in content.decode("utf-8-sig")
        else:
            cells = [cell for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows() for cell in row]
            assert any(str(cell.value).startswith("'=cmd|") for cell in cells)
            assert all(cell.data_type != "f" for cell in cells)


def test_a_script_in_a_name_is_only_a_name(officer, county):
    hostile = make_division(SCRIPT, parent=county, code="411799208")
    for address in (
        reverse("screening"),
        reverse("check", args=[hostile.pk]),
        reverse("indicators", args=[hostile.pk]),
        reverse("indicators-panel", args=[hostile.pk]),
    ):
        page = text_of(officer.get(address))
        assert SCRIPT not in page, address
    assert "alert" in text_of(officer.get(reverse("screening")))


# --- standards ----------------------------------------------------------------------------------------------------------------


def test_the_list_says_what_checks_go_by_today(reader):
    page = text_of(reader.get(reverse("standards")))
    assert "今天校核依据" in page and page.count("仅供参考") >= 2
    assert reverse("standard-new") not in page


def test_a_standard_in_words_with_sources_and_what_is_not_known(reader):
    fragments = RuleSet.objects.get(identifier="HN-SUBDISTRICT-2017-TRIAL")
    page = text_of(reader.get(reverse("standard", args=[fragments.pk])))
    assert "没有见到的部分" in page and "第一至第三段" in page and "建成区面积占街道总面积的50%以上" in page and "来源：" in page
    town = RuleSet.objects.get(identifier="HN-TOWN-2008-TRIAL")
    page = text_of(reader.get(reverse("standard", args=[town.pk])))
    assert "≥ 30,000 人（平原） 或 25,000 人（山区）" in page
    text = reader.get(reverse("standard-download", args=[town.pk]))
    assert text.content.decode() == town.toml


def test_errors_stand_beside_their_lines(officer):
    wrong = official().replace('unit = "人"', 'unit = "斤"')
    response = officer.post(reverse("standard-new"), {"file": SimpleUploadedFile("坏.toml", wrong.encode())})
    page = text_of(response)
    line = wrong.split("\n").index('unit = "斤"') + 1
    assert response.status_code == 422
    assert f'<td class="line-number">{line}</td>' in page and "line-problem" in page
    assert "unit = &quot;斤&quot;" in page, "the text stays to be corrected"


def test_load_preview_adopt_retire(provincial, township):
    indicators.enter(Entry(township.pk, "population", "31000", "人", "2025", "年鉴", "常住"), None)
    response = provincial.post(reverse("standard-new"), {"text": official(30_000).replace("\n", "\r\n"), "name": "新标准.toml"})
    row = RuleSet.objects.get(identifier="TEST-TOWN-2024")
    assert response.url == reverse("standard", args=[row.pk])
    preview = text_of(provincial.post(reverse("standard-preview", args=[row.pk]), {"on": ON}))
    assert "东岗乡" in preview and "未达标" in preview and "量化指标达标" in preview
    refused = provincial.post(reverse("standard-adopt", args=[row.pk]), {"reason": ""})
    assert refused.status_code == 422 and "请写明理由" in text_of(refused)
    assert RuleSet.objects.get(pk=row.pk).state == RuleSetState.DRAFT
    provincial.post(reverse("standard-adopt", args=[row.pk]), {"reason": "某政〔2024〕1号"})
    check = text_of(provincial.get(reverse("check", args=[township.pk]), {"on": ON}))
    assert "未载入正式标准" not in check and "试验省设立镇标准" in check
    provincial.post(reverse("standard-retire", args=[row.pk]), {"reason": "误采"})
    assert RuleSet.objects.get(pk=row.pk).state == RuleSetState.RETIRED


def test_a_province_is_previewed_in_the_queue(provincial, township, monkeypatch):
    row = rule_sets.load_draft(official(), "a.toml", None)
    monkeypatch.setattr(rule_set_preview, "AT_ONCE", 0)
    page = text_of(provincial.post(reverse("standard-preview", args=[row.pk]), {"on": ON}))
    job = Job.objects.get(kind=rule_set_preview.PREVIEW_JOB)
    assert reverse("job-detail", args=[job.pk]) in page
    result = rule_set_preview.run_preview(job, rule_set=row.pk, on=ON)
    assert result["previews"][0]["units"] == 1
    json.dumps(result)


# --- key counties -------------------------------------------------------------------------------------------------------------


def test_the_empty_list_explains_itself_and_can_be_filled(provincial, county):
    address = reverse("priority-counties")
    assert "没有找到公开文本" in text_of(provincial.get(address))
    data = {"division": county.pk, "list_title": "试验名单", "document": SCRIPT, "valid_from": "2025-01-01", "valid_to": ""}
    assert provincial.post(address, data).status_code == 302
    page = text_of(provincial.get(address))
    assert "试验名单" in page and SCRIPT not in page
    row = PriorityCounty.objects.get()
    provincial.post(reverse("priority-remove", args=[row.pk]), {"ends": "2026-01-01", "reason": "文件", "kind": "end"})
    assert PriorityCounty.objects.get(recorded__upper_inf=True).valid.upper == date(2026, 1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"division": ""},
        {"division": "9" * 40},
        {"document": " "},
        {"valid_from": ""},
        {"valid_from": "soon"},
        {"valid_to": "2024-01-01"},
    ],
)
def test_bad_entries_are_told_in_words(provincial, county, wrong):
    data = {"division": county.pk, "list_title": "名单", "document": "某文", "valid_from": "2025-01-01", "valid_to": ""} | wrong
    response = provincial.post(reverse("priority-counties"), data)
    assert response.status_code == 422 and "notice-error" in text_of(response)
    assert PriorityCounty.objects.count() == 0
