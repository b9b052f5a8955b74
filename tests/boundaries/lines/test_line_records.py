"""The register of lines refuses what cannot be; chainage covered is one union in the database."""

from __future__ import annotations

import uuid
from datetime import date
from itertools import pairwise

import pytest
from django.contrib.gis.geos import LineString, MultiLineString
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.models import BoundaryLineRecord, InspectionTrack, JointInspection, Level, TrackState
from boundaries.models.multirange import UnionOfSpans
from gis.crs import CGCS2000
from gis.files.models import StoredFile
from tests.factories import FIRST_RECORDED, LONG_AGO, make_division, make_line, make_marker, make_source

pytestmark = pytest.mark.django_db


@pytest.fixture
def line():
    counties = [make_division(name, Level.COUNTY) for name in ("甲县", "乙县")]
    return make_line("4101-02", *counties, [(114.0, 34.0), (114.1, 34.0)])


def test_the_length_is_geodesic_and_never_given(line):
    record = line.records.get()
    assert record.length_m == pytest.approx(9_239, abs=2)  # one tenth of a degree at 34° N: 111.3 km × cos 34° on the ellipsoid
    record.length_m = 1.0
    record.save()
    assert line.records.get().length_m == pytest.approx(9_239, abs=2)


def test_a_line_runs_between_two(line):
    held = line.records.get()
    with pytest.raises(IntegrityError, match="line_between_two"), transaction.atomic():
        BoundaryLineRecord.objects.filter(pk=held.pk).update(side_b=held.side_a)


def test_two_truths_of_one_day_are_refused(line):
    held = line.records.get()
    with pytest.raises(IntegrityError, match="line_one_truth_at_a_time"), transaction.atomic():
        BoundaryLineRecord.objects.create(
            line=line,
            valid=DateRange(date(2020, 1, 1), None),
            recorded=DateTimeTZRange(FIRST_RECORDED, None),
            begins="decided",
            name="别名",
            level=3,
            side_a=held.side_a,
            side_b=held.side_b,
            source=make_source(),
        )
    assert held.valid.lower == LONG_AGO


def test_a_position_says_how_far_it_may_be_relied_on(line):
    with pytest.raises(IntegrityError, match="line_geometry_graded"), transaction.atomic():
        BoundaryLineRecord.objects.filter(line=line).update(grade="")
    parts = MultiLineString(LineString((114.0, 34.0), (114.0, 34.1)), LineString((114.2, 34.0), (114.2, 34.1)), srid=CGCS2000)
    record = line.records.get()
    record.geometry = parts
    record.save()
    assert line.records.get().length_m == pytest.approx(2 * 11_092, abs=4)


def test_a_marker_has_one_custodian(line):
    held = line.records.get()
    marker = make_marker("001", {line: 0.0}, (114.0, 34.0), [held.side_a, held.side_b])
    record = marker.records.get()
    with pytest.raises(IntegrityError, match="marker_one_custodian"), transaction.atomic():
        record.sides.update(custodian=True)


def _track(inspection: JointInspection, spans: list[tuple[float, float]]) -> InspectionTrack:
    file = StoredFile.objects.create(sha256="0" * 64, size=1, name="a.gpx", media_type="application/gpx+xml", purpose="track")
    return InspectionTrack.objects.create(
        inspection=inspection, key=uuid.uuid4(), file=file, state=TrackState.MATCHED, coverage=spans
    )


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=4), min_size=1, max_size=4))
def test_the_union_of_all_tracks_is_what_any_of_them_covers(walks):
    """Against a plain set of metres; spans that meet are one."""
    with transaction.atomic():
        counties = [make_division(name, Level.COUNTY) for name in ("甲县", "乙县")]
        line = make_line(f"L{uuid.uuid4().hex[:12]}", *counties)
        inspection = JointInspection.objects.create(line=line, year=2026, lead=counties[0], partner=counties[1])
        metres = set()
        for walk in walks:
            spans = [(float(min(pair)), float(max(pair))) for pair in walk]
            _track(inspection, spans)
            metres |= {metre for low, high in spans for metre in range(int(low), int(high))}
        union = inspection.tracks.aggregate(all=UnionOfSpans("coverage"))["all"]
        assert {metre for low, high in union for metre in range(int(low), int(high))} == metres
        assert all(before[1] < after[0] for before, after in pairwise(union))
        transaction.set_rollback(True)
