"""The papers of a joint inspection, made from its frozen record alone: 联检报告, 联检记录表 of each marker, 界桩成果表, 照片表.

What such papers must contain was not seen (民政部令第28号第七条 and after): their headings are ours and say so. Nothing is added to
what the record holds; what nobody stated is printed as （未填写）.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from boundaries.documents.acts_in_words import UNSTATED
from boundaries.documents.paper import Block, Heading, Notice, Paper, Pictures, Remark, Table, Text, Together
from boundaries.rules.inspection_content import ANSWERS, GROUPS
from boundaries.rules.inspection_record import BASIS_DOCUMENTS
from gis.crs import REFERENCE_SYSTEMS, ReferenceSystem
from gis.services.spreadsheets import saved, text_cell

Record = Mapping[str, Any]
OURS: Final = "格式为本系统拟定：所见法规条文没有规定本表（报告）的格式和标题。"
LEVELS: Final = {1: "省级界线", 2: "地级界线", 3: "县级界线", 4: "乡级界线"}
GRADES: Final = {"agreed": "勘定", "surveyed": "实测", "indicative": "示意", "invented": "虚构"}
KINDS: Final = {"single": "单立", "double": "同号双立", "triple": "同号三立"}
CONDITIONS: Final = {"intact": "完好", "damaged": "损坏", "lost": "丢失", "moved": "移位", "faint": "不醒目"}
CHECKS: Final = {
    "position": "位置准确",
    "firm": "埋设牢固",
    "visible": "明显易见",
    "legible": "注记清晰",
    "archive": "档案完备",
}
DONE: Final = {"cleared": "清障", "repainted": "描红"}
OCCURRENCES: Final = {"disaster": "自然灾害", "river": "河流改道", "road": "道路变化", "other": "其他影响界线实地走向的情形"}
_YES: Final = {True: "是", False: "否", None: "未查"}


def title_of(record: Record) -> str:
    """“平许线2025年联合检查”."""
    kind = "特定地段联合检查" if record["inspection"]["kind"] == "extra" else "联合检查"
    return f"{record['line']['name']}{record['inspection']['year']}年{kind}"


def report(record: Record, made_on: date) -> Paper:
    """联检报告."""
    return _paper(record, f"{title_of(record)}报告", made_on, [*_opening(record), *_results(record), *_closing(record)])


def _opening(record: Record) -> Iterator[Block]:
    line, inspection, filing = record["line"], record["inspection"], record["filing"]
    yield Heading("一、基本情况")
    length = _kilometres(line["length_m"])
    registered = line["registered_length_m"]
    yield _facts(
        [
            ("界线", f"{line['name']}（编号 {line['code']}），{LEVELS.get(line['level'], '')}"),
            ("各方" if len(inspection["sides"]) > 2 else "双方", "、".join(side["name"] for side in inspection["sides"])),
            ("起止", f"自{line['start'] or UNSTATED}至{line['end'] or UNSTATED}"),
            (
                "长度",
                f"{length}（按2000国家大地坐标系椭球面计算）" + (f"；协议书所载 {_kilometres(registered)}" if registered else ""),
            ),
            ("位置资料", GRADES.get(line["grade"], "没有")),
            ("界桩", f"{len(record['markers'])}个（本次检查范围）"),
            ("协议书", _joined(line["agreement"], _day(line["agreed_on"]))),
            ("批准", _joined(line["approver"], line["approval_number"])),
            ("检查范围", _stretch(record)),
            *([("起因", _cause(inspection))] if inspection["kind"] == "extra" else []),
        ]
    )
    yield Heading("二、组织实施")
    lead = next((side["name"] for side in inspection["sides"] if side["id"] == inspection["lead"]), UNSTATED)
    partners = "、".join(side["name"] for side in inspection["sides"] if side["id"] != inspection["lead"])
    round_words = f"第{inspection['round']}轮联合检查。" if inspection["round"] else ""
    yield Text(f"{round_words}由{lead}牵头，{partners}配合。外业自{_day(inspection['starts_on'])}至{_day(inspection['ends_on'])}。")
    if record["team"]:
        rows = [(one["side_name"], one["name"], one["duty"] or UNSTATED, "组长" if one["leads"] else "") for one in record["team"]]
        yield Table(("所属方", "姓名", "职务", ""), tuple(rows), (4.5, 3.0, 6.5, 2.0))
    else:
        yield Text("联检人员：（未填写）。")
    if record.get("stretches"):
        yield Text("分段安排：")
        given = [(_span(one), _kilometres(one["to_m"] - one["from_m"]), _people(one["people"])) for one in record["stretches"]]
        yield Table(("里程（公里）", "长度", "人员"), tuple(given), (4.5, 3.0, 8.5))
    yield Heading("三、检查依据")
    for kind, (words, _en) in BASIS_DOCUMENTS.items():
        yield Text(f"{words}：{'在界线档案中' if kind in record['basis'] else '档案中没有'}。")
    if filing.get("note"):
        yield Text(f"说明：{filing['note']}")


def _results(record: Record) -> Iterator[Block]:
    yield Heading("四、检查内容及结果")
    for group in GROUPS:
        given = record["content"].get(group.key) or {}
        words = next((zh for key, (zh, _en) in ANSWERS.items() if key == given.get("answer")), UNSTATED)
        yield Text(f"（{group.number}）{group.zh}：{words}。{given.get('text') or ''}")
    yield Heading("五、界桩检查情况")
    if record["markers"]:
        yield Text(f"{_counted(record['markers'])}")
        rows = [
            (
                one["number"],
                KINDS.get(one["kind"], ""),
                _kilometres(one["chainage_m"]),
                CONDITIONS.get(one["condition"], "未检查"),
                _notes(one),
            )
            for one in record["markers"]
        ]
        yield Table(("界桩号", "类型", "里程", "状况", "说明"), tuple(rows), (3.2, 2.2, 2.6, 2.0, 6.0))
    else:
        yield Text("检查范围内没有登记界桩。")
    yield Heading("六、实地行走")
    coverage = record["coverage"]
    if coverage["share"] is None:
        yield Text("界线没有位置资料，不能计算行走里程。")
    else:
        whole = coverage["to_m"] - coverage["from_m"]
        yield Text(
            f"检查范围 {whole / 1000:.3f} 公里，各方轨迹合计覆盖 {coverage['covered_m'] / 1000:.3f} 公里"
            f"（{int(coverage['share'] * 1000) / 10:g}%），轨迹 {len(coverage['tracks'])} 份。法规没有规定覆盖比例。"
        )


def _closing(record: Record) -> Iterator[Block]:
    yield Heading("七、不同意见及了结")
    if not record["disagreements"]:
        yield Text("各方没有提出不同意见。")
    for number, one in enumerate(record["disagreements"], 1):
        about = f"（{one['about']}）" if one["about"] else ""
        yield Text(f"{number}．{one['side_name']}{about}：{one['text']}　了结：{one['settlement']}（{_moment(one['settled_at'])}）")
    yield Heading("八、签署")
    yield Text("下列各方确认以上记录。签署所据内容的指纹（SHA-256）见下。")
    rows = [
        (
            one["side_name"],
            one["name"],
            one["duty"],
            _moment(one["signed_at"]) + (f"\n纸质签字页：{one['paper']}" if one["paper"] else ""),
        )
        for one in record["signatures"]
    ]
    yield Table(("签署方", "姓名", "职务", "签署时间"), tuple(rows), (4.5, 3.0, 4.0, 4.5))
    yield Remark(f"SHA-256　{record['digest']}")
    boxes = _facts([(one["side_name"], "\n\n　　　　　　　　　　年　　月　　日") for one in record["signatures"]])
    yield Together((Text("盖章：", indent=False), boxes))
    yield Heading("九、备案")
    filing = record["filing"]
    yield Text(f"{_day(filing['on'])}{'由各方共同' if filing['by_all'] else ''}报{filing['with']}备案。")


def marker_table(record: Record, marker: Mapping[str, Any], made_on: date) -> Paper:
    """联检记录表 of one marker."""
    line = record["line"]
    visits = marker["visits"]
    blocks: list[Block] = [
        _facts(
            [
                ("界桩号", marker["number"] + ("（三交点界桩）" if marker["tri_point"] else "")),
                ("界线", f"{line['name']}（{line['code']}）"),
                ("类型和材质", _joined(KINDS.get(marker["kind"], ""), marker["material"])),
                ("里程", _kilometres(marker["chainage_m"])),
                ("坐标（CGCS2000）", _position(marker["place"])),
                ("登记坐标", _registered(marker["registered"])),
                ("高程", _elevation(marker)),
                ("所在地", "\n".join(_joined(one["name"], one["location"]) for one in marker["sides"]) or UNSTATED),
                ("管护责任方", next((one["name"] for one in marker["sides"] if one["custodian"]), UNSTATED)),
                ("位置说明", marker["situation"] or UNSTATED),
                *([("检查任务", _people(marker["task"]["people"]))] if marker.get("task") else []),
                ("登记的方位物", "\n".join(_reference(one) for one in marker["references"]) or UNSTATED),
            ]
        )
    ]
    for visit in visits:
        counts = "（以此为准）" if len(visits) > 1 and visit["counts"] else ""
        blocks.append(Heading(f"检查记录{counts}"))
        blocks.append(
            _facts(
                [
                    ("状况", CONDITIONS.get(visit["condition"], UNSTATED)),
                    ("五项检查", _checked(visit["checks"])),
                    ("已做", "、".join(DONE.get(one, one) for one in visit["done"]) or "无"),
                    ("说明", visit["notes"] or "无"),
                    ("检查人", _joined(visit["by"], visit["side_name"])),
                    ("检查时间", _moment(visit["visited_at"])),
                    (
                        "现场定位",
                        _position(visit["place"]) + (f"，精度 {visit['accuracy_m']:.0f} 米" if visit["accuracy_m"] else ""),
                    ),
                    ("照片", "、".join(one["name"] for one in visit["photos"]) or "无"),
                ]
            )
        )
        if visit["references"]:
            rows = [(one.get("name", ""), _YES.get(one.get("ok")) or "未查", one.get("note", "")) for one in visit["references"]]
            blocks.append(Table(("方位物（核对）", "在原处", "说明"), tuple(rows), (6.0, 3.0, 7.0)))
    if not visits:
        blocks.append(Text("没有检查记录。"))
    signed = "\n".join(f"{one['side_name']}：{_joined(one['name'], one['duty'])}" for one in record["signatures"])
    blocks.append(_facts([("签署", signed or UNSTATED)]))
    return _paper(record, f"{marker['number']}号界桩联检记录表", made_on, blocks)


RESULT_HEAD: Final = (
    "序号", "界桩号", "类型", "材质", "经度", "纬度", "登记坐标", "高程\n（米）", "里程\n（公里）", "所属各方", "管护\n责任方",
    "本次\n状况",
)  # fmt: skip
_RESULT_WIDTHS: Final = (1.1, 2.0, 2.0, 2.2, 2.9, 2.8, 4.5, 1.6, 1.8, 1.9, 1.8, 1.5)


def _result_rows(record: Record) -> list[tuple[str, ...]]:
    return [
        (
            str(number),
            one["number"],
            KINDS.get(one["kind"], ""),
            one["material"] or "—",
            _dms(one["place"][0]) if one["place"] else "—",
            _dms(one["place"][1]) if one["place"] else "—",
            _registered(one["registered"], "\n"),
            "—" if one["elevation_m"] is None else f"{one['elevation_m']:.2f}",
            "—" if one["chainage_m"] is None else f"{one['chainage_m'] / 1000:.3f}",
            "\n".join(side["name"] for side in one["sides"]) or "—",
            next((side["name"] for side in one["sides"] if side["custodian"]), "—"),
            CONDITIONS.get(one["condition"], "未检查"),
        )
        for number, one in enumerate(record["markers"], 1)
    ]


def results(record: Record, made_on: date) -> Paper:
    """界桩成果表 as a paper."""
    rows = tuple(_result_rows(record))
    blocks: list[Block] = [
        Table(RESULT_HEAD, rows, _RESULT_WIDTHS, right=(0, 7, 8)) if rows else Text("检查范围内没有登记界桩。"),
        Remark("坐标为2000国家大地坐标系（EPSG:4490）；里程沿登记界线在椭球面上量算。“登记坐标”照界桩登记表。" + _systems(record)),
    ]
    return _paper(record, f"{title_of(record)}界桩成果表", made_on, blocks, landscape=True)


def results_xlsx(record: Record) -> bytes:
    """界桩成果表 as a workbook, set to print across one page."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "界桩成果表"
    sheet.append([text_cell(f"{title_of(record)}界桩成果表")])
    sheet.append([text_cell(f"坐标为2000国家大地坐标系（EPSG:4490）。“登记坐标”照界桩登记表。{_systems(record)}{OURS}")])
    sheet.append(list(RESULT_HEAD))
    for row in _result_rows(record):
        sheet.append([text_cell(cell) for cell in row])
        sheet.row_dimensions[sheet.max_row].height = 16 * max(cell.count("\n") + 1 for cell in row)
    last = get_column_letter(len(RESULT_HEAD))
    sheet.merge_cells(f"A1:{last}1")
    sheet.merge_cells(f"A2:{last}2")
    thin = Side(style="thin")
    edges = Border(left=thin, right=thin, top=thin, bottom=thin)
    sheet["A1"].font, sheet["A1"].alignment = Font(bold=True, size=16), Alignment(horizontal="center")
    sheet["A2"].font = Font(size=9)
    for number, line in enumerate(sheet.iter_rows(min_row=3, max_col=len(RESULT_HEAD))):
        for cell in line:
            cell.border = edges
            cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
            cell.font = Font(bold=number == 0)
    sheet.row_dimensions[3].height = 30
    for number, width in enumerate(_RESULT_WIDTHS, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width * 5.5
    sheet.freeze_panes = "C4"
    sheet.print_title_rows = "3:3"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    return saved(book)


def photo_sheet(record: Record, pictures: Callable[[int], tuple[bytes, tuple[int, int]] | None], made_on: date) -> Paper:
    """照片表; `pictures(file)` gives a photo as (JPEG, size) or None where it cannot be shown."""
    shown, hidden = [], []
    for marker in record["markers"]:
        for visit in marker["visits"]:
            for one in visit["photos"]:
                made = pictures(one["file"])
                if made is None:
                    hidden.append(f"{marker['number']} {one['name']}")
                    continue
                far = "" if one["distance_m"] is None else f"，距界桩 {one['distance_m']:.0f} 米"
                lines = [
                    f"{marker['number']}号界桩（{CONDITIONS.get(visit['condition'], '')}）{one['caption']}",
                    f"{_moment(one['taken_at'])}{far}",
                    f"{_joined(visit['by'], visit['side_name'])}　{one['name']}",
                ]
                shown.append((*made, tuple(lines)))
    blocks: list[Block] = [Pictures(tuple(shown))] if shown else [Text("本次联检没有照片。")]
    if hidden:
        blocks.append(Text(f"另有{len(hidden)}张不能在此显示，原件在压缩包内：{'、'.join(hidden)}。"))
    return _paper(record, f"{title_of(record)}照片表", made_on, blocks)


# --- parts ----------------------------------------------------------------------------------------------------------------------


def _paper(record: Record, title: str, made_on: date, blocks: Sequence[Block], *, landscape: bool = False) -> Paper:
    demo = record["line"]["demo"]
    header = f"{'演示数据　' if demo else ''}内部使用　{record['line']['code']}　{record['inspection']['year']}年"
    opening: list[Block] = [Notice("演示数据：界线、界桩、人员均为虚构，不得用于任何报送。")] if demo else []
    return Paper(title, header, (*opening, *blocks, Remark(OURS)), made_on, landscape)


def _facts(rows: Sequence[tuple[str, str]]) -> Table:
    return Table(None, tuple(rows), (3.8, 12.2))


def _joined(*parts: str | None) -> str:
    return "，".join(part for part in parts if part) or UNSTATED


def _reference(one: Mapping[str, Any]) -> str:
    return f"{one['name']}　方位角 {one['azimuth_deg']:.1f}°　距离 {one['distance_m']:.1f} 米"


def _kilometres(metres: float | None) -> str:
    return "未知" if metres is None else f"{metres / 1000:.3f} 公里"


def _span(stretch: Mapping[str, Any]) -> str:
    return f"{stretch['from_m'] / 1000:.3f} 至 {stretch['to_m'] / 1000:.3f}"


def _people(people: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(f"{one['name']}（{one['side_name']}）" for one in people) or UNSTATED


def _stretch(record: Record) -> str:
    inspection = record["inspection"]
    if inspection["from_m"] is None:
        return "全线"
    return f"里程 {inspection['from_m'] / 1000:.3f} 至 {inspection['to_m'] / 1000:.3f} 公里"


def _cause(inspection: Mapping[str, Any]) -> str:
    return _joined(OCCURRENCES.get(inspection["occurrence"], ""), _day(inspection["occurred_on"]), inspection["occasion"])


def _counted(markers: Sequence[Mapping[str, Any]]) -> str:
    counts = {words: sum(one["condition"] == key for one in markers) for key, words in CONDITIONS.items()}
    told = "、".join(f"{words}{count}个" for words, count in counts.items() if count)
    unseen = sum(not one["visits"] for one in markers)
    return f"检查界桩{len(markers) - unseen}个，其中{told or '无'}{f'；未检查{unseen}个' if unseen else ''}。"


def _checked(checks: Mapping[str, Any]) -> str:
    """“是：位置准确、埋设牢固；否：明显易见；未查：档案完备”."""
    by_answer = {words: [name for key, name in CHECKS.items() if checks.get(key) is answer] for answer, words in _YES.items()}
    return "；".join(f"{words}：{'、'.join(names)}" for words, names in by_answer.items() if names)


def _notes(marker: Mapping[str, Any]) -> str:
    visit = next((one for one in marker["visits"] if one["counts"]), None)
    if visit is None:
        return "—"
    failed = [words for key, words in CHECKS.items() if visit["checks"].get(key) is False]
    unasked = [words for key, words in CHECKS.items() if visit["checks"].get(key) is None]
    parts = [f"不符：{'、'.join(failed)}" if failed else "", f"未查：{'、'.join(unasked)}" if unasked else ""]
    done = "、".join(DONE.get(one, one) for one in visit["done"])
    return "；".join(part for part in (*parts, f"已{done}" if done else "", visit["notes"]) if part) or "—"


def _position(place: Sequence[float] | None) -> str:
    return UNSTATED if not place else f"东经 {_dms(place[0])}，北纬 {_dms(place[1])}"


def _dms(degrees: float) -> str:
    """Hundredths of a second are some thirty centimetres."""
    hundredths = round(abs(degrees) * 360_000)
    whole, rest = divmod(hundredths, 360_000)
    minutes, rest = divmod(rest, 6_000)
    return f"{whole}°{minutes:02d}′{rest / 100:05.2f}″"


def _registered(registered: Mapping[str, Any], between: str = "，") -> str:
    """As the register of markers has it; the system by its number, the remark below the table has its name."""
    if not registered.get("x") and not registered.get("y"):
        return "—"
    system = _system(registered)
    names = ("东坐标", "北坐标") if system is not None and system.kind == "projected" else ("经度", "纬度")
    parts = [f"{name} {registered.get(key, '')}" for name, key in zip(names, ("x", "y"), strict=True)]
    return between.join([*parts, str(registered.get("system", ""))])


def _systems(record: Record) -> str:
    """“EPSG:4547 是……。” for each system the registered coordinates are in."""
    found = {one.key: one.name_zh for marker in record["markers"] if (one := _system(marker["registered"])) is not None}
    return "".join(f"{key} 是{name}。" for key, name in sorted(found.items()))


def _system(registered: Mapping[str, Any]) -> ReferenceSystem | None:
    return REFERENCE_SYSTEMS.get(str(registered.get("system", "")))


def _elevation(marker: Mapping[str, Any]) -> str:
    if marker["elevation_m"] is None:
        return UNSTATED
    return f"{marker['elevation_m']:.2f} 米" + (f"（{marker['elevation_datum']}）" if marker["elevation_datum"] else "")


def _day(text: str | None) -> str:
    if not text:
        return UNSTATED
    day = date.fromisoformat(text[:10])
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(text: str | None) -> str:
    if not text:
        return "时间不详"
    at = datetime.fromisoformat(text)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"
