"""区划变更 through the browser's doors: list, page, paper and case, review, answers, enacting."""

from __future__ import annotations

import html
import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from boundaries.models import Decision, DecisionState, Division, DivisionRecord
from boundaries.rules.consultation import DEPARTMENTS
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import decision_review, decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, InvalidInputError
from tests.boundaries.decided import stated
from tests.factories import make_division, make_user, square

DAY = date(2026, 3, 1)
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def county() -> Division:
    county = make_division("某某县", 3, code="411799", geometry=square(114, 33, 0.2))
    for number, name in enumerate(("东岗乡", "西岗乡")):
        make_division(name, 4, parent=county, code=f"41179920{number}", geometry=square(114 + number * 0.1, 33, 0.1))
        make_division(f"{name[0]}村", 5, parent=township(name))
    return county


def township(name: str) -> Division:
    return Division.objects.get(pk=DivisionRecord.objects.on(DAY).get(name=name).division_id)


@pytest.fixture
def officer(county) -> User:
    return make_user("officer", (Duty.DIVISION_OFFICER, county))


@pytest.fixture
def reviewer(county) -> User:
    return make_user("reviewer", (Duty.REVIEWER, county))


def draft(county: Division, actor: User | None = None, **fields: object) -> Decision:
    new = {"ref": "town", "name": "东岗镇", "type": "town"}
    return decisions.create_draft(
        actor, county, [ActEntry("change_type", {"unit": township("东岗乡").pk, "new": new})], **stated(DAY, **fields)
    )


def page(client: Client, decision: Decision) -> str:
    response = client.get(reverse("decision", args=[decision.pk]))
    assert response.status_code == 200
    return re.sub(r"\s+", " ", html.unescape(response.content.decode()))


def test_the_page_tells_what_the_decision_does_and_what_the_rules_say(county, officer, logged_in) -> None:
    text = page(logged_in(officer), draft(county, case={}, approver=""))
    assert "撤销东岗乡，设立东岗镇，以原东岗乡的行政区域为东岗镇的行政区域" in text
    assert "没有写明审批机关；该项变更由省人民政府审批。" in text and "CHG-AUTH-01" in text
    assert "送审前须办" in text and "实施前须办" in text and "结案前须办" in text
    assert "待定，建议 411799100" in re.sub(r"<[^>]+>", "", text)
    assert "该项不得放行" in text


def test_the_list_shows_what_was_done_and_filters(county, officer, logged_in) -> None:
    draft(county, title="东岗设镇")
    client = logged_in(officer)
    text = client.get(reverse("decisions")).content.decode()
    assert "东岗设镇" in text and "撤销东岗乡，设立东岗镇" in text
    assert "东岗设镇" not in client.get(reverse("decisions"), {"state": "enacted"}).content.decode()
    assert "东岗设镇" in client.get(reverse("decisions"), {"year": "2026", "q": "豫政文"}).content.decode()
    assert client.get(reverse("decisions"), {"page": "x", "year": "²", "q": "%_"}).status_code == 200
    other = make_user("other", (Duty.DIVISION_OFFICER, make_division("别县", 3)))
    assert "东岗设镇" not in logged_in(other).get(reverse("decisions")).content.decode()


def complete(decision: Decision, officer: User) -> None:
    for document in DOCUMENT_CLASSES.values():
        if document.required:
            parts = [part.id for part in document.parts] + (["covers_all"] if document.id == "maps" else [])
            upload = SimpleUploadedFile(f"{document.id}.pdf", PDF, content_type="application/pdf")
            decisions.attach_file(officer, decision, upload, "", document_class=document.id, parts=parts)


def test_from_the_draft_to_the_register(county, officer, reviewer, logged_in) -> None:
    """The whole way over HTTP: state the case, hand to review, be asked, return, hand again, enact."""
    decision = draft(county, officer, case={})
    mine, theirs = logged_in(officer), logged_in(reviewer)
    step = lambda action: reverse("decision-step", args=[decision.pk, action])  # noqa: E731
    refused = mine.post(step("submit"), {"version": 1})
    assert refused.status_code == 409 and "缺少第1类材料：申请书" in refused.content.decode()

    form = {
        "version": 1, "title": "东岗设镇", "document_number": "豫政文〔2026〕1号", "approver": "河南省人民政府",
        "approved_on": "2026-02-01", "effective_on": "2026-03-01", "text": "设立东岗镇，实行镇管村体制。",
        "plan_author": "某某县人民政府", "seat-new-town": "东村", "code_determiner": "province", "code_document": "豫民文1号",
        **{f"opinion-{one.id}": "已回复" for one in DEPARTMENTS},
    }  # fmt: skip
    assert mine.post(reverse("decision-edit", args=[decision.pk]), form).status_code == 302
    decision.refresh_from_db()
    assert decision.case["seats"] == {"town": {"old": "", "new": "东村"}} and decision.version == 2
    complete(decision, officer)
    # What is left is a warning that nobody need answer, or none at all.
    assert mine.post(step("submit"), {"version": 2}).status_code == 302
    decision.refresh_from_db()
    assert decision.state == DecisionState.IN_REVIEW
    assert mine.post(step("enact"), {"version": 3, "fingerprint": decision.fingerprint}).status_code == 403

    assert theirs.post(reverse("decision-comment", args=[decision.pk]), {"text": "驻地请核对", "act": 1}).status_code == 302
    assert theirs.post(step("return"), {"version": 3}).status_code == 422
    assert theirs.post(step("return"), {"version": 3, "note": "驻地请核对"}).status_code == 302
    assert "驻地请核对" in page(mine, decision)
    assert mine.post(step("submit"), {"version": 4}).status_code == 302

    text = page(theirs, decision)
    decision.refresh_from_db()
    assert f'name="fingerprint" value="{decision.fingerprint}"' in text
    done = theirs.post(step("enact"), {"version": 5, "fingerprint": decision.fingerprint})
    assert done.status_code == 302
    decision.refresh_from_db()
    assert decision.state == DecisionState.ENACTED and decision.findings is not None
    assert DivisionRecord.objects.on(DAY).get(name="东岗镇").parent_id == county.pk
    assert [event.to_state for event in decision.events.all()] == ["draft", "in_review", "returned", "in_review", "enacted"]
    assert "固定" in page(mine, decision)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {
        "decision.create",
        "decision.update",
        "decision.submit",
        "decision.return",
        "decision.comment",
        "decision.enact",
    } <= actions


def test_what_moved_meanwhile_is_told_before_enacting(county, officer, reviewer, logged_in) -> None:
    decision = draft(county)
    client = logged_in(reviewer)
    page(client, decision)
    decision.refresh_from_db()
    seen = decision.fingerprint
    rename = decisions.create_draft(
        None, county, [ActEntry("rename", {"unit": township("东岗乡").pk, "name": "东山乡"})], **stated(DAY, title="更名")
    )
    decisions.enact(None, rename, decisions.preview(None, rename).fingerprint, redraw=False)
    answer = client.post(reverse("decision-step", args=[decision.pk, "enact"]), {"version": 1, "fingerprint": seen, "note": "x"})
    assert answer.status_code == 409
    text = html.unescape(answer.content.decode())
    assert "预览之后登记已有变动" in text and "东山乡" in text and "原先" in text and "现在" in text


def test_a_warning_is_answered_with_a_reason_and_a_block_is_not(county, officer, logged_in) -> None:
    decision = draft(county, case={}, approver="河南省民政厅", document_number="豫民行批〔2026〕1号")
    client = logged_in(officer)
    address = reverse("decision-answer", args=[decision.pk])
    given = {"rule": "CHG-AUTH-01", "code": "mandate_not_stated", "subject": "approver", "reason": "经省政府同意"}
    assert client.post(address, given | {"subject": "mandate"}).status_code == 302
    assert "经省政府同意" in page(client, decision)
    answer = decision.overrides.get()
    assert client.post(reverse("decision-unanswer", args=[decision.pk, answer.pk])).status_code == 302
    answer.refresh_from_db()
    assert answer.withdrawn_at is not None
    blocked = client.post(address, {"rule": "CHG-DOC-01", "code": "attachment_missing", "reason": "以后补"})
    assert blocked.status_code == 422 and "该项不得放行" in blocked.content.decode()
    gone = client.post(address, {"rule": "CHG-NAME-01", "reason": "x"})
    assert gone.status_code == 409


def test_chg_eth_01_gives_way_to_a_document_only(county, officer) -> None:
    make_division("中岗回族乡", 4, parent=county, code="411799209", type="ethnic_township", geometry=square(114, 33.1, 0.1))
    new = {"ref": "town", "name": "中岗回族镇", "type": "town"}
    act = ActEntry("change_type", {"unit": township("中岗回族乡").pk, "new": new})
    decision = decisions.create_draft(None, county, [act], **stated(DAY))
    rule = {"rule": "CHG-ETH-01", "code": "ethnic_town_name"}
    with pytest.raises(InvalidInputError) as caught:
        decision_review.answer_finding(officer, decision, **rule, reason="群众要求")
    assert caught.value.code == "override_refused"
    decision_review.answer_finding(officer, decision, **rule, reason="沿用历史名称", document="国民发〔2026〕1号")
    entry = AuditEntry.objects.get(action="decision.override")
    assert entry.reason == "沿用历史名称" and entry.after["document"] == "国民发〔2026〕1号"


def test_enacting_is_refused_while_a_block_stands(county) -> None:
    decision = draft(county, approver="某某县人民政府")
    with pytest.raises(ConflictError) as caught:
        decisions.enact(None, decision, decisions.preview(None, decision).fingerprint, reason="照办", redraw=False)
    assert caught.value.code == "rules_block"
    assert [one["rule"] for one in caught.value.details["findings"]] == ["CHG-AUTH-01"]
    assert not DivisionRecord.objects.filter(name="东岗镇").exists()


def test_nobody_edits_over_another(county, officer, logged_in) -> None:
    decision = draft(county)
    decisions.edit_draft(None, decision, 1, title="别人改的")
    form = {"version": 1, "title": "我的", "effective_on": "2026-03-01"}
    answer = logged_in(officer).post(reverse("decision-edit", args=[decision.pk]), form)
    assert answer.status_code == 422 and "别人刚刚改过" in answer.content.decode()
    decision.refresh_from_db()
    assert decision.title == "别人改的"


def test_a_statement_that_cannot_be_read_is_refused_at_its_field(county, officer, logged_in) -> None:
    decision = draft(county)
    form = {"version": 1, "title": "东岗设镇", "effective_on": "2026-03-01", "minority_share": "三成"}
    answer = logged_in(officer).post(reverse("decision-edit", args=[decision.pk]), form)
    assert answer.status_code == 422 and "minority_share" in answer.content.decode()


def test_in_review_the_acts_stand_and_the_reviewer_records_the_paper(county, officer, reviewer) -> None:
    decision = draft(county, officer)
    Decision.objects.filter(pk=decision.pk).update(state=DecisionState.IN_REVIEW)
    with pytest.raises(ConflictError):
        decisions.edit_draft(reviewer, decision, 1, [])
    edited = decisions.edit_draft(reviewer, decision, 1, document_number="豫政文〔2026〕8号")
    assert edited.document_number == "豫政文〔2026〕8号"


def test_files_are_taken_out_and_put_back(county, officer, logged_in) -> None:
    decision = draft(county)
    client = logged_in(officer)
    upload = SimpleUploadedFile("批复.pdf", PDF, content_type="application/pdf")
    assert client.post(reverse("decision-attach", args=[decision.pk]), {"file": upload, "title": "批复扫描件"}).status_code == 302
    attached = decision.files.get()
    address = reverse("decision-detach", args=[decision.pk, attached.pk])
    assert client.post(address).status_code == 302
    assert "已移出的材料" in page(client, decision)
    assert client.post(address).status_code == 409
    assert client.post(address, {"restore": 1}).status_code == 302
    attached.refresh_from_db()
    assert attached.removed_at is None


def test_a_draft_that_can_no_longer_be_carried_out_says_why(county, officer, logged_in) -> None:
    decision = draft(county)
    twin = draft(county)
    decisions.enact(None, twin, decisions.preview(None, twin).fingerprint, redraw=False)
    text = page(logged_in(officer), decision)
    assert "这份方案现在不能实施" in text and "不在册" in text


def test_english(county, officer, logged_in) -> None:
    client = logged_in(officer)
    client.post(reverse("set_language"), {"language": "en"})
    text = page(client, draft(county, case={}, approver=""))
    assert "The approving body is not stated" in text
    assert "abolish 东岗乡 and establish 东岗镇 with the same territory" in text
