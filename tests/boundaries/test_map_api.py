"""What the map asks the server: what lies here, what is called so, which days, what a day holds; panel, page, list and exports."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.test import Client

from boundaries.models import Level
from gis.accounts.models import Duty
from tests.boundaries.map_world import AFTER, BEFORE, MapWorld, box, build
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> MapWorld:
    return build()


@pytest.fixture
def reader(logged_in: Any) -> Client:
    return logged_in(make_user("reader", (Duty.READER, None)))


def at(client: Client, lon: float, lat: float, **query: Any) -> Any:
    response = client.get("/api/divisions/at", {"lon": lon, "lat": lat, "on": AFTER} | query)
    assert response.status_code == 200, response.content
    return response.json()["unit"]


# --- what lies here --------------------


def test_identifying_is_exact_at_the_border(reader: Client, world: MapWorld) -> None:
    """The line runs at 113.12°: a millionth of a degree beside it lies in the other township, whatever a simplified tile shows."""
    assert at(reader, 113.119999, 34.05, level="township")["name"] == "甲镇"
    assert at(reader, 113.120001, 34.05, level="township")["name"] == "乙乡"


def test_the_day_decides_whose_ground_it_is(reader: Client, world: MapWorld) -> None:
    assert at(reader, 113.11, 34.05, level=4, on=BEFORE)["name"] == "乙乡"
    assert at(reader, 113.11, 34.05, level=4, on=AFTER)["name"] == "甲镇"


def test_the_level_follows_the_zoom(reader: Client, world: MapWorld) -> None:
    assert at(reader, 113.05, 34.05, zoom=8)["name"] == "东县"
    assert at(reader, 113.05, 34.05, zoom=11)["name"] == "甲镇"


def test_where_the_level_has_no_area_the_one_above_answers(reader: Client, world: MapWorld) -> None:
    assert at(reader, 112.85, 34.05, level="township")["name"] == "西县"
    assert at(reader, 100.0, 20.0, level="township") is None


def test_a_seat_is_hit_within_reach(reader: Client, world: MapWorld) -> None:
    assert at(reader, 112.9005, 34.05, level="township", reach=100)["name"] == "丙镇"
    assert at(reader, 112.91, 34.05, level="township", reach=100)["name"] == "西县"


@pytest.mark.parametrize(
    "query",
    [
        {"lon": "x"},
        {"lon": 181},
        {"lat": 91},
        {"lat": "nan"},
        {"on": "2024-13-01"},
        {"level": 9},
        {"zoom": 1.5},
        {"lon": "1e400"},
        {"reach": -1},
    ],
)
def test_bad_questions_are_refused_in_words(reader: Client, query: dict[str, Any]) -> None:
    response = reader.get("/api/divisions/at", {"lon": 113, "lat": 34, "on": AFTER} | query)
    assert response.status_code == 422
    assert response.json()["error"]["message"]


# --- finding --------------------


def find(client: Client, text: str, **query: Any) -> list[dict[str, Any]]:
    units: list[dict[str, Any]] = client.get("/api/divisions/search", {"q": text, "on": AFTER} | query).json()["units"]
    return units


def test_finding_by_name_tells_the_chain_of_parents(reader: Client, world: MapWorld) -> None:
    (unit,) = find(reader, "甲")
    assert unit["name"] == "甲镇" and [step["name"] for step in unit["path"]] == ["示例市", "东县"]
    assert unit["bounds"] == pytest.approx([113.0, 34.0, 113.12, 34.1])
    assert find(reader, "甲", on=BEFORE)[0]["name"] == "甲乡"


def test_finding_by_code(reader: Client, world: MapWorld) -> None:
    assert [unit["name"] for unit in find(reader, "419922")] == ["西县", "丙镇"]


def test_units_without_extent_are_found_and_say_so(reader: Client, world: MapWorld) -> None:
    (unit,) = find(reader, "无图")
    assert unit["bounds"] is None and unit["grade"] == ""
    panel = reader.get(f"/divisions/{unit['id']}/panel/", {"on": AFTER})
    assert "无范围资料" in panel.content.decode()


def test_whole_names_come_first(reader: Client, world: MapWorld) -> None:
    make_division("小东县", Level.COUNTY)
    assert [unit["name"] for unit in find(reader, "东县")] == ["东县", "小东县"]


@pytest.mark.parametrize("text", ["", "   ", "%", "_", "\\", "'; DROP TABLE", "<script>", "某" * 500])
def test_odd_words_find_nothing_and_break_nothing(reader: Client, world: MapWorld, text: str) -> None:
    assert find(reader, text) == []


# --- days --------------------


def test_the_days_on_which_something_changed(reader: Client, world: MapWorld) -> None:
    days = reader.get("/api/divisions/days").json()["days"]
    assert days == [
        {"on": "2000-01-01", "changes": 7, "decisions": []},
        {"on": "2021-03-01", "changes": 2, "decisions": []},
    ]


def test_the_state_of_a_day(reader: Client, world: MapWorld) -> None:
    state = reader.get("/api/divisions/map", {"on": AFTER}).json()
    assert state["bounds"] == pytest.approx([112.8, 34.0, 113.2, 34.1])
    assert {"level": 4, "units": 4, "areas": 2, "seats": 1} in state["levels"]
    assert state["period"] == "2021-03-01" and state["demo"] is None and not state["demo_units"]


def test_demo_data_is_told_with_its_place(reader: Client) -> None:
    build(demo=True)
    state = reader.get("/api/divisions/map", {"on": AFTER}).json()
    assert state["demo_units"] and state["demo"] == pytest.approx([112.8, 34.0, 113.2, 34.1])
    assert "演示数据" in reader.get("/divisions/").content.decode()


def test_the_outline_to_mark(reader: Client, world: MapWorld) -> None:
    feature = reader.get(f"/api/divisions/{world.first.pk}/outline", {"on": AFTER, "zoom": 18}).json()
    assert feature["geometry"]["type"] == "MultiPolygon"
    longitudes = {round(x, 4) for x, _y in feature["geometry"]["coordinates"][0][0]}
    assert longitudes == {113.0, 113.06, 113.12}
    assert reader.get(f"/api/divisions/{world.unmapped.pk}/outline", {"on": AFTER}).json()["geometry"] is None


# --- panel, page, list --------------------


def test_the_panel_says_what_the_unit_is(reader: Client, world: MapWorld) -> None:
    html = reader.get(f"/divisions/{world.first.pk}/panel/", {"on": AFTER}).content.decode()
    for words in ("示例市东县甲镇", "镇", "平方公里", "示意", "2021年3月1日", "依批复", "试验资料", "由甲乡更名为甲镇", "范围变更"):
        assert words in html
    assert f"/divisions/{world.first.pk}/check/?target=subdistrict" in html


def test_a_unit_asked_for_on_a_day_it_did_not_exist_is_told_so(reader: Client, world: MapWorld) -> None:
    html = reader.get(f"/divisions/{world.first.pk}/", {"on": "1990-01-01"}).content.decode()
    assert "当日不存在" in html and "甲乡" in html


def test_names_are_escaped_wherever_they_stand(reader: Client) -> None:
    evil = '<img src=x onerror="alert(1)">乡'
    unit = make_division(evil, geometry=box(113.0, 34.0, 113.1, 34.1), code="419921299")
    for path in (f"/divisions/{unit.pk}/", f"/divisions/{unit.pk}/panel/", "/divisions/", "/map/"):
        assert "<img src=x" not in reader.get(path).content.decode()


def test_no_such_division(reader: Client) -> None:
    assert reader.get("/divisions/999999/").status_code == 404
    assert reader.get("/divisions/999999/panel/", headers={"HX-Request": "true"}).status_code == 404


def listed(client: Client, **query: Any) -> list[str]:
    page = client.get("/divisions/", {"on": AFTER} | query).context
    return [record.name for record, _chain in page["rows"]]


def test_the_list_filters_and_sorts(reader: Client, world: MapWorld) -> None:
    assert listed(reader) == ["示例市", "东县", "西县", "甲镇", "乙乡", "无图乡", "丙镇"]
    assert set(listed(reader, level=4, parent=world.east.pk)) == {"甲镇", "乙乡", "无图乡"}
    assert listed(reader, type="town", sort="name") == sorted(["丙镇", "甲镇"])
    assert listed(reader, q="419922") == ["西县", "丙镇"]
    assert listed(reader, authority="nbs") == []
    by_area = listed(reader, sort="-area", level=4)
    assert by_area[:2] == ["甲镇", "乙乡"] and set(by_area[2:]) == {"无图乡", "丙镇"}


@pytest.mark.parametrize(
    "query", ["level=9", "level=x", "parent=abc", "page=99999", "sort=drop", "type=zzz", "q=%25", "authority=xx"]
)
def test_odd_filters_break_nothing(reader: Client, world: MapWorld, query: str) -> None:
    assert reader.get(f"/divisions/?{query}").status_code == 200


def test_areas_are_told_in_square_kilometres_with_two_decimals(reader: Client, world: MapWorld) -> None:
    html = reader.get("/divisions/", {"on": AFTER, "q": "东县", "level": 3}).content.decode()
    # 0.2° by 0.1° at 34° north: 18.47 km by 11.09 km on the ellipsoid.
    assert "204.8" in html


# --- exports --------------------


def test_csv_follows_the_filters(reader: Client, world: MapWorld) -> None:
    response = reader.get("/divisions/export.csv", {"on": AFTER, "level": 4, "sort": "name"})
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert len(rows) == 5 and rows[0][:3] == ["代码", "编码机构", "名称"]
    assert {row[2] for row in rows[1:]} == {"甲镇", "乙乡", "无图乡", "丙镇"}
    assert all(row[-1] == "内部使用" for row in rows[1:])


def test_formulas_in_names_stay_text(reader: Client) -> None:
    make_division("=cmd|' /C calc'!A0", code="419921298")
    rows = list(csv.reader(io.StringIO(reader.get("/divisions/export.csv").content.decode("utf-8-sig"))))
    assert rows[1][2] == "'=cmd|' /C calc'!A0"
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get("/divisions/export.xlsx").content)).active
    cell = sheet["C2"]
    assert cell.data_type == "s" and str(cell.value).startswith("'=")


def test_xlsx_keeps_codes_as_text(reader: Client, world: MapWorld) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(reader.get("/divisions/export.xlsx", {"on": AFTER, "level": 3}).content)).active
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["419921", "419922"]
    assert sheet["G2"].value == pytest.approx(204.8, abs=0.1)


def test_geojson_holds_the_stored_geometry(reader: Client, world: MapWorld) -> None:
    body = b"".join(reader.get("/divisions/export.geojson", {"on": AFTER, "level": 4}).streaming_content)
    collection = json.loads(body)
    by_name = {feature["properties"]["name"]: feature for feature in collection["features"]}
    assert by_name["无图乡"]["geometry"] is None and by_name["甲镇"]["geometry"]["type"] == "MultiPolygon"
    assert by_name["甲镇"]["properties"]["parent"] == world.east.pk


def test_an_unknown_form_is_not_found(reader: Client) -> None:
    assert reader.get("/divisions/export.exe").status_code == 404


# --- who --------------------


def test_the_map_is_for_people_with_a_duty(client: Client, logged_in: Any, world: MapWorld) -> None:
    stranger = logged_in(make_user("stranger"))
    for path in (
        "/map/",
        "/divisions/",
        f"/divisions/{world.first.pk}/",
        f"/divisions/{world.first.pk}/panel/",
        "/divisions/export.csv",
    ):
        assert client.get(path).status_code == 302
        assert stranger.get(path).status_code == 403
    for path in ("/api/divisions/at?lon=1&lat=1", "/api/divisions/search?q=1", "/api/divisions/days", "/api/divisions/map"):
        assert client.get(path).status_code == 401
        assert stranger.get(path).status_code == 403


def test_an_empty_register_says_what_to_do_next(reader: Client) -> None:
    assert "import_divisions" in reader.get("/map/").content.decode()
    assert "import_divisions" in reader.get("/divisions/").content.decode()
