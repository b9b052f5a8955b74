"""区划变更校核意见: the check of an application as a Word document an office can file.

Made from the frozen check alone (see boundaries.services.application_checks), in Chinese whatever the reader's language, because it
is filed in a Chinese office. It says what was found and what is not known; it does not decide.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import override
from docx.shared import Cm

from boundaries.documents.office_paper import OfficePaper
from boundaries.frozen_check import criteria_in_words
from boundaries.rules.choice import STATUS_ZH
from boundaries.rules.dossier import DOCUMENT_CLASSES
from boundaries.rules.report import OVERALL_ZH, VERDICT_ZH
from boundaries.rules.ruleset import Status

SEVERITY_ZH = {"block": "须解决", "warn": "须说明", "info": "提示"}
TARGET_ZH = {"town": "设镇", "subdistrict": "设街道"}
AUTHORITY_ZH = {"mca": "民政法定代码", "nbs": "统计用代码"}
TYPE_ZH = {"town": "镇", "subdistrict": "街道"}


def check_opinion(
    *, number: str, frozen: dict[str, Any], plan: dict[str, str], target: str, made_on: date, drafted_by: str
) -> bytes:
    """The document's bytes (.docx). `frozen` is the application's check; `plan` its fields."""
    with override("zh-hans"):
        return _paper(number, frozen, plan, target, made_on, drafted_by).as_bytes()


def _paper(number: str, frozen: dict[str, Any], plan: dict[str, str], target: str, made_on: date, drafted_by: str) -> OfficePaper:
    unit, establishment = frozen["unit"], frozen["establishment"]
    demo = "演示数据　" if unit["demo"] else ""
    paper = OfficePaper(title="行政区划变更校核意见", header=f"{demo}内部使用　{number}", landscape=True)
    if unit["demo"]:
        paper.notice("演示数据：本文件所列区划、边界与指标均为虚构，不得用于任何申报。")
    _facts(paper, frozen, plan, target, number)
    paper.heading("一、标准与结论")
    standard_section(paper, establishment)
    paper.heading("二、逐项校核")
    criteria_section(paper, frozen)
    paper.heading("三、申报材料")
    dossier_section(paper, frozen["dossier"]["attachments"])
    paper.heading("四、需处理的事项")
    _findings(paper, frozen)
    paper.heading("五、意见")
    paper.paragraph(_opinion(frozen))
    paper.paragraph("经办人（签字）：　　　　　　　　审核人（签字）：　　　　　　　　单位（盖章）：", indent=False)
    paper.paragraph(f"起草：{drafted_by}　　{made_on.year}年{made_on.month}月{made_on.day}日", indent=False, right=True)
    return paper


def _facts(paper: OfficePaper, frozen: dict[str, Any], plan: dict[str, str], target: str, number: str) -> None:
    unit = frozen["unit"]
    on = date.fromisoformat(frozen["on"])
    code = f"{unit['code']}（{AUTHORITY_ZH.get(unit['code_authority'], '')}）" if unit["code"] else "未知"
    wanted = TYPE_ZH.get(plan.get("proposed_type", ""))
    rows = [
        ("申请编号", number),
        ("区划单位", f"{'　'.join([*unit['parents'], unit['name']])}，代码 {code}"),
        ("面积", f"{unit['area_km2']:,.2f} 平方公里（按在册范围计算）" if unit["area_km2"] is not None else "未知（没有范围资料）"),
        ("申请事项", f"{TARGET_ZH[target]}，拟用名称：{plan.get('proposed_name') or '未写明'}，建制类型：{wanted or '未写明'}"),
        ("方案", _plan_words(plan)),
        ("校核日期", f"{on.year}年{on.month}月{on.day}日"),
    ]
    paper.facts(rows)


def _plan_words(plan: dict[str, str]) -> str:
    parts = (("隶属关系", "affiliation"), ("界线", "boundary_plan"), ("驻地", "seat_plan"), ("方案制订机关", "plan_author"))
    return "；".join(f"{title}：{plan.get(key) or '未写明'}" for title, key in parts)


def standard_section(paper: OfficePaper, establishment: dict[str, Any]) -> None:
    rule_set = establishment["rule_set"]
    if establishment["advisory"]:
        paper.notice("未载入在校核日期有效的正式标准，以下结果仅供参考，不构成符合或不符合标准的结论（STD-00）。")
    number = f"，文号{rule_set['document_number']}" if rule_set["document_number"] else "，文号未见"
    issued = f"，{rule_set['issued_on']}发布" if rule_set["issued_on"] else ""
    status = STATUS_ZH[Status(rule_set["status"])]
    paper.paragraph(f"依据：《{rule_set['title']}》（{rule_set['issuer']}{number}{issued}）；效力：{status}。")
    if rule_set["partial"]:
        paper.paragraph("该标准仅见部分条文，未见部分无法校核。")
    for source in rule_set["sources"]:
        paper.paragraph(f"出处：{source}")
    paper.paragraph(f"测算结论：{OVERALL_ZH[establishment['overall']]}。", bold=True)
    applying = [tier for tier in establishment["tiers"] if tier["applies"] != "no"]
    for tier in applying:
        word = OVERALL_ZH.get(tier["overall"] or "", "未作结论")
        condition = "" if tier["applies"] == "yes" else "（是否适用尚不能确定）"
        paper.paragraph(f"{tier['title']}{condition}：{word}。")


def criteria_section(paper: OfficePaper, frozen: dict[str, Any]) -> None:
    rows = [
        (
            str(index),
            one.text,
            one.value or "—",
            str(one.year or ""),
            one.source,
            one.threshold,
            one.margin,
            f"{one.verdict_words}：{one.reason}" if one.reason else one.verdict_words,
        )
        for index, one in enumerate(criteria_in_words(frozen), 1)
    ]
    if not rows:
        paper.paragraph("没有适用的条件。")
        return
    widths = (Cm(1.3), Cm(6.6), Cm(2.6), Cm(1.4), Cm(4.8), Cm(2.9), Cm(2.7), Cm(2.4))
    paper.table(("序号", "标准条文", "指标值", "年份", "来源", "标准", "差额", "结论"), rows, widths=widths, right=(2, 5, 6))


def dossier_section(paper: OfficePaper, attachments: Sequence[Mapping[str, Any]]) -> None:
    """`attachments` say their class, title and file name."""
    rows = []
    for document in DOCUMENT_CLASSES.values():
        filed = [one for one in attachments if one["class"] == document.id]
        state = "；".join(f"{one['title']}（{one['name']}）" for one in filed) or ("缺" if document.required else "无（非必需）")
        rows.append((f"（{document.number}）", document.zh, state))
    paper.table(("款项", "《行政区划管理条例》第十三条所列材料", "提交情况"), rows, widths=(Cm(1.6), Cm(10), Cm(13)))


def _findings(paper: OfficePaper, frozen: dict[str, Any]) -> None:
    order = {"block": 0, "warn": 1, "info": 2}
    rows = [*frozen["establishment"]["findings"], *frozen["dossier"]["findings"], *frozen["plan"]["findings"]]
    rows.sort(key=lambda row: order[row["severity"]])
    if not rows:
        paper.paragraph("无。")
        return
    paper.table(
        ("规则", "程度", "事项", "依据"),
        [(row["rule"], SEVERITY_ZH[row["severity"]], row["message"], row["basis"]) for row in rows],
        widths=(Cm(2.8), Cm(1.8), Cm(12), Cm(8)),
    )


def _opinion(frozen: dict[str, Any]) -> str:
    establishment = frozen["establishment"]
    verdicts = [row["verdict"] for row in establishment["criteria"]]
    counts = "，".join(
        f"{VERDICT_ZH[verdict]} {verdicts.count(verdict)} 项"
        for verdict in ("met", "not_met", "missing", "needs_person")
        if verdict in verdicts
    )
    missing = sum(1 for row in frozen["dossier"]["findings"] if row["severity"] == "block")
    papers = f"申报材料有 {missing} 处须补齐" if missing else "申报材料按条例第十三条所列类别齐备"
    nature = "；因无正式标准，以上仅供参考，由审批机关裁量" if establishment["advisory"] else ""
    return f"经校核，{frozen['unit']['name']}按所依据标准{counts or '没有可校核的条件'}；{papers}{nature}。"
