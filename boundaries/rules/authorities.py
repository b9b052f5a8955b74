"""Who approves what: CHG-AUTH-01, CHG-AUTH-02, CHG-AUTH-04 and CHG-BND-05, as one table after 行政区划管理条例 §6–10.

CHG-AUTH-03 (sub-districts in counties) belongs to the plan, boundaries.rules.plan. No number that parts a partial from a major
boundary change was found in any text: a person chooses, with a reason. Who approves villages is not ruled by these Regulations.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from boundaries.rules.acts import STATUTORY, ActKind, StatutoryChange
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.in_force import DIVISIONS

_REGULATION = "行政区划管理条例"
BASIS_10 = f"{_REGULATION}第十条"
BASIS_7_4 = f"{_REGULATION}第七条第一项、第四项"
BASIS_PARTIAL = f"{_REGULATION}第七条第三项、第八条"


class Body(StrEnum):
    """Who can have approved a change. LOWER_GOVERNMENT: a city or county, which approves under §10 only."""

    NATIONAL_CONGRESS = "national_congress"
    STATE_COUNCIL = "state_council"
    PROVINCE = "province"
    PROVINCIAL_CIVIL_AFFAIRS = "provincial_civil_affairs"
    LOWER_GOVERNMENT = "lower_government"


BODY_NAMES: dict[Body, tuple[str, str]] = {
    Body.NATIONAL_CONGRESS: ("全国人民代表大会", "the National People's Congress"),
    Body.STATE_COUNCIL: ("国务院", "the State Council"),
    Body.PROVINCE: ("省人民政府", "the provincial government"),
    Body.PROVINCIAL_CIVIL_AFFAIRS: ("省民政厅", "the provincial department of civil affairs"),
    Body.LOWER_GOVERNMENT: ("市、县人民政府", "a city or county government"),
}


_NAMED: tuple[tuple[str, Body], ...] = (
    ("全国人民代表大会", Body.NATIONAL_CONGRESS),
    ("全国人大", Body.NATIONAL_CONGRESS),
    ("国务院", Body.STATE_COUNCIL),
    ("省人民政府", Body.PROVINCE),
    ("自治区人民政府", Body.PROVINCE),
    ("省政府", Body.PROVINCE),
    ("省民政厅", Body.PROVINCIAL_CIVIL_AFFAIRS),
    ("自治区民政厅", Body.PROVINCIAL_CIVIL_AFFAIRS),
    ("市人民政府", Body.LOWER_GOVERNMENT),
    ("县人民政府", Body.LOWER_GOVERNMENT),
    ("区人民政府", Body.LOWER_GOVERNMENT),
    ("市政府", Body.LOWER_GOVERNMENT),
    ("县政府", Body.LOWER_GOVERNMENT),
    ("区政府", Body.LOWER_GOVERNMENT),
)
_MUNICIPALITIES = ("北京", "天津", "上海", "重庆")


def body_of(name: str) -> Body | None:
    """Which body a document's approver is, by the end of its name; None where the name does not say."""
    plain = name.strip().removesuffix("常务委员会").removesuffix("办公厅").removesuffix("办公室")
    if plain.startswith(_MUNICIPALITIES) and plain.endswith(("市人民政府", "市政府")):
        return Body.PROVINCE
    return next((body for end, body in _NAMED if plain.endswith(end)), None)


class BoundaryScope(StrEnum):
    """部分变更 or 重大变更 of a county-level boundary, chosen by a person."""

    PARTIAL = "partial"
    MAJOR = "major"


class Touch(StrEnum):
    """What §7(1) and §7(4) reserve to the State Council when a boundary or a subordination changes there."""

    PROVINCIAL_LINE = "provincial_line"
    COAST = "coast"
    ISLAND = "island"
    BORDER = "border"
    LAKE = "lake"
    RESOURCES = "resources"
    SPECIAL = "special"


TOUCH_NAMES: dict[Touch, tuple[str, str]] = {
    Touch.PROVINCIAL_LINE: ("省级行政区域界线", "a provincial boundary"),
    Touch.COAST: ("海岸线", "the coast"),
    Touch.ISLAND: ("海岛", "an island"),
    Touch.BORDER: ("边疆要地", "a border stronghold"),
    Touch.LAKE: ("湖泊", "a lake"),
    Touch.RESOURCES: ("重要资源地区", "an area of key resources"),
    Touch.SPECIAL: ("特殊情况地区", "an area of special circumstances"),
}

PROVINCES = frozenset({"province", "autonomous_region", "municipality"})
CITIES = frozenset({"prefecture_city"})
COUNTIES = frozenset({"county", "autonomous_county", "county_city", "district"})
TOWNSHIPS = frozenset({"town", "township", "ethnic_township"})
# 派出机关, under §10: 地区, 区公所, 街道.
OUTPOSTS = frozenset({"prefecture", "district_office", "subdistrict"})

_E, _N, _A, _B, _S = (
    StatutoryChange.EXISTENCE,
    StatutoryChange.RENAME,
    StatutoryChange.AFFILIATION,
    StatutoryChange.BOUNDARY,
    StatutoryChange.SEAT,
)


@dataclass(frozen=True, slots=True)
class Competence:
    """Who approves `changes` of units of `types`; `filed`: the State Council is told at the same time."""

    types: frozenset[str]
    changes: frozenset[StatutoryChange]
    body: Body
    basis: str
    scope: BoundaryScope | None = None
    filed: bool = False


COMPETENCES: tuple[Competence, ...] = (
    Competence(PROVINCES, frozenset({_E, _N}), Body.NATIONAL_CONGRESS, f"{_REGULATION}第六条"),
    Competence(PROVINCES, frozenset({_B, _S}), Body.STATE_COUNCIL, f"{_REGULATION}第七条第一项"),
    Competence(CITIES | COUNTIES, frozenset({_E, _N, _A}), Body.STATE_COUNCIL, f"{_REGULATION}第七条第二项"),
    Competence(CITIES | {"autonomous_county"}, frozenset({_S}), Body.STATE_COUNCIL, f"{_REGULATION}第七条第二项"),
    Competence(frozenset({"autonomous_county"}), frozenset({_B}), Body.STATE_COUNCIL, f"{_REGULATION}第七条第三项"),
    Competence((CITIES | COUNTIES) - {"autonomous_county"}, frozenset({_B}), Body.STATE_COUNCIL, f"{_REGULATION}第七条第三项",
               BoundaryScope.MAJOR),
    Competence((CITIES | COUNTIES) - {"autonomous_county"}, frozenset({_B}), Body.PROVINCE, f"{_REGULATION}第八条",
               BoundaryScope.PARTIAL, filed=True),
    Competence(COUNTIES - {"autonomous_county"}, frozenset({_S}), Body.PROVINCE, f"{_REGULATION}第八条", filed=True),
    # §9 does not name the subordination of townships; it moves county boundaries and is never decided lower.
    Competence(TOWNSHIPS, frozenset({_E, _N, _A, _B, _S}), Body.PROVINCE, f"{_REGULATION}第九条"),
)  # fmt: skip


def competence(unit_type: str, kind: ActKind, scope: BoundaryScope | None = None) -> Competence | None:
    """Who approves; None where the Regulations leave it open (outposts, villages, a scope not chosen, a mere change of code)."""
    change = STATUTORY[kind]
    return next(
        (one for one in COMPETENCES if unit_type in one.types and change in one.changes and one.scope in (None, scope)),
        None,
    )


@dataclass(frozen=True, slots=True)
class Approval:
    """One act and who approved it, as recorded.

    approver       None = not stated; approver_name its name as the document gives it
    mandate        the words or document by which a department acts for its government ("经省人民政府同意")
    filed          the filing with the State Council is recorded
    established_by the government that approved the establishment of an outpost, empty = not known
    moves_county   the act moves a county-level boundary although its unit is lower (a town that goes to another county)
    """

    unit_type: str
    kind: ActKind
    approved_on: date | None = None
    approver: Body | None = None
    approver_name: str = ""
    mandate: str = ""
    filed: bool = False
    established_by: str = ""
    moves_county: bool = False
    scope: BoundaryScope | None = None
    scope_reason: str = ""
    touches: frozenset[Touch] = frozenset()


def check_approval(act: Approval) -> list[Finding]:
    """All rules of this module. An approval before the Regulations were in force is not held against them."""
    if act.approved_on is not None and not DIVISIONS.applies_on(act.approved_on):
        return []
    return [*check_authority(act), *check_outpost_authority(act), *check_reserved(act), *check_boundary_scope(act)]


def check_authority(act: Approval) -> list[Finding]:
    """CHG-AUTH-01: the approving body is the one the Regulations name for the kind and the level."""
    required = competence(act.unit_type, act.kind, act.scope)
    if act.moves_county and act.scope is BoundaryScope.MAJOR and STATUTORY[act.kind] in (_B, _A):
        required = competence("county", ActKind.CHANGE_BOUNDARY, BoundaryScope.MAJOR)
    if required is None:
        return []
    zh, en = BODY_NAMES[required.body]
    if act.approver is None and act.approver_name.strip():
        return [
            Finding("CHG-AUTH-01", Severity.WARN, required.basis, "approver_not_recognised",
                    f"看不出“{act.approver_name}”是哪一级机关；该项变更由{zh}审批，请选定审批机关。",
                    f"Which body “{act.approver_name}” is cannot be told; {en} approves this change. Choose the body.", "approver")
        ]  # fmt: skip
    if act.approver is None:
        return [
            Finding("CHG-AUTH-01", Severity.BLOCK, required.basis, "approver_not_stated",
                    f"没有写明审批机关；该项变更由{zh}审批。", f"The approving body is not stated; {en} approves.", "approver")
        ]  # fmt: skip
    if act.approver is Body.PROVINCIAL_CIVIL_AFFAIRS and required.body is Body.PROVINCE:
        return [*_mandate(act, required), *_filing(act, required)]
    if act.approver is not required.body:
        shown = act.approver_name or BODY_NAMES[act.approver][0]
        return [
            Finding("CHG-AUTH-01", Severity.BLOCK, required.basis, "wrong_approver",
                    f"该项变更由{zh}审批，所录审批机关为“{shown}”。",
                    f"{en} approves this change; recorded is “{act.approver_name or BODY_NAMES[act.approver][1]}”.",
                    "approver")
        ]  # fmt: skip
    return _filing(act, required)


def _mandate(act: Approval, required: Competence) -> list[Finding]:
    """Henan's department issues approvals (豫民行批); by what delegation was not seen in a text, so a person states it."""
    if act.mandate.strip():
        return []
    return [
        Finding("CHG-AUTH-01", Severity.WARN, required.basis, "mandate_not_stated",
                "条例规定由省人民政府审批；以省民政厅名义批复的，须写明经省人民政府同意或授权的依据。",
                "The provincial government approves; where its department replies, state the government's consent or mandate.",
                "mandate")
    ]  # fmt: skip


def _filing(act: Approval, required: Competence) -> list[Finding]:
    if (not required.filed and not (act.moves_county and required.body is Body.PROVINCE)) or act.filed:
        return []
    return [
        Finding("CHG-AUTH-01", Severity.WARN, f"{_REGULATION}第八条", "not_filed",
                "省人民政府批准时应同时报送国务院备案，没有备案记录。",
                "The approval is filed with the State Council at the same time; no filing is on record.", "filing")
    ]  # fmt: skip


def check_outpost_authority(act: Approval) -> list[Finding]:
    """CHG-AUTH-02: an outpost (街道, 区公所, 地区) is changed by the government that approved its establishment."""
    if act.unit_type not in OUTPOSTS or act.kind in (ActKind.ESTABLISH, ActKind.RECODE):
        return []
    if not act.established_by.strip():
        return [
            Finding("CHG-AUTH-02", Severity.WARN, BASIS_10, "establisher_unknown",
                    "不知道该派出机关由哪一级人民政府批准设立，无法核对审批机关。",
                    "Which government approved its establishment is not known; the approver cannot be checked.", "established_by")
        ]  # fmt: skip
    if act.approver_name.strip() == act.established_by.strip():
        return []
    return [
        Finding("CHG-AUTH-02", Severity.BLOCK, BASIS_10, "wrong_approver",
                f"由批准设立的“{act.established_by}”审批，所录审批机关为“{act.approver_name or '（空）'}”。",
                f"“{act.established_by}”, which approved the establishment, approves; recorded is “{act.approver_name or '—'}”.",
                "approver")
    ]  # fmt: skip


def check_reserved(act: Approval) -> list[Finding]:
    """CHG-AUTH-04: what touches a lake, key resources, a provincial line or the like is the State Council's."""
    if STATUTORY[act.kind] not in (_B, _A) or act.approver is Body.STATE_COUNCIL:
        return []
    return [
        Finding("CHG-AUTH-04", Severity.WARN, BASIS_7_4, "reserved_to_state_council",
                f"隶属关系或界线的变更涉及{TOUCH_NAMES[touch][0]}，可能须报国务院审批。",
                f"The change touches {TOUCH_NAMES[touch][1]}; it may need the State Council.", touch.value)
        for touch in Touch
        if touch in act.touches
    ]  # fmt: skip


def check_boundary_scope(act: Approval) -> list[Finding]:
    """CHG-BND-05: a person says whether a county-level boundary changes partly or majorly, and why."""
    change = STATUTORY[act.kind]
    of_the_unit = act.unit_type in (CITIES | COUNTIES) - {"autonomous_county"} and change is _B
    if not of_the_unit and not (act.moves_county and change in (_B, _A)):
        return []
    if act.scope is None:
        return [
            Finding("CHG-BND-05", Severity.WARN, BASIS_PARTIAL, "scope_not_chosen",
                    "县级以上行政区域界线变更，须选定“部分变更”或“重大变更”（条例未定量化标准），审批机关据此确定。",
                    "Choose whether the boundary changes partly or majorly; no number decides it, and the approver depends on it.",
                    "scope")
        ]  # fmt: skip
    if not act.scope_reason.strip():
        return [
            Finding("CHG-BND-05", Severity.WARN, BASIS_PARTIAL, "scope_without_reason",
                    "选定“部分变更”或“重大变更”须说明理由。", "Give the reason for calling the change partial or major.", "scope")
        ]  # fmt: skip
    return []
