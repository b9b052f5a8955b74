"""Writing the archive through the doors staff have: drafts, review, two at once, photos, suggestions, collections, downloads."""

from __future__ import annotations

import csv
import io
import json
from itertools import count

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F

from boundaries.models import DivisionRecord, Source
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.models import ThrottleCount
from gis.services import throttle
from placenames.archive_subject import key_for
from placenames.models import ArchiveMedia, ArchiveText, HeritageListing, NameCollection, NameForm, PlaceNameRecord, Suggestion
from placenames.services import search_index
from tests.factories import make_user
from tests.placenames.archive_world import NAME, photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(world):
    return f"/archive/{key_for(world.place)}/"


ADDRESSES = count(1)


def download(client, form: str) -> str:
    """Each from an address of its own: six a minute are the most for one."""
    answer = client.get(f"/open-data/{form if '.' in form else f'names.{form}'}", REMOTE_ADDR=f"10.1.0.{next(ADDRESSES)}")
    return b"".join(answer.streaming_content).decode()


def rows_of(text: str) -> list[dict[str, str]]:
    return [one for one in csv.DictReader(io.StringIO(text.lstrip("\ufeff"))) if one["name"] == NAME]


def latest(world, kind="meaning"):
    return ArchiveText.objects.filter(place=world.place, kind=kind).latest("number")


def test_from_a_draft_to_the_public_page_and_back(world, room, client, logged_in):
    writer, reviewer = logged_in(world.writer), logged_in(world.reviewer)
    document = world.made["document"].pk

    # A text without a source is saved, but not submitted.
    form = {"body": "栀子满坞，因以为名。", "seen": "0", "based_on": ""}
    assert writer.post(f"{room}text/meaning/", form)["Location"] == room
    text = latest(world)
    step = {"id": text.pk, "seen": text.version, "step": "submit"}
    refused = writer.post(f"{room}step-text/", step)
    assert refused.status_code == 422 and "请先注明出处" in refused.content.decode()
    # Saved by somebody else in the meantime: both are shown, nothing is lost; saved again, mine counts.
    writer.post(f"{room}text/meaning/", {**form, "body": "栀子满坞。", "seen": text.version})
    mine = {"body": "栀子满坞，因以为名也。", "seen": str(text.version), "document": document, f"pages_{document}": "第 9 页"}
    conflict = writer.post(f"{room}text/meaning/", mine)
    shown = conflict.content.decode()
    assert conflict.status_code == 409 and "<ins>，因以为名也</ins>" in shown and 'name="seen" value="2"' in shown
    writer.post(f"{room}text/meaning/", {**mine, "seen": "2", "submit": "1"})
    text = latest(world)
    assert (text.body, text.state, text.version) == ("栀子满坞，因以为名也。", "submitted", 4)
    assert writer.post(f"{room}text/meaning/", {**mine, "seen": "4"}).status_code == 409, "under review"

    # Its writer does not publish it, nor does a reviewer of another county; a reviewer does, once.
    publish = {"id": text.pk, "seen": text.version, "step": "publish"}
    assert writer.post(f"{room}step-text/", publish).status_code == 403
    assert logged_in(make_user("west", (Duty.REVIEWER, world.other))).post(f"{room}step-text/", publish).status_code == 403
    both = make_user("both", (Duty.REVIEWER, world.county), (Duty.PLACE_NAME_OFFICER, world.county))
    ArchiveText.objects.filter(pk=text.pk).update(changed_by=both)
    own = logged_in(both).post(f"{room}step-text/", publish)
    assert own.status_code == 403 and "自己写的要由别人审核" in own.content.decode()
    ArchiveText.objects.filter(pk=text.pk).update(changed_by=world.writer)
    assert "栀子满坞，因以为名也。" not in client.get(f"/names/{key_for(world.place)}/").content.decode()
    assert reviewer.post(f"{room}step-text/", publish).status_code == 302
    assert reviewer.post(f"{room}step-text/", publish).status_code == 409, "the state has moved on"
    page = client.get(f"/names/{key_for(world.place)}/").content.decode()
    assert "栀子满坞，因以为名也。" in page and "第 9 页" in page

    # A new version begins from the public one and replaces it; differences are shown; the old one can be begun from again.
    changed = {"body": "栀子满坞，故名。", "seen": "0", "based_on": text.pk, "document": document, "submit": "1"}
    assert writer.post(f"{room}text/meaning/", {**changed, "based_on": ""}).status_code == 409, "begun from something older"
    writer.post(f"{room}text/meaning/", changed)
    second = latest(world)
    shown = reviewer.get(room).content.decode()
    assert "<del>因以为</del><ins>故</ins>名<del>也</del>" in shown
    reviewer.post(f"{room}step-text/", {"id": second.pk, "seen": second.version, "step": "return", "note": ""})
    assert latest(world).state == "submitted", "a return says why"
    reviewer.post(f"{room}step-text/", {"id": second.pk, "seen": second.version, "step": "publish"})
    text.refresh_from_db()
    assert (text.state, latest(world).state) == ("replaced", "published")
    assert "栀子满坞，因以为名也。" in writer.get(f"{room}text/meaning/?from={text.pk}").content.decode()

    # Taken down at once by who keeps it; put up again by a reviewer only.
    second.refresh_from_db()
    down = {"id": second.pk, "seen": second.version, "step": "withdraw", "note": "待核"}
    writer.post(f"{room}step-text/", down)
    assert "栀子满坞，故名。" not in client.get(f"/names/{key_for(world.place)}/").content.decode()
    up = {"id": second.pk, "seen": second.version + 1, "step": "restore"}
    assert writer.post(f"{room}step-text/", up).status_code == 403
    assert reviewer.post(f"{room}step-text/", up).status_code == 302
    assert "栀子满坞，故名。" in client.get(f"/names/{key_for(world.place)}/").content.decode()
    assert AuditEntry.objects.filter(action="archive.step").count() >= 6


@pytest.mark.parametrize(
    ("name", "content", "kind", "code"),
    [
        ("图.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "photo", "content_not_as_named"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "photo", "file_kind_not_accepted"),
        ("图.html", b"<html><script>alert(1)</script>", "photo", "file_kind_not_accepted"),
        ("图.jpg", b"\xff\xd8\xff\xe0GIF89a<html><script>alert(1)</script>", "photo", "photo_damaged"),
        ("图.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 90, "photo", "photo_damaged"),
        ("音.mp3", b"<html><script>alert(1)</script>", "audio", "not_a_recording"),
        ("音.wav", b"RIFF\0\0\0\0WAVEfmt ", "audio", "recording_damaged"),
        ("图.jpg", b"", "photo", "empty_file"),
    ],
)
def test_what_is_no_photo_or_recording_is_refused(world, room, logged_in, name, content, kind, code):
    given = {"file": SimpleUploadedFile(name, content), "kind": kind, "caption": "说明"}
    before = ArchiveMedia.objects.count()
    answer = logged_in(world.writer).post(f"{room}media/", given)
    assert answer.status_code == 422 and ArchiveMedia.objects.count() == before, code


def test_a_photo_with_something_behind_it_is_shown_without(world, room, client, logged_in, settings):
    hidden = b"PK\x03\x04<script>alert('behind')</script>"
    upload = SimpleUploadedFile("图.jpg", photo() + hidden)
    logged_in(world.writer).post(f"{room}media/", {"file": upload, "kind": "photo", "caption": "坞口"})
    made = ArchiveMedia.objects.latest("pk")
    logged_in(world.reviewer).post(f"{room}step-media/", {"id": made.pk, "seen": made.version, "step": "publish"})
    sent = b"".join(client.get(f"/names/media/{made.pk}/large").streaming_content)
    assert b"behind" not in sent and b"PK\x03\x04" not in sent
    # Beyond the limit nothing is kept.
    settings.UPLOAD_LIMIT_BYTES = 10
    big = SimpleUploadedFile("大.jpg", photo() + b"\0" * (31 * 1024 * 1024))
    answer = logged_in(world.writer).post(f"{room}media/", {"file": big, "kind": "photo", "caption": "大"})
    assert answer.status_code == 422 and "上限" in answer.content.decode()


def test_a_photos_words_have_drafts_versions_and_review(world, room, client, logged_in):
    writer, reviewer = logged_in(world.writer), logged_in(world.reviewer)
    public, photo_then = f"/names/{key_for(world.place)}/", world.made["photo"]
    edit = f"{room}media/{photo_then.pk}/"

    # Brought as a draft: nobody outside sees it, and it can be said anew before it goes to review.
    given = {"file": SimpleUploadedFile("图.jpg", photo()), "kind": "photo", "caption": "坞口石板", "draft": "1"}
    writer.post(f"{room}media/", given)
    draft = ArchiveMedia.objects.latest("pk")
    assert draft.state == "draft" and client.get(f"/names/media/{draft.pk}/large").status_code == 404
    writer.post(f"{room}media/{draft.pk}/", {"caption": "坞口石桥", "licence": "CC BY 4.0", "seen": "1", "submit": "1"})
    draft.refresh_from_db()
    assert (draft.caption, draft.state, draft.licence, draft.number) == ("坞口石桥", "submitted", "CC BY 4.0", 1)
    under_review = writer.post(f"{room}media/{draft.pk}/", {"caption": "改", "seen": str(draft.version)})
    assert under_review.status_code == 409 and "正在审核" in under_review.content.decode()
    reviewer.post(f"{room}step-media/", {"id": draft.pk, "seen": draft.version, "step": "publish"})
    assert "坞口石桥" in (shown := client.get(public).content.decode()) and "CC BY 4.0" in shown

    # A change of what is public is another version: the page stays until somebody else publishes it.
    form = {
        "caption": "老村口",
        "credit": "拍摄人孙某",
        "credit_open": "1",
        "licence": "CC BY-SA 4.0",
        "taken": "2024 年",
        "seen": "1",
    }
    assert "老村口" not in client.get(public).content.decode()
    for wrong, words in (({"caption": ""}, "请写说明"), ({"licence": "长" * 61}, "最多 60 字")):
        refused = writer.post(edit, {**form, **wrong})
        text = refused.content.decode()
        assert refused.status_code == 422 and words in text and 'value="2024 年"' in text, "what was typed is kept"
    assert writer.post(edit, form)["Location"] == f"{room}#media"
    second = ArchiveMedia.objects.latest("pk")
    assert (second.item, second.number, second.based_on, second.state) == (photo_then.item, 2, photo_then, "draft")
    assert second.shown_id == photo_then.shown_id and "老村口" not in client.get(public).content.decode()
    assert writer.post(edit, {**form, "caption": "第三"}).status_code == 409, "there is a draft already"
    assert writer.post(f"{room}media/{second.pk}/", {**form, "seen": "9", "caption": "晚一步"}).status_code == 409
    assert writer.post(f"{room}media/{second.pk}/", {**form}).status_code == 422, "nothing changed"
    writer.post(f"{room}step-media/", {"id": second.pk, "seen": second.version, "step": "submit"})
    seen = reviewer.get(room).content.decode()
    assert f"<del>{photo_then.caption}</del>" in seen and "<ins>老村口</ins>" in seen and "网页上现在是" in seen
    publish = {"id": second.pk, "seen": second.version + 1, "step": "publish"}
    assert writer.post(f"{room}step-media/", publish).status_code == 403
    assert reviewer.post(f"{room}step-media/", publish).status_code == 302
    text = client.get(public).content.decode()
    assert "老村口" in text and "拍摄人孙某" in text and "CC BY-SA 4.0" in text and photo_then.caption not in text
    photo_then.refresh_from_db()
    assert photo_then.state == "replaced" and client.get(f"/names/media/{photo_then.pk}/large").status_code == 200
    # Taken down, neither address shows it; the trail has what was said before.
    second.refresh_from_db()
    writer.post(f"{room}step-media/", {"id": second.pk, "seen": second.version, "step": "withdraw", "note": "待核"})
    assert {client.get(f"/names/media/{one.pk}/small").status_code for one in (photo_then, second)} == {404}
    assert AuditEntry.objects.filter(action="archive.media.save").count() == 2
    other = logged_in(make_user("far", (Duty.PLACE_NAME_OFFICER, world.other)))
    assert other.get(edit).status_code == other.post(edit, form).status_code == 403


def test_a_readers_suggestion_from_the_page_to_the_answer_and_a_draft(world, room, client, logged_in):
    address = f"/names/{key_for(world.place)}/suggest/"
    given = {"part": "history", "body": "县志第 9 页另有一说。<script>", "evidence": "县志", "contact": "13900000000"}
    sent = client.post(address, given)
    made = Suggestion.objects.get()
    assert sent["Location"] == f"/suggestions/?number={made.number}" and "127.0.0.1" not in made.sender
    shown = client.get(sent["Location"]).content.decode()
    assert made.number in shown and "待处理" in shown and "13900000000" not in shown and "另有一说" not in shown
    for surface in (f"/names/{key_for(world.place)}/", f"/api/names/{key_for(world.place)}"):
        assert "13900000000" not in client.get(surface).content.decode()
    # A filled honeypot is thanked and forgotten; what is too short, too long or of no kind is refused in words.
    assert client.post(address, {**given, "website": "http://spam.example"}).status_code == 302
    assert Suggestion.objects.count() == 1
    for wrong in ({"body": "短"}, {"body": "长" * 1001}, {"part": "nothing"}, {"contact": "长" * 101}):
        assert client.post(address, {**given, **wrong}).status_code == 422
    assert client.post(f"/names/{key_for(world.unpublished)}/suggest/", given).status_code == 404

    writer = logged_in(world.writer)
    assert "另有一说" in writer.get("/archive/").content.decode() and "13900000000" in writer.get(room).content.decode()
    told = {"id": made.pk, "how": "accept"}
    assert writer.post(f"{room}answer/", {**told, "answer": ""}).status_code == 422
    writer.post(f"{room}answer/", {**told, "answer": "已核对县志，将补入沿革。"})
    assert writer.post(f"{room}answer/", {**told, "answer": "再答"}).status_code == 409
    page = client.get(f"/suggestions/?number={made.number.lower()}").content.decode()
    assert "已采纳" in page and "已核对县志，将补入沿革。" in page and world.writer.display_name not in page
    assert "另有一说" in writer.get(f"{room}text/history/?suggestion={made.number}").content.decode()
    writer.post(f"{room}text/history/", {"body": "另有一说。", "seen": "0", "suggestion": made.number})
    made.refresh_from_db()
    assert made.draft is not None and made.draft.kind == "history"
    assert writer.post(f"{room}reopen/", {"id": made.pk}).status_code == 409, "a draft was begun from it"
    assert "没有这个编号" in client.get("/suggestions/?number=AAAAA-AAAAA").content.decode()


def test_floods_are_stopped(world, client, settings):
    address = f"/names/{key_for(world.place)}/suggest/"
    given = {"part": "other", "body": "请核对这一条"}
    answers = [client.post(address, given, REMOTE_ADDR="10.0.0.1").status_code for _ in range(6)]
    assert answers == [302] * 5 + [429] and Suggestion.objects.count() == 5
    assert client.post(address, given, REMOTE_ADDR="10.0.0.2").status_code == 302
    settings.SUGGESTIONS_PER_DAY = 6
    assert client.post(address, given, REMOTE_ADDR="10.0.0.3").status_code == 429

    settings.SEARCHES_PER_MINUTE = 3
    asked = [client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR="10.0.0.4") for _ in range(4)]
    assert [one.status_code for one in asked] == [200] * 3 + [429]
    assert asked[-1].json()["error"]["code"] == "too_many_requests" and asked[-1]["Retry-After"] == "60"
    assert client.get("/names/", {"q": "东"}, REMOTE_ADDR="10.0.0.4").status_code == 429
    assert client.get("/names/", REMOTE_ADDR="10.0.0.4").status_code == 200, "looking at the empty page is no search"
    assert client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR="10.0.0.5").status_code == 200
    # What another server process counts is counted here: the table is all that is kept, and a window that is over is begun anew.
    counts = ThrottleCount.objects.all()
    assert {one.asked for one in counts} == {1, 3} and "10.0.0.4" not in repr(counts.values())
    counts.update(asked=3)
    assert client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR="10.0.0.5").status_code == 429
    counts.update(window=F("window") - 1)
    assert client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR="10.0.0.5").status_code == 200
    counts.update(window=F("window") - 2)
    throttle.forget()
    assert not counts.exists()
    # One connection has a whole /64 of IPv6.
    six = [client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR=f"2001:db8::{at:x}").status_code for at in range(4)]
    assert six == [200] * 3 + [429]
    client.force_login(world.writer)
    assert client.get("/api/names/search", {"q": "东"}, REMOTE_ADDR="10.0.0.4").status_code == 200


def test_collections_and_downloads_hold_public_names_only(world, client, logged_in, settings):
    writer = logged_in(world.writer)
    made = writer.post("/archive/collections/new/", {"title": "古名", "slug": "old-names", "heritage": "traditional_village"})
    assert made["Location"] == "/archive/collections/old-names/"
    assert client.get("/collections/old-names/").status_code == 404, "not public yet"
    members = "/archive/collections/old-names/members/"
    for place in (world.place, world.unpublished, world.secret):
        writer.post(members, {"key": key_for(place), "note": f"注{place.pk}注"})
    listed = PlaceNameRecord.objects.get(place=world.unpublished)
    HeritageListing.objects.create(
        place=world.unpublished, kind="traditional_village", recorded=listed.recorded, source=listed.source
    )
    fields = {"title": "古名", "heritage": "traditional_village", "published": "1", "seen": "1"}
    assert writer.post("/archive/collections/old-names/", fields).status_code == 302
    assert writer.post("/archive/collections/old-names/", fields).status_code == 409, "changed since it was seen"
    page = client.get("/collections/old-names/").content.decode()
    assert NAME in page and f"注{world.place.pk}注" in page
    surfaces = {"collection": page}
    every = client.get("/collections/").content.decode()
    assert "古名" in every and "1 个地名" in every, "what is not public is not counted"
    # The register of the test came as a data set of others: without leave nothing of it, not even what lay in what.
    assert rows_of(download(client, "areas.csv")) == [] and rows_of(download(client, "names.csv"))[0]["area"] == ""
    settings.OPEN_DATASETS = [DivisionRecord.objects.filter(division=world.county).get().source.title]
    for query in ("", "?collection=old-names", "?within=419901"):
        for form in ("names.csv", "names.geojson", "forms.csv", "areas.csv"):
            surfaces[form + query] = download(client, f"{form}{query}")
            assert NAME in surfaces[form + query] and "CC BY 4.0" in surfaces[form + query], (form, query)
    for surface, text in surfaces.items():
        for hidden in ("未公开沟", "秘密洞", "撰写人赵某", *(world.told[one] for one in (
            ("census", "registered_by"), ("census", "note"), ("record", "location_source"), ("draft", "body"),
            ("withdrawn", "body"), ("document", "informant"), ("media", "credit (closed)"), ("source", "details"),
            ("form", "note"), ("entry_source", "title"),
        ))):  # fmt: skip
            assert hidden not in text, (surface, hidden)
    [row] = rows_of(surfaces["names.csv"])
    assert row["origin"] == world.told["text", "body"] and row["meaning"] == world.told["census", "meaning"]
    assert row["source"] == world.told["source", "title"] and row["licence"] == "CC BY 4.0"
    features = json.loads(surfaces["names.geojson?collection=old-names"])
    assert features["licence"] == "CC BY 4.0" and features["features"][0]["geometry"]["coordinates"] == [113.5186, 33.9033]
    # Years and history, with their columns told; the same in GeoJSON within the name.
    assert (row["since"], row["begins"], row["year_from"], row["year_to"], row["area"]) == (
        "2014-07-01",
        "observed",
        "2014",
        "",
        "某省 › 东县",
    )
    told = [(one["form"], one["kind"], one["year_from"], one["year_to"]) for one in rows_of(surfaces["forms.csv"])]
    assert told == [(world.told["form", "text"], "former", "1368", "1644"), (NAME, "standard", "2014", "")]
    lay = rows_of(surfaces["areas.csv?within=419901"])
    assert [(one["area"], one["year_from"], one["year_to"], one["until"]) for one in lay] == [("某省 › 东县", "2014", "", "")]
    inner = features["features"][0]["properties"]
    assert [one["form"] for one in inner["forms"]] == [one[0] for one in told] and inner["lay_in"][0]["area"] == "某省 › 东县"
    package = client.get("/open-data/datapackage.json").json()
    for one in package["resources"]:
        columns = [field["name"] for field in one["schema"]["fields"]]
        assert surfaces[f"{one['name']}.csv"].lstrip("\ufeff").splitlines()[0].split(",") == columns
        page = client.get("/open-data/").content.decode()
        assert all(field["description"] in page for field in one["schema"]["fields"])

    # Somebody else's data stays out until the office says that it may be passed on; without a licence there is no download.
    other = Source.objects.create(kind="dataset", title="他人数据集")
    PlaceNameRecord.objects.filter(pk=world.record.pk).update(source=other)
    for form in ("names.csv", "forms.csv", "areas.csv"):
        assert NAME not in download(client, form), form
    PlaceNameRecord.objects.filter(pk=world.record.pk).update(source=listed.source)
    NameForm.objects.filter(place=world.place).update(source=other)
    assert NAME in download(client, "forms.csv") and world.told["form", "text"] not in download(client, "forms.csv")
    PlaceNameRecord.objects.filter(pk=world.record.pk).update(source=other)
    settings.OPEN_DATASETS = ["他人数据集"]
    assert NAME in download(client, "csv")
    PlaceNameRecord.objects.filter(pk=world.record.pk).update(name="=1+1")
    search_index.rebuild()
    assert "\r\nP" in (told := download(client, "csv"))
    assert ",=1+1," not in told and "=1+1" in told
    settings.OPEN_DATA_LICENCE = ""
    assert client.get("/open-data/names.csv", REMOTE_ADDR="10.0.0.8").status_code == 404
    assert "暂不提供下载" in client.get("/open-data/").content.decode()

    # Taken out and put back.
    member = NameCollection.objects.get().members.get(place=world.place)
    writer.post(members, {"out": member.pk})
    assert "=1+1" not in client.get("/collections/old-names/").content.decode()
    writer.post(members, {"back": member.pk})
    assert "=1+1" in client.get("/collections/old-names/").content.decode()
