"""Naming, renaming and cancelling cases through their pages and services, into the record of names on both clocks."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from boundaries import due
from boundaries.models import Level
from boundaries.rules.acts import ActKind
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.holidays import office_clock
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, DomainError, ForbiddenError, InvalidInputError
from gis.jobs import services as jobs
from gis.jobs.models import Job, JobState
from importers.services import staging
from placenames.models import NameForm, NamingCase, PlaceNameRecord
from placenames.rules.case_states import Action, Stage
from placenames.services import heritage, names, naming_cases, naming_package, naming_steps
from placenames.services.naming_findings import findings_of
from tests.boundaries.decided import stated
from tests.factories import make_division, make_user, square
from tests.importers.staged import checked, work
from tests.placenames.cases import TOLD, answered, approve, approved, listed, name_in_use, paper, road, step

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 2)
PARTS = ["过程", "范围", "主要意见", "处理情况"]


class World:
    def __init__(self) -> None:
        self.county = make_division("东县", Level.COUNTY, code="419901", geometry=square(114, 33, 0.5), seat=(114.2, 33.2))
        self.town = make_division(
            "甲镇", type="town", code="419901101", parent=self.county, geometry=square(114, 33), seat=(114.05, 33.05)
        )
        self.other = make_division("西县", Level.COUNTY, code="419902", geometry=square(115, 33, 0.5))
        self.officer = make_user("diming", (Duty.PLACE_NAME_OFFICER, self.county), organisation="东县民政局")
        self.reviewer = make_user("shenhe", (Duty.REVIEWER, self.county))
        self.stranger = make_user("waixian", (Duty.PLACE_NAME_OFFICER, self.other), (Duty.REVIEWER, self.other))


@pytest.fixture
def world() -> World:
    return World()


def versions(place: int) -> list[tuple[str | None, str, Any, Any]]:
    """(name, status, legal from, legal to) of what we hold of a place, in the order of legal time."""
    rows = PlaceNameRecord.objects.current().filter(place=place).order_by("valid")
    return [(row.name, row.status, row.valid.lower, row.valid.upper) for row in rows]


# --- the whole way ------------------------------------------------------------------------------------------------------


def test_a_roads_naming_from_the_form_to_the_public_notice(world, logged_in):
    """NAME-FIL-01, NAME-NOT-01, NAME-NOT-02, NAME-STD-01."""
    name_in_use("育材路", world.town, at=(114.06, 33.05))
    officer, reviewer = logged_in(world.officer), logged_in(world.reviewer)
    page = officer.get(reverse("naming-case-new"), {"act": "naming"})
    assert page.status_code == 200
    assert "419901" in page.content.decode()
    live = officer.get(
        reverse("naming-check"), {"name": "育才路", "kind": "road", "area": "419901101", "at": "114.05 33.05"}
    ).json()
    (alike,) = next(one for one in live["findings"] if one["rule"] == "NAME-HOM-01")["with"]
    assert alike["name"] == "育材路"
    assert 920 < alike["distance_m"] < 945  # a hundredth of a degree at 33°N
    assert live["spelling"] == "Yùcái Lù"
    given = {
        "act": "naming", "kind": "road", "area": "419901101", "name": "育才路", "place_class": "23514",
        "approver_kind": "government", "coordinates": "114.05 33.05\n114.06 33.051", **TOLD,
    }  # fmt: skip
    saved = officer.post(reverse("naming-case-new"), given)
    case = NamingCase.objects.get()
    assert saved["Location"] == reverse("naming-case", args=[case.pk])

    def post(client: Client, view: str, *more: Any, **data: Any) -> Any:
        case.refresh_from_db()
        return client.post(reverse(view, args=[case.pk, *more]), {"version": case.version, **data})

    assert post(officer, "naming-case-step", "submit").status_code == 409  # the homophone is not explained yet
    assert post(officer, "naming-case-answer", rule="NAME-HOM-01", code="homophone", reason="相距较远").status_code == 302
    assert post(officer, "naming-case-attach", paper_class="application", file=paper("申请书.pdf")).status_code == 302
    assert post(officer, "naming-case-step", "submit").status_code == 302
    assert post(reviewer, "naming-case-step", "return", note="请补规模").status_code == 302
    edit = officer.get(reverse("naming-case-edit", args=[case.pk]))
    assert "114.050000 33.050000" in edit.content.decode()
    assert post(officer, "naming-case-edit", **{**given, "scale": "长2千米"}).status_code == 302
    assert post(officer, "naming-case-step", "submit").status_code == 302
    assert post(reviewer, "naming-case-step", "pass").status_code == 302
    today = timezone.localdate()
    refused = post(reviewer, "naming-case-step", "approve", approver="东县人民政府", approved_on=today.isoformat())
    assert (refused.status_code, "必填" in refused.content.decode()) == (422, True)
    decided = {"approver": "东县人民政府", "document_number": "东政文〔2026〕1号", "approved_on": today.isoformat()}
    assert post(reviewer, "naming-case-step", "approve", **decided).status_code == 302
    case.refresh_from_db()
    record = case.made
    assert (record.name, record.status, record.begins, record.published) == ("育才路", "standard", "decided", False)
    assert (record.proper_name, record.generic_name, record.spelling) == ("育才", "路", "Yùcái Lù")
    assert (record.valid.lower, record.valid.upper) == (today, None)
    assert record.source.document_number == "东政文〔2026〕1号"
    assert case.evaluation["findings"][0]["answer"]["reason"] == "相距较远"
    assert [one.subject for one in due_kind("naming")] == [f"{case.number} 育才路"] * 2

    assert Client().get(reverse("naming-notice", args=[case.number])).status_code == 404
    assert post(officer, "naming-case-step", "announce", issuer="东县民政局", announced_on=today.isoformat()).status_code == 302
    public = Client().get(reverse("naming-notice", args=[case.number]))
    words = public.content.decode()
    assert public.status_code == 200
    assert all(part in words for part in ("育才路", "Yùcái Lù", "东县甲镇", TOLD["position"], "东县人民政府", today.isoformat()))
    assert case.number in Client().get(reverse("naming-notices")).content.decode()
    assert PlaceNameRecord.objects.current().get(place=record.place).published

    assert post(officer, "naming-case-step", "file", filed_with="某市民政局", filed_on=today.isoformat()).status_code == 302
    case.refresh_from_db()
    assert case.state == "closed"
    assert list(case.events.values_list("to_state", flat=True))[-1] == "closed"
    assert due_kind("naming") == []
    package(officer, case)
    actions = AuditEntry.objects.filter(action__startswith="naming.").values_list("action", flat=True)
    assert {"naming.create", "naming.answer", "naming.approve", "naming.announce", "naming.file", "naming.package"} <= set(actions)


def due_kind(key: str) -> list[due.DueItem]:
    kind = next(one for one in due.kinds() if one.key == key)
    return list(kind.provider(office_clock()))


def package(client: Client, case: NamingCase) -> None:
    """Notice and filing package: Word papers that open, the filed files, and a manifest of all of them."""
    address = reverse("naming-case-package", args=[case.pk])
    assert client.get(address).status_code == 302, "nothing is kept yet: back to the page"
    asked = client.post(address)
    assert asked["Location"].endswith("#package")
    client.post(address)
    job = NamingCase.objects.get(pk=case.pk).package_job
    assert Job.objects.filter(kind="naming.package").count() == 1, "asked for twice, made once"
    card = client.get(address, {"part": "1"}).content.decode()
    assert "<progress" in card and "every 1s" in card, "a page opened anew tells how far it is"
    naming_package.run(job, case.pk)
    jobs.finish(job, JobState.DONE)
    assert "下载备案材料" in client.get(reverse("naming-case", args=[case.pk])).content.decode()
    answer = client.get(address)
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        names = archive.namelist()
        manifest = json.loads(archive.read("manifest.json"))
        report = Document(io.BytesIO(archive.read("01_备案报告.docx")))
        form = Document(io.BytesIO(archive.read("02_地名备案登记表.docx")))
    assert any("申请书" in name for name in names)
    assert sorted(one["path"] for one in manifest["files"]) == sorted(set(names) - {"manifest.json"})
    assert "某市民政局" in "".join(one.text for one in report.paragraphs)
    cells = [cell.text for row in form.tables[0].rows for cell in row.cells]
    assert "育才路" in "".join(cells) and "41990110123514000001" in cells, "the code is in the form that is filed"
    case.refresh_from_db()
    naming_cases.add_paper(case.created_by, case, case.version, "filing", paper(), "回执")
    assert not naming_package.standing_of(case).fresh
    notice = Document(io.BytesIO(client.get(reverse("naming-case-notice", args=[case.pk])).content))
    assert "命名“育才路”" in "".join(one.text for one in notice.paragraphs)


# --- both clocks --------------------------------------------------------------------------------------------------------


def test_a_renaming_keeps_the_old_name_and_is_taken_back_on_the_recording_clock_only(world):
    """NAME-REN-01: a renaming states its reason; what it replaced stays, as a record and as a former form."""
    old = name_in_use("柳树庄", world.town, "22200", begins="decided")
    case = naming_cases.create_case(world.officer, act="renaming", place=old.place, name="柳河庄", **TOLD)
    assert "NAME-REN-01" in {one.finding.rule for one in findings_of(case).due_at(Stage.SUBMIT) if not one.settled}
    naming_cases.update_case(world.officer, case, case.version, reason_kind="名不副实")
    case.refresh_from_db()
    case = approve(world.officer, world.reviewer, case, DAY)
    assert versions(old.place_id) == [("柳树庄", "in_use", date(2000, 1, 1), DAY), ("柳河庄", "standard", DAY, None)]
    former = NameForm.objects.current().get(place=old.place)
    assert (former.text, former.kind, former.years.lower, former.years.upper) == ("柳树庄", "former", 2000, 2027)
    known_before = PlaceNameRecord.objects.known_at(old.recorded.lower + timedelta(days=1)).get(place=old.place)
    assert (known_before.name, known_before.valid.upper) == ("柳树庄", None)

    later = DAY + timedelta(days=10)
    step(world.reviewer, case, Action.AMEND, note="文号录错", document_number="东政文〔2026〕9号", effective_on=later)
    assert versions(old.place_id) == [("柳树庄", "in_use", date(2000, 1, 1), later), ("柳河庄", "standard", later, None)]
    assert NameForm.objects.current().filter(place=old.place).count() == 1
    step(world.reviewer, case, Action.REVOKE, note="批准文件系另一地名")
    assert versions(old.place_id) == [("柳树庄", "in_use", date(2000, 1, 1), None)]
    assert not NameForm.objects.current().filter(place=old.place).exists()
    assert PlaceNameRecord.objects.filter(place=old.place).count() == 6  # nothing that was said is lost


def test_a_cancelled_name_stays_on_record_as_cancelled(world):
    held = name_in_use("清水桥", world.town, "23610")
    case = naming_cases.create_case(world.officer, act="cancelling", place=held.place, reason_kind="地理实体消失", **TOLD)
    naming_cases.add_paper(world.officer, case, case.version, "opinion", paper(), "意见", PARTS)
    case.refresh_from_db()
    approve(world.officer, world.reviewer, case, DAY)
    assert versions(held.place_id) == [("清水桥", "in_use", date(2000, 1, 1), DAY), ("清水桥", "cancelled", DAY, None)]
    with pytest.raises(InvalidInputError) as refused:
        naming_cases.create_case(world.officer, act="renaming", place=held.place, name="新桥")
    assert refused.value.code == "not_in_use"


def test_what_was_built_on_a_case_is_not_pulled_from_under(world):
    old = name_in_use("柳树庄", world.town, "22200")
    first = naming_cases.create_case(world.officer, act="renaming", place=old.place, name="柳河庄", reason_kind="名不副实", **TOLD)
    approve(world.officer, world.reviewer, first, DAY)
    second = naming_cases.create_case(world.officer, act="renaming", place=old.place, name="柳溪庄", reason_kind="名不副实", **TOLD)
    approve(world.officer, world.reviewer, second, DAY + timedelta(days=30))
    with pytest.raises(ConflictError) as refused:
        step(world.reviewer, first, Action.REVOKE, note="误登")
    assert refused.value.code == "record_was_changed"


def test_the_notice_of_a_housing_department_waits_for_the_filing(world):
    """条例第十四条: counted from the filing where another department approved."""
    case = naming_cases.create_case(world.officer, act="naming", kind="compound", area=world.town, name="桂花小区", **TOLD)
    assert "NAME-AUT-01" in {one.finding.rule for one in findings_of(case).judged if not one.settled}
    naming_cases.add_paper(
        world.officer, case, case.version, "opinion", paper(), "民政意见", ["过程", "范围", "主要意见", "处理情况"]
    )
    case.refresh_from_db()
    case = approve(world.officer, world.reviewer, case, DAY)
    with pytest.raises(ConflictError) as refused:
        step(world.officer, case, Action.ANNOUNCE, announced_on=DAY)
    assert refused.value.code == "file_first"
    step(world.officer, case, Action.FILE, filed_with="东县民政局", filed_on=DAY + timedelta(days=20))
    case.refresh_from_db()
    filing, notice = naming_steps.periods_of(case)
    assert (filing.state, notice.due.on) == ("late", DAY + timedelta(days=35))


# --- protection ---------------------------------------------------------------------------------------------------------


def test_name_ren_02_a_listed_name_changes_only_with_measures_stated(world):
    old = name_in_use("古槐庄", world.town, "22200")
    listing = listed(world.town, "traditional_village")
    listing.place = old.place
    listing.save()
    case = naming_cases.create_case(world.officer, act="renaming", place=old.place, name="新槐庄", reason_kind="名不副实", **TOLD)
    answered(world.officer, case)
    with pytest.raises(ConflictError) as refused:
        step(world.officer, case, Action.SUBMIT)
    assert "NAME-REN-02" in {one["rule"] for one in refused.value.details["findings"]}
    naming_cases.update_case(world.officer, case, case.version, measures="设立地名标志，原名用于村内道路。")
    assert step(world.officer, case, Action.SUBMIT).state == "submitted"


def test_name_ren_03_a_decision_that_breaks_an_ancient_town_is_warned_of(world):
    listing = listed(world.town, "ancient_town")
    new = {"ref": "new", "name": "甲街道", "type": "subdistrict"}
    act = ActEntry(ActKind.CHANGE_TYPE, {"unit": world.town.pk, "new": new})
    draft = decisions.create_draft(None, world.county, [act], **stated(DAY))
    told = {one["kind"]: one for one in decisions.preview(None, draft).document["impacts"]}
    assert "NAME-REN-03" in told["heritage_criteria"]["needs"]
    assert told["heritage_criteria"]["items"][0]["url"] == reverse("heritage-place", args=[listing.place_id])
    assert "heritage_names" not in told  # 甲 stays the proper name
    heritage.show(world.officer, listing, "settlement_age", year=-500, source="《某县志》第3页")
    standing = {row.criterion.key: row.standing for row in heritage.rows_of(listing)}
    assert (standing["settlement_age"], standing["is_town"], standing["buildings"]) == ("met", "met", "not_checked")
    with pytest.raises(ForbiddenError):
        heritage.show(world.stranger, listing, "name_age", year=900, source="县志")


# --- who may, and what is forged ----------------------------------------------------------------------------------------


def test_nobody_reviews_a_case_of_their_own_and_the_neighbours_see_nothing(world, logged_in):
    both = make_user("shuang", (Duty.PLACE_NAME_OFFICER, world.county), (Duty.REVIEWER, world.county))
    case = road(both, world.town, "人和路")
    answered(both, case)
    step(both, case, Action.SUBMIT)
    with pytest.raises(ForbiddenError):
        step(both, case, Action.PASS)
    assert step(world.reviewer, case, Action.PASS).state == "reviewed"
    outside = logged_in(world.stranger)
    assert outside.get(reverse("naming-case", args=[case.pk])).status_code == 403
    assert case.number not in outside.get(reverse("naming-cases")).content.decode()
    assert outside.post(reverse("naming-case-step", args=[case.pk, "approve"]), {"version": 3}).status_code == 403
    forged = {"act": "naming", "kind": "road", "area": "419901101", "name": "外路"}
    assert outside.post(reverse("naming-case-new"), forged).status_code == 403
    assert outside.get(reverse("naming-check"), forged).status_code == 403


def test_two_people_at_once_and_the_same_form_twice(world, logged_in):
    case = road(world.officer, world.town, "人和路")
    naming_cases.update_case(world.officer, case, case.version, meaning="甲")
    with pytest.raises(ConflictError) as refused:
        naming_cases.update_case(world.officer, case, case.version, meaning="乙")
    assert refused.value.code == "changed_meanwhile"
    given = {"act": "naming", "kind": "road", "area": "419901101", "name": "人和路", "approver_kind": "government"}
    again = logged_in(world.officer).post(reverse("naming-case-new"), given)
    assert (again.status_code, case.number in again.content.decode()) == (409, True)
    assert NamingCase.objects.count() == 1
    step(world.officer, case, Action.WITHDRAW, note="重报")
    logged_in(world.officer).post(reverse("naming-case-new"), given)
    assert NamingCase.objects.count() == 2
    with pytest.raises(ConflictError) as twice:
        step(world.officer, case, Action.RESTORE)
    assert twice.value.code == "case_under_way"


@pytest.mark.parametrize("name", ["=1+1路", "甲\x07路", "<b>路", "路" * 61, "", "甲\u202e路"])
def test_names_that_are_no_names_are_refused_and_kept_in_the_form(world, logged_in, name):
    given = {
        "act": "naming",
        "kind": "road",
        "area": "419901101",
        "name": name,
        "reasons": "新建 道路",
        "approver_kind": "government",
    }
    answer = logged_in(world.officer).post(reverse("naming-case-new"), given)
    assert (answer.status_code, NamingCase.objects.count()) == (422, 0)
    assert "新建 道路" in answer.content.decode()


@pytest.mark.parametrize(
    "forged",
    [
        {"kind": "town"}, {"kind": "village"}, {"kind": "zz"}, {"act": "seizing"}, {"approver_kind": "housing"},
        {"place_class": "21400"}, {"area": "419999"}, {"area": "x"}, {"coordinates": "33.05 114.05"}, {"coordinates": "115.2 33.1"},
        {"coordinates": "x" * 5000}, {"place": "9" * 30}, {"reasons": "甲" * 20_001},
    ],
)  # fmt: skip
def test_forged_posts_are_refused_in_words(world, logged_in, forged):
    given = {"act": "naming", "kind": "road", "area": "419901101", "name": "人和路", "approver_kind": "government"}
    answer = logged_in(world.officer).post(reverse("naming-case-new"), given | forged)
    assert answer.status_code in {404, 422}
    assert NamingCase.objects.count() == 0


def test_a_divisions_name_never_changes_here_and_the_page_says_where(world, logged_in):
    place = listed(world.town, "protected_name").place
    answer = logged_in(world.officer).get(reverse("naming-case-new"), {"act": "renaming", "place": place.pk})
    assert answer.status_code == 422
    assert "区划变更" in answer.content.decode()
    with pytest.raises(InvalidInputError) as refused:
        naming_cases.create_case(world.officer, act="renaming", place=place, name="乙镇")
    assert refused.value.details["division"] == world.town.pk
    found = logged_in(world.officer).get(reverse("naming-case-new"), {"act": "renaming", "q": "甲镇"})
    assert f"{reverse('decision-workbench-new')}?unit={world.town.pk}" in found.content.decode()


def test_a_refused_case_is_corrected_and_applied_for_again(world):
    case = road(world.officer, world.town, "人和路")
    answered(world.officer, case)
    step(world.officer, case, Action.SUBMIT)
    step(world.reviewer, case, Action.PASS)
    step(world.reviewer, case, Action.REFUSE, note="已另有规划名称")
    assert step(world.officer, case, Action.REVISE).state == "draft"
    assert approve(world.officer, world.reviewer, case, DAY).state == "approved"


def test_a_case_outlives_its_township(world, logged_in):
    done = approved(world.officer, world.reviewer, world.town, "人和路", DAY)
    draft = road(world.officer, world.town, "人寿路")
    new = {"ref": "new", "name": "甲街道", "type": "subdistrict"}
    act = ActEntry(ActKind.CHANGE_TYPE, {"unit": world.town.pk, "new": new})
    change = decisions.create_draft(None, world.county, [act], **stated(DAY + timedelta(days=1)))
    told = {one["kind"]: one for one in decisions.preview(None, change).document["impacts"]}
    assert [one["label"] for one in told["naming_cases"]["items"]] == [str(draft)]
    decisions.enact(None, change, decisions.preview(None, change).fingerprint, reason="试验", redraw=False)
    officer = logged_in(world.officer)
    assert done.number in officer.get(reverse("naming-cases")).content.decode()
    page = officer.get(reverse("naming-case", args=[draft.pk]))
    assert (page.status_code, "已不在册" in page.content.decode()) == (200, True)
    assert officer.get(reverse("naming-case-package", args=[done.pk])).status_code == 302
    with pytest.raises(DomainError):
        step(world.officer, draft, Action.SUBMIT)
    assert step(world.officer, draft, Action.WITHDRAW, note="区划已变").state == "withdrawn"
    assert logged_in(world.stranger).get(reverse("naming-case", args=[done.pk])).status_code == 403


def test_what_is_taken_back_says_so_at_its_address(world):
    case = approved(world.officer, world.reviewer, world.town, "人和路", DAY, announced=DAY)
    step(world.reviewer, case, Action.REVOKE, note="误登")
    page = Client().get(reverse("naming-notice", args=[case.number]))
    assert (page.status_code, "撤销" in page.content.decode()) == (200, True)
    assert versions(case.place_id) == []


def test_the_spelling_is_settled_by_a_person_where_a_reading_is_open(world):
    """PY-02: an automatic reading of a polyphone is never final."""
    case = road(world.officer, world.town, "长乐路")
    waiting = [one for one in findings_of(case).judged if one.finding.rule == "PY-02" and not one.settled]
    assert waiting
    answered(world.officer, case)
    assert approve(world.officer, world.reviewer, case, DAY).made.spelled_by == "person"


def test_what_a_table_corrected_and_gave_up_again_leaves_a_renaming_as_it_was(world, tmp_path):
    """A renaming can be taken back after a table corrected the new name and was undone; the old spelling is what it was."""
    old = name_in_use("柳树庄", world.town, "22200", spelling="Liǔshùzhuāng", spelled_by="source", code="41990110122200000007")
    case = naming_cases.create_case(
        world.officer, act="renaming", place=old.place, name="柳河庄", reason_kind="名不副实", spelling="Liǔhézhuāng", **TOLD
    )
    approve(world.officer, world.reviewer, case, DAY)
    keeper = make_user("quansheng", (Duty.PLACE_NAME_OFFICER, None))
    path = tmp_path / "表.csv"
    path.write_text("标准名称,地名类别,地名代码,罗马字母拼写\n柳河庄,22200,41990110122200000007,Liǔhé Zhuāng\n", "utf-8")
    batch = checked(keeper, path, "placenames", as_of="2026-05-01", level=None, authority=None, note=None, status="in_use")
    batch = work(staging.commit(keeper, batch))
    told = {row.name: row.spelling for row in PlaceNameRecord.objects.current().filter(place=old.place)}
    assert told == {"柳树庄": "Liǔshùzhuāng", "柳河庄": "Liǔhé Zhuāng"}, "the table is of the name in use, not of the one before"
    work(staging.undo(keeper, batch))
    step(world.reviewer, case, Action.AMEND, note="文号录错", document_number="东政文〔2026〕9号")
    told = {row.name: row.spelling for row in PlaceNameRecord.objects.current().filter(place=old.place)}
    assert told == {"柳树庄": "Liǔshùzhuāng", "柳河庄": "Liǔhézhuāng"}
    step(world.reviewer, case, Action.REVOKE, note="误登")
    (left,) = PlaceNameRecord.objects.current().filter(place=old.place)
    assert (left.name, left.spelling, left.spelled_by, left.code) == ("柳树庄", "Liǔshùzhuāng", "source", old.code)
    assert (left.valid.lower, left.valid.upper) == (date(2000, 1, 1), None)


def test_what_was_corrected_since_the_approval_stays_when_it_is_announced_amended_or_taken_back(world):
    """A correction of the record is no other decision: the case goes on, and nothing that was corrected is lost with it."""
    old = name_in_use("柳树庄", world.town, "22200")
    case = naming_cases.create_case(world.officer, act="renaming", place=old.place, name="柳河庄", reason_kind="名不副实", **TOLD)
    case = approve(world.officer, world.reviewer, case, DAY)
    names.correct_name(world.officer, case.made, {"meaning": "村旁柳河"}, "补录含义")
    former = PlaceNameRecord.objects.current().get(place=old.place, name="柳树庄")
    names.correct_name(world.officer, former, {"origin": "村口有柳"}, "补录来历")
    step(world.officer, case, Action.ANNOUNCE, announced_on=DAY, issuer="东县民政局")
    step(world.reviewer, case, Action.AMEND, note="日期录错", effective_on=DAY + timedelta(days=3))
    now = PlaceNameRecord.objects.current().get(place=old.place, name="柳河庄")
    assert (now.census.meaning, now.published, now.valid.lower) == ("村旁柳河", True, DAY + timedelta(days=3))
    step(world.reviewer, case, Action.REVOKE, note="误登")
    (left,) = PlaceNameRecord.objects.current().filter(place=old.place)
    assert (left.name, left.census.origin, left.valid.upper) == ("柳树庄", "村口有柳", None)
