"""The application dossier: the seven classes of 行政区划管理条例 §13 and what each must hold.

CHG-DOC-01 (attachments), CHG-DOC-02 (parts of the expert report), CHG-DOC-03 (both maps). The further contents of the
application letter, the risk report and the opinions report were not found in any text seen, and nothing is demanded of them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

BASIS_13 = "行政区划管理条例第十三条"
BASIS_13_6 = "行政区划管理条例第十三条第六项"
BASIS_65_11 = "行政区划管理条例实施办法（民政部令第65号）第十一条第四项"


@dataclass(frozen=True, slots=True)
class DocumentClass:
    """One class of attachments. ``parts`` are what an attachment of this class may be marked as containing."""

    id: str
    number: int
    zh: str
    en: str
    required: bool = True
    parts: tuple[DocumentPart, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentPart:
    """``words``: headings by which the part is recognised in a text."""

    id: str
    zh: str
    en: str
    words: tuple[str, ...] = ()


EXPERT_PARTS = (
    DocumentPart("necessity", "必要性、科学性、合理性", "necessity, soundness and reasonableness", ("必要性", "科学性", "合理性")),
    DocumentPart("benefits", "经济社会效益", "economic and social benefits", ("效益",)),
    DocumentPart("feasibility", "可行性和可能存在的风险", "feasibility and possible risks", ("可行性", "风险")),
    DocumentPart("opinions", "对方案及组织实施的意见建议", "opinions on the plan and its implementation", ("意见", "建议")),
)

MAP_PARTS = (
    DocumentPart("pre_change_map", "变更前行政区划图", "map before the change"),
    DocumentPart("plan_map", "变更方案示意图", "map of the plan"),
)

DOCUMENT_CLASSES: Mapping[str, DocumentClass] = {
    one.id: one
    for one in (
        DocumentClass("application", 1, "申请书", "application letter"),
        DocumentClass(
            "basic_facts",
            2,
            "基本情况（历史、地理、民族、经济、人口、资源环境、面积、隶属关系等）",
            "basic facts (history, geography, ethnic groups, economy, people, resources, area, subordination)",
        ),
        DocumentClass("risk_assessment", 3, "风险评估报告", "risk assessment report"),
        DocumentClass("expert_report", 4, "专家论证报告", "expert report", parts=EXPERT_PARTS),
        DocumentClass("public_opinions", 5, "征求社会公众等意见的情况", "account of public consultation"),
        DocumentClass(
            "maps", 6, "变更前的行政区划图和变更方案示意图", "map before the change and map of the plan", parts=MAP_PARTS
        ),
        DocumentClass("other", 7, "国务院民政部门规定应当提交的其他材料", "other documents the ministry asks for", required=False),
    )
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document as filed. covers: units (codes or names, as in ``units`` of ``check_maps``) a map shows."""

    document_class: str
    title: str = ""
    parts: frozenset[str] = frozenset()
    covers: frozenset[str] = frozenset()


def check_dossier(attachments: Collection[Attachment], units: Iterable[str] = ()) -> list[Finding]:
    """CHG-DOC-01 to 03 on the whole dossier; ``units`` are those the change touches."""
    return [*check_attachments(attachments), *check_expert_report(attachments), *check_maps(attachments, units)]


def missing_classes(attachments: Iterable[Attachment]) -> list[DocumentClass]:
    """Required classes of which nothing was filed, in the order of the article."""
    present = {attachment.document_class for attachment in attachments}
    return [one for one in DOCUMENT_CLASSES.values() if one.required and one.id not in present]


def check_attachments(attachments: Iterable[Attachment]) -> list[Finding]:
    """CHG-DOC-01: classes one to six are all there."""
    return [
        Finding(
            "CHG-DOC-01",
            Severity.BLOCK,
            BASIS_13,
            "attachment_missing",
            f"缺少第{one.number}类材料：{one.zh}。",
            f"Class {one.number} is missing: {one.en}.",
            one.id,
        )
        for one in missing_classes(attachments)
    ]


def check_expert_report(attachments: Iterable[Attachment]) -> list[Finding]:
    """CHG-DOC-02: the parts of the expert report. Nothing when there is no report; that is CHG-DOC-01."""
    reports = [one for one in attachments if one.document_class == "expert_report"]
    if not reports:
        return []
    present = frozenset().union(*(report.parts for report in reports))
    return [
        Finding(
            "CHG-DOC-02",
            Severity.WARN,
            BASIS_65_11,
            "expert_part_missing",
            f"专家论证报告未见“{part.zh}”部分。",
            f"The expert report lacks the part on {part.en}.",
            part.id,
        )
        for part in EXPERT_PARTS
        if part.id not in present
    ]


def check_maps(attachments: Iterable[Attachment], units: Iterable[str] = ()) -> list[Finding]:
    """CHG-DOC-03: both maps, each showing all ``units``. Several sheets of one map count together."""
    maps = [one for one in attachments if one.document_class == "maps"]
    wanted = list(dict.fromkeys(units))
    findings = []
    for part in MAP_PARTS:
        sheets = [one for one in maps if part.id in one.parts]
        if not sheets:
            findings.append(
                _map_finding(part, "map_missing", f"缺少{part.zh}。", f"The {part.en} is missing."),
            )
            continue
        shown = frozenset().union(*(sheet.covers for sheet in sheets))
        uncovered = [unit for unit in wanted if unit not in shown]
        if uncovered:
            findings.append(
                _map_finding(
                    part,
                    "map_incomplete",
                    f"{part.zh}没有标明涉及的全部区划，缺：{'、'.join(uncovered)}。",
                    f"The {part.en} does not show all units of the change; missing: {', '.join(uncovered)}.",
                )
            )
    return findings


def _map_finding(part: DocumentPart, code: str, message_zh: str, message_en: str) -> Finding:
    return Finding("CHG-DOC-03", Severity.BLOCK, BASIS_13_6, code, message_zh, message_en, part.id)


def expert_parts_in(text: str) -> frozenset[str]:
    """The parts of CHG-DOC-02 whose words stand in a heading of ``text`` (lines of at most 40 characters).

    A proposal for the person who files the report, not a judgement: feasibility and risk must both be headed.
    """
    headings = "\n".join(line.strip() for line in text.splitlines() if 0 < len(line.strip()) <= 40)
    found = {part.id for part in EXPERT_PARTS if any(word in headings for word in part.words)}
    if not all(word in headings for word in ("可行性", "风险")):
        found.discard("feasibility")
    return frozenset(found)
