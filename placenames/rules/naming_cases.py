"""How a name is given, changed, filed, made known (条例第十条 – 第十八条、第二十五条): NAME-REN, -APP, -AUT, -FIL, -NOT, -STD."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Final

from boundaries.rules.finding import Finding, Severity
from placenames.rules.naming_kinds import DIVISIONS, NamedKind

_LAW: Final = "地名管理条例"
REASONS: Final = ("区划变更", "城乡建设", "自然变化", "名不副实", "其他依据")
CANCEL_REASONS: Final = ("地理实体消失", "区划变更", "城乡建设", "合并于他名", "其他依据")
DAYS: Final = 15
BASIS_FILING: Final = f"{_LAW}第十三条、第三十五条"
BASIS_NOTICE: Final = f"{_LAW}第十四条"

# Parts of an application and of its reports.
APPLICATION: Final = ("命名更名方案及理由", "地理实体的位置、规模、性质等基本情况")
DIVISION_REPORTS: Final = ("综合评估报告", "专家论证报告", "征求意见报告")
_PARTS_EN: Final = dict(
    zip(
        (*APPLICATION, *DIVISION_REPORTS),
        ("plan and reasons", "position, size and nature", "assessment report", "experts' report", "report on consultation"),
        strict=True,
    )
)
ASSESSMENT: Final = ("合法性", "可行性", "可控性", "社会影响", "风险", "措施")
CONSULTATION: Final = ("过程", "范围", "主要意见", "处理情况")
NOTICE: Final = ("标准名称", "罗马字母拼写", "所属政区", "位置描述", "批准机关", "批准时间")

# Who approves, by kind; None where the text leaves it to rules that were not seen.
APPROVERS: Final[Mapping[NamedKind, str | None]] = {
    NamedKind.COUNTY: "行政区划管理条例规定的机关", NamedKind.TOWN: "行政区划管理条例规定的机关",
    NamedKind.TOWNSHIP: "行政区划管理条例规定的机关", NamedKind.SUBDISTRICT: "行政区划管理条例规定的机关",
    NamedKind.VILLAGE: None, NamedKind.COMMUNITY: None, NamedKind.NATURAL_VILLAGE: None, NamedKind.NATURAL: None,
    NamedKind.ROAD: "市、县级人民政府", NamedKind.COMPOUND: "住房和城乡建设主管部门（征求同级民政部门意见）",
    NamedKind.BUILDING: "住房和城乡建设主管部门（征求同级民政部门意见）",
    NamedKind.FACILITY: "有关主管部门（征求所在地人民政府意见）",
}  # fmt: skip


def check_reason(reason: str) -> list[Finding]:
    """NAME-REN-01: a name is changed for one of the reasons the law knows."""
    if reason in REASONS:
        return []
    told = f"更名应有法定事由：{'、'.join(REASONS)}。"
    return [_block("NAME-REN-01", f"{_LAW}第十条", "no_reason", told, "A renaming states one of the reasons of the law.")]


def check_protected(lists: Collection[str], measures: bool) -> list[Finding]:
    """NAME-REN-02: a name on a list of protected ones is not changed, or measures are attached before approval."""
    if not lists or measures:
        return []
    told = f"该地名列入{'、'.join(sorted(lists))}，一般不得更名；确需更名的，批准前须附保护措施。"
    return [_block("NAME-REN-02", f"{_LAW}第十条、第二十五条", "protected", told, "The name is protected; attach measures first.")]


def check_protected_cancelled(lists: Collection[str], measures: bool) -> list[Finding]:
    """NAME-REN-02 read on for a cancelling: the articles speak of renaming, so a listed name that goes is told, not blocked."""
    if not lists or measures:
        return []
    told = f"该地名列入{'、'.join(sorted(lists))}；销名同样使其停用，请写明保护措施。（条文只写更名，销名系参照。）"
    return [
        Finding("NAME-REN-02", Severity.WARN, f"{_LAW}第十条、第二十五条（参照）", "protected_cancelled", told,
                "The name is on a list; state how it is protected. (The articles speak of renaming; read on by analogy.)")
    ]  # fmt: skip


def check_cancel_reason(reason: str) -> list[Finding]:
    """NAME-REN-01 read on for a cancelling: no article seen lists reasons, so only that one is given is asked for."""
    if reason:
        return []
    return [
        _block("NAME-REN-01", f"{_LAW}第十条（参照）", "no_cancel_reason", "销名须写明事由。", "A cancelling states its reason.")
    ]


def check_consulted(asked: str, present: bool) -> list[Finding]:
    """NAME-AUT-01: who approves buildings and facilities asks another body first. `asked`: whose opinion, empty where nobody's."""
    if not asked or present:
        return []
    told = f"批准前须征求意见，缺：{asked}。"
    return [
        _block("NAME-AUT-01", f"{_LAW}第十二条", "not_consulted", told, "An opinion is missing that is asked for first.", asked)
    ]


def check_ancient_town(listed: bool, becomes: NamedKind) -> list[Finding]:
    """NAME-REN-03: a town of a thousand years that becomes a sub-district fails “今为建制镇”."""
    if not listed or becomes is not NamedKind.SUBDISTRICT:
        return []
    told = "该镇是千年古镇，改设街道后不再符合“今为建制镇”的条件。"
    return [
        Finding("NAME-REN-03", Severity.WARN, "千年古镇认定条件（依新闻所引通知）", "no_longer_a_town", told,
                "As a sub-district it no longer meets the criterion of being a town.")
    ]  # fmt: skip


def check_application(kind: NamedKind, present: Collection[str]) -> list[Finding]:
    """NAME-APP-01: plan and reasons, position, scale and nature; of divisions three reports too."""
    wanted = (*APPLICATION, *DIVISION_REPORTS) if kind in DIVISIONS else APPLICATION
    missing = [one for one in wanted if one not in present]
    if not missing:
        return []
    told = f"申请缺少：{'、'.join(missing)}。"
    words = f"The application lacks: {'; '.join(_PARTS_EN[one] for one in missing)}."
    return [_block("NAME-APP-01", f"{_LAW}第十一条", "missing", told, words, "、".join(missing))]


def check_reports(assessment: Collection[str], consultation: Collection[str]) -> list[Finding]:
    """NAME-APP-02: what the reports on assessment and on consultation speak of."""
    found = []
    for title, wanted, present in (("综合评估报告", ASSESSMENT, assessment), ("征求意见报告", CONSULTATION, consultation)):
        missing = [one for one in wanted if one not in present]
        if missing:
            found.append(
                Finding("NAME-APP-02", Severity.WARN, "地名管理条例实施办法（民政部令第71号）第五条", "part_missing",
                        f"{title}缺少：{'、'.join(missing)}。", "The report lacks parts.", title)
            )  # fmt: skip
    return found


def check_approver(kind: NamedKind, approver: str) -> list[Finding]:
    """NAME-AUT-01. Where who approves is left to provincial rules that were not seen, that is said and nothing blocked."""
    wanted = APPROVERS[kind]
    if wanted is None:
        told = "批准机关按省人民政府规定（河南省地名管理办法第七条以下未见），由人核对。"
        return [
            Finding("NAME-AUT-01", Severity.INFO, f"{_LAW}第十二条", "undetermined", told, "Left to provincial rules not seen.")
        ]  # fmt: skip
    if approver == wanted:
        return []
    told = f"批准机关应为{wanted}。"
    return [_block("NAME-AUT-01", f"{_LAW}第十二条", "wrong_body", told, "Another body approves this kind of name.", approver)]


def check_filing(approved_on: date, filed_on: date | None, today: date, due: date | None = None) -> list[Finding]:
    """NAME-FIL-01: filed within 15 days of the approval. `due`: the last day by the office's calendar, else the fifteenth day."""
    due = due or approved_on + timedelta(days=DAYS)
    if (filed_on or today) <= due:
        return []
    told = f"应于 {due.isoformat()} 前备案" + (f"，实际 {filed_on.isoformat()}。" if filed_on else "，尚未备案。")
    return [_block("NAME-FIL-01", BASIS_FILING, "late", told, f"To be filed by {due.isoformat()}.")]


def notice_start(approved_on: date, filed_on: date | None, by_other_department: bool) -> date | None:
    """The day a notice's period begins; None where another department approved and has not filed yet."""
    return filed_on if by_other_department else approved_on


def notice_due(approved_on: date, filed_on: date | None, by_other_department: bool) -> date | None:
    """The fifteenth day for making a name known; None as with `notice_start`."""
    start = notice_start(approved_on, filed_on, by_other_department)
    return None if start is None else start + timedelta(days=DAYS)


def check_notice(
    approved_on: date,
    filed_on: date | None,
    announced_on: date | None,
    today: date,
    *,
    by_other_department: bool,
    due: date | None = None,
) -> list[Finding]:
    """NAME-NOT-01: made known within 15 days of approval, or of filing where another department approved. `due` as above."""
    due = due or notice_due(approved_on, filed_on, by_other_department)
    if due is None or (announced_on or today) <= due:
        return []
    told = f"应于 {due.isoformat()} 前公告" + (f"，实际 {announced_on.isoformat()}。" if announced_on else "，尚未公告。")
    return [_block("NAME-NOT-01", BASIS_NOTICE, "late", told, f"To be announced by {due.isoformat()}.")]


def check_notice_text(present: Collection[str]) -> list[Finding]:
    """NAME-NOT-02: what a notice says."""
    missing = [one for one in NOTICE if one not in present]
    if not missing:
        return []
    return [
        Finding("NAME-NOT-02", Severity.WARN, "地名备案公告管理办法（试行）（二手）", "part_missing",
                f"公告缺少：{'、'.join(missing)}。",
                "The notice is not complete.", "、".join(missing))
    ]  # fmt: skip


def check_standard(called_standard: bool, approved: bool, alias_in_official_output: bool) -> list[Finding]:
    """NAME-STD-01: 标准地名 only after approval; aliases never in official output."""
    found = []
    if called_standard and not approved:
        told = "未经批准的名称不能称为标准地名。"
        found.append(
            _block("NAME-STD-01", f"{_LAW}第十五条、第十八条", "not_approved", told, "Not approved, so not a standard name.")
        )
    if alias_in_official_output:
        told = "公文、标志等须使用标准地名，不用别名、简称。"
        found.append(_block("NAME-STD-01", f"{_LAW}第十五条、第十八条", "alias", told, "Official output uses the standard name."))
    return found


def _block(rule: str, basis: str, code: str, zh: str, en: str, subject: str = "") -> Finding:
    return Finding(rule, Severity.BLOCK, basis, code, zh, en, subject)
