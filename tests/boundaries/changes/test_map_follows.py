"""The map after a change is mended in one place, and is then row for row what a remaking of everything gives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from boundaries.models import Division, DivisionCode, DivisionRecord, MapShape, MapStale
from boundaries.services import corrections, decisions, map_shapes
from boundaries.services.decisions import ActEntry
from gis.crs import CGCS2000
from gis.errors import DomainError
from tests.boundaries.changes.drawing import KINDS, Drawer
from tests.boundaries.changes.test_any_sequence import FIRST, REFUSALS
from tests.boundaries.decided import stated
from tests.boundaries.map_world import CHANGE, box, build
from tests.factories import FIRST_RECORDED, make_division, make_source

NOTED = datetime(2024, 1, 1, tzinfo=UTC)
Drawn = dict[str, set[tuple[Any, ...]]]


def drawn() -> Drawn:
    """Everything the map is drawn from, but for row numbers and the count of remakings."""
    result: Drawn = {}
    for table in ("mapshape", "mapborder", "maprevision"):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT (to_jsonb(t) - 'id' - 'revision' - 'remade_at')::text FROM boundaries_{table} t"
                # A level never remade because it never had anything has no row; one remade empty-handed has one without days.
                f" WHERE to_jsonb(t) -> 'breakpoints' IS DISTINCT FROM '[]'"
            )
            rows = cursor.fetchall()
        assert len(rows) == len(set(rows)), f"{table} says something twice"
        result[table] = set(rows)
    return result


def assert_as_made_whole() -> None:
    """Mends, and compares with a remaking of everything."""
    map_shapes.mend()
    assert not MapStale.objects.exists()
    mended = drawn()
    map_shapes.rebuild_levels()
    whole = drawn()
    for table, rows in whole.items():
        assert mended[table] - rows == set(), f"{table}: too much"
        assert rows - mended[table] == set(), f"{table}: missing"


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_is_enacted_the_mended_map_is_the_map_made_whole(demo, data: st.DataObject) -> None:
    with transaction.atomic():
        area = Division.objects.get(pk=DivisionRecord.objects.on(FIRST).get(name="演示市").division_id)
        day = FIRST
        for number in range(data.draw(st.integers(1, 3))):
            acts = Drawer(data, day, number).act(data.draw(st.sampled_from(sorted(KINDS))))
            waiting = MapStale.objects.exists()
            try:
                with transaction.atomic():
                    decision = decisions.create_draft(None, area, acts, **stated(day))
                    seen = decisions.preview(None, decision)
                    decisions.enact(None, decision, seen.fingerprint, reason="试验", redraw=False)
            except DomainError as refused:
                assert refused.code in REFUSALS, refused.code
                continue
            event(f"enacted: {acts[0].kind}")
            plan = seen.plan  # ground of unknown extent may leave every record as it was
            written = bool(plan.closed or plan.opened or plan.codes_retired or plan.codes_assigned)
            assert MapStale.objects.exists() == (waiting or written)
            if data.draw(st.booleans()):  # else two decisions are mended at once
                map_shapes.mend()
            day += timedelta(days=10)
        if data.draw(st.booleans()):
            _correct(data)
        assert_as_made_whole()
        transaction.set_rollback(True)


def _correct(data: st.DataObject) -> None:
    """Something said wrongly of a past day: a record, also a county's, or a code."""
    records = DivisionRecord.objects.current().order_by("level", "division", "valid")
    record = records[data.draw(st.integers(0, min(records.count(), 60) - 1))]
    values: dict[str, Any] = data.draw(
        st.sampled_from(
            [{"name": "订正乡"}, {"valid_from": date(2001, 5, 1)}, {"grade": "surveyed"}, {"geometry": None, "grade": ""}]
        )
    )
    try:
        with transaction.atomic():
            corrections.correct_record(None, record, values, reason="笔误", source=make_source())
    except DomainError as refused:
        event(f"correction refused: {refused.code}")
    else:
        event(f"corrected: {sorted(values)} of level {record.level}")


def test_only_what_changed_is_written_again(demo) -> None:
    """A renamed village: its own shapes, nobody else's; no line."""
    map_shapes.mend()
    village = DivisionRecord.objects.on(FIRST).filter(level=5).order_by("division").first()
    assert village is not None
    before = drawn()
    rows = {row.pk for row in MapShape.objects.exclude(division=village.division_id)}
    area = Division.objects.get(pk=DivisionRecord.objects.on(FIRST).get(name="演示市").division_id)
    act = ActEntry("rename", {"unit": village.division_id, "name": "新名村"})
    decision = decisions.create_draft(None, area, [act], **stated(FIRST))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint, reason="试验", redraw=False)
    made = map_shapes.mend()
    assert sum(made.borders.values()) == 0 and set(made.shapes) == {5}
    assert {row.pk for row in MapShape.objects.exclude(division=village.division_id)} == rows
    assert drawn()["mapborder"] == before["mapborder"]
    assert MapShape.objects.filter(division=village.division_id, name="新名村", valid__startswith=FIRST).exists()


@pytest.mark.django_db
class TestWhatMakesItStale:
    """By the database's own triggers, whoever writes."""

    def test_a_record_and_a_code_are_noted(self) -> None:
        world = build()
        assert not MapStale.objects.exists()
        DivisionRecord.objects.filter(division=world.first, name="甲镇").update(name="甲新镇")
        assert [(one.division_id, one.level) for one in MapStale.objects.all()] == [(world.first.pk, None)]
        map_shapes.mend()
        DivisionCode.objects.filter(division=world.second).update(code="419921299")
        assert {one.division_id for one in MapStale.objects.all()} == {world.second.pk}
        assert_as_made_whole()
        assert MapShape.objects.filter(division=world.second, code="419921299").exists()

    def test_a_load_is_noted_by_its_levels(self) -> None:
        world = build()
        common: dict[str, Any] = {"begins": "observed", "level": 5, "type": "village_committee", "source": world.source}
        common |= {"parent": world.first, "valid": (CHANGE, None), "recorded": DateTimeTZRange(NOTED, None)}
        DivisionRecord.objects.bulk_create(
            DivisionRecord(division=Division.objects.create(), name=f"{number}村", proper_name=str(number), **common)
            for number in range(501)
        )
        assert [(one.division_id, one.level) for one in MapStale.objects.all()] == [(None, 5)]
        assert_as_made_whole()

    def test_nothing_is_noted_of_what_is_rolled_back(self) -> None:
        world = build()
        with transaction.atomic():
            DivisionRecord.objects.filter(division=world.first).update(name="甲")
            transaction.set_rollback(True)
        assert not MapStale.objects.exists()


@pytest.mark.django_db
class TestOddCases:
    def test_a_county_that_moves_under_another_city_ranks_its_lines_anew(self) -> None:
        """The city and the county have no polygons: only what lies under them is drawn."""
        cities = [make_division(name, 2) for name in ("甲市", "乙市")]
        counties = [make_division(name, 3, parent=cities[0]) for name in ("左县", "右县")]
        make_division("左乡", parent=counties[0], geometry=box(113.0, 34.0, 113.1, 34.1))
        make_division("右乡", parent=counties[1], geometry=box(113.1, 34.0, 113.2, 34.1))
        map_shapes.rebuild_levels()
        before = drawn()["mapborder"]
        DivisionRecord.objects.filter(division=counties[1]).update(parent=cities[1])
        assert_as_made_whole()
        assert drawn()["mapborder"] != before

    def test_a_county_whose_outline_comes_or_goes(self) -> None:
        world = build()
        DivisionRecord.objects.filter(division=world.east).update(geometry=None, grade="", area_m2=None, seat=None)
        assert_as_made_whole()
        east = DivisionRecord.objects.get(division=world.east)
        east.geometry, east.grade = box(113.0, 34.0, 113.2, 34.1), "indicative"
        east.save()
        assert_as_made_whole()

    def test_a_unit_that_is_withdrawn_or_moves_away(self) -> None:
        world = build()
        DivisionRecord.objects.filter(division=world.second).update(recorded=DateTimeTZRange(FIRST_RECORDED, NOTED))
        assert_as_made_whole()
        assert not MapShape.objects.filter(division=world.second).exists()
        far: GEOSGeometry = MultiPolygon(box(115.0, 33.0, 115.1, 33.1)[0], srid=CGCS2000)
        record = DivisionRecord.objects.get(division=world.first, name="甲镇")
        record.geometry = far
        record.save()
        assert_as_made_whole()

    def test_nothing_noted_nothing_done(self) -> None:
        build()
        before = drawn()
        made = map_shapes.mend()
        assert (made.shapes, made.borders) == ({}, {}) and drawn() == before
