"""The way of a decision from the draft to the register, as one readable table; each edge names the clause it stands on.

The preview is open in every state; only ENACT moves legal time. Handing a draft to review asks for the dossier (Stage.SUBMIT),
enacting for what the approval must be (Stage.ENACT); see boundaries.rules.stages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules.application_states import Role
from boundaries.rules.stages import Stage
from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH, OfficeEdge, Way


class State(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RETURNED = "returned"
    ENACTED = "enacted"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    SUBMIT = "submit"
    RECALL = "recall"
    RETURN = "return"
    REVISE = "revise"
    ENACT = "enact"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Edge(OfficeEdge[Action, State, Role]):
    """`stage`: the findings due at this step must be answered first."""

    stage: Stage | None = None


_DOSSIER_ZH = "《行政区划管理条例》第十三条、第十四条；《行政区划管理条例实施办法》第三条"
_DOSSIER_EN = "Regulations on Administrative Divisions, arts. 13 and 14; Implementing Measures, art. 3"
_ENACT_ZH = "《行政区划管理条例》第六条至第十条、第十五条"
_ENACT_EN = "Regulations on Administrative Divisions, arts. 6 to 10 and 15"

# Work goes on in these; the acts and the case may be edited.
EDITABLE = (State.DRAFT, State.RETURNED)

EDGES = Way((
    *(
        Edge(Action.SUBMIT, start, State.IN_REVIEW, Role.APPLICANT, "送审", "Hand to review", _DOSSIER_ZH, _DOSSIER_EN,
             stage=Stage.SUBMIT)
        for start in EDITABLE
    ),
    Edge(Action.RECALL, State.IN_REVIEW, State.DRAFT, Role.APPLICANT, "收回修改", "Take back", PRACTICE_ZH, PRACTICE_EN),
    Edge(Action.RETURN, State.IN_REVIEW, State.RETURNED, Role.REVIEWER, "退回修改", "Return", PRACTICE_ZH, PRACTICE_EN,
         note_required=True),
    *(
        Edge(Action.ENACT, start, State.ENACTED, Role.REVIEWER, "实施", "Enact", _ENACT_ZH, _ENACT_EN, stage=Stage.ENACT)
        for start in (State.IN_REVIEW, *EDITABLE)
    ),
    *(
        Edge(Action.WITHDRAW, start, State.WITHDRAWN, Role.APPLICANT, "撤回草稿", "Withdraw", PRACTICE_ZH, PRACTICE_EN,
             note_required=True)
        for start in (State.DRAFT, State.IN_REVIEW, State.RETURNED)
    ),
))  # fmt: skip

# What may happen next, in the order of the table; and one step.
edges_from, edge = EDGES.edges_from, EDGES.edge
