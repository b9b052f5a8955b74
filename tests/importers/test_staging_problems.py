"""What readers and inspection see in a file stands in the check of its batch: by row where there is one, and in the report."""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pytest
import shapely
from django.urls import reverse

from boundaries.models import Level
from gis.accounts.models import Duty
from importers.models import Batch, StagedRow
from importers.services import staging
from tests.factories import make_division, make_user, square
from tests.importers.files import box, geojson
from tests.importers.staged import checked, work
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

ENCODINGS = SHARED / "shapefile_encodings" / "henan_derived"


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


@pytest.fixture
def prefecture(db):
    return make_division("许昌市", Level.PREFECTURE, code="411000", geometry=square(112.5, 33.5, 3.0))


def by_row(batch) -> dict[int, list[str]]:
    return {
        row.number: sorted(one["code"] for one in row.problems) for row in StagedRow.objects.filter(batch=batch) if row.problems
    }


def of_file(batch) -> set[str]:
    return {one["code"] for one in batch.verdict["problems"]} - {"parent_unknown"}


@requires_shared
def test_a_character_cut_in_half_is_told_in_its_row_until_the_cell_is_written_anew(client, officer):
    path = next((ENCODINGS / "09_gbk_truncated_mid_character").glob("*.shp"))
    batch = checked(officer, zipped(path))
    rows = by_row(batch)
    assert set(rows) == {1, 2, 3, 4, 5, 6} and all("truncated_character" in codes for codes in rows.values()), rows
    assert batch.verdict["with_problems"] == 6
    row = StagedRow.objects.get(batch=batch, number=1)
    cut = [one["field"] for one in row.problems if one["code"] == "truncated_character"]
    for field in cut:
        if field in batch.mapping.values():
            staging.edit(officer, batch, 1, field, "改过的县")
    batch = work(staging.check(officer, batch))
    left = [one["field"] for one in StagedRow.objects.get(batch=batch, number=1).problems if one["code"] == "truncated_character"]
    assert set(left) == set(cut) - set(batch.mapping.values()), "the cell that was rewritten has no half a character any more"
    work(staging.commit(officer, batch))
    assert "truncated_character" in {one["code"] for one in Batch.objects.get().problems}
    client.force_login(officer)
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("import-report", args=[batch.pk])).content))
    assert any("半个汉字" in str(line[-1].value) for line in book["逐行结果"].iter_rows(min_row=2))


@requires_shared
def test_a_wrong_declaration_is_told_of_the_file_and_in_the_report(client, officer):
    path = next((ENCODINGS / "07_gbk_bytes_cpg_says_UTF-8").glob("*.shp"))
    batch = checked(officer, zipped(path))
    assert "encoding_conflict" in of_file(batch)
    client.force_login(officer)
    page = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert "与内容不符" in page
    book = openpyxl.load_workbook(io.BytesIO(client.get(reverse("import-report", args=[batch.pk])).content))
    lines = [[cell.value for cell in line] for line in book["识别与提示"].iter_rows(min_row=2)]
    assert ["编码", "gb18030"] in lines and any(kind == "提示" and "与内容不符" in text for kind, text in lines)
    assert any(kind == "坐标系" for kind, _text in lines)


def zipped(path: Path) -> Path:
    packed = Path(tempfile.mkdtemp(prefix="yudi-test-")) / f"{path.stem}.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for part in sorted(path.parent.glob(f"{path.stem}.*")):
            archive.write(part, part.name)
    return packed


def test_every_row_outside_henan_is_told_and_not_the_first_fifty(officer, prefecture, tmp_path):
    """BND-GEO-01."""
    rows = [
        ({"adcode": f"3412{at:02d}", "name": f"第{at}县"}, box(117.6 + at * 0.01, 34.0, 117.6 + at * 0.01 + 0.005, 34.1))
        for at in range(21, 81)
    ]
    rows.append(({"adcode": "411081", "name": "里市"}, box(113.0, 34.0, 113.1, 34.1)))
    batch = checked(officer, geojson(tmp_path / "far.geojson", rows))
    told = by_row(batch)
    assert told.pop(61, []) == []
    assert len(told) == 60 and all("outside_henan" in codes for codes in told.values()), told


def test_a_row_coded_as_henan_and_lying_elsewhere_is_told_once(officer, prefecture, tmp_path):
    rows = [({"adcode": "411021", "name": "甲县"}, box(118.0, 34.0, 118.1, 34.1))]
    assert by_row(checked(officer, geojson(tmp_path / "far.geojson", rows))) == {1: ["outside_extent"]}


def test_shapes_that_repeat_and_heights_left_out(officer, prefecture, tmp_path):
    path = tmp_path / "heights.gpkg"
    shapes = [shapely.force_3d(shapely.box(113.0, 34.0, 113.1, 34.1), 5.0)] * 2
    cells = [np.array(["411021", "411022"], dtype=object), np.array(["甲县", "乙县"], dtype=object)]
    pyogrio.raw.write(path, shapely.to_wkb(shapes), cells, ["code", "name"], geometry_type="Polygon Z", crs="EPSG:4490")
    batch = checked(officer, path)
    assert "heights_dropped" in of_file(batch)
    assert by_row(batch)[2] == ["duplicate_geometry"]


def test_a_row_without_a_shape_among_rows_with_shapes(officer, prefecture, tmp_path):
    rows = [({"adcode": "411021", "name": "甲县"}, box(113.0, 34.0, 113.1, 34.1)), ({"adcode": "411022", "name": "乙县"}, None)]
    batch = checked(officer, geojson(tmp_path / "one.geojson", rows))
    assert by_row(batch) == {2: ["geometry_missing"]}
    assert batch.verdict["counts"]["created"] == 2, "a warning keeps no row out"


def test_what_is_told_once_is_not_told_twice(officer, prefecture, tmp_path):
    bow = {"type": "Polygon", "coordinates": [[[113, 34], [113.1, 34.1], [113.1, 34], [113, 34.1], [113, 34]]]}
    batch = checked(officer, geojson(tmp_path / "bow.geojson", [({"adcode": "411021", "name": "甲县"}, bow)]))
    assert by_row(batch) == {1: ["invalid_geometry"]}


def test_what_a_workbooks_cells_are(officer, prefecture, tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (["代码", "名称", "备注"], [411021, "甲县", "x"], ["411022", "乙县", "=1+1"]):
        sheet.append(line)
    path = tmp_path / "cells.xlsx"
    book.save(path)
    batch = checked(officer, path, crs=None, grade=None)
    assert by_row(batch) == {2: ["formula_without_value"]} and "code_as_number" in of_file(batch)
    assert batch.verdict["counts"]["created"] == 2
