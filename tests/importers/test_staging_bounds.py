"""What a staged batch makes of files that take too much, of an office's own parameters in a .prj, and of a list of villages."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from django.urls import reverse

from boundaries.models import DivisionRecord, Level
from gis.accounts.models import Duty
from importers import sandbox
from importers.models import BatchState
from importers.services import staging
from tests.factories import make_user
from tests.importers.files import csv
from tests.importers.staged import brought, committed, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


def zipped_shapefile(folder: Path, wkt: str) -> Path:
    pyogrio.raw.write(
        str(folder / "counties.shp"),
        shapely.to_wkb([shapely.box(113.1, 34.1, 113.2, 34.2)]),
        field_data=[np.array([one], dtype=object) for one in ("411021", "甲县")],
        fields=["adcode", "name"],
        geometry_type="Polygon",
        crs="EPSG:4610",
        driver="ESRI Shapefile",
        encoding="UTF-8",
    )
    (folder / "counties.prj").write_text(wkt, "utf-8")
    with zipfile.ZipFile(folder / "counties.zip", "w") as archive:
        for part in folder.glob("counties.*"):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    return folder / "counties.zip"


@pytest.mark.parametrize(
    ("limits", "words"),
    [(sandbox.Limits(seconds=0), "超过 0 秒，已中止"), (sandbox.Limits(memory_bytes=320 * 1024**2), "需要的内存超过 320 MB")],
)
def test_a_file_that_takes_too_much_is_stopped_and_said(officer, logged_in, tmp_path, monkeypatch, limits, words):
    monkeypatch.setattr("importers.services.staging_steps.sandbox.inspect", partial(sandbox.inspect, limits=limits))
    path = csv(tmp_path / "list.csv", "代码,名称\n" + f"411021,{'甲' * 2000}\n" * 20_000)
    batch = brought(officer, path)
    assert batch.state == BatchState.UNREADABLE
    assert words in logged_in(officer).get(reverse("import-batch", args=[batch.pk])).content.decode()


def test_parameters_in_a_prj_are_used(officer, tmp_path):
    """Xi'an 1980 with an office's own shift of some 110 m."""
    wkt = pyproj.CRS.from_epsg(4610).to_wkt("WKT1_GDAL")
    own = wkt.replace('AUTHORITY["EPSG","6610"]', 'TOWGS84[100,-50,20,0,0,0,0],AUTHORITY["EPSG","6610"]')
    path = zipped_shapefile(tmp_path, own)
    batch = brought(officer, path)
    crs = batch.inspection["layers"][0]["crs"]
    batch = committed(officer, path, crs=crs["code"] or "custom")
    assert batch.state == BatchState.COMMITTED, batch.message
    west, south, _east, _north = DivisionRecord.objects.get().geometry.extent
    moved = shapely.distance(shapely.Point(west, south), shapely.Point(113.1, 34.1)) * 100_000
    assert 50 < moved < 200


def test_a_list_of_villages_goes_all_the_way(officer, logged_in, tmp_path):
    township = csv(tmp_path / "townships.csv", "统计用区划代码,名称\n411021100000,青龙镇\n")
    committed(officer, township, level="township", authority="nbs", crs=None, grade=None)
    path = csv(tmp_path / "villages.csv", "统计用区划代码,名称\n411021100201,东村村民委员会\n411021100202,西村村民委员会\n")
    client = logged_in(officer)
    batch = brought(officer, path)
    client.post(reverse("import-choose", args=[batch.pk]), {"target": "villages", "layer": batch.layer})
    shown = client.get(reverse("import-batch", args=[batch.pk])).content.decode()
    assert "村（居）名单" in shown and "数据日期" in shown
    given = {"option-level": "village", "option-as_of": "2023-12-31", "option-authority": "nbs"}
    client.post(reverse("import-set-up", args=[batch.pk]), {**given, "role-code": "统计用区划代码", "role-name": "名称"})
    batch.refresh_from_db()
    batch = work(batch)
    assert batch.verdict["counts"]["created"] == 2, batch.message
    batch = work(staging.commit(officer, batch))
    parents = DivisionRecord.objects.filter(level=Level.VILLAGE).values_list("parent__records__name", flat=True)
    assert set(parents) == {"青龙镇"}
    assert work(staging.undo(officer, batch)).state == BatchState.UNDONE
