"""CODE-12: the half-year lists of township codes."""

from __future__ import annotations

import io
from datetime import date

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from boundaries.models import Authority, Division, DivisionCode, Level, TownshipCodeList
from boundaries.services import code_lists
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ForbiddenError, InvalidInputError
from gis.files import services as files
from tests.commands import run
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db

JUNE, DECEMBER = date(2025, 6, 30), date(2025, 12, 31)
CHANGE = date(2025, 9, 1)


@pytest.fixture
def county() -> Division:
    """By the end of June: 甲乡 200, 乙乡 201, 丙街道 001. On 1 September 甲乡 becomes 甲镇 100 and 丙街道 is renamed."""
    province = make_division("某省", Level.PROVINCE, code="410000")
    city = make_division("某市", Level.PREFECTURE, code="411700", parent=province)
    county = make_division("某县", Level.COUNTY, code="411798", parent=city)
    make_division("甲乡", code="411798200", parent=county, valid=(date(2000, 1, 1), CHANGE))
    make_division("乙乡", code="411798201", parent=county)
    renamed = make_division("丙街道", code="411798001", type="subdistrict", parent=county, valid=(date(2000, 1, 1), CHANGE))
    DivisionCode.objects.filter(division=renamed).update(valid=(date(2000, 1, 1), None))
    make_division("丁街道", type="subdistrict", parent=county, valid=(CHANGE, None), division=renamed)
    make_division("甲镇", code="411798100", type="town", parent=county, valid=(CHANGE, None))
    make_division("统计区", code="411798400", authority=Authority.NBS, parent=county, type="statistical")
    DivisionCode.objects.create(
        division=renamed, authority=Authority.NBS, code="411798002", valid=(date(2000, 1, 1), None),
        recorded=(timezone.now(), None), source=DivisionCode.objects.filter(division=renamed).first().source,
    )  # fmt: skip
    return county


def names(rows: tuple[code_lists.Entry, ...]) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in rows]


def test_the_list_and_what_changed_since(county):
    found = code_lists.code_list(DECEMBER)
    assert names(found.entries) == [("411798001", "丁街道"), ("411798100", "甲镇"), ("411798201", "乙乡")]
    assert names(found.added) == [("411798100", "甲镇")]
    assert names(found.retired) == [("411798200", "甲乡")]
    assert [(old.name, new.name) for old, new in found.changed] == [("丙街道", "丁街道")]
    assert (found.since, found.published) == (JUNE, False)
    assert (found.entries[0].county, found.entries[0].prefecture) == ("某县", "某市")


def test_code_08_statistical_codes_are_never_in_it(county):
    held = {one.code for one in code_lists.code_list(DECEMBER).entries}
    assert not held & set(DivisionCode.objects.filter(authority=Authority.NBS).values_list("code", flat=True))


@pytest.mark.parametrize("day", ["2025-12-30", "2025-06-29", "2026-01-01"])
def test_only_the_end_of_a_half_year(county, day):
    status, document = run("township_codes", day)
    assert (status, document["error"]["code"]) == (1, "not_half_year_end")


def test_not_before_it_is_over(county):
    status, document = run("township_codes", f"{timezone.localdate().year + 1}-06-30")
    assert (status, document["error"]["code"]) == (1, "date_in_future")


def test_the_command(county, tmp_path):
    file = tmp_path / "codes.xlsx"
    status, document = run("township_codes", "2025-12-31", "--under", "411798", "--output", str(file))
    assert (status, document["count"], document["compared_with"], document["kept"]) == (0, 3, "register", None)
    assert [one["code"] for one in document["retired"]] == ["411798200"]
    assert not TownshipCodeList.objects.exists()
    book = openpyxl.load_workbook(file)
    assert book.sheetnames == ["乡级行政区划代码", "新增代码", "废止代码", "变更"]
    assert [row[1].value for row in book["乡级行政区划代码"].iter_rows(min_row=2)] == ["411798001", "411798100", "411798201"]
    assert [row[1].value for row in book["废止代码"].iter_rows(min_row=2)] == ["411798200"]
    assert [(row[2].value, row[4].value) for row in book["变更"].iter_rows(min_row=2)] == [("丙街道", "丁街道")]
    assert run("township_codes", "2025-12-31", "--keep")[1]["kept"] == TownshipCodeList.objects.get().pk
    assert run("township_codes", "2025-12-31", "--keep", "--under", "411798")[1]["error"]["code"] == "whole_register_only"


def test_a_list_is_held_against_the_one_made_last(county):
    chief = make_user("chief", (Duty.REVIEWER, None))
    row = code_lists.make(chief, JUNE)
    assert (row.codes, AuditEntry.objects.get(action="code_list.make").target_id) == (3, str(row.pk))
    # What was published in June is what counts, also when the register of June is corrected afterwards.
    DivisionCode.objects.filter(code="411798201").update(valid=(CHANGE, None))
    found = code_lists.code_list(DECEMBER)
    assert (found.since, found.published) == (JUNE, True)
    assert names(found.added) == [("411798100", "甲镇")]
    text = openpyxl.load_workbook(io.BytesIO(files.read_bytes(row.file)))["乡级行政区划代码"]
    assert text["B2"].data_type == "s"


def test_who_may(county):
    for person in (
        make_user("reader", (Duty.READER, None)),
        make_user("county-officer", (Duty.DIVISION_OFFICER, Division.objects.get(pk=county.pk))),
    ):
        with pytest.raises(ForbiddenError):
            code_lists.make(person, JUNE)
    for number, duty in enumerate((Duty.DIVISION_OFFICER, Duty.REVIEWER)):
        assert code_lists.make(make_user(f"chief{number}", (duty, None)), JUNE).codes == 3


def test_an_empty_register_has_no_list(db):
    with pytest.raises(InvalidInputError) as refused:
        code_lists.make(None, JUNE)
    assert refused.value.code == "no_codes"


def test_no_formula_from_a_name(county):
    make_division("=HYPERLINK(1)乡", code="411798299", parent=county)
    sheet = openpyxl.load_workbook(io.BytesIO(code_lists.code_list(JUNE).as_xlsx())).worksheets[0]
    [cell] = [row[2] for row in sheet.iter_rows(min_row=2) if row[1].value == "411798299"]
    assert (cell.data_type, cell.value) == ("s", "'=HYPERLINK(1)乡")


def test_the_page(county, logged_in):
    reader, chief = make_user("reader", (Duty.READER, None)), make_user("chief", (Duty.DIVISION_OFFICER, None))
    address = reverse("township-code-lists")
    page = logged_in(reader).get(address).content.decode()
    assert "尚未生成" in page and "CODE-12" in page and "生成代码表" not in page
    assert logged_in(reader).post(address, {"on": "2025-12-31"}).status_code == 403
    client = logged_in(chief)
    assert client.post(address, {"on": "2025-12-30"}).status_code == 422
    last = code_lists.half_year_ends(timezone.localdate())[0]
    assert client.post(address, {"on": last.isoformat()}).status_code == 302
    row = TownshipCodeList.objects.get()
    page = client.get(address).content.decode()
    assert "尚未生成" not in page and reverse("file-download", args=[row.file_id]) in page
    assert logged_in(reader).get(reverse("file-download", args=[row.file_id])).status_code == 200
