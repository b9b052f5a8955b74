"""CHG-CONS-01: whose opinions civil affairs asks for (行政区划管理条例 §14), as the case needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boundaries.rules.finding import Finding, Severity

BASIS_14 = "行政区划管理条例第十四条"


@dataclass(frozen=True, slots=True)
class Department:
    """`always` = the opinion is expected in each case; the others where the case touches their work."""

    id: str
    zh: str
    en: str
    always: bool = True


DEPARTMENTS: tuple[Department, ...] = (
    Department("staffing", "机构编制", "staffing of public bodies"),
    Department("development", "发展改革", "development and reform"),
    Department("finance", "财政", "finance"),
    Department("natural_resources", "自然资源", "natural resources"),
    Department("housing", "住房城乡建设", "housing and construction"),
    Department("planning", "城乡规划", "urban and rural planning", always=False),
    Department("ethnic", "民族", "ethnic affairs", always=False),
    Department("foreign", "外事", "foreign affairs", always=False),
)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What is on record for a department: a document, or the reason why it was not asked."""

    department: str
    document: str = ""
    not_needed: str = ""


def check_consultation(
    opinions: Iterable[Opinion], *, needed: Iterable[str] = (), autonomous: bool = False, autonomous_record: str = ""
) -> list[Finding]:
    """Findings for departments without an opinion and without a reason.

    needed: further departments this case touches (`ethnic`, `foreign`, `planning`). autonomous: the case lies in an autonomous
    area, whose organs and whose peoples' representatives are consulted in full; `autonomous_record` is the record of that.
    """
    answered = {one.department for one in opinions if one.document.strip() or one.not_needed.strip()}
    wanted = set(needed)
    found = [
        Finding("CHG-CONS-01", Severity.WARN, BASIS_14, "opinion_missing",
                f"没有征求{one.zh}部门意见的记录，也没有说明不需征求的理由。",
                f"No opinion of the department of {one.en} is on record, nor a reason why it was not asked.", one.id)
        for one in DEPARTMENTS
        if (one.always or one.id in wanted) and one.id not in answered
    ]  # fmt: skip
    if autonomous and not autonomous_record.strip():
        found.append(
            Finding("CHG-CONS-01", Severity.WARN, BASIS_14, "autonomous_consultation_missing",
                    "民族自治地方的变更，没有同自治机关和有关民族代表充分协商的记录。",
                    "No full consultation of the autonomous organs and the peoples' representatives is on record.", "autonomous")
        )  # fmt: skip
    return found
