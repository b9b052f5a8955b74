"""订正: recording time only; what was first recorded stays readable."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone

from boundaries.models import Division, DivisionCode, DivisionRecord, Lineage
from boundaries.services import corrections, decisions
from boundaries.services.decisions import ActEntry
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.decided import stated
from tests.factories import make_division, make_source, make_user

DAY = date(2026, 3, 1)


@pytest.fixture
def county(db) -> Division:
    return make_division("某某县", 3, code="411799")


@pytest.fixture
def township(county) -> Division:
    return make_division("东岗乡", 4, parent=county, code="411799201")


def current(division: Division) -> DivisionRecord:
    return DivisionRecord.objects.on(DAY).get(division=division)


def test_a_name_is_said_anew_and_the_first_stays_readable(township) -> None:
    before = timezone.now()
    source = make_source(title="地名档案")
    corrected = corrections.correct_record(None, current(township), {"name": "东冈乡"}, reason="原件作“冈”", source=source)
    assert (corrected.name, corrected.proper_name, corrected.source) == ("东冈乡", "东冈", source)
    assert (
        current(township).name == "东冈乡" and DivisionRecord.objects.on(date(2005, 1, 1)).get(division=township).name == "东冈乡"
    )
    assert DivisionRecord.objects.known_at(before).in_force(DAY).get(division=township).name == "东岗乡"
    entry = AuditEntry.objects.get(action="division.correct")
    assert (entry.reason, entry.before["name"], entry.after["name"]) == ("原件作“冈”", "东岗乡", "东冈乡")


def test_wrong_days_are_corrected_and_overlaps_refused(township, county) -> None:
    source = make_source()
    corrections.correct_record(None, current(township), {"valid_from": date(2010, 5, 1)}, reason="批复日期", source=source)
    assert not DivisionRecord.objects.on(date(2010, 4, 30)).filter(division=township).exists()
    act = ActEntry("rename", {"unit": township.pk, "name": "西山乡"})
    decision = decisions.create_draft(None, county, [act], **stated(date(2020, 1, 1)))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint)
    with pytest.raises(ConflictError) as caught:
        corrections.correct_record(None, current(township), {"valid_from": date(2019, 6, 1)}, reason="误", source=source)
    assert caught.value.code == "days_overlap"
    assert current(township).valid.lower == date(2020, 1, 1)


def test_two_people_correcting_one_record(township) -> None:
    seen = current(township)
    corrections.correct_record(None, seen, {"name": "东冈乡"}, reason="一", source=make_source())
    with pytest.raises(ConflictError) as caught:
        corrections.correct_record(None, seen, {"name": "东崗乡"}, reason="二", source=make_source())
    assert caught.value.code == "record_changed"


def test_a_later_record_taken_back_lets_the_decision_through(township, county) -> None:
    """docs/decisions/0020: the way out is a correction."""
    late = ActEntry("rename", {"unit": township.pk, "name": "晚岗乡"})
    decision = decisions.create_draft(None, county, [late], **stated(date(2026, 2, 1)))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint)
    early = decisions.create_draft(
        None, county, [ActEntry("rename", {"unit": township.pk, "name": "早岗乡"})], **stated(date(2020, 1, 1))
    )
    with pytest.raises(InvalidInputError) as caught:
        decisions.preview(None, early)
    assert caught.value.code == "later_change" and caught.value.details["later"] == "2026-02-01"
    corrections.withdraw_record(None, current(township), reason="错录")
    first = DivisionRecord.objects.current().get(division=township)
    corrections.correct_record(None, first, {"valid_to": None}, reason="错录", source=make_source())
    decisions.enact(None, early, decisions.preview(None, early).fingerprint)
    assert current(township).name == "早岗乡"


def test_a_code_and_a_share_are_corrected(township, county) -> None:
    held = DivisionCode.objects.get(division=township)
    corrections.correct_code(None, held, "411799202", reason="抄错", source=make_source())
    assert DivisionCode.objects.on(DAY).get(division=township).code == "411799202"
    with pytest.raises(InvalidInputError):
        corrections.correct_code(
            None, DivisionCode.objects.on(DAY).get(division=township), "12", reason="抄错", source=make_source()
        )
    with pytest.raises(ConflictError):
        other = make_division("西岗乡", 4, parent=county, code="411799203")
        corrections.correct_code(None, other.codes.get(), "411799202", reason="抄错", source=make_source())
    act = ActEntry("change_type", {"unit": township.pk, "new": {"ref": "a", "name": "东岗镇", "type": "town"}})
    decision = decisions.create_draft(None, county, [act], **stated(DAY))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint)
    edge = corrections.correct_lineage(None, Lineage.objects.get(), area_share=0.9, reason="勘误", source=make_source())
    assert edge is not None and edge.act is not None and Lineage.objects.filter(recorded__upper_inf=True).get() == edge
    assert corrections.correct_lineage(None, edge, reason="误录", source=make_source(), withdraw=True) is None


@pytest.mark.parametrize(
    ("values", "reason", "code"),
    [
        ({"name": "某乡"}, " ", "reason_missing"),
        ({"type": "castle"}, "误", "unknown_type"),
        ({"grade": "agreed"}, "误", "grade_missing"),
        ({"valid_to": date(1990, 1, 1)}, "误", "days_reversed"),
        ({"name": " "}, "误", "name_missing"),
    ],
)
def test_what_cannot_be_is_refused(township, values, reason, code) -> None:
    with pytest.raises(InvalidInputError) as caught:
        corrections.correct_record(None, current(township), values, reason=reason, source=make_source())
    assert caught.value.code == code and DivisionRecord.objects.filter(division=township).count() == 1


def test_who_may(township, county) -> None:
    officer = make_user("a", (Duty.DIVISION_OFFICER, county))
    with pytest.raises(ForbiddenError):
        corrections.correct_record(officer, current(township), {"name": "某乡"}, reason="误", source=make_source())
