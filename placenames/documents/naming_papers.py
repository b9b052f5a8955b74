"""The papers of a naming case: 地名公告, 地名备案报告, 地名登记表, 核对意见.

What a filing holds is told at second hand of 《地名备案公告管理办法（试行）》: 登记表、备案报告、批复、申请书 and reports. Their
formats were not seen, so they are ours and say so. What nobody stated is printed as （未填写）.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from boundaries.documents.acts_in_words import UNSTATED
from boundaries.documents.paper import Block, Heading, Notice, Paper, Remark, Table, Text

OURS: Final = "格式为本系统拟定：《地名备案公告管理办法（试行）》的附表未见。"
_DEMO: Final = "演示数据：本文件所列地名、区划和文号均为虚构，不得用于任何备案或公告。"
_WEIGHT: Final = {"block": "须解决", "warn": "须说明", "info": "提示"}


@dataclass(frozen=True)
class Told:
    """What the papers say of a case. `rows` are title and words of 地名登记表; `notice` as `naming_notice.notice_of` gives it."""

    number: str
    notice: Mapping[str, Any]
    filed_with: str
    rows: Sequence[tuple[str, str]]
    findings: Sequence[Mapping[str, Any]]
    lists_missing: Sequence[str]
    papers: Sequence[tuple[str, str]]
    demo: bool
    made_on: date
    made_by: str


def day_in_words(text: str) -> str:
    """“2026年11月2日”."""
    day = date.fromisoformat(text)
    return f"{day.year}年{day.month}月{day.day}日"


def subject_of(notice: Mapping[str, Any]) -> str:
    """“命名‘和谐路’”, “将‘甲村’更名为‘乙村’”, “注销地名‘丙桥’”."""
    if notice["act"] == "renaming":
        return f"将“{notice['former_name']}”更名为“{notice['name']}”"
    return f"注销地名“{notice['name']}”" if notice["act"] == "cancelling" else f"命名“{notice['name']}”"


def notice_sentences(notice: Mapping[str, Any]) -> list[str]:
    """The notice's body, for the paper and for the page alike."""
    decided = f"经{notice['approver']}批准（{notice['document_number']}，{day_in_words(notice['approved_on'])}），"
    since = f"自{day_in_words(notice['effective_on'])}起"
    last = "停止使用该地名。" if notice["act"] == "cancelling" else "启用。有关单位和个人应当使用标准地名。"
    return [f"{decided}{subject_of(notice)}。现予公告。", since + last]


def notice_paper(told: Told) -> Paper:
    notice = told.notice

    def blocks() -> Iterator[Block]:
        yield from _demo(told)
        first, last = notice_sentences(notice)
        yield Text(first)
        yield _facts(
            [
                ("标准名称" if notice["act"] != "cancelling" else "注销的地名", notice["name"]),
                *([("原名称", notice["former_name"])] if notice["former_name"] else []),
                ("罗马字母拼写", notice["spelling"]),
                ("所属政区", notice["area"]),
                ("位置描述", notice["position"]),
                *([("地名含义", notice["meaning"])] if notice["meaning"] else []),
                ("批准机关", notice["approver"]),
                ("批准时间", day_in_words(notice["approved_on"])),
            ]
        )
        yield Text(last)
        yield Text(notice["issuer"] or UNSTATED, indent=False, right=True)
        yield Text(day_in_words(notice["announced_on"]) if notice["announced_on"] else "（公告日期）", indent=False, right=True)
        yield Remark(f"公告编号 {told.number}。内容依《地名备案公告管理办法（试行）》（二手）所列各项；版式为本系统拟定。")

    return Paper(f"{notice['act_name']}公告", told.number, tuple(blocks()), told.made_on)


def filing_report(told: Told) -> Paper:
    notice = told.notice

    def blocks() -> Iterator[Block]:
        yield from _demo(told)
        yield Text(f"{told.filed_with}：", indent=False)
        first, _last = notice_sentences(notice)
        yield Text(first.removesuffix("现予公告。"))
        yield Text("根据《地名管理条例》第十三条的规定，现将该地名及有关材料报请备案。")
        yield Heading("报送材料")
        yield Table(None, tuple((kind, title) for kind, title in told.papers) or (("材料", UNSTATED),), (4.0, 12.0))
        yield Text(notice["issuer"] or UNSTATED, indent=False, right=True)
        yield Text(day_in_words(told.made_on.isoformat()), indent=False, right=True)
        yield Remark(OURS)

    return Paper("地名备案报告", told.number, tuple(blocks()), told.made_on)


def registration_form(told: Told) -> Paper:
    def blocks() -> Iterator[Block]:
        yield from _demo(told)
        yield _facts([(title, words or UNSTATED) for title, words in told.rows])
        yield Remark(f"{OURS}坐标为2000国家大地坐标系，先经度、后纬度。")

    return Paper("地名备案登记表", told.number, tuple(blocks()), told.made_on)


def opinion(told: Told) -> Paper:
    """核对意见: what the rules said when the approval was recorded, and how it was answered."""

    def blocks() -> Iterator[Block]:
        yield from _demo(told)
        yield Text(f"对{subject_of(told.notice)}，按《地名管理条例》各项规则核对如下。")
        rows = tuple((one["rule"], _WEIGHT[one["severity"]], one["message"], one["basis"], _answered(one)) for one in told.findings)
        if rows:
            yield Table(("规则", "程度", "事项", "依据", "答复"), rows, (3.4, 1.7, 8.2, 5.8, 5.6))
        else:
            yield Text("没有须处理的事项。")
        if told.lists_missing:
            yield Text(f"未载入、因而没有核对的名单：{'、'.join(told.lists_missing)}。")
        yield Text("经办人（签字）：　　　　　　　　审核人（签字）：　　　　　　　　单位（盖章）：", indent=False)
        yield Remark(f"生成：{told.made_by}　{told.made_on.isoformat()}")

    return Paper("地名核对意见", told.number, tuple(blocks()), told.made_on, landscape=True)


def _answered(one: Mapping[str, Any]) -> str:
    answer = one.get("answer")
    if not answer:
        return "—" if one["severity"] == "info" else "未答复"
    document = f"（{answer['document']}）" if answer["document"] else ""
    return f"{answer['reason']}{document}　{answer['by']}"


def _demo(told: Told) -> Iterator[Block]:
    if told.demo:
        yield Notice(_DEMO)


def _facts(rows: Sequence[tuple[str, str]]) -> Table:
    return Table(None, tuple(rows), (3.8, 12.2))
