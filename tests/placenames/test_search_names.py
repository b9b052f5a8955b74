"""Finding names: by whatever form, in what order, for whom; the index follows what is written."""

from __future__ import annotations

import math
import random
from datetime import date
from urllib.parse import quote

import pytest
from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange, NumericRange
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.models import DivisionRecord, Level
from boundaries.services.corrections import correct_record
from gis.accounts.models import Duty
from gis.crs import CGCS2000
from placenames.found_names import find
from placenames.models import (
    CensusEntry,
    FormKind,
    HeritageKind,
    HeritageListing,
    PlaceName,
    PlaceNameRecord,
    SearchAccess,
    SearchForm,
    SearchStale,
)
from placenames.rules import search_keys as keys
from placenames.search import Filters, Window, search
from placenames.search_filters import HERITAGE_BITS
from placenames.services import names, search_index
from tests.commands import run
from tests.factories import FIRST_RECORDED, LONG_AGO, make_division, make_source, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def world():
    """河南省 › 周口市 › 淮阳区 with an old name and an alias, towns beside it, 许昌市 and a hamlet called 许昌."""
    source = make_source()
    made = {}
    made["province"] = make_division("河南省", Level.PROVINCE, code="410000")
    made["city"] = make_division("周口市", Level.PREFECTURE, parent=made["province"], code="411600")
    made["county"] = make_division("淮阳区", Level.COUNTY, type="district", parent=made["city"], code="411603")
    made["xuchang"] = make_division("许昌市", Level.PREFECTURE, parent=made["province"], code="411000")
    for at, name in enumerate(("古城镇", "龙湖镇", "瓦关镇", "安岭镇")):
        made[name] = make_division(name, parent=made["county"], code=f"4116031{at:02}", type="town")
    made["hamlet"] = PlaceName.objects.create()
    common = {"recorded": DateTimeTZRange(FIRST_RECORDED, None), "begins": "observed", "source": source}
    days = {"valid": DateRange(LONG_AGO, None), "status": "in_use"}
    for name, place, published, secrecy in (
        ("许昌", made["hamlet"], True, "open"),
        ("内部沟", PlaceName.objects.create(), False, "open"),
        ("机密洞", PlaceName.objects.create(), False, "secret"),
    ):
        PlaceNameRecord.objects.create(
            place=place, name=name, proper_name=name, generic_name="", place_class="22200", area=made["county"],
            published=published, secrecy=secrecy, spelling="X", spelled_by="person", **days, **common,
        )  # fmt: skip
    old = PlaceNameRecord.objects.create(
        place=PlaceName.objects.create(), name="陈州", proper_name="陈州", generic_name="", place_class="21300",
        area=made["county"], years=NumericRange(578, 607), status="historic", published=True, **common,
    )  # fmt: skip
    CensusEntry.objects.create(record=old, description="河南淮阳区")
    search_index.rebuild()
    return made


def best(query: str, **filters):
    return [(one.name, one.hit.how) for one in find(query, Filters(**filters), 10).names]


@pytest.mark.parametrize(
    ("query", "name", "how"),
    [
        ("淮阳区", "淮阳区", "exact"),
        ("淮阳", "淮阳区", "without_generic"),
        ("淮陽", "淮阳区", "without_generic"),
        ("huaiyang", "淮阳区", "pinyin"),
        ("Huáiyáng Qū", "淮阳区", "pinyin"),
        ("huai2 yang2", "淮阳区", "pinyin"),
        ("zk", "周口市", "initials"),
        ("陈州", "淮阳区", "historic"),
        ("准阳", "淮阳区", "near"),
        ("淮羊区", "淮阳区", "sound"),
        ("固城", "古城镇", "sound"),
        ("龙湖区镇", "龙湖镇", "near"),
        ("龙镇", "龙湖镇", "near"),
        ("湖", "龙湖镇", "contains"),
        ("龙", "龙湖镇", "prefix"),
        ("411603", "淮阳区", "code"),
    ],
)
def test_a_name_is_found_by_whatever_form(world, query, name, how):
    assert best(query)[0] == (name, how)


def test_the_order_is_by_how_it_fits_then_by_importance(world):
    assert [one for one, _how in best("许昌")] == ["许昌市", "许昌"]
    assert best("huai1 yang1") == [("淮阳区", "sound")], "other tones are another sound"


def test_only_a_name_of_that_year(world):
    assert ("淮阳区", "historic") in best("陈州", year=600)
    assert best("陈州", year=700) == []


def test_within_an_area_and_a_class(world):
    assert best("许昌", areas=[world["county"].pk]) == [("许昌", "exact")]
    assert best("许昌", classes=("213",)) == [("许昌市", "without_generic")]


def test_the_persons_own_area_comes_first_within_a_tier(world):
    far = make_division("龙湖镇", parent=world["xuchang"], code="411002101", type="town")
    search_index.mend()
    own = find("龙湖", Filters(own=[far.pk]), 10).names
    assert [one.division for one in own] == [far.pk, world["龙湖镇"].pk]
    assert {one.hit.how for one in own} == {"without_generic"}


def test_what_is_not_published_is_found_by_nobody_it_is_not_for(world):
    """By every field that is searched, and of every form."""
    for query in ("内部沟", "内部", "neibugou", "nbg", "沟", "内步沟", "机密洞", "jimidong", "jmd", "密"):
        assert not [one for one in best(query) if one[0] in ("内部沟", "机密洞")], query
    assert best("内部沟", access=SearchAccess.OFFICE)[0] == ("内部沟", "exact")
    assert not best("机密洞", access=SearchAccess.OFFICE)
    assert best("机密洞", access=SearchAccess.SECRET)[0] == ("机密洞", "exact")


def test_a_divisions_other_forms_are_found_as_its_page_shows_them(world):
    """What describes a division need not be published for that; a 密级 hides it."""
    officer = make_user("namer", (Duty.PLACE_NAME_OFFICER, None))
    record = names.describe_division(officer, world["county"], LONG_AGO, "县志", {"spelling": "Huáiyáng Qū"})
    names.add_form(officer, record.place, "宛丘县", "former", "县志", script="hans", years=(589, 1369))
    assert not record.published
    search_index.mend()
    assert best("宛丘") == best("wanqiu") == [("淮阳区", "historic")]
    PlaceNameRecord.objects.filter(pk=record.pk).update(secrecy="secret")
    search_index.mend()
    assert best("宛丘县") == []


def test_an_index_that_is_behind_shows_nothing_that_was_withdrawn(world):
    """The record is asked again before a name is shown."""
    PlaceNameRecord.objects.filter(place=world["hamlet"]).update(published=False)
    assert [one for one, _how in best("许昌")] == ["许昌市"]


def rows() -> set[tuple]:
    columns = ("place", "division", "area", "kind", "place_class", "term", "text", "sound", "importance", "access", "years")
    return {tuple(str(value) for value in row) for row in SearchForm.objects.values_list(*columns)}


def test_the_index_follows_what_is_written_and_ends_as_if_made_anew(world):
    officer = make_user("names", (Duty.PLACE_NAME_OFFICER, None))
    entered = names.enter_name(
        officer,
        names.Entry("王家沟", "22200", "登记表", world["county"], valid_from=date(2014, 7, 1), published=True),
    )
    form = names.add_form(officer, entered.place, "老王沟", FormKind.ALIAS, "县志")
    reviewer = make_user("reviewer", (Duty.REVIEWER, None))
    record = DivisionRecord.objects.current().get(division=world["county"])
    correct_record(reviewer, record, {"name": "淮扬区"}, reason="原登记有误", source=make_source())
    assert search_index.is_stale()
    search_index.mend()
    assert not search_index.is_stale()
    assert best("老王沟") == [("王家沟", "form")]
    assert best("淮扬")[0] == ("淮扬区", "without_generic")
    names.withdraw_form(officer, form, "查无实据")
    search_index.mend()
    assert best("老王沟")[:1] != [("王家沟", "form")]
    mended = rows()
    search_index.rebuild()
    assert rows() == mended


@pytest.mark.django_db(transaction=True)
def test_a_name_can_be_found_when_it_is_saved():
    county = make_division("东县", Level.COUNTY, code="410122")
    officer = make_user("names", (Duty.PLACE_NAME_OFFICER, county))
    names.enter_name(officer, names.Entry("王家沟", "22200", "登记表", county, valid_from=date(2014, 7, 1), published=True))
    assert best("王家沟") == [("王家沟", "exact")]
    assert not SearchStale.objects.exists()


def test_the_command(world):
    status, result = run("search_names", "淮阳", "--limit", "1", "--within", "411600")
    assert status == 0
    assert set(result) == {"query", "took_ms", "total", "results"}
    (one,) = result["results"]
    assert one["matched"] == {"form": "淮阳区", "how": "without_generic"}
    assert {key: one[key] for key in ("code", "name", "spelling", "class", "area")} == {
        "code": "411603", "name": "淮阳区", "spelling": "Huáiyáng Qū", "class": "21400", "area": "河南省周口市",
    }  # fmt: skip
    assert set(one) == {"code", "name", "spelling", "class", "area", "matched", "score"}
    assert run("search_names", "陈州", "--year", "600")[1]["results"][0]["name"] == "淮阳区"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("",), "bad_query"), (("淮阳", "--limit", "0"), "bad_limit"), (("淮阳", "--within", "999999"), "unknown_code"),
     (("淮阳", "--year", "0"), "bad_year")],
)  # fmt: skip
def test_refusals(world, arguments, code):
    status, document = run("search_names", *arguments)
    assert (status, document["error"]["code"]) == (1, code)


@pytest.mark.parametrize("query", ["%", "_阳", "'", "\\", "%s", "{}", " ", "·"])
def test_signs_are_no_patterns(world, query):
    assert not [one for one in best(query) if one[1] != "near"]


HAN = st.text(st.sampled_from("王李张庄沟湖阳城固古龙一"), min_size=2, max_size=7)


@settings(max_examples=60)
@given(name=HAN, at=st.integers(0, 6), other=st.sampled_from("赵钱孙"))
def test_a_name_and_the_same_with_one_character_wrong_share_a_piece(name, at, other):
    at %= len(name)
    kept = set(keys.pieces(name, name, important=True))
    for wrong in (name[:at] + other + name[at + 1 :], name[:at] + name[at + 1 :]):
        assert keys.one_apart(wrong, name)
        assert kept & set({keys.near_key(one) for one in (wrong, *keys.one_left_out(wrong))})
    more = name[:at] + other + name[at:]
    assert keys.one_apart(more, name) and name in keys.one_left_out(more)


def test_the_public_page_says_why_and_leaks_nothing(world, client):
    page = client.get("/names/", {"q": "陈州"}).content.decode()
    assert "淮阳区" in page and "历史名称“陈州”，578年至606年" in page
    assert client.get("/names/").status_code == 200
    for query in ("内部沟", "neibugou", "nbg", "机密洞", "jimidong", "沟", "内部构"):
        for path in ("/names/", "/api/names/search"):
            body = client.get(path, {"q": query}).content.decode()
            shown = body.replace(f'value="{query}"', "").replace(f"<title>{query}", "").replace(f"“{query}”", "")
            shown = (
                shown.replace(f'"query": "{query}"', "").encode().decode("unicode_escape", "ignore") if path[1] == "a" else shown
            )
            assert not [name for name in ("内部沟", "机密洞") if name in shown and name != query], (path, query)
    assert client.get("/api/names/search", {"q": "内部沟"}).json()["results"] == []
    assert client.get("/api/names/search", {"q": "机密洞"}).json()["results"] == []


def test_staff_find_what_is_not_published_and_nobody_what_is_secret(world, client):
    client.force_login(make_user("names", (Duty.PLACE_NAME_OFFICER, world["county"])))
    assert [one["name"] for one in client.get("/api/names/search", {"q": "内部沟"}).json()["results"]] == ["内部沟"]
    assert client.get("/api/names/search", {"q": "机密洞"}).json()["results"] == []
    assert f"/divisions/{world['county'].pk}/" in client.get("/names/", {"q": "淮阳"}).content.decode()


def test_the_api_answers_as_the_command_and_refuses_in_words(world, client):
    answer = client.get("/api/names/search", {"q": "zk", "limit": "1"}).json()
    assert [(one["name"], one["why"]) for one in answer["results"]] == [("周口市", "拼音首字母相符")]
    assert [one["name"] for one in client.get("/api/names/search", {"q": "许昌", "group": "settlement"}).json()["results"]] == [
        "许昌"
    ]
    for asked, code in (({"q": ""}, "bad_query"), ({"q": "a", "limit": "x"}, "bad_limit"), ({"q": "a", "year": "0"}, "bad_year")):
        refused = client.get("/api/names/search", asked)
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, code)


@pytest.fixture
def placed(world):
    """古城镇 in the north, 龙湖镇 far in the south, a listed village of either; the index follows by the triggers' notes."""
    source = make_source()
    for name, lon, lat in (("古城镇", 113.0, 35.0), ("龙湖镇", 114.0, 32.0)):
        DivisionRecord.objects.filter(division=world[name]).update(seat=Point(lon, lat, srid=CGCS2000), seat_grade="indicative")
    days = {"valid": DateRange(LONG_AGO, None), "status": "in_use", "published": True}
    common = {"recorded": DateTimeTZRange(FIRST_RECORDED, None), "begins": "observed", "source": source}
    for at, (kind, lat) in enumerate((("traditional_village", 32.1), ("ancient_village", 34.9))):
        place = PlaceName.objects.create()
        PlaceNameRecord.objects.create(
            place=place, name=f"{'南北'[at]}古寨村", proper_name=f"{'南北'[at]}古寨", generic_name="村", place_class="22200",
            location=Point(113.5, lat, srid=CGCS2000), location_grade="indicative", **days, **common,
        )  # fmt: skip
        HeritageListing.objects.create(place=place, kind=kind, batch="一", recorded=common["recorded"], source=source)
    search_index.mend()
    return world


def test_filters_narrow_and_nearness_orders_where_asked(placed, client):
    def asked(**query):
        answer = client.get("/api/names/search", query)
        assert answer.status_code == 200, answer.content
        return answer.json()["results"]

    assert [one["name"] for one in asked(heritage="any")] == ["北古寨村", "南古寨村"]
    assert [one["name"] for one in asked(q="古寨", heritage="ancient_village")] == ["北古寨村"]
    assert [one["name"] for one in asked(q="镇", window="112.9,34.9,113.1,35.1")] == ["古城镇"]
    south, north = asked(q="古寨", near="113.5,32.0", order="near")[:2]
    assert (north["name"], south["name"]) == ("北古寨村", "南古寨村")
    assert south["distance_m"] == pytest.approx(11_089, abs=1) and north["distance_m"] == pytest.approx(321_700, rel=0.001)
    assert asked(near="114.0,32.01")[0]["name"] == "龙湖镇", "without a text what is nearest"
    assert asked(q="陈州", period="sui_tang")[0]["name"] == "淮阳区"
    assert asked(q="陈州", period="ming") == []
    assert [one["name"] for one in asked(q="许昌", within="周口")] == ["许昌"]
    page = client.get("/names/", {"q": "古寨", "near": "113.5,32.0"}).content.decode()
    assert "约 11.1 千米" in page and "中国传统村落（一）" in page
    status, told = run("search_names", "古寨", "--near", "113.5,35.0", "--nearest", "--heritage", "any", "--class", "22")
    assert status == 0 and [one["name"] for one in told["results"]] == ["北古寨村", "南古寨村"]


BAD = [
    {"window": "nan,34,114,35"}, {"window": "114,34,113,35"}, {"window": "-1e308,-1e308,1e308,1e308"}, {"window": "1,2,3"},
    {"window": "inf,1,2,3"}, {"near": "nan,1"}, {"near": "113;34"}, {"near": "999,99"}, {"near": "１１３,３４"}, {"order": "near"},
    {"order": "x"}, {"year": "0"}, {"year": "99999"}, {"year": "1e3"}, {"year": "٣"}, {"year": "--5"}, {"period": "x"},
    {"group": "1 OR 1"},
    {"heritage": "'"}, {"within": "没有这个地方"}, {"within": "9" * 12}, {"limit": "9" * 5000}, {"limit": "-1"},
]  # fmt: skip
ODD = [
    "\x00", "淮\x00阳", "%" * 60, "_" * 60, "淮" * 10_000, "(a+)+$" * 2000, "\u202e阳淮", "\u200b淮阳", "🏯", "淮🏯阳",
    "\ufdfa" * 60, "𰻝镇",
    "'; DROP TABLE x; --", "{columns}", "%(access)s", "\\", "ａ" * 60, "İ" * 60,
    "\ud800", "١٢٣", "²", "ﷺ", "a\u0301\u0301\u0301" * 15,
]  # fmt: skip


def test_no_query_brings_it_down_or_is_a_pattern(placed, client):
    """Through the page and the JSON address: a plain answer or a refusal in words, and no name that only a pattern would fit."""
    for query in BAD:
        answer = client.get("/api/names/search", {"q": "淮阳", **query})
        assert answer.status_code in (404, 422) and answer.json()["error"]["message"], query
        page = client.get("/names/", {"q": "淮阳", **{key: value for key, value in query.items() if key != "limit"}})
        assert page.status_code == 200 and ('role="alert"' in page.content.decode() or "limit" in query), query
    for text in ODD:
        encoded = quote(text.encode("utf-8", "surrogatepass"))
        answer = client.get(f"/api/names/search?q={encoded}")
        assert answer.status_code in (200, 400, 422), text[:20]
        assert client.get(f"/names/?q={encoded}").status_code == (200 if "\x00" not in text else 400), text[:20]
        if answer.status_code == 200 and "阳" not in text and "淮" not in text:
            assert not [one for one in answer.json()["results"] if one["matched"]["how"] not in ("near", "sound")], text[:20]
    assert client.get("/names/?q=%ED%A0%80%FF").status_code == 200
    for text in ("淮\x00阳", "\u200b淮阳", "\ud800淮阳"):
        assert best(keys.clean_query(text))[0][0] == "淮阳区"


HAN_OR_ODD = st.text(st.characters(exclude_categories=[]) | st.sampled_from("王庄镇淮准阳%_\\'\x00"), max_size=80)


@settings(max_examples=80)
@given(text=HAN_OR_ODD, other=HAN_OR_ODD)
def test_what_is_typed_becomes_keys_whatever_it_is(text, other):
    one, two = keys.folded(keys.clean_query(text)), keys.folded(keys.clean_query(other))
    assert len(one) <= keys.LONGEST and "\x00" not in one
    one.encode()
    assert (keys.likeness(one, two) is None) == (not keys.one_apart(one, two))
    keys.letters_of(one), keys.parted(one), keys.mistaken(one), keys.keys_of(one)


# --- filters ---------------------------------------------------------------------------------------------------------------------

AREAS = range(1, 160)


@pytest.fixture
def crowd():
    """Names of few characters, more than any probe reads; few in an area, on a list, of a time."""
    chance = random.Random(7)
    made = []
    for at in range(1500):
        proper = "".join(chance.choice("王李古石桥河陈") for _ in range(chance.randint(1, 2)))
        kind, place_class, generic = chance.choice(
            (("standard", "22200", "村"), ("standard", "21500", "镇"), ("standard", "12200", "山"), ("historic", "21400", ""))
        )
        years = chance.choice((None, (618, 907), (1949, 9999), (-9999, 9999), (-200, 700)))
        lon, lat = chance.choice(((math.nan, math.nan), (chance.uniform(113, 115), chance.uniform(33, 35))))
        importance = search_index.importance_of(place_class, historic=kind == "historic")
        area = chance.choice(AREAS) if chance.random() < 0.1 else None
        listed = chance.choice((1, 2, 3)) if chance.random() < 0.1 else 0
        made.append(search_index.Form(at + 1, None, area, proper + generic, proper, kind, place_class, years, 0, importance, "",
                                      lon, lat, listed))  # fmt: skip
    search_index.write(made)
    return made


FILTERS = st.builds(
    Filters,
    areas=st.none() | st.frozensets(st.sampled_from(AREAS), min_size=1, max_size=8) | st.just(frozenset(AREAS[::2])) | st.just(
        frozenset(AREAS[4:])
    ),
    classes=st.sampled_from(((), ("22",), ("1", "214"))),
    years=st.none() | st.sampled_from(((618, 907), (1, 220), (1949, 9999))),
    heritage=st.sampled_from(((), HeritageKind.values[:1], tuple(HeritageKind.values))),
    window=st.none() | st.just(Window(113.2, 33.1, 114.6, 34.7)),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.sampled_from(("王", "古桥", "王村", "李河镇", "wang", "shiqiao", "cz", "古乔", "石河山", "陈王")), filters=FILTERS)
def test_a_filtered_search_is_a_search_of_those_names_alone(crowd, query, filters):
    """Nothing that fits is lost to a bound that was filled with what does not, whichever way the rows are read."""
    fits = {one.place for one in crowd if _fits(one, filters)}
    with transaction.atomic():
        SearchForm.objects.exclude(place__in=fits).delete()
        alone = search(query, Filters(), 30)
        transaction.set_rollback(True)
    assert search(query, filters, 30) == alone


def _fits(form: search_index.Form, filters: Filters) -> bool:
    window, bits = filters.window, sum(HERITAGE_BITS[one] for one in filters.heritage)
    return (
        (filters.areas is None or form.area in filters.areas)
        and (not filters.classes or form.place_class.startswith(filters.classes))
        and (not bits or form.heritage & bits != 0)
        and (filters.years is None or (form.years is not None and _meet(form.years, filters.years)))
        and (window is None or (window.west <= form.lon <= window.east and window.south <= form.lat <= window.north))
    )


def _meet(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
