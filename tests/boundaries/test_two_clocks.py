"""Divisions on two clocks: what the database itself refuses, and what the querysets answer on a history written out here."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from boundaries.models import Begins, Division, DivisionCode, DivisionRecord, Level
from boundaries.querysets import ancestor_ids, subtree_ids
from tests.factories import make_division, make_source, square

pytestmark = pytest.mark.django_db


def refused_by(constraint: str, sql: str, values: list[object]) -> None:
    """The database refuses `sql`, and by that constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


RECORD = """
    INSERT INTO boundaries_divisionrecord
        (division_id, valid, recorded, begins, name, proper_name, generic_name, level, type,
         grade, seat_grade, source_id, geometry, area_m2)
    VALUES (%s, %s::daterange, %s::tstzrange, 'observed', '甲乡', '甲', '乡', 4, 'township',
            %s, '', %s, ST_GeomFromText(%s, %s), %s)
"""
CODE = """
    INSERT INTO boundaries_divisioncode (division_id, authority, code, valid, recorded, source_id)
    VALUES (%s, %s, %s, %s::daterange, %s::tstzrange, %s)
"""


def record(division: Division, valid: str, recorded: str = "[2024-01-01,)") -> list[object]:
    return [division.pk, valid, recorded, "", make_source().pk, None, None, None]


class TestTheDatabaseRefuses:
    def test_two_current_records_of_one_division_on_one_day(self) -> None:
        division = make_division("甲乡", valid=(date(2000, 1, 1), date(2010, 1, 1)))
        refused_by("record_one_truth_at_a_time", RECORD, record(division, "[2009-12-31,)"))
        refused_by("record_one_truth_at_a_time", RECORD, record(division, "[1999-01-01,2000-01-02)"))
        with connection.cursor() as cursor:
            cursor.execute(RECORD, record(division, "[2010-01-01,)"))
        assert division.records.count() == 2

    def test_what_was_held_at_the_same_moment_for_the_same_day_even_in_the_past(self) -> None:
        division = make_division("甲乡")
        DivisionRecord.objects.update(recorded="[2020-01-01,2022-01-01)")
        refused_by("record_one_truth_at_a_time", RECORD, record(division, "[2000-01-01,)", "[2021-01-01,2023-01-01)"))
        with connection.cursor() as cursor:
            cursor.execute(RECORD, record(division, "[2000-01-01,)", "[2022-01-01,)"))

    @pytest.mark.parametrize(("authority", "code"), [("mca", "411002001"), ("nbs", "411002001")])
    def test_one_code_of_one_authority_held_by_two_divisions_on_one_day(self, authority: str, code: str) -> None:
        make_division("甲乡", code=code, authority=authority, valid=(date(2000, 1, 1), date(2010, 1, 1)))
        other = make_division("乙乡")
        values = [other.pk, authority, code, "[2009-12-31,)", "[2024-01-01,)", make_source().pk]
        refused_by(f"code_held_once_{authority}", CODE, values)
        with connection.cursor() as cursor:  # the day after is free, and so is the other authority's number
            cursor.execute(CODE, [other.pk, authority, code, "[2010-01-01,)", "[2024-01-01,)", make_source().pk])

    def test_the_same_digits_of_two_authorities_are_two_codes(self) -> None:
        make_division("甲乡", code="411002001", authority="mca")
        make_division("乙乡", code="411002001", authority="nbs")
        assert DivisionCode.objects.count() == 2

    def test_two_codes_of_one_authority_for_one_division_on_one_day(self) -> None:
        division = make_division("甲乡", code="411002001")
        refused_by(
            "code_one_at_a_time_mca", CODE, [division.pk, "mca", "411002002", "[2010-01-01,)", "[2024-01-01,)", make_source().pk]
        )

    @pytest.mark.parametrize("code", ["41100", "4110020011", "011002", "41100a", ""])
    def test_text_that_is_no_code(self, code: str) -> None:
        division = make_division("甲乡")
        refused_by("code_is_digits", CODE, [division.pk, "mca", code, "[2010-01-01,)", "[2024-01-01,)", make_source().pk])

    @pytest.mark.parametrize(
        "shape",
        [
            "MULTIPOLYGON(((113 34, 114 35, 114 34, 113 35, 113 34)))",
            "MULTIPOLYGON(((113 34, 114 34, 114 35, 113 35, 113 34), (115 34, 116 34, 116 35, 115 34)))",
        ],
    )
    def test_invalid_geometry(self, shape: str) -> None:
        division = Division.objects.create()
        values = [division.pk, "[2000-01-01,)", "[2024-01-01,)", "indicative", make_source().pk, shape, 4490, 1.0]
        refused_by("record_geometry_valid", RECORD, values)

    def test_geometry_without_area_or_grade_and_the_other_way_round(self) -> None:
        division = Division.objects.create()
        shape = "MULTIPOLYGON(((113 34, 114 34, 114 35, 113 34)))"
        head = [division.pk, "[2000-01-01,)", "[2024-01-01,)"]
        refused_by("record_geometry_measured", RECORD, [*head, "indicative", make_source().pk, shape, 4490, None])
        refused_by("record_geometry_graded", RECORD, [*head, "", make_source().pk, shape, 4490, 1.0])
        refused_by("record_geometry_measured", RECORD, [*head, "", make_source().pk, None, None, 1.0])

    @pytest.mark.parametrize(
        ("valid", "recorded"), [("empty", "[2024-01-01,)"), ("[2000-01-01,)", "empty"), ("[2000-01-01,)", "(,)")]
    )
    def test_empty_times_and_knowledge_without_a_beginning(self, valid: str, recorded: str) -> None:
        refused_by("record_times_not_empty", RECORD, record(Division.objects.create(), valid, recorded))


@pytest.fixture
def history() -> dict[str, Division]:
    """一县两乡. 甲乡 became 甲镇 on 2015-07-01; in 2021 we learned that it had been on 2015-08-01.
    乙乡 moved to 丙县 on 2018-01-01.

    甲: recorded 2020 "甲乡 until 2015-07-01, then 甲镇"; corrected 2021-06-01 "… until 2015-08-01, then …".
    """
    day, knew, learned = date, datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC)
    county = make_division("丁县", Level.COUNTY, code="411021")
    other = make_division("丙县", Level.COUNTY, code="411022")
    first = Division.objects.create()
    source = make_source()
    for name, since, until, recorded in [
        ("甲乡", day(2000, 1, 1), day(2015, 7, 1), (knew, learned)),
        ("甲镇", day(2015, 7, 1), None, (knew, learned)),
        ("甲乡", day(2000, 1, 1), day(2015, 8, 1), (learned, None)),
        ("甲镇", day(2015, 8, 1), None, (learned, None)),
    ]:
        DivisionRecord.objects.create(
            division=first, valid=(since, until), recorded=recorded, begins=Begins.DECIDED, name=name, proper_name="甲",
            generic_name=name[-1], level=Level.TOWNSHIP, type="town" if name == "甲镇" else "township", parent=county,
            source=source,
        )  # fmt: skip
    DivisionCode.objects.create(
        division=first, authority="mca", code="411021200", valid=(day(2000, 1, 1), None), recorded=(knew, None), source=source
    )
    second = make_division("乙乡", parent=county, valid=(day(2000, 1, 1), day(2018, 1, 1)))
    make_division("乙乡", parent=other, division=second, valid=(day(2018, 1, 1), None))
    village = make_division("王庄村", Level.VILLAGE, parent=second)
    return {"county": county, "other": other, "first": first, "second": second, "village": village}


class TestTheQuerysetsAnswer:
    @pytest.mark.parametrize(
        ("day", "name"),
        [(date(2015, 6, 30), "甲乡"), (date(2015, 7, 15), "甲乡"), (date(2015, 8, 1), "甲镇"), (date(2026, 1, 1), "甲镇")],
    )
    def test_on_a_day_as_we_know_it_today(self, history: dict[str, Division], day: date, name: str) -> None:
        assert [found.name for found in DivisionRecord.objects.on(day).filter(division=history["first"])] == [name]

    def test_nothing_before_the_first_day(self, history: dict[str, Division]) -> None:
        assert not DivisionRecord.objects.on(date(1999, 12, 31)).exists()

    def test_as_known_at_a_moment(self, history: dict[str, Division]) -> None:
        def known(moment: datetime) -> list[str]:
            found = DivisionRecord.objects.known_at(moment).in_force(date(2015, 7, 15)).filter(division=history["first"])
            return [one.name for one in found]

        assert known(datetime(2019, 12, 31, tzinfo=UTC)) == []
        assert known(datetime(2021, 5, 31, tzinfo=UTC)) == ["甲镇"]
        assert known(datetime(2021, 6, 1, tzinfo=UTC)) == ["甲乡"]

    def test_under_a_division_on_a_day(self, history: dict[str, Division]) -> None:
        def under(name: str, day: date, **options: bool) -> set[str]:
            return {found.name for found in DivisionRecord.objects.on(day).under(history[name], day, **options)}

        assert under("county", date(2017, 1, 1)) == {"丁县", "甲镇", "乙乡", "王庄村"}
        assert under("county", date(2018, 1, 1)) == {"丁县", "甲镇"}
        assert under("other", date(2018, 1, 1), itself=False) == {"乙乡", "王庄村"}
        assert under("village", date(2018, 1, 1), itself=False) == set()

    def test_what_lies_above_on_a_day(self, history: dict[str, Division]) -> None:
        village, second = history["village"].pk, history["second"].pk
        assert ancestor_ids(village, date(2017, 1, 1)) == [village, second, history["county"].pk]
        assert ancestor_ids(village, date(2018, 1, 1)) == [village, second, history["other"].pk]
        assert subtree_ids(history["other"].pk, date(2017, 1, 1)) == [history["other"].pk]

    def test_codes_on_a_day(self, history: dict[str, Division]) -> None:
        found = DivisionRecord.objects.on(date(2016, 1, 1)).with_code(date(2016, 1, 1)).get(division=history["first"])
        assert (found.code, found.code_authority) == ("411021200", "mca")

    def test_the_area_follows_the_geometry_and_is_the_databases_own(self) -> None:
        make_division("甲乡", geometry=square(113.0, 34.0))
        with connection.cursor() as cursor:
            cursor.execute("SELECT area_m2, ST_Area(geometry::geography) FROM boundaries_divisionrecord")
            ours, postgis = cursor.fetchone()
        assert ours == pytest.approx(postgis, rel=1e-9)
