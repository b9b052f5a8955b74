"""The public page of a name: what everybody reads, what nobody finds, addresses that last."""

from __future__ import annotations

import io
import json
import re

import pytest
from django.db.backends.postgresql.psycopg_any import NumericRange
from PIL import Image

from boundaries.models import DivisionRecord, Lineage
from gis.accounts.models import Duty
from placenames.archive_subject import find_subject, key_for
from placenames.models import NameForm, PlaceName, PlaceNameRecord
from placenames.public_names import public_names, public_names_in
from placenames.rules.addresses import key_of
from placenames.rules.archive_fields import Audience, may_see
from placenames.services import name_collections
from tests.factories import LONG_AGO, make_division, make_source, make_user
from tests.placenames.archive_world import NAME

pytestmark = pytest.mark.django_db


def page(client, place, query=None):
    return client.get(f"/names/{key_for(place)}/", query or {})


def everything_public(client, world) -> dict[str, str]:
    """Every surface that the public has, by name."""
    key = key_for(world.place)
    found = {
        "page": page(client, world.place).content.decode(),
        "a year": page(client, world.place, {"year": "1500"}).content.decode(),
        "json": json.dumps(client.get(f"/api/names/{key}").json(), ensure_ascii=False),
        "open data": _downloads(client),
        "neighbour": client.get(f"/names/{key_of('D', world.county.pk)}/").content.decode(),
    }
    for query in (NAME, "zhiziwu", "栀", "未公开沟", "秘密洞", "值form"):
        found[f"search {query}"] = client.get("/names/", {"q": query}).content.decode().replace(f'value="{query}"', "")
        answer = json.dumps(client.get("/api/names/search", {"q": query}).json()["results"], ensure_ascii=False)
        found[f"suggestions {query}"] = answer
    return found


def _downloads(client) -> str:
    files = ("names.csv", "names.geojson", "forms.csv", "areas.csv")
    return "".join(b"".join(client.get(f"/open-data/{one}").streaming_content).decode() for one in files)


def test_every_field_is_seen_by_those_who_may_and_by_nobody_else(world, client):
    """The table of fields, held to every public surface: what is public is on the page, what is not is nowhere."""
    surfaces = everything_public(client, world)
    for (thing, name), value in world.told.items():
        public = may_see(thing, name, Audience.PUBLIC) and thing not in ("draft", "withdrawn", "waiting")
        on = [surface for surface, text in surfaces.items() if value in text]
        if public:
            assert {"page", "json"} & set(on), f"{thing}.{name} should be told"
        else:
            assert on == [], f"{thing}.{name} leaks on {on}"
    for surface, text in surfaces.items():
        if surface not in ("search 未公开沟", "search 秘密洞"):  # what was asked is repeated there
            assert "未公开沟" not in text and "秘密洞" not in text, surface
        assert "撰写人赵某" not in text and "审核人钱某" not in text and "内部档案卷宗" not in text


def test_what_is_not_public_answers_as_if_it_were_not_there(world, client):
    nothing = client.get("/names/P999999R/")
    assert nothing.status_code == 404
    for place in (world.unpublished, world.secret):
        for path in (f"/names/{key_for(place)}/", f"/api/names/{key_for(place)}"):
            answer = client.get(path)
            assert answer.status_code == 404 and "不公开" not in answer.content.decode()
    named = client.get(f"/api/names/{key_for(world.secret)}").json()
    assert named == client.get("/api/names/P888888U").json()
    # Who keeps names there sees the page, and is told that nobody else does; another county's officer does not see what is secret.
    client.force_login(world.writer)
    assert "这个地名没有公开" in page(client, world.secret).content.decode()
    client.force_login(make_user("west", (Duty.PLACE_NAME_OFFICER, world.other)))
    assert page(client, world.secret).status_code == 404
    assert page(client, world.unpublished).status_code == 200


def test_photos_and_documents_go_out_without_what_they_were_brought_with(world, client):
    shown, waiting = world.made["photo"], world.made["waiting"]
    for size in ("large", "small"):
        answer = client.get(f"/names/media/{shown.pk}/{size}")
        content = b"".join(answer.streaming_content)
        assert answer["Content-Type"] == "image/jpeg" and answer["X-Content-Type-Options"] == "nosniff"
        assert "孙某" not in answer["Content-Disposition"]
        picture = Image.open(io.BytesIO(content))
        assert dict(picture.getexif()) == {} and not picture.info.get("comment")
        for hidden in (b"ARTISTOFTHEPHOTO", b"COMMENTOFTHEPHOTO", b"GPS"):
            assert hidden not in content
        assert client.get(f"/names/media/{waiting.pk}/{size}").status_code == 404
        again = client.get(f"/names/media/{shown.pk}/{size}", headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    assert b"".join(client.get(f"/names/documents/{world.made['document'].pk}").streaming_content).startswith(b"%PDF")
    assert client.get(f"/names/documents/{world.made['closed'].pk}").status_code == 404
    # The addresses of files as the office has them, guessed: nobody without a log-in, no reader without the archive's duties.
    files = {one for media in (shown, waiting) for one in (media.file_id, media.shown_id, media.small_id)}
    files |= {world.made["document"].file_id, world.made["closed"].file_id}
    assert {client.get(f"/files/{pk}/").status_code for pk in files} == {302}
    client.force_login(make_user("reader", (Duty.READER, None)))
    assert {client.get(f"/files/{pk}/").status_code for pk in files} == {403}
    assert client.get(f"/names/media/{waiting.pk}/large").status_code == 404
    client.force_login(world.writer)
    assert client.get(f"/files/{shown.file_id}/").status_code == 200
    assert client.get(f"/names/media/{waiting.pk}/large")["Cache-Control"] == "private, no-store"


def test_a_name_withdrawn_takes_its_photos_and_documents_along(world, client):
    PlaceNameRecord.objects.filter(place=world.place).update(published=False)
    assert page(client, world.place).status_code == 404
    assert client.get(f"/names/media/{world.made['photo'].pk}/large").status_code == 404
    assert client.get(f"/names/documents/{world.made['document'].pk}").status_code == 404
    assert public_names([world.place.pk]) == []


def test_what_it_was_called_in_a_year(world, client):
    former = world.told["form", "text"]
    text = page(client, world.place, {"year": "1500"}).content.decode()
    assert "1500 年见于记录的叫法" in text and former in text.split("1500 年见于记录的叫法")[1].split("</ul>")[0]
    assert "1645 年叫什么，现有资料没有说明" in page(client, world.place, {"year": "1645"}).content.decode()
    assert NAME in page(client, world.place, {"year": "2020"}).content.decode().split("2020 年见于记录的叫法")[1].split("</ul>")[0]


@pytest.mark.parametrize("year", ["0", "abc", "1e3", "99999", "-99999", "١٩٤٩", "<script>", "'", "19 49", "%00"[:1] * 9])
def test_a_year_that_is_none_is_refused_in_words(world, client, year):
    answer = page(client, world.place, {"year": year})
    assert answer.status_code == 200 and "年份应为整数" in answer.content.decode()
    assert "<script>" not in answer.content.decode().split("</head>")[1].split("<script")[0]


def test_the_text_of_a_story_is_text(world, client):
    from placenames.services.archive_writing import Cited, save_text
    from tests.placenames.archive_world import publish

    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e\u0007{{ 7|add:7 }}"
    written = save_text(world.writer, world.place, "doubts", evil, [Cited(world.made["document"].pk)])
    assert written.body == "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}"
    publish(world, written)
    text = page(client, world.place).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;{{ 7|add:7 }}" in text


def test_addresses_last(world, client):
    key = key_for(world.place)
    assert client.get(f"/names/{key.lower()}/")["Location"] == f"/names/{key}/"
    # A division is one thing with its place: the place's address leads to it.
    described = PlaceName.objects.create(division=world.county)
    answer = client.get(f"/names/{key_of('P', described.pk)}/")
    assert (answer.status_code, answer["Location"]) == (308, f"/names/{key_of('D', world.county.pk)}/")
    # By code: today's and former ones.
    assert client.get("/names/code/419901/")["Location"] == f"/names/{key_of('D', world.county.pk)}/"
    assert client.get("/names/code/419909/").status_code == 404
    # Merged: for good to the other, which says so; undone, it answers for itself again.
    twice = PlaceName.objects.create()
    PlaceNameRecord.objects.filter(pk=world.record.pk).update(code="41990110022200000001")
    row = PlaceNameRecord.objects.get(pk=world.record.pk)
    row.pk, row.place, row.code, row.name = None, twice, "", "栀子屋"
    row.save()
    merged = name_collections.merge(world.writer, twice, world.place, "与栀子坞为同一处")
    answer = client.get(f"/names/{key_for(twice)}/")
    assert (answer.status_code, answer["Location"]) == (308, f"/names/{key}/?merged={key_for(twice)}")
    assert "已并入本条" in client.get(answer["Location"]).content.decode()
    assert "已并入本条" not in page(client, world.place, {"merged": "P1D"}).content.decode()
    name_collections.unmerge(world.writer, merged, "实为两处")
    assert "栀子屋" in client.get(f"/names/{key_for(twice)}/").content.decode()
    assert client.get("/names/code/41990110022200000001/")["Location"] == f"/names/{key}/"


def test_what_is_no_more_answers_and_says_so(world, client):
    source = make_source()
    ended = LONG_AGO.replace(year=2010)
    old = make_division("旧岗乡", parent=world.county, valid=(LONG_AGO, ended))
    new = make_division("新岗镇", parent=world.county, valid=(ended, None), type="town")
    Lineage.objects.create(
        predecessor=old,
        successor=new,
        on=ended,
        kind="merged_into",
        recorded=DivisionRecord.objects.first().recorded,
        source=source,
    )
    text = client.get(f"/names/{key_of('D', old.pk)}/").content.decode()
    assert "自 2010-01-01 起不再设置" in text and f"/names/{key_of('D', new.pk)}/" in text
    PlaceNameRecord.objects.filter(place=world.place).update(status="cancelled")
    assert "已经销名" in page(client, world.place).content.decode()


def test_known_and_unknown_are_said(world, client):
    NameForm.objects.create(
        place=world.place, text="支子坞", kind="former", years=NumericRange(1600, 1700), source=make_source(),
        recorded=NameForm.objects.first().recorded,
    )  # fmt: skip
    text = page(client, world.place).content.decode()
    for words in ("没有读音录音", "何时开始使用这个名称", "同一时期有两种说法", "普查登记与本档案的说法不同"):
        assert words in text, words
    for words in ("没有位置", "没有登记来历", "没有照片"):
        assert words not in text, words


def test_many_names_are_judged_as_one_is(world, client):
    """The rows for lists and downloads hold exactly what has a page of its own."""
    from django.contrib.auth.models import AnonymousUser

    from gis.errors import NotFoundError

    rows = {one.key for one in public_names_in(None)}
    for key in [key_for(one) for one in PlaceName.objects.all()] + [key_of("D", world.county.pk), key_of("D", world.province.pk)]:
        try:
            shown = find_subject(key, AnonymousUser()).public
        except NotFoundError:
            shown = False
        assert (key in rows) == shown, key
    assert len(rows) == 4 and {one.name for one in public_names_in([world.county.pk])} == {NAME, "东县"}


def test_doors_to_the_office_open_for_who_may_go_through(world, client, logged_in):
    """登记资料 for every duty, texts and 更名 for who keeps names there, a division's 更名 for who drafts its changes."""

    def doors(who, key) -> set[str]:
        text = who.get(f"/names/{key}/").content.decode()
        known = ("登记资料", "编辑档案", "撰写", "更名", "销名", "区划登记", "更名（区划变更）")
        return {one for one in known if re.search(rf">(<svg.*?</svg>)?\s*{one}\s*<", text)}

    place, county = key_for(world.place), key_of("D", world.county.pk)
    reader = logged_in(make_user("looks", (Duty.READER, world.county)))
    west = logged_in(make_user("westerly", (Duty.PLACE_NAME_OFFICER, world.other), (Duty.DIVISION_OFFICER, world.other)))
    drafter = logged_in(make_user("drafter", (Duty.DIVISION_OFFICER, world.county)))
    assert doors(client, place) == doors(client, county) == set()
    assert doors(reader, place) == doors(west, place) == {"登记资料"}
    assert doors(logged_in(world.writer), place) == {"登记资料", "编辑档案", "撰写", "更名", "销名"}
    assert doors(logged_in(world.reviewer), place) == {"登记资料", "编辑档案"}
    assert doors(reader, county) == doors(west, county) == {"登记资料", "区划登记"}
    assert doors(drafter, county) == {"登记资料", "区划登记", "更名（区划变更）"}
    for path in re.findall(r'<li><a href="([^"]+)"', logged_in(world.writer).get(f"/names/{place}/").content.decode()):
        assert logged_in(world.writer).get(path.replace("&amp;", "&")).status_code == 200, path
    PlaceNameRecord.objects.filter(place=world.place).update(status="cancelled")
    assert doors(logged_in(world.writer), place) == {"登记资料", "编辑档案", "撰写"}
