"""A joint inspection from the plan to the filing: who may what, what revokes signatures, what is frozen."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction

from boundaries import policies
from boundaries.inspection_record import digest_of, record_of
from boundaries.models import InspectionEvent, JointInspection
from boundaries.rules.inspection_states import EDGES, Action
from boundaries.services import inspection_signing, inspections
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.inspections.conftest import YEAR, Border, sign, visit
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


def refused(call, *args, **kwargs):
    with pytest.raises((ConflictError, InvalidInputError)) as error, transaction.atomic():
        call(*args, **kwargs)
    return error.value.code


def test_either_side_plans_and_nobody_else(border: Border):
    for stranger in (border.stranger, border.reviewer["west"], border.inspector["west"]):
        with pytest.raises(ForbiddenError):
            inspections.plan(stranger, border.line, year=YEAR, lead=border.west.pk)
    held = inspections.plan(border.officer["east"], border.line, year=YEAR, lead=border.west.pk)
    assert (held.lead_id, held.partner_id, held.state) == (border.west.pk, border.east.pk, "planned")
    assert refused(inspections.plan, border.officer["west"], border.line, year=YEAR, lead=border.west.pk) == "inspection_open"
    assert refused(inspections.plan, border.chief, border.line, year=YEAR, lead=border.province.pk) == "lead_not_a_side"
    extra = inspections.plan(
        border.officer["west"],
        border.line,
        year=YEAR,
        lead=border.west.pk,
        kind="extra",
        occurrence="river",
        from_m=2000,
        to_m=5000,
    )
    assert [one["number"] for one in record_of(extra)["markers"]] == ["41990101Q", "41990102Q"]


def test_both_sides_and_those_above_see_it(border: Border, brought):
    held = brought("planned")
    for person in (*border.officer.values(), *border.reviewer.values(), *border.inspector.values(), border.chief):
        assert policies.may_view_inspection(person, held)
    assert not policies.may_view_inspection(border.stranger, held)
    third = make_division("南县", 3, parent=border.province)
    held.third = third
    assert policies.may_view_inspection(make_user("south", ("reader", third)), held)


def test_the_table_of_states_is_the_only_way(border: Border, brought):
    held = brought("planned")
    allowed = {edge.action for edge in EDGES if edge.start == "planned"}
    for action in set(Action) - allowed:
        assert refused(inspections.take_step, border.officer["west"], held, held.version, action, note="试") == "step_not_allowed"
    assert refused(inspections.take_step, border.officer["west"], held, held.version + 1, Action.START) == "changed_meanwhile"
    assert refused(inspections.take_step, border.officer["west"], held, held.version, Action.CANCEL) == "note_required"
    held = inspections.take_step(border.officer["west"], held, held.version, Action.CANCEL, note="改期")
    held = inspections.take_step(border.officer["east"], held, held.version, Action.RESTORE, note="照原计划")
    assert [one.action for one in InspectionEvent.objects.filter(inspection=held)] == ["plan", "cancel", "restore"]
    assert AuditEntry.objects.filter(action__startswith="inspection.").count() == 3


def test_bnd_ins_01_nobody_signs_before_everything_is_recorded(border: Border, brought):
    held = brought("planned")
    held = inspections.take_step(border.inspector["east"], held, held.version, Action.START)
    assert (
        refused(inspections.answer_content, border.officer["west"], held, held.version, "crossing", "found", " ")
        == "answer_without_words"
    )
    held = inspections.take_step(border.inspector["west"], held, held.version, Action.REVIEW)
    digest = digest_of(record_of(held))
    signing = {"side": border.west.pk, "name": "张某", "duty": "局长", "digest": digest}
    with pytest.raises(ConflictError) as error, transaction.atomic():
        inspection_signing.sign(border.reviewer["west"], held, held.version, **signing)
    assert error.value.code == "rules_block"
    assert {one["code"] for one in error.value.details["findings"]} == {"content_unanswered", "markers_not_visited"}


def test_each_side_signs_for_itself_only(border: Border, brought):
    held = brought("reviewing")
    signing = {"side": border.west.pk, "name": "张某", "duty": "局长", "digest": digest_of(record_of(held))}
    for person in (border.reviewer["east"], border.officer["west"], border.chief, border.stranger):
        with pytest.raises(ForbiddenError), transaction.atomic():
            inspection_signing.sign(person, held, held.version, **signing)
    assert (
        refused(inspection_signing.sign, border.reviewer["west"], held, held.version, **signing | {"name": " "})
        == "signature_incomplete"
    )
    assert (
        refused(inspection_signing.sign, border.reviewer["west"], held, held.version, **signing | {"digest": "0" * 64})
        == "record_changed"
    )
    sign(border, held, "west")
    held.refresh_from_db()
    assert held.state == "reviewing"
    assert refused(inspection_signing.sign, border.reviewer["west"], held, held.version, **signing) == "signed_already"
    # What the other side signed on paper is entered by who answers for the register, and says on what page.
    inspection_signing.sign(border.chief, held, held.version, **signing | {"side": border.east.pk, "paper": "签字页原件第3号"})
    held.refresh_from_db()
    assert held.state == "signed" and held.signatures.get(side=border.east).paper == "签字页原件第3号"


def test_three_sides_at_a_tri_point(border: Border, brought):
    held = brought("reviewing")
    third = make_division("南县", 3, parent=border.province)
    JointInspection.objects.filter(pk=held.pk).update(third=third)
    for side in ("west", "east"):
        sign(border, held, side)
    held.refresh_from_db()
    assert held.state == "reviewing"
    inspection_signing.sign(
        make_user("south", ("reviewer", third)), held, held.version,
        side=third.pk, name="李某", duty="副局长", digest=digest_of(record_of(held)),
    )  # fmt: skip
    held.refresh_from_db()
    assert held.state == "signed"


def test_a_disagreement_stops_the_signing_until_its_side_settles_it(border: Border, brought):
    held = brought("reviewing")
    with pytest.raises(ForbiddenError):
        inspection_signing.say(border.officer["east"], held, held.version, side=border.west.pk, text="不是本方")
    sign(border, held, "west")
    held.refresh_from_db()
    opinion = inspection_signing.say(border.officer["east"], held, held.version, side=border.east.pk, text="002号界桩已移位")
    held.refresh_from_db()
    assert not held.signatures.filter(revoked_at=None).exists()
    signing = {"name": "王某", "duty": "局长", "digest": digest_of(record_of(held))}
    assert (
        refused(inspection_signing.sign, border.reviewer["east"], held, held.version, side=border.east.pk, **signing)
        == "disagreement_open"
    )
    with pytest.raises(ForbiddenError):
        inspection_signing.settle(border.officer["west"], held, held.version, opinion.pk, "我方认为没有")
    inspection_signing.settle(border.reviewer["east"], held, held.version, opinion.pk, "双方重测，未移位")
    for side in ("west", "east"):
        sign(border, held, side)
    held.refresh_from_db()
    assert held.state == "signed"


@pytest.mark.parametrize("change", ["content", "team", "visit", "opinion"])
def test_a_later_change_revokes_what_was_signed(border: Border, brought, change):
    held = brought("signed")
    officer = border.officer["east"]
    if change == "content":
        inspections.answer_content(officer, held, held.version, "crossing", "found", "有一处骑线建房")
    elif change == "team":
        inspections.add_member(officer, held, held.version, side=border.east.pk, name="赵某")
    elif change == "opinion":
        inspection_signing.say(officer, held, held.version, side=border.east.pk, text="不同意")
    else:  # came by another way than these services: found when somebody wants to sign or file
        visit(held, border.markers[0], "damaged")
        filing = {"filed_with": "某省人民政府", "filed_on": date(YEAR, 6, 1), "by_all": True}
        assert refused(inspections.file, officer, held, held.version, **filing) == "rules_block"
        with transaction.atomic():
            locked = inspections.lock(held, None)
            assert inspection_signing.settle_stale(None, locked)
    held.refresh_from_db()
    assert held.state == "reviewing" and not held.signatures.filter(revoked_at=None).exists()
    last = InspectionEvent.objects.filter(inspection=held).last()
    assert last.action == "changed" and last.note


def test_an_answer_that_says_the_same_revokes_nothing(border: Border, brought):
    held = brought("signed")
    inspections.answer_content(border.officer["west"], held, held.version, "crossing", "clear")
    held.refresh_from_db()
    assert held.state == "signed"


def test_bnd_ins_02_and_03_the_filing(border: Border, brought):
    held = brought("signed")
    officer = border.officer["west"]
    filing = {"filed_with": "某省人民政府", "filed_on": date(YEAR, 6, 1), "by_all": True}
    assert refused(inspections.file, officer, held, held.version, **filing | {"filed_on": None}) == "rules_block"
    assert refused(inspections.file, officer, held, held.version, **filing | {"by_all": False}) == "rules_block"
    assert refused(inspections.file, officer, held, held.version, **filing | {"filed_on": date(2100, 1, 1)}) == "bad_filing_day"
    # The archive has no agreement, maps or table of markers: told, and answered with a reason (BND-INS-03).
    assert refused(inspections.file, officer, held, held.version, **filing) == "reason_missing"
    with pytest.raises(ForbiddenError):
        inspections.file(border.reviewer["west"], held, held.version, **filing, note="x")
    held = inspections.file(officer, held, held.version, **filing, note="档案在补")
    assert held.state == "filed" and held.frozen["filing"]["with"] == "某省人民政府"
    assert {one["side_name"] for one in held.frozen["signatures"]} == {"东县", "西县"}
    assert {one["subject"] for one in held.frozen["findings"]} == {"agreement", "map", "marker_table"}


def test_what_is_filed_stays_as_it_was(border: Border, brought):
    held = brought("filed")
    signed = {one["digest"] for one in held.frozen["signatures"]}
    before = record_of(held)
    visit(held, border.markers[0], "lost")
    border.line.records.update(name="改名线")
    held.refresh_from_db()
    assert record_of(held) == before and before["line"]["name"] == "西东线"
    body = {name: value for name, value in before.items() if name not in ("digest", "signatures", "filing", "findings")}
    assert signed == {digest_of(body)}  # after the way through the database too
    for call, args in (
        (inspections.answer_content, ("crossing", "clear")),
        (inspections.take_step, (Action.REOPEN,)),
        (inspections.take_step, (Action.CANCEL,)),
    ):
        assert refused(call, border.officer["west"], held, held.version, *args) == "step_not_allowed"


def test_the_record_reads_the_same_in_either_language(border: Border, brought):
    from django.utils.translation import override

    held = brought("reviewing")
    with override("en"):
        english = digest_of(record_of(held))
    with override("zh-hans"):
        assert digest_of(record_of(held)) == english
