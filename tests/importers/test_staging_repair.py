"""The shapes of a batch: what is wrong between them, a repair that is looked at, adopted, withdrawn, committed and taken back."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio.raw
import pypdf
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.urls import reverse

from boundaries.models import DivisionRecord, Level, Source
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.coverage import check
from gis.crs import CGCS2000
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from gis.files.services import read_bytes
from importers.models import Batch, BatchState, RepairState, StagedBatch, StagedFinding, StagedRepair, StagedRow
from importers.services import staging, staging_repair, staging_report
from tests.factories import make_division, make_user
from tests.importers.staged import checked, work

pytestmark = pytest.mark.django_db

METRE = 1 / 92_000  # of longitude, about


def as_geos(shape: shapely.Geometry) -> GEOSGeometry:
    return GEOSGeometry(memoryview(shapely.to_wkb(shapely.MultiPolygon([shape]))), srid=CGCS2000)


def troubled() -> dict[str, shapely.Geometry]:
    """Four townships in a row: 8 m of nobody's ground after the first, 6 m of both after the second, 500 m gap after the third."""
    edges = [113.0, 113.1, 113.2, 113.3, 113.4]
    shapes = [shapely.box(edges[at], 34.0, edges[at + 1], 34.1) for at in range(4)]
    shapes[1] = shapely.box(113.1 + 8 * METRE, 34.0, 113.2 + 6 * METRE, 34.1)
    shapes[2] = shapely.box(113.2, 34.0, 113.3 - 500 * METRE, 34.1)
    return dict(zip(["甲镇", "乙镇", "丙镇", "丁镇"], shapes, strict=True))


def package(folder: Path, shapes: dict[str, shapely.Geometry] | None = None) -> Path:
    shapes = troubled() if shapes is None else shapes
    path = folder / "乡镇.gpkg"
    pyogrio.raw.write(
        str(path),
        shapely.to_wkb(list(shapes.values())),
        field_data=[
            np.array([f"4110211{at:02d}" for at in range(len(shapes))], dtype=object),
            np.array(list(shapes), dtype=object),
        ],
        fields=["区划代码", "名称"],
        geometry_type="Polygon",
        crs="EPSG:4490",
        driver="GPKG",
        layer="乡镇",
    )
    return path


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None), display_name="王区划")


@pytest.fixture
def county(db):
    return make_division("甲县", Level.COUNTY, code="411021", geometry=as_geos(shapely.box(113.0, 34.0, 113.4, 34.1)))


@pytest.fixture
def batch(officer, county, tmp_path) -> StagedBatch:
    return checked(officer, package(tmp_path), level="township")


def kinds(batch: StagedBatch) -> dict[str, int]:
    return {kind: count for kind, count in batch.verdict["topology"]["kinds"].items() if count}


def previewed(officer, batch: StagedBatch, distance: str = "10", *chosen: str) -> StagedRepair:
    work(staging_repair.ask(officer, batch, distance, chosen or ("sliver",)))
    batch.refresh_from_db()
    found = staging_repair.current(batch)
    assert found is not None, batch.message
    return found


def test_a_dry_run_tells_each_place_with_its_row(batch):
    assert batch.state == BatchState.CHECKED, batch.message
    assert kinds(batch) == {"gap": 1, "sliver": 2}
    gap, first, second = StagedFinding.objects.filter(batch=batch)
    assert (gap.kind, first.kind, second.kind) == ("gap", "sliver", "sliver")
    assert [unit["name"] for unit in gap.units] == ["丁镇", "丙镇"] or {unit["row"] for unit in gap.units} == {3, 4}
    assert {first.covers, second.covers} == {0, 2} and gap.parent["code"] == "411021"
    assert 480 < gap.width_m < 530 and 5 < second.width_m < 9 and gap.lon == pytest.approx(113.297, abs=0.001)
    assert batch.verdict["details"]["coverage"]["kinds"]["sliver"] == 2


def test_a_repair_is_only_looked_at(officer, batch):
    rows = list(StagedRow.objects.filter(batch=batch).values("wkb", "outcome"))
    found = previewed(officer, batch)
    told = found.result
    assert (told["gone"], told["stays"]) == (2, {"not_chosen": 1}) and told["after"] == {**told["before"], "sliver": 0}
    moved = {one["name"]: one for one in told["units"] if one["gained"] or one["lost"]}
    assert sum(part["area_m2"] for one in moved.values() for part in one["gained"]) == pytest.approx(8 * 11_092, rel=0.05)
    assert all(one["moved_m"] <= 10 for one in moved.values())
    assert batch.state == BatchState.CHECKED and list(StagedRow.objects.filter(batch=batch).values("wkb", "outcome")) == rows
    assert not AuditEntry.objects.filter(action__startswith="staged.repair").exists()


def test_adopted_checked_committed_and_taken_back(officer, batch, logged_in):
    file = read_bytes(batch.file)
    found = previewed(officer, batch)
    batch = staging_repair.adopt(officer, batch, found.pk)
    assert batch.state == BatchState.PREPARED and batch.checked_at is None
    with pytest.raises(ConflictError):
        staging.commit(officer, batch)  # the dry run must be asked again
    batch = work(staging.check(officer, batch))
    assert kinds(batch) == {"gap": 1}, "the repaired shapes were tried"
    batch = work(staging.commit(officer, batch))
    assert batch.state == BatchState.COMMITTED, batch.message
    records = list(DivisionRecord.objects.current().filter(level=Level.TOWNSHIP).order_by("name"))
    shapes = np.array([shapely.from_wkb(bytes(record.geometry.wkb)) for record in records], dtype=object)
    report = check([record.name for record in records], shapes)
    assert report.overlaps == [] and [gap.kind for gap in report.gaps] == ["hole"] * len(report.gaps)
    # It is told with the source of the records, the batch, the trail and the report; the file is as it came.
    source = Source.objects.get(pk=records[0].source_id)
    told = source.details["topology_repair"]
    assert told["distance_m"] == 10 and told["by"] == "王区划" and len(told["units"]) >= 2
    assert Batch.objects.get(pk=batch.reference).details["topology_repair"] == told
    (entry,) = AuditEntry.objects.filter(action="staged.repair.adopt")
    assert entry.after["kinds"] == "碎条" and any("原无覆盖" in words and "甲镇" in words for words in entry.after["units"])
    assert entry.actor == officer and entry.after["moved_area_m2"] == told["moved_area_m2"] > 0
    book = openpyxl.load_workbook(io.BytesIO(staging_report.report(batch)))
    assert book.sheetnames == ["概要", "逐行结果", "导入前的改动", "识别与提示", "拓扑检查", "拓扑修复"]
    assert [row[1].value for row in book["拓扑检查"].iter_rows(min_row=2)] == ["缝隙"]
    assert {row[1].value for row in book["拓扑修复"].iter_rows(min_row=2)} >= {one["name"] for one in told["units"]}
    assert read_bytes(batch.file) == file
    shown = logged_in(officer).get(reverse("division", args=[records[0].division_id])).content.decode()
    assert f"这份资料中 {len(told['units'])} 个区划的图形在 10 米以内经拓扑修复" in shown
    batch = work(staging.undo(officer, batch))
    assert batch.state == BatchState.UNDONE
    assert not DivisionRecord.objects.current().filter(level=Level.TOWNSHIP).exists()


def test_withdrawn_the_file_counts_again(officer, batch):
    found = previewed(officer, batch)
    staging_repair.adopt(officer, batch, found.pk)
    batch = work(staging.check(officer, batch))
    with pytest.raises(ConflictError) as refused:
        staging_repair.ask(officer, batch, "5", ["sliver"])
    assert refused.value.code == "already_repaired"
    batch = staging_repair.withdraw(officer, batch)
    assert batch.state == BatchState.PREPARED
    batch = work(staging.check(officer, batch))
    assert kinds(batch) == {"gap": 1, "sliver": 2}
    with pytest.raises(ConflictError):
        staging_repair.withdraw(officer, batch)
    found.refresh_from_db()
    assert found.state == RepairState.WITHDRAWN and found.withdrawn_by == officer
    assert staging.variant_of(batch, staging.target_for(officer, "divisions")) == ""


def test_what_was_looked_at_is_what_is_adopted(officer, batch):
    found = previewed(officer, batch)
    staging.skip(officer, batch, 4, True)
    work(staging.check(officer, batch))
    with pytest.raises(ConflictError) as refused:
        staging_repair.adopt(officer, batch, found.pk)
    assert refused.value.code == "repair_gone"


def test_other_options_leave_the_repair_behind(officer, batch):
    staging_repair.adopt(officer, batch, previewed(officer, batch).pk)
    batch.refresh_from_db()
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    assert staging_repair.adopted(batch) is None


def test_a_neighbour_in_the_register_stands(officer, county, tmp_path):
    shapes = troubled()
    standing = make_division("乙镇", Level.TOWNSHIP, code="411021101", parent=county, geometry=as_geos(shapes.pop("乙镇")))
    before = DivisionRecord.objects.current().get(division=standing).geometry.wkb
    batch = checked(officer, package(tmp_path, {"甲镇": shapes["甲镇"]}), level="township")
    (one,) = [one for one in StagedFinding.objects.filter(batch=batch, kind="sliver") if one.covers == 0]
    assert {unit["row"] for unit in one.units} == {None, 1}
    found = previewed(officer, batch)
    assert [unit["name"] for unit in found.result["units"]] == ["甲镇"]
    staging_repair.adopt(officer, batch, found.pk)
    work(staging.check(officer, batch))
    work(staging.commit(officer, batch))
    assert bytes(DivisionRecord.objects.current().get(division=standing).geometry.wkb) == bytes(before)


@pytest.mark.parametrize("distance", ["", "0", "-3", "nan", "inf", "201", "abc", "0x10"])
def test_a_distance_that_cannot_be(officer, batch, distance):
    with pytest.raises(InvalidInputError) as refused:
        staging_repair.ask(officer, batch, distance, ["sliver"])
    assert refused.value.code == "bad_distance"


@pytest.mark.parametrize("chosen", [[], ["duplicate"], ["sliver", "x"]])
def test_kinds_that_cannot_be(officer, batch, chosen):
    with pytest.raises(InvalidInputError) as refused:
        staging_repair.ask(officer, batch, "5", chosen)
    assert refused.value.code == "no_kinds"
    assert not StagedRepair.objects.exists()


def test_only_who_may_see_the_batch(batch):
    with pytest.raises(ForbiddenError):
        staging_repair.ask(make_user("reader", (Duty.READER, None)), batch, "5", ["sliver"])


def test_while_the_worker_is_at_it_nobody_changes_anything(officer, batch):
    staging_repair.ask(officer, batch, "10", ["sliver"])
    with pytest.raises(ConflictError) as refused:
        staging_repair.ask(officer, batch, "20", ["sliver"])
    assert refused.value.code == "batch_busy"
    with pytest.raises(ConflictError):
        staging.skip(officer, batch, 1, True)


def test_a_list_without_shapes_has_no_topology(officer, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("代码,名称\n411021,甲县\n", "utf-8")
    batch = checked(officer, path, crs=None, grade=None)
    assert batch.verdict["topology"]["looked"] is False and json.dumps(batch.verdict)


# --- over HTTP -----------------------------------------------------------------------------------------------------------


def page(client, batch, **query) -> str:
    answer = client.get(reverse("import-batch", args=[batch.pk]), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_the_map_and_the_picture(officer, batch, logged_in):
    client = logged_in(officer)
    shown = page(client, batch)
    assert 'id="place-3"' in shown and "预览修复" in shown and "采用修复" not in shown
    assert 'id="place-1"' not in page(client, batch, kind="sliver") and 'id="place-2"' in page(
        client, batch, kind="sliver", sort="width"
    )
    places = client.get(reverse("import-topology", args=[batch.pk])).json()
    assert [one["properties"]["sign"] for one in places["features"]] == ["缝", "碎", "碎"] and places["repair"] == {}
    for form, magic in (("pdf", b"%PDF"), ("png", b"\x89PNG")):
        answer = client.get(reverse("import-topology-picture", args=[batch.pk]), {"form": form})
        assert answer.status_code == 200 and answer.content.startswith(magic) and "attachment" in answer["Content-Disposition"]
    text = (
        pypdf.PdfReader(io.BytesIO(client.get(reverse("import-topology-picture", args=[batch.pk])).content)).pages[0].extract_text()
    )
    assert "拓扑检查图" in text and "碎条" in text and "内部使用" in text and "甲镇" in text
    assert client.get(reverse("import-topology-picture", args=[batch.pk]), {"form": "exe"}).status_code == 422


def test_preview_adopt_and_withdraw_over_http(officer, batch, logged_in):
    client = logged_in(officer)
    address = reverse("import-repair", args=[batch.pk])
    answer = client.post(address, {"deed": "preview", "distance": "1000", "kind": "sliver"})
    assert answer.status_code == 422 and "0.5 至 200 米" in answer.content.decode()
    assert client.post(address, {"deed": "preview", "distance": "10", "kind": "sliver"}).status_code == 302
    batch = work(batch)
    shown = page(client, batch)
    assert "修复 2 处" in shown and "原无覆盖" in shown and "没有选这一类 1 处" in shown
    places = client.get(reverse("import-topology", args=[batch.pk])).json()["repair"]
    assert places["moved"] and places["before"] and places["after"]
    number = staging_repair.current(batch).pk
    assert client.post(address, {"deed": "adopt", "repair": "x"}).status_code == 409
    assert client.post(address, {"deed": "adopt", "repair": str(number)}).status_code == 302
    shown = page(client, batch)
    assert "已采用修复" in shown and "撤回修复" in shown and "重新检查" in shown
    assert client.post(address, {"deed": "withdraw"}).status_code == 302
    assert "已采用修复" not in page(client, batch)
    assert client.post(address, {"deed": "x"}).status_code == 422
