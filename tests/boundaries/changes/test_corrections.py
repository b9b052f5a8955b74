"""订正: recording time only; what was first recorded stays readable."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from boundaries.models import Division, DivisionCode, DivisionRecord, Lineage
from boundaries.services import corrections, decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.history import trace
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.crs import CGCS2000
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.boundaries.decided import stated
from tests.factories import make_division, make_source, make_user, square

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
    done = corrections.correct_record(None, current(township), {"name": "东冈乡"}, reason="原件作“冈”", source=source)
    corrected = done.row
    assert done.warnings == ()
    assert (corrected.name, corrected.proper_name, corrected.source) == ("东冈乡", "东冈", source)
    assert (
        current(township).name == "东冈乡" and DivisionRecord.objects.on(date(2005, 1, 1)).get(division=township).name == "东冈乡"
    )
    assert DivisionRecord.objects.known_at(before).in_force(DAY).get(division=township).name == "东岗乡"
    entry = AuditEntry.objects.get(action="division.correct")
    assert (entry.reason, entry.before["name"], entry.after["name"]) == ("原件作“冈”", "东岗乡", "东冈乡")
    assert (entry.after["source"]["title"], entry.after["warnings"]) == ("地名档案", [])


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
    corrections.withdraw_record(None, current(township), reason="错录", source=make_source())
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
    done = corrections.correct_lineage(None, Lineage.objects.get(), area_share=0.9, reason="勘误", source=make_source())
    edge = done.row
    assert [one.code for one in done.warnings] == ["lineage_shares"] and "90.00%" in done.warnings[0].message
    assert edge is not None and edge.act is not None and Lineage.objects.filter(recorded__upper_inf=True).get() == edge
    assert corrections.correct_lineage(None, edge, reason="误录", source=make_source(), withdraw=True).row is None


@pytest.mark.parametrize(
    ("values", "reason", "code"),
    [
        ({"name": "某乡"}, " ", "reason_missing"),
        ({"type": "castle"}, "误", "unknown_type"),
        ({"grade": "agreed"}, "误", "grade_missing"),
        ({"valid_to": date(1990, 1, 1)}, "误", "days_reversed"),
        ({"name": " "}, "误", "name_missing"),
        ({"type": "county"}, "误", "type_of_another_level"),
        ({"parent": 10**9}, "误", "parent_unknown"),
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


# --- what a correction would break silently -----------------------------------------------------------------------------


def codes_of(done: corrections.Corrected) -> list[str]:
    return sorted({one.code for one in done.warnings})


@pytest.fixture
def converted(township, county) -> tuple[Division, Division, Lineage]:
    """东岗乡 became 东岗镇 on 2020-05-01 by decision: (before, after, lineage)."""
    act = ActEntry("change_type", {"unit": township.pk, "new": {"ref": "a", "name": "东岗镇", "type": "town"}})
    decision = decisions.create_draft(None, county, [act], **stated(date(2020, 5, 1)))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint)
    edge = Lineage.objects.get()
    return township, edge.successor, edge


def test_another_day_is_told_against_lineage_until_all_steps_are_done(converted) -> None:
    before, after, edge = converted
    source, day = make_source(title="批复原件"), date(2020, 7, 1)
    first = corrections.correct_record(None, current(after), {"valid_from": day}, reason="生效日", source=source)
    assert codes_of(first) == ["code_outside_life", "lineage_without_successor"]
    assert any("2020-05-01" in one.message and "东岗镇" in one.message for one in first.warnings)
    old = DivisionRecord.objects.on(date(2020, 4, 30)).get(division=before)
    second = corrections.correct_record(None, old, {"valid_to": day}, reason="生效日", source=source)
    assert codes_of(second) == ["lineage_whole_but_there"]
    code = DivisionCode.objects.on(DAY).get(division=after)
    assert codes_of(corrections.correct_code(None, code, code.code, valid_from=day, reason="生效日", source=source)) == []
    last = corrections.correct_lineage(None, edge, area_share=1.0, population_share=1.0, on=day, reason="生效日", source=source)
    assert last.warnings == () and last.row is not None and (last.row.on, last.row.act) == (day, edge.act)
    run = trace(before.pk, date(2020, 6, 30), day)
    assert [(one.division, one.share) for one in run.reached] == [(after.pk, 1.0)]
    assert trace(before.pk, date(2020, 5, 1), date(2020, 6, 1)).reached[0].division == before.pk


def test_a_record_taken_back_leaves_lineage_codes_and_what_lies_below(converted) -> None:
    _before, after, _edge = converted
    make_division("东岗村", 5, parent=after, valid=(date(2020, 5, 1), None))
    done = corrections.withdraw_record(None, current(after), reason="错录", source=make_source())
    assert codes_of(done) == ["child_without_parent", "code_outside_life", "lineage_without_successor"]
    entry = AuditEntry.objects.filter(action="division.correct").latest("pk")
    assert {one["code"] for one in entry.after["warnings"]} == set(codes_of(done)) and entry.after["source"]["title"]


def test_a_gap_in_a_life_is_told(township) -> None:
    held = current(township)
    DivisionRecord.objects.filter(pk=held.pk).update(valid=DateRange(date(2000, 1, 1), date(2027, 1, 1)))
    make_division("东山乡", 4, parent=held.parent, division=township, valid=(date(2027, 1, 1), None))
    held.refresh_from_db()
    done = corrections.correct_record(None, held, {"valid_to": date(2026, 6, 1)}, reason="误", source=make_source())
    assert codes_of(done) == ["code_outside_life", "life_gap"]


def test_another_parent_is_held_against_days_codes_and_names(township, county) -> None:
    other = make_division("邻县", 3, code="411798", valid=(date(2010, 1, 1), None))
    make_division("东岗乡", 4, parent=other, valid=(date(2010, 1, 1), None))
    done = corrections.correct_record(None, current(township), {"parent": other.pk}, reason="误", source=make_source())
    assert codes_of(done) == ["name_taken", "parent_not_in_force"]
    back = corrections.correct_record(None, current(township), {"parent": county.pk}, reason="误", source=make_source())
    assert back.warnings == (), "what goes away is not told"
    late = {"parent": other.pk, "valid_from": date(2012, 1, 1), "name": "西岗乡"}
    corrections.correct_code(
        None,
        DivisionCode.objects.get(division=township),
        "411799201",
        valid_from=date(2012, 1, 1),
        reason="误",
        source=make_source(),
    )
    done = corrections.correct_record(None, current(township), late, reason="误", source=make_source())
    assert codes_of(done) == ["code_not_of_county"]
    with pytest.raises(InvalidInputError) as caught:
        corrections.correct_record(None, current(county), {"parent": township.pk}, reason="误", source=make_source())
    assert caught.value.code == "parent_too_low"


def test_a_code_that_another_unit_had_is_told(township, county) -> None:
    make_division("古岗乡", 4, parent=county, code="411799250", valid=(date(2000, 1, 1), date(2005, 1, 1)))
    held = DivisionCode.objects.get(division=township)
    done = corrections.correct_code(None, held, "411799250", valid_from=date(2005, 1, 1), reason="抄错", source=make_source())
    assert codes_of(done) == ["code_of_another"]


def test_a_shape_that_tears_the_map_is_told_with_its_area(county) -> None:
    whole = make_division("图县", 3, geometry=square(113, 34, 0.2))
    west = make_division("西乡", 4, parent=whole, geometry=MultiPolygon(Polygon.from_bbox((113, 34, 113.1, 34.2)), srid=CGCS2000))
    make_division("东乡", 4, parent=whole, geometry=MultiPolygon(Polygon.from_bbox((113.1, 34, 113.2, 34.2)), srid=CGCS2000))
    make_division("西村", 5, parent=west, geometry=MultiPolygon(Polygon.from_bbox((113, 34, 113.1, 34.2)), srid=CGCS2000))

    def reshaped(*box: float) -> corrections.Corrected:
        shape = MultiPolygon(Polygon.from_bbox(box), srid=CGCS2000)
        return corrections.correct_record(None, current(west), {"geometry": shape}, reason="勘误", source=make_source())

    smaller = reshaped(113, 34, 113.09, 34.2)
    assert codes_of(smaller) == ["coverage_gap", "coverage_outside"], "a gap beside 东乡, and 西村 sticks out"
    assert any("平方米" in one.message and "图县" in one.message for one in smaller.warnings)
    assert codes_of(reshaped(113, 34, 113.11, 34.2)) == ["coverage_gap", "coverage_overlap"], "over 东乡; 西村 leaves a part empty"
    assert reshaped(113, 34, 113.1, 34.2).warnings == ()
