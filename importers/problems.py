"""What can be wrong with a row, as a table: code, weight, the sentence in Chinese and in English.

A row with an error is left out; a warning leaves it in. Both texts go into every result, whatever the reader's language.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from importers.history.wording import HISTORY
from importers.inspection_words import INSPECTION
from importers.severities import ERROR, WARNING

MAX_ERRORS = 10_000
MAX_WARNINGS_OF_A_CODE = 50

_TABLE: dict[str, tuple[str, str, str]] = {
    # --- codes
    "code_empty": (ERROR, "没有区划代码。", "There is no code."),
    "code_not_digits": (ERROR, "代码“{value}”含有数字以外的字符。", "Code “{value}” has characters other than digits."),
    "code_scientific": (
        ERROR,
        "代码“{value}”被电子表格改成了科学计数法，位数已丢失，请把该列设为文本后重新导出。",
        "Code “{value}” was turned into scientific notation by a spreadsheet and lost digits; export the column as text.",
    ),
    "code_length": (
        ERROR,
        "代码“{value}”的位数不对，应为 2、4、6、9 或 12 位且不以 0 开头。",
        "Code “{value}” has a wrong length; it should have 2, 4, 6, 9 or 12 digits and not begin with 0.",
    ),
    "code_level_mismatch": (
        ERROR,
        "代码“{value}”是{actual}代码，本次导入的是{expected}。",
        "Code “{value}” is of level {actual_number}, this import is of level {expected_number}.",
    ),
    "duplicate_code": (
        ERROR,
        "代码 {value} 在文件中重复，首次出现在第 {first} 行。",
        "Code {value} is repeated; it first stands in row {first}.",
    ),
    # --- names
    "name_empty": (ERROR, "没有名称。", "There is no name."),
    "name_control": (ERROR, "名称含有不可见的控制字符。", "The name has invisible control characters."),
    "name_markup": (
        ERROR,
        "名称“{value}”含有标记或网址字符（如 < >）。",
        "The name “{value}” has markup or address characters (such as < >).",
    ),
    "name_formula": (
        ERROR,
        "名称“{value}”像是电子表格公式，不能作为地名。",
        "The name “{value}” looks like a spreadsheet formula, not a name.",
    ),
    "name_undecodable": (ERROR, "名称“{value}”含有乱码。", "The name “{value}” has undecodable characters."),
    "name_too_long": (ERROR, "名称有 {length} 个字，超过 {limit} 字。", "The name has {length} characters, more than {limit}."),
    "cell_is_error": (ERROR, "单元格里是错误值“{value}”。", "The cell holds the error “{value}”."),
    # --- level and parent
    "level_unknown": (ERROR, "不认识层级“{value}”。", "Unknown level “{value}”."),
    "parent_bad": (
        WARNING,
        "上级代码“{value}”不能用，已按代码前几位确定上级。",
        "Parent code “{value}” is unusable; the parent was taken from the digits.",
    ),
    "parent_unknown": (
        WARNING,
        "上级 {value} 尚未登记，{count} 个单位暂无上级；导入上级后会自动接上。",
        "Parent {value} is not in the register yet; {count} units have no parent for now and are joined when it is loaded.",
    ),
    # --- geometry
    "geometry_unreadable": (ERROR, "图形无法读取：{reason}。", "The geometry cannot be read: {reason}."),
    "geometry_empty": (ERROR, "图形为空。", "The geometry is empty."),
    "not_polygon": (ERROR, "图形是{kind_zh}，不是面。", "The geometry is a {kind_en}, not a polygon."),
    "invalid_geometry": (
        ERROR,
        "图形无效：{reason_zh}，位置 {place}。系统不会自动修复，请改正后重新导入。",
        "The geometry is invalid: {reason}, at {place}. It is not repaired automatically.",
    ),
    "too_small": (ERROR, "图形面积为零。", "The geometry has no area."),
    "non_finite": (ERROR, "坐标中有无穷大或非数值。", "The coordinates contain infinities or values that are not numbers."),
    "swapped_axes": (
        ERROR,
        "坐标像是纬度在前、经度在后。请改为经度在前，或把坐标系指定为“纬度在前”（如 EPSG:4490 yx）；系统不会自动对调。",
        "The coordinates seem to have latitude first. Put longitude first, or choose a system with latitude first (EPSG:4490 yx)."
        " They are not swapped automatically.",
    ),
    "outside_extent": (
        ERROR,
        "坐标（{place}）超出合理范围，坐标系可能指定错了。",
        "The coordinates ({place}) are outside any plausible range; the reference system may be wrong.",
    ),
    "outside_henan": (
        WARNING,
        "坐标（{place}）在河南省范围以外（BND-GEO-01），请核对。",
        "The coordinates ({place}) lie outside Henan (BND-GEO-01); please check.",
    ),
    "seat_bad": (WARNING, "驻地坐标“{value}”不能用，未采用。", "The seat's coordinates “{value}” are unusable and were left out."),
    "seat_outside": (
        WARNING,
        "驻地坐标（{place}）超出合理范围，未采用。",
        "The seat ({place}) is outside any plausible range and was left out.",
    ),
    # --- the file
    "crs_conflict": (
        WARNING,
        "文件自称坐标系为 {stated}，按指定的 {used} 处理。",
        "The file says {stated}; {used} was used as given.",
    ),
    "crs_unused": (
        WARNING,
        "文件没有图形和坐标，指定的坐标系未起作用。",
        "The file has no geometry and no coordinates; the reference system given had no effect.",
    ),
    "crs_inexact": (WARNING, "{zh}", "{en}"),
    "encoding_conflict": (
        WARNING,
        "编码声明（{declared}）与内容不符，按 {actual} 读取。",
        "The declared encoding ({declared}) does not fit the bytes; read as {actual}.",
    ),
    "truncated_character": (
        WARNING,
        "“{text}”末尾有半个汉字被截断，请核对。",
        "“{text}” ends in half a character that was cut off; please check.",
    ),
    # --- the register
    "code_reused_or_renamed": (
        ERROR,
        "统计代码 {value} 在该日已由“{held}”使用。是更名还是代码另给他用无从判断，未导入；请以批复为准处理。",
        "Statistical code {value} is held by “{held}” on that day. Renamed or reused cannot be told; not loaded.",
    ),
    "code_given_anew": (
        WARNING,
        "统计代码 {value} 已改给他用；原来的“{held}”在同一名单中改用代码 {other}，按同一单位登记。",
        "Statistical code {value} was given to another place; “{held}”, which had it, is listed under {other}.",
    ),
    "code_abolished": (
        ERROR,
        "代码 {value} 已于 {ended} 停用（“{held}”）。废止的代码不得再用（CODE-03），未导入。",
        "Code {value} ended on {ended} (“{held}”). An abolished code is not used again (CODE-03); not loaded.",
    ),
    "begins_by_decision": (
        ERROR,
        "“{held}”依批复自 {begins} 起设立，名单日期早于该日，未导入。",
        "“{held}” begins on {begins} by decision, later than the list; not loaded.",
    ),
    "code_conflict": (
        ERROR,
        "代码 {value} 对应的单位“{held}”在该日已有代码 {other}，未导入。",
        "The unit “{held}” of code {value} already holds code {other} on that day; not loaded.",
    ),
    "level_conflict": (
        ERROR,
        "代码 {value} 已登记为{held_level}的“{held}”。",
        "Code {value} is registered as “{held}” of another level.",
    ),
    "parent_is_itself": (ERROR, "上级代码与本单位代码相同。", "The parent's code is the unit's own."),
    "legal_name_kept": (
        WARNING,
        "名称“{value}”与法定登记的“{held}”不同，保留法定名称。",
        "The name “{value}” differs from the legal “{held}”, which is kept.",
    ),
    **HISTORY,
    **INSPECTION,
}


_NO_VALUES: Final[Mapping[str, Any]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding about one row (from 1; None: the file as a whole).

    own    what makes both sentences of `about`, where a rule brings its own: asked when they are told, as every row may have one
    """

    code: str
    row: int | None = None
    field: str = ""
    values: Mapping[str, Any] = dataclasses.field(default_factory=lambda: _NO_VALUES)
    line: int | None = None
    rule: str = ""
    own: Callable[[str], tuple[str, str]] | None = None
    about: str = ""

    @property
    def severity(self) -> str:
        return WARNING if self.own else _TABLE[self.code][0]

    def as_dict(self, line: int | None = None) -> dict[str, Any]:
        zh, en = self.own(self.about) if self.own else (text.format_map(self.values) for text in _TABLE[self.code][1:])
        told = {"row": self.row, "field": self.field, "code": self.code, "severity": self.severity, "message": zh, "message_en": en}
        if (line := self.line if line is None else line) is not None:
            told["line"] = line
        if self.rule:
            told["rule"] = self.rule
        return told


def registry() -> Mapping[str, tuple[str, str, str]]:
    """Every code there is, with its weight and both sentences; docs/import-problems.md says what to do about each."""
    return _TABLE


def told(
    problems: Iterable[Problem], *, every: bool = False, lines: Sequence[int] = ()
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Problems for the result, errors first and by row, with how many there are of each code in all. `lines`: the line of each row,
    where the file is text.

    Every error is told (up to a bound that only a wrong file reaches); of one kind of warning the first fifty, or `every` one.
    """
    ordered = sorted(problems, key=lambda problem: (problem.severity == WARNING, problem.row or 0))
    counts: Counter[str] = Counter()
    shown = []
    for problem in ordered:
        counts[problem.code] += 1
        limit = MAX_ERRORS if problem.severity == ERROR else MAX_WARNINGS_OF_A_CODE
        if every or counts[problem.code] <= limit:
            shown.append(problem.as_dict(lines[problem.row - 1] if lines and problem.row is not None else None))
    return shown, dict(counts)


def short(text: str, length: int = 40) -> str:
    """Text of a file inside a sentence: printable, and not longer than a person reads."""
    printable = "".join(character if character.isprintable() else "�" for character in text)
    return printable if len(printable) <= length else printable[: length - 1] + "…"
