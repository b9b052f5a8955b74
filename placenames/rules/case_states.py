"""The way of a naming, renaming or cancelling case (命名、更名、销名) as one table; each edge names the clause it stands on.

Approving writes the record; filing and the public notice have their periods from there and may come in either order, except that
a notice follows the filing where a department other than 民政 approved (条例第十四条). With both on record the case is closed of
itself. The articles of 民政部令第71号 and 河南省政府令第234号 that would tell the steps between were not seen: those are practice.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH, OfficeEdge, Way


class State(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    REVIEWED = "reviewed"
    REFUSED = "refused"
    APPROVED = "approved"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


class Action(StrEnum):
    SUBMIT = "submit"
    RECALL = "recall"
    RETURN = "return"
    PASS = "pass"  # noqa: S105  a step of the way
    APPROVE = "approve"
    REFUSE = "refuse"
    REVISE = "revise"
    FILE = "file"
    ANNOUNCE = "announce"
    CLOSE = "close"
    AMEND = "amend"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"
    RESTORE = "restore"


class Role(StrEnum):
    """Who walks an edge.

    OFFICER: who keeps place names where the place lies. REVIEWER: who reviews there and did not draft the case. NOBODY: it comes of
    itself.
    """

    OFFICER = "officer"
    REVIEWER = "reviewer"
    NOBODY = "nobody"


class Stage(StrEnum):
    """At which step a finding must be answered."""

    SUBMIT = "submit"
    APPROVE = "approve"


@dataclass(frozen=True, slots=True)
class Edge(OfficeEdge[Action, State, Role]):
    """`stage`: the findings due at this step must be answered first."""

    stage: Stage | None = None


_LAW_ZH, _LAW_EN = "《地名管理条例》", "Regulations on Place Names, "

# The application, its name and its papers may be changed in these.
EDITABLE = (State.DRAFT, State.RETURNED)
# What the decision did is in force.
IN_FORCE = (State.APPROVED, State.CLOSED)
UNDER_WAY = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.REVIEWED)

EDGES = Way((
    *(
        Edge(Action.SUBMIT, start, State.SUBMITTED, Role.OFFICER, "送审", "Hand to review", f"{_LAW_ZH}第九条至第十一条",
             f"{_LAW_EN}arts. 9 to 11", stage=Stage.SUBMIT)
        for start in EDITABLE
    ),
    Edge(Action.RECALL, State.SUBMITTED, State.DRAFT, Role.OFFICER, "收回修改", "Take back", PRACTICE_ZH, PRACTICE_EN),
    Edge(Action.PASS, State.SUBMITTED, State.REVIEWED, Role.REVIEWER, "审核通过", "Pass the review", f"{_LAW_ZH}第九条、第十条",
         f"{_LAW_EN}arts. 9 and 10", stage=Stage.SUBMIT),
    *(
        Edge(Action.RETURN, start, State.RETURNED, Role.REVIEWER, "退回修改", "Return", PRACTICE_ZH, PRACTICE_EN,
             note_required=True)
        for start in (State.SUBMITTED, State.REVIEWED)
    ),
    Edge(Action.APPROVE, State.REVIEWED, State.APPROVED, Role.REVIEWER, "登记批准", "Record the approval", f"{_LAW_ZH}第十二条",
         f"{_LAW_EN}art. 12", stage=Stage.APPROVE),
    Edge(Action.REFUSE, State.REVIEWED, State.REFUSED, Role.REVIEWER, "登记不予批准", "Record the refusal", f"{_LAW_ZH}第十二条",
         f"{_LAW_EN}art. 12", note_required=True),
    Edge(Action.REVISE, State.REFUSED, State.DRAFT, Role.OFFICER, "修改后重新申请", "Correct and apply again", PRACTICE_ZH,
         PRACTICE_EN),
    Edge(Action.FILE, State.APPROVED, State.APPROVED, Role.OFFICER, "登记备案", "Record the filing", f"{_LAW_ZH}第十三条",
         f"{_LAW_EN}art. 13"),
    Edge(Action.ANNOUNCE, State.APPROVED, State.APPROVED, Role.OFFICER, "发布公告", "Publish the notice", f"{_LAW_ZH}第十四条",
         f"{_LAW_EN}art. 14"),
    Edge(Action.CLOSE, State.APPROVED, State.CLOSED, Role.NOBODY, "办结", "Closed", f"{_LAW_ZH}第十三条、第十四条",
         f"{_LAW_EN}arts. 13 and 14"),
    *(
        Edge(Action.AMEND, start, start, Role.REVIEWER, "更正批准登记", "Correct what was recorded", PRACTICE_ZH, PRACTICE_EN,
             note_required=True)
        for start in IN_FORCE
    ),
    *(
        Edge(Action.REVOKE, start, State.REVOKED, Role.REVIEWER, "撤销误登的批准", "Take back a wrong record", PRACTICE_ZH,
             PRACTICE_EN, note_required=True)
        for start in IN_FORCE
    ),
    *(
        Edge(Action.WITHDRAW, start, State.WITHDRAWN, Role.OFFICER, "撤回申请", "Withdraw", PRACTICE_ZH, PRACTICE_EN,
             note_required=True)
        for start in UNDER_WAY
    ),
    Edge(Action.RESTORE, State.WITHDRAWN, State.DRAFT, Role.OFFICER, "恢复为草稿", "Take up again", PRACTICE_ZH, PRACTICE_EN),
))  # fmt: skip

edges_from, edge = EDGES.edges_from, EDGES.edge
