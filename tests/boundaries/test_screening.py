"""``screen_establishment``: every township by nearness, key counties first, the same from memory and anew."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import Division, Level
from boundaries.services import indicators, priority_counties, rule_sets
from boundaries.services.establishment import screen
from boundaries.services.indicator_entries import Entry
from boundaries.services.priority_counties import Listing
from boundaries.services.screening_cache import screened
from gis.accounts.models import Duty
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.standards import official
from tests.commands import run
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)


def people(division: Division, figure: int) -> None:
    indicators.enter(Entry(division.pk, "population", str(figure), "人", "2025", "年鉴", "常住"), None)


@pytest.fixture
def world() -> dict[str, Division]:
    """Two counties; the standard asks for 30,000 people."""
    rule_sets.adopt(rule_sets.load_draft(official(30_000), "a.toml", None), None, "试验")
    province = make_division("某省", Level.PROVINCE, code="410000")
    made = {"province": province}
    for county_code, county, units in (
        ("411798", "东县", {"甲乡": 40_000, "乙乡": 29_000, "丙乡": 9_000, "丁乡": 0, "戊镇": 50_000, "己街道": 60_000}),
        ("411799", "西县", {"庚乡": 20_000, "辛民族乡": 31_000}),
    ):
        made[county] = make_division(county, Level.COUNTY, parent=province, code=county_code)
        kinds = {"镇": "town", "街道": "subdistrict", "民族乡": "ethnic_township"}
        for number, (name, figure) in enumerate(units.items()):
            kind = next((kind for word, kind in kinds.items() if name.endswith(word)), "township")
            made[name] = make_division(name, parent=made[county], code=f"{county_code}20{number}", type=kind)
            if figure:
                people(made[name], figure)
    return made


def listed(document: dict) -> list[tuple[str, str]]:
    return [(one["name"], one["class"]) for one in document["results"]]


def test_contract_and_order(world):
    status, document = run("screen_establishment", "--target", "town", "--on", "2026-06-01")
    assert status == 0
    assert document.keys() >= {"target", "on", "rule_set", "advisory", "count", "results"}
    keys = {"rank", "division", "code", "name", "parent", "priority", "class", "overall", "unmet", "missing", "score"}
    assert all(one.keys() >= keys for one in document["results"])
    assert listed(document) == [
        ("甲乡", "qualifies"),
        ("辛民族乡", "qualifies"),
        ("乙乡", "near"),
        ("庚乡", "does_not"),
        ("丙乡", "does_not"),
        ("丁乡", "no_data"),
    ]
    assert [one["rank"] for one in document["results"]] == [1, 2, 3, 4, 5, 6]
    near = document["results"][2]
    assert (near["unmet"][0]["indicator"], near["unmet"][0]["margin"]) == ("population", -1000)
    assert document["results"][5]["missing"][0]["indicator"] == "population"


def test_towns_are_screened_for_subdistricts_only(world):
    units = {one.place.name for one in screen("subdistrict", DAY).units}
    assert "戊镇" in units and "甲乡" in units and "己街道" not in units


def test_units_of_key_counties_come_first(world):
    priority_counties.add(Listing(world["西县"].pk, "试验名单", "某文〔2025〕1号", date(2025, 1, 1)), None)
    document = run("screen_establishment", "--target", "town", "--on", "2026-06-01")[1]
    assert [(one["name"], one["priority"]) for one in document["results"]][:3] == [
        ("辛民族乡", True),
        ("庚乡", True),
        ("甲乡", False),
    ]
    before = run("screen_establishment", "--target", "town", "--on", "2024-12-31")[1]
    assert not any(one["priority"] for one in before["results"]), "the list was not yet in force"


def test_under_one_county(world):
    status, document = run("screen_establishment", "--target", "town", "--on", "2026-06-01", "--under", "411799")
    assert (status, document["count"], listed(document)) == (0, 2, [("辛民族乡", "qualifies"), ("庚乡", "does_not")])


def test_a_handful_of_queries_whatever_the_size(world, django_assert_max_num_queries):
    chosen = rule_sets.choose("town", DAY)
    with django_assert_max_num_queries(4):
        found = screen("town", DAY, chosen=chosen)
    assert found


def test_from_memory_until_something_changes(world):
    first = screened("town", DAY)
    assert screened("town", DAY) == first
    people(world["丁乡"], 45_000)
    names = [one["name"] for one in screened("town", DAY)["results"]]
    assert names[:2] == ["丁乡", "甲乡"] or names[:2] == ["甲乡", "丁乡"]
    priority_counties.add(Listing(world["西县"].pk, "试验名单", "某文", date(2025, 1, 1)), None)
    assert screened("town", DAY)["results"][0]["priority"] is True
    rule_sets.adopt(rule_sets.load_draft(official(5_000), "b.toml", None), None, "放宽")
    assert {one["class"] for one in screened("town", DAY)["results"]} == {"qualifies"}


def test_an_empty_register_is_an_empty_list():
    status, document = run("screen_establishment", "--target", "town", "--on", "2026-06-01")
    assert (status, document["count"], document["advisory"]) == (0, 0, True)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--target", "city", "--on", "2026-06-01"], "bad_target"),
        (["--target", "town", "--on", "soon"], "bad_date"),
        (["--target", "town", "--on", "2026-06-01", "--under", "419999"], "unknown_code"),
        (["--target", "town", "--on", "2026-06-01", "--under", "x"], "bad_code"),
        (["--target", "town", "--on", "2026-06-01", "--rule-set", "NO"], "unknown_rule_set"),
    ],
)
def test_bad_arguments(arguments, code, world):
    status, document = run("screen_establishment", *arguments)
    assert (status, document["error"]["code"]) == (1, code)


# --- the list of key counties -------------------------------------------------------------------------------------------------


def test_the_list_is_empty_as_shipped_and_every_entry_has_its_document(world):
    assert priority_counties.listed().count() == 0
    for wrong in (
        Listing(world["西县"].pk, "名单", " ", DAY),
        Listing(world["西县"].pk, "", "某文", DAY),
        Listing(world["甲乡"].pk, "名单", "某文", DAY),
        Listing(world["西县"].pk, "名单", "某文", DAY, DAY),
    ):
        with pytest.raises(InvalidInputError):
            priority_counties.add(wrong, None)
    listing = Listing(world["西县"].pk, "名单", "某文", DAY)
    priority_counties.add(listing, None)
    with pytest.raises(ConflictError):
        priority_counties.add(listing, None)


def test_taking_a_county_off_keeps_what_was_true(world):
    row = priority_counties.add(Listing(world["西县"].pk, "名单", "某文", date(2025, 1, 1)), None)
    priority_counties.remove(row, None, "脱帽文件", date(2026, 1, 1))
    assert not screen("town", DAY).units[0].priority
    assert screen("town", date(2025, 6, 1)).units[0].priority
    (ended,) = priority_counties.listed()
    priority_counties.remove(ended, None, "录错了县")
    assert not any(one.priority for one in screen("town", date(2025, 6, 1)).units)
    with pytest.raises(ConflictError):
        priority_counties.remove(ended, None, "再一次")


def test_only_who_answers_for_the_whole_register_edits_the_list(world):
    listing = Listing(world["西县"].pk, "名单", "某文", DAY)
    with pytest.raises(ForbiddenError):
        priority_counties.add(listing, make_user("county", (Duty.DIVISION_OFFICER, world["西县"])))
    priority_counties.add(listing, make_user("province", (Duty.DIVISION_OFFICER, world["province"])))


def test_set_priority_counties(world, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("code,list,document,valid_from\n411799,名单,某文〔2025〕1号,2025-01-01\n", "utf-8")
    assert run("set_priority_counties", str(path)) == (0, {"read": 1, "created": 1, "unchanged": 0})
    assert run("set_priority_counties", str(path))[1] == {"read": 1, "created": 0, "unchanged": 1}
    path.write_text("code,list,document,valid_from\n411798,名单,某文,2025-01-01\n419999,名单,某文,2025-01-01\n", "utf-8")
    status, refused = run("set_priority_counties", str(path))
    assert (status, refused["error"]["code"]) == (1, "unknown_code")
    assert priority_counties.listed().count() == 1, "the whole table or nothing"
