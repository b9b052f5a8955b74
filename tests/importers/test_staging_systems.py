"""Choosing a reference system on the pages of an import: what is offered, what the map shows of each, what the check says."""

from __future__ import annotations

import json

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon
from django.urls import reverse

from boundaries.models import DivisionRecord, Level
from gis.accounts.models import Duty
from gis.crs import CGCS2000, resolve_reading
from gis.services.spreadsheets import as_book
from importers.models import BatchState
from importers.services import staging
from importers.targets import target_of
from tests.factories import make_division, make_user
from tests.importers.files import csv, geojson
from tests.importers.staged import brought, checked, work
from tests.importers.test_list_systems import county, file_of, shifted

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(db):
    return make_user("officer", (Duty.DIVISION_OFFICER, None))


@pytest.fixture
def registered(db):
    return make_division(
        "甲县", Level.COUNTY, code="411021", geometry=MultiPolygon(GEOSGeometry(shapely.Polygon(county()).wkt), srid=CGCS2000)
    )


def offered(batch):
    option = next(one for one in target_of("divisions").options(staging.layer_of(batch)) if one.key == "crs")
    return option, dict(option.choices)


def metres(srid: int) -> np.ndarray:
    return np.column_stack(pyproj.Transformer.from_crs(4490, srid, always_xy=True).transform(*county().T))


def book(path, lines):
    path.write_bytes(as_book([("Sheet1", lines[0], lines[1:])]))
    return path


def in_file(path, places, crs=None):
    return geojson(path, [({"adcode": "411021", "name": "甲县"}, shapely.geometry.mapping(shapely.Polygon(places)))], crs=crs)


def shown(client, batch, **query):
    answer = client.get(reverse("import-shapes", args=[batch.pk]), query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def centre(told) -> tuple[float, float]:
    place = shapely.geometry.shape(told["features"][0]["geometry"]).centroid
    return place.x, place.y


@pytest.mark.parametrize(
    ("places", "crs", "value", "word"),
    [
        (county()[:, ::-1], "EPSG:4490", "EPSG:4490 yx", "纬度在前"),
        (metres(4526)[:, ::-1], "EPSG:4526", "EPSG:4526 yx", "北坐标在前"),
        (metres(4547)[:, ::-1], "EPSG:4547", "EPSG:4547 yx", "北坐标在前"),
        (shifted(county())[:, ::-1], None, "gcj02 yx", "纬度在前"),
    ],
    ids=["degrees", "zone-38", "cm-114", "gcj02"],
)
def test_turned_axes_are_recognised_offered_shown_and_brought_in(client, officer, registered, tmp_path, places, crs, value, word):
    client.force_login(officer)
    batch = brought(officer, in_file(tmp_path / "turned.geojson", places, crs))
    option, choices = offered(batch)
    assert option.default == value and word in str(choices[value]) and "离登记界线约" in str(choices[value])
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    assert centre(shown(client, batch, crs=value)) == pytest.approx((113.6, 34.2), abs=0.01)
    plain = shown(client, batch, crs=value.removesuffix(" yx"))
    assert not plain["features"] or centre(plain) != pytest.approx((113.6, 34.2), abs=0.5)
    batch = checked(officer, in_file(tmp_path / "turned.geojson", places, crs), crs=value)
    counts = batch.verdict["counts"]
    assert counts["updated"] + counts["unchanged"] == 1, batch.verdict
    assert work(staging.commit(officer, batch)).state == BatchState.COMMITTED
    held = DivisionRecord.objects.current().filter(valid__upper_inf=True).get()
    assert held.geometry.centroid.x == pytest.approx(113.6, abs=0.01)


def test_a_choice_against_the_evidence_is_said_in_the_check(officer, registered, tmp_path):
    path = file_of(tmp_path / "shifted.geojson", shifted(county()))
    against = checked(officer, path, crs="EPSG:4490")
    fitting = checked(officer, file_of(tmp_path / "b.geojson", shifted(county()), name="乙县"), crs="gcj02")
    told = [{one["code"] for one in batch.verdict["problems"]} for batch in (against, fitting)]
    assert "crs_against_evidence" in told[0] and "crs_against_evidence" not in told[1]


def test_every_choice_is_one_that_can_be_read(officer, tmp_path):
    batch = brought(officer, file_of(tmp_path / "plain.geojson", county()))
    option, choices = offered(batch)
    assert option.default == "" and {"EPSG:4326", "EPSG:4490", "gcj02", "bd09"} <= choices.keys()
    assert len(option.allowed) > 40, "the zones of Henan of all datums"
    assert {resolve_reading(value).key for value in option.allowed} == option.allowed


def test_a_system_of_the_files_own_without_a_number(client, officer, registered, tmp_path):
    own = 'PROJCS["Own",GEOGCS["CGCS2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",113.5],PARAMETER["scale_factor",1],PARAMETER["false_easting",300000],PARAMETER["false_northing",0],UNIT["metre",1]]'  # noqa: E501
    places = np.column_stack(pyproj.Transformer.from_crs(4490, pyproj.CRS.from_wkt(own), always_xy=True).transform(*county().T))
    path = tmp_path / "own.gpkg"
    cells = [np.array(["411021"], dtype=object), np.array(["甲县"], dtype=object)]
    pyogrio.raw.write(path, shapely.to_wkb([shapely.Polygon(places)]), cells, ["adcode", "name"], geometry_type="Polygon", crs=own)
    client.force_login(officer)
    batch = brought(officer, path)
    option, _choices = offered(batch)
    assert option.default == "custom"
    batch = staging.choose(officer, batch, "divisions", batch.layer)
    assert centre(shown(client, batch, crs="custom")) == pytest.approx((113.6, 34.2), abs=0.01)
    batch = checked(officer, path, crs="custom")
    assert batch.verdict["counts"]["updated"] + batch.verdict["counts"]["unchanged"] == 1, batch.message


class TestShapesInCells:
    WKT = shapely.to_wkt(shapely.Polygon(county()), rounding_precision=8)

    def test_wkt_in_a_csv_is_the_shape_of_the_row(self, client, officer, tmp_path):
        client.force_login(officer)
        path = csv(tmp_path / "wkt.csv", f'代码;名称;WKT\n411021;甲县;"SRID=4490;{self.WKT}"\n')
        batch = checked(officer, path)
        assert batch.verdict["counts"]["created"] == 1 and len(shown(client, batch)["features"]) == 1
        work(staging.commit(officer, batch))
        assert DivisionRecord.objects.get().geometry.area > 0.1

    def test_so_it_is_in_a_workbook(self, client, officer, tmp_path):
        client.force_login(officer)
        path = book(tmp_path / "wkt.xlsx", [["代码", "名称", "图形"], ["411021", "甲县", self.WKT]])
        batch = brought(officer, path)
        assert staging.layer_of(batch)["geometry"] == "Polygon", "looked at once the rows are read"
        batch = checked(officer, path)
        assert batch.verdict["counts"]["created"] == 1, batch.message
        assert len(shown(client, batch)["features"]) == 1

    def test_seats_of_a_workbook_are_asked_for_their_system_and_shown(self, client, officer, registered, tmp_path):
        client.force_login(officer)
        path = book(tmp_path / "seats.xlsx", [["代码", "名称", "经度", "纬度"], ["411021", "甲县", "113.6", "34.2"]])
        batch = brought(officer, path)
        option, _choices = offered(batch)
        assert option.required and option.default == "", "degrees alone do not tell"
        batch = staging.choose(officer, batch, "divisions", batch.layer)
        plain, moved = shown(client, batch, crs="EPSG:4490"), shown(client, batch, crs="gcj02")
        assert centre(plain) == pytest.approx((113.6, 34.2)) and centre(moved) != pytest.approx(centre(plain), abs=1e-3)


class TestTheMapCloser:
    def test_there_are_places_to_compare_at_and_detail(self, client, officer, registered, tmp_path):
        client.force_login(officer)
        batch = brought(officer, file_of(tmp_path / "shifted.geojson", shifted(county())))
        batch = staging.choose(officer, batch, "divisions", batch.layer)
        told = shown(client, batch, crs="EPSG:4490", spots="1")
        assert 1 <= len(told["spots"]) <= 3 and len(told["around"]) == 1
        lon, lat = told["spots"][0]
        within = f"{lon - 0.02},{lat - 0.02},{lon + 0.02},{lat + 0.02}"
        apart = {}
        for crs in ("EPSG:4490", "gcj02"):
            near = shown(client, batch, crs=crs, within=within)
            lines = [shapely.geometry.shape(near[key][0]["geometry"]) for key in ("features", "around")]
            apart[crs] = lines[0].symmetric_difference(lines[1]).area
        assert apart["gcj02"] < apart["EPSG:4490"] / 20, "the right one lies on the registered boundary"

    @pytest.mark.parametrize("within", ["1,2,3", "a,b,c,d", "3,2,1,4", "nan,1,2,3", "0,0,400,1"])
    def test_a_box_that_is_none(self, client, officer, tmp_path, within):
        client.force_login(officer)
        batch = brought(officer, file_of(tmp_path / "a.geojson", county()))
        answer = client.get(reverse("import-shapes", args=[batch.pk]), {"within": within}, headers={"accept": "application/json"})
        assert (answer.status_code, json.loads(answer.content)["error"]["code"]) == (422, "bad_box")
