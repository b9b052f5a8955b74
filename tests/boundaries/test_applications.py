"""Applications from the draft to the decision, through the services and through the pages."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from docx import Document

from boundaries.models import Application, ApplicationState, Division, DivisionRecord, Level
from boundaries.rules.application_states import EDGES, Action, State, edges_from
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.services import application_checks, applications, decisions, rule_sets
from boundaries.services.application_checks import COVERS_ALL
from gis.accounts.areas import areas_reached
from gis.accounts.models import Duty, User
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.decided import stated
from tests.factories import make_division, make_user, square

PLAN = {
    "proposed_name": "东岗镇",
    "proposed_type": "town",
    "affiliation": "某某县",
    "boundary_plan": "所辖行政区域不变",
    "seat_plan": "政府驻地不变，驻东岗村",
    "plan_author": "某某县人民政府",
    "reasons": "达到标准",
}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def county(db) -> Division:
    rule_sets.sync_shipped()
    return make_division("某某县", Level.COUNTY, code="411799", geometry=square(114, 33, 0.4))


@pytest.fixture
def township(county) -> Division:
    return make_division("东岗乡", parent=county, code="411799201", geometry=square(114, 33))


@pytest.fixture
def officer(county) -> User:
    return make_user("qh", (Duty.DIVISION_OFFICER, county), display_name="区划员")


@pytest.fixture
def reviewer(county) -> User:
    return make_user("sh", (Duty.REVIEWER, county), display_name="审核员")


@pytest.fixture
def draft(officer, township) -> Application:
    return applications.create_draft(officer, township, "town", **PLAN)


def pdf(name: str = "材料.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def fill_dossier(officer: User, application: Application) -> Application:
    for document in DOCUMENT_CLASSES.values():
        application.refresh_from_db()
        parts = [*(part.id for part in document.parts), *([COVERS_ALL] if document.id == "maps" else [])]
        applications.add_attachment(officer, application, application.version, document.id, pdf(), document.zh, parts)
    application.refresh_from_db()
    return application


def submitted(officer: User, application: Application) -> Application:
    application = fill_dossier(officer, application)
    applications.take_step(officer, application, application.version, Action.CHECK)
    application.refresh_from_db()
    return applications.take_step(officer, application, application.version, Action.SUBMIT, note="无正式标准，请审批机关裁量")


class TestTable:
    def test_every_edge_names_its_clause(self):
        assert all(edge.basis_zh and edge.basis_en for edge in EDGES)

    def test_decided_and_withdrawn_are_the_ends(self):
        assert edges_from(State.DECIDED) == edges_from(State.WITHDRAWN) == ()
        reachable = {edge.end for edge in EDGES}
        assert reachable == set(State)

    def test_the_model_knows_the_same_states(self):
        assert set(ApplicationState.values) == {state.value for state in State}


class TestDraft:
    def test_numbers_follow_each_other_within_a_year(self, officer, township):
        first = applications.create_draft(officer, township, "town", **PLAN)
        second = applications.create_draft(officer, township, "town", **PLAN)
        year = timezone.localdate().year
        assert [first.number, second.number] == [f"SQ-{year}-0001", f"SQ-{year}-0002"]

    def test_an_officer_of_another_county_may_not_draft(self, township):
        other = make_division("邻县", Level.COUNTY, code="411798")
        stranger = make_user("lin", (Duty.DIVISION_OFFICER, other))
        with pytest.raises(ForbiddenError):
            applications.create_draft(stranger, township, "town", **PLAN)
        assert not Application.objects.exists()

    def test_every_write_is_audited_with_before_and_after(self, officer, draft):
        applications.update_draft(officer, draft, draft.version, proposed_name="东冈镇")
        entry = AuditEntry.objects.filter(action="application.update").get()
        assert entry.before["proposed_name"] == "东岗镇" and entry.after["proposed_name"] == "东冈镇"
        assert entry.actor == officer and entry.area == draft.division_id

    def test_saving_nothing_new_writes_nothing(self, officer, draft):
        entries = AuditEntry.objects.count()
        assert applications.update_draft(officer, draft, draft.version, **PLAN).version == draft.version
        assert AuditEntry.objects.count() == entries

    def test_two_people_at_one_draft_the_second_is_told(self, officer, draft):
        applications.update_draft(officer, draft, draft.version, proposed_name="甲镇")
        with pytest.raises(ConflictError) as refusal:
            applications.update_draft(officer, draft, draft.version, proposed_name="乙镇")
        assert refusal.value.code == "changed_meanwhile"
        draft.refresh_from_db()
        assert draft.proposed_name == "甲镇"

    @pytest.mark.parametrize("text", ["长" * 200, "\x00镇"])
    def test_text_that_cannot_be_kept_changes_nothing(self, officer, draft, text):
        with pytest.raises(InvalidInputError) as refusal:
            applications.update_draft(officer, draft, draft.version, proposed_name=text)
        assert "proposed_name" in refusal.value.fields
        draft.refresh_from_db()
        assert draft.proposed_name == "东岗镇"


class TestDossier:
    def test_chg_doc_01_missing_classes_stop_the_submission(self, officer, draft):
        """CHG-DOC-01: each of the six required classes that is missing is named."""
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        with pytest.raises(InvalidInputError) as refusal:
            applications.take_step(officer, draft, draft.version, Action.SUBMIT, note="理由")
        problems = refusal.value.details["problems"]
        assert sum("缺少第" in problem for problem in problems) == 6
        draft.refresh_from_db()
        assert draft.state == State.CHECKED

    def test_chg_doc_03_both_maps_are_needed(self, officer, draft):
        """CHG-DOC-03: a maps document that shows only the plan is not enough."""
        applications.add_attachment(officer, draft, draft.version, "maps", pdf(), "方案图", ["plan_map", COVERS_ALL])
        draft.refresh_from_db()
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        found = [row for row in draft.evaluation["dossier"]["findings"] if row["rule"] == "CHG-DOC-03"]
        assert [row["subject"] for row in found] == ["pre_change_map"]

    def test_chg_doc_03_maps_must_show_every_unit(self, officer, draft):
        """CHG-DOC-03: both maps are there, but nobody said that they show all units of the change."""
        applications.add_attachment(officer, draft, draft.version, "maps", pdf(), "图", ["plan_map", "pre_change_map"])
        draft.refresh_from_db()
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        found = [row["code"] for row in draft.evaluation["dossier"]["findings"] if row["rule"] == "CHG-DOC-03"]
        assert found == ["map_incomplete", "map_incomplete"]

    def test_chg_eth_01_consultation_on_record_settles_it(self, officer, county):
        """CHG-ETH-01: an ethnic township needs the ethnic department's opinion; its town must not be a “民族镇”."""
        ethnic = make_division("榆坞回族乡", parent=county, type="ethnic_township", code="411799202")
        made = applications.create_draft(officer, ethnic, "town", **{**PLAN, "proposed_name": "榆坞回族镇"})

        def found() -> set[str]:
            frozen = application_checks.run(made, timezone.localdate()).frozen
            return {row["subject"] for row in frozen["plan"]["findings"] if row["rule"] == "CHG-ETH-01"}

        assert found() == {"name", "consultation"}
        made = applications.update_draft(
            officer, made, made.version, proposed_name="榆坞镇", ethnic_opinion="县民宗局 2026 年 3 月 2 日复函同意"
        )
        assert found() == set()

    def test_a_document_taken_out_can_be_put_back(self, officer, draft):
        attachment = applications.add_attachment(officer, draft, draft.version, "maps", pdf(), "图", ["plan_map"])
        draft.refresh_from_db()
        applications.remove_attachment(officer, draft, draft.version, attachment.pk)
        attachment.refresh_from_db()
        assert attachment.removed_at is not None
        draft.refresh_from_db()
        applications.restore_attachment(officer, draft, draft.version, attachment.pk)
        attachment.refresh_from_db()
        assert attachment.removed_at is None

    def test_adding_to_a_checked_application_makes_it_a_draft_again(self, officer, draft):
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        applications.add_attachment(officer, draft, draft.version, "maps", pdf(), "图", [])
        draft.refresh_from_db()
        assert draft.state == State.DRAFT and draft.evaluation is None

    def test_a_program_dressed_as_a_document_is_refused(self, officer, draft):
        disguised = SimpleUploadedFile("风险评估.pdf", b"MZ\x90\x00 not a pdf", content_type="application/pdf")
        with pytest.raises(InvalidInputError):
            applications.add_attachment(officer, draft, draft.version, "risk_assessment", disguised, "", [])
        assert not draft.attachments.exists()


class TestSteps:
    def test_std_00_without_an_official_standard_a_reason_must_be_written(self, officer, draft):
        """STD-00: advisory only, so no pass can be claimed; the officer's reason goes up with it."""
        draft = fill_dossier(officer, draft)
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        assert draft.evaluation["establishment"]["advisory"] is True
        with pytest.raises(InvalidInputError) as refusal:
            applications.take_step(officer, draft, draft.version, Action.SUBMIT)
        assert any("正式标准" in problem for problem in refusal.value.details["problems"])

    def test_the_evidence_is_frozen_at_submission(self, officer, draft, township):
        sent = submitted(officer, draft)
        frozen = sent.evaluation
        assert sent.state == State.SUBMITTED
        assert frozen["rule_set"]["toml"] and len(frozen["rule_set"]["sha256"]) == 64
        assert [one["sha256"] for one in frozen["dossier"]["attachments"]]
        make_division("东岗乡二", parent=None)  # the register moves on
        sent.refresh_from_db()
        assert sent.evaluation == frozen

    def test_nobody_edits_what_has_gone_up(self, officer, draft):
        sent = submitted(officer, draft)
        with pytest.raises(ConflictError):
            applications.update_draft(officer, sent, sent.version, proposed_name="改名镇")

    def test_the_whole_way_to_the_decision(self, officer, reviewer, draft):
        sent = submitted(officer, draft)
        returned = applications.take_step(reviewer, sent, sent.version, Action.RETURN, note="缺印章")
        again = applications.take_step(officer, returned, returned.version, Action.REVISE)
        assert again.state == State.DRAFT and again.evaluation is None
        applications.take_step(officer, again, again.version, Action.CHECK)
        again.refresh_from_db()
        sent = applications.take_step(officer, again, again.version, Action.SUBMIT, note="已补")
        taken = applications.take_step(reviewer, sent, sent.version, Action.ACCEPT)
        decided = applications.take_step(
            reviewer, taken, taken.version, Action.DECIDE, decision_number="豫民行批〔2026〕1号", decided_on=date(2026, 11, 1)
        )
        assert decided.state == State.DECIDED
        states = list(decided.events.values_list("to_state", flat=True))
        assert states == ["draft", "checked", "submitted", "returned", "draft", "checked", "submitted", "accepted", "decided"]

    def test_the_applicant_does_not_review(self, officer, draft):
        sent = submitted(officer, draft)
        with pytest.raises(ForbiddenError):
            applications.take_step(officer, sent, sent.version, Action.ACCEPT)

    def test_returning_needs_a_reason(self, officer, reviewer, draft):
        sent = submitted(officer, draft)
        with pytest.raises(InvalidInputError):
            applications.take_step(reviewer, sent, sent.version, Action.RETURN, note="  ")

    def test_a_decision_of_tomorrow_is_refused(self, officer, reviewer, draft):
        sent = submitted(officer, draft)
        taken = applications.take_step(reviewer, sent, sent.version, Action.ACCEPT)
        tomorrow = timezone.localdate() + timedelta(days=1)
        with pytest.raises(InvalidInputError):
            applications.take_step(reviewer, taken, taken.version, Action.DECIDE, decision_number="x", decided_on=tomorrow)

    def test_steps_off_the_table_are_refused(self, officer, draft):
        with pytest.raises(ConflictError):
            applications.take_step(officer, draft, draft.version, Action.DECIDE)


@pytest.mark.django_db(transaction=True)
def test_two_submissions_at_once_one_wins():
    rule_sets.sync_shipped()
    county = make_division("某某县", Level.COUNTY, code="411799", geometry=square(114, 33, 0.4))
    township = make_division("东岗乡", parent=county, code="411799201", geometry=square(114, 33))
    officer = make_user("qh", (Duty.DIVISION_OFFICER, county))
    application = applications.create_draft(officer, township, "town", **PLAN)
    outcomes: list[str] = []

    def check() -> None:
        try:
            applications.take_step(officer, Application.objects.get(pk=application.pk), 1, Action.CHECK)
            outcomes.append("done")
        except ConflictError:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=check) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", "refused"]
    assert application.events.filter(to_state="checked").count() == 1


class TestPages:
    @pytest.fixture
    def web(self, officer) -> Client:
        client = Client()
        client.force_login(officer)
        return client

    def test_from_the_form_to_the_word_document(self, web, township):
        address = reverse("application-new")
        page = web.get(address, {"division": township.pk, "target": "town"})
        assert "东岗镇" in page.content.decode()
        answer = web.post(address, {"division": township.pk, "target": "town", **PLAN})
        application = Application.objects.get()
        assert answer.url == reverse("application", args=[application.pk])
        page = web.get(answer.url)
        assert "CHG-DOC-01" in page.content.decode() and "仅供参考" in page.content.decode()
        paper = web.get(reverse("application-opinion", args=[application.pk]))
        text = _all_text(paper.content)
        for words in ("行政区划变更校核意见", "仅供参考", "东岗镇", "缺少第3类材料", "可能已被取代", "STD-00"):
            assert words in text
        assert "演示数据" not in text

    def test_a_refused_step_comes_back_with_the_reason_and_the_words_typed(self, web, officer, draft):
        draft = fill_dossier(officer, draft)
        applications.take_step(officer, draft, draft.version, Action.CHECK)
        draft.refresh_from_db()
        answer = web.post(
            reverse("application-step", args=[draft.pk, "withdraw"]), {"version": draft.version - 1, "note": "不再办理"}
        )
        assert answer.status_code == 409
        assert "不再办理" in answer.content.decode()

    def test_markup_in_a_name_is_shown_as_text(self, web, township):
        web.post(
            reverse("application-new"),
            {"division": township.pk, "target": "town", **PLAN, "proposed_name": "<script>alert(1)</script>镇"},
        )
        page = web.get(reverse("applications")).content.decode()
        assert "<script>alert(1)" not in page and "&lt;script&gt;" in page

    @pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30])
    def test_a_broken_version_gets_a_sentence(self, web, officer, draft, version):
        attachment = applications.add_attachment(officer, draft, draft.version, "maps", pdf(), "图", [])
        address = reverse("application-detach", args=[draft.pk, attachment.pk])
        assert web.post(address, {"version": version}).status_code == 422
        attachment.refresh_from_db()
        assert attachment.removed_at is None

    @pytest.mark.parametrize("query", [{}, {"division": "1", "target": "city"}, {"division": "１", "target": "town"}])
    def test_a_broken_address_gets_a_sentence(self, web, query, county):
        assert web.get(reverse("application-new"), query).status_code == 422


def _all_text(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_what_was_done_in_a_township_outlives_it_for_its_county(officer, reviewer, township, county, client):
    """Applications and decisions of a division that is no more stay with the county it lay in last, in lists and by address."""
    application = applications.create_draft(officer, township, "town", **PLAN)
    today = timezone.localdate()
    decision = decisions.create_draft(officer, township, [], **stated(today + timedelta(days=3)))
    village = make_division("东岗村", Level.VILLAGE, type="village_committee", code="411799201201", parent=township)
    DivisionRecord.objects.filter(division__in=[township, village]).update(valid=DateRange(date(2000, 1, 1), today))
    client.force_login(officer)
    for name, one in (("application", application), ("decision", decision)):
        assert client.get(reverse(name, args=[one.pk])).status_code == 200
    page = client.get(reverse("applications"))
    assert [(row.number, place) for row, place in page.context["rows"]] == [(application.number, "东岗乡")]
    assert [row.pk for row, _acts in client.get(reverse("decisions")).context["rows"]] == [decision.pk]
    assert areas_reached(officer, [Duty.DIVISION_OFFICER]) is None or village.pk in areas_reached(officer, [Duty.DIVISION_OFFICER])
    step = client.post(reverse("application-step", args=[application.pk, "submit"]), {"version": application.version})
    assert step.status_code in {404, 409, 422}, "it cannot go on, and says why on its page"
    other = make_division("某乙县", Level.COUNTY, code="411798")
    client.force_login(make_user("waixian", (Duty.DIVISION_OFFICER, other)))
    for name, one in (("application", application), ("decision", decision)):
        assert client.get(reverse(name, args=[one.pk])).status_code == 403
