"""The dossier of a decision and of an application: what is in it, what it says, who gets it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from urllib.parse import unquote

import docx
import pypdf
import pytest
import shapely
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from boundaries.documents.dossier import application_letter, basic_facts
from boundaries.models import Decision, DecisionState, Division, DivisionRecord
from boundaries.services import applications, corrections, decision_review, decisions, dossiers
from boundaries.services.change_evidence import evidence_of
from boundaries.services.change_maps import Side, publication
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.errors import ForbiddenError, InvalidInputError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.jobs.models import Job
from tests.boundaries.changes.test_enacting import DAY, below, draft, enact, to_town, unit
from tests.factories import make_source, make_user

PAPERS = ["01_申请书.docx", "02_基本情况.docx", "03_校核意见.docx", "06_附件清单.docx"]
MAPS = ["04_变更前行政区划图", "05_变更方案示意图"]
PDF = b"%PDF-1.4\n%%EOF\n"


@pytest.fixture
def officer(demo) -> User:
    return make_user("officer", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("演示市"))))


def opened(stored: StoredFile) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(files.read_bytes(stored)))


def words(content: bytes) -> str:
    paper = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    heads = [one.text for section in paper.sections for one in section.header.paragraphs]
    return "\n".join([*(one.text for one in paper.paragraphs), *cells, *heads])


def map_text(archive: zipfile.ZipFile, name: str) -> str:
    return pypdf.PdfReader(io.BytesIO(archive.read(f"{name}.pdf"))).pages[0].extract_text()


def paper(actor: User, decision: Decision, which: str) -> str:
    """The words of one paper alone: letter, facts or opinion."""
    contents = dossiers.contents_of_decision(decision, str(actor))
    return words(
        {"letter": application_letter, "facts": basic_facts}[which](contents.facts) if which != "opinion" else contents.opinion()
    )


def drawn(actor: User, decision: Decision, side: str) -> str:
    """The words on one map."""
    content = dossiers.decision_map(actor, decision, Side(side), "pdf", publication())
    return pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


def made(actor: User, decision: Decision) -> zipfile.ZipFile:
    return opened(dossiers.make_decision_dossier(actor, decision, publication()))


def file_it(actor: User, decision: Decision, name: str, kind: str, **options: Any) -> None:
    decisions.attach_file(actor, decision, SimpleUploadedFile(name, PDF), name, document_class=kind, **options)


# --- what is in it --------------------------------------------------------------------------------------------------------


def test_everything_is_there_and_the_manifest_tells_it_truly(officer):
    decision = draft(to_town("麦垄乡"), actor=officer)
    file_it(officer, decision, "风险：评估?.pdf", "risk_assessment")
    file_it(officer, decision, "批复.pdf", "")
    archive = made(officer, decision)
    inside = archive.namelist()
    assert archive.testzip() is None
    assert set(PAPERS) | {f"{one}.{form}" for one in MAPS for form in ("pdf", "png")} < set(inside)
    assert "附件/3_风险评估报告/01_风险：评估_.pdf" in inside and "附件/0_批复及后续文件/01_批复.pdf" in inside
    for one in archive.infolist():
        assert one.filename.isascii() or one.flag_bits & 0x800, "a name that is not ASCII says that it is UTF-8"
    manifest = json.loads(archive.read("manifest.json"))
    assert {one["path"] for one in manifest["files"]} == set(inside) - {"manifest.json"}
    for one in manifest["files"]:
        content = archive.read(one["path"])
        assert (one["size"], one["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert manifest["map"] == {"use": "internal", "approval": "", "stamp": "内部使用"}
    assert manifest["plan_fingerprint"] == decisions.preview(None, decision).fingerprint
    listed = words(archive.read("06_附件清单.docx"))
    risk = next(one for one in manifest["files"] if one.get("class") == "risk_assessment")
    assert risk["sha256"] in listed and "（3）风险评估报告" in listed and "（4）专家论证报告" in listed


def test_the_letter_asks_in_the_fixed_words_and_makes_nothing_up(officer):
    decision = draft(to_town("麦垄乡"), actor=officer)
    letter = paper(officer, decision, "letter")
    assert "现申请同意舆和县撤销麦垄乡设立麦垄镇，实行镇管村体制，所辖行政区域和政府驻地不变。" in letter
    assert "（未填写）" in letter and "河南省人民政府：" in letter
    facts = paper(officer, decision, "facts")
    assert facts.count("（未填写）") == 8, "the eight items of 第十三条第二项, none of them stated"
    assert "麦垄乡" in facts


def test_a_street_is_asked_for_in_its_own_words(officer):
    act = ActEntry("change_type", {"unit": unit("南畴镇"), "new": {"ref": "s", "name": "南畴街道", "type": "subdistrict"}})
    letter = paper(officer, draft(act, actor=officer), "letter")
    assert "撤销南畴镇设立南畴街道，实行城市管理体制，管辖范围为原南畴镇行政区域，街道办事处（机关）驻原南畴镇政府驻地" in letter


def test_what_was_stated_is_printed_as_it_was(officer):
    case = {
        "reasons": "=SUM(A1) 城镇化水平提高。\n第二段。",
        "facts": {"history": "明代置。"},
        "plan_author": "舆和县人民政府",
        "signed_by": ["甲县", "乙县"],
        "seats": {"town": {"old": "麦垄村", "new": "麦垄村"}},
        "opinions": [{"department": "finance", "document": "财政局函〔2026〕1号"}],
    }
    decision = draft(to_town("麦垄乡"), actor=officer)
    decision = decisions.edit_draft(officer, decision, decision.version, case=case)
    letter = paper(officer, decision, "letter")
    for text in (
        "=SUM(A1) 城镇化水平提高。",
        "第二段。",
        "舆和县人民政府",
        "甲县、乙县",
        "麦垄镇驻地",
        "财政：财政局函〔2026〕1号",
    ):
        assert text in letter, text
    assert "明代置。" in paper(officer, decision, "facts")


def test_the_opinion_tells_findings_with_basis_and_answers_and_stays_advisory(officer):
    decision = draft(to_town("麦垄乡"), actor=officer)
    decision_review.answer_finding(officer, decision, rule="CHG-CONS-01", subject="finance", reason="不涉及财政体制")
    opinion = paper(officer, decision, "opinion")
    assert "CHG-DOC-01" in opinion and "行政区划管理条例第十三条" in opinion and "须解决" in opinion
    assert "不涉及财政体制" in opinion and "未答复" in opinion
    assert "仅供参考" in opinion and "STD-00" in opinion and "河南省撤乡建镇标准（试行）" in opinion
    assert "由审批机关裁量" in opinion


# --- the maps -------------------------------------------------------------------------------------------------------------


def test_maps_tell_old_and_new_names_and_what_they_rest_on(officer):
    decision = draft(to_town("麦垄乡"), actor=officer)
    before, after = drawn(officer, decision, "before"), drawn(officer, decision, "after")
    assert "麦垄乡" in before and "（拟改为麦垄镇）" in before
    assert "麦垄镇" in after and "（原麦垄乡）" in after
    for text in (before, after):
        for part in (
            "内部使用",
            "演示数据",
            "资料来源",
            "2000国家大地坐标系",
            "中央经线114°E",
            "虚构",
            "比例尺",
            "图例",
            "榆坞回族乡",
        ):
            assert part in text, part
    assert "2026年2月28日" in before and "2026年3月1日起（方案，尚未批复）" in after


def test_villages_that_pass_on_are_named_and_those_that_follow_are_not(officer):
    gone = below(unit("望岫乡"))[:2]
    names = list(DivisionRecord.objects.on(DAY).filter(division__in=gone).values_list("name", flat=True))
    act = ActEntry("transfer_villages", {"villages": gone, "to": unit("南畴镇"), "from": unit("望岫乡")})
    decision = draft(act, actor=officer)
    assert all(name in drawn(officer, decision, "after") for name in names)
    assert "拟划转的村（居）或区域" in drawn(officer, decision, "before")
    letter = paper(officer, decision, "letter")
    assert f"将望岫乡的{'、'.join(names)}划归南畴镇管辖" in letter
    whole = drawn(officer, draft(to_town("麦垄乡"), actor=officer), "before")
    followers = DivisionRecord.objects.on(DAY).filter(parent=unit("麦垄乡")).values_list("name", flat=True)
    assert not any(name in whole for name in followers)


def test_without_geometry_there_is_a_table_and_not_an_empty_map(officer):
    DivisionRecord.objects.update(geometry=None, grade="", area_m2=None)
    decision = draft(to_town("麦垄乡"), actor=officer)
    for side in Side:
        text = drawn(officer, decision, side)
        assert "没有范围资料" in text and "麦垄" in text and "比例尺" not in text
    assert "未知" in paper(officer, decision, "letter")


@pytest.mark.parametrize(
    ("use", "approval", "code"),
    [
        ("public", "", "map_approval_missing"),
        ("public", "  ", "map_approval_missing"),
        ("web", "", "bad_map_use"),
        ("public", "豫S\x00", "bad_map_approval"),
    ],
)
def test_bnd_map_01_neither_internal_nor_a_number_is_refused(use, approval, code):
    with pytest.raises(InvalidInputError) as refused:
        publication(use, approval)
    assert refused.value.code == code


def test_bnd_map_01_a_public_map_says_its_number_and_the_trail_knows(officer):
    decision = draft(to_town("麦垄乡"), actor=officer)
    public = publication("public", "豫S〔2026〕001号")
    content = dossiers.decision_map(officer, decision, Side.AFTER, "pdf", public)
    text = pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    assert "审图号：豫S〔2026〕001号" in text and "内部使用" not in text
    entry = AuditEntry.objects.get(action="decision.map")
    assert entry.after == {"side": "after", "form": "pdf", "approval": "豫S〔2026〕001号"}
    assert publication("", "豫S〔2026〕001号").approval == "", "a map for internal use carries no number"


# --- frozen or current ------------------------------------------------------------------------------------------------------


def test_an_enacted_decision_is_told_as_it_was_frozen(officer):
    decision = enact(draft(to_town("麦垄乡"), actor=officer))
    seen = evidence_of(decision)
    for told, standing in zip(decision.plan["closed"], seen.before, strict=True):
        assert told["name"] == standing.name
        assert told["shape"] == hashlib.sha256(shapely.to_wkb(standing.geometry)).hexdigest()
    for told, standing in zip(decision.plan["opened"], seen.after, strict=True):
        assert told["shape"] == hashlib.sha256(shapely.to_wkb(standing.geometry)).hexdigest()
    first = paper(officer, decision, "letter")
    record = DivisionRecord.objects.on(DAY).get(name="麦垄镇")
    reviewer = make_user("reviewer", (Duty.REVIEWER, None))
    corrections.correct_record(reviewer, record, {"name": "麦香镇"}, reason="试验", source=make_source())
    assert DivisionRecord.objects.on(DAY).filter(name="麦香镇").exists()
    archive = made(officer, decision)
    assert words(archive.read("01_申请书.docx")) == first
    assert "麦垄镇" in map_text(archive, MAPS[1]) and "麦香镇" not in map_text(archive, MAPS[1])
    assert "已批复" in map_text(archive, MAPS[1])
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["frozen"] is True and manifest["plan_fingerprint"] == decision.fingerprint


# --- by the page ------------------------------------------------------------------------------------------------------------


def test_the_addresses(officer, logged_in):
    decision = draft(to_town("麦垄乡"), actor=officer)
    client = logged_in(officer)
    answer = client.get(reverse("decision-dossier", args=[decision.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "申报材料_演示批复" in unquote(answer["Content-Disposition"])
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).testzip() is None
    for side in ("before", "after"):
        for form, kind in (("pdf", "application/pdf"), ("png", "image/png")):
            answer = client.get(reverse("decision-map", args=[decision.pk, side, form]))
            assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert client.get(f"/decisions/{decision.pk}/map-beside.pdf").status_code == 404
    assert client.get(f"/decisions/{decision.pk}/map-after.svg").status_code == 404
    refused = client.get(reverse("decision-dossier", args=[decision.pk]), {"use": "public"})
    assert refused.status_code == 422 and "审图号" in refused.content.decode()
    assert client.get(reverse("decision-map", args=[decision.pk, "after", "pdf"]), {"paper": "a0"}).status_code == 422


def test_who_may_see_the_decision_may_fetch_its_dossier_and_nobody_else(officer, logged_in):
    decision = draft(to_town("麦垄乡"), actor=officer)
    stored = dossiers.make_decision_dossier(officer, decision, publication())
    reader = make_user("reader", (Duty.READER, Division.objects.get(pk=unit("演示市"))))
    other = make_user("other", (Duty.DIVISION_OFFICER, Division.objects.get(pk=unit("南畴镇"))))
    address = reverse("file-download", args=[stored.pk])
    assert logged_in(reader).get(address).status_code == 200
    assert logged_in(other).get(address).status_code == 403
    assert logged_in(other).get(reverse("decision-dossier", args=[decision.pk])).status_code == 403
    with pytest.raises(ForbiddenError):
        dossiers.make_decision_dossier(other, decision, publication())
    entry = AuditEntry.objects.get(action="decision.dossier")
    assert (entry.target_id, entry.after["made_of"]) == (str(stored.pk), decision.pk)


def test_a_large_one_is_made_in_the_queue(officer, logged_in, monkeypatch):
    decision = draft(to_town("麦垄乡"), actor=officer)
    file_it(officer, decision, "报告.pdf", "risk_assessment")
    monkeypatch.setattr(dossiers, "AT_ONCE_BYTES", 5)
    answer = logged_in(officer).get(reverse("decision-dossier", args=[decision.pk]))
    job = Job.objects.get(kind=dossiers.DOSSIER_JOB)
    assert answer.status_code == 302 and answer["Location"] == reverse("job-detail", args=[job.pk])
    result = dossiers.run(job, subject_kind="decision", pk=decision.pk, use="internal", approval="", paper="a4")
    assert opened(StoredFile.objects.get(pk=result["file"])).testzip() is None
    job.state, job.result = "done", result
    job.save()
    page = logged_in(officer).get(reverse("job-detail", args=[job.pk])).content.decode()
    assert reverse("file-download", args=[result["file"]]) in page


# --- an application ---------------------------------------------------------------------------------------------------------


def test_an_application_gets_the_same_package(officer, logged_in):
    area = Division.objects.get(pk=unit("麦垄乡", timezone.localdate()))
    application = applications.create_draft(
        officer, area, "town", proposed_name="麦垄镇", proposed_type="town", reasons="人口增长。", facts="基本情况一段。"
    )
    applications.add_attachment(
        officer, application, application.version, "application", SimpleUploadedFile("申请.pdf", PDF), "申请书", []
    )
    application.refresh_from_db()
    answer = logged_in(officer).get(reverse("application-dossier", args=[application.pk]))
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
    assert {*PAPERS, "manifest.json", "附件/1_申请书/01_申请.pdf"} < set(archive.namelist())
    letter = words(archive.read("01_申请书.docx"))
    assert "现申请同意舆和县撤销麦垄乡设立麦垄镇，实行镇管村体制，所辖行政区域和政府驻地不变。" in letter and "人口增长。" in letter
    assert "基本情况一段。" in words(archive.read("02_基本情况.docx"))
    assert application.number in words(archive.read("03_校核意见.docx"))
    assert "（拟改为麦垄镇）" in map_text(archive, MAPS[0]) and "（原麦垄乡）" in map_text(archive, MAPS[1])
    assert json.loads(archive.read("manifest.json"))["frozen"] is False


def test_a_decision_told_by_lists_has_a_dossier_that_says_so(demo):
    chief = make_user("chief", (Duty.REVIEWER, None))
    decision = enact(draft(to_town("麦垄乡")))
    Decision.objects.filter(pk=decision.pk).update(plan={"imported": True, "fingerprint": "x"}, findings=None)
    decision.refresh_from_db()
    assert decision.state == DecisionState.ENACTED
    archive = made(chief, decision)
    assert "本批复由历年名单导入" in words(archive.read("03_校核意见.docx"))
    assert "麦垄镇" in map_text(archive, MAPS[1]) and "（原麦垄乡）" in map_text(archive, MAPS[1])
    assert evidence_of(decision).eve == DAY - timedelta(days=1)
