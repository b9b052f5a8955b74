"""The way of an application through the offices, as one readable table.

Each edge names the clause it stands on. Where the texts we have are silent (returning for completion, withdrawing), the edge says
so: it is office practice, not law.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH, OfficeEdge, Way


class State(StrEnum):
    DRAFT = "draft"
    CHECKED = "checked"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    CHECK = "check"
    REVISE = "revise"
    SUBMIT = "submit"
    RETURN = "return"
    ACCEPT = "accept"
    DECIDE = "decide"
    WITHDRAW = "withdraw"


class Role(StrEnum):
    """Who walks an edge: the office that applies, or the office above that reviews."""

    APPLICANT = "applicant"
    REVIEWER = "reviewer"


@dataclass(frozen=True, slots=True)
class Edge(OfficeEdge[Action, State, Role]):
    """One step of an application."""


_STANDARD_ZH = "《行政区划管理条例》第十一条、第十三条"
_STANDARD_EN = "Regulations on Administrative Divisions, arts. 11 and 13"
_DOSSIER_ZH = "《行政区划管理条例》第十三条；《行政区划管理条例实施办法》第三条"
_DOSSIER_EN = "Regulations on Administrative Divisions, art. 13; Implementing Measures, art. 3"
_REVIEW_ZH = "《行政区划管理条例》第十四条"
_REVIEW_EN = "Regulations on Administrative Divisions, art. 14"
_APPROVAL_ZH = "《行政区划管理条例》第九条、第十条"
_APPROVAL_EN = "Regulations on Administrative Divisions, arts. 9 and 10"

EDGES = Way(
    (
        Edge(Action.CHECK, State.DRAFT, State.CHECKED, Role.APPLICANT, "校核", "Check", _STANDARD_ZH, _STANDARD_EN),
        Edge(Action.REVISE, State.CHECKED, State.DRAFT, Role.APPLICANT, "继续修改", "Revise", PRACTICE_ZH, PRACTICE_EN),
        Edge(Action.SUBMIT, State.CHECKED, State.SUBMITTED, Role.APPLICANT, "上报", "Submit", _DOSSIER_ZH, _DOSSIER_EN),
        Edge(
            Action.RETURN,
            State.SUBMITTED,
            State.RETURNED,
            Role.REVIEWER,
            "退回补正",
            "Return for completion",
            PRACTICE_ZH,
            PRACTICE_EN,
            note_required=True,
        ),
        Edge(Action.REVISE, State.RETURNED, State.DRAFT, Role.APPLICANT, "补正", "Complete", PRACTICE_ZH, PRACTICE_EN),
        Edge(Action.ACCEPT, State.SUBMITTED, State.ACCEPTED, Role.REVIEWER, "受理", "Accept", _REVIEW_ZH, _REVIEW_EN),
        Edge(
            Action.RETURN,
            State.ACCEPTED,
            State.RETURNED,
            Role.REVIEWER,
            "退回补正",
            "Return for completion",
            PRACTICE_ZH,
            PRACTICE_EN,
            note_required=True,
        ),
        Edge(
            Action.DECIDE,
            State.ACCEPTED,
            State.DECIDED,
            Role.REVIEWER,
            "登记批复",
            "Record the decision",
            _APPROVAL_ZH,
            _APPROVAL_EN,
        ),
        *(
            Edge(
                Action.WITHDRAW,
                start,
                State.WITHDRAWN,
                Role.APPLICANT,
                "撤回",
                "Withdraw",
                PRACTICE_ZH,
                PRACTICE_EN,
                note_required=True,
            )
            for start in (State.DRAFT, State.CHECKED, State.SUBMITTED, State.RETURNED)
        ),
    )
)

# What may happen next, in the order of the table; and one step.
edges_from, edge = EDGES.edges_from, EDGES.edge
