"""The real lists laid beside the checkout, with the counts of their READMEs."""

from __future__ import annotations

import pytest
from django.db import connection

from boundaries.models import Division, DivisionCode, DivisionRecord, DivisionType, Level
from tests.importers.files import codes_of, load
from tests.shared import SHARED, requires_shared

pytestmark = pytest.mark.django_db

TIANDITU = SHARED / "boundaries_tianditu_cgcs2000"
NBS = SHARED / "divisions_nbs_2015_2023"
FIVE_LEVELS = SHARED / "divisions_vonng_2016" / "henan_divisions_2016_5level.csv"


def holder(code: str, authority: str = "nbs") -> DivisionRecord:
    division = DivisionCode.objects.current().get(code=code, authority=authority).division
    return DivisionRecord.objects.current().get(division=division)


@requires_shared
def test_tianditu_counties_are_a_valid_coverage_of_the_provinces_area() -> None:
    result = load(TIANDITU / "henan_district.geojson", "county", "2023-12-31")
    assert (result["read"], result["created"], result["rejected"]) == (157, 157, 0)
    assert result["coverage"]["valid"] is True
    assert result["crs"]["code"] == "EPSG:4490"
    assert result["types"] == {"district": 54, "county": 82, "county_city": 21}
    total = sum(DivisionRecord.objects.values_list("area_m2", flat=True))
    assert total / 1e6 == pytest.approx(165_592, abs=1)


@requires_shared
def test_province_prefectures_and_counties_hang_together_in_whatever_order() -> None:
    load(TIANDITU / "henan_district.geojson", "county", "2023-12-31")
    cities = load(TIANDITU / "henan_city.geojson", "prefecture", "2023-12-31")
    assert (cities["created"], codes_of(cities)) == (17, [(18, "code_level_mismatch")]), "济源 is listed among the prefectures"
    province = load(TIANDITU / "henan_province.geojson", "province", "2023-12-31")
    assert (cities["adopted"], province["adopted"]) == (156, 18)
    assert cities["coverage"]["counts"]["gaps"] == 0
    assert holder("419001", "mca").parent == holder("410000", "mca").division
    assert DivisionRecord.objects.current().filter(parent=None).count() == 1


@requires_shared
def test_gaode_counties_in_gcj02_lack_jianan() -> None:
    result = load(
        SHARED / "boundaries_gaode_2018_gcj02" / "henan_county_gcj02.geojson", "county", "2018-02-28", "--crs", "gcj02", "--dry-run"
    )
    assert (result["read"], result["created"], result["rejected"]) == (157, 157, 0)
    found = result["coverage"]
    assert found["valid"] is False
    (gap,) = found["gaps"]
    assert gap["area_m2"] / 1e6 == pytest.approx(1_000, abs=20)
    assert "魏都区" in {unit["name"] for unit in gap["units"]}
    lon, lat = gap["place"]
    assert 113.6 < lon < 114.3 and 33.8 < lat < 34.3
    assert found["overlaps"] == found["outside_parent"] == []


@requires_shared
def test_the_statistical_townships_of_2023() -> None:
    """T2 and CODE-08: 740 sub-districts, 1,184 towns, 588 townships (10 of minorities), 74 others."""
    load(NBS / "henan_counties_2023.csv", "county", "2023-06-30", "--authority", "nbs")
    result = load(NBS / "henan_townships_2023.csv", "township", "2023-06-30", "--authority", "nbs")
    assert (result["read"], result["created"], result["rejected"]) == (2_586, 2_586, 0)
    assert result["types"] == {"subdistrict": 740, "town": 1_184, "township": 578, "ethnic_township": 10, "statistical": 74}
    assert result["parents"] == {"same_authority": 2_586}
    assert codes_of(result) == []
    assert (holder("410104570").name, holder("410104570").type) == ("商都路街道", DivisionType.SUBDISTRICT)
    assert holder("411728500").type == DivisionType.STATISTICAL
    assert holder("410171").type == DivisionType.STATISTICAL
    assert holder("419001001").name == "沁园街道", "济源市 in front of the name is taken off"
    again = load(NBS / "henan_townships_2023.csv", "township", "2023-06-30", "--authority", "nbs")
    assert (again["unchanged"], again["batch"]) == (2_586, result["batch"])


@requires_shared
def test_two_vintages_of_statistical_townships() -> None:
    """Loaded 2023 first: the same codes and names reach back to 2020, other names are other units until 2023."""
    load(NBS / "henan_townships_2023.csv", "township", "2023-06-30", "--authority", "nbs")
    result = load(NBS / "henan_townships_2020.csv", "township", "2020-06-30", "--authority", "nbs")
    assert (result["read"], result["rejected"]) == (2_581, 0)
    assert result["created"] + result["updated"] == 2_581
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM boundaries_divisionrecord WHERE upper_inf(recorded) AND valid @> '2020-06-30'::date")
        assert cursor.fetchone()[0] == 2_581
        cursor.execute("SELECT count(*) FROM boundaries_divisionrecord WHERE upper_inf(recorded) AND valid @> '2023-06-30'::date")
        assert cursor.fetchone()[0] >= 2_586


@requires_shared
def test_the_synthetic_townships_under_the_real_counties() -> None:
    load(TIANDITU / "henan_district.geojson", "county", "2023-12-31")
    path = SHARED / "townships_synthetic_2016" / "henan_townships_synthetic.geojson"
    result = load(path, "township", "2023-12-31", "--authority", "nbs", "--grade", "invented", "--crs", "EPSG:4490", "--dry-run")
    assert (result["read"], result["created"], result["rejected"]) == (1_923, 1_923, 0)
    assert result["parents"] == {"other_authority": 1_923}
    assert result["coverage"]["counts"]["overlaps"] == 0


@requires_shared
def test_the_five_level_list_of_2016() -> None:
    result = load(FIVE_LEVELS, "all", "2016-07-31", "--authority", "nbs", "--crs", "gcj02")
    assert (result["read"], result["created"], result["rejected"]) == (53_429, 53_429, 0)
    assert result["fields"]["code"] == "code", "adcode repeats the county's code in every row and cannot be the code"
    assert result["parents"] == {"none": 1, "same_list": 53_428}
    levels = {level: DivisionRecord.objects.filter(level=level).count() for level in Level}
    assert levels == {1: 1, 2: 18, 3: 176, 4: 2_477, 5: 50_757}
    assert result["problem_counts"] == {"village_serial_unknown": 255}
    assert holder("419001").parent == holder("410000").division
    assert (holder("419000").type, holder("410101").type) == (DivisionType.STATISTICAL, DivisionType.STATISTICAL)
    assert DivisionRecord.objects.filter(level=Level.TOWNSHIP, seat__isnull=False).count() == 1_952
    assert Division.objects.count() == 53_429
    counties = load(TIANDITU / "henan_district.geojson", "county", "2023-12-31", "--dry-run")
    assert counties["joined_by_legal_code"] > 140, "the county of the legal digits is the same unit"
