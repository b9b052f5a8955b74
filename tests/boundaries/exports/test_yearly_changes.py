"""The yearly table: what was imported from the official lists comes out as it stood there."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse

from boundaries.documents.yearly_table import FIRST_ROW, Row, yearly_table
from boundaries.models import Level
from boundaries.services.yearly_changes import changes_of
from gis.accounts.models import Duty
from tests.boundaries.changes.test_enacting import DAY, below, draft, enact, to_town, unit
from tests.commands import run
from tests.factories import make_division, make_user
from tests.shared import SHARED, requires_shared

RAW = SHARED / "changes" / "mca_subcounty_changes_raw_henan.csv"
CELLS = ("from_code", "from_name", "reason", "to_code", "to_name", "approval_doc")
YEARS = (2014, 2015, 2016, 2017, 2019, 2020, 2021, 2023)
# What the lists said before 2016 in other words; 合并 without saying into what is told as 撤销.
OLDER = {"更名": "名称变更", "区划变更": "区划代码变更", "合并": "撤销"}


@pytest.fixture(scope="module")
def imported(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    with django_db_blocker.unblock(), transaction.atomic():
        status, result = run(
            "import_history",
            *("--county-diffs", str(SHARED / "divisions_mca_county_1981_2024")),
            *("--township-list", str(SHARED / "divisions_mumuy_2025" / "henan_townships_2025.csv")),
            *("--township-changes", str(RAW)),
        )
        assert status == 0, result
        yield result
        transaction.set_rollback(True)


def official(result: dict[str, Any]) -> dict[int, list[tuple[str, ...]]]:
    """Rows by year less those the import left out (their row in the file is told with severity error)."""
    left_out = {one["row"] for one in result["problems"] if one["field"] == RAW.name and one["severity"] == "error"}
    found: dict[int, list[tuple[str, ...]]] = {year: [] for year in YEARS}
    with RAW.open(encoding="utf-8-sig", newline="") as handle:
        for number, row in enumerate(csv.DictReader(handle), 1):
            if number not in left_out:
                found[int(row["year"])].append(tuple(row[name] for name in CELLS))
    return found


def cells(content: bytes) -> list[tuple[str, ...]]:
    """The rows of the sheet, merged cells resolved."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    values = {(cell.row, cell.column): cell.value for line in sheet.iter_rows() for cell in line}
    for area in sheet.merged_cells.ranges:
        for row, column in area.cells:
            values[row, column] = values[area.min_row, area.min_col]
    rows = range(FIRST_ROW, sheet.max_row + 1)
    return [tuple(str(values[row, column] or "") for column in range(2, 8)) for row in rows]


def as_we_say(row: tuple[str, ...]) -> tuple[Any, ...]:
    """An official row with the known differences taken out: see docs/history.md."""
    from_code, from_name, reason, to_code, to_name, document = row
    reason = OLDER.get(reason, reason.replace("建", "设"))
    if not from_code:
        reason = "新设街道"
    elif to_code and from_name != to_name and from_code != to_code:
        old = "镇" if from_name.endswith("镇") else "乡"
        new = "街道" if to_name.endswith("街道") else "镇"
        reason = f"撤{old}设{new}"
    return from_code, from_name, reason, to_code, to_name, frozenset(re.findall(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号", document))


def ours(row: tuple[str, ...]) -> tuple[Any, ...]:
    return (*row[:5], frozenset(re.findall(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号", row[5])))


@requires_shared
@pytest.mark.parametrize("year", [2019, 2020, 2021, 2023])
def test_recent_years_come_out_cell_for_cell(imported: dict[str, Any], year: int, tmp_path: Path) -> None:
    file = tmp_path / "changes.xlsx"
    status, result = run("export_changes", str(year), "--output", str(file))
    assert (status, result["file"]) == (0, str(file))
    expected = official(imported)[year]
    assert result["count"] == len(expected)
    assert Counter(cells(file.read_bytes())) == Counter(expected)
    assert Counter(tuple(one[name] for name in CELLS) for one in result["rows"]) == Counter(expected)


@requires_shared
@pytest.mark.parametrize("year", YEARS)
def test_every_year_comes_out_but_for_its_older_words(imported: dict[str, Any], year: int) -> None:
    expected = {as_we_say(row) for row in official(imported)[year]}
    found = {ours(row) for row in cells(changes_of(year).as_xlsx())}
    # 2014, row 225 stands twice, each time with another document; the second is not taken.
    twice = {one for one in expected if one[3] == "411023001" and one[5] == {"许政文〔2014〕75号"}}
    assert found == expected - twice


@requires_shared
def test_under_a_county(imported: dict[str, Any]) -> None:
    status, result = run("export_changes", "2017", "--under", "410526")
    assert status == 0
    assert {one["to_name"] for one in result["rows"]} == {"道口镇街道", "城关街道", "锦和街道", "四间房镇"}
    assert result["title"] == "2017年滑县县以下行政区划变更情况"


def test_a_decision_enacted_here_is_a_row(demo, logged_in) -> None:
    enact(draft(to_town("麦垄乡")))
    status, result = run("export_changes", "2026")
    [row] = [one for one in result["rows"] if one["from_name"] == "麦垄乡"]
    assert status == 0
    assert (row["to_name"], row["reason"], row["to_code"], row["approval_doc"]) == (
        "麦垄镇",
        "撤乡设镇",
        "417021106",
        "豫政文〔2026〕1号",
    )
    reader = make_user("reader", (Duty.READER, None))
    answer = logged_in(reader).get(reverse("yearly-changes", args=[2026]))
    assert answer.status_code == 200 and row["from_name"] in {line[1] for line in cells(answer.content)}
    page = logged_in(reader).get(reverse("yearly-changes-page"), {"year": "2026"}).content.decode()
    assert "麦垄镇" in page and reverse("yearly-changes", args=[2026]) in page


def test_villages_that_pass_on_are_no_row(demo) -> None:
    before = len(changes_of(DAY.year).changes)
    from boundaries.services.decisions import ActEntry

    enact(draft(ActEntry("transfer_villages", {"villages": below(unit("望岫乡"))[:1], "to": unit("南畴镇")})))
    assert len(changes_of(DAY.year).changes) == before


def test_the_layout() -> None:
    rows = [
        Row("410104201", "南曹乡", "撤乡设街道", "410104011", "南曹街道", "豫民行批〔2017〕43号"),
        Row("410104201", "南曹乡", "撤乡设街道", "410104012", "金岱街道", "豫民行批〔2017〕43号"),
        Row("410104202", "=1+1乡", "撤乡设街道", "410104013", "+街道", "豫民行批〔2017〕44号"),
    ]
    content = yearly_table("2017年河南省县以下行政区划变更情况", rows)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    assert [sheet["A1"].value, sheet["B2"].value, sheet["D2"].value, sheet["E2"].value, sheet["G2"].value] == [
        "2017年河南省县以下行政区划变更情况", "变更前", "变更原因", "变更后", "批准文号",
    ]  # fmt: skip
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"B4:B5", "C4:C5", "D4:D5", "G4:G5"} < merged, "one unit that became two, under one approval"
    assert not any(area.endswith("6") for area in merged), "never across approvals"
    assert sheet["C6"].value == "'=1+1乡" and sheet["C6"].data_type == "s" and sheet["F6"].value == "'+街道"


@pytest.mark.django_db
def test_refusals() -> None:
    make_division("某省", Level.PROVINCE, code="410000")
    for arguments, code in (
        (("1200",), "bad_year"),
        (("2026", "--under", "x"), "bad_code"),
        (("2026", "--under", "419999"), "unknown_code"),
    ):
        status, document = run("export_changes", *arguments)
        assert (status, document["error"]["code"]) == (1, code)
    status, document = run("export_changes", "2026", "--output", "/no/such/folder/file.xlsx")
    assert (status, document["error"]["code"]) == (1, "file_unwritable")


@pytest.mark.django_db
def test_a_year_without_changes_says_so(logged_in) -> None:
    reader = make_user("reader", (Duty.READER, None))
    assert "这一年没有" in logged_in(reader).get(reverse("yearly-changes-page"), {"year": "1990"}).content.decode()
    assert logged_in(reader).get(reverse("yearly-changes", args=[1990])).status_code == 200
    assert logged_in(reader).get(reverse("yearly-changes-page"), {"year": "1200"}).status_code == 422
