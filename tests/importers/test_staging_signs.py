"""Lists of signs as imports: a table, waypoints of a phone, the same again, another word of it, and back."""

from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely
from django.contrib.gis.geos import Point

from gis.crs import CGCS2000
from gis.errors import ConflictError
from gis.services.spreadsheets import as_xlsx
from importers.models import BatchState, StagedRow
from importers.services import staging
from placenames.models import Sign
from placenames.services.signs import works
from placenames.services.signs.registering import Entry, Face, enter
from placenames.signs.tables import HEADINGS, as_gpx, as_shapefile, rows
from tests.importers.files import csv, geojson
from tests.importers.staged import checked, committed, work
from tests.placenames.signs_world import X, Y, make_world

pytestmark = pytest.mark.django_db
OPTIONS = {"level": None, "authority": None, "note": None, "crs": None, "as_of": "2026-05-01", "grade": "surveyed"}
TABLE = (
    "标志编号,所指地名,汉字,汉语拼音,底色,经度,纬度,状态,设置日期\n"
    f"A1,建设路,建设路,JIÀNSHÈ LÙ,蓝,{X - 0.01},{Y},完好,2020-05-01\n"
    f"A2,周庄村,周庄村,,蓝底,114.085,33.085,损坏,\n"
    f",龙湖花园,龙湖花园,,,{X + 0.003},{Y + 0.003},,\n"
    "A3,没有路,没有路,,,114.05,33.05,,\n"
    "A4,建设路,,,彩虹,114,200,老,\n"
    "A5,建设路,,,,115.05,33.05,,\n"
)


def told(batch, number):
    return {one["code"] for one in StagedRow.objects.get(batch=batch, number=number).problems}


def test_a_table_goes_in_again_and_back(tmp_path):
    world = make_world()
    batch = checked(world.officer, csv(tmp_path / "signs.csv", TABLE), target="signs", **OPTIONS | {"crs": "EPSG:4490"})
    assert batch.verdict["counts"]["created"] == 3, (batch.message, batch.verdict)
    assert told(batch, 4) >= {"name_unknown", "type_missing"} and told(batch, 5) >= {"bad_coordinates", "bad_ground", "bad_state"}
    assert told(batch, 6) == {"outside_area"}
    batch = work(staging.commit(world.officer, batch))
    assert batch.state == BatchState.COMMITTED, batch.message
    kinds = dict(Sign.objects.values_list("code", "type"))
    assert kinds == {"A1": "street", "A2": "village", "BZ419921000001": "compound"}
    first = Sign.objects.get(code="A1")
    assert first.place == world.east_west and first.area == world.township and first.faces.get().ground == "blue"

    again = checked(world.officer, csv(tmp_path / "again.csv", TABLE + "\n"), target="signs", **OPTIONS | {"crs": "EPSG:4490"})
    assert again.verdict["counts"]["unchanged"] == 3, again.verdict
    other = committed(
        world.officer, csv(tmp_path / "other.csv", "标志编号,所指地名,材质\nA1,建设路,铝板\n"), target="signs", **OPTIONS
    )
    first.refresh_from_db()
    assert first.material == "铝板" and first.position is not None and first.faces.get().texts.count() == 2
    with pytest.raises(ConflictError):
        staging.undo(world.officer, batch)
    work(staging.undo(world.officer, other))
    first.refresh_from_db()
    assert first.material == ""
    assert first.events.count() == 3
    order = works.open_order(world.officer, Sign.objects.get(code="A2"), works.Order("repair", "坏"))
    with pytest.raises(ConflictError):
        staging.undo(world.officer, batch)
    order.delete()


def test_waypoints_of_a_phone_and_points_of_a_file(tmp_path):
    world = make_world()
    points = [("建设路", X - 0.01, Y), ("龙湖花园", X + 0.003, Y + 0.003)]
    marks = "".join(f'<wpt lat="{y}" lon="{x}"><time>2026-04-01T02:00:00Z</time><name>{name}</name></wpt>' for name, x, y in points)
    path = tmp_path / "signs.gpx"
    path.write_text(
        f'<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">{marks}</gpx>', "utf-8"
    )
    batch = committed(world.officer, path, target="signs", **OPTIONS | {"crs": "EPSG:4326"})
    assert batch.state == BatchState.COMMITTED, batch.message
    made = Sign.objects.get(type="street")
    assert (
        made.place == world.east_west
        and str(made.checked_on) == "2026-04-01"
        and made.position.x == pytest.approx(X - 0.01, abs=1e-6)
    )
    row = ({"标志编号": "B1", "所指地名": "周庄村"}, {"type": "Point", "coordinates": [114.085, 33.086]})
    batch = committed(world.officer, geojson(tmp_path / "村牌.geojson", [row]), target="signs", **OPTIONS | {"crs": "EPSG:4490"})
    assert Sign.objects.get(code="B1").division == world.village, batch.message
    assert work(staging.undo(world.officer, batch)).state == BatchState.UNDONE and not Sign.objects.filter(code="B1").exists()


def test_a_shapefile_in_gbk_a_workbook_and_waypoints_each_go_in_and_back(tmp_path):
    """Upload, mapping as proposed, dry run, commit, undo: once for each form of file a county has its signs in."""
    world = make_world()
    table = [("C1", "建设路", "损坏", X - 0.01, Y), ("C2", "龙湖花园", "完好", X + 0.003, Y + 0.003)]
    parts = tmp_path / "parts"
    parts.mkdir()
    fields = ["标志编号", "所指地名", "状态"]
    columns = [np.array([row[at] for row in table], dtype=object) for at in range(3)]
    pyogrio.raw.write(
        str(parts / "标志.shp"), shapely.to_wkb(shapely.points([row[3:] for row in table])), columns, fields,
        geometry_type="Point", crs="EPSG:4490", driver="ESRI Shapefile", encoding="GBK",
    )  # fmt: skip
    (parts / "标志.cpg").unlink(missing_ok=True)  # as programs of the time left them
    shape = tmp_path / "标志.zip"
    with zipfile.ZipFile(shape, "w") as archive:
        for one in sorted(parts.iterdir()):
            archive.write(one, one.name)
    book = openpyxl.Workbook()
    for row in [("标志编号", "所指地名", "状态", "经度", "纬度"), *table]:
        book.active.append(row)
    book.save(tmp_path / "标志.xlsx")
    for path in (shape, tmp_path / "标志.xlsx"):
        batch = committed(world.officer, path, target="signs", **OPTIONS | {"crs": "EPSG:4490"})
        assert batch.state == BatchState.COMMITTED, (path.name, batch.message, batch.verdict)
        found = {one.code: (one.place_id, one.state, round(one.position.x, 6)) for one in Sign.objects.all()}
        assert found == {
            "C1": (world.east_west.pk, "damaged", round(X - 0.01, 6)),
            "C2": (world.compound.pk, "standing", round(X + 0.003, 6)),
        }, path.name
        assert work(staging.undo(world.officer, batch)).state == BatchState.UNDONE and not Sign.objects.exists()


def test_what_was_exported_comes_in_unchanged(tmp_path):
    """Workbook and Shapefile tell everything of a sign, waypoints where it is and what it names."""
    world = make_world()
    at = Point(X - 0.01, Y, srid=CGCS2000)
    faces = (Face("blue", {"chinese": "建设路", "roman": "JIÀNSHÈ LÙ"}),)
    told = {
        "state": "damaged", "width_mm": 1200.0, "height_mm": 400.0, "cost_yuan": Decimal("1350.50"), "side": "north",
        "azimuth_deg": 90.0, "installed_on": date(2020, 5, 1), "checked_on": date(2026, 4, 1), "note": "=1+1，照旧",
    }  # fmt: skip
    enter(None, Entry("street", place=world.east_west.pk, position=at, faces=faces, values=told))
    spot = Point(114.085, 33.086, srid=CGCS2000)
    enter(None, Entry("village", division=world.village.pk, position=spot, faces=(Face("", {"chinese": "周庄村"}),)))
    signs = list(Sign.objects.prefetch_related("faces__texts").order_by("code"))
    day = date(2026, 5, 1)
    (tmp_path / "a.xlsx").write_bytes(as_xlsx("地名标志", HEADINGS, rows(signs, day)))
    (tmp_path / "a.zip").write_bytes(as_shapefile(signs, day))
    for name in ("a.xlsx", "a.zip"):
        batch = checked(world.officer, tmp_path / name, target="signs", **OPTIONS | {"crs": "EPSG:4490"})
        assert batch.verdict["counts"]["unchanged"] == 2, (name, batch.message, batch.verdict, told_all(batch))
    (tmp_path / "a.gpx").write_bytes(as_gpx(signs, day))
    batch = checked(world.officer, tmp_path / "a.gpx", target="signs", **OPTIONS | {"crs": "EPSG:4326"})
    assert batch.verdict["counts"]["unchanged"] == 2, (batch.message, batch.verdict, told_all(batch))


def told_all(batch):
    return [(one.number, one.problems) for one in StagedRow.objects.filter(batch=batch)]
