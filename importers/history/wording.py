"""What can be wrong with the sources of a history: weight, sentence in Chinese and in English; told by `importers.problems`."""

from __future__ import annotations

from typing import Final

from importers.severities import ERROR, WARNING

HISTORY: Final[dict[str, tuple[str, str, str]]] = {
    # --- area-diff files and code tables
    "diff_syntax": (ERROR, "不合差异表语法，未采用：{value}", "Not in the grammar of area-diff, left out: {value}"),
    "diff_undescribed": (
        WARNING,
        "变更行“{value}”前没有变更描述，只知道变更见于年末。",
        "The change lines from “{value}” on have no description; only the year is known.",
    ),
    "diff_dangling": (
        WARNING,
        "变更描述“{value}”后面没有变更行。",
        "The description “{value}” is followed by no change line.",
    ),
    "diff_without_tables": (
        ERROR,
        "没有差异表所述两年的代码表，未采用。",
        "There are no code tables of the two years; the file was left out.",
    ),
    "line_not_in_table": (
        ERROR,
        "“{value}”与年末代码表不符，未采用。",
        "“{value}” is not what the code table of the year says; left out.",
    ),
    "change_undescribed": (
        WARNING,
        "代码表显示“{value}”在 {year} 年末前有变更，差异表没有说明来龙去脉。",
        "The tables show that “{value}” changed by the end of {year}; the diff does not say how.",
    ),
    "origin_unstated": (
        WARNING,
        "差异表没有说明“{value}”由何处设立，不记沿革。",
        "The diff does not say out of what “{value}” came; no lineage is recorded.",
    ),
    "selector_disabled": (WARNING, "“{value}”存疑且已停用，不记沿革。", "“{value}” is doubtful and switched off; no lineage."),
    "selector_doubtful": (
        WARNING,
        "“{value}”没有官方公告，按差异表编者的判断采用。",
        "No official text states “{value}”; taken on the judgement of the diff's editors.",
    ),
    "selector_nothing": (ERROR, "“{value}”在代码表中找不到，未采用。", "“{value}” is not in the code table; left out."),
    "selector_several": (ERROR, "“{value}”在代码表中不唯一，未采用。", "“{value}” is not unique in the code table; left out."),
    "lines_disagree": (
        ERROR,
        "“{value}”与“{other}”两行互不对应，未采用。",
        "The lines of “{value}” and “{other}” do not name each other; left out.",
    ),
    "date_unreadable": (WARNING, "日期“{value}”读不懂，按年末记。", "The date “{value}” is unreadable; the year-end is used."),
    "date_outside_years": (
        WARNING,
        "文件日期 {value} 不在 {first} 之后、{last} 之前，与代码表矛盾，按年末记。",
        "The document's date {value} is not after {first} and by {last}, as the tables say; the year-end is used.",
    ),
    # --- the list of townships
    "county_differs": (
        WARNING,
        "“{value}”的代码与所列县 {other} 不一致，按代码前六位归属。",
        "The code of “{value}” is not of the county {other} the row names; the digits are followed.",
    ),
    "county_not_listed": (
        WARNING,
        "{value} 不是名单当日的县级区划，其 {count} 行不作为当日乡级区划（原县的旧代码只用于追溯）。",
        "{value} was no county on the list's day; its {count} rows are not taken as townships (old codes of former counties "
        "serve to look back only).",
    ),
    "name_listed_twice": (
        WARNING,
        "“{value}”在同一县内与 {other} 同名（第 {first} 行），两者都保留，请核对。",
        "“{value}” has the name of {other} in the same county (row {first}); both are kept, please check.",
    ),
    "year_without_list": (
        WARNING,
        "没有 {value} 年的变更名单，按该年没有变更回溯。",
        "There is no list of changes for {value}; the walk passes it as if nothing had changed.",
    ),
    "former_name_differs": (
        WARNING,
        "原县名单中的“{value}”与现名单的“{other}”序号、类型相同而名称不同，视为同一单位，名称依现名单。",
        "“{value}” of the former county and “{other}” of the list have the same serial number and type; taken as one unit under "
        "the list's name.",
    ),
    "former_not_found": (
        WARNING,
        "原县名单中的“{value}”在“{other}”的现名单里没有同名单位，不采用。",
        "“{value}” of the former county has no namesake in “{other}”; not used.",
    ),
    "former_county_unknown": (
        WARNING,
        "“{value}”在 {day} 以前属于哪个县无从得知，只记到“{other}”设立之日。",
        "To which county “{value}” belonged before {day} is not known; it begins with “{other}”.",
    ),
    # --- the official rows
    "row_year": (ERROR, "年份不能用，未采用：{value}", "The year is unusable, left out: {value}"),
    "row_code": (ERROR, "代码或名称不全，未采用：{value}", "Code or name is missing or wrong, left out: {value}"),
    "row_nothing": (ERROR, "没有任何代码，未采用：{value}", "The row has no code, left out: {value}"),
    "row_after_list": (ERROR, "“{value}”晚于名单日期，未采用。", "“{value}” is later than the list; left out."),
    "rows_disagree": (
        ERROR,
        "“{value}”：同一年内代码 {other} 对应两个名称，都未采用。",
        "“{value}”: within the year code {other} has two names; both rows are left out.",
    ),
    "row_repeated": (
        WARNING,
        "“{value}”与前面的行相同，只多一个文号 {other}，不重复计。",
        "“{value}” repeats an earlier row with another document, {other}; not counted twice.",
    ),
    "county_not_in_force": (
        ERROR,
        "“{value}”：{day} 没有代码为 {other} 的县级区划，未采用。",
        "“{value}”: there was no county {other} on {day}; left out.",
    ),
    "counties_differ": (
        ERROR,
        "“{value}”：改设前后不在同一县，前后两半可能错行，未采用。",
        "“{value}”: the two halves are in different counties and may belong to different rows; left out.",
    ),
    "not_in_list": (
        ERROR,
        "“{value}”：由名单回溯到该年，该县没有这个名称的单位（该代码处是“{other}”），未采用。",
        "“{value}”: walked back from the list, the county has no unit of that name (under the code is “{other}”); left out.",
    ),
    "still_listed": (
        ERROR,
        "“{value}”：应已撤销的单位在名单中仍在，未采用。",
        "“{value}”: the unit said to be abolished is still in the list; left out.",
    ),
    "code_differs": (
        WARNING,
        "“{value}”在名单中的代码是 {other}；变更名单的代码记到名单日期为止，此后依名单。",
        "“{value}” has code {other} in the list; the official row's code is held until the list's day, the list's from then on.",
    ),
    "reason_contradicts": (
        WARNING,
        "“{value}”与变更原因“{other}”不符，按名称和代码记。",
        "“{value}” does not fit the reason “{other}”; names and codes are followed.",
    ),
    "origin_missing": (
        WARNING,
        "“{value}”：原因是“{other}”，但没有写明由哪个单位改设，不记沿革。",
        "“{value}”: the reason is “{other}” but the row does not say out of what; no lineage.",
    ),
    "destination_missing": (
        WARNING,
        "“{value}”：原因是“{other}”，但没有写明去向，不记沿革。",
        "“{value}”: the reason is “{other}” but the row does not say where it went; no lineage.",
    ),
    "code_not_carried": (
        WARNING,
        "“{value}”的现代码此前由“{other}”使用，只从 {day} 记起，更早的代码不详。",
        "The code of “{value}” was “{other}”'s before; it is held from {day} on, the earlier code is not known.",
    ),
    "code_claimed_twice": (
        ERROR,
        "“{value}”与“{other}”在 {day} 用同一代码，此处的代码未采用。",
        "“{value}” and “{other}” have one code on {day}; the code was left out here.",
    ),
    # --- the register
    "held_by_several": (
        ERROR,
        "“{value}”各个时期的代码在登记中属于不同的单位，未导入。",
        "The codes of “{value}” belong to several units of the register; not loaded.",
    ),
    "held_by_another": (
        ERROR,
        "“{value}”与“{other}”在登记中是同一单位，未导入。",
        "“{value}” and “{other}” are one unit in the register; not loaded.",
    ),
    "decided_otherwise": (
        ERROR,
        "“{value}”：登记中“{other}”自 {day} 起已有批复记载，与此不同，保留登记，未导入。",
        "“{value}”: the register has “{other}” from {day} on by decision, which differs; the register is kept.",
    ),
    "seen_after_its_end": (
        ERROR,
        "“{value}”已撤销，而登记中“{other}”在 {day} 仍见于名单，未导入。",
        "“{value}” had ended, but a list shows “{other}” on {day}; not loaded.",
    ),
    "seen_before_its_beginning": (
        ERROR,
        "“{value}”尚未设立，而登记中“{other}”在 {day} 已见于名单，未导入。",
        "“{value}” had not begun, but a list shows “{other}” on {day}; not loaded.",
    ),
    "code_held": (
        ERROR,
        "代码 {value} 在登记中同时由另一单位使用，“{other}”未记此代码。",
        "Code {value} is held by another unit at the time; “{other}” does not get it.",
    ),
    "other_code_held": (
        ERROR,
        "“{other}”在登记中同时另有代码，代码 {value} 未记。",
        "“{other}” holds another code at the time; code {value} was left out.",
    ),
}
