"""The register of signs through its doors: pages and commands, drawings, what is missing, work orders, a change of divisions."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, timedelta

import openpyxl
import pypdf
import pytest
import segno
from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.indicator_values import values_for
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from placenames.models import ReportState, Sign, SignReport, SignState, SignTypeEdition, SignWork, WorkState
from placenames.rules.signs.types import FOLDER
from placenames.services.signs import editions, keeping, works
from placenames.services.signs.registering import Entry, Face, enter
from tests.boundaries.decided import stated
from tests.boundaries.field.world import photo
from tests.commands import run
from tests.factories import make_user
from tests.placenames.signs_world import X, Y, make_world

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def world():
    return make_world()


def street(world, **given):
    """A right sign of the east–west street at its western end, with what `given` says otherwise."""
    texts = {"chinese": given.pop("chinese", "建设路"), "roman": given.pop("roman", "JIÀNSHÈ LÙ")}
    face = Face(given.pop("ground", "blue"), texts)
    position = given.pop("position", (X - 0.01, Y + 0.0001))
    kept = {
        "type": "street",
        "place": world.east_west.pk,
        "division": None,
        **{k: given.pop(k) for k in ("type", "place", "division") if k in given},
    }
    return enter(None, Entry(**kept, position=Point(*position, srid=CGCS2000), faces=(face,), values=given))


def found(document, sign):
    return {one["code"] for row in document["signs"] if row["id"] == sign.pk for one in row["findings"]}


def test_an_officer_enters_looks_changes_and_takes_away(client, world):
    """From the empty list to the drawing, all over HTTP."""
    client.force_login(world.officer)
    assert "还没有登记地名标志" in client.get(reverse("signs")).content.decode()
    names = client.get(reverse("sign-names"), {"q": "建"}).json()["names"]
    assert [(one["name"], one["key"]) for one in names] == [("建设路", f"place:{world.east_west.pk}")]
    assert names[0]["look"] == pytest.approx([X - 0.01, Y, X + 0.01, Y])
    assert '"look": [114.0, 33.0, 114.2, 33.2]' in client.get(reverse("sign-new")).content.decode(), "the map opens on the county"
    form = {"name": "建设路", "named": names[0]["key"], "type": "street", "state": "standing", "lon": str(X - 0.01), "lat": str(Y),
            "ground": "green", "chinese": "建設路", "roman": "JIANSHE ROAD", "cost_yuan": "1350"}  # fmt: skip
    refused = client.post(reverse("sign-new"), {**form, "name": "没有路", "named": ""})
    assert refused.status_code == 422 and "登记中没有“没有路”" in refused.content.decode()
    page = client.post(reverse("sign-new"), form, follow=True).content.decode()
    sign = Sign.objects.get()
    assert sign.code == "BZ419921000001" and sign.area == world.township
    assert sign.position_grade == "indicative", "picked on a map, nobody has surveyed it"
    for words in ("JIÀNSHÈ LÙ", "不在通用规范汉字表", "地名的通名也用汉语拼音拼写", "应为蓝底", "类型的尺寸没有载入", "SIGN-04"):
        assert words in page, words
    assert client.get(reverse("sign-drawing", args=[sign.pk, "svg"])).status_code == 409, "no drawing without a size"

    seen = {"seen": sign.changed_at.isoformat(), "reason": "照牌面改正"}
    right = (
        form
        | seen
        | {"chinese": "建设路", "roman": "JIÀNSHÈ LÙ", "ground": "blue", "width_mm": "1200", "height_mm": "400", "code": sign.code}
    )
    page = client.post(reverse("sign-edit", args=[sign.pk]), right, follow=True).content.decode()
    assert "照牌面改正" in page and "应为蓝底" not in page
    stale = client.post(reverse("sign-edit", args=[sign.pk]), right)
    assert stale.status_code == 422 and "刚刚由他人更改" in stale.content.decode()

    editions.load_types(None, (FOLDER / "demo.toml").read_bytes(), "demo.toml")
    drawing = client.get(reverse("sign-drawing", args=[sign.pk, "pdf"]))
    box = pypdf.PdfReader(io.BytesIO(drawing.content)).pages[0].mediabox
    assert (round(float(box.width) / 72 * 25.4), round(float(box.height) / 72 * 25.4)) == (1200, 400)
    listed = client.get(reverse("signs"), {"q": "建设", "under": "419921"}).content.decode()
    assert sign.code in listed and "没有符合条件" not in listed
    assert "没有符合条件的标志" in client.get(reverse("signs"), {"q": "无"}).content.decode()
    assert client.get(reverse("signs"), {"view": "map"}).status_code == 200
    assert AuditEntry.objects.filter(action__startswith="sign.").count() == 2


def test_strangers_and_readers_change_nothing(client, world):
    sign = street(world)
    client.force_login(world.stranger)
    assert client.get(reverse("sign", args=[sign.pk])).status_code == 200
    assert client.get(reverse("sign-edit", args=[sign.pk])).status_code == 403
    form = {"name": "建设路", "type": "street", "state": "standing", "lon": str(X), "lat": str(Y)}
    assert client.post(reverse("sign-new"), form).status_code == 403
    assert client.post(reverse("sign-work-open", args=[sign.pk]), {"kind": "repair", "reason": "坏"}).status_code == 403
    client.force_login(make_user("chayue", (Duty.READER, world.county)))
    assert client.get(reverse("sign-new")).status_code == 403
    assert client.post(reverse("sign-found", args=[sign.pk]), {"state": "damaged"}).status_code == 403


def test_drawings_hold_outlines_the_layout_of_the_standard_and_a_code_that_is_read(client, world):
    """T3 on paper: 1000×600 with rows 360/240; figures of 350 mm; no text that needs a font."""
    from placenames.plates.plate import NotDrawableError, code_label, plan
    from placenames.rules.kinds import Kind
    from placenames.rules.signs.texts import Named, make
    from placenames.rules.signs.types import shipped
    from placenames.rules.spelling import spell

    compound, building = shipped().types["compound"], shipped().types["building"]
    drawn = plan(compound, make(compound, Named("龙湖花园", spell("龙湖花园", Kind.COMPOUND).spelling)))
    svg = drawn.svg().decode()
    assert "<text" not in svg and 'width="2834.6' in svg and 'height="1700.7' in svg
    text = pypdf.PdfReader(io.BytesIO(drawn.pdf(date(2026, 1, 1)))).pages[0]
    assert text.extract_text() == "" and "/Font" not in (text.get("/Resources") or {})
    boxes = {role: box for role, *box in drawn.boxes}
    assert boxes["chinese"][1] + boxes["chinese"][3] <= 360 <= boxes["roman"][1]
    made = make(building, Named("建设路", "Jiànshè Lù", number="106"))
    number = dict((role, box) for role, *box in plan(building, made).boxes)["number"]
    assert number[3] >= 350 - 1e-6 and number[0] >= 540 and number[0] + number[2] <= 900
    with pytest.raises(NotDrawableError) as cannot:
        plan(compound, make(compound, Named("龍湖花园", "Lónghú Huāyuán")))
    assert "not_standard_characters" in cannot.value.missing
    link = "https://diming.example/s/abc/"
    assert segno.make_qr(link, error="q").designator and code_label(link, "BZ1").svg().startswith(b"<?xml")


def test_check_signs_finds_sign_reg_01_sign_reg_02_and_sign_reg_03_between_signs(world):
    right = street(world)
    english = street(world, roman="JIANSHE ROAD", position=(X + 0.01, Y + 0.0001))
    twice = street(world, position=(X - 0.01, Y + 0.00012))
    far = street(world, position=(X, Y + 0.05))
    plain = street(world, roman="JIANSHE LU", position=(X + 0.002, Y + 0.0001))
    green = street(world, ground="green", position=(X + 0.004, Y + 0.0001))
    nameless = street(world, place=None, position=(X + 0.006, Y + 0.0001))
    status, document = run("check_signs", "--under", "419921")
    assert status == 0 and document["counts"]["checked"] == 7
    assert "duplicate" in found(document, right) and "duplicate" in found(document, twice)
    assert found(document, english) >= {"english_word", "two_spellings"}
    assert "far_from_place" in found(document, far) and "tones_missing" in found(document, plain)
    assert "ground_differs" in found(document, green) and found(document, nameless) >= {"name_unknown"}
    assert {"under", "on", "types", "counts", "signs"} == set(document)
    assert set(document["signs"][0]) >= {"id", "code", "name", "lon", "lat", "texts", "road_azimuth", "worst", "findings"}
    assert run("check_signs", "--under", "000000")[0] == 1


def test_gaps_are_wanted_less_standing_and_the_rate_feeds_the_standard(client, world):
    """STD-GEN-04: nobody types the rate once the register counts."""
    street(world)
    street(world, state=SignState.DAMAGED, position=(X + 0.01, Y))
    street(world, state=SignState.MISSING, position=(X, Y))
    status, document = run("sign_gaps", "--under", "419921")
    kinds = {key: (one["wanted"], one["set"]) for key, one in document["kinds"].items()}
    assert status == 0 and kinds == {
        "village": (1, 0),
        "road_end": (4, 2),
        "junction": (2, 0),
        "boundary": (0, 0),
        "compound": (1, 0),
    }
    assert document["counts"] == {"wanted": 8, "set": 2, "gaps": 6, "rate": 25.0}
    assert [one["order"] for one in document["gaps"]] == [1, 2, 3, 4, 5, 6] and document["way_m"] > 0
    assert all(one["lon"] and one["township_name"] == "象河乡" for one in document["gaps"])
    assert "sign_setting_rate" not in values_for(world.township, TODAY), "a register nobody answers for tells no rate"

    client.force_login(world.officer)
    page = client.get(reverse("sign-gaps")).content.decode()
    assert "25.0" in page and "台账未启用" in page and client.get(reverse("sign-gaps"), {"view": "map"}).status_code == 200
    client.post(reverse("sign-ledger"), {"under": "419921", "since": "2025-01-01", "basis": "普查验收"})
    value = values_for(world.township, TODAY)["sign_setting_rate"]
    assert value.computed and value.value == 25 and "应设 8 处，已设 2 处" in value.source
    key = re.search(r'name="gap" value="([^"]+)"', page)[1]
    client.post(reverse("sign-gaps-plan"), {"under": "419921", "gap": [key], "due_on": str(TODAY + timedelta(days=30))})
    work = SignWork.objects.get()
    assert work.sign.state == SignState.PLANNED and work.kind == "set"
    client.post(reverse("sign-gaps-plan"), {"under": "419921", "gap": [key]})
    assert SignWork.objects.count() == 1, "what is planned is not planned twice"
    assert b"wpt" in client.get(reverse("sign-gaps-export", args=["gpx"]), {"under": "419921"}).content
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("sign-gaps-export", args=["xlsx"]), {"under": "419921"}).content))
    assert [row[0] for row in book.worksheets[0].values][1:] == [1, 2, 3, 4, 5, 6]

    works.move(world.officer, work, WorkState.DONE, done_on=TODAY)
    work.sign.refresh_from_db()
    assert work.sign.state == SignState.STANDING and work.sign.installed_on == TODAY
    assert run("sign_gaps", "--under", "419921")[1]["counts"]["set"] == 3


def test_a_change_of_the_townships_type_makes_work_orders_for_its_signs(client, world):
    """SIGN-05 with the vector of T3: 象河乡 becomes 象河镇."""
    sign = street(world, type="township", place=None, division=world.township.pk, chinese="象河乡人民政府", roman="XIÀNGHÉ XIĀNG",
                  cost_yuan=1800)  # fmt: skip
    other = street(world)
    act = ActEntry("change_type", {"unit": world.township.pk, "new": {"ref": "n", "name": "象河镇", "type": "town"}})
    draft = decisions.create_draft(None, world.county, [act], **stated(TODAY))
    preview = decisions.preview(None, draft)
    impact = next(one for one in preview.document["impacts"] if one["kind"] == "signs")
    assert impact["count"] == 1 and impact["cost_yuan"] == "1800" and "SIGN-05" in impact["needs"]
    assert preview.document["cost"] == {"yuan": "1800", "uncosted": []}
    client.force_login(make_user("quhua", (Duty.DIVISION_OFFICER, world.county)))
    assert "费用估算合计 1,800 元" in client.get(reverse("decision", args=[draft.pk])).content.decode()
    decisions.enact(None, draft, preview.fingerprint, reason="试验", redraw=False)
    work = SignWork.objects.get()
    assert (work.sign, work.kind, work.rule, work.decision) == (sign, "reletter", "SIGN-05", draft) and "象河镇" in work.reason
    document = run("check_signs")[1]
    assert found(document, sign) >= {"renamed", "chinese_differs"} and "renamed" not in found(document, other)
    other.refresh_from_db()
    assert other.area_id not in (None, world.township.pk), "what stands in the township stands in the town now"
    works.move(world.officer, work, WorkState.DONE, done_on=TODAY)
    sign.refresh_from_db()
    assert sign.faces.get().texts.get(role="chinese").text == "象河镇人民政府" and sign.division_id != world.township.pk
    assert "renamed" not in found(run("check_signs")[1], sign)


def test_removing_a_sign_needs_authority_and_steps_have_an_order(world):
    """SIGN-05: the old sign is removed only with authority."""
    from gis.errors import ConflictError, InvalidInputError

    sign = street(world)
    work = works.open_order(world.officer, sign, works.Order("remove", "道路取消"))
    with pytest.raises(ConflictError):
        works.open_order(world.officer, sign, works.Order("remove", "道路取消"))
    with pytest.raises(InvalidInputError) as refused:
        works.move(world.officer, work, "done")
    assert refused.value.code == "authority_missing"
    works.move(world.officer, work, "done", authority="西政〔2026〕1号")
    sign.refresh_from_db()
    assert sign.state == SignState.REMOVED
    with pytest.raises(ConflictError):
        works.move(world.officer, work, "open")


def test_the_public_reports_through_the_code_and_is_moderated(client, world, settings):
    """SIGN-06, without a log-in, bounded, shown to nobody before the office has looked."""
    sign = street(world)
    address = reverse("sign-public", args=[sign.token])
    page = client.get(address).content.decode()
    assert "建设路" in page and "Jiànshè Lù" in page and "1350" not in page
    picture = SimpleUploadedFile("牌.jpg", photo(), content_type="image/jpeg")
    sent = client.post(address, {"what": "damaged", "text": "字掉了", "photo": picture})
    assert sent.status_code == 302
    assert client.post(address, {"what": "nothing"}).status_code == 422
    for number in range(4):
        assert client.post(address, {"what": "other", "text": str(number)}).status_code == 302
    assert client.post(address, {"what": "other", "text": "又"}).status_code == 429
    assert client.post(address, {"what": "other", "website": "x"}).status_code == 302 and SignReport.objects.count() == 5
    report = SignReport.objects.get(what="damaged")
    assert client.get(reverse("file-download", args=[report.photo_id])).status_code in (302, 404)

    client.force_login(world.stranger)
    assert "字掉了" not in client.get(reverse("sign-reports")).content.decode()
    assert client.post(reverse("sign-report-handle", args=[report.pk]), {"accept": "1"}).status_code == 403
    client.force_login(world.officer)
    page = client.get(reverse("sign-reports")).content.decode()
    assert "字掉了" in page and "SIGN-06" in page
    client.post(reverse("sign-report-handle", args=[report.pk]), {"accept": "1", "answer": "派人维修"})
    report.refresh_from_db()
    assert report.state == ReportState.ACCEPTED and report.work.kind == "repair"
    other = SignReport.objects.filter(what="other").first()
    assert client.post(reverse("sign-report-handle", args=[other.pk]), {}).status_code == 422
    assert "公众报修：字掉了" in client.get(reverse("sign-works")).content.decode()


def test_a_patrol_says_how_it_is_with_a_photo(client, world):
    sign = street(world)
    client.force_login(make_user("waiye", (Duty.FIELD_INSPECTOR, world.county)))
    upload = SimpleUploadedFile("牌.jpg", photo(), content_type="image/jpeg")
    client.post(reverse("sign-found", args=[sign.pk]), {"state": "damaged", "note": "撞弯", "photo": upload})
    sign.refresh_from_db()
    assert (sign.state, sign.checked_on, sign.photos.count()) == (SignState.DAMAGED, TODAY, 1)
    assert SignWork.objects.get().kind == "repair"
    client.post(reverse("sign-found", args=[sign.pk]), {"state": "standing"})
    assert sign.events.count() == 3
    with pytest.raises(keeping.InvalidInputError):
        keeping.found(world.officer, sign, "removed", TODAY)


def test_tables_go_out_and_come_in_unchanged_and_a_production_order_lists_what_lacks(client, world):
    street(world, set_by="=1+1")
    street(
        world,
        type="compound",
        place=world.compound.pk,
        chinese="龙湖花园",
        roman="LÓNGHÚ HUĀYUÁN",
        position=(X + 0.003, Y + 0.0031),
    )
    client.force_login(world.officer)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("signs-export", args=["xlsx"])).content))
    rows = list(book.worksheets[0].values)
    assert len(rows) == 3 and "'=1+1" in rows[1]
    archive = zipfile.ZipFile(io.BytesIO(client.get(reverse("signs-export", args=["shp"])).content))
    assert {name.split(".")[-1] for name in archive.namelist()} >= {"shp", "dbf", "shx", "prj", "cpg"}
    assert b"wpt" in client.get(reverse("signs-export", args=["gpx"])).content
    order = pypdf.PdfReader(io.BytesIO(client.get(reverse("signs-production", args=["pdf"])).content))
    sizes = [
        (round(float(page.mediabox.width) / 72 * 25.4), round(float(page.mediabox.height) / 72 * 25.4)) for page in order.pages
    ]
    assert sizes == [(210, 297), (1000, 600), (60, 70)], "the list, the one that can be drawn, its label"
    parts = openpyxl.load_workbook(io.BytesIO(client.get(reverse("signs-production", args=["xlsx"])).content))
    assert [row[-1] for row in parts.worksheets[0].values][1:] == ["类型的尺寸没有载入", None]


def test_an_office_loads_its_types_and_is_told_what_is_wrong(client, world, tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text('[table]\nid = "x"\ntitle = "x"\n[[type]]\nkey = "street"\nname = "街牌"\nwidth_mm = "宽"\n', "utf-8")
    status, document = run("load_sign_types", str(bad))
    assert status == 1 and "width_mm" in document["error"]["problems"][0]
    assert run("load_sign_types", str(FOLDER / "demo.toml"))[1]["changed"] is True
    assert run("load_sign_types", str(FOLDER / "demo.toml"))[1]["changed"] is False
    assert SignTypeEdition.objects.count() == 1
    client.force_login(world.officer)
    page = client.get(reverse("sign-types")).content.decode()
    assert "1200 × 400" in page and "不知道" in page
    upload = SimpleUploadedFile("t.toml", b"x")
    assert client.post(reverse("sign-types"), {"file": upload}).status_code == 403, "types hold for the whole register"
