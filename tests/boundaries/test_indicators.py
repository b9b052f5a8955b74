"""Indicator values: entering, correcting, importing, and the computed ones."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from fractions import Fraction
from itertools import pairwise

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from boundaries.models import Division, IndicatorValue, Level
from boundaries.rules.indicators import CATALOGUE, Basis, normalise
from boundaries.services import indicators as services
from boundaries.services.indicator_entries import Entry, judge_entry
from boundaries.services.indicator_files import preview
from boundaries.services.indicator_values import values_for, values_for_many
from boundaries.services.places import places_on
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from tests.commands import run
from tests.factories import make_division, make_user, square

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)


@pytest.fixture
def county() -> Division:
    return make_division("某县", Level.COUNTY, code="411799", geometry=square(114, 33, 0.4))


@pytest.fixture
def township(county) -> Division:
    return make_division("东岗乡", parent=county, code="411799201", geometry=square(114, 33))


def entry(
    division: Division, indicator: str, value: str, unit: str, year: str = "2025", document: str = "年鉴", basis: str = ""
) -> Entry:
    return Entry(division.pk, indicator, value, unit, year, document, basis)


def people(division: Division, value: str, year: str = "2025", basis: str = "常住") -> Entry:
    return entry(division, "population", value, "人", year, basis=basis)


# --- entering and correcting --------------------------------------------------------------------------------------------------


def test_a_value_is_kept_with_unit_year_document_and_who(township):
    """STD-GEN-01."""
    officer = make_user("qh", (Duty.DIVISION_OFFICER, township))
    row, warnings = services.enter(entry(township, "general_budget_revenue", "410.5", "万元"), officer)
    assert (str(row.number), row.unit, row.year, row.document) == ("410.500000", "10k yuan", 2025, "年鉴")
    assert warnings == []
    assert row.source.recorded_by == officer
    trail = AuditEntry.objects.get(action="indicator.enter")
    assert (trail.actor, trail.area, trail.after[0]["value"]) == (officer, township.pk, "410.5")


def test_a_correction_closes_the_old_value_and_keeps_it(township):
    first, _ = services.enter(people(township, "36000"), None)
    second, _ = services.enter(people(township, "36100"), None, reason="年鉴勘误")
    first.refresh_from_db()
    assert first.number == 36000, "never overwritten"
    assert first.recorded.upper == second.recorded.lower
    assert second.recorded.upper is None
    trail = AuditEntry.objects.get(action="indicator.correct")
    assert (trail.before[0]["value"], trail.after[0]["value"], trail.reason) == ("36000", "36100", "年鉴勘误")


def test_the_same_value_again_changes_nothing(township):
    services.enter(people(township, "36000"), None)
    services.enter(people(township, "36,000"), None)
    assert IndicatorValue.objects.count() == 1
    assert AuditEntry.objects.filter(action__startswith="indicator.").count() == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(figures=st.lists(st.integers(0, 100_000), min_size=1, max_size=6))
def test_every_figure_ever_entered_is_still_known_at_its_moment(township, figures):
    """Corrections form one unbroken chain in recording time, whose contents are exactly what was entered."""
    with transaction.atomic():
        moments = []
        for figure in figures:
            services.enter(people(township, str(figure)), None)
            moments.append(timezone.now())
        rows = list(IndicatorValue.objects.filter(division=township).order_by("recorded"))
        changes = [figure for index, figure in enumerate(figures) if index == 0 or figure != figures[index - 1]]
        assert [int(row.number) for row in rows] == changes
        assert all(before.recorded.upper == after.recorded.lower for before, after in pairwise(rows))
        for moment, figure in zip(moments, figures, strict=True):
            assert IndicatorValue.objects.get(division=township, recorded__contains=moment).number == figure
        transaction.set_rollback(True)


def test_a_withdrawn_value_is_no_longer_used_but_stays(township):
    row, _ = services.enter(people(township, "36000"), None)
    with pytest.raises(InvalidInputError):
        services.withdraw(row, None, "  ")
    services.withdraw(row, None, "录错了乡镇")
    assert "population" not in values_for(township, DAY)
    assert IndicatorValue.objects.count() == 1
    with pytest.raises(ConflictError):
        services.withdraw(row, None, "再一次")


def test_the_database_refuses_two_values_at_a_time(township):
    row, _ = services.enter(people(township, "36000"), None)
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_only_a_division_officer_of_the_area_may_enter(township, county):
    elsewhere = make_division("邻县", Level.COUNTY, code="411798")
    for person in (
        make_user("reader", (Duty.READER, county)),
        make_user("neighbour", (Duty.DIVISION_OFFICER, elsewhere)),
        make_user("names", (Duty.PLACE_NAME_OFFICER, None)),
    ):
        with pytest.raises(ForbiddenError):
            services.enter(people(township, "1"), person)
    assert IndicatorValue.objects.count() == 0
    services.enter(people(township, "1"), make_user("qh", (Duty.DIVISION_OFFICER, county)))


# --- what is computed is not typed --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "indicator", ["area", "county_density", "county_area", "population_density", "built_up_share", "net_new_subdistricts"]
)
def test_std_gen_04_computed_figures_are_not_typed(township, indicator):
    with pytest.raises(InvalidInputError) as refused:
        services.enter(entry(township, indicator, "1", CATALOGUE[indicator].unit), None)
    assert refused.value.code == "computed_not_typed"
    assert "计算" in str(refused.value.message)


def test_std_gen_04_signs_are_taken_with_a_warning_until_there_is_a_table_of_signs(township):
    _row, warnings = services.enter(entry(township, "sign_setting_rate", "92", "%"), None)
    assert [one.code for one in warnings] == ["typed_not_computed"]
    assert "STD-GEN-04" in warnings[0].message_zh


def test_without_a_boundary_an_area_may_be_typed_and_a_boundary_goes_before_it():
    bare = make_division("无图乡", code="411799299")
    _row, warnings = services.enter(entry(bare, "area", "52.5", "km²"), None)
    assert [one.code for one in warnings] == ["typed_not_computed"]
    assert values_for(bare, DAY)["area"].computed is False


def test_area_is_geodesic_and_cites_its_boundary(township):
    area = values_for(township, DAY)["area"]
    # 0.1° × 0.1° at 33°: 11.09 km north–south, 9.33 km east–west on the ellipsoid
    assert float(normalise(CATALOGUE["area"], area.value, area.unit)) == pytest.approx(103.5, abs=0.5)
    assert (area.computed, area.year) == (True, 2026)
    assert "示意" in area.source


def test_population_with_a_basis_is_resident_population_too(township):
    services.enter(people(township, "36000"), None)
    assert values_for(township, DAY)["resident_population"].value == 36000
    services.enter(people(township, "40000", year="2026", basis="户籍"), None)
    assert "resident_population" not in values_for(township, DAY)


def test_county_density_from_the_countys_own_population(county, township):
    services.enter(people(county, "800000"), None)
    density = values_for(township, DAY)["county_density"]
    area = values_for(county, DAY)["county_area"]
    assert density.value == Fraction(800_000) / area.value
    assert (density.computed, density.year, density.basis) == (True, 2025, Basis.RESIDENT)
    assert "某县人口：年鉴" in density.source and "界线" in density.source


def test_county_density_from_the_sum_only_of_a_complete_county():
    county = make_division("小县", Level.COUNTY, code="411797", geometry=square(115, 34, 0.2))
    corners = [(115, 34), (115.1, 34), (115, 34.1), (115.1, 34.1)]
    four = [make_division(f"第{n}乡", parent=county, geometry=square(*corner)) for n, corner in enumerate(corners)]
    for township in four[:3]:
        services.enter(people(township, "10000"), None)
    assert "county_density" not in values_for(four[0], DAY), "one township has no figure"
    services.enter(people(four[3], "10000", basis="户籍"), None)
    assert "county_density" not in values_for(four[0], DAY), "they count different people"
    services.enter(entry(four[3], "population", "1.5", "万人", basis="常住"), None)
    population = values_for(four[0], DAY)["county_population"]
    assert population.value == 45_000
    assert "4个乡级单位总人口之和" in population.source


def test_a_county_of_which_only_a_part_is_registered_has_no_density(county, township):
    services.enter(people(township, "10000"), None)
    assert "county_density" not in values_for(township, DAY)


def test_the_latest_year_not_after_the_day(township):
    for year, figure in (("2023", "1"), ("2025", "3"), ("2027", "7")):
        services.enter(people(township, figure, year), None)
    assert values_for(township, date(2024, 12, 31))["population"].value == 1
    assert values_for(township, date(2025, 1, 1))["population"].value == 3
    assert values_for(township, date(2030, 1, 1))["population"].value == 7
    assert "population" not in values_for(township, date(2022, 1, 1))


def test_many_at_once_agrees_with_one_by_one_and_asks_once(township, county, django_assert_num_queries):
    others = [make_division(f"第{n}乡", parent=county) for n in range(5)]
    services.enter(people(county, "800000"), None)
    for number, one in enumerate(others):
        services.enter(people(one, str(1000 + number)), None)
    wanted = [township.pk, *(one.pk for one in others)]
    places = places_on(DAY)
    with django_assert_num_queries(2):  # the values, and whether a room works some out itself
        many = values_for_many(wanted, DAY, places)
    for division in wanted:
        one = values_for(division, DAY)
        assert many[division].items() <= one.items()


# --- tables -------------------------------------------------------------------------------------------------------------------

HEAD = "indicator,value,unit,year,source,division,basis\n"


def table(text: str, encoding: str = "utf-8") -> bytes:
    return (HEAD + text).encode(encoding)


def test_import_whole_or_nothing(township, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(table("population,36000,人,2025,年鉴,411799201,常住\nwaste_site,有,,2025,年鉴,411799201,\n"))
    status, document = run("import_indicators", str(path))
    assert (status, document["read"], document["created"], document["saved"]) == (0, 2, 2, True)
    again = run("import_indicators", str(path))[1]
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    path.write_bytes(table("population,37000,人,2025,年鉴,411799201,常住\npopulation,1,人,2025,年鉴,419999999,常住\n"))
    status, refused = run("import_indicators", str(path))
    assert (status, refused["rejected"], refused["saved"]) == (1, 1, False)
    assert refused["problems"][0] | {"row": 3, "field": "division", "code": "unknown_code"} == refused["problems"][0]
    assert IndicatorValue.objects.get(indicator="population").number == 36000


def test_a_dry_run_writes_nothing(township, tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(table("population,36000,人,2025,年鉴,411799201,常住\n"))
    status, document = run("import_indicators", str(path), "--dry-run")
    assert (status, document["created"], document["saved"]) == (0, 1, False)
    assert IndicatorValue.objects.count() == 0


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_headings_and_encodings(township, encoding):
    text = "指标,数值,单位,年份,来源,口径\n总人口,3.6,万人,2025年,统计年鉴,常住\n"
    plan = preview(text.encode(encoding), "表.csv", None, township.pk, DAY)
    assert plan.errors == []
    assert (plan.ready[0].number, plan.ready[0].unit, plan.ready[0].year) == (Fraction(36, 10), "10k persons", 2025)


def test_each_row_is_asked_for_its_own_right(township, county):
    elsewhere = make_division("邻县", Level.COUNTY, code="411798")
    make_division("西岗乡", parent=elsewhere, code="411798201")
    officer = make_user("qh", (Duty.DIVISION_OFFICER, county))
    data = table("population,1,人,2025,年鉴,411799201,常住\npopulation,1,人,2025,年鉴,411798201,常住\n")
    plan = preview(data, "a.csv", officer, None, DAY)
    assert [(one.row, one.code) for one in plan.errors] == [(3, "forbidden")]


def test_formulas_lies_and_endless_sheets(township):
    book = openpyxl.Workbook()
    book.active.append(["indicator", "value", "unit", "year", "source"])
    book.active.append(["population", '=WEBSERVICE("http://x")', "人", 2025, "年鉴"])
    plan = preview(_bytes(book), "a.xlsx", None, township.pk, DAY)
    assert "formula_cell" in {one.code for one in plan.errors}
    far = openpyxl.Workbook()
    far.active.append(["indicator", "value", "unit", "year", "source"])
    far.active.cell(row=1_048_576, column=1, value="population")
    with pytest.raises(InvalidInputError):
        preview(_bytes(far), "far.xlsx", None, township.pk, DAY)


def test_a_sheet_that_claims_a_row_in_the_billions(township):
    """openpyxl would invent every blank row before it."""
    book = openpyxl.Workbook()
    book.active.append(["indicator", "value", "unit", "year", "source"])
    book.active.append(["population", "1", "人", 2025, "年鉴"])
    forged = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_bytes(book))) as source, zipfile.ZipFile(forged, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content.replace(b'<row r="2"', b'<row r="4000000000"') if "sheet1" in name else content)
    with pytest.raises(InvalidInputError) as refused:
        preview(forged.getvalue(), "forged.xlsx", None, township.pk, DAY)
    assert refused.value.code == "bad_xlsx"


def _bytes(book: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_the_blank_lines_of_the_form_are_skipped(township):
    plan = preview(table("population,,人,2025,,,常住\npopulation,1,人,2025,年鉴,,常住\n"), "a.csv", None, township.pk, DAY)
    assert (len(plan.rows), plan.errors) == (1, [])


@settings(max_examples=200)
@given(
    indicator=st.sampled_from([*CATALOGUE, "x"]),
    value=st.text(max_size=30),
    unit=st.text(max_size=10),
    year=st.text(max_size=8),
    document=st.text(max_size=20),
    basis=st.text(max_size=6),
)
def test_whatever_is_typed_the_answer_is_words_or_a_sound_value(indicator, value, unit, year, document, basis):
    ready, problems = judge_entry(Entry(1, indicator, value, unit, year, document, basis), has_geometry=True)
    assert (ready is None) == any(not one.warning for one in problems)
    if ready is not None:
        assert 1900 <= ready.year <= 2200 and ready.document and (ready.number is None) != (ready.text == "")
    assert all(one.message_zh and one.message_en for one in problems)
