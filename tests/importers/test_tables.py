"""Tables people make by hand: workbooks as Excel and WPS write them, CSV in any encoding, headings below titles."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.errors import InvalidInputError
from importers.readers import opened, read, tables
from tests.importers.workbooks import MAIN, number, row, text, workbook

HEADING = row(1, "代码", "名称", "经度", "纬度")


def inspected(path: Path) -> dict[str, Any]:
    return tables.inspect(path).as_inspection()


def rows_of(path: Path | bytes, **options: str) -> list[tables.Row]:
    with tables.opened_table(path, "a.csv", **options) as table:
        return list(table.rows)


def refused(path: Path | bytes, name: str = "a.xlsx") -> str:
    with pytest.raises(InvalidInputError) as caught:
        tables.inspect(path, name)
    return str(caught.value.code)


class TestWorkbooks:
    def test_sheets_are_layers(self, tmp_path: Path) -> None:
        rows = (
            HEADING
            + row(2, "411002001", "西大街道", number(113.82), number(34.02))
            + row(3, "411002002", "东大街道", number("113.83"), number(34.03))
        )
        found = inspected(workbook(tmp_path / "a.xlsx", {"乡镇": rows, "旧表": rows}, hidden=("旧表",)))
        first, second = found["layers"]
        assert (found["kind"], found["driver"], found["encoding"]["name"]) == ("table", "XLSX", "utf-8")
        assert (first["name"], first["geometry"], first["features"]) == ("乡镇", "point", 2)
        assert first["bounds"] == [113.82, 34.02, 113.83, 34.03]
        assert [field["kind"] for field in first["fields"]] == ["code", "text", "longitude", "latitude"]
        assert first["sample"][0] == {"代码": "411002001", "名称": "西大街道", "经度": "113.82", "纬度": "34.02"}
        assert (first["hidden"], second["hidden"]) == (False, True)
        assert found["problem_counts"] == {"sheet_hidden": 1}

    def test_the_first_visible_sheet_is_opened(self, tmp_path: Path) -> None:
        sheets = {"隐藏": row(1, "a", "b") + row(2, "1", "2"), "数据": row(1, "甲", "乙") + row(2, "3", "4")}
        path = workbook(tmp_path / "a.xlsx", sheets, hidden=("隐藏",))
        with tables.opened_table(path) as table:
            assert (table.sheet, table.names) == ("数据", ("甲", "乙"))
        with tables.opened_table(path, sheet="隐藏") as table:
            assert [(found.number, found.line, found.cells) for found in table.rows] == [(1, 2, ("1", "2"))]
        with pytest.raises(InvalidInputError) as caught, tables.opened_table(path, sheet="没有"):
            pass
        assert caught.value.code == "unknown_sheet"

    def test_titles_above_and_a_heading_of_two_merged_rows(self, tmp_path: Path) -> None:
        rows = (
            row(1, "许昌市乡镇基本情况表") + row(2, "填表单位：民政局")
            + row(4, "代码", "名称", "位置", "", "人口") + row(5, "", "", "经度", "纬度", "")
            + row(6, "411002001", "西大街道", number(113.82), number(34.02), number(52000))
        )  # fmt: skip
        merges = {"表": ["A1:E1", "A4:A5", "B4:B5", "C4:D4", "E4:E5"]}
        found = inspected(workbook(tmp_path / "a.xlsx", {"表": rows}, merges=merges))
        (layer,) = found["layers"]
        assert [field["name"] for field in layer["fields"]] == ["代码", "名称", "位置/经度", "位置/纬度", "人口"]
        assert (layer["geometry"], layer["features"], layer["header_line"]) == ("point", 1, 4)
        assert found["problem_counts"] == {"title_rows": 1}
        assert "许昌市乡镇基本情况表" in found["problems"][0]["message"]

    def test_merged_cells_among_the_data(self, tmp_path: Path) -> None:
        rows = row(1, "县", "乡") + row(2, "甲县", "一乡") + row(3, "", "二乡")
        path = workbook(tmp_path / "a.xlsx", {"表": rows}, merges={"表": ["A2:A3"]})
        assert inspected(path)["problem_counts"] == {"merged_cells": 1}
        assert [found.cells for found in rows_of(path)] == [("甲县", "一乡"), ("", "二乡")], "the empty cell is not filled in"

    def test_codes_that_a_spreadsheet_spoiled(self, tmp_path: Path) -> None:
        rows = (
            row(1, "区划代码", "名称")
            + row(2, number("411002001"), "甲") + row(3, number("4.11002002E8"), "乙") + row(4, number("411002003.0"), "丙")
            + row(5, text("4.10101E+08"), "丁") + row(6, number("123456789012345678"), "戊") + row(7, number("411002004.5"), "己")
        )  # fmt: skip
        path = workbook(tmp_path / "a.xlsx", {"表": rows})
        assert [found.cells[0] for found in rows_of(path)][:3] == ["411002001", "411002002", "411002003"]
        counts = inspected(path)["problem_counts"]
        assert counts == {"code_scientific": 1, "digits_lost": 1, "code_fraction": 1, "code_as_number": 1}

    def test_formulas(self, tmp_path: Path) -> None:
        with_result, without, empty = (
            "<c><f>A1+1</f><v>52000</v></c>",
            "<c><f>SUM(A1:A2)</f></c>",
            '<c t="str"><f>A1</f><v></v></c>',
        )
        rows = row(1, "名称", "人口") + row(2, "甲", with_result) + row(3, "乙", without) + row(4, "丙", empty)
        path = workbook(tmp_path / "a.xlsx", {"表": rows})
        found = inspected(path)
        assert found["problem_counts"] == {"formula_without_value": 2, "formula": 1}
        assert [problem["where"].get("cell") for problem in found["problems"]] == ["B3", "B4", None]
        assert [row.cells[1] for row in rows_of(path)] == ["52000", "", ""]

    def test_dates_numbers_kept_as_text_and_errors(self, tmp_path: Path) -> None:
        rows = row(1, "设立日期", "面积", "备注")
        rows += row(2, number(45413, 1), number("12.5"), "<c t='e'><v>#REF!</v></c>") + row(
            3, number(45414.5, 1), text("13.5"), "<c t='b'><v>1</v></c>"
        )
        path = workbook(tmp_path / "a.xlsx", {"表": rows})
        assert [row.cells for row in rows_of(path)] == [("2024-05-01", "12.5", ""), ("2024-05-02 12:00:00", "13.5", "TRUE")]
        found = inspected(path)
        assert found["problem_counts"] == {"cell_error": 1, "number_as_text": 1}
        assert [(field["kind"], field["stored"]) for field in found["layers"][0]["fields"]] == [
            ("datetime", "date"), ("decimal", "mixed"), ("boolean", "boolean"),
        ]  # fmt: skip
        early = workbook(tmp_path / "b.xlsx", {"表": row(1, "日", "名") + row(2, number(43951, 1), "甲")}, date1904=True)
        assert rows_of(early)[0].cells[0] == "2024-05-01"

    def test_shared_strings(self, tmp_path: Path) -> None:
        cells = [f'<c t="s"><v>{index}</v></c>' for index in range(4)]
        path = workbook(
            tmp_path / "a.xlsx", {"表": row(1, *cells[:2]) + row(2, *cells[2:])}, strings=["代码", "名称", "0371", "甲"]
        )
        assert rows_of(path)[0].cells == ("0371", "甲")

    @pytest.mark.timeout(60)
    def test_a_sheet_formatted_to_its_last_row(self, tmp_path: Path) -> None:
        blank = "".join(f'<row r="{line}" s="1" customFormat="1"><c r="A{line}" s="1"/></row>' for line in range(4, 1_048_577))
        path = workbook(tmp_path / "a.xlsx", {"表": row(1, "代码", "名称") + row(2, "1", "甲") + row(3, "2", "乙") + blank})
        started = time.perf_counter()
        (layer,) = inspected(path)["layers"]
        assert layer["features"] == 2
        assert time.perf_counter() - started < 20, "blank rows are not parsed"

    def test_rows_with_gaps_keep_their_numbers(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"表": row(2, "代码", "名称") + row(5, "1", "甲") + row(9, "2", "乙")})
        assert [(found.number, found.line) for found in rows_of(path)] == [(1, 5), (2, 9)]

    def test_a_row_wider_than_the_heading(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"表": row(1, "代码", "名称") + row(2, "1", "甲", "多余") + row(3, "2", "乙")})
        found = inspected(path)
        assert found["problem_counts"] == {"ragged_row": 1} or "columns_renamed" in found["problem_counts"]

    def test_styles_that_openpyxl_cannot_read(self, tmp_path: Path) -> None:
        """Several programs write an empty fill, on which openpyxl gives the whole workbook up."""
        styles = f'<styleSheet xmlns="{MAIN}"><fills count="1"><fill/></fills></styleSheet>'
        path = workbook(tmp_path / "a.xlsx", {"表": HEADING + row(2, "1", "甲", "113", "34")}, styles=styles)
        found = inspected(path)
        assert (found["layers"][0]["features"], found["problem_counts"]) == (1, {"styles_unreadable": 1})

    def test_an_empty_workbook(self, tmp_path: Path) -> None:
        found = inspected(workbook(tmp_path / "a.xlsx", {"表": ""}))
        assert (found["layers"][0]["features"], found["problem_counts"]) == (0, {"sheet_empty": 1})


class TestHostileWorkbooks:
    def test_what_is_no_workbook(self, tmp_path: Path) -> None:
        assert refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600) == "old_excel"
        assert refused(b"PK\x03\x04" + b"\x00" * 600) == "bad_workbook"
        with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
            archive.writestr("a.txt", "x")
        assert refused(tmp_path / "a.xlsx") == "unsupported_table"
        with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
        assert refused(tmp_path / "b.xlsx") == "bad_workbook"
        assert refused(b"<html><table/></html>", "a.xls") == "unsupported_table"
        assert refused(b"", "a.csv") == "empty_file"
        assert refused(tmp_path / "none.xlsx") == "file_not_found"

    def test_a_part_that_unpacks_to_too_much(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"表": HEADING})
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/theme/theme1.xml", "<a>" + " " * 40_000_000 + "</a>")
        assert refused(path) == "workbook_too_large"

    def test_a_row_number_beyond_any_sheet(self, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", {"表": HEADING + row(10**12, "1", "甲")})
        assert refused(path) == "bad_workbook"

    def test_a_sheet_that_breaks_off(self, tmp_path: Path) -> None:
        whole = workbook(tmp_path / "a.xlsx", {"表": HEADING + "".join(row(n, str(n), "甲", "113", "34") for n in range(2, 200))})
        with zipfile.ZipFile(whole) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"][:9000]
        with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
            for name, raw in parts.items():
                archive.writestr(name, raw)
        found = inspected(tmp_path / "b.xlsx")
        assert found["problem_counts"] == {"broken": 1}
        assert 20 < found["layers"][0]["features"] < 198

    def test_a_workbook_of_thousands_of_columns(self, tmp_path: Path) -> None:
        cells = "".join(f'<c r="{_column(n)}1" t="inlineStr"><is><t>列{n}</t></is></c>' for n in range(1, 400))
        assert refused(workbook(tmp_path / "a.xlsx", {"表": f'<row r="1">{cells}</row>'})) == "too_many_columns"


def _column(position: int) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(position))


class TestCsv:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "，", "|"])
    def test_any_encoding_and_delimiter(self, encoding: str, delimiter: str) -> None:
        lines = [
            ["代码", "名称", "经度", "纬度"],
            ["411002001", "西大街道", "113.82", "34.02"],
            ["411002002", "东大街道、甲", "113.83", "34.03"],
        ]
        raw = "\r\n".join(delimiter.join(line) for line in lines).encode(encoding)
        found = tables.inspect(raw, "a.csv").as_inspection()
        (layer,) = found["layers"]
        assert (found["delimiter"], layer["geometry"], layer["features"]) == (delimiter, "point", 2)
        assert found["encoding"]["name"] == {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
        assert found["encoding"]["evidence"]
        assert layer["sample"][1]["名称"] == "东大街道、甲"
        assert not found["problem_counts"]

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
    def test_an_import_reads_them_too(self, tmp_path: Path, encoding: str) -> None:
        path = tmp_path / "a.txt"
        path.write_bytes("说明：2024 年\n代码；名称\n411002001；甲\n".replace("；", "，").encode(encoding))
        raw = path.read_bytes()
        assert [found.cells for found in rows_of(raw)] == [("411002001", "甲")]
        path.write_text("许昌市名单,,\n代码，名称，备注\n411002001，甲，a,b\n411002002，乙，\n", "utf-8")
        with opened(path) as data:
            assert read(data).columns == {"代码": ["411002001", "411002002"], "名称": ["甲", "乙"], "备注": ["a,b", ""]}

    @pytest.mark.parametrize(
        ("above", "line"),
        [("", 1), ("许昌市乡镇名单\n", 2), ("许昌市乡镇名单,,,\n填表：张三,,2024年,\n\n", 4), ("\n\n", 3)],
    )
    def test_titles_above_the_heading(self, above: str, line: int) -> None:
        raw = f"{above}代码,名称,人口,面积\n411002001,甲,5,1.5\n411002002,乙,6,1.7\n".encode()
        with tables.opened_table(raw, "a.csv") as table:
            assert (table.header_line, table.names) == (line, ("代码", "名称", "人口", "面积"))
            assert [(row.number, row.line) for row in table.rows] == [(1, line + 1), (2, line + 2)]

    def test_years_head_columns(self) -> None:
        with tables.opened_table("县,2019,2020,2021\n甲,5,6,7\n乙,5,6,7\n".encode(), "a.csv") as table:
            assert table.names == ("县", "2019", "2020", "2021")

    def test_no_heading_at_all(self) -> None:
        raw = b"411002001,113.82,34.02\n411002002,113.83,34.03\n"
        found = tables.inspect(raw, "a.csv").as_inspection()
        assert found["problem_counts"] == {"header_missing": 1}
        assert [field["name"] for field in found["layers"][0]["fields"]] == ["column#1", "column#2", "column#3"]
        assert found["layers"][0]["features"] == 2

    def test_a_cell_of_several_lines_counts_its_lines(self) -> None:
        assert [row.line for row in rows_of('代码,备注\n1,"一\n二"\n2,三\n'.encode())] == [3, 4]

    def test_a_quote_that_never_ends(self) -> None:
        found = tables.inspect(("代码,名称\n" + "1,甲\n" * 100 + '2,"乙\n' + "3,丙\n" * 100).encode(), "a.csv").as_inspection()
        assert found["problem_counts"] == {"broken": 1}
        assert found["layers"][0]["features"] == 100

    def test_well_known_text(self) -> None:
        shapes = ("POLYGON((113 34,114 34,114 35,113 34))", "MULTIPOLYGON(((113 34,114 34,114 35.5,113 34)))", "POLYGON((1")
        raw = ("名称,WKT\n" + "".join(f'甲,"{shape}"\n' for shape in shapes)).encode()
        found = tables.inspect(raw, "a.csv").as_inspection()
        (layer,) = found["layers"]
        assert (layer["geometry"], layer["bounds"]) == ("polygon", [113, 34, 114, 35.5])
        assert found["problem_counts"] == {"wkt_unreadable": 1}

    def test_kinds_of_fields(self) -> None:
        heading = "邮编,人口,面积,日期,设立,是否,编号\n"
        lines = "046100,5,1.5,2024-05-01,2024-05-01 09:00,是,\n046200,6,2,2024年5月2日,2024-05-02T09:00,否,\n"
        raw = (heading + lines).encode()
        kinds = [field["kind"] for field in tables.inspect(raw, "a.csv").as_inspection()["layers"][0]["fields"]]
        assert kinds == ["code", "integer", "decimal", "date", "datetime", "boolean", "empty"]

    def test_a_damaged_byte(self) -> None:
        raw = ("代码,名称\n" + "1,许昌市\n" * 50).encode() + b"2,\xff\xfe\xe8\n"
        found = tables.inspect(raw, "a.csv").as_inspection()
        assert (found["encoding"]["name"], found["problem_counts"]) == ("utf-8", {"text_undecodable": 1})

    def test_encodings_nobody_means(self) -> None:
        for name in ("rot13", "punycode", "unicode_escape", "zlib", "idna", "../../etc/passwd"):
            with pytest.raises(InvalidInputError) as caught:
                rows_of("代码,名称\n1,甲\n".encode(), encoding=name)
            assert caught.value.code == "unknown_encoding"


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp", "Zs")), max_size=8)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), min_size=1, max_size=8),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from([",", ";", "\t", "，"]),
)
def test_what_is_written_is_read(cells: list[list[str]], encoding: str, delimiter: str) -> None:
    """Any text in any cell, quoted as spreadsheets quote; rows of empty cells are no rows."""
    quoted = ['"' + cell.replace('"', '""') + '"' for line in cells for cell in line]
    lines = [delimiter.join(quoted[n : n + 3]) for n in range(0, len(quoted), 3)]
    raw = (os.linesep.join(["代码" + delimiter + "名称" + delimiter + "备注", *lines]) + os.linesep).encode(encoding)
    with tables.opened_table(raw, "a.csv", encoding="" if encoding != "gb18030" else "gb18030") as table:
        if table.delimiter == delimiter:  # a text full of another delimiter is truly ambiguous
            assert [row.cells for row in table.rows] == [tuple(line) for line in cells if any(line)]
