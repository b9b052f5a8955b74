"""登记资料 through its pages: corrected with history, every census item, other forms, divisions described."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import Level
from gis.accounts.models import Duty
from placenames.models import CensusEntry, NameForm, PlaceNameRecord
from placenames.rules.addresses import key_of
from placenames.services import names
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_division("东县", Level.COUNTY, code="410122")


def posted(form) -> dict[str, object]:
    """What a browser sends back of a form nobody touched."""
    return {name: value for name, value in form.initial.items() if value not in (None, False, "")}


def test_a_record_is_said_anew_and_what_it_said_stays(county, client):
    officer = make_user("keeper", (Duty.PLACE_NAME_OFFICER, county))
    entry = names.Entry(
        "王家沟", "22200", "登记表", county, valid_from=date(2014, 7, 1), census={"origin": "王姓迁此"}, published=True
    )
    record = names.enter_name(officer, entry)
    address = f"/names/{key_of('P', record.place_id)}/record/"
    client.force_login(officer)
    form = client.get(f"{address}{record.pk}/").context["form"]
    assert {one.name for one in CensusEntry._meta.fields} - {"id", "record"} <= set(form.fields), "every item of the census form"
    told = posted(form) | {"reason": "核对普查原表", "meaning": "王家的沟", "lon": "113.5", "lat": "34.6", "sign_count": "2"}
    refused = client.post(f"{address}{record.pk}/", told)
    assert refused.status_code == 200 and "有位置的要选位置等级" in refused.content.decode()
    done = client.post(f"{address}{record.pk}/", told | {"location_grade": "surveyed", "location_accuracy_m": "5"})
    assert done.status_code == 302, done.context["form"].errors
    after = PlaceNameRecord.objects.current().get(place=record.place)
    assert (after.census.origin, after.census.meaning, after.census.sign_count) == ("王姓迁此", "王家的沟", 2)
    assert (after.location.x, after.location_grade, after.name, after.published) == (113.5, "surveyed", "王家沟", True)
    page = client.get(address).content.decode()
    assert page.count("王家沟") > 2 and "不再采用" in page and "核对普查原表" in page
    again = client.post(f"{address}{after.pk}/", posted(client.get(f"{address}{after.pk}/").context["form"]) | {"reason": "x"})
    assert again.status_code == 200 and "没有改动" in again.content.decode()
    assert client.post(f"{address}{record.pk}/", told).status_code == 404, "what is closed is not corrected"

    assert client.post(
        f"{address}forms/", {"text": "老王沟", "kind": "alias", "source": "县志", "since": "-5", "until": "-1"}
    ).status_code
    alias = NameForm.objects.current().get()
    assert (alias.text, alias.years.lower, alias.years.upper) == ("老王沟", -5, 1)
    client.post(f"{address}forms/{alias.pk}/", {"reason": "查无实据"})
    assert not NameForm.objects.current().exists() and "老王沟" in client.get(address).content.decode()


def test_a_division_is_described_beside_the_register_and_keeps_its_name(county, client):
    client.force_login(make_user("keeper", (Duty.PLACE_NAME_OFFICER, county)))
    address = f"/names/{key_of('D', county.pk)}/record/"
    assert "登记资料" in client.get(address).content.decode()
    form = client.get(f"{address}describe/").context["form"]
    assert not {"name", "place_class", "area", "status"} & set(form.fields), "these are the register's"
    told = {"spelling": "Dōng Xiàn", "origin": "在郡之东", "reason": "县志"}
    assert client.post(f"{address}describe/", told).status_code == 302
    record = PlaceNameRecord.objects.current().get()
    assert (record.name, record.census.origin, record.spelled_by) == (None, "在郡之东", "person")
    form = client.get(f"{address}{record.pk}/").context["form"]
    assert client.post(f"{address}{record.pk}/", posted(form) | {"story": "有传说", "reason": "补录"}).status_code == 302
    after = PlaceNameRecord.objects.current().get()
    assert (after.census.story, after.spelling, after.area_id) == ("有传说", "Dōng Xiàn", county.pk), "it stays in its area"


def test_a_spelling_that_a_source_gave_outlives_another_correction(county):
    officer = make_user("keeper", (Duty.PLACE_NAME_OFFICER, county))
    record = names.enter_name(officer, names.Entry("大隗", "22200", "登记表", county, valid_from=date(2014, 7, 1)))
    PlaceNameRecord.objects.filter(pk=record.pk).update(spelling="Dàkuí", spelled_by="source", reading="dà kuí")
    after = names.correct_name(officer, record, {"origin": "大隗山"}, "补录")
    assert (after.spelling, after.spelled_by, after.reading) == ("Dàkuí", "source", "dà kuí")
