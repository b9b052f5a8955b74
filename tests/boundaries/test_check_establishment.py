"""``check_establishment``: every worked case of the trial standard through the command, and what it says to bad input."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from boundaries.models import Authority, IndicatorValue, Level, RuleSet
from gis.audit.models import AuditEntry
from tests.commands import run
from tests.factories import make_division, square

pytestmark = pytest.mark.django_db

DAY = "2025-07-16"
KEYS = {"division", "target", "on", "rule_set", "overall", "advisory", "criteria"}
CRITERION_KEYS = {"id", "text", "indicator", "value", "unit", "year", "source", "threshold", "verdict", "margin"}

# T7, first vector; the last four are named by the standard but not by the vector.
TIER_A = {
    "county_density": ("500", "人/平方公里"),
    "population": ("36000", "人"),
    "seat_population": ("8200", "人"),
    "general_budget_revenue": ("410", "万元"),
    "seat_built_up_area": ("3.1", "km²"),
    "road_hardening_rate": ("100", "%"),
    "sign_setting_rate": ("92", "%"),
    "water_supply_rate": ("91", "%"),
    "green_area_per_capita": ("4", "m²"),
    "terrain": ("plain", ""),
    "waste_site": ("yes", ""),
    "public_facilities": ("yes", ""),
    "location_advantage": ("yes", ""),
}
TIER_B = TIER_A | {
    "county_density": ("200", "人/平方公里"),
    "terrain": ("mountain", ""),
    "population": ("25000", "人"),
    "seat_population": ("5000", "人"),
    "general_budget_revenue": ("3000000", "元"),
    "seat_built_up_area": ("2.0", "km²"),
    "sign_setting_rate": ("80", "%"),
    "water_supply_rate": ("80", "%"),
}


@pytest.fixture
def table(tmp_path: Path):
    """``table({indicator: (value, unit)})`` writes the CSV an office would hand in and gives its path."""

    def write(values: dict[str, tuple[str, str]], heading: str = "indicator,value,unit,year,source") -> str:
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow(heading.split(","))
        writer.writerows([name, value, unit, "2024", "统计年鉴"] for name, (value, unit) in values.items())
        path = tmp_path / "指标 表.csv"
        path.write_text(buffer.getvalue(), "utf-8")
        return str(path)

    return write


def check(path: str, *more: str) -> dict[str, Any]:
    status, document = run("check_establishment", "--target", "town", "--on", DAY, "--indicators", path, *more)
    assert status == 0, document
    return document


def verdicts(document: dict[str, Any], tier: str = "") -> dict[str, str]:
    return {one["indicator"]: one["verdict"] for one in document["criteria"] if one["id"].startswith(tier)}


def test_contract_keys(table):
    document = check(table(TIER_A))
    assert document.keys() >= KEYS
    assert document["rule_set"].keys() >= {"id", "status"}
    assert all(one.keys() >= CRITERION_KEYS for one in document["criteria"])
    assert document["division"] is None
    population = next(one for one in document["criteria"] if one["indicator"] == "population")
    assert (population["value"], population["unit"], population["threshold"], population["margin"]) == (
        36000,
        "persons",
        35000,
        1000,
    )
    assert (population["year"], population["source"]) == (2024, "统计年鉴")


def test_std_00_without_an_official_set_the_result_is_advisory(table):
    """STD-00: 未载入正式标准."""
    document = check(table(TIER_A))
    assert document["advisory"] is True
    assert document["rule_set"] | {"id": "HN-TOWN-2008-TRIAL", "status": "superseded_unconfirmed"} == document["rule_set"]
    assert any(one["rule"] == "STD-00" and "未载入正式标准" in one["message"] for one in document["findings"])
    assert "未载入正式标准" in document["statement"]


def test_std_t08_a_passes(table):
    document = check(table(TIER_A))
    assert document["overall"] == "qualifies"
    assert set(verdicts(document).values()) == {"met"}
    assert {one["id"].split(".")[0] for one in document["criteria"]} == {"T08-A", "T08-other"}


def test_std_t08_a_one_person_short_fails_one_criterion(table):
    document = check(table(TIER_A | {"seat_population": ("7999", "人")}))
    failed = [one for one in document["criteria"] if one["verdict"] == "not_met"]
    assert [(one["indicator"], one["margin"]) for one in failed] == [("seat_population", -1)]
    assert document["overall"] == "does_not"


def test_std_t08_a_the_bound_itself_counts(table):
    """“以上” includes the number: 400 万元 exactly passes."""
    document = check(table(TIER_A | {"general_budget_revenue": ("4000000", "元")}))
    assert verdicts(document)["general_budget_revenue"] == "met"
    assert document["overall"] == "qualifies"


def test_std_t08_b_mountain_passes_and_plain_fails_three(table):
    assert check(table(TIER_B))["overall"] == "qualifies"
    plain = check(table(TIER_B | {"terrain": ("plain", "")}))
    assert plain["overall"] == "does_not"
    failed = {indicator for indicator, verdict in verdicts(plain).items() if verdict == "not_met"}
    assert failed == {"population", "seat_population", "seat_built_up_area"}


def test_std_t08_at_350_both_tiers_are_judged_and_shown(table):
    document = check(table(TIER_A | {"county_density": ("350", "人/平方公里")}))
    assert {one["id"].split(".")[0] for one in document["criteria"]} == {"T08-A", "T08-B", "T08-other"}
    assert [one["applies"] for one in document["tiers"]] == ["yes", "yes", "no"]
    assert any(one["code"] == "tiers_overlap" for one in document["findings"])
    assert document["not_applicable"] == []


def test_std_t08_c_below_100_is_not_evaluable(table):
    document = check(table(TIER_A | {"county_density": ("80", "人/平方公里")}))
    assert document["overall"] == "undetermined"
    assert any(one["rule"] == "STD-T08-C" and one["code"] == "not_evaluable" for one in document["findings"])


def test_a_missing_value_is_never_a_pass(table):
    for left_out in ("water_supply_rate", "county_density", "waste_site"):
        document = check(table({name: value for name, value in TIER_A.items() if name != left_out}))
        assert document["overall"] == "undetermined", left_out


def test_judgements_nobody_gave_leave_it_open(table):
    document = check(
        table({name: value for name, value in TIER_A.items() if name not in ("public_facilities", "location_advantage")})
    )
    assert (document["overall"], document["quantitative"]) == ("undetermined", "qualifies")
    assert verdicts(document, "T08-other") == {"public_facilities": "needs_person", "location_advantage": "needs_person"}


def test_std_gen_01_a_value_without_its_year_is_refused(tmp_path):
    path = tmp_path / "no_year.csv"
    path.write_text("indicator,value,unit,year,source\npopulation,36000,人,,年鉴\n", "utf-8")
    status, document = run("check_establishment", "--target", "town", "--on", DAY, "--indicators", str(path))
    assert (status, document["error"]["code"]) == (1, "year_missing")
    assert "第 2 行" in document["error"]["message"]


def test_std_gen_04_typed_signs_are_noted(table):
    document = check(table(TIER_A))
    assert any(one["rule"] == "STD-GEN-04" and one["subject"] == "sign_setting_rate" for one in document["findings"])


def test_std_84_can_be_asked_for(table):
    figures = {"population": ("19999", "人"), "seat_nonagricultural_population": ("2001", "人")}
    assert check(table(figures), "--rule-set", "NATIONAL-TOWN-1984")["overall"] == "qualifies"
    enough = figures | {"population": ("20000", "人")}
    assert check(table(enough), "--rule-set", "NATIONAL-TOWN-1984")["overall"] == "qualifies"  # 10.005 %
    short = enough | {"seat_nonagricultural_population": ("2000", "人")}
    assert check(table(short), "--rule-set", "NATIONAL-TOWN-1984")["overall"] == "does_not"  # exactly 10 %


def test_std_s17_the_known_fragments_never_qualify(table):
    """STD-S17-A … D: a partial set can show failure, not success."""
    figures = {
        "built_up_area": ("8", "km²"),
        "area": ("10", "km²"),
        "in_master_plan": ("yes", ""),
        "county_seat": ("yes", ""),
        "new_subdistricts": ("1", "个"),
        "abolished_units": ("1", "个"),
        "industrial_cluster": ("no", ""),
        "partial_conversion": ("no", ""),
        "layout_suitable": ("yes", ""),
    }

    def judge(values: dict[str, tuple[str, str]]) -> dict[str, Any]:
        status, document = run("check_establishment", "--target", "subdistrict", "--on", DAY, "--indicators", table(values))
        assert status == 0, document
        return document

    assert judge(figures)["overall"] == "undetermined"
    half = judge(figures | {"built_up_area": ("4.9", "km²")})
    assert verdicts(half)["built_up_share"] == "not_met"
    many = judge(figures | {"new_subdistricts": ("2", "个")})
    assert any(one["rule"] == "STD-S17-A" for one in many["findings"])


# --- on a real division -------------------------------------------------------------------------------------------------------


@pytest.fixture
def township():
    county = make_division("某县", Level.COUNTY, code="411799", geometry=square(114, 33, 0.4))
    return make_division("东岗乡", parent=county, code="411799201", geometry=square(114, 33))


def test_a_division_is_judged_by_its_own_figures_and_a_file_goes_before_them(township, table):
    for code, figures in (("411799", {"population": ("80", "万人")}), ("411799201", {"population": ("20000", "人")})):
        status, document = run("import_indicators", table(figures), "--division", code)
        assert status == 0, document
    status, stored = run("check_establishment", "--division", "411799201", "--target", "town", "--on", DAY)
    assert (status, stored["division"], stored["name"]) == (0, "411799201", "东岗乡")
    assert next(one for one in stored["criteria"] if one["indicator"] == "population")["value"] == 20000
    given = check(table({"population": ("36000", "人"), "county_density": ("500", "人/平方公里")}), "--division", "411799201")
    assert next(one for one in given["criteria"] if one["indicator"] == "population")["value"] == 36000
    assert IndicatorValue.objects.count() == 2, "a what-if table is not kept"


def test_a_padded_code_is_read_and_said(township):
    status, document = run("check_establishment", "--division", "411799201000", "--target", "town", "--on", DAY)
    assert (status, document["division"]) == (0, "411799201")
    assert "补零" in document["notes"][0]


def test_code_08_the_same_digits_in_two_lists(township):
    """CODE-08: the legal code goes first and the answer says so; ``--authority nbs`` takes the other."""
    make_division("统计东岗乡", code="411799201", authority=Authority.NBS)
    status, legal = run("check_establishment", "--division", "411799201", "--target", "town", "--on", DAY)
    assert (status, legal["name"], legal["authority"]) == (0, "东岗乡", "mca")
    assert "统计东岗乡" in legal["notes"][0]
    status, other = run("check_establishment", "--division", "411799201", "--target", "town", "--on", DAY, "--authority", "nbs")
    assert (status, other["name"], other["notes"]) == (0, "统计东岗乡", [])


def test_a_town_is_told_it_is_one(township):
    make_division("已建镇", type="town", code="411799101")
    _status, document = run("check_establishment", "--division", "411799101", "--target", "town", "--on", DAY)
    assert "已经是" in document["notes"][0]


# --- bad input: a clear sentence, exit 1, nothing changed ---------------------------------------------------------------------

GOOD_HEAD = "indicator,value,unit,year,source\n"
BAD_FILES = {
    "unknown indicator": (GOOD_HEAD + "pupulation,1,人,2024,年鉴\n", "unknown_indicator"),
    "markup for an indicator": (GOOD_HEAD + "<script>alert(1)</script>,1,人,2024,年鉴\n", "unknown_indicator"),
    "bad unit": (GOOD_HEAD + "population,1,km²,2024,年鉴\n", "unit_mismatch"),
    "no unit": (GOOD_HEAD + "population,1,,2024,年鉴\n", "unit_missing"),
    "huge number": (GOOD_HEAD + "population,1e999999,人,2024,年鉴\n", "not_a_number"),
    "huge digits": (GOOD_HEAD + f"population,{'9' * 5000},人,2024,年鉴\n", "not_a_number"),
    "more people than there are": (GOOD_HEAD + "population,99999999999,人,2024,年鉴\n", "out_of_range"),
    "not a number": (GOOD_HEAD + "population,很多,人,2024,年鉴\n", "not_a_number"),
    "a rate above 100": (GOOD_HEAD + "water_supply_rate,140,%,2024,年鉴\n", "out_of_range"),
    "nan": (GOOD_HEAD + "population,NaN,人,2024,年鉴\n", "not_a_number"),
    "year outside": (GOOD_HEAD + "population,1,人,20240,年鉴\n", "year_out_of_range"),
    "no source": (GOOD_HEAD + "population,1,人,2024,\n", "source_missing"),
    "twice": (GOOD_HEAD + "population,1,人,2024,年鉴\n总人口,2,人,2024,年鉴\n", "duplicate_row"),
    "missing columns": ("indicator,value\npopulation,1\n", "columns_missing"),
    "only a heading": (GOOD_HEAD, "empty_file"),
    "nothing": ("", "empty_file"),
    "open quote": (GOOD_HEAD + 'population,"1,人,2024,年鉴\n', "bad_csv"),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_bad_tables(case, tmp_path):
    text, code = BAD_FILES[case]
    path = tmp_path / "bad.csv"
    path.write_text(text, "utf-8")
    status, document = run("check_establishment", "--target", "town", "--on", DAY, "--indicators", str(path))
    assert (status, document["error"]["code"]) == (1, code)
    assert any("\u4e00" <= character <= "\u9fff" for character in document["error"]["message"])
    assert len(document["error"]["message"]) < 400
    assert not AuditEntry.objects.exclude(action="rule_set.ship").exists()


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("binary.csv", b"\x00\x01\x02\xff" * 50, "not_a_table"),
        ("old.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "old_excel"),
        ("broken.xlsx", b"PK\x03\x04 not a workbook", "bad_xlsx"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not_a_table"),
    ],
)
def test_wrong_kinds_of_file(name, data, code, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)
    status, document = run("check_establishment", "--target", "town", "--on", DAY, "--indicators", str(path))
    assert (status, document["error"]["code"]) == (1, code)


def test_a_formula_is_not_a_value(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["indicator", "value", "unit", "year", "source"])
    book.active.append(["population", "=18000*2", "人", 2024, "年鉴"])
    path = tmp_path / "formula.xlsx"
    book.save(path)
    status, document = run("check_establishment", "--target", "town", "--on", DAY, "--indicators", str(path))
    assert (status, document["error"]["code"]) == (1, "formula_cell")


def test_xlsx_reads_like_csv(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["指标", "数值", "单位", "年份", "来源"])
    for name, (value, unit) in TIER_A.items():
        book.active.append([name, float(value) if value[0].isdigit() else value, unit, 2024, "年鉴"])
    path = tmp_path / "good.xlsx"
    book.save(path)
    assert check(str(path))["overall"] == "qualifies"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--division", "419999999"], "unknown_code"),
        (["--division", "41'; DROP TABLE"], "bad_code"),
        (["--division", "９９"], "bad_code"),
        (["--division", "411799"], "not_a_township"),
        (["--division", "411799201", "--rule-set", "NO-SUCH"], "unknown_rule_set"),
        (["--division", "411799201", "--rule-set", "HN-SUBDISTRICT-2017-TRIAL"], "rule_set_other_target"),
        (["--indicators", "/nowhere/at/all.csv"], "file_not_found"),
        (["--indicators", "/"], "file_is_folder"),
        ([], "nothing_to_check"),
    ],
)
def test_bad_arguments(arguments, code, township):
    status, document = run("check_establishment", "--target", "town", "--on", DAY, *arguments)
    assert (status, document["error"]["code"]) == (1, code)


@pytest.mark.parametrize(
    ("day", "code"), [("2025-13-01", "bad_date"), ("yesterday", "bad_date"), ("0001-01-01", "date_out_of_range")]
)
def test_bad_days(day, code, township):
    status, document = run("check_establishment", "--division", "411799201", "--target", "town", "--on", day)
    assert (status, document["error"]["code"]) == (1, code)


def test_a_day_before_the_division(township):
    status, document = run("check_establishment", "--division", "411799201", "--target", "town", "--on", "1950-01-01")
    assert (status, document["error"]["code"]) == (1, "code_not_on_day")


def test_an_unknown_target(township):
    status, document = run("check_establishment", "--division", "411799201", "--target", "city", "--on", DAY)
    assert (status, document["error"]["code"]) == (1, "bad_target")


def test_no_standard_at_all(township):
    RuleSet.objects.all().delete()
    status, document = run("check_establishment", "--division", "411799201", "--target", "town", "--on", DAY)
    assert (status, document["error"]["code"]) == (1, "no_rule_set")
