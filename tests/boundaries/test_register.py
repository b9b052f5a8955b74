"""The register service: how one list after another changes what is held, and what was held before stays readable.

The rules are in docs/decisions/0011. Histories are written as lists of (day, authority, rows) and read back as spans of legal time.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pytest
import shapely
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from boundaries.models import Begins, Division, DivisionCode, DivisionRecord
from boundaries.rules import codes, names
from boundaries.services.register import Observation, Outcome, Snapshot, record_snapshot
from gis.crs import CGCS2000
from gis.kept_shapes import KeptShapes
from tests.factories import make_division, make_source

D16, D18, D20, D23 = date(2016, 7, 31), date(2018, 10, 31), date(2020, 6, 30), date(2023, 6, 30)


def seen(code: str, name: str, parent: str | None = "") -> Observation:
    level = codes.level_of(code) if len(code) != 9 else 4
    parts = names.split(name, level)
    above = codes.parent_of(code, level) if parent == "" else parent
    return Observation(code, name, parts.proper, parts.generic, level, parts.type, above)


def shape(west: float, south: float = 34.0, size: float = 0.1) -> shapely.MultiPolygon:
    return shapely.MultiPolygon([shapely.box(west, south, west + size, south + size)])


def load(
    day: date,
    rows: list[Observation],
    authority: str = "mca",
    shapes: dict[str, shapely.Geometry] | None = None,
    seats: dict[str, shapely.Point] | None = None,
    **options: Any,
) -> Outcome:
    geometries, points = np.empty(len(rows), dtype=object), np.full((len(rows), 2), np.nan)
    for index, row in enumerate(rows):
        geometries[index] = (shapes or {}).get(row.code)
        if seats and row.code in seats:
            points[index] = seats[row.code].coords[0]
    kept = KeptShapes.of(geometries, srid=CGCS2000)
    snapshot = Snapshot(day, authority, rows, kept, points, options.pop("grade", "indicative"), **options)
    return record_snapshot(snapshot, make_source(title=f"{authority} {day}"))


def spans(code: str, authority: str = "mca") -> list[tuple[str, date, date | None]]:
    """(name, from, to) of the current records of whoever holds the code, in order."""
    holders = DivisionCode.objects.current().filter(code=code, authority=authority).values("division")
    found = DivisionRecord.objects.current().filter(division__in=holders).order_by("valid")
    return [(record.name, record.valid.lower, record.valid.upper) for record in found]


def counts(outcome: Outcome) -> tuple[int, int, int, int]:
    return outcome.created, outcome.updated, outcome.unchanged, len(outcome.refusals)


@pytest.mark.django_db
class TestOneAuthority:
    def test_a_new_unit_is_observed_from_the_lists_day_on(self) -> None:
        outcome = load(D20, [seen("411021", "甲县")], shapes={"411021": shape(113)})
        record = DivisionRecord.objects.get()
        assert counts(outcome) == (1, 0, 0, 0)
        assert (record.valid.lower, record.valid.upper, record.begins) == (D20, None, Begins.OBSERVED)
        assert (record.proper_name, record.generic_name, record.type, record.grade) == ("甲", "县", "county", "indicative")
        assert record.geometry.srid == 4490
        assert DivisionCode.objects.get().valid.lower == D20

    def test_the_same_list_again_changes_nothing(self) -> None:
        rows = [seen("411021", "甲县"), seen("411021100", "乙镇")]
        load(D20, rows, shapes={"411021": shape(113)}, seats={"411021": shapely.Point(113.05, 34.05)})
        held = list(DivisionRecord.objects.values_list("id", "recorded").order_by("id"))
        again = load(D20, rows, shapes={"411021": shape(113)}, seats={"411021": shapely.Point(113.05, 34.05)})
        assert counts(again) == (0, 0, 2, 0)
        assert list(DivisionRecord.objects.values_list("id", "recorded").order_by("id")) == held

    def test_what_differs_on_the_same_day_is_a_correction(self) -> None:
        load(D20, [seen("411021", "甲县")])
        before = _moment()
        load(D20, [seen("411021", "申县")])
        assert spans("411021") == [("申县", D20, None)]
        assert DivisionRecord.objects.known_at(before).get().name == "甲县"

    def test_what_differs_on_a_later_day_is_a_change_from_that_day_on(self) -> None:
        load(D20, [seen("411021", "甲县")], shapes={"411021": shape(113)})
        load(D23, [seen("411021", "甲市")])
        assert spans("411021") == [("甲县", D20, D23), ("甲市", D23, None)]
        assert DivisionRecord.objects.on(D23).get().geometry is not None, "a list without shapes says nothing of them"

    def test_a_later_list_that_says_the_same_changes_nothing(self) -> None:
        load(D20, [seen("411021", "甲县")])
        assert counts(load(D23, [seen("411021", "甲县")])) == (0, 0, 1, 0)
        assert spans("411021") == [("甲县", D20, None)]

    def test_an_earlier_list_moves_an_observed_beginning_back(self) -> None:
        load(D23, [seen("411021", "甲县")])
        before = _moment()
        assert counts(load(D20, [seen("411021", "甲县")])) == (0, 1, 0, 0)
        assert spans("411021") == [("甲县", D20, None)]
        assert DivisionRecord.objects.known_at(before).get().valid.lower == D23
        assert DivisionCode.objects.current().get().valid.lower == D20

    def test_an_earlier_list_without_shapes_does_not_move_the_shape_back(self) -> None:
        load(D23, [seen("411021", "甲县")], shapes={"411021": shape(113)})
        load(D20, [seen("411021", "甲县")])
        first, second = DivisionRecord.objects.current().order_by("valid")
        assert (first.geometry, first.valid.upper) == (None, D23)
        assert second.geometry is not None

    def test_legal_codes_are_one_unit_whatever_its_name(self) -> None:
        load(D23, [seen("411021", "甲市")])
        load(D18, [seen("411021", "甲县")])
        assert spans("411021") == [("甲县", D18, D23), ("甲市", D23, None)]
        assert Division.objects.count() == 1

    def test_a_list_between_two_others_finds_its_place(self) -> None:
        load(D16, [seen("411021", "甲县")])
        load(D23, [seen("411021", "丙市")])
        load(D20, [seen("411021", "乙县")])
        assert spans("411021") == [("甲县", D16, D20), ("乙县", D20, D23), ("丙市", D23, None)]

    def test_a_decided_beginning_is_not_moved(self) -> None:
        make_division("甲县", 3, code="411021", valid=(D20, None), begins=Begins.DECIDED)
        outcome = load(D18, [seen("411021", "甲县")])
        assert [refusal.code for refusal in outcome.refusals] == ["begins_by_decision"]
        assert spans("411021") == [("甲县", D20, None)]

    def test_code_03_an_abolished_code_is_not_used_again(self) -> None:
        make_division("甲县", 3, code="411021", valid=(date(2000, 1, 1), D18))
        assert [refusal.code for refusal in load(D20, [seen("411021", "甲县")]).refusals] == ["code_abolished"]

    def test_the_shape_listed_from_another_vertex_is_the_same_shape(self) -> None:
        load(D20, [seen("411021", "甲县")], shapes={"411021": shape(113)})
        other = shapely.MultiPolygon([shapely.Polygon([(113.1, 34.1), (113.1, 34.0), (113.0, 34.0), (113.0, 34.1), (113.1, 34.1)])])
        assert counts(load(D23, [seen("411021", "甲县")], shapes={"411021": other})) == (0, 0, 1, 0)
        assert counts(load(D23, [seen("411021", "甲县")], shapes={"411021": shape(113, size=0.2)})) == (0, 1, 0, 0)

    def test_an_invalid_shape_is_refused_by_the_database_and_nothing_is_written(self) -> None:
        bowtie = shapely.MultiPolygon([shapely.Polygon([(113, 34), (114, 35), (114, 34), (113, 35), (113, 34)])])
        with pytest.raises(IntegrityError), transaction.atomic():
            load(D20, [seen("411021", "甲县"), seen("411022", "乙县")], shapes={"411022": bowtie})
        assert not Division.objects.exists()

    def test_the_same_code_at_another_level_is_refused(self) -> None:
        load(D20, [seen("411021", "甲县")])
        wrong = Observation("411021", "甲市", "甲", "市", 2, "prefecture_city", None)
        assert [refusal.code for refusal in load(D23, [wrong]).refusals] == ["level_conflict"]


@pytest.mark.django_db
class TestStatisticalCodes:
    def test_another_name_on_the_same_day_concludes_nothing(self) -> None:
        load(D20, [seen("411021400", "东农场")], "nbs")
        outcome = load(D23, [seen("411021400", "西林场"), seen("411021401", "南林场")], "nbs")
        assert [(refusal.index, refusal.code) for refusal in outcome.refusals] == [(0, "code_reused_or_renamed")]
        assert outcome.created == 1

    def test_a_code_whose_holder_the_list_has_under_another_was_given_anew(self) -> None:
        """410103015 … 016 as in 2021 and 2023: a number was dropped, and everything behind it moved up."""
        load(D20, [seen("411021002", "人和街道"), seen("411021003", "侯寨街道"), seen("411021004", "金水街道")], "nbs")
        rows = [
            seen("411021001", "人和街道"),
            seen("411021002", "侯寨街道"),
            seen("411021003", "新泉街道"),
            seen("411021004", "金水街道"),
        ]
        outcome = load(D23, rows, "nbs")
        assert counts(outcome) == (1, 2, 1, 0)
        assert [(one.index, one.code) for one in outcome.reservations] == [(0, "code_given_anew"), (1, "code_given_anew")]
        held = {
            row.code: (DivisionRecord.objects.on(D23).get(division=row.division).name, row.valid.lower)
            for row in DivisionCode.objects.on(D23)
        }
        assert held == {
            "411021001": ("人和街道", D23),
            "411021002": ("侯寨街道", D23),
            "411021003": ("新泉街道", D23),
            "411021004": ("金水街道", D20),
        }
        both = {("人和街道", D20, None), ("侯寨街道", D20, None)}
        assert set(spans("411021002", "nbs")) == both, "each is one unit throughout"
        assert counts(load(D23, rows, "nbs")) == (0, 0, 4, 0)

    @pytest.mark.parametrize(
        "rows",
        [
            [seen("411021002", "侯寨街道"), seen("411022001", "人和街道")],  # the same name, but in another county
            [seen("411021002", "侯寨街道"), seen("411021005", "人和街道"), seen("411021006", "人和街道")],  # two of the name
            [seen("411021002", "侯寨街道"), seen("411021003", "人和街道")],  # under a number that another unit holds
        ],
    )
    def test_where_the_list_proves_nothing_the_row_is_left_out(self, rows: list[Observation]) -> None:
        load(D20, [seen("411021002", "人和街道"), seen("411021003", "金水街道")], "nbs")
        outcome = load(D23, rows, "nbs")
        assert (0, "code_reused_or_renamed") in [(one.index, one.code) for one in outcome.refusals]
        assert spans("411021002", "nbs") == [("人和街道", D20, None)]

    def test_another_name_earlier_is_another_unit_until_then(self) -> None:
        load(D23, [seen("411021001", "东街道")], "nbs")
        load(D20, [seen("411021001", "西街道")], "nbs")
        assert spans("411021001", "nbs") == [("西街道", D20, D23), ("东街道", D23, None)]
        assert Division.objects.count() == 2

    def test_spellings_of_one_name_are_followed(self) -> None:
        load(D16, [seen("411021001", "荆山办事处")], "nbs")
        load(D23, [seen("411021001", "荆山街道")], "nbs")
        assert spans("411021001", "nbs") == [("荆山办事处", D16, D23), ("荆山街道", D23, None)]
        assert Division.objects.count() == 1

    def test_code_08_township_codes_of_two_authorities_are_never_joined(self) -> None:
        load(D20, [seen("411021001", "东街道")], "mca")
        load(D20, [seen("411021001", "东街道")], "nbs")
        assert Division.objects.count() == 2

    @pytest.mark.parametrize(("first", "second"), [("mca", "nbs"), ("nbs", "mca")])
    def test_a_county_is_one_unit_by_its_legal_digits_in_either_order(self, first: str, second: str) -> None:
        load(D20, [seen("411021", "甲县")], first)
        outcome = load(D23, [seen("411021", "甲县")], second)
        assert (Division.objects.count(), outcome.joined, outcome.updated) == (1, 1, 1)
        assert set(DivisionCode.objects.current().values_list("authority", flat=True)) == {"mca", "nbs"}

    def test_a_statistical_list_before_the_legal_one_moves_the_unit_but_not_the_legal_code_back(self) -> None:
        load(D23, [seen("411021", "甲县")], "mca")
        load(D16, [seen("411021", "甲县")], "nbs")
        assert spans("411021") == [("甲县", D16, None)]
        assert DivisionCode.objects.current().get(authority="mca").valid.lower == D23

    def test_a_statistical_list_does_not_rename_a_legal_unit(self) -> None:
        load(D20, [seen("411021", "甲县")], "mca")
        outcome = load(D23, [seen("411021", "申县")], "nbs", seats={"411021": shapely.Point(113.05, 34.05)})
        assert [one.code for one in outcome.reservations] == ["legal_name_kept"]
        assert [name for name, _since, _until in spans("411021")] == ["甲县", "甲县"]
        assert DivisionRecord.objects.on(D23).get().seat is not None

    @pytest.mark.parametrize("code", ["411071", "411001"])
    def test_zones_and_groups_are_never_joined(self, code: str) -> None:
        load(D20, [seen(code, "市辖区" if code.endswith("01") else "某开发区")], "nbs")
        load(D20, [seen(code, "某区")], "mca")
        assert Division.objects.count() == 2


@pytest.mark.django_db
class TestParents:
    def test_in_the_same_list_in_whatever_order(self) -> None:
        outcome = load(D20, [seen("411021100", "乙镇"), seen("411021", "甲县", None)])
        assert outcome.parents == {"same_list": 1, "none": 1}
        assert DivisionRecord.objects.get(name="乙镇").parent == DivisionRecord.objects.get(name="甲县").division

    def test_a_statistical_township_under_the_county_of_the_legal_digits(self) -> None:
        load(D20, [seen("411021", "甲县", None)], "mca")
        assert load(D20, [seen("411021100", "乙镇")], "nbs").parents == {"other_authority": 1}

    def test_a_village_is_never_put_under_a_township_of_the_other_authority(self) -> None:
        load(D20, [seen("411021100", "乙镇", None)], "mca")
        outcome = load(D20, [seen("411021100200", "王庄村委会")], "nbs")
        assert outcome.waiting.keys() == {"411021100"}

    def test_a_county_known_from_a_later_day_is_the_parent_all_the_same(self) -> None:
        load(D23, [seen("411021", "甲县", None)])
        assert load(D16, [seen("411021100", "乙镇")]).parents == {"later_day": 1}

    def test_a_missing_parent_is_joined_when_it_comes(self) -> None:
        first = load(D20, [seen("411021100", "乙镇"), seen("411021200", "丙乡")])
        assert first.waiting == {"411021": first.divisions}
        before = _moment()
        second = load(D20, [seen("411021", "甲县", None)], orphans=first.waiting)
        assert second.adopted == 2
        county = DivisionRecord.objects.current().get(name="甲县").division
        assert set(DivisionRecord.objects.current().filter(parent=county).values_list("name", flat=True)) == {"乙镇", "丙乡"}
        assert not DivisionRecord.objects.known_at(before).filter(parent__isnull=False).exists()

    def test_a_unit_listed_under_two_missing_parents_joins_the_real_one(self) -> None:
        """济源市: one list names the province above it, another the statistical heading 省直辖县级行政区划."""
        waiting = load(D20, [seen("419001", "济源市")], "nbs").divisions
        load(D23, [seen("419001", "济源市")], "nbs")
        outcome = load(
            D16,
            [seen("410000", "河南省", None), seen("419000", "省直辖县级行政区划", "410000")],
            "nbs",
            orphans={"419000": waiting, "410000": waiting},
        )
        assert outcome.adopted >= 1
        parents = {record.parent for record in DivisionRecord.objects.current().filter(name="济源市")}
        assert parents == {DivisionRecord.objects.current().get(name="河南省").division}

    def test_a_list_without_the_parent_does_not_take_it_away(self) -> None:
        load(D20, [seen("411021", "甲县", None), seen("411021100", "乙镇")])
        assert counts(load(D23, [seen("411021100", "乙镇", "411099")])) == (0, 0, 1, 0)


@pytest.mark.django_db
def test_areas_are_postgis_own() -> None:
    rows = [seen("411021", "甲县", None), seen("411022", "乙县", None)]
    holed = shapely.MultiPolygon([shapely.box(113, 34, 115, 35.5).difference(shapely.box(113.2, 34.2, 113.3, 34.3))])
    load(D20, rows, shapes={"411021": holed, "411022": shape(112.0)})
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(abs(area_m2 / ST_Area(geometry::geography) - 1)) FROM boundaries_divisionrecord")
        assert cursor.fetchone()[0] < 1e-9


def _moment() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def _held(moment: datetime | None = None) -> list[tuple[Any, ...]]:
    """Everything current, or everything that was current at a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT division_id, valid::text, begins, name, type, parent_id, ST_AsText(seat) FROM boundaries_divisionrecord"
            " WHERE CASE WHEN %s::timestamptz IS NULL THEN upper_inf(recorded) ELSE recorded @> %s::timestamptz END ORDER BY 1, 2",
            [moment, moment],
        )
        return list(cursor.fetchall())


DAYS = [D16, D18, D20, D23]
LISTED = st.lists(
    st.tuples(st.sampled_from(["411021", "411022", "411021100", "411021400", "411022001"]), st.sampled_from("甲乙丙")),
    unique_by=lambda row: row[0],
    max_size=5,
)
HISTORIES = st.lists(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["mca", "nbs"]), LISTED, st.booleans()), min_size=1, max_size=5
)
GENERIC = {"411021": "县", "411022": "县", "411021100": "镇", "411021400": "农场", "411022001": "街道"}


class TestAnySequenceOfLists(TestCase):
    """Whatever lists come in whatever order: the clocks stay consistent."""

    @settings(max_examples=60)
    @given(HISTORIES)
    def test_current_records_never_overlap_and_earlier_knowledge_stays(self, history: list[Any]) -> None:
        remembered: list[tuple[datetime, list[tuple[Any, ...]]]] = []
        for day, authority, listed, with_seats in history:
            rows = [seen(code, proper + GENERIC[code]) for code, proper in listed]
            seats = {row.code: shapely.Point(113.5, 34.5) for row in rows} if with_seats else {}
            outcome = load(day, rows, authority, seats=seats)
            assert sum(counts(outcome)) == len(rows)
            for index, row in enumerate(rows):
                if outcome.deeds[index] == "refused":
                    continue
                holder = DivisionCode.objects.on(day).get(authority=authority, code=row.code).division
                assert holder.pk == outcome.divisions[index]
                record = DivisionRecord.objects.on(day).get(division=holder)
                legal = DivisionCode.objects.on(day).filter(division=holder, authority="mca").exists()
                assert record.name == row.name or (authority == "nbs" and legal)
                assert not with_seats or record.seat is not None
            again = load(day, rows, authority, seats=seats)
            assert (again.created, again.updated, again.adopted) == (0, 0, 0), "a list loaded twice changes nothing"
            remembered.append((_moment(), _held()))
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM boundaries_divisionrecord a JOIN boundaries_divisionrecord b"
                " ON a.division_id = b.division_id AND a.id < b.id AND a.valid && b.valid"
                " WHERE upper_inf(a.recorded) AND upper_inf(b.recorded)"
            )
            assert cursor.fetchone()[0] == 0
        for moment, held in remembered:
            assert _held(moment) == held
