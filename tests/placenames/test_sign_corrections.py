"""What becomes of sign work orders when the change that made them is corrected or taken back (SIGN-05)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from boundaries import due
from boundaries.models import DivisionRecord, Lineage
from boundaries.services import corrections, decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError
from placenames.models import PlaceNameRecord, SignWork, WorkState
from placenames.rules.case_states import Action
from placenames.services import names, naming_cases
from placenames.services.signs import works
from tests.boundaries.decided import stated
from tests.factories import make_source, make_user
from tests.placenames.cases import TOLD, answered, approve, step
from tests.placenames.signs_world import X, Y, make_world
from tests.placenames.test_signs import street

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def world():
    return make_world()


def township_sign(world, **given):
    return street(
        world, type="township", place=None, division=world.township.pk, chinese="象河乡人民政府", roman="XIÀNGHÉ XIĀNG", **given
    )


def became_a_town(world):
    act = ActEntry("change_type", {"unit": world.township.pk, "new": {"ref": "n", "name": "象河镇", "type": "town"}})
    draft = decisions.create_draft(None, world.county, [act], **stated(TODAY))
    return decisions.enact(None, draft, decisions.preview(None, draft).fingerprint, reason="试验", redraw=False)


def test_sign_05_orders_of_a_decision_follow_its_correction(client, world):
    """Misspelt, the open order is reworded; taken back, it is cancelled; work that is done is told to a person. All is audited."""
    waiting, ready = township_sign(world, cost_yuan=1800), township_sign(world, position=(X, Y))
    decision = became_a_town(world)
    opened = SignWork.objects.get(sign=waiting)
    assert opened.reason.endswith("象河乡更名为象河镇") and opened.estimate_yuan == 1800
    done = works.move(world.officer, SignWork.objects.get(sign=ready), WorkState.DONE, done_on=TODAY)
    assert AuditEntry.objects.get(action="sign.worked").actor == world.officer, "the trail names who reported the work"

    town = DivisionRecord.objects.on(TODAY).get(name="象河镇")
    told = corrections.correct_record(None, town, {"name": "向河镇"}, reason="批复原文为向河镇", source=make_source()).followed
    opened.refresh_from_db()
    asked = SignWork.objects.get(follows=done)
    assert opened.reason.endswith("象河乡更名为向河镇") and opened.state == WorkState.OPEN
    assert asked.kind == "reletter" and "向河镇" in asked.reason and "批复原文为向河镇" in asked.reason
    assert len(told) == 2 and "改写" in told[0] and "核对" in told[1]
    waits = [one.item for one in due.within_reach(world.officer) if one.item.key == f"sign-work-{asked.pk}"]
    assert [one.state for one in waits] == [due.State.NO_PERIOD]

    town = DivisionRecord.objects.on(TODAY).get(name="向河镇")
    edge = Lineage.objects.get(predecessor=world.township, recorded__upper_inf=True)
    half = corrections.withdraw_record(None, town, reason="批复未下达", source=make_source()).followed
    opened.refresh_from_db()
    assert opened.state == WorkState.OPEN and "判断不出" in " ".join(half), "half a correction is not guessed"
    corrections.correct_lineage(None, edge, reason="批复未下达", source=make_source(), withdraw=True)
    former = DivisionRecord.objects.current().get(division=world.township)
    corrections.correct_record(None, former, {"valid_to": None}, reason="批复未下达", source=make_source())
    opened.refresh_from_db()
    asked.refresh_from_db()
    ready.refresh_from_db()
    assert opened.state == WorkState.CANCELLED and [one.state for one in opened.events.all()] == ["open", "open", "cancelled"]
    assert asked.state == WorkState.OPEN and asked.reason.endswith("换为“象河乡”"), "what stands in the open is for a person"
    assert ready.division == world.township and ready.faces.get().texts.get(role="chinese").text == "象河镇人民政府"
    assert AuditEntry.objects.filter(action="signwork.follow").count() >= 3

    client.force_login(world.officer)
    waiting.refresh_from_db()
    opened = SignWork.objects.get(pk=opened.pk)
    assert waiting.area == world.township, "where signs stand follows the correction too"
    page = client.get(reverse("sign", args=[waiting.pk])).content.decode()
    assert "批复未下达" in page and "已取消" in page and decision.document_number in page
    works.open_order(world.officer, waiting, works.Order("reletter", "另有更换"))
    with pytest.raises(ConflictError):
        works.move(world.officer, opened, WorkState.OPEN)


def test_sign_05_a_later_decision_rewords_the_order_that_is_open(world):
    sign = township_sign(world)
    became_a_town(world)
    town = DivisionRecord.objects.on(TODAY).get(name="象河镇").division
    new = {"ref": "m", "name": "象河街道", "type": "subdistrict"}
    act = ActEntry("change_type", {"unit": town.pk, "new": new})
    later = decisions.create_draft(
        None, world.county, [act], **stated(TODAY + timedelta(days=30), document_number="豫政文〔2026〕2号")
    )
    # The sign still names the township that is no more, which went over to the town.
    made = decisions.enact(None, later, decisions.preview(None, later).fingerprint, reason="试验", redraw=False)
    work = SignWork.objects.get(sign=sign)
    assert work.state == WorkState.OPEN and work.decision == made and work.reason.endswith("象河街道")


def test_sign_05_a_renaming_case_opens_orders_and_taking_it_back_cancels_them(client, world):
    sign, other = street(world), street(world, position=(X + 0.01, Y))
    reviewer = make_user("shenhe", (Duty.REVIEWER, world.county))
    case = naming_cases.create_case(
        world.officer, act="renaming", place=world.east_west, name="和平路", reason_kind="名不副实", **TOLD
    )
    answered(world.officer, case)
    case = approve(world.officer, reviewer, case, TODAY)
    work = SignWork.objects.get(sign=sign)
    assert (work.kind, work.rule, work.case) == ("reletter", "SIGN-05", case) and work.reason.endswith("建设路更名为和平路")
    done = works.move(world.officer, SignWork.objects.get(sign=other), WorkState.DONE, done_on=TODAY)

    step(reviewer, case, Action.AMEND, note="文号录错", document_number="西政〔2026〕9号")
    work.refresh_from_db()
    assert work.reason == "西政〔2026〕9号：建设路更名为和平路"
    assert not SignWork.objects.filter(follows=done).exists(), "the name is right, only the number was not"
    step(reviewer, case, Action.REVOKE, note="批准文件系另一地名")
    work.refresh_from_db()
    assert work.state == WorkState.CANCELLED and "批准文件系另一地名" in work.events.last().note
    asked = SignWork.objects.get(follows=done)
    assert asked.reason.endswith("换为“建设路”") and asked.state == WorkState.OPEN
    client.force_login(world.officer)
    page = client.get(reverse("naming-case", args=[case.pk])).content.decode()
    assert sign.code in page and "已取消" in page


def test_sign_05_correcting_the_name_of_a_renaming_rewords_its_orders(world):
    sign = street(world)
    reviewer = make_user("shenhe", (Duty.REVIEWER, world.county))
    case = naming_cases.create_case(
        world.officer, act="renaming", place=world.east_west, name="和平路", reason_kind="名不副实", **TOLD
    )
    answered(world.officer, case)
    approve(world.officer, reviewer, case, TODAY)
    record = PlaceNameRecord.objects.on(TODAY).get(place=world.east_west)
    names.correct_name(world.officer, record, {"name": "和平大路", "spelling": ""}, "批准文件写作和平大路")
    assert SignWork.objects.get(sign=sign).reason.endswith("更名为和平大路")
