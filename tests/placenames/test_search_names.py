"""Finding names by whatever form somebody knows."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import Level
from gis.accounts.models import Duty
from placenames.models import FormKind, SearchForm
from placenames.rules.search_keys import grams, keys_of, letters_of, near_keys, stem_of
from placenames.search import search
from placenames.services import names, search_index
from placenames.services.names import Entry
from tests.commands import run
from tests.factories import make_division, make_user


@pytest.fixture
def world(db):
    henan = make_division("河南省", Level.PROVINCE, code="410000")
    zhoukou = make_division("周口市", Level.PREFECTURE, code="411600", parent=henan)
    make_division("许昌市", Level.PREFECTURE, code="411000", parent=henan)
    huaiyang = make_division("淮阳县", Level.COUNTY, parent=zhoukou, valid=(date(1990, 1, 1), date(2019, 8, 28)))
    make_division(
        "淮阳区", Level.COUNTY, type="district", code="411603", parent=zhoukou, valid=(date(2019, 8, 28), None), division=huaiyang
    )
    make_division("古城镇", type="town", code="411603101", parent=huaiyang)
    make_division("固城乡", code="411603201", parent=huaiyang)
    officer = make_user("whole", (Duty.PLACE_NAME_OFFICER, None))
    place = names.enter_name(
        officer,
        Entry("陈州", "21300", "CHGIS", area=huaiyang, years=(578, 607), status="historic", published=True,
              census={"description": "河南淮阳区县治"}),
    ).place  # fmt: skip
    names.add_form(officer, place, "陳州", FormKind.TRADITIONAL, "CHGIS", script="hant", years=(578, 607))
    names.enter_name(officer, Entry("龙湖", "12200", "普查", area=huaiyang, valid_from=date(2014, 7, 1), published=True))
    secret = Entry("暗沟", "24300", "普查", area=huaiyang, valid_from=date(2014, 7, 1), secrecy="secret")
    names.enter_name(officer, secret)
    search_index.rebuild()
    return huaiyang


def first(query: str, **options) -> tuple[str, str]:
    results = search(query, **options)["results"]
    return (results[0]["name"], results[0]["matched"]["how"]) if results else ("", "")


@pytest.mark.parametrize(
    ("query", "name", "how"),
    [
        ("淮阳区", "淮阳区", "exact"),
        ("淮阳", "淮阳区", "without_generic"),
        ("淮陽", "淮阳区", "without_generic"),
        ("淮阳县", "淮阳区", "form"),
        ("huaiyang", "淮阳区", "pinyin"),
        ("Huáiyáng Qū", "淮阳区", "pinyin"),
        ("huai2yang2", "淮阳区", "pinyin"),
        ("zk", "周口市", "initials"),
        ("准阳", "淮阳区", "near"),
        ("许昌", "许昌市", "without_generic"),
        ("古城", "古城镇", "without_generic"),
        ("湖", "龙湖", "contains"),
        ("龙", "龙湖", "prefix"),
        ("陳州", "陈州", "exact"),
    ],
)
def test_a_name_is_found_by_what_people_know(world, query, name, how):
    assert first(query) == (name, how)


def test_homophones_are_found_and_marked(world):
    hows = {one["name"]: one["matched"]["how"] for one in search("固城")["results"]}
    assert hows == {"固城乡": "without_generic", "古城镇": "sound"}


def test_an_old_name_with_its_year_leads_to_the_county_of_today(world):
    found = {one["name"]: one["matched"] for one in search("陈州", year=600)["results"]}
    assert found["陈州"]["how"] == "exact"
    assert found["淮阳区"] == {"form": "陈州", "how": "form"}
    assert search("陈州", year=1500)["total"] == 0
    assert first("淮阳县", year=2005) == ("淮阳区", "form")


def test_the_order_is_exact_other_prefix_part_sound_near(world):
    scores = [one["score"] for one in search("古城")["results"]]
    assert scores == sorted(scores, reverse=True)


def test_only_what_lies_within(world):
    assert search("许昌", within=world.pk)["total"] == 0
    assert search("龙湖", within=world.pk)["total"] == 1


def test_what_is_secret_or_unpublished_is_not_found_by_the_public(world):
    assert search("暗沟")["total"] == 1
    assert search("暗沟", public_only=True)["total"] == 0
    assert search("龙湖", public_only=True)["total"] == 1


def test_the_index_follows_what_is_written(world):
    assert not search_index.is_stale()
    make_division("新镇", type="town", code="411603102", parent=world)
    assert search_index.is_stale()
    status, document = run("search_names", "新镇")
    assert status == 0
    assert document.keys() == {"query", "took_ms", "total", "results"}
    (one,) = document["results"]
    assert one.keys() == {"code", "name", "spelling", "class", "area", "matched", "score"}
    assert (one["code"], one["spelling"], one["class"], one["area"]) == ("411603102", "Xīn Zhèn", "21500", "淮阳区")
    assert not search_index.is_stale()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("",), "bad_query"), (("淮阳", "--limit", "0"), "bad_limit"), (("淮阳", "--within", "999999"), "unknown_code")],
)
def test_refusals(world, arguments, code):
    status, document = run("search_names", *arguments)
    assert (status, document["error"]["code"]) == (1, code)


def test_signs_of_patterns_are_characters(world):
    assert search("%")["total"] == 0
    assert search("_阳")["total"] == 0 or all("_" not in one["name"] for one in search("_阳")["results"])


def test_the_index_is_made_by_command(world):
    status, document = run("index_names")
    assert (status, document["forms"]) == (0, SearchForm.objects.count())


def test_keys():
    assert grams("龙湖镇") == ("龙", "湖", "镇", "龙湖", "湖镇")
    assert stem_of("许昌市") == "许昌" and stem_of("嵩县") == "嵩县"
    assert set(near_keys("淮阳")) & set(near_keys("准阳")) == {"*阳"}
    assert keys_of("周口市").stem_initials == "zk"
    assert letters_of("Lǚliáng 1 Lù") == "lvlianglu"
