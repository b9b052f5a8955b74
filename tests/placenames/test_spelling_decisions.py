"""读音认定: a character is decided once for many names, with a source, and can be taken back."""

from __future__ import annotations

from datetime import date

import pytest

from boundaries.models import Level
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from placenames.models import Name, PlaceNameRecord
from placenames.services import names
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


def test_one_decision_settles_many_names_and_can_be_taken_back(client):
    county = make_division("东县", Level.COUNTY, code="410122")
    town = make_division("王岗镇", Level.TOWNSHIP, type="town", parent=county, code="410122101")
    make_division("别县", Level.COUNTY, code="410123")
    officer = make_user("keeper", (Duty.PLACE_NAME_OFFICER, county))
    hamlet = names.enter_name(
        officer, names.Entry("李岗", "22200", "登记表", county, valid_from=date(2014, 7, 1), census={"origin": "李姓"})
    )
    names.enter_name(officer, names.Entry("岗单", "22200", "登记表", county, valid_from=date(2014, 7, 1)))
    client.force_login(officer)
    page = client.get("/names/spellings/")
    held = {one.char: [name.name for name in one.names] for one in page.context["groups"]}
    assert held == {"岗": ["岗单", "李岗", "王岗镇"], "单": ["岗单"]}
    chosen = page.context["chosen"]
    assert chosen.char == "岗" and set(chosen.readings) == {"gāng", "gǎng"}

    told = {
        "area": county.pk,
        "char": "岗",
        "reading": "gǎng",
        "source": "2026 年审音会",
        "name": [one.key for one in chosen.names],
    }
    answer = client.post("/names/spellings/decide/", told, follow=True).content.decode()
    assert "2 个地名的拼写随之确定" in answer and "另有 1 个还有别的字待认定" in answer
    after = PlaceNameRecord.objects.current().get(place=hamlet.place)
    assert (after.spelling, after.spelled_by, after.reading) == ("Lǐgǎng", "person", "lǐ gǎng")
    assert (after.census.origin, after.source.title) == ("李姓", "2026 年审音会")
    of_town = Name.objects.current().get(division=town)
    assert (of_town.name, of_town.spelling, of_town.spelled_by) == ("王岗镇", "Wánggǎng Zhèn", "person")
    trail = AuditEntry.objects.filter(action="placename.spelling.decide").get()
    assert (trail.area, trail.after["places"]) == (county.pk, 2)
    assert client.post("/names/spellings/decide/", told, follow=True).content.decode().count("已被认定或更正") == 1

    number = after.source_id
    client.post(f"/names/spellings/{number}/undo/", {"area": county.pk, "reason": "审音会改了"})
    assert {one.char for one in client.get("/names/spellings/").context["groups"]} == {"岗", "单"}
    again = PlaceNameRecord.objects.current().get(place=hamlet.place)
    assert (again.spelled_by, again.census.origin) == ("proposed", "李姓")
    assert not PlaceNameRecord.objects.current().filter(place__division=town).exists()

    west = make_user("west", (Duty.PLACE_NAME_OFFICER, make_division("西县", Level.COUNTY, code="410124")))
    client.force_login(west)
    assert client.post("/names/spellings/decide/", told).status_code == 403
    assert client.get("/names/spellings/", {"within": "410122"}).status_code == 403
