"""The plan of a change and its wording: CHG-PLAN-01, CHG-PLAN-03, CHG-ETH-01, CHG-ETH-02, CHG-AUTH-03, CHG-TXT-01.

Types are those of the register's vocabulary (township, ethnic_township, town, subdistrict; county, autonomous_county,
county_city, district).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from boundaries.rules.finding import Finding, Severity

BASIS_65_3 = "行政区划管理条例实施办法（民政部令第65号）第三条"
BASIS_ORGANIC_85 = "地方各级人民代表大会和地方各级人民政府组织法第八十五条"
BASIS_ETHNIC_TOWN = "国务院有关文件规定民族乡不得改设民族镇（见广西设镇标准报道，二手）；行政区划管理条例第十四条"
BASIS_ETHNIC_TOWNSHIP = "民族乡行政工作条例第二条"
BASIS_WORDING = "河南省历次批复用语（豫民行批〔2020〕6号、〔2025〕31号等）"

VILLAGE_SYSTEM = "实行镇管村体制"
CITY_SYSTEM = "实行城市管理体制"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan states. Empty text = not stated.

    affiliation: 隶属关系 with 代管 where there is one. territory_unchanged: the unit is abolished and set up again with the
    same territory (乡改镇), so it may plan for itself. ethnic_document: a document that overrides CHG-ETH-01.
    """

    establishes: bool = True
    name: str = ""
    unit_type: str = ""
    affiliation: str = ""
    boundary: str = ""
    seat: str = ""
    author: str = ""
    unit_government: str = ""
    superior_government: str = ""
    territory_unchanged: bool = False
    former_type: str = ""
    parent_type: str = ""
    ethnic_consulted: bool = False
    ethnic_document: str = ""
    minority_share: Fraction | Decimal | None = None
    decision_text: str = ""


def check_plan(plan: Plan) -> list[Finding]:
    """All rules of this module that apply to ``plan``."""
    return [
        *check_contents(plan),
        *check_author(plan),
        *check_ethnic_township(plan),
        *check_new_ethnic_township(plan),
        *check_subdistrict_parent(plan),
        *check_decision_text(plan),
    ]


def check_contents(plan: Plan) -> list[Finding]:
    """CHG-PLAN-01: a plan that establishes a unit states name, type, subordination, boundary and seat."""
    if not plan.establishes:
        return []
    stated = (
        ("name", plan.name, "名称", "name"),
        ("unit_type", plan.unit_type, "建制类型", "type"),
        ("affiliation", plan.affiliation, "隶属关系（含代管）", "subordination"),
        ("boundary", plan.boundary, "行政区域界线", "boundary"),
        ("seat", plan.seat, "政府驻地", "seat"),
    )
    return [
        Finding("CHG-PLAN-01", Severity.BLOCK, BASIS_65_3, "plan_incomplete",
                f"方案没有写明{zh}。", f"The plan does not state the {en}.", key)
        for key, value, zh, en in stated
        if not value.strip()
    ]  # fmt: skip


def check_author(plan: Plan) -> list[Finding]:
    """CHG-PLAN-03: the next-higher government plans; the unit itself may when its territory does not change."""
    allowed = {plan.superior_government.strip()}
    if plan.territory_unchanged:
        allowed.add(plan.unit_government.strip())
    author = plan.author.strip()
    if author and author in allowed:
        return []
    who_zh = "上一级人民政府或该乡镇人民政府" if plan.territory_unchanged else "上一级人民政府"
    who_en = "the next-higher government or the unit itself" if plan.territory_unchanged else "the next-higher government"
    zh = f"方案由“{author}”制订" if author else "没有写明方案由谁制订"
    en = f"The plan was made by “{author}”" if author else "The plan does not say who made it"
    return [
        Finding("CHG-PLAN-03", Severity.WARN, BASIS_65_3, "plan_author",
                f"{zh}；应由{who_zh}制订。", f"{en}; it should be {who_en}.", "plan_author")
    ]  # fmt: skip


def check_ethnic_township(plan: Plan) -> list[Finding]:
    """CHG-ETH-01: an ethnic township that becomes a town must not be a “民族镇”, and its people are consulted."""
    if plan.former_type != "ethnic_township" or plan.unit_type != "town":
        return []
    findings = []
    if plan.name.strip().endswith("族镇") and not plan.ethnic_document.strip():
        findings.append(
            Finding("CHG-ETH-01", Severity.WARN, BASIS_ETHNIC_TOWN, "ethnic_town_name",
                    f"民族乡不能改设为民族镇，拟用名称“{plan.name}”须有专门文件依据。",
                    f"An ethnic township cannot become an ethnic town; “{plan.name}” needs a document of its own.",
                    "name")
        )  # fmt: skip
    if not plan.ethnic_consulted:
        findings.append(
            Finding("CHG-ETH-01", Severity.WARN, BASIS_ETHNIC_TOWN, "ethnic_consultation",
                    "涉及民族乡，没有征求民族工作部门意见的记录。",
                    "An ethnic township is concerned and no opinion of the ethnic-affairs department is on record.",
                    "consultation")
        )  # fmt: skip
    return findings


def check_new_ethnic_township(plan: Plan) -> list[Finding]:
    """CHG-ETH-02: minorities are 30 % of the people or more, slightly less in special cases."""
    if plan.unit_type != "ethnic_township" or plan.ethnic_document.strip():
        return []
    if plan.minority_share is not None and plan.minority_share >= 30:
        return []
    zh = "没有少数民族人口占比数据" if plan.minority_share is None else f"少数民族人口占比{plan.minority_share:.1f}%，不足30%"
    return [
        Finding("CHG-ETH-02", Severity.WARN, BASIS_ETHNIC_TOWNSHIP, "minority_share",
                f"{zh}；设立民族乡须说明特殊情况。",
                "Minorities are not shown to be 30 % of the people; say why the case is special.", "minority_share")
    ]  # fmt: skip


def check_subdistrict_parent(plan: Plan) -> list[Finding]:
    """CHG-AUTH-03: the law names districts and cities without districts only; Henan has precedents in counties."""
    if plan.unit_type != "subdistrict" or plan.parent_type not in ("county", "autonomous_county"):
        return []
    return [
        Finding("CHG-AUTH-03", Severity.WARN, BASIS_ORGANIC_85, "subdistrict_in_county",
                "组织法只规定市辖区、不设区的市可设街道办事处；在县设街道，河南省有先例（栾川、宝丰、泌阳），须说明理由。",
                "The law lets districts and cities without districts set up sub-districts; counties in Henan have done so "
                "(栾川, 宝丰, 泌阳). Give the reason.", "parent_type")
    ]  # fmt: skip


def check_decision_text(plan: Plan) -> list[Finding]:
    """CHG-TXT-01: the fixed wording of approvals, once there is a text."""
    wanted = {"town": VILLAGE_SYSTEM, "subdistrict": CITY_SYSTEM}.get(plan.unit_type)
    if wanted is None or not plan.decision_text.strip() or wanted in plan.decision_text:
        return []
    return [
        Finding("CHG-TXT-01", Severity.INFO, BASIS_WORDING, "wording",
                f"批复文字中没有“{wanted}”。", f"The text does not say “{wanted}”.", "decision_text")
    ]  # fmt: skip
