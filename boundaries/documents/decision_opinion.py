"""校核意见 of a decision: what the rules say, how that was answered, the standard's verdict where a town or street is set up.

It says what was found and what is not known; it does not decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import override
from docx.shared import Cm

from boundaries.documents.acts_in_words import UNSTATED
from boundaries.documents.check_opinion import SEVERITY_ZH, criteria_section, dossier_section, standard_section
from boundaries.documents.dossier import DossierFacts
from boundaries.documents.office_paper import OfficePaper
from boundaries.impacts import cost_words

_GRAVITY = {"block": 0, "warn": 1, "info": 2}


@dataclass(frozen=True)
class Judged:
    """A unit to be set up, judged. `frozen` is as boundaries.frozen_check reads it, empty where no standard could be chosen."""

    name: str
    former: str
    frozen: Mapping[str, Any]
    refusal: str = ""


@dataclass(frozen=True)
class Opinion:
    """`findings` as boundaries.services.decision_findings tells them, `judged` by the standards as they stand when this is made."""

    findings: Sequence[Mapping[str, Any]]
    judged: Sequence[Judged]
    notices: Sequence[str]
    impacts: Sequence[Mapping[str, Any]]
    enacted: bool
    imported: bool = False
    rows: tuple[tuple[str, str], ...] = field(default=())


def decision_opinion(one: DossierFacts, opinion: Opinion) -> bytes:
    """The document's bytes (.docx), in Chinese whatever the reader's language."""
    with override("zh-hans"):
        return _paper(one, opinion).as_bytes()


def _paper(one: DossierFacts, opinion: Opinion) -> OfficePaper:
    paper = OfficePaper(title="行政区划变更校核意见", header=one.header, landscape=True)
    if one.demo:
        paper.notice("演示数据：本文件所列区划、边界与指标均为虚构，不得用于任何申报。")
    paper.facts([("标题", one.title), (one.number_title, one.number or UNSTATED), ("状态", one.status), *opinion.rows])
    paper.heading("一、规则核对")
    _findings(paper, opinion)
    paper.heading("二、设立标准")
    _judged(paper, opinion)
    paper.heading("三、申报材料")
    dossier_section(paper, [{"class": each.document_class, "title": each.title, "name": each.name} for each in one.filed])
    paper.heading("四、方案提示与涉及的其他事项")
    _told(paper, opinion)
    paper.heading("五、意见")
    paper.paragraph(_summary(one, opinion))
    paper.paragraph("经办人（签字）：　　　　　　　　审核人（签字）：　　　　　　　　单位（盖章）：", indent=False)
    made = one.made_on
    paper.paragraph(f"生成：{one.drafted_by}　　{made.year}年{made.month}月{made.day}日", indent=False, right=True)
    return paper


def _findings(paper: OfficePaper, opinion: Opinion) -> None:
    if opinion.imported:
        paper.paragraph("本批复由历年名单导入，没有作过规则核对。")
        return
    if opinion.enacted:
        paper.paragraph("以下为实施时冻结的核对结果。")
    rows = [
        (
            row["rule"],
            SEVERITY_ZH[row["severity"]],
            row["message"],
            row["basis"],
            _answer(row),
        )
        for row in sorted(opinion.findings, key=lambda row: (row["rule"], _GRAVITY[row["severity"]]))
    ]
    if not rows:
        paper.paragraph("没有须处理的事项。")
        return
    widths = (Cm(3.4), Cm(1.7), Cm(8.2), Cm(5.8), Cm(5.6))
    paper.table(("规则", "程度", "事项", "依据", "答复"), rows, widths=widths)


def _answer(row: Mapping[str, Any]) -> str:
    answer = row.get("answer")
    if not answer:
        return "—" if row["severity"] == "info" else "未答复"
    document = f"（{answer['document']}）" if answer.get("document") else ""
    return f"{answer['reason']}{document}　{answer.get('by') or ''}".rstrip("　")


def _judged(paper: OfficePaper, opinion: Opinion) -> None:
    if not opinion.judged:
        paper.paragraph("不涉及由乡、镇改设镇、街道的标准校核。")
        return
    paper.paragraph("以下按现有标准和登记册指标测算，没有随批复冻结。" if opinion.enacted else "以下按现有标准和登记册指标测算。")
    for judged in opinion.judged:
        paper.paragraph(f"{judged.former} → {judged.name}", bold=True)
        if not judged.frozen:
            paper.paragraph(f"没有校核：{judged.refusal}")
            continue
        standard_section(paper, judged.frozen["establishment"])
        criteria_section(paper, dict(judged.frozen))


def _told(paper: OfficePaper, opinion: Opinion) -> None:
    for notice in opinion.notices:
        paper.paragraph(notice)
    for impact in opinion.impacts:
        needs = f"：{impact['needs']}" if impact.get("needs") else ""
        paper.paragraph(f"{impact['title']} {impact['count']} 项{needs}")
    if cost := cost_words(opinion.impacts):
        paper.paragraph(cost)
    if not opinion.notices and not opinion.impacts:
        paper.paragraph("无。")


def _summary(one: DossierFacts, opinion: Opinion) -> str:
    if opinion.imported:
        return "本批复由历年名单导入，无校核意见。"
    asked = [row for row in opinion.findings if row["severity"] != "info"]
    open_ones = [row for row in asked if not row.get("settled")]
    advisory = any(each.frozen and each.frozen["establishment"]["advisory"] for each in opinion.judged)
    nature = "；因无正式标准，设立标准的测算仅供参考，由审批机关裁量" if advisory else ""
    counted = f"有 {len(asked)} 项须解决或说明，其中 {len(open_ones)} 项尚未答复" if asked else "没有须解决或说明的事项"
    return f"经校核，“{one.title}”{counted}{nature}。"
