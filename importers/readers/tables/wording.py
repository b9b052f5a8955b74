"""What can be wrong with a table: weight, sentence in Chinese and in English."""

from __future__ import annotations

from typing import Final

from importers.severities import ERROR, WARNING

TABLES: Final[dict[str, tuple[str, str, str]]] = {
    "encoding_conflict": (
        WARNING,
        "编码声明（{declared}）与内容不符，按 {actual} 读取。",
        "The declared encoding ({declared}) does not fit the bytes; read as {actual}.",
    ),
    "text_undecodable": (
        ERROR,
        "有字节不是 {encoding} 文字，显示为 �。",
        "There are bytes that are no text in {encoding}; they show as �.",
    ),
    "broken": (
        ERROR,
        "表格从这里起无法读取（{reason}）；之前的行已读取。",
        "The table cannot be read from here on ({reason}); the rows before were read.",
    ),
    "header_missing": (
        WARNING,
        "没有找到表头，列按位置命名。",
        "No heading was found; the columns are named by their position.",
    ),
    "title_rows": (
        WARNING,
        "表头上方有 {count} 行标题，未作为数据读取：{value}",
        "{count} title rows stand above the heading and are no data: {value}",
    ),
    "columns_renamed": (
        WARNING,
        "表头有重复或空白的列名，按位置区分：{value}",
        "Repeated or empty column names were told apart by their position: {value}",
    ),
    "ragged_row": (
        ERROR,
        "这一行的列数多于表头，多出的未读取。",
        "The row has more cells than the heading; the rest was left out.",
    ),
    "sheet_hidden": (WARNING, "工作表“{sheet}”是隐藏的，请核对是否应当导入。", "The sheet “{sheet}” is hidden; is it meant?"),
    "sheet_empty": (WARNING, "工作表“{sheet}”没有数据行。", "The sheet “{sheet}” has no rows of data."),
    "styles_unreadable": (
        WARNING,
        "工作簿的样式损坏，日期会显示为数字；其余照读。",
        "The styles of the workbook are damaged: dates show as numbers; all else was read.",
    ),
    "merged_cells": (
        WARNING,
        "数据区有 {count} 处合并单元格（如 {cell}），只有左上角的格有值，其余为空。",
        "{count} merged ranges lie in the data (such as {cell}); only their first cell has the value, the others are empty.",
    ),
    "formula_without_value": (
        ERROR,
        "公式没有保存计算结果，读不到值。请在电子表格软件里打开、重新计算并保存。",
        "The formula was saved without its result. Open the file in a spreadsheet program, recalculate and save it.",
    ),
    "formula": (
        WARNING,
        "{count} 格是公式，取的是上次保存的结果。",
        "{count} cells are formulas; their last saved results were taken.",
    ),
    "cell_error": (ERROR, "单元格是错误值 {value}，未采用。", "The cell holds the error {value} and was left out."),
    "code_as_number": (
        WARNING,
        "代码列“{field}”按数字存储，开头的 0 可能已丢失；请设为文本。",
        "The code column “{field}” is stored as numbers; leading zeros may be lost. Make it text.",
    ),
    "code_scientific": (
        ERROR,
        "“{value}”被改成了科学计数法，位数已丢失。",
        "“{value}” was turned into scientific notation and lost digits.",
    ),
    "code_fraction": (ERROR, "代码列里的“{value}”带小数，不是代码。", "“{value}” in a column of codes has a fraction."),
    "digits_lost": (
        ERROR,
        "数字“{value}”超过 15 位，电子表格只保存 15 位，末尾的已丢失。",
        "The number “{value}” has more than 15 digits; a spreadsheet keeps 15, the last ones are lost.",
    ),
    "number_as_text": (
        WARNING,
        "列“{field}”里有 {count} 个数字按文本存储，另有 {others} 个按数字存储。",
        "The column “{field}” has {count} numbers stored as text and {others} as numbers.",
    ),
    "formula_text": (
        WARNING,
        "“{value}”像是电子表格公式，按文字读取，导出时会加引号。",
        "“{value}” looks like a formula; it was read as text and is escaped in exports.",
    ),
    "coordinate_unreadable": (
        ERROR,
        "坐标“{value}”无法识别。",
        "The coordinates “{value}” are not understood.",
    ),
    "wkt_unreadable": (ERROR, "图形文字“{value}”不是 WKT。", "The geometry “{value}” is no WKT."),
}
