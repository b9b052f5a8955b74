"""补录 through its form: an existing name enters the record with its position, readings, source and code."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import InvalidInputError
from placenames.forms.position import position_as_text, read_position, shape_of
from placenames.models import NamingCase, PlaceNameRecord
from placenames.rules.addresses import key_of
from tests.factories import make_division, make_user, square
from tests.placenames.cases import TOLD, name_in_use

GIVEN = {
    "name": "柳树沟", "place_class": "22200", "status": "in_use", "secrecy": "open", "source": "2026 年外业调查", "code": "1",
    "valid_from": "2026-01-05", "shape": "area", "location_grade": "surveyed",
    "coordinates": "114.02 33.02\n114.04 33.02\n114.04 33.04\n114.02 33.04",
}  # fmt: skip


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.integers(111_000, 116_000), st.integers(32_000, 36_000)), min_size=3, max_size=7, unique=True),
    st.sampled_from(["point", "line", "area"]),
)
def test_a_position_is_read_back_as_it_was_written_or_refused(corners, shape):
    rows = [f"{x / 1000:.6f} {y / 1000:.6f}" for x, y in (corners[:1] if shape == "point" else corners)]
    try:
        read = read_position("\n".join(rows), shape)
    except InvalidInputError as refused:
        assert shape == "area"
        assert "coordinates" in refused.fields
        return
    assert (position_as_text(read).splitlines(), shape_of(read)) == (rows, shape)
    assert read.valid


@pytest.mark.parametrize(
    ("text", "shape", "words"),
    [
        ("114 33\n114.1 33.1\n114.1 33\n114 33.1", "area", "自己相交（114.05"),
        ("114 33\n114.1 33.1", "area", "三个不同的点"),
        ("114 33\n114 33\n114 33\n114 33", "area", "三个不同的点"),
        ("114 33", "line", "至少要两行"),
        ("114 33\n114.1 33", "point", "只要一行"),
        ("114 甲\n114.1 33\n114 34", "area", "看不懂"),
        ("POLYGON((114 33, 114.1 33, 114.1 33.1, 114 33))", "line", "看不懂"),
        ("LINESTRING(114 33, 114.1 33)", "area", "须是面"),
    ],
)
def test_a_position_that_is_none_is_refused_in_words(text, shape, words):
    with pytest.raises(InvalidInputError) as refused:
        read_position(text, shape)
    assert words in refused.value.fields["coordinates"][0]


def test_a_closed_line_stays_a_line_and_written_areas_are_read():
    ring = "114 33\n114.1 33\n114.1 33.1\n114 33"
    assert shape_of(read_position(ring)) == "line", "a ring road"
    assert shape_of(read_position("POLYGON((114 33, 114.1 33, 114.1 33.1, 114 33))", "area")) == "area"
    assert read_position(" \n ") is None


@pytest.fixture
def county(db):
    county = make_division("东县", Level.COUNTY, code="419901", geometry=square(114, 33, 0.5), seat=(114.2, 33.2))
    make_division("甲镇", type="town", code="419901100", parent=county, geometry=square(114, 33))
    make_division("西县", Level.COUNTY, code="419902", geometry=square(115, 33, 0.5))
    return county


def test_an_existing_name_is_entered_with_its_outline_readings_and_code(county, client):
    """NAME-STD-01: a standard name states its approval. The area follows from the outline; a twin is told and explained."""
    officer = make_user("diming", (Duty.PLACE_NAME_OFFICER, county))
    client.force_login(officer)
    address = reverse("name-new")
    assert address in client.get(reverse("names")).content.decode()
    assert client.get(address).status_code == 200
    refused = client.post(address, GIVEN | {"coordinates": "114.02 33.02\n114.04 33.04\n114.04 33.02\n114.02 33.04"})
    assert refused.status_code == 422 and "自己相交" in refused.content.decode() and "2026 年外业调查" in refused.content.decode()
    unapproved = client.post(address, GIVEN | {"status": "standard"})
    assert "批准机关和文号" in unapproved.context["errors"]["approval"][0]
    assert not PlaceNameRecord.objects.exists()

    done = client.post(address, GIVEN | {"published": "1", "meaning": "沟边多柳"})
    assert done.status_code == 302, done.context["errors"]
    record = PlaceNameRecord.objects.current().get()
    assert (record.area.codes.get().code, record.location.geom_type, record.location_grade) == ("419901100", "Polygon", "surveyed")
    edit = reverse("name-record-edit", args=[key_of("P", record.place_id), record.pk])
    form = client.get(edit).context["form"]
    said = {name: value for name, value in form.initial.items() if value not in (None, False, "")} | {"published": "on"}
    assert said["coordinates"].splitlines() == [f"{x:.6f} {y:.6f}" for x, y in record.location.coords[0][:-1]]
    crossed = client.post(edit, said | {"coordinates": "114.02 33.02\n114.04 33.04\n114.04 33.02\n114.02 33.04", "reason": "x"})
    assert crossed.status_code == 200 and "自己相交" in crossed.content.decode()
    same = client.post(edit, said | {"coordinates": said["coordinates"].replace("\n", "\r\n"), "reason": "x"})
    assert same.status_code == 200 and "没有改动" in same.content.decode()
    assert client.post(edit, said | {"shape": "line", "reason": "是一条沟"}).status_code == 302
    record = PlaceNameRecord.objects.current().get()
    assert record.location.dims == 1
    assert (record.code, record.status, record.published) == ("41990110022200000001", "in_use", True)
    assert (record.spelling, record.valid.lower, record.census.meaning) == ("Liǔshùgōu", date(2026, 1, 5), "沟边多柳")

    twin = client.post(address, GIVEN)
    assert twin.status_code == 422 and "是否就是它" in twin.content.decode() and "explained" in twin.context["errors"]
    assert client.post(address, GIVEN | {"explained": "与北边的柳树沟是两处"}).status_code == 302
    assert AuditEntry.objects.filter(action="placename.enter", reason__contains="两处").exists()

    checked = client.get(reverse("naming-check"), {"name": "长乐沟", "place_class": "22200", "area": "419901100"}).json()
    open_now = {one["char"] for one in checked["syllables"] if one["open"]}
    assert open_now == {"长", "乐"} and checked["needs_person"]
    chosen = {"readings": "长:cháng,乐:lè"}
    assert (
        client.get(reverse("naming-check"), {"name": "长乐沟", "place_class": "22200", "area": "419901100", **chosen}).json()[
            "spelling"
        ]
        == "Chánglègōu"
    )
    half = client.post(address, GIVEN | {"name": "长乐沟", "readings": "长:cháng"})
    assert half.status_code == 422 and "“乐”还没有选读音" in half.content.decode()
    standard = GIVEN | chosen | {"name": "长乐沟", "status": "standard", "approval": "东县人民政府 东政文〔1990〕1号"}
    assert client.post(address, standard).status_code == 302
    held = PlaceNameRecord.objects.current().get(name="长乐沟")
    assert (held.spelling, held.spelled_by, held.reading, held.status) == ("Chánglègōu", "person", "cháng lè gōu", "standard")
    assert "东政文〔1990〕1号" in held.source.title
    assert client.post(address, GIVEN | {"name": "西沟", "coordinates": "", "area": "419902"}).status_code == 403
    assert client.post(address, GIVEN | {"place_class": "21500"}).status_code == 422, "divisions are the register's"


def test_a_case_takes_an_area_and_shows_it(county, client):
    """Position as a polygon in a naming case, from the form to the page and back into the form."""
    officer = make_user("diming", (Duty.PLACE_NAME_OFFICER, county))
    client.force_login(officer)
    name_in_use("桂香小区", county, "22100", at=(114.03, 33.03))
    given = {
        "act": "naming", "kind": "compound", "area": "419901100", "name": "桂花小区", "place_class": "22100",
        "approver_kind": "housing", "shape": "area", "coordinates": GIVEN["coordinates"], **TOLD,
    }  # fmt: skip
    assert client.post(reverse("naming-case-new"), given).status_code == 302
    case = NamingCase.objects.get()
    assert case.location.geom_type == "Polygon"
    page = client.get(reverse("naming-case", args=[case.pk]))
    assert page.context["map_data"]["location"]["type"] == "Polygon"
    form = client.get(reverse("naming-case-edit", args=[case.pk]))
    assert form.context["values"]["shape"] == "area"
    assert form.context["values"]["coordinates"].splitlines() == [f"{x:.6f} {y:.6f}" for x, y in case.location.coords[0][:-1]]
