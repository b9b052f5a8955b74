"""CODE-10 for names that get their code here: the next of its class in the county, never one used before, or why there is none."""

from __future__ import annotations

import json
import threading
from datetime import date
from io import StringIO

import pytest
from django.contrib.gis.geos import LineString, Point
from django.core.management import call_command
from django.db import connection
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.crs import CGCS2000
from gis.errors import InvalidInputError
from placenames.models import PlaceNameRecord
from placenames.rules.addresses import key_of
from placenames.rules.classes import tree
from placenames.rules.code_allocation import LAST, REASONS, class_reason, next_code, words
from placenames.rules.codes import check_code_fits, check_codes
from placenames.rules.naming_cases import REASONS as RENAMING
from placenames.services import name_codes, names, naming_cases
from tests.factories import make_division, make_user, square
from tests.placenames.cases import TOLD, approve, approved, name_in_use, step

ROAD, DAY = "23514", date(2026, 3, 2)


@settings(max_examples=25)
@given(
    st.from_regex(r"[1-9][0-9]{8}", fullmatch=True),
    st.sampled_from(sorted(one.code for one in tree().values() if not class_reason(one.code, None))),
    st.lists(st.integers(0, LAST - 1), max_size=5),
)
def test_code_10_a_code_has_its_parts_and_follows_the_highest(township, place_class, used):
    highest = max(used, default=0)
    code = next_code(township, place_class, highest).code
    assert (code[:9], code[9:14], int(code[14:])) == (township, place_class, highest + 1)
    assert int(code[14:]) not in used
    assert check_code_fits(code, place_class, township) == []
    assert [one for one in check_codes([code]) if one.severity != "info"] == []


def test_code_10_what_the_texts_do_not_tell_stays_open():
    assert class_reason("", None) == "class_missing"
    assert class_reason("29900", None) == "class_unknown"
    assert class_reason("26000", None) == "class_broad", "buildings have classes below them"
    assert class_reason(ROAD, None) == ""
    assert class_reason(ROAD, frozenset({"22200"})) == "class_unknown", "the official table has the last word"
    assert next_code("410122100", ROAD, LAST).why == "full"
    assert all(len(words(key, "26000")) == 2 and words(key)[0].endswith("。") for key in REASONS)


@pytest.fixture
def county(db):
    return make_division("东县", Level.COUNTY, code="419901", geometry=square(114, 33, 0.5), seat=(114.2, 33.2))


@pytest.fixture
def towns(county):
    return [
        make_division(f"{name}镇", type="town", code=f"41990110{place}", parent=county, geometry=square(114 + place / 10, 33))
        for place, name in enumerate("甲乙")
    ]


@pytest.fixture
def officer(county):
    return make_user("diming", (Duty.PLACE_NAME_OFFICER, county))


def code_of(record):
    return PlaceNameRecord.objects.current().get(place=record.place_id, valid__upper_inf=True).code


def test_a_names_code_is_given_once_and_kept(county, towns, officer):
    """CODE-05 as for divisions: a renaming keeps the code; CODE-10: a code that was taken back is not given to the next."""
    reviewer = make_user("shenhe", (Duty.REVIEWER, county))
    first = approved(officer, reviewer, towns[0], "东风路", DAY)
    assert first.made.code == "41990110023514000001"
    step(reviewer, first, "revoke", note="误登")
    second = approved(officer, reviewer, towns[1], "人和路", DAY)
    assert second.made.code == "41990110123514000002", "counted through the county, past what was taken back"
    renaming = naming_cases.create_case(officer, act="renaming", place=second.place, name="仁义路", **TOLD)
    naming_cases.update_case(officer, renaming, renaming.version, reason_kind=RENAMING[1])
    renaming.refresh_from_db()
    renamed = approve(officer, reviewer, renaming, date(2026, 4, 1))
    assert (renamed.made.name, renamed.made.code) == ("仁义路", "41990110123514000002")
    record = names.enter_name(officer, names.Entry("东风街", ROAD, "登记表", towns[0], valid_from=DAY))
    with pytest.raises(InvalidInputError) as refused:
        names.correct_name(officer, record, {"code": "41990110023514000001"}, "补录")
    assert refused.value.code == "code_used", "what was taken back is not used again by hand either"
    with pytest.raises(InvalidInputError):
        names.correct_name(officer, record, {"code": "4199011"}, "补录")


def test_an_officer_gives_codes_and_sees_why_some_get_none(county, towns, officer, client):
    plain = name_in_use("柳树沟", towns[0], "22200")
    placed = name_in_use("杨树沟", county, "22200", at=(114.15, 33.05))  # only the county is known, its position tells the township
    across = name_in_use(
        "迎宾路", county, location=LineString((114.05, 33.05), (114.15, 33.05), srid=CGCS2000), location_grade="indicative"
    )
    broad = name_in_use("东楼", towns[0], "26000")
    client.force_login(officer)
    page = client.get(reverse("name-codes"))
    told = page.content.decode()
    assert {one["one"].record.name: one["one"].allotted.code for one in page.context["ready"]} == {
        "柳树沟": "41990110022200000001",
        "杨树沟": "41990110122200000002",
    }
    assert {one["one"].record.name: one["one"].allotted.why for one in page.context["waiting"]} == {
        "迎宾路": "crosses",
        "东楼": "class_broad",
    }
    assert "地跨几个乡镇" in told
    done = client.post(reverse("name-codes-allot"), {"area": county.pk, "record": [placed.pk], "reason": "地名普查"})
    assert done.status_code == 302
    assert (code_of(placed), code_of(plain)) == ("41990110122200000001", ""), "the one that was chosen"
    address = reverse("name-record", args=[key_of("P", plain.place_id)])
    assert "41990110022200000002" in client.get(address).content.decode()
    client.post(reverse("name-record-code", args=[key_of("P", plain.place_id), plain.pk]))
    assert code_of(plain) == "41990110022200000002"
    assert "未赋码" in client.get(reverse("name-record", args=[key_of("P", broad.place_id)])).content.decode()
    out = StringIO()
    call_command("allot_name_codes", "--within", "419901", "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert (result["committed"], result["allotted"]) == (False, [])
    assert {one["why"] for one in result["undetermined"]} == {"crosses", "class_broad"}
    assert code_of(across) == ""
    outsider = make_user("waixian", (Duty.PLACE_NAME_OFFICER, make_division("西县", Level.COUNTY, code="419902")))
    client.force_login(outsider)
    assert client.post(reverse("name-codes-allot"), {"area": county.pk, "all": "1"}).status_code == 403


def test_a_name_without_an_area_is_kept_where_it_lies(county, towns, officer, client):
    """Its area is told from the position, offered on the record, and set there; a name with neither stays the whole register's."""
    make_division("西县", Level.COUNTY, code="419902")
    lost = name_in_use("无名沟", None, "22200", at=(114.05, 33.05))
    nowhere = name_in_use("失所沟", None, "22200")
    client.force_login(officer)
    address = reverse("name-record", args=[key_of("P", lost.place_id)])
    assert "登记为所在行政区" in client.get(address).content.decode()
    assert client.post(reverse("name-record-area", args=[key_of("P", lost.place_id), lost.pk])).status_code == 302
    after = PlaceNameRecord.objects.current().get(place=lost.place)
    assert (after.area_id, after.name) == (towns[0].pk, "无名沟")
    assert (
        client.post(reverse("name-record-area", args=[key_of("P", nowhere.place_id), nowhere.pk]), {"area": "419901"}).status_code
        == 403
    )
    entered = names.enter_name(
        officer,
        names.Entry(
            "新沟", "22200", "登记表", valid_from=DAY, location=Point(114.15, 33.05, srid=CGCS2000), location_grade="surveyed"
        ),
    )
    assert entered.area_id == towns[1].pk


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_never_give_one_number_twice():
    county = make_division("东县", Level.COUNTY, code="419901")
    town = make_division("甲镇", type="town", code="419901100", parent=county)
    rows = [name_in_use(f"{char}树沟", town, "22200") for char in "杨柳槐桐"]
    start, failed = threading.Barrier(2), []

    def give(only):
        try:
            start.wait(10)
            name_codes.allot_missing(None, county, only=only)
        except Exception as error:  # told below, where pytest sees it
            failed.append(error)
        finally:
            connection.close()

    pairs = [[one.pk for one in rows[:2]], [one.pk for one in rows[2:]]]
    threads = [threading.Thread(target=give, args=(pair,)) for pair in pairs]
    for one in threads:
        one.start()
    for one in threads:
        one.join(30)
    assert failed == []
    assert sorted(code_of(one) for one in rows) == [f"41990110022200{serial:06d}" for serial in range(1, 5)]
