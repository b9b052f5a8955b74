"""The reference system of a list: as stated where boundaries bear it out, refused where they contradict it, as said with a word."""

from __future__ import annotations

import numpy as np
import pyogrio.raw
import pyproj
import pytest
import shapely

from boundaries.models import DivisionRecord
from gis.crs.gcj02 import wgs84_to_gcj02
from tests.importers.files import codes_of, csv, geojson, load, refused
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

TIANDITU = SHARED / "boundaries_tianditu_cgcs2000"
GAODE = SHARED / "boundaries_gaode_2018_gcj02"
DAY = "2023-12-31"


def county(lon: float = 113.6, lat: float = 34.2, count: int = 400) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    wobble = 0.2 + 0.03 * np.sin(7 * angle)
    return np.column_stack((lon + wobble * np.cos(angle), lat + wobble * np.sin(angle)))


def file_of(path, places: np.ndarray, crs: str | None = None, code: str = "411021", name: str = "甲县"):
    shape = shapely.geometry.mapping(shapely.Polygon(places))
    return geojson(path, [({"adcode": code, "name": name}, shape)], crs=crs)


def shifted(places: np.ndarray) -> np.ndarray:
    return np.column_stack(wgs84_to_gcj02(places[:, 0], places[:, 1]))


@pytest.fixture
def registered(tmp_path):
    """甲县 is in the register, with its boundary."""
    load(file_of(tmp_path / "register.geojson", county(), "EPSG:4490"), "county", "2020-12-31")


def warned(result) -> list[str]:
    """Codes of warnings; that no prefecture is in the register is no matter here."""
    return [code for _row, code in codes_of(result, "warning") if code != "parent_unknown"]


def held() -> list:
    return list(DivisionRecord.objects.values_list("pk", "recorded").order_by("pk"))


class TestNobodySaysSoButTheFile:
    def test_shifted_coordinates_are_refused_with_what_they_seem_to_be(self, registered, tmp_path):
        before = held()
        error = refused(file_of(tmp_path / "shifted.geojson", shifted(county())), "county", DAY)
        assert error["code"] == "crs_contradicted"
        assert "--crs gcj02" in error["message"] and "EPSG:4326" in error["message"]
        assert error["recognised"]["code"] == "gcj02" and error["recognised"]["residual_m"] < 5
        assert {one["code"] for one in error["alternatives"]} >= {"gcj02", "EPSG:4326", "bd09"}
        assert held() == before, "a refusal changes nothing"

    def test_so_are_those_that_the_file_calls_cgcs2000(self, registered, tmp_path):
        error = refused(file_of(tmp_path / "shifted.geojson", shifted(county()), "EPSG:4490"), "county", DAY)
        assert (error["code"], error["stated"], error["recognised"]["code"]) == ("crs_contradicted", "EPSG:4490", "gcj02")

    def test_what_fits_goes_in_without_a_word(self, registered, tmp_path):
        result = load(file_of(tmp_path / "plain.geojson", county() + 1e-6), "county", DAY)
        assert warned(result) == [] and result["updated"] == 1
        checked = result["crs"]["checked"]
        assert (checked["agrees"], checked["how"]) == (True, "register") and checked["residual_m"] < 1

    def test_with_nothing_to_compare_the_assumption_is_said(self, tmp_path):
        result = load(file_of(tmp_path / "plain.geojson", county()), "county", DAY)
        assert warned(result) == ["crs_assumed"]
        assert result["crs"]["checked"]["agrees"] is None and result["crs"]["how"] == "rfc7946"

    def test_a_file_that_states_its_system_is_believed_where_there_is_nothing_to_compare(self, tmp_path):
        assert warned(load(file_of(tmp_path / "plain.geojson", county(), "EPSG:4490"), "county", DAY)) == []

    def test_metres_that_call_themselves_degrees(self, registered, tmp_path):
        metres = np.column_stack(pyproj.Transformer.from_crs(4490, 4526, always_xy=True).transform(*county().T))
        error = refused(file_of(tmp_path / "metres.geojson", metres), "county", DAY)
        assert (error["code"], error["recognised"]["code"]) == ("crs_contradicted", "EPSG:4526")

    def test_northing_first(self, registered, tmp_path):
        metres = np.column_stack(pyproj.Transformer.from_crs(4490, 4526, always_xy=True).transform(*county().T))[:, ::-1]
        path = file_of(tmp_path / "turned.geojson", metres, "EPSG:4526")
        error = refused(path, "county", DAY)
        assert (error["code"], error["recognised"]["swapped"]) == ("crs_contradicted", True)
        assert '--crs "EPSG:4526 yx"' in error["message"] and "北坐标在前" in error["message"]
        result = load(path, "county", DAY, "--crs", "EPSG:4526 yx")
        assert (result["crs"]["swapped"], result["crs"]["checked"]["agrees"], result["rejected"]) == (True, True, 0)
        geometry = DivisionRecord.objects.current().get(valid__upper_inf=True).geometry
        assert geometry.centroid.x == pytest.approx(113.6, abs=0.01)

    def test_latitude_first_is_told_row_by_row_and_taken_when_a_person_says_so(self, registered, tmp_path):
        path = file_of(tmp_path / "turned.geojson", county()[:, ::-1], "EPSG:4490")
        status = refused(path, "county", DAY)
        assert status["code"] == "no_usable_rows"
        assert load(path, "county", DAY, "--crs", "EPSG:4490 yx")["rejected"] == 0

    @pytest.mark.filterwarnings("ignore:'crs' was not provided")
    def test_a_table_without_a_statement(self, registered, tmp_path):
        metres = np.column_stack(pyproj.Transformer.from_crs(4490, 4547, always_xy=True).transform(*county().T))
        path = tmp_path / "bare.shp"
        cells = [np.array(["411021"], dtype=object), np.array(["甲县"], dtype=object)]
        shape = shapely.to_wkb([shapely.Polygon(metres)])
        pyogrio.raw.write(str(path), shape, cells, ["code", "name"], geometry_type="Polygon", driver="ESRI Shapefile")
        error = refused(path, "county", DAY)
        assert error["code"] == "unknown_crs" and error["suggestions"][0] == "EPSG:4547"
        assert "EPSG:4547" in error["message"]


class TestAPersonSaysSo:
    def test_with_the_evidence_there_is_nothing_to_say(self, registered, tmp_path):
        result = load(file_of(tmp_path / "shifted.geojson", shifted(county())), "county", DAY, "--crs", "gcj02")
        assert warned(result) == ["crs_inexact"]
        assert result["crs"]["checked"]["agrees"] is True

    def test_against_the_evidence_it_is_done_and_said(self, registered, tmp_path):
        result = load(file_of(tmp_path / "shifted.geojson", shifted(county())), "county", DAY, "--crs", "EPSG:4490")
        (problem,) = [one for one in result["problems"] if one["code"] != "parent_unknown"]
        assert (problem["code"], problem["severity"]) == ("crs_against_evidence", "warning")
        assert "EPSG:4490" in problem["message"] and "gcj02" in problem["message"]
        assert (result["crs"]["code"], result["crs"]["checked"]["code"]) == ("EPSG:4490", "gcj02")
        assert result["updated"] == 1

    def test_a_list_without_shapes_has_no_use_for_it(self, tmp_path):
        result = load(csv(tmp_path / "list.csv", "代码,名称\n411021,甲县\n"), "county", DAY, "--crs", "gcj02")
        assert warned(result) == ["crs_unused"]


@requires_shared
def test_gaodes_counties_of_2018_are_not_let_in_as_wgs84():
    """Found with Tianditu's counties in the register: 550 m off, and nobody said so."""
    load(TIANDITU / "henan_district.geojson", "county", DAY)
    path = GAODE / "henan_county_gcj02.geojson"
    error = refused(path, "county", "2018-02-28")
    assert (error["code"], error["recognised"]["code"]) == ("crs_contradicted", "gcj02")
    said = load(path, "county", "2018-02-28", "--crs", "gcj02", "--dry-run")
    assert said["crs"]["checked"]["agrees"] is True and "crs_against_evidence" not in said["problem_counts"]
    against = load(path, "county", "2018-02-28", "--crs", "EPSG:4326", "--dry-run")
    assert against["problem_counts"]["crs_against_evidence"] == 1
    cities = refused(SHARED / "boundaries_cnmaps_2023" / "henan_city_province_gcj02.geojson", "prefecture", DAY)
    assert cities["recognised"]["code"] == "gcj02", "other levels' boundaries tell as well"
    assert load(TIANDITU / "henan_city.geojson", "prefecture", DAY)["crs"]["checked"]["agrees"] is True
